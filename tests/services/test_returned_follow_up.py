"""Workbooks that go out to the addressees and come back, honest ones and others."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.follow_up import Acceptance, Implementation
from services.tracking.returning import MOST_BYTES
from tests.services.conference_hall import BRUSSELS
from tests.services.follow_up_desk import HEAD, SUCCEEDED, FollowUpDesk, as_csv, columns, filled


async def opened(desk: FollowUpDesk) -> None:
    """Rows of DPKO on CAP-01 (with words that a spreadsheet would work out) and CAP-02, one of CMPD."""
    await desk.set(
        "CAP-01", "DPKO", action="=1+1", note=" -tabs\tand\nlines ", owner="@Ms A", due_on="2015-03-31"
    )
    await desk.set("CAP-02", "DPKO", acceptance="under consideration")
    await desk.set("CAP-01", "CMPD", acceptance="accepted")


async def test_what_goes_out_and_comes_back_untouched_changes_nothing(tracking: FollowUpDesk) -> None:
    """Whatever stands in it: as it was written, and as another program saves it again."""
    await opened(tracking)
    data = await tracking.sheet("DPKO")
    before = await tracking.everything()
    for sent in (data, filled(data, {})):
        preview = await tracking.look(sent)
        assert (preview.id, preview.plan.taken, preview.refused) == (None, (), ())
        assert preview.unchanged == 2
    assert await tracking.everything() == before


async def test_answers_are_looked_at_and_then_applied(tracking: FollowUpDesk) -> None:
    """Old and new are shown, nothing changes before it is confirmed, and it is confirmed once."""
    await opened(tracking)
    answers = {
        (2, "Acceptance"): "Partially Accepted",
        (2, "Implementation"): "en cours",
        (2, "Due on"): date(2015, 6, 30),
        (2, "State as of"): "1 février 2015",
        (2, "Note"): None,
        (3, "Evidence"): "https://example.org/a?b=c#d",
        (4, "Reference"): "CAP-01",
        (4, "Action"): "Write it down",
        (4, "Acceptance"): "accepted",
        (5, "Reference"): "cap-3",
        (5, "Action"): "Ask around",
    }
    data = filled(await tracking.sheet("DPKO"), answers)
    before = await tracking.everything()
    preview = await tracking.look(data)
    assert await tracking.everything() == before
    assert preview.refused == () and preview.conflicts == ()
    first, second, further, other = preview.changes
    assert first.fields == ("acceptance", "implementation", "due_on", "as_of", "note")
    assert (first.before.due_on, first.after.due_on) == (date(2015, 3, 31), date(2015, 6, 30))
    assert (first.after.as_of, first.after.note, first.after.action) == (date(2015, 2, 1), "", "=1+1")
    assert second.fields == ("evidence",)
    assert (further.reference, further.number, further.row) == ("CAP-01", 2, None)
    assert (other.reference, other.entity, other.number) == ("CAP-03", "DPKO", 1)
    assert preview.id is not None
    done = await tracking.returning.apply(tracking.organiser, preview.id)
    assert (done.changed, done.opened, done.left) == (2, 2, 0)
    with pytest.raises(NotFound, match="no longer waiting"):
        await tracking.returning.apply(tracking.organiser, preview.id)
    standing = await tracking.standing()
    assert [row[:4] for row in standing] == [
        ("CAP-01", "CMPD", 1, ""),
        ("CAP-01", "DPKO", 1, "=1+1"),
        ("CAP-01", "DPKO", 2, "Write it down"),
        ("CAP-02", "DPKO", 1, ""),
        ("CAP-03", "DPKO", 1, "Ask around"),
    ]
    assert standing[1][4:] == ("partially accepted", "in progress", 2)
    ((_, body),) = await tracking.acts("follow_up.imported")
    assert (body["changed"], body["opened"], body["conflicts"]) == (2, 2, 0)
    history = await tracking.follow_ups.history(tracking.ana, "CAP-01", "DPKO", 1)
    assert [str(one.source) for one in history.entries] == ["from a returned workbook", "entered in chat"]
    await tracking.whole()


async def test_what_was_changed_here_meanwhile_is_neither_undone_nor_overwritten_in_silence(
    tracking: FollowUpDesk,
) -> None:
    """Answers are held against what went out; where both changed the row, somebody decides."""
    await opened(tracking)
    data = await tracking.sheet("DPKO")
    await tracking.set("CAP-01", "DPKO", note="Called them.", acceptance="accepted")
    await tracking.set("CAP-02", "DPKO", note="Here too.")
    untouched = await tracking.look(data)
    assert untouched.plan.taken == () and untouched.unchanged == 2, "an old workbook undoes nothing"
    sent = filled(data, {(2, "Implementation"): "implemented", (2, "Owner"): "Mr B"})
    preview = await tracking.look(sent)
    assert preview.changes == () and [one.fields for one in preview.conflicts] == [
        ("implementation", "owner")
    ]
    assert preview.id is not None
    done = await tracking.returning.apply(tracking.organiser, preview.id)
    assert (done.changed, done.left) == (0, 1)
    done = await tracking.bring(sent, conflicts=True)
    assert (done.changed, done.left) == (1, 0)
    content = (
        (await tracking.follow_ups.page(tracking.ana, reference="CAP-01", entity="DPKO")).items[0].content
    )
    assert (content.implementation, content.owner) == (Implementation.IMPLEMENTED, "Mr B")
    assert (content.note, content.acceptance) == ("Called them.", Acceptance.ACCEPTED), (
        "only what they changed"
    )


async def test_a_row_changed_between_looking_and_confirming_stops_everything(tracking: FollowUpDesk) -> None:
    """All or nothing: the list is to be looked at again. Somebody else's list nobody confirms."""
    await opened(tracking)
    preview = await tracking.look(
        filled(await tracking.sheet("DPKO"), {(2, "Note"): "One", (3, "Note"): "Two"})
    )
    assert preview.id is not None
    with pytest.raises(NotFound):
        await tracking.returning.apply(tracking.second, preview.id)
    with pytest.raises(NotAllowed):
        await tracking.returning.apply(tracking.ana, preview.id)
    await tracking.set("CAP-02", "DPKO", note="Three")
    before = await tracking.everything()
    with pytest.raises(Refused, match="nothing was applied"):
        await tracking.restarted().returning.apply(tracking.organiser, preview.id)
    assert await tracking.everything() == before
    await tracking.returning.drop(tracking.organiser, preview.id)
    with pytest.raises(NotFound):
        await tracking.returning.apply(tracking.organiser, preview.id)
    late = await tracking.look(filled(await tracking.sheet("DPKO"), {(2, "Note"): "One"}))
    tracking.clock.pass_(days=8)
    with pytest.raises(NotFound):
        await tracking.returning.apply(tracking.organiser, str(late.id))


