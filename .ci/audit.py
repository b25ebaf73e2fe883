"""Ask pip-audit whether anything known is wrong with the packages of a lock file.

Ends with 0 where nothing is, with 1 and one line where something is, or where there was no answer: a mirror
of the package index knows of no vulnerabilities, and pip-audit itself takes that for good news.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

OPTIONS = ("--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json")


def main(lock: str) -> str | None:
    """What is wrong, in a line; None for nothing."""
    asked = subprocess.run(  # noqa: S603 - a program of our own environment, on a file of the repository
        [str(Path(sys.executable).with_name("pip-audit")), *OPTIONS, "-r", lock],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        packages = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        return f"No answer from the vulnerability service, so {lock} is not audited."
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if unknown:
        return (
            f"The vulnerability service gave no answer on {len(unknown)} of the {len(packages)} packages of "
            f"{lock} ({', '.join(unknown[:3])}…), so they are not audited: is a mirror asked in its place?"
        )
    wrong = [f"{one['name']} {one['version']}: {bad['id']}" for one in packages for bad in one["vulns"]]
    if wrong:
        return f"Known of the packages of {lock}: {'; '.join(wrong)}."
    print(f"Nothing is known of the {len(packages)} packages of {lock}.")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
