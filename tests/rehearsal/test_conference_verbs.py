"""The conference in scripts that say as little as the contract asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.command import rehearse
from tests.rehearsal.rehearsal_stage import A_PROPOSAL, write_script

OTHER_TEXT = "Each side should keep a register of its own, and show it to the other one."
FORWARD = '{ who = "Ola", does = "forward", event = "ROM", top = 3 }'
PRESENT = '{ who = "Ola", does = "present", reference = "CAP-01" }'
FINALISE = '{ who = "Ola", does = "finalise", reference = "CAP-01" }'
FOLLOW_UP = (
    '{ who = "Ola", does = "follow_up", reference = "CAP-01", entity = "DPKO", acceptance = "accepted", '
    'action = "…", implementation = "in progress" }'
)


def opens(event: str) -> str:
    return f'{{ who = "Ola", does = "open_event", event = "{event}" }}'


def carried(name: str) -> tuple[str, ...]:
    """A ballot on CAP-01 in which two are for it."""
    ballot = f'ballot = "{name}", reference = "CAP-01", choice = "for"'
    return (
        f'{{ who = "Fay", does = "open_ballot", name = "{name}", references = "CAP-01" }}',
        *(f'{{ who = "{who}", does = "vote", {ballot} }}' for who in ("Ana", "Ben")),
        f'{{ who = "Fay", does = "close_ballot", ballot = "{name}" }}',
    )


def refused(*steps: str) -> tuple[str, ...]:
    """The same steps, which the bot has to refuse."""
    return tuple(step.removesuffix("}") + ', expect = "refused" }' for step in steps)


def by(who: str, *steps: str) -> tuple[str, ...]:
    """The same steps, as somebody else tries them."""
    return tuple(step.replace('who = "Ola"', f'who = "{who}"') for step in steps)


def ranked(out: Path) -> dict[str, dict[str, Any]]:
    rows = json.loads((out / "ranking.json").read_bytes())["recommendations"]
    return {row["reference"]: row for row in rows}


def test_the_shortest_forms_lead_from_a_seminar_to_the_follow_up(tmp_path: Path) -> None:
    """Nobody opens the conference, and what comes too early, too late or from others is refused."""
    too_early = (FORWARD, PRESENT, FINALISE, FOLLOW_UP)
    others = [step for who in ("Fay", "Ana", "Oscar", "Vera") for step in by(who, FORWARD, PRESENT, FINALISE)]
    steps = (
        *(opens("ROM"), A_PROPOSAL, *refused(*too_early), *carried("b1"), *refused(PRESENT, FINALISE)),
        *(FORWARD, *refused(FORWARD, *others), PRESENT, PRESENT, FINALISE, *refused(FINALISE, *others)),
        *(FOLLOW_UP, PRESENT),
    )
    out = tmp_path / "out"
    assert rehearse(write_script(tmp_path, *steps), out, serve=False, port=0, formats=["json"]) == 0
    row = ranked(out)["CAP-01"]
    assert (row["event"], row["rank"], row["state"], row["outcome"]) == ("ROM", 1, "finalised", "carried")
    (text,) = json.loads((out / "final-report.json").read_bytes())["recommendations"]
    assert (text["reference"], text["number"], text["state"]) == ("CAP-01", "R1", "finalised")


def test_what_is_changed_at_the_conference_is_decided_on_there(tmp_path: Path) -> None:
    """In substance it needs a ballot of the conference; a script that ends before any follow-up is played."""
    amend = f'{{ who = "Ben", does = "amend", reference = "CAP-01", text = "{OTHER_TEXT}" }}'
    accept = '{ who = "Fay", does = "accept_amendment", reference = "CAP-01" }'
    steps = (
        *(opens("ROM"), A_PROPOSAL, *carried("b1"), FORWARD, *refused(amend), opens("BRU"), PRESENT),
        *(amend, accept, *refused(FINALISE), *carried("b2")),
    )
    out = tmp_path / "out"
    assert rehearse(write_script(tmp_path, *steps, FINALISE), out, serve=False, port=0, formats=["json"]) == 0
    assert (ranked(out)["CAP-01"]["state"], ranked(out)["CAP-01"]["text"]) == ("finalised", OTHER_TEXT)
    assert rehearse(write_script(tmp_path, *steps), out, serve=False, port=0, formats=["json"]) == 0
    assert not (out / "follow-up.json").exists() and (out / "conference-paper.json").exists()


def test_a_wrong_step_ends_the_rehearsal_with_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And one sentence that says what to do."""
    script = write_script(tmp_path, opens("ROM"), A_PROPOSAL, *carried("b1"), PRESENT, FORWARD)
    assert rehearse(script, tmp_path / "out", serve=False, port=0, formats=["json"]) == 1
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("step 7: Ola presents CAP-01 was refused: CAP-01 is adopted and was not forwarded")
    assert said.endswith("`/conference forward` with the event ROM does that.")
