"""What every test of the shell starts from: no settings of the machine, and a log of its own."""

import logging
from collections.abc import Iterator

import pytest

from bot.settings import variables


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine the tests run on counts."""
    for name in variables():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """The log as it was is put back: the program takes over all of it."""
    root = logging.getLogger()
    kept = list(root.handlers)
    loggers = [root, *(logging.getLogger(name) for name in ("aiosqlite", "discord", "sqlalchemy"))]
    levels = [logger.level for logger in loggers]
    for handler in kept:  # the program would close pytest's own
        root.removeHandler(handler)
    yield
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    for handler in kept:
        root.addHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
