"""Small pieces that every screen is made of.

People's own words are shown as they were typed: nothing in them is interpreted,
pings anybody or turns the reading direction of what stands around them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import discord

from bot.exchange import cut
from bot.i18n import Translator
from seminar.words import t, tn

CARD_TEXT_LIMIT = 4000  # characters over all texts of one layout, as Discord counts them
LABEL_LIMIT = 80
FORM_TITLE_LIMIT = FIELD_LIMIT = 45
HINT_LIMIT = 100

_BIDI_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_EVERYBODY = re.compile(r"@(everyone|here|[!&]?\d+)")
_MARKDOWN = re.compile(r"([\\*_~|`<\[\]])")
_LINE_STARTS = re.compile(r"(?m)^([^\S\n]*)(?:([-+#>])|(\d+)\.(?=\s))")  # lists, headings, quotes
_LINK = re.compile(r"https?://[^\s<>]+")


def escape(text: str) -> str:
    """`text` so that Discord shows exactly these characters.

    Plain web addresses are left alone, since a backslash in them would break them.
    """
    text = text.translate(_BIDI_CONTROLS)
    parts: list[str] = []
    end = 0
    for link in _LINK.finditer(text):
        parts += [_escape(text[end : link.start()]), link.group()]
        end = link.end()
    parts.append(_escape(text[end:]))
    return "".join(parts)


def _escape(text: str) -> str:
    text = _MARKDOWN.sub(r"\\\1", text)
    text = _LINE_STARTS.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\.", text)
    return _EVERYBODY.sub("@\u200b\\1", text)


@lru_cache(maxsize=1024)
def one_line(text: str, limit: int) -> str:
    """`text` escaped, on one line, at most `limit` characters long after escaping."""
    flat = " ".join(text.split())
    escaped = escape(flat)
    while len(escaped) > limit:
        # A character less takes away one or two: no more is cut than has to be.
        flat = cut(flat, max(1, len(flat) - max(1, (len(escaped) - limit) // 2)))
        escaped = escape(flat)
    return escaped


def label(text: str, limit: int) -> str:
    """`text` on one line and not turned, for where Discord reads no markdown: options, suggestions."""
    return cut(" ".join(text.translate(_BIDI_CONTROLS).split()), limit)


def listing(tr: Translator, lines: Sequence[str], room: int) -> str:
    """`lines` as far as they fit into `room` characters, and how many more there are."""
    for shown in range(len(lines), -1, -1):
        left = len(lines) - shown
        more = [tr(tn("and {count} more", "and {count} more", left))] if left else []
        text = "\n".join([*lines[:shown], *more])
        if len(text) <= room:
            return text
    return ""


class Button(discord.ui.Button[Any]):
    """A button that the router answers."""

    def __init__(
        self,
        label: str,
        custom_id: str,
        *,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        emoji: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(
            label=cut(label, LABEL_LIMIT), custom_id=custom_id, style=style, emoji=emoji, disabled=disabled
        )


def link_button(label: str, url: str) -> discord.ui.Button[Any]:
    """A button that leads to an address, and asks nothing of the router."""
    return discord.ui.Button(label=cut(label, LABEL_LIMIT), url=url)


def turns(tr: Translator, page: int, last: int, to: Callable[[int], str]) -> list[Button]:
    """Back and Next, where there is more than one page; `to` gives the id that opens a page, from 0."""
    if last == 0:
        return []
    return [
        Button(tr(t("Back")), to(page - 1), emoji="◀️", disabled=page <= 0),
        Button(tr(t("Next")), to(page + 1), emoji="▶️", disabled=page >= last),
    ]


def rows(buttons: Sequence[discord.ui.Button[Any]]) -> list[discord.ui.ActionRow[Any]]:
    """`buttons` in rows of five, as many as Discord allows in one."""
    return [discord.ui.ActionRow(*buttons[start : start + 5]) for start in range(0, len(buttons), 5)]


def below(*buttons: discord.ui.Button[Any]) -> discord.ui.View | None:
    """`buttons` under a sentence; None without any."""
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    return view


def form(title: str, made: str, *fields: discord.ui.Label[Any]) -> discord.ui.Modal:
    """A form, whose answers come back as the modal `made`."""
    modal = discord.ui.Modal(title=cut(title, FORM_TITLE_LIMIT), custom_id=made, timeout=None)
    for one in fields:
        modal.add_item(one)
    return modal


def field(
    asked: str, answer: discord.ui.TextInput[Any] | discord.ui.Select[Any], hint: str | None = None
) -> discord.ui.Label[Any]:
    """What a form asks, where it is answered, and a hint below the question."""
    return discord.ui.Label(
        text=cut(asked, FIELD_LIMIT),
        description=cut(hint, HINT_LIMIT) if hint else None,
        component=answer,
    )


def text_field(
    asked: str,
    name: str,
    filled: Mapping[str, str],
    least: int,
    most: int,
    *,
    long: bool = False,
    hint: str | None = None,
) -> discord.ui.Label[Any]:
    """A field of a form for `least` to `most` characters, filled in with what `filled` has under its name.

    It may stay empty where `least` is 0; what `filled` has too much of is cut.
    """
    answer: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=name,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        required=least > 0,
        min_length=least or None,
        max_length=most,
        default=cut(filled[name], most) if filled.get(name) else None,
    )
    return field(asked, answer, hint)


def card(
    *parts: str | discord.ui.Item[Any] | None, accent: discord.Colour | int | None = None
) -> discord.ui.LayoutView:
    """A layout of one container: strings become texts, None is left out."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*_items(parts), accent_colour=accent))
    return view


def _items(parts: Iterable[str | discord.ui.Item[Any] | None]) -> Iterable[discord.ui.Item[Any]]:
    for part in parts:
        if isinstance(part, str):
            if part:
                yield discord.ui.TextDisplay(part)
        elif part is not None:
            yield part


def take_controls(view: discord.ui.LayoutView) -> None:
    """Leave the texts of a card, and nothing that can be pressed."""
    for container in view.children:
        if isinstance(container, discord.ui.Container):
            for item in list(container.children):
                if isinstance(item, discord.ui.ActionRow):
                    container.remove_item(item)


def line() -> discord.ui.Separator[Any]:
    """A thin line between parts of a card."""
    return discord.ui.Separator()
