"""The Method of Equal Shares, completed by sequential Phragmén: seats filled from approvals.

Every voter owns the same part of the seats and spends it only on what they approve, so that a group
large enough to pay for a seat together has one it approves, however the others vote. Nothing is
rounded on the way: money is counted in whole units, made smaller whenever a price asks for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd


class Rule(StrEnum):
    """What gave a seat: the Method of Equal Shares itself, or its completion."""

    EQUAL_SHARES = "equal_shares"
    PHRAGMEN = "phragmen"


@dataclass(frozen=True, slots=True)
class Elected:
    """A candidate with a seat, and the rule that gave it."""

    candidate: int
    by: Rule


def elect(approvals: Mapping[frozenset[int], int], seats: int, order: Sequence[int]) -> tuple[Elected, ...]:
    """The candidates elected, in the order of their election.

    `approvals` says how many voters approve exactly this set of candidates; `order` names every
    candidate once, and of two that come out equal the earlier in it is taken. Who approves nobody is
    no voter here: n counts the others, so that an empty approval takes no money from the rest.

    Equal Shares (Dominik Peters and Piotr Skowron, "Proportionality and the Limits of Welfarism",
    EC 2020, there called Rule X): each of n voters starts with seats/n, and a seat costs 1. Again
    and again the candidate is bought for whom the rate ρ is least at which its supporters, each
    paying ρ or all they have left, pay 1 together; it ends when no supporters can.

    The seats then left are filled by sequential Phragmén (Markus Brill, Rupert Freeman, Svante
    Janson and Martin Lackner, "Phragmén's Voting Methods and Justified Representation", AAAI 2017)
    from the money left over: a voter's load there is the negative of it. This is the completion
    that Martin Lackner and Piotr Skowron describe in "Multi-Winner Voting with Approval Preferences"
    (2023), and the same as `equal-shares` of abcvoting, with one difference: a candidate whom nobody
    approves is never elected, so that seats may stay empty.

    Raises:
        ValueError: there is no seat to fill, or somebody approves a candidate that is not in `order`.
    """
    if seats < 1:
        raise ValueError("there is no seat to fill")
    money = _Money(approvals, seats)
    if not money.supporters.keys() <= set(order):
        raise ValueError("somebody approves what is no candidate")
    candidates = [candidate for candidate in order if candidate in money.supporters]
    elected = [
        Elected(candidate, Rule.EQUAL_SHARES)
        for candidate in _cheapest_first(candidates, seats, money.rate, money.pay)
    ]
    taken = {one.candidate for one in elected}
    elected += [
        Elected(candidate, Rule.PHRAGMEN)
        for candidate in _cheapest_first(
            [candidate for candidate in candidates if candidate not in taken],
            seats - len(elected),
            money.moment,
            money.settle,
        )
    ]
    return tuple(elected)


class _Money:
    """What voters have left. Voters of one kind approve the same, so they always have the same.

    Amounts are whole numbers of 1/`unit`; `unit` grows where a price is no whole number of them.
    """

    def __init__(self, approvals: Mapping[frozenset[int], int], seats: int) -> None:
        kinds = [(approved, voters) for approved, voters in approvals.items() if approved and voters]
        self.voters = [voters for _, voters in kinds]
        self.unit = sum(self.voters)
        self.held = [seats] * len(kinds)
        self.supporters: dict[int, list[int]] = defaultdict(list)
        for kind, (approved, _) in enumerate(kinds):
            for candidate in approved:
                self.supporters[candidate].append(kind)

    def rate(self, candidate: int) -> Fraction | None:
        """ρ: what each supporter pays at most so that they pay 1 together; None where they cannot."""
        voters_with: Counter[int] = Counter()
        for kind in self.supporters[candidate]:
            voters_with[self.held[kind]] += self.voters[kind]
        missing, paying = self.unit, voters_with.total()
        for held, voters in sorted(voters_with.items()):
            if held * paying >= missing:
                return Fraction(missing, paying * self.unit)
            missing -= held * voters
            paying -= voters
        return None

    def pay(self, candidate: int, rate: Fraction) -> None:
        """Take `rate` from each supporter, or all they have."""
        part = self._in_units(rate)
        for kind in self.supporters[candidate]:
            self.held[kind] -= min(self.held[kind], part)

    def moment(self, candidate: int) -> Fraction:
        """When the supporters have 1 together, if from now on every voter earns 1 in a unit of time.

        In the words of Phragmén's rule it is the load each of them would then carry.
        """
        kinds = self.supporters[candidate]
        held = sum(self.held[kind] * self.voters[kind] for kind in kinds)
        return Fraction(self.unit - held, sum(self.voters[kind] for kind in kinds) * self.unit)

    def settle(self, candidate: int, moment: Fraction) -> None:
        """Leave each supporter with nothing at that moment: as much below zero as they earned till then."""
        earned = self._in_units(moment)
        for kind in self.supporters[candidate]:
            self.held[kind] = -earned

    def _in_units(self, amount: Fraction) -> int:
        finer = amount.denominator // gcd(amount.denominator, self.unit)
        if finer > 1:
            self.unit *= finer
            self.held = [held * finer for held in self.held]
        return amount.numerator * (self.unit // amount.denominator)


def _cheapest_first(
    candidates: Sequence[int],
    seats: int,
    price: Callable[[int], Fraction | None],
    buy: Callable[[int, Fraction], None],
) -> Iterator[int]:
    """Buy the candidate with the least price until the seats are filled or none has a price any more.

    A purchase makes no other candidate cheaper, neither at a rate nor at a moment. So a price found
    earlier is a lower bound, and only candidates whose bound is least are asked again.
    """
    bounds = [(Fraction(0), place, candidate) for place, candidate in enumerate(candidates)]
    heapify(bounds)
    while seats and bounds:
        _, place, candidate = heappop(bounds)
        now = price(candidate)
        if now is None:
            continue
        if bounds and (now, place) > bounds[0][:2]:
            heappush(bounds, (now, place, candidate))
            continue
        buy(candidate, now)
        seats -= 1
        yield candidate
