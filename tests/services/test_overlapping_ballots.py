"""What may run beside what: every pair of methods and purposes on one recommendation, and side by side."""

from __future__ import annotations

import asyncio
from itertools import product

import pytest

from seminar.errors import Refused
from seminar.lifecycle import OVERLAPS, Bearing
from seminar.methods import METHODS
from seminar.model import Purpose
from services.voting.ballot_views import BallotRequest, BallotView
from tests.services.polling_station import AGAINST, FOR, Station

Kind = tuple[str, str]

KINDS: list[Kind] = [
    (method, purpose.value)
    for method in METHODS
    for purpose in Purpose
    if (method, purpose) != ("silence", Purpose.INDICATIVE)
]


def bearing(kind: Kind) -> Bearing:
    """As the design says it: support and silence decide, unless the ballot is indicative."""
    method, purpose = kind
    return Bearing.DECIDES if method in ("support", "silence") and purpose == "decisive" else Bearing.INFORMS


def request(kind: Kind, references: str = "CAP-01") -> BallotRequest:
    method, purpose = kind
    return BallotRequest(method=method, purpose=purpose, references=references, closes_in="1h")


async def begin(station: Station, kind: Kind, references: str = "CAP-01") -> BallotView:
    """Prepared and opened."""
    prepared = await station.ballots.prepare(station.facilitator, request(kind, references))
    return await station.ballots.open(station.facilitator, prepared.id)


def test_every_pair_of_bearings_is_in_the_table() -> None:
    """Nothing is left to chance, and only what informs runs beside what informs."""
    assert set(OVERLAPS) == set(product(Bearing, Bearing))
    assert {pair for pair, may in OVERLAPS.items() if may} == {(Bearing.INFORMS, Bearing.INFORMS)}


@pytest.mark.parametrize("present", KINDS, ids=lambda kind: "-".join(kind))
async def test_a_ballot_opens_beside_another_as_the_table_says(station: Station, present: Kind) -> None:
    """Every other kind in its turn: prepared where it may be, and refused by name where not."""
    await begin(station, present)
    for new in KINDS:
        allowed = OVERLAPS[bearing(new), bearing(present)] and new[0] != present[0]
        if not allowed:
            with pytest.raises(Refused, match="CAP-01 is already under vote in ballot B1"):
                await begin(station, new)
            continue
        beside = await begin(station, new)
        await station.ballots.cancel(station.facilitator, beside.id, "The next one is tried")
        assert len(await station.ballots.all_open(station.guild_id)) == 1
    voting = bearing(present) is Bearing.DECIDES
    assert await station.states() == ["voting" if voting else "admitted", "admitted"]


@pytest.mark.parametrize("present", KINDS, ids=lambda kind: "-".join(kind))
async def test_what_was_prepared_before_is_held_to_the_table_when_it_opens(
    station: Station, present: Kind
) -> None:
    """A ballot prepared in the morning does not open beside what it may not run beside by then."""
    prepared = {kind: await station.ballots.prepare(station.facilitator, request(kind)) for kind in KINDS}
    await station.ballots.open(station.facilitator, prepared[present].id)
    opened = [present]
    for new, waiting in prepared.items():
        if new == present:
            continue
        allowed = all(OVERLAPS[bearing(new), bearing(other)] and new[0] != other[0] for other in opened)
        if allowed:
            await station.ballots.open(station.facilitator, waiting.id)
            opened.append(new)
        else:
            with pytest.raises(Refused, match="CAP-01 is already under vote"):
                await station.ballots.open(station.facilitator, waiting.id)
    assert len(list(station.key_dir.iterdir())) == sum(method != "silence" for method, _ in opened)


