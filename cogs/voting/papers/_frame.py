"""What every sheet has in common: where one is, what counts, its items, and the ways on.

The longest page of the longest texts stays within what a message holds: 40
components, and 4,000 characters as Discord counts them. Whatever a screen has
to say of an item comes first; the item's own text gets the room that is left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import discord

from bot import ui
from bot.cards.ballot_rules import secrecy_text
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import CARD_TEXT_LIMIT, Button, card, line, one_line, rows
from seminar.methods import paper_method
from seminar.model import Secrecy
from seminar.paper import ASIDE
from seminar.words import t
from services.voting.ballot_views import Sheet, SheetItem

Row: TypeAlias = "discord.ui.ActionRow[Any]"
Own: TypeAlias = "tuple[Sequence[str], Sequence[Row]]"
"""Of one item on a page: the lines on what the voter said, and the controls."""

TITLE, TEXT = 220, 200  # characters an item takes at most; the whole of it stands on its card
SHORTEST = 40  # of an item's text; with less room there is none
SPARE = 100  # characters; Discord need not count quite as we do


@dataclass(frozen=True, slots=True)
class Page:
    """The items on one page of a sheet, of which there are `last` + 1."""

    number: int
    last: int
    items: tuple[SheetItem, ...]


def opened(sheet: Sheet, page: int, per_page: int) -> Page:
    """`page` from 0; too far is the last one."""
    last = max(0, (len(sheet.items) - 1) // per_page)
    page = max(0, min(page, last))
    return Page(page, last, sheet.items[page * per_page : (page + 1) * per_page])


def paper(
    sheet: Sheet,
    tr: Translator,
    page: int,
    per_page: int,
    how: Sequence[str],
    own: Callable[[SheetItem, int], Own],
) -> discord.ui.LayoutView:
    """A page of a paper: `how` says what to do, `own` what an item on that page shows."""
    here = opened(sheet, page, per_page)
    shown = []
    for item in here.items:
        said, controls = own(item, here.number)
        aside = ["-# ✋ " + tr(t("You stand aside here."))] if item.answer == ASIDE else []
        shown.append((item, [*said, *aside], controls))
    head = [heading(sheet, tr), *how, *counting(sheet, tr), where(sheet, tr, here)]
    ballot = sheet.ballot.id
    standing = sheet.submitted and not sheet.changed
    again = sheet.submitted and sheet.voter is None
    submit = Button(
        tr(t("Submit again")) if again else tr(t("Submit")),
        custom_id("paper-submit", ballot, here.number),
        style=discord.ButtonStyle.secondary if standing else discord.ButtonStyle.primary,
    )
    more = Button(tr(t("More…")), custom_id("sheet-aside", ballot, here.number))
    return screen(sheet, head, shown, [*turns(sheet, tr, here), submit, more])


def screen(
    sheet: Sheet,
    head: Sequence[str],
    shown: Sequence[tuple[SheetItem, Sequence[str], Sequence[Row]]],
    ways: Sequence[Button],
    *,
    text: int = TEXT,
    apart: bool = True,
) -> discord.ui.LayoutView:
    """One page: its head, its items with what is said of each and its controls, and the ways on.

    Of each item's own text at most `text` characters are shown. A line stands before each item, or
    only before the first where there is no room for more.
    """
    top = "\n".join(head)
    room = (CARD_TEXT_LIMIT - len(top) - SPARE) // max(1, len(shown))
    parts: list[str | discord.ui.Item[Any]] = [top]
    for number, (item, said, controls) in enumerate(shown):
        parts += [line()] if apart or not number else []
        parts += [_item_text(sheet, item, said, room, text), *controls]
    return card(*parts, line(), *rows(ways))


def _item_text(sheet: Sheet, item: SheetItem, said: Sequence[str], room: int, most: int) -> str:
    done = "✔ " if sheet.answers is not None and _is_done(sheet, item) else ""
    title = f"{done}**{item.reference}** {one_line(item.title, TITLE)}"
    left = min(most, room - sum(len(part) + 1 for part in (title, *said)))
    text = [one_line(item.text, left)] if left >= SHORTEST else []
    return "\n".join([title, *text, *said])


def _is_done(sheet: Sheet, item: SheetItem) -> bool:
    """Whether nothing is left to do on that item of a paper."""
    if item.answer == ASIDE:
        return True
    rules = sheet.ballot.rules
    return paper_method(rules.method).answered(sheet.answers or {}, item.position, rules)


def heading(sheet: Sheet, tr: Translator) -> str:
    """Which ballot, and how much of it is done."""
    label = tr(t("Ballot {label}", label=sheet.ballot.label))
    return f"## {label} · " + tr(t("{done} of {total}", done=sheet.done, total=sheet.total))


def where(sheet: Sheet, tr: Translator, page: Page) -> str:
    """Which page this is, and until when there is time."""
    until = tr(t("Open until {moment}.", moment=sheet.ballot.closes_at))
    return " ".join([*page_number(tr, page), until if page.last else f"-# {until}"])


def page_number(tr: Translator, page: Page) -> list[str]:
    """Which page this is, where there are several."""
    if not page.last:
        return []
    return ["-# " + tr(t("Page {page} of {pages}.", page=page.number + 1, pages=page.last + 1))]


def counting(sheet: Sheet, tr: Translator) -> list[str]:
    """Whether a paper counts, for whom it is given, and who will see it."""
    if not sheet.submitted:
        standing = t("Not submitted yet: nothing is counted before you submit.")
    elif not sheet.changed:
        standing = t("Submitted; it counts.")
    elif sheet.voter is None:
        standing = t("Changed since you submitted: submit again, or what you submitted before counts.")
    else:
        standing = t(
            "This differs from what was submitted for your delegation, which counts until you submit this."
        )
    lines = [f"**{tr(standing)}**" + receipt(sheet.receipt, tr), *delegation(sheet, tr)]
    if sheet.ballot.rules.secrecy is Secrecy.OPEN:
        lines.append("-# " + tr(secrecy_text(sheet.ballot)))
    return lines


def delegation(sheet: Sheet, tr: Translator) -> list[str]:
    """For whom a member of a delegation votes, and who has submitted for all of them."""
    if sheet.voter is None:
        return []
    said = tr(t("You vote for {organisation}.", organisation=one_line(sheet.voter, 120)))
    if sheet.cast_by is not None:
        said += " " + tr(t("Submitted by {name}.", name=one_line(sheet.cast_by, 80)))
    return [said]


def receipt(code: str | None, tr: Translator) -> str:
    """The receipt at the end of a line; nothing where there is none."""
    return " · " + tr(t("receipt {receipt}", receipt=code)) if code else ""


def turns(sheet: Sheet, tr: Translator, page: Page, act: str = "sheet-page") -> list[Button]:
    """The ways to the pages of the sheet beside this one."""
    return ui.turns(tr, page.number, page.last, lambda number: custom_id(act, sheet.ballot.id, number))
