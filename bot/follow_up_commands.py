"""`rapporteur follow-up`: workbooks that go out to the addressees and come back, without Discord.

Whoever works on the store itself is the operator: no role is asked for, and the ledger says "system".
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_options import Config, Guild, Language, Store, settings_of, words_of

if TYPE_CHECKING:
    from reports import Words
    from services.tracking.returning import Preview

follow_up = typer.Typer(
    help="Exchange workbooks of the follow-up with the addressees.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@follow_up.command("export")
def export(
    entity: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this addressee (default: each, packed).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write (default: by its own name, here).")
    ] = None,
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
) -> None:
    """Write the workbook of an addressee, or an archive with one for each."""
    from bot.export_notes import names_in
    from bot.follow_up_files import packed
    from bot.store_commands import follow_up_handed_out
    from bot.whole_files import write_whole

    words = words_of(language)
    settings = settings_of(config, database)
    handed_out, found = asyncio.run(follow_up_handed_out(settings, guild, entity, names=not names_are_meant))
    names = names_in(found, words)
    if names is not None:
        for one in names.told:
            typer.echo(f"{one.name}: {one.place}", err=True)
        _fail(
            "Names of registered people or organisations stand in its texts, so nothing was written. Add "
            "--names-are-meant to write it all the same."
        )
    file = packed(handed_out, words)
    target = out or Path(file.name)
    write_whole(target, file.data)
    rows = sum(len(report.lines) for report in handed_out)
    typer.echo(f"{target}: {rows} rows, {len(handed_out)} addressees.")


@follow_up.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    apply: Annotated[
        bool, typer.Option("--apply", help="Apply what can be taken; without it nothing is changed.")
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Apply rows too that were changed here since they were handed out."),
    ] = False,
    language: Language = "en",
    guild: Guild = None,
    config: Config = None,
    database: Store = None,
) -> None:
    """Say what a returned workbook or CSV file would change; with --apply, change it.

    Ends with 1 where a row is refused, or in conflict and left.
    """
    from bot.store_commands import take_follow_up

    words = words_of(language)
    settings = settings_of(config, database)
    data = file.read_bytes()
    preview, done = asyncio.run(
        take_follow_up(settings, guild, file.name, data, apply=apply, overwrite=overwrite)
    )
    for line in _told(preview, words):
        typer.echo(line)
    for refused in preview.refused:
        said = f" ({refused.said})" if refused.said else ""
        typer.echo(f"Row {refused.row}{said}: {words(refused.why)}", err=True)
    if done is None:
        typer.echo("Nothing was changed; --apply applies it." if preview.plan.taken else "Nothing to apply.")
    else:
        typer.echo(f"Changed: {done.changed}; new: {done.opened}; conflicts left: {done.left}.")
    if preview.refused or (preview.conflicts and not overwrite):
        raise typer.Exit(1)


def _told(preview: Preview, words: Words) -> Iterator[str]:
    """Every row that would change, field by field, then how many there are of each kind."""
    from seminar.follow_up import FIELD_WORDS, field_said

    for one in preview.plan.taken:
        changes = [
            f"{words(FIELD_WORDS[name])}: {words(field_said(one.before, name))} → "
            f"{words(field_said(one.after, name))}"
            for name in one.fields
        ]
        what = "; ".join(" ".join(change.split()) for change in changes) or "new"
        mark = " [conflict]" if one.conflict else ""
        where = f"{one.reference}, {words(one.called)}, {one.number}"
        yield f"Row {one.entry.row} ({where}){mark}: {what}"
    yield (
        f"To change: {len(preview.changes)}; in conflict: {len(preview.conflicts)}; "
        f"as they are: {preview.unchanged}; refused: {len(preview.refused)}."
    )


def _fail(line: str) -> None:
    typer.echo(line, err=True)
    raise typer.Exit(1)
