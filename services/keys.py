"""The keys of secret ballots: one file each, outside the database and its backups.

While its key exists, a voter's mark can be worked out again, so that a vote can
be changed. The key is never held in memory between two uses: once its file is
destroyed, nobody can link a mark to a person any more.
"""

from __future__ import annotations

import hashlib
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
_KEY_ID = re.compile(r"[0-9a-f]{32}")


class KeyMissing(Refused):
    """A ballot's key cannot be read, so its votes can be neither given nor counted."""


class KeyStore:
    """The key folder (`[secrecy] key_dir`), shared by the processes of one deployment."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def create(self) -> str:
        """Make a key that is safely on disk when this returns; the answer is its id.

        Raises:
            OSError: the folder cannot be written.
        """
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        key_id = secrets.token_hex(16)
        descriptor = os.open(self._path(key_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _write_all(descriptor, secrets.token_bytes(KEY_BYTES))
        finally:
            os.close(descriptor)
        self._sync_directory()
        return key_id

    def exists(self, key_id: str) -> bool:
        return self._path(key_id).is_file()

    def mark(self, key_id: str, person_id: str) -> str:
        """What stands for a person in one ballot: HMAC-SHA-256(key, person id), in hex.

        Raises:
            KeyMissing: the key's file is gone or damaged.
        """
        return _mark(self._read(key_id), person_id)

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
        with suppress(FileNotFoundError):
            descriptor = os.open(path, os.O_WRONLY)
            try:
                _write_all(descriptor, secrets.token_bytes(KEY_BYTES))
            finally:
                os.close(descriptor)
            path.unlink()
            self._sync_directory()

    def _path(self, key_id: str) -> Path:
        if not _KEY_ID.fullmatch(key_id):
            raise ValueError("not the id of a key")
        return self._directory / f"{key_id}.key"

    def _read(self, key_id: str) -> bytes:
        try:
            key = self._path(key_id).read_bytes()
        except OSError as error:
            log.error("the key %s of a secret ballot cannot be read: %s", key_id, error)
            raise _missing() from error
        if len(key) != KEY_BYTES:
            log.error("the key %s of a secret ballot is damaged: %d bytes", key_id, len(key))
            raise _missing()
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


def _missing() -> KeyMissing:
    return KeyMissing(
        t(
            "The key of this secret ballot cannot be read, so its votes can be neither given nor counted. "
            "Ask whoever runs the bot to bring back its key folder, or cancel the ballot."
        )
    )


def _mark(key: bytes, person_id: str) -> str:
    return hmac.new(key, person_id.encode(), hashlib.sha256).hexdigest()


def _write_all(descriptor: int, data: bytes) -> None:
    os.write(descriptor, data)
    os.fsync(descriptor)
