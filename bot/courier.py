"""Takes what the store wants said in Discord and says it, once, however often it must try.

Services write to the outbox in the transaction that makes a thing true; the
courier delivers afterwards. A delivery that fails is put off, never lost, so a
REST failure, a rate limit or a restart costs time and nothing else.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

import aiohttp
import discord

from storage import outbox
from storage.outbox import Wanted
from storage.shards import Shards

if TYPE_CHECKING:
    from bot.house import House

log = logging.getLogger(__name__)

Delivery = Callable[[discord.Guild, str, Mapping[str, Any]], Awaitable[None]]
F = TypeVar("F", bound=Callable[..., Awaitable[None]])
_MARK = "__rapporteur_posts__"

# A connection that breaks, or an answer that never comes: discord.py makes no error of its own of it.
BROKEN_LINE = (aiohttp.ClientError, ConnectionError, TimeoutError)
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)
PATIENCE = 60.0  # seconds for one message, in which discord.py may wait for a limit to pass
BATCH = 50
TOO_MANY = 429


class NotYet(Exception):
    """What must be said is not true yet; ask again after `pause`."""

    def __init__(self, pause: timedelta) -> None:
        super().__init__(pause)
        self.pause = pause


@dataclass(frozen=True, slots=True)
class Post:
    kind: str
    slow: bool


def on_post(kind: str, *, slow: bool = False) -> Callable[[F], F]:
    """The method says `kind`: called with the server, the subject and the payload.

    `slow` ones (hundreds of direct messages) go beside the others, not before them.
    """

    def mark(method: F) -> F:
        setattr(method, _MARK, Post(kind, slow))
        return method

    return mark


class Courier:
    """Says what is due in the servers of `share` (None: in all), for as long as `may_say` allows it."""

    def __init__(
        self,
        client: discord.Client,
        house: Callable[[], House],
        share: Callable[[], Shards | None] = lambda: None,
        may_say: Callable[[], bool] = lambda: True,
    ) -> None:
        self._client = client
        self._house = house
        self._share = share
        self._may_say = may_say
        self._deliveries: dict[str, tuple[Post, Delivery]] = {}
        self._lanes = {False: asyncio.Lock(), True: asyncio.Lock()}
        self._slow: asyncio.Task[None] | None = None
        self.when_idle: Callable[[], Awaitable[None]] | None = None  # after the slow ones are through

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(self._deliveries)

    def enrol(self, owner: object) -> None:
        """Take every marked method of `owner`.

        Raises:
            ValueError: two methods claim one kind.
        """
        for _, method in inspect.getmembers(owner, callable):
            post: Post | None = getattr(method, _MARK, None)
            if post is not None:
                if post.kind in self._deliveries:
                    raise ValueError(f"two deliveries for {post.kind}")
                self._deliveries[post.kind] = (post, cast(Delivery, method))

    async def deliver(self) -> None:
        """Say everything that is due. Raises nothing that one message alone could cause."""
        await self._deliver(slow=False)
        if self._slow is None and await self._due(slow=True):
            self._slow = asyncio.create_task(self._deliver_slowly())

    def looks_for(self) -> Wanted:
        """The messages for which it is worth calling `deliver` now."""
        kinds = self._kinds(slow=False) + (self._kinds(slow=True) if self._slow is None else [])
        return Wanted(kinds, self._share())

    async def redraw(self, kind: str, guild_id: int, subject: str) -> bool:
        """Say `kind` now and without the outbox: for figures that the next change draws again anyway.

        False where another try may well succeed: Discord was out of order or out of reach, or what makes
        the message waits in the outbox, and calls people to it.
        """
        guild = self._client.get_guild(guild_id)
        if guild is None or kind not in self._deliveries or not self._may_say():
            return True
        async with self._lanes[False]:  # two deliveries at once might both make what is missing
            if await self._waits(guild_id, subject):
                return False
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._deliveries[kind][1](guild, subject, {})
            except discord.HTTPException as failed:
                log.warning("%s could not be redrawn: HTTP %s", kind, failed.status)
                return failed.status < 500 and failed.status != TOO_MANY
            except BROKEN_LINE as broken:
                log.warning("%s could not be redrawn: %s", kind, type(broken).__name__)
                return False
        return True

    async def _waits(self, guild_id: int, subject: str) -> bool:
        async with self._house().db.read() as tx:
            return await outbox.waits(tx, guild_id, subject)

    async def stop(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            await asyncio.gather(self._slow, return_exceptions=True)

    async def _deliver_slowly(self) -> None:
        try:
            await self._deliver(slow=True)
        except Exception:
            log.exception("slow deliveries are put off")
        finally:
            self._slow = None
        if self.when_idle is not None:
            await self.when_idle()

    def _kinds(self, *, slow: bool) -> list[str]:
        return [kind for kind, (post, _) in self._deliveries.items() if post.slow is slow]

    async def _due(self, *, slow: bool) -> list[outbox.OutboxRow]:
        house = self._house()
        async with house.db.read() as tx:
            return await outbox.due(tx, house.clock(), BATCH, Wanted(self._kinds(slow=slow), self._share()))

    async def _deliver(self, *, slow: bool) -> None:
        async with self._lanes[slow]:
            while rows := await self._due(slow=slow):
                for row in rows:
                    if not self._may_say():  # somebody else may be saying it by now
                        return
                    try:
                        async with asyncio.timeout(None if slow else PATIENCE):
                            pause = await self._try(row)
                    except TimeoutError:
                        log.warning("%s is put off: Discord has not taken it in time", row.kind)
                        await self._noted(row, _growing(row))
                        return  # what else is due, deadlines above all, is seen to before the next try
                    await self._noted(row, pause)

    async def _noted(self, row: outbox.OutboxRow, pause: timedelta | None) -> None:
        house = self._house()
        async with house.db.write() as tx:
            if pause is None:
                await outbox.sent(tx, row.id)
            else:
                await outbox.postpone(tx, row.id, house.clock() + pause)

    async def _try(self, row: outbox.OutboxRow) -> timedelta | None:
        """Deliver `row`; the pause before the next try, or None when there is nothing left to do."""
        growing = _growing(row)
        guild = self._client.get_guild(row.guild_id)
        if guild is None or guild.unavailable:
            return growing
        try:
            await self._deliveries[row.kind][1](guild, row.subject, row.payload)
        except NotYet as later:
            return later.pause
        except discord.HTTPException as failed:
            log.warning("%s is put off: HTTP %s, code %s", row.kind, failed.status, failed.code)
            return growing
        except BROKEN_LINE as broken:
            log.warning("%s is put off: %s", row.kind, type(broken).__name__)
            return growing
        except Exception:
            log.exception("%s is put off", row.kind)
            return growing
        return None


def _growing(row: outbox.OutboxRow) -> timedelta:
    """The pause before the next try, longer each time."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(row.attempts, 10), LONGEST_PAUSE)
    return pause
