"""What a card tells of where its recommendation came from, and of what was said and asked for around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.ui import one_line
from seminar.conference import Basis
from seminar.model import Kinship, Stance, State
from seminar.terms import came_from, stance_count, went_into
from seminar.words import Text, Value, t, tn
from services.drafting.rec_views import AtConference, Background, RecView

MOST_LISTED = 8  # references in one sentence, so that a card stays within Discord's limit
_TITLE, _REASON = 80, 200  # characters after escaping, at most


def background_lines(rec: RecView, most: int = MOST_LISTED) -> list[Text]:
    """One sentence each; none for what there is nothing of. At most so many of its kin are named in one."""
    known = rec.background
    if known is None:
        return []
    lines = [*_lineage(known, most)]
    if known.at_conference is not None:
        lines += at_conference_lines(known.at_conference, rec.state)
    if known.lives_on:
        lines.append(t("It lives on in {references}.", references=_some(known.lives_on, most)))
    if known.carried_seconds:
        lines.append(
            tn(
                "{count} more person seconded what it came from.",
                "{count} more people seconded what it came from.",
                known.carried_seconds,
            )
        )
    if rec.last_result is not None and known.voted_version is not None and known.voted_version < rec.version:
        lines.append(
            t(
                "The text has changed since that vote, from version {voted} to version {version}.",
                voted=known.voted_version,
                version=rec.version,
            )
        )
    if known.open_amendments:
        lines.append(tn("{count} open amendment.", "{count} open amendments.", known.open_amendments))
    if known.arguments:
        counted = tuple(stance_count(one, known.arguments[one]) for one in Stance if one in known.arguments)
        lines.append(t("On record: {arguments}.", arguments=counted))
    return lines


def at_conference_lines(known: AtConference, state: State) -> list[Text]:
    """Where it was forwarded, and what became of it there."""
    lines = [_forwarded(known)]
    match state:
        case State.FINALISED if known.number and known.ballot and known.basis is Basis.CONFERENCE:
            lines.append(
                t(
                    "Final text {number}, as decided here in {ballot}.",
                    number=known.number,
                    ballot=known.ballot,
                )
            )
        case State.FINALISED if known.number and known.ballot:
            lines.append(
                t(
                    "Final text {number}, as decided in {ballot} at {event}.",
                    number=known.number,
                    ballot=known.ballot,
                    event=one_line(known.origin, _TITLE),
                )
            )
        case State.NOT_FINALISED:
            lines.append(t("Without a final text: {reason}", reason=one_line(known.reason, _REASON)))
        case _:
            pass
    return lines


def _forwarded(known: AtConference) -> Text:
    titles = {"origin": one_line(known.origin, _TITLE), "conference": one_line(known.conference, _TITLE)}
    if known.origin == known.conference:
        return t("On the agenda of {conference}.", conference=titles["conference"])
    if known.rank is None:
        return t("Forwarded from {origin} to {conference}.", **titles)
    return t("Forwarded from {origin} to {conference} (rank {rank} of its theme).", rank=known.rank, **titles)


def _lineage(known: Background, most: int) -> Iterable[Text]:
    for kind in Kinship:
        if found := [kin.reference for kin in known.predecessors if kin.kind is kind]:
            yield came_from(kind, _some(found, most))
    for kind in Kinship:
        if found := [kin.reference for kin in known.successors if kin.kind is kind]:
            yield went_into(kind, _some(found, most))


def _some(references: Sequence[str], most: int) -> tuple[Value, ...]:
    """At most so many of the references, and how many more there are."""
    shown, more = references[:most], len(references) - most
    return (*shown, tn("{count} more", "{count} more", more)) if more > 0 else tuple(shown)
