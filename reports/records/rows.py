"""Rows as the machine-readable exports carry them: the same names and values in each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from reports.format import Words
from reports.models.arguments import ArgumentLine
from reports.models.cast_votes import BallotRecord, CastVote
from reports.models.drafting import AmendmentLine, Changes, DraftedLine, KinLine, VersionLine
from reports.models.ranking import RECORD_FIELDS, BallotSummary, RankingRow
from seminar.model import Counts

Plain: TypeAlias = "str | int | float | bool | list[str] | dict[str, Any] | None"


def moment(value: datetime) -> str:
    """A moment in UTC as ISO 8601, to the second: `2014-10-22T09:00:00Z`."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_or_none(value: datetime | None) -> str | None:
    """The same, where there may be none."""
    return None if value is None else moment(value)


def counts(counts: Counts) -> dict[str, Any]:
    """For, against and abstentions."""
    return {"for": counts.for_, "against": counts.against, "abstain": counts.abstain}


def group_figures(part: Counts | Mapping[str, Any]) -> dict[str, Any]:
    """The figures of one group, as its method counts them."""
    return counts(part) if isinstance(part, Counts) else dict(part)


def record(row: RankingRow, words: Words) -> dict[str, Plain]:
    """The fields of `reports.models.ranking.RECORD_FIELDS`, in that order, text exactly as written."""
    told: dict[str, Plain] = {
        "reference": row.reference,
        "title": row.title,
        "text": row.text,
        "rationale": row.rationale,
        "theme": row.theme,
        "event": row.event,
        "state": row.state.value,
        "author": None if row.author is None else words(row.author),
        "addressees": list(row.addressees),
        "ballot": row.ballot,
        **figures(row),
    }
    return {name: told[name] for name in RECORD_FIELDS}


def figures(row: RankingRow) -> dict[str, Any]:
    """What a ballot published of one recommendation, under the names that a ranking has too."""
    return {
        "rank": row.rank,
        "method": row.method,
        "purpose": None if row.purpose is None else row.purpose.value,
        "electorate": row.electorate,
        "turnout": row.turnout,
        "for": row.for_,
        "against": row.against,
        "abstain": row.abstain,
        "outcome": None if row.outcome is None else row.outcome.value,
        "contested": row.contested,
        "contested_by": list(row.contested_by),
        "consensus": row.consensus,
        "wilson": row.wilson,
        "score": row.score,
        "by_constituency": None
        if row.by_constituency is None
        else {group: group_figures(part) for group, part in row.by_constituency.items()},
        "closed_at": moment_or_none(row.closed_at),
        "figures": None if row.figures is None else row.figures.to_json(),
    }


def summary(ballot: BallotSummary) -> dict[str, Plain]:
    """A closed ballot beside the recommendations it was on."""
    pairs = ballot.pairwise
    return {
        "ballot": ballot.label,
        "method": ballot.method,
        "purpose": ballot.purpose.value,
        "secrecy": ballot.secrecy.value,
        "electorate": ballot.electorate,
        "voters": ballot.voters,
        "closed_at": moment_or_none(ballot.closed_at),
        "checksum": ballot.checksum,
        "items": list(ballot.items),
        "pairwise": None if pairs is None else {one: dict(others) for one, others in pairs.items()},
    }


def vote(cast: CastVote) -> dict[str, Any]:
    """One vote; the ballot and its method are said around it."""
    return {
        "reference": cast.reference,
        "receipt": cast.receipt,
        "constituency": cast.constituency,
        "voter": cast.voter,
        "vote": cast.vote,
    }


def ballot_record(ballot: BallotRecord) -> dict[str, Any]:
    """Everything that is published of one closed ballot's votes."""
    return {
        "ballot": ballot.label,
        "method": ballot.method,
        "items": list(ballot.items),
        "rules": dict(ballot.rules),
        "closed_at": moment_or_none(ballot.closed_at),
        "checksum": ballot.checksum,
        "electorate": ballot.electorate,
        "voters": ballot.voters,
        "set_aside": ballot.set_aside,
        "room": [
            {
                "reference": hands.reference,
                "constituency": hands.constituency,
                **counts(hands.counts),
                "asked": hands.asked,
            }
            for hands in ballot.room
        ],
        "reasons": [
            {"reference": reason.reference, "choice": reason.choice, "text": reason.text}
            for reason in ballot.reasons
        ],
        "votes": [vote(cast) for cast in ballot.votes],
    }


def argument(line: ArgumentLine, words: Words) -> dict[str, Plain]:
    """The fields of `reports.models.arguments.ARGUMENT_FIELDS`, in that order, text exactly as written."""
    return {
        "event": line.event,
        "theme": line.theme,
        "reference": line.reference,
        "title": line.title,
        "number": line.number,
        "stance": line.stance.value,
        "text": line.text,
        "who": words(line.who),
        "constituency": line.constituency,
        "status": line.status.value,
        "reason": line.reason,
        "link": line.link,
        "at": moment(line.at),
    }


def drafted(line: DraftedLine, words: Words) -> dict[str, Any]:
    """Everything that happened to the text of one recommendation."""
    return {
        "event": line.event,
        "theme": line.theme,
        "reference": line.reference,
        "title": line.title,
        "state": line.state.value,
        "lineage": [{**kin(one), "undone": one.undone} for one in line.lineage],
        "versions": [_version(version, words) for version in line.versions],
        "amendments": [_amendment(amendment, words) for amendment in line.amendments],
    }


def kin(one: KinLine) -> dict[str, Any]:
    """One step of lineage."""
    return {
        "kind": one.kind.value,
        "direction": "into" if one.onwards else "from",
        "reference": one.reference,
    }


def _version(version: VersionLine, words: Words) -> dict[str, Any]:
    wording = version.wording
    return {
        "number": version.number,
        "at": moment(version.at),
        "who": words(version.who),
        "change": version.change.value,
        "reason": version.reason,
        "amendment": version.amendment,
        "title": wording.title,
        "text": wording.text,
        "rationale": wording.rationale,
        "addressees": list(wording.addressees),
        "difference": difference(version.changes),
    }


def _amendment(amendment: AmendmentLine, words: Words) -> dict[str, Any]:
    return {
        "number": amendment.number,
        "at": moment(amendment.at),
        "who": words(amendment.who),
        "status": amendment.status.value,
        "conflicting": amendment.conflicting,
        "base_version": amendment.base,
        "reason": amendment.reason,
        "decision": amendment.decision,
        "decided_at": moment_or_none(amendment.decided_at),
        "seconds": amendment.seconds,
        "version": amendment.version,
        "difference": difference(amendment.changes),
    }


def difference(changes: Changes) -> dict[str, list[dict[str, str]]]:
    """Each changed field in pieces: those not added make the old text, those not removed the new."""
    return {
        name: [{"mark": piece.mark.value, "text": piece.text} for piece in pieces]
        for name, pieces in changes.items()
    }
