"""The controls of a measurement: who clicks what and when, and what is to go wrong.

An ask is one act of one person: `{"kind": "click", "who": 3, "id": "vote:1:2:for", "on": 0}`, with `chosen`
where something is chosen from a list; `{"kind": "submit", "who": 3, "id": …, "fields": {…}}`; or
`{"kind": "command", "who": 3, "id": "recommendations", "options": {…}}`. `on` is a place in the order's
`cards`, each `{"ids": [custom ids], "private": bool}`: the message that the control is on.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from benchmarks.wire import payloads
from benchmarks.wire.asked import Asked, Book
from benchmarks.wire.gateway import Gateway
from benchmarks.wire.http import Answer, Answered, Request
from benchmarks.wire.limits import JSON
from benchmarks.wire.payloads import Json
from benchmarks.wire.rest import Rest

ANSWERED: Final = 120.0  # seconds after which a command or a control counts as not answered
EVENT: Final = "INTERACTION_CREATE"


@dataclass(slots=True)
class Controls:
    """What `/measure/NAME` does, by POST of an order or GET without one."""

    book: Book
    gateway: Gateway
    rest: Rest
    enough: bool = False  # whatever is kept running is to end
    kept: int = 0  # votes of `keep` answered so far
    spending: asyncio.Task[None] | None = None

    async def answer(self, request: Request) -> Answered:
        """Carry an order out, and say what came of it."""
        order: Json = orjson.loads(request.body) if request.body else {}
        orders: dict[str, Callable[[Json], Coroutine[Any, Any, Any]]] = {
            "ready": self._ready,
            "fire": self.fire,
            "keep": self.keep,
            "kept": self._kept,
            "call": self._call_many,
            "press": self._press,
            "submit": self._submit,
            "counts": self._counts,
            "message": self._message,
            "spend": self._spend,
            "drop": self._drop,
        }
        carry_out = orders.get(request.parts[-1])
        if carry_out is None:
            return Answer(404)
        return Answer(200, orjson.dumps(await carry_out(order)), JSON)

    async def _ready(self, order: Json) -> Json:
        await asyncio.wait_for(self.gateway.ready.wait(), 60)
        return {"ready": True}

    # --- many people -----------------------------------------------------------------------------

    async def fire(self, order: Json) -> Json:
        """Ask everything in `asks`, and report each one's times, in seconds from when it was due.

        `rate` is in asks a second, or null for all at once; `patience` in seconds; `command` is
        `[name, options]` of a slash command kept running meanwhile, or null; `ahead`, for how many seconds it
        runs before.
        """
        cards = [_encoded(card) for card in order.get("cards", ())]
        asks: list[Json] = order["asks"]
        rate: float | None = order.get("rate")
        numbers = self.book.next_numbers(len(asks))
        self.book.expect(numbers)
        others_before = sum(self.rest.other_requests.values())
        reporting: asyncio.Task[tuple[list[float], str]] | None = None
        if order.get("command"):
            self.enough = False
            reporting = asyncio.create_task(self._keep_reporting(*order["command"]))
            # So that the report is under way when people click.
            await asyncio.sleep(order.get("ahead", 0.05))

        sent_before = self._sent()
        worked_before = _worked()
        if rate is None:
            release = self.gateway.volley(
                EVENT, (_data(number, ask, cards) for number, ask in zip(numbers, asks, strict=True))
            )
            worked_before = _worked()  # what was got ready is no part of the burst
            start = time.perf_counter()
            for number in numbers:
                self.book.asked[number] = Asked(start)
            release()
        else:
            start = time.perf_counter()
            await self._paced(start, rate, numbers, asks, cards)
        sent = time.perf_counter() - start
        try:
            await asyncio.wait_for(self.book.all_answered.wait(), order.get("patience", 30.0))
        except TimeoutError:
            self.book.all_answered.set()  # what is still open counts as unanswered
        worked = _worked() - worked_before
        self.enough = True
        reports, instead = await reporting if reporting is not None else ([], "")
        asked = [self.book.asked.pop(number) for number in numbers]
        return {
            "sent": sent,
            "acknowledged": [_since(one.acknowledged, one.due) for one in asked],
            "answered": [one.took for one in asked],
            "recorded": [one.recorded for one in asked],
            "span": max((one.answered for one in asked if one.answered), default=start) - start,
            "kinds": sorted({one.kind for one in asked if one.kind is not None}),
            "reports": reports,
            "instead": instead,
            "other_requests": sum(self.rest.other_requests.values()) - others_before,
            "worked": worked,
            "bytes": self._sent() - sent_before,
        }

    async def _paced(
        self,
        start: float,
        rate: float,
        numbers: range,
        asks: Sequence[Json],
        cards: Sequence[orjson.Fragment],
    ) -> None:
        for place, (number, ask) in enumerate(zip(numbers, asks, strict=True)):
            due = start + place / rate
            if (ahead := due - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            self.book.asked[number] = Asked(due)
            self.gateway.tell(EVENT, _data(number, ask, cards))

    async def keep(self, order: Json) -> Json:
        """Have `people` vote over and over, `votes` times in all, with never more than `at_once` unanswered.

        `ids` are the buttons on the card; each person presses one after the other. Reports how many were
        answered, how many of all late, and the seconds it took.
        """
        ids: list[str] = order["ids"]
        people: int = order["people"]
        votes: int = order["votes"]
        late: float = order["late"]
        card = _encoded({"ids": ids})
        wanted = iter(range(votes))
        self.kept = slow = 0
        start = time.perf_counter()

        async def keep_voting() -> None:
            nonlocal slow
            for vote in wanted:
                (number,) = self.book.next_numbers(1)
                # Everybody votes on one item, then everybody on the next: no one hurries.
                button = ids[vote // people % len(ids)]
                ask = {"kind": "click", "who": vote % people, "id": button, "on": 0}
                asked = await self._alone(number, _data(number, ask, [card]))
                self.kept += asked.answered is not None
                slow += asked.took is None or asked.took > late

        await asyncio.gather(*(keep_voting() for _ in range(order["at_once"])))
        return {"answered": self.kept, "late": slow, "took": time.perf_counter() - start}

    async def _kept(self, order: Json) -> Json:
        """How far `keep` has come."""
        return {"answered": self.kept}

    async def _keep_reporting(self, name: str, options: dict[str, str]) -> tuple[list[float], str]:
        """Call the command again and again until the clicks are done, as long as a file comes.

        Seconds to each file, and what came in place of one.
        """
        took: list[float] = []
        while not self.enough:
            asked = await self._call(0, name, options)
            if asked.took is None or not asked.file:
                return took, asked.said.decode("utf-8", "replace") or "no answer"
            took.append(asked.took)
        return took, ""

    # --- one person, one act after the other -------------------------------------------------------

    async def _call_many(self, order: Json) -> Json:
        """Call the slash command `name` with `options`, `times` times: seconds to each answer, and how many
        came with a file.
        """
        asked = [await self._call(0, order["name"], order["options"]) for _ in range(order["times"])]
        return {"answered": [one.took for one in asked], "files": sum(one.file for one in asked)}

    async def _press(self, order: Json) -> Json:
        """`who` presses one of the `controls` after the other, each `[custom_id, chosen]`: seconds each."""
        times = []
        for custom_id, chosen in order["controls"]:
            card = _encoded({"ids": [custom_id]})
            ask = {"kind": "click", "who": order["who"], "id": custom_id, "on": 0, "chosen": chosen}
            times.append((await self._ask(ask, [card])).took)
        return {"answered": times}

    async def _submit(self, order: Json) -> Json:
        """`who` sends in one of the `forms` after the other, each `[custom_id, fields]`: seconds to each."""
        times = []
        for custom_id, fields in order["forms"]:
            ask = {"kind": "submit", "who": order["who"], "id": custom_id, "fields": fields}
            times.append((await self._ask(ask, [])).took)
        return {"answered": times}

    async def _call(self, who: int, name: str, options: dict[str, str]) -> Asked:
        return await self._ask({"kind": "command", "who": who, "id": name, "options": options}, [])

    async def _ask(self, ask: Json, cards: Sequence[orjson.Fragment]) -> Asked:
        (number,) = self.book.next_numbers(1)
        return await self._alone(number, _data(number, ask, cards))

    async def _alone(self, number: int, data: bytes) -> Asked:
        """Ask, and wait until it is answered, or no longer than `ANSWERED`."""
        asked = self.book.asked[number] = Asked(time.perf_counter())
        answered = self.book.wait_for(number)
        self.gateway.tell(EVENT, data)
        try:
            async with asyncio.timeout(ANSWERED):
                await answered
        except TimeoutError:
            self.book.waiting.pop(number, None)
        del self.book.asked[number]
        return asked

    # --- what is to be seen, and what is to go wrong --------------------------------------------------

    async def _counts(self, order: Json) -> Json:
        """Requests beside the answers, by kind; those refused, by route; and what the gateway saw."""
        return {
            "requests": self.rest.other_requests,
            "refused": self.rest.limits.refused,
            "gateway": self.gateway.counts,
        }

    async def _message(self, order: Json) -> Json:
        """Every message of the server that says `text` somewhere, as it is now, by id."""
        text: bytes = order["text"].encode()
        found = {str(key): one for key, one in self.rest.messages.items() if text in orjson.dumps(one)}
        return {"messages": found}

    async def _spend(self, order: Json) -> Json:
        """Somebody else uses up `times` requests by `method` on `path` (`/api/channels/…`).

        If `every` so many seconds, they go on with it.
        """
        if self.spending is not None:
            self.spending.cancel()
            self.spending = None
        self.rest.limits.spend(order["method"], order["path"], order["times"])
        if order.get("every"):
            self.spending = asyncio.create_task(self._go_on_spending(order))
        return {}

    async def _go_on_spending(self, order: Json) -> None:
        while True:
            await asyncio.sleep(order["every"])
            self.rest.limits.spend(order["method"], order["path"], order["times"])

    async def _drop(self, order: Json) -> Json:
        """End every connection of the gateway, with a close `code` or (null) without a word."""
        return {"dropped": self.gateway.drop(order.get("code"))}

    def _sent(self) -> int:
        socket = self.gateway.serving.socket
        return socket.bytes_sent if socket is not None else 0


def _encoded(card: Json) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(payloads.card(card["ids"], private=card.get("private", False))))


def _data(number: int, ask: Json, cards: Sequence[orjson.Fragment]) -> bytes:
    """The interaction of an ask, as JSON."""
    who, what = ask["who"], ask["id"]
    match ask["kind"]:
        case "click":
            made = payloads.click(number, who, what, cards[ask["on"]], ask.get("chosen"))
        case "submit":
            made = payloads.submission(number, who, what, ask["fields"])
        case _:
            made = payloads.command(number, who, what, ask["options"])
    return orjson.dumps(made)


def _since(moment: float | None, start: float) -> float | None:
    return None if moment is None else moment - start


def _worked() -> float:
    """Seconds of processor time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
