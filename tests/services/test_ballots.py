"""Ballots up to their opening, as facilitators prepare and confirm them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import BallotStatus, Role
from services.voting.ballot_views import BallotRequest
from tests import stores
from tests.services.polling_station import Station
from tests.services.small_seminar import actor


async def test_a_ballot_is_seen_before_it_is_held(station: Station) -> None:
    """The preview shows items, rules, entitled voters and the closing time in the initiative's zone."""
    view = await station.ballots.prepare(
        station.facilitator, BallotRequest(theme="cap", closes_in="2h", quorum="1/3", threshold=">=2/3")
    )
    assert view.status is BallotStatus.PREPARED
    assert (view.label, view.entitled, view.event, view.theme) == ("", 1, "ROM", "CAP")
    assert [item.reference for item in view.items] == ["CAP-01", "CAP-02"]
    assert (str(view.rules.threshold), str(view.rules.quorum)) == (">=2/3", "1/3")
    assert f"{view.closes_at:%H:%M}" == "13:00"
    assert await station.states() == ["admitted", "admitted"]


async def test_opening_makes_everything_true_at_once(station: Station) -> None:
    """Number, states, deadlines, ledger and messages come with one commit."""
    await station.hush()
    view = await station.open(closes_in="2h")
    assert (view.label, view.status) == ("B1", BallotStatus.OPEN)
    assert await station.states() == ["voting", "voting"]
    assert await station.said() == ["ballot.opened", "card.refresh", "card.refresh"]
    assert await station.rows("SELECT kind, due_at FROM deadlines ORDER BY due_at, kind") == [
        ("ballot.pulse", "2014-10-22T10:00:00.000000Z"),
        ("ballot.reminder", "2014-10-22T10:00:00.000000Z"),
        ("ballot.last_call", "2014-10-22T10:30:00.000000Z"),
        ("ballot.close", "2014-10-22T11:00:00.000000Z"),
    ]
    act, body = (await station.rows("SELECT act, body FROM ledger ORDER BY seq DESC LIMIT 1"))[0]
    assert act == "ballot.opened"
    assert '"electorate":1' in str(body)


async def test_a_duration_counts_from_the_confirmation(station: Station) -> None:
    """A facilitator who reads the preview for ten minutes loses none of them."""
    prepared = await station.ballots.prepare(station.facilitator, BallotRequest(theme="CAP", closes_in="1h"))
    station.clock.pass_(minutes=10)
    opened = await station.ballots.open(station.facilitator, prepared.id)
    assert opened.closes_at == station.clock() + timedelta(hours=1)


async def test_a_time_of_day_is_the_one_that_was_shown(station: Station) -> None:
    """Confirming after it would mean another day, so the ballot is prepared again instead."""
    prepared = await station.ballots.prepare(
        station.facilitator, BallotRequest(theme="CAP", closes_in="11:30")
    )
    station.clock.pass_(minutes=31)
    with pytest.raises(Refused, match="no longer current"):
        await station.ballots.open(station.facilitator, prepared.id)
    assert list(station.key_dir.iterdir()) == []


async def test_confirming_twice_at_once_opens_one_ballot(station: Station) -> None:
    """A double click gives one number and leaves one key."""
    prepared = await station.ballots.prepare(station.facilitator, BallotRequest(theme="CAP"))
    first, second = await asyncio.gather(
        station.ballots.open(station.facilitator, prepared.id),
        station.ballots.open(station.facilitator, prepared.id),
    )
    assert first.label == second.label == "B1"
    assert len(list(station.key_dir.iterdir())) == 1
    assert (await station.said()).count("ballot.opened") == 1


async def test_a_commit_that_fails_leaves_neither_ballot_nor_key(station: Station) -> None:
    """A full disk at the last moment undoes everything."""
    prepared = await station.ballots.prepare(station.facilitator, BallotRequest(theme="CAP"))
    stores.shelf().refuse(station.db.url, "outbox")
    with pytest.raises(Exception, match="full"):
        await station.ballots.open(station.facilitator, prepared.id)
    assert list(station.key_dir.iterdir()) == []
    assert await station.states() == ["admitted", "admitted"]
    assert await station.ballots.all_open(station.guild_id) == ()
    assert await station.value("SELECT next_ballot FROM initiatives") == 1


