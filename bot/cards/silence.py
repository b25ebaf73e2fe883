"""What is said of a silence procedure: what it means, where it stands, what has been said in it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.i18n import Translator
from bot.ui import escape, one_line
from seminar.model import BallotStatus
from seminar.silence_times import within_working_hours
from seminar.words import Text, t, tn
from services.voting.ballot_views import BallotView
from services.voting.silences import Said
from storage.statements import Kind

SHOWN = 300  # characters of a statement on the procedure's own message
READ_OUT = 20  # explanations that are read out with the outcome


def meaning() -> tuple[Text, ...]:
    """What people must know before its time is up."""
    return (
        t("All of this is adopted unless somebody breaks the silence in time, with a reason."),
        t("One objection ends it for all of it; an explanation of position goes on record and ends nothing."),
        t("Whoever speaks is shown by constituency, or as a participant where that would point at somebody."),
    )


def notified_text(ballot: BallotView) -> Text:
    """How many people it was announced to, or will be."""
    number = ballot.notified or 0
    if ballot.status is BallotStatus.PREPARED:
        return tn("{count} person will be notified.", "{count} people will be notified.", number)
    return tn("{count} person was notified.", "{count} people were notified.", number)


def ends_text(ballot: BallotView) -> Text:
    return t("It ends on {moment}.", moment=ballot.closes_at)


def warning_text(ballot: BallotView) -> Text | None:
    """That its end may pass unnoticed, where it may."""
    if within_working_hours(ballot.closes_at):
        return None
    return t(
        "⚠️ {moment} is outside working hours (Monday to Friday, 09:00 to 18:00): it may pass unnoticed.",
        moment=ballot.closes_at,
    )


def standing_text(ballot: BallotView) -> Text:
    """Where it stands, in one sentence."""
    match ballot.status:
        case BallotStatus.OPEN:
            return t(
                "Adopted on {moment} unless somebody objects.",
                moment=ballot.closes_at,
            )
        case BallotStatus.CANCELLED:
            return t("Called off. Nothing was adopted.")
        case _ if ballot.voted:
            return t("The silence was broken.")
        case _:
            return t("Adopted by silence: nobody objected.")


def statement_lines(said: Sequence[Said], tr: Translator) -> list[str]:
    """What has been said, a line each, cut to what a message holds beside everything else."""
    return [tr(_statement(one, one_line(one.text, SHOWN))) for one in said]


def read_out(said: Sequence[Said]) -> list[Text]:
    """Objections, and the first explanations, in full."""
    objections = [one for one in said if one.kind is Kind.OBJECTION]
    explanations = [one for one in said if one.kind is Kind.EXPLANATION]
    told = [_statement(one, escape(one.text)) for one in (*objections, *explanations[:READ_OUT])]
    more = len(explanations) - READ_OUT
    return [*told, tn("and {count} more", "and {count} more", more)] if more > 0 else told


def _statement(said: Said, text: str) -> Text:
    who = said.who if isinstance(said.who, Text) else one_line(said.who, 100)
    if said.kind is Kind.OBJECTION:
        return t("✋ Objection by {who}: {text}", who=who, text=text)
    return t("💬 Explanation by {who}: {text}", who=who, text=text)
