"""The worked examples of `docs/methods.md`, counted anew from the votes that stand in them.

Everything is read from the document: the command, the votes, what the bot posts and the
figures. What a reader works out by hand is what the program gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from seminar import paper, stability
from seminar.appropriateness import allowed_range
from seminar.consensus import wilson
from seminar.initiative import Initiative, read_initiative
from seminar.lifecycle import Bearing, may_overlap
from seminar.methods import METHODS, paper_method
from seminar.methods.base import NOTHING_BESIDE, Beside, RoomCount, Vote, in_order
from seminar.methods.rating import RatingFigures, steadiness
from seminar.model import BallotRules, Counts
from seminar.paper import WHOLE
from seminar.pooling import pool
from services.voting.ballot_requests import MOST_ROUNDS, POINTS, SEATS, rules_for, with_seats
from services.voting.ballot_views import BallotRequest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
Table = list[dict[str, str]]


def section(title: str) -> str:
    """What stands under a heading, down to the next one of its rank or above."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,3}} |\Z)", GUIDE, re.DOTALL | re.MULTILINE)
    assert found is not None, title
    return found[2]


def tables(text: str) -> list[Table]:
    """The tables in a text, each a list of rows by heading."""
    made = []
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        lines = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in block.splitlines()]
        made.append([dict(zip(lines[0], cells, strict=True)) for cells in lines[2:]])
    return made


def posted(text: str) -> list[str]:
    """What the document says that the bot posts."""
    return re.findall(r"^> - (.+)$", text, re.MULTILINE)


TITLES = {
    row[""]: row["title"] for table in tables(GUIDE) if table[0].keys() == {"", "title"} for row in table
}


@pytest.fixture(scope="module")
def initiative() -> Initiative:
    """The model initiative, whose constituencies the examples use."""
    return read_initiative((ROOT / "rehearsal" / "initiative.toml").read_bytes())


def asked(text: str) -> dict[str, str]:
    """The options of the command in an example."""
    command = re.search(r"`/(?:ballot open|silence start) ([^`]+)`", text)
    assert command is not None
    return dict(re.findall(r"(\w+):(.+?)(?= \w+:|$)", command[1]))


def rules_of(text: str, initiative: Initiative, items: int) -> BallotRules:
    """The rules that the command of an example gives."""
    options: dict[str, Any] = dict(asked(text))
    for name in ("points", "most", "seats", "rounds"):
        if name in options:
            options[name] = int(options[name])
    return with_seats(rules_for(initiative, BallotRequest(**options)), items)


def entitled(text: str) -> int:
    """The electorate of an example."""
    found = re.search(r"(\d+) are entitled", text)
    assert found is not None
    return int(found[1])


def number(reference: str) -> int:
    """Items stand on the ballot in the order of their references."""
    return int(reference.removeprefix("CAP-"))


def items_up_to(last: int) -> list[tuple[int, str]]:
    return [(place, f"CAP-{place:02}") for place in range(1, last + 1)]


def check_posted(
    text: str, method: str, figures: Sequence[Any], rules: BallotRules, initiative: Initiative
) -> None:
    """The posts of an example are the program's: by rank where ranks are what the ballot is about."""
    groups = {constituency.code: constituency.title for constituency in initiative.constituencies}
    if METHODS[method].relative:
        figures = [ranked.figures for ranked in in_order(METHODS[method], figures)]
    sentences = METHODS[method].sentences(figures, TITLES, groups, rules)
    assert posted(text) == [str(sentence) for sentence in sentences]


def check_figures(text: str, figures: Sequence[Any]) -> None:
    """Every figure of an example's table is the program's, as precise as it is written."""
    (table,) = [table for table in tables(text) if "figures" in table[0]]
    by_reference = {one.reference: one.to_json() for one in figures}
    for row in table:
        for name, written in row.items():
            if name != "figures":
                decimals = len(written.partition(".")[2])
                found = by_reference[row["figures"]][name.strip("`")]
                assert f"{found:.{decimals}f}" == written, (row["figures"], name)


def support_votes(table: Table) -> Iterator[Vote]:
    """One row for each of for–against–abstaining, by item and constituency."""
    for row in table:
        for group, cell in row.items():
            if group:
                for choice, count in zip(("for", "against", "abstain"), cell.split("–"), strict=True):
                    yield from [(number(row[""]), choice, group)] * int(count)


def ratings(table: Table) -> list[dict[int, tuple[int, ...]]]:
    """A paper for each place in the lists of ratings."""
    columns = [[(number(row[""]), int(rating)) for rating in row["ratings"].split()] for row in table]
    return [{position: (rating, 0) for position, rating in one} for one in zip(*columns, strict=True)]


