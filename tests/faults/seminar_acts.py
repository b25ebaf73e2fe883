"""What people do in the seminar, through the whole house of services: one method an act of the plan.

Every act says to the memory first what it would change, and then what came of it. A refusal is an answer;
any other exception is a failure of the program, whatever is broken around it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from bot.house import House
from seminar.conference import Ending
from seminar.errors import Refused
from seminar.model import Actor, Change, Choice, Counts, Role, Stance
from seminar.paper import ASIDE
from services.drafting.rec_views import Draft, RecView
from services.drafting.regrouping_requests import MergeRequest, Part, SplitRequest
from services.voting.ballot_views import BallotRequest
from tests.faults.memory import Changes
from tests.faults.plan import Step
from tests.services.small_seminar import GUILD, StillClock, actor

T = TypeVar("T")

OWNER = actor(1, may_manage_server=True, name="Olga Owner")
OLA = actor(2, Role.ORGANISER, name="Ola")
FAY = actor(3, Role.FACILITATOR, name="Fay")
VOTERS: tuple[Actor, ...] = tuple(
    actor(11 + number, Role.PARTICIPANT, name=f"Voter {number}", constituencies=(("UN", "EU")[number % 2],))
    for number in range(6)
)
OBI = actor(21, Role.OBSERVER, name="Obi")
SAM = actor(22, name="Sam")
ENTITLED = frozenset(voter.user_id for voter in VOTERS)
METHODS = ("support", "support", "support", "points", "rating", "ranked", "shortlist", "silence")
TAPS = {"points": ("2", "+1", "1", "aside"), "rating": ("a8", "a3", "aside", "a5")}
TAPS |= {"ranked": ("next", "next", "equal", "out"), "shortlist": ("yes", "no", "yes", "aside")}
CHOICES: tuple[Choice | None, ...] = (Choice.FOR, Choice.FOR, Choice.AGAINST, Choice.ABSTAIN, None)
LIVING = ("proposed", "admitted", "returned", "voting", "adopted", "forwarded")
TOGETHER = 5  # votes of a burst


class Ears(Protocol):
    """Where an act says what it is about to do and what came of it; `memory.Memory` is one."""

    def tries(self, changes: Changes) -> int: ...
    def done(self, number: int) -> None: ...
    def was_refused(self, number: int) -> None: ...


class Acting:
    """Plays steps on a house. `rows` reads the store beside it, whatever is broken; `run` marks its texts,
    `voters` are those who act here.
    """

    def __init__(
        self,
        house: House,
        clock: StillClock,
        ears: Ears,
        rows: Callable[[str], Awaitable[list[tuple[Any, ...]]]],
        run: str = "",
        voters: Sequence[Actor] = VOTERS,
    ) -> None:
        self.house = house
        self.clock = clock
        self.ears = ears
        self.rows = rows
        self.run = run
        self.voters = voters

    async def play(self, step: Step) -> None:
        """Do the act that the step names."""
        await getattr(self, step.does)(step)

    async def attempt(self, changes: Changes, doing: Callable[[], Awaitable[T]]) -> T | None:
        """Do it and say what came of it; None where it was refused."""
        number = self.ears.tries(changes)
        try:
            done = await doing()
        except Refused:
            self.ears.was_refused(number)
            return None
        self.ears.done(number)
        return done

    # --- who and what ------------------------------------------------------------------------------

    def mark(self, step: Step) -> str:
        """What marks the texts of a step: no other text has it."""
        return f"T{self.run}{step.number}"

    def voter(self, step: Step, more: int = 0) -> Actor:
        """Mostly somebody who may vote; now and then somebody who may not."""
        if step.who % 17 == 0:
            return (OBI, SAM, FAY)[step.who % 3]
        return self.voters[(step.who + more) % len(self.voters)]

    def leading(self, step: Step) -> Actor:
        """Mostly the facilitator."""
        return self.voters[0] if step.who % 13 == 0 else FAY

    def organising(self, step: Step) -> Actor:
        return FAY if step.who % 13 == 0 else OLA

    async def reference(self, number: int, *states: str) -> str:
        """One of the recommendations in these states, or of all while none is."""
        found = await self.rows("SELECT reference, state FROM recommendations ORDER BY id")
        some = [reference for reference, state in found if state in (states or LIVING)]
        every = some or [reference for reference, _ in found]
        return str(every[number % len(every)])

    async def standing(self, number: int, *states: str) -> RecView | None:
        """One of them as it stands; None where the store cannot even be read."""
        try:
            return await self.house.recommendations.get(GUILD, await self.reference(number, *states))
        except Refused:
            return None

    async def open_ballots(self, *, silent: bool = False) -> list[tuple[int, str, int]]:
        """Id, method and number of items of every open ballot."""
        found = await self.rows(
            "SELECT b.id, b.method, count(*) FROM ballots b JOIN ballot_items i ON i.ballot_id = b.id "
            f"WHERE b.status = 'open' AND (b.method = 'silence') = {'TRUE' if silent else 'FALSE'} "
            "GROUP BY b.id, b.method ORDER BY b.id"
        )
        return [(number, method, items) for number, method, items in found]

    # --- drafting ----------------------------------------------------------------------------------

    async def propose(self, step: Step) -> None:
        mark = self.mark(step)
        draft = Draft(("CAP", "CAP", "TRN")[step.what % 3], "ROM", mark, f"Both sides should do {mark} soon.")
        who = self.voter(step)
        await self.attempt(
            {("text", "proposal", mark): 1}, lambda: self.house.recommendations.propose(who, draft, mark)
        )

    async def second(self, step: Step) -> None:
        who, reference = self.voter(step), await self.reference(step.what, "proposed", "admitted")
        known = await self.rows(
            "SELECT 1 FROM seconds s JOIN recommendations r ON r.id = s.recommendation_id "
            f"JOIN people p ON p.id = s.person_id WHERE r.reference = '{reference}' "
            f"AND p.user_id = {who.user_id}"
        )
        changes: Changes = {} if known else {("second", reference, who.user_id): 1}
        await self.attempt(changes, lambda: self.house.recommendations.second(who, reference))

    async def amend(self, step: Step) -> None:
        who, mark = self.voter(step), self.mark(step)
        rec = await self.standing(step.what)
        if rec is None:
            return
        fields = {**rec.wording.fields, "text": f"{rec.text[:1900]} {mark}"}
        silent = await self.rows(
            "SELECT b.id FROM ballots b JOIN ballot_items i ON i.ballot_id = b.id WHERE b.status = 'open' "
            f"AND b.method = 'silence' AND i.reference = '{rec.reference}'"
        )
        breaking = silent[0][0] if silent and step.how % 2 else None
        changes: dict[tuple[Any, ...], Any] = {("text", "amendment", mark): 1}
        if breaking is not None:
            changes["ballot", breaking] = "closed"
        await self.attempt(
            changes,
            lambda: self.house.amendments.propose(
                who, rec.reference, rec.version, fields, "", mark, breaking=breaking
            ),
        )

    async def decide(self, step: Step) -> None:
        found = await self.rows(
            "SELECT r.reference, a.number FROM amendments a JOIN recommendations r "
            "ON r.id = a.recommendation_id WHERE a.status = 'open' ORDER BY a.id"
        )
        if not found:
            return
        reference, number = found[step.what % len(found)]
        who, amendments = self.leading(step), self.house.amendments
        acts: Sequence[Callable[[], Awaitable[object]]] = (
            lambda: amendments.accept(who, reference, number, change=Change.SUBSTANTIVE),
            lambda: amendments.accept(who, reference, number, change=Change.EDITORIAL),
            lambda: amendments.reject(who, reference, number, "No."),
        )
        await self.attempt({}, acts[step.how % len(acts)])

    async def argue(self, step: Step) -> None:
        who, mark, reference = self.voter(step), self.mark(step), await self.reference(step.what)
        stance = (Stance.FOR, Stance.AGAINST, Stance.QUESTION, Stance.RESERVATION)[step.how % 4].value
        await self.attempt(
            {("text", "argument", mark): 1},
            lambda: self.house.arguments.add(who, reference, stance, mark, nonce=mark),
        )

    async def moderate(self, step: Step) -> None:
        who, moderation = self.leading(step), self.house.moderation
        reference = await self.reference(step.what, "proposed", "admitted", "returned", "rejected")
        acts: Sequence[Callable[[], Awaitable[object]]] = (
            lambda: moderation.admit(who, reference),
            lambda: moderation.return_(who, reference, "Too long."),
            lambda: moderation.reject(who, reference, "Out of place."),
            lambda: moderation.reopen(who, reference, "Once more."),
            lambda: self.house.recommendations.withdraw(who, reference),
        )
        await self.attempt({}, acts[step.how % len(acts)])

    async def merge(self, step: Step) -> None:
        rec = await self.standing(step.what, "proposed", "admitted", "returned")
        if rec is None:
            return
        other = await self.reference(step.how, "proposed", "admitted", "returned")
        who, mark = self.leading(step), self.mark(step)
        asked = {**rec.wording.fields, "text": f"{rec.text[:1900]} Merged."}
        request = MergeRequest(references=(other,), into=rec.reference, **asked)
        await self.attempt({}, lambda: self.house.regrouping.merge(who, request, mark))

    async def split(self, step: Step) -> None:
        rec = await self.standing(step.what, "proposed", "admitted", "returned")
        if rec is None:
            return
        who, parts = (
            self.leading(step),
            tuple(Part(f"{word} part", f"{word}: {rec.text}"[:2000]) for word in ("One", "Other")),
        )
        request = SplitRequest(rec.reference, rec.version, parts)
        await self.attempt({}, lambda: self.house.regrouping.split(who, request, self.mark(step)))

    async def undo(self, step: Step) -> None:
        found = await self.rows(
            "SELECT r.reference FROM lineage l JOIN recommendations r ON r.id = l.predecessor_id "
            "ORDER BY l.id DESC LIMIT 3"
        )
        if found:
            who, (reference,) = self.leading(step), found[step.what % len(found)]
            await self.attempt({}, lambda: self.house.regrouping.undo(who, reference))

    # --- ballots -----------------------------------------------------------------------------------

    async def open(self, step: Step) -> None:
        who, method = self.leading(step), METHODS[step.how % len(METHODS)]
        states = ("admitted", "forwarded") if method in ("support", "silence") else LIVING
        wanted = {await self.reference(step.what + more, *states) for more in range(1 + step.who % 3)}
        request = BallotRequest(
            method=method,
            references=", ".join(sorted(wanted)),
            closes_in=("30m", "2h", "1d", "3d")[step.what % 4],
            secrecy="open" if method != "silence" and step.who % 5 == 0 else None,
            reasons="all" if method == "support" and step.who % 4 == 0 else None,
            points=4 if method == "points" else None,
            rounds=2 if method == "rating" else None,
            purpose="indicative" if method == "support" and step.who % 7 == 0 else None,
        )
        prepared = await self.attempt({}, lambda: self.house.ballots.prepare(who, request))
        if prepared is not None:
            await self._open(who, prepared.id)

    async def _open(self, who: Actor, number: int) -> None:
        await self.attempt({("ballot", number): "open"}, lambda: self.house.ballots.open(who, number))

    async def next_round(self, step: Step) -> None:
        found = await self.rows("SELECT id FROM ballots WHERE kept ORDER BY id")
        if not found:
            return
        who, (before,) = self.leading(step), found[step.what % len(found)]
        if step.how % 4 == 0:
            await self.attempt({}, lambda: self.house.ballots.end_series(who, before))
            return
        prepared = await self.attempt({}, lambda: self.house.ballots.prepare_next_round(who, before))
        if prepared is not None:
            await self._open(who, prepared.id)

    async def vote(self, step: Step) -> None:
        await self._vote(step, 0)

    async def _vote(self, step: Step, more: int) -> None:
        found = [one for one in await self.open_ballots() if one[1] == "support"]
        if not found:
            return
        number, _, items = found[step.what % len(found)]
        who, position = self.voter(step, more), 1 + (step.how + more) % items
        choice = CHOICES[(step.how + step.who + more) % len(CHOICES)]
        key = ("vote", number, who.user_id, position)
        await self.attempt({key: choice}, lambda: self._cast(who, number, position, choice))

    async def _cast(self, who: Actor, number: int, position: int, choice: Choice | None) -> object:
        recorded = await self.house.voting.cast(who, number, position, choice, "A reason.")
        assert recorded.choice == choice
        return recorded

    async def fill(self, step: Step) -> None:
        """A tap on a paper: kept, and counted nowhere."""
        found = [one for one in await self.open_ballots() if one[1] in TAPS]
        if found:
            number, method, items = found[step.what % len(found)]
            who, said = self.voter(step), TAPS[method][step.how % 4]
            await self.attempt({}, lambda: self.house.papers.fill(who, number, 1 + step.how % items, said))

    async def submit(self, step: Step) -> None:
        """The paper as the sheet shows it, in the spelling in which it is kept."""
        found = [one for one in await self.open_ballots() if one[1] in TAPS]
        if not found:
            return
        number, _, _ = found[step.what % len(found)]
        who, papers = self.voter(step), self.house.papers
        try:
            sheet = await papers.sheet(who, number)
        except Refused:
            return
        key = ("paper", number, who.user_id)
        if step.how % 6 == 0:
            await self.attempt({key: None}, lambda: papers.take_back(who, number))
            return
        numbers = {
            item.position: list(item.answer or ASIDE) for item in sheet.items if item.answer is not None
        }
        spelled = "{" + ",".join(
            f'"{position}":[{",".join(map(str, said))}]'
            for position, said in sorted(numbers.items(), key=lambda one: str(one[0]))
        )
        await self.attempt({key: spelled + "}"}, lambda: papers.submit(who, number))

    async def burst(self, step: Step) -> None:
        """Several people vote in the same moment; now and then the ballot is closed in it too."""
        doing = [self._vote(step, more) for more in range(TOGETHER)]
        if step.who % 3 == 0:
            doing.insert(step.how % TOGETHER, self.close(step))
        if step.who % 7 == 0:  # one who does not vote in it: of the two, none would be known to be first
            doing.insert(step.how % TOGETHER, self._forget(self.voter(step, TOGETHER)))
        async with asyncio.TaskGroup() as group:
            for one in doing:
                group.create_task(one)

    async def close(self, step: Step) -> None:
        found = await self.open_ballots()
        if found:
            number, who = found[step.what % len(found)][0], self.leading(step)
            await self.attempt({("ballot", number): "closed"}, lambda: self.house.ballots.close(who, number))

    async def cancel(self, step: Step) -> None:
        found = await self.open_ballots(silent=step.how % 2 == 0)
        if found:
            number, who = found[step.what % len(found)][0], self.leading(step)
            await self.attempt(
                {("ballot", number): "cancelled"},
                lambda: self.house.ballots.cancel(who, number, "Another time."),
            )

    async def extend(self, step: Step) -> None:
        found = await self.open_ballots(silent=step.how % 2 == 0)
        if found:
            number, who = found[step.what % len(found)][0], self.leading(step)
            by = ("15m", "2h", "12:30")[step.how % 3]
            await self.attempt({}, lambda: self.house.ballots.extend(who, number, by))

    async def hands(self, step: Step) -> None:
        found = [one for one in await self.open_ballots() if one[1] == "support"]
        if found:
            number, who = found[step.what % len(found)][0], self.leading(step)
            items = await self.rows(f"SELECT reference FROM ballot_items WHERE ballot_id = {number}")
            counts, reference = Counts(step.how % 2, step.who % 2, 0), items[0][0]
            await self.attempt({}, lambda: self.house.room.enter(who, number, reference, counts))

    async def speak(self, step: Step) -> None:
        """An explanation in a silence, or its end."""
        found = await self.open_ballots(silent=True)
        if not found:
            return
        number, who, mark = found[step.what % len(found)][0], self.voter(step), self.mark(step)
        text = {("text", "statement", mark): 1}
        if step.how % 3:
            await self.attempt(text, lambda: self.house.silences.explain(who, number, mark))
        else:
            await self.attempt(
                {**text, ("ballot", number): "closed"},
                lambda: self.house.silences.break_silence(who, number, mark),
            )

    # --- afterwards, and beside --------------------------------------------------------------------

    async def forward(self, step: Step) -> None:
        who = self.organising(step)
        # What goes is the service's affair; that it stays there is watched by the next look.
        await self.attempt({}, lambda: self.house.conference.forward(who, "ROM", (None, 1, 2)[step.how % 3]))

    async def finalise(self, step: Step) -> None:
        reference, who = await self.reference(step.what, "forwarded"), self.organising(step)
        ending = Ending.NOT_FINALISED if step.how % 4 == 0 else Ending.FINALISED
        rec = await self.standing(step.what, "forwarded")
        if rec is not None:
            await self.attempt(
                {}, lambda: self.house.conference.settle(who, reference, rec.version, ending, "Decided.")
            )

    async def forget(self, step: Step) -> None:
        await self._forget(self.voters[step.what % len(self.voters)])

    async def _forget(self, who: Actor) -> None:
        known = await self.rows(f"SELECT id FROM people WHERE user_id = {who.user_id}")
        for (person,) in known:
            changes = {("forgotten", person, who.user_id): 1}
            await self.attempt(changes, lambda: self.house.forgetting.forget(who))

    async def wait(self, step: Step) -> None:
        self.clock.pass_(minutes=(1, 10, 45, 150)[step.how % 4])
