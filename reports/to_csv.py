"""CSV: for programs first, since XLSX is there for spreadsheets.

RFC 4180 in plain UTF-8: a byte order mark would help Excel on a double click, and
turn the first field's name into `\\ufeffrank` for every program that reads the
file as what it is. Strings that a spreadsheet would take for a formula get an
apostrophe in front (`reports.neutral`); numbers stay numbers. Nothing is empty
text, `addressees` are joined by "; ", and what has parts (`by_constituency`, `figures`,
the vote of a whole paper) is JSON. Whoever needs text exactly as written takes the JSON export.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from io import StringIO

from reports.format import Format, Words
from reports.models.arguments import ARGUMENT_FIELDS, ArgumentsReport
from reports.models.cast_votes import CAST_VOTE_FIELDS, CastVotesReport
from reports.models.follow_up import FOLLOW_UP_FIELDS, FollowUpReport
from reports.models.initiative import FinalReport
from reports.models.ranking import RECORD_FIELDS, RankingReport
from reports.neutral import spreadsheet_text
from reports.records.follow_up import line_record
from reports.records.initiative import FINAL_FIELDS, final_rows
from reports.records.rows import Plain, argument, record, vote


def ranking(report: RankingReport, words: Words) -> bytes:
    """A header and one line a recommendation."""
    return _lines(RECORD_FIELDS, (record(row, words).values() for row in report.recommendations))


def cast_votes(report: CastVotesReport, words: Words) -> bytes:
    """A header and one line a vote; the reference of a whole paper is empty."""
    return _lines(
        CAST_VOTE_FIELDS,
        (
            (ballot.label, ballot.method, *vote(cast).values())
            for ballot in report.ballots
            for cast in ballot.votes
        ),
    )


def arguments(report: ArgumentsReport, words: Words) -> bytes:
    """A header and one line an argument."""
    return _lines(ARGUMENT_FIELDS, (argument(line, words).values() for line in report.lines))


def final(report: FinalReport, words: Words) -> bytes:
    """A header and one line a text: final ones, those that are open, and those not finalised."""
    return _lines(FINAL_FIELDS, (row.values() for row in final_rows(report)))


def follow_up(report: FollowUpReport, words: Words) -> bytes:
    """A header and one line a row."""
    return _lines(FOLLOW_UP_FIELDS, (line_record(line).values() for line in report.lines))


def _lines(head: Iterable[str], rows: Iterable[Iterable[Plain]]) -> bytes:
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def cell(value: Plain) -> str | int | float:
    """One value as a cell: strings made safe, numbers as they are, None as nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return value
        case str():
            return spreadsheet_text(value)
        case list():
            return "; ".join(spreadsheet_text(part) for part in value)
        case dict():
            return spreadsheet_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


FORMAT = Format(
    "csv",
    "csv",
    "text/csv",
    {
        RankingReport: ranking,
        CastVotesReport: cast_votes,
        ArgumentsReport: arguments,
        FinalReport: final,
        FollowUpReport: follow_up,
    },
)
