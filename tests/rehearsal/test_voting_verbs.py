"""The verbs for votes, silence and hands, each played through the chat, right and wrong."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rehearsal.command import rehearse
from tests.rehearsal.rehearsal_stage import write_script

OPEN = '{ who = "Ola", does = "open_event", event = "ROM" }'
PROPOSALS = [
    f'{{ who = "Ana", does = "recommend", theme = "CAP", title = "{title}", text = "{text}" }}'
    for title, text in (
        ("A shared register", "Both sides should keep one register of engineers and hospitals."),
        ("Ninety days", "Agree beforehand which units can bridge the first quarter of a mission."),
        ("The wounded", "Whose aircraft fetches casualties should not be settled on the day."),
    )
]
WAIT = '{ does = "wait", hours = 2 }'


def step(who: str, does: str, **keys: str) -> str:
    """One step; the values are TOML as it is written in a script."""
    return (
        "{ "
        + ", ".join([f'who = "{who}"', f'does = "{does}"', *(f"{k} = {v}" for k, v in keys.items())])
        + " }"
    )


def opened(name: str, method: str, **keys: str) -> str:
    return step("Fay", "open_ballot", name=f'"{name}"', method=f'"{method}"', closes_in='"1h"', **keys)


def vote(ballot: str, who: str = "Ana", **keys: str) -> str:
    return step(who, "vote", ballot=f'"{ballot}"', **keys)


def refused(written: str) -> str:
    return written.removesuffix(" }") + ', expect = "refused" }'


def play(folder: Path, *steps: str) -> tuple[int, Path]:
    out = folder / "out"
    return rehearse(
        write_script(folder, OPEN, *PROPOSALS, *steps), out, serve=False, port=0, formats=["json"]
    ), out


def rows(out: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(out / "rapporteur.db")) as store:
        return store.execute(sql).fetchall()


def refusals(out: Path) -> list[str]:
    return re.findall(r"\*\*Refused:\*\* (.+)", (out / "transcript.md").read_text("utf-8"))


ALL = 'theme = "CAP"'
WRONG = [
    (vote("rate", ratings='{ "CAP-01" = 10 }'), "no rating “10” of CAP-01"),
    (vote("rate", ratings='{ "CAP-01" = 0 }'), "no rating “0” of CAP-01"),
    (vote("rate", ratings='{ "CAP-01" = 4.5 }'), "no rating “4.5” of CAP-01"),
    (vote("rate", ratings='{ "CAP-01" = "" }'), "no rating “” of CAP-01"),
    (
        vote("rate", ratings='{ "CAP-01" = 5 }', importance='{ "CAP-02" = 11 }'),
        "no importance “11” of CAP-02",
    ),
    (vote("rate", ratings='{ "CAP-09" = 5 }'), "CAP-09 is not on this ballot's sheet"),
    (vote("rate", ratings="{}"), "Nothing is rated yet"),
    (vote("rate", ranking='[["CAP-01"]]'), "No button is offered"),
    (vote("order", ranking='[["CAP-01"], ["CAP-01"]]'), "CAP-01 stands on the paper once"),
    (vote("order", ranking='[["CAP-01"], ["TRN-01"]]'), "TRN-01 is not on this ballot's sheet"),
    (vote("order", ranking="[]"), "Rank at least one recommendation"),
    (vote("dots", points='{ "CAP-01" = 4 }'), "At most 3 points may go to one"),
    (vote("dots", points='{ "CAP-01" = 3, "CAP-02" = 3 }'), "Only 2 points are left"),
    (vote("dots", points='{ "CAP-01" = -1 }'), "a whole number, 0 or more"),
    (vote("dots", points='{ "CAP-01" = 100000 }'), "“points” takes at most"),
    (vote("dots", points='{ "CAP-01" = "" }'), "“points” must be filled in"),
    (vote("dots", points='{ "CAP-01" = 0 }'), "Give at least one point"),
    (vote("list", approve='["CAP-09"]'), "CAP-09 is not on this ballot's sheet"),
    (vote("list", approve='["CAP-01", "CAP-01"]'), "CAP-01 stands on the paper once"),
    (vote("list", approve="[]"), "Approve at least one recommendation"),
    (vote("list", votes='{ "CAP-01" = "for" }'), "No button is offered"),
    (vote("list", reference='"CAP-01"', choice='"for"'), "No button is offered"),
    (vote("list", who="Oscar", approve='["CAP-01"]'), "observers may discuss but not vote"),
]


def test_every_form_of_a_paper_is_recorded_as_it_was_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last paper handed in is all that counts, whatever was tried and refused before or after it."""
    ballots = [
        opened("rate", "rating", theme='"CAP"', importance="true"),
        opened("order", "ranked", theme='"CAP"'),
        opened("dots", "points", theme='"CAP"', points="5", most="3"),
        opened("list", "shortlist", theme='"CAP"', seats="2"),
    ]
    right = [
        vote("rate", ratings='{ "CAP-01" = 1, "CAP-02" = 2, "CAP-03" = 3 }'),
        vote("rate", ratings='{ "CAP-01" = 8 }', importance='{ "CAP-01" = 6 }', aside='["CAP-03"]'),
        vote("order", ranking='[["CAP-01"], ["CAP-02"], ["CAP-03"]]'),
        vote("order", ranking='[["CAP-02"], ["CAP-01", "CAP-03"]]'),
        vote("dots", points='{ "CAP-01" = 3, "CAP-02" = 2 }'),
        vote("list", approve='["CAP-01", "CAP-03"]', aside='["CAP-02"]'),
        vote("list", who="Ben", aside='["CAP-01"]'),
    ]
    status, out = play(tmp_path, *ballots, *right, *(refused(wrong) for wrong, _ in WRONG), WAIT)
    assert status == 0, capsys.readouterr().err
    assert [words in said for (_, words), said in zip(WRONG, refusals(out), strict=True)] == [True] * len(
        WRONG
    )
    papers = rows(out, "SELECT ballot_id, choice FROM cast_votes ORDER BY ballot_id, length(choice)")
    assert [(ballot, json.loads(choice)) for ballot, choice in papers] == [
        (1, {"1": [8, 6], "3": []}),
        (2, {"1": [2], "2": [1], "3": [2]}),
        (3, {"1": [3], "2": [2]}),
        (4, {"1": []}),
        (4, {"1": [1], "2": [], "3": [1]}),
    ]


