"""`/help` and the panel's button: what this person can do here, now. Asking registers nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards.help import Moment, OpenBallot, help_card, nothing_loaded
from bot.cog import HouseCog
from bot.exchange import Exchange
from bot.router import on_component
from seminar.errors import Refused
from seminar.initiative import Initiative
from seminar.methods import METHODS, rating
from seminar.model import EventStatus, Role, State, Status
from services.people.registering import NeedsNotice, Person
from services.voting.ballot_views import BallotView

if TYPE_CHECKING:
    from bot.client import Rapporteur

LOOKED_AT = 20  # open ballots whose sheets are looked at


class HelpCog(HouseCog):
    @app_commands.command(name=locale_str("help"), description=locale_str("What you can do here, now"))
    @app_commands.guild_only()
    async def help(self, interaction: discord.Interaction[Any]) -> None:
        await self.asked(self.exchange(interaction))

    @on_component("help")
    async def asked(self, exchange: Exchange) -> None:
        initiative = await self.bot.access.initiative(exchange.actor.guild_id)
        if initiative is None:
            await exchange.say(view=nothing_loaded(exchange.tr, exchange.actor))
            return
        await exchange.say(view=help_card(await self._moment(exchange, initiative), exchange.tr))

    async def _moment(self, exchange: Exchange, initiative: Initiative) -> Moment:
        house, actor = self.house, exchange.actor
        takes_part = actor.roles.intersection((Role.PARTICIPANT, Role.OBSERVER))
        person = await house.participants.person(actor) if takes_part else None
        ballots = await house.ballots.all_open(actor.guild_id)
        waiting = await house.finding.browse(actor.guild_id, state=State.ADMITTED, size=1)
        leads = Role.FACILITATOR in actor.roles
        queue = await house.moderation.queue(actor, size=1) if leads else None
        events = await house.events.all(actor.guild_id)
        confers = bool(actor.roles & {Role.ORGANISER, Role.FACILITATOR}) and any(
            one.event.kind == "conference" and one.status is not EventStatus.CLOSED for one in events
        )

        async def standing(state: State) -> int:
            """How many recommendations stand there, for who leads a conference."""
            return (await house.finding.browse(actor.guild_id, state=state, size=1)).total if confers else 0

        return Moment(
            initiative=initiative,
            actor=actor,
            person=person,
            opened=[one for one in events if one.status is EventStatus.OPEN],
            ballots=[
                await self._open(exchange, initiative, person, ballot) for ballot in ballots[:LOOKED_AT]
            ],
            waiting=waiting.total,
            overview=await house.participants.overview(actor.guild_id),
            prepared=len(await house.ballots.all_prepared(actor.guild_id)) if leads else 0,
            queued=queue.total if queue is not None else 0,
            may_register=person is not None and await house.codes.may_enter(actor),
            adopted=await standing(State.ADOPTED),
            forwarded=await standing(State.FORWARDED),
        )

    async def _open(
        self, exchange: Exchange, initiative: Initiative, person: Person | None, ballot: BallotView
    ) -> OpenBallot:
        """An open ballot, and what is left in it for this person to do.

        A sheet is opened only by those whom it finds registered, since opening one registers people.
        """
        actor, items = exchange.actor, len(ballot.items)
        if person is None or person.status is Status.OBSERVER:
            return OpenBallot(ballot, None)
        if Role.PARTICIPANT not in actor.roles or Role.OBSERVER in actor.roles:
            return OpenBallot(ballot, None)
        declared = {constituency.code for constituency in initiative.constituencies}
        if person.status is None or (declared and person.constituency not in declared):
            asked = actor.constituencies or initiative.rules.self_declaration
            undone = 0 if ballot.silent else items
            return OpenBallot(ballot, undone if asked or not declared else None)
        if ballot.silent:
            return OpenBallot(ballot, 0)
        on_paper = METHODS[ballot.rules.method].on_paper
        try:
            sheet = await (self.house.papers if on_paper else self.house.voting).sheet(actor, ballot.id)
        except NeedsNotice:
            return OpenBallot(ballot, items)
        except Refused:  # it closed just now, or one votes by delegation and this person is in none
            return OpenBallot(ballot, None)
        if not on_paper:
            return OpenBallot(ballot, sheet.total - sheet.done)
        # A paper counts for nothing before it is submitted, however much of it is filled in.
        if sheet.changed or (sheet.answers and not sheet.submitted):
            return OpenBallot(ballot, sheet.total, filled=sheet.done, changed=sheet.submitted)
        # What a submitted paper leaves out is an answer, but for a rating that is not given.
        whole = sheet.submitted and ballot.rules.method != rating.name
        return OpenBallot(ballot, 0 if whole else sheet.total - sheet.done)


async def setup(bot: Rapporteur) -> None:
    await bot.add_cog(HelpCog(bot))
