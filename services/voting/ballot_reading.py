"""From stored rows to what is shown of a ballot; nothing here changes anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import Invalid, NotFound, Refused
from seminar.initiative import Initiative
from seminar.lifecycle import Bearing, bearing
from seminar.methods import METHODS, silence, support
from seminar.model import BallotRules, BallotStatus, VoteBy
from seminar.words import Text, t
from services.initiatives import Initiatives
from services.voting.ballot_views import BallotHead, BallotResult, BallotView, Item
from storage import ballots, cast_votes, electorates, rooms, votes
from storage.ballots import BallotRow, ItemRow
from storage.engine import Database
from storage.rooms import RoomRow

_LABEL = re.compile(r"\s*(?:[Bb]\s*)?0*([1-9][0-9]{0,8})\s*")

NOT_FOUND = t("There is no such ballot here; `/vote` shows those that are open.")


def bearing_of(rules: BallotRules) -> Bearing:
    """Whether a ballot of these rules decides or informs."""
    return bearing(METHODS[rules.method].decides, rules.purpose)


def head_of(row: BallotRow, items: Sequence[ItemRow], initiative: Initiative) -> BallotHead:
    """What is shown of a ballot without counting anybody."""
    view = view_of(row, items, initiative, entitled=0, voted=0)
    return BallotHead(**{name: getattr(view, name) for name in BallotHead.__slots__})


def view_of(
    row: BallotRow,
    items: Sequence[ItemRow],
    initiative: Initiative,
    *,
    entitled: int,
    voted: int,
    room: tuple[RoomRow, ...] = (),
) -> BallotView:
    """What is shown of a ballot, its moments in the initiative's zone."""
    if row.closes_at is None:
        raise ValueError(f"ballot {row.id} has no closing time")
    zone = initiative.zone
    return BallotView(
        id=row.id,
        guild_id=row.guild_id,
        number=row.number,
        event=row.event,
        theme=row.theme,
        status=BallotStatus(row.status),
        rules=row.rules,
        items=tuple(Item(item.position, item.reference, item.title) for item in items),
        opened_at=row.opened_at and row.opened_at.astimezone(zone),
        closes_at=row.closes_at.astimezone(zone),
        attribution=initiative.head.attribution,
        closed_at=row.closed_at and row.closed_at.astimezone(zone),
        sealed=row.sealed_at is not None,
        kept=row.kept,
        series=row.series_id,
        notified=row.notified,
        live=row.live,
        entitled=entitled,
        voted=voted,
        room=room,
    )


def label_of(row: BallotRow) -> str:
    """`B3`; empty while the ballot is prepared."""
    return f"B{row.number}" if row.number is not None else ""


def ended(row: BallotRow) -> Text:
    """Why nothing can be done any more with a ballot that is not open."""
    match BallotStatus(row.status):
        case BallotStatus.CLOSED:
            return t("Ballot {label} is closed, so nothing about it can be changed.", label=label_of(row))
        case BallotStatus.CANCELLED:
            return t("Ballot {label} was cancelled, so nothing about it can be changed.", label=label_of(row))
        case BallotStatus.DISCARDED:
            return t("This ballot was discarded before it opened; prepare it again with `/ballot open`.")
        case _:
            return t("This ballot has not been opened yet; confirm its preview first.")


def number_of(label: str) -> int:
    """The number that `B3`, or `3`, names.

    Raises:
        Invalid: this is not the label of a ballot.
    """
    found = _LABEL.fullmatch(label)
    if found is None:
        raise Invalid(t("Name a ballot by its number, such as B3."))
    return int(found[1])


async def require(tx: AsyncConnection, guild_id: int, ballot_id: int, *, lock: bool = False) -> BallotRow:
    """The ballot of this id in this server; `lock` it in a transaction that will change it.

    Raises:
        NotFound: there is none.
    """
    row = await ballots.get(tx, ballot_id, lock=lock)
    if row is None or row.guild_id != guild_id:
        raise NotFound(NOT_FOUND)
    return row


async def require_open(
    tx: AsyncConnection, guild_id: int, ballot_id: int, *, lock: bool = False
) -> BallotRow:
    """The ballot, which takes votes; `lock` it in a transaction that will change it.

    Raises:
        NotFound: there is none of this id in this server.
        Refused: it is not open.
    """
    row = await require(tx, guild_id, ballot_id, lock=lock)
    if row.status != BallotStatus.OPEN:
        raise Refused(ended(row))
    return row


