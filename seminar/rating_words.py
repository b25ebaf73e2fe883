"""How the figures of a `rating` ballot are said: whole sentences, each of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seminar.amounts import quorum_count
from seminar.appropriateness import Class
from seminar.model import BallotRules, Outcome
from seminar.words import Text, Value, t, tn

if TYPE_CHECKING:  # the method says these words, so at run time it comes after them
    from seminar.methods.rating import RatingFigures


def verdict(figures: RatingFigures) -> Text:
    """Class and plain figures."""
    said = totals(figures)
    if figures.outcome is Outcome.NO_QUORUM:
        return t("No quorum: {figures}.", figures=said)
    match figures.classed:
        case None:
            return t("Not rated.")
        case Class.SUPPORTED if figures.agreed:
            return t("Supported by consensus: {figures}.", figures=said)
        case Class.SUPPORTED:
            return t("Supported: {figures}.", figures=said)
        case Class.UNCERTAIN if figures.disagreement:
            return t("Uncertain, with disagreement: {figures}.", figures=said)
        case Class.UNCERTAIN:
            return t("Uncertain: {figures}.", figures=said)
        case Class.NOT_SUPPORTED:
            return t("Not supported: {figures}.", figures=said)


def totals(figures: RatingFigures) -> Text:
    """Median and number of ratings, with the median importance where there is one."""
    if figures.median is None:
        return t("no ratings")
    said: dict[str, Value] = {"median": number(figures.median), "ratings": ratings_words(figures.ratings)}
    if figures.importance_median is None:
        return t("median {median} from {ratings}", **said)
    return t(
        "median {median} from {ratings}, importance {importance}",
        importance=number(figures.importance_median),
        **said,
    )


def spread(figures: RatingFigures) -> Text:
    """What a voter is told in the next round of how all rated an item in the last one."""
    if figures.median is None or figures.q1 is None or figures.q3 is None:
        return t("last round: nobody rated it")
    middle, low, high = number(figures.median), number(figures.q1), number(figures.q3)
    if low == high:
        return t("last round: median {median}, half of the ratings at {median}", median=middle)
    return t(
        "last round: median {median}, half of the ratings between {low} and {high}",
        median=middle,
        low=low,
        high=high,
    )


def steadiness(figures: RatingFigures) -> Text | None:
    """How far ratings stayed what they were in the round before; None where that is not known."""
    steady = figures.stability
    if steady is None:
        return None
    stayed = round(steady.unchanged * steady.voters)
    if steady.kappa is None:
        return tn(
            "{stayed} of {count} voter who rated it in both rounds stayed in the same third of the scale",
            "{stayed} of {count} voters who rated it in both rounds stayed in the same third of the scale",
            steady.voters,
            stayed=stayed,
        )
    return tn(
        "{stayed} of {count} voter who rated it in both rounds stayed in the same third of the scale; "
        "weighted kappa {kappa}",
        "{stayed} of {count} voters who rated it in both rounds stayed in the same third of the scale; "
        "weighted kappa {kappa}",
        steady.voters,
        stayed=stayed,
        kappa=f"{steady.kappa:.2f}",
    )


def number(value: float) -> str:
    """A median or percentile without needless decimals: `7`, `6.5`, `5.25`."""
    return f"{value:g}"


def ratings_words(count: int) -> Text:
    """`1 rating`, `17 ratings`."""
    return tn("{count} rating", "{count} ratings", count)


def sentence(figures: RatingFigures, title: str, rules: BallotRules) -> Text:
    """The result of one recommendation, fit to be read out."""
    said: dict[str, Value] = {"reference": figures.reference, "title": title}
    if figures.outcome is Outcome.NO_QUORUM:
        return tn(
            "{reference}, “{title}”: no result for want of a quorum, with {count} paper submitted "
            "where {needed} were needed.",
            "{reference}, “{title}”: no result for want of a quorum, with {count} papers submitted "
            "where {needed} were needed.",
            figures.turnout,
            needed=quorum_count(rules.quorum, figures.electorate),
            **said,
        )
    if figures.median is None:
        return t("{reference}, “{title}”: nobody rated it.", **said)
    said |= {"median": number(figures.median), "ratings": ratings_words(figures.ratings)}
    match figures.classed:
        case Class.SUPPORTED if figures.agreed:
            return t(
                "{reference}, “{title}”: supported by consensus, with a median of {median} from {ratings}.",
                **said,
            )
        case Class.SUPPORTED:
            return t("{reference}, “{title}”: supported, with a median of {median} from {ratings}.", **said)
        case Class.NOT_SUPPORTED:
            return t(
                "{reference}, “{title}”: not supported, with a median of {median} from {ratings}.", **said
            )
        case _ if figures.disagreement:
            return t(
                "{reference}, “{title}”: uncertain, with disagreement and a median of {median} "
                "from {ratings}.",
                **said,
            )
        case _:
            return t("{reference}, “{title}”: uncertain, with a median of {median} from {ratings}.", **said)
