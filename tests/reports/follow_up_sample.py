"""A small follow-up with everything in it: successors, what is overdue, hostile words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from reports.models.follow_up import FollowUpLine, FollowUpReport
from seminar.follow_up import Acceptance, Content, Implementation, closed, overdue
from seminar.follow_up_list import mark_of
from seminar.follow_up_overview import Standing, called, overviews
from seminar.initiative import read_initiative
from seminar.model import State
from tests.small_initiative import INITIATIVE

GUILD, KEY = 900_100, "0123456789ab"
TODAY = date(2015, 3, 31)
CHAIN = read_initiative(
    INITIATIVE.replace(
        'title = "UN Department of Peacekeeping Operations"',
        'title = "UN Department of Peacekeeping Operations"\nsuccessor = "DPO"\n'
        '[[entities]]\ncode = "DPO"\ntitle = "UN Department of Peace Operations"',
    ).encode()
)
HOSTILE = '=HYPERLINK("https://evil.example") #let x = 1 **bold** <script>alert(1)</script> \u202e 外'
CONTENTS = (
    (
        "DPKO",
        Content(
            action=HOSTILE,
            acceptance=Acceptance.ACCEPTED,
            implementation=Implementation.IN_PROGRESS,
            owner="@Ms A",
            due_on=date(2015, 3, 30),
            as_of=date(2015, 3, 1),
            note="-1\n" + HOSTILE,
            evidence="https://example.org/a?b=c",
        ),
    ),
    ("DPO", Content(implementation=Implementation.IMPLEMENTED, verified=True, due_on=date(2015, 1, 1))),
    ("Ministries", Content(acceptance=Acceptance.NOT_ACCEPTED, implementation=Implementation.CLOSED)),
)


def line(number: int, entity: str, content: Content) -> FollowUpLine:
    """A row of CAP-01, as it was last entered by Ola."""
    return FollowUpLine(
        reference=f"CAP-{number:02}",
        final=f"R{number}" if number == 1 else None,
        title=f"Plan together {number}",
        theme="CAP",
        event="ROM",
        state=State.FINALISED,
        entity=entity,
        answering=CHAIN.present_entity(entity),
        called=called(entity, CHAIN),
        number=1,
        content=content,
        overdue=overdue(content.due_on, content.implementation, TODAY),
        closed=closed(content.implementation),
        set_by="Ola",
        updated_at=datetime(2015, 3, 31, 8, tzinfo=UTC),
        id=number,
        mark=str(mark_of(GUILD, number, 3, KEY, entity)),
    )


def report(entity: str | None = None) -> FollowUpReport:
    """Three rows with three addressees, two of which answer together; or those of one."""
    lines = [line(number, *one) for number, one in enumerate(CONTENTS, start=1)]
    if entity is not None:
        lines = [one for one in lines if one.answering == entity]
    standings = [
        Standing(
            one.entity,
            one.content.acceptance,
            one.content.implementation,
            one.content.verified,
            one.overdue,
            1,
        )
        for one in lines
    ]
    return FollowUpReport(
        initiative="EU-UN Peacekeeping Partnerships Initiative",
        generated_at=datetime(2015, 3, 31, 8, tzinfo=UTC),
        time_zone="Europe/Brussels",
        ledger_head="ab" * 32,
        as_of=TODAY,
        entity=entity,
        overview=overviews(standings, CHAIN),
        lines=tuple(lines),
    )


EMPTY = replace(report(), overview=(), lines=(), ledger_head=None)
