"""Reports of an initiative to draw: made-up figures, two seminars and a conference, every kind of end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from reports.charts.activity import Activity
from reports.models.covering import Covering
from reports.models.drafting import KinLine
from reports.models.initiative import (
    Addressee,
    Argument,
    BallotFacts,
    BallotItem,
    BallotReceipts,
    ConferencePaper,
    Decision,
    Entry,
    EventFacts,
    FinalReport,
    Forwarding,
    GroupSize,
    InitiativeReport,
    OtherText,
    Receipt,
    Result,
    RoomLine,
    SeminarReport,
    Statement,
    TakingPart,
)
from reports.models.ranking import RankingRow, ThemeSection
from seminar.conference import Basis
from seminar.methods.support import SupportFigures
from seminar.methods.support import verdict as support_verdict
from seminar.model import (
    AmendmentStatus,
    Attribution,
    Counts,
    EventStatus,
    Kinship,
    Outcome,
    Purpose,
    Stance,
    State,
)
from seminar.wording import Wording, changes
from seminar.words import t
from tests.reports.report_sample import HEAD, MOMENT, rules

PROSE = (
    "The United Nations and the European Union should replace ad hoc contacts in planning by a standing "
    "arrangement, so that each knows what the other can bring before it is needed."
)
CAP, TRN, SSR = (
    ThemeSection("CAP", "Military capabilities"),
    ThemeSection("TRN", "Training"),
    ThemeSection("SSR", "Security sector reform"),
)
CONSTITUENCIES = {"UN": "United Nations", "EU": "EU institutions", "MS": "Member states"}
EVENTS = (
    EventFacts(
        "ROM", "seminar", "Rome seminar", "Rome", date(2014, 10, 22), date(2014, 10, 24), (CAP, TRN),
        EventStatus.CLOSED, MOMENT - timedelta(days=2), MOMENT,
    ),
    EventFacts(
        "BER", "seminar", "Berlin seminar", "Berlin", date(2014, 11, 13), date(2014, 11, 13), (SSR,),
        EventStatus.CLOSED, MOMENT + timedelta(days=20), MOMENT + timedelta(days=20, hours=8),
    ),
    EventFacts(
        "BRU", "conference", "Brussels conference", "Brussels", date(2014, 12, 3), date(2014, 12, 3),
        (CAP, TRN, SSR), EventStatus.OPEN, MOMENT + timedelta(days=40), None,
    ),
)  # fmt: skip
TITLES = (
    "Structured co-operation in planning",
    "One register of engineering units",
    "Rehearsed takeover of missions",
    "A desk for night medical evacuation",
    "Shared spare parts",
    "Airlift on call",
)
ADDRESSEES = (
    Addressee("DPKO", "DPKO", "UN Department of Peacekeeping Operations", "DPO"),
    Addressee("CMPD", "CMPD", "Crisis Management and Planning Directorate"),
    Addressee("Troop contributors"),
)


def support(
    reference: str, for_: int, against: int, abstain: int, *, contested: bool = False
) -> SupportFigures:
    """Figures of a vote by 20 people."""
    half = Counts(for_ // 2, 0, abstain)
    groups = {"MS": Counts(for_ - for_ // 2, against, 0), "UN": half}
    if contested:
        groups = {"EU": Counts(for_, 0, abstain), "MS": Counts(0, against, 0)}
    carried = for_ > against
    return SupportFigures(
        reference=reference,
        electorate=20,
        turnout=for_ + against + abstain,
        for_=for_,
        against=against,
        abstain=abstain,
        outcome=Outcome.CARRIED if carried else Outcome.NOT_CARRIED,
        contested=contested,
        contested_by=("MS",) if contested else (),
        consensus=0.7 if carried else 0.3,
        wilson=0.5 if carried else 0.1,
        by_constituency=groups,
    )


def voted(
    reference: str, title: str, figures: SupportFigures, *, event: str, ballot: str, rank: int | None
) -> RankingRow:
    """A recommendation with the figures of a ballot."""
    return RankingRow(
        rank=rank,
        reference=reference,
        title=title,
        text=PROSE,
        rationale="Illustrative, not adopted text.",
        theme=reference.partition("-")[0],
        event=event,
        state=State.ADOPTED if figures.outcome is Outcome.CARRIED else State.NOT_ADOPTED,
        author=t("a participant"),
        addressees=tuple(one.name for one in ADDRESSEES),
        method="support",
        electorate=figures.electorate,
        turnout=figures.turnout,
        for_=figures.for_,
        against=figures.against,
        abstain=figures.abstain,
        outcome=figures.outcome,
        contested=figures.contested,
        contested_by=figures.contested_by,
        consensus=figures.consensus,
        wilson=figures.wilson,
        score=figures.consensus,
        by_constituency=figures.by_constituency,
        ballot=ballot,
        closed_at=MOMENT,
        purpose=Purpose.DECISIVE,
        figures=figures,
    )


def entry(reference: str, title: str, *, event: str = "ROM", rank: int = 1, **own: object) -> Entry:
    """A recommendation that its seminar carried, with something of everything."""
    contested = rank % 3 == 0
    ranked = voted(
        reference,
        title,
        support(reference, 10 if contested else 14 - rank % 5, 3 if contested else 2, 1, contested=contested),
        event=event,
        ballot="B1" if event == "ROM" else "B2",
        rank=rank,
    )
    made = Entry(
        ranked=ranked,
        version=2,
        addressees=ADDRESSEES,
        results=(Result(str(ranked.ballot), event, 2, True, ranked),),
        arguments=(
            Argument(1, Stance.FOR, "It worked in 2003 and in 2006.", "EU institutions"),
            Argument(2, Stance.AGAINST, "It costs posts that nobody has.", t("a participant")),
            Argument(3, Stance.QUESTION, "Who keeps the register?", t("a participant")),
            Argument(4, Stance.RESERVATION, "Only where mandates allow it.", "Member states"),
        ),
        lineage=(KinLine(Kinship.MERGED, "CAP-90", False, False),),
        seconds=4,
        versions=2,
        amendments={AmendmentStatus.ACCEPTED: 1, AmendmentStatus.REJECTED: 1},
        forwarding=Forwarding("BRU", "Brussels conference", event, MOMENT, rank, ranked.ballot, rank, 2),
    )
    return replace(made, **own)  # type: ignore[arg-type]


def final(number: int, one: Entry) -> Entry:
    """The same, finalised as the text of that number, on its seminar's decision; every second one edited."""
    before = Wording(one.ranked.title, PROSE, one.ranked.rationale, one.ranked.addressees)
    after = replace(before, text=PROSE.replace("standing arrangement", "permanent arrangement"))
    edited = number % 2 == 0
    decision = Decision(
        final=True,
        basis=Basis.SEMINAR,
        ballot=one.ranked.ballot,
        version=3 if edited else 2,
        decided=2,
        at=MOMENT,
        reason="",
        changes=changes(before, after) if edited else {},
    )
    ranked = replace(one.ranked, state=State.FINALISED, text=after.text if edited else PROSE)
    return replace(one, ranked=ranked, decision=decision, final_name=f"R{number}", version=decision.version)


