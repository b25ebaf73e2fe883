"""What Discord sends, as small as discord.py accepts and as large as a real click is.

Ids are fixed and made up; `user_id(n)` is the n-th of the people who click.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import orjson

Json = dict[str, Any]

APPLICATION: Final = 1_000_000_000_000_000_001
GUILD: Final = 2_000_000_000_000_000_001
CHANNEL: Final = 2_000_000_000_000_000_002
CARD: Final = 3_000_000_000_000_000_001
OWNER: Final = 4_000_000_000_000_000_000
FIRST_USER: Final = 4_000_000_000_000_000_001
FIRST_ROLE: Final = 5_000_000_000_000_000_001
FIRST_MADE: Final = 6_000_000_000_000_000_001
FIRST_INTERACTION: Final = 7_000_000_000_000_000_001

# Everything a bot and an organiser may do.
ALL_PERMISSIONS: Final = str((1 << 53) - 1)
JOINED: Final = "2014-10-22T09:00:00.000000+00:00"

# The Discord roles of the server; the initiative file of the prepared store names the same.
ROLES: Final = ("Expert", "Observer", "Facilitator", "Organiser", "UN", "EU", "Member state", "Academia")


FEATURES: Final = [
    "COMMUNITY",
    "NEWS",
    "AUTO_MODERATION",
    "CHANNEL_ICON_EMOJIS_GENERATED",
    "THREADS_ENABLED",
    "PRIVATE_THREADS",
    "INVITE_SPLASH",
    "SOUNDBOARD",
]


def user_id(number: int) -> int:
    """The Discord id of the person with this number, counted from 0."""
    return FIRST_USER + number


def role_id(name: str) -> int:
    """The Discord id of one of `ROLES`."""
    return FIRST_ROLE + ROLES.index(name)


def bot_user() -> Json:
    return {
        "id": str(APPLICATION),
        "username": "rapporteur",
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "bot": True,
    }


def person(number: int) -> Json:
    return {
        "id": str(user_id(number)),
        "username": f"expert{number}",
        "discriminator": "0",
        "global_name": f"Expert {number}",
        "avatar": "8342729096ea3675442027381ff50dfe",
        "avatar_decoration_data": None,
        "collectibles": None,
        "clan": None,
        "primary_guild": None,
        "display_name_styles": None,
        "public_flags": 0,
    }


def constituency_role(number: int) -> str:
    """Which constituency's role the person with this number holds."""
    return ROLES[4 + number % 4]


def member(number: int, *, organiser: bool = False) -> Json:
    """The member payload of a click: its roles are all the bot learns about a person."""
    names = ["Organiser", "Facilitator"] if organiser else ["Expert", constituency_role(number)]
    return {
        "user": person(number),
        "roles": [str(role_id(name)) for name in names],
        "nick": None,
        "avatar": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "banner": None,
        "unusual_dm_activity_until": None,
        "joined_at": JOINED,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
        "permissions": ALL_PERMISSIONS if organiser else "2248473465835073",
    }


def _role(identifier: int, name: str, position: int) -> Json:
    return {
        "id": str(identifier),
        "name": name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": position,
        "permissions": "2248473465835073" if position else ALL_PERMISSIONS,
        "managed": False,
        "mentionable": True,
        "flags": 0,
    }


def channel() -> Json:
    return {
        "id": str(CHANNEL),
        "type": 0,
        "name": "rome",
        "guild_id": str(GUILD),
        "position": 0,
        "parent_id": None,
        "nsfw": False,
        "topic": None,
        "rate_limit_per_user": 0,
        "last_message_id": None,
        "permission_overwrites": [],
        "flags": 0,
    }


