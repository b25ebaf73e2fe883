"""The conference hall with everything about the follow-up: entering, reminding, workbooks out and back."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import openpyxl

from reports.sheets.follow_up_workbook import workbook
from seminar.model import Actor, Role
from services.deadlines import Deadlines
from services.drafting.recommendations import Draft
from services.people.forgetting import Forgetting
from services.people.forgotten_list import ForgottenList
from services.people.own_data import OwnData
from services.tracking.following import Entered, FollowUps
from services.tracking.reminding import FollowUpReminding
from services.tracking.reporting import FollowUpRecord
from services.tracking.returning import Applied, Preview, Returning
from tests.services.conference_hall import BRUSSELS, Hall
from tests.services.small_seminar import TEXT, actor
from tests.small_initiative import INITIATIVE

SUCCEEDED = INITIATIVE.replace(
    'title = "UN Department of Peacekeeping Operations"',
    'title = "UN Department of Peacekeeping Operations"\nsuccessor = "DPO"\n'
    '[[entities]]\ncode = "DPO"\ntitle = "UN Department of Peace Operations"',
)
HEAD = ("reference", "entity", "number", "action", "acceptance", "implementation", "due_on", "note")


@dataclass
class FollowUpDesk(Hall):
    """Rome, whose recommendations are adopted, and what becomes of them."""

    follow_ups: FollowUps = field(init=False)
    record: FollowUpRecord = field(init=False)
    returning: Returning = field(init=False)
    own_data: OwnData = field(init=False)
    forgetting: Forgetting = field(init=False)
    second: Actor = actor(4, Role.ORGANISER, name="Otto")

    def __post_init__(self) -> None:
        super().__post_init__()
        built = (self.db, self.clock, self.initiatives)
        self.follow_ups = FollowUps(*built)
        self.record = FollowUpRecord(*built)
        self.returning = Returning(*built)
        self.deadlines = Deadlines(self.db, self.clock, FollowUpReminding(*built).deadline_handlers())
        self.own_data = OwnData(*built, self.keys)
        listed = ForgottenList(self.key_dir)
        self.forgetting = Forgetting(self.db, self.clock, self.keys, self.participants.known, listed)

    def restarted(self) -> FollowUpDesk:
        return FollowUpDesk(self.db, self.clock, key_dir=self.key_dir)

    async def adopted(self, *addressees: str, initiative: str = INITIATIVE) -> None:
        """So many recommendations CAP-01, CAP-02, … are adopted, each addressed to whom is given."""
        await self.load(initiative + BRUSSELS, by=self.owner)
        await self.events.open(self.organiser, "ROM")
        for number, named in enumerate(addressees, start=1):
            await self.addressed(named, f"Recommendation {number}")
        for who in (self.ana, self.ben):
            await self.participants.enter(who)
        await self.adopt(*(f"CAP-{number:02}" for number in range(1, len(addressees) + 1)))

    async def addressed(self, addressees: str, title: str) -> None:
        """A recommendation on CAP to these."""
        draft = Draft(theme="CAP", event="ROM", title=title, text=f"{title}: {TEXT}", addressees=addressees)
        await self.recommendations.propose(self.ana, draft, secrets.token_hex(8))

    async def set(self, reference: str, entity: str, number: int | None = None, **typed: Any) -> Entered:
        """What an organiser enters."""
        return await self.follow_ups.set(self.organiser, reference, entity, typed, number)

    async def standing(self) -> list[tuple[Any, ...]]:
        """Reference, entity, number, action, acceptance, implementation, revision of every row."""
        return await self.rows(
            "SELECT r.reference, f.entity, f.number, f.action, f.acceptance, f.implementation, f.revision "
            "FROM follow_ups f JOIN recommendations r ON r.id = f.recommendation_id "
            "ORDER BY r.reference, f.entity, f.number"
        )

    async def everything(self) -> list[list[tuple[Any, ...]]]:
        """Every row and every state of the follow-up, and the ledger."""
        return [
            await self.rows(f"SELECT * FROM {table} ORDER BY 1, 2")
            for table in ("follow_ups", "follow_up_changes", "ledger", "deadlines")
        ]

    async def whole(self) -> None:
        """The audit finds nothing."""
        assert (await self.audit.verify()).problems == ()

    async def sheet(self, entity: str) -> bytes:
        """The workbook of an addressee."""
        (report,) = await self.record.handed_out(self.guild_id, entity)
        return workbook(report, str)

    async def look(self, data: bytes, name: str = "follow-up.xlsx") -> Preview:
        return await self.returning.preview(self.organiser, name, data)

    async def look_at(self, *rows: Sequence[object], head: Sequence[str] = HEAD) -> Preview:
        """A list made by hand, sent and looked at."""
        return await self.look(as_csv([head, *rows]), "follow-up.csv")

    async def bring(self, data: bytes, *, conflicts: bool = False) -> Applied:
        preview = await self.look(data)
        assert preview.id is not None
        return await self.returning.apply(self.organiser, preview.id, conflicts=conflicts)


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def columns(sheet: Any) -> dict[str, int]:
    """The columns of a workbook's first sheet, by their headings."""
    return {str(cell.value): cell.column for cell in sheet[1]}


def filled(data: bytes, answers: Mapping[tuple[int, str], Any]) -> bytes:
    """A workbook with answers by (row of the sheet, heading), as another program saves it."""
    book = openpyxl.load_workbook(BytesIO(data))
    sheet = book.worksheets[0]
    places = columns(sheet)
    for (row, heading), value in answers.items():
        sheet.cell(row, places[heading]).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()
