"""Drafting in scripts that say as little as the contract asks for."""

from __future__ import annotations

import json
from pathlib import Path

from rehearsal.command import rehearse
from tests.rehearsal.rehearsal_stage import A_PROPOSAL, write_script

OPEN = '{ who = "Ola", does = "open_event", event = "ROM" }'
OTHER_TEXT = "Each side should keep a register of its own, and show it to the other one."


def refused(step: str) -> str:
    """The same step, which the bot has to refuse."""
    return step.removesuffix("}") + ', expect = "refused" }'


def votes(ballot: str, choice: str) -> tuple[str, ...]:
    """A ballot on all of the theme, in which two vote."""
    return (
        f'{{ who = "Fay", does = "open_ballot", name = "{ballot}", theme = "CAP", quorum = "2" }}',
        *(
            f'{{ who = "{who}", does = "vote", ballot = "{ballot}", votes = {{ "CAP-01" = "{choice}" }} }}'
            for who in ("Ana", "Ben")
        ),
        f'{{ who = "Fay", does = "close_ballot", ballot = "{ballot}" }}',
    )


def test_a_change_of_what_was_adopted_is_accepted_by_reference_alone_and_voted_on_anew(
    tmp_path: Path,
) -> None:
    """Asked whether it is one in substance, a script that does not say means yes; who voted is told."""
    amend = f'{{ who = "Ben", does = "amend", reference = "CAP-01", text = "{OTHER_TEXT}" }}'
    accept = '{ who = "Fay", does = "accept_amendment", reference = "CAP-01" }'
    script = write_script(
        tmp_path,
        OPEN,
        A_PROPOSAL,
        *votes("first", "for"),
        amend,
        accept,
        refused(accept),
        refused(amend),
        *votes("second", "against"),
    )
    assert rehearse(script, tmp_path / "out", serve=False, port=0, formats=["json"]) == 0
    (row,) = json.loads((tmp_path / "out" / "ranking.json").read_bytes())["recommendations"]
    assert (row["state"], row["text"], row["against"]) == ("not_adopted", OTHER_TEXT, 2)
    assert "this one needs a new vote" in (tmp_path / "out" / "transcript.md").read_text("utf-8")


def test_a_list_that_tells_of_nobody_can_be_called_refused(tmp_path: Path) -> None:
    """Every row is refused with its reason, and there is nothing to confirm."""
    (tmp_path / "list.csv").write_text("name,constituency\nPia,NOPE\n", "utf-8")
    bring = '{ who = "Ola", does = "import_participants", file = "list.csv" }'
    assert (
        rehearse(
            write_script(tmp_path, bring, refused(bring)),
            tmp_path / "out",
            serve=False,
            port=0,
            formats=["json"],
        )
        == 0
    )
    told = (tmp_path / "out" / "transcript.md").read_text("utf-8")
    assert "There is no constituency “NOPE”" in told


def test_what_is_nowhere_to_be_pressed_or_typed_counts_as_refused(tmp_path: Path) -> None:
    """No amendment to second, no card to follow, no panel to enter a code on; and what no field takes."""
    steps = (
        '{ who = "Zed", does = "register", code = "ABCD-EFGH-JKLM" }',
        OPEN,
        A_PROPOSAL,
        '{ who = "Ben", does = "second_amendment", reference = "CAP-01" }',
        '{ who = "Ben", does = "follow", reference = "CAP-02" }',
        '{ who = "Ben", does = "argue", reference = "CAP-01", stance = "for", text = "" }',
        f'{{ who = "Ben", does = "argue", reference = "CAP-01", stance = "for", text = "{"x" * 1001}" }}',
    )
    told = [step if step in (OPEN, A_PROPOSAL) else refused(step) for step in steps]
    assert (
        rehearse(write_script(tmp_path, *told), tmp_path / "out", serve=False, port=0, formats=["json"]) == 0
    )
    transcript = (tmp_path / "out" / "transcript.md").read_text("utf-8")
    assert "The field “text” takes at least 1 characters." in transcript
    assert "The field “text” takes at most 1000 characters." in transcript


def test_codes_of_an_earlier_list_are_kept_when_another_one_follows(tmp_path: Path) -> None:
    """Both files have the same name, and people on both lists register."""
    for file, name in (("one.csv", "Pia"), ("two.csv", "Kofi")):
        (tmp_path / file).write_text(f"name,constituency\n{name},UN\n", "utf-8")
    steps = (
        '{ who = "Ola", does = "import_participants", file = "one.csv" }',
        '{ who = "Ola", does = "import_participants", file = "two.csv" }',
        OPEN,
        '{ who = "Zed", does = "register", name = "Pia" }',
        refused('{ who = "Ben", does = "register", name = "Pia" }'),
    )
    assert (
        rehearse(write_script(tmp_path, *steps), tmp_path / "out", serve=False, port=0, formats=["json"]) == 0
    )
