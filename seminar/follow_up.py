"""What became of a recommendation with those it is addressed to.

A composite recommendation is followed up part by part: a row is one recommendation, one addressee and one
action (`seminar.follow_up_rows`). What a row says is a `Content`. How things stand with each addressee
together is in `seminar.follow_up_overview`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from seminar.days import read_day
from seminar.errors import Invalid
from seminar.sheets import Number
from seminar.texts import bounded, clean, clean_line, echo, fold
from seminar.words import Text, t

MOST_ACTION: Final = 500
MOST_OWNER: Final = 100
MOST_NOTE: Final = 1000
MOST_EVIDENCE: Final = 500
"""All in characters, as Discord counts them."""
NOTHING: Final = ("-", "–", "—")
"""Any of it is written where something is to be taken away."""
SOON: Final = timedelta(days=14)
"""So long before it is due a row is reminded of."""
_REMINDED_AT: Final = time(9)


class Acceptance(StrEnum):
    """What an addressee says to a recommendation; `noted` neither accepts nor refuses it."""

    PENDING = "pending"
    UNDER_CONSIDERATION = "under consideration"
    ACCEPTED = "accepted"
    PARTIALLY_ACCEPTED = "partially accepted"
    NOT_ACCEPTED = "not accepted"
    NOTED = "noted"


class Implementation(StrEnum):
    """How far an addressee is with it; from `implemented` on nothing is due any more."""

    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    PARTIALLY_IMPLEMENTED = "partially implemented"
    IMPLEMENTED = "implemented"
    CLOSED = "closed without implementation"
    SUPERSEDED = "superseded"
    NOT_APPLICABLE = "not applicable"


class Source(StrEnum):
    """By which way a state of a row came: opened when its text was final, typed in chat, or sent back."""

    FINALISED = "finalised"
    CHAT = "chat"
    WORKBOOK = "workbook"


ACCEPTANCE_WORDS: Mapping[Acceptance, Text] = MappingProxyType(
    {
        Acceptance.PENDING: t("pending"),
        Acceptance.UNDER_CONSIDERATION: t("under consideration"),
        Acceptance.ACCEPTED: t("accepted"),
        Acceptance.PARTIALLY_ACCEPTED: t("partially accepted"),
        Acceptance.NOT_ACCEPTED: t("not accepted"),
        Acceptance.NOTED: t("noted"),
    }
)
IMPLEMENTATION_WORDS: Mapping[Implementation, Text] = MappingProxyType(
    {
        Implementation.NOT_STARTED: t("not started"),
        Implementation.IN_PROGRESS: t("in progress"),
        Implementation.PARTIALLY_IMPLEMENTED: t("partially implemented"),
        Implementation.IMPLEMENTED: t("implemented"),
        Implementation.CLOSED: t("closed without implementation"),
        Implementation.SUPERSEDED: t("superseded"),
        Implementation.NOT_APPLICABLE: t("not applicable"),
    }
)
VERIFIED, REPORTED = t("verified"), t("reported")
SOURCE_WORDS: Mapping[Source, Text] = MappingProxyType(
    {
        Source.FINALISED: t("opened when the text was final"),
        Source.CHAT: t("entered in chat"),
        Source.WORKBOOK: t("from a returned workbook"),
    }
)
FIELD_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "action": t("Action"),
        "acceptance": t("Acceptance"),
        "implementation": t("Implementation"),
        "verified": t("Verified"),
        "owner": t("Owner"),
        "due_on": t("Due on"),
        "as_of": t("State as of"),
        "note": t("Note"),
        "evidence": t("Evidence"),
    }
)
"""The fields of a row in their order, by the names of `Content`."""

# What people write for a state beside the English word: as the French catalogue has it, and near it.
_ALSO_ACCEPTANCE: Mapping[str, Acceptance] = MappingProxyType(
    {
        fold(word): state
        for state, words in {
            Acceptance.PENDING: "en attente, open",
            Acceptance.UNDER_CONSIDERATION: "à l'étude, à l’étude, à l'examen, à l’examen, en cours d'examen",
            Acceptance.ACCEPTED: "acceptée, accepté",
            Acceptance.PARTIALLY_ACCEPTED: (
                "partiellement acceptée, partiellement accepté, acceptée en partie, accepted in part, "
                "partly accepted"
            ),
            Acceptance.NOT_ACCEPTED: "non acceptée, non accepté, refusée, refusé, rejetée, rejected, refused",
            Acceptance.NOTED: "prise en note, pris note, notée, noté, dont il est pris note",
        }.items()
        for word in words.split(", ")
    }
)
_ALSO_IMPLEMENTATION: Mapping[str, Implementation] = MappingProxyType(
    {
        fold(word): state
        for state, words in {
            Implementation.NOT_STARTED: "non commencée, non commencé, pas commencée, pas commencé",
            Implementation.IN_PROGRESS: "en cours, ongoing, under way",
            Implementation.PARTIALLY_IMPLEMENTED: (
                "partiellement mise en œuvre, partiellement mis en œuvre, mise en œuvre en partie, "
                "partly implemented"
            ),
            Implementation.IMPLEMENTED: "mise en œuvre, mis en œuvre, done, completed",
            Implementation.CLOSED: (
                "close sans mise en œuvre, clos sans mise en œuvre, classée sans suite, closed"
            ),
            Implementation.SUPERSEDED: "remplacée, remplacé, dépassée, dépassé",
            Implementation.NOT_APPLICABLE: "sans objet, n a, not relevant",
        }.items()
        for word in words.split(", ")
    }
)
_ENDED: Final = frozenset(
    (
        Implementation.IMPLEMENTED,
        Implementation.CLOSED,
        Implementation.SUPERSEDED,
        Implementation.NOT_APPLICABLE,
    )
)
_WEB = re.compile(r"https?://[^\s<>\"'|\\^`{}]+", re.IGNORECASE)
_HOST = re.compile(r"https?://(?:[^/?#@\s]*@)?(\[[0-9a-f:.]+\]|[^/?#:\s]+)", re.IGNORECASE)


def closed(implementation: Implementation) -> bool:
    """Whether nothing is due any more."""
    return implementation in _ENDED


def overdue(due_on: date | None, implementation: Implementation, today: date) -> bool:
    """Whether the day it was due on is over and it is not closed; `today` is the initiative's."""
    return due_on is not None and due_on < today and not closed(implementation)


