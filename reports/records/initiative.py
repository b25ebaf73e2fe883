"""A report of the initiative as programs read it: every field of the model, under names that stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from reports.charts.activity import Activity
from reports.format import Words
from reports.models.initiative import (
    Addressee,
    BallotFacts,
    BallotReceipts,
    Decision,
    Entry,
    EventFacts,
    FinalReport,
    Forwarding,
    InitiativeReport,
    OtherText,
    Result,
    Statement,
    TakingPart,
)
from reports.records.rows import counts, difference, figures, kin, moment, moment_or_none
from seminar.model import AmendmentStatus, BallotRules

FINAL_FIELDS: tuple[str, ...] = (
    "number",
    "reference",
    "title",
    "text",
    "rationale",
    "theme",
    "event",
    "addressees",
    "status",
    "outcome",
    "basis",
    "basis_ballot",
    "reason",
    "decided_at",
    "for",
    "against",
    "abstain",
    "contested",
)
"""The public names of a final report's rows: one for each final text, each open and each unfinalised one."""


def initiative_report(report: InitiativeReport, words: Words) -> dict[str, Any]:
    """Everything a report says beside its head (initiative, moment, ledger)."""
    return {
        "draft": report.covering.draft,
        "attribution": report.attribution.value,
        "outcome_word": report.covering.outcome.value,
        "status_line": report.covering.status,
        "foreword": report.covering.foreword,
        "event": report.event,
        "theme": report.theme,
        "time_zone": report.time_zone,
        "events": [_event(event) for event in report.events],
        "constituencies": dict(report.constituencies),
        "participants": _people(report.people, words),
        "contributions": report.contributions,
        "recommendations": [_entry(entry, words) for entry in report.entries],
        "others": [_other(other) for other in report.others],
        "ballots": [_ballot(ballot, words) for ballot in report.ballots],
        "activity": [_day(day, done) for day, done in report.activity],
        "receipts": None if report.receipts is None else [_receipts(one) for one in report.receipts],
    }


def final_rows(report: FinalReport) -> Iterable[dict[str, Any]]:
    """The fields of `FINAL_FIELDS` of every text: final ones by number, open ones, those not finalised."""
    for status, entries in (
        ("final", report.final),
        ("open", report.still_open),
        ("not_finalised", report.unfinalised),
    ):
        for entry in entries:
            ranked, decision = entry.ranked, entry.decision
            last = entry.results[-1].row if entry.results else ranked
            yield {
                "number": entry.final_name,
                "reference": entry.reference,
                "title": ranked.title,
                "text": ranked.text,
                "rationale": ranked.rationale,
                "theme": entry.theme,
                "event": entry.event,
                "addressees": [one.name for one in entry.addressees],
                "status": status,
                "outcome": report.covering.outcome.value if status == "final" else None,
                "basis": None if decision is None else decision.basis.value,
                "basis_ballot": None if decision is None else decision.ballot,
                "reason": None if decision is None else decision.reason,
                "decided_at": None if decision is None else moment_or_none(decision.at),
                "for": last.for_,
                "against": last.against,
                "abstain": last.abstain,
                "contested": last.contested,
            }


def _event(event: EventFacts) -> dict[str, Any]:
    return {
        "code": event.code,
        "kind": event.kind,
        "title": event.title,
        "city": event.city,
        "starts_on": event.starts_on.isoformat(),
        "ends_on": event.ends_on.isoformat(),
        "themes": [{"code": theme.code, "title": theme.title} for theme in event.themes],
        "status": event.status.value,
        "opened_at": moment_or_none(event.opened_at),
        "closed_at": moment_or_none(event.closed_at),
    }


def _people(people: TakingPart, words: Words) -> dict[str, Any]:
    return {
        "participants": people.participants,
        "observers": people.observers,
        "by_constituency": [
            {"constituency": group.code, "title": words(group.title), "participants": group.participants}
            for group in people.groups
        ],
        "organisations": list(people.organisations),
    }


