"""What the bot asks for when it is invited to a server: what it uses, and nothing else.

Each permission has its use beside it. No privileged intent is asked for.
"""

from __future__ import annotations

import discord

INVITE = discord.Permissions(
    view_channel=True,
    manage_channels=True,  # an event's channel is made when the event opens
    send_messages=True,  # cards, ballots, outcomes; in a forum, posts
    create_public_threads=True,  # a discussion beside each card
    send_messages_in_threads=True,
    manage_threads=True,  # pin the start panel of a forum, open an archived post again to redraw it
    read_message_history=True,  # a thread can only be started from a message that can be read
    attach_files=True,  # exports, and the picture of the results
    pin_messages=True,  # the start panel of a text channel
    mention_everyone=True,  # to call the participants' role, also where not everybody may mention it
)

OPTIONAL = discord.Permissions(
    create_events=True,  # `/event schedule` puts an event into the server's calendar
    manage_events=True,  # and changes it there
)
"""What an organiser may grant besides; without it everything else works."""

_SCOPES = "bot+applications.commands"


def invitation(application_id: int | str) -> str:
    """The address at which somebody who may manage a server adds the bot to it."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={application_id}"
        f"&scope={_SCOPES}&permissions={INVITE.value}"
    )
