"""Finding recommendations by words: an index of our own, the same on SQLite and PostgreSQL.

A recommendation is found by the words of its reference and of its current version's title and text,
folded, so that neither capitals nor accents matter; a word that is being typed finds those it begins.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.texts import words
from storage.schema import recommendations, search_words, versions

_AFTER_ALL = "\U0010ffff"


async def index(
    tx: AsyncConnection, guild_id: int, recommendation_id: int, reference: str, title: str, text: str
) -> None:
    """Let it be found by these words, and by no others any more."""
    await tx.execute(delete(search_words).where(search_words.c.recommendation_id == recommendation_id))
    known = words(f"{reference} {title} {text}")
    await tx.execute(
        insert(search_words),
        [
            {"guild_id": guild_id, "word": word, "recommendation_id": recommendation_id}
            for word in sorted(known)
        ],
    )


def matches(guild_id: int, typed: str) -> ColumnElement[bool]:
    """Whether a recommendation has every word typed, each whole or as the beginning of one of its own.

    What has no word in it, such as a sign, is looked for as it stands.
    """
    parts = words(typed)
    if not parts:
        current = and_(
            versions.c.recommendation_id == recommendations.c.id,
            versions.c.number == recommendations.c.version,
        )
        held = or_(
            versions.c.title.contains(typed, autoescape=True),
            versions.c.text.contains(typed, autoescape=True),
        )
        return select(versions.c.number).where(current, held).correlate(recommendations).exists()
    return and_(
        *(
            recommendations.c.id.in_(
                select(search_words.c.recommendation_id).where(
                    search_words.c.guild_id == guild_id,
                    search_words.c.word >= part,
                    search_words.c.word < part + _AFTER_ALL,
                )
            )
            # The longest first: it is the one that fewest have.
            for part in sorted(parts, key=lambda part: (-len(part), part))
        )
    )
