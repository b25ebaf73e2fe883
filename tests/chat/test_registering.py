"""Registering: by one's own button or first act, by an organiser, and what comes before it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from tests.chat.acts import command, mentions_allowed, modal_fields, press, references, refusal
from tests.chat.chat_room import Room, control, controls, message_of, refused, shown, texts
from tests.chat.voting_room import ballot_post, dms, rows, tap, value
from tests.small_initiative import INITIATIVE

NOTICE = '[privacy]\nnotice = "Your proposals are kept for a year. Ask **Ola** about it."'
NO_CHOICE = "[rules]\nself_declaration = false"
BY_DELEGATION = '[rules]\nvote_by = "delegation"'

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def here(room: Room, who: MemberActor) -> InteractionResult:
    return await who.click(room.message("panel", "ROM"), custom_id="here")


def registered(room: Room, who: MemberActor) -> tuple[str | None, str | None] | None:
    """Status and constituency as the store has them."""
    found = rows(
        room,
        "SELECT r.status, r.constituency FROM people p LEFT JOIN registrations r ON r.person_id = p.id "
        "WHERE p.user_id = ?",
        who.id,
    )
    return found[0] if found else None  # type: ignore[return-value]


def without_account(room: Room) -> list[tuple[str | None, ...]]:
    """Name, status, constituency and organisation of everybody registered who has no account."""
    return rows(
        room,
        "SELECT p.name, r.status, r.constituency, r.organisation FROM people p "
        "JOIN registrations r ON r.person_id = p.id WHERE p.user_id IS NULL ORDER BY p.name",
    )


async def with_more(room: Room, more: str) -> Room:
    """The room with `more` in its initiative, and Rome open."""
    await room.load(more=more)
    await room.open_event()
    return room


def give(room: Room, who: MemberActor, roles: Sequence[str]) -> None:
    """The Discord roles somebody has from now on."""
    role_ids = [room.guild.roles[role].id for role in roles]
    room.env.backend.edit_member(room.guild.id, who.id, {"role_ids": role_ids})


async def test_i_am_here_registers_and_says_for_whom_one_speaks(room: Room) -> None:
    """Pressed again it says the same and stores nothing more."""
    told = texts(await here(room, room.ana))
    assert told == "You are registered as a participant and speak for United Nations."
    assert registered(room, room.ana) == ("participant", "UN")
    acts = value(room, "SELECT count(*) FROM ledger")
    assert texts(await here(room, room.ana)) == told
    assert value(room, "SELECT count(*) FROM ledger") == acts


async def test_a_first_act_registers_too(room: Room) -> None:
    """Nobody has to press a button before taking part."""
    await room.ben.slash(room.lobby, "recommend")
    assert registered(room, room.ben) == ("participant", "EU")


async def test_an_observer_is_registered_as_one(room: Room) -> None:
    """And is told what that means."""
    assert "as an observer: you can follow and discuss" in texts(await here(room, room.obs))
    assert registered(room, room.obs) == ("observer", None)


async def test_of_two_roles_the_observers_wins(room: Room) -> None:
    """An observer may not propose, expert or not."""
    both = room.person("Bo", "Expert", "Observer", "UN")
    assert "as an observer" in texts(await here(room, both))
    told = await refusal(room, both.slash(room.lobby, "recommend"))
    assert "Observers may discuss" in told


@pytest.mark.parametrize("who", ["stranger", "fay", "ola", "owner"])
async def test_without_a_role_nobody_registers(room: Room, who: str) -> None:
    """Organising and facilitating as such are no part in the seminar."""
    told = await refusal(room, here(room, getattr(room, who)))
    assert "participant" in told or "Expert" in told


async def test_who_holds_two_constituency_roles_chooses_once_and_goes_on(room: Room) -> None:
    """The act that was held back follows at once; the choice stands."""
    two = room.person("Tea", "Expert", "UN", "EU")
    asked = await two.slash(room.lobby, "recommend", theme="CAP")
    assert asked.modal is None and "Whom do you speak for?" in texts(asked)
    assert registered(room, two) is None
    form = await two.select(message_of(asked), ["EU"], custom_id=control(asked, "constituency"))
    assert set(modal_fields(form)) == {"title", "text", "rationale", "addressees"}
    assert registered(room, two) == ("participant", "EU")
    again = press(room, two, message_of(asked), control(asked, "constituency"), ["UN"])
    assert "You speak for EU already" in await refusal(room, again)


async def test_only_the_constituencies_of_ones_roles_can_be_chosen(room: Room) -> None:
    """Nor an unknown one, nor two, nor none."""
    two = room.person("Tea", "Expert", "UN", "EU")
    asked = await here(room, two)
    select = control(asked, "constituency")
    for values in (["XX"], [], ["UN", "EU"], [""]):
        await refusal(room, press(room, two, message_of(asked), select, values))
    await refusal(room, press(room, room.ana, message_of(await here(room, room.ana)), select, ["EU"]))
    await refusal(room, press(room, room.stranger, room.message("panel", "ROM"), select, ["EU"]))


async def test_a_constituency_is_asked_for_when_it_is_needed(room: Room) -> None:
    """Without a constituency's role one registers and proposes; only voting waits for the choice."""
    none = room.person("Noa", "Expert")
    assert texts(await here(room, none)) == "You are registered as a participant."
    await room.recommend(none)
    assert references(room) == ["CAP-01"]
    ballot = await room.open_ballot()
    asked = await tap(room, none, ballot, "for")
    assert "Whom do you speak for?" in texts(asked)
    assert value(room, "SELECT count(*) FROM votes") == 0
    await none.select(message_of(asked), ["UN"], custom_id=control(asked, "constituency"))
    assert value(room, "SELECT count(*) FROM votes") == 1, "and the vote goes on"


