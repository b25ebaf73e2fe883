"""Papers, as people fill them in: over pages, changed, submitted, taken back, and refused where need be."""

from __future__ import annotations

import re

import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from tests.chat.acts import modal_fields, press, refusal, submit
from tests.chat.chat_room import Room, control, controls, message_of, refused, shown, texts
from tests.chat.paper_room import (
    chosen,
    disabled,
    filled,
    next_round,
    on_paper,
    open_by,
    seed,
    submitted,
)
from tests.chat.voting_room import HOUR, at_once, ballot_post, on_sheet, propose, rows, sheet, wait

pytestmark = pytest.mark.usefixtures("nothing_failed")

NOT_YET = "Not submitted yet: nothing is counted before you submit."
ENDS = {"closed": "3d", "cancelled": "3d", "time is up": "1h", "open": "3d"}
CHANGED = "Changed since you submitted: submit again, or what you submitted before counts."


async def test_sixty_ratings_are_filled_in_over_pages(room: Room) -> None:
    """A restart loses nothing, nothing counts before it is submitted, and a change keeps the receipt."""
    await seed(room, 60)
    ballot = await open_by(room, "rating")
    drawn = await sheet(room, room.ben, ballot)
    assert "Ballot B1 · 0 of 60" in texts(drawn)
    assert "Page 1 of 12." in texts(drawn)
    drawn = await on_paper(room.ben, drawn, ballot, (1, "a9"), (2, "a7"))
    drawn = await on_sheet(room.ben, drawn, f"sheet-page:{ballot}:1")
    drawn = await on_paper(room.ben, drawn, ballot, (6, "a1"), (6, "a2"), (7, "a5"), (7, "a0"))
    assert "Ballot B1 · 3 of 60" in texts(drawn)
    assert NOT_YET in texts(drawn)
    assert chosen(drawn) == {f"paper-pick:{ballot}:6:1:a": "a2"}

    await room.restart()
    await wait(room, 10)
    assert submitted(room) == []
    assert "0 of 2 have voted." in shown(ballot_post(room))
    drawn = await room.ben.slash(room.rome, "vote")
    assert chosen(drawn) == {f"paper-pick:{ballot}:1:0:a": "a9", f"paper-pick:{ballot}:2:0:a": "a7"}

    drawn = await on_sheet(room.ben, drawn, f"paper-submit:{ballot}:")
    receipt = re.search(r"Submitted; it counts\.\*\* · receipt (\w{10})", texts(drawn))
    assert receipt
    assert submitted(room) == [{"1": [9, 0], "2": [7, 0], "6": [2, 0]}]
    await wait(room, 10)
    assert "1 of 2 have voted." in shown(ballot_post(room))

    drawn = await on_paper(room.ben, drawn, ballot, (1, "a0"), (3, "a5"))
    assert f"{CHANGED}** · receipt {receipt[1]}" in texts(drawn)
    assert submitted(room) == [{"1": [9, 0], "2": [7, 0], "6": [2, 0]}]
    drawn = await on_sheet(room.ben, drawn, f"paper-submit:{ballot}:")
    assert f"Submitted; it counts.** · receipt {receipt[1]}" in texts(drawn)
    assert submitted(room) == [{"2": [7, 0], "3": [5, 0], "6": [2, 0]}]

    drawn = await on_sheet(room.ben, drawn, f"sheet-aside:{ballot}:0")
    drawn = await on_sheet(room.ben, drawn, f"paper-take-back:{ballot}:")
    assert NOT_YET in texts(drawn)
    assert chosen(drawn) == {f"paper-pick:{ballot}:2:0:a": "a7", f"paper-pick:{ballot}:3:0:a": "a5"}
    assert submitted(room) == []
    await wait(room, 10)
    assert "0 of 2 have voted." in shown(ballot_post(room))
    drawn = await on_sheet(room.ben, drawn, f"sheet-aside:{ballot}:0")
    drawn = await on_sheet(room.ben, drawn, f"paper-empty:{ballot}:")
    assert "Ballot B1 · 0 of 60" in texts(drawn)
    assert filled(room) == [{}]


