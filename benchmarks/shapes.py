"""How much a measured store holds, and the initiative in it."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.wire import payloads
from seminar.initiative import Initiative

PER_THEME: Final = 25  # recommendations in each theme of each event
VOTERS: Final = 100  # on each closed ballot, so 2,500 votes a ballot
EPOCH: Final = datetime(2014, 10, 22, 9, tzinfo=UTC)
CONSTITUENCIES: Final = ("UN", "EU", "MS", "ACA")
ROLE_OF: Final = dict(zip(CONSTITUENCIES, payloads.ROLES[4:], strict=True))


@dataclass(frozen=True, slots=True)
class Shape:
    """How much there is: `events` × `themes` × 25 recommendations, each with 100 votes.

    `waiting` more are still to be voted on, in the last theme of the first event. The first `forwarded` ones
    went on to a conference, where most of them became final.
    """

    events: int
    themes: int
    people: int
    waiting: int = 5
    forwarded: int = 0

    @property
    def recommendations(self) -> int:
        return self.events * self.themes * PER_THEME + self.waiting

    @property
    def votes(self) -> int:
        return self.events * self.themes * PER_THEME * VOTERS


SMALL: Final = Shape(events=1, themes=2, people=150)
LARGE: Final = Shape(events=10, themes=20, people=2_150)
CROWD: Final = Shape(events=1, themes=2, people=10_150)  # small, but with everyone who clicks
FIRST_EVENT: Final = "E01"
FIRST_THEME: Final = "T01"
CONFERENCE: Final = "C01"


def store_url(folder: Path) -> str:
    """Where the store of a folder is."""
    return f"sqlite:///{folder / 'rapporteur.db'}"


def reference(theme: int, number: int) -> str:
    """`T03-07`."""
    return f"T{theme:02}-{number:02}"


def open_references(shape: Shape) -> list[str]:
    """The recommendations that wait for a ballot."""
    first = shape.events * PER_THEME + 1
    return [reference(shape.themes, number) for number in range(first, first + shape.waiting)]


def initiative(shape: Shape) -> Initiative:
    """The initiative of a filled store; its roles are those of the stand-in's server."""
    events = "".join(
        f'[[events]]\ncode = "E{n:02}"\nkind = "seminar"\ntitle = "Seminar {n}"\ncity = "Rome"\n'
        f"starts_on = 2014-10-22\nends_on = 2014-10-24\n"
        f"themes = {json.dumps([f'T{m:02}' for m in range(1, shape.themes + 1)])}\n"
        for n in range(1, shape.events + 1)
    )
    if shape.forwarded:
        events += (
            f'[[events]]\ncode = "{CONFERENCE}"\nkind = "conference"\ntitle = "Final conference"\n'
            'city = "Brussels"\nstarts_on = 2014-12-03\nends_on = 2014-12-03\n'
            f"themes = {json.dumps([f'T{m:02}' for m in range(1, shape.themes + 1)])}\n"
        )
    themes = "".join(
        f'[[themes]]\ncode = "T{n:02}"\ntitle = "Theme {n}"\n' for n in range(1, shape.themes + 1)
    )
    constituencies = "".join(
        f'[[constituencies]]\ncode = "{code}"\ntitle = "{role}"\nroles = ["{role}"]\n'
        for code, role in ROLE_OF.items()
    )
    text = (
        '[initiative]\ntitle = "A measured initiative"\ntime_zone = "Europe/Brussels"\nlanguages = ["en"]\n'
        '[roles]\nparticipant = ["Expert"]\nobserver = ["Observer"]\nfacilitator = ["Facilitator"]\n'
        f'organiser = ["Organiser"]\n{constituencies}{themes}{events}'
    )
    return Initiative.model_validate(tomllib.loads(text))
