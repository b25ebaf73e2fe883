"""What a voting method is: a module with these names, and nothing outside it knows more.

A method is told votes as rows and gives figures, one for each item. How figures
are ordered, what single number stands for them, what follows for the
recommendation and how the outcome is said belong to the method too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

from seminar.lifecycle import Act
from seminar.model import BallotRules, Counts
from seminar.paper import Answers
from seminar.words import Text

Item: TypeAlias = tuple[int, str]
"""One recommendation on a ballot: its position, from 1, and its reference."""

Vote: TypeAlias = tuple[int, str, str | None]
"""What is known of one vote: position, choice, and the voter's group (None where no
constituencies are declared). The choice is in the method's own spelling, or
`seminar.model.RECUSED`. Methods that vote on each item give a row for each; methods on paper give
one row for the whole paper: position `seminar.paper.WHOLE`, the paper as `seminar.paper.spell`
spells it."""


@dataclass(frozen=True, slots=True)
class RoomCount:
    """A show of hands on one item: `group` is the published group it enters, None where it enters none."""

    position: int
    group: str | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Stability:
    """How steady the ratings of one item stayed from one round to the next.

    `voters` rated it in both; `unchanged` is the share of them (0…1) whose rating stayed in the same
    third of the scale; `kappa` is Cohen's, linearly weighted, None where it is not defined.
    """

    voters: int
    unchanged: float
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What closing knows besides the votes. The ledger keeps it, so that a recount has it too.

    `stability` is by position, `notified` the number of people a silence procedure was announced to.
    """

    room: tuple[RoomCount, ...] = ()
    stability: Mapping[int, Stability] = field(default_factory=dict)
    notified: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Only what there is; empty for most ballots."""
        document: dict[str, Any] = {}
        if self.room:
            document["room"] = [
                [one.position, one.group, one.counts.for_, one.counts.against, one.counts.abstain]
                for one in self.room
            ]
        if self.stability:
            document["stability"] = [
                [position, one.voters, one.unchanged, one.kappa]
                for position, one in sorted(self.stability.items())
            ]
        if self.notified is not None:
            document["notified"] = self.notified
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Beside:
        """What `to_json` gave.

        Raises:
            ValueError, TypeError, KeyError: it did not.
        """
        return cls(
            room=tuple(
                RoomCount(position, group, Counts(for_, against, abstain))
                for position, group, for_, against, abstain in document.get("room", ())
            ),
            stability={
                position: Stability(voters, unchanged, kappa)
                for position, voters, unchanged, kappa in document.get("stability", ())
            },
            notified=document.get("notified"),
        )


NOTHING_BESIDE = Beside()


MORE = 10
"""The first place of a method that most seminars do not need."""


class Figures(Protocol):
    """The figures of one item of a closed ballot."""

    @property
    def reference(self) -> str: ...

    @property
    def electorate(self) -> int:
        """How many were entitled on this item when the ballot closed, without those who stood aside."""

    @property
    def turnout(self) -> int:
        """Votes on the item, or papers submitted."""

    def to_json(self) -> dict[str, Any]:
        """The figures under their published names; only what canonical JSON can spell."""


F = TypeVar("F", bound=Figures)
F_co = TypeVar("F_co", bound=Figures, covariant=True)


@dataclass(frozen=True, slots=True)
class Ranked(Generic[F_co]):
    """Figures with their rank, from 1; equal ones share it where the method allows equals."""

    rank: int
    figures: F_co


@runtime_checkable
class Method(Protocol[F]):
    """A voting method; the module that implements it is the value in `METHODS`."""

    name: str
    """As it is typed and stored."""

    label: Text
    """As it is offered to whoever opens a ballot."""

    place: int
    """Where it stands in lists of methods; those from `MORE` on stand under "more"."""

    decides: bool
    """Whether closing changes where a recommendation stands, unless the ballot is indicative."""

    on_paper: bool
    """Whether a voter's answers are submitted together; then the module is a `PaperMethod` too."""

    options: tuple[str, ...]
    """Which of the rules that not every method has it takes, by their names in `BallotRules`."""

    relative: bool
    """Whether figures hold only within their own ballot, so that two ballots cannot be ranked together."""

    def explained(self, rules: BallotRules) -> Text | None:
        """How one votes and how that is counted, in a sentence for those about to vote; None where
        the name says it all.
        """

    def tally(
        self,
        items: Sequence[Item],
        votes: Iterable[Vote],
        rules: BallotRules,
        electorate: int,
        groups: Sequence[str],
        beside: Beside = NOTHING_BESIDE,
    ) -> tuple[F, ...]:
        """The figures of each item, by position. Votes may come in any order.

        Raises:
            ValueError: a vote is on no item of the ballot, or its choice cannot be read.
        """

    def published(self, choice: str, references: Mapping[int, str]) -> Any:
        """A vote as the published record shows it, items by their references; as JSON can spell it."""

    def from_json(self, document: str | Mapping[str, Any]) -> F:
        """The figures that `to_json` gave.

        Raises:
            ValueError: these are not figures of this method.
        """

    def sort_key(self, figures: F) -> tuple[Any, ...]:
        """Compares figures of this method, best first; equal keys share a rank."""

    def score(self, figures: F) -> float | None:
        """The method's own main figure, as exports show it."""

    def consequence(self, figures: F) -> Act | None:
        """What closing does to the recommendation; None where the method does not decide."""

    def verdict(self, figures: F) -> Text:
        """How the item came out, in one line of plain figures."""

    def totals(self, figures: F) -> Text:
        """The plain figures alone, without an outcome, as an open indicative ballot may show them."""

    def sentences(
        self,
        figures: Sequence[F],
        titles: Mapping[str, str],
        groups: Mapping[str, str],
        rules: BallotRules,
    ) -> tuple[Text, ...]:
        """The outcome as sentences to be read out, in the order of `figures`.

        `titles` are the recommendations' titles by reference, `groups` the
        constituencies' titles by code.
        """


@runtime_checkable
class PaperMethod(Protocol):
    """What a method on paper offers besides: how a paper is filled in, one tap at a time."""

    def changed(
        self, answers: Answers, position: int, said: str, positions: Collection[int], rules: BallotRules
    ) -> Answers:
        """The paper after one tap: `said` is in the method's own words, as its screen sends it.

        Raises:
            Invalid: no such answer is possible; the sentence says why.
        """

    def check(self, answers: Answers, positions: Collection[int], rules: BallotRules) -> None:
        """Let pass a paper that may be submitted; `positions` are those of the ballot's items.

        Raises:
            Invalid: it may not; the sentence says why.
        """

    def answered(self, answers: Answers, position: int, rules: BallotRules) -> bool:
        """Whether nothing is left to do on this item."""


def in_order(method: Method[F], figures: Iterable[F]) -> tuple[Ranked[F], ...]:
    """Figures of one method, best first, each with its rank: 1 + the number of those that beat it."""
    ranked: list[Ranked[F]] = []
    last_key: tuple[Any, ...] | None = None
    for place, one in enumerate(sorted(figures, key=method.sort_key), start=1):
        key = method.sort_key(one)
        # Where options beat each other without forming a ladder, a rank is no place: figures say their own.
        own: int | None = getattr(one, "rank", None)
        ranked.append(Ranked(own or (ranked[-1].rank if key == last_key else place), one))
        last_key = key
    return tuple(ranked)
