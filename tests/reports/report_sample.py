"""A report to draw: two events, three themes, made-up figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from reports.model import EventSection, RankingReport, RankingRow, ThemeSection, ranking_report
from seminar.model import Attribution, Counts, Outcome, State
from seminar.words import t

MOMENT = datetime(2014, 10, 24, 15, 30, tzinfo=UTC)
HEAD = "ab" * 32
EVENTS = (
    EventSection(
        "ROM",
        "Rome seminar",
        (ThemeSection("CAP", "Military capabilities"), ThemeSection("TRN", "Training")),
    ),
    EventSection("BER", "Berlin seminar", (ThemeSection("SSR", "Security sector reform"),)),
)
PLAIN = RankingRow(
    rank=None,
    reference="CAP-01",
    title="Structured co-operation in planning",
    text="Replace ad hoc contacts by a standing arrangement.",
    rationale="Illustrative, not adopted text.",
    theme="CAP",
    event="ROM",
    state=State.ADMITTED,
    author=t("a participant"),
    addressees=("DPKO", "CMPD"),
)
VOTED = replace(
    PLAIN,
    rank=1,
    state=State.ADOPTED,
    method="support",
    electorate=20,
    turnout=12,
    for_=9,
    against=2,
    abstain=1,
    outcome=Outcome.CARRIED,
    contested=False,
    consensus=0.7453559924999299,
    wilson=0.5230194,
    score=0.7453559924999299,
    by_constituency={"UN": Counts(5, 1, 0), "others": Counts(4, 1, 1)},
    ballot="B3",
    closed_at=MOMENT,
)


def report(*rows: RankingRow) -> RankingReport:
    """A report of these rows, ordered as every report is."""
    return ranking_report(
        initiative="EU-UN Peacekeeping Partnerships Initiative",
        generated_at=MOMENT,
        ledger_head=HEAD,
        time_zone="Europe/Brussels",
        attribution=Attribution.CHATHAM,
        events=EVENTS,
        recommendations=rows,
    )
