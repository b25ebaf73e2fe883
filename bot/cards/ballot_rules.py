"""What must be known of a ballot before anybody votes, in sentences: only those that its method means."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from seminar.methods import METHODS
from seminar.model import (
    Attribution,
    BallotRules,
    Purpose,
    Quorum,
    Reasons,
    Secrecy,
    Showing,
    VoteBy,
)
from seminar.words import Text, t, tn
from services.voting.ballot_views import BallotHead, BallotView

METHOD_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "support": t("support"),
        "rating": t("rating"),
        "silence": t("silence"),
        "ranked": t("ranked"),
        "points": t("points"),
        "shortlist": t("shortlist"),
    }
)
"""What a method is called in a word, as in the list from which it is chosen."""


def rules_text(ballot: BallotHead) -> tuple[Text, ...]:
    """Secrecy, how one votes, what is needed, who is asked for a reason, and what the ballot is for."""
    rules = ballot.rules
    explained = METHODS[rules.method].explained(rules)
    sentences = [secrecy_text(ballot), *([explained] if explained else []), _quorum_text(rules)]
    if rules.reasons is Reasons.ALL:
        sentences.append(t("Everybody is asked for a reason."))
    elif rules.reasons is Reasons.AGAINST:
        sentences.append(t("Those who vote against are asked for a reason."))
    if rules.rounds > 1:
        sentences.append(_round_text(rules))
    if rules.results is Showing.LIVE:
        sentences.append(
            t("Totals are shown while it is open, and drawn anew when at least three have voted or changed.")
        )
    if rules.purpose is Purpose.INDICATIVE:
        sentences.append(t("It is indicative: it informs and changes nothing."))
    elif not METHODS[rules.method].decides:
        sentences.append(t("It gives an order and adopts nothing by itself."))
    return tuple(sentences)


def secrecy_text(ballot: BallotHead) -> Text:
    """Who will be able to see who voted how: what the published record names."""
    if ballot.rules.secrecy is Secrecy.SECRET:
        return t("The ballot is secret: nobody can see who voted how.")
    match ballot.attribution:
        case Attribution.NAMED:
            return t("The ballot is open: everybody will be able to see who voted how.")
        case Attribution.ORGANISATION:
            return t("The ballot is open: everybody will be able to see which organisation voted how.")
        case Attribution.CHATHAM:
            return t(
                "The ballot is open: who voted how is on record. "
                "Under the Chatham House rule its published record names nobody."
            )


def may_vote_text(ballot: BallotView) -> Text:
    """Who is entitled, as many as there are now."""
    if ballot.rules.vote_by is VoteBy.DELEGATION:
        return tn(
            "{count} delegation may vote, with one vote each.",
            "{count} delegations may vote, with one vote each.",
            ballot.entitled,
        )
    return tn("{count} person may vote.", "{count} people may vote.", ballot.entitled)


def turnout_text(ballot: BallotView) -> Text:
    """How many of those entitled have voted."""
    if ballot.rules.vote_by is VoteBy.DELEGATION:
        return t(
            "{voted} of {entitled} delegations have voted.", voted=ballot.voted, entitled=ballot.entitled
        )
    return t("{voted} of {entitled} have voted.", voted=ballot.voted, entitled=ballot.entitled)


def needs_quorum(rules: BallotRules) -> bool:
    """Whether any turnout at all is asked for."""
    return bool(rules.quorum.number) or rules.quorum.share is not None


def _quorum_text(rules: BallotRules) -> Text:
    quorum = rules.quorum
    if not needs_quorum(rules):
        return t("No quorum is needed.")
    return _of_papers(quorum) if METHODS[rules.method].on_paper else _of_votes(quorum)


def _of_votes(quorum: Quorum) -> Text:
    if quorum.share is not None:
        return t(
            "Quorum on each item: {share} of those entitled to vote, abstentions included.", share=str(quorum)
        )
    return tn(
        "Quorum on each item: {count} vote, abstentions included.",
        "Quorum on each item: {count} votes, abstentions included.",
        quorum.number,
    )


def _of_papers(quorum: Quorum) -> Text:
    if quorum.share is not None:
        return t("Quorum: papers of {share} of those entitled to vote.", share=str(quorum))
    return tn("Quorum: {count} paper.", "Quorum: {count} papers.", quorum.number)


def _round_text(rules: BallotRules) -> Text:
    if rules.last_round:
        return t("Round {round} of {rounds}, the last.", round=rules.round, rounds=rules.rounds)
    return t(
        "Round {round} of {rounds}. Until the series ends the votes are kept under the ballot's key, "
        "so that the next round can show everybody their own answers.",
        round=rules.round,
        rounds=rules.rounds,
    )
