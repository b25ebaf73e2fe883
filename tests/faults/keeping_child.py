"""Backing up, upgrading and restoring, each in a fork of this process that may be killed at any moment.

Each line of standard input is a JSON object with `does` (`backup`, `upgrade`, `restore`), `url` and `file`.
What comes back, a line each: `PID begun`, then `PID gone STATUS`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config

from storage import backup, migrate

# Imported before a child needs it: it takes longer than what a kill is to hit.
assert alembic.command and alembic.config


async def keep(order: dict[str, Any]) -> None:
    url, file = order["url"], Path(order["file"])
    match order["does"]:
        case "backup":
            await backup.backup(url, file)
        case "restore":
            await backup.restore(url, file)
        case "upgrade":
            await migrate.upgrade(url)


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.write(1, f"{os.getpid()} begun\n".encode())
            try:
                asyncio.run(keep(json.loads(line)))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        os.write(1, f"{child} gone {os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main()
