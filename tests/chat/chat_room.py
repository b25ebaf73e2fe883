"""A seminar's server for tests: people by name, and the acts they do most.

Nothing here calls a service: every act goes through Discord's own roads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.env import Env
from simcord.results import InteractionResult, ResponseMessage

from bot.client import Rapporteur, create_bot
from bot.settings import Settings
from rehearsal.simulation import Stage, copy_quickly
from seminar.errors import Refused
from tests.small_initiative import INITIATIVE

# Settling after each act costs 50 ms by default; the bot is idle long before.
_DEFAULTS = getattr(Env._settle_internal, "__kwdefaults__", None)
if _DEFAULTS and "idle" in _DEFAULTS:
    _DEFAULTS["idle"] = 0.003
copy_quickly()

TITLE = "Structured co-operation in planning"
TEXT = "The EU and the UN should plan missions together from the first assessment on."


class Room:
    """The server `guild` with the bot in it; `ana` … are people by name."""

    def __init__(self, env: Env, settings: Settings) -> None:
        self.env = env
        self.settings = settings
        self.guild = env.create_guild("Seminar")
        for role in ("Expert", "Observer", "Facilitator", "Organiser", "UN", "EU"):
            self.guild.create_role(role)
        self.lobby = self.guild.create_text_channel("lobby")
        self.owner = MemberActor(env, self.guild, self.guild.owner)
        self.ana = self.person("Ana", "Expert", "UN")
        self.ben = self.person("Ben", "Expert", "EU")
        self.cleo = self.person("Cleo", "Expert", "EU")
        self.obs = self.person("Obi", "Observer")
        self.fay = self.person("Fay", "Facilitator")
        self.ola = self.person("Ola", "Organiser")
        self.stranger = self.person("Sam")

    @property
    def bot(self) -> Rapporteur:
        bot = self.env.bot
        assert isinstance(bot, Rapporteur)
        return bot

    def person(self, name: str, *roles: str) -> MemberActor:
        """A member of the server holding these Discord roles."""
        user = self.env.create_user(name)
        return self.guild.add_member(user, roles=[self.guild.roles[role] for role in roles])

    async def load(
        self, who: MemberActor | None = None, more: str = "", attribution: str = "named"
    ) -> InteractionResult:
        """`/initiative load` with the test's initiative; `more` is TOML put at its end."""
        data = (INITIATIVE.replace('"named"', f'"{attribution}"') + more).encode()
        return await self.load_bytes(data, who)

    async def load_bytes(self, data: bytes, who: MemberActor | None = None) -> InteractionResult:
        return await (who or self.owner).slash(self.lobby, "initiative load", file=("initiative.toml", data))

    async def open_event(self, code: str = "ROM") -> InteractionResult:
        return await self.ola.slash(self.lobby, "event open", code=code)

    @property
    def rome(self) -> ChannelHandle:
        """The channel of the Rome seminar."""
        return self.guild.channels["rom-rome-seminar"]

    async def recommend(
        self,
        who: MemberActor,
        theme: str = "CAP",
        title: str = TITLE,
        text: str = TEXT,
        rationale: str = "",
        addressees: str = "",
    ) -> InteractionResult:
        """`/recommend`, and its form filled in."""
        shown = await who.slash(self.lobby, "recommend", theme=theme)
        assert shown.modal is not None, texts(shown)
        return await who.submit_modal(
            shown, {"title": title, "text": text, "rationale": rationale, "addressees": addressees}
        )

    async def proposals(self, *titles: str, who: MemberActor | None = None, theme: str = "CAP") -> None:
        """Recommendations that differ enough not to be taken for each other."""
        for title in titles:
            text = f"{title}: {' '.join(reversed(title))}. " * 2
            await self.recommend(who or self.ana, theme, title, text)

    async def open_ballot(self, theme: str = "CAP", **options: Any) -> str:
        """`/ballot open` and its confirmation; the ballot's id, as its controls carry it."""
        shown = await self.fay.slash(self.rome, "ballot open", method="support", theme=theme, **options)
        button = control(shown, "ballot-open:")
        await self.fay.click(message_of(shown), custom_id=button)
        return button.partition(":")[2]

    async def vote(self, who: MemberActor, ballot: str, position: int, choice: str) -> InteractionResult:
        """A tap on the ballot's sheet, opened anew."""
        opened = await who.click(self.message("ballot", ballot), custom_id=f"sheet:{ballot}")
        return await who.click(
            message_of(opened), custom_id=control(opened, f"sheet-vote:{ballot}:{position}:{choice}")
        )

    async def close_ballot(self, ballot: str, label: str = "B1") -> InteractionResult:
        shown = await self.fay.slash(self.rome, "ballot close", ballot=label)
        return await self.fay.click(message_of(shown), custom_id=f"ballot-close:{ballot}")

    def message(self, kind: str, subject: str) -> Any:
        """One of the bot's own posts, found by a control it carries."""
        wanted = {"card": f":{subject}", "ballot": f"sheet:{subject}", "panel": "propose"}[kind]
        for channel in self.guild.channels.values():
            for message in channel.history():
                if any(wanted in identity for identity in controls(message)):
                    return message
        raise LookupError(f"no {kind} {subject}")

    def posts(self, channel: ChannelHandle | None = None) -> list[str]:
        """What the event's channel shows, in order, as flat text."""
        return [shown(message) for message in (channel or self.rome).history()]

    async def restart(self, after: float = 0) -> None:
        """Another process of the bot takes over the same store.

        after: seconds of the clock that pass while the bot is down.
        """
        await self.bot.close()
        if after:
            self.env.backend.advance_clock(after)
        await self.env.restart_bot(create_bot(self.settings))


