"""How a ballot came out, as it is read out to the room: turnout, then each recommendation in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.cards import silence as silences
from bot.cards.ballot import Groups
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button, escape
from seminar.methods import METHODS, silence
from seminar.methods.base import Figures, in_order
from seminar.methods.rating import RatingFigures
from seminar.methods.support import SupportFigures
from seminar.model import Purpose, VoteBy
from seminar.rating_words import steadiness
from seminar.terms import counts_text
from seminar.words import Text, t, tn
from services.voting.ballot_views import BallotResult


def outcome_sentences(result: BallotResult, groups: Groups) -> list[Text]:
    """Everything that is read out; `groups` are the constituencies' titles by code."""
    ballot = result.ballot
    method = METHODS[ballot.rules.method]
    figures: Sequence[Any] = result.figures
    if method.relative:
        figures = [ranked.figures for ranked in in_order(method, figures)]
    titles = {item.reference: escape(item.title) for item in ballot.items}
    verdicts = method.sentences(
        figures, titles, {code: escape(title) for code, title in groups.items()}, ballot.rules
    )
    sentences = _silence_turnout(result) if method.name == silence.name else _turnout(result)
    for one, verdict in zip(figures, verdicts, strict=True):
        sentences.append(t("- {verdict}", verdict=verdict))
        sentences += [t(" - {detail}", detail=detail) for detail in _details(result, one)]
    if ballot.rules.purpose is Purpose.INDICATIVE:
        sentences.append(t("The ballot was indicative: it changes nothing."))
    return [*sentences, _sealed(result)]


def outcome_buttons(result: BallotResult, tr: Translator) -> list[Button]:
    """What can be done after closing: while a series waits for it, its next round; and the record."""
    ballot = result.ballot
    record = Button(tr(t("Cast-vote record")), custom_id("record", ballot.id), emoji="🧾")
    if not ballot.kept:
        return [record]
    following = tr(t("Open round {round}", round=ballot.rules.round + 1))
    return [
        Button(following, custom_id("ballot-round", ballot.id), style=discord.ButtonStyle.primary),
        Button(tr(t("End the series")), custom_id("ballot-end-series", ballot.id)),
        record,
    ]


def _turnout(result: BallotResult) -> list[Text]:
    ballot = result.ballot
    if ballot.rules.vote_by is VoteBy.DELEGATION:
        sentences = [
            tn(
                "Ballot {label} is closed. {voted} of {count} delegation entitled to vote did so.",
                "Ballot {label} is closed. {voted} of {count} delegations entitled to vote did so.",
                result.electorate,
                label=ballot.label,
                voted=result.voters,
            )
        ]
    else:
        sentences = [
            tn(
                "Ballot {label} is closed. {voted} of {count} person entitled to vote did so.",
                "Ballot {label} is closed. {voted} of {count} people entitled to vote did so.",
                result.electorate,
                label=ballot.label,
                voted=result.voters,
            )
        ]
    if result.set_aside:
        sentences.append(_set_aside(result))
    return sentences


def _set_aside(result: BallotResult) -> Text:
    if result.ballot.rules.vote_by is VoteBy.DELEGATION:
        return tn(
            "The vote of {count} delegation that is no longer entitled was set aside.",
            "The votes of {count} delegations that are no longer entitled were set aside.",
            result.set_aside,
        )
    return tn(
        "The votes of {count} person who is no longer entitled were set aside.",
        "The votes of {count} people who are no longer entitled were set aside.",
        result.set_aside,
    )


def _silence_turnout(result: BallotResult) -> list[Text]:
    ballot = result.ballot
    ended = (
        t("Silence procedure {label} is broken.", label=ballot.label)
        if result.voters
        else t("Silence procedure {label} has ended: nobody objected.", label=ballot.label)
    )
    return [ended, silences.notified_text(ballot)]


def _details(result: BallotResult, figures: Figures) -> list[Text]:
    """What belongs beside the outcome of one recommendation: hands, recusals, steadiness."""
    details = []
    if isinstance(figures, SupportFigures) and figures.room.total:
        details.append(t("Of these by show of hands: {counts}.", counts=counts_text(figures.room)))
    if _hands_set_aside(result, figures):
        details.append(
            t(
                "The show of hands was set aside: with the votes in chat it was more than all those "
                "entitled, so that somebody was counted twice."
            )
        )
    recused: int = getattr(figures, "recused", 0)  # nobody stands aside where nobody votes
    if recused:
        details.append(tn("{count} stood aside.", "{count} stood aside.", recused))
    steady = steadiness(figures) if isinstance(figures, RatingFigures) else None
    if steady is not None:
        details.append(t("{steadiness}.", steadiness=steady))
    return details


def _hands_set_aside(result: BallotResult, figures: Figures) -> bool:
    """Whether hands were entered on the item and none was counted."""
    positions = {item.position for item in result.ballot.items if item.reference == figures.reference}
    entered = any(hands.counts.total for hands in result.ballot.room if hands.position in positions)
    return entered and isinstance(figures, SupportFigures) and not figures.room.total


def _sealed(result: BallotResult) -> Text:
    head = f"`{result.ledger_head}`"
    if result.ballot.kept:
        return t(
            "The votes are kept under the ballot's key until the series ends, so that the next round can "
            "show everybody their own answers. Head of the ledger: {head}",
            head=head,
        )
    if result.ballot.silent:
        return t("Head of the ledger: {head}", head=head)
    return t("The votes are sealed. Head of the ledger: {head}", head=head)
