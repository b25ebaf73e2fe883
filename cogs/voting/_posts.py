"""What the room is told of a ballot: opening, last call, outcome, and what changed in between."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import discord

from bot.cards.ballot import ballot_card
from bot.cards.colours import CALM
from bot.cog import HouseCog
from bot.courier import NotYet, on_post
from bot.exchange import QUIET
from bot.i18n import Translator
from bot.places import Posting
from bot.router import custom_id
from bot.ui import Button, card, escape, line, rows
from seminar.methods import METHODS
from seminar.model import BallotStatus, Role
from seminar.words import Text, t, tn
from services.ballot_views import BallotResult, BallotView

log = logging.getLogger(__name__)

READ_OUT = 3500  # characters of outcome sentences in one message
UNTIL_SEALED = timedelta(seconds=2)


class BallotPostsCog(HouseCog):
    @on_post("ballot.opened")
    async def opened(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        ballot = await self.house.ballots.view(guild.id, int(subject))
        if ballot.status is not BallotStatus.OPEN:
            return
        await self.bot.places.say(guild, ballot.event, await self._message(guild, ballot, Role.PARTICIPANT))

    @on_post("ballot.refresh")
    async def refreshed(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """Draw the message again; while the ballot is open, also when somebody deleted it."""
        ballot = await self.house.ballots.view(guild.id, int(subject))
        if ballot.status is not BallotStatus.OPEN:
            await self.bot.places.redraw(guild, await self._message(guild, ballot))
            return
        # Not posted at all yet: then it is the announcement, and calls people.
        known = await self.bot.places.find(guild, "ballot", subject)
        mention = None if known else Role.PARTICIPANT
        await self.bot.places.say(guild, ballot.event, await self._message(guild, ballot, mention))

    @on_post("ballot.extended")
    async def extended(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        ballot = await self.house.ballots.view(guild.id, int(subject))
        if ballot.status is not BallotStatus.OPEN:
            return
        await self.bot.places.redraw(guild, await self._message(guild, ballot))
        await self._announce(
            guild,
            ballot,
            f"extended:{ballot.closes_at:%y%m%d%H%M%S}",
            [t("Ballot {label} now closes on {moment}.", label=ballot.label, moment=ballot.closes_at)],
        )

    @on_post("ballot.last_call")
    async def last_call(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        ballot = await self.house.ballots.view(guild.id, int(subject))
        if ballot.status is not BallotStatus.OPEN:
            return
        call = [
            t("Last call: ballot {label} closes on {moment}.", label=ballot.label, moment=ballot.closes_at),
            t("{voted} of {entitled} have voted.", voted=ballot.voted, entitled=ballot.entitled),
        ]
        # One for each closing time: after an extension there is another last call.
        kind = f"last-call:{ballot.closes_at:%y%m%d%H%M%S}"
        await self._announce(guild, ballot, kind, call, Role.PARTICIPANT, sheet=True)

    @on_post("ballot.reminder", slow=True)
    async def reminder(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """A private message to one person; who takes none is passed over."""
        ballot = await self.house.ballots.view(guild.id, int(subject))
        if ballot.status is not BallotStatus.OPEN:
            return
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.first(initiative.head.languages)
        text = tr(
            t(
                "{initiative}: ballot {label} is open until {moment}, and you have not voted yet.",
                initiative=escape(initiative.head.title),
                label=ballot.label,
                moment=ballot.closes_at,
            )
        )
        link = await self.bot.places.link(guild, "ballot", str(ballot.id))
        try:
            channel = await self.bot.create_dm(discord.Object(int(payload["user_id"])))
            await channel.send(f"{text}\n{link}" if link else text, allowed_mentions=QUIET)
        except (discord.Forbidden, discord.NotFound) as closed:
            log.info("a reminder reached nobody: HTTP %s, code %s", closed.status, closed.code)

    @on_post("ballot.outcome")
    async def outcome(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """Announced once nothing is left that could tell who voted how."""
        result = await self.house.ballots.result(guild.id, int(subject))
        if not result.sealed:
            raise NotYet(UNTIL_SEALED)
        await self.bot.places.redraw(guild, await self._message(guild, result.ballot))
        await self._announce(
            guild, result.ballot, "outcome", await self._read_out(guild, result), Role.PARTICIPANT
        )

    @on_post("ballot.cancelled")
    async def cancelled(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        ballot = await self.house.ballots.view(guild.id, int(subject))
        await self.bot.places.redraw(guild, await self._message(guild, ballot))
        await self._announce(
            guild,
            ballot,
            "cancelled",
            [
                t("Ballot {label} is cancelled. All votes were destroyed unseen.", label=ballot.label),
                t("Reason: {reason}", reason=escape(str(payload.get("reason", "")))),
            ],
        )

    async def _message(
        self, guild: discord.Guild, ballot: BallotView, mention: Role | None = None
    ) -> Posting:
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.first(initiative.head.languages)
        title = tr(t("Ballot {label}", label=ballot.label))
        return Posting("ballot", str(ballot.id), title, ballot_card(ballot, tr), mention=mention)

    async def _read_out(self, guild: discord.Guild, result: BallotResult) -> list[Text]:
        """Turnout and one sentence a recommendation, as its method words them."""
        initiative = await self.house.initiatives.current(guild.id)
        ballot = result.ballot
        sentences = [
            tn(
                "Ballot {label} is closed. {voted} of {count} person entitled to vote did so.",
                "Ballot {label} is closed. {voted} of {count} people entitled to vote did so.",
                result.electorate,
                label=ballot.label,
                voted=result.voters,
            )
        ]
        if result.set_aside:
            sentences.append(
                tn(
                    "The votes of {count} person who is no longer entitled were set aside.",
                    "The votes of {count} people who are no longer entitled were set aside.",
                    result.set_aside,
                )
            )
        titles = {item.reference: escape(item.title) for item in ballot.items}
        groups = {c.code: escape(c.title) for c in initiative.constituencies}
        verdicts = METHODS[ballot.rules.method].sentences(result.figures, titles, groups, ballot.rules)
        sentences += [t("- {verdict}", verdict=verdict) for verdict in verdicts]
        sentences.append(
            t("The votes are sealed. Head of the ledger: {head}", head=f"`{result.ledger_head}`")
        )
        return sentences

    async def _announce(
        self,
        guild: discord.Guild,
        ballot: BallotView,
        kind: str,
        sentences: Sequence[Text],
        mention: Role | None = None,
        *,
        sheet: bool = False,
    ) -> None:
        """Say it in every language of the initiative that the house speaks, in as many posts as it takes."""
        initiative = await self.house.initiatives.current(guild.id)
        translators = self.bot.catalogues.among(initiative.head.languages)
        first = translators[0]
        title = first(t("Ballot {label}", label=ballot.label))
        posts = [[page] for tr in translators for page in _pages(sentences, tr)]
        if sum(len(page) for (page,) in posts) <= READ_OUT:
            posts = [[page for (page,) in posts]]
        vote = Button(first(t("Vote")), custom_id("sheet", ballot.id), style=discord.ButtonStyle.primary)
        for number, pages in enumerate(posts):
            parts = [part for page in pages for part in (line(), page)][1:]
            posting = Posting(
                kind,
                f"{ballot.id}.{number}",
                title,
                card(*parts, *(rows([vote]) if sheet and number == 0 else []), accent=CALM),
                mention=mention if number == 0 else None,
            )
            await self.bot.places.say(guild, ballot.event, posting)


def _pages(sentences: Sequence[Text], tr: Translator) -> list[str]:
    pages, current = [], ""
    for sentence in sentences:
        made = tr(sentence)
        if current and len(current) + len(made) + 1 > READ_OUT:
            pages.append(current)
            current = ""
        current = f"{current}\n{made}" if current else made
    return [*pages, current]
