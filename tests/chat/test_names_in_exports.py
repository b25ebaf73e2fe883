"""Names of registered people in what was written: looked at before a file is handed out."""

from __future__ import annotations

from typing import Any

import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot import exporting
from reports.kinds import KINDS
from tests.chat.acts import press, refusal
from tests.chat.chat_room import Room, control, controls, message_of, plain, refused, texts
from tests.chat.voting_room import here

pytestmark = pytest.mark.usefixtures("nothing_failed")


@pytest.fixture
async def chatham(empty_room: Room) -> Room:
    """Rome under the Chatham House rule, with Marguerite Duras registered and named by Ana."""
    room = empty_room
    await room.load(attribution="chatham")
    await room.open_event("ROM")
    await here(room, room.person("Marguerite Duras", "Expert", "UN"), room.ana)
    await room.recommend(
        room.ana,
        title="Plan missions together",
        text="As Marguerite Duras said in Rome, the two organisations should plan missions side by side.",
        rationale="She is right: Duras has seen it.",
    )
    return room


async def exported(room: Room, who: MemberActor | None = None, **options: Any) -> InteractionResult:
    return await (who or room.ola).slash(room.lobby, "export", **{"format": "csv", **options})


def files(room: Room, result: InteractionResult) -> dict[str, bytes]:
    """What an answer hands out."""
    return {
        file.filename: bytes(room.env.backend.cdn.get(file.url) or b"")
        for file in message_of(result).attachments
    }


@pytest.mark.parametrize("beside", [False, True], ids=["in the bot", "in a process"])
async def test_names_are_shown_first_and_the_file_comes_on_a_press_of_the_button(
    chatham: Room, beside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after a restart; with all that was asked for, and only for an organiser."""
    if beside:
        monkeypatch.setattr(exporting, "LARGE", dict.fromkeys(KINDS, 1))
    asked = await exported(chatham, event="rom", theme="cap", language="fr")
    assert files(chatham, asked) == {} and message_of(asked).ephemeral
    told = plain(texts(asked))
    assert "**Marguerite Duras** · CAP-01" in told and "Nothing was handed out yet" in told
    button = control(asked, "export-named:csv:ranking:ROM:CAP:::fr:")
    await chatham.restart()
    for who in (chatham.ana, chatham.fay):
        assert refused(await press(chatham, who, message_of(asked), button))
    got = await chatham.ola.click(message_of(asked), custom_id=button)
    ((name, data),) = files(chatham, got).items()
    assert name == "ranking-ROM-CAP.csv" and "As Marguerite Duras said" in data.decode()
    assert "1 recommendation" in texts(got)


async def test_names_that_came_since_are_asked_about_again(chatham: Room) -> None:
    """The button stands for the names that were shown, and for no others."""
    asked = await exported(chatham)
    button = control(asked, "export-named:")
    await chatham.recommend(
        chatham.ben, "TRN", "Train trainers", "Ana and her team run courses for trainers twice a year."
    )
    again = await chatham.ola.click(message_of(asked), custom_id=button)
    assert files(chatham, again) == {} and "**Ana** · TRN-01" in plain(texts(again))
    got = await chatham.ola.click(message_of(again), custom_id=control(again, "export-named:"))
    assert list(files(chatham, got)) == ["ranking.csv"]


async def test_every_kind_and_format_with_free_text_asks_and_a_long_list_is_cut(chatham: Room) -> None:
    """A dozen are listed, and how many more there are; every control holds in Discord's 100 characters."""
    people = [
        chatham.person(f"Person{chr(97 + n) * 3} Known{chr(97 + n) * 4}", "Expert", "EU") for n in range(14)
    ]
    await here(chatham, *people)
    names = ", ".join(person.user.name for person in people)
    await chatham.recommend(chatham.ben, "TRN", "Name those who know", f"Ask {names}, who know all about it.")
    listed = await exported(chatham, theme="TRN")
    told = plain(texts(listed))
    assert told.count("TRN-01") == 12 and "and 2 more" in told
    for kind in ("ranking", "arguments", "drafting", "seminar-report"):
        for form in KINDS[kind].formats:
            if kind == "arguments":
                continue  # nobody has argued yet
            asked = await exported(chatham, format=form, kind=kind, draft=True, receipts=True)
            assert "Marguerite Duras" in plain(texts(asked)), (kind, form)
            assert files(chatham, asked) == {}
            assert all(len(identity) <= 100 for identity in controls(message_of(asked)))


async def test_a_forged_button_is_input_that_does_not_fit(chatham: Room) -> None:
    """One sentence, and nothing is handed out."""
    asked = await exported(chatham)
    mark = control(asked, "export-named:").rpartition(":")[2]
    for forged in (
        f"csv:ranking::::::: {mark}",
        f"pdf:cast-votes:::::en::0:{mark}",
        f"csv:letters:::::en::0:{mark}",
        f"csv:ranking:OSL::::en::0:{mark}",
        f"csv:ranking:::::xx::0:{mark}",
        f"csv:ranking:::::en::perhaps:{mark}",
        "csv:ranking",
    ):
        await refusal(chatham, press(chatham, chatham.ola, message_of(asked), f"export-named:{forged}"))
    again = await press(chatham, chatham.ola, message_of(asked), "export-named:csv:ranking:::::en::0:forged")
    assert files(chatham, again) == {}
    said = await refusal(chatham, exported(chatham, language="xx"))
    assert "Nothing is written in “xx” here, but in en and fr" in said
