"""Proposing, seconding, withdrawing and finding recommendations."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import Role, State
from seminar.words import Text
from services.drafting.recommendations import Draft
from services.people.registering import NeedsConstituency, NeedsNotice
from storage import ledger, outbox, recommendations
from tests.services.small_seminar import GUILD, TEXT, Seminar, actor
from tests.small_initiative import INITIATIVE

DRAFT = Draft(theme="CAP", event="ROM", title="Plan together", text=TEXT)


async def stored(house: Seminar) -> int:
    """How many recommendations there are."""
    return (await house.finding.browse(GUILD)).total


async def test_a_proposal_is_stored_admitted_and_its_card_is_to_be_posted(rome: Seminar) -> None:
    """Row, ledger entry and outbox are there together."""
    draft = replace(DRAFT, rationale="It saves time.", addressees="dpko, Somebody else; CMPD\nDPKO")
    rec = await rome.recommendations.propose(rome.ana, draft, "n1")
    assert (rec.reference, rec.event, rec.theme, rec.state) == ("CAP-01", "ROM", "CAP", State.ADMITTED)
    assert (rec.title, rec.text, rec.rationale) == ("Plan together", TEXT, "It saves time.")
    assert rec.addressees == ("DPKO", "Somebody else", "CMPD")
    assert (rec.seconds, rec.version, rec.ballots, rec.last_result) == (0, 1, (), None)
    assert str(rec.author_shown) == "Ana"
    assert await rome.recommendations.get(GUILD, "cap-1") == rec
    async with rome.db.read() as tx:
        said = [(row.kind, row.subject) for row in await outbox.due(tx, rome.clock())]
        entry = (await ledger.entries(tx, GUILD))[-1]
    assert said[-1] == ("card.post", "CAP-01")
    assert (entry.act, entry.subject) == ("recommendation.proposed", "CAP-01")
    assert "Plan" not in entry.body
    assert len(json.loads(entry.body)["content"]) == 64


async def test_where_facilitators_admit_a_proposal_stays_proposed(rome: Seminar) -> None:
    """The initiative's rule decides."""
    await rome.load(INITIATIVE + '[rules]\nadmission = "facilitator"\n')
    assert (await rome.propose(rome.ana)).state is State.PROPOSED


async def test_references_count_within_their_theme(rome: Seminar) -> None:
    """Each theme from 01, without gaps, also when many propose at once."""
    await rome.propose(rome.ana, "TRN")
    recs = await asyncio.gather(*(rome.propose(rome.ben, "CAP", f"Proposal {n}") for n in range(12)))
    assert sorted(rec.reference for rec in recs) == [f"CAP-{n:02d}" for n in range(1, 13)]
    assert (await rome.propose(rome.ana, "TRN")).reference == "TRN-02"


async def test_the_same_submission_twice_is_stored_once(rome: Seminar) -> None:
    """Discord may deliver it again, even at the same moment; the answer is the same."""
    first, again = await asyncio.gather(
        rome.recommendations.propose(rome.ana, DRAFT, "n1"),
        rome.recommendations.propose(rome.ana, DRAFT, "n1"),
    )
    assert first == again
    await rome.events.close(rome.organiser, "ROM")
    assert await rome.recommendations.propose(rome.ana, DRAFT, "n1") == first
    assert await stored(rome) == 1
    async with rome.db.read() as tx:
        kinds = [row.kind for row in await outbox.due(tx, rome.clock())]
    assert kinds.count("card.post") == 1


async def test_two_people_with_the_same_nonce_propose_twice(rome: Seminar) -> None:
    """A nonce belongs to its person."""
    await rome.recommendations.propose(rome.ana, DRAFT, "n1")
    assert (await rome.recommendations.propose(rome.ben, DRAFT, "n1")).reference == "CAP-02"


