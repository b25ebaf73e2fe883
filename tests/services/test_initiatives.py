"""Loading an initiative, again and again."""

from __future__ import annotations

import json

import pytest

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from storage import events as event_rows
from storage import ledger, outbox
from tests.services.small_seminar import GUILD, Seminar, actor
from tests.small_initiative import INITIATIVE

WITHOUT_SSR = INITIATIVE.replace('[[themes]]\ncode = "SSR"\ntitle = "Security sector reform"\n', "").replace(
    'themes = ["SSR", "TRN"]', 'themes = ["TRN"]'
)
WITHOUT_CAP = INITIATIVE.replace('[[themes]]\ncode = "CAP"\ntitle = "Military capabilities"\n', "").replace(
    'themes = ["CAP", "TRN"]', 'themes = ["TRN"]'
)
WITHOUT_ROME = INITIATIVE.replace(
    INITIATIVE[INITIATIVE.index("[[events]]") : INITIATIVE.rindex("[[events]]")], ""
)


async def test_the_first_initiative_needs_permission_to_manage_the_server(bare: Seminar) -> None:
    """No roles are known yet, so an organiser by claim alone cannot load the first file."""
    with pytest.raises(NotAllowed, match="manage the server"):
        await bare.load(by=bare.organiser)
    with pytest.raises(NotFound, match="no initiative"):
        await bare.initiatives.current(GUILD)


async def test_whoever_manages_the_server_loads_the_first_initiative(bare: Seminar) -> None:
    """It is current from then on, and said to be the first."""
    loaded = await bare.initiatives.load(bare.owner, INITIATIVE.encode())
    assert loaded.first
    assert await bare.initiatives.current(GUILD) is loaded.initiative


async def test_after_that_only_organisers_load(house: Seminar) -> None:
    """Managing the server is not enough once roles are known, and neither is facilitating."""
    for person in (house.owner, house.facilitator, house.ana):
        with pytest.raises(NotAllowed, match="organisers"):
            await house.load(by=person)
        with pytest.raises(NotAllowed, match="organisers"):
            await house.initiatives.preview(person, INITIATIVE.encode())


async def test_a_preview_shows_the_changes_and_applies_none(house: Seminar) -> None:
    """What was current stays current until the file is loaded."""
    before = await house.initiatives.current(GUILD)
    changed = INITIATIVE.replace("Rome seminar", "Rome high-level seminar").encode()
    preview = await house.initiatives.preview(house.organiser, changed)
    assert not preview.first
    assert any("Rome high-level seminar" in str(line) for line in preview.changes)
    assert await house.initiatives.current(GUILD) is before
    loaded = await house.initiatives.load(house.organiser, changed)
    assert loaded.changes == preview.changes
    assert (await house.initiatives.current(GUILD)).event("ROM").title == "Rome high-level seminar"


async def test_the_same_file_again_changes_nothing(house: Seminar) -> None:
    """Loading is repeatable."""
    assert (await house.initiatives.preview(house.organiser, INITIATIVE.encode())).changes == ()


async def test_what_was_loaded_is_there_after_a_restart(house: Seminar) -> None:
    """The stored document reads back as the initiative it was."""
    before = await house.initiatives.current(GUILD)
    assert await Seminar(house.db, house.clock).initiatives.current(GUILD) == before


async def test_a_theme_with_recommendations_cannot_vanish(rome: Seminar) -> None:
    """The file is refused, and the initiative stays as it was."""
    await rome.propose(rome.ana, "CAP")
    before = await rome.initiatives.current(GUILD)
    for act in (rome.initiatives.preview, rome.initiatives.load):
        with pytest.raises(Invalid, match="CAP has recommendations"):
            await act(rome.organiser, WITHOUT_CAP.encode())
    assert await rome.initiatives.current(GUILD) is before


