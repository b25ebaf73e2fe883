"""Files that people attach to a command."""

from __future__ import annotations

import logging

import aiohttp
import discord

from seminar.errors import Invalid, Refused
from seminar.words import Text, t

log = logging.getLogger(__name__)


async def fetch(file: discord.Attachment, most: int, too_large: Text) -> bytes:
    """What is in an attached file of at most `most` bytes.

    Raises:
        Invalid: it is larger, which is known before it is fetched; `too_large` says so.
        Refused: Discord did not hand it over.
    """
    if file.size > most:
        raise Invalid(too_large)
    try:
        return await file.read()
    except (discord.HTTPException, aiohttp.ClientError, TimeoutError) as failed:
        log.warning("an attached file could not be fetched: %s", failed)
        raise Refused(
            t("Discord did not hand over the file, so nothing was changed. Please load it again.")
        ) from None
