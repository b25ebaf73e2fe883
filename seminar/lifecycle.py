"""Where a recommendation can go from where it stands: one table of legal moves.

Nothing else in the house compares states to find out whether an act is
possible; it asks `move`, and what is not in the table is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from seminar.errors import Refused
from seminar.model import Change, Purpose, State
from seminar.terms import STATE_WORDS
from seminar.words import Text, t


class Act(StrEnum):
    """What can happen to a recommendation as a whole.

    `TAKE_UP` is what a conference does that decides anew on what it had decided. `TAKE_IN` is what
    merging is to the one that others are merged into, `GIVE_BACK` what undoing that is to it. `AMEND`
    asks for another wording; `REVISE` changes the text in substance, `EDIT` only in its wording.
    """

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
    TAKE_UP = "take_up"
    RETURN = "return"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    TAKE_IN = "take_in"
    GIVE_BACK = "give_back"
    SPLIT = "split"
    REJECT = "reject"
    RETHEME = "retheme"
    SECOND = "second"
    AMEND = "amend"
    REVISE = "revise"
    EDIT = "edit"
    ARGUE = "argue"
    RESERVE = "reserve"
    FOLLOW_UP = "follow_up"


_DISCUSSED = (
    State.PROPOSED,
    State.ADMITTED,
    State.RETURNED,
    State.VOTING,
    State.ADOPTED,
    State.NOT_ADOPTED,
    State.FORWARDED,
)


def _staying(act: Act, *states: State) -> dict[tuple[State, Act], State]:
    """The act is possible in these states and leaves them as they are."""
    return {(state, act): state for state in states}


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
        (State.FORWARDED, Act.OPEN_BALLOT): State.VOTING,
        (State.FINALISED, Act.TAKE_UP): State.FORWARDED,
        (State.NOT_FINALISED, Act.TAKE_UP): State.FORWARDED,
        (State.RETURNED, Act.RESUBMIT): State.PROPOSED,
        (State.RETURNED, Act.WITHDRAW): State.WITHDRAWN,
        (State.RETURNED, Act.MERGE): State.MERGED,
        (State.RETURNED, Act.SPLIT): State.SPLIT,
        (State.RETURNED, Act.ADMIT): State.ADMITTED,
        (State.PROPOSED, Act.REJECT): State.REJECTED,
        (State.ADMITTED, Act.REJECT): State.REJECTED,
        (State.RETURNED, Act.REJECT): State.REJECTED,
        (State.REJECTED, Act.REOPEN): State.PROPOSED,
        # What was adopted is adopted in its wording: in substance it has to be decided on anew.
        (State.ADOPTED, Act.REVISE): State.ADMITTED,
        # At the conference it stays on the agenda; finalising asks whether the text was decided on.
        **_staying(Act.REVISE, State.PROPOSED, State.ADMITTED, State.FORWARDED),
        **_staying(Act.EDIT, State.PROPOSED, State.ADMITTED, State.ADOPTED, State.FORWARDED),
        **_staying(Act.TAKE_IN, State.PROPOSED, State.ADMITTED, State.RETURNED),
        # Withdrawn or rejected as well: what it took in is not buried with it.
        **_staying(
            Act.GIVE_BACK, State.PROPOSED, State.ADMITTED, State.RETURNED, State.WITHDRAWN, State.REJECTED
        ),
        **_staying(Act.RETHEME, State.PROPOSED, State.ADMITTED, State.RETURNED),
        **_staying(Act.SECOND, State.PROPOSED, State.ADMITTED),
        **_staying(Act.AMEND, State.PROPOSED, State.ADMITTED, State.RETURNED, State.ADOPTED, State.FORWARDED),
        **_staying(Act.ARGUE, *_DISCUSSED),
        **_staying(Act.RESERVE, State.ADOPTED, State.FORWARDED, State.FINALISED),
        **_staying(Act.FOLLOW_UP, State.ADOPTED, State.FORWARDED, State.FINALISED),
    }
)


AT_CONFERENCE: Mapping[tuple[State, Act], State] = MappingProxyType(
    {
        # However a ballot of the conference ends, its text stays on the agenda until it is finalised or
        # not; the outcome is the ballot's.
        (State.VOTING, Act.CARRY): State.FORWARDED,
        (State.VOTING, Act.FAIL): State.FORWARDED,
        (State.VOTING, Act.NO_QUORUM): State.FORWARDED,
        (State.VOTING, Act.CANCEL_BALLOT): State.FORWARDED,
        (State.VOTING, Act.BREAK_SILENCE): State.FORWARDED,
    }
)
"""What leads elsewhere once a recommendation was forwarded to a conference."""


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


def move(state: State, act: Act, *, on_ballot: bool = False, at_conference: bool = False) -> State:
    """Where the act leads from the state; `on_ballot` says that an informing ballot on it is open,
    under which nothing moves, `at_conference` that it was forwarded to a conference.

    Raises:
        Refused: the table does not know the move, or the text is frozen.
    """
    if on_ballot and act not in _WHILE_OPEN:
        raise Refused(UNDER_BALLOT)
    try:
        return (AT_CONFERENCE.get((state, act)) if at_conference else None) or MOVES[state, act]
    except KeyError:
        raise Refused(_refusal(state, act)) from None


def changed(state: State, change: Change, *, on_ballot: bool = False) -> State:
    """Where a change of the text leads; one that was returned comes back with it.

    Raises:
        Refused: the text cannot be changed in this state, or is frozen.
    """
    act = Act.EDIT if change is Change.EDITORIAL else Act.REVISE
    if state is State.RETURNED:
        act = Act.RESUBMIT
    return move(state, act, on_ballot=on_ballot)


def restored(state: State, before: State) -> State:
    """Where undoing a merge or a split leads one that ended by it: to where it stood `before`.

    Raises:
        Refused: it does not stand where merging or splitting left it.
    """
    if state not in (State.MERGED, State.SPLIT):
        raise Refused(
            t(
                "This recommendation is {state}; only merging and splitting can be undone.",
                state=STATE_WORDS[state],
            )
        )
    return before


# What may happen to a recommendation while an informing ballot on it is open: its text stays.
_WHILE_OPEN = frozenset({Act.OPEN_BALLOT, Act.SECOND, Act.ARGUE, Act.RESERVE, Act.FOLLOW_UP})
UNDER_BALLOT = t("A ballot on this recommendation is open; do this once it has closed.")

_ENDINGS = frozenset({Act.CARRY, Act.FAIL, Act.NO_QUORUM, Act.CANCEL_BALLOT, Act.BREAK_SILENCE})


def _refusal(state: State, act: Act) -> Text:
    now = STATE_WORDS[state]
    if act in _ENDINGS:
        return t("This recommendation is {state}; a ballot ends only for one that is under vote.", state=now)
    if state is State.VOTING and act is not Act.RESERVE:
        return UNDER_BALLOT
    match act:
        case Act.ADMIT:
            return t(
                "This recommendation is {state}; only one that is proposed or returned can be admitted.",
                state=now,
            )
        case Act.OPEN_BALLOT:
            return t(
                "This recommendation is {state}; "
                "only one that is under discussion or forwarded can be put to the vote.",
                state=now,
            )
        case Act.REOPEN:
            return t(
                "This recommendation is {state}; "
                "only one that was not adopted, or rejected, can be reopened.",
                state=now,
            )
        case Act.FORWARD:
            return t("This recommendation is {state}; only an adopted one can be forwarded.", state=now)
        case Act.FINALISE | Act.NOT_FINALISE:
            return t(
                "This recommendation is {state}; only a forwarded one can be decided on here.", state=now
            )
        case Act.TAKE_UP:
            return t(
                "This recommendation is {state}; "
                "only one that is finalised or not finalised can be taken up again.",
                state=now,
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
        case Act.SPLIT:
            return t(
                "This recommendation is {state}; "
                "only one that is proposed, under discussion or returned can be split.",
                state=now,
            )
        case Act.TAKE_IN:
            return t(
                "This recommendation is {state}; others can be merged only into one that is proposed, "
                "under discussion or returned.",
                state=now,
            )
        case Act.GIVE_BACK:
            return t(
                "This recommendation is {state}; merging into it can be undone while it is proposed, under "
                "discussion, returned, withdrawn or rejected.",
                state=now,
            )
        case Act.REJECT:
            return t(
                "This recommendation is {state}; "
                "only one that is proposed, under discussion or returned can be rejected.",
                state=now,
            )
        case Act.RETHEME:
            return t(
                "This recommendation is {state}; "
                "only one that is proposed, under discussion or returned can be given another theme.",
                state=now,
            )
        case Act.SECOND:
            return t(
                "This recommendation is {state}; only one that is proposed or under discussion can be "
                "seconded.",
                state=now,
            )
        case Act.ARGUE:
            return t(
                "This recommendation is {state}; arguments go on record while one is proposed, under "
                "discussion, under vote, returned, adopted, not adopted or forwarded.",
                state=now,
            )
        case Act.RESERVE:
            return t(
                "This recommendation is {state}; "
                "a reservation is raised on one that is adopted, forwarded or finalised.",
                state=now,
            )
        case Act.FOLLOW_UP:
            return t(
                "This recommendation is {state}; "
                "what becomes of one is followed up once it is adopted, forwarded or finalised.",
                state=now,
            )
        case Act.AMEND:
            return t(
                "This recommendation is {state}; "
                "only one that is proposed, under discussion, returned, adopted or forwarded can be amended.",
                state=now,
            )
        case _:
            return t(
                "This recommendation is {state}; "
                "only a text that is proposed, under discussion, adopted or forwarded can be changed.",
                state=now,
            )
