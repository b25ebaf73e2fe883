"""What goes wrong between a bot and Discord, by a seed: refusals, rate limits, lost and broken answers.

`Troubles` goes into `StandIn.troubles`. Of each route it troubles the share that is asked for, and it
remembers, as Discord does, what it has taken: an answer to an interaction is taken once, and a message with
the nonce of one that is there already makes no second.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import orjson

from benchmarks.wire.gateway import Gateway
from benchmarks.wire.http import Answer, Answered, Proceed, Request
from benchmarks.wire.limits import JSON

KINDS: Final[Mapping[str, int]] = {
    "refused": 4,  # 500, 502, 503, 504, before anything is done
    "limited": 3,  # 429 with retry_after
    "slow": 3,  # done, and answered late
    "reset": 3,  # the connection is cut before anything is done
    "lost": 3,  # done, and the connection is cut instead of the answer
    "halved": 2,  # done, and the connection is cut in the middle of the answer
    "garbled": 1,  # done, and half of the JSON comes as the whole of it
    "held": 1,  # done, and no answer for long
}
"""What happens to a request, and how often among all that are troubled."""

SLOW: Final = (0.05, 1.5)  # seconds
HELD: Final = 6.0  # seconds: longer than a person waits, and than Discord lets a bot take
RETRY: Final = (0.05, 0.6)  # seconds that a 429 names
CODES: Final = (None, 1000, 4000, 4009)  # by which a gateway is dropped; None is a broken line


@dataclass(slots=True)
class Troubles:
    """Troubles `share` of the requests to each route, or what `shares` says for routes that begin so
    (`POST interactions`). `counts` says how often each kind came.
    """

    seed: int
    share: float = 0.2
    shares: Mapping[str, float] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=lambda: dict(KINDS))
    counts: Counter[str] = field(default_factory=Counter)
    lifted: bool = False
    taken: set[str] = field(default_factory=set)  # interactions that are answered
    posted: dict[tuple[str, str], Answer] = field(default_factory=dict)  # by channel and nonce
    messages: list[dict[str, Any]] = field(default_factory=list)  # every message that was made
    _chance: dict[str, Random] = field(default_factory=dict)

    async def __call__(self, request: Request, proceed: Proceed) -> Answered:
        """See `http.Trouble`."""
        kind = self._drawn(request)
        if kind is not None:
            self.counts[kind] += 1
        match kind:
            case "refused":
                return Answer(self._of(request).choice((500, 502, 503, 504)), b"<html>", b"")
            case "limited":
                after = self._of(request).uniform(*RETRY)
                said = {"message": "You are being rate limited.", "retry_after": after, "global": False}
                return Answer(429, orjson.dumps(said), JSON + b"Via: 1.1 google\r\nRetry-After: 1\r\n")
            case "reset":
                return None
        answer = await self._done(request, proceed)
        match kind:
            case "slow":
                await asyncio.sleep(self._of(request).uniform(*SLOW))
            case "held":
                await asyncio.sleep(HELD)
            case "lost":
                return None
            case "halved" if isinstance(answer, Answer):
                answer.cut = True
            case "garbled" if isinstance(answer, Answer):
                answer.body = answer.body[: len(answer.body) // 2]
        return answer

    async def _done(self, request: Request, proceed: Proceed) -> Answered:
        """What Discord does and says, which the troubles may then keep from the bot."""
        if request.path.endswith("/callback"):
            if request.parts[2] in self.taken:
                said = {"message": "Interaction has already been acknowledged.", "code": 40060}
                return Answer(400, orjson.dumps(said), JSON)
            self.taken.add(request.parts[2])
        elif request.method == "POST" and request.parts[-1] == "messages" and request.is_json:
            given = orjson.loads(request.body)
            made = request.parts[-2], str(given.get("nonce"))
            if given.get("enforce_nonce") and (before := self.posted.get(made)) is not None:
                return Answer(before.status, before.body, before.headers)
            answer = await proceed(request)
            if isinstance(answer, Answer) and answer.status == 200:
                self.messages.append(given)
                if given.get("enforce_nonce"):
                    self.posted[made] = Answer(answer.status, answer.body, answer.headers)
            return answer
        return await proceed(request)

    def _drawn(self, request: Request) -> str | None:
        route = _route(request)
        shares = (share for begin, share in self.shares.items() if route.startswith(begin))
        if self.lifted or self._of(request).random() >= next(shares, self.share):
            return None
        (kind,) = self._of(request).choices(list(self.kinds), weights=list(self.kinds.values()))
        return kind

    def _of(self, request: Request) -> Random:
        """A route's own chance, so that what happens on one does not change what happens on another."""
        route = _route(request)
        return self._chance.setdefault(route, Random(f"{self.seed} {route}"))


async def drop_now_and_then(gateway: Gateway, seed: int, pause: float) -> None:
    """Drop the bot's gateway every `pause` seconds or so until cancelled: so that it resumes, is asked to
    come again, or, at every third time, has to identify anew.
    """
    chance = Random(seed)
    for number in range(10_000):
        await asyncio.sleep(pause * chance.uniform(0.5, 1.5))
        gateway.resumable = number % 3 != 2
        if number % 4 == 3:
            gateway.ask_to_reconnect()
        else:
            gateway.drop(chance.choice(CODES))


def _route(request: Request) -> str:
    """`POST channels/messages`, `POST interactions/callback`: without ids and tokens."""
    parts = [part for part in request.parts[1:] if part.isalpha() or part.startswith("@")]
    return f"{request.method} {'/'.join(parts)}"
