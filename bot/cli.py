"""The command line: `rapporteur` and `python -m bot`.

Every command ends with status 0 (done), 1 (refused or failed, with one clear
line on standard error) or 2 (usage). What a command needs is imported when it
runs, so that `--help` answers at once. Like the log, it speaks English.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.command_options import Config, Guild, Language, Store, file_of, settings_of, words_of
from bot.follow_up_commands import follow_up
from bot.settings import Settings, SettingsError

if TYPE_CHECKING:
    from bot.doctor import Finding
    from reports import Format

log = logging.getLogger(__name__)

PROGRAM = "rapporteur"
_OPTIONS: dict[str, Any] = {"no_args_is_help": True, "add_completion": False, "rich_markup_mode": None}

app = typer.Typer(
    help="Recommendations of expert seminars, from proposal to follow-up, on Discord.",
    pretty_exceptions_enable=False,
    **_OPTIONS,
)
audit = typer.Typer(help="Prove that nothing was changed behind the ledger's back.", **_OPTIONS)
db = typer.Typer(help="Look after the store.", **_OPTIONS)
initiative = typer.Typer(help="Work on an initiative file.", **_OPTIONS)
app.add_typer(audit, name="audit")
app.add_typer(db, name="db")
app.add_typer(initiative, name="initiative")
app.add_typer(follow_up, name="follow-up")


@app.command()
def run(config: Config = None, database: Store = None) -> None:
    """Start the bot; it runs until SIGTERM or Ctrl-C."""
    from bot import logs, running

    settings = settings_of(config, database)
    try:
        logs.set_up(settings)
    except OSError as error:
        raise SettingsError(
            f"The log file {settings.logging.file} cannot be written: {error.strerror}."
        ) from None
    running.run_here(settings)


@app.command()
def rehearse(
    script: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Script to play (default: Rome and Berlin, 2014).")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for what it leaves.")] = Path(
        "rehearsal-out"
    ),
    serve: Annotated[bool, typer.Option(help="Open local pages to walk in afterwards.")] = True,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of those pages; 0 picks one.")] = 0,
    config: Config = None,
) -> None:
    """Play a seminar through the real bot on a simulated Discord: no token, no network."""
    if config is not None:
        Settings.load(config)
    # By name: the rehearsal stands above the bot, which knows nothing of it.
    raise typer.Exit(import_module("rehearsal.command").rehearse(script, out, serve, port))


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Option("--initiative", metavar="FILE", help="Initiative file to look at as well.")
    ] = None,
    live: Annotated[
        bool,
        typer.Option("--live", help="Ask Discord and the running bot as well; sends and changes nothing."),
    ] = False,
    config: Config = None,
    database: Store = None,
) -> None:
    """Say in plain sentences what is missing or wrong."""
    from bot import doctor

    _report(asyncio.run(doctor.examine(file_of(config), database, file, live=live)))


@app.command()
def export(
    format: Annotated[
        str, typer.Argument(metavar="FORMAT", help="csv, docx, html, json, markdown, pdf or xlsx.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write (default: standard output).")
    ] = None,
    event: Annotated[str | None, typer.Option(metavar="CODE", help="Only this event.")] = None,
    theme: Annotated[str | None, typer.Option(metavar="CODE", help="Only this theme.")] = None,
    kind: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="ranking, seminar-report, conference-paper, final-report, follow-up, cast-votes, arguments "
            "or drafting; not every kind is written in every format.",
        ),
    ] = "ranking",
    ballot: Annotated[
        str | None, typer.Option(metavar="B3", help="Only this ballot, where cast votes are written.")
    ] = None,
    entity: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this addressee, where follow-up is written.")
    ] = None,
    draft: Annotated[
        bool | None,
        typer.Option(
            "--draft/--no-draft",
            help="Mark a document as a draft or not (default: while its event is not closed).",
            show_default=False,
        ),
    ] = None,
    receipts: Annotated[bool, typer.Option("--receipts", help="Add the annex of receipt codes.")] = False,
    names_are_meant: Annotated[
        bool,
        typer.Option(
            "--names-are-meant", help="Write it though names of registered people stand in its free text."
        ),
    ] = False,
    language: Language = "en",
    guild: Guild = None,
    config: Config = None,
    database: Store = None,
    aside: Annotated[Path | None, typer.Option(hidden=True)] = None,
    names_seen: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Write rankings, reports, the cast votes of closed ballots, or how the texts came about."""
    from bot.export_command import Export
    from services.record.exports import Wanted

    chosen = _format(kind, format)
    if (
        out is None
        and sys.stdout.isatty()
        and not chosen.media_type.startswith(("text/", "application/json"))
    ):
        raise typer.BadParameter(f"{format} is no text for a terminal; add --out FILE")
    Export(
        chosen,
        Wanted(kind, event, theme, ballot, entity, draft, receipts),
        words_of(language),
        guild,
        out,
        names_are_meant,
        names_seen,
        aside,
    ).run(settings_of(config, database))


