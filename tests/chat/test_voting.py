"""Voting, as people do it: on the sheet, on cards, changing their minds, and refused where they must be."""

from __future__ import annotations

import re

import pytest

from tests.chat.chat_room import Room, control, controls, message_of, refused, shown, texts
from tests.chat.voting_room import (
    at_once,
    ballot_post,
    card,
    forge,
    on_sheet,
    posted,
    propose,
    rows,
    said,
    sheet,
    stored_votes,
    tap,
    value,
    wait,
)

pytestmark = pytest.mark.usefixtures("nothing_failed")

NOTICE = '[privacy]\nnotice = "We keep your votes apart from your name."'
TWELVE = 12


async def test_twelve_items_are_voted_on_over_pages(room: Room) -> None:
    """Each tap is saved, counted and shown on the sheet, whichever page is open."""
    await propose(room, TWELVE)
    ballot = await room.open_ballot()
    drawn = await sheet(room, room.ben, ballot)
    assert "0 of 12" in texts(drawn)
    for position in range(1, 10):
        drawn = await on_sheet(room.ben, drawn, f"sheet-vote:{ballot}:{position}:for:")
        if position % 5 == 0:
            drawn = await on_sheet(room.ben, drawn, f"sheet-page:{ballot}:{position // 5}")
    assert "9 of 12" in texts(drawn)
    assert texts(drawn).count("Recorded: For") == 4
    drawn = await on_sheet(room.ben, drawn, f"sheet-page:{ballot}:2")
    assert "9 of 12" in texts(drawn)
    assert "Recorded" not in texts(drawn)
    drawn = await room.ben.slash(room.rome, "vote")
    assert texts(drawn).count("Recorded: For") == 5
    assert len(stored_votes(room)) == 9


async def test_a_vote_is_changed_and_taken_back_on_the_sheet(room: Room) -> None:
    """A changed vote keeps its receipt; one taken back is gone."""
    await propose(room)
    ballot = await room.open_ballot()
    drawn = await sheet(room, room.ben, ballot)
    drawn = await on_sheet(room.ben, drawn, f"sheet-vote:{ballot}:1:for:")
    receipt = re.search(r"receipt (\w{10})", texts(drawn))
    assert receipt
    drawn = await on_sheet(room.ben, drawn, f"sheet-vote:{ballot}:1:against:")
    assert f"Recorded: Against · receipt {receipt[1]}" in texts(drawn)
    assert stored_votes(room) == [(1, "against")]
    drawn = await on_sheet(room.ben, drawn, f"sheet-vote:{ballot}:1:none:")
    assert "0 of 1" in texts(drawn)
    assert not any(":none:" in identity for identity in controls(message_of(drawn)))
    assert stored_votes(room) == []


async def test_a_card_takes_the_same_vote_as_the_sheet(room: Room) -> None:
    """It says what is recorded, how much is left, and the receipt."""
    await propose(room, 2)
    ballot = await room.open_ballot()
    answer = await tap(room, room.ben, ballot, "abstain")
    assert re.search(r"Recorded: Abstain on CAP-01\. 1 of 2 done\. Receipt \w{10}\.", texts(answer))
    assert message_of(answer).ephemeral
    drawn = await room.ben.click(card(room, "CAP-02"), custom_id=f"sheet:{ballot}")
    assert "Recorded: Abstain" in texts(drawn)


async def test_who_may_not_vote_is_told_why(room: Room) -> None:
    """Observers, strangers, and facilitators and organisers as such: nothing is stored for any of them."""
    await propose(room)
    ballot = await room.open_ballot()
    why = {}
    for who in (room.obs, room.stranger, room.fay, room.ola):
        for answer in (
            await tap(room, who, ballot, "for"),
            await sheet(room, who, ballot),
            await who.slash(room.rome, "vote"),
            await forge(room, who, ballot_post(room), f"sheet-vote:{ballot}:1:for:0"),
        ):
            assert refused(answer)
            why.setdefault(who.name, set()).add(texts(answer))
    assert len(why["Obi"]) == 1
    assert "observers may discuss but not vote" in why["Obi"].pop()
    assert stored_votes(room) == []


async def test_a_facilitator_who_is_an_expert_too_votes_as_one(room: Room) -> None:
    """Roles add up: it is the participant role that gives the vote."""
    both = room.person("Flo", "Facilitator", "Expert", "UN")
    await propose(room)
    ballot = await room.open_ballot()
    assert "Recorded" in texts(await tap(room, both, ballot, "for"))


