"""`rapporteur export` on a copy of a store, without Discord: what is written, said, and left behind."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import pty
import resource
import shutil
import stat
import subprocess
import sys
import zipfile
from io import BytesIO, StringIO
from pathlib import Path

import pytest

from bot import whole_files
from bot.cli import main
from reports.kinds import KINDS
from seminar.errors import Refused
from storage.engine import Database
from storage.migrate import upgrade
from tests.services.small_seminar import Seminar, StillClock
from tests.small_initiative import INITIATIVE

ROOT = Path(__file__).parents[2]
WITHOUT_FONT = "中"


@pytest.fixture(scope="module")
def kept_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rome under the Chatham House rule; Ana's text names Ben, and has a character that no font has."""
    path = tmp_path_factory.mktemp("store") / "rapporteur.db"
    url = f"sqlite:///{path}"

    async def fill() -> None:
        await upgrade(url)
        db = await Database.open(url)
        seminar = Seminar(db, StillClock())
        await seminar.load(INITIATIVE.replace('"named"', '"chatham"'), by=seminar.owner)
        await seminar.events.open(seminar.organiser, "ROM")
        await seminar.propose(seminar.ben, title="Train trainers", theme="TRN")
        text = f"Ben says that missions should be planned together {WITHOUT_FONT} from the first day on."
        await seminar.propose(seminar.ana, text=text)
        await db.close()

    asyncio.run(fill())
    return path


