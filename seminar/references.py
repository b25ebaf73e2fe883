"""References: `TRN-07` is given once and kept through every event.

People type them by hand, so reading is generous about case, spaces, dashes and
leading zeros; writing knows one spelling only.
"""

from __future__ import annotations

import re

from seminar.errors import Invalid
from seminar.words import t

# Phones and word processors turn a hyphen into one of its typographic relatives.
_TYPED = re.compile(
    r"([A-Z0-9]{2,8})(?:\s*[-\u2010\u2011\u2012\u2013\u2014_]\s*|\s+)0*([1-9][0-9]{0,5})", re.IGNORECASE
)
_LONGEST_ECHO = 40


def make(theme: str, number: int) -> str:
    """The reference of the recommendation with this number (from 1) in this theme."""
    return f"{theme}-{number:02d}"


def parse(text: str) -> str:
    """The reference meant by what a person typed: ` trn-7` is `TRN-07`.

    Raises:
        Invalid: it does not have the form of a reference.
    """
    typed = text.strip()
    found = _TYPED.fullmatch(typed) if typed.isascii() or _only_dashes_foreign(typed) else None
    if found is None:
        raise Invalid(
            t("“{typed}” is not a reference; one looks like CAP-01.", typed=_echo(typed))
            if typed
            else t("Name a recommendation by its reference, such as CAP-01.")
        )
    return make(found[1].upper(), int(found[2]))


def parse_list(text: str) -> tuple[str, ...]:
    """The references in a list separated by commas, semicolons or lines, each once, in the order typed.

    Raises:
        Invalid: the list is empty, or one of its parts is not a reference.
    """
    parts = [part for part in re.split(r"[,;\n]", text) if part.strip()]
    if not parts:
        raise Invalid(t("Name at least one recommendation by its reference, such as CAP-01, CAP-02."))
    return tuple(dict.fromkeys(parse(part) for part in parts))


def of_amendment(reference: str, number: int) -> str:
    """How that amendment to the recommendation is named in one word: `CAP-01/2`."""
    return f"{reference}/{number}"


def parse_amendment(text: str) -> tuple[str, int]:
    """The recommendation and the number that `CAP-01/2` names.

    Raises:
        Invalid: it is no such name.
    """
    reference, _, number = text.partition("/")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Invalid(t("“{text}” does not name an amendment; one looks like CAP-01/2.", text=_echo(text)))
    return parse(reference), int(number)


def sort_key(reference: str) -> tuple[str, int]:
    """The order of references: by theme, then by number, so that CAP-100 comes after CAP-99."""
    theme, _, number = reference.rpartition("-")
    return theme, int(number)


def _only_dashes_foreign(text: str) -> bool:
    """Case-blind matching would take the long s for an S, so letters must be plain ones."""
    return all(sign.isascii() or not sign.isalnum() for sign in text)


def _echo(text: str) -> str:
    return text if len(text) <= _LONGEST_ECHO else text[: _LONGEST_ECHO - 1] + "…"
