"""Where a recommendation can go from where it stands: one table of legal moves.

Nothing else in the house compares states to find out whether an act is
possible; it asks `move`, and what is not in the table is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from seminar.errors import Refused
from seminar.model import Purpose, State
from seminar.terms import STATE_WORDS
from seminar.words import Text, t


class Act(StrEnum):
    """What can happen to a recommendation as a whole."""

    ADMIT = "admit"
    OPEN_BALLOT = "open_ballot"
    CARRY = "carry"
    FAIL = "fail"
    NO_QUORUM = "no_quorum"
    CANCEL_BALLOT = "cancel_ballot"
    BREAK_SILENCE = "break_silence"
    REOPEN = "reopen"
    FORWARD = "forward"
    FINALISE = "finalise"
    NOT_FINALISE = "not_finalise"
    RETURN = "return"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    SPLIT = "split"


MOVES: Mapping[tuple[State, Act], State] = MappingProxyType(
    {
        (State.PROPOSED, Act.ADMIT): State.ADMITTED,
        (State.PROPOSED, Act.RETURN): State.RETURNED,
        (State.PROPOSED, Act.WITHDRAW): State.WITHDRAWN,
        (State.PROPOSED, Act.MERGE): State.MERGED,
        (State.PROPOSED, Act.SPLIT): State.SPLIT,
        (State.ADMITTED, Act.OPEN_BALLOT): State.VOTING,
        (State.ADMITTED, Act.RETURN): State.RETURNED,
        (State.ADMITTED, Act.WITHDRAW): State.WITHDRAWN,
        (State.ADMITTED, Act.MERGE): State.MERGED,
        (State.ADMITTED, Act.SPLIT): State.SPLIT,
        (State.VOTING, Act.CARRY): State.ADOPTED,
        (State.VOTING, Act.FAIL): State.NOT_ADOPTED,
        (State.VOTING, Act.NO_QUORUM): State.ADMITTED,
        (State.VOTING, Act.CANCEL_BALLOT): State.ADMITTED,
        (State.VOTING, Act.BREAK_SILENCE): State.ADMITTED,
        (State.NOT_ADOPTED, Act.REOPEN): State.ADMITTED,
        (State.ADOPTED, Act.FORWARD): State.FORWARDED,
        (State.FORWARDED, Act.FINALISE): State.FINALISED,
        (State.FORWARDED, Act.NOT_FINALISE): State.NOT_FINALISED,
        (State.RETURNED, Act.RESUBMIT): State.PROPOSED,
        (State.RETURNED, Act.WITHDRAW): State.WITHDRAWN,
        (State.RETURNED, Act.MERGE): State.MERGED,
        (State.RETURNED, Act.SPLIT): State.SPLIT,
    }
)


class Bearing(StrEnum):
    """What a ballot does to the recommendations on it."""

    DECIDES = "decides"
    INFORMS = "informs"


OVERLAPS: Mapping[tuple[Bearing, Bearing], bool] = MappingProxyType(
    {
        # Two decisions at once could contradict each other.
        (Bearing.DECIDES, Bearing.DECIDES): False,
        # Figures of one would sway the votes of the other before it is decided.
        (Bearing.DECIDES, Bearing.INFORMS): False,
        (Bearing.INFORMS, Bearing.DECIDES): False,
        # As rating and ranking the same texts side by side; never twice by one method.
        (Bearing.INFORMS, Bearing.INFORMS): True,
    }
)
"""Whether, on one recommendation, a ballot may open beside one that is open. On different
recommendations any number may be open, in one theme as in several."""


def bearing(decides: bool, purpose: Purpose) -> Bearing:
    """What a ballot of this purpose does, by a method that `decides` or not."""
    return Bearing.DECIDES if decides and purpose is Purpose.DECISIVE else Bearing.INFORMS


def may_overlap(new: Bearing, new_method: str, present: Bearing, present_method: str) -> bool:
    """Whether a new ballot may open on a recommendation that is on one already."""
    return OVERLAPS[new, present] and new_method != present_method


def can(state: State, act: Act) -> bool:
    """Whether the table knows the move; for greying out what would be refused."""
    return (state, act) in MOVES


def move(state: State, act: Act, *, on_ballot: bool = False) -> State:
    """Where the act leads from the state; `on_ballot` says that an informing ballot on it is open,
    under which nothing moves.

    Raises:
        Refused: the table does not know the move, or the text is frozen.
    """
    if on_ballot and act is not Act.OPEN_BALLOT:
        raise Refused(UNDER_BALLOT)
    try:
        return MOVES[state, act]
    except KeyError:
        raise Refused(_refusal(state, act)) from None


UNDER_BALLOT = t("A ballot on this recommendation is open; do this once it has closed.")

_ENDINGS = frozenset({Act.CARRY, Act.FAIL, Act.NO_QUORUM, Act.CANCEL_BALLOT, Act.BREAK_SILENCE})


def _refusal(state: State, act: Act) -> Text:
    now = STATE_WORDS[state]
    if act in _ENDINGS:
        return t("This recommendation is {state}; a ballot ends only for one that is under vote.", state=now)
    if state is State.VOTING:
        return UNDER_BALLOT
    match act:
        case Act.ADMIT:
            return t("This recommendation is {state}; only a proposed one can be admitted.", state=now)
        case Act.OPEN_BALLOT:
            return t(
                "This recommendation is {state}; only one under discussion can be put to the vote.", state=now
            )
        case Act.REOPEN:
            return t(
                "This recommendation is {state}; only one that was not adopted can be reopened.", state=now
            )
        case Act.FORWARD:
            return t("This recommendation is {state}; only an adopted one can be forwarded.", state=now)
        case Act.FINALISE | Act.NOT_FINALISE:
            return t(
                "This recommendation is {state}; only a forwarded one can be decided on here.", state=now
            )
        case Act.RETURN:
            return t(
                "This recommendation is {state}; "
                "only one that is proposed or under discussion can be returned for rework.",
                state=now,
            )
        case Act.RESUBMIT:
            return t(
                "This recommendation is {state}; only one that was returned can be submitted again.",
                state=now,
            )
        case Act.WITHDRAW:
            return t(
                "This recommendation is {state}; "
                "only one that is proposed, under discussion or returned can be withdrawn.",
                state=now,
            )
        case Act.MERGE:
            return t(
                "This recommendation is {state}; "
                "only one that is proposed, under discussion or returned can be merged.",
                state=now,
            )
        case _:
            return t(
                "This recommendation is {state}; "
                "only one that is proposed, under discussion or returned can be split.",
                state=now,
            )
