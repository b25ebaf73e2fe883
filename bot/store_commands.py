"""What the command line reads from a store, without the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.settings import Settings
from reports.models.follow_up import FollowUpReport
from seminar.errors import NotFound, Refused
from seminar.words import t
from services.initiatives import Initiatives
from services.keys import KeyStore
from services.people.forgetting import Forgetting
from services.people.forgotten_list import ForgottenList
from services.people.known_people import KnownPeople
from services.record.audit import Audit, AuditReport
from services.record.exports import Exports, Wanted
from services.record.naming import FoundName
from services.tracking.reporting import FollowUpRecord
from services.tracking.returning import Applied, Preview, Returning
from storage import backup, migrate
from storage import initiatives as initiative_rows
from storage.engine import Database


@dataclass(frozen=True, slots=True)
class Restored:
    """A store that was restored: where the one before it is kept, in words, and how many people were
    forgotten again; None where that waits until the copy is brought up to date."""

    kept: str | None
    forgotten: int | None


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


async def read_export(
    settings: Settings, wanted: Wanted, guild: int | None, *, names: bool
) -> tuple[Any, tuple[FoundName, ...]]:
    """The report of what is wanted of one server; with `names`, those that stand in its free text.

    Raises:
        NotFound: no initiative, event, theme or ballot of that name is in the store.
        Invalid: this kind of export cannot be limited so.
        Refused: the store has several servers and none was named; or the ballot has no record yet.
    """
    async with opened(settings) as db:
        initiatives = Initiatives(db, _now)
        exports = Exports(db, _now, initiatives)
        server = await _server(db, guild)
        report = await exports.report(server, wanted)
        return report, await exports.names_in(server, report) if names else ()


async def follow_up_handed_out(
    settings: Settings, guild: int | None, entity: str | None, *, names: bool
) -> tuple[tuple[FollowUpReport, ...], tuple[FoundName, ...]]:
    """What goes out to one addressee of one server, or to each; with `names`, those in its free text.

    Raises:
        NotFound: no initiative or addressee of that name is in the store, or nothing is followed up.
        Refused: the store has several servers and none was named.
    """
    async with opened(settings) as db:
        initiatives = Initiatives(db, _now)
        server = await _server(db, guild)
        reports = await FollowUpRecord(db, _now, initiatives).handed_out(server, entity)
        exports = Exports(db, _now, initiatives)
        found = [one for report in reports for one in await exports.names_in(server, report)] if names else []
        return reports, tuple(found)


async def take_follow_up(
    settings: Settings, guild: int | None, name: str, data: bytes, *, apply: bool, overwrite: bool
) -> tuple[Preview, Applied | None]:
    """What a returned list would change and, if it is to be applied, how much it has changed.

    Raises:
        NotFound: no initiative is in the store.
        Invalid: the file cannot be read, or is from another server.
        Refused: the store has several servers and none was named.
    """
    async with opened(settings) as db:
        returning = Returning(db, _now, Initiatives(db, _now))
        server = await _server(db, guild)
        preview = await returning.look(server, name, data)
        if not apply:
            return preview, None
        return preview, await returning.carry_out(server, preview, conflicts=overwrite)


async def verify(settings: Settings, guild: int | None, head: str | None) -> AuditReport:
    """What the audit finds in one server's part of the store, or in all of it."""
    async with opened(settings) as db:
        return await Audit(db).verify(guild, head)


async def restore(settings: Settings, file: Path) -> Restored:
    """Put a copy in the store's place, and forget again whoever was forgotten since it was taken.

    Raises:
        Refused: as `storage.backup.restore`; or the list of whom to forget cannot be read, in which case
            the store is restored, and the bot does not start on it before it can.
        NotFound, StoreUnavailable: as there.
    """
    aside = await backup.restore(settings.storage.url, file)
    kept = None if aside is None else str(aside)
    if isinstance(aside, str):
        kept = f"the schema {aside} of the database"
    keys, listed = KeyStore(settings.secrecy.key_dir), ForgottenList(settings.secrecy.key_dir)
    db = await Database.open(settings.storage.url)
    try:
        async with db.read() as tx:
            version = await tx.run_sync(migrate.version)
        if version != migrate.HEAD:
            return Restored(kept, None if listed.ids() else 0)
        return Restored(kept, await Forgetting(db, _now, keys, KnownPeople(db), listed).again())
    finally:
        await db.close()


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
