"""What `docs/operations.md` and `deploy/` say is so: the drill is run word by word, and every name exists."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from benchmarks.wire.payloads import APPLICATION
from benchmarks.wire.standin import serving
from bot import client, courier, errands, tuning
from bot.client import create_bot
from bot.settings import TOKEN_VARIABLE, Settings, WatchSettings, variables
from bot.watching import PAGES, Watching
from tests.postgres_server import Server, made_in
from tests.shell.live_server import Discord
from tests.shell.watched_room import CHILD, free_port

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
UNITS = ("rapporteur.service", "rapporteur@.service")
PORT = "9464"  # in the guide


# --- the drill -----------------------------------------------------------------------------------

_FILES = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STEPS = re.compile(r"^<!-- run -->\n```sh\n(.*?)^```\n((?:<!-- says: .*? -->\n)*)", re.MULTILINE | re.DOTALL)
_SAYS = re.compile(r"<!-- says: (.*?) -->")


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database on a server of its own."""
    server: Server = made_in()
    try:
        server.start()
        yield f"{server.url}/postgres"
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@pytest.mark.thorough
@pytest.mark.timeout(600)
async def test_the_drill_can_be_followed_word_by_word(tmp_path: Path, postgres: str) -> None:
    """In an empty folder, with a stand-in for Discord and a PostgreSQL server; only the port is another."""
    folder, programs = tmp_path / "drill", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    port = str(free_port())
    for name, content in _FILES.findall(GUIDE):
        (folder / name).write_text(content.replace(PORT, port), encoding="utf-8")
    steps = _STEPS.findall(GUIDE)
    assert len(steps) >= 8
    script = ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for number, (step, _) in enumerate(steps):
        script += [f"printf '\\n=== {number} ===\\n'", step.replace(PORT, port)]
    discord = Discord([])
    async with serving(discord) as at:
        program = programs / "rapporteur"
        # A rehearsal brings a Discord of its own.
        program.write_text(
            "#!/bin/sh\n"
            f'case "$1" in run|check) exec {sys.executable} {CHILD} {at} "$@";; esac\n'
            f'exec {sys.executable} -m bot "$@"\n'
        )
        program.chmod(0o755)
        token = f"{_base64(APPLICATION)}.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789ab"
        environment = {name: value for name, value in os.environ.items() if name not in variables()}
        environment |= {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            TOKEN_VARIABLE: token,
            "STORE": postgres,
        }
        process = await asyncio.create_subprocess_exec(
            *("bash", "-c", "\n".join(script)),
            cwd=folder,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(540):
                output = (await process.communicate())[0].decode()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert process.returncode == 0, output
    told = re.split(r"^=== \d+ ===$", output, flags=re.MULTILINE)[1:]
    for (step, says), said in zip(steps, told, strict=True):
        for wanted in _SAYS.findall(says):
            assert wanted in said, f"{step}\nsaid:\n{said}"
    assert token not in output
    assert "Traceback" not in output + (folder / "rapporteur.log").read_text()


def _base64(number: int) -> str:
    return base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


# --- names ---------------------------------------------------------------------------------------


async def figures() -> set[str]:
    """Every figure of the program's own, as Prometheus calls it."""
    bot = create_bot(Settings(watch=WatchSettings(port=free_port())))
    assert bot.metrics is not None
    Watching(bot, bot.metrics, 1)
    registry: CollectorRegistry = bot.metrics.registry
    families = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in registry.collect()
        if family.name.startswith("rapporteur_")
    }
    await bot.close()
    return families


async def test_every_figure_is_explained_and_no_other() -> None:
    """In the table of what to watch."""
    assert set(re.findall(r"^\| `(rapporteur_\w+)`", GUIDE, re.MULTILINE)) == await figures()


async def test_alerts_ask_for_figures_that_there_are() -> None:
    """A misspelt figure would never alert anybody; each rule has what Prometheus wants."""
    text = (DEPLOY / "alerts.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\brapporteur_\w+", text))
    assert {re.sub(r"_(?:bucket|count|sum)$", "", name) for name in asked} <= await figures()
    rules = text.split("- alert: ")[1:]
    names = [rule.split("\n", 1)[0] for rule in rules]
    assert len(set(names)) == len(names) >= 8
    for rule in rules:
        assert all(f"{key}:" in rule for key in ("expr", "labels", "annotations", "summary")), rule
        expression = rule.partition("expr:")[2].partition("labels:")[0]
        assert all(expression.count(a) == expression.count(b) for a, b in ("()", "{}", "[]")), rule
    assert "deploy/alerts.yml" in GUIDE


