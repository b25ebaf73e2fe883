"""Undoing a merge or a split: in time, once, and never over what was built on it."""

from __future__ import annotations

import asyncio

import pytest

from seminar.errors import NotFound, Refused
from seminar.model import AmendmentStatus, Change, Kinship, Role, State
from services.record.audit import Audit
from storage import amendments, recommendations
from tests.services.facilitators_desk import Desk
from tests.services.polling_station import Station
from tests.services.small_seminar import GUILD, actor


@pytest.fixture
async def desk(station: Station) -> Desk:
    """CAP-01 and CAP-02 by Ana, CAP-03 by Ben and CAP-04 by Cem, all under discussion."""
    return await Desk.of_four(station)


async def test_undoing_a_merge_gives_each_its_state_and_the_survivor_its_words_of_before(desk: Desk) -> None:
    """As a new version, in the words' author's name; the kinship stays on record with its end."""
    done = await desk.merge(["CAP-03", "CAP-04"], "CAP-01")
    await desk.station.hush()
    desk.station.clock.pass_(minutes=60)
    undone = await desk.undo("CAP-04")
    assert undone.id == done.id and undone.undone
    assert [await desk.state(f"CAP-0{n}") for n in (1, 3, 4)] == [State.ADMITTED] * 3
    versions = await desk.texts("CAP-01")
    assert [one.number for one in versions] == [1, 2, 3]
    assert versions[2].wording == versions[0].wording
    assert (versions[2].change, versions[2].author_name) == (Change.RESTORED, "Ana")
    assert versions[2].decided_by is not None
    assert [await desk.leads_to(f"CAP-0{n}") for n in (3, 4)] == [("CAP-03",), ("CAP-04",)]
    view = await desk.station.recommendations.get(GUILD, "CAP-01")
    assert view.background is not None
    assert (view.background.predecessors, view.background.others) == ((), ())
    rows = await desk.station.rows("SELECT count(*) FROM lineage WHERE ended_at IS NOT NULL")
    assert rows == [(2,)]
    assert [payload["what"] for kind, _, payload in await desk.told() if kind == "news"] == [
        "merge_undone",
        "merge_undone",
        "merge_into_undone",
    ]
    entry = await desk.last_entry()
    assert (entry.act, entry.subject) == ("regrouping.undone", "CAP-01")
    assert not (await Audit(desk.station.db).verify(GUILD)).problems


async def test_undoing_a_split_gives_the_whole_back_and_its_parts_lead_to_it(desk: Desk) -> None:
    """What people said of the parts stays with them, and is found from the whole."""
    done = await desk.split("CAP-01", "Plan", "Learn")
    await desk.station.recommendations.second(desk.station.ben, "CAP-05")
    await desk.undo(done.id)
    assert [await desk.state(f"CAP-0{n}") for n in (1, 5, 6)] == [State.ADMITTED, State.MERGED, State.MERGED]
    assert await desk.leads_to("CAP-05") == await desk.leads_to("CAP-01") == ("CAP-01",)
    view = await desk.station.recommendations.get(GUILD, "CAP-01")
    assert view.background is not None and view.background.carried_seconds == 1
    assert [(kin.kind, kin.reference) for kin in view.background.predecessors] == [
        (Kinship.REUNITED, "CAP-05"),
        (Kinship.REUNITED, "CAP-06"),
    ]
    # It can be split again, and then the old parts lead to the new ones.
    await desk.split("CAP-01", "First", "Last")
    assert await desk.leads_to("CAP-05") == ("CAP-07", "CAP-08")


async def test_the_same_is_undone_once_and_by_reference_the_last_one(desk: Desk) -> None:
    """Two presses at once are one; what was never regrouped, and what is not there, is refused."""
    first = await desk.merge("CAP-03", "CAP-01")
    second = await desk.merge("CAP-04", "CAP-01", "Yet another text, with words of its own.")
    results = await asyncio.gather(desk.undo(second.id), desk.undo(second.id), return_exceptions=True)
    assert sorted(isinstance(one, Refused) for one in results) == [False, True]
    # The words that the first merge made are back, so that it can be undone as well.
    assert (await desk.undo("CAP-01")).id == first.id
    assert (await desk.texts("CAP-01"))[-1].wording == (await desk.texts("CAP-01"))[0].wording
    before = await desk.everything()
    for which, why in (
        (first.id, "undone already"),
        ("CAP-01", "neither merged nor split"),
        ("CAP-02", "neither merged nor split"),
        ("CAP-99", "no recommendation CAP-99"),
        (987_654, "no such merge or split"),
    ):
        with pytest.raises(Refused, match=why):
            await desk.undo(which)
    with pytest.raises(NotFound):
        await desk.undo(first.id, by=actor(3, Role.FACILITATOR, guild_id=GUILD + 1))
    assert await desk.everything() == before


