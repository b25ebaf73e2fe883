"""A ballot as a facilitator previews it and as the room sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from bot.cards import silence as silences
from bot.cards.ballot_rules import may_vote_text, needs_quorum, rules_text, turnout_text
from bot.cards.colours import ENDED, OPEN
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import CARD_TEXT_LIMIT, Button, card, listing, one_line, rows
from seminar.initiative import Initiative
from seminar.methods import METHODS
from seminar.model import BallotStatus, Showing, VoteBy
from seminar.terms import counts_text
from seminar.words import Text, t
from services.voting.ballot_views import BallotHead, BallotView, ClosingPreview
from services.voting.live import live_figures
from services.voting.silences import Said
from storage.rooms import RoomRow

LISTED = 3000  # characters of a list of items; longer lists end in a count
NAMED = 3  # references by which a ballot is known in a list
DETAILS = 1400  # characters of totals, hands and statements
FRAME = 300  # characters for the roles that a post mentions

Groups = Mapping[str, str]
"""The constituencies' titles by code."""


def groups_of(initiative: Initiative) -> Groups:
    return {constituency.code: constituency.title for constituency in initiative.constituencies}


def items_list(ballot: BallotView, tr: Translator, room: int = LISTED) -> str:
    """The items of a ballot, a line each, cut to `room` characters."""
    return listing(tr, [f"- **{item.reference}** {one_line(item.title, 220)}" for item in ballot.items], room)


def silence_buttons(ballot: BallotHead, tr: Translator) -> list[Button]:
    """What can be done with a silence procedure while it runs."""
    return [
        Button(
            tr(t("Break silence")),
            custom_id("silence-break", ballot.id),
            style=discord.ButtonStyle.danger,
            emoji="✋",
        ),
        Button(tr(t("Explain position")), custom_id("silence-explain", ballot.id), emoji="💬"),
    ]


def voting_buttons(ballot: BallotView, tr: Translator) -> list[Button]:
    """What leads to taking part in a ballot that is open."""
    if ballot.silent:
        return silence_buttons(ballot, tr)
    vote = tr(t("Vote"))
    style = discord.ButtonStyle.primary
    return [Button(vote, custom_id("sheet", ballot.id), style=style, emoji="🗳️")]


def about(ballot: BallotHead) -> str:
    """The first references of a ballot, by which it is known in a line."""
    names = [item.reference for item in ballot.items]
    return ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")


def name_text(ballot: BallotView) -> Text:
    """What a ballot is called: `Ballot B3`, or `Silence procedure B3`."""
    if ballot.silent:
        return t("Silence procedure {label}", label=ballot.label)
    return t("Ballot {label}", label=ballot.label)


def extended_text(ballot: BallotView) -> Text:
    """The new end of a ballot."""
    if ballot.silent:
        return t(
            "Silence procedure {label} now ends on {moment}.", label=ballot.label, moment=ballot.closes_at
        )
    return t("Ballot {label} now closes on {moment}.", label=ballot.label, moment=ballot.closes_at)


def preview_card(ballot: BallotView, tr: Translator) -> discord.ui.LayoutView:
    """What a facilitator confirms; it waits for that as long as may be."""
    silent = ballot.silent
    heading = t("Start this silence procedure?") if silent else t("Open this ballot?")
    confirm = t("Start the silence") if silent else t("Open the ballot")
    told = _silence_preview(ballot) if silent else _preview(ballot)
    waits = t("It waits until you open it, here or later: `/ballot list` shows it.")
    rules = "\n".join(map(tr, told))
    head, foot = "### " + tr(heading), "-# " + tr(waits)
    return card(
        head,
        items_list(ballot, tr, _room(head, rules, foot)),
        rules,
        foot,
        *rows(
            [
                Button(tr(confirm), custom_id("ballot-open", ballot.id), style=discord.ButtonStyle.success),
                Button(tr(t("Discard")), custom_id("ballot-discard", ballot.id)),
            ]
        ),
    )


def _preview(ballot: BallotView) -> list[Text]:
    closes = t("It closes on {moment}.", moment=ballot.closes_at)
    return [may_vote_text(ballot), closes, *rules_text(ballot)]


def _silence_preview(ballot: BallotView) -> list[Text]:
    warning = silences.warning_text(ballot)
    return [
        silences.notified_text(ballot),
        silences.ends_text(ballot),
        *([warning] if warning else []),
        *silences.meaning(),
    ]


def ballot_card(
    ballot: BallotView, tr: Translator, groups: Groups, said: Sequence[Said] = ()
) -> discord.ui.LayoutView:
    """The ballot's own message: while it is open, with what leads to taking part.

    `said` is what has been said in a silence procedure.
    """
    open_ = ballot.status is BallotStatus.OPEN
    silent = ballot.silent
    emoji, rules = ("🤫", silences.meaning()) if silent else ("🗳️", rules_text(ballot))
    heading = f"## {emoji} {tr(name_text(ballot))}"
    explained = "\n".join(map(tr, rules)) if open_ else ""
    first, *others = _standing(ballot)
    standing = "\n".join([f"**{tr(first)}**", *map(tr, others)])
    details = listing(
        tr,
        [
            *(f"- {tr(shown)}" for shown in (*_live(ballot), *hands_shown(ballot, groups))),
            *(f"- {shown}" for shown in silences.statement_lines(said, tr)),
        ],
        DETAILS,
    )
    return card(
        heading,
        items_list(ballot, tr, _room(heading, explained, standing, details)),
        explained,
        standing,
        details,
        *rows(voting_buttons(ballot, tr) if open_ else []),
        accent=OPEN if open_ else ENDED,
    )


