"""`/participants`: the one group of commands that organisers have about people."""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import locale_str

from bot.cog import HouseCog
from seminar.errors import Invalid
from seminar.model import Status
from seminar.words import t

STATUSES = [
    app_commands.Choice(name=locale_str("participant"), value=Status.PARTICIPANT.value),
    app_commands.Choice(name=locale_str("observer"), value=Status.OBSERVER.value),
]


class ParticipantsGroup(HouseCog):
    group = app_commands.Group(
        name=locale_str("participants"), description=locale_str("Who takes part"), guild_only=True
    )


def status_of(code: str | None) -> Status | None:
    """The status of that code; None where none is named.

    Raises:
        Invalid: there is no such status.
    """
    try:
        return Status(code) if code else None
    except ValueError:
        raise Invalid(
            t("There is no status “{status}”; please choose from the list.", status=code or "")
        ) from None