async def test_the_observer_role_wins_over_the_participant_role(room: Room) -> None:
    """Who holds both follows and discusses."""
    both = room.person("Una", "Observer", "Expert", "UN")
    await propose(room)
    ballot = await room.open_ballot()
    assert refused(await tap(room, both, ballot, "for"))


@pytest.mark.parametrize(("roles", "options"), [((), ["UN", "EU"]), (("UN", "EU"), ["UN", "EU"])])
async def test_a_constituency_is_chosen_once_and_the_vote_goes_on(
    room: Room, roles: tuple[str, ...], options: list[str]
) -> None:
    """Somebody in none or in two of them chooses, and need not press For again."""
    who = room.person("Dora", "Expert", *roles)
    await propose(room)
    ballot = await room.open_ballot()
    asked = await tap(room, who, ballot, "for")
    assert "Whom do you speak for?" in texts(asked)
    assert stored_votes(room) == []
    select = control(asked, "constituency:")
    went_on = await who.select(message_of(asked), ["EU"], custom_id=select)
    assert "Recorded: For on CAP-01" in texts(went_on)
    assert stored_votes(room) == [(1, "for")]
    again = await who.select(message_of(asked), ["UN"], custom_id=select)
    assert refused(again)
    assert "You speak for EU already" in texts(again)


async def test_without_self_declaration_one_is_sent_to_an_organiser(empty_room: Room) -> None:
    """Nobody votes without a constituency, and the sentence says who can help."""
    room = empty_room
    await room.load(more="[rules]\nself_declaration = false")
    await room.open_event()
    who = room.person("Dora", "Expert")
    await propose(room)
    ballot = await room.open_ballot()
    answer = await tap(room, who, ballot, "for")
    assert refused(answer)
    assert "ask an organiser" in texts(answer)
    await room.ola.slash(room.lobby, "participants set", member=who, constituency="UN")
    assert "Recorded" in texts(await tap(room, who, ballot, "for"))


async def test_the_privacy_notice_comes_once_and_the_vote_goes_on(empty_room: Room) -> None:
    """Before the first act, on cards and on the sheet alike."""
    room = empty_room
    await room.load()
    await room.open_event()
    await propose(room)
    ballot = await room.open_ballot()
    await _load_notice(room)
    for who, act in (
        (room.ben, tap(room, room.ben, ballot, "for")),
        (room.cleo, sheet(room, room.cleo, ballot)),
    ):
        asked = await act
        assert "We keep your votes apart" in texts(asked)
        went_on = await on_sheet(who, asked, "notice:")
        assert "Recorded: For on CAP-01" in texts(went_on) or "0 of 1" in texts(went_on)
    assert stored_votes(room) == [(1, "for")]
    assert "Recorded: Against" in texts(await tap(room, room.ben, ballot, "against"))


async def _load_notice(room: Room) -> None:
    preview = await room.load(room.ola, more=NOTICE)
    (apply, _discard) = controls(message_of(preview))
    assert not refused(await room.ola.click(message_of(preview), custom_id=apply))


async def test_no_figure_about_for_or_against_is_seen_before_closing(room: Room) -> None:
    """Not in a post, an edit, an answer, the status or the closing preview: turnout is all that is told."""
    await propose(room, 2)
    ballot = await room.open_ballot(quorum="3")
    since = len(room.env.http_requests)
    for who, choice in ((room.ana, "for"), (room.ben, "for"), (room.cleo, "against")):
        await tap(room, who, ballot, choice)
    await wait(room, 10)
    for act in ("status", "close"):
        answer = texts(await room.fay.slash(room.rome, f"ballot {act}", ballot="B1"))
        assert "3 of 3 have voted." in answer
        assert "Below quorum: CAP-02." in answer
    await room.fay.slash(room.rome, "ballot remind", ballot="B1")
    await room.fay.slash(room.rome, "recommendation", reference="CAP-01")
    await room.ola.slash(room.rome, "recommendations")
    everything = said(room, since) + room.posts()
    assert posted(room, "3 of 3 have voted.")
    assert not [text for text in everything if re.search(r"\d+ (votes? )?(for|against|abst)\b", text)]
    assert not [text for text in everything if re.search(r"(?i)\b(for|against|abstain)\b\W{0,4}\d", text)]


