"""What the seminar's things are called, in chat, documents and refusals alike."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from seminar.model import (
    RECUSED,
    AmendmentStatus,
    ArgumentStatus,
    Change,
    Choice,
    Counts,
    Kinship,
    Outcome,
    Stance,
    State,
)
from seminar.words import Text, Value, t, tn

STATE_WORDS: Mapping[State, Text] = MappingProxyType(
    {
        State.PROPOSED: t("proposed"),
        State.ADMITTED: t("under discussion"),
        State.VOTING: t("under vote"),
        State.ADOPTED: t("adopted"),
        State.NOT_ADOPTED: t("not adopted"),
        State.FORWARDED: t("forwarded"),
        State.FINALISED: t("finalised"),
        State.NOT_FINALISED: t("not finalised"),
        State.RETURNED: t("returned for rework"),
        State.WITHDRAWN: t("withdrawn"),
        State.MERGED: t("merged into another"),
        State.SPLIT: t("split into others"),
        State.REJECTED: t("rejected"),
    }
)
"""How a state is said of a recommendation: "this recommendation is …"."""

OUTCOME_WORDS: Mapping[Outcome, Text] = MappingProxyType(
    {
        Outcome.CARRIED: t("carried"),
        Outcome.NOT_CARRIED: t("not carried"),
        Outcome.NO_QUORUM: t("no quorum"),
    }
)

CHOICE_WORDS: Mapping[Choice, Text] = MappingProxyType(
    {
        Choice.FOR: t("For"),
        Choice.AGAINST: t("Against"),
        Choice.ABSTAIN: t("Abstain"),
    }
)
"""What a voter presses, and sees as recorded."""


STANCE_WORDS: Mapping[Stance, Text] = MappingProxyType(
    {
        Stance.FOR: t("argument for"),
        Stance.AGAINST: t("argument against"),
        Stance.QUESTION: t("question"),
        Stance.EVIDENCE: t("evidence"),
        Stance.RESERVATION: t("reservation"),
    }
)
"""What a contribution to the record of arguments is called."""

ARGUMENT_WORDS: Mapping[ArgumentStatus, Text] = MappingProxyType(
    {
        ArgumentStatus.STANDS: t("on record"),
        ArgumentStatus.WITHDRAWN: t("taken back"),
        ArgumentStatus.SET_ASIDE: t("set aside"),
    }
)
"""How a status is said of a contribution: "this argument is …"."""

CHANGE_WORDS: Mapping[Change, Text] = MappingProxyType(
    {
        Change.ORIGINAL: t("as proposed"),
        Change.SUBSTANTIVE: t("substantive change"),
        Change.EDITORIAL: t("editorial change"),
        Change.RESTORED: t("earlier words restored"),
    }
)

AMENDMENT_WORDS: Mapping[AmendmentStatus, Text] = MappingProxyType(
    {
        AmendmentStatus.OPEN: t("still open"),
        AmendmentStatus.ACCEPTED: t("accepted"),
        AmendmentStatus.REJECTED: t("turned down"),
        AmendmentStatus.WITHDRAWN: t("taken back"),
    }
)
"""How a status is said of an amendment: "this amendment is …". Not in the words for recommendations,
since other languages give the two another gender."""


def choice_words(choice: str) -> Text:
    """What a stored vote on one item is called: one of `Choice`, or standing aside."""
    return t("Standing aside") if choice == RECUSED else CHOICE_WORDS[Choice(choice)]


def counts_text(counts: Counts) -> Text:
    """`9 for, 2 against, 1 abstaining`."""
    return t(
        "{for_votes} for, {against_votes} against, {abstentions} abstaining",
        for_votes=counts.for_,
        against_votes=counts.against,
        abstentions=counts.abstain,
    )


def came_from(kind: Kinship, found: tuple[Value, ...]) -> Text:
    """What a recommendation owes to the ones of these references, from which it came."""
    match kind:
        case Kinship.MERGED:
            return t("Takes in {references}.", references=found)
        case Kinship.SPLIT:
            return t("Part of {references}, which was split.", references=found)
        case Kinship.DERIVED:
            return t("Grew out of an amendment to {references}.", references=found)
        case Kinship.REUNITED:
            return t("Has its parts {references} back.", references=found)


def went_into(kind: Kinship, found: tuple[Value, ...]) -> Text:
    """What became of a recommendation that went into the ones of these references."""
    match kind:
        case Kinship.MERGED:
            return t("Merged into {references}.", references=found)
        case Kinship.SPLIT:
            return t("Split into {references}.", references=found)
        case Kinship.DERIVED:
            return t("An amendment to it became {references}.", references=found)
        case Kinship.REUNITED:
            return t("Back in {references}, of which it was a part.", references=found)


def stance_count(stance: Stance, number: int) -> Text:
    """`3 arguments for`."""
    match stance:
        case Stance.FOR:
            return tn("{count} argument for", "{count} arguments for", number)
        case Stance.AGAINST:
            return tn("{count} argument against", "{count} arguments against", number)
        case Stance.QUESTION:
            return tn("{count} question", "{count} questions", number)
        case Stance.EVIDENCE:
            return tn("{count} piece of evidence", "{count} pieces of evidence", number)
        case Stance.RESERVATION:
            return tn("{count} reservation", "{count} reservations", number)
