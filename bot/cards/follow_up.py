"""The follow-up in chat: how things stand, rows in pages, the history of one, and what was entered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot.cards.colours import CALM
from bot.exchange import cut
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button, card, label, line, listing, one_line, rows, turns
from reports.charts.follow_up import follow_up_drawing
from reports.charts.picture import BARS, Drawing
from seminar.follow_up import (
    ACCEPTANCE_WORDS,
    FIELD_WORDS,
    IMPLEMENTATION_WORDS,
    REPORTED,
    VERIFIED,
    Content,
    Implementation,
    changed_fields,
    field_said,
)
from seminar.follow_up_overview import Overview
from seminar.words import Text, t, tn
from services.tracking.following import Entered, Standings
from services.tracking.views import FollowUpPage, FollowUpView, History, HistoryEntry

PAGE = 8  # rows that fit into one layout whatever they say
HISTORY_PAGE = 4
PICTURE = "follow-up.png"
_TITLE, _ENTITY, _ACTION, _NAMED = 90, 60, 120, 24  # characters of each, at most
_VALUE, _STATE_ROOM, _ENTERED_ROOM = 160, 800, 3000
_FIGURES = 8  # characters of a column of figures


def last_overview(standings: Standings) -> int:
    """The number of the last page of the overview, from 0."""
    return max(0, (len(standings.entities) - 1) // BARS)


def shown_entities(standings: Standings, page: int) -> Sequence[Overview]:
    """The entities on a page of the overview."""
    return standings.entities[page * BARS : (page + 1) * BARS]


def overview_picture(standings: Standings, tr: Translator, page: int) -> Drawing | None:
    """The picture of a page; every page is on the scale of all. None where there is nothing to draw."""
    entities = shown_entities(standings, page)
    if not entities:
        return None
    scale = max(one.rows for one in standings.entities)
    return follow_up_drawing(entities, tr, heading=t("Implementation by addressee"), scale=scale)


def overview_card(
    standings: Standings, tr: Translator, page: int, picture: Drawing | None
) -> discord.ui.LayoutView:
    """How things stand with everybody; `picture` is expected as the attachment `PICTURE`."""
    if not standings.entities:
        return card("## " + tr(t("Follow-up")), tr(t("Nothing is followed up yet.")), accent=CALM)
    told = [
        tr(tn("{count} row", "{count} rows", standings.rows)),
        tr(tn("{count} overdue", "{count} overdue", standings.overdue)),
        tr(tn("{count} due within two weeks", "{count} due within two weeks", standings.soon)),
    ]
    last = last_overview(standings)
    buttons = [
        *turns(tr, page, last, lambda to: custom_id("follow-up-overview", to)),
        Button(tr(t("Show the rows")), page_id(0), emoji="📋"),
        Button(
            tr(t("Show what is overdue")),
            page_id(0, overdue=True),
            emoji="⏰",
            disabled=not standings.overdue,
        ),
    ]
    return card(
        f"## {tr(t('Follow-up'))}\n-# {' · '.join(told)}",
        None
        if picture is None
        else discord.ui.MediaGallery(
            discord.MediaGalleryItem(f"attachment://{PICTURE}", description=picture.alt)
        ),
        _table(shown_entities(standings, page), tr),
        line(),
        tr(t("Page {page} of {last}", page=page + 1, last=last + 1)) if last else None,
        *rows(buttons),
        accent=CALM,
    )


def _table(entities: Sequence[Overview], tr: Translator) -> str:
    """A line of headings and one for each entity, in letters of one width, no wider than phones show."""
    heads = (t("Addressee"), t("Rows"), t("To do"), t("Overdue"), t("Verified"))
    cells = [[tr(head) for head in heads]]
    cells += [
        [tr(one.called), *map(str, (one.rows, one.open, one.overdue, one.verified))] for one in entities
    ]
    # Nothing in a block of code is read as markup, but for what would end the block.
    names = [label(first.replace("`", "ʼ"), _NAMED) for first, *_ in cells]
    width = max(map(len, names))
    lines = [
        " ".join([name.ljust(width), *(cut(figure, _FIGURES).rjust(_FIGURES) for figure in figures)])
        for name, (_, *figures) in zip(names, cells, strict=True)
    ]
    return "```\n" + "\n".join(lines) + "\n```"


def page_id(page: int, entity: str = "", reference: str = "", *, overdue: bool = False) -> str:
    """The id of a control that opens a page of rows, from 0; `entity` is an addressee's key."""
    return custom_id("follow-up-rows", page, entity, reference, int(overdue))


