"""What the program's own text shows to people, read from its source.

A sink is a call whose argument people will read. From there the words are
followed through conditions, sums and the helpers that only cut or escape.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHAT = ("bot", "cogs")
HOUSE = (*CHAT, "services", "storage", "seminar")
ENGLISH = {"cli.py", "doctor.py", "settings.py", "logs.py", "running.py"}  # the command line and the log

MESSAGES = {"t", "tn", "locale_str"}
TRANSPARENT = {"cut", "escape", "one_line", "str", "tr", "first", "exchange.tr", "join", "cleaned"}
WORD = re.compile(r"[^\W\d_]{2,}")

ALL = 99  # every positional argument
# What is called: its arguments that people read, by place or name, and the room each has (0: enough).
SINKS: dict[str, dict[int | str, int]] = {
    "card": {ALL: 0},
    "say": {0: 0, "text": 0, "content": 0},
    "send": {0: 0, "content": 0},
    "send_message": {0: 0, "content": 0},
    "TextDisplay": {0: 0},
    "Button": {0: 80, "label": 80},
    "Modal": {"title": 45},
    "Label": {"text": 45, "description": 100},
    "form": {0: 45},
    "field": {0: 45, 2: 100, "hint": 100},
    "_field": {0: 45, "hint": 100},
    "_ask": {1: 45, "hint": 100, "title": 45},
    "TextInput": {"label": 45, "placeholder": 100},
    "Select": {"placeholder": 150},
    "SelectOption": {"label": 100, "description": 100},
    "Choice": {"name": 100},
    "MediaGalleryItem": {"description": 0},
    "Posting": {2: 100},
    "Group": {"name": 32, "description": 100},
    "command": {"name": 32, "description": 100},
    "ContextMenu": {"name": 32},
    "describe": {"**": 100},
    "rename": {"**": 32},
    "Refused": {0: 0},
    "NotAllowed": {0: 0},
    "NotFound": {0: 0},
    "Invalid": {0: 0},
    "StoreUnavailable": {0: 0},
}


@dataclass(frozen=True, slots=True)
class Said:
    """A message at a sink, or the letters of a plain string there (`raw`)."""

    where: str
    message: str
    limit: int
    raw: bool


def sources(packages: tuple[str, ...] = HOUSE) -> Iterator[tuple[Path, ast.Module]]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.name not in ENGLISH and "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def shown_to_people() -> Iterator[Said]:
    """Everything that reaches a sink anywhere in the house."""
    for path, tree in sources():
        yield from shown_by(tree, path.relative_to(ROOT).as_posix())


def shown_by(tree: ast.Module, where: str) -> Iterator[Said]:
    """Everything that reaches a sink in one file."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for argument, limit in _read(call, SINKS.get(_name(call), {})):
            for message, raw in _words(argument):
                yield Said(f"{where}:{argument.lineno}", message, limit, raw)


def unreadable_messages() -> Iterator[str]:
    """Calls of `t`, `tn` and `locale_str` whose words are not written out, so that nobody collects them."""
    for path, tree in sources((*HOUSE, "reports", "rehearsal")):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if _name(call) in MESSAGES:
                first = call.args[: 2 if _name(call) == "tn" else 1]
                # The words of a message that is written out elsewhere are collected there.
                if not all(
                    isinstance(a, ast.Constant) or ast.unparse(a).endswith(".singular") for a in first
                ):
                    yield f"{path.relative_to(ROOT).as_posix()}:{call.lineno} {ast.unparse(call)[:80]}"


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _read(call: ast.Call, sink: dict[int | str, int]) -> Iterator[tuple[ast.expr, int]]:
    for place, argument in enumerate(call.args):
        if place in sink or ALL in sink:
            yield argument, sink.get(place, sink.get(ALL, 0))
    for keyword in call.keywords:
        if keyword.arg in sink or "**" in sink:
            yield keyword.value, sink.get(keyword.arg or "", sink.get("**", 0))


def _words(node: ast.expr) -> Iterator[tuple[str, bool]]:
    """The messages in an expression, and the words in it that are none."""
    match node:
        case ast.Constant(value=str(text)):
            if WORD.search(text):
                yield text, True
        case ast.Call():
            called = ast.unparse(node.func)
            if _name(node) in MESSAGES:
                plain = [a.value for a in node.args if isinstance(a, ast.Constant)]
                yield from ((text, False) for text in plain if isinstance(text, str))
            elif called in TRANSPARENT or called.rpartition(".")[2] in TRANSPARENT:
                for argument in node.args:
                    yield from _words(argument)
        case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            for part in parts:
                yield from _words(part)
        case ast.BoolOp(values=parts):
            for part in parts:
                yield from _words(part)
        case ast.FormattedValue(value=inner) | ast.Starred(value=inner):
            yield from _words(inner)
        case ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner):
            yield from _words(inner)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _words(left)
            yield from _words(right)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _words(body)
            yield from _words(orelse)
        case _:
            return
