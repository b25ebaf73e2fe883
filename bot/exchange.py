"""One person's act and the answers it gets.

Every road into the house (command, button, select, modal) becomes an
`Exchange`, so that answering works the same on all of them: personal answers
are ephemeral, in the person's language, and mention nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import discord
import orjson

from bot.answers import CHANGED_MESSAGE, COMPONENTS_V2, EPHEMERAL, NEW_MESSAGE, Answers
from bot.i18n import Translator
from seminar.model import Actor
from seminar.words import Text

if TYPE_CHECKING:
    from bot.house import House

QUIET = discord.AllowedMentions.none()
NOBODY = QUIET.to_dict()


class Exchange:
    """Wraps one interaction; `actor` and `tr` are known before any handler runs.

    `values` are what was chosen in a select, `fields` what was filled into a
    modal, `resume` is the custom id of a button that would repeat the act
    (used when something must be asked first). `answers` are the connections on which
    first answers are sent; without them, and where they fail, discord.py sends them.
    """

    __slots__ = ("_answers", "_told", "actor", "fields", "house", "interaction", "resume", "tr", "values")

    def __init__(
        self,
        house: House,
        interaction: discord.Interaction[Any],
        actor: Actor,
        tr: Translator,
        answers: Answers | None = None,
    ) -> None:
        self._answers = answers
        self._told = False
        self.house = house
        self.interaction = interaction
        self.actor = actor
        self.tr = tr
        self.values: tuple[str, ...] = ()
        self.fields: Mapping[str, str] = {}
        self.resume: str | None = None

    @property
    def is_answered(self) -> bool:
        """Whether Discord has had an answer; whatever is said after it comes as a message more."""
        return self._told or self.interaction.response.is_done()

    @property
    def guild(self) -> discord.Guild:
        guild = self.interaction.guild
        if guild is None:
            raise RuntimeError("an exchange outside a server")
        return guild

    @property
    def channel_id(self) -> int | None:
        """The channel the person is in; inside a thread or a forum post, the channel it belongs to."""
        channel = self.interaction.channel
        if isinstance(channel, discord.Thread):
            return channel.parent_id
        return self.interaction.channel_id

    async def say(
        self,
        text: Text | str | None = None,
        *,
        view: discord.ui.LayoutView | discord.ui.View | None = None,
        files: Sequence[discord.File] = (),
    ) -> None:
        """Answer this person alone. A layout carries its own text, so give one or the other."""
        options: dict[str, Any] = {"ephemeral": True, "allowed_mentions": QUIET}
        if text is not None:
            options["content"] = cut(self.tr(text), 2000)
        if view is not None:
            view.stop()
            options["view"] = view
        if files:
            options["files"] = list(files)
        if self.is_answered:
            await self.interaction.followup.send(**options)
        elif files or not await self._tell(NEW_MESSAGE, options.get("content"), view, EPHEMERAL):
            await self.interaction.response.send_message(**options)

    async def redraw(
        self, view: discord.ui.LayoutView, *, files: Sequence[discord.File] | None = None
    ) -> None:
        """Put `view` in place of the private message whose control was used.

        What everybody sees is left alone: there, and where there is no card, it is a new answer; Discord
        puts no card in place of a sentence.
        """
        source = self.interaction.message
        if source is None or not source.flags.ephemeral or not source.flags.components_v2:
            await self.say(view=view, files=files or ())
            return
        view.stop()
        options: dict[str, Any] = {"view": view, "allowed_mentions": QUIET}
        if files is not None:
            options["attachments"] = list(files)
        if self.is_answered:
            await self.interaction.edit_original_response(**options)
        elif files is not None or not await self._tell(CHANGED_MESSAGE, None, view, 0):
            await self.interaction.response.edit_message(**options)

    async def ask(self, modal: discord.ui.Modal) -> None:
        """Open a form; its submission comes back through the router, also after a restart."""
        modal.stop()
        await self.interaction.response.send_modal(modal)

    async def think(self) -> None:
        """Promise an answer that takes longer than Discord's three seconds."""
        if not self.is_answered:
            await self.interaction.response.defer(ephemeral=True, thinking=True)

    async def _tell(
        self,
        kind: int,
        content: str | None,
        view: discord.ui.LayoutView | discord.ui.View | None,
        flags: int,
    ) -> bool:
        """Give the first answer by the shortest road; False: Discord has not taken it there."""
        if self._answers is None:
            return False
        data: dict[str, Any] = {"allowed_mentions": NOBODY}
        if content is not None:
            data["content"] = content
        if view is not None:
            data["components"] = view.to_components()
            if view.has_components_v2():
                flags |= COMPONENTS_V2
        if flags:
            data["flags"] = flags
        body = orjson.dumps({"type": kind, "data": data})
        status = await self._answers.send(self.interaction.id, self.interaction.token, body)
        self._told = 200 <= status < 300
        return self._told


def cut(text: str, limit: int) -> str:
    """`text` within `limit` characters, with an ellipsis where it was longer."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
