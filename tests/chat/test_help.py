"""`/help`: what one can do here, now, by role and moment."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations, product

import discord
import pytest
from simcord.actors import MemberActor

from bot.cards.help import Moment, OpenBallot, help_card, nothing_loaded
from bot.i18n import Catalogues
from seminar.amounts import parse_quorum, parse_threshold
from seminar.initiative import read_initiative
from seminar.model import (
    Actor,
    Attribution,
    BallotRules,
    BallotStatus,
    EventStatus,
    Reasons,
    Role,
    Secrecy,
    Status,
)
from services.events import EventView
from services.people.participants import Overview
from services.people.registering import Person
from services.voting.ballot_views import BallotView, Item
from tests.chat.chat_room import Room, control, controls, message_of, plain, texts
from tests.chat.paper_room import on_paper, open_by
from tests.chat.voting_room import on_sheet, propose, sheet
from tests.small_initiative import INITIATIVE

NOW = datetime(2014, 10, 22, 9, tzinfo=UTC)
COMMAND = re.compile(r"`/([a-z ]+)`")


async def asked(room: Room, who: MemberActor) -> str:
    """What `/help` answers `who`, in private."""
    result = await who.slash(room.lobby, "help")
    assert message_of(result).ephemeral
    return plain(texts(result))


async def test_before_there_is_an_initiative_whoever_manages_the_server_is_told_the_steps(
    empty_room: Room,
) -> None:
    """Everybody else is told who can begin, and is offered no command that would be refused."""
    told = await asked(empty_room, empty_room.owner)
    assert told.index("/initiative load") < told.index("/event open")
    other = await asked(empty_room, empty_room.ana)
    assert "no initiative yet" in other and not COMMAND.findall(other)


async def test_with_no_event_open_an_organiser_is_told_to_open_one(empty_room: Room) -> None:
    """And an expert is not told to propose yet."""
    await empty_room.load()
    assert "Next: `/event open`" in await asked(empty_room, empty_room.ola)
    told = await asked(empty_room, empty_room.ana)
    assert "No event is open now." in told and "/recommend`" not in told


async def test_help_tells_how_many_items_wait_for_ones_vote(room: Room) -> None:
    """The number goes down with each vote; with none left it says so."""
    await room.recommend(room.ana, "CAP", "Plan missions together", "Analysts assess each crisis together.")
    await room.recommend(room.ben, "CAP", "Share field hospitals", "Whoever deploys next may use them.")
    ballot = await room.open_ballot()
    assert "2 of 2 items still wait for your vote" in await asked(room, room.ana)
    await room.vote(room.ana, ballot, 1, "for")
    assert "1 of 2 items still waits for your vote" in await asked(room, room.ana)
    await room.vote(room.ana, ballot, 2, "against")
    assert "B1**: you have voted on everything" in await asked(room, room.ana)
    assert "2 of 2 items still wait for your vote" in await asked(room, room.ben)
    assert "1 of 2 have voted" in await asked(room, room.fay)
    assert "your vote" not in await asked(room, room.obs)


async def test_asking_for_help_registers_nobody(room: Room) -> None:
    """Also not while a ballot is open, whose electorate it would change."""
    await room.recommend(room.ana)
    await room.open_ballot()
    told = await asked(room, room.cleo)
    assert "You are not registered yet" in told and "1 of 1 items still waits" in told
    await asked(room, room.obs)
    overview = await room.bot.house.participants.overview(room.guild.id)
    assert (overview.participants, overview.observers) == (1, 0)


async def test_facilitators_and_organisers_have_their_own_part(room: Room) -> None:
    """Each sees their own and not the other's; experts and strangers see neither."""
    for who, heading in ((room.fay, "As a facilitator"), (room.ola, "As an organiser")):
        assert heading in await asked(room, who)
    assert "As an organiser" not in await asked(room, room.fay)
    assert "As a facilitator" not in await asked(room, room.ola)
    for who in (room.ana, room.obs, room.stranger):
        assert "As a" not in await asked(room, who)


async def test_facilitators_learn_what_waits_for_them(room: Room) -> None:
    """Prepared ballots, hands and removal each when they apply; a silence is nobody's unfinished vote."""
    await room.recommend(room.ana, "CAP", "Plan missions together", "Analysts assess each crisis together.")
    await room.recommend(room.ben, "CAP", "Share field hospitals", "Whoever deploys next may use them.")
    assert "`/silence start`" in await asked(room, room.fay)
    preview = await room.fay.slash(room.rome, "ballot open", method="rating", references="CAP-01")
    told = await asked(room, room.fay)
    assert "1 ballot is prepared: `/ballot list` opens it" in told and "/ballot remove" not in told
    assert "is prepared" not in await asked(room, room.ana)
    await room.fay.click(message_of(preview), custom_id=control(preview, "ballot-open:"))
    told = await asked(room, room.fay)
    assert "/ballot close" in told and "/ballot hands" not in told and "is prepared" not in told
    assert "1 of 1 items still waits for your vote" in await asked(room, room.ben)
    silent = await room.fay.slash(room.rome, "silence start", reference="CAP-02")
    await room.fay.click(message_of(silent), custom_id=control(silent, "ballot-open:"))
    told = await asked(room, room.ben)
    assert "B2** (CAP-02) is adopted on" in told
    assert "unless somebody objects, which you can do under `/vote`" in told
    assert told.count("for your vote") == 1
    assert "under `/vote`" not in await asked(room, room.obs)


