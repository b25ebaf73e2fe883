"""The words that every record of arguments and every drafting history uses, whatever its format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from reports.models.arguments import ArgumentLine, ArgumentsReport
from reports.models.drafting import AmendmentLine, DraftingReport, KinLine
from reports.words.labels import EMPTY
from seminar.model import AmendmentStatus, ArgumentStatus, Stance
from seminar.terms import AMENDMENT_WORDS, came_from, stance_count, went_into
from seminar.words import Text, t, tn

ARGUMENTS = t("Arguments on record")
DRAFTING = t("Drafting history")
NO_ARGUMENTS = t("There are no arguments on record yet.")
CHANGES_IN_TEXT = t("Removed words are struck out, added ones bold.")
CHANGES_IN_SHEETS = t("Removed words stand in [−…], added ones in [+…].")
WITHDRAWN = t("Withdrawn by its author.")


def arguments_notes(report: ArgumentsReport) -> list[Text]:
    """How many there are of each stance, or that there are none."""
    return [*counted(report.lines)] if report.lines else [NO_ARGUMENTS]


def counted(lines: Iterable[ArgumentLine]) -> Iterable[Text]:
    """How many stand, by stance, and how many do not any more."""
    found = Counter((line.status, line.stance) for line in lines)
    for stance in Stance:
        if number := found[ArgumentStatus.STANDS, stance]:
            yield stance_count(stance, number)
    aside, gone = (
        sum(found[status, stance] for stance in Stance)
        for status in (ArgumentStatus.SET_ASIDE, ArgumentStatus.WITHDRAWN)
    )
    if aside:
        yield tn("{count} was set aside", "{count} were set aside", aside)
    if gone:
        yield tn("{count} was withdrawn", "{count} were withdrawn", gone)


def drafting_notes(report: DraftingReport) -> list[Text]:
    """How much was written, or that nothing was."""
    if not report.recommendations:
        return [EMPTY]
    versions = sum(len(line.versions) for line in report.recommendations)
    amendments = sum(len(line.amendments) for line in report.recommendations)
    return [
        tn("{count} recommendation", "{count} recommendations", len(report.recommendations)),
        tn("{count} version of a text", "{count} versions of texts", versions),
        tn("{count} amendment", "{count} amendments", amendments),
    ]


def kin_words(kin: KinLine) -> Text:
    """One step of lineage in a sentence, whether or not it was undone."""
    return (went_into if kin.onwards else came_from)(kin.kind, (kin.reference,))


def amendment_status(one: AmendmentLine) -> Text:
    """`open`, `open, in conflict with the text`, `accepted` …"""
    status = AMENDMENT_WORDS[one.status]
    if one.status is AmendmentStatus.OPEN and one.conflicting:
        return t("{status}, in conflict with the text", status=status)
    return status
