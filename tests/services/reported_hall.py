"""A seminar and a conference in which something of everything happened, for reports to tell."""

from __future__ import annotations

import secrets
from typing import Any

from seminar.conference import Ending
from seminar.model import Actor, Change, Counts, Role, Stance
from services.drafting.recommendations import Draft
from services.record.exports import Exports, Wanted
from tests.services.conference_hall import BRUSSELS, OTHER, Hall
from tests.services.polling_station import ABSTAIN, AGAINST, FOR
from tests.services.small_seminar import GUILD, TEXT, Seminar, actor
from tests.small_initiative import INITIATIVE

NAMES = ("Zebulonia Quartermain", "Xanthippe Ó Floinn", "Ysolde Vandermeulen", "Wolfram Übelacker")
ORGANISATIONS = ("Institute of Quixotry", "Zymurgy Foundation", "Ministry of Whimsy", "Xylem Council")
MAILS = ("zq@quixotry.example", "xof@zymurgy.example")
"""Nowhere else: whatever file they are found in has them from the store."""

THINK_TANKS = """
[[constituencies]]
code = "TTA"
title = "Think tanks and academia"
"""


def initiative(attribution: str, more: str = "") -> str:
    """The small initiative with a conference and a third constituency, and with that attribution."""
    text = INITIATIVE.replace('attribution = "named"', f'attribution = "{attribution}"')
    return text.replace("[[themes]]", f"{THINK_TANKS}[[themes]]", 1) + BRUSSELS + more


def exports(hall: Seminar) -> Exports:
    """Everything that can be exported of the hall's store."""
    return Exports(hall.db, hall.clock, hall.initiatives)


async def report(hall: Hall, kind: str, **limits: Any) -> Any:
    """The report of that kind."""
    return await exports(hall).report(GUILD, Wanted(kind, **limits))


async def crowd(hall: Hall, **sizes: int) -> dict[str, list[Actor]]:
    """So many participants of each constituency; the first four have the names and organisations above."""
    held: dict[str, list[Actor]] = {}
    number = 0
    for code, size in sizes.items():
        for _ in range(size):
            name = NAMES[number] if number < len(NAMES) else f"Person {number}"
            who = actor(2000 + number, Role.PARTICIPANT, name=name, constituencies=(code,))
            organisation = ORGANISATIONS[number % len(ORGANISATIONS)]
            await hall.participants.set(
                hall.organiser,
                who.user_id,
                name,
                (who.roles, who.constituencies),
                constituency=code,
                organisation=organisation,
            )
            held.setdefault(code, []).append(who)
            number += 1
    return held


async def propose(hall: Hall, who: Actor, title: str, theme: str = "CAP", event: str = "ROM") -> str:
    """A proposal to two entities and one that is none; its reference."""
    draft = Draft(
        theme=theme,
        event=event,
        title=title,
        text=TEXT,
        rationale="Illustrative, not adopted text.",
        addressees="DPKO; CMPD; Troop contributors",
    )
    return (await hall.recommendations.propose(who, draft, secrets.token_hex(8))).reference


