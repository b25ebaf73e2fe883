"""From what somebody wants exported to the files they get, however large it is and whatever Discord takes.

A file that is larger than the server takes is packed. Where that is not enough it is written in parts, by
event, then by theme, each a whole document with its own name, and each packed where it has to be.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

import aiohttp
import discord

from bot.exchange import Exchange
from bot.export_notes import Names
from bot.exporting import Exporting, Written
from bot.i18n import Translator
from bot.parcels import Parcel, messages, zipped
from bot.ui import one_line
from reports.format import Format
from seminar.errors import Invalid, NotFound, Refused
from seminar.model import Actor
from seminar.words import Text, Value, t, tn
from services.record.dividing import Dividing
from services.record.exports import Exports, Wanted

log = logging.getLogger(__name__)

_MIB: Final = 1 << 20
_UNNAMEABLE: Final = re.compile(r"[^\w]+")  # in the name of a file
_LONGEST_NAME: Final = 40
_NAMED: Final = 5  # files that a sentence names
_REMARKS: Final = 8
_LONGEST_REMARK: Final = 180


@dataclass(slots=True)
class _Order:
    """One export for one person: what it is written by, what the server takes, and what came of it so far."""

    actor: Actor
    format: Format
    tr: Translator
    limit: int
    parcels: list[Parcel] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)


class Delivery:
    """Hands exports to people."""

    def __init__(self, exporting: Exporting, exports: Exports, dividing: Dividing) -> None:
        self._exporting = exporting
        self._exports = exports
        self._dividing = dividing

    async def hand_out(
        self,
        exchange: Exchange,
        wanted: Wanted,
        format: Format,
        extent: int,
        tr: Translator,
        said: Text,
        seen: str | None = None,
    ) -> Names | None:
        """Answer with what is wanted, its labels in the language of `tr`, and with `said` about it.

        Names in its free text are looked for unless `seen` is None. Else it is the mark of those that the
        person has looked at; where there are any others they are returned, and nothing is handed out.

        Raises:
            Refused: a part is too large however it is packed; or Discord did not take all of it.
        """
        order = _Order(exchange.actor, format, tr, exchange.guild.filesize_limit)
        asked = (exchange.actor.guild_id, wanted, format, extent, tr)
        written = (
            await self._exporting.write(*asked)
            if seen is None
            else await self._exporting.write_unless_named(*asked, seen)
        )
        if isinstance(written, Names):
            return written
        await self._fit(order, wanted, written)
        await _send(exchange, order, said)
        return None

    async def _fit(self, order: _Order, wanted: Wanted, written: Written) -> None:
        """Add what was written to the order: as it is, packed, or in parts."""
        order.remarks |= dict.fromkeys(written.remarks)
        whole = Parcel(file_name(wanted, order.format.extension), written.data)
        if len(whole.data) <= order.limit:
            order.parcels.append(whole)
            return
        packed = await asyncio.to_thread(zipped, whole)
        if len(packed.data) <= order.limit:
            order.parcels.append(packed)
            return
        parts = await self._parts(order, wanted)
        if not parts:
            raise _too_large(packed, order)
        for part, extent in parts:
            written = await self._exporting.write(order.actor.guild_id, part, order.format, extent, order.tr)
            await self._fit(order, part, written)

    async def _parts(self, order: _Order, wanted: Wanted) -> list[tuple[Wanted, int]]:
        """The parts that hold anything, and how much; what cannot be divided further has none."""
        found = []
        for part in await self._dividing.parts(order.actor.guild_id, wanted):
            try:
                extent = await self._exports.extent(order.actor, part)
            except (NotFound, Invalid):
                continue
            if extent:
                found.append((part, extent))
        if len(found) == 1:
            # The same once more, under another name: only a finer step can help.
            return await self._parts(order, found[0][0])
        return found


def file_name(wanted: Wanted, extension: str) -> str:
    """`ranking.csv` for everything, `ranking-ROM-all.csv` or `cast-votes-B3.csv` for a part."""
    parts = [wanted.kind]
    if wanted.event is not None or wanted.theme is not None:
        parts += [code.strip().upper() if code else "all" for code in (wanted.event, wanted.theme)]
    if wanted.ballot is not None:
        parts.append(f"B{wanted.ballot.strip().upper().lstrip('B').strip()}")
    if wanted.entity is not None:
        parts.append(_UNNAMEABLE.sub("-", wanted.entity)[:_LONGEST_NAME].strip("-"))
    return f"{'-'.join(parts)}.{extension}"


async def _send(exchange: Exchange, order: _Order, said: Text) -> None:
    """All files, in as many messages as they take; the first says what they are.

    Raises:
        Refused: Discord took none of them, or not all.
    """
    text: str | None = "\n".join(_told(order, said, exchange.tr))
    arrived = 0
    for message in messages(order.parcels, order.limit):
        files = [discord.File(BytesIO(parcel.data), parcel.name) for parcel in message]
        try:
            await exchange.say(text, files=files)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as failed:  # a timeout is an OSError
            log.warning(
                "Discord did not take %d files of an export: %s", len(order.parcels) - arrived, failed
            )
            raise _not_taken(order.parcels[:arrived], order.parcels[arrived:]) from None
        arrived += len(message)
        text = None


def _told(order: _Order, said: Text, tr: Translator) -> list[str]:
    lines = [tr(said)]
    most = order.limit // _MIB
    if len(order.parcels) > 1:
        lines.append(
            tr(
                tn(
                    "It comes in {count} file, whole in itself: this server takes at most {most} MiB.",
                    "It comes in {count} files, each whole in itself: this server takes at most {most} MiB.",
                    len(order.parcels),
                    most=most,
                )
            )
        )
    elif order.parcels[0].packed:
        lines.append(tr(t("It is packed: this server takes at most {most} MiB.", most=most)))
    lines += [f"⚠️ {one_line(remark, _LONGEST_REMARK)}" for remark in list(order.remarks)[:_REMARKS]]
    return lines


def _too_large(packed: Parcel, order: _Order) -> Refused:
    return Refused(
        t(
            "{file} has {size} MiB, and this server takes at most {most} MiB. Export one event, one theme or "
            "one ballot, choose csv, or have it written with `rapporteur export` where the bot runs.",
            file=packed.name,
            size=-(-len(packed.data) // _MIB),
            most=order.limit // _MIB,
        )
    )


def _not_taken(arrived: Sequence[Parcel], missing: Sequence[Parcel]) -> Refused:
    if not arrived:
        return Refused(
            t(
                "Discord did not take {missing}. Nothing is lost: please export it again, or one event or "
                "theme at a time.",
                missing=_listed(missing),
            )
        )
    return Refused(
        t(
            "Discord took {arrived}, but not {missing}. Nothing is lost: please export it again, or only "
            "what is missing.",
            arrived=_listed(arrived),
            missing=_listed(missing),
        )
    )


def _listed(parcels: Sequence[Parcel]) -> tuple[Value, ...]:
    more = len(parcels) - _NAMED
    named = tuple(parcel.name for parcel in parcels[:_NAMED])
    return (*named, tn("{count} more file", "{count} more files", more)) if more > 0 else named
