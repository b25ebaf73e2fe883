"""Buttons, selects and modals, found by their custom id.

A custom id is `name:argument:argument`. Nothing is kept in memory for a message
once it is sent, so every control in the server goes on working after a restart,
and an id that somebody forged is just input that does not fit.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, cast

import discord
from pydantic import Field, TypeAdapter, ValidationError

from bot.exchange import Exchange
from seminar.errors import Invalid
from seminar.words import t

log = logging.getLogger(__name__)

Handler = Callable[..., Awaitable[None]]
F = TypeVar("F", bound=Handler)

SEPARATOR = ":"
CUSTOM_ID_LIMIT = 100
_Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]  # more, a store cannot look for
_MARK = "__rapporteur_controls__"


class TooLong(ValueError):
    """A custom id that Discord would not take."""


def custom_id(name: str, *arguments: object) -> str:
    """The id of a control handled by `name`.

    Raises:
        TooLong: longer than Discord's 100 characters.
    """
    made = SEPARATOR.join((name, *map(str, arguments)))
    if len(made) > CUSTOM_ID_LIMIT:
        raise TooLong(f"custom id too long: {made}")
    return made


@dataclass(frozen=True, slots=True)
class Control:
    """How a handler wants to be called: `hot` ones are clicked by hundreds at once."""

    name: str
    modal: bool
    hot: bool = False


def on_component(name: str, *, hot: bool = False) -> Callable[[F], F]:
    """The method answers buttons and selects called `name`.

    After a `hot` one no errands are run: a vote changes nothing that must be posted at once.
    """
    return _marked(Control(name, modal=False, hot=hot))


def on_modal(name: str) -> Callable[[F], F]:
    """The method takes the submissions of modals called `name`."""
    return _marked(Control(name, modal=True))


def _marked(control: Control) -> Callable[[F], F]:
    def mark(handler: F) -> F:
        setattr(handler, _MARK, (*getattr(handler, _MARK, ()), control))
        return handler

    return mark


@dataclass(frozen=True, slots=True)
class Route:
    control: Control
    handler: Handler
    arguments: tuple[TypeAdapter[Any], ...]
    rest: bool

    def read(self, texts: list[str]) -> list[Any]:
        """The arguments of a custom id as the handler's annotations want them."""
        needed = len(self.arguments)
        if self.rest and len(texts) > needed:
            texts = [*texts[:needed], SEPARATOR.join(texts[needed:])]
        if len(texts) != needed + (len(texts) > needed and self.rest):
            raise Invalid(_STALE)
        try:
            read = [
                adapter.validate_python(text) for adapter, text in zip(self.arguments, texts, strict=False)
            ]
        except ValidationError:
            raise Invalid(_STALE) from None
        return [*read, *texts[needed:]]


_STALE = t("This control is out of date. Please open the screen again.")


class Router:
    """Knows every control; cogs enrol themselves when they are loaded."""

    def __init__(self) -> None:
        self._routes: dict[tuple[str, bool], Route] = {}

    @property
    def controls(self) -> tuple[Control, ...]:
        return tuple(route.control for route in self._routes.values())

    @property
    def routes(self) -> tuple[Route, ...]:
        return tuple(self._routes.values())

    def enrol(self, owner: object) -> None:
        """Take every marked method of `owner`.

        Raises:
            ValueError: two methods claim one name.
        """
        for _, method in inspect.getmembers(owner, callable):
            for control in getattr(method, _MARK, ()):
                key = (control.name, control.modal)
                if key in self._routes:
                    raise ValueError(f"two handlers for {control.name}")
                self._routes[key] = _route(control, cast(Handler, method))

    def find(self, interaction: discord.Interaction[Any]) -> tuple[Route, list[str]]:
        """The route of a component or modal interaction and the texts of its arguments.

        Raises:
            Invalid: nothing here handles such an id.
        """
        modal = interaction.type is discord.InteractionType.modal_submit
        return self._find(_identity(interaction), modal=modal)

    def is_hot(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether a component interaction is of a control that hundreds click at once."""
        name = _identity(interaction).partition(SEPARATOR)[0]
        route = self._routes.get((name, False))
        return route is not None and route.control.hot

    def _find(self, identity: str, *, modal: bool) -> tuple[Route, list[str]]:
        name, *texts = identity.split(SEPARATOR)
        route = self._routes.get((name, modal))
        if route is None:
            raise Invalid(_STALE)
        return route, texts

    async def dispatch(self, exchange: Exchange, route: Route, texts: list[str]) -> None:
        """Read the interaction's input into `exchange` and hand it to the route's handler."""
        data = _data(exchange.interaction)
        if route.control.modal:
            exchange.fields = dict(_fields(data.get("components")))
        else:
            exchange.values = tuple(map(_whole, _several(data.get("values"))))
            exchange.resume = _identity(exchange.interaction)
        await self._handle(exchange, route, texts)

    async def resume(self, exchange: Exchange, identity: str) -> None:
        """Go on with the button `identity` that something had to be asked before.

        Raises:
            Invalid: nothing here handles such an id, or it would ask for ever.
        """
        route, texts = self._find(identity, modal=False)
        exchange.values = ()
        exchange.resume = identity
        await self._handle(exchange, route, texts)

    async def _handle(self, exchange: Exchange, route: Route, texts: list[str]) -> None:
        read = route.read(texts)
        try:
            await route.handler(exchange, *read)
        except TooLong:
            # What follows takes over what came in, which is that long only where somebody has forged it.
            log.warning("an id that follows %s would be too long", route.control.name)
            raise Invalid(_STALE) from None


def _data(interaction: discord.Interaction[Any]) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", interaction.data or {})


def _identity(interaction: discord.Interaction[Any]) -> str:
    return _whole(_data(interaction).get("custom_id", ""))


def _route(control: Control, method: Handler) -> Route:
    parameters = list(inspect.signature(method, eval_str=True).parameters.values())[1:]
    plain = [p for p in parameters if p.kind is not inspect.Parameter.VAR_POSITIONAL]
    return Route(
        control,
        method,
        tuple(_adapter(p.annotation) for p in plain),
        rest=len(plain) != len(parameters),
    )


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    """What reads an argument of that kind; a hundred controls have three kinds between them."""
    return TypeAdapter(_Number if annotation is int else annotation)


def _whole(sent: object) -> str:
    """A text without halves of characters, which no store and no answer can hold, and without the sign that
    is none, which PostgreSQL refuses.
    """
    text = str(sent).replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _several(found: object) -> Sequence[Any]:
    """A list of what was sent; what was to be one and is none counts as empty."""
    return found if isinstance(found, list | tuple) else ()


def _fields(components: object) -> Iterable[tuple[str, str]]:
    """Every input of a modal by its id, however deep Discord nests it; choices joined by commas."""
    for component in _several(components):
        if not isinstance(component, Mapping):
            continue
        if "component" in component:
            yield from _fields((component["component"],))
        if "components" in component:
            yield from _fields(component["components"])
        if "custom_id" in component:
            if "values" in component:
                yield str(component["custom_id"]), ",".join(map(_whole, _several(component["values"])))
            elif "value" in component:
                yield str(component["custom_id"]), _whole(component["value"] or "")
