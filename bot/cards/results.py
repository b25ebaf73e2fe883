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
from bot.ui import card, line, one_line, rows, turns
from reports.charts import rating_drawing, support_drawing
from reports.charts.picture import Drawing
from reports.models.ranking import RankingRow
from seminar.methods import METHODS
from seminar.methods.rating import RatingFigures
from seminar.methods.support import group_words
from seminar.model import Purpose
from seminar.terms import STATE_WORDS
from seminar.words import Text, t
from services.record.sections import SectionView

PAGE = 10  # recommendations whose titles, figures and groups fit into one layout whatever they say
VOTES_PICTURE = "results.png"
RATINGS_PICTURE = "ratings.png"
_TITLE, _SAID, _GROUPS = 110, 200, 90  # characters of each, at most


def last_page(view: SectionView) -> int:
    """The number of the last page, from 0."""
    return max(0, (len(view.section.rows) - 1) // PAGE)


def _shown(view: SectionView, page: int) -> tuple[RankingRow, ...]:
    return view.section.rows[page * PAGE : (page + 1) * PAGE]


def results_pictures(view: SectionView, tr: Translator, page: int) -> dict[str, Drawing]:
    """The pictures of one page by the file name each is attached under; none where there is nothing to draw.

    Votes are bars on the scale of the whole ranking, ratings columns with their median.
    """
    section, shown = view.section, _shown(view, page)
    heading = f"{section.event.title} · {section.theme.title}"
    pictures: dict[str, Drawing] = {}
    counted = [row for row in shown if row.counts is not None]
    if counted:
        scale = max(row.counts.total for row in section.rows if row.counts is not None)
        pictures[VOTES_PICTURE] = support_drawing(counted, tr, heading=heading, scale=scale)
    rated = [row for row in shown if isinstance(row.figures, RatingFigures)]
    if rated:
        pictures[RATINGS_PICTURE] = rating_drawing(rated, tr, heading=heading)
    return pictures


def results_card(
    view: SectionView, tr: Translator, page: int, pictures: Mapping[str, Drawing]
) -> discord.ui.LayoutView:
    """One page of the ranking; `pictures` are expected as attachments of these names."""
    section = view.section
    ranked = any(row.rank is not None for row in section.rows)
    return card(
        f"## {one_line(section.theme.title, 100)}\n-# {one_line(section.event.title, 100)}",
        None if ranked else tr(t("Nothing here has been voted on yet, so there is no ranking.")),
        *(_gallery(name, picture) for name, picture in pictures.items()),
        "\n".join(_listed(row, view, tr) for row in _shown(view, page)),
        *_controls(view, tr, page),
        accent=CALM,
    )


def _gallery(name: str, picture: Drawing) -> discord.ui.MediaGallery[Any]:
    return discord.ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{name}", description=picture.alt))


def _listed(row: RankingRow, view: SectionView, tr: Translator) -> str:
    """Rank, reference and title; below it how it came out."""
    rank = "–" if row.rank is None else f"{row.rank}."
    return f"**{rank} {row.reference}** {one_line(row.title, _TITLE)}\n-# {_verdict(row, view, tr)}"


def _verdict(row: RankingRow, view: SectionView, tr: Translator) -> str:
    """Its method's verdict; the state of what no ballot has closed on."""
    if row.rank is None or row.method is None:
        return tr(STATE_WORDS[row.state])
    besides: list[Text] = []
    if row.contested_by:
        groups = ", ".join(tr(group_words(group, view.group_titles)) for group in row.contested_by)
        besides.append(t("Contested by {groups}.", groups=one_line(groups, _GROUPS)))
    if row.purpose is Purpose.INDICATIVE:
        besides.append(t("Indicative."))
    said = [tr(one) for one in (METHODS[row.method].verdict(row.figures), *besides)]
    return " ".join([cut(said[0], _SAID), *said[1:]])


def _controls(view: SectionView, tr: Translator, page: int) -> list[discord.ui.Item[Any]]:
    event, theme = view.section.event.code, view.section.theme.code
    themes = {head.theme: head.theme_title for head in view.heads if head.event == event}
    events = {head.event: head.event_title for head in view.heads}
    controls: list[discord.ui.Item[Any]] = [
        *rows(turns(tr, page, last_page(view), lambda page: custom_id("results-page", event, theme, page)))
    ]
    if len(themes) > 1:
        controls.append(_select(custom_id("results-section", event), tr(t("Another theme")), themes, theme))
    if len(events) > 1:
        controls.append(_select(custom_id("results-event"), tr(t("Another event")), events, event))
    return [line(), *controls] if controls else []


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
