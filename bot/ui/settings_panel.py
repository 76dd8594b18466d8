"""The panel of a server's settings: pages of lists and buttons, private to whoever manages the server."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

import discord

from bot.i18n import Texts, languages, texts
from bot.models import Species
from bot.services.gate import ALWAYS
from bot.services.guild_settings import MOST, VOTE, Again, Delivery, GuildSettings, Voting
from bot.ui.guarded import Interaction
from bot.ui.setting_words import act_name, breed_name, language_name, seconds, switch, told
from bot.ui.settings_items import USUAL, PanelItem, SettingSelect

_COLOUR: Final = discord.Colour(0x8E9AAF)
_WAITS: Final = (0, 3, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400)
_WORDS: Final = {None: USUAL, True: "yes", False: "no"}
LOG_KINDS: Final = [discord.ChannelType.text, discord.ChannelType.news]
CHANNEL_KINDS: Final = [
    *LOG_KINDS,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.forum,
    discord.ChannelType.category,
]

_IN_A_ROW: Final = 3

Row = discord.ui.ActionRow[Any]


class Page(StrEnum):
    """The pages, in their order."""

    PLACES = "places"
    VOTING = "voting"
    PACE = "pace"
    PICTURES = "pictures"
    EXCLUDED = "excluded"
    ROLES = "roles"


PAGES: Final = {
    Page.PLACES: ("channels", "log_channel"),
    Page.VOTING: ("voting", "emojis", "seed_reactions", "own_votes"),
    Page.PACE: ("person_cooldown", "channel_cooldown", "exempt_roles"),
    Page.PICTURES: ("again", "delivery", "language"),
    Page.EXCLUDED: ("excluded_breeds", "excluded_categories"),
    Page.ROLES: ("roles",),
}
"""Which settings each page has."""


def page_of(name: str) -> Page:
    """Return the page that a setting is on."""
    return next(page for page, names in PAGES.items() if name in names)


class PanelView(discord.ui.LayoutView):
    """A page of the panel. It never times out, and each edit gets a fresh one."""

    def __init__(
        self, interaction: Interaction, page: Page, *, act: str | None = None, note: str | None = None
    ) -> None:
        super().__init__(timeout=None)
        say = texts(interaction.locale.value)
        drawing = _Drawing(interaction, say, act)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=_COLOUR)
        container.add_item(discord.ui.TextDisplay(f"### {say('settings.title', page=say(f'settings.page.{page}'))}"))
        for name in PAGES[page]:
            container.add_item(
                discord.ui.TextDisplay(f"**{say(f'settings.name.{name}')}**\n-# {say(f'settings.about.{name}')}")
            )
            for item in drawing.controls(name):
                container.add_item(item)
        if note is not None:
            container.add_item(discord.ui.Separator())
            container.add_item(discord.ui.TextDisplay(note))
        container.add_item(discord.ui.Separator())
        for row in _turning(page, say):
            container.add_item(row)
        container.add_item(
            _row(
                PanelItem("check", "", label=say("settings.button.check"), emoji="🔎"),
                PanelItem("export", "", label=say("settings.button.export"), emoji="📄"),
                PanelItem("reset", "", label=say("settings.button.reset"), emoji="🧹"),
            )
        )
        self.add_item(container)


class ResetView(discord.ui.LayoutView):
    """The question before all settings go; the answer is asked for the permission again, as every press is."""

    def __init__(self, say: Texts) -> None:
        super().__init__(timeout=None)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=discord.Colour.red())
        container.add_item(discord.ui.TextDisplay(say("settings.reset.ask")))
        container.add_item(
            _row(
                PanelItem("reset", "yes", label=say("settings.reset.yes"), style=discord.ButtonStyle.danger),
                PanelItem("page", Page.PLACES, label=say("confirm.no")),
            )
        )
        self.add_item(container)


class _Drawing:
    """Draws what a setting is set by, as it is now."""

    def __init__(self, interaction: Interaction, say: Texts, act: str | None) -> None:
        self._bot = interaction.client
        self._say = say
        self._act = act
        self._settings: GuildSettings = self._bot.app.guilds.of(interaction.guild_id or 0)

    def controls(self, name: str) -> Iterator[discord.ui.Item[Any]]:
        """Yield the rows of one setting."""
        value, say = getattr(self._settings, name), self._say
        match name:
            case "channels":
                yield _row(_channels(name, value, CHANNEL_KINDS, MOST, say("settings.value.everywhere")))
            case "log_channel":
                chosen = () if value is None else (value,)
                yield _row(_channels(name, chosen, LOG_KINDS, 1, say("settings.value.nobody")))
            case "exempt_roles":
                yield _row(_roles(name, "", value, say("settings.value.none")))
            case "person_cooldown" | "channel_cooldown":
                waits = sorted({*_WAITS, value})
                yield self._choice(name, [(str(wait), seconds(wait, say)) for wait in waits], str(value))
            case "language":
                own = [(USUAL, language_name(None, say)), *((code, language_name(code, say)) for code in languages())]
                yield self._choice(name, own[:MOST], value or USUAL)
            case "own_votes":
                yield self._choice(name, [(_WORDS[one], switch(one, say)) for one in (True, False)], _WORDS[value])
            case "seed_reactions":
                yield self._choice(
                    name, [(_WORDS[one], switch(one, say)) for one in (None, True, False)], _WORDS[value]
                )
            case "voting":
                yield self._choice(name, [(one, say(f"settings.voting.{one}")) for one in Voting], value)
            case "delivery":
                yield self._choice(name, [(one, say(f"settings.delivery.{one}")) for one in Delivery], value)
            case "again":
                yield self._choice(name, [(one, say(f"settings.again.{one}")) for one in Again], value)
            case "emojis":
                yield self._emojis()
            case "excluded_breeds":
                yield from self._breeds()
            case "excluded_categories":
                yield from self._categories()
            case "roles":
                yield from self._abilities()

    def _choice(self, name: str, choices: list[tuple[str, str]], now: str) -> Row:
        options = [
            discord.SelectOption(label=label[:100], value=value, default=value == now) for value, label in choices
        ]
        return _row(SettingSelect(name, "", discord.ui.Select(options=options)))

    def _emojis(self) -> Row:
        row = _row(PanelItem("emojis", "", label=self._say("settings.button.emojis")))
        for place, emoji in enumerate(self._settings.emojis.all):
            row.add_item(PanelItem("emojis", str(place), emoji=emoji))
        return row

    def _breeds(self) -> Iterator[Row]:
        app, excluded = self._bot.app, self._settings.excluded_breeds
        if excluded:
            options = [
                discord.SelectOption(label=breed_name(app, one)[:100], value=one, default=True) for one in excluded
            ]
            yield _row(
                SettingSelect(
                    "excluded_breeds", "", discord.ui.Select(options=options, min_values=0, max_values=len(options))
                )
            )
        if len(excluded) < MOST:
            yield _row(PanelItem("breeds", "", label=self._say("settings.button.breeds")))

    def _categories(self) -> Iterator[discord.ui.Item[Any]]:
        say, excluded = self._say, self._settings.excluded_categories
        drawn = False
        for species in Species:
            known = {f"{species}:{category.id}": category.name for category in self._bot.app.categories.known(species)}
            known |= {one: one for one in excluded if one.startswith(f"{species}:") and one not in known}
            options = [
                discord.SelectOption(label=label[:100], value=value, default=value in excluded)
                for value, label in list(known.items())[:MOST]
            ]
            if options:
                drawn = True
                yield _row(
                    SettingSelect(
                        "excluded_categories",
                        species,
                        discord.ui.Select(
                            options=options,
                            min_values=0,
                            max_values=len(options),
                            placeholder=say(f"settings.placeholder.{species}"),
                        ),
                    )
                )
        if not drawn:
            yield discord.ui.TextDisplay(say("settings.no_categories"))

    def _abilities(self) -> Iterator[discord.ui.Item[Any]]:
        say, roles = self._say, self._settings.roles
        if roles:
            yield discord.ui.TextDisplay(told(self._bot.app, "roles", self._settings, say))
        options = [
            discord.SelectOption(label=act_name(act, say), value=act, default=act == self._act)
            for act in acts(self._bot)[:MOST]
        ]
        yield _row(
            PanelItem("act", "", select=discord.ui.Select(options=options, placeholder=say("settings.placeholder.act")))
        )
        if self._act is not None:
            yield _row(_roles("roles", self._act, roles.get(self._act, ()), say("settings.value.everybody")))
            if self._act in roles:
                label = say("settings.button.everybody", act=act_name(self._act, say))
                yield _row(PanelItem("everybody", self._act, label=label))


def acts(bot: Any) -> list[str]:
    """Return what roles may be needed for: voting, and each command that is not everybody's in any case."""
    commands = bot.tree.get_commands(type=discord.AppCommandType.chat_input)
    return [VOTE, *sorted({command.name for command in commands} - ALWAYS)]


