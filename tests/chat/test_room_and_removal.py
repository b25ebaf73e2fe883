"""The hybrid room and a ballot that goes wrong: hands, an item taken out, ballots that wait for one tap."""

from __future__ import annotations

from typing import Any

import pytest
from simcord.enums import InteractionType
from simcord.results import InteractionResult

from tests.chat.acts import command, interaction, press, refusal
from tests.chat.chat_room import Room, control, controls, message_of, plain, refused, shown, texts
from tests.chat.voting_room import (
    DAY,
    ballot_post,
    card,
    dms,
    forge,
    here,
    post,
    posted,
    propose,
    rows,
    stored_votes,
    tap,
    value,
    voters,
    votes_on,
    wait,
)

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def hands(
    room: Room, reference: str = "CAP-01", counts: tuple[int, int, int] = (0, 0, 0), **options: Any
) -> InteractionResult:
    given = dict(zip(("for", "against", "abstain"), counts, strict=True))
    return await room.fay.slash(
        room.rome, "ballot hands", **{"ballot": "B1", "reference": reference, **given, **options}
    )


async def test_hands_count_with_the_votes_in_chat_and_stand_as_their_own_line(room: Room) -> None:
    """With or without a constituency, corrected, named in the message and again with the outcome."""
    await propose(room, 2)
    await here(room, room.ben, *voters(room, 8))
    ballot = await room.open_ballot(quorum="50%")
    await tap(room, room.ana, ballot, "against")
    answer = await hands(room, counts=(4, 1, 0), asked="the *back* row")
    assert "CAP-01, by show of hands: 4 for, 1 against, 0 abstaining (asked: the \\*back\\* row)" in texts(
        answer
    )
    assert "4 for, 1 against" in shown(ballot_post(room))
    corrected = await hands(room, counts=(3, 1, 1))
    assert "3 for, 1 against, 1 abstaining" in texts(corrected) and "4 for" not in texts(corrected)
    by_group = await room.fay.slash(
        room.rome, "ballot hands", ballot="b1", reference="cap-1", constituency="eu", **{"for": 2}
    )
    assert "CAP-01, by show of hands of EU institutions: 2 for, 0 against" in texts(by_group)
    assert "3 for, 1 against, 1 abstaining" in texts(by_group)
    message = shown(ballot_post(room))
    assert (
        "4 for" not in message and "of EU institutions: 2 for" in message and "1 of 10 have voted." in message
    )
    status = texts(await room.fay.slash(room.rome, "ballot status", ballot="B1"))
    assert "Below quorum: CAP-02." in status, "hands count towards the quorum"
    await hands(room, "CAP-02", (1, 0, 0))
    none = await hands(room, "CAP-02")
    assert "No hands stand on CAP-02 now." in texts(none)
    assert "CAP-02, by show of hands" not in shown(ballot_post(room))

    await room.close_ballot(ballot)
    outcome = shown(post(room, "Ballot B1 is closed."))
    assert "CAP-01, “Proposal number 1 on CAP”: carried, with 5 for, 2 against and 1 abstention" in outcome
    assert "Of these by show of hands: 5 for, 1 against, 1 abstaining." in outcome
    assert outcome.count("Of these by show of hands") == 1, "of one item alone"
    assert outcome.count("Dont, par vote à main levée") == 1, "and in the initiative's other language"
    assert "by show of hands" not in shown(ballot_post(room)), "the outcome has it now"
    entered = rows(room, "SELECT count(*) FROM ledger WHERE act = 'ballot.hands'")
    assert entered == [(5,)]


