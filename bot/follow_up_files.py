"""Workbooks of the follow-up as files: one by its name, several in an archive."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.parcels import Parcel, archive
from reports.format import Words
from reports.models.follow_up import FollowUpReport
from reports.sheets.follow_up_workbook import workbook
from reports.sheets.names import SheetNames

ARCHIVE: Final = "follow-up.zip"
_UNFIT = re.compile(r"[^A-Za-z0-9ÄÖÜäöüßÀ-ÿĀ-ſ]+")
_LONGEST: Final = 40


def packed(handed_out: Sequence[FollowUpReport], words: Words) -> Parcel:
    """The workbook of each report; of several, an archive. Work for the processor: call it in a thread."""
    names = SheetNames()
    files = [Parcel(_name(report, names), workbook(report, words)) for report in handed_out]
    if len(files) == 1:
        return files[0]
    return archive(ARCHIVE, files)


def _name(report: FollowUpReport, names: SheetNames) -> str:
    """`follow-up-DPKO.xlsx`, each name once."""
    entity = _UNFIT.sub("-", report.entity or "").strip("-")[:_LONGEST] or "other"
    return f"follow-up-{names.take(entity).replace(' ', '-')}.xlsx"
