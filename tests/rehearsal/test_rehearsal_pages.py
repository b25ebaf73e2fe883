"""The local pages of a rehearsal: everybody can be entered anywhere, and one always finds back."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from io import StringIO
from pathlib import Path

import aiohttp
import pytest
from rich.console import Console

from rehearsal.serve import Doors
from rehearsal.step import RehearsalFailed
from rehearsal.world import World
from tests.rehearsal.rehearsal_stage import bare_world, small_script


@asynccontextmanager
async def open_house(tmp_path: Path) -> AsyncIterator[tuple[World, str, aiohttp.ClientSession]]:
    """A served world: its address and a browser without a screen; ended as by Ctrl-C."""
    said = StringIO()
    async with bare_world(small_script(tmp_path)) as world:
        serving = asyncio.create_task(Doors(0).open(world, Console(file=said)))
        while "http" not in said.getvalue():
            await asyncio.sleep(0)
            assert not serving.done()
        address = re.search(r"http://[\d.:]+", said.getvalue())
        assert address is not None
        async with aiohttp.ClientSession() as browser:
            try:
                yield world, address.group(), browser
            finally:
                os.kill(os.getpid(), signal.SIGINT)
                await serving


async def test_the_start_page_leads_to_everybody(tmp_path: Path) -> None:
    """Each person stands there once, under whom they speak for."""
    async with open_house(tmp_path) as (world, address, browser):
        page = await (await browser.get(address)).text()
        for person in world.everybody:
            assert page.count(f"/chat?as={person.actor.id}&amp;") == 1
        assert page.index("Member states") < page.index(">Mei<") < page.index("Strangers")
        assert "#welcome" in page


async def test_walking_in_opens_the_chat_as_that_person(tmp_path: Path) -> None:
    """The page has simcord's chat, a way back, and the chat answers as the person chosen."""
    async with open_house(tmp_path) as (world, address, browser):
        page = await (await browser.get(address)).text()
        ben = world.people["Ben"].actor.id
        link = re.search(rf"/chat\?as={ben}[^\"]+", page)
        assert link is not None
        entered = await browser.get(address + unescape(link.group()))
        chat = await entered.text()
        token = re.search(r'data-token="([^"]+)"', chat)
        assert token is not None
        assert 'href="/"' in chat
        assert "/app.js" in chat
        assert (await browser.get(f"{address}/app.js")).status == 200
        opened = await browser.post(
            f"{address}/api/pages", json={}, headers={"X-Simcord-Capability": token.group(1)}
        )
        assert (await opened.json())["viewerId"] == str(ben)


async def test_a_page_left_behind_is_told_so_and_can_come_back(tmp_path: Path) -> None:
    """Opening another room ends the first one; entering it again opens it anew."""
    async with open_house(tmp_path) as (world, address, browser):
        ana, lobby = world.people["Ana"].actor.id, world.lobby.id
        first = await (await browser.get(f"{address}/chat?as={ana}&in={lobby}")).text()
        token = re.findall(r'data-token="([^"]+)"', first)[0]
        assert (await (await browser.get(f"{address}/rehearsal/here?token={token}")).json())["live"]
        await browser.get(f"{address}/chat?as={ana}&in=direct")
        assert not (await (await browser.get(f"{address}/rehearsal/here?token={token}")).json())["live"]
        again = await browser.get(f"{address}/room?as={ana}&in={lobby}")
        assert 'id="rehearsal-bar"' in await again.text()


async def test_nonsense_in_an_address_leads_to_the_start_page(tmp_path: Path) -> None:
    """No dead ends: an unknown person or room is the start, or the nearest room."""
    async with open_house(tmp_path) as (world, address, browser):
        nobody = await browser.get(f"{address}/chat?as=1&in=2")
        assert nobody.url.path == "/"
        elsewhere = await browser.get(f"{address}/chat?as={world.people['Ana'].actor.id}&in=2")
        assert elsewhere.url.query["in"] == str(world.lobby.id)
        assert (await browser.get(f"{address}/favicon.ico")).status == 204


async def test_other_sites_may_not_use_the_pages(tmp_path: Path) -> None:
    """A foreign host name or origin is turned away, and so is a chat call without a page."""
    async with open_house(tmp_path) as (_, address, browser):
        assert (await browser.get(address, headers={"Host": "evil.example"})).status == 403
        assert (await browser.get(address, headers={"Origin": "https://evil.example"})).status == 403
        assert (await browser.get(f"{address}/api/state")).status == 401


async def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    """Asking for one port means that port or none."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        doors = Doors(taken.getsockname()[1])
        with pytest.raises(RehearsalFailed, match="choose another with --port"):
            doors.check()
        async with bare_world(small_script(tmp_path)) as world:
            with pytest.raises(RehearsalFailed, match="choose another with --port"):
                await doors.open(world, Console(file=StringIO()))
