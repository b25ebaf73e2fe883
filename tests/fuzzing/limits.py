"""Discord's limits on what a bot sends, as its documentation has them; simcord checks most of them, we all.

https://discord.com/developers/docs/components/reference and …/resources/message#create-message
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

CONTENT: Final = 2000
CARD_TEXT: Final = 4000
COMPONENTS: Final = 40
_ROW, _BUTTON, _SELECT, _INPUT, _SECTION, _TEXT, _LABEL = 1, 2, 3, 4, 9, 10, 18


def problems_of(said: Mapping[str, Any], *, form: bool = False) -> list[str]:
    """What Discord would not take of a message or a form."""
    return list(_form(said) if form else _message(said))


def _message(said: Mapping[str, Any]) -> Iterator[str]:
    if len(said.get("content") or "") > CONTENT:
        yield "content is too long"
    parts = list(_walk(said.get("components") or ()))
    if len(parts) > COMPONENTS:
        yield f"{len(parts)} components"
    if sum(len(part["content"]) for part in parts if part["type"] == _TEXT) > CARD_TEXT:
        yield "the texts are too long"
    if len(said.get("attachments") or ()) > 10:
        yield "too many files"
    yield from _controls(parts)


def _form(said: Mapping[str, Any]) -> Iterator[str]:
    if not 1 <= len(said["title"]) <= 45:
        yield "the title of a form"
    if not 1 <= len(said["custom_id"]) <= 100:
        yield "the id of a form"
    if not 1 <= len(said["components"]) <= 5:
        yield "the number of fields"
    yield from _controls(list(_walk(said["components"])))


def _controls(parts: list[Mapping[str, Any]]) -> Iterator[str]:
    ids = [part["custom_id"] for part in parts if "custom_id" in part]
    if len(set(ids)) != len(ids):
        yield "an id twice"
    for part in parts:
        kind = part["type"]
        if "custom_id" in part and not 1 <= len(part["custom_id"]) <= 100:
            yield "the length of an id"
        if kind == _TEXT and not part["content"]:
            yield "an empty text"
        if kind == _ROW and not 1 <= len(part["components"]) <= 5:
            yield "a row of buttons"
        if kind == _BUTTON and (
            len(part.get("label") or "") > 80 or not (part.get("label") or part.get("emoji"))
        ):
            yield "the label of a button"
        if kind == _BUTTON and ("url" in part) is not (part.get("style") == 5):
            yield "a button that leads nowhere"
        if kind == _SELECT:
            yield from _select(part)
        if kind == _INPUT and (
            len(part.get("value") or "") > part.get("max_length", 4000) or part.get("max_length", 1) > 4000
        ):
            yield "what a field is filled with"
        if kind == _LABEL and (not 1 <= len(part["label"]) <= 45 or len(part.get("description") or "") > 100):
            yield "the label of a field"


def _select(part: Mapping[str, Any]) -> Iterator[str]:
    options = part["options"]
    if not 1 <= len(options) <= 25 or len({one["value"] for one in options}) != len(options):
        yield "the options of a list"
    if len(part.get("placeholder") or "") > 150:
        yield "the placeholder of a list"
    for one in options:
        if not (
            1 <= len(one["label"]) <= 100
            and 1 <= len(one["value"]) <= 100
            and len(one.get("description") or "") <= 100
        ):
            yield "an option of a list"


def _walk(components: Any) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from _walk(component.get("components") or ())
        for key in ("component", "accessory"):
            if isinstance(component.get(key), dict):
                yield from _walk([component[key]])
