"""What a script may say, and the sentence a person gets when it says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.script import DEFAULT_SCRIPT, read_script
from rehearsal.setup import initiative_of
from rehearsal.step import VERBS, RehearsalFailed
from rehearsal.verbs import OpenBallot, Recommend, Vote
from tests.rehearsal.rehearsal_stage import A_PROPOSAL, write_script

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
    proposed = [step for step in script.steps if isinstance(step, Recommend)]
    kept = [step for step in proposed if step.expect == "done" and step.duplicate == "propose"]
    spoken_for = {c.code for c in initiative.constituencies for p in experts if set(c.roles) & set(p.roles)}
    assert len(experts) >= 20
    assert spoken_for == {"UN", "EU", "MS", "TT"}
    assert [step.theme for step in kept].count("CAP") + [step.theme for step in kept].count("TRN") == 12
    assert sum(isinstance(step, OpenBallot) and step.expect == "done" for step in script.steps) == 3
    assert sum(step.expect == "refused" for step in script.steps) >= 5
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
        ('{ who = "Ana", does = "vote", ballot = "b" }', "give either reference and choice, or votes"),
        (
            '{ who = "Ana", does = "vote", ballot = "b", ratings = { "CAP-01" = 8 } }',
            "“ratings” is not",
        ),
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


def test_a_vote_may_be_one_or_a_whole_sheet(tmp_path: Path) -> None:
    """The two ways to write a vote are the two ways to give it in chat."""
    one = '{ who = "Ana", does = "vote", ballot = "b", reference = "CAP-01", choice = "for" }'
    sheet = '{ who = "Ana", does = "vote", ballot = "b", votes = { "CAP-01" = "for", "CAP-02" = "abstain" } }'
    first, second = read_script(write_script(tmp_path, one, sheet)).steps
    assert isinstance(first, Vote)
    assert isinstance(second, Vote)
    assert (first.choice, second.votes["CAP-02"]) == ("for", "abstain")


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
