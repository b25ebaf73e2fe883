"""Forgetting a person: what leads from the records to them goes, and the records stay.

One transaction. Their open votes are taken out by what stands for them, they leave the
electorate, their name, account and organisation go, and what the ledger remembers of these is
erased, which leaves its chain whole. What they proposed, amended and argued stays as a former
participant's. If they come back, they are new.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import Refused
from seminar.model import Actor
from services.clock import Clock
from services.keys import KeyMissing, KeyStore
from services.people.forgotten_list import ForgottenList
from services.people.known_people import KnownPeople
from storage import forgetting, imports, ledger, outbox, people, register_codes
from storage.engine import Database
from storage.forgetting import HeldBallot, NamedOn
from storage.people import PersonRow

log = logging.getLogger(__name__)

CARD, AMENDMENT, ARGUMENTS = "card.refresh", "amendment.refresh", "arguments.refresh"
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done: `cards` are drawn anew without the person; in `ballots` (labels) their votes could
    not be found, since a key cannot be read, and will be set aside at closing instead."""

    cards: tuple[str, ...]
    ballots: tuple[str, ...]


class Forgetting:
    """Forgets people who ask for it, and again whoever comes back with a restored store."""

    def __init__(
        self, db: Database, clock: Clock, keys: KeyStore, known: KnownPeople, forgotten: ForgottenList
    ) -> None:
        self._db = db
        self._clock = clock
        self._keys = keys
        self._known = known
        self._list = forgotten

    async def forget(self, actor: Actor) -> Forgotten | None:
        """Forget the actor here; None where nothing is known of them.

        Raises:
            Refused: the list outside the store cannot be written; nothing was done.
            StoreUnavailable: the store cannot be written; at the next start it is done.
        """
        async with self._db.write() as tx:
            row = await people.by_user(tx, actor.guild_id, actor.user_id)
            if row is None:
                return None
            forgotten = await self._forget(tx, row, row.pseudonym)
            if forgotten is None:
                return None
            done, ids = forgotten
            # Before the store, so that no crash in between can bring the person back; the other way
            # round, they asked for what the next start completes.
            self._list.add(ids)
        self._known.drop(actor.guild_id)
        # As far as it goes at once; what is left in the log is overwritten as the bot goes on.
        await self._db.truncate_log()
        return done

    async def again(self) -> int:
        """Forget whoever is on the list and in the store, as after a restore; how many these were.

        Whoever the store has forgotten and the list does not have is put on it.

        Raises:
            Refused: the list cannot be read.
            StoreUnavailable: the store cannot be read or written.
        """
        listed = self._list.ids()
        async with self._db.read() as tx:
            missing = set(await forgetting.forgotten(tx)) - listed
            back = await forgetting.remembered(tx, sorted(listed))
        with suppress(Refused):  # logged; it is tried again at the next start
            self._list.add(missing)
        for person_id in back:
            async with self._db.write() as tx:
                row = await people.by_id(tx, person_id)
                if row is not None:
                    await self._forget(tx, row, SYSTEM)
                    self._known.drop(row.guild_id)
        if back:
            await self._db.truncate_log()
        return len(back)

    async def unreached(self, guild_id: int, cards: Collection[str]) -> tuple[str, ...]:
        """Which of these cards Discord has not let the bot draw anew yet; it goes on trying."""
        async with self._db.read() as tx:
            return tuple(await forgetting.undelivered(tx, guild_id, (CARD,), cards))

    async def _forget(
        self, tx: AsyncConnection, row: PersonRow, by: str
    ) -> tuple[Forgotten, Sequence[str]] | None:
        """Also answers every id under which the person may come back with a backup.

        None where another process has just done it: one that starts finds on the list whom one that runs
        is about to forget.
        """
        guild_id, now = row.guild_id, self._clock()
        # Locked in the order of the vote writer, so that the two never wait in a ring.
        held = await forgetting.held_ballots(tx, guild_id, lock=True)
        await forgetting.hold(tx, row.id)
        if not await forgetting.is_remembered(tx, row.id):
            return None
        unread = [ballot.label for ballot in held if not await self._withdraw(tx, ballot, row)]
        ids = (row.id, *await forgetting.once_called(tx, guild_id, row.pseudonym))
        named = await forgetting.named_on(tx, guild_id, row.id)
        await forgetting.erase_texts(tx, guild_id, ids)
        await forgetting.unlink(tx, ids)
        await forgetting.drop_waiting(tx, guild_id, row.id, row.user_id)
        if row.user_id is not None:
            await imports.drop_of(tx, guild_id, row.user_id)
        await register_codes.drop(tx, ids)
        for one in ids:
            await people.unregister(tx, one)
            await people.blank(tx, one, now)
        await ledger.append(tx, guild_id, now, by, "person.forgotten", row.pseudonym, {})
        await _draw_again(tx, guild_id, now, named)
        return Forgotten(named.cards, tuple(unread)), ids

    async def _withdraw(self, tx: AsyncConnection, ballot: HeldBallot, row: PersonRow) -> bool:
        """Take the person's votes out of a ballot; False where they cannot be found."""
        try:
            own = self._mark(ballot, row.id)
            delegation = self._mark(ballot, row.delegation) if row.delegation else None
        except KeyMissing:
            log.error("the key of ballot %s cannot be read, so a vote in it is not withdrawn", ballot.id)
            return False
        if not ballot.by_delegation:
            await forgetting.withdraw(tx, ballot, own, own)
            return True
        # The vote is the delegation's, and stays as long as it has somebody left to answer for it.
        await forgetting.drop_paper(tx, ballot.id, own)
        if delegation and row.delegation and not await forgetting.others_in(tx, row.delegation, row.id):
            await forgetting.withdraw(tx, ballot, delegation, own)
        await forgetting.unname_caster(tx, ballot.id, own)
        return True

    def _mark(self, ballot: HeldBallot, elector: str) -> str:
        return elector if ballot.key_id is None else self._keys.mark(ballot.key_id, elector)


async def _draw_again(tx: AsyncConnection, guild_id: int, now: datetime, named: NamedOn) -> None:
    for kind, subjects in (
        (CARD, named.cards),
        (AMENDMENT, named.amendments),
        (ARGUMENTS, named.arguments),
    ):
        for subject in subjects:
            await outbox.put(tx, guild_id, kind, subject, now)
