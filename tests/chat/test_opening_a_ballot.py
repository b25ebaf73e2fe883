"""A facilitator prepares a ballot, sees it as it will be held, and only then opens it."""

from __future__ import annotations

from typing import Any

import pytest
from discord import app_commands
from simcord.enums import InteractionType
from simcord.results import InteractionResult

from seminar.methods import METHODS
from seminar.methods.base import MORE
from tests.chat.acts import interaction
from tests.chat.chat_room import Room, control, controls, message_of, refused, shown, texts
from tests.chat.voting_room import at_once, ballot_post, card, forge, posted, propose, rows, sheet, value

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def _prepare(room: Room, **options: Any) -> InteractionResult:
    return await room.fay.slash(room.rome, "ballot open", **{"method": "support", "theme": "CAP", **options})


async def test_the_whole_road_from_proposal_to_outcome(room: Room) -> None:
    """An expert proposes, another seconds, both vote, a facilitator closes, and the room is told."""
    await room.recommend(room.ana)
    await room.ben.slash(room.rome, "second", reference="CAP-01")
    ballot = await room.open_ballot()
    assert "Recorded: For" in texts(await room.vote(room.ana, ballot, 1, "for"))
    assert "Recorded: Against" in texts(await room.vote(room.ben, ballot, 1, "against"))
    assert "2 of 2 voted" in texts(await room.close_ballot(ballot))
    outcome = room.posts()[-1]
    assert "Ballot B1 is closed. 2 of 2 people entitled to vote did so." in outcome
    assert "CAP-01, “Structured co-operation in planning”: not carried, with 1 for, 1 against" in outcome
    assert "Not carried: 1 for, 1 against, 0 abstaining" in shown(card(room, "CAP-01"))
    assert "The votes are sealed." in shown(ballot_post(room))


async def test_nothing_is_open_before_the_preview_is_confirmed(room: Room) -> None:
    """The preview shows items, voters, rules and closing time; the room sees nothing of it."""
    await propose(room, 2)
    before = room.posts()
    preview = await _prepare(room, closes_in="2h", quorum="1/3", threshold=">=2/3", reasons="against")
    text = texts(preview)
    assert message_of(preview).ephemeral
    for part in (
        "CAP-01",
        "CAP-02",
        "1 person may vote.",
        "It closes on",
        "secret: nobody can see who voted how",
        "2/3",
        "1/3",
        "against are asked for a reason",
    ):
        assert part in text
    assert room.posts() == before
    assert rows(room, "SELECT status, number FROM ballots") == [("prepared", None)]
    assert "No ballot is open" in texts(await room.ana.slash(room.rome, "vote"))


async def test_the_room_is_told_of_an_open_ballot(room: Room) -> None:
    """The ballot's message mentions the participants' role, and the cards carry the three buttons."""
    await propose(room, 2)
    ballot = await room.open_ballot()
    message = ballot_post(room)
    assert [role.name for role in message.role_mentions] == ["Expert"]
    assert controls(message) == [f"sheet:{ballot}"]
    assert controls(card(room, "CAP-02"))[:3] == [
        f"vote:{ballot}:2:{c}" for c in ("for", "against", "abstain")
    ]


async def test_a_discarded_preview_opens_nothing(room: Room) -> None:
    """And its confirmation, should it still be on somebody's screen, is refused."""
    await propose(room)
    preview = await _prepare(room)
    ballot = control(preview, "ballot-open:").partition(":")[2]
    dropped = await room.fay.click(message_of(preview), custom_id=f"ballot-discard:{ballot}")
    assert "Nothing was opened" in texts(dropped)
    late = await forge(room, room.fay, message_of(preview), f"ballot-open:{ballot}")
    assert refused(late)
    assert "discarded before it opened" in texts(late)
    assert rows(room, "SELECT status FROM ballots") == [("discarded",)]
    assert posted(room, "Ballot B1") == 0