async def test_each_row_that_cannot_be_taken_is_told_with_its_number(tracking: FollowUpDesk) -> None:
    """Unknown references and addressees, days that are none, two rows for one pair, formulas; the rest is
    taken.
    """
    await opened(tracking)
    preview = await tracking.look_at(
        ("CAP-99", "DPKO", "", "", "accepted", "", "", ""),
        ("nonsense", "DPKO", "", "", "accepted", "", "", ""),
        ("CAP-01", "Nobody", "", "", "accepted", "", "", ""),
        ("CAP-01", "", "", "", "accepted", "", "", ""),
        ("CAP-02", "DPKO", "", "", "perhaps", "", "", ""),
        ("CAP-02", "DPKO", "7", "", "", "done", "", ""),
        ("CAP-02", "DPKO", "one", "", "", "done", "", ""),
        ("CAP-02", "ministries of defence", "", "A", "", "in_progress", "31.3.2015", ""),
        ("CAP-02", "Ministries of Defence", "", "B", "", "", "2015-03-31", ""),
        ("CAP-02", "Ministries of Defence", "", "C", "", "", "30/02/2015", ""),
        ("CAP-02", "DPKO", "", "", "", "", "", "=HYPERLINK(1)"),
        ("CAP-03", "DPKO", "", "Same", "accepted", "", "", ""),
        ("CAP-03", "dpko", "", "same", "noted", "", "", ""),
        ("CAP-03", "DPKO", "", "x" * 501, "", "", "", ""),
        ("CAP-03", "DPKO", "", "", "", "", "", ""),
        ("", "", "", "", "", "", "", ""),
        ("CAP-03", "CMPD", "", "", "", "", "31 mars 2015", "Three kinds of days."),
    )
    told = {one.row: str(one.why) for one in preview.refused}
    for row, said in {
        2: "There is no recommendation CAP-99 here.",
        3: "“nonsense” is not a reference; one looks like CAP-01.",
        4: "“Nobody” is no addressee here; there are DPKO and CMPD.",
        5: "Name the addressee of this row.",
        6: "“perhaps” is no acceptance; it is one of",
        7: "There is no action number 7; there is 1.",
        8: "“one” is no number of an action.",
        11: "There is no day “30/02/2015”",
        12: "A cell holds a formula",
        13: "another row about the same",
        14: "another row about the same",
        15: "“Action” has 501 characters",
        16: "Nothing is answered in this row.",
    }.items():
        assert said in told.pop(row), row
    assert told == {}
    assert [(one.entry.row, one.reference, one.entity, one.number) for one in preview.changes] == [
        (9, "CAP-02", "Ministries of Defence", 1),
        (10, "CAP-02", "Ministries of Defence", 2),
        (18, "CAP-03", "CMPD", 1),
    ]
    assert {one.after.due_on for one in preview.changes} == {date(2015, 3, 31)}


