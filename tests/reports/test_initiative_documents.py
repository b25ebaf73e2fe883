"""The documents of an initiative before anybody draws them: what they say, in which order, of whatever."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from bot.i18n import Catalogues
from reports import FORMATS
from reports.charts import BARS
from reports.compose import COMPOSERS
from reports.document import Document, Facts, Figure, Heading, Listing, Paragraph, Quote, Table
from reports.models.covering import Covering
from reports.models.initiative import InitiativeReport, TakingPart
from seminar.model import OutcomeWord
from tests.reports import initiative_sample as sample
from tests.reports.document_sample import HOSTILE, logo
from tests.reports.report_sample import VOTED, of_every_method, report

MAKERS = (sample.seminar_report, sample.conference_paper, sample.final_report)


def composed(made: Any, words: Any = str) -> Document:
    """The document of a report."""
    return COMPOSERS[type(made)](made, words)


def chapters(document: Document) -> list[str]:
    """The headings of level 1."""
    return [block.text for block in document.blocks if isinstance(block, Heading) and block.level == 1]


def everything(document: Document) -> str:
    """All that is said in it."""
    return "\n".join(document.texts())


def test_a_final_report_begins_with_what_was_decided() -> None:
    """Foreword, summary, final texts, open and unfinalised ones; how it was decided; then the annexes."""
    document = composed(sample.with_receipts(sample.final_report()))
    assert chapters(document) == [
        "Foreword",
        "Summary",
        "Final recommendations",
        "Texts that remain open",
        "Texts that were not finalised",
        "Support at the seminars and at the conference",
        "How it was decided",
        "Events and participants",
        "Recommendations that did not come to the conference",
        "Method: how to read the figures",
        "Receipts",
        "How to check this document",
    ]
    told = everything(document)
    for said in (
        "6 recommendations came to the conference. 4 are final, 1 remains open and 1 was not finalised.",
        "Adopted as final text R1, on the basis of the decision of Rome seminar in ballot B1.",
        "“standing” became “permanent”.",
        "Overtaken by a decision elsewhere.",
        "UN Department of Peacekeeping Operations (DPKO, today DPO)",
        "Only where mandates allow it. (Member states)",
        "Silence was broken by",
        "Member states: Not before the budget is known.",
        "ABCD-EFGH",
    ):
        assert said in told, said


def test_a_cover_says_what_it_is_and_what_it_commits_to() -> None:
    """DRAFT, the moment, the usual line or the initiative's own, its logo."""
    cover = composed(sample.final_report()).cover
    assert (cover.title, cover.subtitle) == ("EU-UN Peacekeeping Partnerships Initiative", "Final report")
    assert cover.marks == ("DRAFT", "As of 2014-12-04 16:30 (Europe/Brussels).")
    assert cover.status.startswith("Contributions were made in a personal capacity")
    own = Covering(status="Nothing binds.", logo=logo(), logo_alt="Two flags")
    cover = composed(sample.seminar_report(covering=own)).cover
    assert (cover.marks[0][:5], cover.status, cover.logo_alt) == ("As of", "Nothing binds.", "Two flags")
    assert cover.subtitle == "Report of the seminars"
    one = composed(sample.seminar_report(event="ROM", events=sample.EVENTS[:1])).cover
    assert one.subtitle == "Report of Rome seminar"


def test_the_outcome_is_called_what_the_initiative_calls_it() -> None:
    """Wherever a decision that carried is named."""
    for word in OutcomeWord:
        told = everything(composed(sample.final_report(covering=Covering(outcome=word))))
        assert f"{word.value.capitalize()} as final text R1" in told
        if word is not OutcomeWord.ADOPTED:
            assert "dopted as" not in told


def test_contested_is_said_in_neutral_words() -> None:
    """By whom as far as it is told, and never as a judgement."""
    contested = sample.entry("CAP-03", "Contested", rank=3)
    told = everything(composed(sample.seminar_report([contested])))
    assert "B1: Among Member states, more votes were against than for." in told
    hidden = replace(contested.ranked, contested_by=())
    untold = replace(
        contested,
        ranked=hidden,
        results=tuple(replace(one, row=hidden) for one in contested.results),
    )
    told = everything(composed(sample.seminar_report([untold])))
    assert "In a constituency that is not named, more votes were against than for." in told


