"""The message of an amendment in the discussion, and the private screens around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.cards.colours import CALM, state_colour
from bot.cards.difference import changes_text, conflicts_text
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import CARD_TEXT_LIMIT, Button, card, escape, line, listing, one_line, rows
from seminar.lifecycle import Act, can
from seminar.model import AmendmentStatus, Change, State
from seminar.terms import AMENDMENT_WORDS, STATE_WORDS
from seminar.wording import FIELD_WORDS
from seminar.words import Text, t, tn
from services.drafting.amendments import AmendmentView

FRAME = 1000  # characters that the message needs at most for everything but difference and reasons
_REASON = 600  # characters of a reason after escaping
_ACCENTS = {
    AmendmentStatus.OPEN: CALM,
    AmendmentStatus.ACCEPTED: state_colour(State.ADOPTED),
    AmendmentStatus.REJECTED: state_colour(State.NOT_ADOPTED),
    AmendmentStatus.WITHDRAWN: state_colour(State.WITHDRAWN),
}


def amendment_card(amendment: AmendmentView, tr: Translator) -> discord.ui.LayoutView:
    """The amendment as everybody sees it, with the buttons that second it and decide on it."""
    room = CARD_TEXT_LIMIT - FRAME - _REASON * (bool(amendment.reason) + bool(amendment.decision))
    shown = changes_text(amendment.before, amendment.after, tr, room)
    buttons = _buttons(amendment, tr)
    if not shown.whole:
        whole = custom_id("amendment-whole", amendment.reference, amendment.number)
        buttons.append(Button(tr(t("Whole difference")), whole, emoji="🔍"))
    return card(
        f"### ✏️ {tr(title(amendment))}",
        f"-# {tr(_byline(amendment))}",
        f"**{tr(t('Reason'))}** {one_line(amendment.reason, _REASON - 40)}" if amendment.reason else None,
        line(),
        shown.text,
        None if shown.whole else f"-# {tr(t('(Shortened; the button below shows the whole difference.)'))}",
        line(),
        "\n".join(map(tr, _standing(amendment))),
        *rows(buttons),
        accent=_ACCENTS[amendment.status],
    )


def title(amendment: AmendmentView) -> Text:
    """What it is called wherever it stands by itself."""
    return t("Amendment {number} to {reference}", number=amendment.number, reference=amendment.reference)


def accept_button(amendment: AmendmentView, called: str) -> Button:
    """Makes it the text; its id says which revision the person had before them."""
    arguments: list[object] = [amendment.reference, amendment.number]
    if amendment.revision > 1:
        arguments.append(amendment.revision)
    return Button(
        called,
        custom_id("amendment-accept", *arguments),
        style=discord.ButtonStyle.success,
        disabled=not amendment.acceptable,
    )


def conflict_buttons(amendment: AmendmentView, tr: Translator) -> list[Button]:
    """What to do about a conflict; none where there is none."""
    if not (amendment.open and amendment.conflicting):
        return []
    named = (amendment.reference, amendment.number)
    return [
        Button(tr(t("Compare three ways")), custom_id("amendment-compare", *named), emoji="🔀"),
        Button(tr(t("Rework")), custom_id("amendment-rework", *named)),
    ]


def derive_button(reference: str, number: int, tr: Translator) -> Button:
    """Proposes a rejected amendment as a recommendation; the house refuses whoever is not its author."""
    made = custom_id("amendment-derive", reference, number)
    return Button(tr(t("Propose it as its own")), made, emoji="🌱")


def _buttons(amendment: AmendmentView, tr: Translator) -> list[discord.ui.Button[Any]]:
    named = (amendment.reference, amendment.number)
    match amendment.status:
        case AmendmentStatus.OPEN:
            reject = Button(
                tr(t("Reject")), custom_id("amendment-reject", *named), style=discord.ButtonStyle.danger
            )
            if not _amendable(amendment):
                return [reject]
            return [
                Button(tr(t("Second")), custom_id("amendment-second", *named), emoji="👍"),
                accept_button(amendment, tr(t("Accept"))),
                reject,
                *conflict_buttons(amendment, tr),
            ]
        case AmendmentStatus.REJECTED if amendment.derived is None:
            return [derive_button(*named, tr)]
        case _:
            return []


def _amendable(amendment: AmendmentView) -> bool:
    """Whether its recommendation may still be changed. A vote passes without the message being drawn anew,
    so that what is offered meanwhile is offered again after it."""
    return amendment.state is State.VOTING or can(amendment.state, Act.AMEND)


def _byline(amendment: AmendmentView) -> Text:
    author = amendment.author_shown
    shown = one_line(author, 100) if isinstance(author, str) else author
    if amendment.reworked_by_other:
        return t("asked for by {author}, reworked by a facilitator", author=shown)
    if amendment.revision > 1:
        return t("asked for by {author}, reworked since", author=shown)
    return t("asked for by {author}", author=shown)


def _standing(amendment: AmendmentView) -> list[Text]:
    """Where it stands, who seconds it, and what is in its way."""
    told = [_status(amendment)]
    if amendment.seconds:
        told.append(tn("{count} person seconds it.", "{count} people second it.", amendment.seconds))
    if amendment.earlier_seconds:
        told.append(
            tn(
                "{count} of them seconded it before it was reworked.",
                "{count} of them seconded it before it was reworked.",
                amendment.earlier_seconds,
            )
        )
    if amendment.open and amendment.conflicting:
        told.append(conflict(amendment))
    elif amendment.open and amendment.base_version != amendment.current_version:
        told.append(t("The text has changed elsewhere since; this is what would change now."))
    if amendment.derived is not None:
        told.append(t("It has become {reference}.", reference=amendment.derived))
    return told


def _status(amendment: AmendmentView) -> Text:
    why = one_line(amendment.decision, _REASON - 40)
    match amendment.status:
        case AmendmentStatus.ACCEPTED:
            version = amendment.version or 0
            if why:
                return t(
                    "Accepted: it is in version {version}. Reason: {reason}", version=version, reason=why
                )
            return t("Accepted: it is in version {version}.", version=version)
        case AmendmentStatus.REJECTED:
            return t("Rejected. Reason: {reason}", reason=why) if why else t("Rejected.")
        case AmendmentStatus.WITHDRAWN:
            return t("Withdrawn by its author.")
        case _ if not _amendable(amendment):
            return t(
                "Open, but {reference} is {state}, and nothing is amended in it now.",
                reference=amendment.reference,
                state=STATE_WORDS[amendment.state],
            )
        case _:
            return t(
                "Open: the author of {reference} or a facilitator decides.", reference=amendment.reference
            )


def conflict(amendment: AmendmentView) -> Text:
    """Why an open amendment cannot be accepted as it is."""
    too_long = amendment.merge().too_long
    if too_long:
        return t(
            "⚠️ Together with what has changed since it is too long in {fields}; it has to be reworked.",
            fields=tuple(FIELD_WORDS[name] for name in too_long),
        )
    return t("⚠️ It touches words that have changed since; it has to be reworked before it can be accepted.")


def which_change(amendment: AmendmentView, tr: Translator, *, wording: bool) -> discord.ui.LayoutView:
    """Asks what accepting it does to a text that was decided on; `wording` offers the editorial way."""
    seen = (amendment.reference, amendment.number, amendment.current_version, amendment.revision)
    ways = [(Change.SUBSTANTIVE, t("In substance"))]
    if wording:
        ways.append((Change.EDITORIAL, t("Only its wording")))
    shown = changes_text(amendment.before, amendment.after, tr, CARD_TEXT_LIMIT - FRAME)
    return card(
        "### " + tr(title(amendment)),
        tr(_what_follows(amendment)),
        None if wording else tr(t("Only a facilitator can say that a change is one of wording alone.")),
        line(),
        shown.text,
        *rows(
            [
                Button(tr(called), custom_id("amendment-accept-as", *seen, change.value))
                for change, called in ways
            ]
        ),
    )


def _what_follows(amendment: AmendmentView) -> Text:
    """What either kind of change does to a text that was decided on."""
    if amendment.state is State.FORWARDED:
        return t(
            "{reference} is before the conference. In substance: it needs a new decision before it can be "
            "finalised, and everybody who voted is told. Only its wording: what was decided stands.",
            reference=amendment.reference,
        )
    return t(
        "{reference} is adopted. In substance: the text is under discussion again, needs a new vote, "
        "and everybody who voted is told. Only its wording: it stays adopted.",
        reference=amendment.reference,
    )


def comparison(amendment: AmendmentView, tr: Translator) -> discord.ui.LayoutView | None:
    """Every place in conflict three ways; None where that does not fit a message."""
    made = amendment.merge()
    shown = conflicts_text(made, tr, CARD_TEXT_LIMIT - FRAME)
    if not shown.whole:
        return None
    return card(
        "### " + tr(title(amendment)),
        tr(conflict(amendment)),
        line() if shown.text else None,
        shown.text,
        *rows(conflict_buttons(amendment, tr)[1:]),
    )


def amendments_list(
    reference: str, amendments: Sequence[AmendmentView], tr: Translator
) -> discord.ui.LayoutView:
    """All of a recommendation's amendments, the open ones first."""
    if not amendments:
        return card(tr(t("Nobody has asked to amend {reference} yet.", reference=escape(reference))))
    told = [_line(one, tr) for one in sorted(amendments, key=lambda one: (not one.open, one.number))]
    heading = tn(
        "{count} amendment to {reference}",
        "{count} amendments to {reference}",
        len(amendments),
        reference=amendments[0].reference,
    )
    return card("### " + tr(heading), listing(tr, told, CARD_TEXT_LIMIT - FRAME))


def _line(amendment: AmendmentView, tr: Translator) -> str:
    status: Text = AMENDMENT_WORDS[amendment.status]
    if amendment.open and amendment.conflicting:
        status = t("open, in conflict with the text")
    told = [tr(status), one_line(tr(amendment.author_shown), 100)]
    if amendment.seconds:
        told.append(tr(tn("{count} second", "{count} seconds", amendment.seconds)))
    shown = f"**{amendment.number}** · " + " · ".join(told)
    return f"{shown}\n-# {one_line(amendment.reason, 150)}" if amendment.reason else shown
