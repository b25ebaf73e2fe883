"""What is said of an event wherever it stands: its days."""

from __future__ import annotations

from datetime import date

from seminar.words import Text, t


def days_text(starts: date, ends: date) -> Text:
    """From when to when, or the one day."""
    return t("{day}", day=starts) if starts == ends else t("{starts} to {ends}", starts=starts, ends=ends)
