"""From what a facilitator typed to what is voted on and by which rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import lifecycle, references
from seminar.amounts import parse_quorum, parse_threshold
from seminar.errors import Invalid, NotFound, Refused
from seminar.initiative import Initiative
from seminar.lifecycle import Act
from seminar.methods import METHODS, method, silence
from seminar.methods.base import Method
from seminar.model import (
    BallotRules,
    EventStatus,
    Purpose,
    Quorum,
    Reasons,
    Secrecy,
    Showing,
    State,
)
from seminar.terms import STATE_WORDS
from seminar.words import Text, t
from services.drafting.acting import leading_on
from services.voting.ballot_reading import bearing_of, label_of
from services.voting.ballot_views import BallotRequest
from storage import ballots, events
from storage.ballots import CandidateRow

CLOSES_IN = "3d"
MOST_ITEMS = 60
POINTS, MOST_POINTS = 10, 1000
SEATS = 3
MOST_ROUNDS = 5
OPTIONS = ("points", "most", "seats", "importance", "rounds")
"""What a request may say that only some methods take."""

E = TypeVar("E", Secrecy, Reasons, Showing, Purpose)


def rules_for(initiative: Initiative, request: BallotRequest) -> BallotRules:
    """The rules asked for; what was left open comes from the initiative, or is the method's default.

    Raises:
        Invalid: one of them cannot be read, or does not go with the method.
    """
    defaults = initiative.rules
    chosen = method(request.method.strip().lower())
    rules = BallotRules(
        method=chosen.name,
        threshold=parse_threshold(request.threshold or defaults.threshold),
        quorum=parse_quorum(request.quorum or defaults.quorum),
        secrecy=_one_of(Secrecy, request.secrecy or defaults.secrecy.value),
        reasons=_one_of(Reasons, request.reasons or Reasons.NONE.value),
        receipts=defaults.receipts,
        purpose=_one_of(Purpose, request.purpose or Purpose.DECISIVE.value),
        results=_one_of(Showing, request.results or Showing.HIDDEN.value),
        vote_by=defaults.vote_by,
    )
    rules = replace(rules, **_own_options(chosen, request))
    if chosen.name == silence.name:
        return _silence_rules(rules)
    if rules.results is Showing.LIVE and rules.purpose is not Purpose.INDICATIVE:
        raise Invalid(
            t("Only an indicative ballot can show its totals live; add purpose: indicative, or leave it out.")
        )
    if rules.reasons is Reasons.AGAINST and chosen.on_paper:
        raise Invalid(t("Nobody votes against on this ballot; ask everybody for a reason, or nobody."))
    return rules


def _silence_rules(rules: BallotRules) -> BallotRules:
    """A silence knows no quorum, and who breaks it does so openly."""
    if rules.purpose is Purpose.INDICATIVE or rules.results is Showing.LIVE:
        raise Invalid(t("A silence procedure decides; for a mere sounding choose another method."))
    return replace(rules, quorum=Quorum(), secrecy=Secrecy.OPEN, reasons=Reasons.NONE, receipts=False)


def _own_options(chosen: Method[Any], request: BallotRequest) -> dict[str, Any]:
    """What this method alone asks; an option of another method is refused, not passed over."""
    foreign = {name: getattr(request, name) for name in OPTIONS if name not in chosen.options}
    given = tuple(name for name, value in foreign.items() if value is not None and value is not False)
    if given:
        raise Invalid(
            t("A ballot by {method} has no {options}; leave that out.", method=chosen.name, options=given)
        )
    points = _within(request.points, POINTS, MOST_POINTS, t("points"))
    read = {
        "points": points,
        "most": _within(request.most, points, points, t("most")),
        "seats": None if request.seats is None else _within(request.seats, 1, MOST_ITEMS, t("seats")),
        "importance": bool(request.importance),
        "rounds": _within(request.rounds, 1, MOST_ROUNDS, t("rounds")),
    }
    return {name: value for name, value in read.items() if name in chosen.options}


def _within(given: int | None, default: int, most: int, name: Text) -> int:
    if given is None:
        return default
    if not 1 <= given <= most:
        raise Invalid(t("“{name}” is a whole number from 1 to {most}.", name=name, most=most))
    return given


def with_seats(rules: BallotRules, items: int) -> BallotRules:
    """The rules of a short list over so many items: three seats unless asked otherwise.

    Raises:
        Invalid: there are fewer items than seats.
    """
    if "seats" not in METHODS[rules.method].options:
        return rules
    if rules.seats is not None and rules.seats > items:
        raise Invalid(
            t(
                "A short list of {seats} cannot be chosen from {items}; ask for fewer seats.",
                seats=rules.seats,
                items=items,
            )
        )
    return replace(rules, seats=rules.seats or min(SEATS, items))


def _one_of(kind: type[E], typed: str) -> E:
    try:
        return kind(typed.strip().lower())
    except ValueError:
        known = tuple(member.value for member in kind)
        raise Invalid(
            t("“{typed}” is not possible here; choose one of {known}.", typed=typed[:40], known=known)
        ) from None


async def choose(
    tx: AsyncConnection, initiative: Initiative, guild_id: int, request: BallotRequest, rules: BallotRules
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
        chosen = await _of_theme(tx, guild_id, theme, request.channel_id, rules)
    else:
        raise Invalid(t("Name a theme, or the references to vote on, such as CAP-01, CAP-02."))
    await require_votable(tx, guild_id, chosen, rules)
    return chosen


async def require_votable(
    tx: AsyncConnection, guild_id: int, chosen: Sequence[CandidateRow], rules: BallotRules
) -> None:
    """Let pass what can be on one ballot of these rules now.

    Raises:
        Refused: too many, of two events, of an event that is not open, one that is not admitted, or
            one that is on another ballot beside which this one may not run.
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
    beside = await ballots.open_on(tx, [row.id for row in chosen])
    for row in chosen:
        try:
            _require_free(row, beside.get(row.id, ()), rules)
        except Refused as refused:
            raise Refused(await leading_on(tx, row.id, State(row.state), refused.text)) from None


