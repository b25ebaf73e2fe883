"""Making a text final at the conference, leaving it without a final text, and taking either up again.

Before anything is final an organiser sees what was decided on, and how the text differs from it now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.conference import Basis, Ending, needs_new_decision
from seminar.errors import Invalid, Refused
from seminar.initiative import Initiative
from seminar.lifecycle import Act
from seminar.methods import silence
from seminar.model import Actor, AmendmentStatus, Role, State
from seminar.wording import Wording
from seminar.words import Text, t, tn
from services import news
from services.clock import Clock
from services.conference.choosing import item_of
from services.conference.decisions import Decision, decisions, last_at, last_carried
from services.drafting.acting import locked, moved, named, record
from services.drafting.amendment_deciding import turn_down
from services.drafting.rec_views import RecView, with_background
from services.initiatives import Initiatives
from services.people import persons
from services.reasons import reason_of, required_reason
from services.tracking.opening import open_rows
from services.voting.ballot_reading import label_of
from storage import amendments, ballots, conference, ledger, recommendations, versions
from storage.conference import ItemRow
from storage.engine import Database
from storage.people import PersonRow
from storage.recommendations import RecRow

WHY_NOT = t("Say why it gets no final text; the reason is told to the author and to the room.")
WHY_TAKEN_UP = t("Say why it is taken up again; the reason is told to the author and to the room.")

_ACTS = {Ending.FINALISED: Act.FINALISE, Ending.NOT_FINALISED: Act.NOT_FINALISE}
_STATES = {Ending.FINALISED: State.FINALISED, Ending.NOT_FINALISED: State.NOT_FINALISED}


@dataclass(frozen=True, slots=True)
class FinalPreview:
    """What an organiser confirms: the text as it stands becomes final as R`number`, or gets no final text.

    `decided` is what a final text rests on, and `before` the text that was decided on; both are None for
    one that gets none. Nobody takes up the open `amendments` any more. `conference` is its title.
    """

    rec: RecView
    conference: str
    ending: Ending
    reason: str
    number: int | None
    basis: Basis
    decided: Decision | None
    before: Wording | None
    amendments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of it: `number` (R`number`) where it has a final text. `again`: it was so before."""

    rec: RecView
    number: int | None
    again: bool = False