def papers(filled: Sequence[Mapping[int, tuple[int, ...]]], groups: Sequence[str | None]) -> list[Vote]:
    return [(WHOLE, paper.spell(one), group) for one, group in zip(filled, groups, strict=True)]


def test_the_example_of_support(initiative: Initiative) -> None:
    """Quorum, threshold met exactly, contested, and the order by the consensus index."""
    text = section("Example of support")
    table = tables(text)[0]
    rules = rules_of(text, initiative, len(table))
    votes = list(support_votes(table))
    figures = METHODS["support"].tally(
        items_up_to(len(table)), votes, rules, entitled(text), ("EU", "MS", "UN")
    )
    check_posted(text, "support", figures, rules, initiative)
    check_figures(text, figures)
    assert "in the ranking it stands second, after CAP-02" in " ".join(text.split())
    assert [ranked.figures.reference for ranked in in_order(METHODS["support"], figures)][:2] == [
        "CAP-02",
        "CAP-01",
    ]
    for one in figures:
        # The annex writes the bound in another shape than the program does.
        n, p, z = one.for_ + one.against, one.for_ / (one.for_ + one.against), 1.96
        annex = (p + z * z / (2 * n) - z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5) / (1 + z * z / n)
        assert annex == pytest.approx(wilson(one.for_, one.against))


def test_the_example_of_hands(initiative: Initiative) -> None:
    """Four hands in the room give the last item of that ballot its quorum."""
    ballot = section("Example of support")
    table = tables(ballot)[0]
    rules = rules_of(ballot, initiative, len(table))
    text = section("Example of hands")
    shown = re.search(r"With (\d+) hands for and (\d+) against", text)
    assert shown is not None
    hands = Counts(for_=int(shown[1]), against=int(shown[2]))
    figures = METHODS["support"].tally(
        items_up_to(len(table)),
        support_votes(table),
        rules,
        entitled(ballot),
        ("EU", "MS", "UN"),
        Beside(room=(RoomCount(4, None, hands),)),
    )
    check_posted(text, "support", figures[3:], rules, initiative)


def test_the_examples_of_rating_over_two_rounds(initiative: Initiative) -> None:
    """Disagreement at an equal median, then what discussion changed, and how steady people were."""
    first, second = section("Example of rating"), section("Example of rating in round 2")
    rules = rules_of(first, initiative, 3)
    before, after = ratings(tables(first)[0]), ratings(tables(second)[0])
    steady = stability.between(
        {str(place): one for place, one in enumerate(before)},
        {str(place): one for place, one in enumerate(after)},
        (1, 2, 3),
    )
    counted: list[Sequence[RatingFigures]] = []
    for text, filled, beside in ((first, before, NOTHING_BESIDE), (second, after, Beside(stability=steady))):
        votes = papers(filled, [None] * len(filled))
        figures = METHODS["rating"].tally(items_up_to(3), votes, rules, entitled(first), (), beside)
        check_posted(text, "rating", figures, rules, initiative)
        counted.append(figures)
    check_figures(first, counted[0])
    split = counted[0][1]
    assert split.p30 is not None
    assert split.p70 is not None
    written = re.search(r"P70 − P30 is ([\d.]+), and ([\d.]+) would be the most", first)
    assert written is not None
    most = allowed_range(*(Fraction(share).limit_denominator(10) for share in (split.p30, split.p70)))
    assert written.groups() == (f"{split.p70 - split.p30:g}", f"{float(most):g}")
    flat = " ".join(second.split())
    words = steadiness(counted[1][1])
    assert words is not None
    assert f"{words}." in flat
    kept = steady[1]
    assert f"{round(kept.unchanged * kept.voters)} of {kept.voters}, kappa {kept.kappa:.2f}" in flat


def test_the_example_of_ranked(initiative: Initiative) -> None:
    """A circle of majorities gives way at its weakest link, and the matrix is as printed."""
    text = section("Example of ranked")
    orders, matrix = tables(text)
    rules = rules_of(text, initiative, len(matrix))
    filled = []
    for row in orders:
        tiers = [tier.split(" = ") for tier in row["order"].split(" > ")]
        one = {number(item): (place,) for place, tier in enumerate(tiers, start=1) for item in tier}
        filled += [one] * int(row["papers"])
    figures = METHODS["ranked"].tally(
        items_up_to(len(matrix)), papers(filled, [None] * len(filled)), rules, entitled(text), ()
    )
    check_posted(text, "ranked", figures, rules, initiative)
    printed = {
        row["preferred to"]: {
            other: int(cell) for other, cell in row.items() if cell and other != "preferred to"
        }
        for row in matrix
    }
    assert {one.reference: dict(one.pairwise) for one in figures} == printed


