"""Merging and splitting: nothing is lost, and every reference leads to where it lives on."""

from __future__ import annotations

import asyncio
import json

import pytest

from seminar.errors import Invalid, NotAllowed, Refused
from seminar.model import Change, Choice, Kinship, Role, State
from services.drafting.acting import moved_by_change
from services.drafting.regrouping_requests import MOST_AT_ONCE, MergeRequest
from services.record.audit import Audit
from services.voting.ballot_views import BallotRequest
from storage import lineage, recommendations
from tests.services.facilitators_desk import MERGED_TEXT, Desk
from tests.services.polling_station import Station
from tests.services.small_seminar import GUILD, actor
from tests.small_initiative import INITIATIVE


@pytest.fixture
async def desk(station: Station) -> Desk:
    """CAP-01 and CAP-02 by Ana, CAP-03 by Ben and CAP-04 by Cem, all under discussion."""
    return await Desk.of_four(station)


async def test_a_merge_gives_one_a_new_text_and_ends_the_others_which_lead_to_it(desk: Desk) -> None:
    """The text is a new version by the facilitator, with the reason; the others keep theirs."""
    done = await desk.merge(["cap 3", "CAP-04"], "CAP-01", reason="All about sharing.")
    assert (done.kind, done.reference, done.others, done.version) == (
        "merge",
        "CAP-01",
        ("CAP-03", "CAP-04"),
        2,
    )
    assert [await desk.state(f"CAP-0{n}") for n in (1, 3, 4)] == [State.ADMITTED, State.MERGED, State.MERGED]
    assert await desk.leads_to("CAP-03") == await desk.leads_to("CAP-01") == ("CAP-01",)
    first, second = await desk.texts("CAP-01")
    assert (second.wording.text, second.change, second.reason) == (
        MERGED_TEXT,
        Change.SUBSTANTIVE,
        "All about sharing.",
    )
    assert (first.author_name, second.author_name) == ("Ana", "Fay")
    assert len(await desk.texts("CAP-03")) == 1
    entry = await desk.last_entry()
    assert (entry.act, entry.subject) == ("recommendation.merged", "CAP-01")
    body = json.loads(entry.body)
    assert body["from"] == ["CAP-03", "CAP-04"] and body["version"] == 2 and len(body["reason"]) == 64
    assert not (await Audit(desk.station.db).verify(GUILD)).problems


async def test_everybody_whose_recommendation_was_merged_is_told_and_listed(desk: Desk) -> None:
    """In each discussion, and privately each author; the survivor shows the authors of all."""
    await desk.station.recommendations.second(desk.station.cem, "CAP-03")
    await desk.station.recommendations.second(desk.station.cem, "CAP-01")
    await desk.station.recommendations.second(desk.station.ben, "CAP-04")
    await desk.station.hush()
    done = await desk.merge(["CAP-03", "CAP-04", "CAP-02"], "CAP-01")
    told = await desk.told()
    assert [(kind, subject) for kind, subject, _ in told] == [
        (kind, f"CAP-0{number}") for number in (1, 3, 4, 2) for kind in ("news", "news.private")
    ]
    assert [payload["user_id"] for _, _, payload in told if "user_id" in payload] == [11, 12, 13, 11]
    assert told[0][2]["undo"] == done.id and told[0][2]["others"] == ["CAP-03", "CAP-04", "CAP-02"]
    view = await desk.station.recommendations.get(GUILD, "CAP-01")
    assert view.background is not None
    assert view.background.others == ("Ben", "Cem")
    # Cem seconded both and counts once; Ben's support of a predecessor is no second of this one.
    assert (view.seconds, view.background.carried_seconds) == (1, 1)
    refreshed = await desk.station.rows("SELECT subject FROM outbox WHERE kind = 'card.refresh'")
    assert {subject for (subject,) in refreshed} == {"CAP-01", "CAP-02", "CAP-03", "CAP-04"}


async def test_under_chatham_the_authors_of_what_was_merged_tell_nothing_more_than_their_cards(
    desk: Desk,
) -> None:
    """Who is shown alike is shown once, and not at all when shown like the author."""
    await desk.station.load(INITIATIVE.replace('"named"', '"chatham"'))
    await desk.merge(["CAP-03", "CAP-04"], "CAP-01")
    view = await desk.station.recommendations.get(GUILD, "CAP-01")
    assert str(view.author_shown) == "a participant"
    assert view.background is not None and view.background.others == ()


