"""How the room is told of a ballot: its own message, drawn again as things change, and posts beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.cards.ballot import ballot_card, groups_of, name_text
from bot.cards.colours import CALM
from bot.cog import HouseCog
from bot.i18n import Translator
from bot.places import Posting
from bot.ui import Button, card, line, rows
from seminar.model import Role
from seminar.words import Text
from services.voting.ballot_views import BallotView

READ_OUT = 3500  # characters of sentences in one message


@dataclass(frozen=True, slots=True)
class News:
    """What is announced: `sentences` in every language of the initiative that the house speaks.

    `words` are people's own, said once, after the first language. `kind` is how its posts are found
    again.
    """

    kind: str
    sentences: Sequence[Text]
    words: Sequence[Text] = ()
    buttons: Sequence[Button] = ()
    mention: Role | None = None


class AnnouncingCog(HouseCog):
    async def translator(self, guild: discord.Guild) -> Translator:
        """What stands in the room once is said in the first language."""
        initiative = await self.house.initiatives.current(guild.id)
        return self.bot.catalogues.first(initiative.head.languages)

    async def message(self, guild: discord.Guild, ballot: BallotView, mention: Role | None = None) -> Posting:
        """The ballot's own message, as it is to be drawn now."""
        initiative = await self.house.initiatives.current(guild.id)
        tr = self.bot.catalogues.first(initiative.head.languages)
        silent = ballot.silent
        said = await self.house.silences.said(guild.id, ballot.id) if silent else ()
        view = ballot_card(ballot, tr, groups_of(initiative), said)
        return Posting("ballot", str(ballot.id), tr(name_text(ballot)), view, mention=mention)

    async def announce(
        self, guild: discord.Guild, ballot: BallotView, news: News, *, again: bool = False
    ) -> None:
        """Say it in as many posts as it takes; `again` only draws anew what was said before."""
        initiative = await self.house.initiatives.current(guild.id)
        first, *others = self.bot.catalogues.among(initiative.head.languages)
        pages = _pages([*news.sentences, *news.words], first)
        for tr in others:
            pages += _pages(news.sentences, tr)
        posts = [pages] if sum(map(len, pages)) <= READ_OUT else [[page] for page in pages]
        for number, told in enumerate(posts):
            parts = [part for page in told for part in (line(), page)][1:]
            posting = Posting(
                news.kind,
                f"{ballot.id}.{number}",
                first(name_text(ballot)),
                card(*parts, *rows(news.buttons if number == 0 else ()), accent=CALM),
                mention=news.mention if number == 0 else None,
            )
            if again:
                await self.bot.places.redraw(guild, posting)
            else:
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
