"""Scripts played through the real bot, from the command to the files it leaves."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from rehearsal.command import rehearse
from reports import FORMATS
from reports.kinds import KINDS
from seminar.methods import METHODS
from tests.rehearsal.rehearsal_stage import A_PROPOSAL, write_script

OPEN = '{ who = "Ola", does = "open_event", event = "ROM" }'
BALLOT = '{ who = "Fay", does = "open_ballot", name = "first", theme = "CAP", closes_in = "2h" }'
VOTE = '{ who = "Ben", does = "vote", ballot = "first", reference = "CAP-01", choice = "for" }'


def play(folder: Path, *steps: str) -> tuple[int, Path]:
    """Play `steps`; the exit status and the folder of files."""
    out = folder / "out"
    return rehearse(write_script(folder, *steps), out, serve=False, port=0, formats=["json"]), out


@pytest.mark.thorough
def test_the_default_rehearsal_plays_to_its_end(rome: Path) -> None:
    """Every export, the transcript and the store are there, and the ranking says what happened."""
    left = {path.name for path in rome.iterdir()}
    exports = {f"{k.name}.{FORMATS[form].extension}" for k in KINDS.values() for form in k.formats}
    taken_in_berlin = "seminar-report-BER-all.pdf"
    assert left == {"transcript.md", "rapporteur.db", "codes.csv", taken_in_berlin, *exports}
    ranking = json.loads((rome / "ranking.json").read_bytes())["recommendations"]
    by_reference = {entry["reference"]: entry for entry in ranking}
    outcomes = {reference: entry["outcome"] for reference, entry in by_reference.items()}
    assert len(ranking) == 28
    assert outcomes["CAP-05"] == outcomes["TRN-04"] == outcomes["TRN-06"] == "carried"
    assert outcomes["TRN-05"] == "not_carried"
    assert outcomes["CAP-06"] == "not_carried", "the conference’s own ballot is the latest"
    assert outcomes["CAP-07"] is None
    assert [entry["reference"] for entry in ranking if entry["contested"]] == ["CAP-05", "SSR-01"]
    states = {reference: entry["state"] for reference, entry in by_reference.items()}
    assert {reference for reference, state in states.items() if state == "finalised"} == {
        "CAP-01",
        "CAP-02",
        "TRN-01",
        "TRN-03",
        "MCP-01",
        "SSR-01",
        "SSR-02",
    }
    assert states["CAP-06"] == "not_finalised" and states["TRN-04"] == states["MCP-02"] == "forwarded"
    assert {entry["method"] for entry in ranking} == {*METHODS, None}
    assert by_reference["TRN-07"]["state"] == "admitted", "an objection leads back to the discussion"
    with sqlite3.connect(rome / "rapporteur.db") as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert store.execute("SELECT count(*) FROM votes").fetchone() == (0,)


@pytest.mark.thorough
def test_the_transcript_of_the_default_rehearsal_tells_every_way_to_decide(rome: Path) -> None:
    """What the room saw is in it: outcomes, totals while a straw poll ran, hands, objections, refusals."""
    transcript = (rome / "transcript.md").read_text("utf-8")
    for told in (
        "for want of a quorum",
        "contested by",
        "Now on the message of B3:",
        "counts hands of MS on CAP-06",
        "adopted by silence",
        "breaks the silence on TRN-08",
        "8 people vote in “order”",
        "opens “mandates again”, the round after “mandates”",
        "takes TRN-04 out of the ballot “training”",
        "puts TRN-04, taken out of “training”, to the vote again",
        "forwards the first 3 of each theme of ROM",
        "it needs a new decision",
        "CAP-01 is final, as text R1.",
        "leaves CAP-06 without a final text",
        "2 texts were not decided on and stay open: TRN-04 and MCP-02.",
        "3 rows were changed.",
        "⏰ overdue",
    ):
        assert told in transcript, told
    assert transcript.count("**Refused:**") >= 20


def test_a_seminar_where_nothing_happens_still_leaves_its_files(tmp_path: Path) -> None:
    """No event, no proposal, no ballot: there is nothing to rank."""
    status, out = play(tmp_path)
    assert status == 0
    assert {path.name for path in out.iterdir()} == {"transcript.md", "rapporteur.db"}


def test_refusals_that_the_script_expects_go_on(tmp_path: Path) -> None:
    """By the bot's word, by a control that is not there, and by a ballot that is closed."""
    status, out = play(
        tmp_path,
        '{ who = "Ben", does = "open_event", event = "ROM", expect = "refused" }',
        OPEN,
        A_PROPOSAL,
        A_PROPOSAL.replace('"Ana"', '"Vera"').replace(" }", ', expect = "refused" }'),
        BALLOT,
        VOTE.replace('"Ben"', '"Oscar"').replace(" }", ', expect = "refused" }'),
        VOTE,
        '{ does = "wait", hours = 3 }',
        VOTE.replace('"Ben"', '"Mei"').replace(" }", ', expect = "refused" }'),
    )
    assert status == 0
    ranking = json.loads((out / "ranking.json").read_bytes())["recommendations"]
    assert (ranking[0]["for"], ranking[0]["turnout"]) == (1, 1)