async def test_a_double_click_on_the_confirmation_opens_one_ballot(room: Room) -> None:
    """Both clicks are answered with the same ballot, and the room reads of it once."""
    await propose(room)
    preview = await _prepare(room)
    press = (room.fay, message_of(preview), control(preview, "ballot-open:"))
    for result in await at_once(room, press, press):
        assert "Ballot B1 is open" in texts(result)
    assert rows(room, "SELECT status, number FROM ballots") == [("open", 1)]
    assert posted(room, "## 🗳️ Ballot B1") == 1
    assert len(list(room.settings.secrecy.key_dir.iterdir())) == 1


async def test_only_a_facilitator_may_confirm(room: Room) -> None:
    """Whoever gets hold of the button: the check is at the act, not at the screen."""
    await propose(room)
    preview = await _prepare(room)
    opening = control(preview, "ballot-open:")
    for who in (room.ana, room.obs, room.ola, room.stranger):
        assert refused(await forge(room, who, room.rome.last_message, opening))
        assert refused(await who.slash(room.rome, "ballot open", method="support", theme="CAP"))
    assert rows(room, "SELECT status FROM ballots") == [("prepared",)]


async def test_another_facilitator_may_confirm(room: Room) -> None:
    """The ballot belongs to the room; the one who prepared it may have left."""
    await propose(room)
    preview = await _prepare(room)
    flo = room.person("Flo", "Facilitator")
    opened = await forge(room, flo, message_of(preview), control(preview, "ballot-open:"))
    assert "Ballot B1 is open" in texts(opened)


async def test_what_was_withdrawn_since_the_preview_is_not_put_to_the_vote(room: Room) -> None:
    """The confirmation is refused and says why."""
    await propose(room)
    preview = await _prepare(room)
    await room.ana.slash(room.rome, "withdraw", reference="CAP-01")
    late = await room.fay.click(message_of(preview), custom_id=control(preview, "ballot-open:"))
    assert refused(late)
    assert "CAP-01 is withdrawn" in texts(late)
    assert list(room.settings.secrecy.key_dir.glob("*")) == []


BY_METHOD: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
    ({"method": "support", "threshold": ">=2/3"}, ("at least 2/3", "No quorum is needed.")),
    (
        {"method": "rating", "importance": True, "rounds": 3, "quorum": "50%"},
        ("its importance as well", "Round 1 of 3.", "Quorum: papers of 1/2 of those entitled"),
    ),
    ({"method": "rating"}, ("is rated from 1 to 9.", "adopts nothing by itself")),
    ({"method": "ranked", "quorum": "2"}, ("Schulze", "winning votes", "Quorum: 2 papers.")),
    ({"method": "points", "points": 6, "most": 3}, ("has 6 points to spread, at most 3 on one item",)),
    ({"method": "points"}, ("has 10 points to spread.",)),
    ({"method": "shortlist"}, ("2 seats are filled by the Method of Equal Shares", "sequential Phragmén")),
    ({"method": "silence", "closes_in": "3d"}, ("will be notified", "unless somebody breaks the silence")),
)


async def test_the_preview_says_what_each_method_means(room: Room) -> None:
    """Only what the method knows: no threshold where nothing is carried, and no round where there is one."""
    await propose(room, 2)
    for options, said in BY_METHOD:
        preview = texts(await _prepare(room, **options))
        for part in said:
            assert part in preview, options
        assert ("Carried with" in preview) == (options["method"] == "support"), options
        assert ("Round" in preview) == ("rounds" in options), options


async def test_methods_are_offered_in_their_order_and_seldom_ones_as_more(room: Room) -> None:
    """Support, rating and silence come first; the others say that they are more than most need."""
    (command,) = [c for c in room.bot.tree.walk_commands() if c.qualified_name == "ballot open"]
    assert isinstance(command, app_commands.Command)
    (method,) = [p for p in command.parameters if p.name == "method"]
    assert [choice.value for choice in method.choices] == list(METHODS)
    assert list(METHODS)[:3] == ["support", "rating", "silence"]
    for name, one in METHODS.items():
        assert str(one.label).startswith("more: ") == (one.place >= MORE), name


