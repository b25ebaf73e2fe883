"""What stands on the covers of an initiative's documents."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.models.covering import Covering
from seminar.initiative import Initiative
from seminar.model import EventStatus
from storage import events, logos


async def read(
    tx: AsyncConnection, guild_id: int, initiative: Initiative, about: Collection[str], draft: bool | None
) -> Covering:
    """The cover of a document about the events of these codes.

    `draft` marks it as one; None does so while one of these events is not closed.
    """
    if draft is None:
        standing = await events.fetch_all(tx, guild_id)
        draft = any(code not in standing or standing[code].status is not EventStatus.CLOSED for code in about)
    logo = await logos.fetch(tx, guild_id)
    documents = initiative.documents
    return Covering(
        status=documents.status,
        foreword=documents.foreword,
        outcome=documents.outcome,
        logo=None if logo is None else logo.image,
        logo_alt="" if logo is None else logo.alt,
        draft=draft,
    )
