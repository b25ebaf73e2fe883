"""Everything that reads what people type, send or write into files, in one list.

`tests/fuzzing/test_parsers.py` feeds each of them, and holds this list to the code: a function that looks
like a reader and is not here fails it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bot import cog, command_options, delivery, places, settings, ui
from bot.i18n import Catalogues
from cogs.participants import _group
from rehearsal import script
from rehearsal.step import RehearsalFailed
from reports import kinds, neutral
from seminar import (
    amounts,
    conference,
    days,
    follow_up,
    follow_up_list,
    follow_up_rows,
    naming,
    paper,
    participant_list,
    references,
    silence_times,
    texts,
    wording,
)
from seminar.errors import Refused
from seminar.initiative import Initiative, read_initiative
from seminar.methods import METHODS, method
from seminar.methods.base import PaperMethod
from seminar.model import BallotRules, Quorum, Reasons, Secrecy
from services import pictures, reasons, sent_tables, workbooks
from services.conference import finalising
from services.drafting import argument_rules, regrouping_requests, similarity
from services.people import codes, import_reading
from services.record.exports import Wanted
from services.tracking import returning, views
from services.voting import ballot_reading, ballot_requests
from services.voting.ballot_views import BallotRequest
from storage import engine
from tests.fuzzing import inputs
from tests.small_initiative import INITIATIVE

NOW = datetime(2026, 3, 27, 22, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True, slots=True)
class Parser:
    """A reader by the name it has in the code: what it is fed, and how it may say no.

    `read` takes one input, and a folder for whatever is read from a file. Only the errors in `refuses`
    may come of it.
    """

    name: str
    inputs: SearchStrategy[Any]
    read: Callable[[Any, Path], Any]
    refuses: tuple[type[Exception], ...] = (Refused,)
    typed: bool = False
    """Whether it takes one text, as somebody types it."""


@cache
def small() -> Initiative:
    return read_initiative(INITIATIVE.encode())


@cache
def _catalogues() -> Catalogues:
    return Catalogues.load()


def _text(
    name: str, read: Callable[[str], Any], *own: str, refuses: tuple[type[Exception], ...] = (Refused,)
) -> Parser:
    return Parser(name, inputs.texts(*own), lambda text, _: read(text), refuses, typed=True)


def _pair(name: str, read: Callable[[str, str], Any]) -> Parser:
    return Parser(name, st.tuples(inputs.texts(), inputs.texts()), lambda two, _: read(*two))


def _file(name: str, read: Callable[[Path], Any], whole: str, refuses: type[Exception]) -> Parser:
    def from_file(data: bytes, folder: Path) -> Any:
        (folder / "small.toml").write_text(INITIATIVE)
        file = folder / "read.toml"
        file.write_bytes(data)
        return read(file)

    return Parser(name, inputs.toml(whole), from_file, (refuses,))


def _load_settings(file: Path) -> settings.Settings:
    with patch.dict("os.environ", clear=False):
        return settings.Settings.load(file)


def _tapped(drawn: tuple[str, list[tuple[int, str]]]) -> None:
    """Taps one after another on a paper of three items, then submitting it."""
    name, taps = drawn
    used = METHODS[name]
    assert isinstance(used, PaperMethod)
    rules = BallotRules(
        method=name,
        threshold=amounts.parse_threshold(">1/2"),
        quorum=Quorum(),
        secrecy=Secrecy.SECRET,
        reasons=Reasons.NONE,
        receipts=True,
        points=10,
        seats=2,
        importance=True,
    )
    answers: paper.Answers = {}
    for position, said in taps:
        try:
            answers = used.changed(answers, position, said, (1, 2, 3), rules)
        except Refused:
            continue
        assert paper.read(paper.spell(answers)) == answers
    used.check(answers, (1, 2, 3), rules)


def _rules_for(drawn: dict[str, Any]) -> BallotRules:
    return ballot_requests.rules_for(small(), BallotRequest(**drawn))


_TAPS = (
    "a9",
    "i1",
    "a0",
    "up",
    "down",
    "top",
    "with",
    "3",
    "+1",
    "-1",
    "yes",
    "no",
    "aside",
    "back",
    "clear",
    "",
)
_CHOICE = st.one_of(st.none(), inputs.texts())
_NUMBER = st.one_of(st.none(), st.integers(-5, 2000))
_REQUESTS = st.fixed_dictionaries(
    {
        "method": st.one_of(st.sampled_from(tuple(METHODS)), inputs.texts()),
        **dict.fromkeys(("theme", "references", "closes_in", "quorum", "threshold"), _CHOICE),
        **dict.fromkeys(("secrecy", "results", "reasons", "purpose"), _CHOICE),
        **dict.fromkeys(("points", "most", "seats", "rounds"), _NUMBER),
        "importance": st.one_of(st.none(), st.booleans()),
    }
)
_CONFIG = (
    '[discord]\n[storage]\nurl = "sqlite:///a.db"\n[secrecy]\nkey_dir = "keys"\n'
    '[logging]\nlevel = "info"\nfile = "x.log"\n'
)
_SCRIPT = (
    'initiative = "small.toml"\n[[people]]\nname = "Ana"\nroles = ["Expert"]\n'
    '[[steps]]\nwho = "Ana"\ndoes = "recommend"\ntheme = "CAP"\ntitle = "T"\ntext = "U"\n'
    '[[steps]]\ndoes = "wait"\nhours = 73\n'
    '[[steps]]\nwho = "Ana"\ndoes = "vote"\nballot = "b"\nratings = {"CAP-01" = 8}\nranking = [["CAP-01"]]\n'
)

PARSERS: tuple[Parser, ...] = (
    _text(
        "seminar.amounts.parse_threshold", amounts.parse_threshold, ">1/2", ">= 2/3", "≥", "%", "/", "1", "0"
    ),
    _text("seminar.amounts.parse_quorum", amounts.parse_quorum, "5", "1/3", "50%", "/", "%", "0", "000"),
    _text(
        "seminar.amounts.parse_closing",
        lambda text: amounts.parse_closing(text, NOW, ZONE),
        *("30m", "2h", "3d", "1d12h", "12:30", "02:30", "d", "h", "m", " ", ":", "0", "99"),
    ),
    _text(
        "seminar.conference.read_slot",
        lambda text: conference.read_slot(text, text[::-1]),
        "10:30",
        "9h",
        "24",
    ),
    _text(
        "seminar.days.read_day",
        days.read_day,
        "2015-03-31",
        "31/03/2015",
        "1er mars 2015",
        "May 3, 2015",
        "00:00",
    ),
    _text("seminar.days.only_month_first", days.only_month_first, "03/31/2015", "31/03/2015"),
    _text("seminar.days.either_first", days.either_first, "03/04/2015", "04.03.2015"),
    _text("seminar.follow_up.read_acceptance", follow_up.read_acceptance),
    _text("seminar.follow_up.read_implementation", follow_up.read_implementation),
    Parser(
        "seminar.follow_up.read_field",
        st.tuples(st.sampled_from([one.value for one in follow_up_list.FIELDS]), inputs.texts()),
        lambda two, _: follow_up.read_field(*two),
    ),
    _text(
        "seminar.follow_up.read_evidence",
        follow_up.read_evidence,
        "https://a.example/x",
        "http://",
        "@",
        "[::1]",
        " ",
    ),
    Parser(
        "seminar.follow_up_list.read", inputs.rows(inputs.FOLLOWED), lambda rows, _: follow_up_list.read(rows)
    ),
    _text(
        "seminar.follow_up_rows.meant",
        lambda text: follow_up_rows.meant(text, ("DPKO", "the Secretariat"), ("CMPD",), small()),
    ),
    Parser("seminar.initiative.read_initiative", inputs.toml(), lambda data, _: read_initiative(data)),
    _text(
        "seminar.naming.Names",
        lambda text: naming.Names((text, "Ana Maria (UN)"), (text,)).find(f"So {text} said."),
    ),
    Parser("seminar.paper.read", inputs.papers(), lambda text, _: paper.read(text), (ValueError,)),
    Parser(
        "seminar.participant_list.read",
        inputs.rows(inputs.PEOPLE),
        lambda rows, _: participant_list.read(rows, small()),
    ),
    _text("seminar.references.parse", references.parse, "CAP-01", "cap 1", "–", "_", " ", "0", "CAP-"),
    _text("seminar.references.parse_list", references.parse_list, "CAP-01", ", ", ";", "\n", "TRN-2"),
    _text("seminar.references.parse_amendment", references.parse_amendment, "CAP-01/2", "/", "CAP-01", "2"),
    Parser(
        "seminar.silence_times.closes_in",
        st.tuples(st.one_of(st.none(), st.floats()), _CHOICE),
        lambda two, _: silence_times.closes_in(*two),
    ),
    _text(
        "seminar.texts.split_addressees",
        lambda text: texts.split_addressees(text, (("DPKO", "Dep"),)),
        "DPKO",
        ", ",
    ),
    Parser(
        "seminar.wording.Wording.checked",
        st.tuples(inputs.texts(), inputs.texts(), inputs.texts(), inputs.texts()),
        lambda four, _: wording.Wording.checked(*four, ((one.code, one.title) for one in small().entities)),
    ),
    _text("seminar.methods.method", method),
    Parser(
        "seminar.methods.base.PaperMethod.changed",
        st.tuples(
            st.sampled_from([name for name, one in METHODS.items() if one.on_paper]),
            st.lists(st.tuples(st.integers(-1, 5), inputs.texts(*_TAPS)), max_size=8),
        ),
        lambda drawn, _: _tapped(drawn),
    ),
    _text("services.conference.finalising.ending_of", finalising.ending_of),
    _text("services.drafting.argument_rules.stance_of", argument_rules.stance_of),
    _pair("services.drafting.regrouping_requests.merged_references", regrouping_requests.merged_references),
    _pair("services.drafting.similarity.read", similarity.read),
    _text("services.people.codes.digest_of", codes.digest_of),
    Parser(
        "services.people.import_reading.read_rows",
        inputs.sent_tables(inputs.PEOPLE),
        lambda sent, _: participant_list.read(import_reading.read_rows(*sent), small()),
    ),
    Parser(
        "services.sent_tables.read_rows",
        inputs.sent_tables(inputs.FOLLOWED),
        lambda sent, _: follow_up_list.read(sent_tables.read_rows(*sent, returning._BOUNDS)),
    ),
    Parser(
        "services.workbooks.read_rows",
        inputs.workbooks(inputs.FOLLOWED),
        lambda data, _: list(workbooks.read_rows(data, returning._BOUNDS)),
    ),
    Parser("services.pictures.png_of", inputs.pictures(), lambda data, _: pictures.png_of(data)),
    _text("services.reasons.reason_of", reasons.reason_of),
    _text("services.reasons.required_reason", lambda text: reasons.required_reason(text, reasons._REASON)),
    _text(
        "services.tracking.views.group_named", lambda text: views.group_named(text, ("DPKO", "x"), small())
    ),
    _text("services.tracking.views.key_of", views.key_of),
    _text("services.voting.ballot_reading.number_of", ballot_reading.number_of, "B1", "b 01", " ", "0", "B"),
    Parser("services.voting.ballot_requests.rules_for", _REQUESTS, lambda drawn, _: _rules_for(drawn)),
    _text(
        "storage.engine.parse_url",
        engine.parse_url,
        "sqlite:///a.db",
        "postgresql://",
        "me:pw@host:5432/db",
        "?x=1",
    ),
    _text("reports.kinds.kind_named", kinds.kind_named, *kinds.KINDS),
    _text(
        "reports.kinds.require_format",
        lambda text: kinds.require_format(kinds.kind_named("ranking"), text),
        "csv",
    ),
    _text("bot.cog.suggested", lambda text: cog.suggested([("CAP", "Capabilities"), (text, text)], text)),
    _text("bot.command_options.words_of", command_options.words_of, "en", "fr", "zz", refuses=(Exception,)),
    _text(
        "bot.i18n.Catalogues.pick", lambda text: _catalogues().pick(text, ("fr", text)), "en-US", "fr", "-"
    ),
    _text(
        "bot.settings.password_of", settings.password_of, "postgresql://me:pw@host/db", "://", ":", "@", "%40"
    ),
    _text("cogs.participants._group.status_of", _group.status_of, "participant", "observer"),
    _text("bot.places.channel_name", places.channel_name, "ROM Rome seminar", "é", "名前"),
    _pair(
        "bot.delivery.file_name",
        lambda one, other: delivery.file_name(Wanted("ranking", one, other, one, one), "csv"),
    ),
    _file("bot.settings.Settings.load", _load_settings, _CONFIG, settings.SettingsError),
    _text(
        "bot.settings.Settings.at",
        lambda text: settings.Settings().at(text),
        "sqlite:///",
        "postgresql://",
        "~x/a.db",
        refuses=(settings.SettingsError,),
    ),
    _file("rehearsal.script.read_script", script.read_script, _SCRIPT, RehearsalFailed),
    _text("bot.ui.one_line", lambda text: ui.one_line(text, 40)),
    _text("reports.neutral.markdown_quote", neutral.markdown_quote),
)

NOT_READERS = {
    "seminar.paper.read_by_rules": "seminar.paper.read, and the rules after it",
    "seminar.pooling.group_of": "takes a declared code",
    "bot.cards.conference_agenda.reading_card": "shows",
    "bot.cards.silence.read_out": "shows",
    "bot.whole_files.write_whole": "writes",
    "reports.fonts.reads_right_to_left": "asks after the direction of a text that is shown",
    "reports.pdf.blocks.text_of": "shows",
    "reports.pdf.blocks.line_of": "shows",
    "rehearsal.ballot_verbs.first_of": "takes what a script's step was read into",
}
"""What only sounds like a reader, and why."""
