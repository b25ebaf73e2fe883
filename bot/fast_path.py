"""A shorter road for the one click that comes in thousands: a vote on a card. Opt-in.

discord.py makes an object of every click and of the whole message under it, and a task for each,
before anybody asks what was clicked: that is most of a click's processor time. Where
`[discord] fast_path` is set, this module takes the place of discord.py's private parser of
interactions. It reads the few fields of a vote from what came over the gateway, decides as the
ordinary road does (the same roles, the same services, the same vote writer, nothing answered
before COMMIT), and answers with the same words.

Everything else goes the ordinary road: other controls, another shape, somebody who is not
registered or has to be asked something first, a bot that is leaving, a failure in here. A discord.py
that is not the version it was written for is left alone altogether.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
import orjson

from bot.answers import EPHEMERAL, NEW_MESSAGE, NO_ANSWER
from bot.cards.recorded import recorded_text
from bot.exchange import NOBODY, Exchange, cut
from bot.i18n import Translator
from bot.router import SEPARATOR
from seminar.model import Actor, Choice
from services.voting.ballot_views import Recorded
from services.voting.voting import Told

if TYPE_CHECKING:
    from bot.client import Rapporteur

log = logging.getLogger(__name__)

KNOWN: str = "2.7.1"
"""The discord.py whose insides this module knows."""

_EVENT = "INTERACTION_CREATE"
_COMPONENT, _BUTTON = 3, 2  # Discord's numbers of an interaction and a component
_VOTE = "vote"  # the control of `cogs.voting`
_CHOICES = frozenset(map(str, Choice))

Parser: TypeAlias = Callable[[Any], None]


def install(bot: Rapporteur) -> FastPath | None:
    """Put the fast path before discord.py's parser; None, with a warning, where it does not fit."""
    connection: Any = getattr(bot, "_connection", None)
    parsers: Any = getattr(connection, "parsers", None)
    ordinary = parsers.get(_EVENT) if isinstance(parsers, dict) else None
    if discord.__version__ != KNOWN:
        why = f"it knows discord.py {KNOWN}, and this is {discord.__version__}"
    elif ordinary is None or ordinary != getattr(connection, "parse_interaction_create", None):
        why = "discord.py does not read interactions where it should"
    else:
        path = FastPath(bot, connection, ordinary)
        parsers[_EVENT] = path.parse
        return path
    log.warning("the fast path is not used: %s. Votes go the ordinary road, which is slower.", why)
    return None


