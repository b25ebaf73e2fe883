"""What needs somebody's vote, what is their own, and searching where very many have the same words."""

from __future__ import annotations

import pytest

from cogs.browsing import Filters
from seminar.model import Actor, Role, Status
from services.drafting.finding import Show
from storage import search
from storage.schema import recommendations, search_words, versions
from tests.services.polling_station import FOR, Station
from tests.services.small_seminar import GUILD, Seminar, actor
from tests.small_initiative import INITIATIVE


async def waiting(station: Station, who: Actor) -> list[str]:
    """What needs somebody's vote."""
    page = await station.finding.browse_for(who, Show.VOTE)
    assert page.total == len(page.items)
    return [rec.reference for rec in page.items]


@pytest.mark.parametrize("secrecy", ["secret", "open"])
async def test_an_item_needs_ones_vote_until_one_has_voted_on_it(station: Station, secrecy: str) -> None:
    """A vote that is taken back is needed again; another's changes nothing; nothing is stored by asking."""
    assert await waiting(station, station.ana) == []
    ballot = await station.open(secrecy=secrecy)
    assert await waiting(station, station.ana) == ["CAP-01", "CAP-02"]
    await station.vote(station.ana, ballot, None, FOR)
    assert await waiting(station, station.ana) == ["CAP-01"]
    assert await waiting(station, station.ben) == ["CAP-01", "CAP-02"]
    await station.vote(station.ana, ballot, FOR, None)
    assert await waiting(station, station.ana) == ["CAP-02"]
    people = await station.value("SELECT count(*) FROM people")
    stranger = actor(99, Role.PARTICIPANT)
    assert await waiting(station, stranger) == ["CAP-01", "CAP-02"], "who has not acted yet has not voted"
    assert await station.value("SELECT count(*) FROM people") == people
    assert await waiting(station.restarted(), station.ana) == ["CAP-02"]
    await station.close(ballot)
    assert await waiting(station, station.ben) == []


async def test_nobody_is_asked_who_has_no_vote(station: Station) -> None:
    """Observers, people with no role in it, and those whom an organiser entered as observers."""
    await station.open()
    for who in (station.obi, station.facilitator, actor(20, Role.PARTICIPANT, Role.OBSERVER)):
        assert await waiting(station, who) == []
    assert await waiting(station, station.cem) == ["CAP-01", "CAP-02"]
    held = (station.cem.roles | {Role.OBSERVER}, ())
    await station.participants.set(station.organiser, station.cem.user_id, "Cem", held, Status.OBSERVER)
    assert await waiting(station, station.cem) == []


async def test_a_paper_counts_when_it_is_submitted(station: Station) -> None:
    """What is only filled in has still to be handed in."""
    ballot = await station.open(method="rating")
    await station.papers.fill(station.ana, ballot.id, 1, "a8")
    await station.papers.fill(station.ana, ballot.id, 2, "a3")
    assert await waiting(station, station.ana) == ["CAP-01", "CAP-02"]
    await station.papers.submit(station.ana, ballot.id)
    assert await waiting(station, station.ana) == []
    await station.papers.take_back(station.ana, ballot.id)
    assert await waiting(station, station.ana) == ["CAP-01", "CAP-02"]


async def test_silences_items_taken_out_and_ballots_past_their_time_need_nothing(station: Station) -> None:
    """Nor does a ballot whose key cannot be read, until it can be again."""
    await station.open(method="silence", theme=None, references="CAP-02")
    await station.open(theme=None, references="CAP-01", closes_in="1h")
    assert await waiting(station, station.ana) == ["CAP-01"]
    (key,) = station.key_dir.glob("*.key")
    key.rename(key.with_suffix(".away"))
    assert await waiting(station, station.ana) == []
    key.with_suffix(".away").rename(key)
    station.clock.pass_(hours=1)
    assert await waiting(station, station.ana) == []


async def test_a_delegation_has_voted_when_one_of_its_members_has(station: Station) -> None:
    """Whoever is in none has no vote to cast."""
    await station.load(INITIATIVE + '[rules]\nvote_by = "delegation"\n')
    for who in (station.ana, station.ben):
        held = (who.roles, who.constituencies)
        await station.participants.set(station.organiser, who.user_id, who.name, held, None, None, "EEAS")
    ballot = await station.open()
    assert await waiting(station, station.ben) == ["CAP-01", "CAP-02"]
    await station.vote(station.ana, ballot, FOR)
    assert await waiting(station, station.ben) == ["CAP-02"]
    assert await waiting(station, station.cem) == []


