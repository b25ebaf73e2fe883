"""Rows of the follow-up as the machine-readable exports carry them: the same names and values in each."""

from __future__ import annotations

from typing import Any

from reports.models.follow_up import FollowUpLine, FollowUpReport
from reports.records.rows import Plain, moment
from seminar.follow_up import Acceptance, Implementation
from seminar.follow_up_overview import Overview


def line_record(line: FollowUpLine) -> dict[str, Plain]:
    """The fields of `reports.models.follow_up.FOLLOW_UP_FIELDS`, in that order, text exactly as written."""
    said = line.content.to_json()
    return {
        "reference": line.reference,
        "final": line.final,
        "title": line.title,
        "theme": line.theme,
        "event": line.event,
        "state": line.state.value,
        "entity": line.entity,
        "answering": line.answering,
        "number": line.number,
        "action": said["action"],
        "acceptance": said["acceptance"],
        "implementation": said["implementation"],
        "verified": said["verified"],
        "owner": said["owner"],
        "due_on": said["due_on"],
        "overdue": line.overdue,
        "as_of": said["as_of"],
        "note": said["note"],
        "evidence": said["evidence"],
        "set_by": line.set_by,
        "updated_at": moment(line.updated_at),
    }


def report_record(report: FollowUpReport) -> dict[str, Any]:
    """Everything a report says beside its head (initiative, moment, ledger)."""
    return {
        "as_of": report.as_of.isoformat(),
        "entity": report.entity,
        "overview": [_overview(one) for one in report.overview],
        "rows": [line_record(line) for line in report.lines],
    }


def _overview(one: Overview) -> dict[str, Any]:
    return {
        "entity": one.entity,
        "title": one.title,
        "former": list(one.former),
        "rows": one.rows,
        "open": one.open,
        "overdue": one.overdue,
        "verified": one.verified,
        "acceptance": {state.value: one.acceptance.get(state, 0) for state in Acceptance},
        "implementation": {state.value: one.implementation.get(state, 0) for state in Implementation},
    }