async def test_a_reason_is_asked_of_those_against(room: Room) -> None:
    """For is recorded at once; Against opens a form first, on the card and on the sheet."""
    await propose(room, 2)
    ballot = await room.open_ballot(reasons="against")
    assert "Recorded: For" in texts(await tap(room, room.ana, ballot, "for"))
    asked = await tap(room, room.ben, ballot, "against")
    assert asked.modal is not None
    assert stored_votes(room) == [(1, "for")]
    given = await room.ben.submit_modal(asked, {"reason": "Too costly @everyone"})
    assert "Recorded: Against" in texts(given)
    drawn = await sheet(room, room.cleo, ballot)
    asked = await on_sheet(room.cleo, drawn, f"sheet-vote:{ballot}:2:against:")
    redrawn = await room.cleo.submit_modal(asked, {"reason": ""})
    assert "1 of 2" in shown(message_of(drawn)) or "1 of 2" in texts(redrawn)
    assert rows(room, "SELECT position, reason FROM votes WHERE choice = 'against' ORDER BY position") == [
        (1, "Too costly @everyone"),
        (2, None),
    ]


async def test_several_open_ballots_are_offered_by_number(room: Room) -> None:
    """`/vote` lists them with what is done on each, and a button leads to the sheet."""
    await propose(room, 2)
    one = await room.open_ballot(references="CAP-01")
    two = await room.open_ballot(references="CAP-02")
    await tap(room, room.ben, one, "for")
    listed = await room.ben.slash(room.rome, "vote")
    assert "**B1** (CAP-01) · 1 of 1, open until" in texts(listed)
    assert "**B2** (CAP-02) · 0 of 1, open until" in texts(listed)
    assert "CAP-02" in texts(await on_sheet(room.ben, listed, f"sheet:{two}"))


async def test_two_taps_within_a_millisecond_leave_one_vote(room: Room) -> None:
    """Both are answered; what stands is one of them, and the person is entered once."""
    await propose(room)
    ballot = await room.open_ballot()
    message = card(room, "CAP-01")
    answers = await at_once(
        room,
        (room.ben, message, f"vote:{ballot}:1:for"),
        (room.ben, message, f"vote:{ballot}:1:against"),
        (room.ben, message, f"vote:{ballot}:1:for"),
    )
    assert all("Recorded" in texts(answer) for answer in answers)
    assert len(stored_votes(room)) == 1
    assert value(room, "SELECT count(*) FROM people WHERE name = 'Ben'") == 1
    assert value(room, "SELECT count(*) FROM registrations") == 2


FORGED = (
    "vote:999:1:for",
    "vote:x:y:z",
    "vote:{ballot}:99:for",
    "vote:{ballot}:1:maybe",
    "vote:{ballot}:1",
    "vote:{ballot}:1:for:more",
    "sheet-vote:{ballot}:1:maybe:0",
    "sheet-vote:{ballot}:1:for:-7:x",
    "sheet:999999999999999999999",
    "sheet:-1",
    "sheet-page:{ballot}:x",
    "ballot-close:{ballot}",
    "ballot-open:{ballot}",
    "ballot-discard:{ballot}",
    "constituency:vote:{ballot}:1:for",
    "notice:notice:notice:vote:1",
    "nonsense",
    ":",
)


async def test_a_forged_control_is_refused_and_changes_nothing(room: Room) -> None:
    """An expert who sends any custom id they like gets one sentence."""
    await propose(room)
    ballot = await room.open_ballot()
    message = ballot_post(room)
    before = shown(message), rows(room, "SELECT id, status FROM ballots"), stored_votes(room)
    for forged in FORGED:
        answer = await forge(room, room.ben, message, forged.format(ballot=ballot))
        assert refused(answer), forged
        assert len(answer.followups) <= 1, forged
    after = shown(ballot_post(room)), rows(room, "SELECT id, status FROM ballots"), stored_votes(room)
    assert after == before


async def test_a_ballot_of_another_server_is_not_there(room: Room) -> None:
    """Neither its sheet nor its buttons work from a second server that the bot is in."""
    await propose(room)
    ballot = await room.open_ballot()
    other = Room(room.env, room.settings)
    await other.load()
    await other.open_event()
    for identity in (
        f"vote:{ballot}:1:for",
        f"sheet:{ballot}",
        f"ballot-close:{ballot}",
        f"ballot-open:{ballot}",
    ):
        for who in (other.ana, other.fay):
            assert refused(await forge(room, who, other.rome.last_message, identity))
    assert refused(await other.fay.slash(other.rome, "ballot close", ballot="B1"))
    assert rows(room, "SELECT status FROM ballots") == [("open",)]
    assert stored_votes(room) == []
