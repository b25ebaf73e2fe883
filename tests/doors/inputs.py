"""What each act is given: by the names of its options or arguments, and where that is not enough by its own.

`mine` is somebody whose own things are meant, None where it is somebody else's: the same act on one's own
text and on another's are two different questions.
"""

from __future__ import annotations

import inspect
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from discord import app_commands

from bot.router import Route, custom_id
from tests.doors.prepared import CHANGED, LIST, Prepared
from tests.small_initiative import INITIATIVE

OTHER = "other"
"""Whose things somebody else's are."""


@dataclass(frozen=True)
class Input:
    """Options of a command, the id of a control with what is chosen or filled in, whose message is meant."""

    options: Mapping[str, Any] = field(default_factory=dict)
    custom_id: str = ""
    values: tuple[str, ...] | None = None
    fields: Mapping[str, str | list[str]] = field(default_factory=dict)
    said: str = OTHER


Given = Callable[[Prepared, str | None], Mapping[str, Any]]

_NUMBERS = {"participant": 1, OTHER: 2, "gone": 3}
"""The numbers of amendments and arguments on the recommendation that is theirs."""


def _number(mine: str | None) -> int:
    return _NUMBERS.get(mine or OTHER, 2)


def _decidable(prepared: Prepared, mine: str | None) -> dict[str, Any]:
    """An amendment by Ben to a recommendation of one's own, or to his."""
    own = {"participant": "mine", "gone": "gone's"}.get(mine or OTHER)
    number = 1 if own else 2
    return {"reference": prepared.refs[own or "theirs"], "amendment": number, "number": number}


def _asked_for(prepared: Prepared, mine: str | None) -> dict[str, Any]:
    """An amendment of one's own, or by Ben."""
    return {"reference": prepared.refs["theirs"], "amendment": _number(mine), "number": _number(mine)}


def _text_of(prepared: Prepared, mine: str | None) -> dict[str, Any]:
    own = {"participant": "mine", "gone": "gone's"}.get(mine or OTHER, "theirs")
    return {"reference": prepared.refs[own]}


def _on(name: str) -> Given:
    return lambda prepared, mine: {"reference": prepared.refs[name]}


def _ballot(name: str, **more: Any) -> Given:
    return lambda prepared, mine: {"ballot": prepared.ballots[name], **more}


def _draft(kind: str, **more: Any) -> Given:
    """One's own draft; Ben's where it is to be somebody else's."""

    def given(prepared: Prepared, mine: str | None) -> dict[str, Any]:
        made = prepared.drafts[kind, mine or OTHER]
        return {"draft_id": made, "draft": made, **more}

    return given


def _with(*given: Given, **more: Any) -> Given:
    return lambda prepared, mine: {
        **{name: value for one in given for name, value in one(prepared, mine).items()},
        **more,
    }


def _fixed(**more: Any) -> Given:
    return lambda prepared, mine: more


def _by_id(name: str, argument: str) -> Given:
    return lambda prepared, mine: {argument: prepared.ids[name]}


