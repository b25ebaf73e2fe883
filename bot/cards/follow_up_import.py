"""A returned workbook of follow-up in chat: what it would change, and what it has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

import discord

from bot.cards.colours import CALM
from bot.cards.follow_up import difference
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button, card, listing, one_line, rows
from reports.sheets import lists
from seminar.follow_up import FIELD_WORDS, Content, field_said
from seminar.sheets import RowRefused
from seminar.words import Text, t, tn
from services.tracking.planning import Planned
from services.tracking.returning import Applied, Preview

_LINE = 260
_CHANGES_ROOM, _CONFLICTS_ROOM, _REFUSED_ROOM = 1500, 700, 900  # characters that each may fill
_HEADINGS = 5  # that are named, of those not read
FILE = "follow-up-preview.csv"


def preview_card(preview: Preview, tr: Translator) -> discord.ui.LayoutView:
    """What a list would do, with the buttons that do it; where nothing would be done, without."""
    unread = [one_line(heading, 60) for heading in preview.unread[:_HEADINGS]]
    buttons = []
    if preview.id is not None:
        if preview.changes:
            buttons.append(
                Button(
                    tr(t("Apply")),
                    custom_id("follow-up-apply", preview.id),
                    style=discord.ButtonStyle.primary,
                )
            )
        if preview.conflicts:
            buttons.append(
                Button(
                    tr(t("Apply with the conflicts")),
                    custom_id("follow-up-overwrite", preview.id),
                    style=discord.ButtonStyle.danger,
                )
            )
        buttons.append(Button(tr(t("Discard")), custom_id("follow-up-discard", preview.id)))
    return card(
        "## " + tr(t("Returned follow-up")),
        "\n".join(map(tr, counts(preview))),
        _part(t("**Would change**"), preview.changes, _CHANGES_ROOM, tr),
        _part(
            t("**Changed here since it was handed out**, and left as it is unless you say so"),
            preview.conflicts,
            _CONFLICTS_ROOM,
            tr,
        ),
        _refused(preview.refused, tr),
        tr(t("Columns that were not read: {headings}.", headings=tuple(unread))) if unread else None,
        tr(t("Nothing is applied until you confirm it; the list waits for a week."))
        if buttons
        else tr(t("There is nothing to apply.")),
        *rows(buttons),
        accent=CALM,
    )


def counts(preview: Preview) -> Iterator[Text]:
    """How many rows would be changed, would be new, are in conflict, stay as they are, are refused."""
    opened = sum(one.row is None for one in preview.changes)
    changed = len(preview.changes) - opened
    yield tn("{count} row will be changed.", "{count} rows will be changed.", changed)
    if opened:
        yield tn("{count} action will be new.", "{count} actions will be new.", opened)
    if preview.conflicts:
        yield tn(
            "{count} row was changed here since it was handed out.",
            "{count} rows were changed here since they were handed out.",
            len(preview.conflicts),
        )
    if preview.unchanged:
        yield tn("{count} row stays as it is.", "{count} rows stay as they are.", preview.unchanged)
    if preview.refused:
        yield tn("{count} row is not taken.", "{count} rows are not taken.", len(preview.refused))


def _part(heading: Text, planned: Sequence[Planned], room: int, tr: Translator) -> str | None:
    if not planned:
        return None
    return tr(heading) + "\n" + listing(tr, [one_line_of(one, tr) for one in planned], room)


def one_line_of(one: Planned, tr: Translator) -> str:
    """`- Row 3 · CAP-01 · DPKO: Acceptance: pending → accepted`, already escaped."""
    changed = [difference(one.before, one.after, name, tr) for name in one.fields]
    where = f"{one.reference} · {one_line(tr(one.called), 60)}"
    if one.number > 1:
        where += f" · {one.number}"
    said = "; ".join(changed) or tr(t("followed up from now on"))
    # Cut between the pieces: half of what keeps a sign from being read would have it read.
    told = tr(t("Row {row} · {where}: {said}", row=one.entry.row, where=where, said=said))
    while len(told) > _LINE and len(changed) > 1:
        changed.pop()
        told = tr(t("Row {row} · {where}: {said}", row=one.entry.row, where=where, said="; ".join(changed)))
        told += "; …"
    return f"- {told}"


def _refused(refused: Sequence[RowRefused], tr: Translator) -> str | None:
    if not refused:
        return None
    told = (
        tr(t("Row {row} · {said}: {why}", row=one.row, said=one_line(one.said, 60) or "–", why=_why(one)))
        for one in refused
    )
    return tr(t("**Not taken**")) + "\n" + listing(tr, [f"- {line}" for line in told], _REFUSED_ROOM)


def _why(one: RowRefused) -> Text:
    """The sentence with what people wrote in it made harmless."""
    values = {
        name: one_line(value, 60) if isinstance(value, str) else value
        for name, value in one.why.values.items()
    }
    return Text(one.why.singular, one.why.plural, one.why.count, values)


def preview_file(preview: Preview, tr: Translator) -> discord.File | None:
    """Everything that would change, is in conflict or is not taken, a line each; None where nothing is."""
    if not preview.plan.taken and not preview.refused:
        return None
    heads = (
        t("Row"),
        t("Reference"),
        t("Addressee"),
        t("Number"),
        t("Field"),
        t("Old value"),
        t("New value"),
        t("Remark"),
    )
    made = lists.table(map(tr, heads), _lines(preview, tr))
    return discord.File(BytesIO(made), FILE)


def _lines(preview: Preview, tr: Translator) -> Iterable[tuple[str | int, ...]]:
    for one in preview.plan.taken:
        remark = tr(t("conflict")) if one.conflict else tr(t("new")) if one.row is None else ""
        where = (one.entry.row, one.reference, tr(one.called), one.number)
        for name in one.fields:
            old, new = (_plain(content, name, tr) for content in (one.before, one.after))
            yield (*where, tr(FIELD_WORDS[name]), old, new, remark)
        if not one.fields:
            yield (*where, "", "", "", remark)
    for refused in preview.refused:
        yield (refused.row, refused.said, "", "", "", "", "", tr(refused.why))


def _plain(content: Content, name: str, tr: Translator) -> str:
    return tr(field_said(content, name))


def applied_card(done: Applied, tr: Translator) -> discord.ui.LayoutView:
    """What a list has changed."""
    told = [tn("{count} row was changed.", "{count} rows were changed.", done.changed)]
    if done.opened:
        told.append(tn("{count} action is new.", "{count} actions are new.", done.opened))
    if done.left:
        told.append(
            tn(
                "{count} row in conflict was left as it is.",
                "{count} rows in conflict were left as they are.",
                done.left,
            )
        )
    return card("## " + tr(t("Returned follow-up")), "\n".join(map(tr, told)), accent=CALM)
