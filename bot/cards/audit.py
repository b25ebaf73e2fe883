"""The ledger and its audit, as organisers read them in chat: which acts there were, not what they say."""

from __future__ import annotations

from collections.abc import Mapping

import discord

from bot.cards.colours import CALM
from bot.exchange import cut
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import card, escape, listing, rows, turns
from seminar.words import Text, t, tn
from services.record.audit import AuditReport
from services.record.ledger_log import LogEntry, LogPage

PROBLEMS_SHOWN = 10
_ROOM = 3500  # characters that a list may fill, of the 4,000 of a layout
_PROBLEM, _ACTOR, _SUBJECT = 300, 8, 16  # characters of each, at most

ACT_WORDS: Mapping[str, Text] = {
    "initiative.loaded": t("initiative loaded"),
    "initiative.logo_set": t("logo loaded"),
    "initiative.logo_removed": t("logo taken away"),
    "event.opened": t("event opened"),
    "event.closed": t("event closed"),
    "participant.registered": t("participant registered"),
    "participant.changed": t("registration changed"),
    "participant.set": t("participant entered by an organiser"),
    "participant.bound": t("code entered"),
    "participants.imported": t("list of participants applied"),
    "codes.issued": t("codes made"),
    "person.forgotten": t("person forgotten"),
    "notice.acknowledged": t("privacy notice acknowledged"),
    "recommendation.proposed": t("recommendation proposed"),
    "recommendation.seconded": t("recommendation seconded"),
    "recommendation.withdrawn": t("recommendation withdrawn"),
    "recommendation.admitted": t("recommendation admitted"),
    "recommendation.returned": t("recommendation returned"),
    "recommendation.rejected": t("recommendation rejected"),
    "recommendation.reopened": t("recommendation reopened"),
    "recommendation.rethemed": t("recommendation moved to another theme"),
    "recommendation.merged": t("recommendations merged"),
    "recommendation.split": t("recommendation split"),
    "recommendation.split_off": t("part of a split recommendation"),
    "recommendation.forwarded": t("recommendation forwarded to a conference"),
    "recommendation.presented": t("recommendation presented"),
    "recommendation.finalised": t("text finalised"),
    "recommendation.not_finalised": t("text not finalised"),
    "recommendation.taken_up": t("decision of the conference taken up again"),
    "agenda.moved": t("agenda changed"),
    "agenda.timed": t("time on the agenda set"),
    "event.scheduled": t("event put into the server's calendar"),
    "regrouping.undone": t("merge or split undone"),
    "recommendation.revised": t("text changed"),
    "recommendation.derived": t("rejected amendment proposed as a recommendation"),
    "amendment.proposed": t("amendment proposed"),
    "amendment.seconded": t("amendment seconded"),
    "amendment.accepted": t("amendment accepted"),
    "amendment.rejected": t("amendment rejected"),
    "amendment.withdrawn": t("amendment withdrawn"),
    "amendment.reworked": t("amendment reworked"),
    "amendment.conflicting": t("amendment in conflict with the text"),
    "amendment.free": t("amendment no longer in conflict"),
    "argument.added": t("argument put on record"),
    "argument.withdrawn": t("argument withdrawn"),
    "argument.set_aside": t("argument set aside"),
    "ballot.opened": t("ballot opened"),
    "ballot.extended": t("ballot extended"),
    "ballot.reminded": t("voters reminded"),
    "ballot.hands": t("show of hands entered"),
    "ballot.item_removed": t("recommendation taken out of a ballot"),
    "ballot.closed": t("ballot closed"),
    "ballot.cancelled": t("ballot cancelled"),
    "ballot.series_ended": t("series of rounds ended"),
    "ballot.sealed": t("ballot sealed"),
    "follow_up.opened": t("follow-up opened"),
    "follow_up.set": t("follow-up entered"),
    "follow_up.imported": t("returned follow-up applied"),
    "follow_up.reminded": t("follow-up reminded of"),
    "silence.broken": t("silence broken"),
    "silence.explained": t("position explained"),
}
"""What the acts of the ledger are called; one that is not here is shown as it is recorded."""


def log_card(log: LogPage, tr: Translator) -> discord.ui.LayoutView:
    """A page of the ledger, the latest act first."""
    if not log.entries:
        return card(tr(t("The ledger is empty.")), accent=CALM)
    shown = t("Page {page} of {pages} · head {head}", page=log.page + 1, pages=log.pages, head=log.head)
    return card(
        f"## {tr(t('Ledger'))}\n-# {tr(shown)}",
        "\n".join(_entry(entry, tr) for entry in log.entries),
        *rows(turns(tr, log.page, log.pages - 1, lambda page: custom_id("audit-page", page))),
        accent=CALM,
    )


def _entry(entry: LogEntry, tr: Translator) -> str:
    act = ACT_WORDS.get(entry.act)
    return " · ".join(
        (
            f"**{entry.seq}** {entry.at:%Y-%m-%d %H:%M}",
            escape(entry.act) if act is None else tr(act),
            escape(cut(entry.subject, _SUBJECT)),
            escape(cut(entry.actor, _ACTOR)),
        )
    )


def verified_card(report: AuditReport, tr: Translator) -> discord.ui.LayoutView:
    """That all is well, or what is not."""
    looked_at = tr(
        t(
            "{entries} and {ballots} were verified.",
            entries=tn("{count} ledger entry", "{count} ledger entries", report.entries),
            ballots=tn("{count} closed ballot", "{count} closed ballots", report.ballots),
        )
    )
    if not report.problems:
        return card(f"✅ {tr(t('All is well.'))} {looked_at}", accent=CALM)
    found = tr(tn("{count} problem was found.", "{count} problems were found.", len(report.problems)))
    lines = [f"- {escape(cut(problem, _PROBLEM))}" for problem in report.problems[:PROBLEMS_SHOWN]]
    more = len(report.problems) - PROBLEMS_SHOWN
    return card(
        f"⚠️ **{found}** {looked_at}",
        listing(tr, lines, _ROOM),
        tr(
            tn(
                "There is {count} more: `rapporteur audit verify` lists them all.",
                "There are {count} more: `rapporteur audit verify` lists them all.",
                more,
            )
        )
        if more > 0
        else None,
    )