async def test_with_its_own_words_the_survivor_gets_no_new_version(desk: Desk) -> None:
    """And undoing leaves its text alone, whatever was changed since."""
    done = await desk.merge("CAP-03", "CAP-01", None)
    assert (done.version, done.changed) == (1, False)
    await desk.merge("CAP-04", "CAP-01", MERGED_TEXT)
    await desk.undo(done.id)
    assert (await desk.texts("CAP-01"))[-1].wording.text == MERGED_TEXT
    assert [await desk.state(f"CAP-0{n}") for n in (3, 4)] == [State.ADMITTED, State.MERGED]


async def test_what_was_returned_stays_returned_when_others_are_merged_into_it(station: Station) -> None:
    """Also with another text: its author has reworked nothing yet. A proposed one comes back proposed."""
    await station.load(INITIATIVE + '[rules]\nadmission = "facilitator"\n')
    desk = Desk(station)
    await desk.propose("Share hospitals", by=station.ben)
    await desk.moderation.return_(desk.fay, "CAP-01", "Shorter, please.")
    await desk.merge(["CAP-02", "CAP-03"], "CAP-01")
    assert await desk.state("CAP-01") is State.RETURNED
    await desk.undo("CAP-03")
    assert [await desk.state(f"CAP-0{n}") for n in (1, 2, 3)] == [
        State.RETURNED,
        State.ADMITTED,
        State.PROPOSED,
    ]


@pytest.mark.parametrize(
    ("others", "into", "why"),
    [
        (("CAP-01",), "cap-1", "cannot be merged into itself"),
        (("CAP-03", "CAP-01"), "CAP-01", "cannot be merged into itself"),
        (("CAP-03", "cap 3"), "CAP-01", "is named twice"),
        ((), "CAP-01", "Name at least one"),
        (("", " "), "CAP-01", "Name at least one"),
        (("CAP-99",), "CAP-01", "There is no recommendation CAP-99"),
        (("CAP-03",), "CAP-99", "There is no recommendation CAP-99"),
        (("@everyone",), "CAP-01", "is not a reference"),
        (tuple(f"CAP-{n}" for n in range(10, 11 + MOST_AT_ONCE)), "CAP-01", "At most 10"),
    ],
)
async def test_what_cannot_be_merged_is_refused_and_changes_nothing(
    desk: Desk, others: tuple[str, ...], into: str, why: str
) -> None:
    """Itself, twice the same, nothing, too many, and what is not there."""
    before = await desk.everything()
    with pytest.raises(Refused, match=why):
        await desk.regrouping.merge(desk.fay, MergeRequest(others, into, "Title", MERGED_TEXT, "", ""))
    assert await desk.everything() == before


async def test_only_what_is_still_discussed_is_merged_on_either_side(desk: Desk) -> None:
    """Not what was withdrawn, rejected, merged, split, adopted or is under vote, as a sentence says."""
    await desk.propose("Train police", "Share mines", "Lend trucks", "Lend boats")
    ballot = await desk.station.open(theme=None, references="CAP-05")
    await desk.station.vote(desk.station.ben, ballot, Choice.FOR)
    await desk.station.close(ballot)
    await desk.station.open(theme=None, references="CAP-06")
    await desk.station.open(theme=None, references="CAP-07", method="rating")
    await desk.station.recommendations.withdraw(desk.station.ana, "CAP-02")
    await desk.moderation.reject(desk.fay, "CAP-08", "No.")
    await desk.merge("CAP-03", "CAP-01")
    await desk.split("CAP-04")
    why = {
        "CAP-02": "withdrawn",
        "CAP-03": "was merged into CAP-01",
        "CAP-04": "was split into CAP-09 and CAP-10",
        "CAP-05": "adopted",
        "CAP-06": "CAP-06: A ballot on this recommendation is open",
        "CAP-07": "CAP-07: A ballot on this recommendation is open",
        "CAP-08": "rejected",
    }
    before = await desk.everything()
    for reference, sentence in why.items():
        for others, into in ((reference, "CAP-01"), ("CAP-01", reference)):
            with pytest.raises(Refused, match=sentence):
                await desk.merge(others, into)
            with pytest.raises(Refused, match=sentence):
                await desk.regrouping.merging(desk.fay, others, into)
        with pytest.raises(Refused, match=sentence.replace("CAP-06: ", "").replace("CAP-07: ", "")):
            await desk.split(reference)
    assert await desk.everything() == before


async def test_a_merge_never_overwrites_what_changed_while_it_was_written(desk: Desk) -> None:
    """Neither in the one that stays nor in one that goes; with the new version it is taken."""
    seen = {"CAP-01": 1, "CAP-03": 1}
    await desk.merge("CAP-04", "CAP-01")
    with pytest.raises(Refused, match="The text of CAP-01 has changed since"):
        await desk.merge("CAP-03", "CAP-01", "An older text, with words of its own.", versions=seen)
    await desk.merge("CAP-02", "CAP-03", "Another text, with words of its own.")
    with pytest.raises(Refused, match="The text of CAP-03 has changed since"):
        await desk.merge("CAP-03", "CAP-01", versions={"CAP-01": 2, "CAP-03": 1})
    await desk.merge("CAP-03", "CAP-01", versions={"CAP-01": 2, "CAP-03": 2})
    assert await desk.leads_to("CAP-02") == ("CAP-01",)


