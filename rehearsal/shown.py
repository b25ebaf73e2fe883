"""What a person sees after an act: the messages that answered it, a form, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import simcord

from rehearsal.simulation import Control, Message, components, controls, form_fields, form_values, words_of
from rehearsal.step import RehearsalFailed
from seminar.words import Text, t

_REFUSAL = "✋ "
_FAILURE = "⚠️ "
_GATES = ("notice", "constituency")
_ITEM = re.compile(r"^\W*\*\*([A-Z0-9]{2,8}-\d{2,})", re.MULTILINE)
_OF_ITEM = re.compile(r"(?:paper|paper-pick|paper-number|sheet-vote):\d+:(\d+):")
_OUR_MISTAKE = (
    "No application command named",
    "never synced",
    "has no option",
    "has no subcommand",
    "Unknown modal",
)


class Refusal(Exception):
    """The bot refused, or a person could not even press it."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


@contextmanager
def impossible(step: int) -> Iterator[None]:
    """Turn what no person could do on the screen into a `Refusal`, and slips of the script into failures."""
    try:
        yield
    except (simcord.SetupError, simcord.BackendError) as error:
        if any(slip in str(error) for slip in _OUR_MISTAKE):
            raise RehearsalFailed(step, t("{problem}", problem=str(error))) from error
        raise Refusal(_in_words(str(error))) from error


def _in_words(problem: str) -> Text:
    """What the simulated Discord would not let anybody send, as a person would see it in a form."""
    if empty := re.match(r"Required modal control '(\w+)'", problem):
        return t("The field “{field}” must be filled in.", field=empty[1])
    form = re.match(r"Text input '(\w+)' (is shorter|exceeds).*=(\d+)", problem)
    if size := form or re.match(r"Option '([\w-]+)' of .* must be at (least|most) (\d+) characters", problem):
        if size[2] in ("exceeds", "most"):
            return t("The field “{field}” takes at most {most} characters.", field=size[1], most=size[3])
        return t("The field “{field}” takes at least {least} characters.", field=size[1], least=size[3])
    return t("Nobody could do this on the screen: {reason}", reason=problem)


@dataclass(frozen=True, slots=True)
class Shown:
    """The bot's answer to one person; `form` is the interaction that opened one."""

    messages: tuple[Message, ...]
    form: simcord.InteractionResult | None = None
    acknowledged: bool = True

    @classmethod
    def of(cls, result: simcord.InteractionResult) -> Shown:
        answered = (result.response, *result.followups)
        return cls(
            tuple(message for message in answered if message is not None),
            result if result.modal is not None else None,
            result.acknowledged,
        )

    @property
    def words(self) -> str:
        return "\n".join(words_of(message) for message in self.messages)

    @property
    def fields(self) -> frozenset[str]:
        """The ids of the fields of the form."""
        return form_fields(self.form) if self.form is not None else frozenset()

    @property
    def offered(self) -> dict[str, str]:
        """What the form is filled in with when it opens, by field."""
        return form_values(self.form) if self.form is not None else {}

    def check(self, step: int) -> None:
        """Let an answer pass that one can go on from.

        Raises:
            Refusal: the answer is a refusal.
            RehearsalFailed: there is no answer, or the bot says that it failed.
        """
        if not self.acknowledged:
            raise RehearsalFailed(step, t("the bot did not answer."))
        for message in self.messages:
            said = words_of(message)
            if said.startswith(_REFUSAL):
                raise Refusal(t("{sentence}", sentence=said.removeprefix(_REFUSAL)))
            if said.startswith(_FAILURE):
                raise RehearsalFailed(step, t("the bot failed: {problem}", problem=said))

    def controls(self) -> Iterator[tuple[Message, Control]]:
        """Newest message first, so that a screen that was drawn again wins."""
        for message in reversed(self.messages):
            for control in controls(message):
                yield message, control

    def has(self, custom_id: str) -> bool:
        return any(control.custom_id == custom_id for _, control in self.controls())

    def offers(self, beginning: str) -> bool:
        return any(control.custom_id.startswith(beginning) for _, control in self.controls())

    def find(self, beginning: str) -> tuple[Message, Control]:
        """The control whose custom id is `beginning`, else the first that begins with it.

        Raises:
            Refusal: it is not there, or it is disabled.
        """
        fitting = [pair for pair in self.controls() if pair[1].custom_id.startswith(beginning)]
        fitting.sort(key=lambda pair: pair[1].custom_id != beginning)
        if not fitting:
            raise Refusal(t("No button is offered for this now."))
        if fitting[0][1].disabled:
            raise Refusal(t("The button “{label}” is switched off.", label=fitting[0][1].label))
        return fitting[0]

    def gate(self) -> str | None:
        """The custom id of what must be answered first: the notice or the constituency."""
        for _, control in self.controls():
            if control.custom_id.split(":")[0] in _GATES:
                return control.custom_id
        return None

    def places(self) -> dict[str, str]:
        """The positions of the items on a sheet, by reference.

        A control belongs to the reference that stands last in bold, at the beginning of a line, above it.
        """
        found: dict[str, str] = {}
        reference = None
        for message in self.messages:
            for part in components(message):
                reference = ([reference, *_ITEM.findall(str(part.get("content") or ""))])[-1]
                of_item = _OF_ITEM.match(str(part.get("custom_id") or ""))
                if of_item and reference:
                    found[reference] = of_item[1]
        return found

    def ending(self, beginning: str, ending: str) -> str:
        """The custom id that begins and ends so.

        Raises:
            Refusal: there is none.
        """
        for _, control in self.controls():
            if control.custom_id.startswith(beginning) and control.custom_id.endswith(":" + ending):
                return control.custom_id
        raise Refusal(t("No button is offered for this now."))
