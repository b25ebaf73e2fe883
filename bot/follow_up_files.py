"""Workbooks of the follow-up as files: one by its name, several in an archive."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Final

from bot.parcels import Parcel
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
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.name), file.data, zipfile.ZIP_DEFLATED)
    return Parcel(ARCHIVE, out.getvalue(), packed=True)


def _name(report: FollowUpReport, names: SheetNames) -> str:
    """`follow-up-DPKO.xlsx`, each name once."""
    entity = _UNFIT.sub("-", report.entity or "").strip("-")[:_LONGEST] or "other"
    return f"follow-up-{names.take(entity).replace(' ', '-')}.xlsx"
