"""The log: one line a record, and nothing in it that it should not hold.

Neither the bot's token, nor the tokens in Discord's own addresses, nor the number, name
or words of a person reach a log, whoever logs them and however: what is handed to a
record is looked at first (`bot.failures` says what may be written of an exception),
and what is written is cleaned last, tracebacks included.

The libraries below log through Python's own `logging`, and so does the program: the two
formatters here are all that it takes, and a library beside them would see half of it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import time
from collections.abc import Mapping
from datetime import date
from pathlib import PurePath
from typing import Any

from bot.failures import told, trace
from bot.settings import Logging, Settings, password_of

REDACTED = "[redacted]"
SOMEBODY = "[id]"
"""Stands for every number that could be Discord's for a person, a server, a channel or a message."""

# An interaction's or webhook's token in an address lets its holder answer in the bot's name.
_ADDRESS = re.compile(r"((?:webhooks|interactions)/[^/\s]+/)[\w-]+")
_QUERY = re.compile(r"(https?://[^\s?]+)\?\S+")
_NUMBER = re.compile(r"(?<!\d)\d{15,20}(?!\d)")
_PARAMETERS = re.compile(r"^\[parameters: .*$", re.MULTILINE)
_NEWLINE = re.compile(r"(?<!\s)\s*[\r\n]+\s*")

# What asyncio tells of a task or a callback ends in the words of its exception or in its arguments.
_ABOUT_TASKS = frozenset({"asyncio"})
_REPRESENTED = re.compile(r"[(<\n].*", re.DOTALL)

# The least level of what would otherwise log what people send: discord.py events when asked for
# everything, SQLAlchemy each statement already at "info".
_LEAST = {"aiosqlite": logging.WARNING, "discord": logging.INFO, "sqlalchemy": logging.WARNING}


class _Clean(logging.Formatter):
    """What both formats have in common; times are UTC."""

    def __init__(self, layout: str, *secrets: str) -> None:
        super().__init__(layout, "%Y-%m-%dT%H:%M:%S", style="{")
        self.converter = time.gmtime
        self._secrets = tuple(secret for secret in secrets if secret)

    def message(self, record: logging.LogRecord) -> str:
        """The record's own words, clean."""
        try:
            words = logging.makeLogRecord({"msg": _plain(record.msg), "args": _values(record.args)})
            message = words.getMessage()
        except (TypeError, ValueError, KeyError):  # it wanted a number, and got what is not written
            message = str(_plain(record.msg))
        if record.name in _ABOUT_TASKS:
            message = _REPRESENTED.sub("", message).strip()
        return self.clean(message)

    def exception(self, record: logging.LogRecord) -> str:
        """Where it happened, or nothing."""
        error = record.exc_info[1] if record.exc_info else None
        return self.clean(trace(error)) if error is not None else ""

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        text = _ADDRESS.sub(rf"\1{REDACTED}", text)
        text = _QUERY.sub(r"\1", text)
        text = _PARAMETERS.sub("", text)
        return _NUMBER.sub(SOMEBODY, text)


class OneCleanLine(_Clean):
    """A record, traceback and all, as one line."""

    def __init__(self, *secrets: str) -> None:
        super().__init__("{asctime}Z {levelname} {name}: ", *secrets)

    def format(self, record: logging.LogRecord) -> str:
        record.asctime = self.formatTime(record, self.datefmt)
        said = self.message(record), self.exception(record)
        line = self.formatMessage(record) + "\n".join(part for part in said if part)
        return _NEWLINE.sub(" | ", line).strip()


class JsonLine(_Clean):
    """A record as one JSON object: `time`, `level`, `logger`, `message`; where there is one, the
    `incident` that a person can quote, and the `exception` with its frames.
    """

    def __init__(self, *secrets: str) -> None:
        super().__init__("{message}", *secrets)

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": f"{self.formatTime(record, self.datefmt)}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.message(record),
        }
        if (incident := getattr(record, "incident", None)) is not None:
            told["incident"] = str(incident)
        if exception := self.exception(record):
            told["exception"] = exception
        return json.dumps(told)


def set_up(settings: Settings) -> None:
    """Send every record to the configured file, else to standard error.

    Raises:
        OSError: the file cannot be written.
    """
    token = settings.discord.token
    handler = _handler(settings.logging)
    shape = JsonLine if settings.logging.format == "json" else OneCleanLine
    # A password of three characters hides nothing, and would be taken out of every second word.
    secrets = [one for one in password_of(settings.storage.url) if len(one) > 3]
    handler.setFormatter(shape(token.get_secret_value() if token else "", *secrets))
    level = logging.getLevelNamesMapping()[settings.logging.level.upper()]
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in _LEAST.items():
        logging.getLogger(name).setLevel(max(level, least))


def _handler(wanted: Logging) -> logging.Handler:
    if wanted.file is None:
        return logging.StreamHandler(sys.stderr)
    os.close(os.open(wanted.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    return logging.FileHandler(wanted.file, encoding="utf-8")


def _values(values: Any) -> Any:
    if isinstance(values, Mapping):
        return {name: _plain(value) for name, value in values.items()}
    return tuple(map(_plain, values or ()))


def _plain(value: object) -> object:
    """`value` where it is a word, a number or a place; of anything else no more than its kind."""
    if value is None or isinstance(value, str | int | float | date | PurePath):
        return value
    return _Shown(told(value) if isinstance(value, BaseException) else f"<{type(value).__name__}>")


class _Shown(str):
    """What stands for a value, the same by `%s` and by `%r`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
