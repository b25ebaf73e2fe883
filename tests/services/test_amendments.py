"""Amendments: asked for, seconded, merged with what has changed, in conflict, reworked; none is lost."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import AmendmentStatus, Role
from services.drafting.amendments import AmendmentView
from tests.services.amending_desk import CAP, amend, ledger, news, text, wording
from tests.services.polling_station import Station
from tests.services.small_seminar import TEXT, actor


async def test_an_amendment_is_filed_posted_and_its_addressee_told(station: Station) -> None:
    """The text stays; the act, its message and the news to the author are one transaction."""
    await station.hush()
    opened = await station.amendments.opening(station.ben, " cap-1 ")
    assert (opened.rec.version, opened.rec.text, opened.silence) == (1, TEXT, None)
    made = await amend(station, station.ben, "first day", "first hour", reason=" Days are late. ")
    assert (made.number, made.status, made.conflicting, made.reason) == (
        1, AmendmentStatus.OPEN, False, "Days are late.",
    )  # fmt: skip
    assert (made.before.text, made.after.text) == (TEXT, TEXT.replace("first day", "first hour"))
    assert (str(made.author_shown), made.acceptable) == ("Ben", True)
    assert (await text(station))[:2] == (TEXT, 1)
    ((act, body),) = await ledger(station)
    assert (act, body["amendment"], body["base"], body["broke"]) == ("amendment.proposed", 1, 1, None)
    assert TEXT not in json.dumps(body) and "late" not in json.dumps(body)
    assert await station.said() == ["card.refresh", "amendment.post", "news.private"]
    assert await news(station) == [("news.private", "amendment_proposed", station.ana.user_id)]
    rec = await station.recommendations.get(station.guild_id, CAP)
    assert rec.background is not None and rec.background.open_amendments == 1


async def test_the_same_form_sent_twice_is_one_amendment(station: Station) -> None:
    """Also in the same instant, and also when the text has changed in between."""
    fields = wording(TEXT.replace("day", "hour"))
    both = await asyncio.gather(
        *(station.amendments.propose(station.ben, CAP, 1, fields, "", "same") for _ in range(2))
    )
    assert [one.number for one in both] == [1, 1]
    await station.amendments.accept(station.ana, CAP)
    again = await station.amendments.propose(station.ben, CAP, 1, fields, "", "same")
    assert (again.number, again.status) == (1, AmendmentStatus.ACCEPTED)
    assert await station.value("SELECT count(*) FROM amendments") == 1
    found = await station.amendments.proposed(station.ben, "same")
    assert found is not None and found.number == 1
    assert await station.amendments.proposed(station.cem, "same") is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (wording(), "as it stands"),
        (wording(f"  {TEXT}\n\n"), "as it stands"),
        (wording(""), "“Text” is empty"),
        (wording("\u200b" * 30), "“Text” is empty"),
        (wording("Too short."), "at least 20"),
        (wording(title=" "), "“Title” is empty"),
        (wording("x" * 2001), "at most 2000"),
        (wording(rationale="x" * 1001), "at most 1000"),
        ({}, "“Title” is empty"),
    ],
)
async def test_what_changes_nothing_or_breaks_a_limit_is_refused(
    station: Station, fields: dict[str, str], said: str
) -> None:
    """In one sentence, and nothing is stored."""
    with pytest.raises(Refused, match=said):
        await station.amendments.propose(station.ben, CAP, 1, fields, "", "n")
    assert await station.value("SELECT count(*) FROM amendments") == 0


async def test_who_may_not_amend_is_refused_before_they_write(station: Station) -> None:
    """Observers, strangers and facilitators who take no part; unknown, withdrawn and other servers' texts."""
    for who in (station.obi, actor(99), station.facilitator, station.organiser):
        for act in (
            station.amendments.opening(who, CAP),
            station.amendments.propose(who, CAP, 1, wording(TEXT + " More."), "", "n"),
            station.amendments.second(who, CAP, 1),
        ):
            with pytest.raises(NotAllowed):
                await act
    elsewhere = replace(station.ben, guild_id=900_101)
    with pytest.raises(NotFound):
        await station.amendments.opening(station.ben, "CAP-77")
    with pytest.raises(Refused):
        await station.amendments.propose(elsewhere, CAP, 1, wording(TEXT + " More."), "", "n")
    with pytest.raises(Invalid, match="out of date"):
        await station.amendments.propose(station.ben, CAP, 2, wording(TEXT + " More."), "", "n")
    await station.recommendations.withdraw(station.ana, "CAP-02")
    with pytest.raises(Refused, match="withdrawn"):
        await station.amendments.opening(station.ben, "CAP-02")
    await station.events.close(station.organiser, "ROM")
    for act in (
        station.amendments.opening(station.ben, CAP),
        amend(station, station.ben, "day", "hour"),
    ):
        with pytest.raises(Refused, match="ROM is not open"):
            await act


