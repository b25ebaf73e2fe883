"""What can be found out about settings, store, keys and files without asking anybody else."""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr

from bot.doctor.finding import Finding
from bot.permissions import NEEDED, WANTED, Use, invitation
from bot.settings import ALONE, TOKEN_VARIABLE, Settings, SettingsError, database_file
from seminar.errors import Refused
from seminar.initiative import MOST_BYTES, Initiative, Unreadable, read_initiative
from services.keys import KeyStore
from storage import ballots, initiatives, migrate
from storage.engine import Database

# Three parts between dots, of which the first is the bot's id in base64:
# https://discord.com/developers/docs/reference#authentication
_TOKEN = re.compile(r"([\w-]{18,})\.[\w-]{5,}\.[\w-]{20,}")


async def examine(
    config: Path | None, database: str | None, file: Path | None, *, live: bool = False
) -> list[Finding]:
    """Look at the settings, the store, the keys, and the initiative file if one is named.

    If `live`, ask Discord too, and the running bot, and look closer at the store.
    """
    try:
        settings = Settings.load(config)
        if database is not None:
            settings = settings.at(database)
    except SettingsError as error:
        findings = [Finding("error", problem) for problem in error.problems]
    else:
        source = f"The settings in {config} can be read." if config else "No settings file; defaults apply."
        findings = [Finding("ok", source), _token(settings.discord.token), _permissions()]
        if settings.leaves_servers_unserved:
            findings.append(Finding("error", ALONE))
        findings += _log_file(settings.logging.file)
        findings += _keys(settings)
        findings += await _store(settings)
        if live:
            # Imported where it is wanted: it takes the whole bot, and all of its commands.
            from bot.doctor.live import examine_live

            findings += await examine_live(settings)
    if file is not None:
        findings += initiative_findings(file)
    return findings


def initiative_findings(file: Path) -> list[Finding]:
    """What is wrong in an initiative file, with line and key, and what it leaves open."""
    try:
        if file.stat().st_size > MOST_BYTES:
            return [Finding("error", f"{file} is too large; an initiative file has at most 1 MiB.")]
        initiative = read_initiative(file.read_bytes())
    except OSError as error:
        return [Finding("error", f"{file} cannot be read: {error.strerror}.")]
    except Unreadable as problems:
        return [Finding("error", f"{file}: {problem}") for problem in problems.problems]
    found = [
        Finding(
            "ok",
            f"{file} holds “{initiative.head.title}”, with {len(initiative.events)} events, "
            f"{len(initiative.themes)} themes and {len(initiative.constituencies)} constituencies.",
        )
    ]
    if "retention_days" not in initiative.privacy.model_fields_set:
        found.append(
            Finding(
                "warning",
                f"{file} does not say how long personal data is kept; 365 days apply.",
                "Set retention_days in [privacy].",
            )
        )
    return found + list(_privacy(initiative))


def _privacy(initiative: Initiative) -> Iterator[Finding]:
    wanted: Mapping[str, str] = {
        "controller": "who answers for the personal data",
        "contact": "whom to ask about it",
        "notice": "what people are told before their first act",
    }
    for key, meaning in wanted.items():
        if not getattr(initiative.privacy, key):
            yield Finding(
                "warning",
                f"“{initiative.head.title}” does not say {meaning}.",
                f"Set {key} in [privacy] of the initiative file, and load it again.",
            )


def _token(token: SecretStr | None) -> Finding:
    if token is None:
        return Finding(
            "error",
            "There is no token, so the bot cannot sign in.",
            f"Copy it from the developer portal into the environment variable {TOKEN_VARIABLE}.",
        )
    shape = _TOKEN.fullmatch(token.get_secret_value())
    bot_id = _bot_id(shape[1]) if shape else None
    if bot_id is None:
        return Finding(
            "error",
            "The token does not look like a bot's token: it has three parts between dots, "
            "without “Bot” before it and without quotation marks.",
            f"Copy it again from the developer portal, page Bot, into {TOKEN_VARIABLE}.",
        )
    return Finding(
        "ok",
        "There is a token, and it has the shape of one.",
        f"Whoever manages a server adds the bot to it at {invitation(bot_id)}",
    )


def _permissions() -> Finding:
    def listed(*uses: Use) -> list[str]:
        return [f"{use.called}: {use.what_for}" for use in uses]

    lines = [*listed(*NEEDED), "Besides, if they are granted:", *listed(*WANTED)]
    return Finding(
        "ok",
        "The invitation asks for these permissions and no others, and for no intent.",
        "\n         ".join(lines),
    )