async def test_two_further_rows_of_one_pair_never_become_one_row(tracking: FollowUpDesk) -> None:
    """One names an action and the other none, so the other could only mean the first: neither is taken."""
    preview = await tracking.look_at(
        ("CAP-03", "DPKO", "", "Draw up a list", "accepted", "", "", ""),
        ("CAP-03", "DPKO", "", "", "noted", "", "", ""),
        ("CAP-03", "CMPD", "", "", "noted", "", "", ""),
    )
    assert [one.row for one in preview.refused] == [2, 3]
    assert all("another row about the same" in str(one.why) for one in preview.refused)
    assert [one.entity for one in preview.changes] == ["CMPD"]


async def test_days_that_could_be_two_are_refused_where_the_list_has_the_month_first(
    tracking: FollowUpDesk,
) -> None:
    """Day first always; but one that is only right the other way round makes the others doubtful."""
    rows = [("CAP-01", "DPKO", "", "", "", "", day, "") for day in ("03/04/2015",)]
    assert (await tracking.look_at(*rows)).changes[0].after.due_on == date(2015, 4, 3)
    preview = await tracking.look_at(*rows, ("CAP-01", "CMPD", "", "", "", "", "03/31/2015", ""))
    assert preview.changes == ()
    first, second = (str(one.why) for one in preview.refused)
    assert "could be two days, since elsewhere in this list the month comes first" in first
    assert "the day comes before the month" in second


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({(2, "Row"): 3}, "The id or the mark of this row was changed"),
        ({(2, "Reference"): "CAP-02"}, "The id or the mark of this row was changed"),
        ({(2, "Number"): 2}, "The id or the mark of this row was changed"),
        ({(2, "Mark"): "F1.900100.1.1.000000000000.000000000000"}, "workbook of another addressee"),
        ({(2, "Mark"): "anything"}, "The id or the mark of this row was changed"),
        ({(2, "Mark"): None}, "The row has an id and no mark"),
    ],
)
async def test_a_row_whose_ids_were_changed_is_not_taken(
    tracking: FollowUpDesk, answers: dict[tuple[int, str], Any], said: str
) -> None:
    """However they were changed; the other row is."""
    await opened(tracking)
    data = filled(await tracking.sheet("DPKO"), {**answers, (2, "Note"): "New", (3, "Note"): "New"})
    preview = await tracking.look(data)
    marked_first = "another addressee" not in said
    assert [one.entry.row for one in preview.changes] == ([3] if marked_first else [])
    assert any(said in str(one.why) for one in preview.refused)


