"""The card of a recommendation, and what of its text must go to the thread because it does not fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.cards.arguments import argue_buttons
from bot.cards.background import MOST_LISTED, background_lines
from bot.cards.ballot import silence_buttons
from bot.cards.colours import state_colour
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import CARD_TEXT_LIMIT, Button, card, escape, line, link_button, one_line, rows
from seminar.initiative import Initiative
from seminar.lifecycle import Act, can
from seminar.methods import METHODS, silence, support
from seminar.methods.support import SupportFigures, group_words
from seminar.model import Choice, Showing, State
from seminar.terms import CHOICE_WORDS, STATE_WORDS
from seminar.words import Text, Value, t, tn
from services.drafting.recommendations import RecView
from services.voting.ballot_views import BallotView

FRAME = 1600  # characters a card needs at most for everything but text and rationale
_HEADING = 40  # of these, for the heading of the rationale in whatever language
CHOICE_STYLES = {
    Choice.FOR: discord.ButtonStyle.success,
    Choice.AGAINST: discord.ButtonStyle.danger,
    Choice.ABSTAIN: discord.ButtonStyle.secondary,
}
MESSAGE_LIMIT = 2000
MOST_AUTHORS = 4  # of what it took in, that are named
_WORDS = re.compile(r"\s{0,200}\S{1,200}|\s{1,200}")


@dataclass(frozen=True, slots=True)
class Body:
    """Text and rationale of a card, escaped; `overflow` is what its thread must carry instead."""

    text: str
    rationale: str
    overflow: tuple[str, ...]


def body(rec: RecView, tr: Translator) -> Body:
    """Divide text and rationale between card and thread, measured as Discord does: after escaping."""
    room = CARD_TEXT_LIMIT - FRAME
    text, rationale = escape(rec.text), escape(rec.rationale)
    if len(text) + len(rationale) <= room:
        return Body(text, rationale, ())
    overflow = _messages(tr(t("Rationale")), rec.rationale) if rationale else ()
    if len(text) <= room:
        return Body(text, "", overflow)
    notice = "\n" + tr(t("(The whole text stands in the thread.)"))
    shown = rec.text
    while len(escape(shown)) > room - len(notice) - 1:
        shown = shown[: len(shown) - max(1, (len(escape(shown)) - room + len(notice) + 1) // 2)]
    return Body(escape(shown) + "…" + notice, "", _messages(tr(t("Text")), rec.text) + overflow)


def _messages(heading: str, text: str) -> tuple[str, ...]:
    """`text` in as many messages as it takes, each within Discord's limit after escaping.

    They end between words where they can, so that links and mentions stay whole.
    """
    made: list[str] = []
    current = f"**{heading}**\n"
    for word in _WORDS.findall(text):
        if len(current) + len(escape(word)) > MESSAGE_LIMIT:
            made.append(current)
            current = ""
        current += escape(word)
    made.append(current)
    return tuple(made)


def recommendation_card(
    rec: RecView,
    tr: Translator,
    initiative: Initiative,
    ballots: Sequence[BallotView] = (),
    *,
    goes_on: str | None = None,
) -> discord.ui.LayoutView:
    """The card as everybody sees it; while a ballot on it is open, with the buttons that vote on it.

    One that was left behind where its text was proposed leads to the address where it `goes_on`, and offers
    nothing else.
    """
    parts = body(rec, tr)
    theme = one_line(initiative.theme(rec.theme).title, 100)
    titles = {entity.code: entity.title for entity in initiative.entities}
    addressees = "; ".join(titles.get(name, name) for name in rec.addressees)
    heading = f"## {rec.reference} · {one_line(rec.title, 220)}"
    byline = f"-# {theme} · {tr(STATE_WORDS[rec.state])} · {_byline(rec, tr)}"
    addressed = f"**{tr(t('Addressed to'))}** {one_line(addressees, 400)}" if addressees else ""
    standing = _standing(
        rec, tr, initiative, ballots, FRAME - _HEADING - len(heading) - len(byline) - len(addressed)
    )
    voting = [button for ballot in ballots for button in _voting(rec, tr, ballot)]
    return card(
        heading,
        byline,
        parts.text,
        f"**{tr(t('Rationale'))}**\n{parts.rationale}" if parts.rationale else None,
        addressed,
        line() if standing else None,
        standing,
        *rows([link_button(tr(t("Go to the discussion at the conference")), goes_on)] if goes_on else voting),
        *rows([] if goes_on else _discussing(rec, tr, under_vote=bool(voting))),
        accent=state_colour(rec.state),
    )


def _byline(rec: RecView, tr: Translator) -> str:
    """Whose proposal it is, and whose others went into it."""
    author = one_line(tr(rec.author_shown), 100)
    others = rec.background.others if rec.background is not None else ()
    if not others:
        return tr(t("proposed by {author}", author=author))
    listed: list[Value] = [one_line(tr(other), 60) for other in others[:MOST_AUTHORS]]
    more = len(others) - len(listed)
    if more:
        listed.append(tn("{count} more", "{count} more", more))
    return tr(t("proposed by {author}, with {others}", author=author, others=tuple(listed)))


def _standing(
    rec: RecView, tr: Translator, initiative: Initiative, ballots: Sequence[BallotView], room: int
) -> str:
    """Seconds, what the last ballot said or where the present ones stand, and what stands behind it.

    Within `room` characters: of its kin as many are named as fit, and at the worst the last lines go.
    """
    lines = []
    if rec.seconds:
        lines.append(tr(tn("Seconded by {count} person.", "Seconded by {count} people.", rec.seconds)))
    lines += [f"**{tr(_under_vote(ballot))}**" for ballot in ballots]
    if not ballots and rec.last_result is not None:
        figures = rec.last_result.figures
        lines.append(f"**{tr(METHODS[rec.last_result.method].verdict(figures))}**")
        if isinstance(figures, SupportFigures) and figures.contested_by:
            titles = {c.code: one_line(c.title, 60) for c in initiative.constituencies}
            groups = tuple(group_words(group, titles) for group in figures.contested_by)
            lines.append(tr(t("Contested by {groups}.", groups=groups)))
    for most in (MOST_LISTED, 3, 1):
        text = "\n".join([*lines, *(tr(line) for line in background_lines(rec, most))])
        if len(text) <= room:
            return text
    return text[: text.rfind("\n", 0, room)] if "\n" in text[:room] else ""


def _under_vote(ballot: BallotView) -> Text:
    if ballot.silent:
        return t(
            "Under a silence procedure, {ballot}, until {moment}: adopted unless somebody objects.",
            ballot=ballot.label,
            moment=ballot.closes_at,
        )
    if ballot.rules.results is Showing.LIVE:
        return t("Under vote in {ballot} until {moment}.", ballot=ballot.label, moment=ballot.closes_at)
    return t(
        "Under vote in {ballot} until {moment}. The result is hidden until closing.",
        ballot=ballot.label,
        moment=ballot.closes_at,
    )


def _discussing(rec: RecView, tr: Translator, *, under_vote: bool) -> list[Button]:
    """What can be done beside voting, in one row."""
    made = []
    if not under_vote and rec.state in (State.PROPOSED, State.ADMITTED):
        made.append(Button(tr(t("Second")), custom_id("second", rec.reference), emoji="👍"))
    if not under_vote and can(rec.state, Act.AMEND):
        made.append(Button(tr(t("Amend")), custom_id("amend", rec.reference), emoji="✏️"))
    follow = Button(tr(t("Follow")), custom_id("follow", rec.reference), emoji="🔔")
    return [*made, *argue_buttons(rec.reference, rec.state, tr), follow]


def _voting(rec: RecView, tr: Translator, ballot: BallotView) -> list[Button]:
    """The buttons of one open ballot: each item by itself is voted on here, a paper on its sheet."""
    position = next((item.position for item in ballot.items if item.reference == rec.reference), None)
    if position is None:
        return []
    match ballot.rules.method:
        case silence.name:
            return silence_buttons(ballot, tr)
        case support.name:
            return [
                *(
                    Button(
                        tr(CHOICE_WORDS[choice]),
                        custom_id("vote", ballot.id, position, choice.value),
                        style=CHOICE_STYLES[choice],
                    )
                    for choice in Choice
                ),
                Button(tr(t("All items")), custom_id("sheet", ballot.id), emoji="🗳️"),
            ]
        case _:
            vote = tr(t("Vote in {label}", label=ballot.label))
            style = discord.ButtonStyle.primary
            return [Button(vote, custom_id("sheet", ballot.id), style=style, emoji="🗳️")]
