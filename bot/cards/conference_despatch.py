"""What went to the conference and what stayed behind, as the organiser who sent it reads it; and what a
conference leaves open when it closes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot.cards.colours import CALM, ENDED
from bot.i18n import Translator
from bot.ui import card, listing, one_line
from seminar.words import Text, t, tn
from services.conference.conference import Despatch, Sent
from services.conference.forwarding import standing

_ROOM = 1400  # characters of a list; two of them and what frames them fit into a layout
_TITLE = 110  # characters after escaping, at most


def despatch_card(made: Despatch, tr: Translator) -> discord.ui.LayoutView:
    """What was sent, with rank and title; what did not go, and why."""
    return card(
        "## "
        + tr(
            tn(
                "{count} recommendation forwarded to {conference}",
                "{count} recommendations forwarded to {conference}",
                len(made.sent),
                conference=one_line(made.conference.title, 200),
            )
        ),
        listing(tr, [_line(one) for one in made.sent], _ROOM),
        "\n".join(map(tr, _besides(made))),
        f"**{tr(t('Adopted, and not forwarded'))}**\n"
        + listing(tr, [_line(one) for one in made.behind], _ROOM)
        if made.behind
        else None,
        f"-# {tr(t('Next: `/conference agenda` puts them in order, `/conference present` presents one.'))}",
        accent=CALM,
    )


def _line(one: Sent) -> str:
    rank = "–" if one.rank is None else f"{one.rank}."
    return f"- **{one.reference}** ({one.origin} {one.theme} {rank}) {one_line(one.title, _TITLE)}"


def _besides(made: Despatch) -> list[Text]:
    told: list[Text] = []
    if made.already:
        told.append(
            tn(
                "{count} was forwarded before and was passed over.",
                "{count} were forwarded before and were passed over.",
                made.already,
            )
        )
    if made.strangers:
        told.append(
            t(
                "Of themes that the conference does not have: {references}.",
                references=tuple(one.reference for one in made.strangers[:20]),
            )
        )
    if made.others:
        told.append(t("Left where they stand: {states}.", states=standing(made.others)))
    return told


def left_open_card(
    title: str, references: Sequence[Mapping[str, Any]], number: int, tr: Translator
) -> discord.ui.LayoutView:
    """What a conference leaves open when it closes; `number` of them, of which the first are named."""
    lines = [f"- **{one['reference']}** {one_line(str(one['title']), _TITLE)}" for one in references]
    more = number - len(lines)
    if more > 0:
        lines.append(tr(tn("and {count} more", "and {count} more", more)))
    return card(
        "### " + tr(t("{event} is closed", event=one_line(title, 200))),
        tr(
            tn(
                "{count} text was neither finalised nor left without a final text. It stays open, and goes "
                "on as soon as the conference is opened again:",
                "{count} texts were neither finalised nor left without a final text. They stay open, and go "
                "on as soon as the conference is opened again:",
                number,
            )
        ),
        listing(tr, lines, 3 * _ROOM // 2),
        accent=ENDED,
    )
