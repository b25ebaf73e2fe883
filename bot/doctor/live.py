"""What can only be found out by asking: Discord, the store as it is used, and the bot that runs."""

from __future__ import annotations

import json

import aiohttp

from bot.doctor.discord_now import examine_discord
from bot.doctor.finding import Finding
from bot.doctor.store_now import examine_store
from bot.settings import Settings

PATIENCE = 10.0  # seconds that a running bot has to say how it is


async def examine_live(settings: Settings) -> list[Finding]:
    """Ask all of them; nothing is sent or changed."""
    findings, held = await examine_store(settings)
    return [*findings, *await examine_discord(settings, held), *await _running(settings.watch.port)]


async def _running(port: int) -> list[Finding]:
    """What the running bot says of itself, where it can be asked."""
    if not port:
        return []
    address = f"http://127.0.0.1:{port}/health"
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(address) as response:
            parts = json.loads(await response.text())
    except (aiohttp.ClientError, OSError):
        return [
            Finding(
                "warning",
                f"No bot that runs here answers at {address}.",
                "Start it; or is it running with other settings?",
            )
        ]
    except ValueError:
        parts = None
    if not isinstance(parts, dict) or "status" not in parts:
        return [
            Finding(
                "error",
                f"What answers at {address} is not the bot.",
                "Choose another port in [watch], and start the bot again.",
            )
        ]
    if parts.pop("status") != "ok":
        wrong = [f"{part} {said}" for part, said in parts.items() if said not in ("ok", "standing by")]
        return [Finding("error", f"The running bot is not well: {'; '.join(wrong)}.", "Read its log.")]
    return [Finding("ok", "The running bot says that it is well.")]