async def test_a_second_round_shows_what_was_said_in_the_first(room: Room) -> None:
    """Everybody sees their own last answers and the group's, and begins with an empty paper."""
    await propose(room, 2)
    first = await open_by(room, "rating", importance=True, rounds=2)
    for who, agreement in ((room.ana, "a9"), (room.ben, "a4")):
        drawn = await sheet(room, who, first)
        assert "Importance: 1 = not important … 9 = most important." in texts(drawn)
        drawn = await on_paper(who, drawn, first, (1, agreement))
        assert "· 0 of 2" in texts(drawn)
        drawn = await on_paper(who, drawn, first, (1, "i6"))
        assert "· 1 of 2" in texts(drawn)
        assert chosen(drawn) == {
            f"paper-pick:{first}:1:0:a": agreement,
            f"paper-pick:{first}:1:0:i": "i6",
        }
        await on_sheet(who, drawn, f"paper-submit:{first}:")
    await room.close_ballot(first)
    second = await next_round(room, first)
    drawn = await sheet(room, room.ben, second, "B2")
    assert "Round 2 of 2." in texts(drawn)
    assert "· 0 of 2" in texts(drawn)
    assert "median 6.5, half of the ratings between" in texts(drawn)
    assert "you gave 4, importance 6" in texts(drawn)
    assert "last round: nobody rated it" in texts(drawn)
    assert chosen(drawn) == {}


async def test_an_order_is_made_by_placing(room: Room) -> None:
    """First, second, beside each other, up, down, out; what is not placed stays open."""
    await propose(room, 4)
    ballot = await open_by(room, "ranked")
    drawn = await sheet(room, room.ben, ballot)
    assert "Next: 1" in texts(drawn)
    assert "Equal" not in texts(drawn).replace("Equal places", "")
    drawn = await on_paper(room.ben, drawn, ballot, (2, "next"), (1, "next"), (3, "equal"))
    assert "Your order so far: 1 CAP-02 · 2 CAP-01 = CAP-03" in texts(drawn)
    assert "Place 2, equal with CAP-03" in texts(drawn)
    assert "Next: 3" in texts(drawn)
    assert f"paper:{ballot}:2:up:0" in disabled(drawn)
    drawn = await on_paper(room.ben, drawn, ballot, (3, "up"))
    assert "Your order so far: 1 CAP-02 · 2 CAP-03 · 3 CAP-01" in texts(drawn)
    assert f"paper:{ballot}:1:down:0" in disabled(drawn)
    drawn = await on_paper(room.ben, drawn, ballot, (2, "down"), (1, "equal"))
    assert "Your order so far: 1 CAP-03 · 2 CAP-01 = CAP-02" in texts(drawn)
    drawn = await on_paper(room.ben, drawn, ballot, (3, "out"))
    assert "Your order so far: 1 CAP-01 = CAP-02" in texts(drawn)
    assert "· 2 of 4" in texts(drawn)
    await on_sheet(room.ben, drawn, f"paper-submit:{ballot}:")
    assert submitted(room) == [{"1": [1], "2": [1]}]


async def test_points_are_never_overspent(room: Room) -> None:
    """What cannot be given cannot be pressed, and a number typed too high is refused in one sentence."""
    await propose(room, 3)
    ballot = await open_by(room, "points", points=5, most=3)
    drawn = await sheet(room, room.ben, ballot)
    assert "5 of 5 points left." in texts(drawn)
    assert "At most 3 points on one." in texts(drawn)
    assert f"paper:{ballot}:1:-1:0" in disabled(drawn)
    drawn = await on_paper(room.ben, drawn, ballot, (1, "+1"), (1, "+1"), (1, "+1"))
    assert f"paper:{ballot}:1:+1:0" in disabled(drawn)
    assert f"paper:{ballot}:2:+1:0" in controls(message_of(drawn))
    assert "2 of 5 points left." in texts(drawn)
    drawn = await _type(room, room.ben, drawn, ballot, 2, "2")
    assert "0 of 5 points left." in texts(drawn)
    assert {f"paper:{ballot}:{position}:+1:0" for position in (1, 2, 3)} <= set(disabled(drawn))
    for typed, why in (
        ("3", "No points are left"),
        ("4", "At most 3 points may go to one recommendation"),
        ("99999", "At most 3 points"),
        ("-1", "Points are given as a whole number, 0 or more, such as 3."),
        ("+1", "Points are given as a whole number"),
        ("4.5", "Points are given as a whole number"),
        ("aside", "Points are given as a whole number"),
        ("", "Points are given as a whole number"),
        ("٣", "Points are given as a whole number"),
    ):
        form = await on_sheet(room.ben, drawn, f"paper-number:{ballot}:2:")
        assert form.modal is not None
        assert modal_fields(form)["points"]["value"] == "2"
        answer = await refusal(room, submit(room, room.ben, form.modal["custom_id"], {"points": typed}))
        assert why in answer, typed
    assert filled(room) == [{"1": [3], "2": [2]}]
    drawn = await _type(room, room.ben, drawn, ballot, 2, " 0 ")
    drawn = await on_paper(room.ben, drawn, ballot, (1, "-1"))
    assert "3 of 5 points left." in texts(drawn)
    await on_sheet(room.ben, drawn, f"paper-submit:{ballot}:")
    assert submitted(room) == [{"1": [2]}]