async def test_a_theme_with_nothing_to_vote_on_is_refused(station: Station) -> None:
    """An empty ballot helps nobody."""
    with pytest.raises(Refused, match="no admitted recommendation"):
        await station.open(theme="TRN")


async def test_a_recommendation_under_vote_is_named_in_the_refusal(station: Station) -> None:
    """Whether it was asked for by name or is all that a theme has."""
    await station.open(references="CAP-02")
    with pytest.raises(Refused, match="CAP-02 is already under vote in ballot B1"):
        await station.open(references="cap-1, cap-2")
    await station.open()
    with pytest.raises(Refused, match="CAP-01 is already under vote in ballot B2"):
        await station.open()


async def test_what_changed_since_the_preview_is_noticed_at_opening(station: Station) -> None:
    """Two facilitators prepare the same recommendation; the second to confirm is refused."""
    one = await station.ballots.prepare(station.facilitator, BallotRequest(theme="CAP"))
    other = await station.ballots.prepare(station.facilitator, BallotRequest(references="CAP-02"))
    await station.ballots.open(station.facilitator, one.id)
    with pytest.raises(Refused, match="CAP-02 is already under vote"):
        await station.ballots.open(station.facilitator, other.id)
    assert len(list(station.key_dir.iterdir())) == 1


async def test_a_withdrawn_recommendation_cannot_be_put_to_the_vote(station: Station) -> None:
    """The refusal names it and says where it stands."""
    await station.recommendations.withdraw(station.ana, "CAP-01")
    with pytest.raises(Refused, match="CAP-01 is withdrawn"):
        await station.open(references="CAP-01")
    assert [item.reference for item in (await station.open()).items] == ["CAP-02"]


async def test_the_items_of_a_ballot_belong_to_one_event(station: Station) -> None:
    """A ballot is held in one room."""
    await station.events.open(station.organiser, "BER")
    await station.propose(station.ana, theme="SSR", event="BER")
    with pytest.raises(Refused, match="One ballot is held in one event"):
        await station.open(theme="", references="CAP-01, SSR-01")


async def test_a_theme_of_two_open_events_is_decided_by_the_channel(station: Station) -> None:
    """Without one, the facilitator is told how to say which."""
    await station.events.open(station.organiser, "BER")
    await station.propose(station.ana, theme="TRN", event="ROM")
    await station.propose(station.ana, theme="TRN", event="BER")
    await station.events.placed(station.guild_id, "BER", 555, False)
    with pytest.raises(Refused, match="in ROM and BER"):
        await station.open(theme="TRN")
    view = await station.ballots.prepare(station.facilitator, BallotRequest(theme="TRN", channel_id=555))
    assert (view.event, [item.reference for item in view.items]) == ("BER", ["TRN-02"])


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        (BallotRequest(), Invalid),
        (BallotRequest(theme="XXX"), NotFound),
        (BallotRequest(references="CAP-99"), NotFound),
        (BallotRequest(references="nonsense"), Invalid),
        (BallotRequest(theme="TRN", references="CAP-01"), Refused),
        (BallotRequest(theme="CAP", method="oracle"), Invalid),
        (BallotRequest(theme="CAP", quorum="many"), Invalid),
        (BallotRequest(theme="CAP", threshold="most"), Invalid),
        (BallotRequest(theme="CAP", secrecy="half"), Invalid),
        (BallotRequest(theme="CAP", reasons="some"), Invalid),
        (BallotRequest(theme="CAP", closes_in="soon"), Invalid),
        (BallotRequest(theme="CAP", closes_in="91d"), Invalid),
    ],
)
async def test_a_request_that_cannot_be_met_is_refused_and_stores_nothing(
    station: Station, request_: BallotRequest, refusal: type[Refused]
) -> None:
    """Each with its own sentence."""
    with pytest.raises(refusal):
        await station.ballots.prepare(station.facilitator, request_)
    assert await station.value("SELECT count(*) FROM ballots") == 0


async def test_a_ballot_has_at_most_sixty_items(station: Station) -> None:
    """The refusal says how to name fewer."""
    for number in range(59):
        await station.propose(station.ana, title=f"One more {number}")
    with pytest.raises(Refused, match="at most 60"):
        await station.open()


Act = Callable[[Station, int], Coroutine[Any, Any, Any]]


