"""A ballot as a facilitator previews it and as the room sees it."""

from __future__ import annotations

import discord

from bot.cards.colours import ENDED, OPEN
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button, card, one_line, rows
from seminar.model import BallotRules, BallotStatus, Quorum, Reasons, Secrecy, Threshold
from seminar.words import Text, t, tn
from services.ballot_views import BallotView, ClosingPreview

LISTED = 3000  # characters of a list of items; longer lists end in a count


def items_list(ballot: BallotView, tr: Translator) -> str:
    """The items of a ballot, a line each, cut to what a card holds."""
    lines: list[str] = []
    room = LISTED
    for number, item in enumerate(ballot.items):
        made = f"- **{item.reference}** {one_line(item.title, 220)}"
        if len(made) + 1 > room:
            rest = len(ballot.items) - number
            lines.append(tr(tn("and {count} more", "and {count} more", rest)))
            break
        lines.append(made)
        room -= len(made) + 1
    return "\n".join(lines)


def rules_text(rules: BallotRules) -> tuple[Text, ...]:
    """What must be known before voting, in sentences."""
    secrecy = (
        t("The ballot is secret: nobody can see who voted how.")
        if rules.secrecy is Secrecy.SECRET
        else t("The ballot is open: everybody will be able to see who voted how.")
    )
    sentences = [secrecy, _threshold_text(rules.threshold), _quorum_text(rules.quorum)]
    if rules.reasons is Reasons.ALL:
        sentences.append(t("Everybody is asked for a reason."))
    elif rules.reasons is Reasons.AGAINST:
        sentences.append(t("Those who vote against are asked for a reason."))
    return tuple(sentences)


def _threshold_text(threshold: Threshold) -> Text:
    share = f"{threshold.share.numerator}/{threshold.share.denominator}"
    if threshold.strict:
        return t("Carried with more than {share} of the votes for and against.", share=share)
    return t("Carried with at least {share} of the votes for and against.", share=share)


def _quorum_text(quorum: Quorum) -> Text:
    if quorum.share is not None:
        return t(
            "Quorum on each item: {share} of those entitled to vote, abstentions included.", share=str(quorum)
        )
    if not quorum.number:
        return t("No quorum is needed.")
    return tn(
        "Quorum on each item: {count} vote, abstentions included.",
        "Quorum on each item: {count} votes, abstentions included.",
        quorum.number,
    )


def silence_buttons(ballot: BallotView, tr: Translator) -> list[Button]:
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


def preview_card(ballot: BallotView, tr: Translator) -> discord.ui.LayoutView:
    """What a facilitator confirms."""
    return card(
        "### " + tr(t("Open this ballot?")),
        items_list(ballot, tr),
        "\n".join(
            (
                tr(tn("{count} person may vote.", "{count} people may vote.", ballot.entitled)),
                tr(t("It closes on {moment}.", moment=ballot.closes_at)),
                *(tr(sentence) for sentence in rules_text(ballot.rules)),
            )
        ),
        *rows(
            [
                Button(
                    tr(t("Open the ballot")),
                    custom_id("ballot-open", ballot.id),
                    style=discord.ButtonStyle.success,
                ),
                Button(tr(t("Discard")), custom_id("ballot-discard", ballot.id)),
            ]
        ),
    )


def ballot_card(ballot: BallotView, tr: Translator) -> discord.ui.LayoutView:
    """The ballot's own message: while it is open, one button leads to the sheet."""
    open_ = ballot.status is BallotStatus.OPEN
    turnout = tr(t("{voted} of {entitled} have voted.", voted=ballot.voted, entitled=ballot.entitled))
    if open_:
        standing = tr(t("Open until {moment}. The result is hidden until closing.", moment=ballot.closes_at))
    elif ballot.status is BallotStatus.CANCELLED:
        standing, turnout = tr(t("Cancelled. All votes were destroyed unseen.")), ""
    else:
        standing = tr(t("Closed.")) + (" " + tr(t("The votes are sealed.")) if ballot.sealed else "")
    return card(
        "## 🗳️ " + tr(t("Ballot {label}", label=ballot.label)),
        items_list(ballot, tr),
        "\n".join(tr(sentence) for sentence in rules_text(ballot.rules)) if open_ else None,
        f"**{standing}**\n{turnout}",
        *rows(
            [
                Button(
                    tr(t("Vote")), custom_id("sheet", ballot.id), style=discord.ButtonStyle.primary, emoji="🗳️"
                )
            ]
            if open_
            else []
        ),
        accent=OPEN if open_ else ENDED,
    )


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
    below = (
        tr(t("Below quorum: {references}.", references=preview.below_quorum))
        if preview.below_quorum
        else tr(t("Every item has its quorum."))
    )
    return "\n".join(
        (
            tr(t("{voted} of {entitled} have voted.", voted=preview.voted, entitled=preview.entitled)),
            below,
            tr(t("It closes on {moment}.", moment=preview.ballot.closes_at)),
        )
    )