async def _type(
    room: Room, who: MemberActor, drawn: InteractionResult, ballot: str, position: int, typed: str
) -> InteractionResult:
    """A number of points typed into the form of one item; the sheet as it is then."""
    form = await on_sheet(who, drawn, f"paper-number:{ballot}:{position}:")
    return await who.submit_modal(form, {"points": typed})


async def test_a_short_list_is_approved_over_pages(room: Room) -> None:
    """One button an item says yes or no; an open ballot says beforehand that all will see it."""
    await propose(room, 8)
    ballot = await open_by(room, "shortlist", seats=2, secrecy="open")
    drawn = await sheet(room, room.ben, ballot)
    assert "Approve as many as you like; 2 seats will be filled." in texts(drawn)
    assert "The ballot is open: everybody will be able to see who voted how." in texts(drawn)
    drawn = await on_paper(room.ben, drawn, ballot, (1, "yes"), (3, "yes"), (1, "no"))
    drawn = await on_sheet(room.ben, drawn, f"sheet-page:{ballot}:1")
    drawn = await on_paper(room.ben, drawn, ballot, (8, "yes"))
    assert "· 2 of 8" in texts(drawn)
    assert texts(drawn).count("Approved") == 1
    await on_sheet(room.ben, drawn, f"paper-submit:{ballot}:")
    assert submitted(room) == [{"3": [1], "8": [1]}]


async def test_standing_aside_is_part_of_a_paper(room: Room) -> None:
    """It is said on a screen of its own, counts when submitted, and can be undone."""
    await propose(room, 2)
    ballot = await open_by(room, "rating")
    drawn = await on_paper(room.ben, await sheet(room, room.ben, ballot), ballot, (1, "a3"))
    drawn = await on_sheet(room.ben, drawn, f"sheet-aside:{ballot}:0")
    assert "Stand aside on an item in which you have an interest" in texts(drawn)
    drawn = await on_paper(room.ben, drawn, ballot, (1, "aside"), (2, "aside"))
    assert "· 2 of 2" in texts(drawn)
    assert texts(drawn).count("You stand aside here.") == 2
    drawn = await on_paper(room.ben, drawn, ballot, (1, "back"))
    assert f"paper-submit:{ballot}:0" in controls(message_of(drawn)), "back at the paper itself"
    assert texts(drawn).count("You stand aside here.") == 1
    await on_sheet(room.ben, drawn, f"paper-submit:{ballot}:")
    assert submitted(room) == [{"2": []}]
    drawn = await on_paper(room.ben, await sheet(room, room.ben, ballot), ballot, (2, "a8"))
    assert "You stand aside" not in texts(drawn)
    assert filled(room) == [{"2": [8, 0]}]


async def test_a_reason_is_asked_when_a_paper_is_submitted(room: Room) -> None:
    """Only where there is something to submit; it may stay empty, and is kept apart from the paper."""
    await propose(room, 2)
    ballot = await open_by(room, "shortlist", seats=1, reasons="all")
    drawn = await sheet(room, room.ben, ballot)
    empty = await on_sheet(room.ben, drawn, f"paper-submit:{ballot}:")
    assert refused(empty)
    assert "Approve at least one recommendation" in texts(empty)
    drawn = await on_paper(room.ben, drawn, ballot, (2, "yes"))
    form = await on_sheet(room.ben, drawn, f"paper-submit:{ballot}:")
    assert form.modal is not None
    assert submitted(room) == []
    drawn = await room.ben.submit_modal(form, {"reason": "The others cost too much"})
    assert "Submitted; it counts." in texts(drawn)
    assert rows(room, "SELECT choice, reason FROM votes") == [('{"2":[1]}', "The others cost too much")]


