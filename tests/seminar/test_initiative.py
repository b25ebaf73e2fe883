"""Reading an initiative file, and what changes from one to the next."""

import tomllib
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.errors import Invalid, NotFound
from seminar.initiative import MOST_BYTES, Initiative, Unreadable, changes, read_initiative
from seminar.model import Attribution, Secrecy, VoteBy

MODEL = Path(__file__).parents[2] / "rehearsal" / "initiative.toml"

SMALL = """\
[initiative]
title = "Small"
time_zone = "Europe/Brussels"

[roles]
participant = ["Expert"]
organiser = ["Organiser"]

[[themes]]
code = "CAP"
title = "Military capabilities"

[[themes]]
code = "TRN"
title = "Training"

[[events]]
code = "ROM"
kind = "seminar"
title = "Rome seminar"
starts_on = 2014-10-22
ends_on = 2014-10-24
themes = ["CAP", "TRN"]
"""


def problems(text: str) -> list[str]:
    """What reading `text` complains of."""
    with pytest.raises(Unreadable) as refusal:
        read_initiative(text.encode())
    return [str(problem) for problem in refusal.value.problems]


def test_the_model_initiative_is_read_whole() -> None:
    """The file of 2014 has its three events, and everybody in them."""
    initiative = read_initiative(MODEL.read_bytes())
    assert [event.code for event in initiative.events] == ["ROM", "BER", "BRU"]
    assert initiative.event("ROM").starts_on == date(2014, 10, 22)
    assert set(initiative.event("BRU").themes) == {"CAP", "TRN", "MCP", "SSR"}
    assert initiative.head.attribution is Attribution.CHATHAM
    assert initiative.zone == ZoneInfo("Europe/Brussels")
    assert initiative.roles.organiser


def test_what_is_left_out_has_the_documented_defaults() -> None:
    """`[rules]` and `[privacy]` are optional."""
    initiative = read_initiative(SMALL.encode())
    assert initiative.rules.model_dump() == {
        "threshold": ">1/2",
        "quorum": "0",
        "secrecy": Secrecy.SECRET,
        "vote_by": "person",
        "admission": "automatic",
        "self_declaration": True,
        "receipts": True,
        "digest": "",
    }
    assert initiative.privacy.retention_days == 365
    assert initiative.head.languages == ("en",)


def test_an_initiative_survives_the_store() -> None:
    """What is kept as JSON comes back equal."""
    initiative = read_initiative(MODEL.read_bytes())
    assert Initiative.model_validate(initiative.model_dump(mode="json", by_alias=True)) == initiative


def test_thresholds_and_quorums_are_kept_in_one_spelling() -> None:
    """However they are written, they are stored the same way."""
    initiative = read_initiative((SMALL + '[rules]\nthreshold = "≥ 2/3"\nquorum = 5\n').encode())
    assert (initiative.rules.threshold, initiative.rules.quorum) == (">=2/3", "5")


def test_role_ids_may_be_written_as_numbers() -> None:
    """Discord shows ids as numbers, so people write them as such."""
    text = SMALL.replace('participant = ["Expert"]', "participant = [123456789012345678]")
    assert read_initiative(text.encode()).roles.participant == ("123456789012345678",)


def test_a_conference_without_themes_is_about_all() -> None:
    """The final conference takes up everything."""
    text = SMALL.replace('kind = "seminar"', 'kind = "conference"').replace('themes = ["CAP", "TRN"]', "")
    assert read_initiative(text.encode()).event("ROM").themes == ("CAP", "TRN")


