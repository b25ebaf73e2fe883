"""What a conference does with the texts it was sent: its agenda, and on what a final text rests."""

from __future__ import annotations

from enum import StrEnum


class Basis(StrEnum):
    """What a final text rests on: a decision of the `seminar`, one of the `conference` itself, or neither,
    since it was `not_finalised`.
    """

    SEMINAR = "seminar"
    CONFERENCE = "conference"
    NOT_FINALISED = "not_finalised"
