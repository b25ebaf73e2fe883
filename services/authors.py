"""What is shown of authors in one server, worked out once for a whole list."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.attribution import shown_author
from seminar.initiative import Initiative
from seminar.model import Status
from seminar.words import Text
from storage import people
from storage.recommendations import RecRow


class Authors:
    """The authors of recommendations as the initiative's attribution allows to show them."""

    def __init__(self, initiative: Initiative, registered: dict[str, int]) -> None:
        self._attribution = initiative.head.attribution
        self._titles = {c.code: c.title for c in initiative.constituencies}
        self._registered = registered

    @classmethod
    async def of(cls, tx: AsyncConnection, guild_id: int, initiative: Initiative) -> Authors:
        """Counts the participants of each constituency, among whom an author disappears."""
        groups = await people.groups(tx, guild_id) if initiative.constituencies else []
        return cls(
            initiative,
            {g.constituency: g.number for g in groups if g.constituency and g.status is Status.PARTICIPANT},
        )

    def shown(self, row: RecRow) -> str | Text:
        """The author of one recommendation."""
        code = row.author_constituency or ""
        return shown_author(
            self._attribution,
            row.author_name,
            row.author_organisation,
            self._titles.get(code),
            self._registered.get(code, 0),
        )
