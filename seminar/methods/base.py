"""What a voting method is: a module with these names, and nothing outside it knows more.

A method is told votes as rows and gives figures, one for each item. How figures
are ordered, what single number stands for them, what follows for the
recommendation and how the outcome is said belong to the method too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

from seminar.lifecycle import Act
from seminar.model import BallotRules
from seminar.words import Text

Item: TypeAlias = tuple[int, str]
"""One recommendation on a ballot: its position, from 1, and its reference."""

Vote: TypeAlias = tuple[int, str, str | None]
"""What is known of one vote: position, choice, and the voter's group (None where no
constituencies are declared). The choice is in the method's own spelling. Methods that vote
on each item give a row for each; methods that need a voter's answers together give one row
for the whole paper, with position 0."""


class Figures(Protocol):
    """The figures of one item of a closed ballot."""

    @property
    def reference(self) -> str: ...

    @property
    def electorate(self) -> int:
        """How many were entitled when the ballot closed."""

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

    decides: bool
    """Whether closing changes where a recommendation stands."""

    def tally(
        self,
        items: Sequence[Item],
        votes: Iterable[Vote],
        rules: BallotRules,
        electorate: int,
        groups: Sequence[str],
    ) -> tuple[F, ...]:
        """The figures of each item, by position. Votes may come in any order.

        Raises:
            ValueError: a vote is on no item of the ballot, or its choice cannot be read.
        """

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


def in_order(method: Method[F], figures: Iterable[F]) -> tuple[Ranked[F], ...]:
    """Figures of one method, best first, each with its rank: 1 + the number of better ones."""
    ranked: list[Ranked[F]] = []
    last_key: tuple[Any, ...] | None = None
    for place, one in enumerate(sorted(figures, key=method.sort_key), start=1):
        key = method.sort_key(one)
        ranked.append(Ranked(ranked[-1].rank if key == last_key else place, one))
        last_key = key
    return tuple(ranked)
