"""The small world of the sandbox: one server with three channels, and the people in it."""

from __future__ import annotations

from dataclasses import dataclass

import discord
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle


@dataclass(frozen=True)
class World:
    """Who and what is there. `members` holds everybody, by name; the first is the one who looks by default."""

    guild: GuildHandle
    channels: dict[str, ChannelHandle]
    members: dict[str, MemberActor]


def build(env: simcord.Env) -> World:
    """Make the world, the same with the same ids each time. Call it before the environment starts.

    Ada runs the server, Max moderates, Mia, Noah and Yuki are members, and Ghost may look but not speak.
    """
    guild = env.create_guild("Whiskers & Wags", preferred_locale="en-US")
    admins = guild.create_role("Admins", permissions=discord.Permissions(administrator=True))
    moderators = guild.create_role(
        "Moderators", permissions=discord.Permissions(manage_messages=True, moderate_members=True)
    )
    quiet = guild.create_role("Quiet")
    people = {
        "Mia": (),
        "Noah": (),
        "Yuki": (),
        "Ada": (admins,),
        "Max": (moderators,),
        "Ghost": (quiet,),
    }
    members = {
        name: guild.add_member(env.create_user(name.lower(), global_name=name), roles=roles)
        for name, roles in people.items()
    }
    silence = discord.PermissionOverwrite(send_messages=False, use_application_commands=False, add_reactions=False)
    hidden = discord.PermissionOverwrite(view_channel=False)
    shown = discord.PermissionOverwrite(view_channel=True)
    channels = {
        "pets": guild.create_text_channel("pets", topic="Cats and dogs, all day", overwrites={quiet: silence}),
        "daily": guild.create_text_channel("daily", topic="One picture a day", overwrites={quiet: silence}),
        "staff": guild.create_text_channel(
            "staff", topic="For the team", overwrites={guild.default_role: hidden, moderators: shown}
        ),
    }
    return World(guild, channels, members)
