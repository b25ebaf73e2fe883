"""`rapporteur rehearse`: play a script, leave its files in a folder, then serve the chat.

The folder holds only what a rehearsal wrote; a store that is not a rehearsal's
own is never overwritten.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from bot.client import create_bot
from bot.settings import Discord, Logging, SecrecySettings, Settings, Storage
from rehearsal import serve as pages
from rehearsal.player import Player
from rehearsal.script import DEFAULT_SCRIPT, Script, read_script
from rehearsal.setup import initiative_of, prepare
from rehearsal.shown import Refusal
from rehearsal.simulation import Simulation, Watch, simulate, starting_time
from rehearsal.step import RehearsalFailed
from rehearsal.transcript import HEADING, Transcript
from rehearsal.world import build_world
from reports import FORMATS
from reports.kinds import KINDS, Kind
from seminar.initiative import Initiative
from seminar.words import t
from services.record.reporting import NO_CONFERENCE

STORE = "rapporteur.db"
NOBODY_SETS_THE_CLOCK = 30 * 86_400.0  # seconds; looking every hour would be most of a year's work
TRANSCRIPT = "transcript.md"
ERRORS = "errors.log"
_NOTHING = {str(said) for said in (NO_CONFERENCE, *(kind.nothing for kind in KINDS.values())) if said}
"""How the bot says that there is nothing of a kind yet."""


def rehearse(
    script: Path | None, out: Path, serve: bool, port: int, formats: Collection[str] = FORMATS
) -> int:
    """Play `script` (None: the initiative of 2014), leave its files in `out`, exports in these `formats`
    among them, and serve the chat if asked.

    `port` 0 stands for the usual port, or the next one that is free. Gives the
    exit status: 0, or 1 after one clear line about what failed.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        read = read_script(script or DEFAULT_SCRIPT)
        initiative = initiative_of(read)
        doors = pages.Doors(port) if serve else None
        if doors is not None:
            doors.check()
        _make_room(out)
        asyncio.run(_Rehearsal(read, initiative, out, console, formats).run(doors))
    except RehearsalFailed as failed:
        console.print(str(failed.sentence), style="bold red", markup=False)
        if (out / ERRORS).exists():
            console.print(str(t("Details are in {file}.", file=str(out / ERRORS))), markup=False)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 1
    return 0