async def test_a_theme_counts_as_used_though_its_only_recommendation_was_withdrawn(rome: Seminar) -> None:
    """A reference that was given stays given."""
    rec = await rome.propose(rome.ana, "CAP")
    await rome.recommendations.withdraw(rome.ana, rec.reference)
    with pytest.raises(Invalid, match="CAP has recommendations"):
        await rome.load(WITHOUT_CAP)


async def test_a_theme_without_recommendations_may_go_and_come_back(rome: Seminar) -> None:
    """Its numbers go on where they stopped."""
    await rome.load(WITHOUT_SSR)
    with pytest.raises(NotFound, match="SSR"):
        (await rome.initiatives.current(GUILD)).theme("SSR")
    await rome.load(INITIATIVE)
    assert (await rome.initiatives.current(GUILD)).theme("SSR").title == "Security sector reform"


async def test_an_open_event_cannot_vanish(rome: Seminar) -> None:
    """It has a channel people are in; it is closed first."""
    with pytest.raises(Refused, match="ROM is open"):
        await rome.load(WITHOUT_ROME)
    await rome.events.close(rome.organiser, "ROM")
    await rome.load(WITHOUT_ROME)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b"#" * (1024 * 1024 + 1), "1 MiB"),
        (INITIATIVE.replace('code = "TRN"', 'code = "CAP"').encode(), "given twice"),
        (INITIATIVE.replace("2014-10-24", "2014-10-20").encode(), "ends before it starts"),
    ],
)
async def test_a_file_with_problems_is_refused_and_changes_nothing(
    house: Seminar, data: bytes, said: str
) -> None:
    """Each with a sentence that says what to mend."""
    before = await house.initiatives.current(GUILD)
    with pytest.raises(Invalid, match=said):
        await house.initiatives.load(house.organiser, data)
    assert await house.initiatives.current(GUILD) is before


async def test_loading_is_on_the_ledger_without_the_words_of_the_file(house: Seminar) -> None:
    """The entry names codes and a digest; who loaded it appears under a pseudonym."""
    async with house.db.read() as tx:
        (entry,) = await ledger.entries(tx, GUILD)
    assert entry.act == "initiative.loaded"
    assert json.loads(entry.body)["themes"] == ["CAP", "TRN", "SSR"]
    assert "Rome" not in entry.body
    assert entry.actor not in ("1", "Olga Owner")


async def test_a_refused_load_leaves_no_trace(rome: Seminar) -> None:
    """Neither rows nor ledger entries of it are stored."""
    await rome.propose(rome.ana, "CAP")
    async with rome.db.read() as tx:
        before = await ledger.head(tx, GUILD), await event_rows.fetch_all(tx, GUILD)
    with pytest.raises(Invalid):
        await rome.load(WITHOUT_CAP)
    async with rome.db.read() as tx:
        assert (await ledger.head(tx, GUILD), await event_rows.fetch_all(tx, GUILD)) == before


async def test_each_server_has_its_own_initiative(house: Seminar) -> None:
    """Loading in one server changes nothing in another."""
    other = actor(1, guild_id=GUILD + 1, may_manage_server=True)
    changed = INITIATIVE.replace("EU-UN Peacekeeping Partnerships Initiative", "Another seminar").encode()
    assert (await house.initiatives.load(other, changed)).first
    assert (await house.initiatives.current(GUILD)).head.title == "EU-UN Peacekeeping Partnerships Initiative"
    assert (await house.initiatives.current(GUILD + 1)).head.title == "Another seminar"


async def test_loading_again_has_the_panels_of_open_events_drawn_again(rome: Seminar) -> None:
    """A theme that is called otherwise now is called so in the room too."""
    async with rome.db.write() as tx:
        for row in await outbox.due(tx, rome.clock()):
            await outbox.sent(tx, row.id)
    await rome.initiatives.load(rome.organiser, INITIATIVE.encode())
    async with rome.db.read() as tx:
        assert [(row.kind, row.subject) for row in await outbox.due(tx, rome.clock())] == [
            ("event.opened", "ROM")
        ]
