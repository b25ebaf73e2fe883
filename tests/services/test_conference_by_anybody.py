"""Random people carry what two seminars adopted to two conferences; nothing is lost on the way.

All that is done to texts in `test_drafting_by_anybody` goes on beside it, and all that holds there holds
here. After every act the store is read from outside the services: what was forwarded stays on an agenda,
final numbers are given once, and what is final is what was decided on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import initialize, invariant

from seminar.conference import Ending
from seminar.model import Actor, Change, Choice
from seminar.wording import Wording
from services.record.final_audit import final_problems
from storage.engine import Database
from tests.services.conference_hall import BRUSSELS, Hall
from tests.services.small_seminar import GUILD
from tests.services.test_drafting_by_anybody import OTHER_WORDS, Drafting
from tests.small_initiative import INITIATIVE

pytestmark = pytest.mark.thorough

VIENNA = BRUSSELS.replace("BRU", "VIE").replace("Brussels", "Vienna").replace("2014", "2015")
AGENDA = {"forwarded", "voting", "finalised", "not_finalised"}
EVENTS = ("ROM", "BER", "BRU", "VIE")


class Conferring(Drafting):
    """The seminars, and the conferences after them."""

    LIVING = Drafting.LIVING | {"forwarded"}
    table: Hall

    async def _open(self) -> Hall:
        db = await Database.open(self.url)
        return Hall(db, self.clock, key_dir=Path(self.folder.name) / "keys")

    @initialize()
    def opens(self) -> None:
        """Rome and Brussels are open, everybody is registered, five recommendations are on the table."""
        self.wait(self.table.load(INITIATIVE + BRUSSELS + VIENNA, by=self.table.owner))
        for code in ("ROM", "BRU"):
            self.wait(self.table.events.open(self.table.organiser, code))
        for person in self.people[:3]:
            self.wait(self.table.participants.enter(person))
        for person in (self.table.facilitator, self.table.organiser, *self.people[3:]):
            self.wait(self.table.participants.person(person))  # known here, and not registered
        for number in range(5):
            self.wait(self.table.propose(self.people[number % 3], title=f"Number {number}"))
        self.carries_all()
        made = self.wait(self.table.conference.forward(self.table.organiser, "ROM", 3))
        assert [one.reference for one in made.behind] == ["CAP-04", "CAP-05"]

    def possible(self) -> list[Callable[[], None]]:
        acts = [self.forwards, self.forwards, self.orders, self.presents, self.decides, self.decides]
        acts += [
            self.decides,
            self.rewords,
            self.rewords,
            self.opens_or_closes,
            self.takes_up,
            self.votes,
            self.votes,
        ]
        return [*acts, *super().possible()]

    def presiding(self) -> Actor:
        """Mostly the organiser."""
        return self.chance.choice([*[self.table.organiser] * 8, self.table.facilitator, *self.people])

    def reference(self) -> str:
        """Often one that is at a conference."""
        found = self.rows("SELECT reference FROM recommendations WHERE state = 'forwarded'")
        if found and self.chance.random() < 0.4:
            return str(self.chance.choice(found)[0])
        return super().reference()

    def on_agenda(self) -> tuple[str, str, str]:
        """Reference, conference and state of one that was forwarded, mostly."""
        found = self.rows(
            "SELECT r.reference, i.event, r.state FROM conference_items i "
            "JOIN recommendations r ON r.id = i.recommendation_id ORDER BY i.recommendation_id"
        )
        if not found or self.chance.random() < 0.1:
            return self.reference(), "BRU", ""
        return self.chance.choice(found)

    def carries_all(self) -> None:
        """Everything on CAP is adopted, the first three with more support than the others."""
        ballot = self.wait(self.table.open())
        for number, person in enumerate(self.people[:3]):
            for item in ballot.items:
                choice = Choice.AGAINST if item.position > 3 and number == 0 else Choice.FOR
                self.wait(self.table.voting.cast(person, ballot.id, item.position, choice))
        self.wait(self.table.close(ballot))

    def forwards(self) -> None:
        who, source = self.presiding(), self.chance.choice(["ROM", "ROM", *EVENTS])
        top = self.chance.choice([None, 1, 1, 2, 50, 0])
        to = self.chance.choice([None, None, None, "BRU", "VIE", "BER"])
        waiting = {reference for (reference,) in self.rows(ADOPTED)}
        made = self.attempt(lambda: self.table.conference.forward(who, source, top, to))
        if made is not None:
            sent = {one.reference for one in made.sent}
            left = {one.reference for one in (*made.behind, *made.strangers)}
            assert sent and sent <= waiting and not sent & left
            assert {reference for (reference,) in self.rows(ADOPTED)} == waiting - sent
            agenda = self.wait(self.table.conference.agenda(GUILD, made.conference.code))
            assert [one.reference for one in agenda.items[-len(sent) :]] == [
                one.reference for one in made.sent
            ]

    def orders(self) -> None:
        who, (reference, event, _) = self.presiding(), self.on_agenda()
        if self.chance.random() < 0.1:
            event = self.chance.choice(EVENTS)
        if self.chance.random() < 0.5:
            by = self.chance.choice([-1, 1, -2, 5, 0])
            self.attempt(lambda: self.table.conference.move(who, event, reference, by))
        else:
            times = self.chance.choice([("9", "9:30"), ("10:00", ""), ("", ""), ("9", "8"), ("25", "")])
            self.attempt(lambda: self.table.conference.set_time(who, event, reference, *times))

    def presents(self) -> None:
        who, (reference, _, _) = self.presiding(), self.on_agenda()
        if self.attempt(lambda: self.table.conference.present(who, reference)) is not None:
            self.wait(self.table.conference.presentation(GUILD, reference))

    def decides(self) -> None:
        """Seen and confirmed, at times with something in between, or what is not the text that was seen."""
        who, (reference, _, _) = self.presiding(), self.on_agenda()
        ending = self.chance.choice([*[Ending.FINALISED] * 3, Ending.NOT_FINALISED])
        reason = "Nobody could agree." if self.chance.random() < 0.9 else ""
        seen = self.attempt(lambda: self.table.conference.preview(who, reference, ending, reason))
        version = self.standing(reference)[1] if seen is None else seen.rec.version
        between = self.chance.random() < 0.2
        if between:
            self.chance.choice([self.accepts, self.votes, self.opens_or_closes, self.takes_up])()
            version -= self.chance.choice([0, 0, 0, 1])
        made = self.attempt(lambda: self.table.conference.settle(who, reference, version, ending, reason))
        if not between:
            assert (made is None or made.again) == (seen is None), (
                "it was shown, and refused; or not shown, and done"
            )
        if seen is not None and made is not None and not made.again:
            assert seen.number == made.number or between

    def takes_up(self) -> None:
        who, (reference, _, _) = self.presiding(), self.on_agenda()
        self.attempt(
            lambda: self.table.conference.reopen(who, reference, self.chance.choice(["Once more.", " "]))
        )

    def rewords(self) -> None:
        """A word becomes another, or the words of an older version are given back; agreed on at once."""
        reference, _, _ = self.on_agenda()
        shown, version = self.standing(reference)
        older = self.chance.randint(1, version)
        text = self.version_of(reference, older).text
        if older == version:
            text = f"{shown.text} {self.chance.choice(OTHER_WORDS)}"
        change = self.chance.choice([Change.SUBSTANTIVE, Change.EDITORIAL])
        table, who = self.table, self.people[1]
        if self.attempt(lambda: table.amend(who, reference, version, shown, text)) is not None:
            self.attempt(lambda: table.accept(table.facilitator, reference, None, change))

    def opens_or_closes(self) -> None:
        who, code = self.presiding(), self.chance.choice(["ROM", "BRU", "BRU", "VIE", "BER"])
        closed = (code,) not in self.rows("SELECT code FROM events WHERE status = 'open'")
        # Rarely closed: little can be done while it is.
        if closed or self.chance.random() < 0.3:
            act = self.table.events.open if closed else self.table.events.close
            self.attempt(lambda: act(who, code))

    def votes(self) -> None:
        """A ballot or a silence procedure opens, or one ends, however it comes out."""
        running = self.rows("SELECT id, method FROM ballots WHERE status = 'open' ORDER BY id")
        if len(running) < 2 and self.chance.random() < 0.6:
            reference = self.on_agenda()[0] if self.chance.random() < 0.7 else self.reference()
            request = self.chance.choice(REQUESTS)
            self.attempt(lambda: self.table.open(theme=None, references=reference, **request))
        elif running:
            self._ends(*running[0])

    def _ends(self, ballot: int, method: str) -> None:
        table, chance = self.table, self.chance.random()
        if chance < 0.2:
            self.wait(table.ballots.cancel(table.facilitator, ballot, "Another time."))
            return
        if method == "silence":
            if chance < 0.5:
                self.attempt(lambda: table.silences.break_silence(self.people[1], ballot, "Not like that."))
            else:
                self.clock.pass_(minutes=31)
                self.wait(table.deadlines.run_due())
            return
        if method == "support":
            choice = self.chance.choice([Choice.FOR, Choice.FOR, Choice.AGAINST, Choice.ABSTAIN])
            for person in self.people[: self.chance.choice([1, 3, 3])]:
                self.wait(table.voting.cast(person, ballot, 1, choice))
        self.wait(table.ballots.close(table.facilitator, ballot))

    @invariant()
    def what_was_forwarded_stays_so(self) -> None:
        self.stays("events", "SELECT id, reference, event FROM recommendations", 1)
        self.stays(
            "forwarded",
            "SELECT recommendation_id, event, origin, version, ballot_id, rank, forwarded_at, forwarded_by "
            "FROM conference_items",
            1,
        )
        found = self.rows(
            "SELECT r.reference, r.state, r.event, r.conference, i.origin, i.event FROM recommendations r "
            "LEFT JOIN conference_items i ON i.recommendation_id = r.id"
        )
        for reference, state, event, conference, origin, item in found:
            assert conference == item, reference
            assert (item is None) or (origin == event and state in AGENDA), reference
            assert item is not None or state not in AGENDA - {"voting"}, reference

    @invariant()
    def agendas_have_one_place_for_each(self) -> None:
        places = self.rows("SELECT event, position FROM conference_items")
        assert len(places) == len(set(places))
        for code in ("BRU", "VIE"):
            shown = self.wait(self.table.conference.agenda(GUILD, code))
            assert [(one.reference, one.state.value, one.number) for one in shown.items] == self.rows(
                "SELECT r.reference, r.state, 'R' || i.number FROM conference_items i "
                "JOIN recommendations r ON r.id = i.recommendation_id "
                f"WHERE i.event = '{code}' ORDER BY i.position"
            )

    @invariant()
    def final_numbers_are_given_once(self) -> None:
        """They count from 1 without gaps, and stay with their text when it is taken up again."""
        self.stays(
            "numbers", "SELECT number, recommendation_id FROM conference_items WHERE number IS NOT NULL", 1
        )
        numbers = sorted(
            number for (number,) in self.rows("SELECT number FROM conference_items WHERE number > 0")
        )
        assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def what_is_final_was_decided_on(self) -> None:
        for state, version, conference, event, number, final, basis, by, reason, who, rec in self.rows(
            "SELECT r.state, r.version, r.conference, r.event, i.number, i.final_version, i.basis, "
            "i.basis_ballot_id, i.reason, i.decided_by, r.id FROM conference_items i "
            "JOIN recommendations r ON r.id = i.recommendation_id"
        ):
            if state == "finalised":
                assert number is not None and final == version and who is not None
                self._rests_on(
                    rec, version, by, {"conference": conference, "seminar": event}[basis], conference
                )
                assert not self.rows(
                    f"SELECT 1 FROM amendments WHERE status = 'open' AND recommendation_id = {rec}"
                )
            elif state == "not_finalised":
                assert (final, basis, by) == (None, "not_finalised", None) and reason and who is not None
            else:
                assert (final, basis, by, reason, who) == (None, None, None, "", None)
            if state != "voting":
                assert not self.rows(
                    "SELECT 1 FROM ballot_items b JOIN ballots o ON o.id = b.ballot_id JOIN tallies t "
                    f"ON t.ballot_id = o.id WHERE o.status = 'open' AND t.recommendation_id = {rec}"
                )

    def _rests_on(self, rec: int, final: int, ballot: int, held: str, conference: str) -> None:
        """The ballot is of that event and carried; its words are the final ones, but for their wording; and
        the conference has decided nothing later.
        """
        decisions = [
            (number, event, version, json.loads(figures)["outcome"])
            for number, event, version, figures in self.rows(DECISIONS.format(rec=rec))
        ]
        (decided,) = [one for one in decisions if one[0] == ballot]
        assert decided[1] == held and decided[3] == "carried"
        own = [one for one in decisions if one[1] == conference and one[3] != "no_quorum"]
        assert not own or own[-1] == decided
        texts = {
            number: (Wording(title, text, rationale), change)
            for number, title, text, rationale, change in self.rows(
                "SELECT number, title, text, rationale, change FROM versions "
                f"WHERE recommendation_id = {rec} AND number >= {decided[2]} ORDER BY number"
            )
        }
        same = {decided[2]}
        for number, (wording, change) in texts.items():
            if (number - 1 in same and change == "editorial") or any(
                wording == texts[one][0] for one in same
            ):
                same.add(number)
        assert final in same

    @invariant()
    def the_conference_is_audited(self) -> None:
        self.wait(self._audited())

    async def _audited(self) -> None:
        async with self.table.db.read() as tx:
            assert await final_problems(tx, GUILD) == []

    def teardown(self) -> None:
        report = self.wait(self.table.audit.verify())
        super().teardown()
        assert report.problems == (), report.problems


ADOPTED = "SELECT reference FROM recommendations WHERE state = 'adopted'"
DECISIONS = (
    "SELECT o.id, o.event, b.version, t.figures FROM tallies t JOIN ballots o ON o.id = t.ballot_id "
    "JOIN ballot_items b ON b.ballot_id = o.id AND b.position = t.position "
    "WHERE t.recommendation_id = {rec} AND o.status = 'closed' AND o.method IN ('support', 'silence') "
    "AND o.purpose = 'decisive' ORDER BY o.closed_at, o.id"
)
REQUESTS: tuple[dict[str, Any], ...] = (
    {"method": "support"},
    {"method": "support"},
    {"method": "support", "quorum": "3"},
    {"method": "support", "purpose": "indicative"},
    {"method": "silence", "closes_in": "30m"},
    {"method": "rating"},
)

TestConferenceByAnybody = Conferring.TestCase
TestConferenceByAnybody.settings = settings(
    max_examples=2,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