async def test_a_form_sent_twice_merges_or_splits_once(desk: Desk) -> None:
    """Also at the same moment; once it was undone, the same form does nothing more."""
    one, two = await asyncio.gather(*(desk.merge("CAP-03", "CAP-01", nonce="m1") for _ in range(2)))
    assert one == two
    one, two = await asyncio.gather(*(desk.split("CAP-02", nonce="s1", version=1) for _ in range(2)))
    assert one == two and one.others == ("CAP-05", "CAP-06")
    await desk.undo(one.id)
    with pytest.raises(Refused, match="undone already"):
        await desk.split("CAP-02", nonce="s1", version=1)
    # The nonce is that facilitator's own; for another one it is a form like any other.
    with pytest.raises(Refused, match="was merged into CAP-01"):
        await desk.merge("CAP-03", "CAP-01", nonce="m1", by=actor(33, Role.FACILITATOR))


async def test_only_facilitators_regroup(desk: Desk) -> None:
    """Not even the author of all, nor who has lost the role; nothing is stored."""
    done = await desk.merge("CAP-02", "CAP-01")
    before = await desk.everything()
    for who in (desk.station.ana, desk.station.organiser, desk.station.obi, actor(3, name="Fay")):
        for act in (
            lambda who=who: desk.merge("CAP-03", "CAP-01", by=who),
            lambda who=who: desk.split("CAP-01", by=who),
            lambda who=who: desk.undo(done.id, by=who),
            lambda who=who: desk.regrouping.merging(who, "CAP-03", "CAP-01"),
            lambda who=who: desk.regrouping.splitting(who, "CAP-01"),
        ):
            with pytest.raises(NotAllowed):
                await act()
    assert await desk.everything() == before


async def test_what_is_done_to_one_that_was_merged_is_refused_with_where_it_lives_on(desk: Desk) -> None:
    """Seconding, withdrawing, changing and voting; along the whole road, however long."""
    await desk.merge("CAP-03", "CAP-02")
    await desk.merge("CAP-02", "CAP-01")
    await desk.split("CAP-01", "Plan", "Learn")
    for act in (
        desk.station.recommendations.second(desk.station.cem, "CAP-03"),
        desk.station.recommendations.withdraw(desk.station.ben, "CAP-03"),
        desk.station.ballots.prepare(desk.fay, BallotRequest(method="support", references="CAP-03")),
    ):
        with pytest.raises(Refused, match="It was merged into CAP-05 and CAP-06"):
            await act
    async with desk.station.db.read() as tx:
        row = await recommendations.by_reference(tx, GUILD, "CAP-03")
        assert row is not None
        with pytest.raises(Refused, match="It was merged into CAP-05 and CAP-06"):
            await moved_by_change(tx, row, Change.SUBSTANTIVE)


async def test_after_its_event_nothing_is_merged_into_one_or_split(desk: Desk) -> None:
    """Neither the form opens nor what was filled in before counts; a mistake can still be undone."""
    mistaken = await desk.merge("CAP-04", "CAP-01")
    await desk.station.events.close(desk.station.organiser, "ROM")
    before = await desk.everything()
    for act in (
        lambda: desk.merge("CAP-03", "CAP-01"),
        lambda: desk.regrouping.merging(desk.fay, "CAP-03", "CAP-01"),
        lambda: desk.split("CAP-02"),
        lambda: desk.regrouping.splitting(desk.fay, "CAP-02"),
    ):
        with pytest.raises(Refused, match="ROM is not open"):
            await act()
    assert await desk.everything() == before
    await desk.undo(mistaken.id)
    assert await desk.state("CAP-04") is State.ADMITTED


