"""Lists of participants, codes and one's own data, as people meet them in chat."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from services.people.import_reading import MOST_BYTES
from tests.chat.acts import mentions_allowed, modal_fields, press, publicly, refusal
from tests.chat.chat_room import Room, control, controls, message_of, refused, shown, texts
from tests.chat.voting_room import card, here, rows, tap, value

NOTICE = '[privacy]\nnotice = "Your proposals are kept for a year."'

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def sent(room: Room, data: bytes | str, who: MemberActor | None = None) -> InteractionResult:
    """`/participants import` with a list."""
    content = data.encode() if isinstance(data, str) else data
    return await (who or room.ola).slash(room.lobby, "participants import", file=("list.csv", content))


async def applied(room: Room, preview: InteractionResult) -> InteractionResult:
    return await room.ola.click(message_of(preview), custom_id=control(preview, "import-apply"))


def files(room: Room, result: InteractionResult) -> dict[str, list[dict[str, str]]]:
    """The lists attached to an act's answers, by their names."""
    found: dict[str, list[dict[str, str]]] = {}
    for answer in (result.response, *result.followups):
        for file in answer.attachments if answer is not None else ():
            data = bytes(room.env.backend.cdn.get(file.url) or b"").decode("utf-8-sig")
            found[file.filename] = list(csv.DictReader(io.StringIO(data)))
    return found


async def entered(room: Room, who: MemberActor, code: str, button: str = "register") -> InteractionResult:
    """A press on the panel's `Register`, and the code."""
    form = await who.click(room.message("panel", "ROM"), custom_id=button)
    assert form.modal is not None, texts(form)
    return await who.submit_modal(form, {"code": code})


async def test_a_list_becomes_people_and_a_code_becomes_an_account(room: Room) -> None:
    """From the file to the person who enters a code, over a restart; the codes are shown once."""
    await here(room, room.ana)
    bad = "\n".join(f"Nobody {number},,XX,,boss" for number in range(12))
    preview = await sent(
        room,
        "Name,Discord id,Constituency,Organisation,Status,E-mail\n"
        f"Mia *Moser*,,un,EEAS,,m@x\n=cmd|' /C calc'!A0,,un,,,\n,{room.cleo.id},UN,SIPRI,,\n{bad}\n",
    )
    assert message_of(preview).ephemeral
    told = texts(preview)
    assert "1 person will be registered." not in told and "2 people will be registered." in told
    assert "1 has no Discord id and gets a code" in told and "**13 rows are not taken:**" in told
    assert "Row 3 (=cmd\\|" in told and "a formula" in told and "and 5 more, in the file" in told
    assert "Columns that were not read: E-mail." in told
    refusals = files(room, preview)["rows-not-taken.csv"]
    assert len(refusals) == 13 and refusals[1]["why"].startswith("“boss” is no status")
    assert refusals[0]["name"].startswith("'=cmd"), "no spreadsheet works it out"
    assert value(room, "SELECT count(*) FROM registrations") == 1

    button = control(preview, "import-apply")
    await room.restart()
    for who in (room.ana, room.fay):
        await refusal(room, press(room, who, message_of(preview), button))
    done = await applied(room, preview)
    assert "2 people are registered." in shown(preview.response) + texts(done)
    (mia,) = files(room, done)["codes.csv"]
    assert (mia["name"], mia["constituency"], mia["organisation"]) == ("Mia *Moser*", "UN", "EEAS")
    again = press(room, room.ola, message_of(preview), button)
    assert "no longer waiting" in await refusal(room, again)

    newcomer = room.person("Mimi", "Expert")
    assert "not known here" in texts(await entered(room, newcomer, "AAAA-AAAA-AAAA-AAAA"))
    told = texts(await entered(room, newcomer, mia["code"].lower()))
    assert told == ("You are registered as a participant and speak for United Nations.\nOrganisation: EEAS")
    assert "was used already" in texts(await entered(room, room.ben, mia["code"]))
    assert mia["code"] not in publicly(room)
    assert all(allowed == {"parse": []} for allowed in mentions_allowed(room)[-6:])
    page = texts(await room.cleo.slash(room.lobby, "me show"))
    assert "speak for United Nations" in page and "Organisation: SIPRI" in page


