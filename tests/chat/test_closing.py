"""How a ballot ends: by its time or before it, once; extended, cancelled; and what the room is told."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.chat.chat_room import Room, control, controls, message_of, refused, shown, texts
from tests.chat.voting_room import (
    HOUR,
    at_once,
    ballot_post,
    card,
    dms,
    forge,
    on_sheet,
    post,
    posted,
    propose,
    rows,
    sheet,
    stored_votes,
    tap,
    value,
    voters,
    votes_on,
    wait,
)

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def test_a_threshold_met_exactly_carries(room: Room) -> None:
    """Six of nine is two thirds; abstentions stay out of the base."""
    await propose(room, 2)
    people = voters(room, 10)
    ballot = await room.open_ballot(threshold=">=2/3")
    for number, who in enumerate(people[:9]):
        await tap(room, who, ballot, "for" if number < 6 else "against")
    for number, who in enumerate(people[:8]):
        await tap(room, who, ballot, "for" if number < 5 else "against", "CAP-02", 2)
    await tap(room, people[9], ballot, "abstain")
    await room.close_ballot(ballot)
    outcome = shown(post(room, "Ballot B1 is closed."))
    assert "CAP-01, “Proposal number 1 on CAP”: carried, with 6 for, 3 against and 1 abstention" in outcome
    assert "CAP-02, “Proposal number 2 on CAP”: not carried, with 5 for, 3 against" in outcome
    assert rows(room, "SELECT state FROM recommendations ORDER BY id") == [("adopted",), ("not_adopted",)]


async def test_an_early_close_shows_turnout_and_what_is_below_quorum_first(room: Room) -> None:
    """What fails for want of a quorum goes back to discussion, undecided, and can be voted on again."""
    await propose(room, 2)
    ballot = await room.open_ballot(quorum="2")
    for who in (room.ana, room.ben):
        await tap(room, who, ballot, "for")
    await tap(room, room.ben, ballot, "for", "CAP-02", 2)
    preview = await room.fay.slash(room.rome, "ballot close", ballot="B1")
    assert "2 of 2 have voted." in texts(preview)
    assert "Below quorum: CAP-02." in texts(preview)
    left = await room.fay.click(message_of(preview), custom_id=f"ballot-leave:{ballot}")
    assert "stays open" in texts(left)
    assert rows(room, "SELECT status FROM ballots") == [("open",)]
    await room.close_ballot(ballot)
    assert "no decision for want of a quorum" in shown(post(room, "Ballot B1 is closed."))
    assert rows(room, "SELECT state FROM recommendations ORDER BY id") == [("adopted",), ("admitted",)]
    assert await room.open_ballot() == "2"


async def test_a_vote_after_closing_is_refused_and_stored_nowhere(room: Room) -> None:
    """On the card, on a sheet left open, and on a form for a reason still being written."""
    await propose(room)
    ballot = await room.open_ballot(reasons="against")
    await tap(room, room.ana, ballot, "for")
    drawn = await sheet(room, room.ben, ballot)
    form = await tap(room, room.cleo, ballot, "against")
    buttons = card(room, "CAP-01")
    await room.close_ballot(ballot)
    for answer in (
        await forge(room, room.ben, buttons, f"vote:{ballot}:1:for"),
        await on_sheet(room.ben, drawn, f"sheet-vote:{ballot}:1:for:"),
        await room.cleo.submit_modal(form, {"reason": "too late"}),
        await forge(room, room.ben, buttons, f"sheet:{ballot}"),
    ):
        assert refused(answer)
        assert "closed" in texts(answer)
    assert stored_votes(room) == []
    assert value(room, "SELECT count(*) FROM cast_votes") == 1
    assert votes_on(card(room, "CAP-01")) == []
    assert controls(ballot_post(room)) == []


async def test_a_vote_in_the_second_of_closing_is_too_late(room: Room) -> None:
    """A tap at the very moment is refused, one just before it counts, and the ballot closes once."""
    await propose(room)
    ballot = await room.open_ballot(closes_in="1h")
    closes_at = datetime.fromisoformat(value(room, "SELECT closes_at FROM ballots"))
    await room.env.advance_time((closes_at - room.env.now()).total_seconds() - 0.001)
    assert "Recorded" in texts(await tap(room, room.ana, ballot, "for"))
    buttons = card(room, "CAP-01")
    room.env.backend.advance_clock(0.001)
    late, in_time = await at_once(
        room, (room.ben, buttons, f"vote:{ballot}:1:against"), (room.ben, buttons, f"sheet:{ballot}")
    )
    assert refused(late)
    assert refused(in_time)
    await wait(room, 5)
    assert "carried, with 1 for, 0 against" in shown(post(room, "Ballot B1 is closed."))


async def test_closing_twice_at_once_counts_once(room: Room) -> None:
    """Two facilitators press together: one is answered with the turnout, the other that it is closed."""
    await propose(room)
    flo = room.person("Flo", "Facilitator")
    ballot = await room.open_ballot()
    await tap(room, room.ana, ballot, "for")
    previews = [await who.slash(room.rome, "ballot close", ballot="B1") for who in (room.fay, flo)]
    answers = await at_once(
        room,
        (room.fay, message_of(previews[0]), f"ballot-close:{ballot}"),
        (flo, message_of(previews[1]), f"ballot-close:{ballot}"),
    )
    assert sorted(refused(answer) for answer in answers) == [False, True]
    await wait(room, 5)  # the one who was refused was answered before the votes were sealed
    assert posted(room, "Ballot B1 is closed. 1 of 1 person entitled to vote did so.") == 1
    assert value(room, "SELECT count(*) FROM ledger WHERE act = 'ballot.closed'") == 1


async def test_the_deadline_closes_without_anybody(room: Room) -> None:
    """Last call first, then the outcome: each once, and the cards are drawn anew."""
    await propose(room)
    ballot = await room.open_ballot(closes_in="2h")
    await tap(room, room.ana, ballot, "for")
    await wait(room, 1.75 * HOUR)
    assert posted(room, "Last call: ballot B1") == 1
    assert [role.name for role in post(room, "Last call").role_mentions] == ["Expert"]
    await wait(room, HOUR)
    assert posted(room, "Ballot B1 is closed.") == 1
    assert "Carried: 1 for" in shown(card(room, "CAP-01"))
    await wait(room, 12 * HOUR)
    assert posted(room, "Last call") == posted(room, "Ballot B1 is closed.") == 1


async def test_an_extended_ballot_closes_later_and_calls_again(room: Room) -> None:
    """The message, the cards and a post say the new time; there is a last call before it."""
    await propose(room)
    ballot = await room.open_ballot(closes_in="2h")
    before = shown(card(room, "CAP-01"))
    await wait(room, 1.75 * HOUR)
    answer = await room.fay.slash(room.rome, "ballot extend", ballot="B1", by="2h")
    assert "now closes on" in texts(answer)
    assert posted(room, "Ballot B1 now closes on") == 1
    assert shown(card(room, "CAP-01")) != before
    await wait(room, 1.5 * HOUR)
    assert posted(room, "Last call: ballot B1") == 2
    assert "Recorded" in texts(await tap(room, room.ana, ballot, "for"))
    await wait(room, HOUR)
    assert posted(room, "Ballot B1 is closed.") == 1
    assert refused(await room.fay.slash(room.rome, "ballot extend", ballot="B1", by="2h"))


async def test_a_cancelled_ballot_destroys_its_votes_and_says_why(room: Room) -> None:
    """The reason is posted as it was written, and the items are back under discussion."""
    await propose(room)
    ballot = await room.open_ballot()
    await tap(room, room.ana, ballot, "for")
    reason = "Wrong wording in *CAP-01* @everyone"
    answer = await room.fay.slash(room.rome, "ballot cancel", ballot="B1", reason=reason)
    assert "destroyed unseen" in texts(answer)
    told = post(room, "Ballot B1 is cancelled. All votes were destroyed unseen.")
    assert "Wrong wording in \\*CAP-01\\*" in shown(told)
    assert not told.mention_everyone
    assert "Cancelled." in shown(ballot_post(room))
    assert votes_on(card(room, "CAP-01")) == [] and "second:CAP-01" in controls(card(room, "CAP-01"))
    assert rows(room, "SELECT state FROM recommendations ORDER BY id") == [("admitted",)]
    assert stored_votes(room) == rows(room, "SELECT * FROM cast_votes") == []
    assert list(room.settings.secrecy.key_dir.iterdir()) == []
    assert refused(await room.fay.slash(room.rome, "ballot cancel", ballot="B1", reason="again"))


async def test_who_has_not_voted_is_reminded_once_and_privately(room: Room) -> None:
    """Not the voters, not twice, and closed private messages stop nobody else's."""
    await propose(room)
    for who in (room.ben, room.cleo):
        await who.click(room.message("panel", ""), custom_id="here")
    ballot = await room.open_ballot(closes_in="3d")
    await tap(room, room.ana, ballot, "for")
    room.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    answer = await room.fay.slash(room.rome, "ballot remind", ballot="B1")
    assert "2 people who have not voted get a private message." in texts(answer)
    told = dms(room, (room.ana, room.ben, room.cleo))
    assert sorted(len(messages) for messages in told.values()) == [0, 0, 1]
    assert told["Ana"] == []
    again = await room.fay.slash(room.rome, "ballot remind", ballot="B1")
    assert "nobody left to remind" in texts(again)
    await wait(room, 2.5 * 24 * HOUR)
    assert dms(room, (room.ana, room.ben, room.cleo)) == told
    assert not any("Ben" in text or "Cleo" in text for text in room.posts())


