"""What somebody is told whose vote is durable."""

from __future__ import annotations

from functools import lru_cache

from bot.i18n import Translator
from bot.ui import one_line
from seminar.terms import choice_words
from seminar.words import t, tn
from services.voting.ballot_views import Recorded

_RECEIPT = "\N{SYMBOL FOR NULL}"  # stands for a receipt, in a sentence that is spelled once for many


def recorded_text(recorded: Recorded, tr: Translator) -> str:
    """What is stored now, how much is still to do, and whose vote it replaces."""
    said = _sentence(
        tr,
        recorded.choice,
        recorded.reference,
        recorded.done,
        recorded.total,
        with_receipt=recorded.receipt is not None,
    )
    if recorded.receipt is not None:
        said = said.replace(_RECEIPT, recorded.receipt)
    if recorded.replaced is not None:
        name = one_line(recorded.replaced, 80)
        said += " " + tr(t("It replaces the vote of {name} of your delegation.", name=name))
    return said


@lru_cache(maxsize=4096)
def _sentence(
    tr: Translator, choice: str | None, reference: str, done: int, total: int, *, with_receipt: bool
) -> str:
    progress = tn("{done} of {count} done.", "{done} of {count} done.", total, done=done)
    if choice is None:
        return tr(t("Taken back: {reference}. {progress}", reference=reference, progress=progress))
    words = choice_words(choice)
    if not with_receipt:
        return tr(
            t(
                "Recorded: {choice} on {reference}. {progress}",
                choice=words,
                reference=reference,
                progress=progress,
            )
        )
    return tr(
        t(
            "Recorded: {choice} on {reference}. {progress} Receipt {receipt}.",
            choice=words,
            reference=reference,
            progress=progress,
            receipt=_RECEIPT,
        )
    )
