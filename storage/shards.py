"""Which servers a process serves: those of its shards, as Discord divides them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, bindparam, literal_column


def shard_of(guild_id: int, count: int) -> int:
    """The shard to which Discord gives a server, of `count` shards in all."""
    return (guild_id >> 22) % count


@dataclass(frozen=True, slots=True)
class Shards:
    """Shards `ids`, counted from 0, of `count` in all."""

    count: int
    ids: frozenset[int]

    @property
    def whole(self) -> bool:
        """Whether these are all there are."""
        return len(self.ids) == self.count

    def has(self, guild_id: int) -> bool:
        """Whether a server belongs to one of them."""
        return shard_of(guild_id, self.count) in self.ids


ALL = Shards(1, frozenset({0}))
"""Every server there is."""


def among_shards(guild_id: ColumnElement[int]) -> ColumnElement[bool]:
    """That the server of a row belongs to the shards which `of_shards` gives when it is asked."""
    # As it stands and not as a value, which PostgreSQL would take for as large a number as the id.
    shard = guild_id.bitwise_rshift(literal_column("22")) % bindparam("shard_count", type_=BigInteger)
    return shard.in_(bindparam("shard_ids", expanding=True, type_=BigInteger))


def of_shards(shards: Shards) -> dict[str, object]:
    """The values that go with `among_shards`."""
    return {"shard_count": shards.count, "shard_ids": sorted(shards.ids)}