def test_the_example_of_points(initiative: Initiative) -> None:
    """Each paper may be submitted, and the totals are as printed."""
    text = section("Example of points")
    table = tables(text)[0]
    rules = rules_of(text, initiative, 4)
    filled = [
        {number(item): (int(cell),) for item, cell in row.items() if item != "paper of" and cell}
        for row in table
    ]
    for one in filled:
        paper_method("points").check(one, range(1, 5), rules)
    votes = papers(filled, [row["paper of"] for row in table])
    figures = METHODS["points"].tally(items_up_to(4), votes, rules, entitled(text), ("MS", "UN"))
    check_posted(text, "points", figures, rules, initiative)


def test_the_example_of_shortlist(initiative: Initiative) -> None:
    """A third of the room has a seat, and the fourth comes by the completion."""
    text = section("Example of shortlist")
    filled: list[Mapping[int, tuple[int, ...]]] = []
    groups: list[str | None] = []
    for row in tables(text)[0]:
        many = int(row["papers"])
        filled += [{number(item): (1,) for item in row["approved"].split()}] * many
        groups += [row["of"]] * many
    rules = rules_of(text, initiative, 5)
    figures = METHODS["shortlist"].tally(
        items_up_to(5), papers(filled, groups), rules, entitled(text), ("EU", "MS", "UN")
    )
    check_posted(text, "shortlist", figures, rules, initiative)


def test_the_example_of_silence(initiative: Initiative) -> None:
    """One objection breaks it for the package; without one the text is adopted."""
    text = section("Example of silence")
    rules = rules_for(initiative, BallotRequest(method="silence"))
    account = re.search(r"of whom (\d+) have an account", text)
    assert account is not None
    notified = int(account[1])
    broken = METHODS["silence"].tally(
        items_up_to(2), [(WHOLE, "break", "MS")], rules, entitled(text), (), Beside(notified=notified)
    )
    check_posted(text, "silence", broken, rules, initiative)
    kept = METHODS["silence"].tally(items_up_to(2), [], rules, entitled(text), (), Beside(notified=notified))
    quoted = re.search(r"“([^”]+)”, and (\d+) people notified", " ".join(text.split()))
    assert quoted is not None
    assert quoted[1] in str(METHODS["silence"].sentences(kept, TITLES, {}, rules)[0])
    assert {one.notified for one in kept} == {int(quoted[2])}


def test_pooling_is_as_the_annex_says() -> None:
    """Its two examples, in the annex's own words."""
    assert pool({"UN": 7, "EU": 4, "MS": 2, "TT": 1}) == {
        "UN": "UN",
        "EU": "EU",
        "MS": "others",
        "TT": "others",
    }
    assert pool({"UN": 7, "EU": 4, "MS": 2}) == {"UN": "UN", "EU": "others", "MS": "others"}
    assert (
        "UN 7, EU 4, MS 2, TT 1 give UN, EU and others with 3; UN 7, EU 4, MS 2 give UN and others with 6."
        in " ".join(GUIDE.split())
    )


def test_the_table_of_what_may_run_side_by_side_is_the_programs() -> None:
    """Read from the document: deciding and informing ballots on one recommendation."""
    (table,) = tables(section("What may run side by side"))
    same = {
        row[""].strip("*").rpartition(" ")[2]: (
            row["beside an open ballot that decides"],
            row["beside an open ballot that informs"],
        )
        for row in table
        if "on the same" in row[""]
    }
    bearings = {"decides": Bearing.DECIDES, "informs": Bearing.INFORMS}
    assert same.keys() == bearings.keys()
    for new, cells in same.items():
        for present, cell in zip(bearings.values(), cells, strict=True):
            assert may_overlap(bearings[new], "rating", present, "ranked") == cell.startswith("yes")
            assert not may_overlap(bearings[new], "rating", present, "rating")


def test_every_method_is_chosen_in_the_first_table_and_has_its_chapter() -> None:
    """No method is left for people to find by chance."""
    chosen = {use for row in tables(GUIDE)[0] for use in re.findall(r"`(\w+)`", row["use"])}
    assert chosen >= set(METHODS)
    for name in METHODS:
        for told in ("Paper", "Comes out", "Cannot", "Secrecy"):
            assert f"**{told}:**" in section(name)


def test_defaults_and_limits_are_the_programs() -> None:
    """Numbers in prose that would go stale unseen."""
    flat = " ".join(GUIDE.split())
    assert f"(`points`, {POINTS} unless you say otherwise)" in flat
    assert f"({SEATS} unless you say otherwise" in flat
    assert f"`rounds:2` to `rounds:{MOST_ROUNDS}`" in flat
