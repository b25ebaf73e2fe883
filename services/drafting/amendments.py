"""Amendments: another wording that a participant asks for, and what its recommendation's author makes of it.

None is ever dropped or overwritten. The text may move on while a form is open or an amendment waits:
what touches other words is merged with it, what touches the same words is marked as in conflict
(`services.drafting.revising`), and is accepted only after somebody has reworked it.
"""

from __future__ import annotations

from services.drafting.amendment_deciding import AmendmentDeciding
from services.drafting.amendment_filing import AmendmentFiling
from services.drafting.amendment_rules import ChangeNotSaid, WouldBreakSilence
from services.drafting.amendment_views import AmendmentView, Opening

__all__ = [
    "AmendmentView",
    "Amendments",
    "ChangeNotSaid",
    "Opening",
    "WouldBreakSilence",
]


class Amendments(AmendmentFiling, AmendmentDeciding):
    """The amendments to the recommendations of each server."""
