"""Papers as they are stored: spelled in one way, read back exactly, and nothing else taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar import paper
from seminar.errors import Invalid
from seminar.methods import METHODS, paper_method

ANSWERS = st.dictionaries(
    st.integers(1, 99), st.lists(st.integers(-(10**9), 10**9), max_size=3).map(tuple), max_size=6
)


@given(answers=ANSWERS)
def test_a_paper_reads_back_as_it_was_spelled(answers: paper.Answers) -> None:
    """And is spelled so again."""
    text = paper.spell(answers)
    assert paper.read(text) == answers
    assert paper.spell(paper.read(text)) == text


@given(answers=ANSWERS)
def test_two_papers_that_say_the_same_are_the_same_text(answers: paper.Answers) -> None:
    """In whatever order they were filled in."""
    assert paper.spell(dict(reversed(answers.items()))) == paper.spell(answers)


@given(answers=ANSWERS)
def test_a_paper_says_something_where_an_answer_has_a_number(answers: paper.Answers) -> None:
    """Standing aside is none."""
    assert paper.answers_something(paper.spell(answers)) == any(answers.values())


def test_the_spelling_is_this_one() -> None:
    """Stored papers and published records depend on it."""
    assert paper.spell({2: (3, 0), 1: (8, 6), 4: paper.ASIDE}) == '{"1":[8,6],"2":[3,0],"4":[]}'
    assert paper.spell({10: (1,), 9: (1,)}) == '{"10":[1],"9":[1]}'
    assert paper.spell({}) == "{}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"paper"',
        "1",
        '{"1":8}',
        '{"1":[8.5]}',
        '{"1":["8"]}',
        '{"1":[true]}',
        '{"1":[null]}',
        '{"1":[[8]]}',
        '{"1":{"a":8}}',
        '{"0":[8]}',
        '{"-1":[8]}',
        '{"x":[8]}',
        '{"":[8]}',
        '{"1.0":[8]}',
        '{"01":[8]}',
        '{" 1":[8]}',
        '{"１":[8]}',
        '{"1":[8] }',
        ' {"1":[8]}',
        '{"2":[1],"1":[2]}',
        '{"1":[8],"1":[8]}',
        '{"1":[1],"01":[2]}',
        '{"1":[8]}x',
        '{"1":[1e1]}',
        '{"1":[-0]}',
    ],
)
def test_what_is_spelled_otherwise_is_no_paper(text: str) -> None:
    """Two spellings of one paper would be two rows in a record."""
    with pytest.raises(ValueError):
        paper.read(text)


@given(answers=ANSWERS, position=st.integers(1, 99))
def test_an_item_left_open_or_stood_aside_on_leaves_the_others_alone(
    answers: paper.Answers, position: int
) -> None:
    """And the paper that was is not changed."""
    before = dict(answers)
    others = {place: numbers for place, numbers in answers.items() if place != position}
    assert paper.without(answers, position) == others
    assert paper.aside(answers, position) == {**others, position: paper.ASIDE}
    assert position in paper.recused(paper.aside(answers, position))
    assert paper.recused(others) == {place for place, numbers in others.items() if not numbers}
    assert answers == before


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("aside", {1: (), 2: (5,)}),
        ("back", {2: (5,)}),
        ("clear", {2: (5,)}),
        ("next", None),
        ("", None),
        ("Aside", None),
    ],
)
def test_the_words_of_all_papers(said: str, after: paper.Answers | None) -> None:
    """Others belong to a method, or to nobody."""
    assert paper.tapped({1: (3,), 2: (5,)}, 1, said) == after


def test_only_an_item_of_the_ballot_is_let_pass() -> None:
    """What was taken out meanwhile is not."""
    paper.require_on(2, (1, 2))
    for position in (0, 3, -1):
        with pytest.raises(Invalid, match="not on the paper"):
            paper.require_on(position, (1, 2))


def test_a_record_names_where_somebody_stands_aside_only_if_they_do() -> None:
    """By reference, in the order of the items."""
    references = {1: "CAP-01", 2: "CAP-02", 3: "CAP-03"}
    assert paper.aside_record({1: (1,), 2: (2,)}, references) == {}
    assert paper.aside_record({3: (), 2: (2,), 1: ()}, references) == {"aside": ["CAP-01", "CAP-03"]}


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_on_paper_or_it_is_not(name: str) -> None:
    """And says so itself."""
    if METHODS[name].on_paper:
        assert paper_method(name) is METHODS[name]
    else:
        with pytest.raises(Invalid, match="not voted on by paper"):
            paper_method(name)
