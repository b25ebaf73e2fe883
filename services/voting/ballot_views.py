"""What is asked of a ballot and what is shown of it: values only, nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seminar.methods import silence
from seminar.methods.base import Figures
from seminar.model import Attribution, BallotRules, BallotStatus
from seminar.paper import Answers
from seminar.words import Text
from storage.rooms import RoomRow


@dataclass(frozen=True, slots=True)
class BallotRequest:
    """What a facilitator asked for, as typed; what is missing comes from the initiative's rules.

    Either `theme` or `references` (comma-separated) says what is voted on. `channel_id`
    is where it was asked, which decides between events that share a theme.
    """

    method: str = "support"
    theme: str | None = None
    references: str | None = None
    closes_in: str | None = None
    quorum: str | None = None
    threshold: str | None = None
    secrecy: str | None = None
    results: str | None = None
    reasons: str | None = None
    points: int | None = None
    most: int | None = None
    seats: int | None = None
    importance: bool | None = None
    rounds: int | None = None
    purpose: str | None = None
    channel_id: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One recommendation on a ballot; `title` is that of the version voted on."""

    position: int
    reference: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotHead:
    """What never changes about a ballot once it is open, but for status and closing time.

    `number` and `label` are None while it is prepared. Moments are in the
    initiative's time zone. `attribution` is the initiative's rule on names.
    """

    id: int
    guild_id: int
    number: int | None
    event: str
    theme: str | None
    status: BallotStatus
    rules: BallotRules
    items: tuple[Item, ...]
    opened_at: datetime | None
    closes_at: datetime
    attribution: Attribution

    @property
    def label(self) -> str:
        """`B3`, how people call the ballot; empty while it is prepared."""
        return "" if self.number is None else f"B{self.number}"

    @property
    def silent(self) -> bool:
        """Whether it is a silence procedure, on which nobody votes."""
        return self.rules.method == silence.name


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotView(BallotHead):
    """A ballot with its numbers of people.

    `entitled` is the electorate now, and as frozen once the ballot is closed;
    `voted` counts those who voted on at least one item, never how. `kept` says that its votes wait,
    marked, for the next round of its `series` (the id of the first round). `notified` is how many a
    silence was announced to, or would be if it started now; `live` the totals last shown while an
    indicative ballot is open, as stored; `room` the hands counted so far.
    """

    entitled: int
    voted: int
    closed_at: datetime | None
    sealed: bool
    kept: bool = False
    series: int | None = None
    notified: int | None = None
    live: str | None = None
    room: tuple[RoomRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ClosingPreview:
    """What a facilitator sees before closing early: turnout, and the references below quorum."""

    ballot: BallotView
    voted: int
    entitled: int
    below_quorum: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BallotResult:
    """A closed ballot: its figures in the order of its items, and what seals it.

    `electorate` and `voters` are as frozen at closing; `set_aside` counts voters who had
    left the electorate by then. `ledger_head` is the hash of the closing's ledger entry.
    `sealed` says that the key is destroyed and nothing of it is left in the database.
    """

    ballot: BallotView
    figures: tuple[Figures, ...]
    electorate: int
    voters: int
    set_aside: int
    ledger_head: str
    sealed: bool


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One item on a voter's private sheet, with what the voter has said on it.

    `choice` is their vote as recorded, where each item is voted on by itself (`seminar.model.RECUSED`
    where they stand aside); `answer` what their paper says, None where it says nothing. `before` is
    their own answer in the round before, `group` how that round came out.
    """

    position: int
    reference: str
    title: str
    text: str
    choice: str | None = None
    receipt: str | None = None
    cast_by: str | None = None
    answer: tuple[int, ...] | None = None
    before: tuple[int, ...] | None = None
    group: Text | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A voter's private sheet over all items; on `done` of `total` nothing is left to do.

    `voter` is the delegation that votes, None for a person. Of a paper, `submitted` says that one
    counts, `receipt` is its receipt and `cast_by` the member of the delegation who submitted it;
    `changed` says that what is shown is not what counts. `answers` is the whole paper as shown.
    """

    ballot: BallotHead
    items: tuple[SheetItem, ...]
    done: int
    total: int
    voter: str | None = None
    submitted: bool = False
    changed: bool = False
    receipt: str | None = None
    cast_by: str | None = None
    answers: Answers | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A vote that is durable; `choice` None says that it was taken back.

    `replaced` names the member of the delegation whose vote it replaced, if it was another's.
    """

    reference: str
    choice: str | None
    receipt: str | None
    done: int
    total: int
    replaced: str | None = None
