"""What was acknowledged, kept by the test alone: the plain model that the store is held against.

An act says beforehand which things it would change and to what (`tries`). Once it is acknowledged these
are so; once it is refused they are as before; while nothing is known of it (the process was killed, the
act was cut off, the answer got lost) either may be. Whoever looks at the store settles which.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Key: TypeAlias = tuple[Hashable, ...]
"""Such as `("vote", 7, 11, 1)`: ballot, account and position; `look.Look` says which there are."""

Changes: TypeAlias = Mapping[Key, Hashable]

ABSENT = None
"""The value of what is not there."""


@dataclass
class Memory:
    """The model. `entitled` are the accounts that may vote."""

    entitled: frozenset[int]
    settled: dict[Key, Hashable] = field(default_factory=dict)
    pending: dict[int, Changes] = field(default_factory=dict)
    wished: set[Key] = field(default_factory=set)
    withdrawn: dict[Key, Hashable] = field(default_factory=dict)
    """Votes of people forgotten since the last look: a ballot that ended in the same moment may have counted
    them first."""
    acknowledged: int = 0
    refused: int = 0
    _numbers: int = 0

    def tries(self, changes: Changes) -> int:
        """An act is about to be asked for; the answer is its number."""
        self._numbers += 1
        self.pending[self._numbers] = changes
        return self._numbers

    def done(self, number: int) -> None:
        """The act was acknowledged."""
        changes = self.pending.pop(number)
        for key, value in changes.items():
            if key[0] in ("vote", "paper"):
                assert key[2] in self.entitled, f"acknowledged to somebody not entitled: {key}"
            self.settle(key, value)
        self.acknowledged += 1

    def was_refused(self, number: int) -> None:
        """The act was refused: nothing of it is stored; but who wished to be forgotten will be, since that
        is on a list outside the store, which the next start goes by.
        """
        self.wished.update(key for key in self.pending.pop(number) if key[0] == "forgotten")
        self.refused += 1

    def settle(self, key: Key, value: Hashable) -> None:
        self.settled[key] = value
        if key[0] == "forgotten" and value:
            self.forget(key[2])

    def forget(self, account: Hashable) -> None:
        """Votes of the account in open ballots go, and whoever comes back is new."""
        for key in list(self.settled):
            if key[0] in ("vote", "paper") and key[2] == account and self.is_open(key[1]):
                self.withdrawn[key] = self.settled.pop(key)
            elif key[0] == "second" and key[2] == account:
                del self.settled[key]

    def is_open(self, ballot: Hashable) -> bool:
        return self.settled.get(("ballot", ballot)) == "open"

    def possible(self, key: Key) -> set[Hashable]:
        """Every value that this may have now."""
        values = {self.settled.get(key, ABSENT)}
        for changes in self.pending.values():
            if key in changes:
                values.add(changes[key])
            if key[0] in ("vote", "paper", "second") and _forgets(changes, key[2]):
                values.add(ABSENT)
        return values

    def unknown(self) -> set[Key]:
        """What acts of which nothing is known may have changed."""
        return {key for changes in self.pending.values() for key in changes}

    def keys(self) -> set[Key]:
        return self.settled.keys() | self.unknown()

    def votes_in(self, ballot: int) -> dict[Key, set[Hashable]]:
        """Every vote or paper that there may be in a ballot, with what it may say."""
        cast = [key for key in self.keys() if key[0] in ("vote", "paper") and key[1] == ballot]
        given = {key: self.possible(key) for key in cast}
        for key, value in self.withdrawn.items():
            if key[1] == ballot:
                given[key] = {*given.get(key, ()), value, ABSENT}
        return given

    def looked(self, found: Mapping[Key, Hashable]) -> None:
        """The store was looked at, and held nothing that may not be: what it holds is what is so."""
        for key in self.unknown():
            self.settle(key, found.get(key, ABSENT))
        self.pending.clear()
        self.withdrawn.clear()


def _forgets(changes: Changes, account: Hashable) -> bool:
    return any(key[0] == "forgotten" and key[2] == account for key in changes)


def spelled(changes: Changes) -> str:
    """The changes as one line, to be told to another process."""
    return json.dumps([[list(key), value] for key, value in changes.items()])


def read(line: str) -> Changes:
    """What `spelled` spelled."""
    return {tuple(key): value for key, value in json.loads(line)}
