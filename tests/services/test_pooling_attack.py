"""The pooling attack: everything published of a ballot says no more of a small group than its pooled figures.

The attacker knows who voted, for whom each speaks, what hands were shown in the room, and
everything that is published when the ballot closes: figures, groups, index, contested, the
cast-vote record, the ledger's entry. They look for a way to distribute the votes of a published
group over its members that would not have been published in just this way. There is none: so
whatever two members of one group say may have been said by the other.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, permutations
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seminar import paper
from seminar.methods import METHODS
from seminar.methods.base import Beside
from seminar.model import (
    RECUSED,
    BallotRules,
    Choice,
    Counts,
    Quorum,
    Reasons,
    Role,
    Secrecy,
    Threshold,
)
from seminar.paper import WHOLE
from seminar.pooling import SMALLEST
from services.voting.closing import closing_entry
from services.voting.counting import Count, Given, count
from storage.ballots import ItemRow
from storage.electorates import EntitledRow, Member
from storage.engine import Database
from storage.rooms import RoomRow
from storage.votes import VoteRow
from tests import stores
from tests.services.polling_station import Station
from tests.services.small_seminar import StillClock, actor

CODES = ("AA", "BB", "CC", "DD")
ITEMS = tuple(ItemRow(position, position, 1, f"CAP-{position:02}", "", "") for position in (1, 2, 3))
METHODS_VOTED_ON = ("support", "rating", "ranked", "points", "shortlist")
RANDOM = {"cast_votes", "tallies", "rows", "checksum"}
"""Of the ledger's entry: digests over receipts, which are random."""

Said: TypeAlias = Mapping[int, str]
"""What one voter says: choices by position, or a whole paper under `WHOLE`."""

Words: TypeAlias = tuple[tuple[int, str], ...]
"""The same in a form that can be in a set."""


@dataclass(frozen=True)
class World:
    """Who is entitled, what each said (nothing: did not vote), and the hands in the room."""

    method: str
    constituencies: tuple[str | None, ...]
    said: tuple[Said, ...]
    hands: tuple[RoomRow, ...] = ()

    @property
    def rules(self) -> BallotRules:
        return BallotRules(
            self.method,
            Threshold(Fraction(1, 2), strict=True),
            Quorum(share=Fraction(1, 3)),
            Secrecy.SECRET,
            Reasons.ALL,
            receipts=True,
            points=6 if self.method == "points" else None,
            seats=2 if self.method == "shortlist" else None,
            importance=self.method == "rating",
        )

    def close(self) -> Count:
        """What closing makes of it."""
        electorate = tuple(
            EntitledRow(f"e{number}", f"p{number}", code, (Member(f"e{number}", number),))
            for number, code in enumerate(self.constituencies)
        )
        votes = [
            VoteRow(f"m{number}", position, choice, f"R{number}{position}", f"because {choice}")
            for number, said in enumerate(self.said)
            for position, choice in said.items()
        ]
        return count(
            Given(
                ballot_id=1,
                rules=self.rules,
                items=ITEMS,
                electorate=electorate,
                voter_of={one.elector: f"m{one.elector[1:]}" for one in electorate},
                votes=votes,
                room=self.hands,
                beside=Beside(),
                constituencies=True,
            )
        )

    def voters(self) -> list[int]:
        """Who says more than that they stand aside."""
        return [number for number, said in enumerate(self.said) if votes(said)]

    def with_said(self, changed: Mapping[int, Said]) -> World:
        """The world in which these have said this."""
        return replace(self, said=tuple(changed.get(number, said) for number, said in enumerate(self.said)))


def votes(said: Said) -> bool:
    """Whether somebody who says this has voted."""
    return any(
        paper.answers_something(choice) if position == WHOLE else choice != RECUSED
        for position, choice in said.items()
    )


