"""When the store itself cannot answer.

A locked, read-only, full or unreachable database is nobody's mistake in the
chat and no defect of the program: the person gets one clear sentence, nothing
of the act is stored, and the next try may work.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from socket import gaierror

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from seminar.errors import Invalid, Refused
from seminar.words import Text, t


class StoreUnavailable(Refused):
    """The store could not be read or written just now; nothing of the act was saved."""


BUSY = t("The store is busy just now; nothing was saved. Please try again in a minute.")
READ_ONLY = t("The store cannot be written just now; nothing was saved. Please tell an organiser.")
FULL = t("The disk of the store is full; nothing was saved. Please tell an organiser.")
DAMAGED = t("The store cannot be read; nothing was saved. Please tell an organiser.")
STOPPING = t("The program is stopping; nothing was saved. Please try again in a minute.")

UNREACHABLE = t(
    "The database server cannot be reached just now; nothing was saved. Please try again in a minute."
)
NOT_LET_IN = t("The database server does not let the program in: look at its user and password.")
NO_DATABASE = t("There is no database of that name on the server. Make one with createdb.")
NOT_ALLOWED = t("The database server does not allow that to the program's user; nothing was changed.")

UNKEPT = t("The text holds a character that cannot be stored; nothing was saved. Please write it without.")
_NO_CHARACTER = "22021"  # PostgreSQL stores no NUL; SQLite does

# Primary result codes, https://www.sqlite.org/rescode.html
_SQLITE_REASONS: dict[int, Text] = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_PROTOCOL: BUSY,
    sqlite3.SQLITE_INTERRUPT: BUSY,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: DAMAGED,
    sqlite3.SQLITE_CANTOPEN: DAMAGED,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}

# PostgreSQL SQLSTATEs by class, and the few single ones that mean the same as a busy SQLite:
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES_REASONS: dict[str, Text] = {
    "08": BUSY,  # connection lost or refused
    "40": BUSY,  # serialisation failure, deadlock
    "53": FULL,  # insufficient resources
    "55": BUSY,  # lock not available
    "57": BUSY,  # shutting down, cancelled
    "58": DAMAGED,  # input and output
    "25": READ_ONLY,  # read-only transaction
    "28": NOT_LET_IN,  # wrong user or password
    "3D": NO_DATABASE,
    "42501": NOT_ALLOWED,  # insufficient privilege
}


def reason_of(error: BaseException | None) -> Text | None:
    """The sentence for a driver's error that means "not now", or None when it is a defect of ours."""
    if isinstance(error, sqlite3.Error):
        code: int | None = getattr(error, "sqlite_errorcode", None)
        return None if code is None else _SQLITE_REASONS.get(code & 0xFF)
    state = getattr(error, "sqlstate", None)
    if not isinstance(state, str):
        return None
    return _POSTGRES_REASONS.get(state) or _POSTGRES_REASONS.get(state[:2])


@contextmanager
def unavailable_refused() -> Iterator[None]:
    """Turn what a driver says about a store that cannot answer into `StoreUnavailable`.

    Raises:
        StoreUnavailable: the store is locked, read-only, full, unreadable or out of connections.
        Invalid: a text was to be stored or looked for that the store cannot hold.
    """
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _NO_CHARACTER:
            raise Invalid(UNKEPT) from error
        reason = reason_of(error.orig) or (BUSY if error.connection_invalidated else None)
        if reason is None:
            raise
        raise StoreUnavailable(reason) from error
    except sqlite3.Error as error:
        reason = reason_of(error)
        if reason is None:
            raise
        raise StoreUnavailable(reason) from error
    except PoolTimeout as error:
        raise StoreUnavailable(BUSY) from error
    except (ConnectionError, TimeoutError, gaierror) as error:
        raise StoreUnavailable(UNREACHABLE) from error
    except Exception as error:  # while connecting, a server's own errors come as they are
        reason = reason_of(error)
        if reason is None:
            raise
        raise StoreUnavailable(reason) from error