async def test_hands_that_cannot_be_are_refused_and_stored_nowhere(room: Room) -> None:
    """Too many, negative, on another method or item, after closing, by somebody else."""
    await propose(room, 2)
    await here(room, room.ben, room.cleo)
    await room.fay.slash(room.lobby, "me show")
    ballot = await room.open_ballot(references="CAP-01")
    await tap(room, room.ana, ballot, "for")
    told = await refusal(room, hands(room, counts=(2, 1, 0)))
    assert "3 hands and 1 votes in chat are more than the 3 entitled" in told
    assert "more than the 1 entitled" in await refusal(room, hands(room, counts=(2, 0, 0), constituency="UN"))
    assert "constituency" in await refusal(room, hands(room, counts=(1, 0, 0), constituency="XX"))
    assert "CAP-02 is not on ballot B1" in await refusal(room, hands(room, "CAP-02", (1, 0, 0)))
    assert "is not a reference" in await refusal(room, hands(room, "nonsense", (1, 0, 0)))
    assert "no ballot B7" in await refusal(room, hands(room, counts=(1, 0, 0), ballot="B7"))
    negative = [
        {"name": "ballot", "type": 3, "value": "B1"},
        {"name": "reference", "type": 3, "value": "CAP-01"},
    ]
    negative.append({"name": "for", "type": 4, "value": -1})
    root = room.env.backend.find_command("ballot", None, type=1)
    data = {
        "id": root["id"],
        "name": "ballot",
        "type": 1,
        "options": [{"name": "hands", "type": 1, "options": negative}],
    }
    forged = interaction(room, room.fay, InteractionType.APPLICATION_COMMAND, data, channel=room.rome)
    assert "whole numbers from 0" in await refusal(room, forged)
    for who in (room.ana, room.obs, room.ola, room.stranger):
        asked = command(room, who, room.rome, "ballot hands", ballot="B1", reference="CAP-01")
        assert "Only facilitators" in await refusal(room, asked)
        asked = command(room, who, room.rome, "ballot remove", ballot="B1", reference="CAP-01", reason="x")
        assert "Only facilitators" in await refusal(room, asked)
        assert "Only facilitators" in await refusal(room, command(room, who, room.rome, "ballot list"))
    await room.close_ballot(ballot)
    assert "is closed" in await refusal(room, hands(room, counts=(1, 0, 0)))
    rating = await room.fay.slash(room.rome, "ballot open", method="rating", references="CAP-02")
    await room.fay.click(message_of(rating), custom_id=control(rating, "ballot-open:"))
    told = await refusal(room, hands(room, "CAP-02", (1, 0, 0), ballot="B2"))
    assert "only on a ballot for, against or abstain" in told
    assert rows(room, "SELECT count(*) FROM room_counts") == [(0,)]


async def test_hands_that_somebody_voted_after_are_set_aside(room: Room) -> None:
    """Counted twice is counted once: the votes stand, and the outcome says what became of the hands."""
    await propose(room)
    await here(room, room.ben, room.cleo)
    ballot = await room.open_ballot()
    await hands(room, counts=(3, 0, 0))
    await tap(room, room.ben, ballot, "against")
    await room.close_ballot(ballot)
    outcome = shown(post(room, "Ballot B1 is closed."))
    assert "not carried, with 0 for, 1 against" in outcome
    assert "The show of hands was set aside" in outcome and "Of these" not in outcome


