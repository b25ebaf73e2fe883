"""A store that moves: every table is the same on the other side, and what was under way goes on."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from seminar.errors import Invalid, NotFound, Refused
from storage import backup, copying, drafts, migrate
from storage.copying import Copy, Differs
from storage.engine import Database
from storage.schema import drafts as draft_table
from storage.schema import ledger_texts, logos, metadata, people
from tests import stores
from tests.services.conference_hall import Hall
from tests.services.every_method import fill
from tests.services.polling_station import AGAINST, FOR, Station
from tests.services.small_seminar import GUILD, StillClock
from tests.soaking import amount

ON_SERVER = pytest.mark.postgres("it needs both databases; `make postgres` runs it")
PICTURE = bytes(range(256)) * 20


def file(path: Path) -> str:
    return f"sqlite:///{path}"


async def busy(station: Station) -> tuple[int, int]:
    """A ballot open with votes, one with a paper half filled in, a draft and a logo; the ballots' ids."""
    for number in (16, 17, 18):
        await station.propose(station.ana, title=f"Recommendation {number}")
    voting = await station.open(references="CAP-16", reasons="all")
    await station.vote(station.ana, voting, FOR)
    await station.voting.cast(station.ben, voting.id, 1, AGAINST, "Пока нет — «рано» 🕊")
    paper = await station.open(method="rating", references="CAP-17")
    await fill(station, station.ana, paper, (1, "a7"))
    await station.papers.fill(station.ben, paper.id, 1, "a3")
    async with station.db.write() as tx:
        fields = {"title": "Où ça ?", "text": 'a "quoted" \\ line\nand another', "list": [1, None, True]}
        await drafts.keep(tx, "draft-1", GUILD, 11, fields, station.clock())
        await tx.execute(
            insert(logos).values(guild_id=GUILD, image=PICTURE, alt="Hände", loaded_at=station.clock())
        )
    return voting.id, paper.id


async def moved(station: Station, tmp_path: Path) -> tuple[Station, Copy, Copy]:
    """The station over a store that went into a file and back to where tests have theirs."""
    await station.db.close()
    there = await copying.copy(station.db.url, file(tmp_path / "between.db"))
    back = stores.shelf().new(tmp_path / "back.db")
    here = await copying.copy(file(tmp_path / "between.db"), back)
    return Station(await Database.open(back), station.clock, key_dir=station.key_dir), there, here


async def test_a_store_comes_back_as_it_went_and_goes_on(voted_on_all: Station, tmp_path: Path) -> None:
    """Ballots of every method, closed and open: the same checksums, a sound audit, and votes that count."""
    voting, paper = await busy(voted_on_all)
    before = await voted_on_all.audit.verify()
    station, there, here = await moved(voted_on_all, tmp_path)
    assert there == here
    assert {table.name for table in there.tables} == set(metadata.tables)
    rows = {table.name: table.rows for table in there.tables}
    assert rows["votes"] == 3 and rows["papers"] == 1 and rows["logos"] == 1
    ((chain),) = there.chains
    assert (chain.guild_id, chain.entries) == (GUILD, before.entries)
    assert await station.audit.verify(None, chain.head) == before
    async with station.db.read() as tx:
        assert await tx.scalar(select(logos.c.image)) == PICTURE
    sheet = await station.voting.sheet(station.ben, voting)
    assert sheet.items[0].choice == AGAINST
    await station.voting.cast(station.ben, voting, 1, FOR)
    await station.papers.submit(station.ben, paper)
    for ballot_id, voters in ((voting, 2), (paper, 2)):
        result = await station.ballots.close(station.facilitator, ballot_id)
        assert result is not None and (result.voters, result.sealed) == (voters, True)
    another = await station.open(method="points", references="CAP-18", points=3)
    assert another.id > paper
    assert (await station.audit.verify()).problems == ()
    await station.db.close()


@pytest.mark.thorough
async def test_a_conference_and_what_follows_it_come_back_too(held: Hall, tmp_path: Path) -> None:
    """Drafting, amendments, arguments, lineage, agenda and follow-up."""
    before = await held.audit.verify()
    station, there, here = await moved(held, tmp_path)
    assert there == here
    rows = {table.name: table.rows for table in there.tables}
    for name in ("amendments", "contributions", "lineage", "conference_items", "follow_ups"):
        assert rows[name], name
    assert await station.audit.verify() == before
    assert before.problems == ()
    await station.db.close()


