"""The words every report for people uses, so that all formats say a thing the same way."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from reports.format import Words
from reports.model import RankingReport, RankingRow
from seminar.model import Counts, State
from seminar.terms import OUTCOME_WORDS, STATE_WORDS
from seminar.words import Text, t, tn

TITLE = t("Ranked recommendations")
EMPTY = t("There are no recommendations yet.")
NO_BALLOT = t("Not yet voted on.")
WITHDRAWN = t("Withdrawn before a vote.")
NO_VOTES = t("no votes")
CONTESTED = t("contested")
FOR, AGAINST, ABSTAIN = t("for"), t("against"), t("abstain")
OTHERS = t("others")
YES, NO = t("yes"), t("no")

ORDERING_AIDS = t(
    "Within a theme of an event, recommendations are ordered by outcome, then by consensus index, then by "
    "Wilson lower bound. Both figures are ordering aids: they are not statements of confidence and say "
    "nothing about people who did not vote."
)
CONSENSUS_NOTE = t(
    "The consensus index is the geometric mean, over the constituencies that voted, of their support; "
    "an abstention counts half. Support across constituencies therefore weighs more than a large majority "
    "in one."
)
CONTESTED_NOTE = t(
    "A recommendation is contested when it was carried although a constituency with at least 3 votes on it "
    "had more against than for."
)
POOLED_NOTE = t("Constituencies with few voters stand together as “others”.")
NO_COMPARISON = t("Ranks hold within one theme of one event and cannot be compared across them.")

NOTES: tuple[Text, ...] = (ORDERING_AIDS, CONSENSUS_NOTE, CONTESTED_NOTE, POOLED_NOTE, NO_COMPARISON)
"""What a reader must know to read the figures rightly; in every report for people."""


def local(value: datetime, zone: str) -> str:
    """A moment on the clock of `zone`, in an order no reader mistakes: `2014-10-22 11:00`."""
    return f"{value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def as_of(report: RankingReport) -> Text:
    """When the report was made, in the initiative's own time."""
    return t(
        "As of {moment} ({zone}).", moment=local(report.generated_at, report.time_zone), zone=report.time_zone
    )


def outcome_words(row: RankingRow, words: Words) -> str:
    """`carried`, `carried, contested`, `withdrawn`, or nothing where nothing was decided."""
    if row.outcome is None:
        return words(STATE_WORDS[row.state]) if row.state is State.WITHDRAWN else ""
    outcome = OUTCOME_WORDS[row.outcome]
    return words(t("{outcome}, contested", outcome=outcome) if row.contested else outcome)


def counts_words(counts: Counts, words: Words) -> str:
    """`9 for, 2 against, 1 abstaining`."""
    return words(
        t(
            "{for_votes} for, {against_votes} against, {abstentions} abstaining",
            for_votes=counts.for_,
            against_votes=counts.against,
            abstentions=counts.abstain,
        )
    )


def turnout_words(row: RankingRow, words: Words) -> str:
    """`12 of 20 entitled to vote did so.`, or nothing without a ballot."""
    if row.turnout is None or row.electorate is None:
        return ""
    return words(
        tn(
            "{voted} of {count} entitled to vote did so.",
            "{voted} of {count} entitled to vote did so.",
            row.electorate,
            voted=row.turnout,
        )
    )


def group_words(group: str, words: Words) -> str:
    """A published group's name: its code, or the word for those pooled together."""
    return words(OTHERS) if group == "others" else group


def groups_words(row: RankingRow, words: Words) -> str:
    """The figures by constituency in one line, or nothing where there are none."""
    return "; ".join(
        words(t("{group}: {counts}", group=group_words(group, words), counts=counts_words(votes, words)))
        for group, votes in (row.by_constituency or {}).items()
    )


def share(value: float | None) -> str:
    """An index in 0…1 to three decimals, or nothing."""
    return "" if value is None else f"{value:.3f}"


def score(row: RankingRow) -> str:
    """An index of the same decimals as its neighbours where there are votes for and against, else plain."""
    return number(row.score) if row.counts is None else share(row.score)


def number(value: int | float | None) -> str:
    """A figure without needless decimals, or nothing."""
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")