@audit.command("verify")
def audit_verify(
    head: Annotated[
        str | None, typer.Option(metavar="HASH", help="A head posted earlier, which must be in the chain.")
    ] = None,
    guild: Guild = None,
    config: Config = None,
    database: Store = None,
) -> None:
    """Recompute the ledger and tally every closed ballot again."""
    from bot import store_commands

    report = asyncio.run(store_commands.verify(settings_of(config, database), guild, head))
    for problem in report.problems:
        _say_wrong(problem)
    if report.problems:
        raise typer.Exit(1)
    typer.echo(f"All is well: {report.entries} ledger entries and {report.ballots} closed ballots verified.")


@db.command("upgrade")
def db_upgrade(config: Config = None, database: Store = None) -> None:
    """Make the store, or bring it up to date; an older one is backed up first."""
    from storage import migrate

    changed = asyncio.run(migrate.upgrade(settings_of(config, database).storage.url))
    typer.echo("The store was brought up to date." if changed else "The store is up to date.")


@db.command("backup")
def db_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE")], config: Config = None, database: Store = None
) -> None:
    """Copy the store, which may be in use, to FILE, and verify the copy."""
    from storage import backup

    asyncio.run(backup.backup(settings_of(config, database).storage.url, file))
    typer.echo(f"The store was copied to {file}, and the copy verified.")


@db.command("restore")
def db_restore(
    file: Annotated[Path, typer.Argument(metavar="FILE")], config: Config = None, database: Store = None
) -> None:
    """Put the copy FILE in the store's place; the bot must not be running."""
    from bot import store_commands

    restored = asyncio.run(store_commands.restore(settings_of(config, database), file))
    typer.echo(f"The store was restored from {file}.")
    if restored.kept is not None:
        typer.echo(f"The store that was there is kept as {restored.kept}.")
    if restored.forgotten is None:
        typer.echo(
            "The copy is older: people who asked to be forgotten are forgotten again at the next start."
        )
    elif restored.forgotten:
        people = "person was" if restored.forgotten == 1 else "people were"
        typer.echo(f"{restored.forgotten} {people} forgotten again, as they had asked.")


@db.command("copy")
def db_copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="Address of the store.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Address where there is none yet.")],
) -> None:
    """Move the store to another address, SQLite or PostgreSQL, and compare every table.

    The bot must not be running. The store at FROM stays as it is, and the keys stay in key_dir.
    """
    from bot import moving

    typer.echo(moving.move(source, target))


@db.command("downgrade")
def db_downgrade(
    revision: Annotated[str, typer.Argument(metavar="REVISION", help="Such as 0004.")],
    lose_data: Annotated[
        bool, typer.Option("--lose-data", help="Go back though something in the store would be lost.")
    ] = False,
    config: Config = None,
    database: Store = None,
) -> None:
    """Bring the store back to the schema of an older version; the bot must not be running."""
    from storage import migrate

    url = settings_of(config, database).storage.url
    kept = asyncio.run(migrate.downgrade(url, revision, lose_data=lose_data))
    typer.echo(f"The store is at {revision}.")
    if kept is not None:
        typer.echo(f"The store as it was is kept as {kept}.")


@initiative.command("check")
def initiative_check(file: Annotated[Path, typer.Argument(metavar="FILE")], config: Config = None) -> None:
    """Say what is wrong in an initiative file, with line and key."""
    from bot import doctor

    if config is not None:
        Settings.load(config)
    _report(doctor.initiative_findings(file))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the answer is the exit status."""
    from seminar.errors import Refused

    try:
        app(args=None if arguments is None else list(arguments), prog_name=PROGRAM)
    except SystemExit as end:
        return end.code if end.code in (0, 2) else 1
    except SettingsError as error:
        more = len(error.problems) - 1
        hint = f" (And {more} more: see `{PROGRAM} check`.)" if more else ""
        _say_wrong(error.problems[0] + hint)
    except Refused as refusal:
        _say_wrong(str(refusal))
    except OSError as error:
        _say_wrong(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
    except ModuleNotFoundError as error:
        if error.name != "asyncpg":
            raise
        _say_wrong("PostgreSQL needs the extra `postgres`: install rapporteur[postgres].")
    except Exception as error:
        from bot.failures import told

        log.debug("the command failed", exc_info=True)
        # A service's standard error is a log too, and words of an exception may be somebody's.
        _say_wrong(f"This failed, and should not have: {told(error)}")
    return 1


def _format(kind: str, name: str) -> Format:
    from reports import FORMATS
    from reports.kinds import KINDS, require_format

    if name not in FORMATS:
        raise typer.BadParameter(f"there is no format {name}; the formats are {', '.join(FORMATS)}")
    if kind not in KINDS:
        raise typer.BadParameter(f"there is no export {kind}; there is {', '.join(KINDS)}")
    return require_format(KINDS[kind], name)


def _report(findings: Sequence[Finding]) -> None:
    for finding in findings:
        typer.echo(str(finding))
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(1)


def _say_wrong(line: str) -> None:
    typer.echo(line, err=True)
