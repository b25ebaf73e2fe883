"""The transcript of a rehearsal: what was done and shown, as a rapporteur would write it down.

Days and hours are those of the initiative's zone. It keeps silent about how
anybody voted: the answers to votes are private, and stay so. What only one
person saw is marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from rehearsal.shown import Shown
from rehearsal.simulation import Post, channel_of, words_of
from rehearsal.step import Step
from rehearsal.vote_verbs import Vote
from rehearsal.world import World
from seminar.words import Text, t, tn

HEADING = "# Transcript of the rehearsal"
_MENTION = re.compile(r"<(@&|@!?|#)(\d+)>")
_MOMENT = re.compile(r"<t:(-?\d+)(?::[a-zA-Z])?>")
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
_SHORT = 3  # lines that may be repeated
_SMALL = re.compile(r"^-# +", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Saying:
    """Words that appeared somewhere; `to` is the only person who saw them."""

    where: str
    words: str
    to: str | None = None


@dataclass(slots=True)
class Entry:
    """One step and what came of it."""

    at: datetime
    step: Step
    refused: Text | None = None
    sayings: list[Saying] = field(default_factory=list)

    @property
    def is_idle(self) -> bool:
        """Whether nothing but a little time passed, which the hours of what follows tell by themselves."""
        return not self.step.who and not self.sayings and self.refused is None

    def take(self, posts: Iterable[Post], world: World) -> None:
        """Add what appeared on screens; people's own chat messages are told by the step itself."""
        names = _Names(world)
        bot = world.simulation.bot_id
        for post in posts:
            words = names.spelt_out(words_of(post.message)).strip()
            if not words or post.author_id != bot or (self.step.discreet and post.private_to is not None):
                continue
            to = None if post.private_to is None else names.person(post.private_to)
            self.sayings.append(Saying(names.channel(post.channel_id), words, to))

    def add(self, shown: Shown, words: str, world: World) -> None:
        """Add what was added to a message that everybody sees."""
        names = _Names(world)
        self.sayings.append(Saying(names.channel(channel_of(shown.messages[0])), names.spelt_out(words)))


class _Names:
    """Ids as people read them."""

    def __init__(self, world: World) -> None:
        self._people = {person.actor.id: person.name for person in world.everybody}
        self._roles = {role.id: role.name for role in world.guild.roles.values()}
        self._channels = world.simulation.channel_names()
        self._zone = world.initiative.zone

    def person(self, user_id: int) -> str:
        return self._people.get(user_id, "?")

    def channel(self, channel_id: int) -> str:
        return self._channels.get(channel_id, "")

    def spelt_out(self, words: str) -> str:
        """Mentions and moments in words, headings as bold lines."""
        words = _MENTION.sub(lambda m: self._named(m.group(1), int(m.group(2))), words)
        words = _MOMENT.sub(
            lambda m: f"{datetime.fromtimestamp(int(m.group(1)), self._zone):%d %B %Y, %H:%M}", words
        )
        words = _HEADING.sub(lambda m: f"**{m.group(1).replace('**', '')}**", words)
        return _SMALL.sub("", words)

    def _named(self, kind: str, number: int) -> str:
        if kind == "#":
            return f"#{self.channel(number)}"
        return f"@{self._roles.get(number, '?') if kind == '@&' else self.person(number)}"


@dataclass(slots=True)
class Transcript:
    """Grows with every step; `render` writes it down at any time."""

    title: str
    entries: list[Entry] = field(default_factory=list)

    def begin(self, at: datetime, step: Step) -> Entry:
        """A new entry for a step that starts at `at`."""
        entry = Entry(at, step)
        self.entries.append(entry)
        return entry

    def render(self, world: World | None, failure: str | None = None) -> str:
        """The transcript as Markdown."""
        parts = [HEADING, f"**{self.title}**"]
        if world is not None:
            parts += [_about(world), *self._days(world)]
        if failure is not None:
            parts += ["---", f"**{t('The rehearsal ended early.')}** {failure}"]
        return "\n\n".join(parts) + "\n"

    def _days(self, world: World) -> Iterator[str]:
        zone = world.initiative.zone
        told = [entry for entry in self.entries if not entry.is_idle]
        page = _Page()
        for day, entries in groupby(told, lambda entry: entry.at.astimezone(zone).date()):
            yield f"## {_day(day)}"
            for ballot, run in groupby(entries, _voted_in):
                together = list(run)
                hour = f"{together[0].at.astimezone(zone):%H:%M}"
                if ballot is not None and len(together) > 1:
                    yield page.votes(together, ballot, hour)
                else:
                    for entry in together:
                        yield page.told(entry, f"{entry.at.astimezone(zone):%H:%M}")


