"""What the house answers when an act cannot be done.

A `Refused` is not a failure of the program: it is the one clear sentence a
person gets. Every other exception is a failure and is logged with an id.
"""

from __future__ import annotations

from seminar.words import Text


class Refused(Exception):
    """The act is not possible now; `text` says why and what to do instead."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


class NotAllowed(Refused):
    """The person's role does not permit the act."""


class NotFound(Refused):
    """What the person named does not exist here."""


class Invalid(Refused):
    """What the person entered cannot be read or is out of bounds."""
