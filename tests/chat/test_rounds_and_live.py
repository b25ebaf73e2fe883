"""Series over several rounds, live totals of straw polls, and how each method's outcome is read out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from simcord.actors import MemberActor

from tests.chat.acts import press, refusal
from tests.chat.chat_room import Room, control, controls, message_of, refused, shown, texts
from tests.chat.paper_room import fill, next_round, on_paper, open_by
from tests.chat.voting_room import (
    ballot_post,
    card,
    here,
    on_sheet,
    post,
    posted,
    propose,
    rows,
    sheet,
    tap,
    value,
    voters,
    wait,
)

pytestmark = pytest.mark.usefixtures("nothing_failed")


def keys(room: Room) -> int:
    return len(list(room.settings.secrecy.key_dir.iterdir()))


def outcome_of(room: Room, label: str) -> Any:
    return post(room, f"Ballot {label} is closed.")


async def test_a_series_is_announced_after_each_round_and_sealed_with_its_last(room: Room) -> None:
    """Under the first outcome the next round is opened, once; after the last nothing is kept."""
    await propose(room, 2)
    await here(room, room.ben, room.cleo)
    preview = await room.fay.slash(
        room.rome, "ballot open", method="rating", theme="CAP", importance=True, rounds=2
    )
    assert "its importance as well" in texts(preview) and "Round 1 of 2." in texts(preview)
    first = control(preview, "ballot-open:").partition(":")[2]
    await room.fay.click(message_of(preview), custom_id=f"ballot-open:{first}")
    for who, agreement in ((room.ana, "a9"), (room.ben, "a8"), (room.cleo, "a2")):
        await fill(room, who, first, (1, agreement), (1, "i7"), (2, "a5"), (2, "i5"))
    await room.close_ballot(first)

    outcome = outcome_of(room, "B1")
    assert controls(outcome) == [f"ballot-round:{first}", f"ballot-end-series:{first}", f"record:{first}"]
    assert "Open round 2" in shown(outcome)
    assert "kept under the ballot's key until the series ends" in shown(outcome)
    assert "sealed" not in shown(outcome)
    assert "CAP-01, “Proposal number 1 on CAP”: supported, with a median of 8" in shown(outcome)
    assert "Until the series ends the votes are kept" in shown(ballot_post(room))
    assert keys(room) == 1
    for who in (room.ana, room.obs, room.ola, room.stranger):
        for button in ("ballot-round", "ballot-end-series"):
            assert "Only facilitators" in await refusal(room, press(room, who, outcome, f"{button}:{first}"))

    await room.restart()
    listed = await room.fay.slash(room.rome, "ballot list")
    assert "Waiting for their next round" in texts(listed) and "B1: round 2" in texts(listed)
    preview = await room.fay.click(message_of(listed), custom_id=f"ballot-round:{first}")
    assert "Round 2 of 2, the last." in texts(preview)
    late = await room.fay.click(outcome_of(room, "B1"), custom_id=f"ballot-round:{first}")
    second = control(preview, "ballot-open:").partition(":")[2]
    await room.fay.click(message_of(preview), custom_id=f"ballot-open:{second}")
    assert "Waiting for their next round" not in texts(await room.fay.slash(room.rome, "ballot list"))
    assert "The next round is ballot B2 already." in await refusal(
        room, room.fay.click(message_of(late), custom_id=control(late, "ballot-open:"))
    )
    for button, why in (("ballot-round", "B2 already"), ("ballot-end-series", "the next round, is open")):
        assert why in await refusal(room, press(room, room.fay, outcome, f"{button}:{first}"))
    for who, agreement in ((room.ana, "a9"), (room.ben, "a8"), (room.cleo, "a7")):
        await fill(room, who, second, (1, agreement), (1, "i7"), (2, "a5"), (2, "i5"), label="B2")
    await room.close_ballot(second, "B2")
    await wait(room, 5)

    outcome = outcome_of(room, "B2")
    assert "CAP-01, “Proposal number 1 on CAP”: supported by consensus" in shown(outcome)
    assert "2 of 3 voters who rated it in both rounds stayed in the same third" in shown(outcome)
    assert controls(outcome) == [f"record:{second}"] and "The votes are sealed." in shown(outcome)
    earlier = outcome_of(room, "B1")
    assert controls(earlier) == [f"record:{first}"] and "The votes are sealed." in shown(earlier)
    assert posted(room, "Ballot B1 is closed.") == posted(room, "Ballot B2 is closed.") == 1
    assert "The votes are sealed." in shown(ballot_post(room))
    assert keys(room) == 0 and rows(room, "SELECT * FROM votes") == []
    assert rows(room, "SELECT state FROM recommendations") == [("admitted",)] * 2
    assert refused(await press(room, room.fay, earlier, f"ballot-round:{first}"))


async def test_a_series_may_end_before_its_last_round(room: Room) -> None:
    """What was kept is destroyed at once, the outcome says so, and no round can follow."""
    await propose(room)
    ballot = await open_by(room, "rating", rounds=3)
    await fill(room, room.ana, ballot, (1, "a9"))
    await room.close_ballot(ballot)
    outcome = outcome_of(room, "B1")
    answer = await room.fay.click(outcome, custom_id=f"ballot-end-series:{ballot}")
    assert "The series ends with ballot B1" in texts(answer)
    await wait(room, 5)
    assert controls(outcome_of(room, "B1")) == [f"record:{ballot}"]
    assert "The votes are sealed." in shown(outcome_of(room, "B1"))
    assert keys(room) == 0 and rows(room, "SELECT * FROM votes") == []
    for button in ("ballot-round", "ballot-end-series"):
        assert refused(await press(room, room.fay, outcome, f"{button}:{ballot}"))
    assert posted(room, "Ballot B1 is closed.") == 1


async def test_a_round_that_was_cancelled_can_be_held_again(room: Room) -> None:
    """The series waits for another, and the outcome of the first still offers it."""
    await propose(room)
    first = await open_by(room, "rating", rounds=2)
    await fill(room, room.ana, first, (1, "a9"))
    await room.close_ballot(first)
    await next_round(room, first)
    await room.fay.slash(room.rome, "ballot cancel", ballot="B2", reason="The text was wrong")
    assert "Cancelled." in shown(ballot_post(room, "B2"))
    again = await room.fay.click(outcome_of(room, "B1"), custom_id=f"ballot-round:{first}")
    assert "Round 2 of 2, the last." in texts(again)


async def test_a_straw_poll_shows_its_totals_and_changes_nothing(room: Room) -> None:
    """From three votes on, in steps of three, hands included; the recommendation stays where it is."""
    await propose(room, 2)
    people = voters(room, 6)
    await here(room, *people)
    preview = await room.fay.slash(
        room.rome, "ballot open", method="support", theme="CAP", purpose="indicative", results="live"
    )
    for part in ("It is indicative: it informs and changes nothing.", "Totals are shown while it is open"):
        assert part in texts(preview)
    ballot = control(preview, "ballot-open:").partition(":")[2]
    await room.fay.click(message_of(preview), custom_id=f"ballot-open:{ballot}")
    assert "Totals are shown once three have voted." in shown(ballot_post(room))
    assert "hidden" not in shown(ballot_post(room)) + shown(card(room, "CAP-01"))
    assert rows(room, "SELECT state FROM recommendations") == [("admitted",)] * 2

    async def after(who: MemberActor, choice: str) -> str:
        await tap(room, who, ballot, choice)
        await wait(room, 10)
        return shown(ballot_post(room))

    assert "Totals are shown once three" in await after(people[0], "for")
    assert "Totals are shown once three" in await after(people[1], "for")
    assert "CAP-01: 2 for, 1 against, 0 abstaining" in await after(people[2], "against")
    assert "CAP-01: 2 for, 1 against, 0 abstaining" in await after(people[3], "for")
    await room.fay.slash(room.rome, "ballot hands", ballot="B1", reference="CAP-01", abstain=1)
    await room.restart()
    await wait(room, 10)
    assert "CAP-01: 2 for, 1 against, 0 abstaining" in shown(ballot_post(room))
    for who in (people[4], people[3]):  # one new vote, and a second tap of somebody counted already
        assert "CAP-01: 2 for, 1 against, 0 abstaining" in await after(who, "for")
    assert "CAP-01: 3 for, 2 against, 1 abstaining" in await after(people[0], "against")
    await room.fay.slash(room.rome, "ballot remove", ballot="B1", reference="CAP-02", reason="Not now")
    message = shown(ballot_post(room))
    assert "CAP-02" not in message and "Totals are shown once three have voted." in message
    await room.close_ballot(ballot)
    outcome = shown(outcome_of(room, "B1"))
    assert "The ballot was indicative: it changes nothing." in outcome
    assert rows(room, "SELECT state FROM recommendations") == [("admitted",)] * 2


METHODS: tuple[tuple[str, dict[str, Any], list[list[tuple[int, str]]], str], ...] = (
    ("rating", {}, [[(1, "a8"), (2, "a2")], [(1, "a8")]], "CAP-01, “Proposal number 1 on CAP”: supported"),
    (
        "ranked",
        {},
        [[(2, "next"), (1, "next")], [(2, "next")]],
        "CAP-02, “Proposal number 2 on CAP”",
    ),
    ("points", {"points": 2}, [[(2, "+1"), (2, "+1")], [(1, "+1")]], "CAP-02, “Proposal number 2 on CAP”"),
    (
        "shortlist",
        {"seats": 1},
        [[(2, "yes")], [(2, "yes"), (1, "yes")]],
        "seat 1 by the Method of Equal Shares",
    ),
)


@pytest.mark.parametrize(("method", "options", "papers", "said"), METHODS, ids=[one[0] for one in METHODS])
async def test_the_outcome_on_paper_is_read_out(
    room: Room, method: str, options: dict[str, Any], papers: list[list[tuple[int, str]]], said: str
) -> None:
    """Turnout, those who stood aside, one sentence an item; best first where only the order counts."""
    await propose(room, 2)
    await here(room, room.ben, room.cleo)
    ballot = await open_by(room, method, quorum="2", **options)
    message = shown(ballot_post(room))
    assert "Quorum: 2 papers." in message and "Carried with" not in message
    assert "It gives an order and adopts nothing by itself." in message
    for who, taps in zip((room.ana, room.ben), papers, strict=True):
        await fill(room, who, ballot, *taps)
    drawn = await sheet(room, room.cleo, ballot)
    drawn = await on_sheet(room.cleo, drawn, f"sheet-aside:{ballot}:0")
    drawn = await on_paper(room.cleo, drawn, ballot, (1, "aside"))
    drawn = await on_sheet(room.cleo, drawn, f"sheet-page:{ballot}:0")
    await on_sheet(room.cleo, drawn, f"paper-submit:{ballot}:")
    status = texts(await room.fay.slash(room.rome, "ballot status", ballot="B1"))
    assert "2 of 3 have voted." in status and "Every item has its quorum." in status
    await room.close_ballot(ballot)
    outcome = outcome_of(room, "B1")
    text = shown(outcome)
    assert "2 of 3 people entitled to vote did so." in text and said in text
    assert "1 stood aside." in text and "indicative" not in text
    assert controls(outcome) == [f"record:{ballot}"]
    best = re.search(r"- (CAP-0\d)", text)
    assert best and best[1] == ("CAP-01" if method == "rating" else "CAP-02")
    assert rows(room, "SELECT state FROM recommendations") == [("admitted",)] * 2


async def test_delegations_are_counted_as_delegations(empty_room: Room) -> None:
    """In the preview, the message, the status and the outcome, and in a silence as people notified."""
    room = empty_room
    await room.load(more='[rules]\nvote_by = "delegation"\n')
    await room.open_event()
    await propose(room, 2)
    await here(room, room.ben, room.cleo)
    for who, organisation in ((room.ana, "DPKO"), (room.ben, "EEAS"), (room.cleo, "EEAS")):
        await room.ola.slash(room.lobby, "participants set", member=who, organisation=organisation)
    preview = await room.fay.slash(room.rome, "ballot open", method="support", references="CAP-01")
    assert "2 delegations may vote, with one vote each." in texts(preview)
    ballot = control(preview, "ballot-open:").partition(":")[2]
    opened = await room.fay.click(message_of(preview), custom_id=f"ballot-open:{ballot}")
    assert "Ballot B1 is open for 2 delegations until" in texts(opened)
    await tap(room, room.ben, ballot, "for")
    status = await room.fay.slash(room.rome, "ballot status", ballot="B1")
    assert "1 of 2 delegations have voted." in texts(status)
    await wait(room, 10)
    assert "1 of 2 delegations have voted." in shown(ballot_post(room))
    await room.close_ballot(ballot)
    assert "1 of 2 delegations entitled to vote did so." in shown(outcome_of(room, "B1"))
    silent = await room.fay.slash(room.rome, "silence start", reference="CAP-02")
    assert "3 people will be notified." in texts(silent)
    assert value(room, "SELECT count(*) FROM ballots WHERE status = 'open'") == 0