async def hold(hall: Hall, attribution: str = "named", *, un: int = 5, eu: int = 5, tta: int = 4) -> None:
    """Rome with every kind of act, Brussels with every kind of end.

    CAP-01 is contested, CAP-02 edited and final, CAP-03 final by Brussels' own ballot, CAP-04 open,
    CAP-05 not finalised, CAP-06 not adopted, CAP-07 withdrawn, CAP-08 merged into CAP-01, CAP-09 undecided.
    """
    await hall.load(initiative(attribution), by=hall.owner)
    await hall.events.open(hall.organiser, "ROM")
    people = await crowd(hall, UN=un, EU=eu, TTA=tta)
    everybody = [who for group in people.values() for who in group]
    first, second = everybody[0], everybody[1]
    for number in range(1, 10):
        await propose(hall, everybody[number % len(everybody)], f"Recommendation {number}")
        hall.clock.pass_(hours=3)
    await hall.recommendations.second(first, "CAP-01")
    await _discuss(hall, first, people["TTA"][0])
    await hall.recommendations.withdraw(everybody[7], "CAP-07")
    shown = (await hall.recommendations.get(GUILD, "CAP-01")).wording
    await hall.merge(hall.facilitator, ["CAP-08"], "CAP-01", shown, f"{TEXT} With one list.")
    ballot = await hall.open(theme=None, references="CAP-01, CAP-02, CAP-03, CAP-04, CAP-05, CAP-06")
    for who in people["UN"]:
        await hall.vote(who, ballot, FOR, FOR, FOR, FOR, FOR, AGAINST)
    for who in people["EU"]:
        await hall.vote(who, ballot, FOR, FOR, ABSTAIN, FOR, FOR, AGAINST)
    for who in people["TTA"]:
        await hall.vote(who, ballot, AGAINST, FOR, FOR, ABSTAIN, FOR, FOR)
    hall.clock.pass_(days=1)
    await hall.close(ballot)
    await _break_a_silence(hall, people["TTA"][0], second)
    await hall.argue(second, "CAP-01", Stance.RESERVATION, "Only where mandates allow it.")
    await hall.conference.forward(hall.organiser, "ROM")
    await hall.events.close(hall.organiser, "ROM")
    hall.clock.pass_(days=40)
    await hall.events.open(hall.organiser, "BRU")
    await _at_brussels(hall, first, people)


async def _discuss(hall: Hall, first: Actor, small: Actor) -> None:
    """Arguments of every stance, one taken back and one set aside; an amendment that is turned down."""
    for stance, text in (
        (Stance.FOR, "It worked in 2003."),
        (Stance.AGAINST, "It costs posts."),
        (Stance.QUESTION, "Who keeps the list?"),
        (Stance.EVIDENCE, "See the lessons learned."),
    ):
        await hall.argue(small if stance is Stance.AGAINST else first, "CAP-01", stance, text)
    await hall.argue(first, "CAP-01", Stance.FOR, "Taken back later.")
    await hall.withdraw_argument(first, "CAP-01", 5)
    await hall.argue(first, "CAP-01", Stance.FOR, "Off the subject.")
    await hall.set_aside(hall.facilitator, "CAP-01", 6)
    rec = await hall.recommendations.get(GUILD, "CAP-02")
    await hall.amend(small, "CAP-02", rec.version, rec.wording, OTHER)
    await hall.reject(hall.facilitator, "CAP-02", 1)


async def _break_a_silence(hall: Hall, breaker: Actor, other: Actor) -> None:
    ballot = await hall.open(method="silence", theme=None, references="CAP-09")
    await hall.silences.explain(other, ballot.id, "We take it as a beginning.")
    await hall.silences.break_silence(breaker, ballot.id, "Not before the budget is known.")


async def _at_brussels(hall: Hall, first: Actor, people: dict[str, list[Actor]]) -> None:
    await hall.reword("CAP-02", TEXT.replace("should plan", "shall plan"), Change.EDITORIAL, by=first)
    await hall.finalise("CAP-02")
    await hall.reword("CAP-03", f"{TEXT} And finish together.", by=first)
    ballot = await hall.open(theme=None, references="CAP-03, CAP-04")
    for who in people["UN"]:
        await hall.vote(who, ballot, FOR, AGAINST)
    for who in people["TTA"]:
        await hall.vote(who, ballot, FOR, FOR)
    await hall.room.enter(hall.facilitator, ballot.id, "CAP-03", Counts(2, 1, 0), "EU", "the EU delegates")
    await hall.close(ballot)
    await hall.finalise("CAP-03")
    await hall.finalise("CAP-05", Ending.NOT_FINALISED, "Overtaken by a decision elsewhere.")