async def test_nothing_is_amended_while_a_ballot_is_open(station: Station) -> None:
    """The text is frozen for whoever asks, and whoever accepts what was asked before."""
    await amend(station, station.ben, "day", "hour")
    ballot = await station.open(theme=None, references=CAP)
    for act in (
        station.amendments.opening(station.ben, CAP),
        amend(station, station.ben, "UN", "United Nations"),
        station.amendments.accept(station.ana, CAP, 1),
        station.amendments.rework(station.ben, CAP, 1, 1, wording(TEXT + " More."), ""),
        station.amendments.second(station.cem, CAP, 1),
    ):
        with pytest.raises(Refused, match="A ballot on this recommendation is open"):
            await act
    await station.ballots.cancel(station.facilitator, ballot.id, "Another time.")
    await station.amendments.accept(station.ana, CAP, 1)
    assert (await text(station))[1] == 2
    informing = await station.open(theme=None, references=CAP, method="rating", purpose="indicative")
    with pytest.raises(Refused, match="A ballot on this recommendation is open"):
        await amend(station, station.ben, "UN", "United Nations", base=2)
    await station.ballots.cancel(station.facilitator, informing.id, "Enough.")


async def test_seconds_are_counted_once_and_say_what_they_were_given_to(station: Station) -> None:
    """Not one's own, not twice, not what is decided; after a rework they are told apart."""
    await amend(station, station.ben, "day", "hour")
    with pytest.raises(NotAllowed, match="your own"):
        await station.amendments.second(station.ben, CAP)
    assert (await station.amendments.second(station.cem, CAP)).seconds == 1
    with pytest.raises(Refused, match="already"):
        await station.amendments.second(station.cem, CAP, 1)
    station.clock.pass_(minutes=1)
    await station.amendments.rework(station.ben, CAP, 1, 1, wording(TEXT.replace("day", "week")), "")
    station.clock.pass_(minutes=1)
    shown = await station.amendments.second(station.ana, CAP)
    assert (shown.seconds, shown.earlier_seconds) == (2, 1)
    await station.amendments.reject(station.ana, CAP)
    with pytest.raises(Refused, match="turned down already"):
        await station.amendments.second(actor(15, Role.PARTICIPANT), CAP, 1)


async def test_other_words_are_merged_and_the_same_words_are_a_conflict(station: Station) -> None:
    """Accepting one marks those that touch the same words; the third is shown against the text as it is."""
    await amend(station, station.ben, "first day", "first hour")
    await amend(station, station.cem, "first day", "very beginning")
    await amend(station, station.cem, "The UN and the EU", "Both organisations")
    await station.hush()
    accepted = await station.amendments.accept(station.ana, CAP, 1)
    assert (accepted.status, accepted.version) == (AmendmentStatus.ACCEPTED, 2)
    assert (accepted.before.text, accepted.after.text) == (TEXT, TEXT.replace("first day", "first hour"))
    _, second, third = await station.amendments.all_of(station.guild_id, CAP)
    assert (second.conflicting, third.conflicting) == (True, False)
    assert second.before.text == TEXT and third.before.text == accepted.after.text
    assert third.after.text == "Both organisations should plan missions together from the first hour on."
    told = await news(station)
    assert ("news", "amendment_conflicting", None) in told
    assert ("news.private", "amendment_accepted", station.ben.user_id) in told
    assert ("news.private", "amendment_accepted", station.ana.user_id) not in told
    subjects = await station.rows("SELECT subject FROM outbox WHERE kind = 'amendment.refresh'")
    assert {one for (one,) in subjects} == {"CAP-01/1", "CAP-01/2", "CAP-01/3"}

    before = await station.rows("SELECT * FROM versions")
    with pytest.raises(Refused, match="touches words that have changed"):
        await station.amendments.accept(station.facilitator, CAP, 2)
    assert await station.rows("SELECT * FROM versions") == before
    (place,) = second.merge().conflicts["text"].conflicts
    assert (place.base, place.ours, place.theirs) == ("first day", "first hour", "very beginning")
    await station.amendments.accept(station.facilitator, CAP, 3)
    assert (await text(station))[0] == third.after.text
    rows = await station.rows(
        "SELECT number, decided_by = author_id, amendment, change FROM versions "
        "WHERE recommendation_id = 1 ORDER BY number"
    )
    assert rows == [(1, None, None, "original"), (2, 0, 1, "substantive"), (3, 0, 3, "substantive")]