async def test_marks_of_another_revision_row_or_workbook_are_found_out(tracking: FollowUpDesk) -> None:
    """Copied marks, a revision that never was, a row copied over from another's workbook."""
    await opened(tracking)
    book, other = await tracking.sheet("DPKO"), await tracking.sheet("CMPD")
    sheet = openpyxl.load_workbook(BytesIO(book)).worksheets[0]
    place = columns(sheet)["Mark"]
    first, second = str(sheet.cell(2, place).value), str(sheet.cell(3, place).value)
    foreign = openpyxl.load_workbook(BytesIO(other)).worksheets[0]
    strange = str(foreign.cell(2, columns(foreign)["Mark"]).value)
    note = {(2, "Note"): "New", (3, "Note"): "New"}
    twice = await tracking.look(
        filled(book, {**note, (3, "Mark"): first, (3, "Row"): None, (3, "Reference"): None})
    )
    assert twice.changes == () and [one.row for one in twice.refused] == [2, 3]
    parts = second.split(".")
    never = await tracking.look(filled(book, {**note, (3, "Mark"): ".".join([*parts[:3], "9", *parts[4:]])}))
    assert [one.entry.row for one in never.changes] == [2] and "no row of this id" in str(
        never.refused[0].why
    )
    mixed = await tracking.look(filled(book, {**note, (3, "Mark"): strange, (3, "Row"): None}))
    assert [one.entry.row for one in mixed.changes] == [2]
    assert "workbook of another addressee" in str(mixed.refused[0].why)


async def test_a_workbook_of_another_server_or_of_no_use_is_refused_as_a_whole(
    tracking: FollowUpDesk,
) -> None:
    """In one sentence; and huge ones, ones with macros, and ones that count from 1904."""
    await opened(tracking)
    data = await tracking.sheet("DPKO")
    with pytest.raises(Invalid, match="another server"):
        mark = "F1.1.1.1.000000000000.000000000000"
        await tracking.look(filled(data, {(2, "Mark"): mark, (2, "Row"): 1}))
    old = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as archive, zipfile.ZipFile(old, "w") as copy:
        for part in archive.namelist():
            content = archive.read(part)
            copy.writestr(part, content.replace(b"<workbookPr", b'<workbookPr date1904="1"'))
    for sent, name, said in (
        (b"x" * (MOST_BYTES + 1), "a.csv", "too large for a list of follow-up"),
        (data, "a.xlsm", "contains macros"),
        (old.getvalue(), "a.xlsx", "counts its days from 1904"),
        (b"\xff\xfe\x00", "a.csv", "neither a workbook"),
        (b"", "a.csv", "needs a first line of headings"),
        (as_csv([("reference", "entity")]), "a.csv", "needs a first line of headings"),
        (as_csv([("reference", "ref", "note")]), "a.csv", "Two columns of the list mean the same"),
        (as_csv([HEAD, *[("CAP-01",)] * 5001]), "a.csv", "more than 5,000 rows"),
    ):
        with pytest.raises(Invalid, match=said):
            await tracking.look(sent, name)


