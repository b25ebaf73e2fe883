"""Random people propose, amend, decide, merge, split, undo, argue, withdraw and vote; nothing is ever lost.

After every act the whole store is read from outside the services: no text, argument or second is gone,
lineage has no ring and leads on from every reference, what was refused changed nothing, the ledger verifies.
"""

from __future__ import annotations

import asyncio
import atexit
import tempfile
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from seminar.errors import Refused
from seminar.model import Actor, Change, Choice, Role, Stance
from seminar.texts import words
from seminar.wording import Wording, merged
from services.record.text_audit import text_problems
from services.voting.ballot_views import BallotView
from storage.engine import Database
from storage.ledger import verify_chain, verify_texts
from tests import stores
from tests.services.drafting_table import DraftingTable
from tests.services.small_seminar import GUILD, StillClock, actor

pytestmark = pytest.mark.thorough

T = TypeVar("T")

PHRASES = ("plan together", "from the first day", "with the field", "at equal cost", "within a year", "twice")
OTHER_WORDS = ("soon", "always", "never", "jointly")
ENDED = {"merged", "split"}


class Drafting(RuleBasedStateMachine):
    """The seminar; `model` is what must never change again once it was seen."""

    LIVING = frozenset({"proposed", "admitted", "returned", "voting", "adopted"})

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="drafting-")
        self.url = stores.shelf().copy(_empty_store(), Path(self.folder.name) / "seminar.db")
        self.loop = asyncio.new_event_loop()
        self.clock = StillClock()
        self.table = self.wait(self._open())
        self.people: list[Actor] = [
            actor(13, Role.PARTICIPANT, Role.FACILITATOR, name="Fay", constituencies=("EU",)),
            actor(11, Role.PARTICIPANT, name="Ana", constituencies=("UN",)),
            actor(12, Role.PARTICIPANT, name="Ben", constituencies=("EU",)),
            actor(14, Role.FACILITATOR, name="Gil"),
            actor(15, Role.OBSERVER, name="Obi"),
            actor(16, name="Sam"),
        ]
        self.model: dict[str, dict[tuple[Any, ...], tuple[Any, ...]]] = {}
        self.ballot: BallotView | None = None
        self.chance = Random()
        self.acts = self.refusals = 0

    async def _open(self) -> DraftingTable:
        db = await Database.open(self.url)
        return DraftingTable(db, self.clock, key_dir=Path(self.folder.name) / "keys")

    def wait(self, doing: Awaitable[T]) -> T:
        return self.loop.run_until_complete(_awaited(doing))

    def teardown(self) -> None:
        self.wait(self.table.db.close())
        self.loop.close()
        stores.shelf().drop(self.url)
        self.folder.cleanup()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return stores.shelf().rows(self.url, sql)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        names = stores.tables()
        found = stores.shelf().rows_of(self.url, *(f"SELECT * FROM {name}" for name in names))
        return dict(zip(names, found, strict=True))

    def attempt(self, doing: Callable[[], Awaitable[T]]) -> T | None:
        """Do it; if it is refused, nothing may have changed."""
        before = self.everything()
        try:
            done = self.wait(doing())
        except Refused:
            self.refusals += 1
            assert self.everything() == before
            return None
        self.acts += 1
        return done

    def standing(self, reference: str) -> tuple[Wording, int]:
        ((version,),) = self.rows(f"SELECT version FROM recommendations WHERE reference = '{reference}'")
        return self.version_of(reference, version), version

    def version_of(self, reference: str, version: int) -> Wording:
        ((title, text, rationale),) = self.rows(
            "SELECT v.title, v.text, v.rationale FROM versions v JOIN recommendations r "
            f"ON r.id = v.recommendation_id WHERE r.reference = '{reference}' AND v.number = {version}"
        )
        return Wording(title, text, rationale)

    @initialize()
    def opens(self) -> None:
        """Rome is open, everybody is registered, three recommendations are on the table."""
        self.wait(self.table.set_up(items=0))
        for person in self.people[:3]:
            self.wait(self.table.participants.enter(person))
        for person in (self.table.facilitator, *self.people[3:]):
            self.wait(self.table.participants.person(person))  # known here, and not registered
        for person, title in zip(self.people, ("One", "Two", "Three"), strict=False):
            self.wait(self.table.propose(person, title=title))

    @rule(chance=st.randoms(use_true_random=True))
    def somebody_acts(self, chance: Random) -> None:
        """One of all acts by one of all people: mostly one that is allowed, so that texts get somewhere."""
        self.chance = chance
        act = chance.choice(self.possible())
        note(act.__name__)
        act()

    def possible(self) -> list[Callable[[], None]]:
        """Everything that may happen next, what is to happen often several times."""
        acts = [self.proposes, self.amends, self.amends, self.accepts, self.accepts, self.works_on_amendments]
        acts += [self.merges, self.merges, self.splits, self.undoes, self.undoes, self.argues, self.seconds]
        acts += [self.takes_an_argument_back, self.moderates_or_withdraws, self.votes, self.votes]
        return [*acts, self.time_passes]

    def who(self) -> Actor:
        return self.people[self.chance.choice([0, 1, 2, 0, 1, 2, 3, 4, 5])]

    def leading(self) -> Actor:
        """Mostly a facilitator."""
        return self.people[self.chance.choice([0, 3, 0, 3, 0, 1, 4])]

    def reference(self) -> str:
        """One that can still be drafted, mostly; at times one that has ended."""
        known = self.rows("SELECT reference, state FROM recommendations ORDER BY id")
        living = [reference for reference, state in known if state in self.LIVING]
        some = living if living and self.chance.random() < 0.9 else [reference for reference, _ in known]
        return str(self.chance.choice(some))

    def amendment(self) -> tuple[str, int]:
        """One that is open, mostly."""
        which = "WHERE a.status = 'open'" if self.chance.random() < 0.9 else ""
        found = self.rows(
            "SELECT r.reference, a.number FROM amendments a "
            f"JOIN recommendations r ON r.id = a.recommendation_id {which}"
        )
        return self.chance.choice(found) if found else (self.reference(), 1)

    def proposes(self) -> None:
        phrase, who = self.chance.choice(PHRASES), self.who()
        text = f"The two sides should {phrase}, wherever both serve."
        theme = self.chance.choice(["CAP", "TRN"])
        self.attempt(lambda: self.table.propose(who, theme, f"To {phrase}", text))

    def seconds(self) -> None:
        who, reference = self.who(), self.reference()
        self.attempt(lambda: self.table.recommendations.second(who, reference))

    def amends(self) -> None:
        """One word becomes another, in the present text or in an older one that a form still showed."""
        who, reference = self.who(), self.reference()
        wording, version = self.standing(reference)
        if version > 1 and self.chance.random() < 0.5:
            version -= 1
            wording = self.version_of(reference, version)
        parts = wording.text.split()
        parts[self.chance.randrange(len(parts))] = self.chance.choice(OTHER_WORDS)
        text = " ".join(parts)
        self.attempt(lambda: self.table.amend(who, reference, version, wording, text))

    def accepts(self) -> None:
        who, (reference, number) = self.leading(), self.amendment()
        change = self.chance.choice([*[Change.SUBSTANTIVE] * 3, Change.EDITORIAL])
        self.attempt(lambda: self.table.accept(who, reference, number, change))

    def works_on_amendments(self) -> None:
        who, (reference, number), table = self.leading(), self.amendment(), self.table
        wording, version = self.standing(reference)
        text = f"{wording.text} Again."
        acts: list[Callable[[], Awaitable[object]]] = [
            lambda: table.reject(who, reference, number),
            lambda: table.withdraw_amendment(who, reference, number),
            lambda: table.second_amendment(who, reference, number),
            lambda: table.rework(who, reference, number, version, wording, text),
        ]
        self.attempt(self.chance.choice([*acts, acts[-1]]))

    def merges(self) -> None:
        who, survivor = self.leading(), self.reference()
        wording, _ = self.standing(survivor)
        text = wording.text if self.chance.random() < 0.5 else f"{wording.text} So do they all."[:2000]
        references = [self.reference() for _ in range(self.chance.choice([1, 1, 2]))]
        self.attempt(lambda: self.table.merge(who, references, survivor, wording, text))

    def splits(self) -> None:
        who, reference = self.leading(), self.reference()
        wording, version = self.standing(reference)
        self.attempt(lambda: self.table.split(who, reference, version, wording))

    def undoes(self) -> None:
        found = self.rows(
            "SELECT r.reference FROM lineage l JOIN recommendations r "
            "ON r.id IN (l.predecessor_id, l.successor_id) ORDER BY l.id DESC LIMIT 6"
        )
        who, reference = self.leading(), self.chance.choice(found)[0] if found else "CAP-01"
        self.attempt(lambda: self.table.undo(who, reference))

    def argues(self) -> None:
        who, reference = self.who(), self.reference()
        stance, text = self.chance.choice(list(Stance)), self.chance.choice(PHRASES)
        self.attempt(lambda: self.table.argue(who, reference, stance, text))

    def takes_an_argument_back(self) -> None:
        found = self.rows(
            "SELECT r.reference, c.number FROM contributions c "
            "JOIN recommendations r ON r.id = c.recommendation_id"
        )
        reference, number = self.chance.choice(found) if found else ("CAP-01", 1)
        act = self.chance.choice([self.table.set_aside, self.table.withdraw_argument])
        who = self.who()
        self.attempt(lambda: act(who, reference, number))

    def moderates_or_withdraws(self) -> None:
        who, reference = self.leading(), self.reference()
        how = self.chance.choice(["admit", "admit", "retheme", "return", "reopen", "reject", "withdraw"])
        if how == "withdraw":
            self.attempt(lambda: self.table.recommendations.withdraw(who, reference))
        else:
            self.attempt(lambda: self.table.moderate(who, how, reference))

    def votes(self) -> None:
        """A ballot opens, or the open one is voted in and closed, or cancelled."""
        if self.ballot is None:
            reference = self.reference()
            purpose = self.chance.choice(["decisive", "decisive", "indicative"])
            self.ballot = self.attempt(
                lambda: self.table.open(theme=None, references=reference, method="support", purpose=purpose)
            )
            return
        ballot, self.ballot = self.ballot, None
        choice = self.chance.choice([Choice.FOR, Choice.FOR, Choice.AGAINST, Choice.ABSTAIN])
        for person in self.people[:3]:
            self.wait(self.table.voting.cast(person, ballot.id, 1, choice))
        if self.chance.random() < 0.2:
            self.wait(self.table.ballots.cancel(self.table.facilitator, ballot.id, "Another time."))
        else:
            self.wait(self.table.close(ballot))

    def time_passes(self) -> None:
        self.clock.pass_(minutes=self.chance.choice([1, 20, 61]))

    def stays(self, name: str, sql: str, key: int) -> None:
        """Rows once seen are there for ever, and the columns asked for as they were."""
        now = {row[:key]: row[key:] for row in self.rows(sql)}
        for one, values in self.model.get(name, {}).items():
            assert now.get(one) == values, (name, one)
        self.model[name] = now

    @invariant()
    def nothing_said_is_lost(self) -> None:
        self.stays("texts", "SELECT recommendation_id, number, title, text, author_id FROM versions", 2)
        self.stays(
            "asked", "SELECT amendment_id, revision, title, text, base_version FROM amendment_texts", 2
        )
        self.stays("amendments", "SELECT id, recommendation_id, number, author_id FROM amendments", 1)
        self.stays(
            "arguments", "SELECT id, number, stance, text, person_id, constituency FROM contributions", 1
        )
        self.stays("seconds", "SELECT recommendation_id, person_id, at FROM seconds", 2)
        self.stays("seconded", "SELECT amendment_id, person_id, at FROM amendment_seconds", 2)
        self.stays("references", "SELECT id, reference, author_id FROM recommendations", 1)
        self.stays("kin", "SELECT id, predecessor_id, successor_id, kind, state_before FROM lineage", 1)

    @invariant()
    def counts_and_versions_are_in_step(self) -> None:
        for identifier, version, counted in self.rows("SELECT id, version, seconds FROM recommendations"):
            assert [(version,)] == self.rows(
                f"SELECT max(number) FROM versions WHERE recommendation_id = {identifier}"
            )
            assert [(counted,)] == self.rows(
                f"SELECT count(*) FROM seconds WHERE recommendation_id = {identifier}"
            )
        for reference, title, text, identifier in self.rows(
            "SELECT r.reference, v.title, v.text, r.id FROM recommendations r "
            "JOIN versions v ON v.recommendation_id = r.id AND v.number = r.version"
        ):
            found = self.rows(f"SELECT word FROM search_words WHERE recommendation_id = {identifier}")
            assert {word for (word,) in found} == words(f"{reference} {title} {text}")

    @invariant()
    def open_amendments_know_whether_they_are_in_conflict(self) -> None:
        for conflicting, *texts in self.rows(
            "SELECT a.conflicting, b.title, b.text, n.title, n.text, t.title, t.text FROM amendments a "
            "JOIN amendment_texts t ON t.amendment_id = a.id AND t.revision = a.revision "
            "JOIN recommendations r ON r.id = a.recommendation_id "
            "JOIN versions b ON b.recommendation_id = r.id AND b.number = t.base_version "
            "JOIN versions n ON n.recommendation_id = r.id AND n.number = r.version "
            "WHERE a.status = 'open'"
        ):
            wordings = [Wording(*texts[start : start + 2]) for start in (0, 2, 4)]
            assert bool(conflicting) == (merged(*wordings).wording is None)

    @invariant()
    def lineage_has_no_ring_and_every_reference_leads_on(self) -> None:
        states = dict(self.rows("SELECT id, state FROM recommendations"))
        after: dict[int, list[int]] = {}
        for before, successor in self.rows(
            "SELECT predecessor_id, successor_id FROM lineage WHERE ended_at IS NULL AND kind != 'derived'"
        ):
            after.setdefault(before, []).append(successor)

        def ends(one: int, road: tuple[int, ...]) -> set[int]:
            assert one not in road, "a ring"
            if states[one] not in ENDED:
                return {one}
            assert after.get(one), f"{one} is {states[one]} and leads nowhere"
            return {end for successor in after[one] for end in ends(successor, (*road, one))}

        for identifier, state in states.items():
            assert ends(identifier, ())
            assert state in ENDED or not after.get(identifier)

    @invariant()
    def the_ledger_verifies(self) -> None:
        self.wait(self._verified())

    async def _verified(self) -> None:
        async with self.table.db.read() as tx:
            assert [problem async for problem in verify_chain(tx, GUILD)] == []
            assert [problem async for problem in verify_texts(tx, GUILD)] == []
            assert await text_problems(tx, GUILD) == []


async def _awaited(doing: Awaitable[T]) -> T:
    return await doing


@cache
def _empty_store() -> str:
    """A migrated store to copy; it goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="drafting-")
    atexit.register(folder.cleanup)
    return stores.migrated(Path(folder.name) / "empty.db")


TestDraftingByAnybody = Drafting.TestCase
TestDraftingByAnybody.settings = settings(
    max_examples=6,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
