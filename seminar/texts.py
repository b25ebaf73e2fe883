"""What people write: kept as they wrote it, as far as it can be stored and shown safely.

Mentions, markdown and formulas stay in the text: whoever shows it escapes it for
the medium. Only what no reader can see or no store can hold is taken away:
control characters, halves of characters, and direction marks that would spill
over into what stands next to the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from seminar.errors import Invalid
from seminar.words import Text, t, tn

LONGEST_WORD = 40
_WORD = re.compile(r"[^\W_]+")
_NEWLINES = re.compile("\r\n|\r|\x85|\u2028|\u2029|\x0b|\x0c")
# Letters and marks that take room and show nothing, though Unicode calls them letters or symbols.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_OPENS = {"\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c"} | dict.fromkeys(
    "\u2066\u2067\u2068", "\u2069"
)
_UNHEARD = frozenset(("Mn", "Cf", "Cc", "Cs"))
_CLOSES = frozenset(_OPENS.values())
# Letters that do not decompose into a plain one and an accent.
_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"})


def clean(text: str) -> str:
    """The text with one kind of newline, without control characters and outer white space.

    Direction marks left open are closed at the end of their line.
    """
    text = _NEWLINES.sub("\n", text)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "\n".join(_closed(line.rstrip()) for line in text.strip().split("\n"))


def clean_line(text: str) -> str:
    """The same on one line: newlines and tabs become spaces."""
    return _closed(" ".join(clean(text).split()))


def _closed(line: str) -> str:
    waiting: list[str] = []
    for character in line:
        if character in _OPENS:
            waiting.append(_OPENS[character])
        elif character in _CLOSES and character in waiting:
            # an isolate's end closes whatever was opened inside it, as the bidi algorithm has it
            while waiting and waiting.pop() != character:
                pass
    return line + "".join(reversed(waiting))


def seen(text: str) -> int:
    """How many characters of a text a reader can see."""
    return sum(_is_seen(character) for character in text)


def _is_seen(character: str) -> bool:
    category = unicodedata.category(character)
    return character not in _BLANKS and (category[0] in "LNPS" or category == "Mc")


def bounded(text: str, name: Text, least: int, most: int) -> str:
    """`text` when its length is within bounds, in characters as Discord counts them.

    Characters nobody can see count towards `most` but not towards `least`.

    Raises:
        Invalid: it is too long, too short, or shows nothing though something is needed.
    """
    if len(text) > most:
        raise Invalid(
            tn(
                "“{name}” has {length} characters; at most {count} is allowed.",
                "“{name}” has {length} characters; at most {count} are allowed.",
                most,
                name=name,
                length=len(text),
            )
        )
    if least and not seen(text):
        raise Invalid(t("“{name}” is empty; write something that can be read.", name=name))
    length = sum(_is_seen(c) or c.isspace() for c in text)
    if length < least:
        raise Invalid(
            tn(
                "“{name}” has {length} characters; at least {count} is needed.",
                "“{name}” has {length} characters; at least {count} are needed.",
                least,
                name=name,
                length=length,
            )
        )
    return text if seen(text) else ""


def fold(text: str) -> str:
    """The text as searches and comparisons see it: lower case, no accents, single spaces."""
    # Twice, since some capitals appear only when a letter is taken apart, and some marks only
    # when it is made small.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(
        c for c in decomposed if c.isspace() or (c not in _BLANKS and unicodedata.category(c) not in _UNHEARD)
    )
    return " ".join(letters.translate(_PLAIN).split())


def words(text: str) -> frozenset[str]:
    """The words a text can be found by: folded, each once, however often it occurs."""
    return frozenset(word[:LONGEST_WORD] for word in _WORD.findall(fold(text)))


def split_addressees(text: str, entities: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Addressees as written, separated by commas, semicolons or lines, each once.

    `entities` are (code, title); an addressee named by either becomes the code.
    """
    codes: dict[str, str] = {}
    for code, title in entities:
        codes.setdefault(fold(title), code)
    for code, _ in entities:
        codes[fold(code)] = code
    found: dict[str, str] = {}
    for part in re.split(r"[,;\n]", clean(text)):
        name = clean_line(part)
        if seen(name):
            name = codes.get(fold(name), name)
            found.setdefault(fold(name), name)
    return tuple(found.values())


def echo(text: str, most: int = 40) -> str:
    """What somebody wrote, as a sentence about it can carry it: on one line, `most` characters at most."""
    line = clean_line(text)
    return line if len(line) <= most else line[: most - 1] + "…"
