"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from seminar.errors import Refused
from seminar.words import t


def reserve(path: Path) -> None:
    """Make an empty file that is for nobody else to read, from the first byte on.

    Raises:
        Refused: it is there already, or cannot be made.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise unwritable(path, error) from error


def put_in_place(source: Path, target: Path) -> None:
    """Give a complete file its name, both lasting through a power cut.

    Raises:
        Refused: it cannot be written.
    """
    try:
        with source.open("rb+") as file:
            os.fsync(file.fileno())
        source.replace(target)
        folder = os.open(target.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise unwritable(target, error) from error


def unwritable(path: Path, error: OSError) -> Refused:
    """What to say of a file that cannot be written."""
    return Refused(t("{path} cannot be written: {why}.", path=str(path), why=error.strerror or str(error)))


def beside(path: Path, why: str) -> Path:
    """A hidden name in the same folder for what is to become `path`."""
    return unused(path.with_name(f".{path.name}.{why}-{os.getpid()}"))


def unused(path: Path) -> Path:
    """`path`, or the first one like it, numbered, that is not there."""
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


def files_of(path: Path) -> list[Path]:
    """A store's file, then what SQLite may keep beside it."""
    return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))]


def require_folder(file: Path) -> None:
    """Refuse where there is no folder to write a file to.

    Raises:
        Refused: there is none.
    """
    if not file.absolute().parent.is_dir():
        raise Refused(t("There is no folder {path} to write to.", path=str(file.absolute().parent)))
