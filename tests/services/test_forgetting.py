"""Being forgotten: what goes, what stays, and that no backup brings anybody back."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from seminar.errors import Refused
from seminar.model import RECUSED, Status
from services.people.forgotten_list import FILE_NAME, ForgottenList
from services.people.own_data import OwnCounts
from storage import backup, drafts, outbox, schema
from storage.engine import Database
from tests import stores
from tests.services.polling_station import AGAINST, FOR
from tests.services.registry import Registry
from tests.small_initiative import INITIATIVE

BY_DELEGATION = INITIATIVE + '[rules]\nvote_by = "delegation"\n'
SECRET = "Ministry of the Forgotten"


async def dump(registry: Registry) -> str:
    """Everything the store holds, as one text."""
    return repr([await registry.rows(f'SELECT * FROM "{name}"') for name in stores.tables()])


async def busy(registry: Registry) -> str:
    """Dana has done whatever can be done, under a code, with votes under way; her person's id."""
    await registry.codes.redeem(registry.dana, await registry.code_of("Dana Real-Name", "EU", SECRET))
    await registry.propose(registry.dana, title="Mine to keep")
    await registry.recommendations.second(registry.dana, "CAP-01")
    person = await registry.participants.person(registry.dana)
    async with registry.db.write() as tx:
        await drafts.keep(
            tx,
            "draft",
            registry.guild_id,
            registry.dana.user_id,
            {"title": "Half a thought"},
            registry.clock(),
        )
        await outbox.put(
            tx,
            registry.guild_id,
            "ballot.reminder",
            1,
            registry.clock(),
            {"user_id": registry.dana.user_id},
        )
    return person.id


async def test_nothing_is_left_that_leads_to_the_person(registry: Registry) -> None:
    """Name, account, organisation, code, drafts and messages are nowhere in the store; the audit holds."""
    person_id = await busy(registry)
    done = await registry.forgetting.forget(registry.dana)
    assert done is not None and done.cards == ("CAP-03",) and done.ballots == ()
    left = await dump(registry)
    for gone in ("Dana", "Real-Name", str(registry.dana.user_id)):
        assert gone not in left, gone
    assert await registry.value(f"SELECT count(*) FROM ledger_texts WHERE text = '{SECRET}'") == 0
    assert await registry.value(f"SELECT count(*) FROM registrations WHERE organisation = '{SECRET}'") == 0
    for table in ("register_codes", "drafts", "reminders"):
        assert await registry.value(f"SELECT count(*) FROM {table}") == 0, table
    assert await registry.rows(f"SELECT user_id, name FROM people WHERE id = '{person_id}'") == [(None, "")]
    assert await registry.rows("SELECT act FROM ledger ORDER BY seq DESC LIMIT 1") == [("person.forgotten",)]
    await registry.whole()


async def test_what_they_proposed_stays_as_a_former_participants(registry: Registry) -> None:
    """With its seconds, under its reference; its card is drawn again."""
    await busy(registry)
    await registry.recommendations.second(registry.ana, "CAP-03")
    await registry.hush()
    await registry.forgetting.forget(registry.dana)
    view = await registry.recommendations.get(registry.guild_id, "CAP-03")
    assert (view.title, view.seconds, str(view.author_shown)) == ("Mine to keep", 1, "a former participant")
    assert await registry.rows("SELECT kind, subject FROM outbox") == [("card.refresh", "CAP-03")]
    assert await registry.forgetting.unreached(registry.guild_id, ("CAP-03",)) == ("CAP-03",)


