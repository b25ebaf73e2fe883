"""Receipts and the votes they lead to, as one person sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

import discord

from bot.cards.colours import CALM
from bot.i18n import Translator
from bot.ui import card, escape, listing
from seminar.canonical import canonical
from seminar.terms import choice_words
from seminar.words import Text, t
from services.record.receipts import OwnReceipt
from services.record.records import FoundVote

_ROOM = 3000  # characters that a list may fill, of the 4,000 of a layout


def own_card(receipts: Sequence[OwnReceipt], tr: Translator) -> discord.ui.LayoutView:
    """One's receipts in ballots that are open, and why to note them."""
    if not receipts:
        return card(
            f"## {tr(t('Your receipts'))}",
            tr(t("You have no receipt of a ballot that is open.")),
            f"-# {tr(_AFTERWARDS)}",
            accent=CALM,
        )
    lines: list[str] = []
    for label, of_ballot in groupby(receipts, key=lambda one: one.ballot):
        lines += [f"**{tr(t('Ballot {label}', label=label))}**", *(_own(one, tr) for one in of_ballot)]
    return card(
        f"## {tr(t('Your receipts'))}",
        listing(tr, lines, _ROOM),
        f"-# {tr(t('After closing the bot no longer knows which receipt is yours: note them.'))} "
        f"{tr(_AFTERWARDS)}",
        accent=CALM,
    )


_AFTERWARDS = t("With `/me receipts` and a receipt you find its vote in the records of closed ballots.")


def _own(one: OwnReceipt, tr: Translator) -> str:
    return f"- {one.reference or tr(t('your paper'))}: `{one.receipt}`"


def found_card(found: FoundVote | OwnReceipt | None, tr: Translator) -> discord.ui.LayoutView:
    """Where a receipt stands, and the vote it stands beside."""
    if found is None:
        return card(
            tr(
                t(
                    "This receipt stands in no closed ballot here. A ballot that is open is not searched: "
                    "its votes are published when it has closed."
                )
            ),
            accent=CALM,
        )
    if isinstance(found, OwnReceipt):
        return card(
            tr(
                t(
                    "This is your own receipt in ballot {label}, which is still open; "
                    "its vote is published when it has closed.",
                    label=found.ballot,
                )
            ),
            accent=CALM,
        )
    where = f"**{tr(t('Ballot {label}', label=found.ballot))}**"
    if found.reference is not None:
        where += f" · {escape(found.reference)}"
    lines = [f"- {escape(tr(said))}" for said in vote_words(found.method, found.vote)]
    return card(f"## {tr(t('Receipt found'))}", where, listing(tr, lines, _ROOM), accent=CALM)


def vote_words(method: str, vote: Any) -> tuple[Text, ...]:
    """A published vote in words, a line for each thing it says."""
    if isinstance(vote, str):
        return (choice_words(vote),) if method == "support" else (t("{vote}", vote=vote),)
    if method not in _PAPERS:
        return (t("{vote}", vote=canonical(vote)),)
    lines = list(_PAPERS[method](vote))
    if vote.get("aside"):
        lines.append(t("Standing aside: {references}", references=", ".join(vote["aside"])))
    return tuple(lines) or (t("Nothing is left on this paper: what it was about was taken out."),)


def _numbers(answers: Mapping[str, int]) -> str:
    return ", ".join(f"{reference} {number}" for reference, number in answers.items())


def _rating(vote: Mapping[str, Any]) -> Iterable[Text]:
    if vote["ratings"]:
        yield t("Agreement: {answers}", answers=_numbers(vote["ratings"]))
    if vote.get("importance"):
        yield t("Importance: {answers}", answers=_numbers(vote["importance"]))


def _ranked(vote: Mapping[str, Any]) -> Iterable[Text]:
    if vote["ranking"]:
        yield t("Order: {order}", order=" > ".join(" = ".join(tier) for tier in vote["ranking"]))


def _points(vote: Mapping[str, Any]) -> Iterable[Text]:
    if vote["points"]:
        yield t("Points: {answers}", answers=_numbers(vote["points"]))


def _shortlist(vote: Mapping[str, Any]) -> Iterable[Text]:
    if vote["approve"]:
        yield t("Approved: {references}", references=", ".join(vote["approve"]))


_PAPERS: Mapping[str, Callable[[Mapping[str, Any]], Iterable[Text]]] = MappingProxyType(
    {"rating": _rating, "ranked": _ranked, "points": _points, "shortlist": _shortlist}
)