class BallotReader:
    """Every reading of ballots that needs no authority."""

    def __init__(self, db: Database, initiatives: Initiatives) -> None:
        self._db = db
        self._initiatives = initiatives

    async def view(self, guild_id: int, ballot_id: int) -> BallotView:
        """One ballot.

        Raises:
            NotFound: there is none of this id in this server.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            return await self._view(tx, await require(tx, guild_id, ballot_id), initiative)

    async def find(self, guild_id: int, label: str) -> BallotView:
        """The ballot that people call `B3`, or `3`.

        Raises:
            NotFound: there is none of this number.
            Invalid: this is not the label of a ballot.
        """
        number = number_of(label)
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            row = await ballots.numbered(tx, guild_id, number)
            if row is None:
                raise NotFound(t("There is no ballot {label} here.", label=f"B{number}"))
            return await self._view(tx, row, initiative)

    async def all_open(self, guild_id: int) -> tuple[BallotView, ...]:
        """Every ballot of the server that takes votes, by number."""
        return await self._all(guild_id, BallotStatus.OPEN)

    async def all_prepared(self, guild_id: int) -> tuple[BallotView, ...]:
        """Every ballot of the server that waits for a facilitator's tap, the oldest first."""
        return await self._all(guild_id, BallotStatus.PREPARED)

    async def all_waiting(self, guild_id: int) -> tuple[BallotView, ...]:
        """Every closed round of the server that a next one can follow, by number."""
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            rows = await ballots.waiting(tx, guild_id)
            return tuple([await self._view(tx, row, initiative) for row in rows])

    async def _all(self, guild_id: int, status: BallotStatus) -> tuple[BallotView, ...]:
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            rows = await ballots.with_status(tx, guild_id, status)
            items = await ballots.items(tx, [row.id for row in rows])
            entitled = {
                kind: await electorates.count_entitled(tx, guild_id, kind)
                for kind in {VoteBy(row.vote_by) for row in rows}
            }
            return tuple(
                [
                    view_of(
                        row,
                        items[row.id],
                        initiative,
                        entitled=entitled[VoteBy(row.vote_by)],
                        voted=await votes.count_voters(tx, row.id),
                    )
                    for row in rows
                ]
            )

    async def result(self, guild_id: int, ballot_id: int) -> BallotResult:
        """The published result of a closed ballot.

        Raises:
            NotFound: there is none of this id in this server.
            Refused: it has no result: results are hidden until closing.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            row = await require(tx, guild_id, ballot_id)
            if row.status == BallotStatus.CANCELLED:
                raise Refused(t("Ballot {label} was cancelled and has no result.", label=label_of(row)))
            if row.status != BallotStatus.CLOSED:
                raise Refused(t("The result is hidden until the ballot has closed."))
            view = await self._view(tx, row, initiative)
            method = METHODS[row.method]
            tallies = await cast_votes.tallies_of(tx, row.id)
            head = await ballots.ledger_hash(tx, guild_id, "ballot.closed", label_of(row))
        return BallotResult(
            ballot=view,
            figures=tuple(method.from_json(tally.figures) for tally in tallies),
            electorate=row.electorate or 0,
            voters=row.voters or 0,
            set_aside=row.set_aside or 0,
            ledger_head=head or "",
            sealed=row.sealed_at is not None,
        )

    async def _view(self, tx: AsyncConnection, row: BallotRow, initiative: Initiative) -> BallotView:
        items = (await ballots.items(tx, [row.id]))[row.id]
        if row.status in (BallotStatus.PREPARED, BallotStatus.OPEN):
            entitled = await electorates.count_entitled(tx, row.guild_id, VoteBy(row.vote_by))
            voted = await votes.count_voters(tx, row.id)
        else:
            entitled = row.electorate or row.entitled_at_opening or 0
            voted = row.voters or 0
        room = await rooms.of_ballot(tx, row.id) if row.method == support.name else ()
        view = view_of(row, items, initiative, entitled=entitled, voted=voted, room=room)
        if row.method == silence.name and row.status == BallotStatus.PREPARED:
            people = await electorates.entitled(tx, row.guild_id, VoteBy(row.vote_by))
            return replace(view, notified=electorates.within_reach(people))
        return view