async def test_ones_own_are_found_with_all_other_filters(rome: Seminar) -> None:
    """And nobody becomes known by looking for them."""
    await rome.propose(rome.ana, "CAP", "One")
    await rome.propose(rome.ana, "TRN", "Two")
    await rome.propose(rome.ben, "CAP", "Three")

    async def found(who: Actor, **filters: str) -> list[str]:
        page = await rome.finding.browse_for(who, Show.MINE, **filters)  # type: ignore[arg-type]
        return [rec.reference for rec in page.items]

    assert await found(rome.ana) == ["CAP-01", "TRN-01"]
    assert await found(rome.ana, theme="trn") == ["TRN-01"]
    assert await found(rome.ana, event="rom", text="two") == ["TRN-01"]
    assert await found(rome.ana, event="BER") == []
    assert await found(actor(99, Role.PARTICIPANT)) == []


async def test_a_search_finds_the_same_however_many_have_its_words(
    rome: Seminar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where few have a word it is looked up, where many have it it is looked through: the answer is one."""
    for number in range(12):
        parts = ["alpha"] + ["beta"] * (number % 2) + ["gamma"] * (number == 7)
        await rome.propose(rome.ana, "CAP", " ".join(parts), "alphabet soup for all " + " ".join(parts))

    async def found(text: str, page: int = 0) -> tuple[list[str], int]:
        answer = await rome.finding.browse(GUILD, text=text, size=4, page=page)
        return [rec.reference for rec in answer.items], answer.total

    searches = ("alpha", "alph", "ALPHA bet", "gamma alpha", "beta gamma", "alpha nothing", "cap-0 gam")
    exact = [await found(text) for text in searches]
    assert exact[0] == (["CAP-01", "CAP-02", "CAP-03", "CAP-04"], 12)
    assert [total for _, total in exact] == [12, 12, 6, 1, 1, 0, 1]
    monkeypatch.setattr(search, "MOST_FOUND", 12)
    for nearly_all in (12, 13, 2_000):
        monkeypatch.setattr(search, "_IN_NEARLY_ALL", nearly_all)
        assert [await found(text) for text in searches] == exact
    monkeypatch.setattr(search, "MOST_FOUND", 5)
    assert await found("alpha") == (["CAP-01", "CAP-02", "CAP-03", "CAP-04"], 5)
    assert await found("alpha", page=1) == (["CAP-05"], 5)
    assert await found("alpha", page=9) == (["CAP-05"], 5)


async def test_what_tells_is_found_among_hundreds_with_the_same_common_words(rome: Seminar) -> None:
    """The candidates are those that share rare words, not those that share the most words."""
    text = "The UN and the EU should share their {} with each other and keep {} for the next mission."
    wanted = await rome.propose(
        rome.ana,
        "CAP",
        "Share hovercraft",
        "Hovercraft and eels should be shared by the UN and the EU, and kept ready.",
    )
    async with rome.db.write() as tx:
        identifier = wanted.id
        for number in range(2, 300):
            identifier += 1
            words = f"planes{number} trucks{number}".split()
            await tx.execute(
                recommendations.insert().values(
                    id=identifier,
                    guild_id=GUILD,
                    event="ROM",
                    theme="CAP",
                    number=number,
                    reference=f"CAP-{number}",
                    state="admitted",
                    author_id=wanted.author_id,
                    version=1,
                    created_at=rome.clock(),
                )
            )
            await tx.execute(
                versions.insert().values(
                    recommendation_id=identifier,
                    number=1,
                    title=f"Share {words[0]}",
                    text=text.format(*words),
                    addressees=[],
                    author_id=wanted.author_id,
                    created_at=rome.clock(),
                )
            )
            await search.index(
                tx, GUILD, identifier, f"CAP-{number}", f"Share {words[0]}", text.format(*words)
            )
    found = await rome.finding.similar(
        GUILD,
        "CAP",
        "Hovercraft for all",
        "The EU and the UN should share hovercraft, eels and keep both ready.",
    )
    assert [rec.reference for rec in found] == ["CAP-01"]
    common = await rome.finding.similar(GUILD, "CAP", "Share", text.format("share", "mission"))
    assert len(common) <= 3, "without a word that tells, the newest are looked at"
    async with rome.db.read() as tx:
        held = await search.held(tx, GUILD, ["share", "hovercraft", "nothing"])
        assert held.counts == {"share": search.MOST_COUNTED, "hovercraft": 1, "nothing": 0}
        assert held.total == 299
        assert (await tx.execute(search_words.select().where(search_words.c.word == "hovercraft"))).all()


def test_the_longest_filters_fit_the_id_of_a_control() -> None:
    """The longest of each, and a page that nobody will ever reach."""
    filters = Filters("T" * 8, "not_finalised", "E" * 8, "vote", "😀" * 50)
    assert len(filters.page_id(99_999)) <= 100
