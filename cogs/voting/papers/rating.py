"""The paper of `rating`: agreement from 1 to 9 with each item, and its importance where that is asked.

In a later round each item shows what one gave before, and how all came out.
"""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.i18n import Translator
from bot.router import custom_id
from cogs.voting.papers import _frame as frame
from cogs.voting.papers._frame import Own, Row
from seminar.appropriateness import HIGHEST, LOWEST
from seminar.methods.rating import NOT_GIVEN
from seminar.words import Text, t
from services.voting.ballot_views import Sheet, SheetItem

PER_PAGE = 5

_WORDS = {
    "a": {LOWEST: t("strongly disagree"), HIGHEST: t("strongly agree")},
    "i": {LOWEST: t("not important"), HIGHEST: t("most important")},
}


def sheet(sheet: Sheet, tr: Translator, page: int) -> discord.ui.LayoutView:
    """Five items a page, each with a list of answers for agreement, and one for importance."""
    rules = sheet.ballot.rules
    how = [tr(t("Agreement: 1 = strongly disagree … 9 = strongly agree."))]
    if rules.importance:
        how.append(tr(t("Importance: 1 = not important … 9 = most important.")))
    if rules.rounds > 1:
        how.append("-# " + tr(t("Round {round} of {rounds}.", round=rules.round, rounds=rules.rounds)))
    asked = "ai" if rules.importance else "a"
    labels = {kind: _labels(kind, tr) for kind in asked}

    def own(item: SheetItem, page: int) -> Own:
        return _last_round(item, tr), [
            _choices(sheet, item, kind, given, labels[kind], tr, page)
            for kind, given in zip(asked, item.answer or (NOT_GIVEN, NOT_GIVEN), strict=False)
        ]

    return frame.paper(sheet, tr, page, PER_PAGE, how, own)


def _labels(kind: str, tr: Translator) -> dict[int, tuple[str, str | None]]:
    """What each number is called in a list, and what its ends mean."""
    ends = _WORDS[kind]
    return {
        number: (tr(_called(kind, number)), tr(ends[number]) if number in ends else None)
        for number in range(LOWEST, HIGHEST + 1)
    }


def _called(kind: str, number: int) -> Text:
    if kind == "a":
        return t("Agreement {number}", number=number)
    return t("Importance {number}", number=number)


def _choices(
    sheet: Sheet,
    item: SheetItem,
    kind: str,
    given: int,
    labels: dict[int, tuple[str, str | None]],
    tr: Translator,
    page: int,
) -> Row:
    options = [
        discord.SelectOption(
            label=label, value=f"{kind}{number}", description=meaning, default=number == given
        )
        for number, (label, meaning) in labels.items()
    ]
    options.append(discord.SelectOption(label=tr(t("No answer")), value=f"{kind}{NOT_GIVEN}"))
    select: discord.ui.Select[discord.ui.LayoutView] = discord.ui.Select(
        custom_id=custom_id("paper-pick", sheet.ballot.id, item.position, page, kind),
        placeholder=tr(t("Agreement, from 1 to 9") if kind == "a" else t("Importance, from 1 to 9")),
        options=options,
    )
    return discord.ui.ActionRow(select)


def _last_round(item: SheetItem, tr: Translator) -> Sequence[str]:
    """How all rated it in the round before, and oneself."""
    if item.group is None:
        return []
    agreement, importance = item.before or (NOT_GIVEN, NOT_GIVEN)
    said = [item.group]
    if agreement != NOT_GIVEN and importance != NOT_GIVEN:
        said.append(
            t("you gave {agreement}, importance {importance}", agreement=agreement, importance=importance)
        )
    elif agreement != NOT_GIVEN:
        said.append(t("you gave {agreement}", agreement=agreement))
    return ["-# " + " · ".join(map(tr, said))]
