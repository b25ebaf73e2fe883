"""A text before the conference: as it is presented, and as an organiser makes it final."""

from __future__ import annotations

import discord

from bot.cards.colours import CALM, state_colour
from bot.cards.difference import Shown, changes_text
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import CARD_TEXT_LIMIT, Button, card, line, one_line, rows
from seminar.conference import Basis, Ending
from seminar.methods import METHODS
from seminar.methods.silence import SilenceFigures
from seminar.methods.support import SupportFigures, group_words
from seminar.model import State
from seminar.terms import CHANGE_WORDS, counts_text
from seminar.words import Text, t, tn
from services.conference.conference import FinalPreview, Presentation
from services.conference.decisions import Decision

FRAME = 600  # characters for headings and what frames the rest
_TITLE = 200  # characters after escaping, at most
_GROUPS = 8  # constituencies that are told one by one
_STEPS = 6  # versions that are listed


def presented_card(shown: Presentation, tr: Translator) -> discord.ui.LayoutView:
    """What the conference is told of a text: where it comes from, how it came out, what has changed."""
    rec = shown.rec
    told = "\n".join(tr(one) for one in (_came(shown), *_result(shown)))
    history = f"**{tr(t('History'))}**\n" + "\n".join(_steps(shown, tr))
    room = CARD_TEXT_LIMIT - FRAME - len(told) - len(history)
    difference = changes_text(shown.before, shown.after, tr, room) if shown.before != shown.after else None
    return card(
        f"### {rec.reference} · {one_line(rec.title, _TITLE)}",
        told,
        line(),
        history,
        line() if difference else None,
        f"**{tr(_since(shown))}**\n{difference.text}" if difference else f"-# {tr(_unchanged())}",
        *rows(_whole(difference, rec.reference, shown.before_version, rec.version, tr)),
        accent=CALM,
    )


def _came(shown: Presentation) -> Text:
    values = {"origin": one_line(shown.origin, 80), "conference": one_line(shown.conference, 80)}
    if shown.origin == shown.conference:
        return t("Proposed and adopted at {conference}.", conference=values["conference"])
    if shown.rank is None:
        return t("Presented at {conference}; it comes from {origin}.", **values)
    return t(
        "Presented at {conference}; it comes from {origin}, as number {rank} of its theme.",
        rank=shown.rank,
        **values,
    )


def _result(shown: Presentation) -> list[Text]:
    """How the seminar decided, by plain counts; nobody is named."""
    told: list[Text] = []
    if shown.decided is not None:
        told.append(
            t("Ballot {label}: {verdict}", label=shown.decided.label, verdict=_verdict(shown.decided))
        )
        figures = shown.decided.figures
        if isinstance(figures, SupportFigures):
            groups = list(figures.by_constituency.items())
            if len(groups) > 1:
                told += [
                    t("- {group}: {counts}", group=_group(shown, group), counts=counts_text(counts))
                    for group, counts in groups[:_GROUPS]
                ]
            if figures.contested_by:
                contested = tuple(_group(shown, group) for group in figures.contested_by[:_GROUPS])
                told.append(t("Contested by {groups}.", groups=contested))
    if shown.reservations:
        told.append(
            tn("{count} reservation is on record.", "{count} reservations are on record.", shown.reservations)
        )
    return told


def _group(shown: Presentation, group: str) -> str | Text:
    called = group_words(group, shown.group_titles)
    return one_line(called, 60) if isinstance(called, str) else called


def _verdict(decided: Decision) -> Text:
    return METHODS[decided.method].verdict(decided.figures)


def _steps(shown: Presentation, tr: Translator) -> list[str]:
    """The versions in short, the newest last; of very many the first and the latest."""
    steps = list(shown.steps)
    left = len(steps) - _STEPS
    told = [
        "- "
        + tr(
            t(
                "Version {number}, {moment}: {change}",
                number=one.number,
                moment=one.at,
                change=CHANGE_WORDS[one.change],
            )
        )
        for one in steps
    ]
    if left > 0:
        more = "- " + tr(tn("{count} more version", "{count} more versions", left))
        told = [told[0], more, *told[left + 1 :]]
    return told


