"""What `/help` answers: only what this person can do at this moment, the most urgent first.

Every line that names a command names one that exists and that the person may use
now; what has to happen first is said instead of what would be refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.cards.ballot import about
from bot.cards.ballot_rules import turnout_text
from bot.cards.colours import CALM
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button, card, escape, rows
from seminar.initiative import Initiative
from seminar.methods import support
from seminar.model import Actor, Role, Status, VoteBy
from seminar.words import Text, Value, t, tn
from services.events import EventView
from services.people.participants import Overview
from services.people.registering import Person
from services.voting.ballot_views import BallotView

_LISTED = 6  # open ballots that are told one by one


@dataclass(frozen=True, slots=True)
class OpenBallot:
    """A ballot that is open; `undone` items wait for this person's vote, None for one without a vote.

    Of a silence nothing is undone. `filled` says that the person has a paper on which so many items are
    done and which does not count, since it is not submitted; `changed` that another paper counts so far.
    """

    ballot: BallotView
    undone: int | None
    filled: int | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """How things stand for one person; `waiting` recommendations are under discussion.

    `prepared` ballots wait for a facilitator's tap and `queued` proposals to be admitted; both are 0 for
    others. `adopted` could be forwarded to a conference, `forwarded` wait for its decision; both are 0 for
    whoever leads nothing, and where every conference is closed. `person` is None for somebody who holds
    neither a participant nor an observer role.
    `may_register`: a code waits here for somebody, who may be this person.
    """

    initiative: Initiative
    actor: Actor
    person: Person | None
    opened: Sequence[EventView]
    ballots: Sequence[OpenBallot]
    waiting: int
    overview: Overview
    prepared: int = 0
    queued: int = 0
    may_register: bool = False
    adopted: int = 0
    forwarded: int = 0


def nothing_loaded(tr: Translator, actor: Actor) -> discord.ui.LayoutView:
    """Before there is an initiative: what whoever manages the server does next."""
    if not actor.may_manage_server:
        return card(
            _heading(tr),
            tr(
                t(
                    "This server has no initiative yet. Somebody who may manage the server loads one; "
                    "then this help tells you what you can do."
                )
            ),
            accent=CALM,
        )
    steps = (
        t("`/initiative load` with your initiative file: it names events, themes and roles."),
        t("`/event open` opens an event, makes its channel and pins a start panel there."),
        t("Give people the Discord roles that the file names. They register by taking part."),
    )
    return card(
        _heading(tr),
        tr(t("This server has no initiative yet. Set it up in three steps:")),
        "\n".join(f"{number}. {tr(step)}" for number, step in enumerate(steps, start=1)),
        accent=CALM,
    )


def help_card(moment: Moment, tr: Translator) -> discord.ui.LayoutView:
    """The answer for one person at one moment, with the buttons that do it."""
    roles = moment.actor.roles
    return card(
        _heading(tr),
        f"**{escape(moment.initiative.head.title)}**\n{_now(moment, tr)}",
        _lines(_standing(moment), tr),
        _lines(_votes(moment), tr),
        _section(t("You can"), _taking_part(moment), tr),
        _section(t("As a facilitator"), _facilitating(moment), tr) if Role.FACILITATOR in roles else None,
        _section(t("As an organiser"), _organising(moment), tr) if Role.ORGANISER in roles else None,
        *rows(_buttons(moment, tr)),
        accent=CALM,
    )


def _heading(tr: Translator) -> str:
    return "## " + tr(t("What you can do here, now"))


def _section(heading: Text, points: Sequence[Text], tr: Translator) -> str:
    return f"**{tr(heading)}**\n" + "\n".join(f"- {tr(point)}" for point in points)


def _lines(sentences: Sequence[Text], tr: Translator) -> str | None:
    return "\n".join(map(tr, sentences)) or None


def _now(moment: Moment, tr: Translator) -> str:
    """Which events are open, and where."""
    if not moment.opened:
        return tr(t("No event is open now."))
    return "\n".join(
        tr(t("Open now: {event} in {channel}.", event=escape(e.event.title), channel=f"<#{e.channel_id}>"))
        if e.channel_id
        else tr(t("Open now: {event}.", event=escape(e.event.title)))
        for e in moment.opened
    )


def _standing(moment: Moment) -> list[Text]:
    """Who the person is here, and what that means for voting."""
    actor, person = moment.actor, moment.person
    if person is None:
        if actor.roles:
            return []
        wanted = moment.initiative.roles.participant
        told = [t("You hold no role of this seminar yet, so you can only read.")]
        if wanted:
            told.append(
                t(
                    "To take part you need the role {roles}; an organiser gives it to you.",
                    roles=_named(wanted),
                )
            )
        if actor.may_manage_server:
            organising = _named(moment.initiative.roles.organiser)
            told.append(
                t("You manage this server: whoever holds the role {roles} is an organiser.", roles=organising)
            )
        return told
    if person.status is Status.OBSERVER or Role.OBSERVER in actor.roles:
        return [t("You are here as an observer: you can read and discuss, and do not vote.")]
    if person.status is None:
        return [t("You are not registered yet: press **I am here**, or simply take part.")]
    if moment.initiative.rules.vote_by is VoteBy.DELEGATION and not person.organisation:
        return [t("One vote is held by each delegation here; ask an organiser to enter you in yours.")]
    if moment.initiative.constituencies and person.constituency is None:
        if actor.constituencies or moment.initiative.rules.self_declaration:
            return [t("Before your first vote you are asked whom you speak for.")]
        return [t("Nobody votes without a constituency; ask an organiser to enter you in one.")]
    return []


def _named(roles: Sequence[str]) -> tuple[Value, ...]:
    """Discord roles as the initiative names them, by name or id."""
    return tuple(f"<@&{role}>" if role.isdigit() else f"**{escape(role)}**" for role in roles)


def _votes(moment: Moment) -> list[Text]:
    """What is being voted on, and how much of it is left to this person."""
    told = [_vote(one) for one in moment.ballots[:_LISTED]]
    more = len(moment.ballots) - len(told)
    return [*told, tn("and {count} more", "and {count} more", more)] if more else told


def _vote(one: OpenBallot) -> Text:
    label, closes_at = f"**{one.ballot.label}**", one.ballot.closes_at
    if one.ballot.silent:
        return _silence(one, f"{label} ({about(one.ballot)})")
    if one.undone is None:
        return t(
            "🗳️ {label} is open until {moment}. {turnout}",
            label=label,
            moment=closes_at,
            turnout=turnout_text(one.ballot),
        )
    if one.filled is not None:
        return _not_submitted(one, label)
    if one.undone == 0:
        return t(
            "✅ {label}: you have voted on everything, and can change it until {moment}.",
            label=label,
            moment=closes_at,
        )
    return tn(
        "🗳️ {label}: {count} of {total} items still waits for your vote, until {moment}. `/vote`",
        "🗳️ {label}: {count} of {total} items still wait for your vote, until {moment}. `/vote`",
        one.undone,
        label=label,
        total=len(one.ballot.items),
        moment=closes_at,
    )


def _silence(one: OpenBallot, label: str) -> Text:
    """What is adopted and when, and the way to object for whoever may."""
    if one.undone is None:
        return t(
            "🤫 {label} is adopted on {moment} unless somebody objects.",
            label=label,
            moment=one.ballot.closes_at,
        )
    return t(
        "🤫 {label} is adopted on {moment} unless somebody objects, which you can do under `/vote`.",
        label=label,
        moment=one.ballot.closes_at,
    )


def _not_submitted(one: OpenBallot, label: str) -> Text:
    """That what is filled in does not count yet, until when it can be made to, and what counts so far."""
    if one.changed:
        return t(
            "✏️ {label}: what you filled in last counts only if you submit it until {moment}; until then "
            "what was submitted before counts. `/vote`",
            label=label,
            moment=one.ballot.closes_at,
        )
    return t(
        "✏️ {label}: your paper ({done} of {total} done) counts only if you submit it until {moment}. `/vote`",
        label=label,
        done=one.filled or 0,
        total=len(one.ballot.items),
        moment=one.ballot.closes_at,
    )


def _taking_part(moment: Moment) -> list[Text]:
    points: list[Text] = []
    if _proposes(moment):
        points += [
            t("`/recommend` proposes a recommendation. On a message: Apps, Recommend this."),
            t(
                "`/second` supports somebody else's, `/amend` asks for another text, `/withdraw` takes yours "
                "back."
            ),
            t("`/argue` puts an argument on the record. On a message: Apps, Add to the record."),
        ]
    points.append(t("`/recommendations` lists what was proposed, `/recommendation` shows one."))
    if moment.actor.roles and Role.ORGANISER not in moment.actor.roles:
        points.append(t("`/follow-up list` shows what became of what was adopted."))
    if moment.may_register:
        points.append(t("**Register** with your code, if an organiser gave you one."))
    if moment.person is not None:
        points.append(t("`/me show` says how you are registered and what you proposed."))
        points.append(t("`/me export` gives you what is kept about you, `/me forget` removes it."))
        if moment.initiative.rules.receipts:
            points.append(t("`/me receipts` shows your receipts, and finds a published vote by its receipt."))
    return points


def _proposes(moment: Moment) -> bool:
    """Whether a proposal of this person would be taken now."""
    roles, person = moment.actor.roles, moment.person
    observes = Role.OBSERVER in roles or (person is not None and person.status is Status.OBSERVER)
    return bool(moment.opened) and Role.PARTICIPANT in roles and not observes


def _facilitating(moment: Moment) -> list[Text]:
    points: list[Text] = []
    if moment.queued:
        points.append(
            tn(
                "{count} proposal waits to be admitted: `/moderate queue` shows it.",
                "{count} proposals wait to be admitted: `/moderate queue` shows them.",
                moment.queued,
            )
        )
    if moment.waiting:
        points.append(
            tn(
                "{count} recommendation is under discussion: `/ballot open` puts it to the vote.",
                "{count} recommendations are under discussion: `/ballot open` puts them to the vote.",
                moment.waiting,
            )
        )
        points.append(t("`/silence start` adopts without a vote what nobody objects to in time."))
        if not moment.ballots:  # while votes are open there is more urgent work
            points.append(t("`/moderate merge` makes one of several, `/moderate split` two of one."))
    if moment.forwarded and _conference_open(moment):
        points.append(
            tn(
                "{count} text is before the conference: `/ballot open` puts it to the vote there.",
                "{count} texts are before the conference: `/ballot open` puts them to the vote there.",
                moment.forwarded,
            )
        )
    if moment.prepared:
        points.append(
            tn(
                "{count} ballot is prepared: `/ballot list` opens it by one tap.",
                "{count} ballots are prepared: `/ballot list` opens each by one tap.",
                moment.prepared,
            )
        )
    points += _leading([one.ballot for one in moment.ballots])
    if any(one.ballot.rules.method == support.name for one in moment.ballots):
        points.append(t("`/ballot hands` enters a show of hands in the room."))
    if not points:
        points.append(t("Nothing is under discussion now, so there is nothing to put to the vote."))
    return points


def _leading(ballots: Sequence[BallotView]) -> list[Text]:
    """What can be done with what is open: a silence is not closed, and a last item not taken out."""
    if not ballots:
        return []
    if all(ballot.silent for ballot in ballots):
        points = [t("`/ballot extend` gives a silence more time, `/ballot cancel` calls it off.")]
    else:
        points = [
            t("`/ballot status` shows turnout, `/ballot remind` reminds those who have not voted."),
            t("`/ballot extend` gives more time, `/ballot close` counts now, `/ballot cancel` calls it off."),
        ]
    if any(len(ballot.items) > 1 for ballot in ballots):
        points.append(t("`/ballot remove` takes one item out and lets the rest go on."))
    return points


def _organising(moment: Moment) -> list[Text]:
    points: list[Text] = []
    if moment.opened:
        points.append(t("`/event close` ends an event; what was proposed stays."))
    else:
        points.append(t("Next: `/event open` opens an event and makes its channel."))
    points += _conferring(moment)
    here = moment.overview
    points += [
        t(
            "Registered: {participants} and {observers}; see `/participants list`. `/participants import` "
            "registers a list, `/participants set` one.",
            participants=tn("{count} participant", "{count} participants", here.participants),
            observers=tn("{count} observer", "{count} observers", here.observers),
        ),
        t("`/results` shows the rankings, `/export` writes them and the reports as files."),
        t("`/follow-up set` enters what addressees do, `/follow-up list` shows it."),
        t(
            "`/initiative show` shows the seminar's setting, `/initiative load` brings a new file, "
            "`/initiative logo` a logo for the covers."
        ),
        t("`/audit verify` proves that nothing was changed, `/audit log` lists every act."),
    ]
    return points


def _conference_open(moment: Moment) -> bool:
    return any(one.event.kind == "conference" for one in moment.opened)


def _conferring(moment: Moment) -> list[Text]:
    """What goes to the conference, and what is done there."""
    points: list[Text] = []
    if moment.adopted:
        points.append(
            tn(
                "{count} recommendation is adopted: `/conference forward` sends it to the conference.",
                "{count} recommendations are adopted: `/conference forward` sends them to the conference.",
                moment.adopted,
            )
        )
    if moment.forwarded:
        points += [
            tn(
                "{count} text waits for the conference's decision: `/conference agenda` puts the agenda in "
                "order, `/conference present` presents a text.",
                "{count} texts wait for the conference's decision: `/conference agenda` puts the agenda in "
                "order, `/conference present` presents a text.",
                moment.forwarded,
            ),
            t("`/conference finalise` makes a text final, or leaves it without a final text."),
        ]
    return points


def _buttons(moment: Moment, tr: Translator) -> list[Button]:
    buttons = []
    if moment.person is not None and moment.person.status is None:
        buttons.append(Button(tr(t("I am here")), custom_id("here"), emoji="✋"))
    if moment.may_register:
        buttons.append(Button(tr(t("Register")), custom_id("register"), emoji="🔑"))
    if any(one.undone is not None for one in moment.ballots):
        style = discord.ButtonStyle.primary
        buttons.append(Button(tr(t("Vote")), custom_id("vote-list"), style=style, emoji="🗳️"))
    if _proposes(moment):
        buttons.append(Button(tr(t("Propose")), custom_id("propose"), emoji="📝"))
    buttons.append(Button(tr(t("Browse")), custom_id("browse"), emoji="📚"))
    if moment.person is not None:
        buttons.append(Button(tr(t("My page")), custom_id("my-page"), emoji="👤"))
    return buttons
