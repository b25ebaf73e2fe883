"""A row as the machine-readable exports carry it: the same names and values in each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeAlias

from reports.format import Words
from reports.model import RankingRow

Plain: TypeAlias = "str | int | float | bool | list[str] | dict[str, dict[str, int]] | None"


def moment(value: datetime) -> str:
    """A moment in UTC as ISO 8601, to the second: `2014-10-22T09:00:00Z`."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def record(row: RankingRow, words: Words) -> dict[str, Plain]:
    """The fields of `reports.model.RECORD_FIELDS`, in that order, with text exactly as written."""
    groups = row.by_constituency
    return {
        "rank": row.rank,
        "reference": row.reference,
        "title": row.title,
        "text": row.text,
        "rationale": row.rationale,
        "theme": row.theme,
        "event": row.event,
        "state": row.state.value,
        "author": None if row.author is None else words(row.author),
        "addressees": list(row.addressees),
        "method": row.method,
        "electorate": row.electorate,
        "turnout": row.turnout,
        "for": row.for_,
        "against": row.against,
        "abstain": row.abstain,
        "outcome": None if row.outcome is None else row.outcome.value,
        "contested": row.contested,
        "consensus": row.consensus,
        "wilson": row.wilson,
        "score": row.score,
        "by_constituency": None
        if groups is None
        else {
            group: {"for": votes.for_, "against": votes.against, "abstain": votes.abstain}
            for group, votes in groups.items()
        },
        "ballot": row.ballot,
        "closed_at": None if row.closed_at is None else moment(row.closed_at),
    }
