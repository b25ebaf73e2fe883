"""`make pictures`: the pictures of the documents, taken from a rehearsal's own pages.

Two short scripts are played, and a browser without a window looks at the start
page, and at the chat as one of the people; pages of the final report are drawn from
what the default rehearsal leaves. Nothing is drawn or mended afterwards: a picture
shows what `make run` shows.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp

from bot import store_commands
from bot.i18n import Catalogues
from bot.settings import Settings, Storage
from rehearsal.command import STORE
from reports import to_pdf
from reports.compose import COMPOSERS
from reports.kinds import FINAL_REPORT
from services.record.exports import Wanted

OPEN_BALLOT = Path(__file__).with_name("pictures-ballot.toml")
CONFERENCE = Path(__file__).with_name("pictures-conference.toml")
FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60.0  # seconds that a page may take to be drawn

_WIDE, _NARROW = 1200, 740  # pixels of the page; the chat's column ends at 690
_TALL = 2400  # higher than what is pictured: resizing the page for a picture would make it draw again
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")

# Scripts that give the heights, in pixels of the page, between which a picture is taken; null until
# everything is drawn. While the chat is still drawing, its buttons are disabled. Of the messages that hold
# the words it is the last, since a thread begins with its card.
_THE_MESSAGE = """(() => {
  const all = [...document.querySelectorAll("main article, main [data-message-id], main li")];
  const holding = all.filter(e => e.innerText.includes(WORDS));
  const message = holding.filter(e => !holding.some(o => o !== e && e.contains(o))).pop();
  if (!message || message.querySelector("button:disabled:not([aria-disabled])")) return null;
  message.scrollIntoView({ block: "center", behavior: "instant" });
  const { top, bottom } = message.getBoundingClientRect();
  return [top - 12, bottom + 16];
})()"""
_THE_PEOPLE = """(() => {
  const people = document.getElementById("people");
  return people && document.readyState === "complete"
    ? [0, people.getBoundingClientRect().bottom + 32] : null;
})()"""


@dataclass(frozen=True, slots=True)
class Shot:
    """A message as somebody sees it: in the room whose name begins so, the last one with these words."""

    file: str
    viewer: str
    words: str
    room: str = ""


SHOTS: Mapping[Path, tuple[Shot, ...]] = {
    OPEN_BALLOT: (
        Shot("card-under-vote.png", "Ana", "CAP-02 ·"),
        Shot("amendment.png", "Chiara", "Amendment 1 to TRN-01", room="TRN-01"),
        Shot("arguments.png", "Samuel", "Arguments on record", room="TRN-01"),
        Shot("merged.png", "Fay", "TRN-02 ·"),
    ),
    CONFERENCE: (
        Shot("agenda.png", "Mei", "Agenda of Brussels", room="bru-"),
        Shot("final-text.png", "Mei", "CAP-01 ·", room="bru-"),
        Shot("follow-up.png", "Ana", "overdue", room="bru-"),
    ),
}
"""What is pictured after which script; the start page is that of the first."""

PAGES: Mapping[str, int] = {"final-report-cover.png": 1, "final-report-page.png": 3}
"""The pages of the final report that are pictured, counted from 1."""


class NoPicture(Exception):
    """A picture cannot be taken; the text says why and what to do."""


def main() -> int:
    """Take every picture; 1 after one clear line when that is not possible."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(
            f"The pictures need a browser: install one of {', '.join(BROWSERS)}. Nothing was changed.",
            file=sys.stderr,
        )
        return 1
    try:
        asyncio.run(_take(browser))
    except NoPicture as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


