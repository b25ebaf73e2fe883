"""When a digest is due, also when clocks are changed, and what of the ledger it tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.digests import TOLD, Section, What, happened, next_digest
from seminar.errors import Invalid
from seminar.initiative import read_initiative
from tests.small_initiative import INITIATIVE

BRUSSELS = ZoneInfo("Europe/Brussels")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "after", "due"),
    [
        ("18:00", "2014-10-22T09:00", "2014-10-22T16:00"),
        ("18:00", "2014-10-22T16:00", "2014-10-23T16:00"),
        ("00:00", "2014-10-22T09:00", "2014-10-22T22:00"),
        ("00:30", "2014-10-22T22:45", "2014-10-23T22:30"),
        # The night in which clocks are put back: 02:30 comes twice, and the first one counts.
        ("02:30", "2014-10-25T12:00", "2014-10-26T00:30"),
        ("02:30", "2014-10-26T00:30", "2014-10-27T01:30"),
        ("18:00", "2014-10-25T16:00", "2014-10-26T17:00"),
        # The night in which they are put forward: there is no 02:30.
        ("02:30", "2014-03-29T12:00", "2014-03-30T01:30"),
        ("02:30", "2014-03-30T01:30", "2014-03-31T00:30"),
    ],
)
def test_a_digest_is_due_once_a_day_at_its_hour(hour: str, after: str, due: str) -> None:
    """By the clocks of the initiative's zone, on whichever side of a change of the clocks."""
    assert next_digest(hour, BRUSSELS, utc(after)) == utc(due)


@given(
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
    st.integers(1_104_537_600, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_digests_follow_each_other_by_about_a_day(hour: int, minute: int, name: str, after: datetime) -> None:
    """Each is later than the one before, by a day give or take what clocks and calendars are changed."""
    zone, written = ZoneInfo(name), f"{hour:02}:{minute:02}"
    first = next_digest(written, zone, after)
    second = next_digest(written, zone, first)
    assert after < first <= after + timedelta(hours=50)
    assert timedelta(hours=20) <= second - first <= timedelta(hours=50)
    assert next_digest(written, zone, first - timedelta(microseconds=1)) == first


def test_of_what_happened_to_one_the_most_telling_is_told() -> None:
    """Once each, in the order in which they came up; acts that nobody knows are nothing."""
    acts = [
        ("recommendation.proposed", "CAP-02"),
        ("recommendation.revised", "CAP-01"),
        ("amendment.proposed", "CAP-01"),
        ("recommendation.revised", "CAP-02"),
        ("recommendation.merged", "TRN-01"),
        ("recommendation.revised", "TRN-01"),
        ("recommendation.seconded", "TRN-02"),
        ("recommendation.teleported", "TRN-03"),
        ("recommendation.admitted", "TRN-04"),
        ("recommendation.rejected", "TRN-04"),
    ]
    told = happened(acts)
    assert list(told.items()) == [
        ("CAP-02", What.NEW),
        ("CAP-01", What.REVISED),
        ("TRN-01", What.MERGED),
        ("TRN-04", What.REJECTED),
    ]
    assert happened([]) == {}
    assert {what.section for what in What} == set(Section)
    assert "ballot.closed" in TOLD and "recommendation.seconded" not in TOLD


@pytest.mark.parametrize(
    ("written", "read"), [('"18:00"', "18:00"), ('" 07:05 "', "07:05"), ("18:00:00", "18:00"), ('""', "")]
)
def test_the_hour_is_read_however_it_is_written(written: str, read: str) -> None:
    """As a text, as a time of its own, or not at all."""
    assert read_initiative(f"{INITIATIVE}[rules]\ndigest = {written}\n".encode()).rules.digest == read
    assert read_initiative(INITIATIVE.encode()).rules.digest == ""


@pytest.mark.parametrize(
    "wrong", ['"24:00"', '"6 pm"', '"18"', '"18:60"', "18", "true", "18:00:30", '"1８:00"']
)
def test_an_hour_that_is_none_is_refused_by_its_line(wrong: str) -> None:
    """With what would be right."""
    with pytest.raises(Invalid, match="digest"):
        read_initiative(f"{INITIATIVE}[rules]\ndigest = {wrong}\n".encode())


def test_of_what_a_conference_decided_the_latest_is_told() -> None:
    """However often it changed its mind; what was decided counts for more than that it was sent there."""
    sent, final = ("recommendation.forwarded", "CAP-01"), ("recommendation.finalised", "CAP-01")
    again, without = ("recommendation.taken_up", "CAP-01"), ("recommendation.not_finalised", "CAP-01")
    assert happened([sent]) == {"CAP-01": What.FORWARDED}
    assert happened([sent, final]) == {"CAP-01": What.FINALISED}
    assert happened([final, again, sent]) == {"CAP-01": What.TAKEN_UP}
    assert happened([final, again, without]) == {"CAP-01": What.NOT_FINALISED}
    assert What.FINALISED.section is Section.DECIDED