def _picture() -> bytes:
    """A PNG of one white dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00\xff\xff\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _returned(prepared: Prepared, mine: str | None) -> dict[str, Any]:
    rows = f"reference,entity,number,action\n{prepared.refs['finalised']},DPKO,1,Something else\n"
    return {"file": ("follow-up.csv", rows.encode())}


_WORDING = {
    "title": "Quite another title",
    "text": "Quite another text, of which nobody had thought before this very day.",
    "rationale": "",
    "addressees": "",
}

COMMANDS: Mapping[str, Given] = {
    "initiative load": _fixed(
        file=("initiative.toml", (INITIATIVE + CHANGED).encode()),
    ),
    "initiative logo": _fixed(file=("logo.png", _picture())),
    "event open": _fixed(code="TRV"),
    "event close": _fixed(code="BRU"),
    "event schedule": _fixed(code="BRU"),
    "participants codes": _fixed(name="Nils Nowhere"),
    "participants set": _fixed(name="Nora Newcomer", constituency="EU"),
    "participants import": _fixed(file=("list.csv", LIST)),
    "recommend": _fixed(theme="CAP"),
    "second": _text_of,
    "withdraw": _text_of,
    "moderate merge": lambda prepared, mine: {
        "reference": prepared.refs["to be merged"],
        "into": prepared.refs["to merge into"],
    },
    "moderate admit": _on("waiting"),
    "moderate return": _on("waiting"),
    "moderate reject": _on("waiting"),
    "moderate reopen": _on("rejected"),
    "moderate retheme": _fixed(theme="TRN"),
    "moderate split": _on("to split"),
    "moderate undo": _on("merged into"),
    "amendment rework": _asked_for,
    "amendment accept": _decidable,
    "amendment reject": _decidable,
    "amendment withdraw": _asked_for,
    "conference agenda": _fixed(event="BRU"),
    "conference forward": _fixed(event="BER"),
    "conference finalise": _on("presented"),
    "conference reopen": _on("finalised"),
    "conference present": _on("forwarded"),
    "argument withdraw": _asked_for,
    "argument set-aside": _asked_for,
    "ballot open": lambda prepared, mine: {"method": "support", "references": prepared.refs["to discard"]},
    "ballot hands": _with(_on("supported"), **{"for": 1}),
    "ballot remove": _on("supported"),
    "silence start": _on("to discard"),
    "follow-up set": _with(_on("finalised"), action="Train together"),
    "follow-up history": _on("finalised"),
    "follow-up export": _fixed(entity="DPKO"),
    "follow-up import": _returned,
}
"""Options beside those that a command needs, and those for which the usual ones would not do."""

_OPTIONS: Mapping[str, Given] = {
    "reference": _on("theirs"),
    "ballot": lambda prepared, mine: {"ballot": prepared.ballots["support"].label},
    "code": _fixed(code="ROM"),
    "event": _fixed(event="ROM"),
    "reason": _fixed(reason="For a reason."),
    "stance": _fixed(stance="for"),
    "text": _fixed(text="What nobody has said before."),
    "by": _fixed(by="1h"),
    "entity": _fixed(entity="DPKO"),
    "format": _fixed(format="csv"),
}

CONTROLS: Mapping[str, Given] = {
    "agenda-item": lambda prepared, mine: {"values": (prepared.refs["forwarded"],)},
    "agenda-up": _on("presented"),
    "agenda-down": _on("forwarded"),
    "agenda-time": _on("forwarded"),
    "amend-again": _draft("amend"),
    "amend-anyway": _draft("amend", silence=0),
    "amendment-accept": _decidable,
    "amendment-accept-as": _with(_decidable, change="substantive"),
    "amendment-reject": _decidable,
    "amendment-compare": _asked_for,
    "amendment-second": _asked_for,
    "amendment-whole": _asked_for,
    "amendment-rework": _asked_for,
    "amendment-rework-again": _with(_draft("rework"), _asked_for),
    "amendment-derive": lambda prepared, mine: {
        "reference": prepared.refs["to merge into"],
        "number": _number(mine),
    },
    "argue-again": _draft("argue"),
    "argue-anyway": _draft("argue"),
    "ballot-again": _with(_ballot("removed from"), _on("taken out")),
    "ballot-open": _ballot("prepared"),
    "ballot-discard": _ballot("prepared"),
    "ballot-round": _ballot("rounds"),
    "ballot-end-series": _ballot("rounds"),
    "browse-show": lambda prepared, mine: {"values": (prepared.refs["theirs"],)},
    "browsed": _fixed(theme="CAP", state="", event="", show="a"),
    "conference-finalise": lambda prepared, mine: {"reference": prepared.refs["presented"], "draft": ""},
    "constituency": _fixed(values=("UN",)),
    "export-named": _fixed(event="", theme="", ballot="", entity=""),
    "follow-up-apply": _by_id("returned", "import_id"),
    "follow-up-overwrite": _by_id("returned", "import_id"),
    "follow-up-discard": _by_id("returned", "import_id"),
    "follow-up-history": lambda prepared, mine: {"values": (prepared.ids["follow-up"],)},
    "follow-up-named": _fixed(entity=""),
    "follow-up-rows": _fixed(entity="", reference=""),
    "history-from": _with(_on("revised"), newer=2, values=("1",)),
    "history-to": _with(_on("revised"), older=1, values=("2",)),
    "history-whole": _with(_on("revised"), older=1, newer=2),
    "import-apply": _by_id("import", "import_id"),
    "import-drop": _by_id("import", "import_id"),
    "initiative-apply": _by_id("initiative", "token"),
    "initiative-drop": _by_id("initiative", "token"),
    "merge-again": _draft("merge"),
    "paper": _ballot("points", said="1"),
    "paper-empty": _ballot("points"),
    "paper-number": _ballot("points"),
    "paper-pick": _ballot("rating", values=("a7",)),
    "paper-submit": _ballot("shortlist"),
    "paper-take-back": _ballot("shortlist"),
    "propose-again": _draft("recommend"),
    "propose-anyway": _draft("recommend"),
    "queue-admit": _on("waiting"),
    "queue-return": _on("waiting"),
    "queue-reject": _on("waiting"),
    "record": _ballot("decided"),
    "regroup-undo": _by_id("merge", "regrouping"),
    "reserve": _on("adopted"),
    "results-event": _fixed(values=("ROM",)),
    "results-page": _fixed(event="ROM"),
    "results-section": _fixed(event="ROM", values=("CAP",)),
    "second": _text_of,
    "second-instead": _draft("recommend"),
    "silence-break": _ballot("silence"),
    "silence-explain": _ballot("silence"),
    "split-again": _draft("split"),
    "withdraw": _text_of,
}
FORMS: Mapping[str, Given] = {
    "agenda-time": _with(_on("forwarded"), fields={"starts": "10:00", "ends": "10:30"}),
    "amend": _fixed(fields={**_WORDING, "reason": ""}),
    "amend-breaking": _with(
        _on("silent"),
        lambda prepared, mine: {"silence": prepared.ballots["silence"].id},
        fields={**_WORDING, "reason": "So it must be."},
    ),
    "amendment-reject": _with(_decidable, fields={"reason": "No."}),
    "amendment-rework": _with(_asked_for, fields={**_WORDING, "reason": ""}),
    "argue": _fixed(fields={"stance": ["for"], "text": "What nobody has said before."}),
    "merge": _with(_draft("merge"), fields={**_WORDING, "reason": ""}),
    "paper-number": _ballot("points", fields={"points": "2"}),
    "paper-reason": _ballot("shortlist", fields={"reason": "Because."}),
    "queue-reject": _with(_on("waiting"), fields={"reason": "Because."}),
    "queue-return": _with(_on("waiting"), fields={"reason": "Because."}),
    "quote": lambda prepared, mine: {
        "channel": prepared.room.rome.id,
        "message": prepared.said.get(mine or OTHER, prepared.said[OTHER]).id,
        "author": prepared.people[mine or OTHER].id,
        "fields": {"stance": ["for"], "text": "What nobody has said before."},
    },
    "recommend": _fixed(fields=_WORDING),
    "register": _fixed(fields={"code": "ABCD-EFGH-JKMN-PQRS"}),
    "silence-break": _ballot("silence", fields={"reason": "It goes too far."}),
    "silence-explain": _ballot("silence", fields={"text": "We can live with it."}),
    "split": _with(
        _on("to split"),
        fields={
            "first_title": "One half",
            "first_text": "The first half of what it said, at some length.",
            "second_title": "Other half",
            "second_text": "The second half of what it said, at some length.",
            "reason": "",
        },
    ),
    "vote-reason": _ballot("reasons", page=-1, fields={"reason": "Because."}),
}
_ARGUMENTS: Mapping[str, Any] = {
    "page": 0,
    "position": 1,
    "version": 1,
    "revision": 1,
    "number": 1,
    "choice": "for",
    "event": "BRU",
    "theme": "CAP",
    "ending": "finalised",
    "form": "csv",
    "kind": "ranking",
    "language": "en",
    "draft": "",
    "receipts": 0,
    "seen": "x",
    "overdue": 0,
    "status": "",
    "constituency": "",
    "nonce": "ab12",
    "said": "1",
}


def of_command(command: app_commands.Command[Any, ..., Any], prepared: Prepared, mine: str | None) -> Input:
    """Every option that the command needs, and what it is known to want besides."""
    given = dict(COMMANDS.get(command.qualified_name, _fixed())(prepared, mine))
    known = {parameter.display_name for parameter in command.parameters}
    for parameter in command.parameters:
        name = parameter.display_name
        if parameter.required and name not in given:
            given |= _OPTIONS[name](prepared, mine)
    return Input(options={name: value for name, value in given.items() if name in known})


def of_route(route: Route, prepared: Prepared, mine: str | None, fresh: str) -> Input:
    """Every argument that the handler wants, by its name; `fresh` is the id of a form not sent in before."""
    name, modal = route.control.name, route.control.modal
    usual = {
        **_ARGUMENTS,
        "reference": prepared.refs["theirs"],
        "known": prepared.refs["theirs"],
        "ballot": prepared.ballots["support"],
        "draft_id": fresh,
        "follow_up_id": prepared.ids["follow-up"],
    }
    if name in ("argue", "quote"):
        usual["draft"] = fresh
    given = usual | dict((FORMS if modal else CONTROLS).get(name, _fixed())(prepared, mine))
    arguments = []
    for parameter in list(inspect.signature(route.handler).parameters.values())[1:]:
        if parameter.kind is not parameter.VAR_POSITIONAL:
            value = given["kind" if name != "export-named" and parameter.name == "kind" else parameter.name]
            arguments.append(getattr(value, "id", value))
    return Input(
        custom_id=custom_id(name, *arguments), values=given.get("values"), fields=given.get("fields", {})
    )