async def test_a_refused_proposal_takes_no_number_and_leaves_nothing(rome: Seminar) -> None:
    """The next one is the first, and the nonce can be used again."""
    with pytest.raises(Refused):
        await rome.recommendations.propose(rome.ana, replace(DRAFT, event="BER"), "n1")
    with pytest.raises(Invalid):
        await rome.recommendations.propose(rome.ana, replace(DRAFT, text="too short"), "n1")
    assert (await rome.recommendations.propose(rome.ana, DRAFT, "n1")).reference == "CAP-01"


async def test_an_unknown_theme_is_answered_with_the_themes(rome: Seminar) -> None:
    """When asking where it would go, and when submitting."""
    with pytest.raises(NotFound, match="CAP, TRN and SSR"):
        await rome.recommendations.place(rome.ana, "XYZ")
    with pytest.raises(NotFound, match="CAP, TRN and SSR"):
        await rome.propose(rome.ana, "XYZ")
    with pytest.raises(NotFound, match="CAP, TRN and SSR"):
        await rome.finding.browse(GUILD, theme="XYZ")


async def test_nothing_is_proposed_to_an_event_that_is_not_open(rome: Seminar) -> None:
    """Planned, closed or unknown: each is said."""
    with pytest.raises(Refused, match="BER is not open"):
        await rome.propose(rome.ana, "SSR", event="BER")
    with pytest.raises(NotFound, match="ROM and BER"):
        await rome.propose(rome.ana, "CAP", event="PAR")
    with pytest.raises(Refused, match="its themes are CAP and TRN"):
        await rome.propose(rome.ana, "SSR", event="ROM")
    await rome.events.close(rome.organiser, "ROM")
    with pytest.raises(Refused, match="ROM is not open"):
        await rome.propose(rome.ana)
    with pytest.raises(Refused, match="No event is open"):
        await rome.recommendations.place(rome.ana)
    with pytest.raises(Refused, match="No event is open"):
        await rome.recommendations.place(rome.ana, "CAP")
    assert await stored(rome) == 0


async def test_a_proposal_goes_to_the_open_event_that_has_its_theme(rome: Seminar) -> None:
    """With one open event, it and its themes; a theme of none is refused with those there are."""
    place = await rome.recommendations.place(rome.ana)
    assert (place.event, [theme.code for theme in place.themes]) == ("ROM", ["CAP", "TRN"])
    assert (await rome.recommendations.place(rome.ana, "trn")).event == "ROM"
    with pytest.raises(Refused, match="themes of open events are CAP and TRN"):
        await rome.recommendations.place(rome.ana, "SSR")


async def test_a_theme_of_two_open_events_goes_to_the_channel_one_is_in(rome: Seminar) -> None:
    """Elsewhere the person is told which events it could be."""
    await rome.events.open(rome.organiser, "BER")
    await rome.events.placed(GUILD, "ROM", 100, False)
    await rome.events.placed(GUILD, "BER", 200, False)
    assert (await rome.recommendations.place(rome.ana, "TRN", 200)).event == "BER"
    assert (await rome.recommendations.place(rome.ana, "CAP", 200)).event == "ROM"
    with pytest.raises(Refused, match=r"Rome seminar \(ROM\) and Berlin seminar \(BER\)"):
        await rome.recommendations.place(rome.ana, "TRN", 999)
    here = await rome.recommendations.place(rome.ana, None, 200)
    assert (here.event, [theme.code for theme in here.themes]) == ("BER", ["SSR", "TRN"])
    elsewhere = await rome.recommendations.place(rome.ana)
    assert (elsewhere.event, [theme.code for theme in elsewhere.themes]) == ("", ["CAP", "TRN", "SSR"])
    assert (await rome.propose(rome.ana, "SSR", event="")).event == "BER"
    draft = replace(DRAFT, theme="TRN", event="")
    with pytest.raises(Refused, match="in the channel of the one you mean"):
        await rome.recommendations.propose(rome.ana, draft, "n")
    assert (await rome.recommendations.propose(rome.ana, replace(draft, channel_id=100), "n")).event == "ROM"


