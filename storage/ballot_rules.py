"""The rules of a ballot as they are stored, in the ballot's row and in the ledger's entry alike."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final

from seminar.amounts import parse_quorum, parse_threshold
from seminar.canonical import canonical
from seminar.model import BallotRules, Purpose, Reasons, Secrecy, Showing, VoteBy

RULE_COLUMNS: Final = (
    "method",
    "threshold",
    "quorum",
    "secrecy",
    "reasons",
    "receipts",
    "purpose",
    "results",
    "vote_by",
    "options",
)
"""The columns that hold a ballot's rules, in the order that `rules_from` takes them."""

_OPTIONS: Final = ("points", "most", "seats", "importance", "round", "rounds")


@lru_cache(maxsize=1024)  # asked for at every tap on a paper
def rules_from(
    method: str,
    threshold: str,
    quorum: str,
    secrecy: str,
    reasons: str,
    receipts: bool,
    purpose: str,
    results: str,
    vote_by: str,
    options: str,
) -> BallotRules:
    """Rules as they are stored.

    Raises:
        ValueError, Invalid: they are no such rules.
    """
    more = json.loads(options)
    if not isinstance(more, dict) or not set(more) <= set(_OPTIONS):
        raise ValueError("unknown options of a ballot")
    return BallotRules(
        method=method,
        threshold=parse_threshold(threshold),
        quorum=parse_quorum(quorum),
        secrecy=Secrecy(secrecy),
        reasons=Reasons(reasons),
        receipts=bool(receipts),
        purpose=Purpose(purpose),
        results=Showing(results),
        vote_by=VoteBy(vote_by),
        **more,
    )


def rule_values(rules: BallotRules) -> dict[str, Any]:
    """The columns of `RULE_COLUMNS` for these rules; options only where they say something."""
    plain = BallotRules(
        rules.method, rules.threshold, rules.quorum, rules.secrecy, rules.reasons, rules.receipts
    )
    options = {
        name: getattr(rules, name) for name in _OPTIONS if getattr(rules, name) != getattr(plain, name)
    }
    return {
        "method": rules.method,
        "threshold": str(rules.threshold),
        "quorum": str(rules.quorum),
        "secrecy": rules.secrecy.value,
        "reasons": rules.reasons.value,
        "receipts": rules.receipts,
        "purpose": rules.purpose.value,
        "results": rules.results.value,
        "vote_by": rules.vote_by.value,
        "options": canonical(options),
    }