def guild() -> Json:
    """The server: two thousand people in it, of whom only the bot itself is sent along."""
    me = {**member(0), "user": bot_user(), "roles": [], "permissions": ALL_PERMISSIONS}
    return {
        "id": str(GUILD),
        "name": "Seminar",
        "icon": None,
        "owner_id": str(OWNER),
        "afk_timeout": 300,
        "afk_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [_role(GUILD, "@everyone", 0)]
        + [_role(role_id(name), name, place) for place, name in enumerate(ROLES, 1)],
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 3,  # takes the largest files
        "premium_subscription_count": 14,
        "preferred_locale": "en-US",
        "nsfw_level": 0,
        "premium_progress_bar_enabled": False,
        "large": True,
        "unavailable": False,
        "member_count": 2001,
        "joined_at": JOINED,
        "members": [me],
        "channels": [channel()],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application() -> Json:
    return {
        "id": str(APPLICATION),
        "name": "Rapporteur",
        "icon": None,
        "description": "",
        "rpc_origins": [],
        "bot_public": False,
        "bot_require_code_grant": False,
        "owner": person(0),
        "summary": "",
        "verify_key": "0" * 64,
        "team": None,
        "flags": 0,
        "hook": False,
    }


def message(
    identifier: int, *, components: list[Json] | None = None, flags: int = 0, content: str = ""
) -> Json:
    """A message of the bot's own."""
    return {
        "id": str(identifier),
        "channel_id": str(CHANNEL),
        "type": 0,
        "author": bot_user(),
        "content": content,
        "timestamp": JOINED,
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "flags": flags,
        "components": components or [],
    }


def card(custom_ids: list[str], *, private: bool = False) -> Json:
    """A Components V2 card with the buttons of `custom_ids`, three a row: what people click on.

    A `private` one is seen by one person alone, and drawn again in place.
    """
    body: list[Json] = [
        {"type": 10, "id": 2, "content": "### TRN-07 · Joint courses before deployment"},
        {"type": 10, "id": 3, "content": "Illustrative, not adopted text. " * 20},
        {"type": 14, "id": 4, "divider": True, "spacing": 1},
    ]
    for start in range(0, len(custom_ids), 3):
        buttons = [
            {
                "type": 2,
                "id": 100 + start + place,
                "style": 2,
                "label": custom_id.rsplit(":", 1)[-1].title(),
                "custom_id": custom_id,
            }
            for place, custom_id in enumerate(custom_ids[start : start + 3])
        ]
        body.append({"type": 1, "id": 10 + start, "components": buttons})
    layout: Json = {"type": 17, "id": 1, "accent_color": None, "spoiler": False, "components": body}
    return message(CARD, components=[layout], flags=1 << 15 | (64 if private else 0))


def token(identifier: int) -> str:
    """The token of an interaction: as long as Discord's, and like nothing else, since all come compressed."""
    return f"token-{identifier}-{hashlib.sha512(b'%d' % identifier).hexdigest()}"


def _interaction(number: int, kind: int, who: Json, data: Json) -> Json:
    identifier = FIRST_INTERACTION + number
    return {
        "id": str(identifier),
        "application_id": str(APPLICATION),
        "type": kind,
        "token": token(identifier),
        "version": 1,
        "guild_id": str(GUILD),
        "guild": {"id": str(GUILD), "features": FEATURES, "locale": "en-US"},
        "guild_locale": "en-US",
        "locale": "en-US",
        "channel_id": str(CHANNEL),
        "channel": {**channel(), "permissions": ALL_PERMISSIONS},
        "member": who,
        "app_permissions": ALL_PERMISSIONS,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": {"0": str(GUILD)},
        "context": 0,
        "attachment_size_limit": 10_485_760,
        "data": data,
    }


def click(
    number: int, who: int, custom_id: str, on: Json | orjson.Fragment, chosen: str | None = None
) -> Json:
    """Person `who` clicks the button `custom_id` on the message `on`, or has `chosen` from the list there."""
    data: Json = {"custom_id": custom_id, "component_type": 2, "id": 100}
    if chosen is not None:
        data |= {"component_type": 3, "values": [chosen]}
    return {**_interaction(number, 3, member(who), data), "message": on}


def submission(number: int, who: int, custom_id: str, fields: dict[str, str]) -> Json:
    """Person `who` sends in the form `custom_id`, filled in so."""
    inputs = [
        {
            "type": 18,
            "id": place,
            "component": {"type": 4, "id": 100 + place, "custom_id": key, "value": value},
        }
        for place, (key, value) in enumerate(fields.items(), 1)
    ]
    return _interaction(number, 5, member(who), {"custom_id": custom_id, "components": inputs})


def command(number: int, who: int, name: str, options: dict[str, str]) -> Json:
    """Person `who`, an organiser here, calls the slash command `name` with text options."""
    data = {
        "id": str(FIRST_MADE - 1),
        "name": name,
        "type": 1,
        "guild_id": str(GUILD),
        "options": [{"name": key, "type": 3, "value": value} for key, value in options.items()],
    }
    return _interaction(number, 2, member(who, organiser=True), data)
