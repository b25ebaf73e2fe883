"""Options that several commands of the command line have, and what they lead to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.settings import DEFAULT_FILE, Settings

if TYPE_CHECKING:
    from reports import Words

Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file (default: config.toml, if there is one)."),
]
Store = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="Store to use in place of the configured one."),
]
Guild = Annotated[int | None, typer.Option(help="Id of the Discord server, where the store has several.")]
Language = Annotated[str, typer.Option(metavar="CODE", help="Language of headings and labels: en or fr.")]


def file_of(config: Path | None) -> Path | None:
    """The settings file: the one that was named, else the usual one if there is one."""
    if config is None and DEFAULT_FILE.is_file():
        return DEFAULT_FILE
    return config


def settings_of(config: Path | None, database: str | None) -> Settings:
    """The settings, with another store where one was named.

    Raises:
        SettingsError: they cannot be read.
    """
    settings = Settings.load(file_of(config))
    return settings if database is None else settings.at(database)


def words_of(language: str) -> Words:
    """What puts labels into the language of that code.

    Raises:
        typer.BadParameter: nothing is written in it.
    """
    if language == "en":
        return str
    from bot.i18n import Catalogues

    catalogues = Catalogues.load()
    if language not in catalogues.languages:
        raise typer.BadParameter(
            f"there is no language {language}; the languages are {', '.join(catalogues.languages)}"
        )
    return catalogues.speak(language)
