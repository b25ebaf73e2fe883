"""The initiative: who takes part, in which events, on which themes, by which rules.

It is read from a TOML file that organisers write by hand, so whatever is wrong
with one is said as a sentence with its line and key, all of it at once. An
`Initiative` that exists is coherent: codes are unique, events name known
themes, dates run forwards, thresholds and quorums can be read.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError, model_validator

from seminar.errors import Invalid, NotFound
from seminar.initiative_fields import (
    Code,
    Day,
    Foreword,
    HourText,
    Line,
    Paragraphs,
    QuorumText,
    RoleName,
    ThresholdText,
    Title,
    ZoneName,
)
from seminar.initiative_problems import Contradictions, listed, sentences
from seminar.model import Attribution, OutcomeWord, Secrecy, VoteBy
from seminar.toml_bounds import MOST_PARTS, MOST_VALUES, holds_too_much, long_key
from seminar.toml_places import Path, Places
from seminar.words import Text, t

MOST_BYTES = 1024 * 1024
MOST_THEMES = 25  # what a Discord select can offer
MOST_EVENT_THEMES = 20  # as many tags as a Discord forum has


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Head(_Part):
    """What the initiative is called and how it speaks."""

    title: Title
    time_zone: ZoneName
    languages: Annotated[tuple[Literal["en", "fr", "de", "it"], ...], Field(min_length=1)] = ("en",)
    attribution: Attribution = Attribution.CHATHAM


class Roles(_Part):
    """Discord roles, by name or id, that carry each part."""

    participant: tuple[RoleName, ...] = ()
    observer: tuple[RoleName, ...] = ()
    facilitator: tuple[RoleName, ...] = ()
    organiser: Annotated[tuple[RoleName, ...], Field(min_length=1)]


class Constituency(_Part):
    """Whom a participant speaks for; holders of `roles` belong to it by themselves."""

    code: Code
    title: Title
    roles: tuple[RoleName, ...] = ()


class Theme(_Part):
    code: Code
    title: Title


class Event(_Part):
    """A meeting, from `starts_on` to `ends_on`, both included, in the initiative's zone."""

    code: Code
    kind: Literal["seminar", "conference"]
    title: Title
    city: Line = ""
    starts_on: Day
    ends_on: Day
    themes: Annotated[tuple[Code, ...], Field(min_length=1, max_length=MOST_EVENT_THEMES)]


class Entity(_Part):
    """Somebody recommendations are addressed to; `successor` is the code of the one that took its place."""

    code: Code
    title: Title
    successor: Code | Literal[""] = ""


class Rules(_Part):
    """What ballots start from, `threshold` and `quorum` as `seminar.amounts` reads them; and what else is
    ruled. `digest` is the hour (`18:00`, in the initiative's zone) of the daily digest, empty for none.
    """

    threshold: ThresholdText = ">1/2"
    quorum: QuorumText = "0"
    secrecy: Secrecy = Secrecy.SECRET
    vote_by: VoteBy = VoteBy.PERSON
    admission: Literal["automatic", "facilitator"] = "automatic"
    self_declaration: StrictBool = True
    receipts: StrictBool = True
    digest: HourText = ""


class Privacy(_Part):
    """Who answers for the data; `retention_days` count from the closing of the last event."""

    controller: Paragraphs = ""
    contact: Line = ""
    notice: Paragraphs = ""
    retention_days: Annotated[StrictInt, Field(ge=1, le=36500)] = 365


class Documents(_Part):
    """What covers of documents carry: the line on what the contributions commit to (empty: the usual one),
    a foreword, and the word for what a decision carried.
    """

    status: Paragraphs = ""
    foreword: Foreword = ""
    outcome: OutcomeWord = OutcomeWord.ADOPTED