def _make_room(out: Path) -> None:
    """Make the folder, and take the store of an earlier rehearsal out of it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        store, transcript = out / STORE, out / TRANSCRIPT
        ours = transcript.is_file() and transcript.read_text("utf-8", "replace").startswith(HEADING)
        if store.exists() and not ours:
            raise RehearsalFailed(
                0,
                t(
                    "{folder} holds a {store} that no rehearsal made; choose another folder with --out.",
                    folder=str(out),
                    store=STORE,
                ),
            )
        for name in (
            ERRORS,
            STORE,
            f"{STORE}-wal",
            f"{STORE}-shm",
            *(_file(kind, form) for kind in KINDS.values() for form in kind.formats),
        ):
            (out / name).unlink(missing_ok=True)
        transcript.write_text(f"{HEADING}\n", "utf-8")
    except OSError as error:
        raise RehearsalFailed(
            0, t("{folder} cannot be written: {reason}.", folder=str(out), reason=error.strerror or "")
        ) from None


@dataclass(slots=True)
class _Rehearsal:
    script: Script
    initiative: Initiative
    out: Path
    console: Console
    formats: Collection[str]

    async def run(self, doors: pages.Doors | None) -> None:
        """Play everything; with `doors`, keep the chat open until somebody ends it."""
        start = starting_time(
            min((event.starts_on for event in self.initiative.events), default=pages.ANY_DAY),
            self.initiative.zone,
        )
        watch = Watch(start)
        with tempfile.TemporaryDirectory(prefix="rapporteur-keys-") as keys, _errors_to(self.out / ERRORS):
            bot = create_bot(self._settings(Path(keys)), clock=watch)
            bot.errands.longest_sleep = NOBODY_SETS_THE_CLOCK
            async with simulate(bot, start) as simulation:
                watch.wind(simulation.env)
                try:
                    with _ended_by_sigterm():
                        player = await self._play(simulation)
                    if doors is not None:
                        await doors.open(player.world, self.console)
                finally:
                    await simulation.close()

    async def _play(self, simulation: Simulation) -> Player:
        transcript = Transcript(self.initiative.head.title)
        world = build_world(simulation, self.script, self.initiative)
        player = Player(world, transcript, self.script.path.parent)
        failure: str | None = None
        try:
            with _progress(self.console, 1 + len(world.participants) + len(self.script.steps)) as done:
                await prepare(player, self.script, done)
                for number, step in enumerate(self.script.steps, 1):
                    await player.run(number, step)
                    done()
                await self._take_exports(player)
        except RehearsalFailed as failed:
            failure = str(failed.sentence)
            raise
        finally:
            self._write(TRANSCRIPT, transcript.render(world, failure).encode())
            for name, blob in player.files.items():
                self._write(name, blob)
        self.console.print(
            str(t("The rehearsal is played. Its files are in {folder}.", folder=str(self.out))), markup=False
        )
        return player

    async def _take_exports(self, player: Player) -> None:
        """Every kind in every format that is wanted, through `/export` as the organiser would, so that it is
        what chat gives. A kind of which the bot says that there is nothing yet leaves no file.
        """
        if not player.proposed:
            return
        for kind in KINDS.values():
            for form in filter(self.formats.__contains__, kind.formats):
                if not await self._take(player, kind, form):
                    break

    async def _take(self, player: Player, kind: Kind, form: str) -> bool:
        """Whether there is anything of the kind; its file is kept."""
        there = True

        async def export(acting: Player) -> None:
            nonlocal there
            try:
                acting.keep_files(await acting.export(format=form, kind=kind.name))
            except Refusal as refused:
                if str(refused.text) not in _NOTHING:
                    raise
                there = False

        await player.act(player.world.owner, export)
        if there and _file(kind, form) not in player.files:
            raise RehearsalFailed(
                0, t("The export of {kind} as {format} gave no file.", kind=kind.name, format=form)
            )
        return there

    def _settings(self, keys: Path) -> Settings:
        return Settings.model_construct(
            discord=Discord(cooldowns=False),  # a script acts faster than people, and its clock stands still
            storage=Storage(url=f"sqlite:///{(self.out / STORE).absolute()}"),
            secrecy=SecrecySettings(key_dir=keys),
            logging=Logging(level="warning"),
        )

    def _write(self, name: str, blob: bytes) -> None:
        try:
            (self.out / name).write_bytes(blob)
        except OSError as error:
            raise RehearsalFailed(
                0, t("{file} cannot be written: {reason}.", file=name, reason=error.strerror or "")
            ) from error


def _file(kind: Kind, form: str) -> str:
    """`KIND.FORMAT`, as `/export` names the whole of a kind."""
    return f"{kind.name}.{FORMATS[form].extension}"


@contextmanager
def _progress(console: Console, total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal; elsewhere a line every tenth of the way."""
    if console.is_terminal:
        with Progress(
            SpinnerColumn(),
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        ) as bar:
            task = bar.add_task(str(t("Rehearsing")), total=total)
            yield lambda: bar.advance(task)
        return
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if done * 10 // total > (done - 1) * 10 // total:
            console.print(str(t("Rehearsing: {done} of {total}", done=done, total=total)), markup=False)

    yield count


@contextmanager
def _errors_to(file: Path) -> Iterator[None]:
    """Keep what the bot logs from running through the progress bar; errors go to `file`, if any come."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    keeper = logging.FileHandler(file, encoding="utf-8", delay=True)
    keeper.setLevel(logging.ERROR)
    root.handlers[:], root.level = [keeper], logging.WARNING
    try:
        yield
    finally:
        root.handlers[:], root.level = handlers, level
        keeper.close()


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the play as Ctrl-C does, so that the store is closed and the keys are removed."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is not None:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
