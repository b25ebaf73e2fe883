"""Two processes on one PostgreSQL server: what each checks still holds when it commits.

SQLite lets one process write at a time, so nothing of this can go wrong there.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from seminar.errors import Refused
from seminar.model import Actor
from services.drafting.amendments import AmendmentView
from services.voting.ballot_views import BallotRequest, BallotView, Recorded
from storage.engine import Database
from tests import stores
from tests.services.every_method import ITEMS, hold_all
from tests.services.polling_station import AGAINST, FOR, Station
from tests.services.small_seminar import StillClock
from tests.services.test_delegation_voting import BY_DELEGATION, enter

pytestmark = pytest.mark.postgres("SQLite lets one process write at a time; `make postgres` runs it")


class Pair(NamedTuple):
    """Two processes of one deployment."""

    here: Station
    there: Station


@pytest.fixture
async def pair(empty_store: str, tmp_path: Path) -> AsyncIterator[Pair]:
    """Two processes on a store with recommendations on CAP in Rome."""
    url, clock, keys = stores.shelf().copy(empty_store, tmp_path / "pair"), StillClock(), tmp_path / "keys"
    databases = [await Database.open(url), await Database.open(url)]
    made = Pair(*(Station(db, clock, key_dir=keys) for db in databases))
    await made.here.set_up(items=ITEMS)
    await made.there.participants.person(made.there.facilitator)
    yield made
    for db in databases:
        await db.close()


async def both_open(
    pair: Pair, first: int, second: int
) -> tuple[BallotView | BaseException, BallotView | BaseException]:
    """One process opens one ballot, the other another, at once."""
    await pair.there.ballots.view(pair.there.facilitator.guild_id, second)  # its connection is made
    return await asyncio.gather(
        pair.here.ballots.open(pair.here.facilitator, first),
        pair.there.ballots.open(pair.there.facilitator, second),
        return_exceptions=True,
    )


async def test_every_method_is_held_and_audited_there(pair: Pair) -> None:
    """As on SQLite, with the other process as the auditor."""
    await hold_all(pair.here)
    report = await pair.there.audit.verify()
    assert (report.problems, report.ballots) == ((), 10)


@pytest.mark.parametrize("_time", range(4))
async def test_of_two_decisions_on_one_text_opened_at_once_one_is_held(pair: Pair, _time: int) -> None:
    """Each would be right alone; the second is told of the first."""
    request = BallotRequest(references="CAP-01")
    one = await pair.here.ballots.prepare(pair.here.facilitator, request)
    other = await pair.here.ballots.prepare(pair.here.facilitator, request)
    answers = await both_open(pair, one.id, other.id)
    assert [isinstance(answer, Refused) for answer in answers].count(True) == 1
    assert await pair.here.value("SELECT count(*) FROM ballots WHERE status = 'open'") == 1


@pytest.mark.parametrize("_time", range(4))
async def test_a_text_withdrawn_while_it_is_opened_is_one_or_the_other(pair: Pair, _time: int) -> None:
    """Never withdrawn and under vote."""
    prepared = await pair.here.ballots.prepare(pair.here.facilitator, BallotRequest(references="CAP-01"))
    await pair.there.ballots.view(pair.there.facilitator.guild_id, prepared.id)
    answers = await asyncio.gather(
        pair.here.ballots.open(pair.here.facilitator, prepared.id),
        pair.there.recommendations.withdraw(pair.there.ana, "CAP-01"),
        return_exceptions=True,
    )
    assert [isinstance(answer, Refused) for answer in answers].count(True) == 1
    state = await pair.here.value("SELECT state FROM recommendations WHERE reference = 'CAP-01'")
    assert state == ("withdrawn" if isinstance(answers[0], Refused) else "voting")


@pytest.mark.parametrize("_time", range(4))
async def test_a_series_is_not_ended_under_a_round_that_opens(pair: Pair, _time: int) -> None:
    """Either the round is open and its predecessor's votes are kept, or neither."""
    first = await pair.here.open(method="rating", references="CAP-01", rounds=2)
    await pair.here.close(first)
    prepared = await pair.here.ballots.prepare_next_round(pair.here.facilitator, first.id)
    await pair.there.ballots.view(pair.there.facilitator.guild_id, prepared.id)
    await asyncio.gather(
        pair.there.ballots.open(pair.there.facilitator, prepared.id),
        pair.here.ballots.end_series(pair.here.facilitator, first.id),
        return_exceptions=True,
    )
    ((kept,), (status,)) = (
        *await pair.here.rows(f"SELECT kept FROM ballots WHERE id = {first.id}"),
        *await pair.here.rows(f"SELECT status FROM ballots WHERE id = {prepared.id}"),
    )
    assert (kept, status) in ((True, "open"), (False, "prepared"))


