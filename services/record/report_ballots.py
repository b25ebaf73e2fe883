"""From what is stored of closed ballots to what a report says of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from reports.charts.activity import Activity
from reports.models.initiative import BallotFacts, BallotItem, RoomLine, Statement
from seminar.methods import METHODS
from seminar.methods.ranked import RankedFigures
from services.people.authors import Authors
from services.record.records import Closing, counted_hands
from services.record.report_reading import Stored
from services.voting.ballot_reading import label_of
from storage.ballots import BallotRow
from storage.statements import Kind


def ballot_facts(stored: Stored, which: Collection[int], authors: Authors) -> tuple[BallotFacts, ...]:
    """What is told of each of these ballots, by number."""
    figures: dict[int, dict[int, str]] = {}
    for history in stored.histories.values():
        for result in history.results:
            figures.setdefault(result.ballot_id, {})[result.recommendation_id] = result.figures
    return tuple(
        _facts(ballot, stored, figures.get(ballot.id, {}), authors)
        for ballot in stored.ballots.values()
        if ballot.id in which
    )


def _facts(ballot: BallotRow, stored: Stored, figures: Mapping[int, str], authors: Authors) -> BallotFacts:
    label, counting = label_of(ballot), METHODS[ballot.method]
    closing = Closing.read(stored.closings.get(label))
    rows = stored.items.get(ballot.id, [])
    items: list[BallotItem] = []
    pairwise: dict[str, Mapping[str, int]] = {}
    for row in rows:
        if row.removed or row.recommendation_id not in figures:
            continue
        one = counting.from_json(figures[row.recommendation_id])
        if isinstance(one, RankedFigures):
            pairwise[row.reference] = one.pairwise
        items.append(
            BallotItem(
                row.reference,
                row.title,
                row.version,
                getattr(one, "outcome", None),
                counting.verdict(one),
            )
        )
    hands = counted_hands(
        stored.hands.get(ballot.id, ()), closing, {row.position: row.reference for row in rows}
    )
    said = stored.said.get(ballot.id, ())
    return BallotFacts(
        label=label,
        event=ballot.event,
        theme=ballot.theme,
        rules=ballot.rules,
        electorate=ballot.electorate or 0,
        voters=ballot.voters or 0,
        set_aside=ballot.set_aside or 0,
        opened_at=ballot.opened_at,
        closed_at=ballot.closed_at,
        checksum=closing.checksum,
        items=tuple(items),
        room=tuple(
            RoomLine(
                one.reference,
                None if one.constituency is None else authors.group(one.constituency),
                one.counts,
                one.asked,
            )
            for one in hands
        ),
        notified=ballot.notified,
        objections=tuple(
            Statement(label, authors.speaker(one.constituency), one.text)
            for one in said
            if one.kind is Kind.OBJECTION
        ),
        explanations=tuple(
            Statement(label, authors.speaker(one.constituency), one.text)
            for one in said
            if one.kind is Kind.EXPLANATION
        ),
        pairwise=pairwise or None,
    )


def activity(stored: Stored, which: Collection[int], zone: ZoneInfo) -> tuple[tuple[date, Activity], ...]:
    """What was done on each day, of the recommendations that are told and of these ballots."""
    counted: dict[str, Counter[date]] = {name: Counter() for name in Activity.__slots__}

    def count(name: str, at: datetime | None, number: int = 1) -> None:
        if at is not None and number:
            counted[name][at.astimezone(zone).date()] += number

    for row in stored.rows:
        if row.id in stored.told:
            count("proposals", row.created_at)
            for asked in stored.histories[row.id].amendments:
                count("amendments", asked.at)
            for argument in stored.histories[row.id].arguments:
                count("arguments", argument.at)
    for at in stored.seconded:
        count("seconds", at)
    for ballot in stored.ballots.values():
        if ballot.id in which:
            count("votes", ballot.closed_at, stored.votes.get(ballot.id, 0))
    days = sorted({day for days in counted.values() for day in days})
    return tuple((day, Activity(**{name: days[day] for name, days in counted.items()})) for day in days)