async def test_an_item_that_is_taken_out_leaves_the_rest_and_can_be_voted_on_again(room: Room) -> None:
    """Its votes are destroyed, its voters told in private, the room told why; one tap prepares it anew."""
    await propose(room, 2)
    await here(room, room.ben, room.cleo)
    ballot = await room.open_ballot(threshold=">=2/3", closes_in="2d")
    await tap(room, room.ana, ballot, "for")
    await tap(room, room.ben, ballot, "for", "CAP-02", 2)
    await tap(room, room.ben, ballot, "against")
    await hands(room, counts=(1, 0, 0))
    before = ballot_post(room)
    reason = "The second sentence was *missing* @everyone"
    answer = await room.fay.slash(room.rome, "ballot remove", ballot="B1", reference="cap-1", reason=reason)
    assert "CAP-01 is taken out of ballot B1" in texts(answer)
    told = post(room, "CAP-01, “Proposal number 1 on CAP”, is taken out of ballot B1.")
    assert "destroyed uncounted" in shown(told) and "was \\*missing\\*" in shown(told)
    assert not told.mention_everyone and controls(told) == [f"ballot-again:{ballot}:CAP-01"]
    assert "CAP-01" not in shown(ballot_post(room)) and "CAP-02" in shown(ballot_post(room))
    assert "1 of 3 have voted." in shown(ballot_post(room))
    assert stored_votes(room) == [(2, "for")] and rows(room, "SELECT * FROM room_counts") == []
    notes = dms(room, (room.ana, room.ben, room.cleo))
    assert [len(messages) for messages in notes.values()] == [1, 1, 0]
    assert "CAP-01, “Proposal number 1 on CAP”, was taken out of ballot B1." in notes["Ana"][0]
    assert str(before.id) in notes["Ana"][0]
    assert votes_on(card(room, "CAP-01")) == [] and "second:CAP-01" in controls(card(room, "CAP-01"))

    assert "It is the only item" in await refusal(room, remove(room, "CAP-02"))
    assert "CAP-01 is not on ballot B1" in await refusal(room, remove(room, "CAP-01"))
    assert "not on ballot B1" in await refusal(room, hands(room, "CAP-01", (1, 0, 0)))
    assert refused(await forge(room, room.ana, card(room, "CAP-02"), f"vote:{ballot}:1:for"))
    for who in (room.ana, room.obs, room.ola, room.stranger):
        assert "Only facilitators" in await refusal(
            room, press(room, who, told, f"ballot-again:{ballot}:CAP-01")
        )
    await refusal(room, press(room, room.fay, told, f"ballot-again:{ballot}:CAP-77"))
    await refusal(room, press(room, room.fay, told, "ballot-again:77:CAP-01"))
    assert "under vote in ballot B1" in await refusal(
        room, press(room, room.fay, told, f"ballot-again:{ballot}:CAP-02")
    )

    preview = await room.fay.click(told, custom_id=f"ballot-again:{ballot}:CAP-01")
    assert "CAP-01" in texts(preview) and "CAP-02" not in texts(preview) and "2/3" in texts(preview)
    again = control(preview, "ballot-open:").partition(":")[2]
    await room.fay.click(message_of(preview), custom_id=f"ballot-open:{again}")
    assert "Recorded" in texts(await tap(room, room.ana, again, "against"))
    assert "under vote in ballot B2" in plain(
        await refusal(room, press(room, room.fay, told, f"ballot-again:{ballot}:CAP-01"))
    )
    await room.close_ballot(ballot)
    outcome = shown(post(room, "Ballot B1 is closed."))
    assert "CAP-02, “Proposal number 2 on CAP”: carried" in outcome and "CAP-01" not in outcome
    assert "is closed" in await refusal(room, remove(room, "CAP-02"))
    for empty in (" ", "\u200b"):
        assert "Give a reason" in await refusal(room, remove(room, "CAP-01", "B2", empty))


async def remove(room: Room, reference: str, ballot: str = "B1", reason: str = "again") -> InteractionResult:
    return await room.fay.slash(room.rome, "ballot remove", ballot=ballot, reference=reference, reason=reason)


async def prepared(room: Room, **options: Any) -> tuple[InteractionResult, str]:
    preview = await room.fay.slash(room.rome, "ballot open", **{"method": "support", **options})
    return preview, control(preview, "ballot-open:").partition(":")[2]


