"""Elections that were held by Schulze's method, counted again from what was published of them.

Each is named with its year and source, and so is the example of Schulze's own article. The
matrix, the papers and the results are the organisers': no figure is made up.
"""

from __future__ import annotations

import random

from seminar import schulze
from seminar.methods import ranked
from seminar.methods.base import in_order
from seminar.methods.ranked import RankedFigures
from seminar.paper import ASIDE, WHOLE, spell
from tests.ranked_papers import rules

WIKIMEDIA_2011 = """
0 1010 1052 1132 1180 1229 1198 1222 1218 1231 1176 1226 1274 1289 1328 1352 1315 1345
977 0 969 1068 1131 1153 1118 1187 1152 1148 1142 1207 1217 1239 1281 1262 1292 1310
903 874 0 1022 1083 1122 1080 1056 1108 1154 1052 1142 1139 1158 1210 1202 1241 1219
846 817 887 0 943 946 885 990 950 945 969 984 1012 1059 1077 1083 1111 1099
721 716 789 838 0 920 905 921 860 935 863 908 906 984 995 1036 1001 1015
811 837 887 799 888 0 875 886 869 760 911 883 937 932 930 953 983 983
704 645 743 783 785 842 0 861 784 800 831 867 915 912 960 943 972 985
716 705 728 786 860 830 818 0 838 843 853 849 907 909 910 876 935 957
685 670 720 718 799 813 789 832 0 812 802 799 866 894 880 938 961 953
706 735 747 745 792 739 783 800 734 0 816 796 865 891 891 905 950 933
655 589 625 706 734 813 731 761 759 763 0 785 821 808 879 855 900 866
676 634 713 665 738 716 713 749 691 708 749 0 820 789 794 850 873 854
606 584 668 647 649 779 692 766 727 729 714 751 0 798 834 834 829 864
548 512 539 565 614 621 605 626 597 611 599 622 661 0 691 722 749 704
478 486 526 466 555 530 508 574 447 482 562 521 590 590 0 656 637 654
482 478 512 485 558 558 533 482 553 521 548 517 628 601 603 0 646 628
413 465 528 487 521 536 515 546 527 510 544 482 592 554 575 599 0 635
458 403 423 449 489 515 458 486 484 493 455 482 543 500 535 573 585 0
"""
"""Wikimedia Foundation, election to the Board of Trustees, results announced on 17 June 2011: the "pairwise
victory matrix" of Meta-Wiki, "Wikimedia Foundation elections/Board elections/2011/Results/en". Rows and
columns are in the order of the final ranking published there; a number is how many voters preferred the
candidate of its row to that of its column. Taken from its transcription in
github.com/mukeshtiwari/Semiring_graph_algorithm, executable/wikimedia/main.ml; the first six rows were
compared with the page itself."""

WIKIMEDIA_2011_RANKING = "TC SK KW MR LG CB HC JSR PL JG JF FSS GM MP EZ WHD UW TM"

KUBERNETES_2024 = """
4613725 2--1--- 2-31-4- 5621743 7217777 7777712 4273771 2773514 7777777 5412763 7717777 3271653 1752643
5123746 ----12- 3564721 2--3--1 1753642 3224771 3743625 2751643 2661443 2771437 1337322 3--7--- 7214737
1--11-1 45621-3 1342--- 13-2--- 1--2321 7777777 2472724 7346251 7217777 2146573 1762534 4342212 --3-1-2
3274615 7214536 5217436 7711771 -11---- 7416532 1772777 421434- 2731777 1362745 32-1-4- 1772777 14-3--2
14-23-- 4217356 4721653 7712777 1771777 2371777 3521655 1762453 4123557 1534627 1772577 ---1--2 5413726
7126534 1743772 1772773 6312575 1772773 2173546 1762534 2371773 2371477 1777777 31-4--2 7771771 2431756
6142357 3747271 2173546 2361574 2761453 1112113 7365124 7777777 2134756 7217776 -12---- 4213675 1-71372
5413627 4273615 7412737 13-245- 2751435 5155445 6432517 5632714 7777771 64-5--7 1512423 1772742 1462573
4362175 2----1- 2713777 1352467 4562173 2615473 6123745 3214--- 2671435 4613752 1462573 7372771 1--1---
7237771 5672413 6134725 2--13-- 1772777 1771717 1472653 7237771 6213754 2--14-4 ---2-1- -1-2--- 5213764
4714243 2312312 ---5--1 1241213 1--324- 3221441 7415632 1723777 7237174 3741562 5762413 1--1--- 4251376
2114737 6523147 5213746 7411471 2431444 1732546 7237771 1352467 7127773 1452763 1473475 7771777 6123754
7777777 6213457 2777771 -2-13-- 3465172 3126754 -----1- 7215777 1652354 2--1--- -76---- 1773727 2374771
1755432 3752614 -771327 1-----2 2754613 4331726 1652473 6777212 7777771 6145273 4231765 4231576 3421765
43-2--1 4231765 1732654 2371777 7777777 7257431 412--3- 3714265 2431756 7117256 3541276 --231-- 7777777
2751463 7241653 3152764 1326745 1372777 1372477 2-----1 4725731 3777712 3674251 -----1- 2775143 7317372
4552731 2751634 2751634 -1----- 1727737 5716432 6526455 7777717 3564712 1777777 2561473 7772731 6113574
7777777 1772777 1-32--- 7777717 2771777 2371777 2514637 1772737 2431576 7471237 -312--2 2--1543
"""
"""Kubernetes, Steering Committee election of 2024: all 233 papers of
github.com/kubernetes/community, elections/steering/2024/ballots.csv, one word each, the ranks in the order
of its columns; `-` stands for "No opinion". The election was counted by Elekto (elekto.dev), which takes a
paper without an opinion on a candidate out of all comparisons with that candidate: in our terms the voter
stands aside."""

