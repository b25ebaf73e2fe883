"""Rapporteur's side of a tally: `python -m benchmarks.sides.tally FILE` counts and ranks its papers.

Like every side of a tally it ends with one line of JSON: `took` in seconds, from papers in memory to the
outcome, and the `outcome`: for each position its seat on a shortlist, else its rank.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.drawn import CAMPS, CASES, CHOICES, Case, Paper
from benchmarks.shapes import CONSTITUENCIES
from seminar import paper
from seminar.methods import METHODS
from seminar.methods.base import Vote, in_order
from seminar.paper import WHOLE


def count(case: Case, papers: Sequence[Paper], options: int) -> tuple[float, list[int | None]]:
    """Seconds it takes to tally and rank them, from votes as closing reads them, and the outcome."""
    method = METHODS[case.method]
    items = [(place, f"CAP-{place:02}") for place in range(1, options + 1)]
    votes: list[Vote] = []
    for number, answers in enumerate(papers):
        group = CONSTITUENCIES[number % CAMPS]
        if method.on_paper:
            votes.append((WHOLE, paper.spell(answers), group))
        else:
            votes += [(place, CHOICES[said[0]], group) for place, said in answers.items()]

    begun = time.perf_counter()
    figures = method.tally(items, votes, case.rules, len(papers), CONSTITUENCIES)
    ranked = in_order(method, figures)
    took = time.perf_counter() - begun

    if case.method == "shortlist":
        return took, [one.seat for one in figures]
    rank = {one.figures.reference: one.rank for one in ranked}
    return took, [rank[reference] for _, reference in items]


def main() -> None:
    given = json.loads(Path(sys.argv[1]).read_text())
    case = next(one for one in CASES if one.title == given["title"])
    papers = [{int(place): tuple(said) for place, said in one.items()} for one in given["papers"]]
    took, outcome = count(case, papers, given["options"])
    print(json.dumps({"took": took, "outcome": outcome}))


if __name__ == "__main__":
    main()
