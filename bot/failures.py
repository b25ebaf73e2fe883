"""What may be written of an exception: where it happened and of what kind it is, not what it says.

The words of an exception are often a person's: a value that could not be read, a row
that was there already, a name that was looked up. So only these are written: words
that stand as they are in the program, what the interpreter says about the program's own
names, and the codes of Discord, the system and the store.
"""

from __future__ import annotations

import dis
import re
import traceback
from collections.abc import Iterator
from contextlib import suppress

from seminar.errors import Refused

WITHHELD = "[withheld]"

MOST_FRAMES = 40
"""Of each exception, the last so many frames are written: a recursion without end has a thousand."""
_MOST_LINKS = 8  # of a chain of causes

# Attributes that say what went wrong in numbers of Discord or the system, or in words of the system,
# SQLite or PostgreSQL.
_NUMBERS = ("status", "code", "errno")
_WORDS = ("strerror", "sqlite_errorname", "sqlstate", "table_name", "constraint_name")
_PLAIN = re.compile(r"\w[\w .-]{0,60}", re.ASCII)
_OF_THE_PROGRAM = (AttributeError, ImportError, NameError, TypeError)
_RAISE = dis.opmap["RAISE_VARARGS"]


def told(error: BaseException) -> str:
    """An exception on one line: its kind, and its words or codes where they may be written."""
    kind = type(error).__name__
    said = _said(error)
    return f"{kind}: {said}" if said else kind


def trace(error: BaseException) -> str:
    """An exception with its frames and those of its causes, as Python writes them but for what it says."""
    return "\n".join(_lines(error, _MOST_LINKS))


def _lines(error: BaseException, links: int) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and links:
        yield from _lines(before, links - 1)
        yield "which led to:" if error.__cause__ else "while this was being dealt with:"
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):"
        for frame in traceback.extract_tb(error.__traceback__, limit=-MOST_FRAMES):
            yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
            if frame.line:
                yield f"    {frame.line}"
    yield told(error)
    if isinstance(error, BaseExceptionGroup) and links:
        for one in error.exceptions:
            yield from _lines(one, links - 1)


def _said(error: BaseException) -> str:
    if isinstance(error, Refused):
        return error.text.singular  # the sentence of the program, without its values
    with suppress(Exception):  # whatever an exception makes of being looked at
        text = str(error)
        if not text or _stands_in_code(error, text) or _is_of_the_program(error):
            return text
    codes = ", ".join(_codes(error))
    return codes or WITHHELD


def _codes(error: BaseException) -> Iterator[str]:
    for name in _NUMBERS:
        if isinstance(number := getattr(error, name, None), int):
            yield f"{name} {number}"
    for name in _WORDS:
        if isinstance(word := getattr(error, name, None), str) and _PLAIN.fullmatch(word):
            yield f"{name} {word}"
    origin = getattr(error, "orig", None)  # what the store's driver said, in an error of SQLAlchemy
    if isinstance(origin, BaseException):
        yield told(origin)


def _stands_in_code(error: BaseException, text: str) -> bool:
    """Whether the words stand, as they are, in the function that raised it."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last is not None and text in last.tb_frame.f_code.co_consts


def _is_of_the_program(error: BaseException) -> bool:
    """Whether it is the interpreter that complains, of the program's own names and types."""
    if type(error) not in _OF_THE_PROGRAM:
        return False
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last is not None and last.tb_frame.f_code.co_code[last.tb_lasti] != _RAISE
