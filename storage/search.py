"""Finding recommendations by words: an index of our own, the same on SQLite and PostgreSQL.

A recommendation is found by the words of its reference and of its current version's title and text,
folded, so that neither capitals nor accents matter; a word that is being typed finds those it begins.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import State
from seminar.texts import words
from storage.schema import recommendations, search_words, versions
from storage.versions import CURRENT

MOST_COUNTED = 200  # recommendations that have a word; how many more, nobody needs to know
MOST_FOUND = 500  # recommendations that a search counts and shows
MOST_SHARED = 12  # words by which recommendations are found that share some

_IN_NEARLY_ALL = 2_000
_AFTER_ALL = "\U0010ffff"
_SLOTS = 48  # words counted by one statement
_MOST_IN_ALL = 2_000


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


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What finds the recommendations that have what somebody typed.

    `counted` and `paged` are true of the same ones: the one is faster for all of them, the other for
    the first. `common` says that there may be very many.
    """

    counted: ColumnElement[bool]
    paged: ColumnElement[bool]
    common: bool = False


async def narrowing(tx: AsyncConnection, guild_id: int, typed: str) -> Narrowing:
    """How to find those that have every word typed, each whole or as the beginning of one of its own.

    What has no word in it, such as a sign, is looked for as it stands.
    """
    parts = sorted(words(typed), key=lambda part: (-len(part), part))
    if not parts:
        literally = _has_literally(typed)
        return Narrowing(literally, literally)
    row = (await tx.execute(select(*(_how_many(guild_id, part) for part in parts)))).one()
    held = sorted(zip(row, parts, strict=True))
    # A list of those that have a word is made once, and is not worth it where nearly all have it.
    counted = and_(
        *(_listed(guild_id, part) if n < _IN_NEARLY_ALL else _has(guild_id, part) for n, part in held)
    )
    if held[0][0] < MOST_FOUND:
        (_, rarest), *others = held
        few = and_(_listed(guild_id, rarest), *(_has(guild_id, part) for _, part in others))
        return Narrowing(few, few)
    return Narrowing(counted, and_(*(_has(guild_id, part) for _, part in held)), common=True)


def _has_literally(typed: str) -> ColumnElement[bool]:
    literally = or_(
        versions.c.title.contains(typed, autoescape=True), versions.c.text.contains(typed, autoescape=True)
    )
    return select(versions.c.number).where(CURRENT, literally).correlate(recommendations).exists()


def _listed(guild_id: int, part: str) -> ColumnElement[bool]:
    return recommendations.c.id.in_(select(search_words.c.recommendation_id).where(*_begins(guild_id, part)))


def _begins(guild_id: int, part: str) -> tuple[ColumnElement[bool], ...]:
    return (
        search_words.c.guild_id == guild_id,
        search_words.c.word >= part,
        search_words.c.word < part + _AFTER_ALL,
    )


def _has(guild_id: int, part: str) -> ColumnElement[bool]:
    return (
        select(literal_column("1"))
        .select_from(search_words)
        .where(search_words.c.recommendation_id == recommendations.c.id, *_begins(guild_id, part))
        .correlate(recommendations)
        .exists()
    )


def _how_many(guild_id: int, part: str) -> ColumnElement[int]:
    """How often a word begins so, as far as that matters."""
    found: Select[Any] = select(literal_column("1")).select_from(search_words).where(*_begins(guild_id, part))
    return select(func.count()).select_from(found.limit(_IN_NEARLY_ALL).subquery()).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Held:
    """How many of a server's recommendations have each word, and how many there are.

    Counting stops at `MOST_COUNTED`, and for all of them at two thousand.
    """

    counts: Mapping[str, int]
    total: int


# The words stand in slots, always as many, so that a statement is put together once and not for each
# number of words anew.
_COUNTED = select(
    select(func.count())
    .select_from(
        select(literal_column("1"))
        .select_from(recommendations)
        .where(recommendations.c.guild_id == bindparam("guild_id"))
        .limit(_MOST_IN_ALL)
        .subquery()
    )
    .scalar_subquery()
    .label("total"),
    *(
        select(func.count())
        .select_from(
            select(literal_column("1"))
            .select_from(search_words)
            .where(
                search_words.c.guild_id == bindparam("guild_id"),
                search_words.c.word == bindparam(f"word{slot}"),
            )
            .limit(MOST_COUNTED)
            .subquery()
        )
        .scalar_subquery()
        .label(f"held{slot}")
        for slot in range(_SLOTS)
    ),
)


async def held(tx: AsyncConnection, guild_id: int, wanted: Collection[str]) -> Held:
    """Count who has these words, folded; one statement for every 48 of them."""
    counts: dict[str, int] = {}
    total = 0
    left = list(wanted)
    while left or not total:
        part, left = left[:_SLOTS], left[_SLOTS:]
        slots = {f"word{slot}": word for slot, word in enumerate(part + [""] * (_SLOTS - len(part)))}
        row = (await tx.execute(_COUNTED, {"guild_id": guild_id, **slots})).one()
        total = row[0]
        counts.update(zip(part, row[1:], strict=False))
        if not total:
            break
    return Held(counts, total)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recommendation that may be like another."""

    id: int
    title: str
    text: str


_SHARED = (
    select(search_words.c.recommendation_id.label("id"))
    .join(recommendations, recommendations.c.id == search_words.c.recommendation_id)
    .where(
        search_words.c.guild_id == bindparam("guild_id"),
        search_words.c.word.in_([bindparam(f"word{slot}") for slot in range(MOST_SHARED)]),
        recommendations.c.theme == bindparam("theme"),
        recommendations.c.state.in_(bindparam("states", expanding=True)),
    )
    .group_by(search_words.c.recommendation_id)
    .order_by(
        func.sum(
            case(
                *(
                    (search_words.c.word == bindparam(f"word{slot}"), bindparam(f"weight{slot}"))
                    for slot in range(MOST_SHARED)
                ),
                else_=0.0,
            )
        ).desc(),
        search_words.c.recommendation_id.desc(),
    )
    .limit(bindparam("most"))
)
_NEWEST = (
    select(recommendations.c.id)
    .where(
        recommendations.c.guild_id == bindparam("guild_id"),
        recommendations.c.theme == bindparam("theme"),
        recommendations.c.state.in_(bindparam("states", expanding=True)),
    )
    .order_by(recommendations.c.number.desc())
    .limit(bindparam("most"))
)


async def sharing(
    tx: AsyncConnection,
    guild_id: int,
    theme: str,
    weights: Mapping[str, float],
    states: Collection[State],
    most: int,
) -> list[Candidate]:
    """The theme's recommendations in `states` that have of these words those that weigh most.

    Of `weights`, at most `MOST_SHARED` words; without any, the newest of the theme.
    """
    found = (_SHARED if weights else _NEWEST).subquery()
    wanted: dict[str, object] = {
        "guild_id": guild_id,
        "theme": theme,
        "states": [state.value for state in states],
        "most": most,
    }
    if weights:
        pairs = [*weights.items(), *[("", 0.0)] * (MOST_SHARED - len(weights))]
        for slot, (word, weight) in enumerate(pairs):
            wanted |= {f"word{slot}": word, f"weight{slot}": weight}
    rows = await tx.execute(
        select(recommendations.c.id, versions.c.title, versions.c.text)
        .join_from(recommendations, versions, CURRENT)
        .where(recommendations.c.id.in_(select(found.c.id))),
        wanted,
    )
    return [Candidate(row.id, row.title, row.text) for row in rows]