def _since(shown: Presentation) -> Text:
    return t(
        "What has changed since {origin} decided on it ({version})",
        origin=one_line(shown.origin, 80),
        version=_version(shown.before_version),
    )


def _version(number: int) -> Text:
    return t("version {number}", number=number)


def _unchanged() -> Text:
    return t("The text is the one that was decided on.")


def _whole(difference: Shown | None, reference: str, older: int, newer: int, tr: Translator) -> list[Button]:
    if difference is None or difference.whole:
        return []
    return [
        Button(tr(t("Whole difference")), custom_id("history-whole", reference, older, newer), emoji="🔍")
    ]


def final_preview_card(preview: FinalPreview, draft: str, tr: Translator) -> discord.ui.LayoutView:
    """What an organiser confirms; `draft` is under which the reason is kept, empty without one."""
    rec, final = preview.rec, preview.ending is Ending.FINALISED
    number = f"R{preview.number}"
    told = "\n".join(map(tr, _told(preview)))
    difference = None
    if preview.before is not None and preview.before != rec.wording:
        room = CARD_TEXT_LIMIT - FRAME - len(told)
        difference = changes_text(preview.before, rec.wording, tr, room)
    heading = (
        t("Finalise {reference} as {number}?", reference=rec.reference, number=number)
        if final
        else t("Leave {reference} without a final text?", reference=rec.reference)
    )
    confirm = Button(
        tr(t("Finalise as {number}", number=number) if final else t("Leave without a final text")),
        custom_id("conference-finalise", rec.reference, rec.version, preview.ending.value, draft),
        style=discord.ButtonStyle.success if final else discord.ButtonStyle.danger,
    )
    return card(
        f"### {tr(heading)}\n{one_line(rec.title, _TITLE)}",
        told,
        line() if difference else None,
        f"**{tr(t('Changed in its wording since it was decided on'))}**\n{difference.text}"
        if difference
        else None,
        f"-# {tr(_unchanged())}" if final and difference is None else None,
        *rows(
            [
                confirm,
                *_whole(
                    difference,
                    rec.reference,
                    preview.decided.version if preview.decided else 1,
                    rec.version,
                    tr,
                ),
            ]
        ),
        accent=state_colour(State.FINALISED if final else State.NOT_FINALISED),
    )


def _told(preview: FinalPreview) -> list[Text]:
    told: list[Text] = []
    if preview.decided is not None:
        told.append(t("It rests on this: {basis}.", basis=basis_text(preview.decided, preview.basis)))
    if preview.reason:
        told.append(t("Reason: “{reason}”", reason=one_line(preview.reason, 600)))
    if preview.amendments:
        told.append(
            tn(
                "Amendment {numbers} is still open; it will be closed as not taken up, and its author is "
                "told.",
                "Amendments {numbers} are still open; they will be closed as not taken up, and their authors "
                "are told.",
                len(preview.amendments),
                numbers=preview.amendments[:20],
            )
        )
    return told


def basis_text(decided: Decision, basis: Basis) -> Text:
    """On what a final text rests, by plain counts: `adopted in ballot B3 at Rome, 19 for, 2 against`."""
    where = one_line(decided.title, 100)
    values = {"label": decided.label, "event": where}
    figures = decided.figures
    if isinstance(figures, SupportFigures):
        counted = {"for_votes": figures.for_, "against_votes": figures.against}
        if basis is Basis.CONFERENCE:
            return t(
                "confirmed in ballot {label} here, {for_votes} for, {against_votes} against",
                label=decided.label,
                **counted,
            )
        return t(
            "adopted in ballot {label} at {event}, {for_votes} for, {against_votes} against",
            **values,
            **counted,
        )
    if isinstance(figures, SilenceFigures):
        if basis is Basis.CONFERENCE:
            return t("nobody objected in the silence procedure {label} here", label=decided.label)
        return t("nobody objected in the silence procedure {label} at {event}", **values)
    return t("decided in ballot {label} at {event}", **values)
