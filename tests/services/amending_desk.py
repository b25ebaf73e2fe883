"""CAP-01 under amendment: asking for other words of it, and what came of that."""

from __future__ import annotations

import json
import secrets
from typing import Any

from seminar.model import Actor, State
from services.drafting.amendments import AmendmentView
from tests.services.polling_station import FOR, Station
from tests.services.small_seminar import TEXT

CAP = "CAP-01"


def wording(text: str = TEXT, **more: str) -> dict[str, str]:
    """The fields of a form for CAP-01, filled in."""
    return {"title": "Recommendation 1", "text": text, "rationale": "", "addressees": "", **more}


async def amend(
    station: Station,
    who: Actor,
    old: str,
    new: str,
    *,
    base: int = 1,
    reason: str = "",
    breaking: int | None = None,
    **more: str,
) -> AmendmentView:
    """Some words of CAP-01's first text become others."""
    assert old in TEXT
    fields = wording(TEXT.replace(old, new), **more)
    nonce = secrets.token_hex(8)
    return await station.amendments.propose(who, CAP, base, fields, reason, nonce, breaking=breaking)


async def text(station: Station) -> tuple[str, int, State]:
    """What CAP-01 says now, in which version, and where it stands."""
    rec = await station.recommendations.get(station.guild_id, CAP)
    return rec.text, rec.version, rec.state


async def ledger(station: Station) -> list[tuple[object, dict[str, Any]]]:
    """The acts on CAP-01 from its amendments on."""
    rows = await station.rows(
        "SELECT act, body FROM ledger WHERE subject = 'CAP-01' AND act <> 'recommendation.proposed' "
        "ORDER BY seq"
    )
    return [(act, json.loads(str(body))) for act, body in rows]


async def news(station: Station) -> list[tuple[object, object, object]]:
    """What is told: where, what, and to whom."""
    rows = await station.rows("SELECT kind, payload FROM outbox WHERE kind LIKE 'news%' ORDER BY id")
    told = [(kind, json.loads(str(payload))) for kind, payload in rows]
    return [(kind, one["what"], one.get("user_id")) for kind, one in told]


async def adopted(station: Station) -> None:
    """CAP-01 is adopted by three votes for."""
    for who in (station.ana, station.ben):
        await station.participants.enter(who)
    ballot = await station.open(theme=None, references=CAP)
    await station.vote(station.ana, ballot, FOR)
    await station.vote(station.ben, ballot, FOR)
    await station.close(ballot)
    await station.hush()
