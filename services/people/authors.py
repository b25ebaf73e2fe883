"""What is shown of the people behind words in one server, worked out once for a whole list.

Everything that shows whose words something is, in chat or in a file, asks here, and this asks
`seminar.attribution`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.attribution import may_name_constituency, shown_author
from seminar.initiative import Initiative
from seminar.methods.base import F
from seminar.model import Counts
from seminar.pooling import EVERYONE, OTHERS
from seminar.words import Text, t
from storage import people
from storage.recommendations import RecRow


class Authors:
    """People as the initiative's attribution allows to show them."""

    def __init__(self, initiative: Initiative, registered: Mapping[str | None, int]) -> None:
        self._attribution = initiative.head.attribution
        self._titles = {c.code: c.title for c in initiative.constituencies}
        self._registered = registered

    @classmethod
    async def of(cls, tx: AsyncConnection, guild_id: int, initiative: Initiative) -> Authors:
        """Counts the participants of each constituency, among whom an author disappears."""
        declared = bool(initiative.constituencies)
        return cls(initiative, await people.participants_by_constituency(tx, guild_id) if declared else {})

    def shown(self, row: RecRow) -> str | Text:
        """The author of one recommendation."""
        return self.called(row.author_name, row.author_organisation, row.author_constituency)

    def called(self, name: str, organisation: str | None, constituency: str | None) -> str | Text:
        """Somebody of that name, of this organisation, who speaks for the constituency of this code."""
        code = constituency or ""
        return shown_author(
            self._attribution, name, organisation, self._titles.get(code), self._registered.get(code, 0)
        )

    def constituency(self, code: str | None) -> str | None:
        """The code of the constituency that somebody spoke for, where it may be told."""
        if code is None or code not in self._titles:
            return None
        return code if may_name_constituency(self._attribution, self._registered.get(code, 0)) else None

    def told(self) -> Mapping[str, str]:
        """The constituencies that may be told, by code, with their titles."""
        return {code: title for code, title in self._titles.items() if self.constituency(code) is not None}

    def group(self, group: str) -> str:
        """A published group of voters where it may be told, and otherwise `OTHERS`."""
        told = may_name_constituency(self._attribution, self._registered.get(group, 0))
        return group if told or group in (OTHERS, EVERYONE) else OTHERS

    def figures(self, figures: F) -> F:
        """The figures of a ballot with what may not be told by constituency put together as `OTHERS`.

        What cannot be put together, such as medians, is left out. Nobody's figures change but the
        groups': totals and outcome stay what they are.
        """
        groups: Mapping[str, Any] = getattr(figures, "by_constituency", None) or {}
        if all(self.group(group) == group for group in groups):
            return figures
        found: dict[str, Any] = {}
        for group, part in groups.items():
            told = self.group(group)
            if told == group or _adds_up(part):
                found[told] = _together(found[told], part) if told in found else part
        changed: dict[str, Any] = {"by_constituency": found}
        if contested := getattr(figures, "contested_by", ()):
            changed["contested_by"] = tuple(one for one in contested if self.group(one) == one)
        return replace(figures, **changed)  # type: ignore[type-var]

    def speaker(self, code: str | None) -> str | Text:
        """Who speaks for a constituency and is told by it alone, as whoever breaks a silence."""
        told = self.constituency(code)
        return t("a participant") if told is None else self._titles[told]


def _adds_up(part: Counts | Mapping[str, Any]) -> bool:
    """Whether the figures of two groups can be put together: counts can, medians cannot."""
    return isinstance(part, Counts) or "median" not in part


def _together(one: Any, other: Any) -> Any:
    """The counts of two groups as those of one."""
    if isinstance(one, Counts):
        return one + other
    return {name: value + other[name] for name, value in one.items()}
