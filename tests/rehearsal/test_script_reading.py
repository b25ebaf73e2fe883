"""What a script may say, and the sentence a person gets when it says something else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from rehearsal.ballot_verbs import Hands, OpenBallot
from rehearsal.script import DEFAULT_SCRIPT, read_script
from rehearsal.setup import initiative_of
from rehearsal.step import VERBS, RehearsalFailed
from rehearsal.verbs import Recommend
from rehearsal.vote_verbs import Vote
from seminar.methods import METHODS
from tests.rehearsal.rehearsal_stage import A_PROPOSAL, write_script

VOTE = '{ who = "Ana", does = "vote", ballot = "b", '
BALLOT = '{ who = "Fay", does = "open_ballot", name = "b", method = "points", theme = "CAP", '
HANDS = '{ who = "Fay", does = "hands", ballot = "b", reference = "CAP-01", '
OPEN = '{ who = "Ola", does = "open_event", event = "ROM" }'


def complaint(path: Path) -> RehearsalFailed:
    with pytest.raises(RehearsalFailed) as raised:
        read_script(path)
    return raised.value


def test_the_rome_seminar_is_a_whole_seminar() -> None:
    """The script played by default has the people, proposals and ballots it is announced with."""
    script = read_script(DEFAULT_SCRIPT)
    initiative = initiative_of(script)
    experts = [person for person in script.people if "Expert" in person.roles]
    done = [step for step in script.steps if step.expect == "done"]
    proposed = [step for step in done if isinstance(step, Recommend) and step.duplicate == "propose"]
    opened = [step for step in done if isinstance(step, OpenBallot)]
    spoken_for = {c.code for c in initiative.constituencies for p in experts if set(c.roles) & set(p.roles)}
    assert len(experts) >= 20
    assert spoken_for == {"UN", "EU", "MS", "TT"}
    assert Counter(step.theme for step in proposed) == {"CAP": 10, "TRN": 8, "MCP": 3, "SSR": 5}
    assert {step.method for step in opened} == set(METHODS) - {"silence"}
    assert sum(step.purpose == "indicative" for step in opened) == 1
    assert {"start_silence", "break_silence", "explain_position", "hands"} <= {step.does for step in done}
    assert {"remove_item", "vote_again", "next_round"} <= {step.does for step in done}
    assert {"amend", "rework_amendment", "merge", "undo", "split", "argue"} <= {step.does for step in done}
    assert {"import_participants", "register", "set_aside_argument"} <= {step.does for step in done}
    assert sum(step.expect == "refused" for step in script.steps) >= 20
    assert initiative.privacy.notice


def test_steps_may_be_tables_or_a_list(tmp_path: Path) -> None:
    """`[[steps]]` and `steps = […]` say the same."""
    listed = read_script(write_script(tmp_path, OPEN, A_PROPOSAL))
    tables = tmp_path / "tables.toml"
    written = (tmp_path / "script.toml").read_text("utf-8").split("steps =")[0]
    tables.write_text(written + '[[steps]]\nwho = "Ola"\ndoes = "open_event"\nevent = "ROM"\n', "utf-8")
    assert read_script(tables).steps == listed.steps[:1]


def test_an_unknown_verb_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    """The sentence names the step, the word, and what there is instead."""
    failed = complaint(write_script(tmp_path, OPEN, '{ who = "Ana", does = "juggle" }'))
    assert failed.step == 2
    assert str(failed.sentence).startswith("step 2: “juggle” is not something a rehearsal can do")
    assert all(verb in str(failed.sentence) for verb in VERBS)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ('{ who = "Ana", does = "second", referense = "CAP-01" }', "missing"),
        ('{ who = "Ana", does = "second", reference = "CAP-01", loudly = true }', "“loudly” is not known"),
        ('{ who = "Ana", does = "second", reference = "the first one" }', "a reference like CAP-01"),
        ('{ who = "Ana" }', "does not say what is done"),
        ('{ who = "Zoe", does = "second", reference = "CAP-01" }', "nobody in the script is called Zoe"),
        ('{ who = "Ana", does = "vote", ballot = "b" }', "give one of: reference and choice, votes"),
        (VOTE + 'reference = "CAP-01" }', "needs both reference and choice"),
        (VOTE + 'reference = "CAP-01", choice = "perhaps" }', "“choice” must be 'for', 'against'"),
        (VOTE + "votes = {} }", "votes = {} says nothing"),
        (VOTE + 'points = { "CAP-01" = 3 }, approve = ["CAP-01"] }', "give one of"),
        (VOTE + 'choice = "for", ratings = { "CAP-01" = 8 } }', "give one of"),
        (VOTE + 'ranking = [["CAP-01"]], importance = { "CAP-01" = 6 } }', "importance goes with ratings"),
        (VOTE + "ratings = 5 }", "“ratings” must be a table by reference"),
        (VOTE + 'ratings = { "CAP-01" = [8] } }', "“ratings.CAP-01” cannot be [8]"),
        (VOTE + 'ratings = { "CAP-01" = true } }', "“ratings.CAP-01” cannot be True"),
        (VOTE + 'ratings = { "the first" = 8 } }', "a reference like CAP-01"),
        (VOTE + 'ranking = ["CAP-01", "CAP-02"] }', "“ranking.0” must be a list"),
        (VOTE + 'ranking = "CAP-01" }', "“ranking” must be a list"),
        (VOTE + "points = [3] }", "“points” must be a table by reference"),
        (VOTE + 'approve = "CAP-01" }', "“approve” must be a list"),
        (VOTE + "aside = [] }", "give one of"),
        (BALLOT + "points = 2.5 }", "“points” must be a whole number"),
        (BALLOT + 'purpose = "serious" }', "“purpose” must be 'decisive' or 'indicative'"),
        (BALLOT + 'results = "loud" }', "“results” must be 'hidden' or 'live'"),
        (HANDS + 'for = "many" }', "“for” must be a whole number"),
        (HANDS + "for_ = 3 }", "“for_” is not known"),
        ('{ who = "Fay", does = "start_silence", hours = 72 }', "give either reference, or references"),
        (
            '{ who = "Fay", does = "start_silence", reference = "CAP-01", references = "CAP-02" }',
            "give either reference, or references",
        ),
        ('{ who = "Ben", does = "break_silence", reference = "CAP-01" }', "the key “text” is missing"),
        ('{ who = "Fay", does = "remove_item", ballot = "b", reference = "CAP-01" }', "“reason” is missing"),
        ('{ who = "Fay", does = "next_round", ballot = "b" }', "“name” is missing"),
        (
            '{ who = "Ana", does = "second", reference = "CAP-01", expect = "applause" }',
            "“expect” must be",
        ),
    ],
)
def test_a_step_that_cannot_be_read_is_named(tmp_path: Path, step: str, words: str) -> None:
    """Number, key and reason stand in one sentence."""
    failed = complaint(write_script(tmp_path, OPEN, step))
    assert failed.step == 2
    assert words in str(failed.sentence)
    assert "\n" not in str(failed.sentence)


def test_a_vote_has_the_form_of_its_method(tmp_path: Path) -> None:
    """On a card, on a sheet, or as a paper of one of the methods; standing aside goes with all."""
    forms = [
        'reference = "CAP-01", choice = "for" }',
        'votes = { "CAP-01" = "for", "CAP-02" = "abstain" }, aside = ["CAP-03"] }',
        'ratings = { "CAP-01" = 8 }, importance = { "CAP-01" = 6 } }',
        'ranking = [["CAP-02"], ["CAP-01", "CAP-03"]] }',
        'points = { "CAP-01" = 3 } }',
        'approve = ["CAP-01"], aside = ["CAP-02"] }',
        'aside = ["CAP-01"] }',
    ]
    steps = read_script(write_script(tmp_path, *(VOTE + form for form in forms))).steps
    card, sheet, rated, ranked, dots, chosen, aside = (step for step in steps if isinstance(step, Vote))
    assert (card.reference, card.choice) == ("CAP-01", "for")
    assert (sheet.votes["CAP-02"], sheet.aside) == ("abstain", ("CAP-03",))
    assert (rated.ratings, rated.importance) == ({"CAP-01": 8}, {"CAP-01": 6})
    assert ranked.ranking == (("CAP-02",), ("CAP-01", "CAP-03"))
    assert dots.points == {"CAP-01": 3}
    assert (chosen.approve, chosen.aside, aside.aside) == (("CAP-01",), ("CAP-02",), ("CAP-01",))


@pytest.mark.parametrize(
    "paper",
    [
        'ratings = { "CAP-01" = 0, "CAP-02" = 10, "CAP-03" = 4.5, "CAP-04" = "" } }',
        'ranking = [["CAP-01"], ["CAP-01", "XYZ-99"]] }',
        'points = { "CAP-01" = -3, "CAP-02" = 1000000, "CAP-03" = "many" } }',
        "ratings = {} }",
        "ranking = [] }",
        'approve = ["XYZ-99", "XYZ-99"] }',
    ],
)
def test_what_a_paper_says_is_left_to_the_bot(tmp_path: Path, paper: str) -> None:
    """However wrong it is: a script must be able to try it and see it refused."""
    assert read_script(write_script(tmp_path, VOTE + paper)).steps


def test_hands_are_counted_under_the_words_of_the_contract(tmp_path: Path) -> None:
    """`for` is a word of Python's own, and still the key."""
    (step,) = read_script(write_script(tmp_path, HANDS + "for = 12, against = 3, abstain = 1 }")).steps
    assert isinstance(step, Hands)
    assert (step.for_, step.against, step.abstain, step.constituency) == (12, 3, 1, None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"initiative = \xff", "not UTF-8"),
        (b"initiative = ", "not valid TOML"),
        (b"people = []", "must say initiative"),
        (b'initiative = "gone.toml"', "is not there"),
        (b'initiative = "initiative.toml"\nactors = []', "unknown key “actors”"),
        (b'initiative = "initiative.toml"\nsteps = 3', "“steps” must be a list of tables"),
        (b'initiative = "initiative.toml"\npeople = [{ name = "A" }, { name = "A" }]', "two people called A"),
        (b'initiative = "initiative.toml"\npeople = [{ nick = "A" }]', "person 1"),
    ],
)
def test_a_file_that_is_no_script_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, words: str
) -> None:
    """Whatever is wrong with the file as a whole has no step number."""
    path = write_script(tmp_path)
    path.write_bytes(content)
    failed = complaint(path)
    assert failed.step == 0
    assert words in str(failed.sentence)


def test_a_script_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A missing file is a sentence too."""
    assert "cannot be read" in str(complaint(tmp_path / "none.toml").sentence)


def test_the_initiative_is_sought_beside_the_script(tmp_path: Path) -> None:
    """Paths in a script are relative to it, wherever the program runs."""
    script = read_script(write_script(tmp_path))
    assert script.initiative == tmp_path / "initiative.toml"
    (tmp_path / "initiative.toml").write_text("[initiative]\ntitle = 3\n", "utf-8")
    with pytest.raises(RehearsalFailed, match=r"initiative\.toml"):
        initiative_of(script)
