"""Whatever is typed, sent or written into a file, it is read or refused in a sentence, and never breaks."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.i18n import Catalogues
from bot.presenter import refusal
from rehearsal.step import RehearsalFailed
from seminar.errors import Refused
from tests.fuzzing.driving import fuzzed
from tests.fuzzing.parsers import NOT_READERS, PARSERS, Parser
from tests.soaking import amount

ROOT = Path(__file__).parents[2]
ROOMS = ("seminar", "services", "storage", "reports", "bot", "cogs", "rehearsal")
EXAMPLES = amount(40, 1_600)
LONGEST_ANSWER = 2000


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    return Catalogues.load()


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_it_is_read_or_refused_in_a_sentence(parser: Parser, tmp_path: Path, catalogues: Catalogues) -> None:
    """Which fits into an answer, in every language, and mentions nobody."""

    def look(one: Any) -> None:
        try:
            parser.read(one, tmp_path)
        except parser.refuses as refused:
            if isinstance(refused, Refused):
                for language in catalogues.languages:
                    said = refusal(catalogues.speak(language), refused)
                    assert len(said) <= LONGEST_ANSWER, said
                    assert not re.search(r"@(everyone|here)|(?<!\\)<[@#:/]", said), said
            elif isinstance(refused, RehearsalFailed):
                assert str(refused)

    fuzzed(parser.inputs, EXAMPLES, look)


def _readers() -> Iterator[str]:
    """Functions that read by their names, or by what they take."""
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                    continue
                taken = [(one.arg, one.annotation and ast.unparse(one.annotation)) for one in node.args.args]
                if (
                    re.match("parse|read", node.name)
                    or any(name in ("typed", "written") or kind == "bytes" for name, kind in taken)
                    or (node.name.endswith("_of") and taken and str(taken[0][1]).startswith("str"))
                ):
                    yield f"{module}.{node.name}"


def test_every_reader_is_on_the_list() -> None:
    """And nothing else is: what is named there is in the code."""
    listed = {parser.name for parser in PARSERS}
    assert len(listed) == len(PARSERS)
    assert set(_readers()) - listed == set(NOT_READERS)
    for name in listed | set(NOT_READERS):
        path = name.split(".")
        for length in range(len(path) - 1, 0, -1):
            file = ROOT.joinpath(*path[:length])
            if file.with_suffix(".py").is_file() or (file / "__init__.py").is_file():
                found: Any = __import__(".".join(path[:length]), fromlist=["_"])
                for part in path[length:]:
                    found = getattr(found, part)
                assert inspect.isroutine(found) or inspect.isclass(found), name
                break
        else:
            pytest.fail(f"{name} is nowhere")
