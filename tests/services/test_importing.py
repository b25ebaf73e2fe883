"""Importing a list of participants: what it would do, what it does, and what it must never do."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.statements import counted
from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import Role, Status
from storage import ledger
from tests.services.registry import FIRST_ID, Registry, as_csv, names
from tests.services.small_seminar import GUILD, actor
from tests.small_initiative import INITIATIVE

OTHER = actor(4, Role.ORGANISER, name="Otto")


async def test_a_list_is_looked_at_and_applied_when_it_is_confirmed(registry: Registry) -> None:
    """Before, nothing is registered; afterwards everybody is, and those without an account get codes."""
    before = await registry.registered()
    preview = await registry.look(
        ("Mia Moser", "", "un", "EEAS", ""),
        ("", FIRST_ID, "", "", "observer"),
        ("Ben", FIRST_ID + 1, "EU", "", ""),
        ("Nobody", "", "XX", "", ""),
    )
    assert (preview.registered, preview.changed, preview.codes, len(preview.refused)) == (3, 0, 1, 1)
    assert await registry.registered() == before
    assert preview.id is not None
    done = await registry.importing.apply(registry.organiser, preview.id)
    assert (done.registered, done.changed, names(done.codes)) == (3, 0, ["Mia Moser"])
    added = {name: row for name, row in (await registry.registered()).items() if name not in before}
    assert added == {
        "Mia Moser": (None, "participant", "UN", "EEAS"),
        str(FIRST_ID): (FIRST_ID, "observer", None, None),
        "Ben": (FIRST_ID + 1, "participant", "EU", None),
    }


async def test_what_is_left_out_stays_and_what_is_given_changes(registry: Registry) -> None:
    """The same list again does nothing; one that differs changes that alone, and voids no code."""
    rows = (("Mia Moser", "", "UN", "EEAS", ""), ("", registry.dana.user_id, "UN", "SIPRI", ""))
    await registry.bring(*rows)
    again = await registry.look(*rows)
    assert (again.id, again.unchanged) == (None, 2)
    done = await registry.bring(
        (" mía  MOSER", "", "EU", "", "observer"), ("", registry.dana.user_id, "", "", "")
    )
    assert (done.registered, done.changed, done.codes) == (0, 1, ())
    found = await registry.registered()
    assert found["mía MOSER"] == (None, "observer", "EU", "EEAS")
    assert await registry.value("SELECT count(*) FROM register_codes") == 1


async def test_people_may_be_registered_before_they_come(registry: Registry) -> None:
    """They are entitled, act as they are entered, and still need the role; Discord says their name."""
    await registry.bring(("", registry.dana.user_id, "EU", "EEAS", ""))
    stranger = replace(registry.dana, roles=frozenset())
    with pytest.raises(NotAllowed):
        await registry.participants.enter(stranger, to_vote=True)
    person = await registry.participants.enter(registry.dana, to_vote=True)
    assert (person.name, person.constituency, person.organisation) == ("Dana", "EU", "EEAS")
    observing = replace(registry.dana, roles=frozenset({Role.PARTICIPANT, Role.OBSERVER}))
    with pytest.raises(NotAllowed, match="not vote"):
        await registry.participants.enter(observing, to_vote=True)


async def test_what_is_remembered_of_people_is_never_what_was_before_an_import(registry: Registry) -> None:
    """Somebody who acts right after it acts as they are entered, and so does whoever acts meanwhile."""
    await registry.participants.enter(registry.dana, to_vote=True)
    preview = await registry.look(("", registry.dana.user_id, "EU", "", ""))
    assert preview.id is not None
    acting = [registry.participants.enter(registry.dana) for _ in range(20)]
    await asyncio.gather(registry.importing.apply(registry.organiser, preview.id), *acting)
    assert (await registry.participants.enter(registry.dana, to_vote=True)).constituency == "EU"
    await registry.bring(("", registry.dana.user_id, "", "", "observer"))
    with pytest.raises(NotAllowed, match="observer"):
        await registry.participants.enter(registry.dana, to_vote=True)


async def test_only_organisers_import_and_each_their_own_lists(registry: Registry) -> None:
    """A plan is its sender's, once, for a week, and as long as they are an organiser."""
    for somebody in (registry.facilitator, registry.ana):
        with pytest.raises(NotAllowed):
            await registry.importing.preview(somebody, "a.csv", as_csv([("name",), ("Mia",)]))
        with pytest.raises(NotAllowed):
            await registry.importing.ready(somebody)
    preview = await registry.look(("Mia", "", "UN", "", ""))
    assert preview.id is not None
    for wrong in (OTHER, replace(registry.organiser, guild_id=5)):
        if wrong.guild_id == 5:
            await registry.initiatives.load(actor(1, guild_id=5, may_manage_server=True), INITIATIVE.encode())
        with pytest.raises(NotFound, match="no longer waiting"):
            await registry.importing.apply(wrong, preview.id)
        await registry.importing.drop(wrong, preview.id)
    with pytest.raises(NotAllowed):
        await registry.importing.apply(replace(registry.organiser, roles=frozenset()), preview.id)
    restarted = registry.restarted()
    registry.clock.pass_(days=6, hours=23)
    await restarted.importing.apply(registry.organiser, preview.id)
    with pytest.raises(NotFound, match="no longer waiting"):
        await restarted.importing.apply(registry.organiser, preview.id)


