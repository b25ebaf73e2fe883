"""How much a list of participants may hold, and its file read into rows of text."""

from __future__ import annotations

from typing import Final

from seminar.participant_list import MOST_CELL, MOST_COLUMNS, MOST_ROWS, recognised
from seminar.sheets import Row
from seminar.words import t
from services import sent_tables
from services.workbooks import Bounds

MOST_BYTES: Final = 4 << 20
TOO_LARGE: Final = t(
    "The file is too large for a list of participants: at most 4 MiB. Send it in several parts."
)
_BOUNDS: Final = Bounds(MOST_BYTES, MOST_ROWS, MOST_COLUMNS, MOST_CELL, TOO_LARGE, recognised)


def read_rows(filename: str, data: bytes) -> list[Row]:
    """The rows of a file, with the numbers a spreadsheet shows them under.

    Raises:
        Invalid: it is too large, has macros, is of another kind, or cannot be read; nothing of it is used.
    """
    return sent_tables.read_rows(filename, data, _BOUNDS)