async def test_a_split_makes_new_recommendations_of_the_same_author_that_stand_where_it_stood(
    desk: Desk,
) -> None:
    """With its rationale and addressees; its reference leads to both, and its seconds stay its own."""
    await desk.merge("CAP-03", "CAP-01", rationale="It saves money.", addressees="DPKO, Somebody")
    await desk.station.recommendations.second(desk.station.cem, "CAP-01")
    await desk.station.hush()
    done = await desk.split("CAP-01", "Plan", "Learn", reason="Two subjects.")
    assert (done.kind, done.reference, done.others) == ("split", "CAP-01", ("CAP-05", "CAP-06"))
    assert await desk.state("CAP-01") is State.SPLIT
    assert await desk.leads_to("CAP-03") == ("CAP-05", "CAP-06")
    for reference, title in zip(done.others, ("Plan", "Learn"), strict=True):
        part = await desk.station.recommendations.get(GUILD, reference)
        assert (part.title, part.rationale, part.addressees) == (
            title,
            "It saves money.",
            ("DPKO", "Somebody"),
        )
        assert (part.state, part.event, part.theme, part.author_shown) == (
            State.ADMITTED,
            "ROM",
            "CAP",
            "Ana",
        )
        assert part.background is not None
        assert [(kin.kind, kin.reference) for kin in part.background.predecessors] == [
            (Kinship.SPLIT, "CAP-01")
        ]
        assert (part.seconds, part.background.carried_seconds) == (0, 1)
        assert part.background.others == ("Ben",)
    said = await desk.station.rows("SELECT kind, subject FROM outbox WHERE kind LIKE 'card.%' ORDER BY id")
    assert said == [
        *(("card.post", part) for part in done.others),
        *(("card.refresh", before) for before in ("CAP-01", "CAP-03")),
    ]
    assert [kind for kind, _, _ in await desk.told()] == ["news", "news.private"]
    entry = await desk.last_entry()
    assert (entry.act, json.loads(entry.body)["into"]) == ("recommendation.split", ["CAP-05", "CAP-06"])


@pytest.mark.parametrize(
    "titles", [("One",), tuple(f"Part {n}" for n in range(11)), ("Same", "Same"), ("", "B")]
)
async def test_too_few_too_many_the_same_or_empty_parts_are_refused(
    desk: Desk, titles: tuple[str, ...]
) -> None:
    """And nothing is stored."""
    before = await desk.everything()
    with pytest.raises(Invalid):
        await desk.split("CAP-01", *titles)
    assert await desk.everything() == before


async def test_a_text_that_changed_while_the_parts_were_written_is_not_split(desk: Desk) -> None:
    """The parts might lack what is new."""
    await desk.merge("CAP-03", "CAP-01")
    with pytest.raises(Refused, match="The text of CAP-01 has changed since"):
        await desk.split("CAP-01", version=1)


async def test_a_survivor_that_was_voted_on_tells_its_voters_of_the_new_text(desk: Desk) -> None:
    """What they voted on was another one."""
    ballot = await desk.station.open(theme=None, references="CAP-01", quorum="3")
    await desk.station.vote(desk.station.ben, ballot, Choice.FOR)
    await desk.station.close(ballot)
    await desk.station.hush()
    await desk.merge("CAP-04", "CAP-01")
    told = [payload for kind, _, payload in await desk.told() if payload["what"] == "voted_text_changed"]
    assert [payload.get("user_id") for payload in told] == [None, 12]


async def test_the_authors_of_predecessors_who_are_gone_are_still_counted(desk: Desk) -> None:
    """A forgotten author is a former participant; nobody without an account is written to."""
    async with desk.station.db.write() as tx:
        await tx.exec_driver_sql("UPDATE people SET user_id = NULL, name = '' WHERE user_id = 12")
    await desk.merge("CAP-03", "CAP-01")
    view = await desk.station.recommendations.get(GUILD, "CAP-01")
    assert view.background is not None
    assert [str(one) for one in view.background.others] == ["a former participant"]
    assert [kind for kind, subject, _ in await desk.told() if subject == "CAP-03"] == ["news"]


async def test_no_ring_is_ever_written_whoever_writes_lineage(desk: Desk) -> None:
    """The store refuses it, over however many steps, and ended kinship counts for nothing."""
    await desk.merge("CAP-04", "CAP-03", None)
    await desk.merge("CAP-03", "CAP-02", None)
    async with desk.station.db.write() as tx:
        ids = {
            row.reference: row.id
            for row in [await recommendations.by_reference(tx, GUILD, f"CAP-0{n}") for n in (1, 2, 3, 4)]
            if row is not None
        }
        now = desk.station.clock()
        for before, after in (("CAP-02", "CAP-04"), ("CAP-02", "CAP-02"), ("CAP-02", "CAP-03")):
            with pytest.raises(lineage.Ring):
                await lineage.add(tx, GUILD, ids[before], ids[after], Kinship.MERGED, now)
        # What grew out of an amendment is a recommendation beside, and may be merged into where it came from.
        await lineage.add(tx, GUILD, ids["CAP-02"], ids["CAP-04"], Kinship.DERIVED, now)
        assert await lineage.ends(tx, ids["CAP-02"]) == ("CAP-02",)
    await desk.undo("CAP-03")
    assert await desk.leads_to("CAP-04") == ("CAP-03",)