async def test_whatever_may_name_them_is_drawn_again(registry: Registry) -> None:
    """What theirs was merged into, what they amended and where they argued; nothing else. What they said
    stays, without the way to their message."""
    for title in ("Theirs", "What it became", "What that became", "Amended", "Argued", "Untouched"):
        await registry.propose(registry.dana if title == "Theirs" else registry.ben, "TRN", title)
    person, at = await registry.participants.person(registry.dana), registry.clock()
    ids = [number for (number,) in await registry.rows("SELECT id FROM recommendations WHERE theme = 'TRN'")]
    guild_id = registry.guild_id
    async with registry.db.write() as tx:
        for before, after in ((0, 1), (1, 2)):
            kin = {"predecessor_id": ids[before], "successor_id": ids[after], "kind": "merged"}
            await tx.execute(insert(schema.lineage).values(guild_id=guild_id, at=at, **kin))
        asked = {"recommendation_id": ids[3], "number": 2, "author_id": person.id, "status": "open"}
        await tx.execute(insert(schema.amendments).values(guild_id=guild_id, created_at=at, **asked))
        said = {
            "recommendation_id": ids[4],
            "number": 1,
            "stance": "for",
            "text": "Because.",
            "link": "there",
        }
        whose = {"person_id": person.id, "added_by": person.id, "at": at}
        await tx.execute(insert(schema.contributions).values(guild_id=guild_id, **said, **whose))
    assert await registry.own_data.counts(person.id) == OwnCounts(amendments=1, contributions=1)
    await registry.hush()
    done = await registry.forgetting.forget(registry.dana)
    assert done is not None and done.cards == tuple(f"TRN-0{number}" for number in range(1, 6))
    assert await registry.rows("SELECT kind, subject FROM outbox ORDER BY id") == [
        *(("card.refresh", reference) for reference in done.cards),
        ("amendment.refresh", "TRN-04/2"),
        ("arguments.refresh", "TRN-05"),
    ]
    assert await registry.rows("SELECT text, link FROM contributions") == [("Because.", None)]


@pytest.mark.parametrize("secrecy", ["secret", "open"])
async def test_open_votes_are_withdrawn_and_closed_ones_stay(registry: Registry, secrecy: str) -> None:
    """Before closing the vote is as if it had never been; afterwards the tally stands."""
    await registry.participants.enter(registry.dana)
    await registry.participants.enter(registry.ben)
    first = await registry.open(theme=None, references="CAP-01", secrecy=secrecy)
    await registry.vote(registry.dana, first, FOR)
    await registry.vote(registry.ben, first, AGAINST)
    await registry.close(first)
    second = await registry.open(
        theme=None, references="CAP-02", secrecy=secrecy, results="live", purpose="indicative"
    )
    await registry.propose(registry.ben, title="Something else altogether")
    third = await registry.open(theme=None, references="CAP-03", method="rating", secrecy=secrecy)
    await registry.vote(registry.dana, second, FOR)
    await registry.vote(registry.ben, second, FOR)
    await registry.papers.fill(registry.dana, third.id, 1, "a8")
    await registry.papers.submit(registry.dana, third.id)
    await registry.papers.fill(registry.dana, third.id, 1, "a7")
    record = await registry.rows("SELECT * FROM cast_votes ORDER BY ballot_id, number")
    await registry.forgetting.forget(registry.dana)
    assert await registry.value(f"SELECT count(*) FROM votes WHERE ballot_id = {second.id}") == 1
    assert await registry.value(f"SELECT count(*) FROM votes WHERE ballot_id = {third.id}") == 0
    assert await registry.value("SELECT count(*) FROM papers") == 0
    assert await registry.value("SELECT count(*) FROM live_changes") == 2
    assert await registry.rows("SELECT * FROM cast_votes ORDER BY ballot_id, number") == record
    result = await registry.close(second)
    assert (result.voters, result.set_aside) == (1, 0)
    await registry.whole()


async def test_answers_kept_for_a_further_round_go_too(registry: Registry) -> None:
    """They are the person's, though their round has closed."""
    for who in (registry.dana, registry.ben):
        await registry.participants.enter(who)
    ballot = await registry.open(theme=None, references="CAP-01", method="rating", rounds=2)
    for who in (registry.dana, registry.ben):
        await registry.papers.fill(who, ballot.id, 1, "a8")
        await registry.papers.submit(who, ballot.id)
    await registry.close(ballot)
    assert await registry.value("SELECT count(*) FROM votes") == 2
    await registry.forgetting.forget(registry.dana)
    assert await registry.value("SELECT count(*) FROM votes") == 1
    await registry.whole()


async def test_a_vote_is_not_found_without_its_key_and_then_not_counted(registry: Registry) -> None:
    """The person is forgotten all the same, and told."""
    await registry.participants.enter(registry.dana)
    ballot = await registry.open(theme=None, references="CAP-01")
    await registry.vote(registry.dana, ballot, FOR)
    await registry.vote(registry.ben, ballot, FOR)
    (key,) = registry.key_dir.glob("*.key")
    hidden = key.with_suffix(".away")
    key.rename(hidden)
    done = await registry.forgetting.forget(registry.dana)
    assert done is not None and done.ballots == ("B1",)
    hidden.rename(key)
    result = await registry.close(ballot)
    assert (result.voters, result.set_aside) == (1, 1)
    await registry.whole()


