"""Moderation: facilitators admit, return, reject, reopen and move to another theme, with reasons."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import pytest

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import Choice, Role, State
from services.drafting.rec_views import RecView
from services.reasons import MOST_REASON
from services.record.audit import Audit
from tests.services.facilitators_desk import Desk
from tests.services.polling_station import Station
from tests.services.small_seminar import GUILD, actor
from tests.small_initiative import INITIATIVE

WHY = "Say who should pay for it."
ADMITTED_BY_HAND = INITIATIVE + '[rules]\nadmission = "facilitator"\n'


@pytest.fixture
async def desk(station: Station) -> Desk:
    """CAP-01 and CAP-02 by Ana are under discussion; from now on facilitators admit."""
    await station.load(ADMITTED_BY_HAND)
    await station.hush()
    return Desk(station)


async def test_a_proposal_waits_until_a_facilitator_admits_it(desk: Desk) -> None:
    """Then it is under discussion and out of the queue, and its author was told, once in each place."""
    (reference,) = await desk.propose("Share hospitals", by=desk.station.ben)
    assert [rec.reference for rec in (await desk.moderation.queue(desk.fay)).items] == [reference]
    await desk.station.hush()
    rec = await desk.moderation.admit(desk.fay, reference.lower())
    assert rec.state is State.ADMITTED
    assert (await desk.moderation.queue(desk.fay)).total == 0
    thread, private = await desk.told()
    assert (thread[0], private[0]) == ("news", "news.private")
    assert thread[2]["what"] == "admitted" and private[2]["user_id"] == desk.station.ben.user_id
    entry = await desk.last_entry()
    assert (entry.act, entry.subject) == ("recommendation.admitted", reference)
    assert json.loads(entry.body) == {"from": "proposed", "state": "admitted"}


async def test_the_queue_has_pages_and_what_was_returned_is_not_in_it(desk: Desk) -> None:
    """Past its end the last page is shown; nobody but facilitators looks at it."""
    titles = ("Train police", "Share pilots", "Map mines", "Lend trucks")
    await desk.propose(*titles, by=desk.station.ben)
    await desk.moderation.return_(desk.fay, "CAP-04", WHY)
    page = await desk.moderation.queue(desk.fay, 7, 2)
    assert (page.page, page.total, [rec.reference for rec in page.items]) == (1, 3, ["CAP-06"])
    with pytest.raises(NotAllowed):
        await desk.moderation.queue(desk.station.ana)


async def test_what_is_returned_or_rejected_tells_its_author_why_and_keeps_the_reason_out_of_the_ledger(
    desk: Desk,
) -> None:
    """The ledger has a digest; the reason stands beside it."""
    returned = await desk.moderation.return_(desk.fay, "CAP-01", f"  {WHY} ")
    rejected = await desk.moderation.reject(desk.fay, "CAP-02", "The Council decided it in May.")
    assert (returned.state, rejected.state) == (State.RETURNED, State.REJECTED)
    told = [(subject, payload["what"], payload["reason"]) for _, subject, payload in await desk.told()]
    assert (
        told
        == [("CAP-01", "returned", WHY)] * 2 + [("CAP-02", "rejected", "The Council decided it in May.")] * 2
    )
    entry = await desk.last_entry()
    assert "Council" not in entry.body and len(json.loads(entry.body)["reason"]) == 64
    assert not (await Audit(desk.station.db).verify(GUILD)).problems


async def test_what_was_rejected_or_not_adopted_is_reopened_to_where_it_can_go_on(desk: Desk) -> None:
    """A rejected one waits to be admitted again, one that was voted down is under discussion."""
    await desk.moderation.reject(desk.fay, "CAP-01", WHY)
    assert (await desk.moderation.reopen(desk.fay, "CAP-01", "New facts.")).state is State.PROPOSED
    ballot = await desk.station.open(theme=None, references="CAP-02")
    await desk.station.vote(desk.station.ben, ballot, Choice.AGAINST)
    await desk.station.close(ballot)
    assert await desk.state("CAP-02") is State.NOT_ADOPTED
    assert (await desk.moderation.reopen(desk.fay, "CAP-02", "New facts.")).state is State.ADMITTED
    with pytest.raises(Refused, match="only one that was not adopted, or rejected, can be reopened"):
        await desk.moderation.reopen(desk.fay, "CAP-02", "New facts.")


async def test_another_theme_of_its_event_takes_a_recommendation_and_its_reference_stays(desk: Desk) -> None:
    """Themes of other events, the same theme again, and themes that are not there are refused."""
    assert (await desk.moderation.retheme(desk.fay, "CAP-01", " trn ")).theme == "TRN"
    assert (await desk.station.recommendations.get(GUILD, "CAP-01")).theme == "TRN"
    assert json.loads((await desk.last_entry()).body) == {"from": "CAP", "to": "TRN"}
    for theme, why in (
        ("TRN", "belongs to the theme TRN already"),
        ("SSR", "does not have the theme SSR"),
        ("XXX", "There is no theme XXX"),
    ):
        with pytest.raises(Refused, match=why):
            await desk.moderation.retheme(desk.fay, "CAP-01", theme)
    # Numbers are still given once: the next one of either theme takes nobody's reference.
    assert await desk.propose("Share hospitals", theme="TRN") == ["TRN-01"]
    assert await desk.propose("Share pilots") == ["CAP-03"]


Act = Callable[[Desk, str], Awaitable[RecView]]
ACTS: dict[str, Act] = {
    "admit": lambda desk, reference: desk.moderation.admit(desk.fay, reference),
    "return": lambda desk, reference: desk.moderation.return_(desk.fay, reference, WHY),
    "reject": lambda desk, reference: desk.moderation.reject(desk.fay, reference, WHY),
    "reopen": lambda desk, reference: desk.moderation.reopen(desk.fay, reference, WHY),
    "retheme": lambda desk, reference: desk.moderation.retheme(desk.fay, reference, "TRN"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("method", ["support", "rating"])
async def test_nothing_is_moderated_while_a_ballot_on_it_is_open(desk: Desk, act: str, method: str) -> None:
    """Neither under one that decides nor under one that informs; nothing is stored either."""
    await desk.station.open(method=method)
    before = await desk.everything()
    with pytest.raises(Refused, match="A ballot on this recommendation is open"):
        await ACTS[act](desk, "CAP-01")
    assert await desk.everything() == before


@pytest.mark.parametrize("act", ACTS)
async def test_only_facilitators_moderate(desk: Desk, act: str) -> None:
    """Not even the author, an organiser, or a facilitator of another server; nothing is stored."""
    before = await desk.everything()
    others = (desk.station.ana, desk.station.organiser, desk.station.obi)
    for who in (*others, actor(3, name="Fay who lost her role")):
        desk.fay = who
        with pytest.raises(NotAllowed):
            await ACTS[act](desk, "CAP-01")
    desk.fay = actor(3, Role.FACILITATOR, guild_id=GUILD + 1)
    with pytest.raises(NotFound):
        await ACTS[act](desk, "CAP-01")
    desk.fay = desk.station.facilitator
    with pytest.raises(NotFound, match="CAP-99"):
        await ACTS[act](desk, "CAP-99")
    assert await desk.everything() == before


@pytest.mark.parametrize("reason", ["", " \n\t", "\u200b\u3164", "x" * (MOST_REASON + 1)])
async def test_a_reason_that_nobody_can_read_or_that_is_too_long_is_refused(desk: Desk, reason: str) -> None:
    """Before anything else happens."""
    before = await desk.everything()
    for act in (desk.moderation.return_, desk.moderation.reject, desk.moderation.reopen):
        with pytest.raises(Invalid):
            await act(desk.fay, "CAP-01", reason)
    assert await desk.everything() == before


async def test_who_moderates_their_own_proposal_is_not_told_privately_of_it(desk: Desk) -> None:
    """The room is; somebody without an account is told by nobody's private message either."""
    both = actor(31, Role.PARTICIPANT, Role.FACILITATOR, constituencies=("UN",))
    (own,) = await desk.propose("Share hospitals", by=both)
    await desk.station.hush()
    await desk.moderation.admit(both, own)
    assert [kind for kind, _, _ in await desk.told()] == ["news"]
    await desk.station.hush()
    async with desk.station.db.write() as tx:
        await tx.exec_driver_sql("UPDATE people SET user_id = NULL, name = '' WHERE user_id = 11")
    await desk.moderation.return_(desk.fay, "CAP-01", WHY)
    assert [kind for kind, _, _ in await desk.told()] == ["news"]


async def test_two_facilitators_who_decide_at_once_do_not_overrule_each_other(desk: Desk) -> None:
    """The second is told what the first has made of it."""
    (reference,) = await desk.propose("Share hospitals")
    await desk.moderation.reject(desk.fay, reference, WHY)
    with pytest.raises(Refused, match="This recommendation is rejected"):
        await desk.moderation.admit(actor(33, Role.FACILITATOR), reference)
