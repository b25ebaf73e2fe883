"""Whose name is shown: the one place that decides it.

Everything that shows an author, in chat or in a document, asks here, so that
the initiative's rule cannot be kept in one place and broken in another.
"""

from __future__ import annotations

from seminar.model import Attribution
from seminar.words import Text, t

SMALLEST_NAMED = 5
"""A constituency with fewer registered people would point at a person."""


def shown_author(
    attribution: Attribution,
    name: str,
    organisation: str | None,
    constituency_title: str | None,
    registered_in_constituency: int,
) -> str | Text:
    """The author as the initiative allows to show them.

    `chatham` shows the constituency, if at least five people are registered in it, and
    otherwise "a participant"; `organisation` shows the organisation, and where it is not
    known the same as `chatham`; `named` shows the name. An empty name is that of somebody who
    was forgotten, and shown as "a former participant"; under `chatham` not even that is said.
    """
    if not name and attribution is not Attribution.CHATHAM:
        return t("a former participant")
    if attribution is Attribution.NAMED:
        return name
    if attribution is Attribution.ORGANISATION and organisation:
        return organisation
    if constituency_title and registered_in_constituency >= SMALLEST_NAMED:
        return constituency_title
    return t("a participant")


def shown_voter(attribution: Attribution, name: str, organisation: str | None) -> str | None:
    """Who voted, as the record of an open ballot may show it; None where it shows nobody.

    `named` shows the name, `organisation` the organisation, and `chatham` nothing: there a vote is told
    by its constituency alone. Of a delegation both are its organisation. An erased name is shown as nobody.
    """
    match attribution:
        case Attribution.NAMED:
            return name or None
        case Attribution.ORGANISATION:
            return organisation or None
        case Attribution.CHATHAM:
            return None


def may_name_constituency(attribution: Attribution, registered_in_constituency: int) -> bool:
    """Whether an act done for a constituency, such as breaking a silence, may be shown as its own.

    Under `chatham` only where it has so many people that it points at none of them.
    """
    return attribution is not Attribution.CHATHAM or registered_in_constituency >= SMALLEST_NAMED
