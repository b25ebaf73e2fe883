"""What an initiative wants on the covers of its documents, and in which word its decisions are told."""

from __future__ import annotations

from dataclasses import dataclass

from seminar.model import OutcomeWord


@dataclass(frozen=True, slots=True)
class Covering:
    """`status` says what contributions commit to (empty: the usual line), `foreword` opens the document.

    `outcome` is what a decision that carried is called. `logo` is a PNG, `logo_alt` says what it shows.
    `draft` marks a document that is not final.
    """

    status: str = ""
    foreword: str = ""
    outcome: OutcomeWord = OutcomeWord.ADOPTED
    logo: bytes | None = None
    logo_alt: str = ""
    draft: bool = False


PLAIN = Covering()
"""The usual cover."""
