"""Everything a conference does, as one service."""

from __future__ import annotations

from services.conference.agenda import Agenda, AgendaItem, AgendaView
from services.conference.finalising import Finalising, FinalPreview, Settled, ending_of
from services.conference.forwarding import Despatch, Forwarding, Sent
from services.conference.presenting import Presentation, Presenting

__all__ = [
    "AgendaItem",
    "AgendaView",
    "Conference",
    "Despatch",
    "FinalPreview",
    "Presentation",
    "Sent",
    "Settled",
    "ending_of",
]


class Conference(Forwarding, Agenda, Presenting, Finalising):
    """The conferences of each server."""
