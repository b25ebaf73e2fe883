"""Who asked to be forgotten: random ids in a file beside the keys, outside the database and its backups.

A backup still holds whom the store has forgotten. The list says whom to forget again when
one is restored; it tells nobody who they were.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable
from pathlib import Path

from seminar.errors import Refused
from seminar.words import t

log = logging.getLogger(__name__)

FILE_NAME = "forgotten"
_ID = re.compile(r"[A-Za-z0-9_-]{22}")


class ForgottenList:
    """The file `forgotten` in the key folder (`[secrecy] key_dir`), one id a line."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE_NAME

    def ids(self) -> frozenset[str]:
        """Everybody on the list; nobody while there is none.

        Raises:
            Refused: it is there and cannot be read.
        """
        try:
            lines = self._path.read_text(encoding="ascii", errors="replace").split()
        except FileNotFoundError:
            return frozenset()
        except OSError as error:
            log.error("the list of forgotten people cannot be read: %s", error)
            raise Refused(
                t(
                    "{path} cannot be read, so nobody would be forgotten again after a restore. "
                    "Make it readable for whoever runs the bot.",
                    path=str(self._path),
                )
            ) from error
        return frozenset(line for line in lines if _ID.fullmatch(line))

    def add(self, ids: Iterable[str]) -> None:
        """Put people on the list; they are on disk when this returns.

        Raises:
            Refused: it cannot be written.
        """
        new = sorted(set(ids) - self.ids())
        if not new:
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # One write, at the end of the file, whoever else writes there. The line begun before it may
            # have been cut off by a full disk.
            written = "".join(f"\n{one}" for one in new) + "\n"
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, written.encode("ascii"))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            log.error("the list of forgotten people cannot be written: %s", error)
            raise Refused(
                t(
                    "The list that forgets people again after a restore cannot be written, so nothing was "
                    "done. Ask whoever runs the bot to make its key folder writable."
                )
            ) from error
