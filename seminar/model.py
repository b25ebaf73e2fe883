"""The things a seminar is made of, as values.

Names are the field's own (see `docs/architecture.md`); stored spellings are the
enum values and never change once released.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from seminar.errors import NotAllowed
from seminar.words import Text, t


class Role(StrEnum):
    """What a person may do, given by Discord roles named in the initiative."""

    PARTICIPANT = "participant"
    OBSERVER = "observer"
    FACILITATOR = "facilitator"
    ORGANISER = "organiser"


class Status(StrEnum):
    """How a person is registered; only a participant is in an electorate."""

    PARTICIPANT = "participant"
    OBSERVER = "observer"


class State(StrEnum):
    """Where a recommendation stands; legal moves are in `seminar.lifecycle`."""

    PROPOSED = "proposed"
    ADMITTED = "admitted"
    VOTING = "voting"
    ADOPTED = "adopted"
    NOT_ADOPTED = "not_adopted"
    FORWARDED = "forwarded"
    FINALISED = "finalised"
    NOT_FINALISED = "not_finalised"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    SPLIT = "split"
    REJECTED = "rejected"


class Change(StrEnum):
    """What a version is to the one before: a `substantive` one has to be decided on anew.

    A `restored` one is such a one too: it gives back the words of an earlier version.
    """

    ORIGINAL = "original"
    SUBSTANTIVE = "substantive"
    EDITORIAL = "editorial"
    RESTORED = "restored"


class AmendmentStatus(StrEnum):
    """Where an amendment stands; only an open one can be in conflict with the text."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Stance(StrEnum):
    """What a contribution is to its recommendation; a `reservation` is raised once it is adopted."""

    FOR = "for"
    AGAINST = "against"
    QUESTION = "question"
    EVIDENCE = "evidence"
    RESERVATION = "reservation"


class ArgumentStatus(StrEnum):
    """Whether a contribution counts: its author can withdraw it, a facilitator set it aside."""

    STANDS = "stands"
    WITHDRAWN = "withdrawn"
    SET_ASIDE = "set_aside"


class Kinship(StrEnum):
    """How one recommendation came from another.

    `derived`: it took up an amendment that was rejected. `reunited`: it was a part, and the
    splitting was undone.
    """

    MERGED = "merged"
    SPLIT = "split"
    DERIVED = "derived"
    REUNITED = "reunited"


class EventStatus(StrEnum):
    """Where an event stands; one that is closed can be opened again."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class BallotStatus(StrEnum):
    """`prepared` waits for its facilitator's tap and has no number yet; `discarded` was never opened."""

    PREPARED = "prepared"
    DISCARDED = "discarded"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Secrecy(StrEnum):
    """Whether a ballot publishes who voted how: `secret` never, `open` in its record."""

    SECRET = "secret"
    OPEN = "open"


class Purpose(StrEnum):
    """What a ballot is for: an `indicative` one informs and changes no state, whatever its method."""

    DECISIVE = "decisive"
    INDICATIVE = "indicative"


class Showing(StrEnum):
    """When totals are shown: at closing, or while an indicative ballot is open (`live`)."""

    HIDDEN = "hidden"
    LIVE = "live"


class VoteBy(StrEnum):
    """Who holds a vote: each person, or each delegation (an organisation) for all its members."""

    PERSON = "person"
    DELEGATION = "delegation"


class Reasons(StrEnum):
    """From whom a ballot asks a reason."""

    NONE = "none"
    AGAINST = "against"
    ALL = "all"


class Choice(StrEnum):
    """A vote on one item of a `support` ballot."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


RECUSED: Final = "recused"
"""In place of a choice: the voter stands aside on the item and leaves its electorate."""


class Outcome(StrEnum):
    """How one item of a ballot came out; without a quorum nothing is decided."""

    CARRIED = "carried"
    NOT_CARRIED = "not_carried"
    NO_QUORUM = "no_quorum"


class OutcomeWord(StrEnum):
    """What documents call a recommendation that a decision carried, as the initiative chooses."""

    ADOPTED = "adopted"
    SUPPORTED = "supported"
    ENDORSED = "endorsed"
    AGREED = "agreed"


class Attribution(StrEnum):
    """Whose name is shown as the author; `seminar.attribution` applies it."""

    CHATHAM = "chatham"
    ORGANISATION = "organisation"
    NAMED = "named"


ROLE_WORDS: dict[Role, Text] = {
    Role.PARTICIPANT: t("participants"),
    Role.OBSERVER: t("observers"),
    Role.FACILITATOR: t("facilitators"),
    Role.ORGANISER: t("organisers"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the chat says it at this moment: nothing of it is remembered from before.

    `constituencies` are the codes of the constituencies whose Discord roles the
    person holds now. `language` is a code among en, fr, de, it.
    """

    guild_id: int
    user_id: int
    name: str
    roles: frozenset[Role]
    constituencies: tuple[str, ...] = ()
    may_manage_server: bool = False
    language: str = "en"

    def require(self, *roles: Role) -> None:
        """Let the actor pass who holds one of `roles`.

        Raises:
            NotAllowed: the actor holds none of them.
        """
        if not self.roles.intersection(roles):
            raise NotAllowed(t("Only {roles} can do this.", roles=tuple(ROLE_WORDS[r] for r in roles)))


@dataclass(frozen=True, slots=True)
class Counts:
    """Votes on one item of a `support` ballot, in persons (or delegations)."""

    for_: int = 0
    against: int = 0
    abstain: int = 0

    @property
    def decided(self) -> int:
        """The base of the threshold: abstentions never enter it."""
        return self.for_ + self.against

    @property
    def total(self) -> int:
        return self.for_ + self.against + self.abstain

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.for_ + other.for_, self.against + other.against, self.abstain + other.abstain)


@dataclass(frozen=True, slots=True)
class Threshold:
    """The share of for/(for+against) an item needs: `strict` means more than, not at least."""

    share: Fraction
    strict: bool

    def __str__(self) -> str:
        return f"{'>' if self.strict else '>='}{self.share.numerator}/{self.share.denominator}"


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many must have voted: a `number` of persons, or a `share` of the electorate."""

    number: int = 0
    share: Fraction | None = None

    def __str__(self) -> str:
        return str(self.number) if self.share is None else f"{self.share.numerator}/{self.share.denominator}"


@dataclass(frozen=True, slots=True)
class BallotRules:
    """What was announced at opening and cannot change while the ballot is open.

    What only one method knows is None or the default for the others: `points` to spread with at
    most `most` on one item, `seats` of a short list, whether `importance` is rated too, and the
    number of this `round` in a series of `rounds`.
    """

    method: str
    threshold: Threshold
    quorum: Quorum
    secrecy: Secrecy
    reasons: Reasons
    receipts: bool
    purpose: Purpose = Purpose.DECISIVE
    results: Showing = Showing.HIDDEN
    vote_by: VoteBy = VoteBy.PERSON
    points: int | None = None
    most: int | None = None
    seats: int | None = None
    importance: bool = False
    round: int = 1
    rounds: int = 1

    @property
    def last_round(self) -> bool:
        """Whether no further round follows: closing then seals the whole series."""
        return self.round >= self.rounds