def rows_card(
    page: FollowUpPage, tr: Translator, entity: str, reference: str, *, overdue: bool, named: str | None
) -> discord.ui.LayoutView:
    """A page of rows; `entity`, `reference` and `overdue` are what it is narrowed to, as ids carry them, and
    `named` what the entity is called.
    """
    last = max(0, (page.total - 1) // PAGE)
    narrowed = [
        one
        for one in (
            None if named is None else one_line(named, _ENTITY),
            reference or None,
            tr(t("overdue")) if overdue else None,
        )
        if one is not None
    ]
    heading = "## " + tr(tn("{count} row", "{count} rows", page.total))
    return card(
        f"{heading}\n-# {' · '.join(narrowed)}" if narrowed else heading,
        "\n".join(_listed(one, tr) for one in page.items) or tr(t("Nothing of it is followed up yet.")),
        line(),
        tr(t("Page {page} of {last}", page=page.page + 1, last=last + 1)) if last else None,
        *rows(
            [
                *turns(tr, page.page, last, lambda to: page_id(to, entity, reference, overdue=overdue)),
                Button(tr(t("Overview")), custom_id("follow-up-overview", 0), emoji="📊"),
            ]
        ),
        *_history_choice(page.items, tr),
        accent=CALM,
    )


def _history_choice(items: Sequence[FollowUpView], tr: Translator) -> list[discord.ui.Item[Any]]:
    if not items:
        return []
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=custom_id("follow-up-history"),
        placeholder=cut(tr(t("History of one of them")), 150),
        options=[
            discord.SelectOption(
                label=label(f"{one.reference} · {tr(one.called)} · {one.number}", 100), value=str(one.id)
            )
            for one in items
        ],
    )
    return [discord.ui.ActionRow(select)]


def _listed(one: FollowUpView, tr: Translator) -> str:
    content = one.content
    what = one_line(content.action or one.title, _ACTION)
    return f"**{one.reference}** {_called(one, tr)} · {what}\n-# {states(content, tr, overdue=one.overdue)}"


def _called(one: FollowUpView, tr: Translator) -> str:
    name = one_line(tr(one.called), _ENTITY)
    return f"{name} · {one.number}" if one.number > 1 else name


def states(content: Content, tr: Translator, *, overdue: bool) -> str:
    """`accepted · in progress (reported) · due 2015-03-31 · ⏰ overdue`."""
    state = tr(IMPLEMENTATION_WORDS[content.implementation])
    if content.implementation is not Implementation.NOT_STARTED or content.verified:
        how = VERIFIED if content.verified else REPORTED
        state = tr(t("{state} ({how})", state=state, how=how))
    told = [tr(ACCEPTANCE_WORDS[content.acceptance]), state]
    if content.due_on is not None:
        told.append(tr(t("due {day}", day=content.due_on.isoformat())))
    if overdue:
        told.append("⏰ " + tr(t("overdue")))
    if content.as_of is not None:
        told.append(tr(t("as of {day}", day=content.as_of.isoformat())))
    return " · ".join(told)


def entered_card(entered: Entered, tr: Translator) -> discord.ui.LayoutView:
    """What entering did, field by field, and how the row reads now."""
    row = entered.row
    if entered.before is None:
        said = t("Followed up from now on:")
    elif entered.changed:
        said = t("Entered:")
    else:
        said = t("It stands there so already; nothing was changed.")
    return card(
        f"### {row.reference} · {_called(row, tr)}\n-# {one_line(row.title, _TITLE)}",
        tr(said),
        listing(
            tr, _differences(entered.before or Content(), row.content, entered.changed, tr), _ENTERED_ROOM
        )
        or None,
        f"-# {states(row.content, tr, overdue=row.overdue)}",
        *rows([Button(tr(t("History")), custom_id("follow-up-states", row.id, 0), emoji="🕰️")]),
        accent=CALM,
    )


def _differences(before: Content, after: Content, fields: Sequence[str], tr: Translator) -> list[str]:
    return [f"- {difference(before, after, name, tr)}" for name in fields]


def difference(before: Content, after: Content, name: str, tr: Translator) -> str:
    """`Acceptance: pending → accepted`."""
    was, now = (_said(content, name, tr) for content in (before, after))
    return tr(t("{field}: {old} → {new}", field=FIELD_WORDS[name], old=was, new=now))


def _said(content: Content, name: str, tr: Translator) -> str:
    value = field_said(content, name)
    return one_line(value, _VALUE) if isinstance(value, str) else tr(value)


def last_history(history: History) -> int:
    """The number of the last page of a history, from 0."""
    return max(0, (len(history.entries) - 1) // HISTORY_PAGE)


def history_card(history: History, tr: Translator, page: int) -> discord.ui.LayoutView:
    """A page of the states that a row was in, the latest first."""
    row, last = history.row, last_history(history)
    page = max(0, min(page, last))
    shown = history.entries[page * HISTORY_PAGE : (page + 1) * HISTORY_PAGE]
    return card(
        f"### {row.reference} · {_called(row, tr)}\n-# {one_line(row.title, _TITLE)}",
        *(_state(one, tr) for one in shown),
        line() if last else None,
        tr(t("Page {page} of {last}", page=page + 1, last=last + 1)) if last else None,
        *rows(turns(tr, page, last, lambda to: custom_id("follow-up-states", row.id, to))),
        accent=CALM,
    )


def _state(one: HistoryEntry, tr: Translator) -> str:
    told = [f"**{one.revision}** {one.at:%Y-%m-%d %H:%M}", tr(one.source)]
    if one.who is not None:
        told.append(one_line(one.who, 60))
    before = one.before or Content()
    changed = _differences(before, one.content, changed_fields(before, one.content), tr)
    return "\n".join([" · ".join(told), listing(tr, changed, _STATE_ROOM)]).rstrip()


def reminder(row: FollowUpView, said: Mapping[str, str]) -> Text:
    """The private message about a row that is due; `said` has `entity` and `action` in the reader's words."""
    values = {"reference": row.reference, "day": row.content.due_on or "", **said}
    if row.content.action:
        return t("{reference} with {entity} is due on {day}: {action}", **values)
    return t("{reference} with {entity} is due on {day}.", **values)
