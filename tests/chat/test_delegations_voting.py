"""One vote a delegation: any member casts it, all of them see who did, and the last one stands."""

from __future__ import annotations

import json
import re

import pytest

from tests.chat.acts import press, refusal
from tests.chat.chat_room import Room, message_of, texts
from tests.chat.paper_room import chosen, on_paper, open_by, submitted
from tests.chat.voting_room import (
    at_once,
    ballot_post,
    on_sheet,
    posted,
    propose,
    rows,
    sheet,
    stored_votes,
    tap,
)

pytestmark = pytest.mark.usefixtures("nothing_failed")

BY_DELEGATION = '[rules]\nvote_by = "delegation"'


@pytest.fixture
async def delegations(empty_room: Room) -> Room:
    """Ben and Cleo are the delegation of the EEAS, Ana is alone in that of DPKO."""
    room = empty_room
    await room.load(more=BY_DELEGATION)
    await room.open_event()
    for who, organisation in ((room.ana, "DPKO"), (room.ben, "*EEAS*"), (room.cleo, "*EEAS*")):
        await room.ola.slash(room.lobby, "participants set", member=who, organisation=organisation)
    return room


async def test_a_member_replaces_the_vote_of_another(delegations: Room) -> None:
    """On cards and sheets: one vote for both, and each of them sees whose it was."""
    room = delegations
    await propose(room, 2)
    ballot = await room.open_ballot()
    first = await tap(room, room.ben, ballot, "for")
    assert "Recorded: For on CAP-01" in texts(first)
    assert "It replaces" not in texts(first)
    assert "It replaces" not in texts(await tap(room, room.ben, ballot, "abstain")), "his own"
    second = await tap(room, room.cleo, ballot, "against")
    assert texts(second).endswith("It replaces the vote of Ben of your delegation.")
    assert stored_votes(room) == [(1, "against")]
    for who in (room.ben, room.cleo):
        drawn = await sheet(room, who, ballot)
        assert r"You vote for \*EEAS\*." in texts(drawn)
        assert "Recorded: Against · cast by Cleo · receipt" in texts(drawn)
    await on_sheet(room.cleo, drawn, f"sheet-vote:{ballot}:1:none:")
    assert stored_votes(room) == []
    outside = await sheet(room, room.ana, ballot)
    assert "You vote for DPKO." in texts(outside)
    assert "0 of 2" in texts(outside)


async def test_a_delegation_submits_one_paper(delegations: Room) -> None:
    """What the other member filled in is theirs until they submit it; then it takes the first one's place."""
    room = delegations
    await propose(room, 2)
    ballot = await open_by(room, "rating")
    bens = await on_paper(room.ben, await sheet(room, room.ben, ballot), ballot, (1, "a8"))
    cleos = await on_paper(room.cleo, await sheet(room, room.cleo, ballot), ballot, (1, "a2"))
    bens = await on_sheet(room.ben, bens, f"paper-submit:{ballot}:")
    receipt = re.search(r"Submitted; it counts\.\*\* · receipt (\w{10})", texts(bens))
    assert receipt
    assert "Submitted by Ben." in texts(bens)
    cleos = await sheet(room, room.cleo, ballot)
    assert "This differs from what was submitted for your delegation" in texts(cleos)
    assert "Submitted by Ben." in texts(cleos)
    assert list(chosen(cleos).values()) == ["a2"]
    cleos = await on_sheet(room.cleo, cleos, f"paper-submit:{ballot}:")
    assert f"Submitted; it counts.** · receipt {receipt[1]}" in texts(cleos)
    assert submitted(room) == [{"1": [2, 0]}]
    bens = await sheet(room, room.ben, ballot)
    assert "Submitted by Cleo." in texts(bens)
    assert list(chosen(bens).values()) == ["a2"]


async def test_two_members_at_once_leave_one_vote_with_one_name(delegations: Room) -> None:
    """Both are answered, and afterwards both see the same."""
    room = delegations
    await propose(room)
    ballot = await open_by(room, "points", points=3)
    for who, taps in ((room.ben, 1), (room.cleo, 2)):
        drawn = await on_paper(who, await sheet(room, who, ballot), ballot, *[(1, "+1")] * taps)
    answers = await at_once(
        room, *((who, message_of(drawn), f"paper-submit:{ballot}:0") for who in (room.ben, room.cleo))
    )
    assert all("Submitted; it counts." in texts(answer) for answer in answers)
    assert len(submitted(room)) == 1
    seen = [await sheet(room, who, ballot) for who in (room.ben, room.cleo)]
    names = [re.findall(r"Submitted by (\w+)\.", texts(drawn)) for drawn in seen]
    assert names[0] == names[1]
    assert submitted(room) == [{"1": [{"Ben": 1, "Cleo": 2}[names[0][0]]]}]


async def test_who_belongs_to_no_delegation_has_no_vote(delegations: Room) -> None:
    """One sentence says whom to ask; the same on every road, and after leaving a delegation."""
    room = delegations
    dora = room.person("Dora", "Expert", "EU")
    await propose(room)
    support = await room.open_ballot()
    await press(room, dora, ballot_post(room), "here")
    for identity in ("vote:{}:1:for", "sheet:{}", "sheet-vote:{}:1:for:0", "sheet-aside:{}:0"):
        answer = await refusal(room, press(room, dora, ballot_post(room), identity.format(support)))
        assert "ask an organiser to enter your organisation" in answer
    await tap(room, room.ben, support, "for")
    await room.ola.slash(room.lobby, "participants set", member=room.ben, organisation="DPKO")
    moved = await sheet(room, room.ben, support)
    assert "You vote for DPKO." in texts(moved)
    assert "0 of 1" in texts(moved), "what he cast for the EEAS is the EEAS's"
    assert stored_votes(room) == [(1, "for")]


@pytest.mark.parametrize("method", ["support", "rating"])
async def test_standing_aside_leaves_the_electorate(room: Room, method: str) -> None:
    """The published outcome counts those entitled on the item without who stood aside."""
    await propose(room, 2)
    ballot = await open_by(room, method, quorum="50%")
    act, out = ("sheet-vote", "recused") if method == "support" else ("paper", "aside")
    for who in (room.ana, room.ben, room.cleo):
        drawn = await sheet(room, who, ballot)
        if who is room.cleo:
            drawn = await on_sheet(who, drawn, f"sheet-aside:{ballot}:")
            drawn = await on_sheet(who, drawn, f"{act}:{ballot}:1:{out}:0")
            assert texts(drawn).count("You stand aside here.") == 1
            drawn = await on_sheet(who, drawn, f"sheet-page:{ballot}:0")
        elif method == "support":
            await on_sheet(who, drawn, f"sheet-vote:{ballot}:1:for:0")
        else:
            drawn = await on_paper(who, drawn, ballot, (1, "a9"), (2, "a1"))
        if method == "rating":
            await on_sheet(who, drawn, f"paper-submit:{ballot}:")
    assert ("Recorded: Standing aside" in texts(drawn)) == (method == "support")
    await room.close_ballot(ballot)
    figures = [text for (text,) in rows(room, "SELECT figures FROM tallies ORDER BY position")]
    assert [json.loads(text)["electorate"] for text in figures] == [2, 3]
    assert posted(room, "1 stood aside.") == 1
