"""The cast-vote record as a file: one row a vote for programs, and everything published in JSON."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest

from reports import FORMATS
from reports.kinds import CAST_VOTES, KINDS, RANKING, kind_named, require_format
from reports.models.cast_votes import CAST_VOTE_FIELDS, BallotRecord, CastVote, CastVotesReport, Hands, Reason
from seminar.errors import Invalid
from seminar.model import Counts
from tests.reports.report_sample import HEAD, MOMENT

SUPPORT = BallotRecord(
    label="B1",
    method="support",
    items=("CAP-01",),
    rules={"threshold": ">1/2", "secrecy": "open"},
    closed_at=MOMENT,
    checksum="cd" * 32,
    electorate=9,
    voters=2,
    set_aside=1,
    room=(Hands("CAP-01", None, Counts(3, 0, 1), "the second row"),),
    reasons=(Reason("CAP-01", "against", "=too dear"), Reason(None, "paper", "all too dear")),
    votes=(
        CastVote("CAP-01", "ABCDEFGHIJ", "UN", "=Ana", "for"),
        CastVote("CAP-01", None, None, None, "recused"),
    ),
)
RANKED = replace(
    SUPPORT,
    label="B2",
    method="ranked",
    items=("CAP-01", "CAP-02"),
    room=(),
    reasons=(),
    votes=(CastVote(None, "KLMNOPQRST", "others", None, {"ranking": [["CAP-02"], ["CAP-01"]]}),),
)


def record(*ballots: BallotRecord) -> CastVotesReport:
    """A report of these ballots."""
    return CastVotesReport("Initiative", MOMENT, HEAD, ballots)


def read_csv(report: CastVotesReport) -> list[dict[str, str]]:
    """The CSV file through Python's own reader."""
    return list(csv.DictReader(StringIO(FORMATS["csv"].render(report, str).decode(), newline="")))


def read_json(report: CastVotesReport) -> Any:
    """The JSON file through Python's own reader."""
    return json.loads(FORMATS["json"].render(report, str))


def test_csv_is_one_row_a_vote_whatever_the_method() -> None:
    """A word for support, JSON for a paper, whose reference is empty; nothing in it is a formula."""
    first, second, paper = read_csv(record(SUPPORT, RANKED))
    assert tuple(first) == CAST_VOTE_FIELDS
    assert tuple(first.values()) == ("B1", "support", "CAP-01", "ABCDEFGHIJ", "UN", "'=Ana", "for")
    assert tuple(second.values()) == ("B1", "support", "CAP-01", "", "", "", "recused")
    assert (paper["ballot"], paper["reference"], paper["receipt"]) == ("B2", "", "KLMNOPQRST")
    assert paper["vote"] == '{"ranking":[["CAP-02"],["CAP-01"]]}'


def test_json_says_everything_that_is_published_of_each_ballot() -> None:
    """Rules, checksum, figures of turnout, hands, reasons and votes; text exactly as written."""
    read = read_json(record(SUPPORT, RANKED))
    assert list(read) == ["initiative", "generated_at", "ledger_head", "ballots"]
    support, ranked = read["ballots"]
    assert support == {
        "ballot": "B1",
        "method": "support",
        "items": ["CAP-01"],
        "rules": {"threshold": ">1/2", "secrecy": "open"},
        "closed_at": "2014-10-24T15:30:00Z",
        "checksum": "cd" * 32,
        "electorate": 9,
        "voters": 2,
        "set_aside": 1,
        "room": [
            {
                "reference": "CAP-01",
                "constituency": None,
                "for": 3,
                "against": 0,
                "abstain": 1,
                "asked": "the second row",
            }
        ],
        "reasons": [
            {"reference": "CAP-01", "choice": "against", "text": "=too dear"},
            {"reference": None, "choice": "paper", "text": "all too dear"},
        ],
        "votes": [
            {
                "reference": "CAP-01",
                "receipt": "ABCDEFGHIJ",
                "constituency": "UN",
                "voter": "=Ana",
                "vote": "for",
            },
            {"reference": "CAP-01", "receipt": None, "constituency": None, "voter": None, "vote": "recused"},
        ],
    }
    assert ranked["votes"][0]["vote"] == {"ranking": [["CAP-02"], ["CAP-01"]]}
    assert ranked["votes"][0]["reference"] is None


def test_a_ballot_in_which_nobody_voted_is_a_file_all_the_same() -> None:
    """A header, or a ballot without votes."""
    nobody = replace(SUPPORT, votes=(), reasons=(), room=(), voters=0)
    assert read_csv(record(nobody)) == []
    assert read_json(record(nobody))["ballots"][0]["votes"] == []


def test_a_kind_is_offered_in_the_formats_that_can_write_it_and_no_others() -> None:
    """Anything else is one sentence that says what could have been meant."""
    assert next(iter(KINDS)) == RANKING
    assert KINDS[CAST_VOTES].name == CAST_VOTES
    assert KINDS[CAST_VOTES].formats == ("csv", "json")
    assert require_format(KINDS[CAST_VOTES], "json") is FORMATS["json"]
    for format in ("xlsx", "markdown", "docx"):
        with pytest.raises(Invalid, match=f"no cast-votes file as {format}; its formats are csv and json"):
            require_format(KINDS[CAST_VOTES], format)
    with pytest.raises(Invalid, match="there is ranking, seminar-report, "):
        kind_named("minutes")


def test_a_kind_says_how_much_there_is_in_it() -> None:
    """In the measure of the kind."""
    assert "1 recommendation," in str(KINDS[RANKING].counted(1))
    assert "24 votes or papers" in str(KINDS[CAST_VOTES].counted(24))
