"""What a log line looks like, and what never stands in it."""

import asyncio
import gc
import json
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import discord
import pytest
from pydantic import BaseModel, SecretStr

from bot import failures, logs
from bot.settings import Discord, Logging, Settings
from seminar.errors import Refused
from seminar.words import t

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789ab"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of a log that has been set up."""
    path = tmp_path / "r.log"
    logs.set_up(Settings(discord=Discord(token=SecretStr(TOKEN)), logging=Logging(level="debug", file=path)))
    return path


def test_the_token_is_redacted_wherever_it_stands(file: Path) -> None:
    """In a message, in its values, in what is told of an exception, and in a traceback."""
    log = logging.getLogger("anything")
    log.info("a token: " + TOKEN)
    log.info("a value: %s", TOKEN)
    try:
        raise ValueError(f"with {TOKEN}")
    except ValueError as error:
        log.exception("it failed")
        log.warning("told: %s", error)
    written = file.read_text(encoding="utf-8")
    assert TOKEN not in written
    assert written.count(logs.REDACTED) == 2
    assert written.count(failures.WITHHELD) == 2


def test_a_record_is_one_line_even_with_a_traceback_or_a_forged_line(file: Path) -> None:
    """A person's words cannot make up a record of their own."""
    log = logging.getLogger("anything")
    log.warning("first\n2014-10-22T09:00:00Z INFO bot: forged\r\nthird")
    try:
        raise ValueError("no")
    except ValueError:
        log.exception("it failed")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert lines[1].endswith("ValueError: no")


def test_tokens_in_discords_addresses_are_redacted(file: Path) -> None:
    """With an interaction's token anybody may answer in the bot's name."""
    logging.getLogger("anything").info("POST https://x/webhooks/123/aW50ZXJhY3Rpb24-_x/messages failed")
    written = file.read_text(encoding="utf-8")
    assert "aW50" not in written
    assert f"/webhooks/123/{logs.REDACTED}/messages" in written


def test_values_of_statements_are_left_out(file: Path) -> None:
    """They may be what a person wrote."""
    logging.getLogger("anything").error(
        "(IntegrityError) failed\n[SQL: INSERT]\n[parameters: ('Ana',)]\n(help)"
    )
    written = file.read_text(encoding="utf-8")
    assert "Ana" not in written
    assert "[SQL: INSERT]" in written


def test_libraries_do_not_log_what_people_send(file: Path) -> None:
    """At the level debug, discord.py would log every event, and SQLAlchemy every value."""
    logging.getLogger("discord.gateway").debug("payload with a name")
    logging.getLogger("sqlalchemy.engine.Engine").info("('Ana',)")
    assert file.read_text(encoding="utf-8") == ""


def test_a_log_file_is_the_bots_alone(file: Path) -> None:
    """Other users of the machine cannot read it."""
    assert file.stat().st_mode & 0o077 == 0


# --- what an exception says ----------------------------------------------------------------------

ANA = "Ana Ferreira-Lopes"
HER_NUMBER = 400_000_000_000_000_017
HER_WORDS = "That zeppelins shall watch over the marshes."


class _Form(BaseModel):
    text: int


@dataclass
class _Somebody:
    name: str
    id: int


def _fails_to_read() -> None:
    _Form.model_validate({"text": HER_WORDS})


def _fails_to_find() -> None:
    {}[ANA]  # type: ignore[index]


def _fails_to_count() -> None:
    int(HER_WORDS)


def _fails_to_store() -> None:
    with closing(sqlite3.connect(":memory:")) as store:
        store.execute("CREATE VIRTUAL TABLE words USING fts5(word)")
        store.execute("SELECT * FROM words WHERE words MATCH ?", (f'"{ANA}',))


def _fails_twice() -> None:
    try:
        raise LookupError(f"no {ANA} with {HER_NUMBER}")
    except LookupError as error:
        error.add_note(HER_WORDS)
        raise RuntimeError("for which there is a cause") from error


def _fails_together() -> None:
    raise ExceptionGroup("several", [ValueError(f"of {ANA}"), ValueError(HER_WORDS)])


def _fails_at_discord() -> None:
    response = SimpleNamespace(status=400, reason="Bad Request")
    said = {"code": 50035, "message": "Invalid Form Body", "errors": {"content": f"not {HER_WORDS}"}}
    raise discord.HTTPException(response, said)  # type: ignore[arg-type]


def _fails_at_a_file() -> None:
    Path(f"/nowhere/{ANA}").read_text()


def _refuses() -> None:
    raise Refused(t("“{name}” is not known here.", name=ANA))


