"""What a card tells of where its recommendation came from, and of what was said and asked for around it."""

from __future__ import annotations

from collections.abc import Iterable

from seminar.model import Kinship, Stance
from seminar.terms import came_from, stance_count, went_into
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
        counted = tuple(stance_count(one, known.arguments[one]) for one in Stance if one in known.arguments)
        lines.append(t("On record: {arguments}.", arguments=counted))
    return lines


def _lineage(known: Background) -> Iterable[Text]:
    for kind in Kinship:
        found = tuple(kin.reference for kin in known.predecessors if kin.kind is kind)
        if found:
            yield came_from(kind, found)
    for kind in Kinship:
        found = tuple(kin.reference for kin in known.successors if kin.kind is kind)
        if found:
            yield went_into(kind, found)