async def test_after_an_hour_nothing_is_undone(desk: Desk) -> None:
    """A sentence says what to do instead."""
    merged, split = await desk.merge("CAP-03", "CAP-01"), await desk.split("CAP-02")
    desk.station.clock.pass_(minutes=60, seconds=1)
    for which in (merged.id, split.id, "CAP-03", "CAP-05"):
        with pytest.raises(Refused, match="within an hour"):
            await desk.undo(which)


async def test_a_merge_is_not_undone_once_its_text_has_moved_on(desk: Desk) -> None:
    """The newer words would be lost; when they are taken back, it can."""
    first = await desk.merge("CAP-03", "CAP-01")
    second = await desk.merge("CAP-04", "CAP-01", "Yet another text, with words of its own.")
    with pytest.raises(Refused, match="has changed since the merge"):
        await desk.undo(first.id)
    await desk.undo(second.id)
    await desk.undo(first.id)


async def test_a_merge_is_not_undone_while_the_survivor_is_voted_on_or_ended(desk: Desk) -> None:
    """Merged on (which would make a ring in time), split, adopted; but a withdrawn one buries nobody."""
    first = await desk.merge("CAP-03", "CAP-01", None)
    onward = await desk.merge("CAP-01", "CAP-02", None)
    with pytest.raises(Refused, match="It was merged into CAP-02"):
        await desk.undo(first.id)
    with pytest.raises(Refused, match="It was merged into CAP-02"):
        await desk.merge("CAP-02", "CAP-01")
    await desk.undo(onward.id)
    split = await desk.split("CAP-01")
    with pytest.raises(Refused, match="It was split into CAP-05 and CAP-06"):
        await desk.undo(first.id)
    await desk.undo(split.id)
    ballot = await desk.station.open(theme=None, references="CAP-01")
    with pytest.raises(Refused, match="CAP-01: A ballot on this recommendation is open"):
        await desk.undo(first.id)
    await desk.station.ballots.cancel(desk.fay, ballot.id, "Another time.")
    await desk.station.recommendations.withdraw(desk.station.ana, "CAP-01")
    await desk.undo(first.id)
    assert [await desk.state(f"CAP-0{n}") for n in (1, 3)] == [State.WITHDRAWN, State.ADMITTED]


async def test_a_split_is_not_undone_once_something_was_built_on_a_part(desk: Desk) -> None:
    """A part merged on, split on, voted on, past discussion, or one that has taken in others."""
    split = await desk.split("CAP-01")
    before = await desk.state("CAP-05")

    async def refused(why: str) -> None:
        stands = await desk.everything()
        with pytest.raises(Refused, match=why):
            await desk.undo(split.id)
        assert await desk.everything() == stands

    merged = await desk.merge("CAP-05", "CAP-02", None)
    await refused("It was merged into CAP-02")
    await desk.undo(merged.id)
    taken = await desk.merge("CAP-03", "CAP-05", None)
    await refused("CAP-03 went into CAP-05 since")
    await desk.undo(taken.id)
    again = await desk.split("CAP-06")
    await refused("It was split into CAP-07 and CAP-08")
    await desk.undo(again.id)
    ballot = await desk.station.open(theme=None, references="CAP-05", method="rating")
    await refused("CAP-05: A ballot on this recommendation is open")
    await desk.station.ballots.cancel(desk.fay, ballot.id, "Another time.")
    assert await desk.state("CAP-05") is before
    await desk.undo(split.id)
    assert await desk.leads_to("CAP-07") == ("CAP-01",)
    other = await desk.split("CAP-02")
    await desk.moderation.reject(desk.fay, other.others[0], "No.")
    with pytest.raises(Refused, match="rejected"):
        await desk.undo(other.id)


async def test_amendments_of_one_that_is_merged_stay_on_record_and_wait_for_the_undoing(desk: Desk) -> None:
    """They are neither decided nor lost, and as open afterwards as before."""
    async with desk.station.db.write() as tx:
        row = await recommendations.by_reference(tx, GUILD, "CAP-03")
        assert row is not None
        wording = row.wording
        await amendments.add(tx, GUILD, row.id, 1, wording, "", row.author_id, None, desk.station.clock())
    done = await desk.merge("CAP-03", "CAP-01")
    await desk.undo(done.id)
    async with desk.station.db.read() as tx:
        (left,) = await amendments.of(tx, [row.id])
    assert (left.status, left.conflicting) == (AmendmentStatus.OPEN, False)
