"""How people come to be registered, and for whom they speak."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import event as sql_event

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import Role, Status, VoteBy
from services.people.registering import NeedsConstituency, NeedsNotice
from storage import electorates, ledger
from tests.services.small_seminar import GUILD, Seminar, actor
from tests.small_initiative import INITIATIVE

NOTICE = INITIATIVE + '[privacy]\nnotice = "Your proposals are kept for a year."\n'
NO_CHOICE = INITIATIVE + "[rules]\nself_declaration = false\n"
NO_CONSTITUENCIES = (
    INITIATIVE[: INITIATIVE.index("[[constituencies]]")] + INITIATIVE[INITIATIVE.index("[[themes]]") :]
)
BOTH = ("UN", "EU")


async def test_the_first_act_registers_a_participant_for_the_constituency_of_their_role(
    house: Seminar,
) -> None:
    """Nothing has to be asked of somebody who holds exactly one."""
    ana = await house.participants.enter(house.ana, to_vote=True)
    assert (ana.status, ana.constituency) == (Status.PARTICIPANT, "UN")


async def test_registering_is_on_the_ledger_under_a_pseudonym(house: Seminar) -> None:
    """Once, however often the person acts; neither name nor Discord id stands there."""
    ana = await house.participants.enter(house.ana)
    await house.participants.enter(house.ana)
    async with house.db.read() as tx:
        entries = [entry for entry in await ledger.entries(tx, GUILD) if "participant" in entry.act]
    (entry,) = entries
    assert (entry.act, entry.actor, entry.subject) == ("participant.registered", ana.pseudonym, ana.pseudonym)
    assert "Ana" not in entry.body
    assert ana.pseudonym != str(house.ana.user_id)


async def test_looking_somebody_up_registers_nobody(house: Seminar) -> None:
    """The row exists, the registration does not."""
    assert (await house.participants.person(house.ana)).status is None
    assert (await house.participants.overview(GUILD)).participants == 0


async def test_a_facilitator_or_organiser_alone_is_not_registered(house: Seminar) -> None:
    """Their roles give no vote."""
    for person in (house.facilitator, house.organiser):
        with pytest.raises(NotAllowed, match="participants and observers"):
            await house.participants.enter(person, to_vote=True)
    assert (await house.participants.overview(GUILD)).participants == 0


async def test_the_observer_role_wins_over_the_participant_role(house: Seminar) -> None:
    """Who holds both may enter, as an observer, and may not vote."""
    both = actor(20, Role.PARTICIPANT, Role.OBSERVER, constituencies=("UN",))
    assert (await house.participants.enter(both)).status is Status.OBSERVER
    with pytest.raises(NotAllowed, match="not vote"):
        await house.participants.enter(both, to_vote=True)


async def test_a_participant_who_becomes_an_observer_loses_the_vote_at_once(house: Seminar) -> None:
    """And it is stored although the act itself is refused."""
    await house.participants.enter(house.ana)
    observing = replace(house.ana, roles=frozenset({Role.PARTICIPANT, Role.OBSERVER}))
    with pytest.raises(NotAllowed, match="not vote"):
        await house.participants.enter(observing, to_vote=True)
    overview = await house.participants.overview(GUILD)
    assert (overview.participants, overview.observers) == (0, 1)


async def test_only_an_organiser_makes_an_observer_a_participant_again(house: Seminar) -> None:
    """It may have been an organiser who took the vote away."""
    await house.participants.set(
        house.organiser, house.ana.user_id, "Ana", (house.ana.roles, ("UN",)), Status.OBSERVER
    )
    with pytest.raises(NotAllowed, match="An organiser can change"):
        await house.participants.enter(house.ana, to_vote=True)
    await house.participants.set(
        house.organiser, house.ana.user_id, "Ana", (house.ana.roles, ("UN",)), Status.PARTICIPANT
    )
    assert (await house.participants.enter(house.ana, to_vote=True)).status is Status.PARTICIPANT


async def test_members_of_two_constituencies_choose_once(house: Seminar) -> None:
    """They are asked at their first act, may choose only their own, and cannot choose again."""
    dan = actor(21, Role.PARTICIPANT, constituencies=BOTH)
    with pytest.raises(NeedsConstituency) as asked:
        await house.participants.enter(dan)
    assert asked.value.options == BOTH
    assert (await house.participants.overview(GUILD)).participants == 0
    chosen = await house.participants.declare(dan, "eu")
    assert (chosen.status, chosen.constituency) == (Status.PARTICIPANT, "EU")
    with pytest.raises(Refused, match="only an organiser"):
        await house.participants.declare(dan, "UN")
    assert (await house.participants.enter(dan, to_vote=True)).constituency == "EU"


async def test_two_choices_at_once_store_one(house: Seminar) -> None:
    """The second is refused, not silently applied."""
    dan = actor(21, Role.PARTICIPANT, constituencies=BOTH)
    results = await asyncio.gather(
        house.participants.declare(dan, "EU"), house.participants.declare(dan, "UN"), return_exceptions=True
    )
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert sum((await house.participants.overview(GUILD)).by_constituency.values()) == 1


async def test_without_a_constituency_role_one_is_chosen_only_for_voting(house: Seminar) -> None:
    """Proposing needs none; voting offers all of them."""
    assert (await house.participants.enter(house.cem)).constituency is None
    with pytest.raises(NeedsConstituency) as asked:
        await house.participants.enter(house.cem, to_vote=True)
    assert asked.value.options == BOTH
    await house.participants.declare(house.cem, "UN")
    assert (await house.participants.enter(house.cem, to_vote=True)).constituency == "UN"


async def test_without_self_declaration_an_organiser_must_enter_the_constituency(house: Seminar) -> None:
    """The sentence says so, and afterwards the person votes."""
    await house.load(NO_CHOICE)
    with pytest.raises(NotAllowed, match="ask an organiser"):
        await house.participants.enter(house.cem, to_vote=True)
    with pytest.raises(NotAllowed, match="ask an organiser"):
        await house.participants.declare(house.cem, "UN")
    held = (house.cem.roles, house.cem.constituencies)
    await house.participants.set(house.organiser, house.cem.user_id, "Cem", held, constituency="un")
    assert (await house.participants.enter(house.cem, to_vote=True)).constituency == "UN"


async def test_nobody_declares_a_constituency_of_others(house: Seminar) -> None:
    """With a role of one, that one it is; an unknown code is answered with those there are."""
    with pytest.raises(NotAllowed, match="EU"):
        await house.participants.declare(house.ben, "UN")
    with pytest.raises(NotFound, match="UN and EU"):
        await house.participants.declare(house.ben, "NATO")


async def test_a_role_gained_later_gives_the_constituency_that_was_missing(house: Seminar) -> None:
    """And one that is set does not follow the roles any more."""
    await house.participants.enter(house.cem)
    with_role = replace(house.cem, constituencies=("EU",))
    assert (await house.participants.enter(with_role)).constituency == "EU"
    changed = replace(house.cem, constituencies=("UN",))
    assert (await house.participants.enter(changed, to_vote=True)).constituency == "EU"


async def test_a_constituency_that_the_initiative_no_longer_has_is_asked_for_anew(house: Seminar) -> None:
    """A vote for a body that takes no part would count nowhere."""
    await house.participants.enter(house.ana)
    await house.load(INITIATIVE.replace('code = "UN"', 'code = "UNO"'))
    await house.participants.enter(replace(house.ana, constituencies=("UNO",)), to_vote=True)
    assert (await house.participants.overview(GUILD)).by_constituency == {"UNO": 1}


async def test_where_none_are_declared_nobody_is_asked(house: Seminar) -> None:
    """Voting needs no constituency then."""
    await house.load(NO_CONSTITUENCIES)
    assert (await house.participants.enter(house.cem, to_vote=True)).constituency is None


async def test_the_privacy_notice_comes_once_before_the_first_act(house: Seminar) -> None:
    """Until it is acknowledged nobody is registered, and afterwards it never comes again."""
    await house.load(NOTICE)
    with pytest.raises(NeedsNotice) as asked:
        await house.participants.enter(house.ana)
    assert asked.value.notice == "Your proposals are kept for a year."
    with pytest.raises(NeedsNotice):
        await house.participants.declare(house.cem, "UN")
    assert (await house.participants.overview(GUILD)).participants == 0
    await house.participants.acknowledge_notice(house.ana)
    await house.participants.acknowledge_notice(house.ana)
    assert (await house.participants.enter(house.ana)).notice_seen
    restarted = Seminar(house.db, house.clock)
    assert (await restarted.participants.enter(house.ana)).notice_seen


async def test_an_organiser_registers_somebody_by_the_roles_they_hold(house: Seminar) -> None:
    """Status and constituency follow the roles, unless the organiser says otherwise."""
    ana = await house.participants.set(house.organiser, 11, "Ana", (house.ana.roles, ("UN",)))
    obi = await house.participants.set(house.organiser, 14, "Obi", (house.obi.roles, ()))
    assert (ana.status, ana.constituency) == (Status.PARTICIPANT, "UN")
    assert obi.status is Status.OBSERVER
    moved = await house.participants.set(
        house.organiser, 11, "Ana", (house.ana.roles, ("UN",)), constituency="EU", organisation="EEAS"
    )
    assert (moved.id, moved.constituency, moved.organisation) == (ana.id, "EU", "EEAS")
    kept = await house.participants.set(house.organiser, 11, "Ana", (house.ana.roles, ("UN",)))
    assert (kept.constituency, kept.organisation) == ("EU", "EEAS")
    assert await house.participants.enter(house.ana, to_vote=True) == kept


async def test_only_organisers_register_others(house: Seminar) -> None:
    """Not even for oneself."""
    for person in (house.facilitator, house.ana):
        with pytest.raises(NotAllowed, match="organisers"):
            await house.participants.set(person, 11, "Ana", (house.ana.roles, ()))


async def test_nobody_is_registered_who_could_not_act(house: Seminar) -> None:
    """Without the role, or with the observer role, one would count in the electorate and have no vote."""
    with pytest.raises(Invalid, match="neither a participant nor an observer"):
        await house.participants.set(
            house.organiser, 3, "Fay", (house.facilitator.roles, ()), Status.PARTICIPANT
        )
    with pytest.raises(Invalid, match="observer role"):
        await house.participants.set(house.organiser, 14, "Obi", (house.obi.roles, ()), Status.PARTICIPANT)
    with pytest.raises(NotFound, match="UN and EU"):
        await house.participants.set(house.organiser, 11, "Ana", (house.ana.roles, ()), constituency="X1")
    with pytest.raises(Invalid, match="at most 100"):
        await house.participants.set(
            house.organiser, 11, "Ana", (house.ana.roles, ()), organisation="x" * 101
        )
    assert (await house.participants.overview(GUILD)).participants == 0


async def test_the_overview_counts_by_status_and_constituency(house: Seminar) -> None:
    """Observers are counted apart."""
    for person in (house.ana, house.ben, house.cem, house.obi):
        await house.participants.enter(person)
    overview = await house.participants.overview(GUILD)
    assert (overview.participants, overview.observers) == (3, 1)
    assert overview.by_constituency == {"UN": 1, "EU": 1, None: 1}


async def test_a_new_display_name_is_stored_at_the_next_act(house: Seminar) -> None:
    """The person stays the same."""
    before = await house.participants.enter(house.ana)
    after = await house.participants.enter(replace(house.ana, name="Ana Maria"))
    assert (after.id, after.name) == (before.id, "Ana Maria")
    assert (
        await Seminar(house.db, house.clock).participants.enter(replace(house.ana, name="Ana Maria"))
    ) == after


async def test_someone_who_is_known_acts_without_asking_the_store(house: Seminar) -> None:
    """A click in a burst must not cost a reading."""
    await house.participants.enter(house.ana, to_vote=True)
    statements = _statements(house)
    await house.participants.enter(house.ana, to_vote=True)
    assert statements == []


def _statements(house: Seminar) -> list[str]:
    """The statements that reach the store from now on."""
    statements: list[str] = []
    engines = house.db._writer.sync_engine, house.db._readers.sync_engine

    def heard(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    for engine in engines:
        sql_event.listen(engine, "before_cursor_execute", heard)
    return statements


async def test_everybody_registered_is_read_at_once_after_a_start(house: Seminar) -> None:
    """The first click after a restart is one of many: those of the others must cost no reading either."""
    people = (house.ana, house.ben, house.cem)
    before = [await house.participants.enter(person) for person in people]
    restarted = Seminar(house.db, house.clock)
    await restarted.participants.enter(house.ana)
    statements = _statements(house)
    assert [await restarted.participants.enter(person) for person in people] == before
    assert statements == []


async def test_first_acts_at_the_same_moment_make_one_person(house: Seminar) -> None:
    """A double click registers once."""
    people = await asyncio.gather(*(house.participants.enter(house.ana) for _ in range(5)))
    assert len({person.id for person in people}) == 1
    assert (await house.participants.overview(GUILD)).participants == 1


async def test_the_same_user_is_another_person_in_another_server(house: Seminar) -> None:
    """Nothing links the two pseudonyms."""
    await house.initiatives.load(actor(1, guild_id=5, may_manage_server=True), INITIATIVE.encode())
    here = await house.participants.enter(house.ana)
    there = await house.participants.enter(replace(house.ana, guild_id=5))
    assert here.id != there.id
    assert here.pseudonym != there.pseudonym


async def electorate(house: Seminar) -> set[str]:
    """The ids of those who are entitled, each voting for themselves."""
    async with house.db.read() as tx:
        return {row.elector for row in await electorates.entitled(tx, GUILD, VoteBy.PERSON)}


async def test_somebody_without_an_account_counts_in_the_electorate(house: Seminar) -> None:
    """As a participant, with nothing of Discord about them; as an observer they leave it."""
    mia = await house.participants.set_unaccounted(
        house.organiser, "  Mia\nMoser ", constituency="un", organisation="EEAS"
    )
    assert (mia.name, mia.user_id, mia.status) == ("Mia Moser", None, Status.PARTICIPANT)
    assert (mia.constituency, mia.organisation) == ("UN", "EEAS")
    assert mia.delegation is not None
    assert await electorate(house) == {mia.id}
    observing = await house.participants.set_unaccounted(house.organiser, "Mia Moser", Status.OBSERVER)
    assert observing == replace(mia, status=Status.OBSERVER)
    assert await house.participants.set_unaccounted(house.organiser, "Mia Moser") == observing
    assert await electorate(house) == set()
    overview = await house.participants.overview(GUILD)
    assert (overview.participants, overview.observers) == (0, 1)


async def test_the_same_name_changes_the_registration(house: Seminar) -> None:
    """In any spelling; what is left out stays, and the name reads as it was written last."""
    first = await house.participants.set_unaccounted(
        house.organiser, "Jose Alvarez", constituency="UN", organisation="EEAS"
    )
    for spelled in ("JOSÉ  ÁLVAREZ", "jose\u200b alvarez", "José Álvarez"):
        again = await house.participants.set_unaccounted(house.organiser, spelled)
        assert again == replace(first, name=again.name)
    moved = await house.participants.set_unaccounted(
        house.organiser, "José Álvarez", constituency="EU", organisation=""
    )
    assert moved == replace(first, name="José Álvarez", constituency="EU", organisation=None, delegation=None)
    other = await house.participants.set_unaccounted(house.organiser, "José Alvaro", constituency="UN")
    assert other.id != first.id
    assert await electorate(house) == {first.id, other.id}


async def test_entering_one_name_twice_at_once_makes_one_person(house: Seminar) -> None:
    """Two organisers with the same list do not make the electorate larger."""
    people = await asyncio.gather(
        *(
            house.participants.set_unaccounted(house.organiser, name, constituency="UN")
            for name in ("Mia Moser", "MIA MOSER", "Mía  Moser")
        )
    )
    assert len({person.id for person in people}) == 1
    assert len(await electorate(house)) == 1


async def test_a_name_does_not_reach_somebody_who_has_an_account(house: Seminar) -> None:
    """Nor the namesake in another server: they are other people."""
    ana = await house.participants.enter(house.ana)
    await house.initiatives.load(actor(1, guild_id=5, may_manage_server=True), INITIATIVE.encode())
    there = await house.participants.set_unaccounted(
        actor(2, Role.ORGANISER, guild_id=5), "Ana", constituency="EU"
    )
    namesake = await house.participants.set_unaccounted(
        house.organiser, "Ana", Status.OBSERVER, constituency="EU"
    )
    assert len({ana.id, there.id, namesake.id}) == 3
    assert await house.participants.enter(house.ana, to_vote=True) == ana
    restarted = Seminar(house.db, house.clock)
    assert await restarted.participants.enter(house.ana, to_vote=True) == ana


async def test_who_has_no_account_must_be_entered_in_a_constituency_to_vote(house: Seminar) -> None:
    """Nobody could ask them later; an observer needs none until made a participant."""
    with pytest.raises(Invalid, match=r"Mia would be in the electorate.*among UN and EU"):
        await house.participants.set_unaccounted(house.organiser, "Mia")
    mia = await house.participants.set_unaccounted(house.organiser, "Mia", Status.OBSERVER)
    assert mia.constituency is None
    with pytest.raises(Invalid, match="would be in the electorate"):
        await house.participants.set_unaccounted(house.organiser, "Mia", Status.PARTICIPANT)
    assert await electorate(house) == set()
    await house.participants.set_unaccounted(house.organiser, "Mia", Status.PARTICIPANT, constituency="EU")
    assert await electorate(house) == {mia.id}


async def test_who_has_no_account_is_entered_anew_when_their_constituency_is_gone(house: Seminar) -> None:
    """What the initiative no longer declares does not stand."""
    await house.participants.set_unaccounted(house.organiser, "Mia", constituency="UN")
    await house.load(INITIATIVE.replace('code = "UN"', 'code = "UNO"'))
    with pytest.raises(Invalid, match="among UNO and EU"):
        await house.participants.set_unaccounted(house.organiser, "Mia", organisation="EEAS")
    moved = await house.participants.set_unaccounted(house.organiser, "Mia", constituency="UNO")
    assert moved.constituency == "UNO"


async def test_where_none_are_declared_a_name_is_enough(house: Seminar) -> None:
    """And one that is not there is refused."""
    await house.load(NO_CONSTITUENCIES)
    mia = await house.participants.set_unaccounted(house.organiser, "Mia")
    assert (mia.status, mia.constituency) == (Status.PARTICIPANT, None)
    with pytest.raises(NotFound, match="no constituency UN"):
        await house.participants.set_unaccounted(house.organiser, "Mia", constituency="UN")


async def test_only_organisers_register_people_without_an_account(house: Seminar) -> None:
    """It would be an easy way to a larger electorate."""
    for person in (house.facilitator, house.ana, house.obi, house.owner):
        with pytest.raises(NotAllowed, match="organisers"):
            await house.participants.set_unaccounted(person, "Mia", constituency="UN")
    assert await electorate(house) == set()


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("", "is empty"),
        (" \n\t ", "is empty"),
        ("\u200b\u2060\ufeff", "is empty"),
        ("\u3164\u2800", "is empty"),
        ("\u0301", "is empty"),
        ("x" * 101, "101 characters; at most 100"),
        ("x" * 4000, "4000 characters; at most 100"),
        ("M" + "\u0301" * 100, "at most 100"),
        ("Mia" + "\u200b" * 100, "at most 100"),
    ],
)
async def test_a_name_can_be_read_and_is_not_endless(house: Seminar, name: str, match: str) -> None:
    """One character that shows is enough, a hundred are the most, unseen ones counted."""
    with pytest.raises(Invalid, match=match):
        await house.participants.set_unaccounted(house.organiser, name, constituency="UN")
    assert await electorate(house) == set()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("X", "X"),
        ("x" * 100, "x" * 100),
        ("@everyone **Mia** <@11>", "@everyone **Mia** <@11>"),
        ("\u202eaiM", "\u202eaiM\u202c"),
        ("Mia\x00\x1b[31m", "Mia[31m"),
        ("'; DROP TABLE people; --", "'; DROP TABLE people; --"),
    ],
)
async def test_a_hostile_name_is_stored_as_far_as_it_can_be_shown(
    house: Seminar, name: str, kept: str
) -> None:
    """And found again as it was typed."""
    entered = await house.participants.set_unaccounted(house.organiser, name, constituency="UN")
    assert entered.name == kept
    assert await house.participants.set_unaccounted(house.organiser, name) == entered
    assert await electorate(house) == {entered.id}


async def test_an_unknown_constituency_or_an_endless_organisation_registers_nobody(house: Seminar) -> None:
    """Each with its sentence."""
    with pytest.raises(NotFound, match="UN and EU"):
        await house.participants.set_unaccounted(house.organiser, "Mia", constituency="X1")
    with pytest.raises(Invalid, match="at most 100"):
        await house.participants.set_unaccounted(
            house.organiser, "Mia", constituency="UN", organisation="x" * 101
        )
    assert await electorate(house) == set()


async def test_registering_somebody_without_an_account_is_on_the_ledger_by_pseudonym(house: Seminar) -> None:
    """The same act as for everybody else; neither name nor organisation stands there in clear."""
    mia = await house.participants.set_unaccounted(
        house.organiser, "Mia Moser", constituency="UN", organisation="Fort Nox"
    )
    organiser = await house.participants.person(house.organiser)
    async with house.db.read() as tx:
        entries = [entry for entry in await ledger.entries(tx, GUILD) if "participant" in entry.act]
    (entry,) = entries
    assert (entry.act, entry.actor, entry.subject) == ("participant.set", organiser.pseudonym, mia.pseudonym)
    assert '"UN"' in entry.body
    for told in ("Mia", "Moser", "Fort Nox", mia.id):
        assert told not in entry.body
