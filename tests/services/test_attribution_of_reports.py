"""Whose names reach a file: every format's bytes are searched for people, organisations and small groups."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from reports import FORMATS
from seminar.model import Attribution
from services.record.exports import Wanted
from tests.services.conference_hall import Hall
from tests.services.reported_hall import MAILS, NAMES, ORGANISATIONS, exports, initiative, report
from tests.services.small_seminar import GUILD

OURS = ("ranking", "seminar-report", "conference-paper", "final-report")
SURNAMES = tuple(name.split()[-1] for name in NAMES)


async def files(hall: Hall, *kinds: str) -> Iterator[tuple[str, str]]:
    """Every format of each kind, as all the text in it, by `KIND.FORMAT`."""
    found = []
    for kind in kinds:
        made: Any = await exports(hall).report(GUILD, Wanted(kind, receipts=True))
        for name, format in FORMATS.items():
            if type(made) in format.renderers:
                found.append((f"{kind}.{name}", text_in(name, format.render(made, str))))
    return iter(found)


def text_in(format: str, data: bytes) -> str:
    """Everything that can be read in a file."""
    if format in ("docx", "xlsx"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if format == "pdf":
        pages = PdfReader(BytesIO(data))
        return "\n".join(page.extract_text() for page in pages.pages) + str(pages.metadata)
    return data.decode()


def squeezed(text: str) -> str:
    """Without white space and soft hyphens, so that a name broken over two lines is found too."""
    return "".join(text.replace("\xad", "").replace("\u200b", "").split())


@pytest.mark.parametrize("attribution", Attribution)
async def test_no_file_names_whom_attribution_does_not_name(held: Hall, attribution: Attribution) -> None:
    """Under the Chatham House rule nobody, no organisation, and no constituency with fewer than five."""
    await held.load(initiative(attribution.value))
    never: list[str] = list(MAILS)
    if attribution is not Attribution.NAMED:
        never += [*NAMES, *SURNAMES]
    if attribution is Attribution.CHATHAM:
        never += [*ORGANISATIONS]
    # Elsewhere what is drawn comes from the same models; all of it is searched where nobody is named.
    kinds = OURS if attribution is Attribution.CHATHAM else ("final-report",)
    for name, text in await files(held, *kinds):
        flat = squeezed(text)
        for secret in never:
            assert squeezed(secret) not in flat, f"{secret} stands in {name}"
        if attribution is Attribution.CHATHAM and not name.startswith("ranking"):
            for group in ("Think tanks and academia", '"TTA"', "TTA:", ">TTA<"):
                assert squeezed(group) not in flat, f"{group} stands in {name}"
    named = FORMATS["json"].render(await report(held, "seminar-report"), str).decode()
    assert ("Quartermain" in named) == (attribution is Attribution.NAMED)
    assert ("Zymurgy Foundation" in named) == (attribution is not Attribution.CHATHAM)


async def test_a_constituency_is_told_from_five_registered_on(held: Hall) -> None:
    """Four think-tankers are nobody in particular; with a fifth they are themselves, everywhere."""
    await held.load(initiative("chatham"))
    made = await report(held, "seminar-report")
    entry = next(one for one in made.entries if one.reference == "CAP-01")
    against = next(one for one in entry.arguments if one.stance == "against")
    assert str(against.who) == "a participant"
    assert entry.ranked.by_constituency.keys() == {"EU", "UN", "others"}
    assert entry.ranked.contested
    assert entry.ranked.contested_by == ()
    assert "TTA" not in made.constituencies
    assert [(group.code, group.participants) for group in made.people.groups] == [
        ("UN", 5),
        ("EU", 5),
        (None, 4),
    ]
    (broken,) = [one for one in made.entries if one.reference == "CAP-09"]
    assert [str(one.who) for one in broken.objections] == ["a participant"]
    fifth = (held.ana.roles, ("TTA",))
    await held.participants.set(held.organiser, 9999, "One more", fifth, constituency="TTA")
    made = await report(held, "seminar-report")
    entry = next(one for one in made.entries if one.reference == "CAP-01")
    against = next(one for one in entry.arguments if one.stance == "against")
    assert str(against.who) == "Think tanks and academia"
    assert entry.ranked.by_constituency.keys() == {"EU", "UN", "TTA"}
    assert entry.ranked.contested_by == ("TTA",)
    assert made.constituencies["TTA"] == "Think tanks and academia"


async def test_totals_stay_what_they_are_where_groups_are_put_together(held: Hall) -> None:
    """What is told by constituency adds up to the same votes, under every attribution."""
    told = {}
    for attribution in Attribution:
        await held.load(initiative(attribution.value))
        made = await report(held, "final-report")
        told[attribution] = [
            (entry.reference, result.ballot, result.row.counts, result.row.consensus)
            for entry in made.entries
            for result in entry.results
        ]
        for entry in made.entries:
            for result in entry.results:
                groups = result.row.by_constituency.values()
                hands = result.row.figures.room.total
                assert sum(part.total for part in groups) in (result.row.turnout, result.row.turnout - hands)
    assert told[Attribution.CHATHAM] == told[Attribution.NAMED] == told[Attribution.ORGANISATION]
