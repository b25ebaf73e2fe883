"""The charts of the house, for the chat and for documents alike; `picture` has what they share."""

from __future__ import annotations

from reports.charts.activity import Activity, activity_drawing
from reports.charts.constituency import by_group, constituency_drawing
from reports.charts.picture import ALT_LIMIT, BARS, Drawing
from reports.charts.rating import rating_drawing
from reports.charts.support import support_drawing

__all__ = [
    "ALT_LIMIT",
    "BARS",
    "Activity",
    "Drawing",
    "activity_drawing",
    "by_group",
    "constituency_drawing",
    "rating_drawing",
    "support_drawing",
]
