"""How far each addressee is, as stacked bars, an addressee a bar; see `reports.charts.picture`.

Seven states are more than anybody tells apart in grey, so what is closed and was not implemented is one part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports import fonts
from reports.charts import palette
from reports.charts.picture import (
    BARS,
    TITLE_LENGTHS,
    UNSHOWN,
    Drawing,
    alternative,
    breakable,
    missing_from,
)
from reports.format import Words
from reports.neutral import one_line, shortened
from reports.words.follow_up import EMPTY
from seminar.follow_up import IMPLEMENTATION_WORDS, Implementation
from seminar.follow_up_overview import Overview
from seminar.words import Text, t, tn

_TEMPLATE = "follow_up.typ"
CLOSED_OTHERWISE = t("closed otherwise")

PARTS: tuple[tuple[Text, str, tuple[Implementation, ...]], ...] = (
    (IMPLEMENTATION_WORDS[Implementation.IMPLEMENTED], palette.DONE, (Implementation.IMPLEMENTED,)),
    (
        IMPLEMENTATION_WORDS[Implementation.PARTIALLY_IMPLEMENTED],
        palette.PARTLY_DONE,
        (Implementation.PARTIALLY_IMPLEMENTED,),
    ),
    (IMPLEMENTATION_WORDS[Implementation.IN_PROGRESS], palette.UNDER_WAY, (Implementation.IN_PROGRESS,)),
    (IMPLEMENTATION_WORDS[Implementation.NOT_STARTED], palette.NOT_BEGUN, (Implementation.NOT_STARTED,)),
    (
        CLOSED_OTHERWISE,
        palette.CLOSED_OTHERWISE,
        (Implementation.CLOSED, Implementation.SUPERSEDED, Implementation.NOT_APPLICABLE),
    ),
)
"""The parts of a bar: what each is called, its colour, and the states that it counts."""


def follow_up_drawing(
    entities: Sequence[Overview], words: Words, *, heading: str | Text = "", scale: int | None = None
) -> Drawing:
    """How far each of up to `BARS` addressees is, in the order given.

    `scale` is the number of rows that fills the width: by default the most of any of them.

    Raises:
        ValueError: more than `BARS` addressees.
    """
    if len(entities) > BARS:
        raise ValueError(f"at most {BARS} bars in a picture, not {len(entities)}")
    title = one_line(words(heading))
    names = [_named(one, words) for one in entities]
    missing = missing_from([title, *names, *(one.title for one in entities)])
    notes = [words(UNSHOWN)] if missing else []
    if not entities:
        notes.append(words(EMPTY))
    data = {
        "colours": [colour for _, colour, _ in PARTS],
        "legend": [fonts.drawable(words(name)) for name, _, _ in PARTS],
        "heading": breakable(title),
        "heading_rtl": fonts.reads_right_to_left(title),
        "scale": max(scale or 0, *(one.rows for one in entities), 1),
        "rows": [_bar(one, name, words) for one, name in zip(entities, names, strict=True)],
        "note": fonts.drawable(" ".join(notes)),
    }
    opening = title or words(t("Implementation by addressee"))
    return Drawing(_TEMPLATE, data, alternative(opening, _versions(entities, words)), missing)


def _named(one: Overview, words: Words) -> str:
    """Whom a bar is of: the code, or as much of a free name as can stand for one."""
    name = shortened(one_line(one.entity), 40)
    if not one.former:
        return name
    former = shortened(one_line(", ".join(one.former)), 40)
    return words(t("{entity} ({former} until succeeded)", entity=name, former=former))


def _bar(one: Overview, name: str, words: Words) -> dict[str, object]:
    title = breakable("" if one.title == one.entity else one.title)
    return {
        "reference": fonts.drawable(name),
        "title": title,
        "rtl": fonts.reads_right_to_left(title),
        "counts": [count_of(one, states) for _, _, states in PARTS],
        "overdue": fonts.drawable(words(_overdue(one))) if one.overdue else "",
    }


def count_of(one: Overview, states: Sequence[Implementation]) -> int:
    """How many rows of an addressee are in one of these states."""
    return sum(one.implementation.get(state, 0) for state in states)


def _overdue(one: Overview) -> Text:
    return tn("{count} overdue", "{count} overdue", one.overdue)


def _versions(entities: Sequence[Overview], words: Words) -> Iterator[list[str]]:
    for most in TITLE_LENGTHS:
        yield [_told(one, most, words) for one in entities]


def _told(one: Overview, most: int, words: Words) -> str:
    """`DPKO Peacekeeping Operations: 3 implemented, 2 in progress; 1 overdue.`"""
    name = _named(one, words)
    if most and one.title != one.entity:
        name = f"{name} {shortened(one_line(one.title), most)}"
    figures = ", ".join(
        words(t("{number} {state}", number=count, state=state))
        for state, _, states in PARTS
        if (count := count_of(one, states))
    )
    if not one.overdue:
        return words(t("{name}: {figures}.", name=name, figures=figures))
    return words(t("{name}: {figures}; {outcome}.", name=name, figures=figures, outcome=_overdue(one)))
