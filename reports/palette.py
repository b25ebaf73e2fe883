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
