"""How much a TOML file from somebody else may ask of whoever reads it.

The standard parser takes a time that grows with the square of a key's parts, and every value costs a
sentence where it is wrong: within a file's size both could keep the program busy for hours.
"""

from __future__ import annotations

import re
from typing import Any, Final

MOST_PARTS: Final = 16
"""Of one key, between its dots; an initiative's have two."""
MOST_VALUES: Final = 20_000
"""In all; the largest initiative has a few hundred."""

_PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_NEXT = rf"[ \t]*+\.[ \t]*+{_PART}"
# What is long inside of a string or a comment is no key, so those are stepped over.
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}|#[^\n]*+"
    rf"|(?P<key>{_PART}(?:{_NEXT}){{{MOST_PARTS},}})|{_PART}(?:{_NEXT})*+",
    re.DOTALL,
)


def long_key(text: str) -> int | None:
    """The line, from 1, of a key of too many parts in a text that has not been parsed; None for none."""
    for found in _TOKEN.finditer(text):
        if found["key"] is not None:
            return text.count("\n", 0, found.start()) + 1
    return None


def holds_too_much(document: dict[str, Any]) -> bool:
    """Whether there are more values in it than any such file needs."""
    count = 0
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()
        count += len(inner)
        if count > MOST_VALUES:
            return True
        waiting += inner
    return False