def test_a_sheet_of_several_pages_is_turned_to_each_item_and_back(tmp_path: Path) -> None:
    """In the order the script names them, whatever page they are on."""
    more = [
        f'{{ who = "Ben", does = "recommend", theme = "CAP", title = "{title}", text = "{text}" }}'
        for title, text in (
            ("Water", "Camps should be planned around the wells that are there."),
            ("Radios", "One frequency plan for every convoy, agreed a month ahead."),
            ("Maps", "Surveyors publish each sheet under a free licence at once."),
            ("Interpreters", "Hire them together, pay them alike, protect their families."),
        )
    ]
    status, out = play(
        tmp_path,
        *more,
        opened("order", "ranked", theme='"CAP"'),
        opened("list", "shortlist", theme='"CAP"'),
        opened("rate", "rating", theme='"CAP"'),
        vote("order", ranking='[["CAP-07", "CAP-01"], ["CAP-06"], ["CAP-02"]]', aside='["CAP-05"]'),
        vote("list", approve='["CAP-07", "CAP-01"]', aside='["CAP-06", "CAP-02"]'),
        vote("rate", ratings='{ "CAP-06" = 9, "CAP-01" = 1, "CAP-07" = 5 }'),
        WAIT,
        opened("all", "support", theme='"CAP"'),
        vote("all", votes='{ "CAP-07" = "for", "CAP-01" = "against" }', aside='["CAP-06", "CAP-02"]'),
        step("Fay", "close_ballot", ballot='"all"'),
    )
    assert status == 0
    papers = rows(out, "SELECT choice FROM cast_votes WHERE position = 0 ORDER BY ballot_id")
    assert [json.loads(choice) for (choice,) in papers] == [
        {"1": [1], "2": [3], "5": [], "6": [2], "7": [1]},
        {"1": [1], "2": [], "6": [], "7": [1]},
        {"1": [1, 0], "6": [9, 0], "7": [5, 0]},
    ]
    assert rows(out, "SELECT reference, choice FROM cast_votes WHERE position > 0 ORDER BY reference") == [
        ("CAP-01", "against"),
        ("CAP-02", "recused"),
        ("CAP-06", "recused"),
        ("CAP-07", "for"),
    ]


def test_support_is_voted_on_cards_on_sheets_and_by_standing_aside(tmp_path: Path) -> None:
    """And counted by hands, which only a facilitator enters and which never exceed those entitled."""
    hands = {"ballot": '"b"', "reference": '"CAP-01"'}
    status, out = play(
        tmp_path,
        opened("b", "support", theme='"CAP"'),
        vote("b", reference='"CAP-01"', choice='"for"', aside='["CAP-03"]'),
        vote("b", who="Ben", votes='{ "CAP-01" = "against", "CAP-02" = "abstain" }', aside='["CAP-03"]'),
        refused(vote("b", ratings='{ "CAP-01" = 8 }')),
        refused(step("Ana", "hands", **hands, **{"for": "1"})),
        refused(step("Fay", "hands", **hands, **{"for": "3"})),
        refused(step("Fay", "hands", **hands, against="-1")),
        step("Fay", "hands", **hands, **{"for": "1", "constituency": '"MS"', "asked": '"Mei, by the door"'}),
        step("Fay", "remove_item", ballot='"b"', reference='"CAP-02"', reason='"The wrong text"'),
        step("Fay", "extend_ballot", ballot='"b"', by='"30m"'),
        step("Fay", "vote_again", ballot='"b"', reference='"CAP-02"', name='"again"'),
        vote("again", who="Mei", reference='"CAP-02"', choice='"for"'),
        step("Fay", "close_ballot", ballot='"b"'),
        refused(vote("b", who="Mei", votes='{ "CAP-01" = "for" }')),
        WAIT,
    )
    assert status == 0
    record = rows(
        out, "SELECT ballot_id, reference, choice FROM cast_votes ORDER BY ballot_id, reference, choice"
    )
    assert record == [
        (1, "CAP-01", "against"),
        (1, "CAP-01", "for"),
        (1, "CAP-03", "recused"),
        (1, "CAP-03", "recused"),
        (2, "CAP-02", "for"),
    ]
    (figures,) = rows(out, "SELECT figures FROM tallies WHERE reference = 'CAP-01'")[0]
    assert json.loads(figures)["for"] == 2
    assert "Only facilitators can do this." in refusals(out)[1]
    assert "more than the" in refusals(out)[2]