def not_finalised(one: Entry) -> Entry:
    """The same, which the conference decided not to finalise."""
    decision = Decision(
        False, Basis.SEMINAR, one.ranked.ballot, 2, 2, MOMENT, "Overtaken by a decision elsewhere.", {}
    )
    return replace(one, ranked=replace(one.ranked, state=State.NOT_FINALISED), decision=decision)


def still_open(one: Entry) -> Entry:
    """The same, which is on the agenda and was voted on there."""
    there = replace(
        voted(
            one.reference,
            one.ranked.title,
            support(one.reference, 4, 9, 2),
            event=one.event,
            ballot="B3",
            rank=1,
        ),
        state=State.FORWARDED,
    )
    return replace(
        one,
        ranked=replace(one.ranked, state=State.FORWARDED),
        results=(*one.results, Result("B3", "BRU", 2, True, there)),
    )


def entries(count: int = 6) -> tuple[Entry, ...]:
    """Recommendations of Rome and Berlin: most are final, one in six is open, one in six not finalised."""
    found: list[Entry] = []
    for place in range(count):
        theme, event = (("CAP", "ROM"), ("TRN", "ROM"), ("SSR", "BER"))[place * 3 // max(count, 1)]
        rank = 1 + sum(one.theme == theme for one in found)
        one = entry(f"{theme}-{rank:02}", TITLES[place % len(TITLES)], event=event, rank=rank)
        if place % 6 == 4:
            one = still_open(one)
        elif place % 6 == 5:
            one = not_finalised(one)
        else:
            one = final(1 + sum(other.final_name is not None for other in found), one)
        found.append(one)
    return tuple(found)


def ballot(label: str, event: str, rows: Sequence[RankingRow]) -> BallotFacts:
    """A closed vote on these."""
    return BallotFacts(
        label=label,
        event=event,
        theme=None,
        rules=replace(rules("support"), threshold=replace(rules("support").threshold, share=Fraction(2, 3))),
        electorate=20,
        voters=17,
        set_aside=1,
        opened_at=MOMENT - timedelta(hours=5),
        closed_at=MOMENT,
        checksum="cd" * 32,
        items=tuple(
            BallotItem(row.reference, row.title, 2, row.outcome, support_verdict(row.figures)) for row in rows
        ),
        room=(RoomLine(rows[0].reference, "UN", Counts(2, 1, 0), "the delegates in the room"),)
        if rows
        else (),
    )


def fields(told: Sequence[Entry]) -> dict[str, object]:
    """Everything a report has, about these recommendations."""
    by_ballot: dict[tuple[str, str], list[RankingRow]] = {}
    for one in told:
        for result in one.results:
            by_ballot.setdefault((result.ballot, result.event), []).append(result.row)
    silence = BallotFacts(
        label="B9",
        event="ROM",
        theme="CAP",
        rules=rules("silence"),
        electorate=20,
        voters=0,
        set_aside=0,
        opened_at=MOMENT,
        closed_at=MOMENT,
        checksum="ef" * 32,
        items=(BallotItem("CAP-80", "Kept in mind", 1, Outcome.NOT_CARRIED, t("Silence broken.")),),
        notified=18,
        objections=(Statement("B9", "Member states", "Not before the budget is known."),),
        explanations=(Statement("B9", t("a participant"), "We understand it as a start."),),
    )
    gone = KinLine(Kinship.MERGED, "CAP-01", True, False)
    return {
        "initiative": "EU-UN Peacekeeping Partnerships Initiative",
        "generated_at": MOMENT + timedelta(days=41),
        "ledger_head": HEAD,
        "time_zone": "Europe/Brussels",
        "attribution": Attribution.CHATHAM,
        "covering": Covering(foreword="We thank everybody.\n\nRead on.", draft=True),
        "event": None,
        "theme": None,
        "events": EVENTS,
        "constituencies": CONSTITUENCIES,
        "people": TakingPart(
            20,
            3,
            (
                *(GroupSize(code, title, 6) for code, title in CONSTITUENCIES.items()),
                GroupSize(None, t("other participants"), 2),
            ),
        ),
        "entries": tuple(told),
        "others": (
            OtherText("CAP-90", "Taken in", "ROM", "CAP", State.MERGED, (gone,)),
            OtherText("TRN-90", "Given up", "ROM", "TRN", State.WITHDRAWN, ()),
        ),
        "ballots": (*(ballot(label, event, rows) for (label, event), rows in by_ballot.items()), silence),
        "activity": tuple(
            (date(2014, 10, 20) + timedelta(days=day), Activity(3 + day, day, 1, 2 * day, 10 * day))
            for day in range(5)
        ),
        "contributions": 71,
        "receipts": None,
    }  # fmt: skip


def seminar_report(told: Sequence[Entry] | None = None, **own: object) -> SeminarReport:
    """What Rome and Berlin brought, or these recommendations of theirs."""
    return SeminarReport(**{**fields(entries() if told is None else told), "events": EVENTS[:2], **own})  # type: ignore[arg-type]


def conference_paper(told: Sequence[Entry] | None = None, **own: object) -> ConferencePaper:
    """What Brussels has before it."""
    return ConferencePaper(**{**fields(entries() if told is None else told), "event": "BRU", **own})  # type: ignore[arg-type]


def final_report(told: Sequence[Entry] | None = None, **own: object) -> FinalReport:
    """What Brussels ended with."""
    return FinalReport(**{**fields(entries() if told is None else told), "event": "BRU", **own})  # type: ignore[arg-type]


def with_receipts(report: InitiativeReport) -> InitiativeReport:
    """The same, with the annex of receipts."""
    receipts = (
        Receipt("ABCD-EFGH", "CAP-01", "for"),
        Receipt("JKLM-NPQR", "CAP-01", "against"),
        Receipt("STUV-WXYZ", None, {"CAP-01": 7}),
    )
    return replace(report, receipts=(BallotReceipts("B1", receipts),))
