"""What can be exported. A new kind is a model in this package, a line here, and a renderer in each
format that can write it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from reports import FORMATS
from reports.format import Format
from reports.models.arguments import ArgumentsReport
from reports.models.cast_votes import CastVotesReport
from reports.models.drafting import DraftingReport
from reports.models.follow_up import FollowUpReport
from reports.models.initiative import ConferencePaper, FinalReport, SeminarReport
from reports.models.ranking import RankingReport
from seminar.errors import Invalid
from seminar.words import Text, t, tn

RANKING = "ranking"
SEMINAR_REPORT = "seminar-report"
CONFERENCE_PAPER = "conference-paper"
FINAL_REPORT = "final-report"
FOLLOW_UP = "follow-up"
CAST_VOTES = "cast-votes"
ARGUMENTS = "arguments"
DRAFTING = "drafting"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of export: `name` is what people type and what its files are called.

    `limits` are the parts it can be limited to: `event`, `theme`, `ballot`, `entity`. `counted` says how
    much there is in one, `nothing` why there is none; None where an empty one is a report like any other.
    """

    name: str
    label: Text
    report: type[Any]
    limits: tuple[str, ...]
    counted: Callable[[int], Text]
    nothing: Text | None = None

    @property
    def formats(self) -> tuple[str, ...]:
        """The names of the formats that can write it."""
        return tuple(name for name, known in FORMATS.items() if self.report in known.renderers)


def _recommendations(count: int) -> Text:
    return tn(
        "{count} recommendation, ranked within its event and theme.",
        "{count} recommendations, ranked within each event and theme.",
        count,
    )


def _reported(count: int) -> Text:
    return tn(
        "{count} recommendation, with its ballots, arguments and history.",
        "{count} recommendations, with their ballots, arguments and history.",
        count,
    )


def _forwarded(count: int) -> Text:
    return tn(
        "{count} recommendation that came to the conference, with its ballots, arguments and history.",
        "{count} recommendations that came to the conference, with their ballots, arguments and history.",
        count,
    )


def _followed_up(count: int) -> Text:
    return tn(
        "{count} row: a recommendation, an addressee, an action.",
        "{count} rows, each a recommendation, an addressee, an action.",
        count,
    )


def _votes(count: int) -> Text:
    return tn(
        "{count} vote or paper, as published at closing.",
        "{count} votes or papers, as published at closing.",
        count,
    )


def _arguments(count: int) -> Text:
    return tn(
        "{count} argument on record, those withdrawn or set aside among them.",
        "{count} arguments on record, those withdrawn or set aside among them.",
        count,
    )


def _drafted(count: int) -> Text:
    return tn(
        "{count} recommendation, with its versions, amendments and lineage.",
        "{count} recommendations, with their versions, amendments and lineage.",
        count,
    )


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(
                RANKING,
                t("ranking"),
                RankingReport,
                ("event", "theme"),
                _recommendations,
                t("There are no recommendations there yet, so there is nothing to export."),
            ),
            Kind(
                SEMINAR_REPORT,
                t("seminar report"),
                SeminarReport,
                ("event", "theme"),
                _reported,
                t("Nothing was proposed there yet, so there is no seminar report."),
            ),
            Kind(
                CONFERENCE_PAPER,
                t("paper for the conference"),
                ConferencePaper,
                ("event", "theme"),
                _forwarded,
                t("Nothing was forwarded to a conference yet, so there is no paper for it."),
            ),
            Kind(
                FINAL_REPORT,
                t("final report"),
                FinalReport,
                ("event", "theme"),
                _forwarded,
                t("Nothing was forwarded to a conference yet, so there is no final report."),
            ),
            Kind(
                FOLLOW_UP,
                t("follow-up"),
                FollowUpReport,
                ("entity",),
                _followed_up,
                t("Nothing is followed up yet, so there is nothing to export."),
            ),
            Kind(
                CAST_VOTES,
                t("cast votes of closed ballots"),
                CastVotesReport,
                ("ballot",),
                _votes,
                t("No ballot has closed yet, so there are no cast votes to export."),
            ),
            Kind(ARGUMENTS, t("arguments on record"), ArgumentsReport, ("event", "theme"), _arguments),
            Kind(DRAFTING, t("drafting history"), DraftingReport, ("event", "theme"), _drafted),
        )
    }
)
"""The kinds of export by name, the usual one first."""


def kind_named(name: str) -> Kind:
    """The kind of this name.

    Raises:
        Invalid: there is none.
    """
    if name not in KINDS:
        raise Invalid(t("There is no export “{name}”; there is {known}.", name=name[:40], known=tuple(KINDS)))
    return KINDS[name]


def require_format(kind: Kind, format: str) -> Format:
    """The format of this name, in which the kind can be written.

    Raises:
        Invalid: it cannot, or there is no such format.
    """
    if format not in kind.formats:
        raise Invalid(
            t(
                "There is no {kind} file as {format}; its formats are {formats}.",
                kind=kind.name,
                format=format[:40],
                formats=kind.formats,
            )
        )
    return FORMATS[format]