@pytest.mark.parametrize(
    "act",
    [
        lambda s, b: s.ballots.prepare(s.ana, BallotRequest(theme="CAP")),
        lambda s, b: s.ballots.open(s.ana, b),
        lambda s, b: s.ballots.discard(s.ana, b),
        lambda s, b: s.ballots.closing_preview(s.ana, b),
        lambda s, b: s.ballots.status(s.ana, b),
        lambda s, b: s.ballots.close(s.ana, b),
        lambda s, b: s.ballots.extend(s.ana, b, "1h"),
        lambda s, b: s.ballots.cancel(s.ana, b, "no"),
        lambda s, b: s.ballots.remind(s.ana, b),
    ],
)
async def test_only_a_facilitator_leads_a_ballot(station: Station, act: Act) -> None:
    """The check is in the service, whatever button was pressed."""
    ballot = await station.open()
    with pytest.raises(NotAllowed):
        await act(station, ballot.id)


@pytest.mark.parametrize(
    "act",
    [
        lambda s, who, b: s.ballots.open(who, b),
        lambda s, who, b: s.ballots.close(who, b),
        lambda s, who, b: s.ballots.cancel(who, b, "not mine"),
        lambda s, who, b: s.ballots.status(who, b),
        lambda s, who, b: s.ballots.view(who.guild_id, b),
        lambda s, who, b: s.ballots.result(who.guild_id, b),
    ],
)
async def test_a_ballot_of_another_server_is_not_found(
    station: Station, act: Callable[..., Coroutine[Any, Any, Any]]
) -> None:
    """A facilitator of one server has no hand in another's."""
    ballot = await station.open()
    stranger = actor(5, Role.FACILITATOR, guild_id=77)
    owner = actor(6, guild_id=77, may_manage_server=True)
    await station.load(by=owner)
    with pytest.raises(NotFound):
        await act(station, stranger, ballot.id)
    assert (await station.ballots.view(station.guild_id, ballot.id)).status is BallotStatus.OPEN


@pytest.mark.parametrize("label", ["B1", "b1", " 1 ", "B01"])
async def test_a_ballot_is_found_by_what_people_call_it(station: Station, label: str) -> None:
    """With or without its letter."""
    ballot = await station.open()
    assert (await station.ballots.find(station.guild_id, label)).id == ballot.id


@pytest.mark.parametrize(("label", "refusal"), [("B2", NotFound), ("", Invalid), ("first", Invalid)])
async def test_a_label_nobody_gave_is_refused(station: Station, label: str, refusal: type[Refused]) -> None:
    """Each with its own sentence."""
    await station.open()
    with pytest.raises(refusal):
        await station.ballots.find(station.guild_id, label)


async def test_a_discarded_preview_cannot_be_opened(station: Station) -> None:
    """And discarding it again changes nothing."""
    prepared = await station.ballots.prepare(station.facilitator, BallotRequest(theme="CAP"))
    await station.ballots.discard(station.facilitator, prepared.id)
    await station.ballots.discard(station.facilitator, prepared.id)
    with pytest.raises(Refused, match="discarded before it opened"):
        await station.ballots.open(station.facilitator, prepared.id)
    assert await station.states() == ["admitted", "admitted"]


async def test_an_open_ballot_is_not_discarded(station: Station) -> None:
    """Its votes go only with a reason, by cancelling."""
    ballot = await station.open()
    with pytest.raises(Refused, match="cancel it instead"):
        await station.ballots.discard(station.facilitator, ballot.id)


async def test_previews_nobody_confirmed_are_discarded_after_a_month(station: Station) -> None:
    """They may wait for weeks; then the next preparation clears them away, and their buttons open nothing."""
    old = await station.ballots.prepare(station.facilitator, BallotRequest(theme="CAP"))
    station.clock.pass_(days=30)
    await station.ballots.prepare(station.facilitator, BallotRequest(theme="CAP"))
    assert [view.id for view in await station.ballots.all_prepared(station.guild_id)] == [old.id, old.id + 1]
    station.clock.pass_(seconds=1)
    newest = await station.ballots.prepare(station.facilitator, BallotRequest(theme="CAP"))
    assert [view.id for view in await station.ballots.all_prepared(station.guild_id)] == [
        old.id + 1,
        newest.id,
    ]
    with pytest.raises(Refused, match="discarded"):
        await station.ballots.open(station.facilitator, old.id)
