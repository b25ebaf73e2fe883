"""Groups that may be published: none of them so small that it tells who voted how.

Pooling happens once for each secret ballot. Everything published by
constituency uses the same groups, because two different groupings could be
subtracted from each other.
"""

from __future__ import annotations

from collections.abc import Mapping

SMALLEST = 3
"""Voters a published group has at least, unless fewer voted in all."""

OTHERS = "others"
"""The group of the pooled ones; constituency codes are capitals, so none can be taken for it."""

EVERYONE = "all"
"""The one group of an initiative that declares no constituencies."""


def group_of(constituency: str | None) -> str:
    """The group a voter of this constituency counts in before any pooling."""
    return EVERYONE if constituency is None else constituency


def pool(voters_by_group: Mapping[str, int]) -> dict[str, str]:
    """Which group each group is published as, by the number of people of it who voted in the ballot.

    Groups with fewer than three voters become `others`, together with the next
    smallest group while `others` itself has fewer than three; equal ones go by
    code. With fewer than three voters in all there is one group. Groups in which
    nobody voted have nothing to publish and are left out. `EVERYONE` alone
    stays as it is: a single group of all hides nobody by another name.
    """
    voting = {group: voters for group, voters in voters_by_group.items() if voters > 0}
    if voting.keys() == {EVERYONE}:
        return {EVERYONE: EVERYONE}
    # Voters who come as `others` already are the first of them, whatever their number.
    pooled = {OTHERS} & voting.keys()
    voters_pooled = voting.get(OTHERS, 0)
    for group in sorted(voting.keys() - pooled, key=lambda group: (voting[group], group)):
        if voting[group] >= SMALLEST and (not pooled or voters_pooled >= SMALLEST):
            break
        pooled.add(group)
        voters_pooled += voting[group]
    return {group: OTHERS if group in pooled else group for group in sorted(voting)}
