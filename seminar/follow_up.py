"""What became of a recommendation with those it is addressed to."""

from __future__ import annotations

from enum import StrEnum


class Acceptance(StrEnum):
    """What an addressee says to a recommendation; `noted` neither accepts nor refuses it."""

    PENDING = "pending"
    UNDER_CONSIDERATION = "under consideration"
    ACCEPTED = "accepted"
    PARTIALLY_ACCEPTED = "partially accepted"
    NOT_ACCEPTED = "not accepted"
    NOTED = "noted"


class Implementation(StrEnum):
    """How far an addressee is with it; from `implemented` on nothing is due any more."""

    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    PARTIALLY_IMPLEMENTED = "partially implemented"
    IMPLEMENTED = "implemented"
    CLOSED = "closed without implementation"
    SUPERSEDED = "superseded"
    NOT_APPLICABLE = "not applicable"
