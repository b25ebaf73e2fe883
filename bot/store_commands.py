"""What the command line reads from a store, without the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.settings import Settings
from reports import Format, Words
from seminar.errors import NotFound, Refused
from seminar.words import t
from services.audit import Audit, AuditReport
from services.exports import Exports, Wanted
from services.initiatives import Initiatives
from services.records import Records
from services.results import Results
from storage import initiatives as initiative_rows
from storage import migrate
from storage.engine import Database


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The store of `settings`, which must be there and up to date.

    Raises:
        NotFound: there is no store.
        Refused: it was written by another version.
        StoreUnavailable: it does not answer.
    """
    db = await Database.open(settings.storage.url)
    try:
        async with db.read() as tx:
            version = await tx.run_sync(migrate.version)
        if version != migrate.HEAD:
            raise Refused(t("The store is of another version. Run `db upgrade` first."))
        yield db
    finally:
        await db.close()


async def export(
    settings: Settings,
    chosen: Format,
    wanted: Wanted,
    guild: int | None,
    words: Words = str,
) -> bytes:
    """What is wanted of one server in one format, labelled by `words`.

    Raises:
        NotFound: no initiative, event, theme or ballot of that name is in the store.
        Invalid: this kind of export cannot be limited so.
        Refused: the store has several servers and none was named; or the ballot has no record yet.
    """
    async with opened(settings) as db:
        initiatives = Initiatives(db, _now)
        exports = Exports(initiatives, Results(db, _now, initiatives), Records(db, _now, initiatives))
        return chosen.render(await exports.report(await _server(db, guild), wanted), words)


async def verify(settings: Settings, guild: int | None, head: str | None) -> AuditReport:
    """What the audit finds in one server's part of the store, or in all of it."""
    async with opened(settings) as db:
        return await Audit(db).verify(guild, head)


async def _server(db: Database, wanted: int | None) -> int:
    async with db.read() as tx:
        known = await initiative_rows.guilds(tx)
    if not known:
        raise NotFound(t("No initiative is loaded in this store."))
    if wanted is None and len(known) > 1:
        names = tuple(str(guild) for guild in known)
        raise Refused(t("The store has several servers: {names}. Choose one with --guild.", names=names))
    if wanted is not None and wanted not in known:
        raise NotFound(t("The store has no server {guild}.", guild=str(wanted)))
    return known[0] if wanted is None else wanted


def _now() -> datetime:
    """The command line is where time enters: everything below is handed this clock."""
    return datetime.now(UTC)
