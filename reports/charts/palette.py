"""The colours of votes, the same in every chart.

Blue and orange of the Okabe–Ito palette, which colour-blind readers tell
apart, darkened and lightened so that the three also differ in a grey print
(CIE lightness about 37, 67 and 87).
"""

from __future__ import annotations

FOR = "#005a94"
AGAINST = "#f08a3c"
ABSTAIN = "#d7dbe0"
REMOVED = "#a13d00"
"""The orange dark enough to be read as text on white (contrast about 6.5 to 1)."""

DONE, PARTLY_DONE, UNDER_WAY, NOT_BEGUN, CLOSED_OTHERWISE = (
    "#003f6b",
    "#2f7fb5",
    "#f5b26b",
    "#ffffff",
    "#e3e6ea",
)
"""How far something is, from done to not begun (lightness about 25, 50, 78 and 100); what was closed
otherwise is hatched as well. Framed, since white is one of them.
"""
