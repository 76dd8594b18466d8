"""The least permissions that the features need in a server, and the link that asks for them."""

from __future__ import annotations

from typing import Final

import discord

NEEDED: Final = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    add_reactions=True,
    read_message_history=True,
)


def invite_link(application_id: int) -> str:
    """Return the link that adds the bot to a server with these permissions and no more."""
    return discord.utils.oauth_url(application_id, permissions=NEEDED, scopes=("bot", "applications.commands"))


TO_SHOW: Final = discord.Permissions(
    view_channel=True, send_messages=True, embed_links=True, attach_files=True, read_message_history=True
)
"""What a picture needs in a channel."""

TO_SEED: Final = discord.Permissions(add_reactions=True, read_message_history=True)
"""What reactions below it need besides."""

TO_LOG: Final = discord.Permissions(view_channel=True, send_messages=True)
"""What a line in a channel needs."""


def lacking(have: discord.Permissions, needed: discord.Permissions) -> tuple[str, ...]:
    """Return the names of the needed permissions that are not there."""
    return tuple(name for name, wanted in needed if wanted and not getattr(have, name))
