"""A record of arguments and a drafting history as Markdown: for reading, and for pasting into a wiki.

User text is escaped or quoted and can be no markup; the only markup in a difference is its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from reports.format import Words
from reports.models.arguments import ArgumentLine, ArgumentsReport
from reports.models.drafting import AmendmentLine, Changes, DraftedLine, DraftingReport, KinLine, VersionLine
from reports.models.ranking import grouped
from reports.neutral import markdown_address, markdown_line, markdown_quote, markdown_quoted
from reports.text.changes import markdown_change
from reports.words import drafting as said
from reports.words import labels
from seminar.model import ArgumentStatus, Change
from seminar.terms import CHANGE_WORDS, STANCE_WORDS, STATE_WORDS
from seminar.wording import FIELD_WORDS
from seminar.words import Text, t, tn


def arguments(report: ArgumentsReport, words: Words) -> bytes:
    """Every argument under its recommendation, theme after theme."""
    return _document(_arguments(report, words))


def drafting(report: DraftingReport, words: Words) -> bytes:
    """Every recommendation with its lineage, versions and amendments, theme after theme."""
    return _document(_drafting(report, words))


def _document(blocks: Iterable[str]) -> bytes:
    return ("\n\n".join(blocks) + "\n").encode()


def _head(
    report: ArgumentsReport | DraftingReport, title: Text, notes: Iterable[Text], words: Words
) -> Iterator[str]:
    yield f"# {markdown_line(words(title))}"
    yield f"**{markdown_line(report.initiative)}**"
    yield markdown_line(words(labels.as_of(report)))
    yield "\n".join(f"- {markdown_line(words(note))}" for note in notes)


def _foot(report: ArgumentsReport | DraftingReport, words: Words) -> Iterator[str]:
    if report.ledger_head is not None:
        yield "---"
        yield markdown_line(words(t("Head of the ledger: {head}", head=report.ledger_head)))


def _named(code: str, title: str) -> str:
    return markdown_line(code if code == title else f"{code} · {title}")


def _arguments(report: ArgumentsReport, words: Words) -> Iterator[str]:
    yield from _head(report, said.ARGUMENTS, said.arguments_notes(report), words)
    event = None
    for section, theme, found in grouped(report.events, report.lines):
        if section != event:
            event = section
            yield f"## {_named(section.code, section.title)}"
        yield f"### {_named(theme.code, theme.title)}"
        for _, members in groupby(found, key=lambda line: line.reference):
            lines = list(members)
            yield f"#### {_named(lines[0].reference, lines[0].title)}"
            yield markdown_line(". ".join(words(number) for number in said.counted(lines))) + "."
            for line in lines:
                yield from _argument(line, report.time_zone, words)
    yield from _foot(report, words)


def _argument(line: ArgumentLine, zone: str, words: Words) -> Iterator[str]:
    head = t(
        "{number} · {stance} by {who}, {moment}",
        number=line.number,
        stance=STANCE_WORDS[line.stance],
        who=_by(line, words),
        moment=labels.local(line.at, zone),
    )
    yield f"**{markdown_line(words(head))}**"
    if line.status is ArgumentStatus.WITHDRAWN:
        yield markdown_line(words(said.WITHDRAWN))
        return
    if line.status is ArgumentStatus.SET_ASIDE:
        yield markdown_line(words(t("Set aside: {reason}", reason=line.reason or "")))
    yield markdown_quote(line.text or "")
    if line.link:
        yield f"{markdown_line(words(t('Message:')))} {markdown_address(line.link)}"


def _by(line: ArgumentLine, words: Words) -> str:
    """Who, and for whom they spoke where that says more and may be told."""
    who = words(line.who)
    return f"{who} ({line.constituency})" if line.constituency else who


def _drafting(report: DraftingReport, words: Words) -> Iterator[str]:
    yield from _head(report, said.DRAFTING, [*said.drafting_notes(report), said.CHANGES_IN_TEXT], words)
    event = None
    for section, theme, found in grouped(report.events, report.recommendations):
        if section != event:
            event = section
            yield f"## {_named(section.code, section.title)}"
        yield f"### {_named(theme.code, theme.title)}"
        for line in found:
            yield from _recommendation(line, report.time_zone, words)
    yield from _foot(report, words)


def _recommendation(line: DraftedLine, zone: str, words: Words) -> Iterator[str]:
    yield f"#### {_named(line.reference, line.title)}"
    facts = [t("State: {state}", state=STATE_WORDS[line.state]), *map(_kin, line.lineage)]
    yield "\n".join(f"- {markdown_line(words(fact))}" for fact in facts)
    for version in line.versions:
        yield from _version(version, zone, words)
    for amendment in line.amendments:
        yield from _amendment(amendment, zone, words)


def _kin(kin: KinLine) -> Text:
    sentence = said.kin_words(kin)
    return t("{sentence} This was undone.", sentence=sentence) if kin.undone else sentence


def _version(one: VersionLine, zone: str, words: Words) -> Iterator[str]:
    head = t(
        "Version {number}, {change}, by {who}, {moment}",
        number=one.number,
        change=CHANGE_WORDS[one.change],
        who=one.who,
        moment=labels.local(one.at, zone),
    )
    yield f"**{markdown_line(words(head))}**"
    facts = [
        t("From amendment {number}.", number=one.amendment) if one.amendment is not None else None,
        t("Reason: {reason}", reason=one.reason) if one.reason else None,
    ]
    yield from _facts(facts, words)
    if one.change is Change.ORIGINAL:
        for name, text in one.wording.fields.items():
            if text:
                yield from _field(name, markdown_quote(text), words)
    else:
        yield from _changes(one.changes, words)


def _amendment(one: AmendmentLine, zone: str, words: Words) -> Iterator[str]:
    head = t(
        "Amendment {number} to version {base}, by {who}, {moment}",
        number=one.number,
        base=one.base,
        who=one.who,
        moment=labels.local(one.at, zone),
    )
    yield f"**{markdown_line(words(head))}**"
    facts = [
        t("Status: {status}", status=said.amendment_status(one)),
        _decided(one.decided_at, zone),
        t("It became version {number}.", number=one.version) if one.version is not None else None,
        _seconded(one.seconds),
        t("Reason: {reason}", reason=one.reason) if one.reason else None,
        t("Reason of the decision: {reason}", reason=one.decision) if one.decision else None,
    ]
    yield from _facts(facts, words)
    yield from _changes(one.changes, words)


def _decided(moment: datetime | None, zone: str) -> Text | None:
    return None if moment is None else t("Decided on {moment}.", moment=labels.local(moment, zone))


def _seconded(number: int) -> Text | None:
    return tn("Seconded by {count} person.", "Seconded by {count} people.", number) if number else None


def _facts(facts: Iterable[Text | None], words: Words) -> Iterator[str]:
    told = [f"- {markdown_line(words(fact))}" for fact in facts if fact is not None]
    if told:
        yield "\n".join(told)


def _changes(changes: Changes, words: Words) -> Iterator[str]:
    for name, pieces in changes.items():
        yield from _field(name, markdown_quoted(markdown_change(pieces)), words)


def _field(name: str, quoted: str, words: Words) -> Iterator[str]:
    yield markdown_line(words(t("{field}:", field=FIELD_WORDS[name])))
    yield quoted