@pytest.mark.parametrize(("one", "other"), [(KINDS[0], KINDS[0]), (("silence", "decisive"), KINDS[0])])
async def test_on_different_recommendations_anything_runs_side_by_side(
    station: Station, one: Kind, other: Kind
) -> None:
    """In one theme as in several, and each ends by itself."""
    await station.propose(station.ana, theme="TRN", title="Train together")
    ballots = [
        await begin(station, one, "CAP-01"),
        await begin(station, other, "CAP-02"),
        await begin(station, other, "TRN-01"),
    ]
    assert [view.label for view in await station.ballots.all_open(station.guild_id)] == ["B1", "B2", "B3"]
    for ballot, choice in zip(ballots[1:], (FOR, AGAINST), strict=True):
        await station.vote(station.ana, ballot, choice)
    await station.close(ballots[2])
    assert await station.states() == ["voting", "voting"]
    station.clock.pass_(hours=1)
    await station.deadlines.run_due()
    assert (await station.states())[1] == "adopted"
    assert await station.value("SELECT state FROM recommendations WHERE theme = 'TRN'") == "not_adopted"
    assert (await station.audit.verify()).problems == ()


async def test_four_methods_side_by_side_count_each_their_own_papers(station: Station) -> None:
    """The same person fills in a paper of each; none shows on another."""
    said = {"rating": "a8", "ranked": "next", "points": "3", "shortlist": "yes"}
    ballots = {method: await begin(station, (method, "decisive"), "CAP-01, CAP-02") for method in said}
    poll = await begin(station, ("support", "indicative"), "CAP-01, CAP-02")
    for position, (method, word) in enumerate(said.items()):
        await station.papers.fill(station.ana, ballots[method].id, position % 2 + 1, word)
        await station.papers.submit(station.ana, ballots[method].id)
    await station.vote(station.ana, poll, AGAINST, FOR)
    for position, (method, ballot) in enumerate(ballots.items()):
        sheet = await station.papers.sheet(station.ana, ballot.id)
        assert set(sheet.answers or {}) == {position % 2 + 1}, method
    for ballot in (*ballots.values(), poll):
        assert (await station.close(ballot)).voters == 1
    assert await station.states() == ["admitted", "admitted"]
    assert (await station.audit.verify()).problems == ()


async def test_two_decisions_opened_at_once_are_one(station: Station) -> None:
    """The other is refused, and its key is destroyed."""
    prepared = [
        await station.ballots.prepare(station.facilitator, request(("support", "decisive"))) for _ in range(2)
    ]
    answers = await asyncio.gather(
        *(station.ballots.open(station.facilitator, one.id) for one in prepared), return_exceptions=True
    )
    assert sorted(isinstance(one, Refused) for one in answers) == [False, True]
    assert len(list(station.key_dir.iterdir())) == 1
    assert len(await station.ballots.all_open(station.guild_id)) == 1


async def test_a_theme_is_put_to_the_vote_without_what_is_under_vote(station: Station) -> None:
    """Its other recommendations; where nothing is left, the ballot in the way is named."""
    await begin(station, ("support", "decisive"), "CAP-01")
    rest = await station.open(method="rating")
    assert [item.reference for item in rest.items] == ["CAP-02"]
    ranked = await station.open(method="ranked")
    assert [item.reference for item in ranked.items] == ["CAP-02"]
    with pytest.raises(Refused, match="already under vote in ballot B"):
        await station.open()
    with pytest.raises(Refused, match="already under vote in ballot B"):
        await station.open(method="rating")


async def test_under_an_informing_ballot_nothing_moves(station: Station) -> None:
    """The text that is being rated stays, until the rating has closed."""
    ballot = await begin(station, ("rating", "decisive"))
    with pytest.raises(Refused, match="ballot on this recommendation is open"):
        await station.recommendations.withdraw(station.ana, "CAP-01")
    await station.close(ballot)
    await station.recommendations.withdraw(station.ana, "CAP-01")
    assert await station.states() == ["withdrawn", "admitted"]


async def test_an_indicative_vote_changes_no_state_and_a_decisive_one_may_follow(station: Station) -> None:
    """The straw poll said no; the vote says yes."""
    poll = await begin(station, ("support", "indicative"))
    await station.vote(station.ana, poll, AGAINST)
    result = await station.close(poll)
    assert (result.figures[0].outcome.value, await station.states()) == (
        "not_carried",
        ["admitted", "admitted"],
    )
    vote = await begin(station, ("support", "decisive"))
    await station.vote(station.ana, vote, FOR)
    await station.close(vote)
    assert await station.states() == ["adopted", "admitted"]
    with pytest.raises(Refused, match="CAP-01 is adopted"):
        await begin(station, ("support", "indicative"))
    assert (await station.audit.verify()).problems == ()