def test_whoever_speaks_for_nobody_is_asked_first_which_may_count_as_a_refusal(tmp_path: Path) -> None:
    """The script decides: a vote it wants refused ends at the question, any other answers it and counts."""
    nobodys_vote = VOTE.replace('"Ben"', '"Zed"')
    wait = '{ does = "wait", hours = 3 }'
    refused = nobodys_vote.replace(" }", ', expect = "refused" }')
    for votes, counted in (((refused,), 0), ((refused, nobodys_vote), 1)):
        status, out = play(tmp_path, OPEN, A_PROPOSAL, BALLOT, *votes, wait)
        assert status == 0
        ranking = json.loads((out / "ranking.json").read_bytes())["recommendations"]
        assert ranking[0]["turnout"] == counted


def test_an_unexpected_refusal_fails_with_the_number_of_its_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line says who was refused what and why; the transcript is left as far as it went."""
    status, out = play(tmp_path, OPEN, '{ who = "Oscar", does = "open_event", event = "BER" }')
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert status == 1
    assert said.startswith("step 2: Oscar opens the event BER was refused: ")
    assert "The rehearsal ended early." in (out / "transcript.md").read_text("utf-8")


def test_an_act_that_should_have_been_refused_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the bot lets pass against the script is a failure, too."""
    status, _ = play(tmp_path, OPEN.replace(" }", ', expect = "refused" }'))
    assert status == 1
    assert (
        capsys.readouterr().err.strip().endswith("step 1: Ola opens the event ROM should have been refused.")
    )


def test_a_ballot_nobody_opened_cannot_be_voted_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip of the script is not mistaken for a refusal."""
    status, _ = play(tmp_path, OPEN, A_PROPOSAL, VOTE.replace(" }", ', expect = "refused" }'))
    assert status == 1
    assert "step 3: no ballot is called “first” before this step." in capsys.readouterr().err


def test_a_script_that_cannot_be_read_ends_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is played and nothing is written."""
    status, out = play(tmp_path, '{ who = "Ana", does = "dance" }')
    assert status == 1
    assert capsys.readouterr().err.strip().startswith("step 1: “dance”")
    assert not out.exists()


def test_a_second_rehearsal_in_the_same_folder_starts_afresh(tmp_path: Path) -> None:
    """The store of the first one is replaced, not continued."""
    assert play(tmp_path, OPEN, A_PROPOSAL)[0] == 0
    status, out = play(tmp_path, OPEN)
    assert status == 0
    assert {path.name for path in out.iterdir()} == {"transcript.md", "rapporteur.db"}


def test_a_store_that_no_rehearsal_made_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--out .` beside a working store must not cost anybody a seminar."""
    store = tmp_path / "rapporteur.db"
    store.write_bytes(b"the real seminar")
    assert rehearse(write_script(tmp_path, OPEN), tmp_path, serve=False, port=0) == 1
    assert store.read_bytes() == b"the real seminar"
    assert "choose another folder with --out" in capsys.readouterr().err