async def test_help_tells_a_paper_that_does_not_count_from_one_that_does(room: Room) -> None:
    """Filled in, submitted in part, filled in anew; what a rating leaves out is still to do."""
    await propose(room, 3)
    points = await open_by(room, "points", references="CAP-01, CAP-02")
    rating = await open_by(room, "rating", references="CAP-03", importance=True)
    drawn = await on_paper(room.ben, await sheet(room, room.ben, points), points, (1, "+1"))
    assert "B1**: your paper (1 of 2 done) counts only if you submit it" in await asked(room, room.ben)
    drawn = await on_sheet(room.ben, drawn, f"paper-submit:{points}:")
    assert "B1**: you have voted on everything" in await asked(room, room.ben)
    await on_paper(room.ben, drawn, points, (2, "+1"))
    assert "what was submitted before counts" in await asked(room, room.ben)
    drawn = await on_paper(room.ben, await sheet(room, room.ben, rating, "B2"), rating, (1, "a7"))
    await on_sheet(room.ben, drawn, f"paper-submit:{rating}:")
    assert "B2**: 1 of 1 items still waits for your vote" in await asked(room, room.ben)


async def test_whoever_leads_is_told_only_what_the_open_ballots_allow(room: Room) -> None:
    """A silence is not closed, and of a single item none is taken out."""
    await propose(room, 2)
    silent = await room.fay.slash(room.rome, "silence start", reference="CAP-01")
    await room.fay.click(message_of(silent), custom_id=control(silent, "ballot-open:"))
    told = await asked(room, room.fay)
    assert "`/ballot extend` gives a silence more time" in told
    assert "/ballot close" not in told and "/ballot remove" not in told
    await open_by(room, "support", references="CAP-02")
    told = await asked(room, room.fay)
    assert "/ballot close" in told and "/ballot remove" not in told


async def test_who_is_in_no_delegation_is_told_how_to_get_a_vote(empty_room: Room) -> None:
    """Where each delegation holds one vote, and only there."""
    await empty_room.load(more='[rules]\nvote_by = "delegation"')
    await empty_room.open_event()
    await empty_room.ana.click(empty_room.message("panel", "ROM"), custom_id="here")
    wanted = "ask an organiser to enter you in yours"
    assert wanted in await asked(empty_room, empty_room.ana)
    await empty_room.ola.slash(
        empty_room.lobby, "participants set", member=empty_room.ana, organisation="DPKO"
    )
    assert wanted not in await asked(empty_room, empty_room.ana)


async def test_observers_and_strangers_learn_where_they_stand(room: Room) -> None:
    """An observer discusses and does not vote; a stranger needs a role, and is told which."""
    told = await asked(room, room.obs)
    assert "as an observer" in told and "/recommend`" not in told and "/vote" not in told
    assert "you need the role **Expert**" in await asked(room, room.stranger)
    assert "whoever holds the role **Organiser**" in await asked(room, room.owner)


async def test_the_panels_button_gives_the_same_answer(room: Room) -> None:
    """With buttons that do what it says."""
    result = await room.ana.click(room.message("panel", "ROM"), custom_id="help")
    assert plain(texts(result)) == await asked(room, room.ana)
    assert {"here", "propose", "browse", "my-page"} <= set(controls(message_of(result)))


async def test_every_command_that_help_names_exists(room: Room) -> None:
    """For every combination of roles, at every moment."""
    known = {command.qualified_name for command in room.bot.tree.walk_commands()}
    named = set(chain.from_iterable(map(COMMAND.findall, _every_answer("en"))))
    assert named <= known
    assert {"vote", "recommend", "ballot open", "ballot close", "results", "export", "event open"} <= named


@pytest.mark.parametrize("language", Catalogues.load().languages)
def test_help_is_short_enough_for_a_phone(language: str) -> None:
    """Whatever somebody may do, it is read in one go."""
    assert max(map(len, _every_answer(language))) < 3000


def _every_answer(language: str) -> list[str]:
    """The texts of help for every combination of roles at every moment."""
    tr = Catalogues.load().speak(language)
    initiative = read_initiative(INITIATIVE.encode())
    answers = [_text(nothing_loaded(tr, replace(ACTOR, may_manage_server=may))) for may in (True, False)]
    sets = [frozenset(s) for size in range(5) for s in combinations(Role, size)]
    opened = EventView(initiative.event("ROM"), EventStatus.OPEN, 1, False)
    for roles, events, undone, waiting in product(sets, ([], [opened]), (None, 0, 2), (0, 12)):
        for status in (None, Status.PARTICIPANT, Status.OBSERVER):
            person = replace(PERSON, status=status)
            moment = Moment(
                initiative=initiative,
                actor=replace(ACTOR, roles=roles),
                person=person if roles & {Role.PARTICIPANT, Role.OBSERVER} else None,
                opened=events,
                ballots=[OpenBallot(_ballot(number), undone) for number in range(waiting)],
                waiting=waiting,
                queued=waiting,
                overview=Overview(300, 50, {}),
            )
            answers.append(_text(help_card(moment, tr)))
    return answers


ACTOR = Actor(1, 2, "Ana", frozenset())
PERSON = Person("id", 1, 2, "Ana", "pseudonym", True, None, None, None, None)


def _ballot(number: int) -> BallotView:
    return BallotView(
        attribution=Attribution.NAMED,
        id=number,
        guild_id=1,
        number=number,
        event="ROM",
        theme="CAP",
        status=BallotStatus.OPEN,
        rules=BallotRules(
            "support", parse_threshold(">1/2"), parse_quorum("0"), Secrecy.SECRET, Reasons.NONE, True
        ),
        items=tuple(Item(place, f"CAP-{place:02}", "Title") for place in range(1, 13)),
        opened_at=NOW,
        closes_at=NOW + timedelta(days=3),
        entitled=350,
        voted=120,
        closed_at=None,
        sealed=False,
    )


def _text(view: discord.ui.LayoutView) -> str:
    parts = [item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay)]
    assert sum(map(len, parts)) <= 4000
    return "\n".join(parts)