async def test_a_delegation_keeps_its_vote_while_it_has_anybody_left(registry: Registry) -> None:
    """And nothing of who cast it; with its last member its vote goes."""
    await registry.load(BY_DELEGATION)
    await registry.bring(
        ("", registry.dana.user_id, "UN", "EEAS", ""), ("", registry.eli.user_id, "UN", "EEAS", "")
    )
    ballot = await registry.open(theme=None, references="CAP-01")
    await registry.vote(registry.dana, ballot, FOR)
    await registry.forgetting.forget(registry.dana)
    assert await registry.rows("SELECT choice, cast_by FROM votes") == [("for", None)]
    sheet = await registry.voting.sheet(registry.eli, ballot.id)
    assert [(item.choice, item.cast_by) for item in sheet.items] == [("for", None)]
    await registry.forgetting.forget(registry.eli)
    assert await registry.value("SELECT count(*) FROM votes") == 0
    await registry.whole()


async def test_who_comes_back_is_new(registry: Registry) -> None:
    """Another person, another pseudonym, no constituency, and no second vote of the one before."""
    before = await busy(registry)
    ballot = await registry.open(theme=None, references="CAP-01")
    await registry.vote(registry.dana, ballot, RECUSED)  # type: ignore[arg-type]
    await registry.forgetting.forget(registry.dana)
    assert await registry.forgetting.forget(registry.dana) is None
    again = await registry.participants.enter(registry.dana, to_vote=True)
    assert again.id != before and (again.constituency, again.organisation) == ("UN", None)
    assert again.status is Status.PARTICIPANT
    await registry.vote(registry.dana, ballot, FOR)
    assert (await registry.close(ballot)).voters == 1


@given(st.integers(0, 12))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_vote_in_the_same_moment_is_withdrawn_or_refused(registry: Registry, before: int) -> None:
    """Or is that of who comes back; nothing is left that stands for nobody, and nobody votes twice."""
    await registry.participants.enter(registry.dana)
    ballot = await registry.open(theme=None, references="CAP-01", purpose="indicative")
    acts = [registry.voting.cast(registry.dana, ballot.id, 1, FOR) for _ in range(before)]
    later = [registry.voting.cast(registry.dana, ballot.id, 1, AGAINST) for _ in range(6)]
    results = await asyncio.gather(
        *acts, registry.forgetting.forget(registry.dana), *later, return_exceptions=True
    )
    assert all(isinstance(one, Refused) for one in results if isinstance(one, BaseException))
    result = await registry.close(ballot)
    assert result.set_aside == 0 and result.voters <= 1
    await registry.whole()
    await registry.forgetting.forget(registry.dana)


async def test_somebody_unknown_leaves_no_trace_by_asking(registry: Registry) -> None:
    """Nothing is written, in the store or beside it."""
    before = await dump(registry)
    assert await registry.forgetting.forget(registry.eli) is None
    assert await dump(registry) == before and not (registry.key_dir / FILE_NAME).exists()


async def test_a_facilitator_can_be_forgotten_too(registry: Registry) -> None:
    """Ballots they prepared stay, and nobody knows whose they were."""
    ballot = await registry.open(theme=None, references="CAP-01")
    await registry.forgetting.forget(registry.facilitator)
    assert "Fay" not in await dump(registry)
    await registry.close(ballot)
    await registry.whole()


async def test_nothing_is_done_where_the_list_cannot_be_written(registry: Registry, tmp_path: Path) -> None:
    """Else a restored backup would bring the person back."""
    await registry.participants.enter(registry.dana)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    registry.forgetting._list = ForgottenList(blocked)
    before = await dump(registry)
    with pytest.raises(Refused, match="cannot be"):
        await registry.forgetting.forget(registry.dana)
    assert await dump(registry) == before


