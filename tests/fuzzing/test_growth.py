"""Nothing takes a time that grows with the square of what somebody sends: counted in steps, not seconds."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.fuzzing.backtracking import Matcher, TooMany, characters, examples
from tests.fuzzing.parsers import PARSERS, Parser
from tests.small_initiative import INITIATIVE
from tests.soaking import amount

ROOT = Path(__file__).parents[2]
ROOMS = ("seminar", "services", "storage", "reports", "bot", "cogs")
SMALL, LARGE = 24, 48
MOST_GROWTH = 3.0  # of what is twice as long; twice is linear, four times is the square
BOUNDED = {"seminar.naming._ASIDE": "looks at names alone, which have at most 100 characters"}
_FROM_EVERYWHERE = frozenset({"search", "sub", "subn", "split", "finditer", "findall"})


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], frozenset[str]]]:
    """Every pattern of the program by its name, and how it is applied."""
    found = {}
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            source = file.read_text(encoding="utf-8")
            if "re.compile(" not in source:
                continue
            tree = ast.parse(source)
            used: dict[str, set[str]] = {}
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    used.setdefault(node.value.id, set()).add(node.attr)
            for name in _assigned(tree):
                pattern = getattr(importlib.import_module(module), name)
                if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str):
                    found[f"{module}.{name}"] = pattern, frozenset(used.get(name, ()))
    return found


def _assigned(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        for target in targets:
            for name in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(name, ast.Name):
                    yield name.id


def _attacks(
    pattern: re.Pattern[str], times: int, pumps: tuple[str, ...]
) -> Iterator[tuple[tuple[object, ...], str]]:
    """Texts that begin like a match and then go on and on, with what brings the same one in another size."""
    for example in examples(pattern):
        for cut in range(min(len(example), amount(6, 12)) + 1):
            for pump in pumps:
                for end in ("", "\x00", "!"):
                    yield (example, cut, pump, end), example[:cut] + pump * times + end


def _steps(pattern: re.Pattern[str], text: str, *, everywhere: bool) -> int:
    matcher = Matcher(pattern, 60_000)
    try:
        if everywhere:
            matcher.search(text)
        else:
            matcher.match(text, 0, whole=True)
    except TooMany:
        return 60_000
    return matcher.steps


@pytest.mark.parametrize("name", sorted(_patterns().keys() - BOUNDED.keys()))
def test_no_pattern_goes_back_over_and_over(name: str) -> None:
    """Twice as much of the worst that it can be given takes about twice the steps."""
    pattern, applied = _patterns()[name]
    single = characters(pattern)
    pairs = tuple(one + other for one in single for other in single if one != other)
    pumps = single[: amount(6, 16)] + pairs[: amount(0, 30)]
    everywhere = bool(applied & _FROM_EVERYWHERE)
    larger = dict(_attacks(pattern, LARGE, pumps))
    for attack, text in _attacks(pattern, SMALL, pumps):
        before = _steps(pattern, text, everywhere=everywhere)
        after = _steps(pattern, larger[attack], everywhere=everywhere)
        assert after <= MOST_GROWTH * before, (attack, before, after)


def _lines(parser: Parser, text: str | bytes, folder: Path) -> int:
    """How many lines of Python it takes to read something, those of the standard library counted."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        parser.read(text, folder)
    except parser.refuses:
        pass
    finally:
        sys.settrace(before)
    return count


_PIECES = ("a", "1", " ", "\n", ",", "-", "(", "A B,", "CAP-1;", "e\u0301", "@", "<@1>", "*_", "https://a ")


@pytest.mark.parametrize("parser", [one for one in PARSERS if one.typed], ids=lambda parser: parser.name)
def test_no_typed_text_takes_more_than_its_share(parser: Parser, tmp_path: Path) -> None:
    """Twice the text takes about twice the lines of Python, whatever it is made of."""
    for piece in _PIECES:
        few, many = (_lines(parser, "CAP-01" + piece * times, tmp_path) for times in (60, 120))
        assert many <= MOST_GROWTH * few, (piece, few, many)


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "k.",
            "[a.b]\n",
            "[[themes]]\ncode = 'X'\n",
            "a = 1\n",
            "# \n",
            '"""\n',
            "x = [[1],",
            "\\",
            "{a=1}\n",
            "k = {",
        ),
        *('title = "a"\n', "[a]\n", '[[events]]\ncode = "CAP"\nthemes = ["A", "B"]\n', "x.y = 1\n"),
    ],
)
def test_no_initiative_file_takes_more_than_its_share(piece: str, tmp_path: Path) -> None:
    """Wrong keys, repeated tables, keys of many parts: a file is read, or refused, in one go."""
    (parser,) = (one for one in PARSERS if one.name == "seminar.initiative.read_initiative")
    few, many = (_lines(parser, (INITIATIVE + piece * times).encode(), tmp_path) for times in (150, 300))
    assert many <= MOST_GROWTH * few, (few, many)