ANYTHING = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=40)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.thorough
@settings(
    max_examples=amount(3, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(ANYTHING, max_size=6),
    forms=st.lists(st.dictionaries(ANYTHING, JSON, max_size=4), max_size=4),
    image=st.binary(max_size=200),
    ids=st.lists(st.integers(0, 2**63 - 1), unique=True, max_size=4),
)
def test_whatever_stands_in_a_store_comes_back(
    empty_store: str,
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str],
    forms: list[dict[str, object]],
    image: bytes,
    ids: list[int],
) -> None:
    """Any text, any JSON, any bytes, ids of 64 bits."""
    folder = tmp_path_factory.mktemp("anything")
    now = StillClock()()

    async def play() -> None:
        url = stores.shelf().copy(empty_store, folder / "anything.db")
        db = await Database.open(url)
        async with db.write() as tx:
            for text in texts:
                await tx.execute(
                    insert(ledger_texts).values(
                        digest=secrets.token_hex(32), guild_id=7, salt=secrets.token_hex(16), text=text
                    )
                )
            for form in forms:
                await tx.execute(
                    insert(draft_table).values(
                        id=secrets.token_urlsafe(16), guild_id=7, user_id=1, fields=form, created_at=now
                    )
                )
            for user_id in ids:
                await tx.execute(
                    insert(people).values(
                        id=secrets.token_urlsafe(16),
                        guild_id=2**63 - 1,
                        user_id=user_id,
                        name=(texts or ["nobody"])[0],
                        pseudonym=secrets.token_urlsafe(16),
                    )
                )
        async with db.read() as tx:
            known = [list(await tx.execute(select(table))) for table in (ledger_texts, draft_table, people)]
        await db.close()
        there = await copying.copy(url, file(folder / "between.db"))
        back = stores.shelf().new(folder / "back.db")
        assert await copying.copy(file(folder / "between.db"), back) == there
        db = await Database.open(back)
        async with db.read() as tx:
            for table, rows in zip((ledger_texts, draft_table, people), known, strict=True):
                assert sorted(map(repr, await tx.execute(select(table)))) == sorted(map(repr, rows))
        await db.close()
        for one in (url, back):
            stores.shelf().drop(one)

    asyncio.run(play())


async def test_a_store_is_not_moved_to_where_something_is(station: Station, tmp_path: Path) -> None:
    """Not over a file, be it a letter, nor to itself, nor to a folder that is not there."""
    await station.db.close()
    (tmp_path / "letter.db").write_text("Dear colleagues")
    with pytest.raises(Refused, match=r"something at .*letter"):
        await copying.copy(station.db.url, file(tmp_path / "letter.db"))
    with pytest.raises(Refused, match=r"something at|not empty"):
        await copying.copy(station.db.url, station.db.url)
    with pytest.raises(Refused, match=r"no folder .*attic"):
        await copying.copy(station.db.url, file(tmp_path / "attic" / "new.db"))
    with pytest.raises(Invalid):
        await copying.copy(station.db.url, "mysql://h/d")
    with pytest.raises(NotFound):
        await copying.copy(file(tmp_path / "nowhere.db"), file(tmp_path / "new.db"))
    assert [one.name for one in tmp_path.glob("*new*")] + [one.name for one in tmp_path.glob(".*")] == []