def test_silence_is_started_explained_broken_and_kept(tmp_path: Path) -> None:
    """On one recommendation and on a package; what is not under silence cannot be broken."""
    explained = step("Ben", "explain_position", reference='"CAP-01"', text='"As we read it."')
    broken = step("Ben", "break_silence", reference='"CAP-03"', text='"Not as it stands."')
    status, out = play(
        tmp_path,
        refused(broken),
        refused(step("Ana", "start_silence", reference='"CAP-01"', hours="1")),
        step("Fay", "start_silence", reference='"CAP-01"', hours="1"),
        step("Fay", "start_silence", references='["CAP-02", "CAP-03"]', hours="0.5", name='"package"'),
        refused(step("Fay", "close_ballot", ballot='"package"')),
        step("Fay", "extend_ballot", ballot='"package"', by='"30m"'),
        explained,
        refused(step("Oscar", "break_silence", reference='"CAP-01"', text='"I object."')),
        refused(step("Ben", "break_silence", reference='"CAP-03"', text='""')),
        broken,
        refused(broken.replace("CAP-03", "CAP-02")),
        WAIT,
        refused(explained),
    )
    assert status == 0
    states = rows(out, "SELECT reference, state FROM recommendations ORDER BY reference")
    assert states == [("CAP-01", "adopted"), ("CAP-02", "admitted"), ("CAP-03", "admitted")]
    assert rows(out, "SELECT kind, text FROM statements ORDER BY kind") == [
        ("explanation", "As we read it."),
        ("objection", "Not as it stands."),
    ]


def test_a_series_of_rounds_goes_on_or_is_ended(tmp_path: Path) -> None:
    """A round opens under a name of its own, and after the end none follows."""
    following = step("Fay", "next_round", ballot='"one"', name='"two"')
    status, out = play(
        tmp_path,
        opened("one", "rating", theme='"CAP"', rounds="3"),
        refused(following),
        vote("one", ratings='{ "CAP-01" = 8 }'),
        step("Fay", "close_ballot", ballot='"one"'),
        refused(following.replace("Fay", "Ana")),
        following,
        vote("two", ratings='{ "CAP-01" = 6 }'),
        step("Fay", "close_ballot", ballot='"two"'),
        refused(step("Ana", "end_series", ballot='"two"')),
        step("Fay", "end_series", ballot='"two"'),
        refused(step("Fay", "next_round", ballot='"two"', name='"three"')),
    )
    assert status == 0
    assert rows(out, "SELECT number, status, kept FROM ballots WHERE number IS NOT NULL ORDER BY number") == [
        (1, "closed", 0),
        (2, "closed", 0),
    ]
    assert rows(out, "SELECT count(*) FROM votes") == [(0,)]


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        (
            [opened("b", "points", theme='"CAP"'), vote("b", points='{ "CAP-01" = 11 }')],
            "step 6: Ana hands in a paper in the ballot “b” was refused: "
            "At most 10 points may go to one recommendation; give fewer.",
        ),
        (
            [step("Ben", "break_silence", reference='"CAP-01"', text='"No."')],
            "step 5: Ben breaks the silence on CAP-01: “No.” was refused: No button is offered for this now.",
        ),
        (
            [step("Fay", "start_silence", reference='"CAP-09"', hours="1")],
            "step 5: Fay starts a silence procedure of 1 h on CAP-09 was refused: Not found here: CAP-09.",
        ),
        (
            [opened("b", "ranked", theme='"CAP"'), step("Fay", "hands", ballot='"b"', reference='"CAP-01"')],
            "step 6: Fay counts hands on CAP-01: 0 for, 0 against, 0 abstaining was refused: "
            "Hands can be counted only on a ballot for, against or abstain.",
        ),
        (
            [step("Fay", "next_round", ballot='"b"', name='"c"')],
            "step 5: no ballot is called “b” before this step.",
        ),
        (
            [opened("b", "shortlist", theme='"CAP"'), refused(vote("b", approve='["CAP-01"]'))],
            "step 6: Ana hands in a paper in the ballot “b” should have been refused.",
        ),
    ],
)
def test_a_wrong_step_ends_the_play_with_its_number_and_a_clear_sentence(
    tmp_path: Path, steps: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on standard error, status 1."""
    status, _ = play(tmp_path, *steps)
    assert status == 1
    assert capsys.readouterr().err.strip().splitlines()[-1] == sentence