async def test_where_nobody_chooses_themselves_an_organiser_is_asked(empty_room: Room) -> None:
    """The initiative may keep constituencies to its organisers."""
    room = await with_more(empty_room, NO_CHOICE)
    none = room.person("Noa", "Expert")
    await room.recommend(none)
    ballot = await room.open_ballot()
    await here(room, none)
    assert "ask an organiser" in await refusal(room, tap(room, none, ballot, "for"))
    await room.ola.slash(room.lobby, "participants set", member=none, constituency="UN")
    assert not refused(await tap(room, none, ballot, "for"))


async def test_an_organiser_changes_what_was_chosen(room: Room) -> None:
    """Constituency, organisation and status; the person's own page follows."""
    await here(room, room.ana)
    result = await room.ola.slash(
        room.lobby, "participants set", member=room.ana, constituency="eu", organisation="SIPRI *"
    )
    assert texts(result) == (
        "Ana is registered as a participant and speaks for EU institutions.\nOrganisation: SIPRI \\*"
    )
    assert registered(room, room.ana) == ("participant", "EU")
    page = texts(await room.ana.slash(room.lobby, "me show"))
    assert "EU institutions" in page and "SIPRI \\*" in page
    await room.ola.slash(room.lobby, "participants set", member=room.ana, status="observer")
    await refusal(room, room.ana.slash(room.lobby, "recommend"))
    await room.ola.slash(room.lobby, "participants set", member=room.ana, status="participant")
    assert (await room.ana.slash(room.lobby, "recommend")).modal is not None


async def test_only_organisers_register_others(room: Room) -> None:
    """Each refusal says what is wrong."""
    for who in (room.ana, room.fay, room.owner):
        await refusal(room, who.slash(room.lobby, "participants set", member=room.ben, constituency="UN"))
    unknown = room.ola.slash(room.lobby, "participants set", member=room.ben, constituency="XX")
    assert "There is no constituency XX" in await refusal(room, unknown)
    no_role = room.ola.slash(room.lobby, "participants set", member=room.stranger)
    assert "Sam holds neither" in await refusal(room, no_role)
    observer = room.ola.slash(room.lobby, "participants set", member=room.obs, status="participant")
    assert "observers have no vote" in await refusal(room, observer)
    too_long = room.ola.slash(room.lobby, "participants set", member=room.ben, organisation="x" * 101)
    assert "Organisation" in await refusal(room, too_long)


async def test_a_role_that_was_taken_away_ends_taking_part_at_once(room: Room) -> None:
    """At the very next act, without a restart; given back, one is registered as before."""
    await room.recommend(room.ana)
    give(room, room.ana, ["UN"])
    await refusal(room, room.ana.slash(room.lobby, "recommend"))
    await refusal(room, here(room, room.ana))
    await refusal(room, room.ana.slash(room.lobby, "second", reference="CAP-01"))
    give(room, room.ana, ["Expert", "UN"])
    assert (await room.ana.slash(room.lobby, "recommend")).modal is not None


async def test_the_privacy_notice_comes_once_and_before_anything_is_stored(empty_room: Room) -> None:
    """Continuing opens the form that was asked for; it never comes again, not after a restart either."""
    room = await with_more(empty_room, NOTICE)
    shown = await room.ana.slash(room.lobby, "recommend", theme="TRN")
    assert shown.modal is None and "Your proposals are kept for a year." in texts(shown)
    assert message_of(shown).ephemeral and registered(room, room.ana) is None
    form = await room.ana.click(message_of(shown), custom_id=control(shown, "notice"))
    assert form.modal is not None and ":TRN:" in form.modal["custom_id"]
    await room.restart()
    assert (await room.ana.slash(room.lobby, "recommend")).modal is not None
    assert value(room, "SELECT count(*) FROM ledger WHERE act = 'notice.acknowledged'") == 1