@pytest.mark.parametrize(
    ("fails", "told"),
    [
        (_fails_to_read, "ValidationError: [withheld]"),
        (_fails_to_find, "KeyError: [withheld]"),
        (_fails_to_count, "ValueError: [withheld]"),
        (_fails_to_store, "OperationalError: sqlite_errorname SQLITE_ERROR"),
        (_fails_twice, "RuntimeError: for which there is a cause"),
        (_fails_together, "ExceptionGroup: "),
        (_fails_at_discord, "HTTPException: status 400, code 50035"),
        (_fails_at_a_file, "FileNotFoundError: errno 2, strerror No such file or directory"),
        (_refuses, "Refused: “{name}” is not known here."),
    ],
)
@pytest.mark.parametrize("shape", ["text", "json"])
def test_what_an_exception_says_of_a_person_is_not_written(
    tmp_path: Path, fails: Callable[[], None], told: str, shape: Literal["text", "json"]
) -> None:
    """Where it happened, of what kind it is and the code are: that is what mends it."""
    file = tmp_path / "r.log"
    logs.set_up(Settings(logging=Logging(level="debug", format=shape, file=file)))
    log = logging.getLogger("anything")
    try:
        fails()
    except Exception as error:
        log.exception("it failed")
        log.warning("told: %s", error)
        log.warning("shown: %r", error)
    written = file.read_text(encoding="utf-8")
    lines = written.splitlines()
    assert len(lines) == 3
    if shape == "json":
        written = "\n".join(str(value) for line in lines for value in json.loads(line).values())
    assert written.count(told) == 3
    assert fails.__name__ in written
    for hers in (ANA, "Ana", str(HER_NUMBER), HER_WORDS, "zeppelins"):
        assert hers not in written


def test_what_the_program_says_in_its_own_words_is_written(file: Path) -> None:
    """A mistake in the code is found by its message."""
    log = logging.getLogger("anything")
    for code in ("None.strip", "nobody", "len(5)", "(lambda: 0)(1)"):
        try:
            eval(code)
        except Exception:
            log.exception("it failed")
    written = file.read_text(encoding="utf-8")
    assert "AttributeError: 'NoneType' object has no attribute 'strip'" in written
    assert "NameError: name 'nobody' is not defined" in written
    assert "TypeError: object of type 'int' has no len()" in written
    assert failures.WITHHELD not in written


def test_people_handed_to_a_record_are_not_written(file: Path) -> None:
    """Neither as objects, whose words are anybody's guess, nor by their number."""
    log = logging.getLogger("discord.state")
    log.warning("Adding %s to %r with %s failed", _Somebody(ANA, HER_NUMBER), [ANA], HER_NUMBER)
    log.warning("GET https://discord.com/api/v10/guilds/%s/members/%s?q=%s", HER_NUMBER, HER_NUMBER, "Ana")
    log.warning("%(who)s and %(number)d", {"who": _Somebody(ANA, HER_NUMBER), "number": 7})
    odd = logging.makeLogRecord({"msg": "%d of them", "args": (_Somebody(ANA, HER_NUMBER),)})
    assert logging.getLogger().handlers[0].format(odd).endswith("%d of them")
    written = file.read_text(encoding="utf-8")
    assert "Adding <_Somebody> to <list> with [id] failed" in written
    assert "/guilds/[id]/members/[id]" in written
    assert "<_Somebody> and 7" in written
    for hers in ("Ana", str(HER_NUMBER)):
        assert hers not in written


async def test_a_task_that_nobody_waited_for_tells_nothing_of_people(file: Path) -> None:
    """asyncio shows the exception and the arguments of what failed."""

    async def fails() -> None:
        raise LookupError(f"no {ANA}")

    task = asyncio.create_task(fails(), name=ANA)
    await asyncio.sleep(0)
    del task
    gc.collect()
    asyncio.get_running_loop().call_soon(_fails_with, ANA)
    await asyncio.sleep(0.01)
    written = file.read_text(encoding="utf-8")
    assert "Task exception was never retrieved" in written
    assert "Exception in callback" in written
    assert "Ana" not in written


def _fails_with(name: str) -> None:
    raise LookupError(name)


def test_json_has_one_object_a_line(tmp_path: Path) -> None:
    """With the incident that a person can quote, and frames where something failed."""
    file = tmp_path / "r.log"
    logs.set_up(Settings(logging=Logging(format="json", file=file)))
    log = logging.getLogger("bot.presenter")
    log.info("first\nsecond “quoted” \u2028 third")
    try:
        raise ValueError("no")
    except ValueError as error:
        log.error("incident %s", "0badcafe", exc_info=error, extra={"incident": "0badcafe"})
    first, second = (json.loads(line) for line in file.read_text(encoding="ascii").split("\n")[:-1])
    assert list(first) == ["time", "level", "logger", "message"]
    assert first["level"] == "info"
    assert datetime.fromisoformat(first["time"]).tzinfo is not None
    assert second["incident"] == "0badcafe"
    assert second["exception"].startswith("Traceback")
    assert second["exception"].endswith("ValueError: no")
    assert "\n" in second["exception"]


def test_a_recursion_without_end_is_written_with_an_end(file: Path) -> None:
    """A thousand frames would push everything else out of the log."""

    def deeper() -> None:
        deeper()

    try:
        deeper()
    except RecursionError:
        logging.getLogger("anything").exception("it failed")
    (line,) = file.read_text(encoding="utf-8").splitlines()
    assert line.count("in deeper") == failures.MOST_FRAMES
