"""Every page of every sheet fits into a message, whatever stands on it and in whatever language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from bot.i18n import Catalogues
from bot.ui import CARD_TEXT_LIMIT
from cogs.voting.papers import aside, paper
from seminar.methods import METHODS
from seminar.model import (
    RECUSED,
    Attribution,
    BallotRules,
    BallotStatus,
    Quorum,
    Reasons,
    Secrecy,
    Threshold,
    VoteBy,
)
from seminar.paper import ASIDE
from seminar.words import t
from services.voting.ballot_views import BallotHead, Item, Sheet, SheetItem

MOST_COMPONENTS = 40
MOST_IN_A_ROW = 5
SIXTY = 60
TITLE = "*" * 100
TEXT = "_|`<" * 500
LONG = "Delegation of `everybody` " * 8
LAST_ROUND = t("last round: median {m}, half of the ratings between {m} and {m}", m="6.25")
ANSWERS = {"rating": (9, 9), "points": (3,), "shortlist": (1,)}


def full(method: str, *, standing_aside: bool) -> Sheet:
    """A sheet of sixty with the longest that may stand on it, or where one stands aside on everything."""
    on_paper = METHODS[method].on_paper

    def answer(position: int) -> tuple[int, ...] | None:
        if not on_paper:
            return None
        return ASIDE if standing_aside else (position,) if method == "ranked" else ANSWERS[method]

    items = tuple(
        SheetItem(
            position,
            f"ABCDEFGH-{position + 100}",
            TITLE,
            TEXT,
            choice=None if on_paper else RECUSED if standing_aside else "abstain",
            receipt=None if on_paper else "ABCDEFGHIJ",
            cast_by=None if on_paper else LONG,
            answer=answer(position),
            before=(9, 9) if method == "rating" else None,
            group=LAST_ROUND if method == "rating" else None,
        )
        for position in range(1, SIXTY + 1)
    )
    return Sheet(
        ballot=head(method, items),
        items=items,
        done=SIXTY,
        total=SIXTY,
        voter=LONG,
        submitted=on_paper,
        changed=on_paper,
        receipt="ABCDEFGHIJ" if on_paper else None,
        cast_by=LONG if on_paper else None,
        answers={item.position: item.answer or () for item in items} if on_paper else None,
    )


def head(method: str, items: tuple[SheetItem, ...]) -> BallotHead:
    moment = datetime(2026, 9, 30, 23, 59, tzinfo=UTC)
    return BallotHead(
        attribution=Attribution.NAMED,
        id=10**9,
        guild_id=1,
        number=10_000,
        event="ROM",
        theme="CAP",
        status=BallotStatus.OPEN,
        rules=BallotRules(
            method,
            Threshold(Fraction(1, 2), strict=True),
            Quorum(),
            Secrecy.OPEN,
            Reasons.ALL,
            receipts=True,
            vote_by=VoteBy.DELEGATION,
            points=1000,
            most=999,
            seats=60,
            importance=True,
            round=2,
            rounds=10,
        ),
        items=tuple(Item(item.position, item.reference, item.title) for item in items),
        opened_at=moment,
        closes_at=moment,
    )


def parts(components: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for part in components:
        yield part
        yield from parts(part.get("components", ()))


@pytest.mark.parametrize("language", Catalogues.load().languages)
@pytest.mark.parametrize("standing_aside", [False, True], ids=["answered", "aside"])
@pytest.mark.parametrize("method", METHODS)
def test_every_page_fits_into_a_message(method: str, standing_aside: bool, language: str) -> None:
    """At most 40 components, 4,000 characters, five buttons a row, and no custom id twice."""
    sheet, tr = full(method, standing_aside=standing_aside), Catalogues.load().speak(language)
    per_page = paper(method).PER_PAGE
    for page in range(-(-SIXTY // per_page)):
        for view in (paper(method).sheet(sheet, tr, page), aside(sheet, tr, page)):
            found = list(parts(view.to_components()))
            said = "".join(part["content"] for part in found if "content" in part)
            assert len(found) <= MOST_COMPONENTS
            assert len(said) <= CARD_TEXT_LIMIT
            assert all(len(part["components"]) <= MOST_IN_A_ROW for part in found if part["type"] == 1)
            identities = [part["custom_id"] for part in found if "custom_id" in part]
            assert len(identities) == len(set(identities))
            shown = [item.position for item in sheet.items if f"**{item.reference}**" in said]
            assert shown == [*range(page * per_page + 1, min((page + 1) * per_page, SIXTY) + 1)]
