"""The audit and the texts: what a recommendation said cannot be changed behind the ledger's back."""

from __future__ import annotations

import pytest

from seminar.model import Change
from seminar.wording import Wording
from services.drafting.acting import locked
from services.drafting.revising import Revision, revise
from services.people import persons
from tests import stores
from tests.services.polling_station import Station
from tests.services.small_seminar import GUILD


async def revised(station: Station) -> None:
    """CAP-01 gets a second version, by the road every text takes."""
    async with station.db.write() as tx:
        row = await locked(tx, GUILD, "CAP-01")
        person = await persons.of_actor(tx, station.ana)
        wording = Wording(row.title, f"{row.text} Always.", "Because.", ("DPKO",))
        await revise(
            tx, GUILD, row, Revision(wording, Change.SUBSTANTIVE, person.id), person, station.clock()
        )


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("UPDATE versions SET text = 'Quite another matter.' WHERE number = 2", "versions: row CAP-01/2"),
        ("UPDATE versions SET title = 'Another' WHERE recommendation_id = 2", "versions: row CAP-02/1"),
        ("UPDATE versions SET rationale = '' WHERE number = 2", "versions: row CAP-01/2"),
        ("UPDATE versions SET addressees = '[]' WHERE number = 2", "versions: row CAP-01/2"),
        ("UPDATE versions SET addressees = 'not JSON' WHERE number = 2", "versions: row CAP-01/2"),
        ("UPDATE versions SET text = x'ff00' WHERE number = 2", "versions: row CAP-01/2"),
        ("DELETE FROM versions WHERE recommendation_id = 2", "versions: row CAP-02/1: is missing"),
        ("UPDATE versions SET number = 3 WHERE number = 2", "versions: row CAP-01/3: the ledger knows"),
        ("UPDATE recommendations SET version = 1", "recommendations: row CAP-01"),
    ],
)
async def test_a_changed_text_is_named_by_table_and_row(station: Station, tampering: str, named: str) -> None:
    """Whichever field, also where a version is gone, added, or the wrong one is shown."""
    await revised(station)
    assert (await station.audit.verify()).problems == ()
    if not stores.shelf().change(station.db.url, tampering):
        return
    problems = (await station.audit.verify()).problems
    assert any(problem.startswith(named) for problem in problems), problems


async def test_an_erased_text_is_no_problem(station: Station) -> None:
    """The digest in the chain stays, and says nothing any more."""
    await revised(station)
    async with station.db.write() as tx:
        await tx.exec_driver_sql("DELETE FROM ledger_texts")
    assert (await station.audit.verify()).problems == ()