def _standing(ballot: BallotView) -> list[Text]:
    """Until when it is open or how it ended, then the turnout."""
    if ballot.silent:
        standing = silences.standing_text(ballot)
        return [standing] if ballot.notified is None else [standing, silences.notified_text(ballot)]
    match ballot.status:
        case BallotStatus.OPEN if ballot.rules.results is Showing.LIVE:
            return [t("Open until {moment}.", moment=ballot.closes_at), turnout_text(ballot)]
        case BallotStatus.OPEN:
            hidden = t("Open until {moment}. The result is hidden until closing.", moment=ballot.closes_at)
            return [hidden, turnout_text(ballot)]
        case BallotStatus.CANCELLED:
            return [t("Cancelled. All votes were destroyed unseen.")]
        case _ if ballot.sealed:
            return [t("Closed. The votes are sealed."), turnout_text(ballot)]
        case _ if ballot.kept:
            kept = t("Closed. Until the series ends the votes are kept under the ballot's key.")
            return [kept, turnout_text(ballot)]
        case _:
            return [t("Closed."), turnout_text(ballot)]


def _live(ballot: BallotView) -> list[Text]:
    """The totals of an indicative ballot as last drawn, for the items that are still on it."""
    if ballot.status is not BallotStatus.OPEN or ballot.rules.results is not Showing.LIVE:
        return []
    drawn = {figures.reference: figures for figures in live_figures(ballot)}
    method = METHODS[ballot.rules.method]
    totals = [
        t("{reference}: {totals}", reference=item.reference, totals=method.totals(drawn[item.reference]))
        for item in ballot.items
        if item.reference in drawn
    ]
    if totals:
        return totals
    if ballot.rules.vote_by is VoteBy.DELEGATION:
        return [t("Totals are shown once three delegations have voted.")]
    return [t("Totals are shown once three have voted.")]


def hands_shown(ballot: BallotView, groups: Groups, reference: str | None = None) -> list[Text]:
    """The shows of hands on a ballot that takes votes, or on one of its items, a line each."""
    if ballot.status is not BallotStatus.OPEN:
        return []
    wanted = {item.position: item.reference for item in ballot.items if reference in (None, item.reference)}
    return [
        _hands(wanted[hands.position], hands, groups)
        for hands in ballot.room
        if hands.counts.total and hands.position in wanted
    ]


def _hands(reference: str, hands: RoomRow, groups: Groups) -> Text:
    counts = counts_text(hands.counts)
    if hands.constituency is None:
        line = t("{reference}, by show of hands: {counts}", reference=reference, counts=counts)
    else:
        group = one_line(groups.get(hands.constituency, hands.constituency), 100)
        line = t(
            "{reference}, by show of hands of {group}: {counts}",
            reference=reference,
            group=group,
            counts=counts,
        )
    if not hands.asked:
        return line
    return t("{line} (asked: {asked})", line=line, asked=one_line(hands.asked, 150))


def _room(*parts: str) -> int:
    """The characters that are left for the items of a card beside its other parts."""
    return min(LISTED, CARD_TEXT_LIMIT - FRAME - sum(map(len, parts)))


def closing_card(preview: ClosingPreview, tr: Translator) -> discord.ui.LayoutView:
    """Turnout and items below quorum, before a facilitator closes early."""
    ballot = preview.ballot
    return card(
        "### " + tr(t("Close ballot {label} now?", label=ballot.label)),
        standing_text(preview, tr),
        *rows(
            [
                Button(
                    tr(t("Close the ballot")),
                    custom_id("ballot-close", ballot.id),
                    style=discord.ButtonStyle.danger,
                ),
                Button(tr(t("Leave it open")), custom_id("ballot-leave", ballot.id)),
            ]
        ),
    )


def standing_text(preview: ClosingPreview, tr: Translator) -> str:
    """Turnout, deadline and what is still below quorum; never a result."""
    ballot = preview.ballot
    if ballot.silent:
        return "\n".join(map(tr, (silences.notified_text(ballot), silences.standing_text(ballot))))
    closes = t("It closes on {moment}.", moment=ballot.closes_at)
    return "\n".join(map(tr, (turnout_text(ballot), _quorum_standing(preview), closes)))


def _quorum_standing(preview: ClosingPreview) -> Text:
    if not needs_quorum(preview.ballot.rules):
        return t("No quorum is needed.")
    if preview.below_quorum:
        return t("Below quorum: {references}.", references=preview.below_quorum)
    return t("Every item has its quorum.")
