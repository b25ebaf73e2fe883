"""`/initiative`: what organisers load, and what the server is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from PIL import Image

from tests.chat.acts import press, refusal, text_size
from tests.chat.chat_room import Room, control, controls, message_of, plain, texts
from tests.chat.voting_room import value
from tests.small_initiative import INITIATIVE

GOOD = INITIATIVE
UNUSED_GONE = GOOD.replace('[[themes]]\ncode = "TRN"\ntitle = "Training"\n', "").replace(', "TRN"]', "]")

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def test_whoever_manages_the_server_loads_the_first_initiative(empty_room: Room) -> None:
    """No roles are known yet; the answer sums it up and names the next step."""
    result = await empty_room.load()
    told = plain(texts(result))
    assert message_of(result).ephemeral
    assert told.startswith("The initiative is loaded.\n## EU-UN Peacekeeping Partnerships Initiative")
    assert "ROM" in told and "/event open" in told
    assert value(empty_room, "SELECT count(*) FROM ledger WHERE act = 'initiative.loaded'") == 1


async def test_nobody_else_loads_the_first_initiative(empty_room: Room) -> None:
    """Not even who holds the role that will be the organisers'."""
    told = await refusal(empty_room, empty_room.load(empty_room.ola))
    assert "someone who may manage the server" in told


async def test_later_only_an_organiser_loads_it(room: Room) -> None:
    """Managing the server is no longer enough: the initiative says who its organisers are."""
    changed = GOOD.replace("Military capabilities", "Capabilities").encode()
    await refusal(room, room.load_bytes(changed, room.owner))
    await refusal(room, room.load_bytes(changed, room.ana))
    assert "These changes will be applied" in texts(await room.load_bytes(changed, room.ola))


BAD_FILES = [
    (b"#" * (5 * 1024 * 1024), "more than 1 MiB"),
    (GOOD.encode("utf-16"), "not UTF-8 text"),
    (GOOD.replace('"TRN"', '"CAP"', 1).encode(), "The code CAP is given twice"),
    (GOOD.replace("ends_on = 2014-10-24", "ends_on = 2014-10-20").encode(), "ends before it starts"),
    (b"An initiative, please.", "not valid TOML"),
    (b"", "initiative"),
    (GOOD.replace("Europe/Brussels", "Europe/Atlantis").encode(), "no time zone"),
    (b"a = " + b"[" * 5000, "too deeply nested"),
]


async def test_a_file_that_cannot_be_used_is_refused_with_what_to_mend(empty_room: Room) -> None:
    """And nothing is stored of it."""
    for data, said in BAD_FILES:
        assert said in await refusal(empty_room, empty_room.load_bytes(data))


async def test_a_problem_is_named_by_its_line(empty_room: Room) -> None:
    """So that an organiser finds it in the file."""
    data = GOOD.replace("ends_on = 2014-10-24", "ends_on = 2014-10-20")
    line = data[: data.index("ends_on = 2014-10-20")].count("\n") + 1
    assert f"Line {line}" in await refusal(empty_room, empty_room.load_bytes(data.encode()))


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException]]:
    """Discord's file server fails; with what, the test says."""
    waiting: list[BaseException] = []

    async def fail(self: object, *, use_cached: bool = False) -> bytes:
        raise waiting[0]

    monkeypatch.setattr(discord.Attachment, "read", fail)
    yield waiting


async def test_a_file_that_cannot_be_fetched_from_discord_is_refused(
    empty_room: Room, unreachable: list[BaseException]
) -> None:
    """One sentence that says what to do: load it again."""
    gone = SimpleNamespace(status=404, reason="Not Found")
    failures = (
        discord.NotFound(gone, "asset not found"),  # type: ignore[arg-type]
        aiohttp.ClientConnectionError(),
        TimeoutError(),
    )
    for failure in failures:
        unreachable[:] = [failure]
        assert "Please load it again" in await refusal(empty_room, empty_room.load())


async def test_changes_are_shown_before_they_are_applied(room: Room) -> None:
    """Nothing changes until they are."""
    changed = GOOD.replace("Military capabilities", "Capabilities")
    shown = await room.load_bytes(changed.encode(), room.ola)
    assert "Military capabilities → Capabilities" in plain(texts(shown))
    assert "Military capabilities" in texts(await room.ola.slash(room.lobby, "initiative show"))
    applied = await room.ola.click(message_of(shown), custom_id=control(shown, "initiative-apply:"))
    assert texts(applied).startswith("The changes are applied.")
    show = texts(await room.ana.slash(room.lobby, "initiative show"))
    assert "Capabilities" in show and "Military" not in show


async def test_changes_can_be_left(room: Room) -> None:
    """Then the file waits no longer."""
    shown = await room.load_bytes(GOOD.replace("Training", "Exercises").encode(), room.ola)
    apply = control(shown, "initiative-apply:")
    left = await room.ola.click(message_of(shown), custom_id=control(shown, "initiative-drop:"))
    assert texts(left) == "Nothing was changed."
    assert not controls(message_of(left))
    gone = press(room, room.ola, room.message("panel", "ROM"), apply)
    assert "no longer waiting" in await refusal(room, gone)


async def test_the_same_file_again_changes_nothing(room: Room) -> None:
    """And says so."""
    result = await room.load(room.ola)
    assert texts(result).startswith("Nothing has changed")
    assert not controls(message_of(result))


async def test_a_file_does_not_wait_over_a_restart_and_says_so(room: Room) -> None:
    """It may be out of date by then."""
    shown = await room.load_bytes(GOOD.replace("Training", "Exercises").encode(), room.ola)
    await room.restart()
    again = room.ola.click(message_of(shown), custom_id=control(shown, "initiative-apply:"))
    assert "load it again" in await refusal(room, again)