@dataclass(frozen=True, slots=True)
class Content:
    """What one row says; `verified`, or else as the addressee reported it. `evidence` is a web address."""

    action: str = ""
    acceptance: Acceptance = Acceptance.PENDING
    implementation: Implementation = Implementation.NOT_STARTED
    verified: bool = False
    owner: str = ""
    due_on: date | None = None
    as_of: date | None = None
    note: str = ""
    evidence: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it is stored and remembered: dates as `2015-03-31`."""
        return {
            "action": self.action,
            "acceptance": self.acceptance.value,
            "implementation": self.implementation.value,
            "verified": self.verified,
            "owner": self.owner,
            "due_on": None if self.due_on is None else self.due_on.isoformat(),
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "note": self.note,
            "evidence": self.evidence,
        }

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Content:
        """What `to_json` gave."""
        return cls(
            action=stored["action"],
            acceptance=Acceptance(stored["acceptance"]),
            implementation=Implementation(stored["implementation"]),
            verified=stored["verified"],
            owner=stored["owner"],
            due_on=_stored_day(stored["due_on"]),
            as_of=_stored_day(stored["as_of"]),
            note=stored["note"],
            evidence=stored["evidence"],
        )


def _stored_day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


Given: TypeAlias = Mapping[str, Any]
"""Fields of a `Content` that somebody has given, by name, read already; the others stay as they are."""


def updated(before: Content, given: Given, today: date) -> Content:
    """What a row says once this is given.

    Whoever says another state says it as of today, where they do not say as of when; and what was verified
    was the state before, so that the new one counts as reported until somebody verifies it.
    """
    after = replace(before, **given)
    if (after.acceptance, after.implementation) != (before.acceptance, before.implementation):
        if "as_of" not in given:
            after = replace(after, as_of=today)
        if "verified" not in given:
            after = replace(after, verified=False)
    return after


def changed_fields(before: Content, after: Content) -> tuple[str, ...]:
    """The names of the fields in which they differ, in their order."""
    return tuple(name for name in FIELD_WORDS if getattr(before, name) != getattr(after, name))


def field_said(content: Content, name: str) -> str | Text:
    """One field as people read it; a dash where it is empty."""
    value = getattr(content, name)
    match value:
        case Acceptance():
            return ACCEPTANCE_WORDS[value]
        case Implementation():
            return IMPLEMENTATION_WORDS[value]
        case bool():
            return VERIFIED if value else REPORTED
        case date():
            return value.isoformat()
        case None:
            return "–"
        case _:
            return str(value) or "–"


def read_acceptance(written: str) -> Acceptance:
    """
    Raises:
        Invalid: it is no acceptance, in English or French.
    """
    word = _word(written)
    found = _ALSO_ACCEPTANCE.get(word) or next((one for one in Acceptance if one.value == word), None)
    if found is None:
        raise Invalid(
            t(
                "“{word}” is no acceptance; it is one of {known}.",
                word=echo(written),
                known=tuple(one.value for one in Acceptance),
            )
        )
    return found


def read_implementation(written: str) -> Implementation:
    """
    Raises:
        Invalid: it is no state of implementation, in English or French.
    """
    word = _word(written)
    found = _ALSO_IMPLEMENTATION.get(word) or next((one for one in Implementation if one.value == word), None)
    if found is None:
        raise Invalid(
            t(
                "“{word}” is no state of implementation; it is one of {known}.",
                word=echo(written),
                known=tuple(one.value for one in Implementation),
            )
        )
    return found


def _word(written: str) -> str:
    return fold(re.sub(r"[_\-–/]", " ", clean_line(written)).rstrip("."))


def read_field(name: str, written: str) -> Any:
    """What somebody wrote for a field of `Content`, read; `-` or nothing where it is to be empty.

    Raises:
        Invalid: it cannot be that.
    """
    match name:
        case "acceptance":
            return read_acceptance(written)
        case "implementation":
            return read_implementation(written)
        case "action":
            return bounded(clean(written), FIELD_WORDS[name], 0, MOST_ACTION)
    written = written if isinstance(written, Number) or clean_line(written) not in NOTHING else ""
    match name:
        case "due_on" | "as_of":
            return read_day(written) if clean_line(written) else None
        case "owner":
            return bounded(clean_line(written), FIELD_WORDS[name], 0, MOST_OWNER)
        case "note":
            return bounded(clean(written), FIELD_WORDS[name], 0, MOST_NOTE)
        case "evidence":
            return read_evidence(written)
    raise ValueError(name)


def read_evidence(written: str) -> str:
    """A web address as it was typed; empty for none.

    Raises:
        Invalid: it is none, too long, or would not lead where it says.
    """
    address = bounded(clean_line(written), FIELD_WORDS["evidence"], 0, MOST_EVIDENCE)
    if not address:
        return ""
    host = _HOST.match(address)
    if _WEB.fullmatch(address) is None or host is None or "@" in address.partition("//")[2].partition("/")[0]:
        raise Invalid(
            t(
                "“{word}” is no web address; evidence is a link that begins with https:// or http://.",
                word=echo(address),
            )
        )
    return address


def next_reminder(due_on: date, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When to remind of a row whose day has just been set: two weeks before at nine, at once where that is
    over, on the day itself at nine; None once the day is over.
    """
    early, last = _at(due_on - SOON, zone), _at(due_on, zone)
    if now < early:
        return early
    today = now.astimezone(zone).date()
    if today < due_on:
        return now
    return max(now, last) if today == due_on else None


def following_reminder(due_on: date, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When to remind again after a reminder; None after the one on the day itself."""
    last = _at(due_on, zone)
    return last if now < last else None


def _at(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, _REMINDED_AT, zone)
