"""What the doctor says: one thing looked at, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: a sentence, and what to do about it or with it."""

    level: Level
    sentence: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{self.level + ':':9}{self.sentence}"
        return f"{line}\n         {self.advice}" if self.advice else line