def test_an_unknown_code_is_answered_with_the_known_ones() -> None:
    """Whoever mistypes a code sees what there is."""
    initiative = read_initiative(SMALL.encode())
    with pytest.raises(NotFound, match="the themes are CAP and TRN"):
        initiative.theme("XYZ")
    with pytest.raises(NotFound, match="the events are ROM"):
        initiative.event("XYZ")
    with pytest.raises(NotFound):
        initiative.constituency("XYZ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'title = "Training"',
            'title = "Training"\n\n[[themes]]\ncode = "CAP"\ntitle = "Again"',
            "Line 18, themes[3].code: The code CAP is given twice.",
        ),
        (
            "ends_on = 2014-10-24",
            "ends_on = 2014-10-21",
            "Line 22, events[1].ends_on: The event ROM ends before it starts; exchange the two dates.",
        ),
        (
            'themes = ["CAP", "TRN"]',
            'themes = ["CAP",\n  "XYZ"]',
            "Line 24, events[1].themes[2]: There is no theme XYZ; the themes are CAP and TRN.",
        ),
        (
            'title = "Training"',
            'titel = "Training"\ntitle = "Training"',
            "Line 15, themes[2].titel: This key is unknown; compare its spelling with the documentation.",
        ),
        (
            'code = "TRN"',
            'code = "trn"',
            "Line 14, themes[2].code: This must be a code of 2 to 8 capital letters or digits.",
        ),
        (
            'organiser = ["Organiser"]',
            "",
            "Line 5, roles.organiser: This is missing.",
        ),
        (
            'organiser = ["Organiser"]',
            "organiser = []",
            "Line 7, roles.organiser: At least 1 must be listed here.",
        ),
        (
            '"Europe/Brussels"',
            '"Europe/Atlantis"',
            "Line 3, initiative.time_zone: There is no time zone “Europe/Atlantis”; "
            "write one such as “Europe/Brussels”.",
        ),
        (
            '"Europe/Brussels"',
            '"Europe"',
            "Line 3, initiative.time_zone: There is no time zone “Europe”; "
            "write one such as “Europe/Brussels”.",
        ),
        (
            "starts_on = 2014-10-22",
            "starts_on = 20141022",
            "Line 21, events[1].starts_on: This must be a date such as 2014-10-22.",
        ),
        (
            'title = "Small"',
            'title = "Small"\nlanguages = ["en", "es"]',
            "Line 3, initiative.languages[2]: This must be one of 'en', 'fr', 'de' or 'it'.",
        ),
        (
            'title = "Small"',
            'title = "Sm\\u0000all"',
            "Line 2, initiative.title: This must be on one line, without control characters.",
        ),
        (
            'title = "Small"',
            "title = 5",
            "Line 2, initiative.title: This must be a text between quotation marks.",
        ),
    ],
)
def test_each_mistake_is_named_with_line_and_key(old: str, new: str, said: str) -> None:
    """One wrong value, one sentence that says where and what to write."""
    assert old in SMALL
    assert problems(SMALL.replace(old, new)) == [said]


def test_a_threshold_that_cannot_be_read_is_answered_with_an_example() -> None:
    """`1/2` leaves open whether exactly half is enough."""
    (said,) = problems(SMALL + '[rules]\nthreshold = "1/2"\n')
    assert said.startswith("Line 25, rules.threshold: ")
    assert ">1/2" in said


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    """Nobody should mend a file one error at a time."""
    text = SMALL.replace('"Europe/Brussels"', '"Nowhere"').replace('code = "TRN"', 'code = "t"')
    text = text.replace('kind = "seminar"', 'kind = "meeting"')
    assert [said.split(",")[0] for said in problems(text)] == ["Line 3", "Line 14", "Line 19"]


def test_at_most_ten_problems_are_listed_and_the_rest_counted() -> None:
    """A file full of errors does not flood the chat."""
    text = SMALL + "".join(f'[[entities]]\ncode = "x{number}"\ntitle = "x"\n' for number in range(30))
    with pytest.raises(Unreadable) as refusal:
        read_initiative(text.encode())
    assert len(refusal.value.problems) == 30
    lines = str(refusal.value.text).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "And 20 more."


def test_a_file_of_five_megabytes_is_refused_unread() -> None:
    """Its size alone is reason enough."""
    with pytest.raises(Unreadable, match="at most 1 MiB"):
        read_initiative(b"#" * 5_000_000)
    assert read_initiative(SMALL.encode() + b"#" * (MOST_BYTES - len(SMALL.encode())))


def test_a_file_that_is_not_utf_8_is_refused_with_the_line() -> None:
    """An editor set to Latin-1 writes such files."""
    with pytest.raises(Unreadable, match="Line 2: the file is not UTF-8"):
        read_initiative("[initiative]\ntitle = 'Sécurité'\n".encode("latin-1"))


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    """Windows editors write both."""
    assert read_initiative(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())


