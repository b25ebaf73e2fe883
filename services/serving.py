"""Which servers this process serves, where several share a store; the rest are others' to serve.

What is known of a server may be kept in memory only by the process that serves it: of the others'
servers everything may change without a word.
"""

from __future__ import annotations

from dataclasses import dataclass

from storage.shards import ALL, Shards


@dataclass(slots=True)
class Serving:
    """Servers of these shards: all there are, until the program is told otherwise before it serves any."""

    shards: Shards = ALL

    def serves(self, guild_id: int) -> bool:
        """Whether a server is this process's."""
        return self.shards.whole or self.shards.has(guild_id)
