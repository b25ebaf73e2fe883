"""Whatever is on a ballot, its message, its preview and its outcome fit into what Discord takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import discord
import pytest

from bot.cards.ballot import ballot_card, preview_card
from bot.i18n import Catalogues
from seminar.amounts import parse_quorum, parse_threshold
from seminar.canonical import canonical
from seminar.methods import METHODS
from seminar.model import (
    Attribution,
    BallotRules,
    BallotStatus,
    Counts,
    Purpose,
    Reasons,
    Secrecy,
    Showing,
    VoteBy,
)
from services.voting.ballot_views import BallotView, Item
from services.voting.silences import Said
from storage.rooms import RoomRow
from storage.statements import Kind

NOW = datetime(2014, 10, 22, 9, tzinfo=UTC)
LONGEST = "*_" * 50  # a title of 100 characters, each of which must be escaped
GROUPS = {f"GROUP{n:03}": "`" * 100 for n in range(40)}


def rules(method: str, **options: object) -> BallotRules:
    plain = BallotRules(
        method, parse_threshold(">=2/3"), parse_quorum("1/3"), Secrecy.SECRET, Reasons.ALL, True
    )
    own: dict[str, dict[str, object]] = {
        "points": {"points": 1000, "most": 999},
        "shortlist": {"seats": 60},
        "rating": {"importance": True, "round": 1, "rounds": 5},
    }
    return replace(plain, **own.get(method, {}), **options)  # type: ignore[arg-type]


def ballot(method: str, items: int, **values: object) -> BallotView:
    figures = METHODS[method].tally(
        [(n, f"ABCDEFGH-{n:02}") for n in range(1, items + 1)], (), rules(method), 350, ()
    )
    view = BallotView(
        attribution=Attribution.NAMED,
        id=2**40,
        guild_id=1,
        number=12345,
        event="ROM",
        theme="CAP",
        status=BallotStatus.OPEN,
        rules=rules(method, purpose=Purpose.INDICATIVE, results=Showing.LIVE, vote_by=VoteBy.DELEGATION),
        items=tuple(Item(n, f"ABCDEFGH-{n:02}", LONGEST) for n in range(1, items + 1)),
        opened_at=NOW,
        closes_at=NOW + timedelta(days=3),
        entitled=350,
        voted=120,
        closed_at=None,
        sealed=False,
        notified=350,
        live=canonical([one.to_json() for one in figures]),
        room=tuple(
            RoomRow(n, code, Counts(100, 100, 100), "@" * 200) for n in range(1, items + 1) for code in GROUPS
        ),
    )
    return replace(view, **values)  # type: ignore[arg-type]


def texts(view: discord.ui.LayoutView) -> Sequence[str]:
    return [part.content for part in view.walk_children() if isinstance(part, discord.ui.TextDisplay)]


@pytest.mark.parametrize("language", Catalogues.load().languages)
@pytest.mark.parametrize("method", METHODS)
def test_the_longest_ballot_fits_into_a_message(method: str, language: str) -> None:
    """Sixty items, hands of forty constituencies on each, statements without end: cut, and saying so."""
    tr = Catalogues.load().speak(language)
    said = [Said(Kind.EXPLANATION, "*" * 100, "_" * 1000, NOW)] * 50
    for items, status in product((1, 60), BallotStatus):
        view = ballot(method, items, status=status)
        for made in (ballot_card(view, tr, GROUPS, said), preview_card(view, tr)):
            assert sum(map(len, texts(made))) <= 3700, "and the roles that it mentions"
            assert made.total_children_count <= 40
            named = texts(made)[1].count("**ABCDEFGH-")
            assert named >= min(items, 3)
            assert named == items or str(items - named) in texts(made)[1].splitlines()[-1]


def test_a_ballot_without_anything_left_is_still_drawn() -> None:
    """An empty list of items is no failure, whatever became of them."""
    tr = Catalogues.load().speak("en")
    for method in METHODS:
        assert "Ballot B12345" in texts(ballot_card(ballot(method, 0), tr, {}))[0] or method == "silence"


def test_live_totals_of_an_item_that_was_taken_out_are_not_shown() -> None:
    """Totals drawn before the removal may still name it; the message does not."""
    tr = Catalogues.load().speak("en")
    view = ballot("support", 3, room=())
    view = replace(view, items=view.items[1:])
    shown = "\n".join(texts(ballot_card(view, tr, {})))
    assert "ABCDEFGH-02: 0 for" in shown
    assert "ABCDEFGH-01" not in shown