async def test_two_devices_fill_in_one_paper(room: Room) -> None:
    """Taps on two open sheets land on the same paper, and submitting on both is one submission."""
    await propose(room, 3)
    ballot = await open_by(room, "points", points=3)
    phone, laptop = await sheet(room, room.ben, ballot), await sheet(room, room.ben, ballot)
    await at_once(
        room,
        *(
            (room.ben, message_of(drawn), f"paper:{ballot}:{position}:+1:0")
            for drawn, position in ((phone, 1), (laptop, 2), (phone, 2))
        ),
    )
    assert filled(room) == [{"1": [1], "2": [2]}]
    late = (room.ben, message_of(laptop), f"paper:{ballot}:3:+1:0")
    (answer,) = await at_once(room, late)
    assert refused(answer), "the laptop's sheet does not know yet that nothing is left"
    answers = await at_once(
        room, *((room.ben, message_of(drawn), f"paper-submit:{ballot}:0") for drawn in (phone, laptop))
    )
    assert all("Submitted; it counts." in texts(answer) for answer in answers)
    assert submitted(room) == [{"1": [1], "2": [2]}]


async def test_a_paper_is_refused_when_it_is_too_late_or_not_ones_own(room: Room) -> None:
    """Filled in before, submitted after: closed, cancelled, its time up, the role taken away; an observer."""
    await room.proposals("Convoys", "Hospitals", "Airlift", "Language courses")
    ends = {}
    for number, (end, time) in enumerate(ENDS.items(), start=1):
        ballot = await open_by(room, "shortlist", references=f"CAP-0{number}", closes_in=time)
        drawn = await sheet(room, room.ben, ballot, f"B{number}")
        ends[end] = ballot, await on_paper(room.ben, drawn, ballot, (1, "yes"))
    await press(room, room.obs, ballot_post(room), "here")
    for who in (room.obs, room.stranger, room.fay):
        for identity in ("sheet:{}", "paper:{}:1:yes:0", "paper-submit:{}:0", "sheet-aside:{}:0"):
            forged = identity.format(ends["open"][0])
            assert await refusal(room, press(room, who, ballot_post(room, "B4"), forged))
    await room.close_ballot(ends["closed"][0], "B1")
    await room.fay.slash(room.rome, "ballot cancel", ballot="B2", reason="Wrong text")
    await wait(room, 2 * HOUR)
    for end in ("closed", "cancelled", "time is up"):
        ballot, drawn = ends[end]
        said = "cancelled" if end == "cancelled" else "closed"
        for identity in ("paper-submit:{}:0", "paper:{}:1:no:0", "paper-take-back:{}:0", "sheet-page:{}:0"):
            late = press(room, room.ben, message_of(drawn), identity.format(ballot))
            assert said in await refusal(room, late), (end, identity)
    assert submitted(room) == []
    ballot, drawn = ends["open"]
    await on_sheet(room.ben, drawn, f"paper-submit:{ballot}:")
    room.env.backend.edit_member(room.guild.id, room.ben.id, {"role_ids": [room.guild.roles["EU"].id]})
    for identity in ("paper-submit:{}:0", "paper:{}:1:no:0", "paper-take-back:{}:0"):
        assert await refusal(room, press(room, room.ben, message_of(drawn), identity.format(ballot)))
    assert submitted(room) == [{"1": [1]}]


