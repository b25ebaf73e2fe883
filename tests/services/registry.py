"""The polling station with everything about people: lists, codes, own data, being forgotten."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from seminar.model import Actor, Role
from services.people.codes import Codes, IssuedCode
from services.people.forgetting import Forgetting
from services.people.forgotten_list import ForgottenList
from services.people.importing import Imported, Importing, ImportPreview
from services.people.own_data import OwnData
from services.people.roll import Roll
from tests.services.polling_station import Station
from tests.services.small_seminar import actor

HEAD = ("name", "discord id", "constituency", "organisation", "status")
FIRST_ID = 200_000_000_000_000_001


@dataclass
class Registry(Station):
    """The services about people, over the store and the key folder of one test."""

    importing: Importing = field(init=False)
    codes: Codes = field(init=False)
    roll: Roll = field(init=False)
    own_data: OwnData = field(init=False)
    forgotten: ForgottenList = field(init=False)
    forgetting: Forgetting = field(init=False)
    dana: Actor = actor(FIRST_ID, Role.PARTICIPANT, name="Dana", constituencies=("UN",))
    eli: Actor = actor(FIRST_ID + 1, Role.PARTICIPANT, name="Eli")

    def __post_init__(self) -> None:
        super().__post_init__()
        people = (self.db, self.clock, self.initiatives, self.participants)
        self.importing = Importing(*people)
        self.codes = Codes(*people)
        self.roll = Roll(self.db, self.initiatives)
        self.own_data = OwnData(self.db, self.clock, self.initiatives, self.keys)
        self.forgotten = ForgottenList(self.key_dir)
        self.forgetting = Forgetting(self.db, self.clock, self.keys, self.participants.known, self.forgotten)

    def restarted(self) -> Registry:
        return Registry(self.db, self.clock, key_dir=self.key_dir)

    async def look(self, *rows: Sequence[object], head: Sequence[str] = HEAD) -> ImportPreview:
        """A list, sent and looked at."""
        return await self.importing.preview(self.organiser, "list.csv", as_csv([head, *rows]))

    async def bring(self, *rows: Sequence[object], head: Sequence[str] = HEAD) -> Imported:
        """A list, sent and applied; no row of it may be refused."""
        preview = await self.look(*rows, head=head)
        assert preview.refused == ()
        assert preview.id is not None
        return await self.importing.apply(self.organiser, preview.id)

    async def code_of(self, name: str, constituency: str = "UN", organisation: str = "") -> str:
        """Somebody on a list, without an account; the code they get."""
        (issued,) = (await self.bring((name, "", constituency, organisation, ""))).codes
        return issued.code

    async def registered(self) -> dict[str, tuple[object, ...]]:
        """Account, status, constituency and organisation of everybody registered, by name."""
        rows = await self.rows(
            "SELECT p.name, p.user_id, r.status, r.constituency, r.organisation FROM people p "
            "JOIN registrations r ON r.person_id = p.id"
        )
        return {str(name or user_id): (user_id, *more) for name, user_id, *more in rows}

    async def whole(self) -> None:
        """The audit finds nothing, and no vote belongs to nobody known."""
        report = await self.audit.verify()
        assert report.problems == ()


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def names(issued: Iterable[IssuedCode]) -> list[str]:
    return [one.name for one in issued]