def _require_free(row: CandidateRow, present: Sequence[ballots.BallotRow], rules: BallotRules) -> None:
    state = State(row.state)
    for other in present:
        if state is State.VOTING or not _may_join(rules, other):
            raise Refused(
                t(
                    "{reference} is already under vote in ballot {label}.",
                    reference=row.reference,
                    label=label_of(other),
                )
            )
    if not lifecycle.can(state, Act.OPEN_BALLOT):
        raise Refused(
            t(
                "{reference} is {state}; only a recommendation that is under discussion, or forwarded to "
                "a conference, can be put to the vote.",
                reference=row.reference,
                state=STATE_WORDS[state],
            )
        )


def _may_join(rules: BallotRules, other: ballots.BallotRow) -> bool:
    return lifecycle.may_overlap(bearing_of(rules), rules.method, bearing_of(other.rules), other.method)


async def _named(tx: AsyncConnection, guild_id: int, named: Sequence[str]) -> tuple[CandidateRow, ...]:
    found = await ballots.candidates_named(tx, guild_id, named)
    missing = tuple(reference for reference in named if reference not in found)
    if missing:
        raise NotFound(t("Not found here: {references}.", references=missing))
    return tuple(found[reference] for reference in named)


async def _of_theme(
    tx: AsyncConnection, guild_id: int, theme: str, channel_id: int | None, rules: BallotRules
) -> tuple[CandidateRow, ...]:
    rows = await ballots.candidates_of_theme(tx, guild_id, theme)
    beside = await ballots.open_on(tx, [row.id for row in rows])
    admitted = [
        row
        for row in rows
        if lifecycle.can(State(row.state), Act.OPEN_BALLOT)
        and all(_may_join(rules, other) for other in beside.get(row.id, ()))
    ]
    if not admitted:
        for row in rows:
            if row.id in beside:
                _require_free(row, beside[row.id], rules)
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