async def test_two_members_of_a_delegation_in_two_processes_end_in_one_clear_state(pair: Pair) -> None:
    """One of them is told what they replaced, and both hold the receipt that counts."""
    await pair.here.load(BY_DELEGATION)
    await enter(pair.here, pair.here.ana, "EEAS")
    await enter(pair.here, pair.here.ben, "EEAS")
    there = pair.there.restarted()
    for number in range(1, 9):
        ballot = await pair.here.open(references=f"CAP-{number:02}")
        await pair.here.voting.sheet(pair.here.ana, ballot.id)
        await there.voting.sheet(there.ben, ballot.id)
        answers: tuple[Recorded, Recorded] = await asyncio.gather(
            pair.here.voting.cast(pair.here.ana, ballot.id, 1, FOR),
            there.voting.cast(there.ben, ballot.id, 1, AGAINST),
        )
        stored = await pair.here.value(f"SELECT receipt FROM votes WHERE ballot_id = {ballot.id}")
        assert [one.receipt for one in answers] == [stored, stored]
        assert sorted(one.replaced or "" for one in answers) in (["", "Ana"], ["", "Ben"])


async def test_one_organisation_entered_in_two_processes_at_once_is_one_delegation(pair: Pair) -> None:
    """Neither organiser is turned away."""
    await pair.there.participants.overview(pair.there.ana.guild_id)
    for name in ("EEAS", "SIPRI", "DCAF", "ZIF"):
        await asyncio.gather(
            enter(pair.here, pair.here.ana, name), enter(pair.there, pair.there.ben, name.lower())
        )
    assert await pair.here.value("SELECT count(*) FROM delegations") == 4
    assert await pair.here.value("SELECT count(DISTINCT delegation_id) FROM registrations") == 1


async def ask(station: Station, who: Actor, old: str, new: str) -> AmendmentView:
    """An amendment to CAP-01 as it stands."""
    rec = await station.recommendations.get(station.guild_id, "CAP-01")
    fields = {**rec.wording.fields, "text": rec.text.replace(old, new)}
    return await station.amendments.propose(who, "CAP-01", rec.version, fields, "", secrets.token_hex(8))


@pytest.mark.parametrize("_time", range(4))
async def test_of_two_conflicting_amendments_accepted_at_once_one_is(pair: Pair, _time: int) -> None:
    """By author and facilitator in two processes: one text, and the other amendment waits in conflict."""
    await ask(pair.here, pair.here.ben, "first day", "first hour")
    await ask(pair.here, pair.here.cem, "first day", "first week")
    answers = await asyncio.gather(
        pair.here.amendments.accept(pair.here.ana, "CAP-01", 1),
        pair.there.amendments.accept(pair.there.facilitator, "CAP-01", 2),
        return_exceptions=True,
    )
    assert sorted(isinstance(answer, Refused) for answer in answers) == [False, True], answers
    found = await pair.there.amendments.all_of(pair.there.guild_id, "CAP-01")
    assert sorted((one.status.value, one.conflicting) for one in found) == [
        ("accepted", False),
        ("open", True),
    ]
    assert (await pair.there.audit.verify()).problems == ()


@pytest.mark.parametrize("_time", range(4))
async def test_no_text_changes_under_a_ballot_that_opens_at_once(pair: Pair, _time: int) -> None:
    """What is voted on is the text that stands, whichever of the two came first."""
    await ask(pair.here, pair.here.ben, "first day", "first hour")
    prepared = await pair.here.ballots.prepare(pair.here.facilitator, BallotRequest(references="CAP-01"))
    await pair.there.amendments.view(pair.there.guild_id, "CAP-01", 1)  # its connection is made
    opened, accepted = await asyncio.gather(
        pair.here.ballots.open(pair.here.facilitator, prepared.id),
        pair.there.amendments.accept(pair.there.ana, "CAP-01", 1),
        return_exceptions=True,
    )
    for answer in (opened, accepted):
        assert not isinstance(answer, BaseException) or isinstance(answer, Refused), answer
    if not isinstance(opened, BaseException):
        (pinned,) = await pair.here.rows("SELECT version FROM ballot_items WHERE removed_at IS NULL")
        rec = await pair.here.recommendations.get(pair.here.guild_id, "CAP-01")
        assert pinned == (rec.version,)
