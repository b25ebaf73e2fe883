"""What every step of a rehearsal script has in common, and the register of verbs.

A verb is one class: its fields are the keys of its line in the script, `play`
does it, `tells` says it for the transcript. Defining the class registers it, so
a new verb touches no other place.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from seminar.words import Text, t

if TYPE_CHECKING:
    from rehearsal.player import Player

VERBS: dict[str, type[Step]] = {}

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,8}$")]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,8}-\d{2,}$")]
References = str | tuple[Reference, ...]
"""Several, as a list or as one would type them in chat."""
Alias = Annotated[str, StringConstraints(min_length=1, max_length=40)]
"""The script's own word for a ballot."""


class RehearsalFailed(Exception):
    """A rehearsal cannot go on. `step` counts from 1, and is 0 outside the steps."""

    def __init__(self, step: int, text: Text) -> None:
        self.step = step
        self.text = text
        super().__init__(str(self.sentence))

    @property
    def sentence(self) -> Text:
        """The one line a person gets: what failed, and in which step."""
        return t("step {step}: {problem}", step=self.step, problem=self.text) if self.step else self.text


class Step(BaseModel, ABC):
    """One line of the script: `who` acts, and whether the bot is to refuse it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    does: ClassVar[str]
    discreet: ClassVar[bool] = False
    """Whether the transcript keeps silent about the bot's private answer (secret votes)."""

    who: str
    expect: Literal["done", "refused"] = "done"

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if "does" in cls.__dict__:  # what several verbs have in common is none itself
            VERBS[cls.does] = cls

    @abstractmethod
    async def play(self, player: Player) -> None:
        """Act through the chat.

        Raises:
            Refusal: the bot refused, or the control to do it with is absent or disabled.
            RehearsalFailed: the bot did something that no person could go on from.
        """

    @abstractmethod
    def tells(self) -> Text:
        """What the person did, as the transcript tells it after their name."""


def typed(references: References | None) -> str | None:
    """References as one types them in chat, separated by commas."""
    return ", ".join(references) if isinstance(references, tuple) else references


def spoken(seconds: float) -> str:
    """A duration as a person writes it: `1 d 2 h`."""
    rest = round(seconds)
    parts = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        amount, rest = divmod(rest, size)
        if amount:
            parts.append(f"{amount} {unit}")
    return " ".join(parts) or "0 s"
