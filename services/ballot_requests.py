"""From what a facilitator typed to what is voted on and by which rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import lifecycle, references
from seminar.amounts import parse_quorum, parse_threshold
from seminar.errors import Invalid, NotFound, Refused
from seminar.initiative import Initiative
from seminar.lifecycle import Act
from seminar.methods import method
from seminar.model import BallotRules, EventStatus, Reasons, Secrecy, State
from seminar.terms import STATE_WORDS
from seminar.words import t
from services.ballot_views import BallotRequest
from storage import ballots, events
from storage.ballots import CandidateRow

CLOSES_IN = "3d"
MOST_ITEMS = 60

E = TypeVar("E", Secrecy, Reasons)


def rules_for(initiative: Initiative, request: BallotRequest) -> BallotRules:
    """The rules asked for; what was left open comes from the initiative.

    Raises:
        Invalid: one of them cannot be read.
    """
    defaults = initiative.rules
    return BallotRules(
        method=method(request.method.strip().lower()).name,
        threshold=parse_threshold(request.threshold or defaults.threshold),
        quorum=parse_quorum(request.quorum or defaults.quorum),
        secrecy=_one_of(Secrecy, request.secrecy or defaults.secrecy.value),
        reasons=_one_of(Reasons, request.reasons or Reasons.NONE.value),
        receipts=defaults.receipts,
    )


def _one_of(kind: type[E], typed: str) -> E:
    try:
        return kind(typed.strip().lower())
    except ValueError:
        known = tuple(member.value for member in kind)
        raise Invalid(
            t("“{typed}” is not possible here; choose one of {known}.", typed=typed[:40], known=known)
        ) from None


async def choose(
    tx: AsyncConnection, initiative: Initiative, guild_id: int, request: BallotRequest
) -> tuple[CandidateRow, ...]:
    """What goes on the ballot: the references named, in that order, or a theme's admitted ones by number.

    Raises:
        Invalid: neither a theme nor references are named, or they cannot be read.
        NotFound: something named does not exist.
        Refused: it cannot be put to the vote now.
    """
    theme = request.theme.strip().upper() if request.theme and request.theme.strip() else None
    if theme is not None:
        initiative.theme(theme)
    if request.references and request.references.strip():
        chosen = await _named(tx, guild_id, references.parse_list(request.references))
        strangers = tuple(row.reference for row in chosen if theme not in (None, row.theme))
        if theme is not None and strangers:
            raise Refused(t("Not in the theme {theme}: {references}.", references=strangers, theme=theme))
    elif theme is not None:
        chosen = await _of_theme(tx, guild_id, theme, request.channel_id)
    else:
        raise Invalid(t("Name a theme, or the references to vote on, such as CAP-01, CAP-02."))
    await require_votable(tx, guild_id, chosen)
    return chosen


async def require_votable(tx: AsyncConnection, guild_id: int, chosen: Sequence[CandidateRow]) -> None:
    """Let pass what can be on one ballot now.

    Raises:
        Refused: too many, of two events, of an event that is not open, or one that is not admitted.
    """
    if len(chosen) > MOST_ITEMS:
        raise Refused(
            t(
                "A ballot has at most {most} recommendations and these are {number}; "
                "name fewer by their references.",
                most=MOST_ITEMS,
                number=len(chosen),
            )
        )
    codes = tuple(dict.fromkeys(row.event for row in chosen))
    if len(codes) > 1:
        raise Refused(t("One ballot is held in one event, and these belong to {events}.", events=codes))
    event = await events.fetch(tx, guild_id, codes[0])
    if event is None or event.status is not EventStatus.OPEN:
        raise Refused(t("The event {code} is not open; an organiser opens it.", code=codes[0]))
    for row in chosen:
        await _require_admitted(tx, row)


async def _require_admitted(tx: AsyncConnection, row: CandidateRow) -> None:
    state = State(row.state)
    if state is State.VOTING:
        number = await ballots.open_ballot_on(tx, row.id)
        raise Refused(
            t(
                "{reference} is already under vote in ballot {label}.",
                reference=row.reference,
                label=f"B{number}",
            )
        )
    if not lifecycle.can(state, Act.OPEN_BALLOT):
        raise Refused(
            t(
                "{reference} is {state}; only an admitted recommendation can be put to the vote.",
                reference=row.reference,
                state=STATE_WORDS[state],
            )
        )


async def _named(tx: AsyncConnection, guild_id: int, named: Sequence[str]) -> tuple[CandidateRow, ...]:
    found = await ballots.candidates_named(tx, guild_id, named)
    missing = tuple(reference for reference in named if reference not in found)
    if missing:
        raise NotFound(t("Not found here: {references}.", references=missing))
    return tuple(found[reference] for reference in named)


async def _of_theme(
    tx: AsyncConnection, guild_id: int, theme: str, channel_id: int | None
) -> tuple[CandidateRow, ...]:
    rows = await ballots.candidates_of_theme(tx, guild_id, theme)
    admitted = [row for row in rows if lifecycle.can(State(row.state), Act.OPEN_BALLOT)]
    if not admitted:
        for row in rows:
            if row.state == State.VOTING:
                await _require_admitted(tx, row)
        raise Refused(t("The theme {theme} has no admitted recommendation to vote on.", theme=theme))
    known = await events.fetch_all(tx, guild_id)
    codes = list(dict.fromkeys(row.event for row in admitted))
    open_codes = [code for code in codes if code in known and known[code].status is EventStatus.OPEN]
    here = [code for code in open_codes if channel_id is not None and known[code].channel_id == channel_id]
    event, *others = here or open_codes or codes
    if others:
        raise Refused(
            t(
                "The theme {theme} has recommendations in {events}; open the ballot in the channel of one, "
                "or name the references.",
                theme=theme,
                events=(event, *others),
            )
        )
    return tuple(row for row in admitted if row.event == event)