async def test_a_list_that_cannot_be_read_is_one_sentence(room: Room) -> None:
    """Too large before it is fetched; macros, no list at all; and only an organiser sends one."""
    fetched = len(room.env.http_requests)
    assert "too large" in await refusal(room, sent(room, b"x" * (MOST_BYTES + 1)))
    assert "headings" in await refusal(room, sent(room, b""))
    macros = room.ola.slash(room.lobby, "participants import", file=("list.xlsm", b"PK"))
    assert "contains macros" in await refusal(room, macros)
    for who in (room.ana, room.fay, room.owner, room.stranger):
        assert "organisers" in await refusal(room, sent(room, "name\nMia\n", who))
    assert fetched < len(room.env.http_requests)
    nothing = await sent(room, "name,constituency\nMia,XX\n")
    assert "There is nothing to apply." in texts(nothing) and controls(message_of(nothing)) == []
    dropped = await sent(room, "name,constituency\nMia,UN\n")
    await room.ola.click(message_of(dropped), custom_id=control(dropped, "import-drop"))
    assert value(room, "SELECT count(*) FROM imports") == 0


async def test_organisers_read_the_roll_and_take_it_as_a_list(room: Room) -> None:
    """In pages, narrowed, with who has no account; the file can be imported as it is."""
    await here(room, room.ana, room.obs)
    lines = "".join(f"Person {number:02},UN,\n" for number in range(20))
    await applied(room, await sent(room, f"name,constituency,status\n{lines}"))
    first = await room.ola.slash(room.lobby, "participants list")
    assert "22 registered · 20 without an account" in texts(first) and "Page 1 of 2" in texts(first)
    assert "**Ana** · United Nations" in texts(first) and "**Obi** · observer" in texts(first)
    second = await room.ola.click(message_of(first), custom_id=control(first, "roll-page:1"))
    assert "Person 19** · United Nations · 🔑 no account" in shown(message_of(first)) + texts(second)
    observers = texts(await room.ola.slash(room.lobby, "participants list", status="observer"))
    assert "1 registered" in observers and "Obi" in observers and "Ana" not in observers
    none = texts(await room.ola.slash(room.lobby, "participants list", constituency="-"))
    assert "1 registered" in none and "Obi" in none
    as_file = await room.ola.slash(room.lobby, "participants list", as_file=True)
    listed = files(room, as_file)["participants.csv"]
    assert len(listed) == 22 and listed[0]["discord id"] == f"<@{room.ana.id}>"
    out = io.StringIO()
    writer = csv.DictWriter(out, list(listed[0]))
    writer.writeheader()
    writer.writerows(listed)
    assert "22 are registered so already." in texts(await sent(room, out.getvalue()))
    for who in (room.ana, room.fay):
        await refusal(room, who.slash(room.lobby, "participants list"))
        await refusal(room, who.slash(room.lobby, "participants list", as_file=True))
        await refusal(room, press(room, who, message_of(first), "roll-page:1::"))
    for wrong in ("roll-page:0:boss:", "roll-page:0::XX", "roll-page:x::"):
        await refusal(room, press(room, room.ola, message_of(first), wrong))


async def test_codes_are_given_out_anew_and_asked_for_where_they_fit(empty_room: Room) -> None:
    """For one by name, for all by a button; after the notice, and only while a code waits for somebody."""
    room = empty_room
    await room.load(more=NOTICE)
    await room.open_event()
    assert "register" not in controls(message_of(await room.ben.slash(room.lobby, "help")))
    await room.ola.slash(room.lobby, "participants set", name="Mia", constituency="UN")
    told = texts(await room.ola.slash(room.lobby, "participants codes", name="mia"))
    code = told.split("`")[1]
    offered = await room.ola.slash(room.lobby, "participants codes")
    assert "1 registered person has no account." in texts(offered)
    issued = await room.ola.click(message_of(offered), custom_id="codes-all")
    (mia,) = files(room, issued)["codes.csv"]
    assert mia["code"] != code
    for who in (room.ana, room.fay):
        await refusal(room, who.slash(room.lobby, "participants codes", name="Mia"))
        await refusal(room, who.slash(room.lobby, "participants codes"))
        await refusal(room, press(room, who, message_of(offered), "codes-all"))
    for who in (room.stranger, room.ola):
        await refusal(room, who.click(room.message("panel", "ROM"), custom_id="register"))

    helped = await room.ben.slash(room.lobby, "help")
    assert "**Register** with your code" in texts(helped) and "register" in controls(message_of(helped))
    notice = await room.ben.click(message_of(helped), custom_id="register")
    form = await room.ben.click(message_of(notice), custom_id=control(notice, "notice"))
    assert set(modal_fields(form)) == {"code"}
    assert "not known here" in texts(await room.ben.submit_modal(form, {"code": code}))
    await entered(room, room.ben, mia["code"])
    assert rows(room, "SELECT user_id, name FROM people WHERE name = 'Ben'") == [(room.ben.id, "Ben")]
    assert "register" not in controls(message_of(await room.ben.slash(room.lobby, "help")))
    assert "has an account" in texts(await room.ola.slash(room.lobby, "participants codes"))