KUBERNETES_2024_CANDIDATES = "aojea katcosgrove natalisucks bentheelder xmudrii palnabarun saschagrunert"

KUBERNETES_CONDUCT_2025 = "33122 24351 24351 24133 41235 15234"
"""Kubernetes, Code of Conduct Committee election of 2025: the six papers of
github.com/kubernetes/community, elections/code-of-conduct/2025/ballots.csv, as above."""

KUBERNETES_CONDUCT_2025_CANDIDATES = "endocrimes sreeram-venkitesh divya-mohan0209 swatisehgal stmcginnis"

SCHULZE_2011_EXAMPLE = "8*acdb 2*badc 4*cdba 4*dbac 3*dcba"
"""Schulze, Social Choice and Welfare 36 (2011), section 3, example 1: 21 voters."""


def counted(papers: str, candidates: str) -> dict[str, RankedFigures]:
    """The whole way through the method: papers stored, tallied, and the figures by candidate."""
    items = list(enumerate(candidates.split(), start=1))
    rows = [
        (
            WHOLE,
            spell({p: ASIDE if rank == "-" else (int(rank),) for p, rank in enumerate(word, start=1)}),
            None,
        )
        for word in papers.split()
    ]
    return {one.reference: one for one in ranked.tally(items, rows, rules(), len(rows), [])}


def test_wikimedia_2011_comes_out_in_its_published_order() -> None:
    """All eighteen places, whatever order the candidates are listed in."""
    matrix = [[int(number) for number in row.split()] for row in WIKIMEDIA_2011.strip().splitlines()]
    candidates = list(range(len(WIKIMEDIA_2011_RANKING.split())))
    for seed in range(5):
        random.Random(seed).shuffle(candidates)
        shuffled = [[matrix[row][column] for column in candidates] for row in candidates]
        ranks = schulze.ranks(schulze.beats(schulze.strongest_paths(shuffled)))
        assert ranks == [candidate + 1 for candidate in candidates]


def test_wikimedia_2011_has_a_circle_that_only_its_paths_resolve() -> None:
    """Seventh to ninth: HC over JSR by 861, JSR over PL by 838, and PL over HC by 789, the weakest."""
    matrix = [[int(number) for number in row.split()] for row in WIKIMEDIA_2011.strip().splitlines()]
    hc, jsr, pl = (WIKIMEDIA_2011_RANKING.split().index(initials) for initials in ("HC", "JSR", "PL"))
    assert (matrix[hc][jsr], matrix[jsr][hc]) == (861, 818)
    assert (matrix[jsr][pl], matrix[pl][jsr]) == (838, 832)
    assert (matrix[pl][hc], matrix[hc][pl]) == (789, 784)
    paths = schulze.strongest_paths(matrix)
    assert (paths[hc][pl], paths[pl][hc]) == (838, 789)
    assert pl in schulze.beats(paths)[hc]


def test_kubernetes_2024_comes_out_in_its_published_order() -> None:
    """Elder, Ojea and Grunert elected, then Vlatko, Cosgrove, Pal and Mudrinić, as in results.md."""
    figures = counted(KUBERNETES_2024, KUBERNETES_2024_CANDIDATES)
    assert [(one.rank, one.figures.reference) for one in in_order(ranked, figures.values())] == [
        (1, "bentheelder"),
        (2, "aojea"),
        (3, "saschagrunert"),
        (4, "natalisucks"),
        (5, "katcosgrove"),
        (6, "palnabarun"),
        (7, "xmudrii"),
    ]
    assert {one.turnout for one in figures.values()} == {233}
    assert figures["bentheelder"].recused == sum(word[3] == "-" for word in KUBERNETES_2024.split())


def test_kubernetes_conduct_2025_comes_out_with_its_published_tie() -> None:
    """results.md: "1. (Tie) Danielle Lancashire / Divya Mohan, 2. Sean McGinnis, 3. Swati Sehgal,
    4. Sreeram Venkitesh". Only one of the two first beats the third named, so it is second there and here."""
    figures = counted(KUBERNETES_CONDUCT_2025, KUBERNETES_CONDUCT_2025_CANDIDATES)
    assert {reference: one.rank for reference, one in figures.items()} == {
        "endocrimes": 1,
        "divya-mohan0209": 1,
        "stmcginnis": 2,
        "swatisehgal": 3,
        "sreeram-venkitesh": 4,
    }
    assert figures["endocrimes"].tied_with == ("divya-mohan0209",)
    assert figures["endocrimes"].pairwise["divya-mohan0209"] == 3
    assert figures["divya-mohan0209"].pairwise["endocrimes"] == 3


def test_the_example_of_schulzes_own_article_has_its_published_paths() -> None:
    """The matrix, the strength of every strongest path, and d before a before c before b."""
    papers = []
    for many in SCHULZE_2011_EXAMPLE.split():
        number, _, order = many.partition("*")
        papers.append(([["abcd".index(option)] for option in order], int(number)))
    matrix = schulze.pairwise(papers, 4)
    assert matrix == [[0, 8, 14, 10], [13, 0, 6, 2], [7, 15, 0, 12], [11, 19, 9, 0]]
    paths = schulze.strongest_paths(matrix)
    assert paths == [[0, 14, 14, 12], [13, 0, 13, 12], [13, 15, 0, 12], [13, 19, 13, 0]]
    beats = schulze.beats(paths)
    assert beats == [{1, 2}, set(), {1}, {0, 1, 2}]
    assert schulze.ranks(beats) == [2, 4, 3, 1]