async def test_a_store_of_another_version_or_with_a_torn_ledger_is_not_moved(
    station: Station, tmp_path: Path
) -> None:
    """What is wrong with it is said, and nothing is left where it would have gone."""
    await station.db.close()
    target = file(tmp_path / "new.db")
    stores.shelf().change(station.db.url, "UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(Refused, match="db upgrade"):
        await copying.copy(station.db.url, target)
    stores.shelf().change(
        station.db.url,
        f"UPDATE alembic_version SET version_num = '{migrate.HEAD}'",
        "UPDATE ledger SET actor = 'x' WHERE seq = 2",
    )
    with pytest.raises(Refused, match="ledger row"):
        await copying.copy(station.db.url, target)
    with pytest.raises(Refused, match="ledger row"):
        await backup.backup(station.db.url, tmp_path / "new.db")
    assert [one.name for one in tmp_path.glob("*new*")] + [one.name for one in tmp_path.glob(".*")] == []


@ON_SERVER
async def test_a_store_in_use_is_neither_moved_nor_replaced(station: Station, tmp_path: Path) -> None:
    """Even by a bot that does nothing; a backup may be taken all the same."""
    await station.value("SELECT 1")
    with pytest.raises(Refused, match="in use"):
        await copying.copy(station.db.url, file(tmp_path / "new.db"))
    await backup.backup(station.db.url, tmp_path / "copy.db")
    with pytest.raises(Refused, match="in use"):
        await backup.restore(station.db.url, tmp_path / "copy.db")
    with pytest.raises(Refused, match="in use"):
        await migrate.downgrade(station.db.url, "0004")
    assert await station.states() == ["admitted", "admitted"]


@ON_SERVER
async def test_a_copy_that_is_not_the_same_is_taken_away_again(
    empty_store: str, station: Station, tmp_path: Path
) -> None:
    """The table is named; the next try, to where nothing interferes, succeeds."""
    await station.db.close()
    await copying.copy(station.db.url, file(tmp_path / "between.db"))
    target = stores.shelf().copy(empty_store, tmp_path / "target")
    stores.shelf().change(
        target,
        "CREATE FUNCTION louder() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.title = upper(NEW.title); RETURN NEW; END $$",
        "CREATE TRIGGER louder BEFORE INSERT ON versions FOR EACH ROW EXECUTE FUNCTION louder()",
    )
    with pytest.raises(Differs, match="table versions"):
        await copying.copy(file(tmp_path / "between.db"), target)
    assert stores.shelf().rows(target, "SELECT count(*) FROM people") == [(0,)]
    stores.shelf().change(target, "DROP FUNCTION louder CASCADE")
    await copying.copy(file(tmp_path / "between.db"), target)
    with pytest.raises(Refused, match="not empty"):
        await copying.copy(file(tmp_path / "between.db"), target)


@ON_SERVER
@pytest.mark.parametrize(
    ("change", "table"),
    [
        (
            "UPDATE versions SET title = 'half' || char(0) || 'a title' WHERE recommendation_id = 1",
            "versions",
        ),
        (
            "UPDATE recommendations SET theme = 'CAP', event = 'ROM', number = 'x' WHERE id = 2",
            "recommendations",
        ),
        ("UPDATE people SET pseudonym = pseudonym || 'and much more' WHERE user_id = 11", "people"),
        ("UPDATE versions SET addressees = 'no JSON' WHERE recommendation_id = 1", "versions"),
        ("UPDATE versions SET text = x'ff00' WHERE recommendation_id = 1", "versions"),
    ],
)
async def test_what_a_server_does_not_take_is_named_by_its_table(
    station: Station, tmp_path: Path, change: str, table: str
) -> None:
    """SQLite holds what nobody should have put there; nothing is left on the server."""
    await station.db.close()
    await copying.copy(station.db.url, file(tmp_path / "between.db"))
    stores.Files().change(file(tmp_path / "between.db"), change)
    target = stores.shelf().new(tmp_path / "target")
    with pytest.raises(Refused, match=f"table {table} "):
        await copying.copy(file(tmp_path / "between.db"), target)
    assert stores.shelf().rows(target, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


@ON_SERVER
async def test_a_backup_of_a_server_is_a_file_that_brings_it_back(station: Station, tmp_path: Path) -> None:
    """The store that was there is kept in a schema of its own, and other tables stay where they are."""
    copy = tmp_path / "copy.db"
    await backup.backup(station.db.url, copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    await station.propose(station.ana, title="A third")
    await station.db.close()
    stores.shelf().change(station.db.url, "CREATE TABLE of_somebody_else (n int)")
    assert await backup.restore(station.db.url, copy) == "before_restore_1"
    assert await backup.restore(station.db.url, copy) == "before_restore_2"
    found = stores.shelf().rows_of(
        station.db.url,
        "SELECT count(*) FROM recommendations",
        "SELECT count(*) FROM before_restore_1.recommendations",
        "SELECT count(*) FROM of_somebody_else",
    )
    assert found == [[(2,)], [(3,)], [(0,)]]
    db = await Database.open(station.db.url)
    again = Station(db, station.clock, key_dir=station.key_dir)
    await again.propose(again.ana, title="Another third")
    assert await again.states() == ["admitted"] * 3
    assert (await again.audit.verify()).problems == ()
    await db.close()


@ON_SERVER
async def test_an_older_backup_is_brought_up_to_date_on_its_way(station: Station, tmp_path: Path) -> None:
    """And a bad one replaces nothing."""
    copy = tmp_path / "copy.db"
    await backup.backup(station.db.url, copy)
    await migrate.downgrade(file(copy), "0004")
    await station.db.close()
    assert await backup.restore(station.db.url, copy) == "before_restore_1"
    copy.write_text("Dear colleagues, " * 1000)
    with pytest.raises(Refused, match="damaged"):
        await backup.restore(station.db.url, copy)
    assert stores.shelf().rows(station.db.url, "SELECT version_num FROM alembic_version") == [(migrate.HEAD,)]
    new = stores.shelf().new(tmp_path / "new")
    await migrate.upgrade(file(tmp_path / "other.db"))
    assert await backup.restore(new, tmp_path / "other.db") is None


def test_progress_is_told_table_by_table(empty_store: str, tmp_path: Path) -> None:
    """Every table once at least, in the order of writing."""
    told: list[str] = []
    url = stores.shelf().copy(empty_store, tmp_path / "seminar.db")
    asyncio.run(copying.copy(url, file(tmp_path / "new.db"), lambda table, _rows: told.append(table)))
    assert tuple(dict.fromkeys(told)) == copying.TABLES
