"""The record of arguments: who puts what on it, what takes it off, and what everybody sees of it."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

import pytest

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import Actor, ArgumentStatus, Role, Stance, State, Status
from seminar.words import Text
from services.drafting.arguments import MOST_TEXT, Argument, Arguments
from services.people.registering import NeedsConstituency, NeedsNotice
from storage import ledger, outbox, recommendations
from tests.services.small_seminar import GUILD, Seminar, actor
from tests.small_initiative import INITIATIVE

WHY = "It lets planners on both sides start from one assessment."
CLOSED_TO_ARGUMENTS = {State.FINALISED, State.NOT_FINALISED, State.WITHDRAWN, State.MERGED, State.SPLIT}
CLOSED_TO_ARGUMENTS |= {State.REJECTED}
OPEN_TO_RESERVATIONS = {State.ADOPTED, State.FORWARDED, State.FINALISED}


def record_of(seminar: Seminar) -> Arguments:
    """The service over the seminar's store."""
    return Arguments(seminar.db, seminar.clock, seminar.initiatives, seminar.participants)


async def say(
    seminar: Seminar,
    who: Actor,
    text: str = WHY,
    stance: str = "for",
    *,
    reference: str = "CAP-01",
    nonce: str | None = None,
    **more: Any,
) -> Argument:
    """An argument, with a nonce of its own unless one is given."""
    nonce = nonce or secrets.token_hex(6)
    return await record_of(seminar).add(who, reference, stance, text, nonce=nonce, **more)


async def put(seminar: Seminar, reference: str, state: State) -> None:
    """Set where a recommendation stands, by whatever way it came there."""
    async with seminar.db.write() as tx:
        row = await recommendations.by_reference(tx, GUILD, reference)
        assert row is not None
        await recommendations.set_state(tx, row.id, state)


async def entries(seminar: Seminar) -> list[tuple[str, str, dict[str, Any]]]:
    """The acts on the record in the ledger: act, subject and body."""
    async with seminar.db.read() as tx:
        found = await ledger.entries(tx, GUILD, limit=1000)
    return [(e.act, e.subject, json.loads(e.body)) for e in found if e.act.startswith("argument.")]