async def test_people_take_their_data_and_are_forgotten(room: Room) -> None:
    """Asked first, in plain words; then no public post names them any more, and their vote is gone."""
    await room.recommend(room.ana)
    ballot = await room.open_ballot()
    await tap(room, room.ana, ballot, "for")
    page = texts(await room.ana.slash(room.lobby, "me show"))
    assert "**B1**" in page and "is open until" in page and "/me export" in page
    exported: Any = await room.ana.slash(room.lobby, "me export")
    (file,) = message_of(exported).attachments
    data = json.loads(bytes(room.env.backend.cdn.get(file.url) or b""))
    assert data["person"]["name"] == "Ana" and data["versions"][0]["title"] in shown(card(room, "CAP-01"))
    assert data["votes_in_ballots_under_way"][0]["votes"][0]["choice"] == "for"

    asked = await room.ana.slash(room.lobby, "me forget")
    assert "Do you want to be forgotten here?" in texts(asked) and "cannot be undone" in texts(asked)
    await room.ana.click(message_of(asked), custom_id="forget-not")
    assert "Ana" in shown(card(room, "CAP-01")) and value(room, "SELECT count(*) FROM votes") == 1
    asked = await room.ana.slash(room.lobby, "me forget")
    done = await room.ana.click(message_of(asked), custom_id="forget-me")
    assert "You are forgotten here." in shown(message_of(asked)) + texts(done)
    assert value(room, "SELECT count(*) FROM votes") == 0
    assert "a former participant" in shown(card(room, "CAP-01")) and "Ana" not in publicly(room)
    assert value(room, "SELECT count(*) FROM people WHERE name = 'Ana'") == 0
    twice = await press(room, room.ana, message_of(asked), "forget-me")
    assert "Nothing is kept about you here." in shown(message_of(asked)) + texts(twice)
    for name in ("me forget", "me export"):
        assert "Nothing is kept about you here." in texts(await room.ana.slash(room.lobby, name))
    verified = texts(await room.ola.slash(room.lobby, "audit verify"))
    assert "✋" not in verified and not refused(await tap(room, room.ben, ballot, "against"))
    assert not refused(await tap(room, room.ana, ballot, "for")), "and who comes back is new"
    assert value(room, "SELECT count(*) FROM people WHERE name = 'Ana'") == 1


async def test_a_card_that_discord_does_not_let_go_of_is_reported(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And drawn again later, without anybody asking."""
    await room.recommend(room.ana)
    edit = discord.PartialMessage.edit

    async def fails(self: discord.PartialMessage, **options: Any) -> discord.Message:
        response: Any = type("Response", (), {"status": 500, "reason": "down"})()
        raise discord.HTTPException(response, "down")

    monkeypatch.setattr(discord.PartialMessage, "edit", fails)
    asked = await room.ana.slash(room.lobby, "me forget")
    done = await room.ana.click(message_of(asked), custom_id="forget-me")
    assert "it goes on trying: CAP-01." in shown(message_of(asked)) + texts(done)
    monkeypatch.setattr(discord.PartialMessage, "edit", edit)
    await room.env.advance_time(60)
    assert "a former participant" in shown(card(room, "CAP-01"))
    caplog.clear()


async def test_an_id_on_a_list_that_is_nobodys_is_passed_over(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It counts in the electorate, and no message to it is tried again for ever."""
    create = discord.Client.create_dm

    async def as_discord_does(self: discord.Client, user: discord.abc.Snowflake) -> discord.DMChannel:
        if user.id == 987654321987654321:
            response: Any = type("Response", (), {"status": 400, "reason": "Bad Request"})()
            raise discord.HTTPException(response, {"code": 50033, "message": "Invalid Recipient(s)"})
        return await create(self, user)

    monkeypatch.setattr(discord.Client, "create_dm", as_discord_does)
    await room.recommend(room.ana)
    await applied(room, await sent(room, "id,constituency\n987654321987654321,UN\n"))
    await room.open_ballot()
    await room.fay.slash(room.rome, "ballot remind", ballot="B1")
    assert value(room, "SELECT count(*) FROM reminders") == 2
    assert value(room, "SELECT count(*) FROM outbox WHERE kind = 'ballot.reminder'") == 0