class Finalising:
    """Decides on texts at each server's conferences."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def preview(
        self, actor: Actor, reference: str, ending: Ending = Ending.FINALISED, reason: str = ""
    ) -> FinalPreview:
        """What `settle` would do now.

        Raises what `settle` raises, and Refused for what is final already.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        wanted, why = references.parse(reference), _reason(ending, reason)
        async with self._db.read() as tx:
            row = await named(tx, actor.guild_id, wanted)
            item = await item_of(tx, actor.guild_id, initiative, row)
            await _require_movable(tx, row, item, ending)
            decided = await _decided(tx, initiative, row, item) if ending is Ending.FINALISED else None
            before = None
            if decided is not None:
                texts = await versions.numbered(tx, row.id, [decided.version])
                before = texts[decided.version].wording
            number = item.number
            if number is None and ending is Ending.FINALISED:
                number = await conference.next_number(tx, actor.guild_id)
            waiting = await amendments.of(tx, [row.id], AmendmentStatus.OPEN)
            return FinalPreview(
                rec=await with_background(tx, actor.guild_id, initiative, row),
                conference=initiative.event(item.event).title,
                ending=ending,
                reason=why,
                number=number if ending is Ending.FINALISED else None,
                basis=_basis(item, decided),
                decided=decided,
                before=before,
                amendments=tuple(one.number for one in waiting),
            )

    async def settle(
        self, actor: Actor, reference: str, version: int, ending: Ending, reason: str = ""
    ) -> Settled:
        """Make the text final, or leave it without a final text; what is so already stays as it is.

        `version` is the one that was seen. Open amendments are closed with it, and their authors told.

        Raises:
            Invalid: what was typed is no reference, or the reason is too long, or missing where needed.
            NotAllowed: the actor is no organiser.
            NotFound: there is no such recommendation here.
            Refused: it was not forwarded, its conference is closed, a ballot on it is open, it has changed
                since it was seen, or what was decided is not this text; the sentence says which.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        wanted = references.parse(reference)
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            row = await locked(tx, actor.guild_id, wanted)
            item = await item_of(tx, actor.guild_id, initiative, row)
            if row.state is _STATES[ending]:
                view = await with_background(tx, actor.guild_id, initiative, row)
                return Settled(view, item.number if ending is Ending.FINALISED else None, again=True)
            why = _reason(ending, reason)
            if row.version != version:
                raise Refused(
                    t(
                        "{reference} has changed since you looked; `/conference finalise` shows it as it is "
                        "now.",
                        reference=row.reference,
                    )
                )
            state = await _require_movable(tx, row, item, ending)
            decided = await _decided(tx, initiative, row, item) if ending is Ending.FINALISED else None
            now = self._clock()
            number = item.number
            if ending is Ending.FINALISED and number is None:
                number = await conference.next_number(tx, actor.guild_id)
            await self._store(tx, actor.guild_id, person, row, item, decided, state, number, why, now)
            if ending is Ending.FINALISED:
                await open_rows(tx, actor.guild_id, row, now, person)
            await _not_taken_up(tx, self._clock, person, row)
            (changed,) = await recommendations.by_ids(tx, [row.id])
            view = await with_background(tx, actor.guild_id, initiative, changed)
            return Settled(view, number if ending is Ending.FINALISED else None)

    async def reopen(self, actor: Actor, reference: str, reason: str) -> RecView:
        """Take up again what the conference has decided on; a final number stays with its text.

        Raises:
            Invalid: there is no reason, or one that is too long; or what was typed is no reference.
            NotAllowed: the actor is no organiser.
            NotFound: there is no such recommendation here.
            Refused: it was not decided on here, or the conference is closed.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        wanted, why = references.parse(reference), required_reason(reason, WHY_TAKEN_UP)
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            row = await locked(tx, actor.guild_id, wanted)
            item = await item_of(tx, actor.guild_id, initiative, row)
            state = await moved(tx, row, Act.TAKE_UP)
            await recommendations.set_state(tx, row.id, state)
            await conference.change(
                tx,
                row.id,
                {
                    "final_version": None,
                    "basis": None,
                    "basis_ballot_id": None,
                    "reason": "",
                    "decided_at": None,
                    "decided_by": None,
                },
            )
            body = {
                "from": row.state.value,
                "state": state.value,
                "number": item.number,
                "reason": await ledger.remember(tx, actor.guild_id, why),
            }
            act = "recommendation.taken_up"
            await record(tx, self._clock, actor.guild_id, person.pseudonym, act, row, body)
            told = {"title": row.title, "number": item.final_name, "reason": why}
            others = {row.author_id} - {person.id}
            await news.tell(tx, actor.guild_id, row.reference, self._clock(), "taken_up", told, to=others)
            (changed,) = await recommendations.by_ids(tx, [row.id])
            return await with_background(tx, actor.guild_id, initiative, changed)

    async def _store(
        self,
        tx: AsyncConnection,
        guild_id: int,
        person: PersonRow,
        row: RecRow,
        item: ItemRow,
        decided: Decision | None,
        state: State,
        number: int | None,
        why: str,
        now: datetime,
    ) -> None:
        final, basis = state is State.FINALISED, _basis(item, decided)
        await recommendations.set_state(tx, row.id, state)
        await conference.change(
            tx,
            row.id,
            {
                "number": number,
                "final_version": row.version if final else None,
                "basis": basis.value,
                "basis_ballot_id": None if decided is None else decided.ballot_id,
                "reason": why,
                "decided_at": now,
                "decided_by": person.id,
            },
        )
        body = {
            "from": row.state.value,
            "state": state.value,
            "version": row.version,
            "number": number,
            "basis": basis.value,
            "ballot": None if decided is None else decided.label,
            "reason": await ledger.remember(tx, guild_id, why) if why else None,
        }
        if final:
            body["content"] = await ledger.remember(tx, guild_id, row.wording.content)
        what = state.value
        await record(tx, self._clock, guild_id, person.pseudonym, f"recommendation.{what}", row, body)
        told = {"title": row.title, "number": f"R{number}" if final else None, "reason": why}
        others = {row.author_id} - {person.id}
        await news.tell(tx, guild_id, row.reference, now, what, told, to=others)


