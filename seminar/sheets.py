"""Rows of a table that somebody has sent, as far as its meaning needs to know where they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from seminar.words import Text


class Number(str):
    """A cell that a spreadsheet keeps as a number, as it is written in the file."""

    __slots__ = ()


Row: TypeAlias = "tuple[int, Sequence[str]]"
"""A row's number as a spreadsheet shows it, and its cells; one with a formula begins with `=`."""


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A row that is not taken: `said` is what it says of whom or what it is about, as written, and `why`
    a sentence.
    """

    row: int
    said: str
    why: Text
