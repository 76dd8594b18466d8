"""The desk behind the settings panel: asks everybody for Manage Server, does what was pressed, shows how it is now."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands

from bot.i18n import texts
from bot.models import Breed
from bot.reactions import Emojis
from bot.refused import BadSetting
from bot.services.guild_settings import GuildSettings
from bot.services.guilds import Change
from bot.services.settings_file import write
from bot.ui.gate import manages, mend
from bot.ui.people import PERSONAL, actor
from bot.ui.setting_words import changes, told
from bot.ui.settings_check import report, shortcomings
from bot.ui.settings_forms import BreedsForm, EmojisForm, read_emojis
from bot.ui.settings_items import USUAL
from bot.ui.settings_panel import Page, PanelView, ResetView, page_of

if TYPE_CHECKING:
    from bot.client import Body, Pawprint

    Interaction = discord.Interaction[Pawprint]

FILE_NAME: Final = "pawprint-settings.json"
_REFUSED: Final = 400
_SWITCHES: Final = {"yes": True, "no": False, USUAL: None}
# Settings whose change may leave the bot without what it needs somewhere.
_PLACES: Final = ("channels", "log_channel", "seed_reactions", "voting")


class SettingsDesk:
    """What `/settings` and the panel's components do. Everything here is answered privately."""

    def __init__(self, bot: Body) -> None:
        self._bot = bot
        self._app = bot.app
        self._ways: dict[str, Callable[[Interaction, str], Awaitable[None]]] = {
            "page": self._page,
            "act": self._act,
            "everybody": self._everybody,
            "emojis": self._emojis,
            "breeds": self._breeds,
            "check": self._check,
            "export": self._export,
            "reset": self._reset,
        }

    async def open(self, interaction: Interaction) -> None:
        """Answer with the first page; what is gone from the server is taken out of its settings first."""
        self.see_permission(interaction)
        await mend(self._app, interaction.guild)
        await interaction.response.send_message(view=PanelView(interaction, Page.PLACES), ephemeral=True)

    async def pressed(self, interaction: Interaction, what: str, detail: str) -> None:
        """Do what a button or list of the panel leads to."""
        self.see_permission(interaction)
        await self._ways[what](interaction, detail)

    async def chosen(self, interaction: Interaction, name: str, detail: str, values: Sequence[str]) -> None:
        """Set what a list of the panel sets, and draw its page anew."""
        self.see_permission(interaction)
        space, user = _here(interaction)
        await self._app.guilds.put(space, user, name, lambda now: _value(now, name, detail, values))
        act = detail if name == "roles" else None
        note = await self._shortcomings(interaction, [name])
        await interaction.response.edit_message(view=PanelView(interaction, page_of(name), act=act, note=note))

    async def put(self, interaction: Interaction, name: str, value: Callable[[GuildSettings], Any]) -> str:
        """Set one setting and return what to say of it. Raises a `PersonError`."""
        self.see_permission(interaction)
        space, user = _here(interaction)
        change = await self._app.guilds.put(space, user, name, value)
        return await self.said(interaction, change, [name])

    async def said(self, interaction: Interaction, change: Change, names: Sequence[str]) -> str:
        """Return what to say of a change: what is others now, how it is where nothing changed, what the bot lacks."""
        say = texts(interaction.locale.value)
        lines = changes(self._app, change, say) or [self.now(interaction, name) for name in names]
        note = await self._shortcomings(interaction, change.names)
        return "\n".join([*lines, note] if note else lines)

    def now(self, interaction: Interaction, name: str) -> str:
        """Say how a setting is."""
        say = texts(interaction.locale.value)
        value = told(self._app, name, self._app.guilds.of(interaction.guild_id or 0), say)
        return say("settings.now", name=say(f"settings.name.{name}"), value=value)

    def see_permission(self, interaction: Interaction) -> None:
        """Raise NoPrivateMessage outside a server of the bot's, MissingPermissions for who does not manage it."""
        if actor(interaction).space == PERSONAL:
            raise app_commands.NoPrivateMessage
        if not manages(interaction):
            raise app_commands.MissingPermissions(["manage_guild"])

    def file(self, interaction: Interaction) -> discord.File:
        """Return the settings of a server as a file."""
        content = write(self._app.guilds.of(interaction.guild_id or 0))
        return discord.File(io.BytesIO(content), filename=FILE_NAME)

    async def send_check(self, interaction: Interaction) -> None:
        """Say of each place that the settings name whether the bot has what it needs there."""
        self.see_permission(interaction)
        say = texts(interaction.locale.value)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await mend(self._app, interaction.guild)
        await interaction.followup.send(await report(interaction, say), ephemeral=True)

    async def send_file(self, interaction: Interaction) -> None:
        """Answer with the settings as a file."""
        self.see_permission(interaction)
        say = texts(interaction.locale.value)
        await interaction.response.send_message(say("settings.exported"), file=self.file(interaction), ephemeral=True)

    async def ask_reset(self, interaction: Interaction) -> None:
        """Ask whether all shall be as it comes."""
        self.see_permission(interaction)
        await interaction.response.send_message(view=ResetView(texts(interaction.locale.value)), ephemeral=True)

    async def exclude(self, interaction: Interaction, breeds: Sequence[Breed]) -> None:
        """Exclude breeds that were typed into the panel's form."""
        named = [f"{breed.species}:{breed.id}" for breed in breeds]
        said = await self.put(interaction, "excluded_breeds", lambda now: [*now.excluded_breeds, *named])
        await interaction.response.edit_message(view=PanelView(interaction, Page.EXCLUDED, note=said))

    async def set_emojis(self, interaction: Interaction, typed: dict[str, str], *, redraw: bool = False) -> None:
        """Vote with other emojis, those that were not typed as they come. Raises `BadSetting`.

        The answer shows them on buttons: when Discord refuses to, they are as they were.
        """
        self.see_permission(interaction)
        space, user = _here(interaction)
        before = self._app.guilds.of(space).emojis
        said = await self.put(interaction, "emojis", lambda _: read_emojis(Emojis(), typed))
        view = PanelView(interaction, Page.VOTING, note=said)
        try:
            if redraw:
                await interaction.response.edit_message(view=view)
            else:
                await interaction.response.send_message(view=view, ephemeral=True)
        except discord.HTTPException as error:
            if error.status != _REFUSED:
                raise
            await self._app.guilds.put(space, user, "emojis", lambda _: before)
            raise BadSetting("emojis") from error

    async def _shortcomings(self, interaction: Interaction, names: Sequence[str]) -> str | None:
        if not set(names) & set(_PLACES):
            return None
        lines = await shortcomings(interaction, texts(interaction.locale.value))
        return "\n".join(lines) or None

    async def _page(self, interaction: Interaction, detail: str) -> None:
        await interaction.response.edit_message(view=PanelView(interaction, Page(detail)))

    async def _act(self, interaction: Interaction, detail: str) -> None:
        await interaction.response.edit_message(view=PanelView(interaction, Page.ROLES, act=detail))

    async def _everybody(self, interaction: Interaction, detail: str) -> None:
        await self.chosen(interaction, "roles", detail, [])

    async def _emojis(self, interaction: Interaction, detail: str) -> None:
        emojis = self._app.guilds.of(interaction.guild_id or 0).emojis
        await interaction.response.send_modal(EmojisForm(emojis, texts(interaction.locale.value)))

    async def _breeds(self, interaction: Interaction, detail: str) -> None:
        await interaction.response.send_modal(BreedsForm(texts(interaction.locale.value)))

    async def _check(self, interaction: Interaction, detail: str) -> None:
        await self.send_check(interaction)

    async def _export(self, interaction: Interaction, detail: str) -> None:
        await self.send_file(interaction)

    async def _reset(self, interaction: Interaction, detail: str) -> None:
        say = texts(interaction.locale.value)
        if not detail:
            await interaction.response.edit_message(view=ResetView(say))
            return
        await self._app.guilds.reset(*_here(interaction))
        view = PanelView(interaction, Page.PLACES, note=say("settings.reset.done"))
        await interaction.response.edit_message(view=view)


def _here(interaction: Interaction) -> tuple[int, int]:
    who = actor(interaction)
    return who.space, who.user


def _value(now: GuildSettings, name: str, detail: str, chosen: Sequence[str]) -> Any:
    """Return what a setting is to be, of what was chosen in its list."""
    match name:
        case "channels" | "exempt_roles":
            return [int(one) for one in chosen]
        case "log_channel":
            return int(chosen[0]) if chosen else None
        case "person_cooldown" | "channel_cooldown":
            return int(chosen[0])
        case "own_votes" | "seed_reactions":
            return _SWITCHES[chosen[0]]
        case "language":
            return None if chosen[0] == USUAL else chosen[0]
        case "excluded_categories":
            others = [one for one in now.excluded_categories if not one.startswith(f"{detail}:")]
            return [*others, *chosen]
        case "roles":
            kept = {act: list(ids) for act, ids in now.roles.items() if act != detail}
            return kept | ({detail: [int(one) for one in chosen]} if chosen else {})
        case "excluded_breeds":
            return list(chosen)
    return chosen[0]
