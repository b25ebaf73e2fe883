"""What a merge offers to begin with: everything that was said, once, as far as it fits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seminar.joining import joined
from seminar.wording import MOST_ADDRESSEES, MOST_RATIONALE, MOST_TEXT, Wording

FIRST = Wording("Plan together", "Plan missions together.", "It saves money.", ("DPKO", "CMPD"))
SECOND = Wording("Learn together", "Learn from missions.", "", ("CPCC", "DPKO"))

texts = st.text(st.sampled_from("ab .\n"), min_size=1, max_size=1200)
wordings = st.builds(
    Wording,
    st.just("Title"),
    texts,
    st.one_of(st.just(""), texts.map(lambda text: text[:900])),
    st.lists(st.sampled_from(["DPKO", "CMPD", "x" * 120, "y" * 130]), max_size=3, unique=True).map(tuple),
)


def test_texts_and_rationales_become_paragraphs_and_addressees_are_united() -> None:
    """The title stays that of the one that stays."""
    made = joined(FIRST, [SECOND])
    assert made.alone == ()
    assert made.wording == Wording(
        "Plan together",
        "Plan missions together.\n\nLearn from missions.",
        "It saves money.",
        ("DPKO", "CMPD", "CPCC"),
    )


def test_what_was_said_already_is_not_said_twice() -> None:
    """As the parts of a template, or a copy."""
    assert joined(FIRST, [FIRST, SECOND, SECOND]) == joined(FIRST, [SECOND])


def test_where_all_is_too_long_the_first_stands_alone() -> None:
    """Each field by itself; at the limit it still fits."""
    full = Wording("Full", "x" * (MOST_TEXT - len(FIRST.text) - 2))
    assert len(joined(FIRST, [full]).wording.text) == MOST_TEXT
    over = Wording("Over", full.text + "y", "z" * MOST_RATIONALE, ("a" * MOST_ADDRESSEES,))
    made = joined(FIRST, [over])
    assert made.wording == FIRST
    assert made.alone == ("text", "rationale", "addressees")


@given(first=wordings, others=st.lists(wordings, max_size=3))
def test_what_is_offered_fits_and_holds_everything_or_says_what_it_leaves_out(
    first: Wording, others: list[Wording]
) -> None:
    """Whatever the texts."""
    made = joined(first, others)
    fields = made.wording.fields
    assert len(fields["text"]) <= MOST_TEXT and len(fields["rationale"]) <= MOST_RATIONALE
    assert len(fields["addressees"]) <= MOST_ADDRESSEES
    for one in others:
        assert "text" in made.alone or one.text in made.wording.text
        assert "rationale" in made.alone or one.rationale in made.wording.rationale
        assert "addressees" in made.alone or set(one.addressees) <= set(made.wording.addressees)
    assert first.text in made.wording.text and set(first.addressees) <= set(made.wording.addressees)
