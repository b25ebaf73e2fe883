"""The log: one line a record, and nothing in it that it should not hold.

Neither the bot's token nor the tokens in Discord's own addresses reach a log,
whoever logs them and however: what is written is cleaned last, tracebacks
included. Values of SQL statements, which may be a person's words, are left out.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from pathlib import Path

from bot.settings import Settings

REDACTED = "[redacted]"

# An interaction's or webhook's token in an address lets its holder answer in the bot's name.
_ADDRESS = re.compile(r"((?:webhooks|interactions)/\d+/)[\w-]+")
_PARAMETERS = re.compile(r"^\[parameters: .*$", re.MULTILINE)
_NEWLINE = re.compile(r"\s*[\r\n]+\s*")

# The least level of what would otherwise log what people send: discord.py events when asked for
# everything, SQLAlchemy each statement already at "info".
_LEAST = {"aiosqlite": logging.WARNING, "discord": logging.INFO, "sqlalchemy": logging.WARNING}


class OneCleanLine(logging.Formatter):
    """Formats a record, traceback and all, as one line without secrets; times are UTC."""

    def __init__(self, *secrets: str) -> None:
        super().__init__("{asctime}Z {levelname} {name}: {message}", "%Y-%m-%dT%H:%M:%S", style="{")
        self.converter = time.gmtime
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, REDACTED)
        line = _ADDRESS.sub(rf"\1{REDACTED}", line)
        line = _PARAMETERS.sub("", line)
        return _NEWLINE.sub(" | ", line).strip()


def set_up(settings: Settings) -> None:
    """Send every record to the configured file, else to standard error.

    Raises:
        OSError: the file cannot be written.
    """
    token = settings.discord.token
    handler = _handler(settings.logging.file)
    handler.setFormatter(OneCleanLine(token.get_secret_value() if token else ""))
    level = logging.getLevelNamesMapping()[settings.logging.level.upper()]
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in _LEAST.items():
        logging.getLogger(name).setLevel(max(level, least))


def _handler(file: Path | None) -> logging.Handler:
    if file is None:
        return logging.StreamHandler(sys.stderr)
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    return logging.FileHandler(file, encoding="utf-8")