def published(world: World) -> dict[str, Any]:
    """Everything that anybody can read of the closed ballot, but for what is random in it."""
    counted = world.close()
    method, references = METHODS[world.method], {item.position: item.reference for item in ITEMS}
    entry = closing_entry(1, counted)
    titles, groups = dict.fromkeys(references.values(), "Title"), {code: f"The {code}" for code in CODES}
    return {
        "figures": [row.figures for row in counted.tallies],
        "groups": sorted({group for one in counted.figures for group in one.by_constituency}),
        "sentences": [str(one) for one in method.sentences(counted.figures, titles, groups, world.rules)],
        "verdicts": [str(method.verdict(one)) for one in counted.figures],
        "scores": [method.score(one) for one in counted.figures],
        "record": Counter(
            (
                row.position,
                row.reference,
                row.constituency,
                row.voter,
                json.dumps(method.published(row.choice, references)),
            )
            for row in counted.cast_votes
        ),
        "reasons": Counter((row.position, row.choice, row.text) for row in counted.reasons),
        "entry": {name: value for name, value in entry.items() if name not in RANDOM},
        "hands": world.hands,
        "turnout": (len(counted.electors), counted.voters, counted.set_aside),
    }


def published_groups(world: World) -> dict[int, str]:
    """The published group of each voter: of their constituency, which is where their rows are."""
    counted = world.close()
    whose = {f"R{n}{position}": n for n, said in enumerate(world.said) for position in said}
    return {
        whose[str(row.receipt)]: row.constituency
        for row in counted.cast_votes
        if row.constituency is not None and votes(world.said[whose[str(row.receipt)]])
    }


def small(world: World) -> list[str | None]:
    """Constituencies with so few voters that their figures are not published by themselves."""
    voting = Counter(world.constituencies[number] for number in world.voters())
    return [code for code, number in voting.items() if number < SMALLEST]


def a_paper(method: str) -> st.SearchStrategy[str]:
    """A paper that may be submitted, over three items, with standing aside among its answers."""
    aside = st.just(paper.ASIDE)
    answers = {
        "rating": st.tuples(st.integers(1, 9), st.integers(0, 9)),
        "ranked": st.tuples(st.integers(1, 3)),
        "points": st.tuples(st.integers(1, 2)),
        "shortlist": st.just((1,)),
    }[method]
    paper_of = st.dictionaries(st.integers(1, 3), st.one_of(answers, answers, answers, aside), min_size=1)
    return paper_of.map(paper.spell)


def a_voter(method: str) -> st.SearchStrategy[Said]:
    """What one voter says; nothing at all is possible too."""
    if method == "support":
        choices = st.sampled_from([*(choice.value for choice in Choice), RECUSED])
        return st.dictionaries(st.integers(1, 3), choices)
    return st.one_of(st.just({}), *[a_paper(method).map(lambda text: {WHOLE: text})] * 4)


@st.composite
def worlds(draw: st.DrawFn, method: str) -> World:
    """Random electorates of a few small and middling groups, some people in none, hands for `support`."""
    sizes = draw(st.lists(st.integers(0, 5), min_size=2, max_size=4))
    codes = [code for code, size in zip(CODES, sizes, strict=False) for _ in range(size)]
    people = (*codes, *[None] * draw(st.integers(0, 1)))
    said = tuple(draw(a_voter(method)) for _ in people)
    world = World(method, people, said)
    if method == "support":
        counts = st.builds(Counts, st.integers(0, 2), st.integers(0, 2), st.integers(0, 1))
        code = st.sampled_from([None, *CODES])
        shown = draw(st.dictionaries(st.tuples(st.integers(1, 3), code), counts, max_size=3))
        world = replace(
            world, hands=tuple(RoomRow(at, whose, each, "") for (at, whose), each in shown.items())
        )
    assume(len(world.voters()) >= SMALLEST)
    assume(small(world))
    return world


