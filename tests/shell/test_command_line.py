"""The command line: exit status, one clear line, and nothing half done."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import main
from bot.house import open_house
from bot.i18n import Catalogues
from bot.settings import TOKEN_VARIABLE, Settings
from seminar.model import Actor

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "rehearsal" / "initiative.toml"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, without settings."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def store(place: Path) -> str:
    """The address of a store that is up to date and empty."""
    url = f"sqlite:///{place}/r.db"
    assert main(["db", "upgrade", "--database", url]) == 0
    return url


def test_without_arguments_it_says_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    """That is a question of usage."""
    assert main([]) == 2
    assert "rehearse" in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["export"], ["export", "odt"], ["run", "--port", "1"], ["db", "backup"]]
)
def test_wrong_usage_is_status_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With a hint on standard error, and nothing on standard output."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Error:" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "There is no token"),
        (["run", "--config", "no.toml"], "There is no settings file no.toml"),
        (["audit", "verify"], "There is no store"),
        (["export", "csv"], "There is no store"),
        (["export", "csv", "--database", "mysql://x"], "is no address of a store"),
        (["db", "upgrade", "--database", "sqlite:///no/r.db"], "There is no folder"),
        (["db", "backup", "copy.db"], "There is no "),
        (["db", "restore", "copy.db"], "There is no "),
    ],
)
def test_what_cannot_be_done_is_status_one_with_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback, no second line."""
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert len(err.splitlines()) == 1


def test_wrong_settings_are_one_line_that_counts_the_rest(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check` tells them all."""
    monkeypatch.setenv("RAPPORTEUR_TOKEN", "x")
    (place / "config.toml").write_text("[discord]\ntoken = 'very-secret'\n")
    assert main(["run"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "(And 1 more: see `rapporteur check`.)" in line
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "RAPPORTEUR_TOKEN" in out
    assert TOKEN_VARIABLE in out
    assert "very-secret" not in out


def test_a_store_is_made_copied_and_restored(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each step says what it did."""
    store = "sqlite:///r.db"
    assert main(["db", "upgrade", "--database", store]) == 0
    assert main(["db", "upgrade", "--database", store]) == 0
    assert main(["db", "backup", "copy.db", "--database", store]) == 0
    assert main(["db", "restore", "copy.db", "--database", store]) == 0
    out = capsys.readouterr().out
    assert "brought up to date" in out
    assert "is up to date" in out
    assert "copied to copy.db" in out
    assert "is kept as" in out
    assert (place / "copy.db").is_file()


def test_a_restored_copy_forgets_again_who_asked_for_it(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the list beside the keys; it says how many they were, and what is left is whole."""
    store, settings = "sqlite:///r.db", Settings.load(None)
    assert main(["db", "upgrade", "--database", store]) == 0
    ana = Actor(7, 11, "Ana", frozenset())

    async def act(forget: bool) -> None:
        house = await open_house(
            settings.at(store), lambda: datetime(2014, 10, 22, tzinfo=UTC), Catalogues.load()
        )
        await house.participants.person(ana)
        if forget:
            await house.forgetting.forget(ana)
        await house.close()

    asyncio.run(act(forget=False))
    assert main(["db", "backup", "copy.db", "--database", store]) == 0
    asyncio.run(act(forget=True))
    capsys.readouterr()
    assert main(["db", "restore", "copy.db", "--database", store]) == 0
    assert "1 person was forgotten again" in capsys.readouterr().out
    assert b"Ana" not in (place / "r.db").read_bytes()
    assert main(["audit", "verify", "--database", store]) == 0


def test_an_empty_store_is_whole(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing happened, so nothing was changed behind the ledger's back."""
    assert main(["audit", "verify", "--database", store]) == 0
    assert "All is well: 0 ledger entries" in capsys.readouterr().out


def test_a_head_that_is_not_in_the_chain_is_status_one(
    store: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A tail was cut off, or it is another store."""
    assert main(["audit", "verify", "--database", store, "--head", "f" * 64]) == 1
    assert capsys.readouterr().err


def test_exporting_without_an_initiative_is_refused(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    """There is nothing to rank."""
    assert main(["export", "csv", "--database", store]) == 1
    assert capsys.readouterr().err == "No initiative is loaded in this store.\n"


def test_a_store_of_another_version_is_not_read(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line says what to do."""
    (place / "r.db").touch()
    assert main(["export", "csv", "--database", "sqlite:///r.db"]) == 1
    assert "db upgrade" in capsys.readouterr().err


def test_an_initiative_file_is_checked(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Good ones end with 0, bad ones with 1 and every line named."""
    assert main(["initiative", "check", str(MODEL)]) == 0
    bad = place / "bad.toml"
    bad.write_text(MODEL.read_text(encoding="utf-8").replace('kind = "seminar"', 'kind = "meeting"'))
    assert main(["initiative", "check", str(bad)]) == 1
    out = capsys.readouterr().out
    assert out.count("must be one of 'seminar' or 'conference'") == 2
    assert "Line " in out


def test_the_doctor_ends_with_zero_when_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings are no errors."""
    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789ab"
    monkeypatch.setenv(TOKEN_VARIABLE, token)
    assert main(["check"]) == 0
    assert main(["check", "--initiative", str(MODEL)]) == 0


def test_python_m_bot_is_the_same_program() -> None:
    """And `--help` of it needs neither Discord nor a database."""
    probe = (
        "import sys, runpy; sys.argv = ['rapporteur', '--help']\n"
        "try: runpy.run_module('bot', run_name='__main__')\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "heavy = {'discord', 'sqlalchemy', 'alembic', 'xlsxwriter', 'typst'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Usage: rapporteur" in done.stdout