UNMET: tuple[tuple[dict[str, Any], str], ...] = (
    ({"theme": "XXX"}, "XXX"),
    ({"theme": "TRN"}, "no admitted recommendation"),
    ({"closes_in": "soon"}, "written like 30m"),
    ({"closes_in": "91d"}, "90 days"),
    ({"quorum": "most"}, "A quorum is"),
    ({"threshold": "3/2"}, "A threshold is written like"),
    ({"threshold": "2/3"}, "A threshold is written like"),
    ({"threshold": "0.66"}, "A threshold is written like"),
    ({"threshold": "=>1/2"}, "A threshold is written like"),
    ({"threshold": "150%"}, "A threshold is written like"),
    ({"threshold": ">150%"}, "between none and all"),
    ({"quorum": "150%"}, "at most 100%"),
    ({"results": "live"}, "Only an indicative ballot can show its totals live"),
    ({"method": "silence", "purpose": "indicative"}, "A silence procedure decides"),
    ({"method": "shortlist", "seats": 5}, "A short list of 5 cannot be chosen from 1"),
    ({"method": "ranked", "seats": 1}, "has no seats"),
    ({"rounds": 2}, "has no rounds"),
    ({"method": "points", "points": 3, "most": 4}, "from 1 to 3"),
    ({"method": "rating", "reasons": "against"}, "Nobody votes against"),
    ({"references": "CAP-99"}, "CAP-99"),
    ({"references": "=HYPERLINK("}, "HYPERLINK"),
)


async def test_a_request_that_cannot_be_met_is_refused_in_one_sentence(room: Room) -> None:
    """The sentence says what is wrong or how to write it, and nothing is prepared."""
    await propose(room)
    for options, why in UNMET:
        answer = await _prepare(room, **options)
        assert refused(answer)
        assert why in texts(answer).replace("\\", "")
    for method, name, number in (
        ("points", "points", 0),
        ("shortlist", "seats", -1),
        ("rating", "rounds", 99),
    ):
        assert "is a whole number from 1" in texts(await _forged(room, method, name, number))
    assert value(room, "SELECT count(*) FROM ballots") == 0


async def _forged(room: Room, method: str, name: str, number: int) -> InteractionResult:
    """`/ballot open` with a number that Discord would not have let through."""
    root = room.env.backend.find_command("ballot", None, type=1)
    options = [
        {"name": "method", "type": 3, "value": method},
        {"name": "theme", "type": 3, "value": "CAP"},
        {"name": name, "type": 4, "value": number},
    ]
    data = {
        "id": root["id"],
        "name": "ballot",
        "type": 1,
        "options": [{"name": "open", "type": 1, "options": options}],
    }
    return await interaction(room, room.fay, InteractionType.APPLICATION_COMMAND, data, channel=room.rome)


async def test_a_facilitator_without_an_event_is_told_so(empty_room: Room) -> None:
    """With nothing loaded every road says what to do first."""
    for command in ("ballot status", "ballot close", "ballot remind"):
        assert refused(await empty_room.fay.slash(empty_room.lobby, command, ballot="B1"))
    assert refused(await empty_room.ana.slash(empty_room.lobby, "vote"))
    assert await empty_room.fay.autocomplete(empty_room.lobby, "ballot status", "ballot", "B") == []


async def test_open_ballots_are_offered_while_typing(room: Room) -> None:
    """By number, with their references."""
    await propose(room, 2)
    await room.open_ballot(references="CAP-02")
    offered = await room.fay.autocomplete(room.rome, "ballot close", "ballot", "b")
    assert [(choice["value"], choice["name"]) for choice in offered] == [("B1", "B1 · CAP-02")]


async def test_the_preview_is_confirmed_after_a_restart(room: Room) -> None:
    """Nothing about a preview is kept in the bot's memory."""
    await propose(room)
    preview = await _prepare(room)
    await room.restart()
    await room.fay.click(message_of(preview), custom_id=control(preview, "ballot-open:"))
    assert "Ballot B1" in texts(await sheet(room, room.ana, "1"))
