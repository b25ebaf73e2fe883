"""A seminar in which every method was used, with all that can happen to a ballot on the way."""

from __future__ import annotations

from typing import Any

from seminar.model import RECUSED, Actor, Counts
from services.record.records import Records
from services.voting.ballot_views import BallotView, Sheet
from tests.services.polling_station import ABSTAIN, AGAINST, FOR, Station

ITEMS = 15
NAMES = (
    "support",
    "rating",
    "rating again",
    "ranked",
    "points",
    "shortlist",
    "kept",
    "broken",
    "indicative",
    "open",
)
"""The closed ballots of `hold_all`, B1 to B10; the cancelled one is B11."""


def records_of(station: Station) -> Records:
    """The cast-vote records of the station's store."""
    return Records(station.db, station.clock, station.initiatives)


async def fill(station: Station, who: Actor, ballot: BallotView, *taps: tuple[int, str]) -> Sheet:
    """Taps on a paper, and its submission."""
    for position, said in taps:
        await station.papers.fill(who, ballot.id, position, said)
    return await station.papers.submit(who, ballot.id)


async def support(station: Station, voters: list[Actor], **options: Any) -> BallotView:
    """On CAP-01 to CAP-03, which is taken out; hands on CAP-01, and somebody stands aside on CAP-02."""
    ballot = await station.open(references="CAP-01, CAP-02, CAP-03", reasons="all", **options)
    for number, voter in enumerate(voters[:8]):
        choices = [FOR, AGAINST if number % 3 else FOR, ABSTAIN]
        for position, choice in enumerate(choices, start=1):
            await station.voting.cast(voter, ballot.id, position, choice, f"Reason {number} on {position}")
    await station.voting.cast(voters[8], ballot.id, 1, FOR, "Only this one")
    await station.voting.cast(voters[8], ballot.id, 2, RECUSED)
    await station.room.enter(
        station.facilitator, ballot.id, "CAP-01", Counts(1, 1, 0), "EU", "the delegates of the EU"
    )
    await station.room.enter(
        station.facilitator, ballot.id, "CAP-01", Counts(0, 0, 1), None, "everybody else"
    )
    await station.removal.remove(station.facilitator, ballot.id, "CAP-03", "The text was wrong")
    return ballot


async def rating(station: Station, voters: list[Actor], **options: Any) -> BallotView:
    """The first of two rounds on CAP-04 and CAP-05."""
    ballot = await station.open(
        method="rating", references="CAP-04, CAP-05", importance=True, rounds=2, **options
    )
    for number, voter in enumerate(voters[:6]):
        await fill(station, voter, ballot, (1, f"a{7 + number % 3}"), (1, "i6"), (2, f"a{1 + number}"))
    await fill(station, voters[6], ballot, (1, "aside"), (2, "a5"))
    await station.papers.fill(voters[7], ballot.id, 1, "a3")
    return ballot


async def next_round(station: Station, before: BallotView, voters: list[Actor]) -> BallotView:
    """The second round, in which some change their mind."""
    prepared = await station.ballots.prepare_next_round(station.facilitator, before.id)
    ballot = await station.ballots.open(station.facilitator, prepared.id)
    for number, voter in enumerate(voters[:5]):
        await fill(station, voter, ballot, (1, "a8"), (2, f"a{3 + number}"))
    return ballot


async def ranked(station: Station, voters: list[Actor], **options: Any) -> BallotView:
    """On CAP-06 to CAP-08, which is taken out."""
    ballot = await station.open(method="ranked", references="CAP-06, CAP-07, CAP-08", **options)
    orders = [((1, "next"), (2, "next")), ((2, "next"), (1, "equal")), ((3, "next"), (2, "next"))]
    for number, voter in enumerate(voters[:7]):
        await fill(station, voter, ballot, *orders[number % 3])
    await fill(station, voters[7], ballot, (1, "aside"), (2, "next"))
    await station.removal.remove(station.facilitator, ballot.id, "CAP-08", "The text was wrong")
    return ballot


async def points(station: Station, voters: list[Actor], **options: Any) -> BallotView:
    """Five points over CAP-09 and CAP-10."""
    ballot = await station.open(method="points", references="CAP-09, CAP-10", points=5, most=4, **options)
    for number, voter in enumerate(voters[:6]):
        await fill(station, voter, ballot, (1, str(number % 4)), (2, "1"))
    await fill(station, voters[6], ballot, (1, "aside"), (2, "4"))
    return ballot


async def shortlist(station: Station, voters: list[Actor], **options: Any) -> BallotView:
    """Two of CAP-09 to CAP-11."""
    ballot = await station.open(method="shortlist", references="CAP-09, CAP-10, CAP-11", seats=2, **options)
    for number, voter in enumerate(voters[:7]):
        await fill(station, voter, ballot, (1 + number % 3, "yes"), (3, "yes"))
    return ballot


async def hold_all(station: Station) -> None:
    """Ballots by every method, closed as `NAMES` says, in a seminar with ITEMS recommendations by Ana."""
    voters = await station.register(un=6, eu=6)
    decided = await support(station, voters)
    first = await rating(station, voters)
    await station.close(first)
    informing = [
        await next_round(station, first, voters),
        await ranked(station, voters),
        await points(station, voters),
        await shortlist(station, voters),
    ]
    for ballot in (decided, *informing):
        await station.close(ballot)
    kept = await station.open(method="silence", references="CAP-12, CAP-13", closes_in="2h")
    await station.silences.explain(voters[0], kept.id, "We can live with it")
    broken = await station.open(method="silence", references="CAP-14")
    await station.silences.break_silence(voters[7], broken.id, "We cannot")
    station.clock.pass_(hours=3)
    await station.deadlines.run_due()
    indicative = await station.open(references="CAP-11", purpose="indicative", quorum="99")
    await station.vote(voters[0], indicative, FOR)
    await station.close(indicative)
    named = await station.open(method="points", references="CAP-07", secrecy="open", points=3)
    for voter in (voters[0], voters[7]):
        await fill(station, voter, named, (1, "2"))
    await station.close(named)
    cancelled = await station.open(method="ranked", references="CAP-15")
    await fill(station, voters[0], cancelled, (1, "next"))
    await station.ballots.cancel(station.facilitator, cancelled.id, "Wrong text")
