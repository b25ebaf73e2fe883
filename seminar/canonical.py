"""One spelling for everything that is hashed.

A checksum is worth something only if everybody who recomputes it starts from
the same bytes: canonical JSON has sorted keys, no spaces, no escapes beyond
what JSON demands and no numbers that JSON does not know, in UTF-8.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

GENESIS = "0" * 64
"""What stands in the place of the previous hash in the first entry of a ledger."""


# Made once: a large ballot spells a hundred thousand rows.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> str:
    """Canonical JSON of a value made of dicts with string keys, lists, strings, numbers, booleans and None.

    Raises:
        ValueError: a number is not finite.
        TypeError: something in it has no JSON form.
    """
    return _ENCODER.encode(value)


def digest(*parts: str | bytes) -> str:
    """SHA-256 in hex. One part is hashed as it is, so that `sha256sum` agrees on a file;
    of several, each is preceded by its length in bytes, so that they cannot run into each other.
    """
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    if len(encoded) == 1:
        return hashlib.sha256(encoded[0]).hexdigest()
    sha = hashlib.sha256()
    for part in encoded:
        sha.update(b"%d:" % len(part))
        sha.update(part)
    return sha.hexdigest()


def entry_hash(
    previous: str, guild_id: int, seq: int, at_iso: str, actor: str, act: str, subject: str, body: str
) -> str:
    """The hash of one ledger entry over the hash before it and everything the entry says.

    `body` is the canonical JSON as it is stored, and `at_iso` the moment as it is
    stored, so that a change to a single byte of either is found.
    """
    return digest(canonical([previous, guild_id, seq, at_iso, actor, act, subject, body]))
