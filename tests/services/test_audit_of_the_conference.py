"""The audit of what conferences did: whatever is changed behind the ledger's back is named."""

from __future__ import annotations

from seminar.conference import Ending
from tests import stores
from tests.services.conference_hall import Hall


async def settled(hall: Hall) -> None:
    """CAP-01 is final as R1, after being taken up once; CAP-02 is not finalised, CAP-03 open."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02", "CAP-03")
    await hall.finalise("CAP-01")
    await hall.conference.reopen(hall.organiser, "CAP-01", "A slip")
    await hall.finalise("CAP-01")
    await hall.finalise("CAP-02", Ending.NOT_FINALISED, "No.")
    assert (await hall.audit.verify()).problems == ()


async def test_every_figure_of_a_conference_is_held_against_the_ledger(hall: Hall) -> None:
    """Column by column; a row that is gone, and one that nobody made."""
    await settled(hall)
    await hall.adopt("CAP-03")
    for column, value in (
        ("ballot_id", "2"),
        ("basis_ballot_id", "2"),
        ("origin", "'BER'"),
        ("version", "7"),
        ("rank", "9"),
        ("number", "12"),
        ("final_version", "NULL"),
        ("basis", "'conference'"),
    ):
        before = await hall.value(f"SELECT {column} FROM conference_items WHERE position = 1")
        await change(hall, f"UPDATE conference_items SET {column} = {value} WHERE position = 1")
        assert (await hall.audit.verify()).problems == (
            f"conference_items: row CAP-01: its {column.removesuffix('_id')} is not what the ledger says.",
        )
        back = f"'{before}'" if isinstance(before, str) else str(before)
        await change(hall, f"UPDATE conference_items SET {column} = {back} WHERE position = 1")
    assert (await hall.audit.verify()).problems == ()
    for number, state, other in (
        (1, "finalised", "forwarded"),
        (2, "not_finalised", "voting"),
        (3, "forwarded", "finalised"),
    ):
        set_state = "UPDATE recommendations SET state = '{state}' WHERE number = {number}"
        await change(hall, set_state.format(state=other, number=number))
        assert (await hall.audit.verify()).problems == (
            f"recommendations: row CAP-0{number}: its state is not what the ledger says.",
        )
        await change(hall, set_state.format(state=state, number=number))
    await change(hall, "UPDATE recommendations SET conference = NULL WHERE reference = 'CAP-02'")
    assert (await hall.audit.verify()).problems == (
        "recommendations: row CAP-02: its conference is not what the ledger says.",
    )
    await change(hall, "UPDATE recommendations SET conference = 'BRU' WHERE reference = 'CAP-02'")
    await change(hall, "DELETE FROM conference_items WHERE position = 3")
    assert (await hall.audit.verify()).problems == ("conference_items: row CAP-03: is missing.",)


async def test_a_decision_on_what_nobody_forwarded_is_named(hall: Hall) -> None:
    """And a row that no entry of the ledger explains."""
    await settled(hall)
    entry = "act = 'recommendation.forwarded' AND subject = 'CAP-01'"
    stores.shelf().change(hall.db.url, f"DELETE FROM ledger WHERE {entry}")
    problems = (await hall.audit.verify()).problems
    assert "conference_items: row CAP-01: the ledger knows nothing of it." in problems
    assert any("decides on CAP-01, which no entry forwards" in one for one in problems)


async def change(hall: Hall, sql: str) -> None:
    """What somebody with the file could do."""
    async with hall.db.write() as tx:
        await tx.exec_driver_sql(sql)
