"""Files that are written whole or not at all: whoever reads one never meets half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from seminar.errors import Refused
from seminar.words import t

_PIECE: Final = 1 << 20  # bytes between two reports on how far it is


def _unheard(done: int) -> None:
    return


def write_whole(file: Path, data: bytes, on_written: Callable[[int], None] = _unheard) -> None:
    """Put `data` in the place of `file` at one stroke, on the disk for good; `on_written` hears of its bytes.

    What is no regular file, such as a pipe, is written as it stands. A file that is there keeps its
    permissions, and a link goes on leading where it led.

    Raises:
        Refused: it cannot be written; what stood there before still does, and nothing is left beside it.
    """
    try:
        target = file.resolve()
        if target.exists() and not target.is_file():
            with target.open("wb") as out:
                _pour(out.fileno(), data, on_written)
        else:
            _replace(target, data, on_written)
    except OSError as error:
        raise Refused(
            t("{file} cannot be written: {reason}.", file=str(file), reason=error.strerror or str(error))
        ) from None


def _replace(target: Path, data: bytes, on_written: Callable[[int], None]) -> None:
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    beside = Path(name)
    try:
        try:
            _pour(handle, data, on_written)
            if hasattr(os, "fchmod"):
                os.fchmod(handle, mode)
            os.fsync(handle)
        finally:
            os.close(handle)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _settle(target.parent)


def _pour(handle: int, data: bytes, on_written: Callable[[int], None]) -> None:
    view, done = memoryview(data), 0
    while done < len(data):
        done += os.write(handle, view[done : done + _PIECE])
        on_written(done)


def _settle(folder: Path) -> None:
    """Let the new name survive a power cut, where folders can be told to."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
