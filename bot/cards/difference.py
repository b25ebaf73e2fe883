"""Differences as people read them: what was taken out struck through, what was put in bold.

Only the places that changed are shown, with a few words around them. Nothing that somebody wrote is
interpreted, web addresses included: an address that changes in its middle would swallow the marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.i18n import Translator
from bot.ui import escape
from seminar.differences import Conflict, Mark, Merge, Piece
from seminar.wording import FIELD_WORDS, Wording, WordingMerge, changes
from seminar.words import Text, t

AROUND = 6  # words shown on either side of a place
_WIDE = 60  # characters of them, at most
_CAPS = (None, 1500, 1000, 700, 500, 350, 250, 180, 130, 90, 60, 40)
"""Characters of a piece that are shown, tried from the most to the least."""
_LEAST = 40
_NO_LIMIT = 10**9
_GAP = "…"
_SIGNS = {Mark.REMOVED: "~~", Mark.ADDED: "**"}
_APART = "\u200b"  # between a sign of a mark and a character that it would join, or be taken for text beside
_VISIBLE = str.maketrans({"\n": "↵", "\t": "⇥", " ": "␣"})


@dataclass(frozen=True, slots=True)
class Shown:
    """Markdown that is within the room it was given; `whole` unless something had to be left out."""

    text: str
    whole: bool


def difference_text(pieces: Sequence[Piece], room: int, around: int | None = AROUND) -> Shown:
    """A difference in at most `room` characters after escaping; `around` None shows all that stayed."""
    runs = list(pieces) if around is None else list(_places(pieces, around))
    for cap in _CAPS:
        made = "".join(_rendered(runs, cap))
        if len(made) <= room:
            return Shown(made, whole=cap is None)
    text = ""
    for part in _rendered(runs, _LEAST):
        if len(text) + len(part) + len(_GAP) > room:
            break
        text += part
    return Shown(text + _GAP, whole=False)


def changes_text(before: Wording, after: Wording, tr: Translator, room: int) -> Shown:
    """The differences of all fields under their names; a short one leaves its room to the others."""
    found = changes(before, after)
    headings = {name: f"**{tr(FIELD_WORDS[name])}**\n" for name in found}
    left = room - sum(len(heading) + 2 for heading in headings.values())
    made: dict[str, Shown] = {}
    full = {name: difference_text(pieces, _NO_LIMIT) for name, pieces in found.items()}
    by_size = sorted(found, key=lambda name: len(full[name].text))
    for place, name in enumerate(by_size):
        share = max(left, 0) // (len(by_size) - place)
        fits = len(full[name].text) <= share
        made[name] = full[name] if fits else difference_text(found[name], share)
        left -= len(made[name].text)
    return Shown(
        "\n\n".join(headings[name] + made[name].text for name in found),
        whole=all(one.whole for one in made.values()),
    )


def changes_document(heading: str, before: Wording, after: Wording, tr: Translator) -> str:
    """Everything that both texts say, with every mark, as a Markdown document."""
    parts = [f"# {heading}"]
    for name, pieces in changes(before, after).items():
        text = difference_text(pieces, _NO_LIMIT, around=None).text
        parts.append(f"## {tr(FIELD_WORDS[name])}\n\n" + text.replace("\n", "  \n"))
    return "\n\n".join(parts) + "\n"


def conflicts_text(made: WordingMerge, tr: Translator, room: int) -> Shown:
    """Each place that two changes touch, three ways: as it was, as it is now, as asked."""
    for cap in _CAPS:
        text = "\n\n".join(_conflicts(made.conflicts, tr, cap))
        if len(text) <= room:
            return Shown(text, whole=cap is None)
    text = ""
    for block in _conflicts(made.conflicts, tr, _LEAST):
        if len(text) + len(block) + 4 > room:
            break
        text += block + "\n\n"
    return Shown(text + _GAP, whole=False)


def conflicts_document(heading: str, made: WordingMerge, tr: Translator) -> str:
    """The same in full, as a Markdown document."""
    blocks = "\n\n".join(_conflicts(made.conflicts, tr, None))
    return f"# {heading}\n\n" + blocks.replace("\n", "  \n") + "\n"


def _conflicts(merges: Mapping[str, Merge], tr: Translator, cap: int | None) -> Iterable[str]:
    ways: tuple[tuple[str, Text], ...] = (
        ("base", t("As it was")),
        ("ours", t("As it is now")),
        ("theirs", t("As asked")),
    )
    for name, merge in merges.items():
        for number, part in enumerate(merge.parts):
            if not isinstance(part, Conflict):
                continue
            before = _tail(_agreed(merge, number - 1), AROUND)
            after = _head(_agreed(merge, number + 1), AROUND)
            lines = [f"**{tr(FIELD_WORDS[name])}**"]
            for field, called in ways:
                words = str(getattr(part, field))
                told = (
                    _marked(_capped(words, cap), Mark.ADDED) if words.strip() else f" *({tr(t('nothing'))})* "
                )
                around = f"{_plain(before)}{told}{_plain(after)}"
                lines.append(tr(t("{way}: {words}", way=called, words=around)))
            yield "\n".join(lines)


def _agreed(merge: Merge, number: int) -> str:
    part = merge.parts[number] if 0 <= number < len(merge.parts) else ""
    return part if isinstance(part, str) else ""


def _places(pieces: Sequence[Piece], around: int) -> Iterable[Piece]:
    """The pieces, of those that stayed only what stands next to a change."""
    last = len(pieces) - 1
    for number, piece in enumerate(pieces):
        if piece.mark is not Mark.SAME:
            yield piece
            continue
        after = _head(piece.text, around) if number else _GAP
        before = _tail(piece.text, around) if number < last else _GAP
        if len(after) + len(before) >= len(piece.text):
            yield piece
        elif not number:
            yield Piece(Mark.SAME, before)
        elif number == last:
            yield Piece(Mark.SAME, after)
        else:
            yield Piece(Mark.SAME, f"{after.rstrip(_GAP)} {_GAP} {before.lstrip(_GAP)}")


_FIRST = r"\s*(?:\S+\s*){0,%d}"


def _head(text: str, around: int) -> str:
    """Its first words, and a sign where more follow."""
    found = re.match(_FIRST % around, text)
    words = _capped(found[0] if found else "", _WIDE, sign="").rstrip()
    return text if len(words) >= len(text.rstrip()) else words + _GAP


def _tail(text: str, around: int) -> str:
    """Its last words, and a sign where there are more before them."""
    starts = [match.start() for match in re.finditer(r"\S+", text)]
    start = starts[-around] if len(starts) > around else 0
    words = text[max(start, len(text) - _WIDE) :].lstrip()
    while words and _is_mark(words[0]):
        words = words[1:]
    return text if len(words) >= len(text.lstrip()) else _GAP + words


def _rendered(pieces: Iterable[Piece], cap: int | None) -> Iterable[str]:
    for piece in pieces:
        if piece.mark is Mark.SAME:
            yield _plain(piece.text)
        else:
            yield _marked(_capped(piece.text, cap), piece.mark)


def _capped(text: str, cap: int | None, sign: str = _GAP) -> str:
    """`text` within `cap` characters; no letter is parted from the marks on it."""
    if cap is None or len(text) <= cap:
        return text
    end = cap
    while end and _is_mark(text[end]):
        end -= 1
    return text[: end or cap] + sign


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")


def _marked(text: str, mark: Mark) -> str:
    """`text` between the signs of its mark, line by line: Discord reads no sign beside white space."""
    sign = _SIGNS[mark]
    if not text.strip():
        end = "\n" if mark is Mark.ADDED and "\n" in text else ""
        return f"{sign}{text.translate(_VISIBLE)}{sign}{end}"
    lines = []
    for line in text.split("\n"):
        core = line.strip()
        left = line[: len(line) - len(line.lstrip())]
        right = line[len(line.rstrip()) :]
        if core:
            # Between a word and a comma, readers of Markdown other than Discord's take the signs for text.
            opening = sign if core[0].isalnum() else f"{sign}{_APART}"
            closing = sign if core[-1].isalnum() else f"{_APART}{sign}"
            lines.append(f"{left}{opening}{_plain(core)}{closing}{right}")
        else:
            lines.append(line)
    return "\n".join(lines)


def _plain(text: str) -> str:
    """`text` escaped, its web addresses as well."""
    return ":\\//".join(escape(part) for part in text.split("://"))
