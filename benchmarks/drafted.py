"""Fill a store with drafting: recommendations with their versions, arguments, words and acts.

Texts are made of invented words that are as unevenly frequent as real ones, since both the search and the
suggestion of near-duplicates live by which words are rare. The first recommendations of every store are
the same, however many more there are: what is asked about them has the same answer everywhere.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, insert

from benchmarks.shapes import CONSTITUENCIES, EPOCH, Shape, initiative, reference
from benchmarks.stock import filling, person
from benchmarks.wire import payloads
from seminar.canonical import canonical
from seminar.texts import words
from storage import schema

THEMES: Final = 20
PEOPLE: Final = 100
VERSIONS: Final = 4  # of each recommendation
ARGUMENTS: Final = 10  # on each recommendation
CHANGES: Final = 500  # that the next digest tells of
EVERYWHERE: Final = "Illustrative"  # a word in every text

_SYLLABLES: Final = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo")
_PLAIN: Final = ("the", "of", "and", "to", "in", "should", "be", "for", "with", "a", "on", "that")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drafts:
    """How much there is; the recommendations are spread over twenty themes of one event."""

    recommendations: int

    @property
    def versions(self) -> int:
        return self.recommendations * VERSIONS

    @property
    def arguments(self) -> int:
        return self.recommendations * ARGUMENTS


EMPTY: Final = Drafts(12)  # two pages, so that what is asked has an answer as long as elsewhere
CHANGED: Final = Drafts(CHANGES)  # nothing but what the digest tells of
FULL: Final = Drafts(5_000)


def fill(folder: Path, drafts: Drafts) -> None:
    """Make the store of `folder`, which must have none yet."""
    with filling(folder) as connection:
        _Filler(connection, drafts).fill()


def title(number: int) -> str:
    """The title of the recommendation with this number, counted from 0."""
    return " ".join(_drawn(number, "title", 5)).capitalize()


def text(number: int) -> str:
    """Its text, of some three hundred characters."""
    return f"{EVERYWHERE}, not adopted text: {' '.join(_drawn(number, 'text', 45))}."


def reworded(number: int) -> str:
    """The same proposal in another order of words."""
    content = [word for word in _drawn(number, "text", 45) if word not in _PLAIN]
    return f"We propose that {' '.join(reversed(content))} shall have their place, {EVERYWHERE} as it is."


def common(number: int) -> str:
    """So many of the words that most texts have."""
    return " ".join(_VOCABULARY[1 : number + 1])


def _drawn(number: int, part: str, length: int) -> list[str]:
    dice = random.Random(f"{number} {part}")
    telling = dice.choices(_VOCABULARY, cum_weights=_WEIGHTS, k=length)
    return [dice.choice(_PLAIN) if dice.random() < 0.4 else word for word in telling]


def _vocabulary() -> list[str]:
    dice = random.Random("words")
    return ["".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4))) for _ in range(5_000)]


_VOCABULARY: Final = _vocabulary()
_WEIGHTS: Final = list(accumulate(1 / rank for rank in range(1, len(_VOCABULARY) + 1)))


@dataclass(slots=True)
class _Filler:
    """Writes all rows of one store in one transaction."""

    to: Connection
    drafts: Drafts

    def fill(self) -> None:
        guild = payloads.GUILD
        document = initiative(Shape(events=1, themes=THEMES, people=PEOPLE)).model_dump(
            mode="json", by_alias=True
        )
        numbers = range(self.drafts.recommendations)
        acts = self._acts()
        self._add(
            schema.initiatives,
            [
                {
                    "guild_id": guild,
                    "document": document,
                    "loaded_at": EPOCH,
                    "next_ballot": 1,
                    "digest_seq": max(0, len(acts) - CHANGES),
                }
            ],
        )
        per_theme = -(-len(numbers) // THEMES)
        self._add(
            schema.themes,
            (
                {"guild_id": guild, "code": f"T{n:02}", "next_number": per_theme + 1}
                for n in range(1, THEMES + 1)
            ),
        )
        self._add(
            schema.events,
            [
                {
                    "guild_id": guild,
                    "code": "E01",
                    "status": "open",
                    "opened_at": EPOCH,
                    "closed_at": None,
                    "channel_id": payloads.CHANNEL,
                    "is_forum": False,
                }
            ],
        )
        self._people()
        self._recommendations(numbers)
        self._add(schema.ledger, acts)
        head = {"guild_id": guild, "seq": len(acts), "hash": acts[-1]["hash"]}
        self._add(schema.ledger_heads, [head])

    def _add(self, table: Table, rows: Iterable[Row]) -> None:
        self.to.execute(insert(table), list(rows))

    def _people(self) -> None:
        guild = payloads.GUILD
        self._add(
            schema.people,
            (
                {
                    "id": person(n),
                    "guild_id": guild,
                    "user_id": payloads.user_id(n),
                    "name": f"Expert {n}",
                    "pseudonym": f"pseudonym{n:06}",
                    "notice_seen_at": EPOCH,
                }
                for n in range(PEOPLE)
            ),
        )
        self._add(
            schema.registrations,
            (
                {
                    "person_id": person(n),
                    "guild_id": guild,
                    "status": "participant",
                    "constituency": CONSTITUENCIES[n % 4],
                    "organisation": None,
                    "registered_at": EPOCH,
                }
                for n in range(PEOPLE)
            ),
        )

    def _recommendations(self, numbers: range) -> None:
        guild = payloads.GUILD
        self._add(
            schema.recommendations,
            (
                {
                    "id": n + 1,
                    "guild_id": guild,
                    "event": "E01",
                    "theme": _place(n)[0],
                    "number": _place(n)[1],
                    "reference": _reference(n),
                    "state": "admitted",
                    "author_id": person(n % PEOPLE),
                    "version": VERSIONS,
                    "seconds": 0,
                    "last_ballot_id": None,
                    "created_at": EPOCH,
                }
                for n in numbers
            ),
        )
        self._add(
            schema.versions,
            (
                {
                    "recommendation_id": n + 1,
                    "number": version,
                    "title": title(n),
                    "text": text(n) if version == VERSIONS else f"{text(n)} Draft {version}.",
                    "rationale": "",
                    "addressees": ["DPKO", "CMPD"],
                    "author_id": person((n + version) % PEOPLE),
                    "created_at": EPOCH + timedelta(minutes=version),
                    "change": "original" if version == 1 else "substantive",
                    "reason": "" if version == 1 else "It says more clearly who does what.",
                    "decided_by": None,
                    "amendment": None,
                }
                for n in numbers
                for version in range(1, VERSIONS + 1)
            ),
        )
        self._add(
            schema.contributions,
            (
                {
                    "guild_id": guild,
                    "recommendation_id": n + 1,
                    "number": number,
                    "stance": ("for", "against", "question", "evidence")[number % 4],
                    "text": "It worked in the last mission, and those who were there say so.",
                    "link": None,
                    "person_id": person((n + number) % PEOPLE),
                    "constituency": CONSTITUENCIES[number % 4],
                    "added_by": person((n + number) % PEOPLE),
                    "at": EPOCH + timedelta(minutes=number),
                    "set_aside_reason": "",
                }
                for n in numbers
                for number in range(1, ARGUMENTS + 1)
            ),
        )
        self._add(
            schema.search_words,
            (
                {"guild_id": guild, "word": word, "recommendation_id": n + 1}
                for n in numbers
                for word in sorted(words(f"{_reference(n)} {title(n)} {text(n)}"))
            ),
        )

    def _acts(self) -> list[Row]:
        """The acts that led here, the last of them 250 new recommendations and 250 new versions."""
        everything = self.drafts.recommendations
        fresh = min(CHANGES // 2, everything)
        older = [_entry(n, "recommendation.proposed", {}) for n in range(everything - fresh)]
        older += [
            _entry(n, "recommendation.revised", {"version": version, "change": "substantive"})
            for version in range(2, VERSIONS)
            for n in range(everything - fresh)
        ]
        latest = [_entry(everything - fresh + n, "recommendation.proposed", {}) for n in range(fresh)]
        latest += [
            _entry(n, "recommendation.revised", {"version": VERSIONS, "change": "substantive"})
            for n in range(min(CHANGES - fresh, everything - fresh))
        ]
        rows = older + latest
        for seq, row in enumerate(rows, 1):
            row |= {"seq": seq, "previous": _digest(seq - 1), "hash": _digest(seq)}
        return rows


def _place(number: int) -> tuple[str, int]:
    return f"T{number % THEMES + 1:02}", number // THEMES + 1


def _reference(number: int) -> str:
    return reference(number % THEMES + 1, number // THEMES + 1)


def _entry(number: int, act: str, body: Row) -> Row:
    return {
        "guild_id": payloads.GUILD,
        "at": EPOCH,
        "actor": "pseudonym000001",
        "act": act,
        "subject": _reference(number),
        "body": canonical({"event": "E01", **body}),
    }


def _digest(seq: int) -> str:
    return hashlib.sha256(f"ledger {seq}".encode()).hexdigest()
