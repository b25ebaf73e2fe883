"""How somebody is registered, in a sentence about them."""

from __future__ import annotations

from bot.ui import escape
from seminar.initiative import Initiative
from seminar.model import Status
from seminar.words import Text, t
from services.people.registering import Person


def other_registered(initiative: Initiative, person: Person) -> Text:
    """What an organiser is told of somebody's registration."""
    constituency, name = _constituency(initiative, person), escape(person.name)
    if person.status is Status.OBSERVER:
        return t("{name} is registered as an observer.", name=name)
    if constituency is None:
        return t("{name} is registered as a participant.", name=name)
    return t(
        "{name} is registered as a participant and speaks for {constituency}.",
        name=name,
        constituency=constituency,
    )


def _constituency(initiative: Initiative, person: Person) -> str | None:
    titles = {one.code: one.title for one in initiative.constituencies}
    # One that the initiative no longer has does not count.
    return escape(titles[person.constituency]) if person.constituency in titles else None