async def test_a_list_that_waits_too_long_is_gone(registry: Registry) -> None:
    """After a week nobody knows any more what it would do, and the next list sweeps it away."""
    first, second = (
        await registry.look(("Mia", "", "UN", "", "")),
        await registry.look(("Leo", "", "UN", "", "")),
    )
    assert first.id is not None and second.id is not None
    await registry.importing.drop(registry.organiser, second.id)
    registry.clock.now += timedelta(days=7, seconds=1)
    with pytest.raises(NotFound):
        await registry.importing.apply(registry.organiser, first.id)
    await registry.look(("Leo", "", "UN", "", ""))
    assert await registry.value("SELECT count(*) FROM imports") == 1


async def test_what_has_changed_meanwhile_is_found_when_it_is_confirmed(registry: Registry) -> None:
    """Then nothing is applied, not even the rows that could be."""
    preview = await registry.look(("Mia", "", "UN", "", ""), ("Leo", "", "EU", "", ""))
    before = await registry.registered()
    await registry.load(INITIATIVE.replace('code = "EU"', 'code = "EUI"'))
    assert preview.id is not None
    with pytest.raises(Refused, match=r"1 row can no longer be taken\. Row 3: There is no constituency EU"):
        await registry.importing.apply(registry.organiser, preview.id)
    assert await registry.registered() == before


async def test_nobody_comes_into_the_electorate_twice(registry: Registry) -> None:
    """By account and by name, under a list's name and a display name, or in two rows."""
    await registry.participants.enter(registry.dana)
    await registry.participants.set_unaccounted(registry.organiser, "Mia", constituency="UN")
    preview = await registry.look(
        ("DANA", "", "UN", "", ""),
        ("Mia", registry.dana.user_id, "UN", "", ""),
        ("Noah", "", "", "", ""),
    )
    told = [str(one.why) for one in preview.refused]
    assert "Somebody with an account is called so" in told[0]
    assert "Mia is registered without an account too" in told[1]
    assert "Noah would be in the electorate" in told[2]
    assert preview.id is None


async def test_an_id_on_the_list_gives_somebody_known_by_name_their_account(registry: Registry) -> None:
    """The same person, as long as that account is nobody yet; their code is void from then on."""
    code = await registry.code_of("Eli Example", "EU", "EEAS")
    ids = await registry.rows("SELECT id FROM people WHERE name = 'Eli Example'")
    done = await registry.bring(("Eli Example", registry.eli.user_id, "", "", ""))
    assert (done.registered, done.changed) == (0, 1)
    assert await registry.rows(f"SELECT id FROM people WHERE user_id = {registry.eli.user_id}") == ids
    person = await registry.participants.enter(registry.eli, to_vote=True)
    assert (person.constituency, person.organisation) == ("EU", "EEAS")
    with pytest.raises(Refused, match="not known here"):
        await registry.codes.redeem(registry.dana, code)


async def test_a_list_finds_again_whoever_has_entered_their_code(registry: Registry) -> None:
    """Under the name it has for them, whatever Discord calls them: they are changed, not registered anew."""
    await registry.codes.redeem(registry.eli, await registry.code_of("Elias Example", "EU"))
    done = await registry.bring(("elias example", "", "UN", "SIPRI", ""))
    assert (done.registered, done.changed, done.codes) == (0, 1, ())
    assert (await registry.registered())["Eli"] == (registry.eli.user_id, "participant", "UN", "SIPRI")
    with pytest.raises(Refused, match="has an account now"):
        await registry.participants.set_unaccounted(registry.organiser, "Elias Example", constituency="UN")
    preview = await registry.look(
        ("Elias Example", "", "", "", ""), ("Eli", registry.eli.user_id, "", "", "")
    )
    assert [str(one.why) for one in preview.refused] == ["Row 2 is about the same person."]


