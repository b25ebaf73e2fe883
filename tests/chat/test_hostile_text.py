"""Whatever people write is shown as they wrote it: it pings nobody, and nothing in it is interpreted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from simcord.results import InteractionResult

from tests.chat.acts import (
    anyway,
    mentions_allowed,
    publicly,
    resubmit,
    stored,
    text_size,
)
from tests.chat.chat_room import Room, message_of, plain, shown, texts
from tests.chat.voting_room import card

HOSTILE = {
    "everyone": "@everyone and @here, and <@&{role}> with <@{user}> and <@!{user}> in <#{channel}>",
    "markdown": "**bold** _it_ ~~gone~~ ||hidden|| `code` > no quote",
    "link": "[click here](https://example.org/steal) and <https://example.org>",
    "heading": "# heading\n## second\n-# small\n> quote\n>>> more\n- list\n* list\n1. one\n```py\ncode\n```",
    "slash": "</recommend:1234> <t:0:R> <:smile:1234> <id:customize>",
    "backslash": "\\*not bold\\* \\\\ \\_",
    "formula": '=HYPERLINK("https://example.org";"x") +1 -1 @SUM(A1)',
    "four bytes": "𝕊𝕖𝕞𝕚𝕟𝕒𝕣 👩‍👩‍👧‍👦 🇪🇺 𠜎",
    "scripts": "مشاورات حفظ السلام — 維持和平行動 — עברית",
}
ZERO_WIDTH = "pla\u200bn\u2060ning\ufeff"
OVERRIDE = "\u202egnitov\u202c and \u2066isolated\u2069 \u202e left open"
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")

pytestmark = pytest.mark.usefixtures("nothing_failed")


def written(room: Room, kind: str) -> str:
    """A hostile text, with the ids that would make its mentions fire."""
    text = HOSTILE[kind]
    ids = {"{role}": room.guild.roles["Expert"].id, "{user}": room.ben.id, "{channel}": room.lobby.id}
    for name, number in ids.items():
        text = text.replace(name, str(number))
    return text


async def propose(
    room: Room, title: str, text: str, rationale: str = "", addressees: str = ""
) -> InteractionResult:
    shown_form = await room.ana.slash(room.lobby, "recommend", theme="CAP")
    answer = await resubmit(
        room, room.ana, shown_form, title=title, text=text, rationale=rationale, addressees=addressees
    )
    return await anyway(room, room.ana, answer)


def seen(text: str) -> str:
    """What a reader sees of it: escapes resolved, invisible characters gone."""
    return re.sub("[\u200b\u2060\ufeff]", "", BIDI.sub("", plain(text)))


@pytest.fixture(autouse=True)
def nobody_pinged(empty_room: Room) -> Iterator[None]:
    """No message mentions anybody, and each says so to Discord; a ballot's may call the participants."""
    yield
    expert = empty_room.guild.roles["Expert"].id
    sent = mentions_allowed(empty_room)
    assert sent
    for allowed in sent:
        assert allowed["parse"] == [] and not allowed.get("users"), allowed
        assert set(allowed.get("roles", ())) <= {expert}, allowed


async def test_every_field_is_stored_exactly_and_shown_as_typed(room: Room) -> None:
    """On the card, in the list, in one's own page, in the answers and in the names of threads."""
    for number, kind in enumerate(HOSTILE, start=1):
        text = written(room, kind)
        line = " ".join(text.split())[:90]
        reference = f"CAP-{number:02}"
        answer = await propose(
            room, f"{number} {line}", f"{text} (of the kind {kind})", text, f"{line[:80]}, DPKO"
        )
        assert f"{reference} is on the table" in texts(answer), kind
        assert stored(room, reference)["title"] == f"{number} {line}", kind
        assert stored(room, reference)["text"] == f"{text} (of the kind {kind})", kind
        assert stored(room, reference)["rationale"] == text, kind
        on_card = seen(shown(card(room, reference)))
        assert f"{reference} · {number} {line}" in on_card, kind
        assert f"{text} (of the kind {kind})" in on_card, kind
        assert f"{number} {line}" in seen(texts(answer)), kind
        ballot_list = seen(texts(await room.ben.slash(room.lobby, "recommendations", text=f"{kind}")))
        assert line[:40] in ballot_list, kind


