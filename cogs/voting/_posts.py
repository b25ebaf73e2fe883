"""What the room is told of a ballot: opening, last call, outcome, and what changed in between."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import discord

from bot.cards.ballot import about, extended_text, groups_of, voting_buttons
from bot.cards.ballot_rules import turnout_text
from bot.cards.outcome import outcome_buttons, outcome_sentences
from bot.cards.silence import read_out
from bot.courier import NotYet, on_post
from bot.router import custom_id
from bot.ui import Button, escape, one_line
from cogs.voting._announcing import AnnouncingCog, News
from seminar.model import BallotStatus, Role, Showing
from seminar.words import Text, t, tn
from services.voting.ballot_views import BallotResult, BallotView

UNTIL_SEALED = timedelta(seconds=2)


class BallotPostsCog(AnnouncingCog):
    @on_post("ballot.opened")
    async def opened(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        ballot = await self.house.ballots.view(guild.id, int(subject))
        if ballot.status is not BallotStatus.OPEN:
            return
        await self.bot.places.say(guild, ballot.event, await self.message(guild, ballot, Role.PARTICIPANT))

    @on_post("ballot.refresh")
    async def refreshed(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """Draw the message again; while the ballot is open, also when somebody deleted it."""
        ballot = await self.house.ballots.view(guild.id, int(subject))
        if ballot.status is not BallotStatus.OPEN:
            await self.bot.places.redraw(guild, await self.message(guild, ballot))
            if ballot.status is BallotStatus.CLOSED and ballot.rules.rounds > 1:
                # Its outcome was read out while the series still waited for the next round.
                result = await self.house.ballots.result(guild.id, ballot.id)
                await self.announce(guild, ballot, await self._outcome(guild, result), again=True)
            return
        if ballot.rules.results is Showing.LIVE:
            await self.house.live.draw(ballot.id)
            ballot = await self.house.ballots.view(guild.id, ballot.id)
        # Not posted at all yet: then it is the announcement, and calls people.
        known = await self.bot.places.find(guild, "ballot", subject)
        mention = None if known else Role.PARTICIPANT
        await self.bot.places.say(guild, ballot.event, await self.message(guild, ballot, mention))

    @on_post("ballot.extended")
    async def extended(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """A new closing time: a facilitator's, or as much later as the bot was away."""
        ballot = await self.house.ballots.view(guild.id, int(subject))
        if ballot.status is not BallotStatus.OPEN:
            return
        await self.bot.places.redraw(guild, await self.message(guild, ballot))
        outage = int(payload.get("outage", 0))
        said = _made_good(ballot, outage) if outage else extended_text(ballot)
        await self.announce(guild, ballot, News(f"extended:{_moment(ballot)}", [said]))

    @on_post("ballot.last_call")
    async def last_call(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        ballot = await self.house.ballots.view(guild.id, int(subject))
        if ballot.status is not BallotStatus.OPEN:
            return
        buttons = voting_buttons(ballot, await self.translator(guild))
        # One for each closing time: after an extension there is another last call.
        kind = f"last-call:{_moment(ballot)}"
        news = News(kind, _last_call(ballot), buttons=buttons, mention=Role.PARTICIPANT)
        await self.announce(guild, ballot, news)

    @on_post("ballot.outcome")
    async def outcome(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """Announced once nothing is left that could tell who voted how, but for a series that goes on."""
        result = await self.house.ballots.result(guild.id, int(subject))
        if not result.sealed and not result.ballot.kept:
            raise NotYet(UNTIL_SEALED)
        await self.bot.places.redraw(guild, await self.message(guild, result.ballot))
        await self.announce(guild, result.ballot, await self._outcome(guild, result))

    @on_post("ballot.cancelled")
    async def cancelled(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        ballot = await self.house.ballots.view(guild.id, int(subject))
        await self.bot.places.redraw(guild, await self.message(guild, ballot))
        why = t("Reason: {reason}", reason=escape(str(payload.get("reason", ""))))
        await self.announce(guild, ballot, News("cancelled", [_cancelled(ballot), why]))

    @on_post("ballot.item_removed")
    async def item_removed(self, guild: discord.Guild, subject: str, payload: Mapping[str, Any]) -> None:
        """The ballot's message without it, why it was taken out, and the way to vote on it again."""
        ballot = await self.house.ballots.view(guild.id, int(subject))
        reference = str(payload["reference"])
        await self.bot.places.redraw(guild, await self.message(guild, ballot))
        again = (await self.translator(guild))(t("Vote on it again"))
        buttons = [Button(again, custom_id("ballot-again", ballot.id, reference), emoji="🔁")]
        told = [
            _removed(ballot, reference, one_line(str(payload["title"]), 300)),
            t("Reason: {reason}", reason=escape(str(payload["reason"]))),
        ]
        await self.announce(guild, ballot, News(f"removed:{reference}", told, buttons=buttons))

    async def _outcome(self, guild: discord.Guild, result: BallotResult) -> News:
        initiative = await self.house.initiatives.current(guild.id)
        silent = result.ballot.silent
        said = await self.house.silences.said(guild.id, result.ballot.id) if silent else ()
        return News(
            "outcome",
            outcome_sentences(result, groups_of(initiative)),
            words=read_out(said),
            buttons=outcome_buttons(result, await self.translator(guild)),
            mention=Role.PARTICIPANT,
        )


def _moment(ballot: BallotView) -> str:
    return f"{ballot.closes_at:%y%m%d%H%M%S}"


def _made_good(ballot: BallotView, minutes: int) -> Text:
    if ballot.silent:
        return tn(
            "The bot was away for about {count} minute, so silence procedure {label} now ends on {moment}.",
            "The bot was away for about {count} minutes, so silence procedure {label} now ends on {moment}.",
            minutes,
            label=ballot.label,
            moment=ballot.closes_at,
        )
    return tn(
        "The bot was away for about {count} minute, so ballot {label} now closes on {moment}.",
        "The bot was away for about {count} minutes, so ballot {label} now closes on {moment}.",
        minutes,
        label=ballot.label,
        moment=ballot.closes_at,
    )


def _last_call(ballot: BallotView) -> list[Text]:
    if ballot.silent:
        return [
            t(
                "Last call in silence procedure {label}: {references} will be adopted on {moment} unless "
                "somebody objects.",
                label=ballot.label,
                references=tuple(item.reference for item in ballot.items),
                moment=ballot.closes_at,
            )
        ]
    closes = t(
        "Last call: ballot {label} closes on {moment}.",
        label=f"{ballot.label} ({about(ballot)})",
        moment=ballot.closes_at,
    )
    return [closes, turnout_text(ballot)]


def _cancelled(ballot: BallotView) -> Text:
    if ballot.silent:
        return t("Silence procedure {label} is called off. Nothing was adopted.", label=ballot.label)
    return t("Ballot {label} is cancelled. All votes were destroyed unseen.", label=ballot.label)


def _removed(ballot: BallotView, reference: str, title: str) -> Text:
    if ballot.silent:
        return t(
            "{reference}, “{title}”, is taken out of silence procedure {label}, which goes on for the rest.",
            reference=reference,
            title=title,
            label=ballot.label,
        )
    return t(
        "{reference}, “{title}”, is taken out of ballot {label}. The votes on it were destroyed "
        "uncounted; the rest of the ballot goes on.",
        reference=reference,
        title=title,
        label=ballot.label,
    )