async def test_notice_and_choice_can_both_come_before_an_act(empty_room: Room) -> None:
    """One after the other, and the act at the end; registering is done once."""
    room = await with_more(empty_room, NOTICE)
    two = room.person("Tea", "Expert", "UN", "EU")
    notice = await two.click(room.message("panel", "ROM"), custom_id="propose")
    asked = await two.click(message_of(notice), custom_id=control(notice, "notice"))
    form = await two.select(message_of(asked), ["UN"], custom_id=control(asked, "constituency"))
    assert form.modal is not None
    assert registered(room, two) == ("participant", "UN")


async def test_a_vote_waits_behind_the_notice_and_is_cast_after_it(empty_room: Room) -> None:
    """The tap on the card counts, without a second one."""
    room = await with_more(empty_room, NOTICE)
    for who in (room.ana, room.ben):
        shown = await here(room, who)
        await who.click(message_of(shown), custom_id=control(shown, "notice"))
    await room.recommend(room.ana)
    ballot = await room.open_ballot()
    shown = await tap(room, room.cleo, ballot, "for")
    assert "kept for a year" in texts(shown) and value(room, "SELECT count(*) FROM votes") == 0
    await room.cleo.click(message_of(shown), custom_id=control(shown, "notice"))
    assert value(room, "SELECT count(*) FROM votes") == 1
    assert "sheet:" + ballot in controls(ballot_post(room))


async def test_an_act_too_long_to_be_taken_up_again_is_asked_for_again(empty_room: Room) -> None:
    """Commands with no button of their own, too: the notice is read, and one clear sentence follows."""
    room = await with_more(empty_room, NOTICE)
    message = await room.ana.send(room.lobby, "We should share field hospitals between missions.")
    shown = await room.ana.context_menu(room.lobby, "Recommend this", message)
    button = control(shown, "notice")
    told = texts(await room.ana.click(message_of(shown), custom_id=button))
    assert told == "Thank you. Please repeat what you were about to do."
    long = await room.ben.slash(room.lobby, "recommend", theme="X" * 6000)
    answer = room.ben.click(message_of(long), custom_id=control(long, "notice"))
    assert "There is no theme XXX" in texts(await answer)


async def test_the_notice_is_acknowledged_by_each_for_themselves(empty_room: Room) -> None:
    """Ana's reading it is not Ben's."""
    room = await with_more(empty_room, NOTICE)
    shown = await here(room, room.ana)
    await room.ana.click(message_of(shown), custom_id=control(shown, "notice"))
    assert "kept for a year" in texts(await here(room, room.ben))


async def test_constituencies_are_suggested(room: Room) -> None:
    """By code or title."""
    offered = await room.ola.autocomplete(room.lobby, "participants set", "constituency", "inst")
    assert [choice["value"] for choice in offered] == ["EU"]


async def test_an_organiser_registers_somebody_without_an_account(room: Room) -> None:
    """By name instead of member; the same name again changes the registration."""
    result = await room.ola.slash(
        room.lobby, "participants set", name="Mia Moser", constituency="un", organisation="EEAS"
    )
    assert texts(result) == (
        "Mia Moser is registered as a participant and speaks for United Nations.\nOrganisation: EEAS"
    )
    assert message_of(result).ephemeral
    changed = await room.ola.slash(room.lobby, "participants set", name="mia  moser", status="observer")
    assert texts(changed) == "mia moser is registered as an observer.\nOrganisation: EEAS"
    assert without_account(room) == [("mia moser", "observer", "UN", "EEAS")]


async def test_either_a_member_or_a_name_is_given(room: Room) -> None:
    """Both, or neither, could mean anybody."""
    for given in ({"member": room.ben, "name": "Ben"}, {}, {"status": "observer"}):
        told = await refusal(room, room.ola.slash(room.lobby, "participants set", **given))
        assert "either a member of this server or" in told and "not both" in told


async def test_only_organisers_register_people_without_an_account(room: Room) -> None:
    """Each refusal says what is wrong, and registers nobody."""
    for who in (room.ana, room.fay, room.owner, room.stranger):
        told = await refusal(
            room, who.slash(room.lobby, "participants set", name="Mia Moser", constituency="UN")
        )
        assert "organisers" in told
    nowhere = room.ola.slash(room.lobby, "participants set", name="Mia Moser")
    assert "Mia Moser would be in the electorate" in await refusal(room, nowhere)
    unknown = room.ola.slash(room.lobby, "participants set", name="Mia Moser", constituency="XX")
    assert "There is no constituency XX" in await refusal(room, unknown)
    assert without_account(room) == []


