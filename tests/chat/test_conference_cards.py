"""Whatever stands on an agenda or before the conference, its screens fit into what Discord takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import discord
import pytest

from bot.cards.conference_agenda import agenda_card, editor_card, reading_card
from bot.cards.conference_despatch import despatch_card, left_open_card
from bot.cards.conference_texts import final_preview_card, presented_card
from bot.i18n import Catalogues
from seminar.conference import Basis, Ending, Slot
from seminar.initiative import Event
from seminar.methods.silence import SilenceFigures
from seminar.methods.support import SupportFigures
from seminar.model import Change, Counts, EventStatus, Outcome, State
from seminar.wording import Wording
from services.conference.conference import AgendaItem, AgendaView, Despatch, FinalPreview, Presentation, Sent
from services.conference.decisions import Decision
from services.conference.presenting import Step
from services.drafting.rec_views import RecView

NOW = datetime(2014, 12, 3, 9, tzinfo=UTC)
LONGEST = "*_" * 50
GROUPS = {f"GROUP{n:03}": "`" * 100 for n in range(25)}
EVENT = Event(
    code="ABCDEFGH",
    kind="conference",
    title=LONGEST,
    starts_on=date(2014, 12, 3),
    ends_on=date(2014, 12, 3),
    themes=("CAP",),
)
TR = Catalogues.load().speak("fr")


def agenda(number: int) -> AgendaView:
    items = tuple(
        AgendaItem(f"ABCDEFGH-{n:02}", LONGEST, "ABCDEFGH", State.FINALISED, Slot("10:30", "11:00"), f"R{n}")
        for n in range(1, number + 1)
    )
    pairs = tuple((one.reference, other.reference) for one, other in pairwise(items))
    return AgendaView(EVENT, EventStatus.OPEN, items, pairs)


def fits(view: discord.ui.LayoutView) -> list[dict[str, Any]]:
    """Within 4,000 characters and 40 components, no id twice and none too long; the components."""
    found: list[dict[str, Any]] = []

    def walk(components: Any) -> None:
        for one in components:
            found.append(one)
            walk(one.get("components", ()))

    walk(view.to_components())
    assert sum(len(one.get("content", "")) for one in found) <= 4000
    assert len(found) <= 40
    ids = [one["custom_id"] for one in found if "custom_id" in one]
    assert len(set(ids)) == len(ids)
    assert all(len(one) <= 100 for one in ids)
    return found


@pytest.mark.parametrize("number", [1, 2, 24, 25, 26, 300])
def test_an_agenda_of_any_length_is_shown(number: int) -> None:
    """What does not fit is said and read by a button; every item is on one page of every kind."""
    view = agenda(number)
    shown = fits(agenda_card(view, TR))
    whole = [one for one in shown if one.get("custom_id", "").startswith("agenda-read")]
    listed = sum(one.get("content", "").count("ABCDEFGH-") for one in shown)
    assert listed == number or whole
    read = edited = 0
    for page in range(number):
        if page * 15 < number:
            read += sum(
                one.get("content", "").count(". ABCDEFGH-") for one in fits(reading_card(view, page, TR))
            )
        if page * 25 < number:
            drawn = fits(editor_card(view, TR, page=page))
            edited += sum(len(one.get("options", ())) for one in drawn)
    assert (read, edited) == (number, number)
    last = f"ABCDEFGH-{number:02}"
    chosen = fits(editor_card(view, TR, chosen=last))
    assert any(
        option["default"] for one in chosen for option in one.get("options", ()) if option["value"] == last
    )
    fits(editor_card(view, TR, page=10**6, chosen="CAP-99"))
    fits(reading_card(view, -5, TR))


def support(groups: int) -> SupportFigures:
    by = {f"GROUP{n:03}": Counts(10**6, 10**6, 10**6) for n in range(groups)}
    return SupportFigures(
        reference="ABCDEFGH-01",
        electorate=10**7,
        turnout=10**7,
        for_=10**7,
        against=10**7,
        abstain=10**7,
        outcome=Outcome.CARRIED,
        contested=True,
        contested_by=tuple(by),
        consensus=0.5,
        wilson=0.5,
        by_constituency=by,
    )


def before_the_conference(text: str, other: str, versions: int) -> tuple[RecView, Presentation, Decision]:
    decided = Decision(1, "B12345", "ROM", LONGEST, "support", 1, NOW, support(25), carried=True)
    words = Wording(LONGEST, text, text[:1000], ())
    rec = RecView(
        id=1,
        reference="ABCDEFGH-01",
        event="ROM",
        theme="CAP",
        state=State.FORWARDED,
        title=LONGEST,
        text=other,
        rationale=other[:1000],
        addressees=(),
        author_id="",
        author_shown="",
        seconds=0,
        version=versions,
        created_at=NOW,
        ballots=(),
        last_result=None,
    )
    shown = Presentation(
        rec=rec,
        origin=LONGEST,
        conference="`" * 100,
        rank=12345,
        decided=decided,
        before=words,
        after=rec.wording,
        before_version=1,
        steps=tuple(Step(n, Change.SUBSTANTIVE, NOW) for n in range(1, versions + 1)),
        reservations=10**6,
        group_titles=GROUPS,
    )
    return rec, shown, decided


@pytest.mark.parametrize("versions", [1, 7, 500])
@pytest.mark.parametrize("text", ["*_" * 1000, "a" * 2000])
def test_a_text_before_the_conference_fits_however_it_changed(text: str, versions: int) -> None:
    """Presented and previewed; what is left out of the difference is behind a button."""
    rec, shown, decided = before_the_conference(text, "~~different~~ " * 130, versions)
    told = fits(presented_card(shown, TR))
    assert any("history-whole" in one.get("custom_id", "") for one in told)
    for figures in (support(25), SilenceFigures("ABCDEFGH-01", 10, 0, Outcome.CARRIED, 9, {})):
        for basis in Basis:
            preview = FinalPreview(
                rec=rec,
                conference=LONGEST,
                ending=Ending.FINALISED,
                reason=LONGEST * 5,
                number=10**6,
                basis=basis,
                decided=replace(decided, figures=figures),
                before=shown.before,
                amendments=tuple(range(1, 500)),
            )
            fits(final_preview_card(preview, "x" * 22, TR))
    left = replace(preview, ending=Ending.NOT_FINALISED, decided=None, before=None, number=None)
    fits(final_preview_card(left, "x" * 22, TR))


@pytest.mark.parametrize("number", [1, 3, 400])
def test_what_went_and_what_stayed_fits_too(number: int) -> None:
    """Both as lists that say how many more there are."""
    sent = tuple(Sent(f"ABCDEFGH-{n:02}", LONGEST, "ABCDEFGH", "ABCDEFGH", n) for n in range(number))
    states = dict.fromkeys(State, 10**6)
    fits(despatch_card(Despatch(EVENT, EVENT, sent, number, sent, sent, states), TR))
    named = [{"reference": one.reference, "title": one.title} for one in sent[:50]]
    fits(left_open_card(LONGEST, named, number, TR))
