"""From a facilitator's request to an open ballot: prepared, seen as it will be held, opened by one tap.

A ballot gets its number, its key and its voters only when somebody opens it. Until
then it waits, and may wait long: several can be prepared in the morning.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import lifecycle, references
from seminar.amounts import parse_closing
from seminar.errors import Refused
from seminar.initiative import Initiative
from seminar.lifecycle import Act, Bearing
from seminar.methods import silence
from seminar.model import Actor, BallotRules, BallotStatus, Role, Secrecy, State
from seminar.words import t
from services.clock import Clock
from services.initiatives import Initiatives
from services.keys import MISSING, KeyMissing, KeyStore
from services.people.participants import Participants
from services.people.registering import Person
from services.voting import ballot_requests
from services.voting.ballot_reading import BallotReader, bearing_of, ended, label_of, require
from services.voting.ballot_views import BallotRequest, BallotView
from services.voting.opening import closing_time, opening_entry, set_deadlines
from services.voting.sealing import SEAL
from storage import ballots, deadlines, electorates, ledger, outbox
from storage.ballot_rules import rule_values
from storage.ballots import BallotRow, CandidateRow
from storage.engine import Database

log = logging.getLogger(__name__)

KEPT_PREPARED = timedelta(days=30)


class Preparing:
    """Prepares, opens and discards ballots."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        initiatives: Initiatives,
        participants: Participants,
        keys: KeyStore,
        reader: BallotReader,
    ) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives
        self._participants = participants
        self._keys = keys
        self._reader = reader

    async def prepare(self, actor: Actor, request: BallotRequest) -> BallotView:
        """Check what was asked for and keep it, for one tap that opens it.

        Raises:
            NotAllowed: the actor is no facilitator.
            Refused: it could not be opened as asked; the sentence says why.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        rules = ballot_requests.rules_for(initiative, request)
        person = await self._participants.person(actor)
        async with self._db.write() as tx:
            chosen = await ballot_requests.choose(tx, initiative, actor.guild_id, request, rules)
            theme = None if request.references else chosen[0].theme
            ballot_id = await self._add(tx, initiative, person, rules, chosen, theme, request.closes_in)
        return await self._reader.view(actor.guild_id, ballot_id)

    async def again(self, actor: Actor, ballot_id: int, reference: str) -> BallotView:
        """Prepare a ballot on one recommendation, in its present text, by the rules of an earlier one.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such ballot or recommendation.
            Refused: it could not be opened so; the sentence says why.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        person = await self._participants.person(actor)
        async with self._db.write() as tx:
            row = await require(tx, actor.guild_id, ballot_id)
            rules = replace(row.rules, round=1, rounds=1, seats=None)
            request = BallotRequest(method=row.method, references=references.parse(reference))
            chosen = await ballot_requests.choose(tx, initiative, actor.guild_id, request, rules)
            new = await self._add(tx, initiative, person, rules, chosen, None, _duration(row))
        return await self._reader.view(actor.guild_id, new)

    async def next_round(self, actor: Actor, ballot_id: int) -> BallotView:
        """Prepare the next round of a series: the same items in the same versions, the same voters' marks.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is no such ballot.
            Refused: no round can follow this one now; the sentence says why.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.FACILITATOR)
        person = await self._participants.person(actor)
        async with self._db.write() as tx:
            row = await require(tx, actor.guild_id, ballot_id)
            rules = replace(row.rules, round=row.rules.round + 1)
            chosen = await _of_round_before(tx, row)
            _require_first(await _held(tx, row), rules.round)
            await ballot_requests.require_votable(tx, actor.guild_id, chosen, rules)
            series = row.series_id or row.id
            new = await self._add(
                tx, initiative, person, rules, chosen, row.theme, _duration(row), series=series
            )
        return await self._reader.view(actor.guild_id, new)

    async def _add(
        self,
        tx: AsyncConnection,
        initiative: Initiative,
        person: Person,
        rules: BallotRules,
        chosen: Sequence[CandidateRow],
        theme: str | None,
        closes_in: str | None,
        *,
        series: int | None = None,
    ) -> int:
        now = self._clock()
        typed = (closes_in or "").strip() or ballot_requests.CLOSES_IN
        closes_at = parse_closing(typed, now, initiative.zone)
        await ballots.discard_prepared(tx, person.guild_id, now - KEPT_PREPARED)
        values = {
            "guild_id": person.guild_id,
            "event": chosen[0].event,
            "theme": theme,
            "status": BallotStatus.PREPARED.value,
            **rule_values(ballot_requests.with_seats(rules, len(chosen))),
            "closes_in": typed[:32],
            "prepared_by": person.id,
            "prepared_at": now,
            "closes_at": closes_at,
            "series_id": series,
        }
        return await ballots.add(tx, values, chosen)

    async def open(self, actor: Actor, ballot_id: int) -> BallotView:
        """Open a prepared ballot; opening one that is open already changes nothing.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is none of this id in this server.
            Refused: what it was prepared from has changed, or its key cannot be stored.
        """
        actor.require(Role.FACILITATOR)
        initiative = await self._initiatives.current(actor.guild_id)
        person = await self._participants.person(actor)
        async with self._db.read() as tx:
            row = await require(tx, actor.guild_id, ballot_id)
        if row.status == BallotStatus.PREPARED:
            # The rounds of a series share the key of the first, by which a voter is known again.
            own_key = row.secrecy == Secrecy.SECRET and row.rules.round == 1
            key_id = self._keys.create() if own_key else None
            try:
                async with self._db.write() as tx:
                    await self._open(tx, actor.guild_id, ballot_id, initiative, person.pseudonym, key_id)
            finally:
                if key_id is not None:
                    await self._destroy_unused(ballot_id, key_id)
        elif row.status != BallotStatus.OPEN:
            raise Refused(ended(row))
        return await self._reader.view(actor.guild_id, ballot_id)

    async def discard(self, actor: Actor, ballot_id: int) -> None:
        """Discard a prepared ballot; one that is discarded already stays so.

        Raises:
            NotAllowed: the actor is no facilitator.
            NotFound: there is none of this id in this server.
            Refused: it has been opened.
        """
        actor.require(Role.FACILITATOR)
        async with self._db.write() as tx:
            row = await require(tx, actor.guild_id, ballot_id, lock=True)
            if row.status == BallotStatus.DISCARDED:
                return
            if row.status != BallotStatus.PREPARED:
                raise Refused(
                    t("Ballot {label} has been opened already; cancel it instead.", label=label_of(row))
                )
            await ballots.change(tx, row.id, status=BallotStatus.DISCARDED.value)

    async def _open(
        self,
        tx: AsyncConnection,
        guild_id: int,
        ballot_id: int,
        initiative: Initiative,
        pseudonym: str,
        key_id: str | None,
    ) -> None:
        now = self._clock()
        row = await require(tx, guild_id, ballot_id, lock=True)
        if row.status == BallotStatus.OPEN:
            return  # opened twice at once
        if row.status != BallotStatus.PREPARED:
            raise Refused(ended(row))
        # Another ballot, a withdrawal or the end of a series in another process comes before or after.
        await ledger.hold(tx, guild_id)
        closes_at = closing_time(row, now, initiative)
        chosen: Sequence[CandidateRow] = await ballots.candidates_on(tx, row.id)
        if row.rules.round > 1:
            before = await _round_before(tx, row)
            chosen, key_id = await _of_round_before(tx, before), before.key_id
            if key_id is not None and not self._keys.exists(key_id):
                # A store put back from a copy may remember a series whose key is destroyed.
                raise KeyMissing(MISSING)
            await deadlines.done(tx, (SEAL,), before.id, now)
        await ballot_requests.require_votable(tx, guild_id, chosen, row.rules)
        number = await ballots.take_number(tx, guild_id)
        entitled, notified = await electorates.count_entitled(tx, guild_id, row.rules.vote_by), None
        if row.method == silence.name:
            electorate = await electorates.entitled(tx, guild_id, row.rules.vote_by)
            notified = electorates.within_reach(electorate)
        await ballots.pin_versions(tx, row.id, chosen)
        await ballots.change(
            tx,
            row.id,
            status=BallotStatus.OPEN.value,
            event=chosen[0].event,  # what was prepared at a seminar may have been forwarded since
            number=number,
            key_id=key_id,
            opened_at=now,
            closes_at=closes_at,
            entitled_at_opening=entitled,
            notified=notified,
            series_id=row.series_id or (row.id if row.rules.rounds > 1 else None),
        )
        if bearing_of(row.rules) is Bearing.DECIDES:
            by_state: dict[str, list[int]] = defaultdict(list)
            for one in chosen:
                by_state[lifecycle.move(State(one.state), Act.OPEN_BALLOT).value].append(one.id)
            await ballots.move_recommendations(tx, by_state)
        await set_deadlines(tx, row, now, closes_at, now)
        body = opening_entry(row, chosen, closes_at, entitled)
        if notified is not None:
            body["notified"] = notified
        await ledger.append(tx, guild_id, now, pseudonym, "ballot.opened", f"B{number}", body)
        await outbox.put(tx, guild_id, "ballot.opened", row.id, now)
        for candidate in chosen:
            await outbox.put(tx, guild_id, "card.refresh", candidate.reference, now)

    async def _destroy_unused(self, ballot_id: int, key_id: str) -> None:
        """Destroy a key that its ballot did not take: the opening failed, or another was quicker.

        The store is asked, since a failure on the way back may follow a commit that succeeded;
        where it cannot be asked the key stays, and marks nothing.
        """
        try:
            async with self._db.read() as tx:
                row = await ballots.get(tx, ballot_id)
        except Refused:
            log.warning("key %s may be left over from an opening that failed", key_id)
            return
        if row is None or row.key_id != key_id:
            self._keys.destroy(key_id)


def _duration(row: BallotRow) -> str | None:
    """How long the earlier ballot was asked to stay open; not a time of day, which has passed."""
    return None if ":" in row.closes_in else row.closes_in


async def _round_before(tx: AsyncConnection, row: BallotRow) -> BallotRow:
    """The round that a prepared round follows.

    Raises:
        Refused: another one follows it already, or the series has ended.
    """
    held = await _held(tx, row)
    before = next((one for one in held if one.kept and one.rules.round == row.rules.round - 1), None)
    if before is None:
        raise Refused(t("The series has ended, so no further round can follow."))
    _require_first(held, row.rules.round)
    return before


async def _held(tx: AsyncConnection, row: BallotRow) -> list[BallotRow]:
    """The rounds of a series that have been opened."""
    return [one for one in await ballots.series(tx, row.series_id or row.id) if one.opened_at is not None]


def _require_first(held: Sequence[BallotRow], number: int) -> None:
    """Let pass a round that is not held yet, or whose ballot came to nothing.

    Raises:
        Refused: it is open, or closed.
    """
    for one in held:
        if one.rules.round == number and one.status != BallotStatus.CANCELLED:
            raise Refused(t("The next round is ballot {label} already.", label=label_of(one)))


async def _of_round_before(tx: AsyncConnection, row: BallotRow) -> tuple[CandidateRow, ...]:
    """The items of a round, for the next one: where their texts still stand as they were rated.

    Raises:
        Refused: no round follows it, or a text has changed.
    """
    if not row.kept:
        raise Refused(
            t("No round follows ballot {label}: announce several rounds at opening.", label=label_of(row))
        )
    chosen = await ballots.candidates_on(tx, row.id)
    versions = {item.recommendation_id: item.version for item in (await ballots.items(tx, [row.id]))[row.id]}
    changed = tuple(one.reference for one in chosen if one.version != versions[one.id])
    if changed:
        raise Refused(
            t(
                "The text has changed since the last round: {references}. End the series and rate anew.",
                references=changed,
            )
        )
    return chosen