@pytest.mark.parametrize("name", [" ", "\u200b\u2060", "\u3164", "x" * 101, "x" * 200])
async def test_a_name_that_cannot_be_read_is_refused(room: Room, name: str) -> None:
    """With what is wrong about it."""
    act = room.ola.slash(room.lobby, "participants set", name=name, constituency="UN")
    told = await refusal(room, act)
    assert "“Name”" in told


async def test_a_name_longer_than_discord_lets_through_is_refused_too(room: Room) -> None:
    """A changed client may send anything."""
    act = command(room, room.ola, room.lobby, "participants set", name="x" * 4000, constituency="UN")
    assert len(await refusal(room, act)) < 500


async def test_a_hostile_name_is_shown_as_typed(room: Room) -> None:
    """In the answer and in a refusal, where nothing of it is interpreted."""
    name = "**Mia** @everyone <@1> \u202eturned"
    answers = [
        await room.ola.slash(room.lobby, "participants set", name=name),
        await room.ola.slash(room.lobby, "participants set", name=name, constituency="UN"),
        await room.ola.slash(room.lobby, "participants set", name=name, status="observer"),
    ]
    for answer in answers:
        assert "\\*\\*Mia\\*\\* @\u200beveryone \\<@\u200b1> turned" in texts(answer)
        assert "\u202e" not in texts(answer)
    assert mentions_allowed(room)[-3:] == [{"parse": []}] * 3
    assert [row[0] for row in without_account(room)] == [name + "\u202c"]


async def test_somebody_without_an_account_counts_and_is_never_written_to(room: Room) -> None:
    """They are in the announced and in the frozen electorate; reminders go to the others alone."""
    for who in (room.ana, room.ben):
        await here(room, who)
    await room.ola.slash(room.lobby, "participants set", name="Mia Moser", constituency="UN")
    await room.recommend(room.ana)
    ballot = await room.open_ballot()
    assert "0 of 3 have voted" in shown(ballot_post(room))
    await tap(room, room.ana, ballot, "for")
    since = len(room.env.http_requests)
    await room.fay.slash(room.rome, "ballot remind", ballot="B1")
    assert {name: len(told) for name, told in dms(room, (room.ana, room.ben)).items()} == {
        "Ana": 0,
        "Ben": 1,
    }
    opened = [request for request in room.env.http_requests[since:] if request.path == "/users/@me/channels"]
    assert len(opened) == 1, "one private conversation, with Ben"
    await room.close_ballot(ballot)
    assert value(room, "SELECT count(*) FROM electorates") == 3


async def test_where_delegations_vote_one_must_be_in_one(empty_room: Room) -> None:
    """Everything else can be done without; the organiser is told of, and then the vote counts."""
    room = await with_more(empty_room, BY_DELEGATION)
    await room.recommend(room.ana)
    await room.ola.slash(room.lobby, "participants set", member=room.cleo, organisation="SIPRI")
    ballot = await room.open_ballot()
    told = await refusal(room, tap(room, room.ana, ballot, "for"))
    assert "you are entered in none; ask an organiser to enter your organisation" in told
    await room.recommend(room.ana, "TRN", "Joint courses", "Planners of both houses train together.")
    assert references(room) == ["CAP-01", "TRN-01"]
    await room.ola.slash(room.lobby, "participants set", member=room.ana, organisation="EEAS")
    assert not refused(await tap(room, room.ana, ballot, "for"))
    assert value(room, "SELECT count(*) FROM votes") == 1


async def test_ones_page_names_the_delegation_where_delegations_vote(empty_room: Room) -> None:
    """Two spellings are one delegation; elsewhere, and to observers, it is an organisation like any other."""
    room = await with_more(empty_room, BY_DELEGATION)
    for who, organisation in ((room.ana, "Forges *et* Métaux"), (room.ben, "FORGES *ET* METAUX")):
        await room.ola.slash(room.lobby, "participants set", member=who, organisation=organisation)
    assert value(room, "SELECT count(*) FROM delegations") == 1
    page = texts(await room.ana.slash(room.lobby, "me show"))
    assert "Your delegation is Forges \\*et\\* Métaux; it holds one vote together." in page
    assert "Organisation:" not in page
    await room.ola.slash(room.lobby, "participants set", member=room.obs, organisation="SIPRI")
    page = texts(await room.obs.slash(room.lobby, "me show"))
    assert "Organisation: SIPRI" in page and "Your delegation" not in page
    assert "Your delegation" not in texts(await room.cleo.slash(room.lobby, "me show"))
    by_person = await room.load_bytes(INITIATIVE.encode(), room.ola)
    await room.ola.click(message_of(by_person), custom_id=control(by_person, "initiative-apply:"))
    page = texts(await room.ana.slash(room.lobby, "me show"))
    assert "Organisation: Forges \\*et\\* Métaux" in page and "Your delegation" not in page