FORGED = {
    "support": ("paper:{}:1:yes:0", "paper-submit:{}:0", "paper-number:{}:1:0", "sheet-vote:{}:1:banana:0"),
    "rating": (
        "paper:{}:1:a10:0",
        "paper:{}:1:a4.5:0",
        "paper:{}:1:a-1:0",
        "paper:{}:1::0",
        "paper:{}:1:banana:0",
        "paper:{}:1:i5:0",
        "paper:{}:99:a5:0",
        "paper:{}:-1:a5:0",
        "paper:{}:1:a5:x",
        "paper:{}:1:a5",
        "paper:999:1:a5:0",
        "paper-submit:{}:0",
        "paper-number:{}:1:0",
        "sheet-vote:{}:1:for:0",
        "sheet-vote:{}:1:recused:0",
        "vote:{}:1:for",
    ),
    "ranked": ("paper:{}:1:1:0", "paper:{}:1:banana:0", "paper:{}:99:next:0", "paper:{}:2:a5:0"),
    "points": (
        "paper:{}:1:-2:0",
        "paper:{}:1:11:0",
        "paper:{}:1:banana:0",
        "paper:{}:1:1e1:0",
        "paper:{}:99:+1:0",
        "paper-number:{}:99:0",
    ),
    "shortlist": ("paper:{}:1:maybe:0", "paper:{}:99:yes:0", "paper:{}:1:+1:0"),
    "silence": ("paper:{}:1:yes:0", "paper-submit:{}:0", "vote:{}:1:for", "sheet-vote:{}:1:recused:0"),
}
PICKED = (("a0", "a1"), (), ("",), ("a10",), ("4.5",), ("0",), ("i5",), ("banana",))


async def test_a_forged_tap_is_refused_and_stores_nothing(room: Room) -> None:
    """Whatever is sent for whichever method: one private sentence."""
    await room.proposals("Convoys", "Hospitals", "Airlift", theme="CAP")
    await room.proposals("Language courses", "Exercises", theme="TRN")
    message = room.rome.last_message
    await press(room, room.ben, message, "here")
    alone = {"support": "TRN-01", "silence": "TRN-02"}
    for method, forged in FORGED.items():
        on = {"references": alone[method]} if method in alone else {"theme": "CAP"}
        ballot = await open_by(room, method, **on)
        for identity in forged:
            assert await refusal(room, press(room, room.ben, message, identity.format(ballot))), identity
        if method == "rating":
            for values in PICKED:
                picked = press(room, room.ben, message, f"paper-pick:{ballot}:1:0:a", values)
                assert await refusal(room, picked), values


async def test_what_is_open_is_listed_with_what_is_left_to_do(room: Room) -> None:
    """`/vote` tells a paper that counts from one that does not yet, and a silence from both."""
    await room.proposals("Convoys", "Hospitals", "Airlift", "Language courses")
    points = await open_by(room, "points", references="CAP-01")
    rating = await open_by(room, "rating", references="CAP-01, CAP-02", closes_in="2h")
    await open_by(room, "silence", references="CAP-03")
    await open_by(room, "support", references="CAP-04")
    drawn = await on_paper(room.ben, await sheet(room, room.ben, points), points, (1, "+1"))
    await on_sheet(room.ben, drawn, f"paper-submit:{points}:")
    listed = await room.ben.slash(room.rome, "vote")
    assert "**B1** (CAP-01) · 1 of 1, submitted, open until" in texts(listed)
    assert "**B2** (CAP-01, CAP-02) · 0 of 2, not submitted yet, open until" in texts(listed)
    assert re.search(r"\*\*B3\*\* \(CAP-03\) · adopted on .+ unless somebody objects", texts(listed))
    assert "**B4** (CAP-04) · 0 of 1, open until" in texts(listed)
    drawn = await on_sheet(room.ben, listed, f"sheet:{rating}")
    assert "Agreement: 1 = strongly disagree … 9 = strongly agree." in texts(drawn)
    silent = await on_sheet(room.ben, listed, control(listed, "sheet:3"))
    assert "Silence procedure B3" in texts(silent)
    assert {"silence-break:3", "silence-explain:3"} <= set(controls(message_of(silent)))
    await on_paper(room.ben, await sheet(room, room.ben, points), points, (1, "+1"))
    assert "1 of 1, changed since it was submitted" in texts(await room.ben.slash(room.rome, "vote"))

    for label, ballot in (("B1", points), ("B4", "4")):
        await room.close_ballot(ballot, label)
    await wait(room, 2.5 * HOUR)
    alone = await room.ben.slash(room.rome, "vote")
    assert "Silence procedure B3" in texts(alone), "the only one that is left opens at once"


async def test_more_ballots_than_have_room_are_listed_as_far_as_they_fit(room: Room) -> None:
    """Twenty have a button each; the others are counted."""
    await seed(room, 21)
    for number in range(1, 22):
        await open_by(room, "points", references=f"CAP-{number:02}")
    listed = await room.ben.slash(room.rome, "vote")
    assert len(controls(message_of(listed))) == 20
    assert "and 1 more" in texts(listed)