async def test_the_workbook_of_whoever_came_after_holds_the_rows_of_both(tracking: FollowUpDesk) -> None:
    """A further action goes to the row's own addressee; the file may come back as CSV, its columns moved."""
    await opened(tracking)
    await tracking.initiatives.load(tracking.organiser, (SUCCEEDED + BRUSSELS).encode())
    data = filled(
        await tracking.sheet("dpko"),
        {(2, "Acceptance"): "accepted", (4, "Reference"): "CAP-02", (4, "Action"): "More"},
    )
    sheet = openpyxl.load_workbook(BytesIO(data)).worksheets[0]
    assert sheet.cell(2, columns(sheet)["Addressee"]).value == "DPO (DPKO until succeeded)"
    values = [[("" if cell is None else cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    moved = as_csv([row[::-1] for row in values if any(row)])
    for sent, name in ((data, "back.xlsx"), (moved, "back.csv")):
        preview = await tracking.look(sent, name)
        assert preview.refused == ()
        assert [(one.reference, one.entity, one.number) for one in preview.changes] == [
            ("CAP-01", "DPKO", 1),
            ("CAP-02", "DPKO", 2),
        ]


async def test_lists_of_participants_and_of_follow_up_are_never_taken_for_each_other(
    tracking: FollowUpDesk,
) -> None:
    """One waits as what it was sent for, even for whoever knows its id."""
    from services.people.importing import Importing

    importing = Importing(tracking.db, tracking.clock, tracking.initiatives, tracking.participants)
    people = await importing.preview(tracking.organiser, "a.csv", b"name,constituency\nZoe,UN\n")
    follow_up = await tracking.look_at(("CAP-01", "DPKO", "", "", "accepted", "", "", ""))
    with pytest.raises(NotFound):
        await importing.apply(tracking.organiser, str(follow_up.id))
    with pytest.raises(NotFound):
        await tracking.returning.apply(tracking.organiser, str(people.id))
    await tracking.returning.apply(tracking.organiser, str(follow_up.id))
    await importing.apply(tracking.organiser, str(people.id))


async def test_an_export_of_the_follow_up_can_be_filled_in_and_taken_back(tracking: FollowUpDesk) -> None:
    """As CSV, where nothing says when it went out: what is empty says nothing."""
    from reports import FORMATS

    await opened(tracking)
    report = await tracking.record.report(tracking.guild_id)
    made = FORMATS["csv"].render(report, str)
    preview = await tracking.look(made, "follow-up.csv")
    assert preview.plan.taken == () and preview.refused == () and preview.unchanged == 3
    changed = made.replace(b"under consideration", b"not accepted")
    preview = await tracking.look(changed, "follow-up.csv")
    assert [(one.reference, one.fields) for one in preview.changes] == [("CAP-02", ("acceptance",))]


WORDS = [
    *("CAP-01", "CAP-02", "cap 3", "DPKO", "CMPD", "DPO", "Ministries of Defence", "accepted", "=1", "'=1"),
    *("in_progress", "31.03.2015", "2015-02-30", "03/31/2015", "1", "2", "-", "https://example.org"),
    "F1.900100.1.1.8f0e36e7cbb5.000000000000",
]
CELLS = st.one_of(
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=30),
    st.sampled_from(["", *WORDS]),
)
FUZZED = (
    "row,reference,addressee,number,action,acceptance,implementation,owner,due on,as of,note,evidence,mark"
)


WILD = st.lists(CELLS, max_size=16)
LIKELY = st.tuples(
    st.just(""),
    st.sampled_from(["CAP-01", "CAP-02", "CAP-03"]),
    st.sampled_from(["DPKO", "CMPD"]),
    st.just(""),
    st.text("abc", max_size=3),
    st.sampled_from(["", "accepted", "Noted"]),
    st.sampled_from(["", "in_progress", "done"]),
    CELLS,
    st.sampled_from(["", "31.03.2015", "30/02/2015"]),
).map(list)


@given(st.lists(st.one_of(LIKELY, LIKELY, WILD), max_size=6), st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_comes_back_is_taken_or_refused_and_nothing_is_lost(
    tracking: FollowUpDesk, rows: list[list[str]], conflicts: bool
) -> None:
    """Every row of a list is a change, unchanged or refused; no other exception ever; and every state
    there was is still there.
    """
    before = {(row[0], row[1]): row for row in await tracking.rows("SELECT * FROM follow_up_changes")}
    try:
        preview = await tracking.look(as_csv([FUZZED.split(","), *rows]), "a.csv")
    except Refused as refused:
        assert "\n" not in str(refused)
        return
    told = sorted([one.entry.row for one in preview.plan.taken] + [one.row for one in preview.refused])
    assert len(told) == len(set(told))
    assert all(str(one.why) and "\n" not in str(one.why) for one in preview.refused)
    if preview.id is not None:
        done = await tracking.returning.apply(tracking.organiser, preview.id, conflicts=conflicts)
        assert done.changed + done.opened + done.left == len(preview.plan.taken)
    after = {(row[0], row[1]): row for row in await tracking.rows("SELECT * FROM follow_up_changes")}
    assert before.items() <= after.items()
    stale = await tracking.rows(
        "SELECT f.id FROM follow_ups f LEFT JOIN follow_up_changes c "
        "ON c.follow_up_id = f.id AND c.revision = f.revision WHERE c.revision IS NULL"
    )
    assert stale == []


FIELD_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)


@given(FIELD_TEXT, FIELD_TEXT, FIELD_TEXT)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_words_go_out_and_come_back_as_they_were(
    tracking: FollowUpDesk, action: str, owner: str, note: str
) -> None:
    """Formulas, escapes of the format, scripts from the right: nothing of it reads as a change."""
    try:
        await tracking.set("CAP-01", "DPKO", 1, action=action, owner=owner, note=note)
    except NotFound:
        await tracking.set("CAP-01", "DPKO", action="First")
        return
    except Invalid:
        return
    preview = await tracking.look(await tracking.sheet("DPKO"))
    assert preview.plan.taken == () and preview.refused == ()
