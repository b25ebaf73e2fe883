"""One closed ballot counted again: what the ledger claims against what the store holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seminar.errors import Refused
from seminar.methods.base import Beside
from seminar.model import BallotRules, BallotStatus
from seminar.paper import WHOLE
from services.voting import counting
from storage.audits import ItemMark, Remains
from storage.ballot_rules import RULE_COLUMNS, rule_values, rules_from
from storage.cast_votes import CastVoteRow, TallyRow


@dataclass(frozen=True, slots=True)
class Place:
    """An item of the ballot as the ledger's opening entry names it."""

    position: int
    recommendation_id: int
    reference: str


# What ledgers say nothing of that were begun before there was anything else.
_OLDER: Mapping[str, str] = {
    "purpose": "decisive",
    "results": "hidden",
    "vote_by": "person",
    "options": "{}",
}


@dataclass(frozen=True, slots=True)
class Claims:
    """What the ledger says of a closed ballot; `rows` are the digests of its tallies, by position.

    `items` are those that were counted, `marks` all that the ballot opened with, by position, and
    `moments` those of the entries, as stored, under the names of the ballot's own columns.
    """

    guild_id: int
    label: str
    ballot_id: int
    event: str
    theme: str | None
    rules: BallotRules
    items: tuple[Place, ...]
    marks: Mapping[object, ItemMark]
    entitled_at_opening: int
    moments: Mapping[str, str]
    electorate: int
    turnout: int
    set_aside: int
    votes: int
    cast_votes: str
    tallies: str
    rows: tuple[str, ...]
    beside: Beside

    @classmethod
    def read(
        cls,
        guild_id: int,
        label: str,
        opened: Mapping[str, Any],
        closed: Mapping[str, Any],
        moments: Mapping[str, str],
    ) -> Claims:
        """From the bodies of the entries that opened and closed the ballot.

        Raises:
            ValueError, TypeError, KeyError: they are not what such entries say.
        """
        if opened["ballot"] != closed["ballot"]:
            raise ValueError("the entries are about two ballots")
        try:
            rules = rules_from(*(opened.get(name, _OLDER.get(name)) for name in RULE_COLUMNS))
        except Refused as error:
            raise ValueError(str(error)) from error
        counted = closed.get("items", [item["position"] for item in opened["items"]])
        return cls(
            guild_id=guild_id,
            label=label,
            ballot_id=closed["ballot"],
            event=opened["event"],
            theme=opened["theme"],
            rules=rules,
            items=tuple(
                Place(item["position"], item["recommendation"], item["reference"])
                for item in opened["items"]
                if item["position"] in counted
            ),
            marks={
                item["position"]: ItemMark(
                    item["recommendation"],
                    item["version"],
                    item["reference"],
                    item["position"] not in counted,
                )
                for item in opened["items"]
            },
            entitled_at_opening=opened["electorate"],
            moments=moments,
            electorate=closed["electorate"],
            turnout=closed["turnout"],
            set_aside=closed["set_aside"],
            votes=closed["votes"],
            cast_votes=closed["cast_votes"],
            tallies=closed["tallies"],
            rows=tuple(closed["rows"]),
            beside=Beside.from_json(closed.get("beside", {})),
        )

    @property
    def row_fields(self) -> dict[str, object]:
        """What the ballot's own row has to say."""
        return {
            "guild_id": self.guild_id,
            "number": int(self.label[1:]),
            "event": self.event,
            "theme": self.theme,
            "status": BallotStatus.CLOSED.value,
            **rule_values(self.rules),
            **self.moments,
            "entitled_at_opening": self.entitled_at_opening,
            "notified": self.beside.notified,
            "electorate": self.electorate,
            "voters": self.turnout,
            "set_aside": self.set_aside,
        }


def closed_ballot_problems(
    claims: Claims, record: Sequence[CastVoteRow], tallies: Sequence[TallyRow], remains: Remains
) -> Iterator[str]:
    """Everything about one closed ballot that does not fit the ledger, as sentences."""
    yield from _record_problems(claims, record)
    yield from _tally_problems(claims, record, tallies)
    yield from _other_problems(claims, remains)


def _record_problems(claims: Claims, record: Sequence[CastVoteRow]) -> Iterator[str]:
    table = f"cast_votes: ballot {claims.label}"
    numbers, expected = {row.number for row in record}, range(1, claims.votes + 1)
    for number in expected:
        if number not in numbers:
            yield f"{table}, row {number}: missing."
    references = {WHOLE: "", **{item.position: item.reference for item in claims.items}}
    for row in record:
        where = f"{table}, row {row.number}"
        if row.number not in expected:
            yield f"{where}: the ledger knows of no such row."
        elif not _whole(row):
            yield f"{where}: does not match its digest."
        elif references.get(row.position) != row.reference:
            yield f"{where}: is about no item of the ballot."
    if _checksum(record) != claims.cast_votes:
        yield f"{table}: the rows together do not match the checksum in the ledger."


def _tally_problems(
    claims: Claims, record: Sequence[CastVoteRow], tallies: Sequence[TallyRow]
) -> Iterator[str]:
    table = f"tallies: ballot {claims.label}"
    stored = {row.position: row for row in tallies}
    digests = dict(zip([item.position for item in claims.items], claims.rows, strict=False))
    for position, digest in digests.items():
        row, where = stored.pop(position, None), f"{table}, row {position}"
        if row is None:
            yield f"{where}: missing."
        elif not _whole(row):
            yield f"{where}: does not match its digest."
        elif row.digest != digest:
            yield f"{where}: does not match the digest in the ledger."
    for position in stored:
        yield f"{table}, row {position}: the ledger knows of no such row."
    if _checksum(tallies) != claims.tallies:
        yield f"{table}: the rows together do not match the checksum in the ledger."
    try:
        _, again = counting.tally(
            claims.ballot_id, claims.rules, claims.items, record, claims.electorate, claims.beside
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        yield f"cast_votes: ballot {claims.label}: cannot be tallied again: {error}."
        return
    by_position = {row.position: row for row in tallies}
    for row in again:
        found = by_position.get(row.position)
        if found is not None and found.figures != row.figures:
            yield f"{table}, row {row.position}: the cast votes give other figures."


def _other_problems(claims: Claims, remains: Remains) -> Iterator[str]:
    where = f"ballots: ballot {claims.label}"
    if remains.fields is None:
        yield f"{where}: missing."
    else:
        for name, value in claims.row_fields.items():
            if remains.fields[name] != value:
                yield f"{where}: {name} is not what the ledger says."
    for position in sorted({*claims.marks, *remains.items}, key=str):
        if claims.marks.get(position) != remains.items.get(position):
            yield f"ballot_items: ballot {claims.label}, row {position}: is not what the ledger says."
    if remains.kept and claims.rules.last_round:
        yield f"{where}: kept is not what the ledger says."
    if remains.votes and (claims.rules.last_round or not remains.kept):
        yield f"votes: ballot {claims.label}: {remains.votes} rows are left after closing."
    if (remains.electorate, remains.voted) != (claims.electorate, claims.turnout):
        yield f"electorates: ballot {claims.label}: not as many people or voters as the ledger says."


def _whole(row: CastVoteRow | TallyRow) -> bool:
    try:
        return counting.digest_of(row) == row.digest
    except (TypeError, ValueError):  # something in it that no row of ours ever has
        return False


def _checksum(rows: Sequence[CastVoteRow] | Sequence[TallyRow]) -> str:
    try:
        return counting.checksum(rows)
    except TypeError:
        return ""
