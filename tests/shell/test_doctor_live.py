"""`rapporteur check --live`: what Discord, the store in use and the running bot say, happy or not."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path

import discord
import pytest
from aiohttp import web
from discord import app_commands

from benchmarks import shapes, stock
from benchmarks.wire import payloads
from benchmarks.wire.http import Answer
from benchmarks.wire.limits import JSON
from benchmarks.wire.payloads import Json
from benchmarks.wire.standin import serving
from bot.cli import main
from bot.client import COGS, create_bot
from bot.doctor import Finding, discord_now, examine, live, store_now
from bot.settings import TOKEN_VARIABLE, Settings
from tests.shell.live_server import EVERYTHING, Discord
from tests.shell.watched_room import free_port

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789ab"


@pytest.fixture(scope="module")
def commands() -> list[Json]:
    """Every command of the program, as Discord would say it back."""
    return asyncio.run(_commands())


async def _commands() -> list[Json]:
    bot = create_bot(Settings())
    for cog in COGS:
        await import_module(cog).setup(bot)
    told = [
        {
            "id": str(number),
            "application_id": str(payloads.APPLICATION),
            "version": "1",
            **command.to_dict(bot.tree),
        }
        for number, command in enumerate(
            [*bot.tree.get_commands(), *bot.tree.get_commands(type=discord.AppCommandType.message)], 1
        )
        if isinstance(command, app_commands.Command | app_commands.Group | app_commands.ContextMenu)
    ]
    await bot.close()
    return [{"description": "", **one} for one in told]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with an initiative, and an event that is open in the stand-in's channel."""
    folder = tmp_path_factory.mktemp("filled")
    stock.fill(folder, shapes.Shape(events=1, themes=1, people=5))
    return folder


@pytest.fixture
async def server(commands: list[Json], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Discord]:
    """A Discord in which everything is as it should be."""
    made = Discord(commands)
    async with serving(made) as port:
        monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}/api")
        yield made
        assert made.changed == []  # a check changes nothing


