"""What is shown of the people behind words in one server, worked out once for a whole list.

Everything that shows whose words something is, in chat or in a file, asks here, and this asks
`seminar.attribution`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.attribution import may_name_constituency, shown_author
from seminar.initiative import Initiative
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

    def speaker(self, code: str | None) -> str | Text:
        """Who speaks for a constituency and is told by it alone, as whoever breaks a silence."""
        told = self.constituency(code)
        return t("a participant") if told is None else self._titles[told]
