"""One's own page, and what is said before and after somebody is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.cards.ballot import about
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button, card, escape, listing, one_line, rows
from seminar.initiative import Initiative
from seminar.model import Status, VoteBy
from seminar.terms import STATE_WORDS
from seminar.words import Text, t, tn
from services.drafting.rec_views import Page
from services.people.forgetting import Forgotten
from services.people.own_data import OwnCounts
from services.people.registering import Person
from services.voting.ballot_views import BallotView

_BALLOTS_ROOM = 600  # characters of a layout's 4,000
_BALLOT = 160


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What somebody sees of themselves; `may_register`: there are codes that nobody has entered yet."""

    person: Person
    recommendations: Page
    ballots: Sequence[BallotView]
    counts: OwnCounts
    may_register: bool


def own_page(page: OwnPage, initiative: Initiative, tr: Translator) -> discord.ui.LayoutView:
    """How one is registered, what is open, what one has written."""
    person, own = page.person, page.recommendations
    listed = "\n".join(
        f"- **{rec.reference}** {one_line(rec.title, 120)} · {tr(STATE_WORDS[rec.state])}"
        for rec in own.items
    )
    more = own.total - len(own.items)
    buttons = [
        Button(tr(t("What can I vote on?")), custom_id("vote-list"), emoji="🗳️"),
        Button(tr(t("Help")), custom_id("help"), emoji="❔"),
    ]
    if page.may_register:
        buttons.append(Button(tr(t("Register")), custom_id("register"), emoji="🔑"))
    return card(
        f"## {escape(person.name)}",
        "\n".join(map(tr, standing(person, initiative))),
        _ballots(page.ballots, tr),
        f"**{tr(t('Your recommendations'))}**\n" + (listed or tr(t("None yet."))),
        tr(tn("and {count} more", "and {count} more", more)) if more > 0 else None,
        _written(page.counts, tr),
        tr(t("-# `/me export` gives you everything that is kept about you, `/me forget` removes it.")),
        *rows(buttons),
    )


def standing(person: Person, initiative: Initiative) -> list[Text]:
    """How somebody is registered, in sentences to them."""
    titles = {constituency.code: constituency.title for constituency in initiative.constituencies}
    if person.status is None:
        told = [t("You are not registered yet. Press I am here, or simply take part.")]
    elif person.status is Status.OBSERVER:
        told = [t("You are registered as an observer: you can follow and discuss, and do not vote.")]
    elif person.constituency in titles:  # one that the initiative no longer has does not count
        told = [
            t(
                "You are registered as a participant and speak for {constituency}.",
                constituency=escape(titles[person.constituency]),
            )
        ]
    else:
        told = [t("You are registered as a participant.")]
    if person.organisation:
        named = escape(person.organisation)
        together = initiative.rules.vote_by is VoteBy.DELEGATION and person.status is Status.PARTICIPANT
        told.append(
            t("Your delegation is {organisation}; it holds one vote together.", organisation=named)
            if together
            else t("Organisation: {organisation}", organisation=named)
        )
    return told


def _ballots(ballots: Sequence[BallotView], tr: Translator) -> str | None:
    if not ballots:
        return None
    lines = [
        "- "
        + tr(
            t(
                "{label} is open until {moment}",
                label=f"**{ballot.label}** ({one_line(about(ballot), _BALLOT)})",
                moment=ballot.closes_at,
            )
        )
        for ballot in ballots
    ]
    return listing(tr, lines, _BALLOTS_ROOM)


def _written(counts: OwnCounts, tr: Translator) -> str | None:
    told = []
    if counts.amendments:
        told.append(tn("{count} amendment of yours", "{count} amendments of yours", counts.amendments))
    if counts.contributions:
        told.append(
            tn("{count} argument on the record", "{count} arguments on the record", counts.contributions)
        )
    return " · ".join(map(tr, told)) or None


def forget_card(tr: Translator) -> discord.ui.LayoutView:
    """What being forgotten means, before it is done."""
    points = (
        t(
            "Your name, account, constituency, organisation and registration are removed; you can no longer "
            "vote."
        ),
        t(
            "Your votes in open ballots are withdrawn. Of closed secret ballots nobody knows which vote was "
            "yours."
        ),
        t("Drafts, papers you are filling in, codes and lists you have sent are deleted."),
        t("Recommendations, amendments and arguments stay, as those of a former participant."),
        t("The ledger keeps your acts under a random pseudonym that leads to nobody any more."),
        t("What you wrote in threads yourself stays in Discord until you delete it there."),
        t(
            "Files that were exported stay with those who have them, and so do backups; when one is "
            "restored you are forgotten again."
        ),
        t("If you come back, you are somebody new."),
    )
    return card(
        "### " + tr(t("Do you want to be forgotten here?")),
        "\n".join(f"- {tr(point)}" for point in points),
        tr(t("This cannot be undone. `/me export` gives you a copy of everything first.")),
        *rows(
            [
                Button(tr(t("Forget me")), custom_id("forget-me"), style=discord.ButtonStyle.danger),
                Button(tr(t("Keep everything")), custom_id("forget-not")),
            ]
        ),
    )


def forgotten_card(done: Forgotten, unreached: Sequence[str], tr: Translator) -> discord.ui.LayoutView:
    """What was done, and what could not be reached."""
    told = [t("You are forgotten here.")]
    if redrawn := len(done.cards) - len(unreached):
        told.append(
            tn(
                "{count} card was drawn again without you.",
                "{count} cards were drawn again without you.",
                redrawn,
            )
        )
    if unreached:
        told.append(
            t(
                "Discord did not let the bot draw these cards again yet; it goes on trying: {references}.",
                references=tuple(unreached[:20]),
            )
        )
    if done.ballots:
        told.append(
            t(
                "The key of {ballots} cannot be read, so your vote there could not be found; it will not be "
                "counted, as you are no longer entitled.",
                ballots=done.ballots,
            )
        )
    told.append(t("What you wrote in threads yourself, and files exported before, the bot cannot reach."))
    return card("\n".join(map(tr, told)))