def test_what_breaks_is_said_in_the_programs_own_words() -> None:
    """Whoever searches the guide for what they see finds it."""
    sentences = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").glob("**/*.py"))
    sentences += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "storage").glob("**/*.py"))
    sentences += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "services").glob("**/*.py"))
    table = GUIDE.partition("## When something breaks")[2]
    quoted = re.findall(
        r'"([^"]+)"', "\n".join(line.split("|")[1] for line in table.splitlines() if "|" in line)
    )
    assert len(quoted) >= 7
    parts = [part.strip() for quote in quoted for part in quote.split("…") if part.strip()]
    assert [part for part in parts if part not in sentences] == []


# --- deploy/ -------------------------------------------------------------------------------------


def settings_of(unit: str) -> list[tuple[str, str]]:
    """The lines `Key=value` of a unit."""
    text = (DEPLOY / unit).read_text(encoding="utf-8")
    return re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE)


def test_the_units_are_hardened_and_alike() -> None:
    """One for one process, one for several; what the one may not the other may not."""
    one, several = (settings_of(unit) for unit in UNITS)
    own = [("Description", "Rapporteur, process %i"), ("EnvironmentFile", "/etc/rapporteur/%i.env")]
    assert [line for line in several if line not in own] == [line for line in one if line[0] != "Description"]
    known = dict(one)
    assert known["ExecStart"].endswith("rapporteur run --config /etc/rapporteur/config.toml")
    assert known["Restart"] == "on-failure"
    assert known["NoNewPrivileges"] == "yes"
    assert known["ProtectSystem"] == "strict"
    assert known["ReadWritePaths"].split() == [f"/var/lib/{name}" for name in known["StateDirectory"].split()]
    assert all(place in GUIDE for place in known["ReadWritePaths"].split())
    # What closing may take: acts and errands end beside each other, then what is left of either.
    assert int(known["TimeoutStopSec"]) > 2 * client.LAST_ACTS + errands.LAST_RUN
    assert int(known["LimitNOFILE"]) > 4 * tuning.CONNECTIONS


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_understands_the_units(unit: str) -> None:
    """No unknown key, no value that it cannot read; that nothing is installed here is not counted."""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", DEPLOY / unit], capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if unit.partition(".")[0].rstrip("@") in line]
    assert [line for line in complaints if "is not executable" not in line] == []


CONTAINERFILE = DEPLOY / "Containerfile"


def copied() -> list[str]:
    """What the container file copies from the repository."""
    lines = re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    return [source for line in lines for source in line.split()]


def test_the_container_file_keeps_to_the_program() -> None:
    """Its settings exist, the token is none of them, it is not root, and asks the page that there is."""
    text = CONTAINERFILE.read_text(encoding="utf-8")
    assert [source for source in copied() if not (ROOT / source).exists()] == []
    named = set(re.findall(r"^\s+(?:ENV )?(RAPPORTEUR_\w+)=", text, re.MULTILINE))
    assert named <= set(variables())
    assert TOKEN_VARIABLE not in named
    assert re.search(r"^USER (?!0|root)", text, re.MULTILINE)
    assert f"http://127.0.0.1:{PORT}{PAGES[0]}" in text
    assert f"RAPPORTEUR_WATCH__PORT={PORT}" in text
    assert "--require-hashes --no-deps -r requirements.lock" in text
    url = re.search(r"STORAGE__URL=sqlite:///(\S+)", text)
    keys = re.search(r"KEY_DIR=(\S+)", text)
    assert url is not None and keys is not None
    assert f'VOLUME ["{Path(url[1]).parent}", "{keys[1]}"]' in text


@pytest.mark.thorough
def test_what_the_container_file_copies_is_all_that_the_program_needs(tmp_path: Path) -> None:
    """Installed from those files alone, as it would be there, it says what is missing in an empty folder."""
    source, target, home = tmp_path / "src", tmp_path / "installed", tmp_path / "home"
    source.mkdir()
    home.mkdir()
    for name in copied():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    install = (
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        target,
        ".",
    )
    subprocess.run([sys.executable, *install], cwd=source, check=True)
    rehearsed = (
        f"import sys; sys.path.insert(0, {str(target)!r}); import bot.cli; "
        f"assert bot.cli.__file__.startswith({str(target)!r}); sys.exit(bot.cli.main(sys.argv[1:]))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for number, (name, content) in enumerate(_FILES.findall(GUIDE)):
        if number:
            (home / name).write_text(content, encoding="utf-8")
    for arguments in (["--help"], ["rehearse", "--script", "drill.toml", "--no-serve", "--out", "played"]):
        done = subprocess.run(
            [sys.executable, "-P", "-c", rehearsed, *arguments],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert {"ranking.pdf", "ranking.xlsx", "seminar-report.docx"} <= {
        path.name for path in (home / "played").iterdir()
    }


def test_pages_are_watched_at_the_port_of_the_guide() -> None:
    """One port in the guide, the units' settings and the container file."""
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", GUIDE)) == {PORT}
    assert courier.LONGEST_PAUSE.total_seconds() > 900  # what the alert on old messages rests on
