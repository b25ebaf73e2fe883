"""Where all oracles are meant to be installed, a missing one fails instead of being skipped."""

from __future__ import annotations

from collections.abc import Generator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make oracles` sets it; `make test` runs without the large libraries."""
    parser.addoption("--all-oracles", action="store_true", help="fail where an oracle is not installed")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module that would skip itself is an error under the option."""
    report = yield
    if report.skipped and collector.config.getoption("--all-oracles", default=False):
        report.outcome = "failed"
    return report