async def test_nothing_in_a_text_is_read_by_discord(room: Room) -> None:
    """No mention, no link with another face, no heading, no code, no hidden text is left standing."""
    for kind in HOSTILE:
        await propose(room, f"{kind} title", written(room, kind) + " and so on and on", written(room, kind))
    raw = publicly(room)
    assert not re.search(r"@(everyone|here)", raw)
    assert not re.search(r"(?<!\\)<(@|#|:|t:|/|id:)", raw)
    assert not re.search(r"(?<!\\)\]\(https", raw)
    assert "```py" not in raw and "||hidden" not in raw.replace("\\|\\|hidden", "")
    for line in raw.split("\n"):
        assert not re.match(r"\s*(# heading|## second|-# small|>>> more|- list|1\. one)", line), line


async def test_a_change_of_direction_ends_with_the_text_it_stands_in(room: Room) -> None:
    """Stored closed, and shown without: it cannot turn what stands around it."""
    await propose(room, f"Title {OVERRIDE}", f"Text that turns {OVERRIDE}", OVERRIDE, OVERRIDE)
    kept = stored(room)
    assert kept["title"] == f"Title {OVERRIDE}\u202c"
    public = publicly(room)
    assert not BIDI.search(public), "neither on the card nor in the name of its thread"
    page = await room.ben.slash(room.lobby, "recommendations")
    assert not BIDI.search(json.dumps(message_of(page).components, ensure_ascii=False))
    offered = await room.ben.autocomplete(room.lobby, "recommendation", "reference", "CAP")
    assert not BIDI.search(offered[0]["name"])


async def test_characters_nobody_sees_are_kept_and_found_past(room: Room) -> None:
    """Searching does not stumble over them, and neither does the search for near-duplicates."""
    text = f"We should do the {ZERO_WIDTH} together from the first day on."
    await propose(room, f"Joint {ZERO_WIDTH}", text)
    assert stored(room)["text"] == text
    assert "CAP-01" in texts(await room.ben.slash(room.lobby, "recommendations", text="planning"))
    again = await room.recommend(room.ben, "CAP", "Joint planning", text.replace(ZERO_WIDTH, "planning"))
    assert "Is this already on the table?" in texts(again)


async def test_newlines_in_a_title_become_spaces(room: Room) -> None:
    """A title is one line; in a text they stay, and control characters go."""
    await propose(
        room, "One\ntwo\r\n# three\tfour", "First line\n\n\n- second\x00\x07 line\r\nthird line", ""
    )
    assert stored(room)["title"] == "One two # three four"
    assert stored(room)["text"] == "First line\n\n\n- second line\nthird line"


async def test_a_card_that_is_too_long_goes_on_in_its_thread(room: Room) -> None:
    """2,000 characters that all need escaping, with 1,000 of rationale: nothing is lost."""
    text, rationale = "_*~|`" * 400, "[<\\>]" * 200
    await propose(room, "_" * 100, text, rationale, ", ".join(f"_{n}_" * 10 for n in range(7)))
    for who in (room.ben, room.cleo):
        await room.env.settle()
        await who.slash(room.lobby, "second", reference="CAP-01")
    post = card(room, "CAP-01")
    assert text_size(post) <= 4000
    assert "The whole text stands in the thread" in shown(post)
    (thread,) = room.rome.threads
    said = [message.content for message in thread.history()]
    assert all(len(message) <= 2000 for message in said)
    whole = plain("".join(said))
    assert text in whole and rationale in whole
    assert len(said) == len(set(said)), "each part once"
    await room.open_ballot()
    assert text_size(card(room, "CAP-01")) <= 4000
    reading = await room.ben.slash(room.lobby, "recommendation", reference="CAP-01")
    assert text_size(message_of(reading)) <= 4000