def _voted_in(entry: Entry) -> str | None:
    """The ballot of a vote that was taken."""
    return entry.step.ballot if isinstance(entry.step, Vote) and entry.refused is None else None


def _day(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"


def _about(world: World) -> str:
    first = min((event.starts_on for event in world.initiative.events), default=None)
    lines = [
        str(
            t(
                "Played on a simulated Discord by invented people. "
                "Nothing here was said or adopted by anybody."
            )
        ),
        str(t("Lines marked 🔒 were seen by one person alone. How people voted is not written down.")),
    ]
    if first is not None and first.year < 2015:
        lines.append(
            str(
                t(
                    "Discord counts time from 2015 on, so the calendar is that of a later year "
                    "with the same weekdays."
                )
            )
        )
    people = ", ".join(_introduced(person.name, person.roles) for person in world.people.values())
    return "\n\n".join([*lines, f"**{t('Present')}:** {people}."])


def _introduced(name: str, roles: tuple[str, ...]) -> str:
    return f"{name} ({', '.join(roles)})" if roles else f"{name} ({t('a stranger')})"


class _Page:
    """Writes entries; long words that were shown before are not written out again."""

    def __init__(self) -> None:
        self._written: set[str] = set()

    def votes(self, entries: list[Entry], ballot: str, hour: str) -> str:
        """A run of votes as one paragraph: who voted, never how; what appeared in public follows."""
        people = list(dict.fromkeys(entry.step.who for entry in entries))
        told = tn(
            "{count} person votes in “{ballot}”: {people}.",
            "{count} people vote in “{ballot}”: {people}.",
            len(people),
            ballot=ballot,
            people=tuple(people),
        )
        return "".join(
            [f"**{hour}** {told}", *self._all_quoted(saying for entry in entries for saying in entry.sayings)]
        )

    def told(self, entry: Entry, hour: str) -> str:
        """One step: who did what, whether it was refused, and what was shown."""
        step = entry.step
        head = f"**{hour}** **{step.who}** {step.tells()}" if step.who else f"**{hour}** *{step.tells()}*"
        if step.who and not head.endswith((".", ".”", "?”", "!”")):
            head += "."
        sayings = entry.sayings
        if entry.refused is not None:
            head += f" **{t('Refused')}:** {entry.refused}"
            sayings = [saying for saying in sayings if saying.to is None]
        return "".join([head, *self._all_quoted(sayings)])

    def _all_quoted(self, sayings: Iterable[Saying]) -> Iterator[str]:
        """What several people were told in the same words, each alone, is written once."""
        for _, run in groupby(sayings, lambda saying: saying.words if saying.to else saying):
            same = list(run)
            yield self._quoted(same[0], tuple(dict.fromkeys(saying.to for saying in same if saying.to)))

    def _quoted(self, saying: Saying, names: tuple[str, ...]) -> str:
        if len(names) > 1:
            where = t("🔒 to {names}, each alone", names=names)
        elif names:
            where = t("🔒 to {name} alone", name=names[0])
        else:
            where = t("in #{channel}", channel=saying.where)
        words = saying.words.splitlines()
        if saying.words in self._written and len(words) > _SHORT:
            return f"\n\n> *{where}:* {words[0]} *({t('as above')})*"
        self._written.add(saying.words)
        return "\n\n" + "\n".join(f"> {line}" if line else ">" for line in (f"*{where}*", "", *_lines(words)))


def _lines(words: list[str]) -> Iterator[str]:
    """Lines that Markdown keeps apart, as the chat does; a list ends where the chat ends it."""
    listed = False
    for line in words:
        point = line.lstrip()
        if listed and line and not point.startswith("- "):
            yield ""
        listed = point.startswith("- ")
        if listed:
            yield f"  {point}" if line != point else line
        else:
            yield f"{line}  " if line else line
