"""Pictures of ratings: what is in the file, and what the text alternative says."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from reports.charts import palette
from reports.charts.picture import ALT_LIMIT, BARS, Drawing
from reports.charts.rating import rating_drawing
from reports.models.ranking import RankingRow
from reports.neutral import utf16_units
from seminar.amounts import parse_quorum, parse_threshold
from seminar.methods import rating
from seminar.methods.rating import RatingFigures
from seminar.model import BallotRules, Reasons, Secrecy
from seminar.paper import spell
from tests.reports.report_sample import PLAIN, VOTED, size

ratings_given = st.lists(st.integers(1, 9), max_size=30)


def figures(ratings: list[int], quorum: str = "0") -> RatingFigures:
    """The figures of an item rated like this."""
    rules = BallotRules(
        "rating", parse_threshold(">1/2"), parse_quorum(quorum), Secrecy.SECRET, Reasons.NONE, True
    )
    votes = [(0, spell({1: (one, 0)}), None) for one in ratings]
    (item,) = rating.tally([(1, "CAP-01")], votes, rules, 100, ["all"])
    return item


def row(number: int, ratings: list[int], quorum: str = "0", **fields: Any) -> RankingRow:
    """A rated recommendation."""
    return replace(
        PLAIN,
        reference=f"CAP-{number:02}",
        rank=number,
        method="rating",
        figures=figures(ratings, quorum),
        **fields,
    )


def rows(count: int, title: str = "Structured co-operation") -> list[RankingRow]:
    """That many rated recommendations of one theme."""
    return [row(number, [2, 5, 7, 8, 8], title=title) for number in range(1, count + 1)]


def columns_of(picture: Drawing, colour: str) -> set[int]:
    """In which of the nine columns, from 1, there are pixels of a colour below the legend."""
    image = Image.open(BytesIO(picture.png())).convert("RGB")
    wanted = ImageColor.getrgb(colour)
    pixels = image.load()
    assert pixels is not None
    return {
        int((x - 28) / 74) + 1  # 14 points of margin, 37 a column, two pixels a point
        for x in range(28, 28 + 9 * 74)
        for y in range(60, image.height)
        if pixels[x, y] == wanted
    }


def test_a_picture_is_a_png_a_thousand_pixels_wide() -> None:
    """Wide enough for a desk, with type large enough for a phone."""
    width, height = size(rating_drawing(rows(1), str, heading="Rome · Military capabilities"))
    assert width == 1000
    assert 200 < height < 500


def test_a_picture_grows_with_its_rows_and_stops_at_twelve() -> None:
    """More would be unreadable on a phone."""
    assert size(rating_drawing(rows(3), str))[1] < size(rating_drawing(rows(BARS), str))[1] < 2100
    with pytest.raises(ValueError, match="at most 12"):
        rating_drawing(rows(BARS + 1), str)


def test_a_picture_never_mixes_themes_or_events() -> None:
    """Rows side by side invite comparison, and ranks of two themes bear none."""
    first, second = rows(2)
    for other in (replace(second, theme="TRN"), replace(second, event="BER")):
        with pytest.raises(ValueError, match="one theme"):
            rating_drawing([first, other], str)


@pytest.mark.parametrize(
    ("colour", "region"),
    [(palette.AGAINST, {1, 2, 3}), (palette.ABSTAIN, {4, 5, 6}), (palette.FOR, {7, 8, 9})],
)
def test_every_rating_stands_in_its_own_column(colour: str, region: set[int]) -> None:
    """Where it stands tells a rating without its colour, and there is nothing where nobody rated."""
    assert columns_of(rating_drawing([row(1, [*range(1, 10)])], str), colour) == region
    for one in region:
        assert columns_of(rating_drawing([row(1, [one, one])], str), colour) == {one}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([5, 5], [5, 5, 5]),  # a count
        ([1, 4, 5, 6, 9], [1, 4, 5, 6, 8]),  # a place
    ],
)
def test_other_ratings_make_another_picture(one: list[int], other: list[int]) -> None:
    """The same ones make the same."""
    assert rating_drawing([row(1, one)], str).png() == rating_drawing([row(1, one)], str).png()
    assert rating_drawing([row(1, one)], str) != rating_drawing([row(1, other)], str)


@pytest.mark.parametrize(
    "changed", [{"median": 4.0}, {"q1": 1.0}, {"q3": 9.0}, {"agreed": True}, {"disagreement": True}]
)
def test_median_middle_half_and_remarks_are_drawn(changed: dict[str, Any]) -> None:
    """Each of them shows."""
    plain = row(1, [2, 5, 7, 8, 8])
    assert (
        rating_drawing([plain], str).png()
        != rating_drawing([replace(plain, figures=replace(plain.figures, **changed))], str).png()
    )


def test_the_text_alternative_tells_the_same_figures() -> None:
    """Whoever does not see the columns learns as much."""
    shown = [
        row(1, [7, 8, 8, 8, 9]),
        row(2, [1, 1, 1, 9, 9, 9]),
        row(3, [6, 7]),
        row(4, [5]),
        row(5, [1, 2, 2]),
        row(6, []),
        row(7, [8], "2"),
    ]
    titled = "Structured co-operation in planning"
    assert rating_drawing(shown, str, heading="Rome").alt.split("\n") == [
        "Rome",
        f"CAP-01 {titled}: supported, consensus; median 8, middle half 8 to 8, "
        "5 ratings from 1 to 9: 0, 0, 0, 0, 0, 0, 1, 3, 1.",
        f"CAP-02 {titled}: uncertain, disagreement; median 5, middle half 1 to 9, "
        "6 ratings from 1 to 9: 3, 0, 0, 0, 0, 0, 0, 0, 3.",
        f"CAP-03 {titled}: supported; median 6.5, middle half 6.25 to 6.75, "
        "2 ratings from 1 to 9: 0, 0, 0, 0, 0, 1, 1, 0, 0.",
        f"CAP-04 {titled}: uncertain; median 5, middle half 5 to 5, "
        "1 rating from 1 to 9: 0, 0, 0, 0, 1, 0, 0, 0, 0.",
        f"CAP-05 {titled}: not supported; median 2, middle half 1.5 to 2, "
        "3 ratings from 1 to 9: 1, 2, 0, 0, 0, 0, 0, 0, 0.",
        f"CAP-06 {titled}: no ratings.",
        f"CAP-07 {titled}: no quorum; median 8, middle half 8 to 8, "
        "1 rating from 1 to 9: 0, 0, 0, 0, 0, 0, 0, 1, 0.",
    ]


def test_twelve_rows_give_up_titles_and_counts_before_medians() -> None:
    """Every recommendation is told of, with its class and what it rests on."""
    told = rating_drawing(rows(BARS), str, heading="Rome").alt.split("\n")
    assert told[1:] == [
        f"CAP-{number:02}: supported; median 7, middle half 5 to 8, 5 ratings."
        for number in range(1, BARS + 1)
    ]


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=300), st.text(max_size=100), st.lists(ratings_given, min_size=1, max_size=BARS))
def test_any_title_and_ratings_can_be_drawn_and_told_within_the_limit(
    heading: str, title: str, rated: list[list[int]]
) -> None:
    """No text and no figures break the picture or overrun what Discord takes."""
    shown = [row(number, ratings, title=title) for number, ratings in enumerate(rated, 1)]
    picture = rating_drawing(shown, str, heading=heading)
    assert size(picture)[0] == 1000
    assert utf16_units(picture.alt) <= ALT_LIMIT


def test_a_text_alternative_that_cannot_be_shortened_enough_says_that_it_goes_on() -> None:
    """Long translations may leave no room for the last rows."""
    alt = rating_drawing(rows(BARS, "😀" * 100), lambda message: f"{message} {'ß' * 60}").alt
    assert utf16_units(alt) <= ALT_LIMIT
    assert alt.endswith("\n…")


def test_titles_are_data_and_never_typesetting() -> None:
    """Code in a title is drawn as text: the page keeps its width."""
    code = '#set page(width: 10pt) #read("/etc/passwd") $x$ *b* \\ " `'
    assert size(rating_drawing(rows(2, code), str))[0] == 1000


def test_rows_of_another_method_are_left_out() -> None:
    """A vote for and against has no median to draw."""
    assert "CAP-01" not in rating_drawing([PLAIN], str).alt
    assert "CAP-01" not in rating_drawing([VOTED], str).alt
    told = rating_drawing([VOTED, row(2, [8])], str).alt.split("\n")
    assert [line[:6] for line in told] == ["Rating", "CAP-02"]


def test_characters_without_a_glyph_are_reported_and_kept_in_the_text_alternative() -> None:
    """They are named to the caller."""
    picture = rating_drawing(rows(1, "维和 planning 🦄"), str)
    assert picture.missing == ("维", "和", "🦄")
    assert "维和 planning 🦄" in picture.alt
