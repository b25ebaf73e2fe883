"""The libraries that `make bench` compares come to our outcomes on the papers it draws."""

from __future__ import annotations

import pytest

from benchmarks import drawn
from benchmarks.drawn import SEATS, Case
from benchmarks.sides import peers, tally
from benchmarks.tallies import PEERS, Peer

for library in ("pref_voting", "votekit", "abcvoting"):
    pytest.importorskip(library)

PAIRS = [(case, peer) for case, compared in PEERS.items() for peer in compared]


@pytest.mark.parametrize(("case", "peer"), PAIRS, ids=lambda one: getattr(one, "name", None))
def test_a_peer_names_our_outcome(case: Case, peer: Peer) -> None:
    """All ranks, the winner or the elected, whichever it tells; from another number of papers too."""
    _, prepare = peers.PEERS[peer.name]
    count = prepare()
    for number in (150, 400):
        papers = drawn.draw(case, number, 12)
        _, ours = tally.count(case, papers, 12)
        plain = [{place: said[0] for place, said in answers.items()} for answers in papers]
        assert peer.same(ours, count(plain, 12, SEATS))