async def test_observers_facilitators_and_organisers_do_not_propose(rome: Seminar) -> None:
    """Nor second; holding the observer role beside the participant role changes nothing."""
    rec = await rome.propose(rome.ana)
    both = actor(20, Role.PARTICIPANT, Role.OBSERVER)
    for person in (rome.obi, both, rome.facilitator, rome.organiser):
        with pytest.raises(NotAllowed):
            await rome.recommendations.place(person)
        with pytest.raises(NotAllowed):
            await rome.propose(person)
        with pytest.raises(NotAllowed):
            await rome.recommendations.second(person, rec.reference)
    assert await stored(rome) == 1


async def test_what_is_to_be_settled_before_the_first_act_comes_before_proposing(rome: Seminar) -> None:
    """The notice, and the choice between two constituencies; neither loses a number."""
    await rome.load(INITIATIVE + '[privacy]\nnotice = "Read me."\n')
    with pytest.raises(NeedsNotice):
        await rome.propose(rome.ana)
    await rome.load()
    with pytest.raises(NeedsConstituency):
        await rome.propose(actor(21, Role.PARTICIPANT, constituencies=("UN", "EU")))
    assert (await rome.propose(rome.ana)).reference == "CAP-01"


async def test_fields_are_taken_at_their_limits_and_refused_beyond(rome: Seminar) -> None:
    """Lengths are counted in characters, so one of four bytes counts once."""
    limits = {"title": 100, "text": 2000, "rationale": 1000}
    most = replace(DRAFT, **{name: "🕊" * most for name, most in limits.items()}, addressees="x" * 300)
    rec = await rome.recommendations.propose(rome.ana, most, "n1")
    assert (rec.title, rec.text, rec.rationale) == ("🕊" * 100, "🕊" * 2000, "🕊" * 1000)
    for name, length in {**limits, "addressees": 300}.items():
        with pytest.raises(Invalid, match=f"at most {length} are"):
            await rome.recommendations.propose(
                rome.ana, replace(DRAFT, **{name: "x" * (length + 1)}), f"n-{name}"
            )
    with pytest.raises(Invalid, match="at least 20"):
        await rome.recommendations.propose(rome.ana, replace(DRAFT, text="x" * 19), "n2")
    assert (
        await rome.recommendations.propose(rome.ana, replace(DRAFT, text="x" * 20), "n3")
    ).text == "x" * 20


@pytest.mark.parametrize(
    "nothing", ["", "   ", "\u200b\u200d\ufeff", "\u2800\u3164", "\u202e\u2066", "\x00\x07", "\u0301"]
)
async def test_a_text_nobody_can_see_is_refused(rome: Seminar, nothing: str) -> None:
    """White space, zero-width characters, blanks in disguise, direction marks, control characters."""
    with pytest.raises(Invalid, match="“Title” is empty"):
        await rome.recommendations.propose(rome.ana, replace(DRAFT, title=nothing), "n1")
    with pytest.raises(Invalid, match="“Text” is empty"):
        await rome.recommendations.propose(rome.ana, replace(DRAFT, text=nothing * 30), "n1")
    rec = await rome.recommendations.propose(
        rome.ana, replace(DRAFT, rationale=nothing, addressees=f"{nothing},{nothing}"), "n2"
    )
    assert (rec.rationale, rec.addressees) == ("", ())


@pytest.mark.parametrize(
    "hostile",
    [
        "@everyone <@123> <@&456> <#789> must read this",
        "**bold** _it_ ~~gone~~ ||hidden|| > quote # head",
        '=HYPERLINK("http://evil.example","click")',
        "مرحبا بالعالم في روما",
        "family 👨‍👩‍👧‍👦 and flag 🇮🇹 stay whole",
        "'; DROP TABLE recommendations; --",
        "100%_of {name} \\ /",
    ],
)
async def test_text_is_stored_as_it_was_written(rome: Seminar, hostile: str) -> None:
    """Nothing in it is interpreted here; it can be searched for literally."""
    rec = await rome.recommendations.propose(
        rome.ana, Draft("CAP", "ROM", hostile, hostile * 2, hostile, "DPKO"), "n1"
    )
    assert (rec.title, rec.text, rec.rationale) == (hostile, hostile * 2, hostile)
    await rome.propose(rome.ben, title="Quite another thing")
    found = await rome.finding.browse(GUILD, text=hostile)
    assert [item.reference for item in found.items] == [rec.reference]


