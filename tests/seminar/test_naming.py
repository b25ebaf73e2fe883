"""Names in free text: found however they are written, and nothing else taken for one."""

from __future__ import annotations

import string
import time
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from seminar.naming import Names

CAPITALISED = st.builds(
    lambda first, rest: first + rest,
    st.sampled_from(string.ascii_uppercase + "ÉÜŁÓ"),
    st.text("abcdefghijklmnopqrstuvwxyzéüłó", min_size=2, max_size=8),
)
FULL_NAMES = st.lists(CAPITALISED, min_size=2, max_size=4).map(" ".join)
FILLER = st.lists(st.sampled_from(("the", "and", "7", "of", "—", "«", "(", "12.")), max_size=6).map(" ".join)


@given(name=FULL_NAMES, before=FILLER, after=FILLER)
def test_a_whole_name_is_found_wherever_it_stands(name: str, before: str, after: str) -> None:
    """Between whatever words and signs, and once."""
    assert Names([name]).find(f"{before} {name}, {after}. {name}!") == (name,)


@given(name=FULL_NAMES, before=FILLER)
def test_a_surname_is_found_alone(name: str, before: str) -> None:
    """Where a name has several words, its last one names somebody too."""
    surname = name.split()[-1]
    assert surname in Names([name]).find(f"{before} {surname} said so")


@given(name=FULL_NAMES)
def test_accents_spelling_and_spaces_make_no_difference(name: str) -> None:
    """Nor does whether the letters are composed, or capitals throughout."""
    names = Names([name])
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    for spelled in (unicodedata.normalize("NFD", name), bare, name.upper(), name.replace(" ", "\n  ")):
        assert names.find(f"as {spelled} said"), spelled


@given(word=CAPITALISED, more=st.text("abcdefgh", min_size=1, max_size=3))
def test_a_part_of_a_word_is_no_name(word: str, more: str) -> None:
    """Nor is the same word in small letters."""
    names = Names([f"Ana {word}"])
    assert names.find(f"{word}{more} {more}{word} {word.lower()}") == ()


@given(st.lists(FULL_NAMES, max_size=5), st.text(max_size=80))
def test_whatever_is_found_stands_in_the_text(people: list[str], text: str) -> None:
    """As it is spelled there, whatever the text is."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    for found in Names(people, people).find(text):
        assert found in plain


def test_hyphens_particles_and_other_scripts() -> None:
    """Names are as people are called, not as a programmer thinks."""
    names = Names(["Jean-Pierre O’Neill", "Anna van der Berg", "王小明", "Νίκος Παπαδόπουλος", "أحمد خليل"])
    assert names.find("Said Jean-Pierre O'Neill.") == ("Jean-Pierre O'Neill",)
    assert names.find("As O’Neill has it") == ("O’Neill",)
    assert names.find("by Anna van der Berg, and by Berg") == ("Anna van der Berg", "Berg")
    assert names.find("我们支持王小明的建议") == ("王小明",)
    assert names.find("ΠΑΠΑΔΟΠΟΥΛΟΣ") == ("ΠΑΠΑΔΟΠΟΥΛΟΣ",)
    assert names.find("قال أحمد خليل ذلك") == ("أحمد خليل",)


def test_organisations_are_found_whole_and_what_has_a_name_of_its_own_is_none() -> None:
    """The title of a constituency, or the code of an entity, names nobody."""
    names = Names(
        ["DPKO", "Ola (UN)", "Person 11", "Mr X"],
        ["Council Secretariat", "EEAS", "United Nations"],
        ["United Nations", "UN", "DPKO"],
    )
    assert names.find("The United Nations, UN, DPKO, the Council and item 11") == ()
    assert names.find("the EEAS and the Council Secretariat") == ("EEAS", "Council Secretariat")
    assert names.find("Ola spoke to Person 11") == ("Ola", "Person 11")


def test_nothing_is_found_where_nobody_is_known() -> None:
    """And nothing in nothing."""
    assert Names([]).find("Ana Rossi") == ()
    assert Names(["", "  ", "7", "—"]).find("7 — Ana") == ()
    assert Names(["Ana Rossi"]).find("") == ()


def test_five_thousand_names_in_two_thousand_texts_take_seconds() -> None:
    """One pass over each text, however many names there are."""
    people = [f"Given{number % 70} Family{number}" for number in range(5_000)]
    text = " ".join(f"word{number} and Given3" for number in range(150))
    started = time.perf_counter()
    names = Names(people, (f"Office {name}" for name in people))
    for number in range(2_000):
        assert names.find(f"{text} so Family{number}") == (f"Family{number}",)
    assert time.perf_counter() - started < 15
