"""The table of legal moves: what is not in it is refused with a sentence."""

from __future__ import annotations

import itertools
import re

import pytest

from seminar.errors import Refused
from seminar.lifecycle import MOVES, Act, Bearing, bearing, can, changed, may_overlap, move, restored
from seminar.model import Change, Purpose, State
from seminar.terms import STATE_WORDS

PAIRS = list(itertools.product(State, Act))


@pytest.mark.parametrize(("state", "act"), PAIRS, ids=lambda one: str(one))
def test_a_move_is_in_the_table_or_refused_with_one_sentence(state: State, act: Act) -> None:
    """Every pair of state and act, and no third way."""
    if (state, act) in MOVES:
        assert can(state, act)
        assert move(state, act) is MOVES[state, act]
        return
    assert not can(state, act)
    with pytest.raises(Refused) as refusal:
        move(state, act)
    sentence = str(refusal.value.text)
    assert re.fullmatch(r"[A-Z][^.{}]+; [^.{}]+\.", sentence)
    assert str(STATE_WORDS[state]) in sentence or state is State.VOTING


@pytest.mark.parametrize("act", Act)
def test_a_refusal_names_every_state_the_act_is_possible_in(act: Act) -> None:
    """The sentences cannot fall behind the table."""
    with pytest.raises(Refused) as refusal:
        move(State.MERGED, act)
    _, _, advice = str(refusal.value.text).partition(";")
    named = {
        "returned" if state is State.RETURNED else str(STATE_WORDS[state])
        for state, one in MOVES
        if one is act
    }
    assert all(word in advice.replace("was not", "not") for word in named)


def test_the_road_of_a_recommendation_that_is_adopted() -> None:
    """From the proposal to the final conference."""
    state = State.PROPOSED
    for act in (Act.ADMIT, Act.OPEN_BALLOT, Act.CARRY, Act.FORWARD, Act.FINALISE):
        state = move(state, act)
    assert state is State.FINALISED


@pytest.mark.parametrize("act", [Act.NO_QUORUM, Act.CANCEL_BALLOT])
def test_a_ballot_without_a_decision_leads_back(act: Act) -> None:
    """The recommendation can be put to the vote again."""
    assert can(move(State.VOTING, act), Act.OPEN_BALLOT)


def test_what_was_not_adopted_may_be_reopened_and_voted_on_again() -> None:
    """A defeat is not the end."""
    assert can(move(State.NOT_ADOPTED, Act.REOPEN), Act.OPEN_BALLOT)


def test_text_under_vote_stays_as_it_is() -> None:
    """While a ballot is open only the ballot's own end moves the recommendation."""
    assert {act for act in Act if can(State.VOTING, act)} == {
        Act.CARRY,
        Act.FAIL,
        Act.NO_QUORUM,
        Act.CANCEL_BALLOT,
        Act.BREAK_SILENCE,
        Act.ARGUE,
    }


@pytest.mark.parametrize(
    "act",
    [act for act in Act if act not in (Act.OPEN_BALLOT, Act.SECOND, Act.ARGUE, Act.RESERVE, Act.FOLLOW_UP)],
)
def test_under_a_ballot_that_only_informs_nothing_moves_either(act: Act) -> None:
    """Its text is what people are rating or ranking, though the state stays as it is."""
    with pytest.raises(Refused, match="A ballot on this recommendation is open"):
        move(State.ADMITTED, act, on_ballot=True)
    assert move(State.ADMITTED, Act.OPEN_BALLOT, on_ballot=True) is State.VOTING


@pytest.mark.parametrize("new", list(Bearing))
@pytest.mark.parametrize("present", list(Bearing))
def test_only_ballots_that_inform_run_side_by_side_and_never_twice_by_one_method(
    new: Bearing, present: Bearing
) -> None:
    """The table knows every pair."""
    both_inform = new is present is Bearing.INFORMS
    assert may_overlap(new, "ranked", present, "rating") is both_inform
    assert not may_overlap(new, "rating", present, "rating")


def test_an_indicative_ballot_never_decides() -> None:
    """Whatever its method could."""
    assert bearing(True, Purpose.DECISIVE) is Bearing.DECIDES
    assert {bearing(False, Purpose.DECISIVE), bearing(True, Purpose.INDICATIVE)} == {Bearing.INFORMS}


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.MERGED, State.SPLIT])
def test_ends_are_ends(state: State) -> None:
    """Nothing leads out of them; merging and splitting are undone by another door."""
    assert not any(move(state, act) is not state for act in Act if can(state, act))


@pytest.mark.parametrize("state", [State.FINALISED, State.NOT_FINALISED])
def test_what_a_conference_decided_only_the_conference_takes_up_again(state: State) -> None:
    """By one act, and no other leads out of it."""
    assert [act for act in Act if can(state, act) and move(state, act) is not state] == [Act.TAKE_UP]
    assert move(state, Act.TAKE_UP) is State.FORWARDED


@pytest.mark.parametrize("end", [Act.CARRY, Act.FAIL, Act.NO_QUORUM, Act.CANCEL_BALLOT, Act.BREAK_SILENCE])
def test_however_a_ballot_of_the_conference_ends_its_text_stays_on_the_agenda(end: Act) -> None:
    """The outcome is the ballot's; whether the text is final is decided apart."""
    under_vote = move(State.FORWARDED, Act.OPEN_BALLOT, at_conference=True)
    assert move(under_vote, end, at_conference=True) is State.FORWARDED
    assert move(under_vote, end) is not State.FORWARDED


@pytest.mark.parametrize(("state", "act"), PAIRS, ids=lambda one: str(one))
def test_at_the_conference_nothing_is_possible_that_is_not_elsewhere(state: State, act: Act) -> None:
    """It only leads elsewhere."""
    if not can(state, act):
        with pytest.raises(Refused):
            move(state, act, at_conference=True)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("change", [Change.SUBSTANTIVE, Change.EDITORIAL])
def test_a_change_in_substance_has_to_be_decided_on_anew(state: State, change: Change) -> None:
    """What was adopted stays so only in its wording, and what was returned is submitted again."""
    after = {
        State.PROPOSED: State.PROPOSED,
        State.ADMITTED: State.ADMITTED,
        State.RETURNED: State.PROPOSED,
        State.ADOPTED: State.ADOPTED if change is Change.EDITORIAL else State.ADMITTED,
        State.FORWARDED: State.FORWARDED,
    }.get(state)
    if after is None:
        with pytest.raises(Refused):
            changed(state, change)
    else:
        assert changed(state, change) is after
        with pytest.raises(Refused, match="A ballot on this recommendation is open"):
            changed(state, change, on_ballot=True)


@pytest.mark.parametrize("state", State)
def test_only_what_ended_by_merging_or_splitting_is_given_back(state: State) -> None:
    """To where it stood before, and nothing else is restored that way."""
    if state in (State.MERGED, State.SPLIT):
        assert restored(state, State.RETURNED) is State.RETURNED
    else:
        with pytest.raises(Refused, match="only merging and splitting can be undone"):
            restored(state, State.ADMITTED)


def test_every_state_can_be_reached_and_has_a_word() -> None:
    """No state is a dead letter."""
    assert set(MOVES.values()) | {State.PROPOSED} == set(State)
    assert set(STATE_WORDS) == set(State)