def message_of(result: InteractionResult) -> ResponseMessage:
    """The message that answers: the last followup, or the response."""
    answer = result.followups[-1] if result.followups else result.response
    assert answer is not None, "nothing was answered"
    return answer


def texts(result: InteractionResult) -> str:
    """Everything an act was answered with, flattened."""
    answers = [result.response, *result.followups]
    return "\n".join(shown(answer) for answer in answers if answer is not None)


def refused(result: InteractionResult) -> bool:
    """Whether the act ended in one private sentence saying why not."""
    answer = message_of(result)
    return answer.ephemeral and answer.content.startswith("✋ ")


def control(result: InteractionResult, prefix: str) -> str:
    """The custom id of an answer's control that begins with `prefix`."""
    for identity in controls(message_of(result)):
        if identity.startswith(prefix):
            return identity
    raise LookupError(f"no control {prefix} among {controls(message_of(result))}")


def controls(message: Any) -> list[str]:
    return [c["custom_id"] for c in _walk(_components(message)) if "custom_id" in c and not c.get("disabled")]


def shown(message: Any) -> str:
    """A message's whole text, content and components."""
    parts = [message.content or ""]
    for component in _walk(_components(message)):
        parts += [
            str(component[key])
            for key in ("content", "label", "placeholder", "description")
            if component.get(key)
        ]
    return "\n".join(part for part in parts if part)


def _components(message: Any) -> list[dict[str, Any]]:
    components = message.components
    return [c if isinstance(c, dict) else c.to_dict() for c in components]


def _walk(components: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for component in components:
        yield component
        for key in ("components", "options", "items"):
            yield from _walk(c for c in component.get(key, ()) if isinstance(c, dict))
        for key in ("component", "accessory"):
            if isinstance(component.get(key), dict):
                yield from _walk([component[key]])


def plain(text: str) -> str:
    """`text` without the backslashes that keep Discord from reading it."""
    return re.sub(r"\\(.)", r"\1", text)


async def start(settings: Settings) -> Env:
    """The bot, started on a simulated Discord of its own, where time passes only when a test says so."""
    env = Stage(create_bot(settings), settle_timeout=30.0)
    await env.start()
    return env


async def stop(env: Env) -> None:
    """End the bot as an operator would, then its Discord; failures nobody looked at fail the test."""
    bot = env.bot
    assert isinstance(bot, Rapporteur)
    await bot.close()
    await env.shutdown()
    # A refused command has ended in its sentence, but simcord takes whatever it raised for a failure.
    unseen = env.errors_since(getattr(env, "_errors_acknowledged", 0))
    failures = [error for error in unseen if not isinstance(getattr(error, "original", error), Refused)]
    if failures:
        raise BaseExceptionGroup("the bot failed", failures)
