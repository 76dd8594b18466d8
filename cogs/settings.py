"""`/settings`: what a server's admins decide, by a panel or typed, and what mends itself when channels and roles go."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import UnknownCategory
from bot.failures import guarded_suggestions
from bot.i18n import languages, texts
from bot.models import Species
from bot.refused import BadSettingsFile
from bot.services.guild_settings import LONGEST_COOLDOWN, Again, Delivery, GuildSettings, Voting
from bot.services.settings_file import LARGEST, parse
from bot.ui.channel_option import ChannelOption
from bot.ui.confirm import SentenceView
from bot.ui.gate import mend
from bot.ui.in_time import tell
from bot.ui.labels import label
from bot.ui.people import actor
from bot.ui.setting_words import act_name, breed_name, category_name
from bot.ui.settings_desk import FILE_NAME
from bot.ui.settings_forms import find_breed
from bot.ui.settings_items import USUAL
from bot.ui.settings_panel import CHANNEL_KINDS, LOG_KINDS, acts

if TYPE_CHECKING:
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction

Wait = app_commands.Range[int, 0, LONGEST_COOLDOWN]
Emoji = app_commands.Range[str, 1, 64]

_CHOICES: Final = 25
_VOTING = [app_commands.Choice(name=label(f"settings.voting.{one}"), value=one.value) for one in Voting]
_DELIVERY = [app_commands.Choice(name=label(f"settings.delivery.{one}"), value=one.value) for one in Delivery]
_AGAIN = [app_commands.Choice(name=label(f"settings.again.{one}"), value=one.value) for one in Again]
_LANGUAGES = [
    app_commands.Choice(name=label("settings.value.server_language"), value=USUAL),
    *(app_commands.Choice(name=texts(code)("language.name"), value=code) for code in languages()),
]
_SEEDS = [
    app_commands.Choice(name=label("settings.value.operator"), value=USUAL),
    app_commands.Choice(name=label("settings.value.yes"), value="yes"),
    app_commands.Choice(name=label("settings.value.no"), value="no"),
]


Place = app_commands.Transform[Any, ChannelOption(CHANNEL_KINDS)]
LogPlace = app_commands.Transform[Any, ChannelOption(LOG_KINDS)]


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
class Settings(commands.GroupCog, group_name="settings", group_description=label("command.settings")):
    """The settings of a server."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot
        self.desk = bot.settings_desk

    @app_commands.command(name="panel", description=label("command.settings.panel"))
    async def panel(self, interaction: Interaction) -> None:
        """Open the panel."""
        await self.desk.open(interaction)

    @app_commands.command(name="check", description=label("command.settings.check"))
    async def check(self, interaction: Interaction) -> None:
        """Say where the bot lacks what it needs."""
        await self.desk.send_check(interaction)

    @app_commands.command(name="export", description=label("command.settings.export"))
    async def export(self, interaction: Interaction) -> None:
        """Hand out the settings as a file."""
        await self.desk.send_file(interaction)

    @app_commands.command(name="import", description=label("command.settings.import"))
    @app_commands.describe(file=label("option.settings.file"))
    async def take_over(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Take over the settings of a file, those of before going back as one."""
        self.desk.see_permission(interaction)
        if file.size > LARGEST:
            raise BadSettingsFile
        await interaction.response.defer(ephemeral=True, thinking=True)
        settings = parse(await file.read())
        before = self.desk.file(interaction)
        who = actor(interaction)
        change = await self.bot.app.guilds.change(who.space, who.user, lambda _: settings)
        mended = await mend(self.bot.app, interaction.guild)
        say = texts(interaction.locale.value)
        lines = [say("settings.imported", file=FILE_NAME) if change.names else say("settings.imported.same")]
        lines += [say("settings.imported.mended")] if mended else []
        lines += [await self.desk.said(interaction, change, [])]
        await interaction.followup.send("\n".join(filter(None, lines))[:2000], file=before, ephemeral=True)

    @app_commands.command(name="reset", description=label("command.settings.reset"))
    async def reset(self, interaction: Interaction) -> None:
        """Make all as it comes, once the person is sure."""
        await self.desk.ask_reset(interaction)

    @app_commands.command(name="channels", description=label("command.settings.channels"))
    @app_commands.describe(
        add=label("option.settings.add"), remove=label("option.settings.remove"), clear=label("option.settings.clear")
    )
    async def channels(
        self, interaction: Interaction, add: Place | None = None, remove: Place | None = None, clear: bool = False
    ) -> None:
        """Say where commands may be used."""
        await self._list(interaction, "channels", add and add.id, remove and remove.id, clear=clear)

    @app_commands.command(name="log", description=label("command.settings.log"))
    @app_commands.describe(channel=label("option.settings.log"), clear=label("option.settings.nobody"))
    async def log(self, interaction: Interaction, channel: LogPlace | None = None, clear: bool = False) -> None:
        """Say where changes are told."""
        await self._put(interaction, "log_channel", channel and channel.id, given=channel is not None or clear)

    @app_commands.command(name="voting", description=label("command.settings.voting"))
    @app_commands.describe(how=label("option.settings.how"))
    @app_commands.choices(how=_VOTING)
    async def voting(self, interaction: Interaction, how: str | None = None) -> None:
        """Say how members vote."""
        await self._put(interaction, "voting", how)

    @app_commands.command(name="seeds", description=label("command.settings.seeds"))
    @app_commands.describe(on=label("option.settings.seeds"))
    @app_commands.choices(on=_SEEDS)
    async def seeds(self, interaction: Interaction, on: str | None = None) -> None:
        """Say whether reactions are left to press."""
        await self._put(interaction, "seed_reactions", {"yes": True, "no": False}.get(on or ""), given=on is not None)

    @app_commands.command(name="own-votes", description=label("command.settings.own_votes"))
    @app_commands.describe(allowed=label("option.settings.own_votes"))
    async def own_votes(self, interaction: Interaction, allowed: bool | None = None) -> None:
        """Say whether one votes on one's own pictures."""
        await self._put(interaction, "own_votes", allowed)

    @app_commands.command(name="emojis", description=label("command.settings.emojis"))
    @app_commands.describe(
        up=label("option.settings.up"), down=label("option.settings.down"), save=label("option.settings.save")
    )
    async def emojis(
        self, interaction: Interaction, up: Emoji | None = None, down: Emoji | None = None, save: Emoji | None = None
    ) -> None:
        """Say what is voted with."""
        typed = {name: value.strip() for name, value in (("up", up), ("down", down), ("save", save)) if value}
        await self.desk.set_emojis(interaction, typed)

    @app_commands.command(name="cooldown", description=label("command.settings.cooldown"))
    @app_commands.describe(person=label("option.settings.person"), channel=label("option.settings.channel"))
    async def cooldown(self, interaction: Interaction, person: Wait | None = None, channel: Wait | None = None) -> None:
        """Say how long one waits."""
        self.desk.see_permission(interaction)
        lines = [
            await self.desk.put(interaction, name, _always(wait))
            if wait is not None
            else self.desk.now(interaction, name)
            for name, wait in (("person_cooldown", person), ("channel_cooldown", channel))
        ]
        await tell(interaction, SentenceView("\n".join(lines)))

    @app_commands.command(name="exempt", description=label("command.settings.exempt"))
    @app_commands.describe(
        add=label("option.settings.add"), remove=label("option.settings.remove"), clear=label("option.settings.clear")
    )
    async def exempt(
        self,
        interaction: Interaction,
        add: discord.Role | None = None,
        remove: discord.Role | None = None,
        clear: bool = False,
    ) -> None:
        """Say which roles need not wait."""
        await self._list(interaction, "exempt_roles", add and add.id, remove and remove.id, clear=clear)

    @app_commands.command(name="roles", description=label("command.settings.roles"))
    @app_commands.describe(
        command=label("option.settings.command"),
        add=label("option.settings.add"),
        remove=label("option.settings.remove"),
        everybody=label("option.settings.everybody"),
    )
    async def roles(
        self,
        interaction: Interaction,
        command: str | None = None,
        add: discord.Role | None = None,
        remove: discord.Role | None = None,
        everybody: bool = False,
    ) -> None:
        """Say which roles may use a command."""

        def changed(now: GuildSettings) -> dict[str, list[int]]:
            roles = {act: list(ids) for act, ids in now.roles.items()}
            if command is None:
                return roles
            kept = [one for one in roles.pop(command, []) if remove is None or one != remove.id]
            kept += [add.id] if add is not None else []
            return roles | ({command: kept} if kept and not everybody else {})

        await self._say(interaction, await self.desk.put(interaction, "roles", changed))

    @app_commands.command(name="language", description=label("command.settings.language"))
    @app_commands.describe(language=label("option.settings.language"))
    @app_commands.choices(language=_LANGUAGES[:_CHOICES])
    async def language(self, interaction: Interaction, language: str | None = None) -> None:
        """Say which language everybody reads."""
        chosen = None if language == USUAL else language
        await self._put(interaction, "language", chosen, given=language is not None)

    @app_commands.command(name="delivery", description=label("command.settings.delivery"))
    @app_commands.describe(how=label("option.settings.how"))
    @app_commands.choices(how=_DELIVERY)
    async def delivery(self, interaction: Interaction, how: str | None = None) -> None:
        """Say how pictures come."""
        await self._put(interaction, "delivery", how)

    @app_commands.command(name="again", description=label("command.settings.again"))
    @app_commands.describe(how=label("option.settings.how"))
    @app_commands.choices(how=_AGAIN)
    async def again(self, interaction: Interaction, how: str | None = None) -> None:
        """Say what 🔁 does."""
        await self._put(interaction, "again", how)

    @app_commands.command(name="breeds", description=label("command.settings.breeds"))
    @app_commands.describe(
        add=label("option.settings.breed"), remove=label("option.settings.remove"), clear=label("option.settings.clear")
    )
    async def breeds(
        self, interaction: Interaction, add: str | None = None, remove: str | None = None, clear: bool = False
    ) -> None:
        """Say which breeds are not shown."""
        added, removed = (self._breed(asked) for asked in (add, remove))
        await self._list(interaction, "excluded_breeds", added, removed, clear=clear)

    @app_commands.command(name="categories", description=label("command.settings.categories"))
    @app_commands.describe(
        add=label("option.settings.category"),
        remove=label("option.settings.remove"),
        clear=label("option.settings.clear"),
    )
    async def categories(
        self, interaction: Interaction, add: str | None = None, remove: str | None = None, clear: bool = False
    ) -> None:
        """Say which categories are not shown."""
        added, removed = (self._category(asked) for asked in (add, remove))
        await self._list(interaction, "excluded_categories", added, removed, clear=clear)

    @breeds.autocomplete("add")
    @guarded_suggestions
    async def any_breed(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest breeds of both species."""
        each = [self.bot.app.breeds.suggest(species, current, _CHOICES // len(Species)) for species in Species]
        return [
            app_commands.Choice(name=breed.name[:100], value=f"{breed.species}:{breed.id}")
            for breeds in each
            for breed in breeds
        ]

    @breeds.autocomplete("remove")
    @guarded_suggestions
    async def left_out_breed(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest the breeds that are excluded."""
        excluded = self.bot.app.guilds.of(interaction.guild_id or 0).excluded_breeds
        return _fitting({one: breed_name(self.bot.app, one) for one in excluded}, current)

    @categories.autocomplete("add")
    @guarded_suggestions
    async def any_category(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest categories of both species."""
        say, known = texts(interaction.locale.value), self.bot.app.categories.known
        named = {
            f"{species}:{category.id}": f"{category.name} · {say(f'option.species.{species}')}"
            for species in Species
            for category in known(species)
        }
        return _fitting(named, current)

    @categories.autocomplete("remove")
    @guarded_suggestions
    async def left_out_category(
        self, interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        """Suggest the categories that are excluded."""
        excluded = self.bot.app.guilds.of(interaction.guild_id or 0).excluded_categories
        return _fitting({one: category_name(self.bot.app, one) for one in excluded}, current)

    @roles.autocomplete("command")
    @guarded_suggestions
    async def acts(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest what roles may be needed for."""
        say = texts(interaction.locale.value)
        return _fitting({act: act_name(act, say) for act in acts(self.bot)}, current)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Take a channel that is gone out of the settings."""
        await self.bot.app.guilds.mend(channel.guild.id, lost_channels=[channel.id])

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Take a role that is gone out of the settings."""
        await self.bot.app.guilds.mend(role.guild.id, lost_roles=[role.id])

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Take out what went while the bot was away."""
        await mend(self.bot.app, guild)

    async def _put(self, interaction: Interaction, name: str, value: Any, *, given: bool | None = None) -> None:
        """Set a setting to a value if there is one, and say how it is."""
        self.desk.see_permission(interaction)
        if value is not None if given is None else given:
            said = await self.desk.put(interaction, name, _always(value))
        else:
            said = self.desk.now(interaction, name)
        await self._say(interaction, said)

    async def _list(self, interaction: Interaction, name: str, add: Any, remove: Any, *, clear: bool) -> None:
        """Change a list, and say how it is."""

        def changed(now: GuildSettings) -> list[Any]:
            kept = [] if clear else [one for one in getattr(now, name) if one != remove]
            return [*kept, *([add] if add is not None else [])]

        await self._say(interaction, await self.desk.put(interaction, name, changed))

    async def _say(self, interaction: Interaction, said: str) -> None:
        await tell(interaction, SentenceView(said))

    def _breed(self, asked: str | None) -> str | None:
        """Return a breed as settings name it. Raises `UnknownBreed`."""
        if asked is None:
            return None
        breed = find_breed(self.bot.app.breeds, asked)
        return f"{breed.species}:{breed.id}"

    def _category(self, asked: str | None) -> str | None:
        """Return a category as settings name it, of the species that has one so called. Raises `UnknownCategory`."""
        if asked is None or ":" in asked:
            return asked
        try:
            species, found = Species.CAT, self.bot.app.categories.find(Species.CAT, asked)
        except UnknownCategory:
            species, found = Species.DOG, self.bot.app.categories.find(Species.DOG, asked)
        return f"{species}:{found.id}"


def _always(value: Any) -> Callable[[GuildSettings], Any]:
    return lambda _: value


def _fitting(named: dict[str, str], typed: str) -> list[app_commands.Choice[str]]:
    """Return choices whose name holds what is typed."""
    wanted = typed.strip().casefold()
    fitting = [(value, name) for value, name in named.items() if wanted in name.casefold()]
    return [app_commands.Choice(name=name[:100], value=value) for value, name in fitting[:_CHOICES]]


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(Settings(bot))
