"""Who comes to the gate: reads off an interaction, a message or a reaction what the settings of a server ask about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.card import Card
from bot.errors import PersonError
from bot.identity import Person
from bot.refused import NotHere
from bot.services.gate import Visit
from bot.services.guild_settings import Again
from bot.services.guilds import references
from bot.services.votes import Door
from bot.ui.people import actor, person

if TYPE_CHECKING:
    from bot.app import App
    from bot.client import Body, Pawprint

    Interaction = discord.Interaction[Pawprint]


class Refused(app_commands.CheckFailure):
    """Carries out of a command's check, in the form that discord.py takes, why somebody was not let through."""

    def __init__(self, original: PersonError) -> None:
        super().__init__(str(original))
        self.original = original


class MentionRefused(commands.CheckFailure):
    """The same for mention commands."""

    def __init__(self, original: PersonError) -> None:
        super().__init__(str(original))
        self.original = original


async def admit(interaction: Interaction) -> None:
    """Let a command through. Raises `Refused`."""
    if interaction.type is discord.InteractionType.autocomplete:
        return
    app, command = interaction.client.app, interaction.command
    try:
        app.gate.pace.act(interaction.user.id)
        if isinstance(command, app_commands.Command):
            await _command(app, interaction.guild, visit_of(interaction), (command.root_parent or command).name)
    except PersonError as error:
        raise Refused(error) from error


async def admit_mention(ctx: commands.Context[Body]) -> bool:
    """Let a mention command through; what came as an interaction was let through before. Raises `MentionRefused`."""
    if ctx.interaction is not None or ctx.command is None:
        return True
    app = ctx.bot.app
    who = person(ctx.bot, ctx.guild.id if ctx.guild else None, ctx.author.id)
    manages = isinstance(ctx.author, discord.Member) and ctx.permissions.manage_guild
    visit = Visit(person=who, channels=_channels(ctx.channel), roles=_roles(ctx.author), manages=manages)
    try:
        app.gate.pace.act(ctx.author.id)
        await _command(app, ctx.guild, visit, (ctx.command.root_parent or ctx.command).name)
    except PersonError as error:
        raise MentionRefused(error) from error
    return True


async def admit_again(interaction: Interaction, card: Card) -> Again:
    """Let a press of 🔁 through, as the command that it repeats; return what it does. Raises a `PersonError`."""
    visit, name = visit_of(interaction), card.wanted.species or "random"
    try:
        return interaction.client.app.gate.again(visit, name)
    except NotHere:
        if not await mend(interaction.client.app, interaction.guild):
            raise
        return interaction.client.app.gate.again(visit, name)


def admit_vote(interaction: Interaction, card: Card, door: Door) -> None:
    """Let a vote by a button through. Raises a `PersonError`."""
    interaction.client.app.gate.vote(visit_of(interaction), card.requester, door)


def reacting(who: Person, payload: discord.RawReactionActionEvent) -> Visit:
    """Return who left a reaction."""
    member = payload.member
    manages = member is not None and member.guild_permissions.manage_guild
    return Visit(person=who, channels=(payload.channel_id,), roles=_roles(member), manages=manages)


def visit_of(interaction: discord.Interaction[Any]) -> Visit:
    """Return who uses a command or a button."""
    here = _channels(interaction.channel) if interaction.channel is not None else (interaction.channel_id or 0,)
    return Visit(person=actor(interaction), channels=here, roles=_roles(interaction.user), manages=manages(interaction))


def manages(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether somebody has the permission Manage Server, as Discord told with what they did."""
    return interaction.guild_id is not None and interaction.permissions.manage_guild


async def mend(app: App, guild: discord.Guild | None) -> bool:
    """Take what a server's settings name and the server has no more out of them; return whether there was any."""
    if guild is None or guild.unavailable:
        return False
    there = {channel.id for channel in guild.channels} | {role.id for role in guild.roles}
    lost = references(app.guilds.of(guild.id)) - there
    return bool(lost) and await app.guilds.mend(guild.id, lost_channels=lost, lost_roles=lost) is not None


async def _command(app: App, guild: discord.Guild | None, visit: Visit, name: str) -> None:
    try:
        app.gate.command(visit, name)
    except NotHere:
        # Nobody is sent to a channel that was deleted while nobody looked.
        if not await mend(app, guild):
            raise
        app.gate.command(visit, name)


def _channels(channel: Any) -> tuple[int, ...]:
    """Return a channel's id, that of the channel which a thread belongs to, and their category's."""
    parents = (getattr(channel, "parent_id", None), getattr(channel, "category_id", None))
    if isinstance(channel, discord.Thread) and channel.parent is not None:
        parents = (channel.parent_id, channel.parent.category_id)
    return (channel.id, *(parent for parent in parents if parent is not None))


def _roles(someone: object) -> frozenset[int]:
    return frozenset(role.id for role in someone.roles) if isinstance(someone, discord.Member) else frozenset()