def _bot_id(part: str) -> str | None:
    """The bot's id in the first part of a token; None if there is none in it."""
    with suppress(binascii.Error, ValueError):
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("ascii")
        return decoded if decoded.isdigit() else None
    return None


def _log_file(file: Path | None) -> list[Finding]:
    if file is None or _can_write(file):
        return []
    return [
        Finding(
            "error",
            f"The log file {file} cannot be written.",
            "Choose another file in [logging], or make its folder writable.",
        )
    ]


def _keys(settings: Settings) -> list[Finding]:
    folder = settings.secrecy.key_dir.resolve()
    file = database_file(settings.storage.url)
    found: list[Finding] = []
    if file is not None:
        home = file.resolve().parent
        if home == folder or folder in home.parents:
            found.append(
                Finding(
                    "error",
                    f"The store lies in the folder of the ballots' keys, {folder}: "
                    "whoever copies one has both.",
                    "Choose another key_dir in [secrecy].",
                )
            )
        elif home in folder.parents:
            found.append(
                Finding(
                    "warning",
                    f"The ballots' keys, {folder}, lie beside the store, "
                    "so a backup of the folder around them has both.",
                    "Leave the keys out of backups, or choose a key_dir elsewhere in [secrecy].",
                )
            )
    if not folder.exists():
        parent = next(place for place in folder.parents if place.exists())
        if not _folder_takes_files(parent):
            found.append(
                Finding(
                    "error",
                    f"The folder of the ballots' keys, {folder}, cannot be made.",
                    f"Make {parent} writable for the bot, or choose another key_dir in [secrecy].",
                )
            )
    elif not _folder_takes_files(folder):
        found.append(
            Finding(
                "error",
                f"The folder of the ballots' keys, {folder}, cannot be written.",
                "Make it writable for the bot, or choose another key_dir in [secrecy].",
            )
        )
    elif os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        found.append(
            Finding(
                "error",
                f"The folder of the ballots' keys, {folder}, is open to other users of this machine.",
                f"Run: chmod 700 {folder}",
            )
        )
    return found or [Finding("ok", f"The ballots' keys have a place, {folder}.")]


async def _store(settings: Settings) -> list[Finding]:
    url = settings.storage.url
    file = database_file(url)
    if file is not None and not file.exists():
        if _can_write(file):
            return [Finding("ok", f"There is no store yet; the first start makes it as {file}.")]
        return [
            Finding(
                "error",
                f"The store {file} cannot be made.",
                "Make its folder, writable for the bot, or choose another url in [storage].",
            )
        ]
    try:
        db = await Database.open(url)
        try:
            return await _opened(db, KeyStore(settings.secrecy.key_dir))
        finally:
            await db.close()
    except (Refused, OSError) as error:
        return [Finding("error", f"The store cannot be opened: {error}", "Look at url in [storage].")]
    except ModuleNotFoundError:
        return [Finding("error", "PostgreSQL needs the extra `postgres`.", "Install rapporteur[postgres].")]


async def _opened(db: Database, keys: KeyStore) -> list[Finding]:
    async with db.read() as tx:
        version = await tx.run_sync(migrate.version)
        if version != migrate.HEAD:
            return [_other_version(version)]
        documents = {guild: await initiatives.document(tx, guild) for guild in await initiatives.guilds(tx)}
        voting = [row for guild in documents for row in await ballots.with_status(tx, guild, "open")]
    found = [Finding("ok", "The store can be read, and is up to date.")]
    try:
        async with db.write():
            pass
    except Refused as refusal:
        advice = "Check who owns its file and folder, and that the disk is not full."
        found.append(Finding("error", f"The store cannot be written: {refusal}", advice))
    for document in documents.values():
        found += _privacy(Initiative.model_validate(document))
    found += [
        Finding(
            "error",
            f"The key of the open ballot B{ballot.number} is missing: "
            "its votes can be neither given nor counted.",
            "Bring back the folder of keys, or cancel the ballot.",
        )
        for ballot in voting
        if ballot.key_id is not None and not keys.exists(ballot.key_id)
    ]
    return found


def _other_version(version: str | None) -> Finding:
    if version is not None and version > migrate.HEAD:
        return Finding(
            "error", "The store was written by a newer version of the program.", "Install that version."
        )
    return Finding(
        "warning",
        "The store is older than the program; the next start brings it up to date, after a backup.",
        "To do it now, run: rapporteur db upgrade",
    )


def _can_write(file: Path) -> bool:
    """Whether `file` can be written or made, found out without changing it."""
    if file.exists():
        return file.is_file() and os.access(file, os.W_OK)
    return _folder_takes_files(file.parent)


def _folder_takes_files(folder: Path) -> bool:
    # Tried, since permissions alone do not know of read-only disks.
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
