"""What may be asked for, and which amendment is meant: rules that all acts on amendments share."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.initiative import Initiative
from seminar.model import Actor, AmendmentStatus, Role
from seminar.terms import AMENDMENT_WORDS, STATE_WORDS
from seminar.wording import FIELD_WORDS, Wording, WordingMerge, merged, told_briefly
from seminar.words import Text, t
from services.drafting.amendment_views import AmendmentView
from services.drafting.deriving import numbered
from services.voting.ballot_views import BallotView
from services.voting.closing import MOST_REASON as MOST_STATEMENT
from storage import amendments, versions
from storage.amendments import AmendmentRow
from storage.people import PersonRow
from storage.recommendations import RecRow


class WouldBreakSilence(Refused):
    """An amendment would break the silence procedure `ballot`, and its author was not told so."""

    def __init__(self, reference: str, ballot: BallotView) -> None:
        super().__init__(
            t(
                "{reference} is under the silence procedure {label}: an amendment breaks it at once. "
                "File it knowing that, or wait until it has ended.",
                reference=reference,
                label=ballot.label,
            )
        )
        self.ballot = ballot


class ChangeNotSaid(Refused):
    """The text was decided on, so whoever accepts `amendment` says first which kind of change it is."""

    def __init__(self, amendment: AmendmentView) -> None:
        super().__init__(
            t(
                "{reference} is {state}: say whether amendment {number} changes it in substance or only "
                "in its wording.",
                state=STATE_WORDS[amendment.state],
                reference=amendment.reference,
                number=amendment.number,
            )
        )
        self.amendment = amendment


def asked_wording(fields: Mapping[str, str], initiative: Initiative) -> Wording:
    """The fields of a form, by name, as a wording.

    Raises:
        Invalid: one is empty, too short or too long.
    """
    return Wording.checked(
        fields.get("title", ""),
        fields.get("text", ""),
        fields.get("rationale", ""),
        fields.get("addressees", ""),
        initiative.known_addressees,
    )


def statement(why: str, standing: Wording, asked: Wording) -> str:
    """What goes on record as the reason for which an amendment breaks a silence."""
    told = told_briefly(standing, asked, MOST_STATEMENT - len(why) - 1)
    return f"{why}\n{told}" if why and told else why or told or asked.title


async def held_against(tx: AsyncConnection, row: RecRow, base_version: int, asked: Wording) -> WordingMerge:
    """What was asked for of version `base_version`, brought together with the text as it is now.

    Raises:
        Invalid: there is no such version.
        Refused: it changes nothing.
    """
    base = (await versions.numbered(tx, row.id, [base_version])).get(base_version)
    if base is None:
        raise Invalid(t("This form is out of date. Please open it again with `/amend`."))
    made = merged(base.wording, row.wording, asked)
    if asked.reads_like(base.wording) or (made.wording and made.wording.reads_like(row.wording)):
        raise Refused(
            t(
                "That is the text of {reference} as it stands; change something in it.",
                reference=row.reference,
            )
        )
    return made


async def chosen(
    tx: AsyncConnection, row: RecRow, number: int | None, *, mine: str | None = None
) -> AmendmentRow:
    """The open amendment of that number; without one, the only one there is (of the person `mine`).

    Raises:
        NotFound: there is none.
        Refused: it is decided, or several are open.
    """
    if number is not None:
        found = await numbered(tx, row, number)
        if found.status is not AmendmentStatus.OPEN:
            raise Refused(
                t(
                    "Amendment {number} to {reference} is {status} already.",
                    number=number,
                    reference=row.reference,
                    status=AMENDMENT_WORDS[found.status],
                )
            )
        return found
    waiting = await amendments.of(tx, [row.id], AmendmentStatus.OPEN)
    fitting = [one for one in waiting if mine is None or one.author_id == mine]
    match fitting:
        case [one]:
            return one
        case []:
            if mine is None:
                raise NotFound(t("No amendment to {reference} is open.", reference=row.reference))
            raise NotFound(t("You have no open amendment to {reference}.", reference=row.reference))
        case _:
            raise Refused(
                t(
                    "Several amendments to {reference} are open: {numbers}. Say which one.",
                    reference=row.reference,
                    numbers=tuple(one.number for one in fitting),
                )
            )


async def decidable(
    tx: AsyncConnection, actor: Actor, person: PersonRow | None, row: RecRow, number: int | None
) -> AmendmentRow:
    """The open amendment, as `chosen` finds it, for somebody who may decide on it.

    Raises:
        NotAllowed: the actor is neither the recommendation's author, as a participant, nor a facilitator.
        NotFound, Refused: as `chosen`.
    """
    if Role.FACILITATOR not in actor.roles:
        if person is None or row.author_id != person.id:
            raise NotAllowed(
                t(
                    "The author of {reference} or a facilitator decides on amendments to it.",
                    reference=row.reference,
                )
            )
        actor.require(Role.PARTICIPANT, Role.FACILITATOR)
    return await chosen(tx, row, number)


def require_as_seen(row: RecRow, found: AmendmentRow, version: int | None, revision: int | None) -> None:
    """Let nobody accept another text than the one they had before them.

    Raises:
        Refused: the amendment or the recommendation is not as it was then.
    """
    if revision is not None and revision != found.revision:
        raise Refused(
            t(
                "Amendment {number} to {reference} has been reworked since you looked; read it again first.",
                number=found.number,
                reference=row.reference,
            )
        )
    if version is not None and version != row.version:
        raise Refused(
            t("{reference} has changed since you looked; read it again first.", reference=row.reference)
        )


async def agreed(tx: AsyncConnection, row: RecRow, found: AmendmentRow) -> Wording:
    """The text with the amendment in it.

    Raises:
        Invalid: too little is left of a field.
        Refused: both changed the same words, or are too long together.
    """
    base = (await versions.numbered(tx, row.id, [found.base_version]))[found.base_version]
    made = merged(base.wording, row.wording, found.wording)
    if made.wording is not None:
        return made.wording.settled()
    raise Refused(_why_not(row, found, made))


def _why_not(row: RecRow, found: AmendmentRow, made: WordingMerge) -> Text:
    if made.too_long:
        return t(
            "Amendment {number} and what has changed in {reference} since are too long together in "
            "{fields}; rework it first.",
            number=found.number,
            reference=row.reference,
            fields=tuple(FIELD_WORDS[name] for name in made.too_long),
        )
    return t(
        "Amendment {number} to {reference} touches words that have changed since; it can be accepted once "
        "somebody has reworked it.",
        number=found.number,
        reference=row.reference,
    )