async def waiting(seminar: Seminar, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """What waits to be said of a kind: subject and payload."""
    async with seminar.db.read() as tx:
        found = await outbox.due(tx, seminar.clock.now, 500, outbox.Wanted([kind]))
        return [(row.subject, row.payload) for row in found]


async def test_an_argument_is_kept_with_whom_its_author_speaks_for(rome: Seminar) -> None:
    """The ledger has figures and digests, never the words; card and summary are drawn again."""
    await rome.propose(rome.ana)
    made = await say(
        rome, rome.ben, f"  {WHY}\u202e\r\n\x00 Yes.  ", "evidence", link="https://discord.com/x"
    )
    assert (made.number, made.stance, made.status) == (1, Stance.EVIDENCE, ArgumentStatus.STANDS)
    assert made.text == f"{WHY}\u202e\u202c\n Yes." and made.link == "https://discord.com/x"
    assert (made.who, made.constituency) == ("Ben", "EU")
    ((act, subject, body),) = await entries(rome)
    assert (act, subject) == ("argument.added", "CAP-01")
    assert body.keys() == {"number", "stance", "constituency", "author", "text"}
    assert (body["number"], body["stance"], body["constituency"]) == (1, "evidence", "EU")
    assert "planners" not in json.dumps(body)
    assert await waiting(rome, "arguments.refresh") == [("CAP-01", {})]
    assert ("CAP-01", {}) in await waiting(rome, "card.refresh")
    view = await rome.recommendations.get(GUILD, "CAP-01")
    assert view.background is not None and view.background.arguments == {Stance.EVIDENCE: 1}


async def test_only_participants_argue(rome: Seminar) -> None:
    """Observers, strangers, facilitators and organisers as such do not, whatever they are registered as."""
    await rome.propose(rome.ana)
    stranger = actor(90, name="Sam")
    twice = actor(91, Role.PARTICIPANT, Role.OBSERVER, name="Uma")
    for who in (rome.obi, stranger, twice, rome.facilitator, rome.organiser):
        with pytest.raises(NotAllowed):
            await record_of(rome).stances(who, "CAP-01")
        with pytest.raises(NotAllowed):
            await say(rome, who)
    held = (frozenset({Role.PARTICIPANT}), ())
    await rome.participants.set(rome.organiser, 92, "Vic", held, Status.OBSERVER)
    with pytest.raises(NotAllowed, match="Observers may discuss"):
        await say(rome, actor(92, Role.PARTICIPANT, name="Vic"))
    assert await entries(rome) == []
    with pytest.raises(NotFound):
        await say(rome, actor(12, Role.PARTICIPANT, guild_id=GUILD + 1))


async def test_the_notice_and_the_constituency_come_first_where_they_must(bare: Seminar) -> None:
    """A first act asks for the notice; a reservation also for whom one speaks."""
    await bare.load(f'{INITIATIVE}\n[privacy]\nnotice = "We keep what you write."', by=bare.owner)
    await bare.events.open(bare.organiser, "ROM")
    with pytest.raises(NeedsNotice):
        await say(bare, bare.cem)
    for who in (bare.ana, bare.cem):
        await bare.participants.acknowledge_notice(who)
    await bare.propose(bare.ana)
    await say(bare, bare.cem)
    await put(bare, "CAP-01", State.ADOPTED)
    with pytest.raises(NeedsConstituency):
        await say(bare, bare.cem, "Not with our budget.", "reservation")
    await bare.participants.declare(bare.cem, "EU")
    made = await say(bare, bare.cem, "Not with our budget.", "reservation")
    assert made.constituency == "EU" and (await entries(bare))[-1][2]["constituency"] == "EU"


async def test_nobody_reserves_who_may_not_say_for_whom(bare: Seminar) -> None:
    """Where only organisers enter constituencies, they are asked."""
    ruled = f"{INITIATIVE}\n[rules]\nself_declaration = false"
    await bare.load(ruled, by=bare.owner)
    await bare.events.open(bare.organiser, "ROM")
    await bare.propose(bare.ana)
    await put(bare, "CAP-01", State.ADOPTED)
    with pytest.raises(NotAllowed, match="ask an organiser"):
        await say(bare, bare.cem, stance="reservation")
    undeclared = INITIATIVE.replace("[[constituencies]]", "[[entities]]").replace('roles = ["UN"]', "")
    await bare.load(undeclared.replace('roles = ["EU"]', ""), by=bare.organiser)
    assert (await say(bare, bare.cem, stance="reservation")).constituency is None


async def test_what_can_be_said_follows_where_the_recommendation_stands(rome: Seminar) -> None:
    """Arguments while it is discussed, also under a ballot; reservations once it is adopted."""
    await rome.propose(rome.ana)
    for state in State:
        await put(rome, "CAP-01", state)
        allowed = set(Stance) - {Stance.RESERVATION} if state not in CLOSED_TO_ARGUMENTS else set()
        if state in OPEN_TO_RESERVATIONS:
            allowed |= {Stance.RESERVATION}
        if allowed:
            assert set(await record_of(rome).stances(rome.ana, "CAP-01")) == allowed
        else:
            with pytest.raises(Refused):
                await record_of(rome).stances(rome.ana, "CAP-01")
        for stance in Stance:
            if stance in allowed:
                await say(rome, rome.ana, f"{state.value} {stance.value}", stance.value)
            else:
                with pytest.raises(Refused):
                    await say(rome, rome.ana, f"{state.value} {stance.value}", stance.value)
    assert await record_of(rome).stances(rome.ana, None) == tuple(Stance)


async def test_an_argument_does_not_end_with_its_event(rome: Seminar) -> None:
    """A closed seminar's recommendations go on to the conference, and so do their reservations."""
    await rome.propose(rome.ana)
    await rome.events.close(rome.organiser, "ROM")
    assert (await say(rome, rome.ben)).number == 1


async def test_bad_input_is_one_sentence_and_stores_nothing(rome: Seminar) -> None:
    """Nothing to read, too much, no such stance, no such recommendation."""
    await rome.propose(rome.ana)
    for text in ("", "  \n ", "\u200b\u2060", "x" * (MOST_TEXT + 1), "\x00" * 50):
        with pytest.raises(Invalid, match="Text"):
            await say(rome, rome.ben, text)
    for stance in ("", "FOR", "support", "for;--", "🤷"):
        with pytest.raises(Invalid, match="Choose a stance"):
            await say(rome, rome.ben, stance=stance)
    for reference in ("", "CAP", "CAP-01; DROP", "x" * 6000):
        with pytest.raises(Invalid):
            await say(rome, rome.ben, reference=reference)
    with pytest.raises(NotFound):
        await say(rome, rome.ben, reference="CAP-99")
    assert await entries(rome) == []
    longest = "é" * MOST_TEXT
    assert (await say(rome, rome.ben, longest, reference=" cap 1")).text == longest


async def test_the_same_submission_twice_is_stored_once(rome: Seminar) -> None:
    """Also when both arrive at the same moment; a nonce of somebody else is no hindrance."""
    await rome.propose(rome.ana)
    await rome.propose(rome.ana, title="Another", text="Quite another text about something else.")
    first, second = await asyncio.gather(
        say(rome, rome.ben, nonce="one"), say(rome, rome.ben, nonce="one"), return_exceptions=False
    )
    assert first == second and len(await entries(rome)) == 1
    assert (await say(rome, rome.ana, nonce="one")).number == 2
    with pytest.raises(Refused, match="sent already"):
        await say(rome, rome.ben, reference="CAP-02", nonce="one")


async def test_nobody_says_the_same_twice(rome: Seminar) -> None:
    """Same person, stance and words; what was taken back can be said again, what was set aside cannot."""
    await rome.propose(rome.ana)
    await say(rome, rome.ben)
    with pytest.raises(Refused, match="already, as number 1"):
        await say(rome, rome.ben, f" {WHY} ")
    await say(rome, rome.ben, stance="evidence")
    await say(rome, rome.ana)
    await record_of(rome).withdraw(rome.ben, "CAP-01", 1)
    assert (await say(rome, rome.ben)).number == 4
    await record_of(rome).set_aside(rome.facilitator, "CAP-01", 4, "Off the point.")
    with pytest.raises(Refused, match="already, as number 4"):
        await say(rome, rome.ben)


async def test_a_facilitator_puts_on_record_what_somebody_said(rome: Seminar) -> None:
    """It is the author's argument, with their constituency; they are told, and can take it back."""
    await rome.propose(rome.ana)
    await rome.participants.enter(rome.ben)
    await rome.participants.enter(rome.obi)
    record = record_of(rome)
    assert len(await record.stances(rome.facilitator, "CAP-01", rome.ben.user_id)) == 4
    made = await say(
        rome, rome.facilitator, whose=rome.ben.user_id, link="https://discord.com/channels/1/2/3"
    )
    assert (made.who, made.constituency) == ("Ben", "EU")
    ((subject, told),) = await waiting(rome, "news.private")
    assert subject == "CAP-01" and told["what"] == "argument_recorded" and told["text"] == WHY
    assert told["user_id"] == rome.ben.user_id and await waiting(rome, "news") == []
    with pytest.raises(Refused, match="already, as number 1"):
        await say(rome, rome.ben)
    with pytest.raises(NotAllowed, match="somebody else's"):
        await record.withdraw(rome.facilitator, "CAP-01", 1)
    assert (await record.withdraw(rome.ben, "CAP-01", 1)).status is ArgumentStatus.WITHDRAWN
    assert (await say(rome, rome.facilitator, whose=rome.obi.user_id)).who == "Obi"


async def test_nobody_else_puts_somebodys_words_on_record(rome: Seminar) -> None:
    """Neither a participant nor an organiser; and of nobody who is not registered here."""
    await rome.propose(rome.ana)
    await rome.participants.enter(rome.ben)
    await rome.participants.person(actor(77, name="Known"))
    for who in (rome.ana, rome.obi, rome.organiser):
        with pytest.raises(NotAllowed, match="ask a facilitator"):
            await record_of(rome).stances(who, "CAP-01", rome.ben.user_id)
        with pytest.raises(NotAllowed, match="ask a facilitator"):
            await say(rome, who, whose=rome.ben.user_id)
    for nobody in (77, 4_000, 2**63 - 1):
        with pytest.raises(NotFound, match="not registered"):
            await say(rome, rome.facilitator, whose=nobody)
    await put(rome, "CAP-01", State.ADOPTED)
    await rome.participants.enter(rome.cem)
    with pytest.raises(Refused, match="speaks for none yet"):
        await say(rome, rome.facilitator, stance="reservation", whose=rome.cem.user_id)
    assert await entries(rome) == []


async def test_only_its_author_withdraws_an_argument_and_only_once(rome: Seminar) -> None:
    """Nothing is shown of it afterwards but that it was there, whatever became of its author's role."""
    await rome.propose(rome.ana)
    await say(rome, rome.ben)
    record = record_of(rome)
    for who in (rome.ana, rome.obi, rome.organiser, rome.facilitator, actor(90, name="Sam")):
        with pytest.raises(NotAllowed, match="somebody else's"):
            await record.withdraw(who, "CAP-01", 1)
    for number in (0, -1, 2, 2**63):
        with pytest.raises(NotFound, match=f"no argument {number}"):
            await record.withdraw(rome.ben, "CAP-01", number)
    gone = await record.withdraw(actor(rome.ben.user_id, name="Ben"), "CAP-01", 1)
    assert (gone.text, gone.link, gone.status) == ("", None, ArgumentStatus.WITHDRAWN)
    with pytest.raises(Refused, match="withdrawn already"):
        await record.withdraw(rome.ben, "CAP-01", 1)
    with pytest.raises(Refused, match="withdrawn already"):
        await record.set_aside(rome.facilitator, "CAP-01", 1, "Off the point.")
    page = await record.page(GUILD, "CAP-01")
    assert [(one.number, one.text) for one in page.items] == [(1, "")]
    assert [act for act, _, _ in await entries(rome)] == ["argument.added", "argument.withdrawn"]
    assert (await rome.recommendations.get(GUILD, "CAP-01")).background.arguments == {}  # type: ignore[union-attr]


async def test_a_facilitator_sets_aside_with_a_reason_and_once(rome: Seminar) -> None:
    """Its author is told why; the text is stored and no longer shown, and they may still withdraw it."""
    await rome.propose(rome.ana)
    await say(rome, rome.ben)
    record = record_of(rome)
    for who in (rome.ana, rome.ben, rome.obi, rome.organiser):
        with pytest.raises(NotAllowed, match="facilitators"):
            await record.set_aside(who, "CAP-01", 1, "Because.")
    for reason in ("", " \n", "\u200b"):
        with pytest.raises(Invalid, match="Say why"):
            await record.set_aside(rome.facilitator, "CAP-01", 1, reason)
    with pytest.raises(Invalid):
        await record.set_aside(rome.facilitator, "CAP-01", 1, "x" * 5000)
    aside = await record.set_aside(rome.facilitator, "CAP-01", 1, "Off the point.")
    assert (aside.status, aside.text, aside.reason) == (ArgumentStatus.SET_ASIDE, "", "Off the point.")
    with pytest.raises(Refused, match="set aside already"):
        await record.set_aside(rome.facilitator, "CAP-01", 1, "Again.")
    ((_, told),) = await waiting(rome, "news.private")
    assert (told["what"], told["reason"]) == ("argument_set_aside", "Off the point.")
    act, _, body = (await entries(rome))[-1]
    assert act == "argument.set_aside" and "point" not in json.dumps(body)
    gone = await record.withdraw(rome.ben, "CAP-01", 1)
    assert (gone.status, gone.reason) == (ArgumentStatus.WITHDRAWN, "")


@pytest.mark.parametrize(
    ("attribution", "people", "shown"),
    [
        ("named", 1, "Ben"),
        ("organisation", 1, "Council Secretariat"),
        ("chatham", 1, "a participant"),
        ("chatham", 6, "EU institutions"),
    ],
)
async def test_whose_argument_it_is_is_shown_as_attribution_allows(
    bare: Seminar, attribution: str, people: int, shown: str
) -> None:
    """Under Chatham House rules a small constituency would point at a person; its code is not told either."""
    await bare.load(INITIATIVE.replace('"named"', f'"{attribution}"'), by=bare.owner)
    await bare.events.open(bare.organiser, "ROM")
    await bare.propose(bare.ana)
    for number in range(1, people):
        await bare.participants.enter(actor(100 + number, Role.PARTICIPANT, constituencies=("EU",)))
    await bare.participants.enter(bare.ben)
    held = (frozenset({Role.PARTICIPANT}), ("EU",))
    await bare.participants.set(bare.organiser, 12, "Ben", held, organisation="Council Secretariat")
    made = await say(bare, bare.ben)
    assert (str(made.who) if isinstance(made.who, Text) else made.who) == shown
    assert made.constituency == (None if attribution == "chatham" and people == 1 else "EU")
    await bare.participants.set(bare.organiser, 12, "Ben", held, constituency="UN")
    (one,) = (await record_of(bare).page(GUILD, "CAP-01")).items
    assert one.constituency == ("EU" if people > 5 or attribution != "chatham" else None), "as it was then"


async def test_the_summary_stays_small_however_long_the_record_is(rome: Seminar) -> None:
    """The newest of each stance and status, and how many there are in all; pages hold every one."""
    await rome.propose(rome.ana)
    record = record_of(rome)
    for number in range(1, 41):
        await say(rome, rome.ben, f"Argument number {number}", "for" if number % 4 else "against")
    await record.withdraw(rome.ben, "CAP-01", 2)
    await record.set_aside(rome.facilitator, "CAP-01", 3, "Off the point.")
    summary = await record.summary(GUILD, "cap-1")
    assert summary.numbers == {
        (ArgumentStatus.STANDS, Stance.FOR): 28,
        (ArgumentStatus.STANDS, Stance.AGAINST): 10,
        (ArgumentStatus.WITHDRAWN, Stance.FOR): 1,
        (ArgumentStatus.SET_ASIDE, Stance.FOR): 1,
    }
    kept = [one.number for one in summary.newest if one.status is ArgumentStatus.STANDS]
    assert kept == sorted(kept, reverse=True) and kept[0] == 40 and len(kept) == 25 + 10
    page = await record.page(GUILD, "CAP-01", 99, 7)
    assert (page.total, page.page, page.items[-1].number) == (40, 5, 40)
    assert (await record.page(GUILD, "CAP-01", -5, 7)).page == 0
    own = await record.suggest(GUILD, "CAP-01", rome.ben.user_id)
    assert len(own) == 25 and own[0] == (40, Stance.AGAINST, "Argument number 40")
    assert await record.suggest(GUILD, "CAP-01", rome.ana.user_id) == []
    assert 3 not in [number for number, _, _ in await record.suggest(GUILD, "CAP-01")]
    for typed in ("", "CAP", "CAP-77"):
        assert await record.suggest(GUILD, typed) == []