def _reason(ending: Ending, typed: str) -> str:
    return required_reason(typed, WHY_NOT) if ending is Ending.NOT_FINALISED else reason_of(typed)


def ending_of(typed: str | None) -> Ending:
    """What somebody typed as the outcome; nothing is a final text.

    Raises:
        Invalid: it is neither of the two.
    """
    told = " ".join((typed or Ending.FINALISED.value).replace("_", " ").lower().split())
    try:
        return Ending(told)
    except ValueError:
        known = tuple(one.value for one in Ending)
        raise Invalid(
            t("“{typed}” is not possible here; choose one of {known}.", typed=told[:40], known=known)
        ) from None


def _basis(item: ItemRow, decided: Decision | None) -> Basis:
    if decided is None:
        return Basis.NOT_FINALISED
    return Basis.CONFERENCE if decided.event == item.event else Basis.SEMINAR


async def _require_movable(tx: AsyncConnection, row: RecRow, item: ItemRow, ending: Ending) -> State:
    """Where the decision leads.

    Raises:
        Refused: it is decided on already, a ballot on it is open, or it stands where nothing is decided on.
    """
    if row.state is State.FINALISED:
        raise Refused(
            t(
                "{reference} is finalised already, as {number}; `/conference reopen` takes it up again.",
                reference=row.reference,
                number=item.final_name or "—",
            )
        )
    if row.state is State.NOT_FINALISED:
        raise Refused(
            t(
                "The conference left {reference} without a final text; `/conference reopen` takes it up "
                "again.",
                reference=row.reference,
            )
        )
    running = (await ballots.open_on(tx, [row.id])).get(row.id, ())
    if running:
        raise Refused(
            tn(
                "{reference} is under vote in ballot {labels}; decide on it once that has closed.",
                "{reference} is under vote in the ballots {labels}; decide on it once they have closed.",
                len(running),
                reference=row.reference,
                labels=tuple(map(label_of, running)),
            )
        )
    return await moved(tx, row, _ACTS[ending])


async def _decided(tx: AsyncConnection, initiative: Initiative, row: RecRow, item: ItemRow) -> Decision:
    """The decision that the text as it stands rests on: of the conference, or else of where it came from.

    Raises:
        Refused: there is none, or the text has changed in substance since.
    """
    found = (await decisions(tx, initiative, [row.id])).get(row.id, ())
    own = last_at(found, item.event)
    if own is not None and not own.carried:
        raise Refused(_voted_down(row, own))
    decided = own or last_carried(found, item.origin)
    if decided is None:
        raise Refused(
            t(
                "No ballot has adopted {reference}; decide on it by a ballot or a silence procedure first.",
                reference=row.reference,
            )
        )
    texts = [(one.number, one.wording, one.change) for one in await versions.of(tx, [row.id])]
    if needs_new_decision(decided.version, texts):
        raise Refused(
            t(
                "{reference} has changed in substance since version {version}, which was decided on in "
                "ballot {label}; it needs a new decision: amend it back, or open a ballot or a silence "
                "procedure.",
                reference=row.reference,
                version=decided.version,
                label=decided.label,
            )
        )
    return decided


def _voted_down(row: RecRow, own: Decision) -> Text:
    if own.method == silence.name:
        return t(
            "Somebody objected in the silence procedure {label} on {reference} here; it needs a new decision "
            "by a ballot or a silence procedure, or the outcome “not finalised”.",
            label=own.label,
            reference=row.reference,
        )
    return t(
        "Ballot {label} did not carry {reference} here; it needs a new decision by a ballot or a silence "
        "procedure, or the outcome “not finalised”.",
        label=own.label,
        reference=row.reference,
    )


async def _not_taken_up(tx: AsyncConnection, clock: Clock, person: PersonRow, row: RecRow) -> None:
    """Close what was asked for and not decided on; whoever asked is told, and can propose it by itself."""
    for one in await amendments.of(tx, [row.id], AmendmentStatus.OPEN):
        await turn_down(tx, clock, person, row, one, "")
        told = {"amendment": one.number, "title": row.title, "derive": row.reference}
        others = {one.author_id} - {person.id}
        about = "amendment_not_taken_up"
        await news.tell(tx, person.guild_id, row.reference, clock(), about, told, to=others)
