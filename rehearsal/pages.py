"""The start page, and the bar that is put on top of the simulated chat."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape

from rehearsal.rooms import DIRECT, Listed, Room
from rehearsal.world import Person, World
from seminar.words import Text, t, tn

_HEAD_END = "</head>"
_BODY_START = "<body>"


def clock(world: World) -> str:
    """The rehearsal's day and hour in the initiative's zone."""
    now = world.simulation.now().astimezone(world.initiative.zone)
    return f"{now:%A} {now.day} {now:%B}, {now:%H:%M}"


def opening(room: Room) -> bytes:
    """What the chat page asks simcord's server for: this room, as this person."""
    return json.dumps({"viewer_id": str(room.person.actor.id)}).encode()


def start_page(world: World, rooms: Sequence[Listed], chosen: str | None) -> str:
    """The page that lists rooms and people; `chosen` is the room people are opened in."""
    keys = [room.key for room in rooms]
    here = chosen if chosen in keys else (keys[0] if keys else "")
    groups = "".join(_group(world, title, people, here) for title, people in _grouped(world))
    lead = t("Choose a room, then whom to be. Everybody here is invented, and nothing leaves this computer.")
    end = t("Time passes here as on your watch. To end the rehearsal press Ctrl-C in the terminal.")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_say(t("Rehearsal"))} · {escape(world.initiative.head.title)}</title>
<link rel="stylesheet" href="/rehearsal/start.css">
</head>
<body>
<header>
<p class="eyebrow">{_say(t("Rehearsal"))} · {escape(clock(world))}</p>
<h1>{escape(world.initiative.head.title)}</h1>
<p class="lead">{_say(lead)}</p>
</header>
<main>
<nav aria-label="{_say(t("Rooms"))}">
<h2>{_say(t("Rooms"))}</h2>
<ol class="rooms">{"".join(_room(room, room.key == here) for room in rooms)}</ol>
</nav>
<section aria-label="{_say(t("People"))}" id="people">
<h2>{_say(t("Walk into {room} as…", room=_sign(rooms, here)))}</h2>
{groups}
</section>
</main>
<footer><p>{_say(end)}</p></footer>
</body>
</html>
"""


def _say(text: Text) -> str:
    return escape(str(text))


def _sign(rooms: Sequence[Listed], key: str) -> str:
    for room in rooms:
        if room.key == key:
            return room.name if room.depth else f"#{room.name}"
    return "…"


def _room(room: Listed, chosen: bool) -> str:
    mark = ' aria-current="true"' if chosen else ""
    sign = "" if room.depth else "#"
    kind = "thread" if room.depth else "channel"
    return f'<li class="{kind}"><a href="/?in={room.key}"{mark}>{sign}{escape(room.name)}</a></li>'


def _grouped(world: World) -> Iterator[tuple[Text | str, list[Person]]]:
    """People by what they are here: the chair, each constituency, observers, strangers."""
    parts = world.initiative.roles
    left = list(world.everybody)

    def taken(*roles: str) -> list[Person]:
        found = [person for person in left if set(roles).intersection(person.roles)]
        left[:] = [person for person in left if person not in found]
        return found

    yield t("Organisers and facilitators"), taken(*parts.organiser, *parts.facilitator)
    observers = taken(*parts.observer)
    for constituency in world.initiative.constituencies:
        found = [person for person in left if world.speaks_for(person) == constituency.code]
        left[:] = [person for person in left if person not in found]
        yield constituency.title, found
    yield t("Observers"), observers
    yield t("Other experts"), taken(*parts.participant)
    yield t("Strangers to the seminar"), left


def _group(world: World, title: Text | str, people: Sequence[Person], room: str) -> str:
    if not people:
        return ""
    cards = "".join(_person(person, room) for person in people)
    count = tn("{count} person", "{count} people", len(people))
    return f'<h3>{escape(str(title))} <small>{_say(count)}</small></h3><ul class="people">{cards}</ul>'


def _person(person: Person, room: str) -> str:
    initial = escape(person.name[:1].upper())
    roles = escape(", ".join(person.roles)) or _say(t("no role"))
    hue = sum(map(ord, person.name)) * 47 % 12
    return (
        f'<li><a href="/chat?as={person.actor.id}&amp;in={escape(room)}">'
        f'<span class="face hue{hue}" aria-hidden="true">{initial}</span>'
        f"<span><strong>{escape(person.name)}</strong><small>{roles}</small></span></a></li>"
    )


def chat_page(page: str, world: World, rooms: Sequence[Listed], room: Room) -> str:
    """simcord's chat page with the bar on top."""
    title = f"{room.person.name} · {room.name or t('Direct messages')}"
    page = page.replace("<title>SimCord Preview</title>", f"<title>{escape(str(title))}</title>")
    head = (
        '<link rel="stylesheet" href="/rehearsal/chat.css"><script defer src="/rehearsal/chat.js"></script>'
    )
    page = page.replace(_HEAD_END, head + _HEAD_END, 1)
    return page.replace(_BODY_START, _BODY_START + _bar(world, rooms, room), 1)


def _bar(world: World, rooms: Sequence[Listed], room: Room) -> str:
    people = "".join(
        f'<optgroup label="{escape(str(title))}">'
        + "".join(_option(str(p.actor.id), p.name, p is room.person) for p in group)
        + "</optgroup>"
        for title, group in _grouped(world)
        if group
    )
    places = "".join(
        _option(r.key, ("\u2003" if r.depth else "#") + r.name, r.key == room.key) for r in rooms
    ) + _option(DIRECT, str(t("Direct messages with the bot")), room.key == DIRECT)
    label, back = _say(t("Rehearsal")), _say(t("All people and rooms"))
    return (
        f'<div id="rehearsal-bar" role="navigation" aria-label="{label}" data-token="{room.token}">'
        f'<a href="/" class="home" aria-label="{back}">← <span>{back}</span></a>'
        f'<label><span>{_say(t("You are"))}</span><select id="rehearsal-who">{people}</select></label>'
        f'<label><span>{_say(t("in"))}</span><select id="rehearsal-where">{places}</select></label>'
        f'<output id="rehearsal-clock">{escape(clock(world))}</output>'
        f'<p id="rehearsal-left" hidden role="status">{_say(t("Another page has gone to another room."))} '
        f'<button type="button" id="rehearsal-return">{_say(t("Come back here"))}</button></p></div>'
    )


def _option(value: str, label: str, chosen: bool) -> str:
    return f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(label)}</option>'
