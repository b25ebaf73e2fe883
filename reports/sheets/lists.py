"""Plain lists for people who open them in a spreadsheet by a double click.

CSV in UTF-8 with the mark that spreadsheets look for, cells made safe as in `reports.to_csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from reports.records.rows import Plain
from reports.to_csv import cell


def table(headings: Iterable[str], rows: Iterable[Iterable[Plain]]) -> bytes:
    """A line of headings, and one for each row."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([cell(heading) for heading in headings])
    writer.writerows([cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()
