"""What organisers see of the people: the roll, what a list would do, and the files that go with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

import discord

from bot.cards.colours import CALM
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button, card, listing, one_line, rows, turns
from reports.sheets import lists
from seminar.model import Status
from seminar.sheets import RowRefused
from seminar.words import Text, t, tn
from services.people.codes import IssuedCode
from services.people.importing import Imported, ImportPreview
from services.people.roll import Listed, RollPage

REFUSED_SHOWN = 8
_LINE, _ROOM = 260, 2600  # characters of one refused row, and of all that are shown
_HEADINGS = 5  # that are named, of those not read

STATUS_WORDS: Mapping[Status, Text] = {
    Status.PARTICIPANT: t("participant"),
    Status.OBSERVER: t("observer"),
}


def preview_card(preview: ImportPreview, tr: Translator) -> discord.ui.LayoutView:
    """What a list would do, with the button that does it; where nothing would be done, without."""
    unread = [one_line(heading, 60) for heading in preview.unread[:_HEADINGS]]
    buttons = []
    if preview.id is not None:
        buttons = [
            Button(tr(t("Apply")), custom_id("import-apply", preview.id), style=discord.ButtonStyle.primary),
            Button(tr(t("Leave it")), custom_id("import-drop", preview.id)),
        ]
    return card(
        "## " + tr(t("List of participants")),
        "\n".join(map(tr, _would(preview))),
        _refused(preview.refused, tr),
        tr(t("Columns that were not read: {headings}.", headings=tuple(unread))) if unread else None,
        tr(t("Nothing is applied until you confirm it; the list waits for a week."))
        if buttons
        else tr(t("There is nothing to apply.")),
        *rows(buttons),
        accent=CALM,
    )


def _would(preview: ImportPreview) -> list[Text]:
    told = [
        tn("{count} person will be registered.", "{count} people will be registered.", preview.registered)
    ]
    if preview.changed:
        told.append(
            tn("{count} registration will change.", "{count} registrations will change.", preview.changed)
        )
    if preview.unchanged:
        told.append(
            tn(
                "{count} is registered so already.",
                "{count} are registered so already.",
                preview.unchanged,
            )
        )
    if preview.codes:
        told.append(
            tn(
                "{count} has no Discord id and gets a code, with which one account becomes theirs.",
                "{count} have no Discord id and get a code each, with which one account becomes theirs.",
                preview.codes,
            )
        )
    return told


def _refused(refused: Sequence[RowRefused], tr: Translator) -> str | None:
    if not refused:
        return None
    heading = tr(tn("**{count} row is not taken:**", "**{count} rows are not taken:**", len(refused)))
    # What is typed by people is in the sentence too.
    lines = [f"- {one_line(tr(_row(one)), _LINE)}" for one in refused[:REFUSED_SHOWN]]
    more = len(refused) - len(lines)
    told = [heading, listing(tr, lines, _ROOM)]
    if more > 0:
        told.append(tr(tn("and {count} more, in the file", "and {count} more, in the file", more)))
    return "\n".join(told)


def _row(one: RowRefused) -> Text:
    if not one.said:
        return t("Row {row}: {why}", row=one.row, why=one.why)
    return t("Row {row} ({said}): {why}", row=one.row, said=one.said, why=one.why)


def refused_file(refused: Sequence[RowRefused], tr: Translator) -> discord.File | None:
    """Every row that is not taken and why, where they are more than the card shows."""
    if len(refused) <= REFUSED_SHOWN:
        return None
    made = lists.table(
        ("row", "name", "why"),
        ((one.row, one.said, tr(one.why)) for one in refused),
    )
    return discord.File(BytesIO(made), "rows-not-taken.csv")


def imported_card(done: Imported, tr: Translator) -> discord.ui.LayoutView:
    """What a list has done."""
    told = [
        tn("{count} person is registered.", "{count} people are registered.", done.registered),
        tn("{count} registration has changed.", "{count} registrations have changed.", done.changed),
    ]
    return card("## " + tr(t("The list is applied")), "\n".join(map(tr, told)), accent=CALM)


def codes_text(issued: Sequence[IssuedCode]) -> Text:
    """What to do with a file of codes."""
    return tn(
        "{count} code is in this file. It is shown this once: hand it to the person in a safe way, who "
        "presses **Register** on the start panel and enters it. `/participants codes` makes a new one.",
        "{count} codes are in this file. They are shown this once: hand each to its person in a safe way, "
        "who presses **Register** on the start panel and enters it. `/participants codes` makes new ones.",
        len(issued),
    )


def codes_file(issued: Sequence[IssuedCode]) -> discord.File:
    """Names and codes, to be handed out."""
    made = lists.table(
        ("name", "constituency", "organisation", "code"),
        ((one.name, one.constituency, one.organisation, one.code) for one in issued),
    )
    return discord.File(BytesIO(made), "codes.csv")


def roll_card(
    page: RollPage, titles: Mapping[str, str], tr: Translator, status: str, constituency: str
) -> discord.ui.LayoutView:
    """A page of the roll; `status` and `constituency` are what it is narrowed to, as ids carry them."""
    counted = tr(tn("{count} registered", "{count} registered", page.total))
    without = tr(tn("{count} without an account", "{count} without an account", page.without_account))
    return card(
        "## " + tr(t("Participants")),
        f"{counted} · {without}" if page.without_account else counted,
        "\n".join(_line(one, titles, tr) for one in page.people) or tr(t("Nobody fits.")),
        tr(t("Page {page} of {last}", page=page.page + 1, last=page.last + 1)) if page.last else None,
        *rows(turns(tr, page.page, page.last, lambda to: custom_id("roll-page", to, status, constituency))),
        accent=CALM,
    )


def _line(one: Listed, titles: Mapping[str, str], tr: Translator) -> str:
    parts = [f"**{one_line(one.name, 80)}**" if one.name else f"<@{one.user_id}>"]
    if one.constituency:
        parts.append(one_line(titles.get(one.constituency, one.constituency), 60))
    if one.organisation:
        parts.append(one_line(one.organisation, 60))
    if one.status is Status.OBSERVER:
        parts.append(tr(STATUS_WORDS[one.status]))
    if one.user_id is None:
        parts.append("🔑 " + tr(t("no account")))
    return "- " + " · ".join(parts)


def roll_file(people: Sequence[Listed]) -> discord.File:
    """The roll as a list that can be imported again: accounts as mentions, which no spreadsheet rounds."""
    made = lists.table(
        ("name", "discord id", "constituency", "organisation", "status"),
        (
            (
                one.name,
                None if one.user_id is None else f"<@{one.user_id}>",
                one.constituency,
                one.organisation,
                one.status.value,
            )
            for one in people
        ),
    )
    return discord.File(BytesIO(made), "participants.csv")