async def test_the_reminder_comes_by_itself_a_day_before_closing(room: Room) -> None:
    """With the way to the ballot; a failure of Discord delays it and loses nobody."""
    await propose(room)
    await room.ben.click(room.message("panel", ""), custom_id="here")
    ballot = await room.open_ballot(closes_in="3d")
    await tap(room, room.ana, ballot, "for")
    room.env.inject_error("POST", "/users/@me/channels", status=500)
    await wait(room, 2.1 * 24 * HOUR)
    told = dms(room, (room.ana, room.ben))
    assert told["Ana"] == []
    (reminder,) = told["Ben"]
    assert "you have not voted yet" in reminder
    assert str(ballot_post(room).id) in reminder


async def test_only_facilitators_lead_a_ballot_to_its_end(room: Room) -> None:
    """Experts and organisers are refused by every command and button."""
    await propose(room)
    await room.open_ballot()
    preview = await room.fay.slash(room.rome, "ballot close", ballot="B1")
    for who in (room.ana, room.ola, room.stranger):
        for act, options in (
            ("close", {}),
            ("status", {}),
            ("remind", {}),
            ("extend", {"by": "1h"}),
            ("cancel", {"reason": "no"}),
        ):
            assert refused(await who.slash(room.rome, f"ballot {act}", ballot="B1", **options))
        assert refused(await forge(room, who, ballot_post(room), control(preview, "ballot-close:")))
    assert rows(room, "SELECT status FROM ballots") == [("open",)]