async def _take(browser: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with aiohttp.ClientSession() as client, _page(browser, client) as page:
        for script, shots in SHOTS.items():
            async with _rehearsal(script) as address:
                if script == OPEN_BALLOT:
                    start = await page.picture(address, (_WIDE, _TALL), 1.0, _THE_PEOPLE)
                    (FOLDER / "rehearsal-start.png").write_bytes(start)
                for shot in shots:
                    chat = address.rstrip("/") + await _way_in(client, address, shot)
                    ends = _THE_MESSAGE.replace("WORDS", json.dumps(shot.words))
                    taken = await page.picture(chat, (_NARROW, _TALL), _WIDE / _NARROW, ends)
                    (FOLDER / shot.file).write_bytes(taken)
    await _draw_pages()
    print(f"The pictures are in {FOLDER.relative_to(FOLDER.parent.parent)}.")


async def _draw_pages() -> None:
    """Pages of the final report of the default rehearsal, as they are printed."""
    with tempfile.TemporaryDirectory(prefix="rapporteur-pictures-") as out:
        command = (sys.executable, "-m", "bot", "rehearse", "--no-serve", "--out", out)
        played = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
        if await played.wait():
            raise NoPicture("The default rehearsal failed; `rapporteur rehearse` says why.")
        settings = Settings.model_construct(storage=Storage(url=f"sqlite:///{out}/{STORE}"))
        report, _ = await store_commands.read_export(settings, Wanted(FINAL_REPORT), None, names=False)
    speak = Catalogues.load().speak("en")
    document = COMPOSERS[type(report)](report, speak)
    drawn = await asyncio.to_thread(to_pdf.pictured, document, speak, 1)
    for name, number in PAGES.items():
        (FOLDER / name).write_bytes(drawn[number - 1])


async def _way_in(client: aiohttp.ClientSession, address: str, shot: Shot) -> str:
    """The link on the start page by which somebody walks into a room; without its name, the first."""
    async with client.get(address) as answer:
        page = await answer.text()
    if shot.room:
        room = re.search(rf'href="(/\?in=[^"]+)"[^>]*>[^<]*{re.escape(shot.room)}', page)
        if room is None:
            raise NoPicture(f"The start page does not list the room {shot.room}.")
        async with client.get(address.rstrip("/") + unescape(room[1])) as answer:
            page = await answer.text()
    way = re.search(rf'href="(/chat\?[^"]+)"(?:(?!</a>).)*<strong>{re.escape(shot.viewer)}</strong>', page)
    if way is None:
        raise NoPicture(f"The start page does not list {shot.viewer}.")
    return unescape(way[1])


@asynccontextmanager
async def _rehearsal(script: Path) -> AsyncIterator[str]:
    """Play the script as `rapporteur rehearse` does; the address of its pages, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="rapporteur-pictures-") as out:
        command = ("-m", "bot", "rehearse", "--script", str(script), "--out", out, "--serve")
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stderr=asyncio.subprocess.PIPE
        )
        try:
            yield await _address(process.stderr)
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
            await process.communicate()


async def _address(output: asyncio.StreamReader | None) -> str:
    said = ""
    while output is not None and (line := (await output.readline()).decode()):
        if found := _ADDRESS.search(line):
            return found[0]
        said = line
    raise NoPicture(f"The rehearsal failed: {said.strip()}")


class _Page:
    """A page of the browser, spoken to in the DevTools protocol: https://chromedevtools.github.io/."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._asked = 0

    async def picture(self, address: str, size: tuple[int, int], scale: float, ends: str) -> bytes:
        """A PNG of `address` between the two heights that the script `ends` gives once all is drawn."""
        width, height = size
        await self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=False,
        )
        await self._ask("Page.navigate", url=address)
        try:
            async with asyncio.timeout(PATIENCE):
                top, bottom = await self._settled(ends)
        except TimeoutError:
            raise NoPicture(f"{address} was not drawn within {PATIENCE:.0f} seconds.") from None
        clip = {"x": 0, "y": top, "width": width, "height": bottom - top, "scale": 1}
        shot = await self._ask("Page.captureScreenshot", format="png", clip=clip)
        return base64.b64decode(shot["data"])

    async def _settled(self, ends: str) -> list[float]:
        """What `ends` gives when it gives the same twice: pages go on moving while they are drawn."""
        before = None
        while True:
            answer = await self._ask("Runtime.evaluate", expression=ends, returnByValue=True)
            now = answer["result"].get("value")
            if now is not None and now == before:
                return list(now)
            before = now
            await asyncio.sleep(0.5)

    async def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._asked += 1
        await self._socket.send_json({"id": self._asked, "method": method, "params": parameters})
        while True:
            said = await self._socket.receive_json()
            if said.get("id") == self._asked:
                if "error" in said:
                    raise NoPicture(f"The browser refused {method}: {said['error'].get('message')}.")
                return dict(said["result"])


@asynccontextmanager
async def _page(browser: str, client: aiohttp.ClientSession) -> AsyncIterator[_Page]:
    """A browser without a window, and its one page, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="rapporteur-browser-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            browser,
            "--headless",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--hide-scrollbars",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            # The browser's own sandbox does not work for root, as in most containers.
            *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            port = await _port(Path(profile) / "DevToolsActivePort", process)
            async with client.get(f"http://127.0.0.1:{port}/json") as answer:
                (target, *_) = [one for one in await answer.json() if one["type"] == "page"]
            async with client.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                yield _Page(socket)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _read(note: Path) -> list[str]:
    return note.read_text("ascii").split() if note.exists() else []


async def _port(note: Path, process: asyncio.subprocess.Process) -> int:
    """The port the browser has noted for those who want to talk to it."""
    while process.returncode is None:
        lines = await asyncio.to_thread(_read, note)
        if len(lines) > 1:
            return int(lines[0])
        await asyncio.sleep(0.1)
    raise NoPicture("The browser ended before it had begun; try it by hand: chromium --headless about:blank")


if __name__ == "__main__":
    sys.exit(main())