async def test_changes_are_applied_by_an_organiser_only(room: Room) -> None:
    """Even where somebody else got hold of the button; the file goes on waiting."""
    shown = await room.load_bytes(GOOD.replace("Training", "Exercises").encode(), room.ola)
    apply = control(shown, "initiative-apply:")
    await refusal(room, press(room, room.ana, room.message("panel", "ROM"), apply))
    applied = await room.ola.click(message_of(shown), custom_id=apply)
    assert texts(applied).startswith("The changes are applied.")


async def test_a_theme_with_recommendations_cannot_vanish(room: Room) -> None:
    """One without can; references never change."""
    await room.recommend(room.ana, "TRN")
    told = await refusal(room, room.load_bytes(UNUSED_GONE.encode(), room.ola))
    assert "The theme TRN has recommendations and must stay in the file." in told


async def test_a_theme_without_recommendations_can_vanish(room: Room) -> None:
    """While its event is open, too."""
    shown = await room.load_bytes(UNUSED_GONE.encode(), room.ola)
    assert "No longer in themes TRN: Training" in texts(shown)
    await room.ola.click(message_of(shown), custom_id=control(shown, "initiative-apply:"))
    assert "Propose" in texts(await room.ana.slash(room.lobby, "help"))
    shown = await room.ana.slash(room.lobby, "recommend")
    assert shown.modal is not None
    assert ":CAP:" in shown.modal["custom_id"], "one theme is left, so it is given"


async def test_a_theme_that_got_a_recommendation_in_between_stays(room: Room) -> None:
    """What was shown no longer holds when it is applied."""
    shown = await room.load_bytes(UNUSED_GONE.encode(), room.ola)
    await room.recommend(room.ana, "TRN")
    apply = room.ola.click(message_of(shown), custom_id=control(shown, "initiative-apply:"))
    assert "must stay in the file" in await refusal(room, apply)


async def test_an_open_event_cannot_vanish(room: Room) -> None:
    """It must be closed first."""
    without = GOOD.replace('code = "ROM"', 'code = "TOR"').encode()
    assert "The event ROM is open" in await refusal(room, room.load_bytes(without, room.ola))


@pytest.mark.parametrize("title", ["T" * 100, "_" * 100])
async def test_the_largest_initiative_still_fits_its_summary(empty_room: Room, title: str) -> None:
    """25 themes, events and constituencies with the longest titles, and the panel of the longest event."""
    codes = [f"T{number:02}" for number in range(25)]
    head = INITIATIVE.partition("[[constituencies]]")[0]
    parts = [head.replace("EU-UN Peacekeeping Partnerships Initiative", title)]
    for kind in ("themes", "constituencies", "entities"):
        parts += [f'[[{kind}]]\ncode = "{code}"\ntitle = "{title}"' for code in codes]
    parts += [
        f'[[events]]\ncode = "{code}"\nkind = "seminar"\ntitle = "{title}"\ncity = "{title}"\n'
        f"starts_on = 2014-10-22\nends_on = 2014-10-24\nthemes = {codes[:20]}"
        for code in codes
    ]
    loaded = await empty_room.load_bytes("\n".join(parts).encode())
    assert "The initiative is loaded." in texts(loaded)
    assert text_size(message_of(loaded)) <= 4000
    opened = await empty_room.open_event("T00")
    assert "is open in <#" in texts(opened)
    panel = empty_room.message("panel", "T00")
    assert text_size(panel) <= 4000
    changed = "\n".join(parts).replace(title, title.lower().replace("_", "*")).encode()
    shown = await empty_room.load_bytes(changed, empty_room.ola)
    assert "and " in texts(shown) and text_size(message_of(shown)) <= 4000
    await empty_room.ola.click(message_of(shown), custom_id=control(shown, "initiative-apply:"))


async def test_a_logo_is_loaded_shown_as_it_is_kept_and_taken_away(room: Room) -> None:
    """By organisers alone; what cannot be a logo is one sentence, and nothing is kept of it."""
    made = BytesIO()
    Image.new("RGB", (1600, 800), "navy").save(made, "JPEG", comment=b"by Ana")

    def given(data: bytes, **options: Any) -> dict[str, Any]:
        return {"file": ("logo.jpg", data), **options}

    for who in (room.ana, room.fay, room.owner):
        await refusal(room, who.slash(room.lobby, "initiative logo", **given(made.getvalue())))
        await refusal(room, who.slash(room.lobby, "initiative logo", remove=True))
    for options, said in (
        (given(b"no picture"), "no picture that can be read"),
        (given(b"x" * (1 << 21)), "more than 1 MiB"),
        (given(made.getvalue(), alt="x" * 201), "at most 200"),
        (given(made.getvalue(), remove=True), "not both"),
        ({}, "attach a picture"),
        ({"remove": True}, "no logo to take away"),
    ):
        assert said in await refusal(room, room.ola.slash(room.lobby, "initiative logo", **options))
    loaded = await room.ola.slash(
        room.lobby, "initiative logo", **given(made.getvalue(), alt="Two *hands* @everyone")
    )
    assert "Two hands" not in texts(loaded) and "Two *hands*" in plain(texts(loaded))
    (file,) = message_of(loaded).attachments
    kept = bytes(room.env.backend.cdn.get(file.url) or b"")
    assert file.filename == "logo.png" and b"Ana" not in kept
    assert Image.open(BytesIO(kept)).size == (1200, 600)
    assert value(room, "SELECT image FROM logos") == kept
    assert "no logo any more" in texts(await room.ola.slash(room.lobby, "initiative logo", remove=True))
    assert value(room, "SELECT count(*) FROM logos") == 0
