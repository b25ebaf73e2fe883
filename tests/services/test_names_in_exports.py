"""Names in the free text of what would be exported: who is looked for, and where they stand."""

from __future__ import annotations

import secrets

import pytest

from reports.kinds import ARGUMENTS, DRAFTING, FINAL_REPORT, KINDS, RANKING, SEMINAR_REPORT
from seminar.errors import NotFound
from seminar.model import Stance
from services.drafting.recommendations import Draft
from services.record.exports import Wanted
from tests.services.conference_hall import Hall
from tests.services.reported_hall import exports, initiative
from tests.services.small_seminar import GUILD, TEXT


async def names(hall: Hall, kind: str, **limits: str) -> list[tuple[str, str, str]]:
    """What is found: name, reference and field, in English."""
    found = await exports(hall).names(GUILD, Wanted(kind, **limits))  # type: ignore[arg-type]
    return [(one.name, one.reference, str(one.field)) for one in found]


async def written(hall: Hall) -> str:
    """A proposal whose texts name people and an organisation; its reference."""
    draft = Draft(
        theme="TRN",
        event="BER",
        title="What Quartermain wants",
        text=f"{TEXT} As XANTHIPPE O FLOINN of the Zymurgy Foundation has it.",
        rationale="The United Nations and DPKO asked for it.",
        addressees="Xylem Council",
    )
    await hall.events.open(hall.organiser, "BER")
    made = await hall.recommendations.propose(hall.ben, draft, secrets.token_hex(8))
    await hall.argue(hall.ben, made.reference, Stance.FOR, "Vandermeulen said so too.")
    return made.reference


async def test_people_and_organisations_are_listed_with_where_they_stand(held: Hall) -> None:
    """Under the Chatham House rule both, where the organisation is shown only people, else nothing."""
    reference = await written(held)
    await held.load(initiative("chatham"))
    assert await names(held, SEMINAR_REPORT, event="BER") == [
        ("Quartermain", reference, "Title"),
        ("XANTHIPPE O FLOINN", reference, "Text"),
        ("Zymurgy Foundation", reference, "Text"),
        ("Xylem Council", reference, "Addressees"),
        ("Vandermeulen", reference, "argument for"),
    ]
    await held.load(initiative("organisation"))
    people = [name for name, _, _ in await names(held, SEMINAR_REPORT, event="BER")]
    assert people == ["Quartermain", "XANTHIPPE O FLOINN", "Vandermeulen"]
    await held.load(initiative("named"))
    assert await names(held, SEMINAR_REPORT, event="BER") == []


async def test_only_what_would_be_exported_is_looked_through(held: Hall) -> None:
    """The text of Berlin is not in the conference's report, and arguments are not in a ranking."""
    reference = await written(held)
    await held.load(initiative("chatham", '[documents]\nforeword = "Thanks to Übelacker."\n'))
    assert await names(held, FINAL_REPORT) == [
        ("Übelacker", "", "foreword"),
        ("Quartermain", reference, "Title"),
    ]
    assert ("Vandermeulen", reference, "argument for") not in await names(held, RANKING)
    assert await names(held, ARGUMENTS, event="BER") == [
        ("Quartermain", reference, "Title"),
        ("Vandermeulen", reference, "argument for"),
    ]
    assert ("Zymurgy Foundation", reference, "Text") in await names(held, DRAFTING, event="BER")


async def test_every_kind_can_be_looked_through(held: Hall) -> None:
    """Whatever is exported; and a part that is not there is one sentence."""
    await held.load(initiative("chatham"))
    for kind in KINDS:
        assert isinstance(await names(held, kind), list)
    with pytest.raises(NotFound):
        await names(held, RANKING, event="XXX")
