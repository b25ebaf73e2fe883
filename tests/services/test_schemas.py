"""Every JSON export against the schema that we publish of it, by somebody else's validator."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

import reports
from reports import FORMATS
from reports.kinds import KINDS
from services.record.exports import Wanted
from tests.reports import initiative_sample as sample
from tests.services.conference_hall import Hall
from tests.services.polling_station import Station
from tests.services.reported_hall import exports
from tests.services.small_seminar import GUILD

FOLDER = Path(reports.__file__).parent / "schemas"


@cache
def validator(kind: str) -> Draft202012Validator:
    """What holds a file to the published schema of its kind."""
    schema = json.loads((FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def problems(kind: str, report: Any) -> list[str]:
    """What the schema says against the JSON file of a report."""
    document = json.loads(FORMATS["json"].render(report, str))
    return [f"{list(error.path)}: {error.message[:200]}" for error in validator(kind).iter_errors(document)]


def test_there_is_a_schema_for_every_kind_and_no_other() -> None:
    """Each can be written as JSON."""
    assert {path.name for path in FOLDER.glob("*.json")} == {
        f"{kind.name}.schema.json" for kind in KINDS.values() if "json" in kind.formats
    }
    assert all("json" in kind.formats for kind in KINDS.values())


async def test_real_exports_of_an_initiative_fit(held: Hall) -> None:
    """Of the store where something of everything happened, with receipts and without."""
    for kind in KINDS:
        for receipts in (False, True):
            report = await exports(held).report(GUILD, Wanted(kind, receipts=receipts))
            assert problems(kind, report) == [], kind


async def test_real_exports_of_every_method_fit(voted_on_all: Station) -> None:
    """Figures of all of them."""
    for kind in ("ranking", "seminar-report", "cast-votes", "arguments", "drafting"):
        assert problems(kind, await exports(voted_on_all).report(GUILD, Wanted(kind))) == [], kind


def test_what_the_samples_have_fits_and_anything_else_does_not() -> None:
    """No field may be missing, and none is there that the schema does not name."""
    report = sample.with_receipts(sample.final_report())
    assert problems("final-report", report) == []
    document = json.loads(FORMATS["json"].render(report, str))
    for field in document:
        assert not validator("final-report").is_valid({k: v for k, v in document.items() if k != field})
    assert not validator("final-report").is_valid({**document, "name": "Ana"})
    assert not validator("final-report").is_valid({**document, "generated_at": "yesterday"})
