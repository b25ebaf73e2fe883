"""The time, handed in: nobody below the composition root asks the system for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Answers the present moment as an aware datetime in UTC."""


def system_clock() -> datetime:
    """The computer's own clock, for the composition root and the command line."""
    return datetime.now(UTC)
