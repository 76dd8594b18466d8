"""`/daily`: a picture a day, several a server, for those who manage it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.failures import guarded_suggestions
from bot.i18n import texts
from bot.models import Species
from bot.refused import BotLacks
from bot.services.daily import Plan
from bot.services.daily_times import suggest_zones, time_of, zone_of
from bot.store.daily import Daily
from bot.ui.breed_choices import breed_choices
from bot.ui.channel_option import ChannelOption
from bot.ui.confirm import SentenceView
from bot.ui.daily import choice_name, daily_text, list_text
from bot.ui.grants import lacking_in
from bot.ui.in_time import in_time, tell
from bot.ui.labels import label
from bot.ui.people import actor

if TYPE_CHECKING:
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction

_SPECIES = [app_commands.Choice(name=label(f"option.species.{species}"), value=species.value) for species in Species]
# Where messages can be written that stay in order.
_KINDS = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
]
Place = app_commands.Transform[Any, ChannelOption(_KINDS)]
_NUMBER = label("option.daily.number")
_CHOICES = 25


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
class DailyPictures(commands.GroupCog, group_name="daily", group_description=label("command.daily")):
    """Pictures of the day."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Begin to post what is due."""
        self.bot.daily_courier.start()

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Stop what was posted in a channel that is gone."""
        await self.bot.daily_courier.channels_gone([channel.id])

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Stop what was posted in a thread that is gone."""
        await self.bot.daily_courier.channels_gone([payload.thread_id])

    @app_commands.command(name="set", description=label("command.daily.set"))
    @app_commands.describe(
        channel=label("option.daily.channel"),
        time=label("option.daily.time"),
        timezone=label("option.daily.zone"),
        animal=label("option.daily.animal"),
        breed=label("option.daily.breed"),
        fact=label("option.daily.fact"),
        number=label("option.daily.change"),
    )
    @app_commands.choices(animal=_SPECIES)
    async def put(
        self,
        interaction: Interaction,
        channel: Place,
        time: app_commands.Range[str, 1, 16],
        timezone: app_commands.Range[str, 1, 64],
        animal: str | None = None,
        breed: app_commands.Range[str, 1, 100] | None = None,
        fact: bool = False,
        number: int | None = None,
    ) -> None:
        """Make one, or change the one with a number."""
        self.bot.settings_desk.see_permission(interaction)
        species = Species(animal) if animal else None
        found = self.bot.app.breeds.find(species, breed) if breed else None
        plan = Plan(
            channel_id=channel.id,
            at=time_of(time),
            zone=zone_of(timezone),
            species=found.species if found else species,
            breed_id=found.id if found else None,
            with_fact=fact,
        )
        _see_place(interaction, plan.channel_id)
        who = actor(interaction)
        daily = await in_time(interaction, self.bot.app.dailies.put(who.space, who.user, plan, number), private=True)
        await self._say(interaction, "daily.made" if number is None else "daily.changed", daily)

    @app_commands.command(name="list", description=label("command.daily.list"))
    async def show(self, interaction: Interaction) -> None:
        """List them."""
        self.bot.settings_desk.see_permission(interaction)
        app = self.bot.app
        dailies = await in_time(interaction, app.dailies.of(actor(interaction).space), private=True)
        await tell(interaction, SentenceView(list_text(app, dailies, texts(interaction.locale.value))))

    @app_commands.command(name="pause", description=label("command.daily.pause"))
    @app_commands.describe(number=_NUMBER)
    async def pause(self, interaction: Interaction, number: int) -> None:
        """Let one rest."""
        self.bot.settings_desk.see_permission(interaction)
        work = self.bot.app.dailies.pause(actor(interaction).space, number)
        await self._say(interaction, "daily.paused", await in_time(interaction, work, private=True))

    @app_commands.command(name="resume", description=label("command.daily.resume"))
    @app_commands.describe(number=_NUMBER)
    async def resume(self, interaction: Interaction, number: int) -> None:
        """Let one go on, where it can be posted."""
        self.bot.settings_desk.see_permission(interaction)
        dailies, space = self.bot.app.dailies, actor(interaction).space
        _see_place(interaction, (await dailies.find(space, number)).channel_id)
        resumed = await in_time(interaction, dailies.resume(space, number), private=True)
        await self._say(interaction, "daily.resumed", resumed)

    @app_commands.command(name="remove", description=label("command.daily.remove"))
    @app_commands.describe(number=_NUMBER)
    async def remove(self, interaction: Interaction, number: int) -> None:
        """Remove one."""
        self.bot.settings_desk.see_permission(interaction)
        work = self.bot.app.dailies.remove(actor(interaction).space, number)
        removed = await in_time(interaction, work, private=True)
        say = texts(interaction.locale.value)
        await tell(interaction, SentenceView(say("daily.removed", number=removed.number)))

    @app_commands.command(name="now", description=label("command.daily.now"))
    @app_commands.describe(number=_NUMBER)
    async def now(self, interaction: Interaction, number: int) -> None:
        """Post one at once; the schedule stays as it is."""
        self.bot.settings_desk.see_permission(interaction)
        daily = await self.bot.app.dailies.find(actor(interaction).space, number)
        _see_place(interaction, daily.channel_id)
        await interaction.response.defer(ephemeral=True, thinking=True)
        message_id = await self.bot.app.away(self.bot.daily_courier.post(daily))
        link = f"https://discord.com/channels/{daily.space}/{daily.channel_id}/{message_id}"
        await tell(interaction, SentenceView(texts(interaction.locale.value)("daily.posted", link=link)))

    @put.autocomplete("timezone")
    @guarded_suggestions
    async def zones(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest time zones."""
        return [app_commands.Choice(name=name, value=name) for name in suggest_zones(current, _CHOICES)]

    @put.autocomplete("breed")
    @guarded_suggestions
    async def breeds(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest breeds."""
        animal = getattr(interaction.namespace, "animal", None)
        return breed_choices(self.bot.app.breeds, current, Species(animal) if animal else None)

    @put.autocomplete("number")
    @pause.autocomplete("number")
    @resume.autocomplete("number")
    @remove.autocomplete("number")
    @now.autocomplete("number")
    @guarded_suggestions
    async def numbers(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[int]]:
        """Suggest those that the server has."""
        say = texts(interaction.locale.value)
        dailies = await self.bot.app.dailies.of(actor(interaction).space)
        return [
            app_commands.Choice(
                name=choice_name(self.bot.app, daily, _channel_name(interaction, daily), say), value=daily.number
            )
            for daily in dailies
        ]

    async def _say(self, interaction: Interaction, key: str, daily: Daily) -> None:
        say = texts(interaction.locale.value)
        await tell(interaction, SentenceView(f"{say(key)}\n{daily_text(self.bot.app, daily, say)}"))


def _see_place(interaction: Interaction, channel_id: int) -> None:
    """Raise `BotLacks` when nothing could be posted in a channel, as far as that is known."""
    if missing := lacking_in(interaction.guild, channel_id):
        raise BotLacks(channel_id, missing)


def _channel_name(interaction: discord.Interaction[Any], daily: Daily) -> str:
    guild = interaction.guild
    channel = guild.get_channel_or_thread(daily.channel_id) if guild is not None else None
    return str(daily.channel_id) if channel is None else f"#{channel.name}"


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(DailyPictures(bot))
