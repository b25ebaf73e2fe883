"""What opening a ballot fixes: its entry in the ledger, its closing time, its deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.amounts import SHORTEST, parse_closing
from seminar.errors import Refused
from seminar.initiative import Initiative
from seminar.methods import silence
from seminar.words import t
from services.voting.closing import CLOSE, LAST_CALL, PULSE, REMINDER
from storage import deadlines
from storage.ballot_rules import rule_values
from storage.ballots import BallotRow, CandidateRow

LAST_CALL_BEFORE = timedelta(hours=1)
REMINDER_BEFORE = timedelta(hours=24)
WATCHED = timedelta(hours=1)

STALE = t("This preview is no longer current; prepare the ballot again with `/ballot open`.")


def opening_entry(
    row: BallotRow, chosen: Sequence[CandidateRow], closes_at: datetime, entitled: int
) -> dict[str, object]:
    """What the ledger keeps of an opening: the rules, the items and the versions voted on."""
    return {
        "ballot": row.id,
        "event": row.event,
        "theme": row.theme,
        **rule_values(row.rules),
        "closes_at": closes_at.isoformat(),
        "electorate": entitled,
        "items": [
            {
                "position": position,
                "reference": each.reference,
                "recommendation": each.id,
                "version": each.version,
            }
            for position, each in enumerate(chosen, start=1)
        ],
    }


def closing_time(row: BallotRow, now: datetime, initiative: Initiative) -> datetime:
    """The closing time confirmed: a duration counts from now, a time of day is the one that was shown."""
    if ":" not in row.closes_in or row.closes_at is None:
        return parse_closing(row.closes_in, now, initiative.zone)
    if row.closes_at - now < SHORTEST:
        raise Refused(STALE)
    return row.closes_at


async def set_deadlines(
    tx: AsyncConnection, row: BallotRow, opened_at: datetime, closes_at: datetime, now: datetime
) -> None:
    """Set or move a ballot's deadlines; a call or reminder whose moment has passed is left as it is.

    People are called before the end of every ballot that takes votes. A silence asks nobody to do
    anything, so it reminds only those it lasts long enough to forget.
    """
    duration = closes_at - opened_at
    await deadlines.put(tx, row.guild_id, CLOSE, row.id, closes_at)
    watched_from = closes_at - watch(duration)
    await deadlines.put(tx, row.guild_id, PULSE, row.id, max(watched_from, now))
    silent = row.method == silence.name
    for kind, before in (
        (LAST_CALL, LAST_CALL_BEFORE if silent else min(LAST_CALL_BEFORE, duration / 4)),
        (REMINDER, REMINDER_BEFORE if silent else min(REMINDER_BEFORE, duration / 2)),
    ):
        if closes_at - before > now and before < duration:
            await deadlines.put(tx, row.guild_id, kind, row.id, closes_at - before)


def watch(duration: timedelta) -> timedelta:
    """How long before the end of a ballot an outage of the bot counts: the last hour, or all of it."""
    return min(WATCHED, duration)
