"""The accents of cards, everywhere alike."""

from __future__ import annotations

from seminar.model import State

_COLOURS: dict[State, int] = {
    State.VOTING: 0x0072B2,
    State.ADOPTED: 0x009E73,
    State.FORWARDED: 0x56B4E9,
    State.FINALISED: 0x009E73,
    State.NOT_ADOPTED: 0xD55E00,
    State.NOT_FINALISED: 0xD55E00,
    State.WITHDRAWN: 0x7F7F7F,
    State.MERGED: 0x7F7F7F,
    State.SPLIT: 0x7F7F7F,
    State.REJECTED: 0x7F7F7F,
}
CALM = 0x1F4E79
OPEN = _COLOURS[State.VOTING]
ENDED = _COLOURS[State.WITHDRAWN]


def state_colour(state: State) -> int:
    """The accent of a card, from a palette that the colour-blind can tell apart (Okabe and Ito)."""
    return _COLOURS.get(state, CALM)
