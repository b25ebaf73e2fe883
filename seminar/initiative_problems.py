"""From pydantic's errors to sentences that a person can act on.

Each names the line and the key of the file and says what must stand there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from seminar.toml_places import Path, Places
from seminar.words import Text, t

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

MOST_LISTED = 10


class Problem(ValueError):
    """What is wrong with one value, as a sentence; a validator raises it."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


class Contradictions(ValueError):
    """What does not fit together, each with the path of the value to mend."""

    def __init__(self, found: tuple[tuple[Path, Text], ...]) -> None:
        super().__init__("; ".join(str(text) for _, text in found))
        self.found = found


def sentences(error: ValidationError, places: Places) -> tuple[Text, ...]:
    """One sentence for each problem, in the order of the file, the same one never twice."""
    located: dict[Text | str, tuple[int, Text]] = {}
    for path, problem in _problems(error):
        line = places.line(path)
        key = _spelled(path)
        if line is None:
            text = t("{key}: {problem}", key=key, problem=problem)
        else:
            text = t("Line {line}, {key}: {problem}", line=line, key=key, problem=problem)
        located.setdefault(str(text), (line or 0, text))
    return tuple(text for _, text in sorted(located.values(), key=lambda entry: entry[0]))


def listed(problems: Sequence[Text]) -> Text:
    """The first problems, one a line, and how many more there are."""
    shown = list(problems[:MOST_LISTED])
    if len(problems) > MOST_LISTED:
        shown.append(t("And {more} more.", more=len(problems) - MOST_LISTED))
    whole = shown[0]
    for problem in shown[1:]:
        # not a message of the catalogue: it has no words of its own
        whole = Text("{above}\n{below}", values={"above": whole, "below": problem})
    return whole


def _problems(error: ValidationError) -> Iterator[tuple[Path, Text]]:
    for detail in error.errors():
        raised = detail.get("ctx", {}).get("error")
        if isinstance(raised, Contradictions):
            yield from raised.found
        elif isinstance(raised, Problem):
            yield detail["loc"], raised.text
        else:
            yield detail["loc"], _meaning(detail)


def _meaning(detail: ErrorDetails) -> Text:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return t("This is missing.")
        case "extra_forbidden":
            return t("This key is unknown; compare its spelling with the documentation.")
        case "string_type":
            return t("This must be a text between quotation marks.")
        case "string_pattern_mismatch":
            return t("This must be a code of 2 to 8 capital letters or digits.")
        case "string_too_short":
            return t("This must not be empty.")
        case "string_too_long":
            return t("This is too long; the most is {most} characters.", most=int(context["max_length"]))
        case "too_short":
            return t("At least {least} must be listed here.", least=int(context["min_length"]))
        case "too_long":
            return t("At most {most} may be listed here.", most=int(context["max_length"]))
        case "tuple_type":
            return t("This must be a list between square brackets, or a repeated table.")
        case "model_type":
            return t("This must be a table with keys of its own.")
        case "enum" | "literal_error":
            return t("This must be one of {allowed}.", allowed=str(context["expected"]))
        case "date_type" | "date_parsing" | "date_from_datetime_parsing" | "date_from_datetime_inexact":
            return t("This must be a date such as 2014-10-22.")
        case "bool_type":
            return t("This must be true or false.")
        case "int_type" | "greater_than_equal" | "less_than_equal":
            return t("This must be a whole number from 1 to 36500.")
        case _:
            return t("This cannot be read: {reason}.", reason=detail["msg"])


def _spelled(path: Path) -> str:
    """`("events", 1, "title")` as `events[2].title`, counting as people do."""
    spelled = ""
    for part in path:
        if isinstance(part, int):
            spelled += f"[{part + 1}]"
        else:
            spelled += f".{part}" if spelled else part
    return spelled
