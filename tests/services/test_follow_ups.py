"""Entering what addressees say and do, and looking at how things stand."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from typing import Any

import pytest

from seminar.conference import Ending
from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.follow_up import Acceptance, Implementation
from tests.services.conference_hall import BRUSSELS
from tests.services.follow_up_desk import SUCCEEDED, FollowUpDesk


async def test_a_final_text_is_followed_up_with_each_of_its_addressees(tracking: FollowUpDesk) -> None:
    """Pending and not started; who is followed up already is not opened again."""
    await tracking.set("CAP-01", "DPKO", acceptance="accepted", action="Name a focal point")
    await tracking.conference.forward(tracking.organiser, "ROM")
    await tracking.events.open(tracking.organiser, "BRU")
    for reference in ("CAP-01", "CAP-02", "CAP-03"):
        await tracking.finalise(reference)
    assert await tracking.standing() == [
        ("CAP-01", "CMPD", 1, "", "pending", "not started", 1),
        ("CAP-01", "DPKO", 1, "Name a focal point", "accepted", "not started", 1),
        ("CAP-02", "DPKO", 1, "", "pending", "not started", 1),
        ("CAP-02", "Ministries of Defence", 1, "", "pending", "not started", 1),
    ]
    assert await tracking.rows(
        "SELECT source, count(*) FROM follow_up_changes GROUP BY source ORDER BY source"
    ) == [
        ("chat", 1),
        ("finalised", 3),
    ]
    opened = [(reference, len(body["rows"])) for reference, body in await tracking.acts("follow_up.opened")]
    assert opened == [("CAP-01", 1), ("CAP-02", 2)]
    report = await tracking.record.report(tracking.guild_id)
    assert [line.final for line in report.lines] == ["R1", "R1", "R2", "R2"]


async def test_one_command_enters_what_the_contract_asks_for(tracking: FollowUpDesk) -> None:
    """Also to an addressee that the recommendation does not name, and again without changing anything."""
    given: dict[str, Any] = {
        "acceptance": "accepted",
        "action": "Set up a working group",
        "implementation": "in progress",
    }
    entered = await tracking.set("cap 3", "dpko", **given)
    assert entered.before is None and entered.row.entity == "DPKO"
    assert entered.row.content.as_of == date(2014, 10, 22), "told today, so of today"
    before = await tracking.everything()
    again = await tracking.set("CAP-03", "UN Department of Peacekeeping Operations", **given)
    assert again.changed == () and await tracking.everything() == before
    assert await tracking.standing() == [
        ("CAP-03", "DPKO", 1, "Set up a working group", "accepted", "in progress", 1)
    ]


async def test_only_what_is_given_changes_and_every_state_is_kept(tracking: FollowUpDesk) -> None:
    """What is verified was the state before: another one is reported again, until somebody verifies it."""
    await tracking.set("CAP-01", "DPKO", owner="Ms A", due_on="31.03.2015", note="First.", as_of="1/11/2014")
    await tracking.set("CAP-01", "DPKO", implementation="in_progress", verified=True, as_of="2014-11-02")
    await tracking.set("CAP-01", "DPKO", note="Second.")
    entered = await tracking.set("CAP-01", "DPKO", implementation="mise en œuvre", owner="-", due_on="–")
    content = entered.row.content
    assert entered.changed == ("implementation", "verified", "owner", "due_on", "as_of")
    assert (content.note, content.owner, content.due_on, content.verified) == ("Second.", "", None, False)
    history = await tracking.follow_ups.history(tracking.ana, "CAP-01", "dpko")
    assert [(one.revision, one.content.note, one.content.verified, one.who) for one in history.entries] == [
        (4, "Second.", False, "Ola"),
        (3, "Second.", True, "Ola"),
        (2, "First.", True, "Ola"),
        (1, "First.", False, "Ola"),
    ]
    assert [str(one.before.implementation) if one.before else None for one in history.entries] == [
        "in progress",
        "in progress",
        "not started",
        None,
    ]
    acts = await tracking.acts("follow_up.set")
    assert [body["revision"] for _, body in acts] == [1, 2, 3, 4]
    assert "Ms A" not in json.dumps(acts) and "First" not in json.dumps(acts)
    await tracking.whole()


async def test_actions_are_rows_of_their_own(tracking: FollowUpDesk) -> None:
    """The first fills the empty row, others are added, and which one is meant must be clear."""
    await tracking.set("CAP-02", "DPKO", acceptance="noted")
    await tracking.set("CAP-02", "DPKO", action="Write guidance")
    await tracking.set("CAP-02", "DPKO", action="Train trainers", implementation="in progress")
    await tracking.set("CAP-02", "DPKO", action="WRITE  guidance", acceptance="accepted")
    with pytest.raises(Refused, match=r"say which one by its number: 1 \(WRITE guidance\) and 2 \(Train"):
        await tracking.set("CAP-02", "DPKO", implementation="implemented")
    with pytest.raises(NotFound, match="no action number 3; there is 1 and 2"):
        await tracking.set("CAP-02", "DPKO", 3, implementation="implemented")
    await tracking.set("CAP-02", "DPKO", 2, action="Train the trainers", implementation="implemented")
    assert [row[2:6] for row in await tracking.standing()] == [
        (1, "WRITE  guidance", "accepted", "not started"),
        (2, "Train the trainers", "pending", "implemented"),
    ]


@pytest.mark.parametrize(
    ("entity", "typed", "error", "said"),
    [
        ("DPKO", {}, Invalid, "Say what there is to enter: Action, Acceptance"),
        ("DPKO", {"acceptance": "maybe"}, Invalid, "“maybe” is no acceptance; it is one of pending,"),
        ("DPKO", {"implementation": "half"}, Invalid, "“half” is no state of implementation"),
        ("DPKO", {"due_on": "03/31/2015"}, Invalid, "the day comes before the month"),
        ("DPKO", {"due_on": "31/3/15"}, Invalid, "could be several days; write the year in full"),
        ("DPKO", {"evidence": "javascript:alert(1)"}, Invalid, "is no web address"),
        ("DPKO", {"evidence": "https://un.org@evil.example"}, Invalid, "is no web address"),
        ("DPKO", {"note": "x" * 1001}, Invalid, "“Note” has 1001 characters; at most 1000"),
        ("DPKO", {"action": "\u200b\u200b"}, Invalid, "“Action” is empty"),
        ("UNLOPS", {"note": "x"}, NotFound, "“UNLOPS” is no addressee here; there are DPKO and CMPD."),
        (" ", {"note": "x"}, Invalid, "Please name the addressee"),
    ],
)
async def test_what_cannot_be_entered_is_refused_in_one_sentence(
    tracking: FollowUpDesk, entity: str, typed: dict[str, Any], error: type[Refused], said: str
) -> None:
    """And nothing is stored."""
    before = await tracking.everything()
    with pytest.raises(error, match=r"^[^\n]+$") as told:
        await tracking.follow_ups.set(tracking.organiser, "CAP-01", entity, typed)
    assert said in str(told.value)
    assert await tracking.everything() == before


async def test_only_organisers_enter_and_whoever_takes_part_looks(tracking: FollowUpDesk) -> None:
    """The follow-up is the public record; strangers are no part of it."""
    for who in (tracking.facilitator, tracking.ana, tracking.obi):
        with pytest.raises(NotAllowed):
            await tracking.follow_ups.set(who, "CAP-01", "DPKO", {"note": "x"})
        with pytest.raises(NotAllowed):
            await tracking.returning.preview(who, "a.csv", b"")
        with pytest.raises(NotAllowed):
            await tracking.record.hand_out(who, "DPKO")
        assert (await tracking.follow_ups.page(who)).total == 0
    for look in (tracking.follow_ups.standings, tracking.follow_ups.page):
        with pytest.raises(NotAllowed):
            await look(tracking.owner)


async def test_what_is_not_adopted_is_not_followed_up(tracking: FollowUpDesk) -> None:
    """The lifecycle says so; a text under vote waits for its ballot."""
    await tracking.addressed("DPKO", "Another one")
    with pytest.raises(Refused, match="followed up once it is adopted, forwarded or finalised"):
        await tracking.set("CAP-04", "DPKO", note="x")
    await tracking.conference.forward(tracking.organiser, "ROM")
    await tracking.events.open(tracking.organiser, "BRU")
    await tracking.set("CAP-01", "DPKO", note="x")
    await tracking.finalise("CAP-02", Ending.NOT_FINALISED, "No time left.")
    with pytest.raises(Refused, match="This recommendation is not finalised"):
        await tracking.set("CAP-02", "DPKO", note="x")


async def test_whoever_comes_after_an_entity_answers_for_its_rows(tracking: FollowUpDesk) -> None:
    """Rows keep the name they were opened under; old and new name find them, in every list once."""
    await tracking.set("CAP-01", "DPKO", acceptance="accepted", due_on="2014-10-21")
    await tracking.set("CAP-02", "ministries of defence", implementation="implemented")
    await tracking.initiatives.load(tracking.organiser, (SUCCEEDED + BRUSSELS).encode())
    entered = await tracking.set("CAP-01", "dpo", note="Taken over.")
    assert entered.row.entity == "DPKO" and str(entered.row.called) == "DPO (DPKO until succeeded)"
    await tracking.set("CAP-03", "DPO", note="New.")
    for named in ("DPO", "dpko", "UN Department of Peace Operations"):
        found = await tracking.follow_ups.page(tracking.ana, entity=named)
        assert [row.reference for row in found.items] == ["CAP-01", "CAP-03"]
    standings = await tracking.follow_ups.standings(tracking.obi)
    assert [(one.entity, one.former, one.rows, one.overdue) for one in standings.entities] == [
        ("DPO", ("DPKO",), 2, 1),
        ("Ministries of Defence", (), 1, 0),
    ]
    assert standings.overdue == 1
    late = await tracking.follow_ups.page(tracking.ana, overdue=True)
    assert [row.reference for row in late.items] == ["CAP-01"] and late.items[0].overdue
    only = await tracking.follow_ups.page(tracking.ana, reference="cap-3")
    assert [str(row.called) for row in only.items] == ["DPO"]


async def test_an_entity_that_left_the_initiative_still_answers(tracking: FollowUpDesk) -> None:
    """Where it has rows, or the recommendation is addressed to it; not elsewhere."""
    await tracking.set("CAP-01", "CMPD", acceptance="accepted")
    gone = (SUCCEEDED + BRUSSELS).replace('[[entities]]\ncode = "CMPD"', '[[entities]]\ncode = "OTHER"')
    await tracking.initiatives.load(tracking.organiser, gone.encode())
    await tracking.set("CAP-01", "cmpd", implementation="superseded")
    with pytest.raises(NotFound, match="there are DPKO, Ministries of Defence, DPO and OTHER"):
        await tracking.set("CAP-02", "CMPD", note="x")
    assert (await tracking.follow_ups.page(tracking.ana, entity="CMPD")).total == 1
    with pytest.raises(NotFound, match="“Nobody” is no addressee here"):
        await tracking.follow_ups.page(tracking.ana, entity="Nobody")


async def test_two_organisers_at_once_make_one_row(tracking: FollowUpDesk) -> None:
    """Whoever comes second changes what the first opened, and nothing of either is lost."""

    async def enter(who: object, **typed: str) -> None:
        await tracking.follow_ups.set(who, "CAP-01", "DPKO", typed)  # type: ignore[arg-type]

    await asyncio.gather(
        enter(tracking.organiser, acceptance="accepted"),
        enter(tracking.second, note="Noted."),
        enter(tracking.organiser, owner="Ms A"),
    )
    (row,) = (await tracking.follow_ups.page(tracking.ana)).items
    content = row.content
    assert (content.acceptance, content.note, content.owner) == (Acceptance.ACCEPTED, "Noted.", "Ms A")
    assert row.revision == 3 and content.implementation is Implementation.NOT_STARTED


async def test_a_person_gets_what_they_entered_and_is_forgotten_in_it(tracking: FollowUpDesk) -> None:
    """Their states stay as nobody's; what waits to be confirmed goes."""
    await tracking.set("CAP-01", "DPKO", note="Said on the phone.", due_on="2014-10-23")
    await tracking.look_at(("CAP-02", "DPKO", "", "Write", "accepted", "", "", ""))
    own = json.loads(await tracking.own_data.export(tracking.organiser) or b"")
    ((entered),) = own["follow_up_entered"]
    assert (entered["reference"], entered["entity"], entered["source"]) == ("CAP-01", "DPKO", "chat")
    assert own["lists_sent"][0]["kind"] == "follow-up"
    await tracking.deadlines.run_due()
    await tracking.forgetting.forget(tracking.organiser)
    assert await tracking.rows("SELECT * FROM imports") == []
    assert await tracking.rows("SELECT * FROM outbox WHERE kind = 'follow_up.reminder'") == []
    history = await tracking.follow_ups.history(tracking.ana, "CAP-01", "DPKO")
    assert [(one.who, one.content.note) for one in history.entries] == [(None, "Said on the phone.")]
    assert (await tracking.record.report(tracking.guild_id)).lines[0].set_by is None
    await tracking.whole()
