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

from rehearsal.simulation import Post, words_of
from rehearsal.step import Step
from rehearsal.world import World
from seminar.words import Text, t, tn

HEADING = "# Transcript of the rehearsal"
_MENTION = re.compile(r"<(@&|@!?|#)(\d+)>")
_MOMENT = re.compile(r"<t:(-?\d+)(?::[a-zA-Z])?>")
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
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
        for day, entries in groupby(self.entries, lambda entry: entry.at.astimezone(zone).date()):
            yield f"## {_day(day)}"
            for is_vote, run in groupby(entries, lambda e: e.step.discreet and e.refused is None):
                together = list(run)
                if is_vote and len(together) > 1:
                    yield _votes(together, zone_of(together[0], world))
                else:
                    for entry in together:
                        yield _told(entry, zone_of(entry, world))


def zone_of(entry: Entry, world: World) -> str:
    """The hour of an entry on the clock of the initiative's zone."""
    return f"{entry.at.astimezone(world.initiative.zone):%H:%M}"


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


def _votes(entries: list[Entry], hour: str) -> str:
    """A run of votes as one paragraph: who voted, never how; what appeared publicly in between follows."""
    people = list(dict.fromkeys(entry.step.who for entry in entries))
    told = tn(
        "{count} person votes: {people}.", "{count} people vote: {people}.", len(people), people=tuple(people)
    )
    seen = [saying for entry in entries for saying in entry.sayings]
    return "\n".join([f"**{hour}** {told}", *(_quoted(saying) for saying in seen)])


def _told(entry: Entry, hour: str) -> str:
    step = entry.step
    head = f"**{hour}** **{step.who}** {step.tells()}" if step.who else f"**{hour}** *{step.tells()}*"
    if step.who and not head.endswith((".", "”")):
        head += "."
    if entry.refused is not None:
        head += f" **{t('Refused')}:** {entry.refused}"
        sayings = [saying for saying in entry.sayings if saying.to is None]
    else:
        sayings = entry.sayings
    return "\n".join([head, *(_quoted(saying) for saying in sayings)])


def _quoted(saying: Saying) -> str:
    where = t("🔒 to {name} alone", name=saying.to) if saying.to else t("in #{channel}", channel=saying.where)
    lines = [f"*{where}*", *saying.words.splitlines()]
    return "\n" + "\n".join(f"> {line}".rstrip() for line in lines)
