"""Organisations as delegations, and who holds a vote where each delegation has one."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from seminar.errors import Invalid, NotAllowed
from seminar.model import Actor, Role, Status, VoteBy
from services.people.registering import NeedsConstituency, Person, elector_of
from storage import delegations, electorates
from storage.electorates import EntitledRow
from tests.services.small_seminar import GUILD, Seminar, actor
from tests.small_initiative import INITIATIVE

BY_DELEGATION = INITIATIVE + '[rules]\nvote_by = "delegation"\n'


async def enter(house: Seminar, who: Actor, organisation: str | None, **also: str | Status) -> Person:
    """What an organiser enters for somebody with an account."""
    return await house.participants.set(
        house.organiser,
        who.user_id,
        who.name,
        (who.roles, who.constituencies),
        organisation=organisation,
        **also,  # type: ignore[arg-type]
    )


async def electors(house: Seminar, vote_by: VoteBy = VoteBy.DELEGATION) -> dict[str, EntitledRow]:
    """The electorate by elector; its size is the one that is announced."""
    async with house.db.read() as tx:
        rows = await electorates.entitled(tx, GUILD, vote_by)
        assert await electorates.count_entitled(tx, GUILD, vote_by) == len(rows)
    return {row.elector: row for row in rows}


async def stored_names(house: Seminar) -> list[str]:
    async with house.db.read() as tx:
        found = await tx.exec_driver_sql("SELECT name FROM delegations ORDER BY name")
        return [name for (name,) in found]


async def test_an_organisation_spelled_otherwise_is_the_same_delegation(house: Seminar) -> None:
    """Capitals, accents, spaces and what nobody can see make no second vote; the first name stays."""
    first = await enter(house, house.ana, "Ministère de la Défense")
    assert first.delegation is not None
    for spelled in (
        "MINISTERE DE LA DEFENSE",
        "  ministère   de la\tdéfense ",
        "Ministe\u0300re de la De\u0301fense",
        "Mini\u200bstère de la Défense\ufeff",
        "\uff2dinistère de la Défense",
    ):
        assert (await enter(house, house.ben, spelled)).delegation == first.delegation, spelled
    assert await stored_names(house) == ["Ministère de la Défense"]
    assert (await enter(house, house.ben, "Ministère de l'Intérieur")).delegation != first.delegation


async def test_an_organisation_entered_twice_at_once_is_one_delegation(house: Seminar) -> None:
    """Neither entry fails."""
    entered = await asyncio.gather(
        enter(house, house.ana, "EEAS"), enter(house, house.ben, "eeas"), enter(house, house.cem, "Eeas")
    )
    assert len({person.delegation for person in entered}) == 1


async def test_ids_of_delegations_tell_nothing(house: Seminar) -> None:
    """Neither id nor pseudonym is made of the name, and the two are not the same."""
    await enter(house, house.ana, "EEAS")
    await enter(house, house.ben, "SIPRI")
    for elector, row in (await electors(house)).items():
        assert len(elector) == len(row.pseudonym) == 22
        assert elector != row.pseudonym
        assert "EEAS" not in elector + row.pseudonym and "SIPRI" not in elector + row.pseudonym


async def test_the_same_organisation_is_another_delegation_in_another_server(house: Seminar) -> None:
    """And the members of one are not shown in the other."""
    await house.initiatives.load(actor(1, guild_id=5, may_manage_server=True), INITIATIVE.encode())
    here = await enter(house, house.ana, "EEAS")
    there = await house.participants.set(
        actor(2, Role.ORGANISER, guild_id=5), 11, "Ana", (house.ana.roles, ()), organisation="EEAS"
    )
    assert here.delegation is not None and there.delegation is not None
    assert here.delegation != there.delegation
    assert await house.participants.delegation_names(GUILD, here.delegation) == {here.id: "Ana"}
    assert await house.participants.delegation_names(5, here.delegation) == {}


async def test_two_people_of_one_organisation_are_one_elector(house: Seminar) -> None:
    """Where people vote for themselves they are two all the same."""
    ana = await enter(house, house.ana, "EEAS")
    ben = await enter(house, house.ben, "eeas")
    assert ana.delegation is not None
    together = await electors(house)
    assert list(together) == [ana.delegation]
    members = together[ana.delegation].members
    assert {(one.person_id, one.user_id) for one in members} == {(ana.id, 11), (ben.id, 12)}
    assert set(await electors(house, VoteBy.PERSON)) == {ana.id, ben.id}


async def test_a_delegation_speaks_for_the_constituency_of_most_of_its_members(house: Seminar) -> None:
    """Equal numbers are decided by code, and who has none decides nothing."""
    await enter(house, house.cem, "EEAS")
    (row,) = (await electors(house)).values()
    assert row.constituency is None
    await enter(house, house.ana, "EEAS", constituency="UN")
    (row,) = (await electors(house)).values()
    assert row.constituency == "UN"
    await enter(house, house.ben, "EEAS", constituency="EU")
    (row,) = (await electors(house)).values()
    assert row.constituency == "EU", "one for each, and EU comes before UN"
    await enter(house, house.cem, None, constituency="UN")
    (row,) = (await electors(house)).values()
    assert row.constituency == "UN", "two to one"


async def test_observers_are_no_members(house: Seminar) -> None:
    """They neither make a delegation an elector nor decide for whom it speaks, nor are they named."""
    obi = await enter(house, house.obi, "EEAS", constituency="EU")
    assert obi.delegation is not None
    assert await electors(house) == {}
    ana = await enter(house, house.ana, "EEAS")
    (row,) = (await electors(house)).values()
    assert (row.constituency, [one.person_id for one in row.members]) == ("UN", [ana.id])
    assert await house.participants.delegation_names(GUILD, obi.delegation) == {ana.id: "Ana"}
    await enter(house, house.ana, None, status=Status.OBSERVER)
    assert await electors(house) == {}


async def test_who_is_in_no_organisation_holds_no_vote(house: Seminar) -> None:
    """In the electorate of people they are, in that of delegations not."""
    ana = await enter(house, house.ana, None)
    await enter(house, house.ben, "EEAS")
    assert ana.delegation is None
    assert len(await electors(house)) == 1
    assert len(await electors(house, VoteBy.PERSON)) == 2


@pytest.mark.parametrize("nothing", ["", "   ", "\u200b\u2060", "\u3164"])
async def test_taking_the_organisation_away_leaves_the_delegation(house: Seminar, nothing: str) -> None:
    """Text that shows nothing takes it away too; leaving the organisation out changes neither."""
    before = await enter(house, house.ana, "EEAS")
    kept = await enter(house, house.ana, None, constituency="EU")
    assert (kept.organisation, kept.delegation) == ("EEAS", before.delegation)
    gone = await enter(house, house.ana, nothing)
    assert (gone.organisation, gone.delegation) == (None, None)
    assert await electors(house) == {}
    assert (await enter(house, house.ana, "eeas")).delegation == before.delegation


async def test_changing_the_organisation_moves_the_person_at_once(house: Seminar) -> None:
    """The next act knows it, and so does a process that starts anew."""
    await house.load(BY_DELEGATION)
    before = await enter(house, house.ana, "EEAS")
    assert (await house.participants.enter(house.ana, to_vote=True)).delegation == before.delegation
    after = await enter(house, house.ana, "SIPRI")
    assert after.delegation not in (None, before.delegation)
    assert (await house.participants.enter(house.ana, to_vote=True)).delegation == after.delegation
    restarted = Seminar(house.db, house.clock)
    assert await restarted.participants.enter(house.ana, to_vote=True) == after
    assert list(await electors(house)) == [after.delegation]


async def test_where_delegations_vote_only_their_members_are_let_vote(house: Seminar) -> None:
    """Whoever is in none may do everything else, and votes as soon as an organiser has entered them."""
    person = await house.participants.enter(house.ana)
    assert elector_of(person, VoteBy.PERSON) == person.id
    with pytest.raises(NotAllowed, match="One vote is held by each delegation here, and you are entered"):
        elector_of(person, VoteBy.DELEGATION)
    entered = await enter(house, house.ana, "EEAS")
    assert elector_of(entered, VoteBy.DELEGATION) == entered.delegation
    with pytest.raises(NotAllowed, match="entered in none"):
        elector_of(await enter(house, house.ana, ""), VoteBy.DELEGATION)


async def test_a_member_without_a_constituency_is_asked_for_it_all_the_same(house: Seminar) -> None:
    """A delegation does not answer for whom its members speak; they do."""
    await house.load(BY_DELEGATION)
    await enter(house, house.cem, "EEAS")
    with pytest.raises(NeedsConstituency):
        await house.participants.enter(house.cem, to_vote=True)
    assert (await house.participants.declare(house.cem, "EU")).delegation is not None


async def test_an_observer_in_a_delegation_does_not_vote_for_it(house: Seminar) -> None:
    """The sentence is the observers', also for a participant whose role was just exchanged."""
    await house.load(BY_DELEGATION)
    await enter(house, house.obi, "EEAS")
    with pytest.raises(NotAllowed, match="observers may discuss"):
        await house.participants.enter(house.obi, to_vote=True)
    await enter(house, house.ana, "EEAS")
    observing = replace(house.ana, roles=frozenset({Role.OBSERVER}))
    with pytest.raises(NotAllowed, match="observers may discuss"):
        await house.participants.enter(observing, to_vote=True)
    assert await electors(house) == {}


