"""Everything that people do with texts, over the polling station's store: one short method an act."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from seminar.model import Actor, Change, Stance
from seminar.wording import Wording
from services.drafting.amendments import Amendments
from services.drafting.arguments import Arguments
from services.drafting.moderation import Moderation
from services.drafting.regrouping import Regrouping
from services.drafting.regrouping_requests import MergeRequest, Part, SplitRequest
from tests.services.polling_station import Station


@dataclass
class DraftingTable(Station):
    """The services of drafting; what is returned does not matter here, what is stored does."""

    amendments: Amendments = field(init=False)
    arguments: Arguments = field(init=False)
    moderation: Moderation = field(init=False)
    regrouping: Regrouping = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        people = (self.db, self.clock, self.initiatives, self.participants)
        self.amendments = Amendments(*people, self.silences)
        self.arguments = Arguments(*people)
        self.moderation = Moderation(self.db, self.clock, self.initiatives)
        self.regrouping = Regrouping(self.db, self.clock, self.initiatives)

    async def amend(self, who: Actor, reference: str, version: int, shown: Wording, text: str) -> object:
        """Asks for another text than the form showed."""
        fields = {**shown.fields, "text": text}
        return await self.amendments.propose(who, reference, version, fields, "", secrets.token_hex(8))

    async def accept(self, who: Actor, reference: str, number: int | None, change: Change) -> object:
        return await self.amendments.accept(who, reference, number, change=change)

    async def reject(self, who: Actor, reference: str, number: int) -> object:
        return await self.amendments.reject(who, reference, number, "No.")

    async def withdraw_amendment(self, who: Actor, reference: str, number: int) -> object:
        return await self.amendments.withdraw(who, reference, number)

    async def second_amendment(self, who: Actor, reference: str, number: int) -> object:
        return await self.amendments.second(who, reference, number)

    async def rework(
        self, who: Actor, reference: str, number: int, version: int, shown: Wording, text: str
    ) -> object:
        fields = {**shown.fields, "text": text}
        return await self.amendments.rework(who, reference, number, version, fields, "Again.")

    async def merge(self, who: Actor, others: Sequence[str], into: str, shown: Wording, text: str) -> object:
        asked: dict[str, Any] = {**shown.fields, "text": text}
        return await self.regrouping.merge(who, MergeRequest(references=tuple(others), into=into, **asked))

    async def split(self, who: Actor, reference: str, version: int, shown: Wording) -> object:
        parts = tuple(Part(f"{word} part", f"{word}: {shown.text}"[:2000]) for word in ("One", "Other"))
        return await self.regrouping.split(who, SplitRequest(reference, version, parts))

    async def undo(self, who: Actor, reference: str) -> object:
        return await self.regrouping.undo(who, reference)

    async def argue(self, who: Actor, reference: str, stance: Stance, text: str) -> object:
        return await self.arguments.add(who, reference, stance.value, text, nonce=secrets.token_hex(8))

    async def withdraw_argument(self, who: Actor, reference: str, number: int) -> object:
        return await self.arguments.withdraw(who, reference, number)

    async def set_aside(self, who: Actor, reference: str, number: int) -> object:
        return await self.arguments.set_aside(who, reference, number, "Off the subject.")

    async def moderate(self, who: Actor, how: str, reference: str) -> object:
        """Admits, returns, rejects, reopens, or gives it the theme TRN."""
        match how:
            case "admit":
                return await self.moderation.admit(who, reference)
            case "return":
                return await self.moderation.return_(who, reference, "Too long.")
            case "reject":
                return await self.moderation.reject(who, reference, "Out of place.")
            case "reopen":
                return await self.moderation.reopen(who, reference, "Once more.")
            case _:
                return await self.moderation.retheme(who, reference, "TRN")
