"""Libraries by others: `python -m benchmarks.sides.peers NAME FILE`, run by the Python of `.venv-oracles`.

Each gets the papers in memory as plain Python and makes of them what it counts from, which is part of
what it costs. Before the clock starts it counts two hundred of them, since some of these libraries
compile themselves on first use. See `benchmarks.sides.tally` for what is told at the end.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

Papers: TypeAlias = "list[dict[int, int]]"
Outcome: TypeAlias = "list[int | None]"
WARM_UP = 200


def pref_voting_with_ties() -> Callable[[Papers, int, int], Outcome]:
    """Schulze by winning votes, with equals and gaps; the rank of each option."""
    methods = import_module("pref_voting.margin_based_methods")
    profiles = import_module("pref_voting.profiles_with_ties")

    def count(papers: Papers, options: int, seats: int) -> Outcome:
        profile = profiles.ProfileWithTies(papers, candidates=range(1, options + 1))
        profile.use_extended_strict_preference()
        defeats = methods.beat_path_defeat(profile, strength_function=profile.support)
        return [1 + defeats.in_degree(option) for option in range(1, options + 1)]

    return count


def pref_voting_orders() -> Callable[[Papers, int, int], Outcome]:
    """The same from complete orders alone, which the library counts with NumPy."""
    methods = import_module("pref_voting.margin_based_methods")
    profiles = import_module("pref_voting.profiles")

    def count(papers: Papers, options: int, seats: int) -> Outcome:
        profile = profiles.Profile(
            [[option - 1 for option in sorted(one, key=one.__getitem__)] for one in papers]
        )
        defeats = methods.beat_path_defeat(profile, strength_function=profile.support)
        return [1 + defeats.in_degree(option) for option in range(options)]

    return count


def votekit_schulze() -> Callable[[Papers, int, int], Outcome]:
    """Schulze by margins, without equals; rank 1 for the winner it names, None for all others."""
    votekit, elections = import_module("votekit"), import_module("votekit.elections")

    def count(papers: Papers, options: int, seats: int) -> Outcome:
        ballots = [votekit.RankBallot(ranking=sorted(one, key=one.__getitem__)) for one in papers]
        profile = votekit.RankProfile(ballots=ballots, candidates=range(1, options + 1))
        ((winner,),) = elections.Schulze(profile).get_elected()
        return [1 if option == winner else None for option in range(1, options + 1)]

    return count


def _equal_shares(algorithm: str) -> Callable[[Papers, int, int], Outcome]:
    """Equal Shares completed by sequential Phragmén; 1 for who is elected."""
    rules, preferences = import_module("abcvoting.abcrules"), import_module("abcvoting.preferences")

    def count(papers: Papers, options: int, seats: int) -> Outcome:
        profile = preferences.Profile(options)
        profile.add_voters([[option - 1 for option in one] for one in papers])
        (committee,) = rules.compute_equal_shares(profile, seats, algorithm=algorithm)
        return [1 if option in committee else None for option in range(options)]

    return count


def equal_shares_exact() -> Callable[[Papers, int, int], Outcome]:
    """By the faster of its two exact algorithms."""
    return _equal_shares("gmpy2-fractions")


def equal_shares_default() -> Callable[[Papers, int, int], Outcome]:
    """By the algorithm it takes when none is named, which counts in floating point."""
    return _equal_shares("fastest")


PEERS: dict[str, tuple[str, Callable[[], Callable[[Papers, int, int], Outcome]]]] = {
    "pref-voting-ties": ("pref-voting", pref_voting_with_ties),
    "pref-voting-orders": ("pref-voting", pref_voting_orders),
    "votekit": ("votekit", votekit_schulze),
    "abcvoting-exact": ("abcvoting", equal_shares_exact),
    "abcvoting-default": ("abcvoting", equal_shares_default),
}


def main() -> None:
    name, file = sys.argv[1:]
    given: dict[str, Any] = json.loads(Path(file).read_text())
    papers = [{int(place): said[0] for place, said in one.items()} for one in given["papers"]]
    package, prepare = PEERS[name]
    count = prepare()
    count(papers[:WARM_UP], given["options"], given["seats"])
    begun = time.perf_counter()
    outcome = count(papers, given["options"], given["seats"])
    took = time.perf_counter() - begun
    print(json.dumps({"took": took, "outcome": outcome, "version": version(package)}))


if __name__ == "__main__":
    main()