async def test_registering_oneself_keeps_the_delegation(house: Seminar) -> None:
    """A constituency of one's own choice, or a new name, changes nothing about it."""
    entered = await enter(house, house.cem, "EEAS")
    chosen = await house.participants.declare(house.cem, "UN")
    renamed = await house.participants.enter(replace(house.cem, name="Cem B."))
    assert chosen.delegation == renamed.delegation == entered.delegation is not None


async def test_the_names_of_a_delegation_are_those_its_members_have_now(house: Seminar) -> None:
    """In order of name, people without an account among them; an unknown delegation has nobody."""
    ben = await enter(house, house.ben, "EEAS")
    ana = await enter(house, house.ana, "EEAS")
    zoe = await house.participants.set_unaccounted(
        house.organiser, "Zoë", constituency="EU", organisation="eeas"
    )
    await enter(house, house.cem, "SIPRI")
    assert ana.delegation is not None
    await house.participants.enter(replace(house.ana, name="Maria"))
    named = await house.participants.delegation_names(GUILD, ana.delegation)
    assert list(named.items()) == [(ben.id, "Ben"), (ana.id, "Maria"), (zoe.id, "Zoë")]
    assert await house.participants.delegation_names(GUILD, "nothing") == {}


@pytest.mark.parametrize(
    "hostile",
    ["**EEAS** <@&5> @everyone", "=cmd|'/c calc'!A1", "'; DROP TABLE delegations; --", "𝕊 👩‍👩‍👧 ع"],
)
async def test_a_hostile_organisation_is_a_name_like_any_other(house: Seminar, hostile: str) -> None:
    """Stored as typed, found again as typed."""
    person = await enter(house, house.ana, hostile)
    assert (await enter(house, house.ben, hostile)).delegation == person.delegation is not None
    assert await stored_names(house) == [hostile]


async def test_an_organisation_that_is_refused_founds_no_delegation(house: Seminar) -> None:
    """Too long, or for somebody who cannot be registered."""
    with pytest.raises(Invalid, match="at most 100"):
        await enter(house, house.ana, "x" * 101)
    with pytest.raises(Invalid, match="neither a participant nor an observer"):
        await enter(house, house.facilitator, "EEAS")
    with pytest.raises(Invalid, match="observers have no vote"):
        await enter(house, house.obi, "EEAS", status=Status.PARTICIPANT)
    assert await stored_names(house) == []


async def test_a_delegation_is_found_again_in_the_transaction_that_made_it(house: Seminar) -> None:
    """Entries of one file that name it twice make it once."""
    async with house.db.write() as tx:
        first = await delegations.of_organisation(tx, GUILD, "Österreich")
        assert await delegations.of_organisation(tx, GUILD, "osterreich") == first
        assert await delegations.members(tx, GUILD, first) == {}