class Initiative(_Part):
    """One initiative, coherent in itself.

    Raises:
        ValidationError: on building, with every problem; `read_initiative` turns them into sentences.
    """

    head: Head = Field(alias="initiative")
    roles: Roles
    constituencies: Annotated[tuple[Constituency, ...], Field(max_length=25)] = ()
    themes: Annotated[tuple[Theme, ...], Field(max_length=MOST_THEMES)] = ()
    events: Annotated[tuple[Event, ...], Field(max_length=25)] = ()
    entities: Annotated[tuple[Entity, ...], Field(max_length=100)] = ()
    rules: Rules = Rules()
    privacy: Privacy = Privacy()
    documents: Documents = Documents()

    @model_validator(mode="before")
    @classmethod
    def _conference_on_everything(cls, data: Any) -> Any:
        """A conference that names no themes is about all of them."""
        if not isinstance(data, dict) or not isinstance(data.get("events"), list):
            return data
        themes = [theme.get("code") for theme in data.get("themes", []) if isinstance(theme, dict)]
        events = [
            {"themes": themes, **event}
            if themes and isinstance(event, dict) and event.get("kind") == "conference"
            else event
            for event in data["events"]
        ]
        return {**data, "events": events}

    @model_validator(mode="after")
    def _coherent(self) -> Initiative:
        found = tuple(_contradictions(self))
        if found:
            raise Contradictions(found)
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.head.time_zone)

    @property
    def known_addressees(self) -> tuple[tuple[str, str], ...]:
        """Code and title of each entity, as recommendations are addressed to them."""
        return tuple((entity.code, entity.title) for entity in self.entities)

    def theme(self, code: str) -> Theme:
        """The theme of that code.

        Raises:
            NotFound: the initiative has none.
        """
        for theme in self.themes:
            if theme.code == code:
                return theme
        raise NotFound(
            t(
                "There is no theme {code}; the themes are {known}.",
                code=code,
                known=_codes(self.themes) or "—",
            )
        )

    def event(self, code: str) -> Event:
        """The event of that code.

        Raises:
            NotFound: the initiative has none.
        """
        for event in self.events:
            if event.code == code:
                return event
        raise NotFound(
            t(
                "There is no event {code}; the events are {known}.",
                code=code,
                known=_codes(self.events) or "—",
            )
        )

    @property
    def conferences(self) -> tuple[Event, ...]:
        """The events that finalise what the seminars adopted, in the order of the file."""
        return tuple(event for event in self.events if event.kind == "conference")

    def present_entity(self, code: str) -> str:
        """The code of the entity that answers for that one today: itself, or whoever came after it."""
        successors = {entity.code: entity.successor for entity in self.entities}
        while successors.get(code):
            code = successors[code]
        return code

    def constituency(self, code: str) -> Constituency:
        """The constituency of that code.

        Raises:
            NotFound: the initiative has none.
        """
        for constituency in self.constituencies:
            if constituency.code == code:
                return constituency
        known = _codes(self.constituencies) or "—"
        raise NotFound(
            t("There is no constituency {code}; the constituencies are {known}.", code=code, known=known)
        )


_Coded = Constituency | Theme | Event | Entity


def _codes(parts: Collection[_Coded]) -> tuple[str, ...]:
    return tuple(part.code for part in parts)


def _contradictions(initiative: Initiative) -> Iterator[tuple[Path, Text]]:
    kinds: tuple[tuple[str, tuple[_Coded, ...]], ...] = (
        ("constituencies", initiative.constituencies),
        ("themes", initiative.themes),
        ("events", initiative.events),
        ("entities", initiative.entities),
    )
    for kind, parts in kinds:
        for number in _repeated(_codes(parts)):
            code = parts[number].code
            yield (kind, number, "code"), t("The code {code} is given twice.", code=code)
    for number in _repeated(initiative.head.languages):
        language = initiative.head.languages[number]
        yield ("initiative", "languages", number), t("“{name}” is listed twice.", name=language)
    yield from _successions(initiative.entities)
    themes = tuple(dict.fromkeys(_codes(initiative.themes)))
    for number, event in enumerate(initiative.events):
        if event.ends_on < event.starts_on:
            yield (
                ("events", number, "ends_on"),
                t("The event {code} ends before it starts; exchange the two dates.", code=event.code),
            )
        for place in _repeated(event.themes):
            yield (
                ("events", number, "themes", place),
                t("“{name}” is listed twice.", name=event.themes[place]),
            )
        for place, code in enumerate(event.themes):
            if code not in themes:
                yield (
                    ("events", number, "themes", place),
                    t("There is no theme {code}; the themes are {known}.", code=code, known=themes or "—"),
                )


def _successions(entities: Collection[Entity]) -> Iterator[tuple[Path, Text]]:
    """Successors that are not there, and entities that would follow themselves."""
    successors = {entity.code: entity.successor for entity in entities}
    for number, entity in enumerate(entities):
        path: Path = ("entities", number, "successor")
        if entity.successor and entity.successor not in successors:
            known = tuple(successors)
            yield (
                path,
                t("There is no entity {code}; the entities are {known}.", code=entity.successor, known=known),
            )
            continue
        seen, code = {entity.code}, entity.successor
        while code and code not in seen:
            seen.add(code)
            code = successors.get(code, "")
        if code == entity.code:
            yield path, t("The entity {code} would come after itself.", code=code)


