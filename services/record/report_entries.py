"""From what is stored of recommendations to the entries of a report.

Ranks are those of each event's own latest ballots: what a conference voted on says nothing about a seminar's
order. Whose words something is, and for whom somebody spoke, passes `services.people.authors` here, so that
nothing in an entry is left to a renderer to hide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from reports.models.drafting import Changes, KinLine
from reports.models.initiative import (
    Addressee,
    Argument,
    Decision,
    Entry,
    Forwarding,
    OtherText,
    Result,
    Statement,
)
from reports.models.ranking import RankingRow
from seminar.conference import Basis
from seminar.initiative import Initiative
from seminar.methods import method
from seminar.methods.base import Figures
from seminar.model import AmendmentStatus, ArgumentStatus, State
from seminar.ranking import Standing, rank
from seminar.wording import Wording, changes
from services.people.authors import Authors
from services.record.report_reading import History, Stored
from services.record.results import ranked_row
from services.voting.ballot_reading import label_of
from storage.ballots import BallotRow
from storage.conference import ItemRow as AgendaRow
from storage.recommendations import LastBallot, RecRow
from storage.reporting import ResultRow
from storage.statements import Kind

WordsOf = Callable[[RecRow, AgendaRow | None], int]
"""The number of the version whose words a report shows of a recommendation."""

ENDED = frozenset((State.WITHDRAWN, State.REJECTED, State.MERGED, State.SPLIT))
"""The states in which a recommendation has no text of its own any more."""


def at_seminar(row: RecRow, item: AgendaRow | None) -> int:
    """The words as the seminar left them, whatever the conference made of them."""
    return row.version if item is None else item.version


def at_conference(row: RecRow, item: AgendaRow | None) -> int:
    """The final words, and the present ones while there are none."""
    return row.version if item is None or item.final_version is None else item.final_version


@dataclass(frozen=True, slots=True)
class _Counted:
    """A result with its figures read, as they are and as they may be told."""

    row: ResultRow
    ballot: BallotRow
    figures: Figures
    told: Figures


class Entries:
    """Makes entries of what was read; `conferences` are the codes of the events that are one."""

    def __init__(
        self, initiative: Initiative, authors: Authors, stored: Stored, *, with_conference: bool
    ) -> None:
        self._initiative = initiative
        self._authors = authors
        self._stored = stored
        self._entities = {entity.code: entity for entity in initiative.entities}
        self._conferences = {event.code: event.title for event in initiative.conferences}
        self._counted = {
            row.id: [
                one
                for one in map(self._read, stored.histories[row.id].results)
                if with_conference
                or one.ballot.event == row.event
                or one.ballot.event not in self._conferences
            ]
            for row in stored.rows
        }
        self._ranks = self._ranked()

    @property
    def ballots(self) -> set[int]:
        """The ids of the ballots that the entries speak of."""
        return {one.ballot.id for id_ in self._stored.told for one in self._counted[id_]}

    def entry(self, row: RecRow, words_of: WordsOf) -> Entry:
        """One recommendation in full, in the words of the version that `words_of` names."""
        history, item = self._stored.histories[row.id], self._stored.agenda.get(row.id)
        wordings = {version.number: version.wording for version in history.versions}
        version = words_of(row, item)
        wording = wordings.get(version, row.wording)
        results = self._results(row, wordings)
        own = next((one for one in reversed(results) if one.latest and one.event == row.event), None)
        ranked = _bare(row, self._authors) if own is None else own.row
        return Entry(
            ranked=_in_words(ranked, wording),
            version=version,
            addressees=tuple(map(self._addressee, wording.addressees)),
            results=results,
            arguments=self._arguments(history),
            lineage=kinship(row, history),
            seconds=row.seconds,
            versions=len(history.versions),
            amendments=_by_status(history),
            objections=self._statements(row, Kind.OBJECTION),
            explanations=self._statements(row, Kind.EXPLANATION),
            forwarding=None if item is None else self._forwarding(item),
            decision=None if item is None else self._decision(row, item, wordings),
            final_name=None if item is None else item.final_name,
        )

    def other(self, row: RecRow) -> OtherText:
        """A recommendation that is only named."""
        kin = kinship(row, self._stored.histories[row.id])
        return OtherText(row.reference, row.title, row.event, row.theme, row.state, kin)

    def order(self, row: RecRow) -> tuple[object, ...]:
        """Sorts recommendations of one event and theme by rank, those without one last."""
        place = self._ranks.get((row.id, row.event))
        return (place is None, place or 0, len(row.reference), row.reference)

    def _read(self, row: ResultRow) -> _Counted:
        ballot = self._stored.ballots[row.ballot_id]
        figures: Figures = method(ballot.method).from_json(row.figures)
        return _Counted(row, ballot, figures, self._authors.figures(figures))

    def _ranked(self) -> dict[tuple[int, str], int]:
        """Ranks by recommendation and event, each within its theme, by the latest ballot there."""
        ids: dict[str, int] = {}
        standings: list[Standing] = []
        for row in self._stored.rows:
            ids[row.reference] = row.id
            latest = {one.ballot.event: one for one in self._counted[row.id]}
            standings += [
                Standing(event, row.theme, row.reference, one.ballot.method, one.figures, one.ballot.id)
                for event, one in latest.items()
            ]
        return {
            (ids[placed.standing.reference], placed.standing.event): placed.rank
            for placed in rank(standings)
            if placed.rank is not None
        }

    def _results(self, row: RecRow, wordings: Mapping[int, Wording]) -> tuple[Result, ...]:
        counted = self._counted[row.id]
        latest = {one.ballot.event: one.ballot.id for one in counted}
        found = []
        for one in counted:
            ballot, is_latest = one.ballot, latest[one.ballot.event] == one.ballot.id
            place = self._ranks.get((row.id, ballot.event)) if is_latest else None
            at_closing = replace(row, last=_last(ballot, one.row))
            ranked = ranked_row(at_closing, self._authors.shown(row), place, one.told)
            ranked = _in_words(ranked, wordings.get(one.row.version, row.wording))
            found.append(Result(label_of(ballot), ballot.event, one.row.version, is_latest, ranked))
        return tuple(found)

    def _addressee(self, name: str) -> Addressee:
        entity = self._entities.get(name)
        if entity is None:
            return Addressee(name)
        present = self._initiative.present_entity(name)
        return Addressee(name, entity.code, entity.title, present if present != name else None)

    def _arguments(self, history: History) -> tuple[Argument, ...]:
        return tuple(
            Argument(
                one.number,
                one.stance,
                one.text,
                self._authors.called(one.person_name, one.person_organisation, one.constituency),
            )
            for one in history.arguments
            if one.status is ArgumentStatus.STANDS
        )

    def _statements(self, row: RecRow, kind: Kind) -> tuple[Statement, ...]:
        return tuple(
            Statement(label_of(one.ballot), self._authors.speaker(said.constituency), said.text)
            for one in self._counted[row.id]
            for said in self._stored.said.get(one.ballot.id, ())
            if said.kind is kind
        )

    def _label(self, ballot_id: int | None) -> str | None:
        ballot = self._stored.ballots.get(ballot_id or 0)
        return None if ballot is None else label_of(ballot)

    def _forwarding(self, item: AgendaRow) -> Forwarding:
        return Forwarding(
            conference=item.event,
            conference_title=self._conferences.get(item.event, item.event),
            origin=item.origin,
            at=item.forwarded_at,
            rank=item.rank,
            ballot=self._label(item.ballot_id),
            position=item.position,
            version=item.version,
        )

    def _decision(self, row: RecRow, item: AgendaRow, wordings: Mapping[int, Wording]) -> Decision | None:
        if item.basis is None:
            return None
        version, is_final = at_conference(row, item), item.final_version is not None
        decided = next(
            (
                one.version
                for one in self._stored.histories[row.id].results
                if one.ballot_id == item.basis_ballot_id
            ),
            item.version if item.basis is Basis.SEMINAR else version,
        )

        def differs_from(before: int) -> Changes:
            if not is_final or before == version or before not in wordings or version not in wordings:
                return {}
            return changes(wordings[before], wordings[version])

        return Decision(
            final=is_final,
            basis=item.basis,
            ballot=self._label(item.basis_ballot_id),
            version=version,
            decided=decided,
            at=item.decided_at,
            reason=item.reason,
            changes=differs_from(decided),
            since_forwarded=differs_from(item.version),
        )


def kinship(row: RecRow, history: History) -> tuple[KinLine, ...]:
    """Where it came from and went to, as far as that was not undone."""
    found: list[KinLine] = []
    for one in history.kin:
        if one.ended_at is None:
            onwards = one.predecessor_id == row.id
            found.append(KinLine(one.kind, one.successor if onwards else one.predecessor, onwards, False))
    return tuple(found)


def _by_status(history: History) -> dict[AmendmentStatus, int]:
    counted: dict[AmendmentStatus, int] = {}
    for one in history.amendments:
        counted[one.status] = counted.get(one.status, 0) + 1
    return counted


def _last(ballot: BallotRow, result: ResultRow) -> LastBallot:
    if ballot.number is None or ballot.closed_at is None:
        raise ValueError(f"ballot {ballot.id} is closed and has no number, or no moment of closing")
    return LastBallot(
        ballot.id,
        ballot.number,
        ballot.method,
        ballot.electorate or 0,
        ballot.closed_at,
        result.figures,
        ballot.purpose,
    )


def _bare(row: RecRow, authors: Authors) -> RankingRow:
    """A recommendation that its own event has not voted on."""
    return ranked_row(replace(row, last=None), authors.shown(row), None, None)


def _in_words(ranked: RankingRow, wording: Wording) -> RankingRow:
    return replace(
        ranked,
        title=wording.title,
        text=wording.text,
        rationale=wording.rationale,
        addressees=wording.addressees,
    )


def in_agenda_order(rows: Iterable[RecRow], agenda: Mapping[int, AgendaRow]) -> list[RecRow]:
    """The recommendations of a conference as its agenda has them."""
    return sorted(rows, key=lambda row: (agenda[row.id].position, row.id))
