"""Collect every message of the program, and bring the catalogues up to date.

Messages are the literal first arguments of `t`, `tn` and `locale_str`, wherever
they stand: Babel's own reader does not look into f-strings. Run by
`make messages`; a catalogue keeps its translations, gains what is new and loses
what nothing says any more.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("seminar", "storage", "services", "reports", "bot", "cogs", "rehearsal")
KEYWORDS = {"t": 1, "tn": 2, "locale_str": 1}  # how many of the first arguments are messages
LANGUAGES = ("fr",)
WIDTH = 110
HEADER = """\
# Rapporteur's messages.
# Copyright (c) 2026 The Rapporteur developers, MIT licence.
#"""
# A date that moves with every run would make a difference where there is none.
CREATED = datetime(2026, 1, 1, tzinfo=UTC)


def template(root: Path = ROOT) -> Catalog:
    """Every message in the sources below `root`, with the files that say it."""
    catalog = _empty(None)
    for path, message in _found(root):
        catalog.add(message, locations=[(path, 0)])
    return catalog


def updated(language: str, collected: Catalog, folder: Path) -> Catalog:
    """The catalogue of `language` in `folder`, holding exactly the messages of `collected`."""
    path = folder / f"{language}.po"
    if path.exists():
        with path.open("rb") as source:
            catalog = read_po(source, locale=language)
    else:
        catalog = _empty(language)
    # A guessed translation would be shown to people: what is new stays empty until somebody writes it.
    catalog.update(collected, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> bytes:
    """The file of a catalogue: sorted, without line numbers, so that a change shows only what changed."""
    target = io.BytesIO()
    write_po(target, catalog, width=WIDTH, sort_output=True, include_lineno=False, omit_header=False)
    return target.getvalue()


def _empty(language: str | None) -> Catalog:
    return Catalog(
        locale=language,
        project="Rapporteur",
        version="1",
        header_comment=HEADER,
        msgid_bugs_address="-",
        last_translator="The Rapporteur developers",
        language_team="-",
        creation_date=CREATED,
        revision_date=CREATED,
        charset="utf-8",
        fuzzy=False,
    )


def _found(root: Path) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Every message with the file that says it, in the order of files and lines."""
    for package in SOURCES:
        for path in sorted((root / package).rglob("*.py")):
            for message in said(path.read_text(encoding="utf-8")):
                yield path.relative_to(root).as_posix(), message


def said(source: str) -> Iterator[str | tuple[str, ...]]:
    """The messages of one file; a pair where number matters."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[: KEYWORDS.get(called, 0)]
        words = [a.value for a in first if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if words and len(words) == KEYWORDS[called]:
            yield words[0] if len(words) == 1 else tuple(words)


def main() -> None:
    folder = ROOT / "locales"
    collected = template()
    for language in LANGUAGES:
        catalog = updated(language, collected, folder)
        (folder / f"{language}.po").write_bytes(written(catalog))
        missing = sum(1 for message in catalog if message.id and not _translated(message.string))
        print(f"{language}: {len(catalog)} messages, {missing} not translated yet")


def _translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    """Whether every form of a message has words."""
    forms = [string] if isinstance(string, str) else list(string or ())
    return bool(forms) and all(forms)


if __name__ == "__main__":
    main()