@pytest.fixture
def place(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with that store, good settings and a good token."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    (tmp_path / "config.toml").write_text('[storage]\nurl = "sqlite:///rapporteur.db"\n')
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def findings(place: Path, *levels: str) -> list[Finding]:
    """What is found, of these levels; what is offline is told of elsewhere."""
    found = await examine(place / "config.toml", None, None, live=True)
    return [one for one in found if one.level in levels and "Set " not in one.advice]


async def test_where_all_is_well_each_part_says_so(
    place: Path, server: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Token, commands, server, permissions, roles, channel, ledger, disk."""
    monkeypatch.setattr(store_now, "TIGHT", 0)
    assert [one for one in await findings(place, "error") if "ledger" not in one.sentence] == []
    said = [one.sentence for one in await findings(place, "ok")]
    for wanted in (
        "Discord accepts the token, which is that of “Rapporteur”.",
        "No privileged intent is switched on, and none is needed.",
        "The bot is in 1 server:",
        "the bot has every permission that it needs.",
        "Every role that the initiative names is there",
        "The channel of the event E01",
        "No deadline is overdue.",
        "No message has waited long",
        "GiB left.",
    ):
        assert any(wanted in sentence for sentence in said), wanted
    assert any(sentence.startswith("Discord has all ") for sentence in said)
    # What somebody called their server neither colours the terminal nor turns the rest of the line around.
    assert not any("\x1b" in sentence or "\u202e\u202c" in sentence for sentence in said)
    assert all(sentence.count("\u202e") == sentence.count("\u202c") for sentence in said)


def _administrator(server: Discord) -> None:
    server.guild["roles"][0]["permissions"] = str(discord.Permissions(administrator=True).value)


def _no_permission(server: Discord) -> None:
    less = EVERYTHING & ~discord.Permissions(manage_channels=True, pin_messages=True)
    server.guild["roles"][0]["permissions"] = str(less.value)


def _no_permission_in_the_channel(server: Discord) -> None:
    deny = str(discord.Permissions(send_messages=True).value)
    everyone = {"id": str(payloads.GUILD), "type": 0, "allow": "0", "deny": deny}
    server.channels = [{**payloads.channel(), "permission_overwrites": [everyone]}]


def _no_channel(server: Discord) -> None:
    server.channels = []


def _without_role(name: str) -> Callable[[Discord], None]:
    def change(server: Discord) -> None:
        server.guild["roles"] = [role for role in server.guild["roles"] if role["name"] != name]

    return change


def _gone(server: Discord) -> None:
    server.present = False


def _hidden(server: Discord) -> None:
    body = b'{"message": "Missing Access", "code": 50001}'
    server.fails(Answer(403, body, JSON), "guilds", str(payloads.GUILD))


def _fewer_commands(server: Discord) -> None:
    server.commands = server.commands[1:]


def _endpoint(server: Discord) -> None:
    server.application = {**server.application, "interactions_endpoint_url": "https://x.example/"}


def _intents(server: Discord) -> None:
    flags = discord.ApplicationFlags(gateway_guild_members_limited=True, gateway_message_content=True)
    server.application = {**server.application, "flags": flags.value}


def _wrong_token(server: Discord) -> None:
    server.fails(Answer(401, b'{"message": "401: Unauthorized", "code": 0}', JSON))


def _cut(server: Discord) -> None:
    server.fails(None)


def _busy(server: Discord) -> None:
    server.fails(Answer(503, b"upstream", b"Content-Type: text/plain\r\n"))


def _asked_too_much(server: Discord) -> None:
    body = b'{"message": "You are being rate limited.", "retry_after": 90.5, "global": false}'
    server.fails(Answer(429, body, JSON + b"Via: 1.1 x\r\n"), "guilds", str(payloads.GUILD), "channels")


def _asked_a_little_too_much(server: Discord) -> None:
    body = b'{"message": "You are being rate limited.", "retry_after": 9, "global": false}'
    server.fails(Answer(429, body, JSON + b"Via: 1.1 x\r\n"), "guilds", str(payloads.GUILD))


def _banned(server: Discord) -> None:
    server.fails(Answer(429, b"error code: 1015", b"Content-Type: text/plain\r\n"))


def _slow(server: Discord) -> None:
    server.fails(Answer(200, b"{}", JSON, after=5.0))


def _broken(server: Discord) -> None:
    server.fails(Answer(500, b"{}", JSON))


@pytest.mark.parametrize(
    ("change", "level", "said"),
    [
        (_administrator, "ok", "every permission that it needs"),
        (_no_permission, "error", "lacks: Manage Channels, Pin Messages."),
        (_no_permission_in_the_channel, "error", "In the channel of the event E01"),
        (_no_channel, "warning", "the channel of the event E01 is gone."),
        (_without_role("Organiser"), "error", "there is no role “Organiser”, so nobody is an organiser."),
        (_without_role("Observer"), "warning", "so nobody is an observer."),
        (_without_role("UN"), "warning", "there is no role “UN” for the constituency UN."),
        (_gone, "error", "The bot is not in the server of “A measured initiative”"),
        (_hidden, "error", "does not let the bot look at the server"),
        (_fewer_commands, "warning", "Discord has other commands than this version"),
        (_endpoint, "error", "Interactions Endpoint URL"),
        (
            _intents,
            "warning",
            "privileged intents that the bot does not use: Server Members, Message Content.",
        ),
        (_wrong_token, "error", "Discord does not accept the token."),
        (_cut, "error", "Discord does not answer: ServerDisconnectedError."),
        (_busy, "error", "Discord does not answer: HTTP 503."),
        (_broken, "error", "Discord does not answer: HTTP 500."),
        (_slow, "error", "Discord does not answer: nothing within "),
        (_asked_too_much, "error", "Discord limits the rate"),
        (_asked_a_little_too_much, "error", "Discord limits the rate"),
        (_banned, "error", "Discord limits the rate"),
    ],
)
async def test_each_trouble_is_one_sentence_with_what_to_do(
    place: Path,
    server: Discord,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Discord], None],
    level: str,
    said: str,
) -> None:
    """Whatever Discord says or does not, the doctor ends, in time, and does not repeat the token."""
    monkeypatch.setattr(discord_now, "PATIENCE", 0.5)
    change(server)
    found = await findings(place, "ok", "warning", "error")
    (one,) = (one for one in found if said in one.sentence)
    assert one.level == level
    assert one.advice or level == "ok"
    assert not any(TOKEN in str(finding) for finding in found)


async def test_without_a_token_discord_is_not_asked(
    place: Path, server: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it is missing is told once, and the store is looked at all the same."""
    monkeypatch.delenv(TOKEN_VARIABLE)
    server.fails(Answer(500))
    errors = [one.sentence for one in await findings(place, "error") if "ledger" not in one.sentence]
    assert errors == ["There is no token, so the bot cannot sign in."]
    assert any("No deadline" in one.sentence for one in await findings(place, "ok"))


async def test_a_discord_out_of_reach_is_one_sentence(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cable, a firewall, or no name service."""
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{free_port()}/api")
    (error,) = (one for one in await findings(place, "error") if "Discord" in one.sentence)
    assert error.sentence.startswith("Discord does not answer: ClientConnectorError")


async def test_what_waits_in_the_store_is_told(place: Path, server: Discord) -> None:
    """Deadlines that are over, messages that were put off for long, a ledger that was changed."""
    with closing(sqlite3.connect(place / "rapporteur.db")) as store:
        store.execute(
            "INSERT INTO deadlines (guild_id, kind, subject, due_at) "
            "VALUES (1, 'ballot.close', 7, '2014-10-22T09:00:00.000000Z')"
        )
        store.execute(
            "INSERT INTO outbox (guild_id, kind, subject, payload, created_at, due_at, attempts) VALUES "
            "(1, 'card.post', 'x', '{}', '2014-10-22T09:00:00.000000Z', '2014-10-22T09:00:00.000000Z', 3)"
        )
        store.commit()
    said = [one.sentence for one in await findings(place, "warning")]
    assert any(sentence.startswith("1 deadline is over") for sentence in said)
    assert any(sentence.startswith("1 message waits") for sentence in said)
    assert any("The ledger does not hold together" in one.sentence for one in await findings(place, "error"))


async def test_little_room_on_the_disk_is_told(
    place: Path, server: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A warning where the next copy may not fit, an error where votes may soon be refused."""
    usage = shutil.disk_usage(place)
    for free, level in ((1 << 20, "error"), (500 << 20, "warning"), (9 << 30, "ok")):
        left = usage._replace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _, left=left: left)
        assert [
            one.level
            for one in await findings(place, "ok", "warning", "error")
            if "The disk of" in one.sentence
        ] == [level]


async def test_a_store_that_is_not_there_is_told_once(place: Path, server: Discord) -> None:
    """And Discord is asked all the same: it is what a first start needs."""
    (place / "rapporteur.db").unlink()
    assert await findings(place, "error") == []
    assert any("No initiative is loaded in" in one.sentence for one in await findings(place, "ok"))
    assert not (place / "rapporteur.db").exists()


@pytest.mark.parametrize(
    ("status", "text", "level", "said"),
    [
        (200, '{"status": "ok", "gateway": "ok"}', "ok", "The running bot says that it is well."),
        (
            503,
            '{"status": "failing", "gateway": "not connected to Discord: shard 0", "store": "ok"}',
            "error",
            "The running bot is not well: gateway not connected to Discord: shard 0.",
        ),
        (200, "<html>", "error", "is not the bot"),
        (200, "[]", "error", "is not the bot"),
        (None, "", "warning", "No bot that runs here answers"),
    ],
)
async def test_the_running_bot_is_asked_where_it_can_be(
    status: int | None, text: str, level: str, said: str
) -> None:
    """At the port of the settings, whoever may be there."""

    async def answer(_request: web.Request) -> web.Response:
        assert status is not None
        return web.Response(text=text, status=status)

    app = web.Application()
    app.router.add_get("/health", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    if status is not None:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    (found,) = await live._running(port)
    assert (found.level, said in found.sentence) == (level, True)
    await runner.cleanup()
    assert await live._running(0) == []


def test_the_command_ends_with_one_where_something_is_wrong(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that a script can go by it."""
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{free_port()}/api")
    assert main(["check", "--live"]) == 1
    said = capsys.readouterr().out
    assert "error:   Discord does not answer" in said
    assert TOKEN not in said