def _repeated(names: Collection[str]) -> Iterator[int]:
    """Where a name stands for the second time, or a later one."""
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        if seen[name]:
            yield place
        seen[name] += 1


class Unreadable(Invalid):
    """An initiative file with problems: `problems` has all, `text` lists the first of them."""

    def __init__(self, *problems: Text) -> None:
        super().__init__(listed(problems))
        self.problems = problems


def read_initiative(data: bytes) -> Initiative:
    """The initiative in a TOML file of at most 1 MiB of UTF-8.

    Raises:
        Unreadable: with one sentence for each problem, its line and its key.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable(t("The file is too large; an initiative file has at most 1 MiB."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            t("Line {line}: the file is not UTF-8 text; save it again with the encoding UTF-8.", line=line)
        ) from None
    text = text.replace("\r\n", "\n")
    if (found := long_key(text)) is not None:
        raise Unreadable(t("Line {line}: a key has more than {most} parts.", line=found, most=MOST_PARTS))
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "too deeply nested" if isinstance(error, RecursionError) else str(error)
        raise Unreadable(t("The file is not valid TOML: {reason}.", reason=reason[:300])) from None
    if holds_too_much(document):
        raise Unreadable(
            t("The file holds more than {most} values; an initiative has far fewer.", most=MOST_VALUES)
        )
    try:
        return Initiative.model_validate(document)
    except ValidationError as error:
        raise Unreadable(*sentences(error, Places(text))) from None


@dataclass(frozen=True, slots=True)
class Changes:
    """What loading a file would change, one sentence a line; none where it changes nothing."""

    lines: tuple[Text, ...]


def changes(
    old: Initiative | None,
    new: Initiative,
    used_themes: Collection[str],
    used_events: Collection[str],
    used_conferences: Collection[str] = (),
) -> Changes:
    """What changes from `old` (None: nothing was loaded yet) to `new`.

    `used_themes` and `used_events` are codes that recommendations refer to; `used_conferences` are those of
    the events that something was forwarded to.

    Raises:
        Unreadable: a theme or an event that has recommendations would vanish, or what something was
            forwarded to would be no conference.
    """
    lost = [
        t("The theme {code} has recommendations and must stay in the file.", code=code)
        for code in sorted(set(used_themes) - set(_codes(new.themes)))
    ]
    lost += [
        t("The event {code} has recommendations and must stay in the file.", code=code)
        for code in sorted(set(used_events) - set(_codes(new.events)))
    ]
    kept = {event.code for event in new.conferences}
    lost += [
        t("Recommendations were forwarded to {code}, so it must stay a conference.", code=code)
        for code in sorted(set(used_conferences) & set(_codes(new.events)) - kept)
    ]
    if lost:
        raise Unreadable(*lost)
    return Changes(tuple(_differences(_content(old), _content(new))))


def _content(initiative: Initiative | None) -> dict[str, dict[str, str]]:
    """Every value as text: under its table's name, or under table and code for what has one."""
    content: dict[str, dict[str, str]] = {}
    document = initiative.model_dump(mode="json", by_alias=True) if initiative else {}
    for table, value in document.items():
        named = (
            {table: value} if isinstance(value, dict) else {f"{table} {part['code']}": part for part in value}
        )
        for name, part in named.items():
            content[name] = {
                key: ", ".join(entry) if isinstance(entry, list) else str(entry)
                for key, entry in part.items()
            }
    return content


def _differences(old: dict[str, dict[str, str]], new: dict[str, dict[str, str]]) -> Iterator[Text]:
    for name, part in new.items():
        before = old.get(name, {})
        if not before and "code" in part:
            yield t("New in {name}: {title}", name=name, title=part["title"])
            continue
        for key, value in part.items():
            was = before.get(key, "")
            if was and value and was != value:
                yield t("{name}, {key}: {old} → {new}", name=name, key=key, old=was, new=value)
            elif value and not was:
                yield t("{name}, {key}: {value}", name=name, key=key, value=value)
            elif was and not value:
                yield t("{name}, {key}: no longer {old}", name=name, key=key, old=was)
    for name, part in old.items():
        if name not in new:
            yield t("No longer in {name}: {title}", name=name, title=part["title"])
