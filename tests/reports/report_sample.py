"""A report to draw: two events, three themes, made-up figures; and one theme that met every method."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from reports.charts.picture import Drawing
from reports.models.ranking import (
    BallotSummary,
    EventSection,
    RankingReport,
    RankingRow,
    ThemeSection,
    ranking_report,
)
from seminar.methods import METHODS
from seminar.methods.base import NOTHING_BESIDE, Beside, RoomCount, Stability, Vote
from seminar.methods.support import SupportFigures
from seminar.model import (
    Attribution,
    BallotRules,
    Counts,
    Outcome,
    Purpose,
    Quorum,
    Reasons,
    Secrecy,
    State,
    Threshold,
)
from seminar.paper import WHOLE, spell
from seminar.ranking import Standing, rank
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
    purpose=Purpose.DECISIVE,
    figures=SupportFigures(
        reference="CAP-01",
        electorate=20,
        turnout=12,
        for_=9,
        against=2,
        abstain=1,
        outcome=Outcome.CARRIED,
        contested=False,
        contested_by=(),
        consensus=0.7453559924999299,
        wilson=0.5230194,
        by_constituency={"UN": Counts(5, 1, 0), "others": Counts(4, 1, 1)},
    ),
)


def report(*rows: RankingRow, ballots: tuple[BallotSummary, ...] = ()) -> RankingReport:
    """A report of these rows, ordered as every report is."""
    return ranking_report(
        initiative="EU-UN Peacekeeping Partnerships Initiative",
        generated_at=MOMENT,
        ledger_head=HEAD,
        time_zone="Europe/Brussels",
        attribution=Attribution.CHATHAM,
        events=EVENTS,
        recommendations=rows,
        ballots=ballots,
    )


def rules(method: str, **own: Any) -> BallotRules:
    """The usual rules of a ballot by that method."""
    return BallotRules(
        method, Threshold(Fraction(1, 2), True), Quorum(), Secrecy.SECRET, Reasons.NONE, True, **own
    )


def rows_of(
    method: str,
    votes: list[Vote],
    *,
    number: int,
    first: int,
    items: int = 2,
    beside: Beside = NOTHING_BESIDE,
    **own: Any,
) -> list[RankingRow]:
    """The rows of a closed ballot B`number` over the recommendations SSR-`first` and the next ones."""
    on = [(position, f"SSR-{first + position - 1:02}") for position in range(1, items + 1)]
    tallied = METHODS[method].tally(on, votes, rules(method, **own), 9, ["EU", "UN"], beside)
    return [
        replace(
            PLAIN,
            reference=one.reference,
            title=f"By {method} {one.reference}",
            event="BER",
            theme="SSR",
            method=method,
            electorate=one.electorate,
            turnout=one.turnout,
            outcome=one.outcome if hasattr(one, "outcome") else None,
            score=METHODS[method].score(one),
            by_constituency=one.by_constituency,
            ballot=f"B{number}",
            closed_at=MOMENT,
            purpose=Purpose.DECISIVE,
            figures=one,
            **{
                name: getattr(one, name)
                for name in ("for_", "against", "abstain", "contested", "contested_by", "consensus", "wilson")
                if hasattr(one, name)
            },
        )
        for one in tallied
    ]


def of_every_method() -> tuple[list[RankingRow], tuple[BallotSummary, ...]]:
    """Two recommendations or more by each method, all of them in one theme, and their ballots."""
    support = [(1, "for", "UN"), (1, "against", "EU"), (1, "recused", None), (2, "for", "EU")]
    ratings = [{1: (8, 6), 2: (2, 9)}, {1: (9, 7), 2: ()}, {1: (7, 0), 2: (8, 3)}]
    orders = [{1: (1,), 2: (2,), 3: (2,)}, {2: (1,)}, {3: (1,), 1: (2,)}]
    spent = [{1: (3,), 2: (1,)}, {2: (4,)}, {1: (1,), 2: ()}]
    approved = [{1: (1,), 2: (1,)}, {2: (1,)}, {3: (1,)}]

    def papers(all_answers: list[dict[int, tuple[int, ...]]]) -> list[Vote]:
        groups = ("UN", "EU", "EU")
        return [(WHOLE, spell(answers), group) for answers, group in zip(all_answers, groups, strict=True)]

    room = Beside(room=(RoomCount(2, "UN", Counts(3, 1, 0)),))
    steady = Beside(stability={1: Stability(3, 2 / 3, 0.4)})
    rows = [
        *rows_of("support", support, number=1, first=1, beside=room),
        *rows_of("silence", [(WHOLE, "break", "EU")], number=2, first=3, items=1, beside=Beside(notified=9)),
        *rows_of("rating", papers(ratings), number=3, first=4, beside=steady, importance=True),
        *rows_of("ranked", papers(orders), number=4, first=6, items=3),
        *rows_of("points", papers(spent), number=5, first=9, points=4, most=4),
        *rows_of("shortlist", papers(approved), number=6, first=11, items=3, seats=2),
    ]
    standings = [
        Standing("BER", "SSR", row.reference, row.method, row.figures, int(str(row.ballot)[1:]))
        for row in rows
    ]
    places = {placed.standing.reference: placed.rank for placed in rank(standings)}
    rows = [replace(row, rank=places[row.reference]) for row in rows]
    by_ballot: dict[str, list[RankingRow]] = {}
    for row in rows:
        by_ballot.setdefault(row.ballot or "", []).append(row)
    ballots = tuple(
        BallotSummary(
            label=label,
            method=str(members[0].method),
            purpose=Purpose.DECISIVE,
            secrecy=Secrecy.SECRET,
            electorate=9,
            voters=3,
            closed_at=MOMENT,
            checksum="cd" * 32,
            items=tuple(row.reference for row in members),
            pairwise={row.reference: row.figures.pairwise for row in members}
            if members[0].method == "ranked"
            else None,
        )
        for label, members in by_ballot.items()
    )
    return rows, ballots


def size(picture: Drawing) -> tuple[int, int]:
    """Width and height in pixels, from the file's own header."""
    png = picture.png()
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack_from(">II", png, 16)
    return width, height
