"""A ranking as organisers see it: a picture, the same as a list, and the way to the other rankings.

A screen shows one theme of one event. Everything its controls need stands in
their ids and values, so an old one goes on working after a restart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from bot.cards.colours import CALM
from bot.exchange import cut
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button, card, line, one_line, rows
from reports import labels
from reports.charts import Picture, support_chart
from reports.model import RankingRow
from seminar.methods.support import group_words
from seminar.terms import OUTCOME_WORDS, STATE_WORDS
from seminar.words import t
from services.sections import SectionView

PAGE = 10  # recommendations whose titles, figures and groups fit into one layout whatever they say
PICTURE = "results.png"


def last_page(view: SectionView) -> int:
    """The number of the last page, from 0."""
    return max(0, (len(view.section.rows) - 1) // PAGE)


def _shown(view: SectionView, page: int) -> tuple[RankingRow, ...]:
    return view.section.rows[page * PAGE : (page + 1) * PAGE]


def results_picture(view: SectionView, tr: Translator, page: int) -> Picture | None:
    """The votes of one page as bars on the scale of the whole ranking, or None where there are none.

    Work for the processor: call it in a thread.
    """
    shown = [row for row in _shown(view, page) if row.counts is not None]
    if not shown:
        return None
    section = view.section
    return support_chart(
        shown,
        tr,
        heading=f"{section.event.title} · {section.theme.title}",
        scale=max(row.counts.total for row in section.rows if row.counts is not None),
    )


def results_card(
    view: SectionView, tr: Translator, page: int, picture: Picture | None
) -> discord.ui.LayoutView:
    """One page of the ranking; `picture` is expected as the attachment `PICTURE`."""
    section = view.section
    ranked = any(row.rank is not None for row in section.rows)
    return card(
        f"## {one_line(section.theme.title, 100)}\n-# {one_line(section.event.title, 100)}",
        None if ranked else tr(t("Nothing here has been voted on yet, so there is no ranking.")),
        _gallery(picture) if picture else None,
        "\n".join(_listed(row, view, tr) for row in _shown(view, page)),
        *_controls(view, tr, page),
        accent=CALM,
    )


def _gallery(picture: Picture) -> discord.ui.MediaGallery[Any]:
    return discord.ui.MediaGallery(
        discord.MediaGalleryItem(f"attachment://{PICTURE}", description=picture.alt)
    )


def _listed(row: RankingRow, view: SectionView, tr: Translator) -> str:
    """Rank, reference and title; below it how it came out."""
    rank = "–" if row.rank is None else f"{row.rank}."
    return f"**{rank} {row.reference}** {one_line(row.title, 110)}\n-# {_verdict(row, view, tr)}"


def _verdict(row: RankingRow, view: SectionView, tr: Translator) -> str:
    """Outcome and plain counts; the state of what no ballot has decided."""
    if row.rank is None:
        return tr(STATE_WORDS[row.state])
    said = [tr(OUTCOME_WORDS[row.outcome])] if row.outcome else []
    if row.counts is not None:
        said.append(labels.counts_words(row.counts, tr))
    if row.contested_by:
        groups = ", ".join(tr(group_words(group, view.group_titles)) for group in row.contested_by)
        said.append(tr(t("contested by {groups}", groups=one_line(groups, 90))))
    return " · ".join(said)


def _controls(view: SectionView, tr: Translator, page: int) -> list[discord.ui.Item[Any]]:
    event, theme = view.section.event.code, view.section.theme.code
    themes = {head.theme: head.theme_title for head in view.heads if head.event == event}
    events = {head.event: head.event_title for head in view.heads}
    controls: list[discord.ui.Item[Any]] = [*rows(_turns(view, tr, page))]
    if len(themes) > 1:
        controls.append(_select(custom_id("results-section", event), tr(t("Another theme")), themes, theme))
    if len(events) > 1:
        controls.append(_select(custom_id("results-event"), tr(t("Another event")), events, event))
    return [line(), *controls] if controls else []


def _turns(view: SectionView, tr: Translator, page: int) -> list[Button]:
    event, theme, last = view.section.event.code, view.section.theme.code, last_page(view)
    if not last:
        return []
    return [
        Button(
            tr(t("Back")),
            custom_id("results-page", event, theme, page - 1),
            emoji="◀️",
            disabled=page <= 0,
        ),
        Button(
            tr(t("Next")),
            custom_id("results-page", event, theme, page + 1),
            emoji="▶️",
            disabled=page >= last,
        ),
    ]


def _select(
    identity: str, placeholder: str, titles: Mapping[str, str], current: str
) -> discord.ui.ActionRow[Any]:
    """A choice among `titles` by code; an initiative has at most as many as Discord offers."""
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=identity,
        placeholder=cut(placeholder, 150),
        options=[
            discord.SelectOption(label=cut(f"{code} · {title}", 100), value=code, default=code == current)
            for code, title in titles.items()
        ],
    )
    return discord.ui.ActionRow(select)