def _turning(page: Page, say: Texts) -> Iterator[Row]:
    """Yield the buttons that lead to the pages, three in a row; the one that is shown is not to be pressed."""
    buttons = [
        PanelItem(
            "page",
            one,
            label=say(f"settings.page.{one}"),
            style=discord.ButtonStyle.primary if one is page else discord.ButtonStyle.secondary,
            disabled=one is page,
        )
        for one in Page
    ]
    for start in range(0, len(buttons), _IN_A_ROW):
        yield _row(*buttons[start : start + _IN_A_ROW])


def _channels(
    name: str, chosen: tuple[int, ...], kinds: list[discord.ChannelType], most: int, otherwise: str
) -> SettingSelect:
    defaults = [discord.SelectDefaultValue.from_channel(discord.Object(one)) for one in chosen]
    return SettingSelect(
        name,
        "",
        discord.ui.ChannelSelect(
            channel_types=kinds, min_values=0, max_values=most, default_values=defaults, placeholder=otherwise[:150]
        ),
    )


def _roles(name: str, detail: str, chosen: tuple[int, ...], otherwise: str) -> SettingSelect:
    defaults = [discord.SelectDefaultValue.from_role(discord.Object(one)) for one in chosen]
    return SettingSelect(
        name,
        detail,
        discord.ui.RoleSelect(min_values=0, max_values=MOST, default_values=defaults, placeholder=otherwise[:150]),
    )


def _row(*items: discord.ui.Item[Any]) -> Row:
    row: Row = discord.ui.ActionRow()
    for item in items:
        row.add_item(item)
    return row