def test_the_conferences_ballots_stand_apart_from_the_seminars() -> None:
    """Each table has the figures of one event's ballots."""
    document = composed(sample.final_report())
    tables = [block for block in document.blocks if isinstance(block, Table) and "Ranking" in block.caption]
    captions = [table.caption for table in tables]
    assert "Ranking: BER · SSR · Security sector reform" in captions
    assert "Ranking: BRU: BER · SSR · Security sector reform" in captions
    (apart,) = [table for table in tables if table.caption.startswith("Ranking: BRU")]
    assert [row[1] for row in apart.rows] == ["SSR-01"]


@pytest.mark.parametrize("make", MAKERS)
def test_nothing_is_dropped_and_every_anchor_is_one(make: Any) -> None:
    """Of none, one or many: each text stands there, each heading can be linked to."""
    for count in (0, 1, 40):
        made = make(sample.entries(count))
        document = composed(made)
        anchors = [block.anchor for block in document.blocks if isinstance(block, Heading)]
        assert len(set(anchors)) == len(anchors)
        headed = " ".join(block.text for block in document.blocks if isinstance(block, Heading))
        for entry in made.entries:
            assert entry.reference in headed
        quotes = [block.text for block in document.blocks if isinstance(block, Quote)]
        assert len([quote for quote in quotes if quote.startswith("The United Nations")]) == count
        for block in document.blocks:
            if isinstance(block, Table):
                assert all(len(row) == len(block.columns) for row in block.rows), block.caption
            if isinstance(block, Figure):
                rows = block.drawing.data.get("rows", [])
                assert isinstance(rows, list)
                assert len(rows) <= BARS


def hostile(text: str) -> InitiativeReport:
    """A report in which that text stands wherever people write."""
    entry = sample.final(2, sample.entry("CAP-01", text))
    entry = replace(
        entry,
        ranked=replace(entry.ranked, title=text, text=text, rationale=text, author=text),
        addressees=(sample.Addressee(text),),
        arguments=tuple(replace(one, text=text, who=text) for one in entry.arguments),
        explanations=(sample.Statement("B1", text, text),),
    )
    people = TakingPart(1, 0, (sample.GroupSize("UN", text, 1),), (text,))
    return sample.final_report(
        [entry],
        initiative=text,
        people=people,
        covering=Covering(status=text, foreword=f"{text}\n\n{text}", logo=logo(), logo_alt=text),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_people_write_is_composed_as_they_wrote_it(text: str) -> None:
    """Nothing of it is a pattern, a heading or markup; the machine formats have it exactly."""
    made = hostile(text)
    document = composed(made)
    assert text in [block.text for block in document.blocks if isinstance(block, Quote)]
    for name in ("json", "csv", "xlsx", "markdown"):
        if type(made) in FORMATS[name].renderers:
            assert FORMATS[name].render(made, str)


def test_labels_speak_french_and_texts_stay_as_written() -> None:
    """Every label goes through the catalogue; dates are spelled in its language."""
    speak = Catalogues.load().speak("fr")
    document = composed(sample.final_report(), speak)
    assert document.language == "fr"
    assert "22–24 octobre 2014" in everything(document)
    assert sample.PROSE in [block.text for block in document.blocks if isinstance(block, Quote)]
    page = document.page.replace("{page}", "1").replace("{pages}", "9")
    assert "1" in page
    assert "9" in page


def test_a_ranking_of_every_method_is_a_document() -> None:
    """With a table and notes for each, the comparisons of the ranked ballot and all checksums."""
    rows, ballots = of_every_method()
    document = composed(report(*rows, VOTED, ballots=ballots))
    captions = [block.caption for block in document.blocks if isinstance(block, Table)]
    assert captions.count("Ranking: CAP · Military capabilities") == 1
    assert "Ranking by silence procedure: SSR · Security sector reform" in captions
    assert "Pairwise comparisons of ballot B4" in captions
    assert "Closed ballots" in captions
    told = everything(document)
    assert "cd" * 32 in told
    assert composed(report()).blocks[1] == Paragraph("There are no recommendations yet."), (
        "an empty one says so"
    )


def test_two_thousand_take_no_longer_each_than_fifty() -> None:
    """Composing is linear: twice the time each is allowed for, and no more."""

    def each(count: int) -> float:
        made = sample.final_report(sample.entries(count))
        started = time.perf_counter()
        document = composed(made)
        spent = time.perf_counter() - started
        assert sum(isinstance(block, Facts) for block in document.blocks) >= count
        assert any(isinstance(block, Listing) for block in document.blocks)
        return spent / count

    each(50)  # whatever is made once
    assert each(2_000) < 2 * min(each(50), each(50)) + 0.001
