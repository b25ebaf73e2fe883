"""Who may put what on a record, and which argument is meant: rules that all acts on arguments share."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.initiative import Initiative
from seminar.lifecycle import Act, can
from seminar.model import Actor, ArgumentStatus, Role, Stance, State
from seminar.words import t
from services.people import registering
from services.people.registering import NeedsConstituency
from storage import contributions, people
from storage.contributions import ContributionRow
from storage.people import PersonRow
from storage.recommendations import RecRow


def possible(state: State) -> tuple[Stance, ...]:
    """The stances that can be taken on a recommendation in this state; none where nothing goes on record."""
    return tuple(stance for stance in Stance if can(state, act_of(stance)))


def act_of(stance: Stance) -> Act:
    """What somebody does to a recommendation who takes that stance on it."""
    return Act.RESERVE if stance is Stance.RESERVATION else Act.ARGUE


def stance_of(typed: str) -> Stance:
    """The stance of that name.

    Raises:
        Invalid: there is none.
    """
    try:
        return Stance(typed)
    except ValueError:
        raise Invalid(
            t("Choose a stance: {stances}.", stances=tuple(stance.value for stance in Stance))
        ) from None


def require_facilitator(actor: Actor) -> None:
    """Let nobody else put somebody's words on the record.

    Raises:
        NotAllowed: the actor is no facilitator.
    """
    if Role.FACILITATOR not in actor.roles:
        raise NotAllowed(
            t("You can put your own words on the record; for somebody else's, ask a facilitator.")
        )


def require_constituency(actor: Actor, initiative: Initiative, code: str | None) -> None:
    """Let nobody raise a reservation who speaks for nobody yet, where constituencies are declared.

    Raises:
        NeedsConstituency: they can choose whom they speak for.
        NotAllowed: they cannot.
    """
    if not initiative.constituencies or registering.standing(initiative, code) is not None:
        return
    options = registering.options_of(actor, initiative)
    if options:
        raise NeedsConstituency(options)
    raise NotAllowed(
        t(
            "A reservation is recorded with the constituency you speak for, and you are in none yet; "
            "ask an organiser to enter you in one."
        )
    )


async def registered(tx: AsyncConnection, guild_id: int, user_id: int) -> PersonRow:
    """Somebody who takes part here, by their account.

    Raises:
        NotFound: they are not registered.
    """
    row = await people.by_user(tx, guild_id, user_id)
    if row is None or row.status is None:
        raise NotFound(t("Whoever wrote this is not registered here, so it cannot go on the record."))
    return row


async def numbered(tx: AsyncConnection, row: RecRow, number: int) -> ContributionRow:
    """That argument on the recommendation's record.

    Raises:
        NotFound: there is none.
    """
    found = await contributions.get(tx, row.id, number)
    if found is None:
        raise NotFound(
            t(
                "There is no argument {number} on {reference}; `/argument list` shows them.",
                number=number,
                reference=row.reference,
            )
        )
    return found


def require_not(found: ContributionRow, status: ArgumentStatus, row: RecRow) -> None:
    """
    Raises:
        Refused: the argument has that status, withdrawn or set aside, already.
    """
    if found.status is not status:
        return
    if status is ArgumentStatus.WITHDRAWN:
        raise Refused(
            t(
                "Argument {number} on {reference} is withdrawn already.",
                number=found.number,
                reference=row.reference,
            )
        )
    raise Refused(
        t(
            "Argument {number} on {reference} is set aside already.",
            number=found.number,
            reference=row.reference,
        )
    )
