"""Who acts: Discord's roles read as the initiative's roles, at every single act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import discord

from bot.i18n import Catalogues
from seminar.errors import NotFound, Refused
from seminar.initiative import Initiative
from seminar.model import Actor, Role
from seminar.words import t
from services.initiatives import Initiatives

RoleMeaning = dict[int, tuple[frozenset[Role], tuple[str, ...]]]


class Access:
    """Reads interactions into actors; what a Discord role means is worked out once a server."""

    def __init__(self, initiatives: Initiatives, catalogues: Catalogues) -> None:
        self._initiatives = initiatives
        self._catalogues = catalogues
        self._meanings: dict[int, tuple[Initiative, RoleMeaning]] = {}

    def forget_roles(self, guild_id: int) -> None:
        """A Discord role was made, renamed or deleted there."""
        self._meanings.pop(guild_id, None)

    async def initiative(self, guild_id: int) -> Initiative | None:
        try:
            return await self._initiatives.current(guild_id)
        except NotFound:
            return None

    async def actor(self, interaction: discord.Interaction[Any]) -> Actor:
        """The actor of `interaction`.

        Raises:
            Refused: the act was done outside a server.
        """
        guild, user = interaction.guild, interaction.user
        if guild is None or not isinstance(user, discord.Member):
            raise Refused(t("Please do this in the seminar's server, not in a private conversation."))
        initiative = await self.initiative(guild.id)
        languages = initiative.head.languages if initiative else ()
        roles: frozenset[Role] = frozenset()
        codes: tuple[str, ...] = ()
        if initiative is not None:
            roles, codes = self.held(guild, user, initiative)
        return Actor(
            guild_id=guild.id,
            user_id=user.id,
            name=user.display_name,
            roles=roles,
            constituencies=codes,
            may_manage_server=user.resolved_permissions.manage_guild
            if user.resolved_permissions is not None
            else user.guild_permissions.manage_guild,
            language=self._catalogues.pick(str(interaction.locale), languages).language,
        )

    def held(
        self, guild: discord.Guild, member: discord.Member, initiative: Initiative
    ) -> tuple[frozenset[Role], tuple[str, ...]]:
        """The initiative's roles and constituencies that `member` holds by Discord role."""
        return self.held_by(guild, lambda role_id: member.get_role(role_id) is not None, initiative)

    def held_by(
        self, guild: discord.Guild, holds: Callable[[int], bool], initiative: Initiative
    ) -> tuple[frozenset[Role], tuple[str, ...]]:
        """The same of whoever `holds` the Discord roles with such ids."""
        roles: set[Role] = set()
        codes: list[str] = []
        for role_id, (kinds, speaks_for) in self._meaning(guild, initiative).items():
            # The role with the server's own number is held by everybody, and is in nobody's list.
            if role_id == guild.id or holds(role_id):
                roles |= kinds
                codes.extend(code for code in speaks_for if code not in codes)
        return frozenset(roles), tuple(codes)

    def mention(self, guild: discord.Guild, initiative: Initiative, role: Role) -> tuple[discord.Role, ...]:
        """The Discord roles that stand for `role` there."""
        meaning = self._meaning(guild, initiative)
        return tuple(r for r in guild.roles if r.id in meaning and role in meaning[r.id][0])

    def _meaning(self, guild: discord.Guild, initiative: Initiative) -> RoleMeaning:
        known = self._meanings.get(guild.id)
        if known is not None and known[0] is initiative:
            return known[1]
        meaning: RoleMeaning = {}
        for role in guild.roles:
            names = {role.name, str(role.id)}
            roles = frozenset(kind for kind in Role if names.intersection(getattr(initiative.roles, kind)))
            codes = tuple(c.code for c in initiative.constituencies if names.intersection(c.roles))
            if roles or codes:
                meaning[role.id] = (roles, codes)
        self._meanings[guild.id] = (initiative, meaning)
        return meaning
