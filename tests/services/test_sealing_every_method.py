"""Sealing on the bytes, for papers of every method, for delegations, and for ratings over several rounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from seminar.errors import Refused
from seminar.methods import METHODS
from seminar.model import Actor, Role, Status
from services.voting.ballot_views import BallotView
from storage.backup import backup
from tests.services.every_method import fill
from tests.services.polling_station import AGAINST, FOR, Station
from tests.services.small_seminar import actor
from tests.services.test_sealing import everything_on_disk, files_with
from tests.small_initiative import INITIATIVE

pytestmark = pytest.mark.sqlite("it searches the files of the store; docs/trust.md says what a server keeps")

BY_DELEGATION = INITIATIVE + '[rules]\nvote_by = "delegation"\n'
DELEGATIONS = 6
ON_PAPER = [name for name, method in METHODS.items() if method.on_paper]

# What is submitted, and what somebody changes their paper to without submitting it again.
SUBMITTED = {
    "rating": ((1, "a8"), (2, "a7")),
    "ranked": ((1, "next"), (2, "next")),
    "points": ((1, "3"), (2, "2")),
    "shortlist": ((1, "yes"),),
}
DRAFTED = {
    "rating": ((1, "a2"), (2, "a9")),
    "ranked": ((2, "up"),),
    "points": ((1, "1"), (2, "4")),
    "shortlist": ((2, "yes"),),
}


async def delegates(station: Station) -> list[tuple[Actor, Actor]]:
    """Two members each of six delegations."""
    await station.load(BY_DELEGATION)
    pairs = []
    for number in range(DELEGATIONS):
        members = [
            actor(2000 + 2 * number + place, Role.PARTICIPANT, constituencies=("UN" if number % 2 else "EU",))
            for place in range(2)
        ]
        for member in members:
            await station.participants.set(
                station.organiser,
                member.user_id,
                member.name,
                (member.roles, member.constituencies),
                status=Status.PARTICIPANT,
                organisation=f"Ministry {number}",
            )
        pairs.append((members[0], members[1]))
    return pairs


async def secrets_of(station: Station) -> list[str]:
    """Every mark that stands for an elector or a person, and every paper that was not submitted."""
    columns = ("voter FROM votes", "cast_by FROM votes", "voter FROM papers", "voter FROM live_changes")
    found = {
        str(value)
        for column in (*columns, "content FROM papers")
        for (value,) in await station.rows(f"SELECT DISTINCT {column}")
        if value is not None
    }
    return sorted(found)


def keys_of(station: Station) -> list[bytes]:
    """The keys that are there."""
    return [file.read_bytes() for file in station.key_dir.iterdir()]


def left(station: Station, folder: Path, needles: list[str], keys: list[bytes]) -> list[str]:
    """What is still to be found in any file: needles, and keys in either spelling."""
    found = sorted({needle for _, needle in files_with(folder, needles)})
    for content in everything_on_disk(folder).values():
        found += ["a key" for key in keys if key in content or key.hex().encode() in content]
    return found + [f"key file {file.name}" for file in station.key_dir.iterdir()]


@pytest.mark.parametrize("method", ON_PAPER)
async def test_after_closing_nothing_is_left_of_papers_on_any_disk(
    station: Station, tmp_path: Path, method: str
) -> None:
    """No mark of a delegation or its members, no key, no half-filled paper; nor in a backup."""
    pairs = await delegates(station)
    ballot = await station.open(method=method, purpose="indicative", results="live")
    for first, second in pairs:
        await fill(station, first, ballot, *SUBMITTED[method])
        await fill(station, second, ballot)
        for tap in DRAFTED[method]:
            await station.papers.fill(first, ballot.id, *tap)
    needles, keys = await secrets_of(station), keys_of(station)
    marks = [needle for needle in needles if len(needle) == 64]
    assert len(marks) == 3 * DELEGATIONS  # the delegation, its member who voted, its member who fills in
    assert len(needles) > len(marks) and len(keys) == 1
    assert {needle for _, needle in files_with(tmp_path, needles)} == set(needles)
    assert (await station.close(ballot)).sealed
    await backup(station.db.url, tmp_path / "after.db")
    assert left(station, tmp_path, needles, keys) == []
    assert (await station.audit.verify()).problems == ()


async def test_after_closing_nothing_is_left_of_who_voted_for_a_delegation_item_by_item(
    station: Station, tmp_path: Path
) -> None:
    """Support too, where two members change each other's vote and one stands aside."""
    pairs = await delegates(station)
    ballot = await station.open()
    for first, second in pairs:
        await station.vote(first, ballot, FOR, FOR)
        await station.vote(second, ballot, AGAINST)
        await station.voting.cast(second, ballot.id, 2, "recused")
    needles, keys = await secrets_of(station), keys_of(station)
    assert len(needles) == 2 * DELEGATIONS  # the delegation, and its member who voted last
    assert {needle for _, needle in files_with(tmp_path, needles)} == set(needles)
    assert (await station.close(ballot)).sealed
    assert left(station, tmp_path, needles, keys) == []


