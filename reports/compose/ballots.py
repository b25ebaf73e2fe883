"""Closed ballots as documents show them: in a table, and by their checksums."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from reports.document import Col, Facts, Table
from reports.format import Words
from reports.words import labels
from reports.words.by_method import method_words
from seminar.words import t


class Closed(Protocol):
    """A closed ballot, whatever report it stands in."""

    @property
    def label(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def items(self) -> tuple[object, ...]: ...
    @property
    def electorate(self) -> int: ...
    @property
    def voters(self) -> int: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def checksum(self) -> str | None: ...


def summaries(ballots: Iterable[Closed], zone: str, words: Words) -> Table:
    """A line for each ballot: method, turnout, when it closed."""
    columns = (
        Col(words(t("Ballot")), 0.8),
        Col(words(t("Method")), 2.2),
        Col(words(t("Items")), 0.7, figures=True),
        Col(words(t("Voted")), 0.8, figures=True),
        Col(words(t("Entitled")), 0.9, figures=True),
        Col(words(t("Closed at ({zone})", zone=zone)), 2.2),
    )
    rows = (
        (
            ballot.label,
            words(method_words(ballot.method)),
            str(len(ballot.items)),
            str(ballot.voters),
            str(ballot.electorate),
            "" if ballot.closed_at is None else labels.local(ballot.closed_at, zone),
        )
        for ballot in ballots
    )
    return Table(words(t("Closed ballots")), columns, tuple(rows))


def checks(ballots: Iterable[Closed], ledger_head: str | None, words: Words) -> Facts:
    """The head of the ledger, and the checksum of each ballot's record and tally; too long for a table."""
    head = [(words(t("Head of the ledger")), ledger_head)] if ledger_head else []
    return Facts(
        (
            *head,
            *(
                (words(t("Checksum of {ballot}", ballot=ballot.label)), ballot.checksum)
                for ballot in ballots
                if ballot.checksum
            ),
        )
    )