async def test_newlines_are_one_kind_and_control_characters_go(rome: Seminar) -> None:
    """A title is one line; a text keeps its lines; direction marks end with their line."""
    rec = await rome.recommendations.propose(
        rome.ana,
        replace(
            DRAFT, title="Plan\r\ntogether\x00", text="First line\r\n\u202esecond\x07 line\rthird line\ud83d"
        ),
        "n1",
    )
    assert rec.title == "Plan together"
    assert rec.text == "First line\n\u202esecond line\u202c\nthird line"


async def test_seconding_counts_once_a_person(rome: Seminar) -> None:
    """Another second by the same person is refused, also at the same moment."""
    rec = await rome.propose(rome.ana)
    assert (await rome.recommendations.second(rome.ben, rec.reference)).seconds == 1
    results = await asyncio.gather(
        *(rome.recommendations.second(rome.cem, " cap-1 ") for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(result, Refused) for result in results) == 2
    with pytest.raises(Refused, match="already"):
        await rome.recommendations.second(rome.ben, rec.reference)
    assert (await rome.recommendations.get(GUILD, rec.reference)).seconds == 2
    async with rome.db.read() as tx:
        acts = [entry.act for entry in await ledger.entries(tx, GUILD)]
        said = [(row.kind, row.subject) for row in await outbox.due(tx, rome.clock())]
    assert acts.count("recommendation.seconded") == 2
    assert said[-1] == ("card.refresh", "CAP-01")


async def test_nobody_seconds_their_own(rome: Seminar) -> None:
    """The sentence says that others do."""
    rec = await rome.propose(rome.ana)
    with pytest.raises(NotAllowed, match="your own"):
        await rome.recommendations.second(rome.ana, rec.reference)


async def test_seconding_ends_with_the_discussion(rome: Seminar) -> None:
    """Under vote, withdrawn, or once the event is closed."""
    voting, withdrawn, late = [await rome.propose(rome.ana, title=f"Proposal {n}") for n in range(3)]
    async with rome.db.write() as tx:
        await recommendations.set_state(tx, voting.id, State.VOTING)
    await rome.recommendations.withdraw(rome.ana, withdrawn.reference)
    with pytest.raises(Refused, match="A ballot on this recommendation is open"):
        await rome.recommendations.second(rome.ben, voting.reference)
    with pytest.raises(Refused, match="withdrawn"):
        await rome.recommendations.second(rome.ben, withdrawn.reference)
    await rome.events.close(rome.organiser, "ROM")
    with pytest.raises(Refused, match="not open"):
        await rome.recommendations.second(rome.ben, late.reference)


async def test_only_its_author_or_a_facilitator_withdraws(rome: Seminar) -> None:
    """Somebody else's stays, whoever else asks."""
    first, other = await rome.propose(rome.ana), await rome.propose(rome.ana, title="Another")
    for person in (rome.ben, rome.obi, rome.organiser):
        with pytest.raises(NotAllowed, match="Only its author or a facilitator"):
            await rome.recommendations.withdraw(person, first.reference)
    assert (await rome.recommendations.withdraw(rome.ana, first.reference)).state is State.WITHDRAWN
    assert (await rome.recommendations.withdraw(rome.facilitator, other.reference)).state is State.WITHDRAWN
    with pytest.raises(Refused, match="withdrawn"):
        await rome.recommendations.withdraw(rome.ana, first.reference)


async def test_nothing_is_withdrawn_while_it_is_voted_on(rome: Seminar) -> None:
    """The text is frozen and so is its place on the ballot."""
    rec = await rome.propose(rome.ana)
    async with rome.db.write() as tx:
        await recommendations.set_state(tx, rec.id, State.VOTING)
    with pytest.raises(Refused, match="ballot on this recommendation is open"):
        await rome.recommendations.withdraw(rome.ana, rec.reference)


async def test_a_reference_of_another_server_does_not_exist_here(rome: Seminar) -> None:
    """Neither to read nor to act on."""
    await rome.propose(rome.ana)
    elsewhere = GUILD + 1
    await rome.initiatives.load(actor(1, guild_id=elsewhere, may_manage_server=True), INITIATIVE.encode())
    stranger = replace(rome.ben, guild_id=elsewhere, roles=rome.ben.roles | {Role.FACILITATOR})
    with pytest.raises(NotFound, match="CAP-01"):
        await rome.recommendations.get(elsewhere, "CAP-01")
    with pytest.raises(NotFound, match="CAP-01"):
        await rome.recommendations.second(stranger, "CAP-01")
    with pytest.raises(NotFound, match="CAP-01"):
        await rome.recommendations.withdraw(stranger, "CAP-01")
    assert (await rome.finding.browse(elsewhere)).total == 0
    assert await rome.finding.suggest(elsewhere, "CAP") == []


@pytest.mark.parametrize("typed", ["", "CAP", "07", "CAP-0", "'; --", "CAP-01 TRN-01"])
async def test_what_is_no_reference_is_said_to_be_none(rome: Seminar, typed: str) -> None:
    """With an example of one."""
    with pytest.raises(Invalid, match="CAP-01"):
        await rome.recommendations.get(GUILD, typed)


async def test_authors_are_shown_as_attribution_allows(rome: Seminar) -> None:
    """Under the Chatham House rule, a constituency of fewer than five does not show."""
    await rome.load(INITIATIVE.replace('"named"', '"chatham"'))
    rec = await rome.propose(rome.ana)
    assert isinstance(rec.author_shown, Text)
    assert str(rec.author_shown) == "a participant"
    for user_id in range(30, 34):
        await rome.participants.enter(actor(user_id, Role.PARTICIPANT, constituencies=("UN",)))
    assert (await rome.recommendations.get(GUILD, rec.reference)).author_shown == "United Nations"


async def test_browsing_turns_pages_in_the_order_of_themes_and_numbers(rome: Seminar) -> None:
    """A page past the end, as an old message may ask for, is the last one."""
    for n in range(7):
        await rome.propose(rome.ana, "TRN" if n % 2 else "CAP", f"Proposal {n}")
    first = await rome.finding.browse(GUILD)
    assert [item.reference for item in first.items] == ["CAP-01", "CAP-02", "CAP-03", "CAP-04", "TRN-01"]
    last = await rome.finding.browse(GUILD, page=9)
    assert ([item.reference for item in last.items], last.total, last.page) == (["TRN-02", "TRN-03"], 7, 1)
    assert (await rome.finding.browse(GUILD, page=-3)).page == 0
    assert (await rome.finding.browse(GUILD, theme="trn")).total == 3


async def test_browsing_by_state_and_text(rome: Seminar) -> None:
    """Accents and case do not matter, and % finds only itself."""
    await rome.propose(rome.ana, title="Sécurité et Défense")
    other = await rome.propose(rome.ana, title="Train 50% more staff")
    await rome.recommendations.withdraw(rome.ana, other.reference)

    async def found(**wanted: object) -> list[str]:
        page = await rome.finding.browse(GUILD, **wanted)  # type: ignore[arg-type]
        return [item.reference for item in page.items]

    assert await found(text="SECURITE") == ["CAP-01"]
    assert await found(text="50%") == ["CAP-02"]
    assert await found(text="%") == ["CAP-02"]
    assert await found(text="cap-01") == ["CAP-01"]
    assert await found(text="nothing of the kind") == []
    assert await found(state=State.WITHDRAWN) == ["CAP-02"]
    assert await found(state=State.ADMITTED, text="securite", theme="CAP") == ["CAP-01"]
    assert await found(text="\u200b ") == ["CAP-01", "CAP-02"]


async def test_ones_own_are_listed_newest_first(rome: Seminar) -> None:
    """And nobody else's."""
    await rome.propose(rome.ana, "TRN")
    await rome.propose(rome.ben, "TRN")
    await rome.propose(rome.ana, "CAP")
    own = await rome.finding.own(rome.ana)
    assert ([item.reference for item in own.items], own.total) == (["CAP-01", "TRN-01"], 2)


async def test_what_is_typed_suggests_references_and_titles(rome: Seminar) -> None:
    """References first; at most 25."""
    for n in range(30):
        await rome.propose(rome.ana, "TRN" if n == 0 else "CAP", f"Proposal {n}")
    assert await rome.finding.suggest(GUILD, "trn") == [("TRN-01", "Proposal 0")]
    assert (await rome.finding.suggest(GUILD, "cap 3"))[0] == ("CAP-03", "Proposal 3")
    assert (await rome.finding.suggest(GUILD, "proposal 17")) == [("CAP-17", "Proposal 17")]
    assert len(await rome.finding.suggest(GUILD, "")) == 25
    assert await rome.finding.suggest(GUILD, "%_") == []


COPIES = [
    (
        "Common training standards for mission staff",
        "The EU and UN should agree common standards of training for personnel deployed in "
        "peacekeeping missions and recognise each other's certificates.",
    ),
    (
        "STANDARDS for training mission staff!",
        "By 2016, the EU and the UN should recognise each other's certificates and agree on "
        "common training standards for staff deployed in peacekeeping missions.",
    ),
    (
        "Mutual recognition of certificates",
        "The European Union and the United Nations should agree on common training standards "
        "for staff deployed in peace operations, recognising one another's certificates by "
        "2016.",
    ),
]
OTHERS = [
    (
        "Joint exercises every year",
        "The EU and the UN should hold a joint exercise every year in which planning staff of "
        "both organisations rehearse a takeover of a mission.",
    ),
    (
        "Open UN courses to EU staff",
        "UN peacekeeping training courses should be opened to EU member states' staff before "
        "deployment, with costs shared according to a simple table.",
    ),
    (
        "Training for police units",
        "Formed police units deployed in UN missions should be trained in crowd control "
        "together with EU gendarmerie forces before they are deployed.",
    ),
]


async def trained(rome: Seminar) -> None:
    await rome.propose(
        rome.ana,
        "TRN",
        "Training standards for mission staff",
        "The EU and the UN should agree on common training standards for staff deployed in peacekeeping "
        "missions, and recognise each other's certificates by 2016.",
    )


@pytest.mark.parametrize(("title", "text"), COPIES)
async def test_a_near_copy_is_suggested(rome: Seminar, title: str, text: str) -> None:
    """Shortened, turned round, or in slightly other words."""
    await trained(rome)
    found = await rome.finding.similar(GUILD, "TRN", title, text)
    assert [rec.reference for rec in found] == ["TRN-01"]


@pytest.mark.parametrize(("title", "text"), OTHERS)
async def test_another_proposal_on_the_subject_is_not_suggested(rome: Seminar, title: str, text: str) -> None:
    """The vocabulary of a theme is shared by all that belongs to it."""
    await trained(rome)
    assert await rome.finding.similar(GUILD, "TRN", title, text) == []


async def test_at_most_three_of_the_same_theme_are_suggested_and_none_withdrawn(rome: Seminar) -> None:
    """The likest first."""
    for n in range(5):
        await rome.propose(rome.ana, "CAP", "Plan together", TEXT + " Step by step." * n)
    await rome.propose(rome.ana, "TRN", "Plan together", TEXT)
    await rome.recommendations.withdraw(rome.ana, "CAP-02")
    found = await rome.finding.similar(GUILD, "CAP", "Plan together", TEXT)
    assert len(found) == 3
    assert found[0].reference == "CAP-01"
    assert {rec.reference for rec in found} <= {"CAP-01", "CAP-03", "CAP-04", "CAP-05"}


async def test_looking_for_copies_of_nothing_finds_nothing(rome: Seminar) -> None:
    """Empty, only signs, or full of wildcards."""
    await rome.propose(rome.ana)
    for title, text in (("", ""), ("?!", "… %%%% ____ %%%%"), ("\u200b", "\u200b" * 40)):
        assert await rome.finding.similar(GUILD, "CAP", title, text) == []
