"""The logo on the covers of a server's documents."""

from __future__ import annotations

import asyncio
from typing import Final

from seminar.canonical import digest
from seminar.errors import Invalid, NotFound
from seminar.model import Actor, Role
from seminar.texts import bounded, clean_line
from seminar.words import t
from services.clock import Clock
from services.initiatives import Initiatives
from services.people import persons
from services.pictures import png_of
from storage import ledger, logos
from storage.engine import Database
from storage.logos import Logo

LONGEST_ALT: Final = 200
MOST_LOGO_BYTES: Final = 1 << 20
LOGO_TOO_LARGE: Final = t("This file has more than 1 MiB. Please make the logo smaller.")


class Logos:
    """Keeps one logo a server; organisers change it."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def get(self, guild_id: int) -> Logo | None:
        """The server's logo, or None where it has none."""
        async with self._db.read() as tx:
            return await logos.fetch(tx, guild_id)

    async def put(self, actor: Actor, data: bytes, alt: str = "") -> Logo:
        """Keep the picture `data` as the logo, in place of the one before; `alt` says what it shows.

        Without an `alt` it is read out as the initiative's title.

        Raises:
            NotFound: no initiative is loaded.
            NotAllowed: the actor is no organiser.
            Invalid: it is no picture that can be used, or `alt` is too long.
        """
        initiative = await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        said = bounded(clean_line(alt), t("what the logo shows"), 0, LONGEST_ALT) or initiative.head.title
        if len(data) > MOST_LOGO_BYTES:
            raise Invalid(LOGO_TOO_LARGE)
        logo = Logo(await asyncio.to_thread(png_of, data), said)
        now = self._clock()
        async with self._db.write() as tx:
            person = await persons.of_actor(tx, actor)
            await logos.store(tx, actor.guild_id, logo, now)
            await ledger.append(
                tx,
                actor.guild_id,
                now,
                person.pseudonym,
                "initiative.logo_set",
                "initiative",
                {
                    "alt": await ledger.remember(tx, actor.guild_id, said),
                    "bytes": len(logo.image),
                    "picture": digest(logo.image),
                },
            )
        return logo

    async def remove(self, actor: Actor) -> None:
        """Keep no logo any more.

        Raises:
            NotFound: no initiative is loaded, or there is no logo.
            NotAllowed: the actor is no organiser.
        """
        await self._initiatives.current(actor.guild_id)
        actor.require(Role.ORGANISER)
        now = self._clock()
        async with self._db.write() as tx:
            if not await logos.drop(tx, actor.guild_id):
                raise NotFound(t("There is no logo to take away."))
            person = await persons.of_actor(tx, actor)
            await ledger.append(
                tx, actor.guild_id, now, person.pseudonym, "initiative.logo_removed", "initiative", {}
            )
