"""What the bot asks for when it is invited to a server: what it uses, and nothing else.

`tests/shell/test_least_permissions.py` works out from the code which permissions its calls to Discord need,
and these are exactly those. No privileged intent is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import discord


@dataclass(frozen=True, slots=True)
class Use:
    """A permission by discord.py's name, as Discord's own settings call it, and what the bot does with it."""

    name: str
    called: str
    what_for: str


NEEDED: Final = (
    Use("view_channel", "View Channels", "to see the channels it posts in"),
    Use("manage_channels", "Manage Channels", "to make the channel of an event, with a tag for each theme"),
    Use("send_messages", "Send Messages and Create Posts", "cards, ballots, outcomes"),
    Use("create_public_threads", "Create Public Threads", "a discussion beside each card"),
    Use("send_messages_in_threads", "Send Messages in Threads and Posts", "what does not fit on a card"),
    Use(
        "manage_threads",
        "Manage Threads and Posts",
        "to pin the start panel of a forum, and to open an archived post again for its card",
    ),
    Use("read_message_history", "Read Message History", "to start a thread from its own message"),
    Use("attach_files", "Attach Files", "exports, and the picture of the results"),
    Use("pin_messages", "Pin Messages", "to pin the start panel of a text channel"),
    Use(
        "mention_everyone",
        "Mention @everyone, @here and All Roles",
        "to call the participants when a ballot opens, ends or is about to end",
    ),
)
WANTED: Final = (
    Use("create_events", "Create Events", "`/event schedule` puts an event into the server's calendar"),
    Use("manage_events", "Manage Events", "and changes it there"),
)
"""What an organiser may grant besides; without it everything else works."""


def _of(*uses: Use) -> discord.Permissions:
    return discord.Permissions(**{use.name: True for use in uses})


INVITE: Final = _of(*NEEDED)
OPTIONAL: Final = _of(*WANTED)

_SCOPES = "bot+applications.commands"


def invitation(application_id: int | str) -> str:
    """The address at which somebody who may manage a server adds the bot to it."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={application_id}"
        f"&scope={_SCOPES}&permissions={INVITE.value}"
    )


def lacking(held: discord.Permissions) -> tuple[str, ...]:
    """What the bot needs and does not hold, as Discord's settings call it."""
    if held.administrator:
        return ()
    return tuple(use.called for use in NEEDED if not getattr(held, use.name))
