"""Nothing secret stands in a file of the repository, and nothing of the machine it was written on.

A few patterns of our own: what they look for is what this program has to do with, and each of them is shown
something that it must find.
"""

from __future__ import annotations

import logging
import math
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import logs
from bot.settings import Logging, Settings, SettingsError, Storage

ROOT = Path(__file__).parents[2]
EXAMPLE = "MTIzNDU2Nzg5MDEyMzQ1Njc4"
"""The first part of tokens in documents and tests: a bot's id in base64, which is 123456789012345678."""
_MADE_UP = frozenset(
    ("secret", "pw", "password", "very-secret", "geheim", "s3cret", "hunter2", "p", "PASSWORD")
)
_RANDOM = 3.6  # bits a character; words have less, base64 of anything random more

PATTERNS = {
    "a Discord token": re.compile(r"\b(?P<kept>[MNO][\w-]{23,27})\.[\w-]{6}\.[\w-]{27,45}\b"),
    "a webhook of Discord": re.compile(r"discord(?:app)?\.com/api(?:/v\d+)?/webhooks/\d{15,}/[\w-]{40,}"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY"),
    "a key of a service": re.compile(
        r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{50,}|glpat-[\w-]{20}|xox[baprs]-[\w-]{10,}"
        r"|pypi-AgE[\w-]{50,}|sk-[A-Za-z0-9]{32,})"
    ),
    "an address with a password": re.compile(
        r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"'{}<>]*:(?P<kept>[^\s/@\"'{}<>]+)@"
    ),
    "a secret that is assigned": re.compile(
        r"(?i)(?:token|secret|passwo?r?d|api_?key|private_?key)\w*[\"']?\s*[=:]\s*[\"']?(?P<random>[\w+/=-]{24,})"
    ),
    "the host of a package registry": re.compile(
        r"(?i)(?<![\w-])(?:pypi\.org|(?:files\.)?pythonhosted\.org|registry\.npmjs"
        r"|--(?:extra-)?index-url[ =]\S)"
    ),
    "a path of a machine": re.compile(
        r"(?<![\w.:/])/(?:work|root|home/(?!rapporteur\b)\w+|Users/\w+)/|\b[A-Z]:\\Users\\"
    ),
}


def entropy(text: str) -> float:
    """Bits that a character of it tells on average."""
    shares = [number / len(text) for number in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)


def found_in(text: str) -> Iterator[tuple[int, str]]:
    """The lines that hold what should not be there, and what it is."""
    for number, line in enumerate(text.splitlines(), start=1):
        for what, pattern in PATTERNS.items():
            for found in pattern.finditer(line):
                parts = found.groupdict()
                if parts.get("kept") in _MADE_UP or any(
                    str(one).startswith(EXAMPLE) for one in parts.values()
                ):
                    continue
                if "random" in parts and (entropy(parts["random"]) < _RANDOM or not _mixed(parts["random"])):
                    continue
                yield number, what


def _mixed(text: str) -> bool:
    """Whether it is of letters and digits, as what is random is, and not a name of the program's."""
    return any(c.isdigit() for c in text) and any(c.isalpha() for c in text)


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_file_of_the_repository_holds_a_secret() -> None:
    """No token, key or password, no registry's host, no path of the machine it was written on."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a repository, so nobody knows which files belong to it")
    problems = []
    for file in _tracked():
        if file == Path(__file__) or not file.is_file():
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture, a font
            continue
        problems += [f"{file.relative_to(ROOT)}:{number}: {what}" for number, what in found_in(text)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("what", "planted"),
    [
        ("a Discord token", "NzI5MDEyMzQ1Njc4OTAxMjM0.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789ab"),
        ("a Discord token", "as MTA4OTAxMjM0NTY3ODkwMTIz.XyZ-12.AbCdEfGhIjKlMnOpQrStUvWxYz012_-, say"),
        ("a webhook of Discord", "https://discord.com/api/webhooks/123456789012345678/" + "aB3-" * 17),
        ("a private key", "-----BEGIN RSA PRIVATE KEY-----"),
        ("a private key", "-----BEGIN PRIVATE KEY-----"),
        ("a key of a service", "ghp_" + "a1B2" * 9),
        ("a key of a service", "AKIAABCDEFGHIJKLMNOP"),
        ("an address with a password", 'url = "postgresql://rapporteur:Tr0ub4dor@db.internal/seminar"'),
        ("a secret that is assigned", 'client_secret = "q7Zp0LxW2vKt9RmB4nYc8HsD1fGj6TuE"'),
        ("a secret that is assigned", "RAPPORTEUR_API_KEY=0f9e8d7c6b5a49382716054f3e2d1c0b9a8f7e6d"),
        ("the host of a package registry", "pip install --index-url https://mirror.internal/simple x"),
        ("the host of a package registry", "https://files.pythonhosted.org/packages/a/b.whl"),
        ("a path of a machine", 'ROOT = "/home/ana/rapporteur"'),
        ("a path of a machine", r"C:\Users\Ana\rapporteur"),
    ],
)
def test_what_is_planted_is_found(what: str, planted: str) -> None:
    """In whatever line it stands."""
    assert [kind for _, kind in found_in(f"first\n{planted}\nlast")] == [what]
    assert [number for number, _ in found_in(f"first\n{planted}\nlast")] == [2]


def test_the_password_of_a_database_is_never_shown(tmp_path: Path) -> None:
    """Not where settings are printed, not in a refusal, not in a log, however it is spelled there."""
    url = "postgresql://rapporteur:Tr0ub%40dor@db.internal/seminar"
    file = tmp_path / "r.log"
    settings = Settings(storage=Storage(url=url), logging=Logging(file=file))
    assert settings.storage.url == url
    for shown in (repr(settings), str(settings), f"{settings.storage}"):
        assert "Tr0ub" not in shown and "rapporteur:[redacted]@db.internal" in shown
    with pytest.raises(SettingsError) as refused:
        settings.at("postgres://me:Tr0ub4dor@db.internal/x")
    assert "Tr0ub" not in str(refused.value)
    logs.set_up(settings)
    for said in ("cannot reach %s", "with %r"):
        logging.getLogger("anything").warning(said, url)
    logging.getLogger("anything").warning("and Tr0ub@dor")
    assert "Tr0ub" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "harmless",
    [
        f'TOKEN = "{EXAMPLE}.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789ab"',
        "postgresql://me@127.0.0.1:5432/name and postgresql://USER@HOST/NAME",
        "token = settings.discord.token.get_secret_value()",
        'token_variable = "RAPPORTEUR_DISCORD__TOKEN"',
        "secret = secrets.token_urlsafe(32)",
        "/home/rapporteur/seminar, /srv/rapporteur and https://a.example/work/home",
    ],
)
def test_what_only_looks_like_a_secret_is_let_pass(harmless: str) -> None:
    """Names, examples, and calls that make one."""
    assert list(found_in(harmless)) == []