async def test_a_restored_backup_forgets_again(registry: Registry, tmp_path: Path) -> None:
    """Whoever was forgotten since, under the name on a list too; whoever was not stays."""
    code = await registry.code_of("Dana Real-Name", "EU", SECRET)
    await registry.participants.enter(registry.dana)
    await registry.participants.enter(registry.eli)
    copy = tmp_path / "before.db"
    await backup.backup(registry.db.url, copy)
    await registry.codes.redeem(registry.dana, code)
    await registry.forgetting.forget(registry.dana)
    assert await registry.forgetting.again() == 0

    restored = Registry(await Database.open(f"sqlite:///{copy}"), registry.clock, key_dir=registry.key_dir)
    try:
        assert "Real-Name" in await dump(restored)
        assert await restored.forgetting.again() == 2
        left = await dump(restored)
        assert "Dana" not in left and "Eli" in left
        assert await restored.value("SELECT count(*) FROM register_codes") == 0
        acts = await restored.rows("SELECT actor, act FROM ledger ORDER BY seq DESC LIMIT 2")
        assert acts == [("system", "person.forgotten")] * 2
        assert await restored.forgetting.again() == 0
        await restored.whole()
    finally:
        await restored.db.close()


async def test_the_list_holds_random_ids_and_mends_itself(registry: Registry) -> None:
    """One a line, for nobody else to read; lost with its folder, it is written anew from the store."""
    person = await registry.participants.enter(registry.dana)
    await registry.forgetting.forget(registry.dana)
    path = registry.key_dir / FILE_NAME
    assert path.read_text().split() == [person.id]
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("half a li")
    other = await registry.participants.enter(registry.eli)
    await registry.forgetting.forget(registry.eli)
    assert registry.forgotten.ids() == {other.id}
    assert await registry.forgetting.again() == 0
    assert registry.forgotten.ids() == {person.id, other.id}
    shutil.rmtree(registry.key_dir)
    assert await registry.forgetting.again() == 0
    assert registry.forgotten.ids() == {person.id, other.id}


async def test_a_list_that_cannot_be_read_is_no_empty_list(registry: Registry) -> None:
    """The start is refused rather than somebody brought back."""
    registry.key_dir.mkdir(exist_ok=True)
    (registry.key_dir / FILE_NAME).mkdir()
    with pytest.raises(Refused, match="cannot be read"):
        await registry.forgetting.again()


async def test_ones_data_is_everything_and_no_secret_vote_of_a_closed_ballot(registry: Registry) -> None:
    """As JSON: what was written, what was done, and votes as far as it is still known whose they are."""
    assert await registry.own_data.export(registry.dana) is None
    await busy(registry)
    closed = await registry.open(theme=None, references="CAP-01")
    named = await registry.open(theme=None, references="CAP-02", secrecy="open")
    for ballot in (closed, named):
        await registry.vote(registry.dana, ballot, AGAINST)
        await registry.close(ballot)
    paper = await registry.open(theme=None, references="CAP-03", method="rating")
    await registry.papers.fill(registry.dana, paper.id, 1, "a3")
    data = json.loads(await registry.own_data.export(registry.dana) or b"")
    assert data["person"]["name"] == "Dana" and data["person"]["organisation"] == SECRET
    assert data["person"]["discord_id"] == str(registry.dana.user_id)
    assert [one["reference"] for one in data["recommendations"]] == ["CAP-03"]
    assert [one["title"] for one in data["versions"]] == ["Mine to keep"]
    assert [one["reference"] for one in data["seconds"]] == ["CAP-01"]
    assert [(one["ballot"], one["voted"]) for one in data["entitled"]] == [(1, 1), (2, 1)]
    assert [(one["ballot"], one["choice"]) for one in data["votes_in_closed_open_ballots"]] == [
        (2, "against")
    ]
    (held,) = data["votes_in_ballots_under_way"]
    assert (held["ballot"], held["votes"], held["filling_in"]) == ("B3", [], '{"1":[3,0]}')
    assert [one["fields"] for one in data["drafts"]] == [{"title": "Half a thought"}]
    assert [one["kind"] for one in data["private_messages_waiting"]] == ["ballot.reminder"]
    assert data["code"][0]["name"] == "Dana Real-Name"
    assert "participant.bound" in [one["act"] for one in data["ledger"]]
    assert "Ben" not in json.dumps(data)
    (registry.key_dir / next(registry.key_dir.glob("*.key")).name).unlink()
    data = json.loads(await registry.own_data.export(registry.dana) or b"")
    assert "cannot be read" in data["votes_in_ballots_under_way"][0]["unknown"]
