"""What people do in the seminar, in chat: the acts of the plan through commands, forms and buttons.

What was answered says what came of it: a refusal, "done", or, where Discord took no answer, nothing, so that
it may be done or not. Controls are pressed on whatever message is there, as phones do that show an old one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from tests.chat import acts
from tests.chat.chat_room import Room, controls, shown
from tests.chat.voting_room import rows
from tests.faults.look import Watcher
from tests.faults.memory import Changes, Memory
from tests.faults.plan import Step
from tests.faults.seminar_acts import LIVING

METHODS = ("support", "support", "support", "points", "shortlist", "ranked", "silence")
TAPS = {"points": "+1", "shortlist": "yes", "ranked": "next"}
CHOICES = ("for", "for", "against", "abstain")
REFUSED, FAILED = "✋", "⚠️"
WAITS = (60, 600, 2_700, 9_000)  # seconds


class ChatActing:
    """Plays steps in a room; `answers` counts what was said to people, by kind."""

    def __init__(self, room: Room, watcher: Watcher, voters: Sequence[MemberActor]) -> None:
        self.room = room
        self.watcher = watcher
        self.memory: Memory = watcher.memory
        self.voters = voters
        self.times = 1  # how often Discord delivers the next control or form
        self.answers: dict[str, int] = {"done": 0, "refused": 0, "unknown": 0}

    async def play(self, step: Step) -> None:
        await getattr(self, step.does)(step)
        self.times = 1

    # --- asking and being answered -------------------------------------------------------------------

    async def attempt(
        self, changes: Changes, doing: Callable[[], Awaitable[InteractionResult]], expected: str = ""
    ) -> InteractionResult:
        """Do it, and tell the memory what was answered; `expected` is part of what says that it was done."""
        number = self.memory.tries(changes)
        result = await doing()
        last = last_of(result)
        words = "" if last is None else shown(last)
        if not words or FAILED in words:
            self.answers["unknown"] += 1  # the memory keeps it as what may be or not
        elif words.startswith(REFUSED):
            self.answers["refused"] += 1
            self.memory.was_refused(number)
        else:
            assert expected in words, f"{expected!r} is not in {words!r}"
            self.answers["done"] += 1
            self.memory.done(number)
        return result

    async def press(self, who: MemberActor, message: Any, custom_id: str) -> InteractionResult:
        return await acts.press(self.room, who, message, custom_id, times=self.times)

    async def send_form(
        self, who: MemberActor, form: InteractionResult, **fields: str | list[str]
    ) -> InteractionResult:
        assert form.modal is not None
        filled = {**acts.filled(form), **fields}
        identity = form.modal["custom_id"]
        return await acts.submit(self.room, who, identity, filled, self.here, times=self.times)

    async def command(self, who: MemberActor, name: str, **options: Any) -> InteractionResult:
        return await who.slash(self.here, name, **options)

    @property
    def here(self) -> ChannelHandle:
        """The seminar's channel, while there is one."""
        return self.room.guild.channels.get("rom-rome-seminar", self.room.lobby)

    # --- who and what --------------------------------------------------------------------------------

    def mark(self, step: Step) -> str:
        return f"T{step.number}"

    def voter(self, step: Step, more: int = 0) -> MemberActor:
        if step.who % 17 == 0:
            return (self.room.obs, self.room.stranger, self.room.fay)[step.who % 3]
        return self.voters[(step.who + more) % len(self.voters)]

    def reference(self, number: int, *states: str) -> str | None:
        found = rows(self.room, "SELECT reference, state FROM recommendations ORDER BY id")
        some = [reference for reference, state in found if state in (states or LIVING)]
        return str(some[number % len(some)]) if some else None

    def ballot(self, step: Step, *methods: str) -> tuple[int, int, str, int] | None:
        """Id, number, method and number of items of one of the open ballots by these methods."""
        found = rows(
            self.room,
            "SELECT b.id, b.number, b.method, count(*) FROM ballots b JOIN ballot_items i "
            "ON i.ballot_id = b.id WHERE b.status = 'open' GROUP BY b.id ORDER BY b.id",
        )
        some = [(number, label, method, items) for number, label, method, items in found if method in methods]
        return some[step.what % len(some)] if some else None

    def hanging(self, custom_id: str) -> Any:
        """A public message that carries the control, if there is one."""
        for channel in self.room.guild.channels.values():
            for place in (channel, *channel.threads):
                for message in reversed(place.history()):
                    if custom_id in controls(message):
                        return message
        return None

    # --- drafting ------------------------------------------------------------------------------------

    async def propose(self, step: Step) -> None:
        who, mark = self.voter(step), self.mark(step)
        form = await self.command(who, "recommend", theme="CAP")
        if form.modal is None:
            return
        text = f"Both sides should do {mark} soon, at {step.what}, {step.how} and {step.who} places."
        changes = {("text", "proposal", mark): 1}
        answer = await self.attempt(
            changes, lambda: self._proposed(who, form, title=mark, text=text, rationale="", addressees="")
        )
        del answer

    async def _proposed(self, who: MemberActor, form: InteractionResult, **fields: str) -> InteractionResult:
        """Where the bot asks whether it is on the table already, it is proposed all the same."""
        answer = await self.send_form(who, form, **fields)
        message = last_of(answer)
        again = [one for one in controls(message) if one.startswith("propose-anyway:")] if message else []
        return await self.press(who, message, again[0]) if again else answer

    async def second(self, step: Step) -> None:
        who, reference = self.voter(step), self.reference(step.what, "proposed", "admitted")
        if reference is None:
            return
        key = ("second", reference, who.id)
        changes: Changes = {} if self.memory.settled.get(key) else {key: 1}
        await self.attempt(changes, lambda: self.command(who, "second", reference=reference))

    async def amend(self, step: Step) -> None:
        who, mark, reference = self.voter(step), self.mark(step), self.reference(step.what)
        if reference is None:
            return
        form = await self.command(who, "amend", reference=reference)
        if form.modal is None or form.modal["custom_id"].startswith("amend-breaking"):
            return
        text = f"{acts.filled(form)['text'][:1900]} {mark}"
        await self.attempt({("text", "amendment", mark): 1}, lambda: self.send_form(who, form, text=text))

    async def decide(self, step: Step) -> None:
        found = rows(
            self.room,
            "SELECT r.reference, a.number FROM amendments a JOIN recommendations r "
            "ON r.id = a.recommendation_id WHERE a.status = 'open' ORDER BY a.id",
        )
        if not found:
            return
        reference, number = found[step.what % len(found)]
        how: dict[str, Any] = {"reference": reference, "amendment": number}
        if step.how % 3:
            await self.attempt(
                {}, lambda: self.command(self.room.fay, "amendment accept", change="substantive", **how)
            )
        else:
            await self.attempt(
                {}, lambda: self.command(self.room.fay, "amendment reject", reason="No.", **how)
            )

    async def argue(self, step: Step) -> None:
        who, mark, reference = self.voter(step), self.mark(step), self.reference(step.what)
        if reference is not None:
            fields = {"reference": reference, "stance": ("for", "against")[step.how % 2], "text": mark}
            await self.attempt({("text", "argument", mark): 1}, lambda: self.command(who, "argue", **fields))

    async def moderate(self, step: Step) -> None:
        reference = self.reference(step.what, "proposed", "admitted", "returned")
        if reference is None:
            return
        how = ("return", "admit", "reject", "admit")[step.how % 4]
        more = {} if how == "admit" else {"reason": "Another time."}
        await self.attempt(
            {}, lambda: self.command(self.room.fay, f"moderate {how}", reference=reference, **more)
        )

    async def merge(self, step: Step) -> None:
        into = self.reference(step.what, "proposed", "admitted", "returned")
        other = self.reference(step.how, "proposed", "admitted", "returned")
        if into is None or other is None or into == other:
            return
        form = await self.command(self.room.fay, "moderate merge", reference=other, into=into)
        if form.modal is not None:
            await self.attempt({}, lambda: self.send_form(self.room.fay, form))

    async def split(self, step: Step) -> None:
        """Left to the services' seminar."""

    async def undo(self, step: Step) -> None:
        reference = self.reference(step.what, "merged")
        if reference is not None:
            await self.attempt({}, lambda: self.command(self.room.fay, "moderate undo", reference=reference))

    # --- ballots -------------------------------------------------------------------------------------

    async def open(self, step: Step) -> None:
        method = METHODS[step.how % len(METHODS)]
        states = ("admitted", "forwarded") if method in ("support", "silence") else LIVING
        wanted = {self.reference(step.what + more, *states) for more in range(1 + step.who % 3)} - {None}
        if not wanted:
            return
        listed, closes = ", ".join(sorted(filter(None, wanted))), ("30m", "2h", "1d", "3d")[step.what % 4]
        if method == "silence":
            shown_first = await self.command(self.room.fay, "silence start", reference=listed, until=closes)
        else:
            options = {"method": method, "references": listed, "closes_in": closes}
            shown_first = await self.command(self.room.fay, "ballot open", **options)
        message = last_of(shown_first)
        offered = [one for one in controls(message) if one.startswith("ballot-open:")] if message else []
        if offered:
            number = int(offered[0].partition(":")[2])
            changes = {("ballot", number): "open"}
            await self.attempt(changes, lambda: self.press(self.room.fay, message, offered[0]))

    async def vote(self, step: Step) -> None:
        await self._vote(step, 0)

    async def burst(self, step: Step) -> None:
        for more in range(4):
            await self._vote(step, more)

    async def _vote(self, step: Step, more: int) -> None:
        """Under the card, or on the sheet where there is no card."""
        found = self.ballot(step, "support")
        if found is None:
            return
        number, _, _, items = found
        who, position = self.voter(step, more), 1 + (step.how + more) % items
        choice = CHOICES[(step.how + step.who + more) % len(CHOICES)]
        key: Changes = {("vote", number, who.id, position): choice}
        card = self.hanging(f"vote:{number}:{position}:{choice}")
        if card is not None and step.how % 2:
            tapped = f"vote:{number}:{position}:{choice}"
            await self.attempt(key, lambda: self.press(who, card, tapped), "Recorded")
            return
        sheet = await self._sheet(who, number)
        if sheet is not None:
            made = [
                one for one in controls(sheet) if one.startswith(f"sheet-vote:{number}:{position}:{choice}")
            ]
            if made:
                await self.attempt(key, lambda: self.press(who, sheet, made[0]))

    async def _sheet(self, who: MemberActor, number: int) -> Any:
        """The private sheet of a ballot, opened by its message or by `/vote`; None where that is refused."""
        message = self.hanging(f"sheet:{number}")
        if message is None:
            message = last_of(await self.command(who, "vote"))
            if message is None or f"sheet:{number}" not in controls(message):
                return message if message is not None and f":{number}:" in str(controls(message)) else None
        return last_of(await acts.press(self.room, who, message, f"sheet:{number}"))

    async def fill(self, step: Step) -> None:
        await self._fill(step)

    async def _fill(self, step: Step) -> None:
        found = self.ballot(step, *TAPS)
        if found is None:
            return
        number, _, method, items = found
        who = self.voter(step)
        sheet = await self._sheet(who, number)
        if sheet is not None:
            tapped = f"paper:{number}:{1 + step.how % items}:{TAPS[method]}:0"
            await self.attempt({}, lambda: self.press(who, sheet, tapped))

    async def submit(self, step: Step) -> None:
        found = self.ballot(step, *TAPS)
        if found is None:
            return
        number, who = found[0], self.voter(step)
        sheet = await self._sheet(who, number)
        if sheet is None:
            return
        look = await self.watcher.look()
        (ballot,) = (one for one in look.ballots() if one["id"] == number)
        mine = [mark for mark, account in (look.marks(ballot) or {}).items() if account == who.id]
        begun = [content for of, mark, content in look.rows["papers"] if of == number and mark in mine]
        key = ("paper", number, who.id)
        now = begun[0] if begun else self.memory.settled.get(key)
        await self.attempt({key: now}, lambda: self.press(who, sheet, f"paper-submit:{number}:0"))

    async def close(self, step: Step) -> None:
        found = self.ballot(step, "support", *TAPS)
        if found is None:
            return
        number, label, _, _ = found
        asked = last_of(await self.command(self.room.fay, "ballot close", ballot=f"B{label}"))
        if asked is not None and f"ballot-close:{number}" in controls(asked):
            changes = {("ballot", number): "closed"}
            await self.attempt(changes, lambda: self.press(self.room.fay, asked, f"ballot-close:{number}"))

    async def cancel(self, step: Step) -> None:
        found = self.ballot(step, "support", "silence", *TAPS)
        if found is not None:
            fields = {"ballot": f"B{found[1]}", "reason": "Another time."}
            changes = {("ballot", found[0]): "cancelled"}
            await self.attempt(changes, lambda: self.command(self.room.fay, "ballot cancel", **fields))

    async def extend(self, step: Step) -> None:
        found = self.ballot(step, "support", "silence", *TAPS)
        if found is not None:
            fields = {"ballot": f"B{found[1]}", "by": ("15m", "2h")[step.how % 2]}
            await self.attempt({}, lambda: self.command(self.room.fay, "ballot extend", **fields))

    async def next_round(self, step: Step) -> None:
        """Left to the services' seminar."""

    async def hands(self, step: Step) -> None:
        """Left to the services' seminar."""

    async def speak(self, step: Step) -> None:
        found = self.ballot(step, "silence")
        message = None if found is None else self.hanging(f"silence-explain:{found[0]}")
        if found is None or message is None:
            return
        number, who, mark = found[0], self.voter(step), self.mark(step)
        how, field = (("break", "reason"), ("explain", "text"), ("explain", "text"))[step.how % 3]
        form = await acts.press(self.room, who, message, f"silence-{how}:{number}")
        if form.modal is None:
            return
        changes: dict[tuple[Any, ...], Any] = {
            ("text", "statement", mark): self.times if how == "explain" else 1
        }
        if how == "break":
            changes["ballot", number] = "closed"
        await self.attempt(changes, lambda: self.send_form(who, form, **{field: mark}))

    # --- afterwards, and beside ----------------------------------------------------------------------

    async def forward(self, step: Step) -> None:
        """To Brussels, which opens for it."""
        await self.attempt({}, lambda: self.command(self.room.ola, "conference forward", event="ROM"))
        await self.attempt({}, lambda: self.room.open_event("BRU"))

    async def finalise(self, step: Step) -> None:
        reference = self.reference(step.what, "forwarded")
        if reference is None:
            return
        seen = last_of(await self.command(self.room.ola, "conference finalise", reference=reference))
        offered = [one for one in controls(seen) if one.startswith("conference-finalise:")] if seen else []
        if offered:
            await self.attempt({}, lambda: self.press(self.room.ola, seen, offered[0]))

    async def forget(self, step: Step) -> None:
        who = self.voters[step.what % len(self.voters)]
        asked = last_of(await self.command(who, "me forget"))
        known = rows(self.room, "SELECT id FROM people WHERE user_id = ?", who.id)
        if asked is not None and "forget-me" in controls(asked) and known:
            changes = {("forgotten", known[0][0], who.id): 1}
            await self.attempt(changes, lambda: self.press(who, asked, "forget-me"))

    async def wait(self, step: Step) -> None:
        await self.room.env.advance_time(WAITS[step.how % len(WAITS)])


def last_of(result: InteractionResult) -> Any:
    """The message that answers, None where nothing was answered."""
    return result.followups[-1] if result.followups else result.response


def said(result: InteractionResult) -> str:
    """All that was answered."""
    given = [result.response, *result.followups]
    return "\n".join(shown(one) for one in given if one is not None)