class FastPath:
    """Takes the votes on cards of one bot; `ordinary` is discord.py's own parser."""

    def __init__(self, bot: Rapporteur, connection: Any, ordinary: Parser) -> None:
        self._bot = bot
        self._connection = connection
        self._ordinary = ordinary
        self._failed = False
        self._under_way = 0
        self._busy: asyncio.Future[None] | None = None
        self.taken = 0

    def parse(self, data: Any) -> None:
        """Take an interaction as it came over the gateway, or leave it to discord.py."""
        try:
            act = self._read(data)
            cast = None if act is None else self._entered(act)
        except Exception as error:
            act = cast = None
            if not self._failed:  # once: it would be so with every click
                self._failed = True
                log.warning("the fast path failed, and votes go the ordinary road: %s", type(error).__name__)
        if act is None or cast is None:
            self._ordinary(data)
            return
        self.taken += 1
        data.pop("message", None)  # large, and of no use any more; thousands may wait at once
        self._begun()
        cast(partial(self._answer, act))

    def _read(self, data: Any) -> _Act | None:
        """The vote in an interaction; None where it is none, or anything about it is odd."""
        if data["type"] != _COMPONENT or data["data"]["component_type"] != _BUTTON:
            return None
        vote = _vote(data["data"]["custom_id"])
        if vote is None or not data.get("guild_id"):
            return None
        bot = self._bot
        guild = bot.get_guild(int(data["guild_id"]))
        if guild is None or not bot.is_taking_acts:
            return None
        initiative = bot.house.initiatives.at_once(guild.id)
        if initiative is None:
            return None
        member = data["member"]
        user = member["user"]
        held = frozenset(map(int, member["roles"]))
        roles, codes = bot.access.held_by(guild, held.__contains__, initiative)
        tr = bot.catalogues.pick(data.get("locale", "en-US"), initiative.head.languages)
        actor = Actor(
            guild_id=guild.id,
            user_id=int(user["id"]),
            name=member.get("nick") or user.get("global_name") or user["username"],
            roles=roles,
            constituencies=codes,
            language=tr.language,
        )
        return _Act(int(data["id"]), data["token"], data, actor, tr, *vote)

    def _entered(self, act: _Act) -> Callable[[Told], None] | None:
        """What lets the vote take effect; None where the ordinary road has to see to it."""
        bot, actor = self._bot, act.actor
        cast = bot.house.voting.at_once(actor, act.ballot, act.position, act.choice)
        # Whoever is held back is not counted here, but on the ordinary road, which tells them so.
        if cast is None or bot.floods.let_in(actor.guild_id, actor.user_id):
            return None
        if bot.metrics is not None:
            bot.metrics.arrived(act.interaction_id, "vote")
        return cast

    def _answer(self, act: _Act, recorded: Recorded | Exception) -> None:
        """Say what came of the vote; it is durable by now, or refused."""
        try:
            self._tell(act, recorded)
        except Exception:
            self._ended()
            raise

    def _tell(self, act: _Act, recorded: Recorded | Exception) -> None:
        if isinstance(recorded, Recorded):
            text: str | None = recorded_text(recorded, act.tr)
            self._bot.refresher.mark("ballot.refresh", act.actor.guild_id, str(act.ballot))
        else:
            text = self._bot.presenter.sentence(act.tr, recorded)
        answers = self._bot.answers
        if text is None:
            self._ended()
        elif answers is None:
            self._sent(act, text, NO_ANSWER)
        else:
            data = {"allowed_mentions": NOBODY, "content": cut(text, 2000), "flags": EPHEMERAL}
            body = orjson.dumps({"type": NEW_MESSAGE, "data": data})
            answers.put(act.interaction_id, act.token, body, partial(self._sent, act, text))

    def _sent(self, act: _Act, text: str, status: int) -> None:
        """Where Discord has not taken the answer, leave it to discord.py, which waits and tries again."""
        if not 200 <= status < 300:
            self._bot.track(asyncio.create_task(self._say(act, text)))
        self._ended()

    def _begun(self) -> None:
        """At its end the bot waits for the votes under way, all of them as one act."""
        self._under_way += 1
        if self._busy is None:
            self._busy = asyncio.get_running_loop().create_future()
            self._bot.track(self._busy)

    def _ended(self) -> None:
        self._under_way -= 1
        if not self._under_way and self._busy is not None:
            self._busy.set_result(None)
            self._busy = None

    async def _say(self, act: _Act, text: str) -> None:
        bot = self._bot
        interaction: discord.Interaction[Any] = discord.Interaction(
            data=act.payload,
            state=self._connection,
        )
        exchange = Exchange(bot.house, interaction, act.actor, act.tr)
        try:
            await exchange.say(text)
        except Exception as error:
            await bot.presenter.present(interaction, exchange, error)


class _Act:
    """A vote on its way, and what its answer needs."""

    __slots__ = (
        "actor",
        "ballot",
        "choice",
        "interaction_id",
        "payload",
        "position",
        "token",
        "tr",
    )

    def __init__(
        self,
        interaction_id: int,
        token: str,
        payload: Any,
        actor: Actor,
        tr: Translator,
        ballot: int,
        position: int,
        choice: Choice,
    ) -> None:
        self.interaction_id = interaction_id
        self.token = token
        self.payload = payload
        self.actor = actor
        self.tr = tr
        self.ballot = ballot
        self.position = position
        self.choice = choice


@lru_cache(maxsize=4096)
def _vote(custom_id: str) -> tuple[int, int, Choice] | None:
    """Ballot, position and choice of a vote button as the bot makes them; None for any other control."""
    name, *texts = custom_id.split(SEPARATOR)
    if name != _VOTE or len(texts) != 3:
        return None
    ballot, position, choice = texts
    plain = all(text.isascii() and text.isdigit() and len(text) < 19 for text in (ballot, position))
    if not plain or choice not in _CHOICES:
        return None
    return int(ballot), int(position), Choice(choice)