async def test_a_list_is_on_the_ledger_without_a_name(registry: Registry) -> None:
    """One entry, with numbers and a digest of who was registered for whom, which is kept beside it."""
    await registry.bring(
        ("Mia Moser", "", "UN", "Ministry of Mine", ""), ("", FIRST_ID, "EU", "", "observer")
    )
    async with registry.db.read() as tx:
        (entry,) = [one for one in await ledger.entries(tx, GUILD) if one.act == "participants.imported"]
    body = json.loads(entry.body)
    assert (body["registered"], body["changed"], body["codes"]) == (2, 0, 1)
    ((text,),) = await registry.rows(f"SELECT text FROM ledger_texts WHERE digest = '{body['list']}'")
    people = await registry.rows("SELECT user_id, name, pseudonym FROM people")
    pseudonyms = {user_id or name: pseudonym for user_id, name, pseudonym in people}
    ((delegation,),) = await registry.rows("SELECT pseudonym FROM delegations")
    assert json.loads(str(text)) == [
        [pseudonyms["Mia Moser"], "participant", "UN", delegation],
        [pseudonyms[FIRST_ID], "observer", "EU", None],
    ]
    assert "Mia" not in entry.body + str(text) and "Ministry" not in entry.body + str(text)
    await registry.whole()


async def test_organisations_of_a_list_are_delegations_however_they_are_spelled(registry: Registry) -> None:
    """Each once; and each holds its vote."""
    await registry.participants.set_unaccounted(
        registry.organiser, "Zoe", constituency="UN", organisation="Ministère"
    )
    await registry.bring(
        ("Mia", "", "UN", "MINISTERE", ""), ("Leo", "", "UN", "Office", ""), ("Pia", "", "UN", "office", "")
    )
    assert await registry.value("SELECT count(*) FROM delegations") == 2
    assert await registry.value("SELECT count(*) FROM registrations WHERE delegation_id IS NOT NULL") == 4


@pytest.mark.parametrize("text", ["", "Mia;UN\n", "constituency\nUN\n"])
async def test_a_file_that_is_no_list_changes_nothing(registry: Registry, text: str) -> None:
    """And keeps nothing."""
    with pytest.raises(Invalid):
        await registry.importing.preview(registry.organiser, "a.csv", text.encode())
    assert await registry.value("SELECT count(*) FROM imports") == 0


async def test_ten_thousand_rows_take_a_bounded_number_of_statements(registry: Registry) -> None:
    """New, changed and without an account: no more than a handful for each two thousand rows."""
    people = [(f"Person {n}", "", "UN", f"Office {n % 50}", "") for n in range(4_000)]
    accounts = [("", FIRST_ID + n, "EU", f"Office {n % 50}", "") for n in range(6_000)]
    sent = []
    for rows, codes in ((people[:10] + accounts[:10], 10), (people + accounts, 3_990)):
        preview = await registry.look(*rows)
        assert preview.id is not None and preview.refused == ()
        with counted() as statements:
            done = await registry.importing.apply(registry.organiser, preview.id)
        assert len(done.codes) == codes
        sent.append(len(statements))
    few, many = sent
    pieces = 5 + 5 + 2  # of 2,000: people, registrations, codes
    assert many <= few + pieces
    assert await registry.value("SELECT count(*) FROM registrations") == 10_000 + 1
    changed = [("", FIRST_ID + n, "UN", "", "observer") for n in range(6_000)]
    preview = await registry.look(*changed)
    assert preview.id is not None and preview.changed == 6_000
    with counted() as statements:
        await registry.importing.apply(registry.organiser, preview.id)
    assert len(statements) <= few + pieces
    overview = await registry.participants.overview(GUILD)
    assert (overview.participants, overview.observers) == (4_001, 6_000)
    person = await registry.participants.enter(actor(FIRST_ID + 5, Role.PARTICIPANT, name="Five"))
    assert person.status is Status.OBSERVER
