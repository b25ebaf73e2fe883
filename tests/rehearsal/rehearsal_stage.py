"""Small scripts for the rehearsal's own tests, and a world without the bot's program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import discord
from discord.ext import commands

from rehearsal.script import DEFAULT_SCRIPT, Script, read_script
from rehearsal.setup import initiative_of
from rehearsal.simulation import simulate
from rehearsal.world import World, build_world

MORNING = datetime(2025, 10, 22, 7, 0, tzinfo=UTC)
PEOPLE = """
people = [
  { name = "Ola", roles = ["Organiser"] },
  { name = "Fay", roles = ["Facilitator"] },
  { name = "Ana", roles = ["Expert", "UN"] },
  { name = "Ben", roles = ["Expert", "EU"] },
  { name = "Mei", roles = ["Expert", "EU", "Member state"], constituency = "MS" },
  { name = "Oscar", roles = ["Observer"] },
  { name = "Zed", roles = ["Expert"] },
  { name = "Vera" },
]
"""
A_PROPOSAL = """{ who = "Ana", does = "recommend", theme = "CAP", title = "A shared register",
 text = \"\"\"Both sides should keep one register of engineers and hospitals.\"\"\" }""".replace("\n", " ")


def write_script(folder: Path, *steps: str) -> Path:
    """A script of `steps` (inline tables) over the model initiative and a handful of people."""
    script = folder / "script.toml"
    (folder / "initiative.toml").write_bytes(DEFAULT_SCRIPT.with_name("initiative.toml").read_bytes())
    lines = ",\n  ".join(steps)
    script.write_text(f'initiative = "initiative.toml"\n{PEOPLE}\nsteps = [\n  {lines}\n]\n', "utf-8")
    return script


@asynccontextmanager
async def bare_world(script: Script) -> AsyncIterator[World]:
    """The server and people of a script, with a bot that knows nothing."""
    bot = commands.Bot(command_prefix="!", intents=discord.Intents(guilds=True))
    async with simulate(bot, MORNING) as simulation:
        yield build_world(simulation, script, initiative_of(script))


def small_script(folder: Path) -> Script:
    """A script with people and no steps."""
    return read_script(write_script(folder))
