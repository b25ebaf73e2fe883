"""What a log line looks like, and what never stands in it."""

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import failures, logs
from bot.settings import Discord, Logging, Settings

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
