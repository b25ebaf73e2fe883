"""What a card tells of where its recommendation came from, and of what was said and asked for around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seminar.model import Kinship, Stance
from seminar.terms import came_from, stance_count, went_into
from seminar.words import Text, Value, t, tn
from services.drafting.rec_views import Background, RecView

MOST_LISTED = 8  # references in one sentence, so that a card stays within Discord's limit


def background_lines(rec: RecView, most: int = MOST_LISTED) -> list[Text]:
    """One sentence each; none for what there is nothing of. At most so many of its kin are named in one."""
    known = rec.background
    if known is None:
        return []
    lines = [*_lineage(known, most)]
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