def attack(
    world: World, read: Callable[[World], dict[str, Any]] = published
) -> Iterator[tuple[str | None, set[tuple[Words, ...]], set[tuple[Words, ...]]]]:
    """For each small constituency: what its members may have said by all that can be read, and what the
    pooled figures alone would allow: any of what was said in their published group.

    Whole votes are dealt out anew: to the small constituency in every way there is.
    """
    seen = read(world)
    group_of = published_groups(world)
    for code in small(world):
        target = [number for number in world.voters() if world.constituencies[number] == code]
        group = [number for number, group in group_of.items() if group == group_of[target[0]]]
        allowed, possible = set(), set()
        for dealt in combinations(group, len(target)):
            allowed.add(frozen(world, dealt))
            others = [number for number in group if number not in target]
            left = [number for number in group if number not in dealt]
            deal = dict(zip((*target, *others), (*dealt, *left), strict=True))
            candidate = world.with_said({number: world.said[source] for number, source in deal.items()})
            if read(candidate) == seen:
                possible.add(frozen(world, dealt))
        yield code, possible, allowed


def frozen(world: World, numbers: Sequence[int]) -> tuple[Words, ...]:
    """What these people said, without who of them said it."""
    return tuple(sorted(tuple(sorted(world.said[number].items())) for number in numbers))


of_every_method = pytest.mark.parametrize("method", METHODS_VOTED_ON)


@of_every_method
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_attack_learns_no_more_than_the_pooled_figures_say(method: str, data: st.DataObject) -> None:
    """Nothing that the members of a small constituency may have said can be excluded."""
    world = data.draw(worlds(method))
    for code, possible, allowed in attack(world):
        assert possible == allowed, f"of {code} can be excluded: {allowed - possible}"


@of_every_method
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_two_people_of_one_published_group_are_not_told_apart(method: str, data: st.DataObject) -> None:
    """Two worlds that differ by an exchange of their votes alone are published alike."""
    world = data.draw(worlds(method))
    group_of = published_groups(world)
    seen = published(world)
    pairs = [
        (one, other)
        for one, other in permutations(group_of, 2)
        if group_of[one] == group_of[other] and world.constituencies[one] in small(world)
    ]
    for one, other in pairs[:12]:
        exchanged = world.with_said({one: world.said[other], other: world.said[one]})
        assert published(exchanged) == seen


@of_every_method
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_published_group_is_smaller_than_three_voters(method: str, data: st.DataObject) -> None:
    """Whoever stands aside is none of them; and one grouping is used throughout."""
    world = data.draw(worlds(method))
    group_of = published_groups(world)
    assert set(group_of) == set(world.voters())
    sizes = Counter(group_of.values())
    assert min(sizes.values()) >= SMALLEST
    counted = world.close()
    shown_in_the_room = {one.group for one in counted.beside.room} - {None}
    in_record = {row.constituency for row in counted.cast_votes} - {None}
    assert in_record == set(sizes)
    for figures in counted.figures:
        assert set(figures.by_constituency) <= in_record | shown_in_the_room


@settings(max_examples=25, deadline=None)
@given(world=worlds("support"))
def test_what_the_room_showed_can_be_taken_out_and_leaves_the_pooled_votes(world: World) -> None:
    """Hands are seen by all: without them the groups add up to the record, and to nothing smaller."""
    counted = world.close()
    for figures, item in zip(counted.figures, ITEMS, strict=True):
        of_groups = sum(figures.by_constituency.values(), start=Counts())
        nowhere = [
            one.counts for one in counted.beside.room if (one.position, one.group) == (item.position, None)
        ]
        assert sum(nowhere, start=of_groups) == figures.counts
        for group, counts in figures.by_constituency.items():
            hands = sum(
                one.counts.total
                for one in counted.beside.room
                if (one.position, one.group) == (item.position, group)
            )
            rows = [
                row
                for row in counted.cast_votes
                if (row.position, row.constituency) == (item.position, group) and row.choice != RECUSED
            ]
            assert counts.total - hands == len(rows)


