"""What stands before step 1: the initiative loaded and people registered, all by command."""

from __future__ import annotations

from collections.abc import Callable

from rehearsal.player import Player
from rehearsal.script import Script
from rehearsal.step import RehearsalFailed
from rehearsal.world import Person
from seminar.errors import Invalid
from seminar.initiative import Initiative, read_initiative
from seminar.words import t


def initiative_of(script: Script) -> Initiative:
    """The initiative the script is about.

    Raises:
        RehearsalFailed: its file has errors; all of them are in the sentence.
    """
    try:
        return read_initiative(script.initiative.read_bytes())
    except Invalid as error:
        name = script.initiative.name
        raise RehearsalFailed(0, t("{file}: {problem}", file=name, problem=error.text)) from error


async def prepare(player: Player, script: Script, done: Callable[[], None]) -> None:
    """Load the initiative as owner, then register every participant; `done` is called after each act.

    Raises:
        RehearsalFailed: the bot refused or failed.
    """
    file = script.initiative

    async def load(acting: Player) -> None:
        shown = await acting.command("initiative load", file=(file.name, file.read_bytes()))
        await acting.confirm(shown, "initiative-apply")

    await player.act(player.world.owner, load)
    done()
    for person in player.world.participants:
        await _register(player, person)
        done()


async def _register(player: Player, person: Person) -> None:
    async def register(acting: Player) -> None:
        await acting.command(
            "participants set",
            member=person.actor,
            constituency=acting.world.speaks_for(person),
            organisation=person.organisation,
        )

    await player.act(player.world.owner, register)
