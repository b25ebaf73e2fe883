"""How far support reaches across groups, and how sure a count is.

Both figures order recommendations; neither is a test of anything. They are
computed the same way on every machine, so that a recount elsewhere gives the
same digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from math import prod, sqrt

from seminar.model import Counts

Z = 1.96
"""The normal quantile of the Wilson bound."""

DECIMALS = 12
"""Places to which index and bound are compared, so that noise in the last digit orders nothing."""

_DIGITS = 40


def consensus_index(groups: Mapping[str, Counts]) -> float | None:
    """The geometric mean, over the groups with a vote, of (for + abstain/2 + 1) / (votes + 2).

    Votes count abstentions. Between 0 and 1; None when nobody voted. One group's
    rejection weighs as much as another's support, however large that is.
    """
    shares = [
        (counts.for_ + Fraction(counts.abstain, 2) + 1) / (counts.total + 2)
        for counts in groups.values()
        if counts.total
    ]
    if not shares:
        return None
    product = prod(shares, start=Fraction(1))
    # Decimal, since its roots are the same digits on every platform and never underflow.
    with localcontext() as context:
        context.prec = _DIGITS
        return float((Decimal(product.numerator) / product.denominator) ** (Decimal(1) / len(shares)))


def wilson(for_: int, against: int) -> float:
    """The lower bound of the Wilson score interval of for/(for+against), with z = 1.96.

    Between 0 and 1; 0 without such votes. E. B. Wilson, "Probable inference, the law of
    succession, and statistical inference", JASA 22 (1927).
    """
    if for_ == 0:
        return 0.0
    votes = for_ + against
    bound = (2 * for_ + Z**2 - Z * sqrt(Z**2 + 4 * for_ * against / votes)) / (2 * (votes + Z**2))
    return min(1.0, max(0.0, bound))