def gossip(world: World) -> dict[str, Any]:
    """What would be published if each constituency had figures of its own."""
    said = zip(world.constituencies, world.said, strict=True)
    return {"unpooled": Counter((code, *choice) for code, choices in said for choice in choices.items())}


def test_the_attack_finds_what_figures_by_constituency_would_give_away() -> None:
    """The attacker is no straw man: without pooling two people are found out, and with it they are not."""
    said: list[Said] = [{1: "for"}] * 3 + [{1: "against"}] * 2
    world = World("support", ("AA",) * 3 + ("BB",) * 2, tuple(said))
    ((code, possible, allowed),) = attack(world)
    assert (code, len(allowed)) == ("BB", 3)
    assert possible == allowed
    ((_, found_out, _),) = attack(world, gossip)
    assert found_out == {(((1, "against"),), ((1, "against"),))}


TAPS = {
    "rating": ["a1", "a5", "a9", "a7"],
    "ranked": ["next", "next", "next", "next"],
    "points": ["1", "2", "3", "4"],
    "shortlist": ["yes", "yes", "yes", "yes"],
}


async def held(folder: Path, empty: str, method: str, *, exchanged: bool) -> dict[str, Any]:
    """One ballot held in a store of its own, and everything that can be read of it afterwards."""
    folder.mkdir()
    db = await Database.open(stores.shelf().copy(empty, folder / "store.db"))
    station = Station(db, StillClock(), key_dir=folder / "keys")
    await station.set_up()
    un, eu = [], []
    for number in range(5):
        code = "UN" if number < 3 else "EU"
        voter = actor(1000 + number, Role.PARTICIPANT, constituencies=(code,))
        await station.participants.enter(voter)
        (un if code == "UN" else eu).append(voter)
    options = {"points": {"points": 5}, "shortlist": {"seats": 1}}.get(method, {})
    ballot = await station.open(method=method, **options)
    order = [eu[0], un[1], un[2], un[0], eu[1]] if exchanged else [un[0], un[1], un[2], eu[0], eu[1]]
    for number, voter in enumerate(order[:4]):
        if method == "support":
            await station.vote(voter, ballot, Choice.FOR if number else Choice.AGAINST, Choice.ABSTAIN)
        else:
            await station.papers.fill(voter, ballot.id, 1 + number % 2, TAPS[method][number])
            await station.papers.submit(voter, ballot.id)
    if method == "support":
        await station.voting.cast(order[4], ballot.id, 1, RECUSED)
        await station.room.enter(station.facilitator, ballot.id, "CAP-02", Counts(1), "UN")
    else:
        await station.papers.fill(order[4], ballot.id, 1, "aside")
        await station.papers.submit(order[4], ballot.id)
    result = await station.close(ballot)
    entry = json.loads(str(await station.value("SELECT body FROM ledger WHERE act = 'ballot.closed'")))
    rows = await station.rows("SELECT position, reference, choice, constituency, voter FROM cast_votes")
    report = await station.results.report(station.guild_id)
    left = await station.rows("SELECT * FROM votes")
    await db.close()
    return {
        "result": replace(result, ledger_head=""),
        "entry": {name: value for name, value in entry.items() if name not in RANDOM},
        "record": Counter(rows),
        "report": report.recommendations,
        "left": left,
    }


@of_every_method
def test_two_ballots_that_differ_by_an_exchange_are_published_alike_by_the_program(
    method: str, empty_store: str, tmp_path: Path
) -> None:
    """Through keys, store, closing, ledger and report: one of the EU and one of the UN changed places."""
    plain = asyncio.run(held(tmp_path / "plain", empty_store, method, exchanged=False))
    exchanged = asyncio.run(held(tmp_path / "exchanged", empty_store, method, exchanged=True))
    assert plain == exchanged
    assert plain["left"] == []
    (group,) = {row[3] for row in plain["record"]} - {None}
    assert group == "others"
