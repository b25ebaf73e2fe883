"""Who takes part, in a rehearsal: lists of participants, and the codes of those who had no account."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rehearsal.shown import Refusal
from rehearsal.step import Reference, Step
from seminar.words import Text, t

if TYPE_CHECKING:
    from rehearsal.player import Player


class Import(Step):
    """An organiser sends a list of participants, sought beside the script, and applies what can be taken."""

    does: ClassVar[str] = "import_participants"
    file: str

    def tells(self) -> Text:
        return t("imports the participants of {file}", file=self.file)

    async def play(self, player: Player) -> None:
        path = player.beside(self.file)
        shown = await player.command("participants import", file=(Path(self.file).name, path.read_bytes()))
        # A list of which nothing can be applied is read for all that: it is the script that calls it refused.
        apply = player.press if self.expect == "refused" else player.confirm
        for name in player.keep_files(await apply(shown, "import-apply")):
            player.codes |= _codes_in(player.files[name])


class Register(Step):
    """Somebody enters the one-time code of a person on a list that was imported."""

    does: ClassVar[str] = "register"
    name: str | None = None
    code: str | None = None

    def tells(self) -> Text:
        return t("registers with a one-time code")

    async def play(self, player: Player) -> None:
        code = self.code or _code_of(player, self.name or self.who)
        panel = next((shown for shown in reversed(player.posted()) if shown.has("register")), None)
        if panel is None:
            raise Refusal(t("nowhere is a code asked for."))
        shown = await player.press(panel, "register")
        await player.fill(shown, code=code)


class Follow(Step):
    """By the card's button."""

    does: ClassVar[str] = "follow"
    reference: Reference

    def tells(self) -> Text:
        return t("follows {reference}", reference=self.reference)

    async def play(self, player: Player) -> None:
        card = player.card(self.reference)
        if card is None:
            raise Refusal(t("there is no card of {reference}.", reference=self.reference))
        await player.press(card, f"follow:{self.reference}")


def _code_of(player: Player, name: str) -> str:
    """The code that the organiser was given for somebody."""
    code = player.codes.get(name)
    if code is None:
        raise player.fails(t("there is no code for {name}.", name=name))
    return code


def _codes_in(content: bytes) -> dict[str, str]:
    """The codes in a file by name; none in a file of something else."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig", "ignore")))
    return {row["name"]: row["code"] for row in rows if row.get("name") and row.get("code")}