async def test_a_text_that_fits_stands_on_the_card_and_the_rationale_in_the_thread(room: Room) -> None:
    """The text comes first."""
    text, rationale = "Plain words again. " * 105, "For many good reasons. " * 43
    await propose(room, "Plain", text, rationale)
    on_card = shown(card(room, "CAP-01"))
    assert text.strip() in on_card and "good reasons" not in on_card
    (thread,) = room.rome.threads
    assert plain("".join(m.content for m in thread.history())).endswith(rationale.strip())


async def test_the_thread_is_told_the_rest_when_discord_takes_it(room: Room) -> None:
    """A message that Discord did not take is sent later, and none twice."""
    room.env.inject_error("POST", "/channels/*/messages", status=500, times=None)
    await propose(room, "Long", "_*~|`" * 400, "Reasons. " * 100)
    room.env.backend.faults.clear()
    await room.env.advance_time(3600)
    room.env.errors.clear()
    (thread,) = room.rome.threads
    said = "".join(message.content for message in thread.history())
    assert plain(said).count("_*~|`" * 400) == 1 and said.count("Reasons. " * 90) == 1


async def test_links_and_mentions_at_a_cut_stay_whole(room: Room) -> None:
    """Messages end between words."""
    text = "_" * 999 + " https://example.org/" + "a_b" * 40 + " @everyone " + "_" * 700
    await propose(room, "Long", text, "")
    (thread,) = room.rome.threads
    assert any("https://example.org/" + "a_b" * 40 in message.content for message in thread.history())


@pytest.mark.parametrize(
    ("attribution", "shown_as"),
    [("chatham", "a participant"), ("organisation", "SIPRI \\*x\\*"), ("named", "Ana Maria")],
)
async def test_an_authors_name_stands_nowhere_but_where_it_may(
    empty_room: Room, attribution: str, shown_as: str
) -> None:
    """Not in cards, threads, seconds, ballots or withdrawals."""
    room = empty_room
    ana = room.person("Ana Maria", "Expert", "UN")
    await room.load(attribution=attribution)
    await room.open_event()
    await room.ola.slash(room.lobby, "participants set", member=ana, organisation="SIPRI *x*")
    await room.recommend(ana)
    await room.ben.slash(room.lobby, "second", reference="CAP-01")
    ballot = await room.open_ballot()
    await room.vote(room.ben, ballot, 1, "for")
    await room.close_ballot(ballot)
    await room.recommend(ana, "TRN", "Joint courses", "Planners of both houses train together.")
    await ana.slash(room.lobby, "withdraw", reference="TRN-01")
    public = publicly(room)
    assert f"proposed by {shown_as}" in public
    hidden = {"chatham": ["Ana Maria", "SIPRI"], "organisation": ["Ana Maria"], "named": ["SIPRI"]}[
        attribution
    ]
    for name in [*hidden, "Ben", str(ana.id), str(room.ben.id)]:
        assert name not in public, name


async def test_under_chatham_a_constituency_is_named_from_five_on(empty_room: Room) -> None:
    """Whose members then cannot be told apart; on the cards that are there already, too."""
    room = empty_room
    await room.load(attribution="chatham")
    await room.open_event()
    await room.recommend(room.ana)
    people = [room.person(f"Una {number}", "Expert", "UN") for number in range(4)]
    for who in people[:3]:
        await who.click(room.message("panel", "ROM"), custom_id="here")
    await people[0].slash(room.lobby, "second", reference="CAP-01")
    assert "proposed by a participant" in shown(card(room, "CAP-01"))
    await people[3].slash(room.lobby, "second", reference="CAP-01")
    assert "proposed by United Nations" in shown(card(room, "CAP-01"))
    assert "Ana" not in publicly(room)


async def test_a_persons_own_name_can_be_hostile_too(room: Room) -> None:
    """As anybody's nickname in Discord."""
    eve = room.person("**@everyone** [x](https://example.org)", "Expert", "UN")
    await room.recommend(eve)
    assert seen("**@everyone** [x](https://example.org)") in seen(shown(card(room, "CAP-01")))
    assert "@everyone" not in publicly(room)
    page = texts(await eve.slash(room.lobby, "me show"))
    assert "\\*\\*" in page and "@everyone" not in page
