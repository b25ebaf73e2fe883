"""How states and outcomes are called and coloured, everywhere alike."""

from __future__ import annotations

from seminar.model import Choice, Outcome, State
from seminar.words import Text, t

_STATES: dict[State, Text] = {
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
    State.MERGED: t("merged"),
    State.SPLIT: t("split"),
}
_OUTCOMES: dict[Outcome, Text] = {
    Outcome.CARRIED: t("carried"),
    Outcome.NOT_CARRIED: t("not carried"),
    Outcome.NO_QUORUM: t("no quorum"),
}
_CHOICES: dict[Choice, Text] = {
    Choice.FOR: t("For"),
    Choice.AGAINST: t("Against"),
    Choice.ABSTAIN: t("Abstain"),
}
_COLOURS: dict[State, int] = {
    State.VOTING: 0x0072B2,
    State.ADOPTED: 0x009E73,
    State.FINALISED: 0x009E73,
    State.NOT_ADOPTED: 0xD55E00,
    State.NOT_FINALISED: 0xD55E00,
    State.WITHDRAWN: 0x7F7F7F,
    State.MERGED: 0x7F7F7F,
    State.SPLIT: 0x7F7F7F,
}
_CALM = 0x1F4E79


def state_text(state: State) -> Text:
    return _STATES[state]


def outcome_text(outcome: Outcome) -> Text:
    return _OUTCOMES[outcome]


def choice_text(choice: Choice) -> Text:
    return _CHOICES[choice]


def state_colour(state: State) -> int:
    """The accent of a card, from a palette that the colour-blind can tell apart (Okabe and Ito)."""
    return _COLOURS.get(state, _CALM)
