"""How somebody is registered, and what must be settled before they act: rules that ask no store."""

from __future__ import annotations

from dataclasses import dataclass, replace

from seminar.errors import Invalid, NotAllowed, Refused
from seminar.initiative import Initiative
from seminar.model import Actor, Role, Status, VoteBy
from seminar.texts import fold
from seminar.words import t
from storage.people import PersonRow


@dataclass(frozen=True, slots=True)
class Person:
    """A person known here; `status` is None until they are registered.

    `user_id` is None for somebody without a Discord account, `delegation` the id of the delegation
    of their organisation.
    """

    id: str
    guild_id: int
    user_id: int | None
    name: str
    pseudonym: str
    notice_seen: bool
    status: Status | None
    constituency: str | None
    organisation: str | None
    delegation: str | None


class NeedsNotice(Refused):
    """The privacy notice must be shown and acknowledged first; `notice` is its text."""

    def __init__(self, notice: str) -> None:
        super().__init__(t("Please read the privacy notice first."))
        self.notice = notice


class NeedsConstituency(Refused):
    """The person must first say for whom they speak; `options` are the codes to choose from."""

    def __init__(self, options: tuple[str, ...]) -> None:
        super().__init__(t("Please choose first for whom you speak, among {options}.", options=options))
        self.options = options


def elector_of(person: Person, vote_by: VoteBy) -> str:
    """Who holds the vote that the person may cast: the person, or their delegation.

    Raises:
        NotAllowed: delegations vote, and the person is in none.
    """
    if vote_by is VoteBy.PERSON:
        return person.id
    if person.delegation is None:
        raise NotAllowed(
            t(
                "One vote is held by each delegation here, and you are entered in none; "
                "ask an organiser to enter your organisation."
            )
        )
    return person.delegation


def status_of(roles: frozenset[Role]) -> Status | None:
    """What somebody with these roles is registered as: the observer role wins."""
    if Role.OBSERVER in roles:
        return Status.OBSERVER
    return Status.PARTICIPANT if Role.PARTICIPANT in roles else None


def status_now(actor: Actor, person: Person | None) -> Status:
    """The status to act under: an observer role takes the vote away at once, but only an organiser
    gives it back, since it may have been an organiser who took it.
    """
    if Role.OBSERVER in actor.roles:
        return Status.OBSERVER
    return person.status if person and person.status else Status.PARTICIPANT


def standing(initiative: Initiative, code: str | None) -> str | None:
    """A constituency as it counts now: one that the initiative no longer declares does not."""
    declared = {constituency.code for constituency in initiative.constituencies}
    return code if not declared or code in declared else None


def options_of(actor: Actor, initiative: Initiative) -> tuple[str, ...]:
    """The constituencies the actor may choose from: by role, or all of them where the rules allow it."""
    if actor.constituencies:
        return actor.constituencies
    if initiative.rules.self_declaration:
        return tuple(constituency.code for constituency in initiative.constituencies)
    return ()


def constituency_now(
    actor: Actor, initiative: Initiative, person: Person | None, status: Status, to_vote: bool
) -> str | None:
    """The constituency of somebody who has none yet; None where it may wait.

    Raises:
        NeedsConstituency: they have to choose one first.
        NotAllowed: they need one, and cannot choose.
    """
    if len(actor.constituencies) == 1:
        return actor.constituencies[0]
    first = person is None or person.status is None
    if status is Status.OBSERVER or not (to_vote or (first and actor.constituencies)):
        return None
    options = options_of(actor, initiative)
    if not options:
        raise ask_an_organiser()
    raise NeedsConstituency(options)


def require_spoken_for(row: PersonRow, initiative: Initiative) -> None:
    """Let nobody without an account into the electorate who speaks for no constituency though some are
    declared: everybody else is asked before their first vote, and nobody would ever ask them.

    Raises:
        Invalid: it would be so.
    """
    if row.user_id is None and row.status is Status.PARTICIPANT and row.constituency is None:
        codes = tuple(one.code for one in initiative.constituencies)
        if codes:
            raise Invalid(
                t(
                    "{name} would be in the electorate, where everybody speaks for a constituency; "
                    "say for which, among {options}.",
                    name=row.name,
                    options=codes,
                )
            )


def joined(own: PersonRow, listed: PersonRow, roles: frozenset[Role]) -> PersonRow:
    """An account's own row with the registration that a code stands for.

    What the organisers entered wins over a registration by role; what the account did stays its own.

    Raises:
        Refused: it is not clear that the two are one person, or the vote would come back that
            somebody has taken away.
    """
    if listed.status is Status.PARTICIPANT and (own.status is Status.OBSERVER or Role.OBSERVER in roles):
        raise Refused(
            t(
                "The code is a participant's, and you are here as an observer. "
                "Ask an organiser to settle which of the two you are."
            )
        )
    if own.organisation and listed.organisation and fold(own.organisation) != fold(listed.organisation):
        raise Refused(
            t(
                "You are entered for {own} already, and the code is for {listed}. "
                "Ask an organiser to settle which of the two it is.",
                own=own.organisation,
                listed=listed.organisation,
            )
        )
    return replace(
        own,
        status=listed.status,
        constituency=listed.constituency or own.constituency,
        organisation=listed.organisation or own.organisation,
        delegation=listed.delegation or own.delegation,
    )


def chosen_before(code: str) -> Refused:
    """The refusal of a second choice."""
    return Refused(t("You speak for {code} already; only an organiser can change that.", code=code))


def ask_an_organiser() -> NotAllowed:
    """The refusal of a vote to somebody who is in no constituency and cannot choose one."""
    return NotAllowed(
        t("You are in no constituency yet, so you cannot vote; ask an organiser to enter you in one.")
    )