async def test_prepared_ballots_wait_for_one_tap_also_after_a_restart(room: Room) -> None:
    """Several in the morning; the list opens each by itself, and a discarded one opens nothing."""
    await propose(room, 3)
    await here(room, room.ben)
    first, one = await prepared(room, references="CAP-01", threshold=">=2/3")
    _, two = await prepared(room, method="ranked", references="CAP-02, CAP-03", closes_in="1d")
    _, three = await prepared(room, references="CAP-03")
    assert "`/ballot list` shows it" in texts(first)
    await wait(room, 2 * DAY)
    await room.restart()
    listed = await room.fay.slash(room.rome, "ballot list")
    assert message_of(listed).ephemeral
    assert controls(message_of(listed)) == [
        f"ballot-{act}:{ballot}" for ballot in (one, two, three) for act in ("open", "discard")
    ]
    assert "No ballot is open now." in texts(listed)
    for part in ("CAP-01 by support", "at least 2/3", "CAP-02 and CAP-03 by ranked", "Schulze"):
        assert part in texts(listed)
    dropped = await room.fay.click(message_of(listed), custom_id=f"ballot-discard:{three}")
    assert "Nothing was opened" in texts(dropped)
    listed = await room.fay.click(message_of(dropped), custom_id="ballot-list:0")
    opened = await room.fay.click(message_of(listed), custom_id=f"ballot-open:{two}")
    assert "Ballot B1 is open for 2 people until" in texts(opened)
    assert value(room, "SELECT status FROM ballots WHERE number = 1") == "open"
    listed = await room.fay.click(message_of(opened), custom_id="ballot-list:0")
    assert "B1** (CAP-02, CAP-03) is open until" in texts(listed) and "0 of 2 have voted." in texts(listed)
    assert controls(message_of(listed)) == [f"ballot-open:{one}", f"ballot-discard:{one}"]
    gone = await refusal(room, press(room, room.fay, message_of(listed), f"ballot-open:{three}"))
    assert "discarded before it opened" in gone
    gone = await refusal(room, press(room, room.fay, message_of(listed), f"ballot-discard:{two}"))
    assert "Ballot B1 has been opened already" in gone
    opened = await room.fay.click(message_of(listed), custom_id=f"ballot-open:{one}")
    assert "Ballot B2 is open" in texts(opened) and controls(message_of(opened)) == []
    assert "No ballot is prepared." in texts(await room.fay.slash(room.rome, "ballot list"))


async def test_a_long_list_of_prepared_ballots_has_pages(room: Room) -> None:
    """However many there are and however long their lists of items: each can be reached and opened."""
    await propose(room, 12)
    ids = [(await prepared(room, theme="CAP", method="shortlist", seats=5))[1] for _ in range(9)]
    seen = []
    listed = await room.fay.slash(room.rome, "ballot list")
    while True:
        here_ = controls(message_of(listed))
        seen += [identity.partition(":")[2] for identity in here_ if identity.startswith("ballot-open:")]
        following = [identity for identity in here_ if identity.startswith("ballot-list:")]
        if len(seen) == len(ids):
            break
        listed = await room.fay.click(message_of(listed), custom_id=following[-1])
    assert seen == ids
    assert "4 more by shortlist" in texts(listed)
    assert refused(await press(room, room.ana, message_of(listed), "ballot-list:0"))
    for page in ("-5", "99"):
        assert not refused(await press(room, room.fay, message_of(listed), f"ballot-list:{page}"))


async def test_ballots_side_by_side_on_the_same_theme(room: Room) -> None:
    """A rating beside a ranking of the same items; a decision beside either is refused, until they end."""
    await propose(room, 2)
    for method in ("rating", "ranked"):
        shown_, ballot = await prepared(room, method=method, theme="CAP")
        await room.fay.click(message_of(shown_), custom_id=f"ballot-open:{ballot}")
    assert posted(room, "## 🗳️ Ballot B1") == posted(room, "## 🗳️ Ballot B2") == 1
    assert {"sheet:1", "sheet:2"} <= set(controls(card(room, "CAP-01")))
    for method, why in (("support", "under vote in ballot B1"), ("rating", "under vote in ballot B1")):
        told = await refusal(
            room, room.fay.slash(room.rome, "ballot open", method=method, references="CAP-01")
        )
        assert why in told
    shown_, ballot = await prepared(room, method="points", references="CAP-01")
    await room.fay.click(message_of(shown_), custom_id=f"ballot-open:{ballot}")
    assert rows(room, "SELECT state FROM recommendations") == [("admitted",)] * 2
    listed = texts(await room.fay.slash(room.rome, "ballot list"))
    assert all(f"**{label}** (CAP-" in listed for label in ("B1", "B2", "B3"))
    for number in (1, 2, 3):
        await room.close_ballot(str(number), f"B{number}")
    shown_, ballot = await prepared(room, method="support", theme="CAP")
    opened = await room.fay.click(message_of(shown_), custom_id=f"ballot-open:{ballot}")
    assert "Ballot B4 is open" in texts(opened)
    assert rows(room, "SELECT state FROM recommendations") == [("voting",)] * 2