@pytest.mark.parametrize("text", ["[initiative", "a = ", "a = " + "[" * 5000, "a = " + "9" * 5000])
def test_what_is_no_toml_is_refused_in_one_sentence(text: str) -> None:
    """Broken, absurdly nested or absurdly large: all the same to the person."""
    (said,) = problems(text)
    assert said.startswith("The file is not valid TOML: ")


def test_lines_are_found_through_strings_comments_and_inline_tables() -> None:
    """What looks like a key inside a string is none."""
    text = SMALL.replace(
        "[roles]",
        '[privacy]\nnotice = """\ncontact = 5\n[rules]\n"""  # [themes]\ncontact = 7\n[roles]',
    )
    assert problems(text) == ["Line 10, privacy.contact: This must be a text between quotation marks."]
    text = 'entities = [{code = "DPKO", title = "]"}, # }\n  {code = "x", title = "y"}]\n' + SMALL
    assert problems(text) == [
        "Line 2, entities[2].code: This must be a code of 2 to 8 capital letters or digits."
    ]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No input makes reading fail in another way."""
    with pytest.raises(Invalid):
        read_initiative(text.encode("utf-8", "surrogatepass"))


_json = st.recursive(
    st.booleans() | st.integers() | st.text("aA1", max_size=3) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["initiative", "roles", "themes", "events", "rules", "privacy"]), _json)
def test_any_value_in_any_place_is_read_or_refused(table: str, value: object) -> None:
    """A table of the wrong kind is a problem to tell, not a failure."""
    text = f"{table} = {_toml(value)}\n"
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    with pytest.raises(Invalid):
        read_initiative(text.encode())


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_toml(part)}' for key, part in value.items()) + "}"
    return str(value)


def said_changes(old: str | None, new: str) -> list[str]:
    """The changes from one file to another, as they are told."""
    before = read_initiative(old.encode()) if old else None
    return [str(line) for line in changes(before, read_initiative(new.encode()), (), ()).lines]


def test_the_same_file_changes_nothing() -> None:
    """Loading again is harmless."""
    assert said_changes(SMALL, SMALL) == []


def test_every_change_is_told_before_it_is_applied() -> None:
    """A new part, a lost one, and a changed value each have their line."""
    new = SMALL.replace('title = "Training"', 'title = "Training and exercises"')
    new = new.replace('title = "Rome seminar"', 'title = "Rome seminar"\ncity = "Rome"')
    new += '[[entities]]\ncode = "DPKO"\ntitle = "Department"\n[rules]\nquorum = "1/3"\n'
    assert said_changes(SMALL, new) == [
        "themes TRN, title: Training → Training and exercises",
        "events ROM, city: Rome",
        "New in entities DPKO: Department",
        "rules, quorum: 0 → 1/3",
    ]
    assert "events ROM, city: no longer Rome" in said_changes(new, SMALL)
    assert said_changes(new, SMALL)[-1] == "No longer in entities DPKO: Department"


def test_a_first_load_tells_what_there_is() -> None:
    """Nothing was loaded before, so everything is new."""
    told = said_changes(None, SMALL)
    assert "initiative, title: Small" in told
    assert "New in themes CAP: Military capabilities" in told


def test_a_theme_or_event_with_recommendations_must_stay() -> None:
    """References never change, so what they are made of cannot vanish."""
    old = read_initiative(SMALL.encode())
    new = read_initiative(SMALL.replace("TRN", "EXE").replace("ROM", "MIL").encode())
    changes(old, new, ("CAP",), ())
    with pytest.raises(Unreadable) as refusal:
        changes(old, new, ("CAP", "TRN"), ("ROM",))
    assert [str(problem) for problem in refusal.value.problems] == [
        "The theme TRN has recommendations and must stay in the file.",
        "The event ROM has recommendations and must stay in the file.",
    ]


def test_votes_are_held_by_persons_or_by_delegations() -> None:
    """Persons, unless the file says otherwise; nothing else is known."""
    assert read_initiative(SMALL.encode()).rules.vote_by is VoteBy.PERSON
    ruled = read_initiative((SMALL + '\n[rules]\nvote_by = "delegation"\n').encode())
    assert ruled.rules.vote_by is VoteBy.DELEGATION
    with pytest.raises(Unreadable, match=r"rules\.vote_by: This must be one of 'person' or 'delegation'"):
        read_initiative((SMALL + '\n[rules]\nvote_by = "state"\n').encode())
