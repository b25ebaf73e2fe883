"""Pictures of votes by constituency: what is in the file, and what the text alternative says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.charts import ALT_LIMIT, BARS, by_group, constituency_drawing
from reports.models.ranking import RankingRow
from reports.neutral import utf16_units
from seminar.model import Counts
from tests.reports.report_sample import PLAIN, VOTED, of_every_method, size


def rows(count: int, groups: Sequence[str] = ("UN", "EU"), title: str = "Planning") -> list[RankingRow]:
    """That many recommendations of one theme, each voted on by these groups."""
    return [
        replace(
            VOTED,
            reference=f"CAP-{number:02}",
            title=title,
            by_constituency={group: Counts(number, place, 1) for place, group in enumerate(groups)},
        )
        for number in range(1, count + 1)
    ]


def test_the_text_alternative_tells_every_published_group() -> None:
    """With the figures that the bars stand for."""
    drawing = constituency_drawing([VOTED], str, heading="Rome")
    assert drawing.alt.split("\n") == [
        "Rome",
        "CAP-01 Structured co-operation in planning: "
        "UN: 5 for, 1 against, 0 abstaining; others: 4 for, 1 against, 1 abstaining.",
    ]
    assert size(drawing)[0] == 1000


def test_a_group_of_everybody_is_no_constituency() -> None:
    """Nor is what another method publishes a number of votes."""
    assert by_group(PLAIN) == {}
    assert by_group(replace(VOTED, by_constituency={"all": Counts(9, 2, 1)})) == {}
    by_methods, _ = of_every_method()
    assert {row.method for row in by_methods if by_group(row)} == {"support"}
    drawing = constituency_drawing([PLAIN], str)
    assert drawing.alt == "Votes by constituency\nNo votes were published by constituency."
    assert size(drawing)[0] == 1000


def test_several_recommendations_are_shown_side_by_side_up_to_twelve() -> None:
    """Groups that only some of them have leave a gap in the others."""
    some = [*rows(2, ("UN", "EU", "AU")), *rows(3, ("UN", "others"))[2:]]
    drawing = constituency_drawing(some, str)
    assert drawing.data["groups"] == ["UN", "EU", "AU", "others"]
    shown = drawing.data["rows"]
    assert isinstance(shown, list)
    assert shown[2]["votes"] == [(3, 0, 1), None, None, (3, 1, 1)]
    assert size(drawing)[1] < size(constituency_drawing(rows(BARS), str))[1] < 2000
    with pytest.raises(ValueError, match="at most 12"):
        constituency_drawing(rows(BARS + 1), str)
    with pytest.raises(ValueError, match="one theme"):
        constituency_drawing([VOTED, replace(VOTED, theme="TRN")], str)


def test_the_groups_with_most_votes_are_shown_and_the_others_counted() -> None:
    """A picture has room for twelve."""
    (row,) = rows(1, [f"G{number}" for number in range(15)])
    drawing = constituency_drawing([row], str)
    assert drawing.data["groups"] == [f"G{number}" for number in range(3, 15)]
    assert drawing.data["note"] == "3 constituencies with fewer votes are left out."


@settings(max_examples=15, deadline=None)
@given(
    st.text(max_size=150),
    st.text(max_size=100),
    st.integers(1, BARS),
    st.lists(st.text("ABCÉ中", min_size=1, max_size=12), max_size=14, unique=True),
)
def test_any_titles_and_groups_can_be_drawn_and_told_within_the_limit(
    heading: str, title: str, count: int, groups: list[str]
) -> None:
    """No text and no number of groups breaks the picture or overruns what Discord takes."""
    drawing = constituency_drawing(rows(count, groups, title), str, heading=heading)
    assert size(drawing)[0] == 1000
    assert utf16_units(drawing.alt) <= ALT_LIMIT
