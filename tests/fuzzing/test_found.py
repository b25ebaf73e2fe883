"""What fuzzing has found, each by itself: it was mended, and stays so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.settings import Settings, SettingsError
from bot.ui import escape
from rehearsal.script import read_script
from rehearsal.step import RehearsalFailed
from seminar import paper, references
from seminar.amounts import parse_closing
from seminar.errors import Invalid
from seminar.initiative import Unreadable, read_initiative
from seminar.silence_times import closes_in
from seminar.toml_bounds import MOST_PARTS, MOST_VALUES
from services.voting.ballot_reading import number_of
from storage.engine import parse_url
from tests.small_initiative import INITIATIVE

DEEP = "a=" + "[" * 5000
HIDDEN = 'x = {y = """a"""", ' + "k." * 40 + 'k = 1, z = ""}'  # behind a string that ends in a quotation mark
LONG_NUMBER = "a=" + "9" * 5000


def test_a_paper_nested_beyond_all_bounds_is_no_paper() -> None:
    """As somebody could put it into a store; the audit says so, and goes on."""
    with pytest.raises(ValueError, match="nested"):
        paper.read("[" * 5000)


def test_hours_beyond_all_numbers_are_refused() -> None:
    """They have no minutes."""
    for hours in (2.9e306, 1e308, float("inf"), float("nan"), -1e308, 2160.01):
        with pytest.raises(Invalid, match="from one minute to 90 days"):
            closes_in(hours, None)
    assert closes_in(2160.0, None) == "129600m"


@pytest.mark.parametrize("url", ["0://:", "postgresql://host:x/db", "postgresql://host:/db"])
def test_a_port_that_is_none_makes_no_address_of_a_store(url: str) -> None:
    """Refused in the usual sentence."""
    with pytest.raises(Invalid, match="address"):
        parse_url(url)


@pytest.mark.parametrize("text", [DEEP, LONG_NUMBER], ids=["deep", "long"])
@pytest.mark.parametrize(
    ("read", "refuses"),
    [(read_script, RehearsalFailed), (Settings.load, SettingsError)],
    ids=["script", "settings"],
)
def test_a_file_deeper_or_longer_than_any_is_not_valid_toml(
    text: str, read: Callable[[Path], Any], refuses: type[Exception], tmp_path: Path
) -> None:
    """One sentence says so, for rehearsal scripts and settings as for initiatives."""
    file = tmp_path / "some.toml"
    file.write_text(text)
    with pytest.raises(refuses, match="is not valid TOML"):
        read(file)


@pytest.mark.parametrize(
    "line",
    [
        '[storage]\nurl = "sqlite:///~nobody0/a.db"',
        '[secrecy]\nkey_dir = "~nobody0"',
        '[logging]\nfile = "~nobody0/x"',
    ],
)
def test_the_home_of_nobody_is_no_place(line: str, tmp_path: Path) -> None:
    """A path that begins there is refused with its key."""
    file = tmp_path / "config.toml"
    file.write_text(line)
    with pytest.raises(SettingsError, match=r"(url|key_dir|file) .*nobody's home folder"):
        Settings.load(file)
    with pytest.raises(SettingsError, match="no address of a store"):
        Settings().at("sqlite:///~nobody0/a.db")


def test_a_zero_character_is_in_no_path(tmp_path: Path) -> None:
    """TOML can spell one; no file can be called so."""
    file = tmp_path / "config.toml"
    file.write_text('[secrecy]\nkey_dir = "a\\u0000b"\n')
    with pytest.raises(SettingsError, match="zero character"):
        Settings.load(file)


def test_a_key_of_thousands_of_parts_is_refused_before_it_is_parsed() -> None:
    """The standard parser takes hours for a file of such a key; its line is named."""
    for key in (
        "a." * 400_000 + "a = 1",
        "[" + '"a" . ' * 1000 + "b]",
        "'x'." * MOST_PARTS + "y = 1",
        HIDDEN,
    ):
        with pytest.raises(Unreadable, match=r"^Line 2: a key has more than 16 parts"):
            read_initiative(f"\n{key}\n".encode())
    prose = INITIATIVE + '[privacy]\nnotice = "' + "Www.example.org. " * 30 + '"\n'
    assert read_initiative(prose.encode()).privacy.notice.startswith("Www.")


def test_a_file_of_more_values_than_any_initiative_has_is_refused() -> None:
    """Each would cost a sentence; what is wrong with them is not told apart."""
    flood = INITIATIVE.replace('["Expert"]', f"[{'{},' * (MOST_VALUES + 1)}]")
    with pytest.raises(Unreadable, match="more than 20000 values"):
        read_initiative(flood.encode())


def test_what_is_typed_with_much_space_is_read_as_before() -> None:
    """The patterns that went back over and over mean what they meant."""
    wide = " " * 3000
    for typed in ("CAP-7", "cap 07", "CAP–7", "CAP_7", f"CAP{wide}7", f"CAP{wide}-{wide}007"):
        assert references.parse(typed) == "CAP-07"
    for typed in (f"CAP{wide}x", "CAP7", "CAP--7", "CAP- -7"):
        with pytest.raises(Invalid):
            references.parse(typed)
    assert [number_of(label) for label in ("B3", " b 03 ", "3", f"B{wide}3")] == [3, 3, 3, 3]
    now = datetime(2026, 3, 1, tzinfo=UTC)
    for typed in ("1d12h", "1 d 12 h", f"1d{wide}12h", "2160m", "36h"):
        assert (parse_closing(typed, now, ZoneInfo("Europe/Rome")) - now).total_seconds() == 36 * 3600


def test_blank_lines_are_escaped_in_one_go() -> None:
    """And what stands after them still begins no list, heading or quotation."""
    assert escape("a\n\n\n  - b\n\n# c\n \n1. d") == "a\n\n\n  \\- b\n\n\\# c\n \n1\\. d"
    assert re.sub(r"\\", "", escape("\n" * 4000)) == "\n" * 4000