async def test_a_form_over_an_older_text_is_kept_and_merged_or_marked(station: Station) -> None:
    """What somebody wrote while the text moved on is filed as what it is now."""
    await amend(station, station.ben, "first day", "first hour")
    await station.amendments.accept(station.ana, CAP)
    beside = await amend(station, station.cem, "missions", "all missions")
    assert (beside.base_version, beside.current_version, beside.conflicting) == (1, 2, False)
    across = await amend(station, station.cem, "first day", "first week")
    assert across.conflicting and across.before.text == TEXT
    with pytest.raises(Refused, match="as it stands"):
        await amend(station, station.cem, "first day", "first hour")
    with pytest.raises(Refused, match="exactly that in amendment 2"):
        await amend(station, station.cem, "missions", "all missions")
    assert (await station.amendments.accept(station.facilitator, CAP, 2)).version == 3


async def test_reworking_resolves_a_conflict_and_keeps_what_was_asked(station: Station) -> None:
    """By its author or a facilitator, on the text as it is; a form that is late again is marked again."""
    await amend(station, station.ben, "first day", "first hour")
    await amend(station, station.cem, "first day", "first week", reason="Weeks count.")
    await station.amendments.accept(station.ana, CAP, 1)
    for who in (station.ben, station.ana):
        with pytest.raises(NotAllowed, match="author or a facilitator"):
            await station.amendments.reworking(who, CAP, 2)
    opened = await station.amendments.reworking(station.cem, CAP)
    assert (opened.number, opened.current_version, opened.reason) == (2, 2, "Weeks count.")
    wanted = wording(TEXT.replace("first day", "first hour of the first week"))
    reworked = await station.amendments.rework(station.cem, CAP, 2, 2, wanted, "Both.")
    assert (reworked.revision, reworked.conflicting, reworked.base_version) == (2, False, 2)
    again = await station.amendments.rework(station.cem, CAP, 2, 2, wanted, "Both.")
    assert again.revision == 2
    with pytest.raises(Refused, match="as it stands"):
        current = wording(TEXT.replace("first day", "first hour"))
        await station.amendments.rework(station.cem, CAP, 2, 2, current, "")
    late = wording(TEXT.replace("first day", "last minute"))
    marked = await station.amendments.rework(station.facilitator, CAP, 2, 1, late, "Late.")
    assert (marked.revision, marked.conflicting, marked.reworked_by_other) == (3, True, True)
    assert await station.value("SELECT count(*) FROM amendment_texts WHERE amendment_id = 2") == 3
    await station.amendments.rework(station.facilitator, CAP, 2, 2, wanted, "Both.")
    done = await station.amendments.accept(station.ana, CAP, 2)
    assert done.after.text == wanted["text"]
    author = "SELECT p.name FROM versions v JOIN people p ON p.id = v.author_id WHERE v.number = 3"
    assert await station.value(author) == "Cem"


async def test_two_who_accept_what_excludes_each_other_in_one_instant_do_not_both_win(
    station: Station,
) -> None:
    """One text results, the other amendment waits in conflict; a double click accepts once."""
    await amend(station, station.ben, "first day", "first hour")
    await amend(station, station.cem, "first day", "first week")
    results = await asyncio.gather(
        station.amendments.accept(station.ana, CAP, 1),
        station.amendments.accept(station.facilitator, CAP, 2),
        return_exceptions=True,
    )
    won = [one for one in results if isinstance(one, AmendmentView)]
    lost = [one for one in results if isinstance(one, Refused)]
    assert (len(won), len(lost)) == (1, 1) and "changed since" in str(lost[0])
    assert (await text(station))[:2] == (won[0].after.text, 2)
    statuses = await station.rows("SELECT status, conflicting FROM amendments ORDER BY status")
    assert statuses == [("accepted", 0), ("open", 1)]
    with pytest.raises(Refused, match="accepted already"):
        await station.amendments.accept(station.ana, CAP, won[0].number)
    assert (await text(station))[1] == 2


async def test_changes_that_are_too_long_together_wait_for_a_rework(station: Station) -> None:
    """Each fits by itself, both do not; nothing is cut."""
    await amend(station, station.ben, "The UN", "x" * 1000 + " The UN")
    await amend(station, station.cem, "day on.", "day on. " + "y" * 1000)
    await station.amendments.accept(station.ana, CAP, 1)
    (second,) = [one for one in await station.amendments.all_of(station.guild_id, CAP) if one.number == 2]
    assert second.conflicting and second.merge().too_long == ("text",)
    with pytest.raises(Refused, match="too long together in Text"):
        await station.amendments.accept(station.ana, CAP, 2)


async def test_what_two_cuts_leave_must_still_be_a_text(station: Station) -> None:
    """Both take most of it away, from either end; the little that would be left is refused."""
    await amend(station, station.ben, "The UN and the EU should plan missions ", "")
    filed = await amend(station, station.cem, " from the first day", "")
    assert not filed.conflicting
    await station.amendments.accept(station.ana, CAP, 1)
    with pytest.raises(Invalid, match="“Text” has 12 characters"):
        await station.amendments.accept(station.ana, CAP, filed.number)
    assert (await text(station))[:2] == ("together from the first day on.", 2)
