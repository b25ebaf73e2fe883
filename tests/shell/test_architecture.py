"""Imports run one way: the contracts hold, and a planted violation is caught."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("rehearsal", "cogs", "bot", "services", "storage", "reports", "seminar", "locales")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the house in `folder`."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_contract_is_kept() -> None:
    """As `make check` sees it."""
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("seminar/lifecycle.py", "import storage.schema", "Imports run one way"),
        ("bot/ui.py", "import cogs", "Imports run one way"),
        ("reports/models/ranking.py", "import storage", "Imports run one way"),
        (
            "services/clock.py",
            "import discord",
            "Discord is known to the bot, its cogs and the rehearsal alone",
        ),
        ("bot/access.py", "import sqlalchemy", "Only the storage speaks SQL"),
        ("seminar/words.py", "import rapidfuzz", "The rules need nothing but pydantic"),
    ],
)
def test_a_planted_violation_is_caught(tmp_path: Path, file: str, line: str, contract: str) -> None:
    """By the contract that forbids it."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract} BROKEN" in done.stdout


def imports(package: str) -> Iterator[tuple[Path, str, str]]:
    """Every (file, module, name) that `package` imports; the name is empty for a whole module."""
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name, "") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((path, node.module or "", alias.name) for alias in node.names)


def test_the_rules_import_the_standard_library_and_pydantic_alone() -> None:
    """The contract forbids what is installed now; this forbids what may come."""
    allowed = sys.stdlib_module_names | {"pydantic", "pydantic_core", "seminar"}
    foreign = [
        (str(path), module) for path, module, _ in imports("seminar") if module.split(".")[0] not in allowed
    ]
    assert foreign == []


def test_services_know_of_sql_only_the_type_of_a_transaction() -> None:
    """A service passes a transaction on; it never writes a statement."""
    spoken = [
        (str(path), module, name)
        for path, module, name in imports("services")
        if module.split(".")[0] in ("sqlalchemy", "alembic", "aiosqlite", "sqlite3")
        and name != "AsyncConnection"
    ]
    assert spoken == []


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the machine's affair."""
    locks = ("requirements.lock", "requirements-dev.lock", "requirements-oracles.lock")
    for lock in (*locks, "pyproject.toml", "Makefile", ".ci/run"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "://" not in text, lock
        assert "--index-url" not in text, lock
        assert "--find-links" not in text, lock
    assert "setuptools==" in (ROOT / "requirements.lock").read_text(encoding="utf-8")
