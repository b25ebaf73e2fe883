"""A recommendation in full, as the documents of an initiative show it."""

from __future__ import annotations

from collections.abc import Iterable

from reports.compose.frame import Writing
from reports.compose.initiative_words import Saying, differences, lineage, said_by
from reports.document import Facts, Listing, Look, Paragraph, Quote
from reports.models.initiative import Argument, Entry, InitiativeReport, Result, SeminarReport
from reports.neutral import one_line
from reports.words import labels
from seminar.methods import METHODS
from seminar.model import Purpose, Stance
from seminar.words import Text, t, tn

_STANCES: tuple[tuple[Stance, Text], ...] = (
    (Stance.FOR, t("Arguments for")),
    (Stance.AGAINST, t("Arguments against")),
    (Stance.QUESTION, t("Questions")),
    (Stance.EVIDENCE, t("Evidence given")),
)


def entry_in_full(out: Writing, entry: Entry, report: InitiativeReport, saying: Saying, level: int) -> None:
    """Text, outcome, support, reasons and history of one recommendation, under a heading of its own."""
    name = f"{entry.final_name} · {entry.reference}" if entry.final_name else entry.reference
    out.heading(level, f"{name} · {entry.ranked.title}", entry.reference)
    out.add(Quote(entry.ranked.text))
    _facts(out, entry, report, saying)
    _labelled(out, t("Rationale"), [entry.ranked.rationale])
    _contested(out, entry, saying)
    if entry.decision is not None and not entry.decision.final:
        _labelled(out, t("Why it was not finalised"), [entry.decision.reason])
    elif entry.decision is not None:
        _listed(
            out,
            t("What differs from the text that was decided on"),
            differences(entry.decision.changes),
        )
        if entry.decision.since_forwarded != entry.decision.changes:
            _listed(
                out,
                t("What differs from the text that was forwarded"),
                differences(entry.decision.since_forwarded),
            )
    for stance, title in _STANCES:
        _listed(out, title, _told(entry.arguments, stance))
    _listed(
        out,
        t("Explanations of position"),
        said_by(entry.explanations),
    )
    _listed(
        out,
        t("Objections in a silence procedure"),
        said_by(entry.objections),
    )
    out.say(*lineage(entry), look=Look.NOTE)


def _facts(out: Writing, entry: Entry, report: InitiativeReport, saying: Saying) -> None:
    words, ranked = out.words, entry.ranked
    said: list[tuple[Text, Text | str | None]] = [
        (t("Addressees"), saying.addressees(entry.addressees)),
        (t("Outcome"), _capital(words(_outcome(entry, report, saying)))),
    ]
    if ranked.rank is not None:
        said.append(
            (
                t("Rank"),
                t("{rank} in its theme at {event}", rank=ranked.rank, event=saying.event(ranked.event)),
            )
        )
    for result in entry.results:
        said.append((saying.result(result), _result(result, saying, out)))
    said.append((t("Proposed by"), ranked.author))
    out.add(Facts(tuple((words(name), words(value)) for name, value in said if value)))


def _outcome(entry: Entry, report: InitiativeReport, saying: Saying) -> Text:
    """A seminar report says what the seminar decided; the others what became of it."""
    if not isinstance(report, SeminarReport):
        return saying.outcome(entry)
    if entry.forwarding is not None:
        return t(
            "{outcome}; forwarded to {conference}.",
            outcome=saying.state(entry),
            conference=entry.forwarding.conference_title,
        )
    return t("{outcome}.", outcome=saying.state(entry))


def _result(result: Result, saying: Saying, out: Writing) -> str:
    """How one ballot came out: verdict, turnout, groups, room; one line each."""
    row, words = result.row, out.words
    sentences = [METHODS[row.method or ""].verdict(row.figures)] if row.method else []
    if row.purpose is Purpose.INDICATIVE:
        sentences.append(labels.INDICATIVE)
    first = " ".join([*map(words, sentences), labels.turnout_words(row, words)]).strip()
    aside = labels.recused(row)
    room = labels.room_words(row, words)
    more = [
        words(tn("{count} stood aside.", "{count} stood aside.", aside)) if aside else "",
        words(t("Hands in the room, among them: {figures}.", figures=room)) if room else "",
    ]
    groups = saying.by_constituency(row)
    lines = [first, " ".join(line for line in more if line), groups]
    return "\n".join(line for line in lines if line)


def _contested(out: Writing, entry: Entry, saying: Saying) -> None:
    """Who was against a text that was carried, and what was reserved, in the speakers' own words."""
    latest = [result for result in entry.results if result.latest]
    said = [(result, sentence) for result in latest if (sentence := saying.contested(result.row))]
    reserved = list(_told(entry.arguments, Stance.RESERVATION))
    if not said and not reserved:
        return
    title = t("Contested, and reservations")
    if not said or not reserved:
        title = t("Contested") if said else t("Reservations")
    out.add(Paragraph(out.words(title), Look.LABEL))
    for result, sentence in said:
        out.say(t("{ballot}: {sentence}", ballot=result.ballot, sentence=sentence))
    if reserved:
        out.add(Listing(tuple(one_line(out.words(one)) for one in reserved)))


def _told(arguments: Iterable[Argument], stance: Stance) -> Iterable[Text]:
    for one in arguments:
        if one.stance is stance:
            yield t("{text} ({who})", text=one.text, who=one.who)


def _labelled(out: Writing, title: Text, texts: Iterable[str]) -> None:
    """The texts that say something, set off under a label."""
    told = [text for text in texts if text.strip()]
    if told:
        out.add(Paragraph(out.words(title), Look.LABEL), *map(Quote, told))


def _listed(out: Writing, title: Text, items: Iterable[Text]) -> None:
    told = tuple(one_line(out.words(item)) for item in items)
    if told:
        out.add(Paragraph(out.words(title), Look.LABEL), Listing(told))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