@pytest.fixture(autouse=True)
def place(tmp_path: Path, kept_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of the store."""
    shutil.copy(kept_store, tmp_path / "rapporteur.db")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def left(place: Path) -> set[str]:
    """What stands in the folder beside the store."""
    return {file.name for file in place.iterdir() if not file.name.startswith("rapporteur.db")}


def test_names_refuse_a_document_until_they_are_meant(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each, and no file; with the option it is written, and nothing is said."""
    asked = ["export", "json", "--kind", "seminar-report", "--out", "r.json"]
    assert main(asked) == 1
    out, err = capsys.readouterr()
    first, *names = err.splitlines()
    assert out == "" and "1 name of" in first and "--names-are-meant" in first
    assert len(names) == 1 and "“Ben” stands in CAP-01" in names[0]
    assert left(place) == set()
    assert main([*asked, "--names-are-meant"]) == 0
    assert capsys.readouterr() == ("", "")
    assert "Ben says that missions" in (place / "r.json").read_text("utf-8")


def test_names_in_data_are_told_and_it_is_written(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A note for each on standard error, in the language asked for; standard output is the file alone."""
    for kind, form in (("ranking", "csv"), ("drafting", "json")):
        assert main(["export", form, "--kind", kind]) == 0
        out, err = capsys.readouterr()
        assert "Ben says that" in out
        assert err.startswith("Note: “Ben” stands in CAP-01") and len(err.splitlines()) == 1
    assert main(["export", "csv", "--theme", "TRN"]) == 0
    out, err = capsys.readouterr()
    assert [row["reference"] for row in csv.DictReader(StringIO(out))] == ["TRN-01"] and err == ""


def test_what_a_format_cannot_show_is_a_note(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is there, and whoever made it knows what it lacks."""
    assert main(["export", "pdf", "--out", "ranking.pdf", "--names-are-meant"]) == 0
    (note,) = capsys.readouterr().err.splitlines()
    assert note.startswith("Note: ") and "U+4E2D" in note
    assert (place / "ranking.pdf").read_bytes().startswith(b"%PDF")


def test_the_bot_is_told_beside_the_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names first, with their mark; then, with the mark, the file and what it lacks."""
    asked = ["export", "pdf", "--out", "r.pdf", "--aside", "notes"]
    assert main(asked) == 0
    told = json.loads((place / "notes").read_text("utf-8"))
    assert left(place) == {"notes"}
    assert [one["name"] for one in told["names"]["told"]] == ["Ben"]
    assert main([*asked, "--names-seen", "another"]) == 0
    assert left(place) == {"notes"}
    assert main([*asked, "--names-seen", told["names"]["mark"]]) == 0
    told = json.loads((place / "notes").read_text("utf-8"))
    assert told["names"] is None and "U+4E2D" in told["remarks"][0]
    assert left(place) == {"notes", "r.pdf"}
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("kind", ["ranking", "seminar-report"])
def test_every_format_of_a_kind_is_written(place: Path, kind: str) -> None:
    """Without a token and without a network; the options of documents are taken by all."""
    for form in KINDS[kind].formats:
        asked = ["export", form, "--kind", kind, "--out", form, "--draft", "--receipts", "--language", "fr"]
        assert main([*asked, "--names-are-meant"]) == 0, form
        data = (place / form).read_bytes()
        if form in ("docx", "xlsx"):
            assert zipfile.ZipFile(BytesIO(data)).testzip() is None
        assert len(data) > 100
    assert left(place) == set(KINDS[kind].formats)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["odt"], 2, "there is no format odt"),
        (["csv", "--kind", "letters"], 2, "there is no export letters"),
        (["csv", "--language", "xx"], 2, "there is no language xx"),
        (["csv", "--drafty"], 2, "No such option"),
        (["csv", "--guild", "Rome"], 2, "valid integer"),
        (["pdf", "--kind", "cast-votes"], 1, "no cast-votes file as pdf"),
        (["csv", "--event", "OSL"], 1, "the events are ROM and BER"),
        (["csv", "--theme", "XYZ"], 1, "the themes are"),
        (["csv", "--guild", "7"], 1, "no server 7"),
        (["json", "--kind", "final-report"], 1, ""),
        (["json", "--kind", "seminar-report", "--ballot", "B1"], 1, "cannot be limited to a ballot"),
    ],
)
def test_what_cannot_be_exported_is_one_line_and_no_file(
    place: Path, arguments: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """2 for usage, 1 for what is not there."""
    assert main(["export", *arguments, "--out", "r"]) == status
    out, err = capsys.readouterr()
    assert out == "" and said in err
    assert status == 2 or len(err.splitlines()) == 1
    assert left(place) == set()


def test_a_file_that_cannot_be_written_is_one_line_and_leaves_what_was_there(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No folder, a folder in its place, a file for a folder, and a device that is full."""
    (place / "folder").mkdir()
    (place / "old.csv").write_text("old")
    for out in ("no/r.csv", "folder", "old.csv/r.csv", "/dev/full"):
        assert main(["export", "csv", "--names-are-meant", "--out", out]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"{out} cannot be written: ")
    assert left(place) == {"folder", "old.csv"} and (place / "old.csv").read_text() == "old"


def run(
    *arguments: str, most: int | None = None, stdout: int | None = None
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; `most` is how many bytes a file of it may have."""

    def limit() -> None:
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return subprocess.run(
        [sys.executable, "-m", "bot", "export", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,
        check=False,
    )


def test_a_disk_that_fills_up_leaves_no_half_of_a_file(place: Path) -> None:
    """One line, and the file of yesterday is still whole."""
    (place / "ranking.pdf").write_bytes(b"yesterday")
    ended = run("pdf", "--names-are-meant", "--out", "ranking.pdf", most=40_000)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1), ended.stderr
    assert ended.stderr.startswith("ranking.pdf cannot be written: ")
    assert left(place) == {"ranking.pdf"} and (place / "ranking.pdf").read_bytes() == b"yesterday"


def test_standard_output_that_takes_nothing_is_one_line(place: Path) -> None:
    """A full device, and a reader that has gone."""
    with Path("/dev/full").open("w") as full:
        ended = run("csv", "--names-are-meant", stdout=full.fileno())
    assert (ended.returncode, ended.stderr.startswith("Standard output cannot be written: ")) == (1, True)
    reading, writing = os.pipe()
    os.close(reading)
    ended = run("csv", "--names-are-meant", stdout=writing)
    os.close(writing)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1), ended.stderr


def test_a_terminal_sees_how_far_it_is(place: Path) -> None:
    """The stages, on standard error alone; the file is the same as without."""
    assert main(["export", "docx", "--names-are-meant", "--out", "quiet.docx"]) == 0
    shown, terminal = pty.openpty()
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "export", "docx", "--names-are-meant", "--out", "r.docx"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=terminal,
        check=False,
    )
    os.close(terminal)
    said = b""
    try:
        while piece := os.read(shown, 65536):
            said += piece
    except OSError:  # nobody writes to it any more
        pass
    os.close(shown)
    assert (ended.returncode, ended.stdout) == (0, b"")
    for stage in ("Reading the store", "Composing the document", "Drawing docx", "Writing the file", "100%"):
        assert stage in said.decode(), stage
    assert left(place) == {"quiet.docx", "r.docx"}


def test_a_file_keeps_its_permissions_and_a_link_its_way(place: Path) -> None:
    """A new one is as the umask says; the name appears with the whole of it."""
    before = os.umask(0o027)
    try:
        whole_files.write_whole(place / "new", b"1")
    finally:
        os.umask(before)
    assert stat.S_IMODE((place / "new").stat().st_mode) == 0o640
    (place / "new").chmod(0o604)
    (place / "link").symlink_to("new")
    heard: list[int] = []
    whole_files.write_whole(place / "link", bytes(3_000_000), heard.append)
    assert (place / "link").is_symlink() and (place / "new").stat().st_size == 3_000_000
    assert stat.S_IMODE((place / "new").stat().st_mode) == 0o604
    assert heard[-1] == 3_000_000 and len(heard) == 3
    with pytest.raises(Refused, match="cannot be written"):
        whole_files.write_whole(place, b"1")
    assert left(place) == {"new", "link"}