async def test_a_silence_has_no_key_and_is_sealed_all_the_same(station: Station) -> None:
    """Who breaks it does so openly."""
    ballot = await station.open(method="silence")
    assert not station.key_dir.exists() or keys_of(station) == []
    await station.silences.break_silence(station.ana, ballot.id, "We cannot")
    assert (await station.ballots.result(station.guild_id, ballot.id)).sealed


async def first_round(station: Station, rounds: int = 2) -> tuple[BallotView, list[Actor]]:
    """A series whose first round has closed, with a paper that was left half-filled in it."""
    voters = await station.register(un=4, eu=4)
    ballot = await station.open(method="rating", rounds=rounds)
    for number, voter in enumerate(voters):
        await fill(station, voter, ballot, (1, f"a{1 + number}"), (2, "a8"))
    await station.papers.fill(voters[0], ballot.id, 2, "a3")
    return ballot, voters


async def next_round(station: Station, before: BallotView) -> BallotView:
    """The round after that one, open."""
    prepared = await station.ballots.prepare_next_round(station.facilitator, before.id)
    return await station.ballots.open(station.facilitator, prepared.id)


async def test_a_series_keeps_marks_and_key_between_its_rounds_and_nothing_after_the_last(
    station: Station, tmp_path: Path
) -> None:
    """By them a voter is shown their own last answer; when no round follows, nothing of any round is left."""
    ballot, voters = await first_round(station, rounds=3)
    needles, keys = await secrets_of(station), keys_of(station)
    marks = [needle for needle in needles if len(needle) == 64]
    assert len(marks) == 8
    for _ in range(2):
        closed = await station.close(ballot)
        assert not closed.sealed
        assert await station.value("SELECT count(*) FROM papers") == 0
        assert {needle for _, needle in files_with(tmp_path, marks)} == set(marks)
        assert keys_of(station) == keys
        ballot = await next_round(station, ballot)
        sheet = await station.papers.sheet(voters[2], ballot.id)
        assert sheet.items[0].before == (3, 0)
        for number, voter in enumerate(voters):
            await fill(station, voter, ballot, (1, "a3" if number == 2 else "a7"))
        needles += await secrets_of(station)
        assert sorted({needle for needle in needles if len(needle) == 64}) == sorted(marks), "one key"
    assert (await station.close(ballot)).sealed
    await backup(station.db.url, tmp_path / "after.db")
    assert left(station, tmp_path, needles, keys) == []
    sealed = await station.value("SELECT count(*) FROM ballots WHERE sealed_at IS NOT NULL AND NOT kept")
    assert sealed == 3
    assert (await station.audit.verify()).problems == ()


async def test_a_cancelled_round_leaves_the_round_before_it_as_it_was(
    station: Station, tmp_path: Path
) -> None:
    """Its own papers are destroyed; the key and the kept marks wait for another next round."""
    ballot, voters = await first_round(station)
    kept, keys = await secrets_of(station), keys_of(station)
    marks = [needle for needle in kept if len(needle) == 64]
    await station.close(ballot)
    second = await next_round(station, ballot)
    await fill(station, voters[0], second, (1, "a6"), (2, "a4"))
    await station.papers.fill(voters[1], second.id, 1, "a5")
    await station.ballots.cancel(station.facilitator, second.id, "Wrong text")
    assert await station.value(f"SELECT count(*) FROM votes WHERE ballot_id = {second.id}") == 0
    assert files_with(tmp_path, ['{"1":[6,0],"2":[4,0]}', '{"1":[5,0]}']) == set()
    assert {needle for _, needle in files_with(tmp_path, marks)} == set(marks)
    assert keys_of(station) == keys
    third = await next_round(station, ballot)
    assert (await station.papers.sheet(voters[2], third.id)).items[0].before == (3, 0)
    assert (await station.close(third)).sealed
    assert left(station, tmp_path, kept, keys) == []


async def test_a_series_that_is_ended_early_is_sealed_at_once(station: Station, tmp_path: Path) -> None:
    """Votes, marks, drafts and key are destroyed, and no further round can follow."""
    ballot, _ = await first_round(station)
    needles, keys = await secrets_of(station), keys_of(station)
    await station.close(ballot)
    assert (await station.ballots.end_series(station.facilitator, ballot.id)).sealed
    assert left(station, tmp_path, needles, keys) == []
    with pytest.raises(Refused):
        await next_round(station, ballot)
    assert (await station.audit.verify()).problems == ()


async def test_a_series_that_nobody_goes_on_with_ends_by_itself(station: Station, tmp_path: Path) -> None:
    """Thirty days after its last round, on record and without anybody's doing; not a day before."""
    ballot, _ = await first_round(station)
    needles, keys = await secrets_of(station), keys_of(station)
    marks = [needle for needle in needles if len(needle) == 64]
    await station.close(ballot)
    station.clock.pass_(days=29)
    await station.deadlines.run_due()
    assert {needle for _, needle in files_with(tmp_path, marks)} == set(marks)
    assert keys_of(station) == keys
    station.clock.pass_(days=2)
    await station.deadlines.run_due()
    assert left(station, tmp_path, needles, keys) == []
    assert await station.rows("SELECT actor, subject FROM ledger WHERE act = 'ballot.series_ended'") == [
        ("system", "B1")
    ]
    assert (await station.ballots.result(station.guild_id, ballot.id)).sealed
