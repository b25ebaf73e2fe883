"""The keys of secret ballots: one file each, outside the database and its backups.

While its key exists, a voter's mark can be worked out again, so that a vote can
be changed. The key is not held in memory between two uses, but that all who click
in one turn of the event loop are one use: once its file is destroyed, nobody can
link a mark to a person any more.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from seminar.errors import Refused
from seminar.words import t

log = logging.getLogger(__name__)

KEY_BYTES = 32
MISSING = t(
    "The key of this secret ballot cannot be read, so its votes can be neither given nor counted. "
    "Ask whoever runs the bot to bring back its key folder, or cancel the ballot."
)
UNWRITABLE = t(
    "The key of a secret ballot cannot be stored, so the ballot was not opened. "
    "Ask whoever runs the bot to make its key folder writable, or hold an open ballot."
)
_KEY_ID = re.compile(r"[0-9a-f]{32}")


class KeyMissing(Refused):
    """A ballot's key cannot be read, so its votes can be neither given nor counted."""


class KeyStore:
    """The key folder (`[secrecy] key_dir`), shared by the processes of one deployment."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._in_use: dict[str, bytes] = {}

    def create(self) -> str:
        """Make a key that is safely on disk when this returns; the answer is its id.

        Raises:
            Refused: the folder cannot be written.
        """
        key_id = secrets.token_hex(16)
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self._path(key_id), os.O_CREAT | os.O_EXCL)
            self._sync_directory()
        except OSError as error:
            log.error("a key cannot be stored in %s: %s", self._directory, error)
            raise Refused(UNWRITABLE) from error
        return key_id

    def exists(self, key_id: str) -> bool:
        return self._path(key_id).is_file()

    def ids(self) -> frozenset[str]:
        """The ids of all keys in the folder; none while there is no folder.

        Raises:
            OSError: the folder cannot be read.
        """
        return frozenset(file.stem for file in self._directory.glob("*.key") if _KEY_ID.fullmatch(file.stem))

    def mark(self, key_id: str, person_id: str) -> str:
        """What stands for a person in one ballot: HMAC-SHA-256(key, person id), in hex.

        Raises:
            KeyMissing: the key's file is gone or damaged.
        """
        return _mark(self._of_this_turn(key_id), person_id)

    def marks(self, key_id: str, person_ids: Iterable[str]) -> dict[str, str]:
        """Every person's mark in one ballot, by person id.

        Raises:
            KeyMissing: the key's file is gone or damaged.
        """
        key = self._read(key_id)
        return {person_id: _mark(key, person_id) for person_id in person_ids}

    def destroy(self, key_id: str) -> None:
        """Overwrite and remove a key; one that is gone already stays gone.

        Overwriting reaches the bytes on most disks, not those that write elsewhere
        (copy-on-write file systems, wear levelling): see `docs/trust.md`.

        Raises:
            OSError: the file could not be removed.
        """
        path = self._path(key_id)
        self._in_use.pop(key_id, None)
        with suppress(FileNotFoundError):
            _write(path)
            path.unlink()
            self._sync_directory()

    def _of_this_turn(self, key_id: str) -> bytes:
        """A key, read once for all who ask for it before the event loop goes on to its next turn.

        A key destroyed within the turn marks votes that the ballot, which is over, no longer takes.
        """
        key = self._in_use.get(key_id)
        if key is None:
            key = self._read(key_id)
            with suppress(RuntimeError):  # where no loop runs, nothing is held
                asyncio.get_running_loop().call_soon(self._in_use.clear)
                self._in_use[key_id] = key
        return key

    def _path(self, key_id: str) -> Path:
        if not _KEY_ID.fullmatch(key_id):
            raise ValueError("not the id of a key")
        return self._directory / f"{key_id}.key"

    def _read(self, key_id: str) -> bytes:
        try:
            # Unbuffered, for it is read with every few clicks: `Path.read_bytes` takes twice as long.
            with self._path(key_id).open("rb", buffering=0) as file:
                key = file.read(KEY_BYTES + 1)
        except OSError as error:
            raise KeyMissing(MISSING) from error
        if len(key) != KEY_BYTES:
            raise KeyMissing(MISSING)
        return key

    def _sync_directory(self) -> None:
        # A new or removed name is durable only once its folder is; Windows has no such call.
        if os.name != "posix":
            return
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _mark(key: bytes, person_id: str) -> str:
    return hmac.digest(key, person_id.encode(), "sha256").hex()


def _write(path: Path, flags: int = 0) -> None:
    """Fill a key's file with random bytes that are on disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | flags, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(KEY_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
