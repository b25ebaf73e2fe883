"""The words every report for people uses, so that all formats say a thing the same way."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from reports.format import Words
from reports.models.ranking import BallotSummary, RankingRow
from reports.words.by_method import part_words, turnout_text
from seminar.methods import METHODS
from seminar.model import Counts, Purpose, State
from seminar.pooling import EVERYONE, OTHERS
from seminar.terms import OUTCOME_WORDS, STATE_WORDS, counts_text
from seminar.words import Text, t

TITLE = t("Ranked recommendations")
EMPTY = t("There are no recommendations yet.")
NO_BALLOT = t("Not yet voted on.")
WITHDRAWN = t("Withdrawn before a vote.")
NO_VOTES = t("no votes")
CONTESTED = t("contested")
FOR, AGAINST, ABSTAIN = t("for"), t("against"), t("abstain")
POOLED = t("others")
ALL = t("all")
INDICATIVE = t("The ballot was indicative: it informs and decides nothing.")
YES, NO = t("yes"), t("no")
PAIRWISE = t("Each figure says how many papers prefer the recommendation of its row to that of its column.")


def local(value: datetime, zone: str) -> str:
    """A moment on the clock of `zone`, in an order no reader mistakes: `2014-10-22 11:00`."""
    return f"{value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


class Dated(Protocol):
    """A report that says when it was made, and in which zone its moments are shown."""

    @property
    def generated_at(self) -> datetime: ...
    @property
    def time_zone(self) -> str: ...


def as_of(report: Dated) -> Text:
    """When the report was made, in the initiative's own time."""
    return t(
        "As of {moment} ({zone}).", moment=local(report.generated_at, report.time_zone), zone=report.time_zone
    )


def pairwise_title(ballot: BallotSummary) -> Text:
    """What heads the matrix of a ranked ballot."""
    return t("Pairwise comparisons of ballot {ballot}", ballot=ballot.label)


def outcome_words(row: RankingRow, words: Words) -> str:
    """`carried`, `carried, contested`, `withdrawn`, or nothing where nothing was decided."""
    if row.outcome is None:
        return words(STATE_WORDS[row.state]) if row.state is State.WITHDRAWN else ""
    outcome = OUTCOME_WORDS[row.outcome]
    return words(t("{outcome}, contested", outcome=outcome) if row.contested else outcome)


def counts_words(counts: Counts, words: Words) -> str:
    """`9 for, 2 against, 1 abstaining`."""
    return words(counts_text(counts))


def verdict(row: RankingRow, words: Words) -> str:
    """How the latest ballot came out, in sentences, or that there was none."""
    if row.method is None:
        return words(WITHDRAWN if row.state is State.WITHDRAWN else NO_BALLOT)
    said = [METHODS[row.method].verdict(row.figures)]
    if row.contested_by:
        groups = tuple(group_words(group, words) for group in row.contested_by)
        said.append(t("Contested by {groups}.", groups=groups))
    if row.purpose is Purpose.INDICATIVE:
        said.append(INDICATIVE)
    return " ".join(words(sentence) for sentence in said)


def turnout_words(row: RankingRow, words: Words) -> str:
    """`12 of 20 entitled to vote did so.`, or nothing where there is nothing to tell."""
    text = None if row.method is None else turnout_text(row.method, row.figures)
    return "" if text is None else words(text)


def group_words(group: str, words: Words) -> str:
    """A published group's name: its code, or the word for those pooled together and for everybody."""
    return words({OTHERS: POOLED, EVERYONE: ALL}.get(group, group))


def groups_words(row: RankingRow, words: Words) -> str:
    """The figures by constituency in one line, or nothing where there are none."""
    return "; ".join(
        words(t("{group}: {figures}", group=group_words(group, words), figures=part_words(row.method, part)))
        for group, part in (row.by_constituency or {}).items()
    )


def room_words(row: RankingRow, words: Words) -> str:
    """The hands shown in the room that are among the counts, or nothing where there were none."""
    room = getattr(row.figures, "room", None)
    return words(counts_text(room)) if room is not None and room.total else ""


def recused(row: RankingRow) -> int | None:
    """How many stood aside, None where nobody did."""
    return getattr(row.figures, "recused", None) or None


def share(value: float | None) -> str:
    """An index in 0…1 to three decimals, or nothing."""
    return "" if value is None else f"{value:.3f}"


def number(value: int | float | None) -> str:
    """A figure without needless decimals, or nothing."""
    return "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")
