"""One-time codes: somebody registered without an account becomes one account's, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from seminar.errors import NotAllowed, NotFound, Refused
from seminar.model import Role, Status
from services.people.codes import digest_of
from services.people.registering import NeedsNotice
from tests import stores
from tests.services.polling_station import AGAINST, FOR
from tests.services.registry import Registry
from tests.services.small_seminar import actor
from tests.small_initiative import INITIATIVE

NOTICE = INITIATIVE + '[privacy]\nnotice = "Kept for a year."\n'


async def test_a_code_makes_an_account_the_person_on_the_list(registry: Registry) -> None:
    """With what the organisers entered, once; the electorate stays as large as it was."""
    code = await registry.code_of("Elias Example", "EU", "EEAS")
    before = await registry.participants.overview(registry.guild_id)
    person = await registry.codes.redeem(registry.eli, code)
    assert (person.status, person.constituency, person.organisation) == (Status.PARTICIPANT, "EU", "EEAS")
    assert await registry.participants.enter(registry.eli, to_vote=True) == person
    assert await registry.participants.overview(registry.guild_id) == before
    with pytest.raises(Refused, match="You have entered this code already"):
        await registry.codes.redeem(registry.eli, code)
    with pytest.raises(Refused, match="was used already"):
        await registry.codes.redeem(registry.dana, code)
    await registry.whole()


async def test_of_two_who_enter_a_code_at_once_one_is_registered(registry: Registry) -> None:
    """The other is told."""
    code = await registry.code_of("Elias Example")
    results = await asyncio.gather(
        *(registry.codes.redeem(who, code) for who in (registry.eli, registry.dana)), return_exceptions=True
    )
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert await registry.value("SELECT count(*) FROM people WHERE name = 'Elias Example'") == 0


async def test_a_code_is_read_however_it_is_typed(registry: Registry) -> None:
    """Small letters, other dashes and letters that look like digits make no other code."""
    code = await registry.code_of("Elias Example")
    assert len(code) == 19 and set(code) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-")
    typed = f" {code.lower().replace('-', ' – ').replace('0', 'o').replace('1', 'l')} "
    assert digest_of(typed) == digest_of(code)
    assert (await registry.codes.redeem(registry.eli, typed)).constituency == "UN"


async def test_only_digests_of_codes_are_stored(registry: Registry) -> None:
    """Whoever reads the store cannot register as somebody."""
    code = await registry.code_of("Elias Example")
    stored = repr([await registry.rows(f'SELECT * FROM "{name}"') for name in stores.tables()])
    assert code not in stored and code.replace("-", "") not in stored
    assert digest_of(code) in stored


async def test_what_an_account_did_before_its_code_stays_its_own(registry: Registry) -> None:
    """Votes and proposals are kept; constituency and organisation become those of the list."""
    code = await registry.code_of("Elias Example", "EU", "EEAS")
    await registry.participants.declare(registry.eli, "UN")
    await registry.propose(registry.eli, title="A thing of Eli's")
    ballot = await registry.open(theme=None, references="CAP-01, CAP-02")
    await registry.vote(registry.eli, ballot, FOR, AGAINST)
    entitled = ballot.entitled
    before = await registry.participants.person(registry.eli)
    after = await registry.codes.redeem(registry.eli, code)
    assert (after.id, after.pseudonym, after.constituency) == (before.id, before.pseudonym, "EU")
    sheet = await registry.voting.sheet(registry.eli, ballot.id)
    assert [item.choice for item in sheet.items] == [FOR, AGAINST]
    result = await registry.close(ballot)
    assert (result.electorate, result.voters, result.set_aside) == (entitled - 1, 1, 0)
    assert await registry.value(f"SELECT constituency FROM electorates WHERE elector = '{after.id}'") == "EU"
    assert await registry.value("SELECT count(*) FROM people WHERE name = 'Elias Example'") == 0
    await registry.whole()


async def test_an_account_that_only_looked_around_is_bound_all_the_same(registry: Registry) -> None:
    """It is known, and not registered."""
    code = await registry.code_of("Elias Example", "EU")
    looked = await registry.participants.person(registry.eli)
    assert (await registry.codes.redeem(registry.eli, code)).id == looked.id


async def test_where_it_is_not_clear_who_somebody_is_an_organiser_is_asked(registry: Registry) -> None:
    """Another organisation, another code, a vote taken away: nothing changes, and the code stands."""
    code = await registry.code_of("Elias Example", "EU", "EEAS")
    await registry.bring(("", registry.dana.user_id, "UN", "SIPRI", ""))
    with pytest.raises(Refused, match="entered for SIPRI already, and the code is for EEAS"):
        await registry.codes.redeem(registry.dana, code)
    await registry.codes.redeem(registry.ben, await registry.code_of("Somebody Else"))
    with pytest.raises(Refused, match="registered as Somebody Else already"):
        await registry.codes.redeem(registry.ben, code)
    both = actor(77, Role.PARTICIPANT, Role.OBSERVER)
    with pytest.raises(Refused, match="you are here as an observer"):
        await registry.codes.redeem(both, code)
    held = (registry.cem.roles, ())
    await registry.participants.set(registry.organiser, registry.cem.user_id, "Cem", held, Status.OBSERVER)
    with pytest.raises(Refused, match="you are here as an observer"):
        await registry.codes.redeem(registry.cem, code)
    assert (await registry.codes.redeem(registry.eli, code)).organisation == "EEAS"


async def test_the_same_organisation_in_another_spelling_is_no_contradiction(registry: Registry) -> None:
    """Capitals and accents make no other."""
    code = await registry.code_of("Elias Example", "EU", "MINISTERE")
    await registry.bring(("", registry.dana.user_id, "UN", "Ministère", ""))
    assert (await registry.codes.redeem(registry.dana, code)).constituency == "EU"


async def test_a_code_is_entered_by_who_may_take_part_after_the_notice(registry: Registry) -> None:
    """Roles are needed as for everything else."""
    code = await registry.code_of("Elias Example")
    for somebody in (registry.organiser, replace(registry.eli, roles=frozenset())):
        with pytest.raises(NotAllowed):
            await registry.codes.ready(somebody)
        with pytest.raises(NotAllowed):
            await registry.codes.redeem(somebody, code)
    await registry.load(NOTICE)
    for act in (registry.codes.ready(registry.eli), registry.codes.redeem(registry.eli, code)):
        with pytest.raises(NeedsNotice):
            await act
    await registry.participants.acknowledge_notice(registry.eli)
    assert (await registry.codes.redeem(registry.eli, code)).notice_seen


async def test_guessing_ends_after_five_tries(registry: Registry) -> None:
    """For ten minutes, for this account alone, and with the right code too."""
    code = await registry.code_of("Elias Example")
    for number in range(5):
        with pytest.raises(Refused, match="not known here"):
            await registry.codes.redeem(registry.eli, f"AAAA-AAAA-AAAA-AA{number:02}")
    for wrong in (code, "AAAA", ""):
        with pytest.raises(Refused, match="Too many wrong codes"):
            await registry.codes.redeem(registry.eli, wrong)
    with pytest.raises(Refused, match="Too many"):
        await registry.codes.ready(registry.eli)
    await registry.codes.ready(registry.dana)
    registry.clock.pass_(minutes=10)
    assert (await registry.codes.redeem(registry.eli, code)).constituency == "UN"


async def test_an_organiser_gives_out_a_fresh_code(registry: Registry) -> None:
    """The one before is void; people entered by hand get theirs in the same way."""
    old = await registry.code_of("Elias Example")
    await registry.participants.set_unaccounted(registry.organiser, "Mia", constituency="EU")
    (fresh,) = await registry.codes.issue(registry.organiser, " elias EXAMPLE ")
    with pytest.raises(Refused, match="not known here"):
        await registry.codes.redeem(registry.eli, old)
    assert (await registry.codes.redeem(registry.eli, fresh.code)).constituency == "UN"
    (mia,) = await registry.codes.issue(registry.organiser)
    assert (mia.name, mia.constituency) == ("Mia", "EU")
    assert (await registry.codes.redeem(registry.dana, mia.code)).constituency == "EU"
    for name in (None, "Mia", "Nobody"):
        with pytest.raises(NotFound):
            await registry.codes.issue(registry.organiser, name)
    for somebody in (registry.facilitator, registry.ana):
        with pytest.raises(NotAllowed):
            await registry.codes.issue(somebody)
        with pytest.raises(NotAllowed):
            await registry.codes.without_account(somebody)


async def test_who_could_still_enter_a_code_is_offered_to(registry: Registry) -> None:
    """As long as one waits for somebody, and not those who have entered theirs."""
    assert not await registry.codes.may_enter(registry.eli)
    code = await registry.code_of("Elias Example")
    await registry.code_of("Mia")
    assert await registry.codes.may_enter(registry.eli)
    await registry.codes.redeem(registry.eli, code)
    assert not await registry.codes.may_enter(registry.eli)
    assert await registry.codes.may_enter(registry.dana)


async def test_a_code_of_another_server_is_none_here(registry: Registry) -> None:
    """Digests are looked for where they were given out."""
    await registry.initiatives.load(actor(1, guild_id=5, may_manage_server=True), INITIATIVE.encode())
    code = await registry.code_of("Elias Example")
    with pytest.raises(Refused, match="not known here"):
        await registry.codes.redeem(replace(registry.eli, guild_id=5), code)
