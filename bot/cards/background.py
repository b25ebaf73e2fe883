"""What a card tells of where its recommendation came from, and of what was said and asked for around it."""

from __future__ import annotations

from collections.abc import Iterable

from seminar.model import Kinship, Stance
from seminar.words import Text, t, tn
from services.rec_views import Background, RecView


def background_lines(rec: RecView) -> list[Text]:
    """One sentence each; none for what there is nothing of."""
    known = rec.background
    if known is None:
        return []
    lines = [*_lineage(known)]
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
        counted = tuple(_counted(one, known.arguments[one]) for one in Stance if one in known.arguments)
        lines.append(t("On record: {arguments}.", arguments=counted))
    return lines


def _lineage(known: Background) -> Iterable[Text]:
    for kind in Kinship:
        found = tuple(kin.reference for kin in known.predecessors if kin.kind is kind)
        if found:
            yield _came_from(kind, found)
    for kind in Kinship:
        found = tuple(kin.reference for kin in known.successors if kin.kind is kind)
        if found:
            yield _went_into(kind, found)


def _came_from(kind: Kinship, found: tuple[str, ...]) -> Text:
    match kind:
        case Kinship.MERGED:
            return t("Takes in {references}.", references=found)
        case Kinship.SPLIT:
            return t("Part of {references}, which was split.", references=found)
        case Kinship.DERIVED:
            return t("Grew out of an amendment to {references}.", references=found)
        case Kinship.REUNITED:
            return t("Has its parts {references} back.", references=found)


def _went_into(kind: Kinship, found: tuple[str, ...]) -> Text:
    match kind:
        case Kinship.MERGED:
            return t("Merged into {references}.", references=found)
        case Kinship.SPLIT:
            return t("Split into {references}.", references=found)
        case Kinship.DERIVED:
            return t("An amendment to it became {references}.", references=found)
        case Kinship.REUNITED:
            return t("Back in {references}, of which it was a part.", references=found)


def _counted(stance: Stance, number: int) -> Text:
    match stance:
        case Stance.FOR:
            return tn("{count} argument for", "{count} arguments for", number)
        case Stance.AGAINST:
            return tn("{count} argument against", "{count} arguments against", number)
        case Stance.QUESTION:
            return tn("{count} question", "{count} questions", number)
        case Stance.EVIDENCE:
            return tn("{count} piece of evidence", "{count} pieces of evidence", number)
        case Stance.RESERVATION:
            return tn("{count} reservation", "{count} reservations", number)
