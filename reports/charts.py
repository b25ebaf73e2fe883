"""The charts of the house, for the chat and for documents alike; `reports.picture` has what they share."""

from __future__ import annotations

from reports.activity_chart import Activity, activity_drawing
from reports.constituency_chart import by_group, constituency_drawing
from reports.picture import ALT_LIMIT, BARS, Drawing
from reports.rating_chart import rating_drawing
from reports.support_chart import support_drawing

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
