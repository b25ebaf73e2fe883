"""What the addressees made of it, in a rehearsal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import StrictBool, StrictInt

from rehearsal.step import Reference, Step
from seminar.words import Text, t

if TYPE_CHECKING:
    from rehearsal.player import Player


class FollowUp(Step):
    """Enters what an addressee says and does; what is not given stays as it was."""

    does: ClassVar[str] = "follow_up"
    reference: Reference
    entity: str
    action: str | None = None
    number: StrictInt | None = None
    acceptance: str | None = None
    implementation: str | None = None
    owner: str | None = None
    due: str | None = None
    as_of: str | None = None
    note: str | None = None
    evidence: str | None = None
    verified: StrictBool | None = None

    def tells(self) -> Text:
        return t("enters what {entity} makes of {reference}", entity=self.entity, reference=self.reference)

    async def play(self, player: Player) -> None:
        given = self.model_dump(exclude={"who", "expect", "as_of"}, exclude_none=True)
        if self.as_of is not None:
            given["as-of"] = self.as_of
        await player.command("follow-up set", **given)


class ImportFollowUp(Step):
    """An organiser sends the workbook that an addressee has returned, and applies what can be taken."""

    does: ClassVar[str] = "import_follow_up"
    file: str

    def tells(self) -> Text:
        return t("imports the follow-up of {file}", file=self.file)

    async def play(self, player: Player) -> None:
        path = player.beside(self.file)
        shown = await player.command("follow-up import", file=(Path(self.file).name, path.read_bytes()))
        apply = player.press if self.expect == "refused" else player.confirm
        await apply(shown, "follow-up-apply")


class ShowFollowUp(Step):
    does: ClassVar[str] = "show_follow_up"
    entity: str | None = None
    overdue: StrictBool | None = None

    def tells(self) -> Text:
        return t("looks at the follow-up")

    async def play(self, player: Player) -> None:
        await player.command("follow-up list", entity=self.entity, overdue=self.overdue)
