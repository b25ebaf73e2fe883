"""Pictures of votes: what is in the file, and what the text alternative says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import fonts
from reports.charts.picture import ALT_LIMIT, BARS
from reports.charts.support import support_drawing
from reports.models.ranking import RankingRow
from reports.neutral import utf16_units
from seminar.model import Outcome
from tests.reports.report_sample import PLAIN, VOTED, size


def rows(count: int, title: str = "Structured co-operation") -> list[RankingRow]:
    """That many voted recommendations of one theme."""
    return [
        replace(VOTED, reference=f"CAP-{rank:02}", rank=rank, title=title) for rank in range(1, count + 1)
    ]


def test_a_picture_is_a_png_a_thousand_pixels_wide() -> None:
    """Wide enough for a desk, with type large enough for a phone."""
    width, height = size(support_drawing(rows(1), str, heading="Rome · Military capabilities"))
    assert width == 1000
    assert 150 < height < 500


def test_a_picture_grows_with_its_bars_and_stops_at_twelve() -> None:
    """More would be unreadable on a phone."""
    assert size(support_drawing(rows(3), str))[1] < size(support_drawing(rows(BARS), str))[1] < 1500
    with pytest.raises(ValueError, match="at most 12"):
        support_drawing(rows(BARS + 1), str)


def test_a_picture_never_mixes_themes_or_events() -> None:
    """Bars side by side invite comparison, and ranks of two themes bear none."""
    with pytest.raises(ValueError, match="one theme"):
        support_drawing([VOTED, replace(VOTED, theme="TRN")], str)
    with pytest.raises(ValueError, match="one theme"):
        support_drawing([VOTED, replace(VOTED, event="BER")], str)


def test_the_text_alternative_tells_the_same_figures() -> None:
    """Whoever does not see the bars learns as much."""
    shown = [
        replace(VOTED, contested=True),
        replace(VOTED, reference="CAP-02", for_=0, against=0, abstain=0, outcome=Outcome.NO_QUORUM),
    ]
    assert support_drawing(shown, str, heading="Rome").alt.split("\n") == [
        "Rome",
        "CAP-01 Structured co-operation in planning: 9 for, 2 against, 1 abstaining; carried, contested.",
        "CAP-02 Structured co-operation in planning: no votes; no quorum.",
    ]


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=300), st.text(max_size=100), st.integers(min_value=1, max_value=BARS))
def test_any_title_can_be_drawn_and_told_within_the_limit(heading: str, title: str, count: int) -> None:
    """No text breaks the picture or overruns what Discord takes."""
    picture = support_drawing(rows(count, title), str, heading=heading)
    assert size(picture)[0] == 1000
    assert utf16_units(picture.alt) <= ALT_LIMIT


def test_a_text_alternative_that_cannot_be_shortened_enough_says_that_it_goes_on() -> None:
    """Long translations may leave no room for the last rows."""
    alt = support_drawing(rows(12, "😀" * 100), lambda message: f"{message} {'ß' * 60}").alt
    assert utf16_units(alt) <= ALT_LIMIT
    assert alt.endswith("\n…")


def test_titles_are_data_and_never_typesetting() -> None:
    """Code in a title is drawn as text: the page keeps its width."""
    code = '#set page(width: 10pt) #read("/etc/passwd") $x$ *b* \\ " `'
    assert size(support_drawing(rows(2, code), str))[0] == 1000


def test_rows_without_counts_are_left_out() -> None:
    """A rating has no votes for and against to draw."""
    assert "CAP-01" not in support_drawing([PLAIN], str).alt


def test_characters_without_a_glyph_are_reported_and_marked() -> None:
    """They are named to the caller, replaced by one mark a run, and kept in the text alternative."""
    picture = support_drawing(rows(1, "维和 planning 🦄"), str)
    assert picture.missing == ("维", "和", "🦄")
    assert "维和 planning 🦄" in picture.alt
    assert fonts.missing_glyphs("维和 planning 🦄") == ("维", "和", "🦄")
    assert (
        fonts.drawable("维和 planning 👨\u200d👩\u200d👧 \u2764\ufe0f!") == "\ufffd planning \ufffd ❤\ufe0f!"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Straße, cœur, São, Łódź, İstanbul, Ђорђе",
        "Συνεργασία",
        "Сотрудничество",
        "שיתוף פעולה",
        "الحوكمة",
        "e\u0301 “quoted” – € … ✓ ✗ · \ufffd",
        "می\u200cخواهم",
    ],
)
def test_the_scripts_of_europe_and_its_neighbours_have_their_glyphs(text: str) -> None:
    """Latin, Greek, Cyrillic, Hebrew and Arabic, and the signs the pictures use."""
    assert fonts.missing_glyphs(text) == ()


def test_a_title_in_a_script_from_the_right_is_set_from_the_right() -> None:
    """Its first letter decides; digits and signs before it do not."""
    assert fonts.reads_right_to_left("2014: שיתוף EU")
    assert not fonts.reads_right_to_left("EU שיתוף")
    assert not fonts.reads_right_to_left("2014")


def test_several_pictures_can_be_drawn_at_once() -> None:
    """Callers use threads; the typesetter holds no state between pictures."""
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda count: support_drawing(rows(count), str).png(), [1, 2, 3, 4] * 3))
    assert drawn[:4] == drawn[4:8] == drawn[8:]
