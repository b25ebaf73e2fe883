"""JSON: for programs. Text is exact, and nothing is neutralised, since nothing here is ever run."""

from __future__ import annotations

import json
from typing import Any

from reports.format import Format, Words
from reports.models.arguments import ArgumentsReport
from reports.models.cast_votes import CastVotesReport
from reports.models.drafting import DraftingReport
from reports.models.follow_up import FollowUpReport
from reports.models.initiative import ConferencePaper, FinalReport, InitiativeReport, SeminarReport
from reports.models.ranking import RankingReport
from reports.records.follow_up import report_record
from reports.records.initiative import initiative_report
from reports.records.rows import argument, ballot_record, drafted, moment, record, summary


def ranking(report: RankingReport, words: Words) -> bytes:
    """The report as one JSON object in UTF-8.

    Raises:
        ValueError: a figure is not a number (NaN or infinite), which JSON cannot say.
    """
    return _document(
        report,
        {
            "recommendations": [record(row, words) for row in report.recommendations],
            "ballots": [summary(ballot) for ballot in report.ballots],
        },
    )


def cast_votes(report: CastVotesReport, words: Words) -> bytes:
    """The report as one JSON object in UTF-8."""
    return _document(report, {"ballots": [ballot_record(ballot) for ballot in report.ballots]})


def arguments(report: ArgumentsReport, words: Words) -> bytes:
    """The report as one JSON object in UTF-8."""
    return _document(report, {"arguments": [argument(line, words) for line in report.lines]})


def drafting(report: DraftingReport, words: Words) -> bytes:
    """The report as one JSON object in UTF-8."""
    return _document(report, {"recommendations": [drafted(line, words) for line in report.recommendations]})


def initiative(report: InitiativeReport, words: Words) -> bytes:
    """The report as one JSON object in UTF-8."""
    return _document(report, initiative_report(report, words))


def follow_up(report: FollowUpReport, words: Words) -> bytes:
    """The report as one JSON object in UTF-8."""
    return _document(report, report_record(report))


def _document(
    report: RankingReport
    | CastVotesReport
    | ArgumentsReport
    | DraftingReport
    | InitiativeReport
    | FollowUpReport,
    content: dict[str, Any],
) -> bytes:
    document = {
        "initiative": report.initiative,
        "generated_at": moment(report.generated_at),
        "ledger_head": report.ledger_head,
        **content,
    }
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    # Half of a surrogate pair cannot stand in UTF-8; the replacement is JSON's own spelling of it.
    return f"{text}\n".encode("utf-8", "backslashreplace")


FORMAT = Format(
    "json",
    "json",
    "application/json",
    {
        RankingReport: ranking,
        CastVotesReport: cast_votes,
        ArgumentsReport: arguments,
        DraftingReport: drafting,
        SeminarReport: initiative,
        ConferencePaper: initiative,
        FinalReport: initiative,
        FollowUpReport: follow_up,
    },
)