def _entry(entry: Entry, words: Words) -> dict[str, Any]:
    row = entry.ranked
    return {
        "reference": row.reference,
        "number": entry.final_name,
        "version": entry.version,
        "title": row.title,
        "text": row.text,
        "rationale": row.rationale,
        "theme": row.theme,
        "event": row.event,
        "state": row.state.value,
        "author": None if row.author is None else words(row.author),
        "addressees": [_addressee(one) for one in entry.addressees],
        "rank": row.rank,
        "ballot": row.ballot,
        "results": [_result(one) for one in entry.results],
        "arguments": [
            {"number": one.number, "stance": one.stance.value, "text": one.text, "who": words(one.who)}
            for one in entry.arguments
        ],
        "lineage": [kin(one) for one in entry.lineage],
        "seconds": entry.seconds,
        "versions": entry.versions,
        "amendments": {status.value: entry.amendments.get(status, 0) for status in AmendmentStatus},
        "objections": [_statement(one, words) for one in entry.objections],
        "explanations": [_statement(one, words) for one in entry.explanations],
        "forwarded": None if entry.forwarding is None else _forwarded(entry.forwarding),
        "decision": None if entry.decision is None else _decision(entry.decision),
    }


def _addressee(one: Addressee) -> dict[str, Any]:
    return {"name": one.name, "code": one.code, "title": one.title, "successor": one.present}


def _result(one: Result) -> dict[str, Any]:
    return {
        "ballot": one.ballot,
        "event": one.event,
        "version": one.version,
        "latest": one.latest,
        **figures(one.row),
    }


def _statement(one: Statement, words: Words) -> dict[str, Any]:
    return {"ballot": one.ballot, "who": words(one.who), "text": one.text}


def _forwarded(one: Forwarding) -> dict[str, Any]:
    return {
        "conference": one.conference,
        "from": one.origin,
        "at": moment(one.at),
        "rank": one.rank,
        "ballot": one.ballot,
        "position": one.position,
        "version": one.version,
    }


def _decision(one: Decision) -> dict[str, Any]:
    return {
        "final": one.final,
        "basis": one.basis.value,
        "ballot": one.ballot,
        "version": one.version,
        "decided_version": one.decided,
        "at": moment_or_none(one.at),
        "reason": one.reason,
        "difference": difference(one.changes),
        "difference_since_forwarded": difference(one.since_forwarded),
    }


def _other(other: OtherText) -> dict[str, Any]:
    return {
        "reference": other.reference,
        "title": other.title,
        "event": other.event,
        "theme": other.theme,
        "state": other.state.value,
        "lineage": [kin(one) for one in other.lineage],
    }


def _ballot(ballot: BallotFacts, words: Words) -> dict[str, Any]:
    pairs = ballot.pairwise
    return {
        "ballot": ballot.label,
        "event": ballot.event,
        "theme": ballot.theme,
        **_rules(ballot.rules),
        "electorate": ballot.electorate,
        "voters": ballot.voters,
        "set_aside": ballot.set_aside,
        "opened_at": moment_or_none(ballot.opened_at),
        "closed_at": moment_or_none(ballot.closed_at),
        "checksum": ballot.checksum,
        "notified": ballot.notified,
        "items": [
            {
                "reference": item.reference,
                "title": item.title,
                "version": item.version,
                "outcome": None if item.outcome is None else item.outcome.value,
            }
            for item in ballot.items
        ],
        "room": [
            {
                "reference": one.reference,
                "constituency": one.constituency,
                **counts(one.counts),
                "asked": one.asked,
            }
            for one in ballot.room
        ],
        "objections": [_statement(one, words) for one in ballot.objections],
        "explanations": [_statement(one, words) for one in ballot.explanations],
        "pairwise": None if pairs is None else {one: dict(others) for one, others in pairs.items()},
    }


def _rules(rules: BallotRules) -> Mapping[str, Any]:
    return {
        "method": rules.method,
        "purpose": rules.purpose.value,
        "threshold": str(rules.threshold),
        "quorum": str(rules.quorum),
        "secrecy": rules.secrecy.value,
        "vote_by": rules.vote_by.value,
        "reasons": rules.reasons.value,
        "receipts_given": rules.receipts,
        "points": rules.points,
        "most": rules.most,
        "seats": rules.seats,
        "importance": rules.importance,
        "round": rules.round,
        "rounds": rules.rounds,
    }


def _day(day: date, done: Activity) -> dict[str, Any]:
    return {"day": day.isoformat(), **{name: getattr(done, name) for name in Activity.__slots__}}


def _receipts(one: BallotReceipts) -> dict[str, Any]:
    return {
        "ballot": one.ballot,
        "receipts": [
            {"receipt": row.receipt, "reference": row.reference, "vote": row.vote} for row in one.receipts
        ],
    }
