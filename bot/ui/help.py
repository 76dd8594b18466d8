"""The pages of `/help`: a greeting, a page for each section and one for each command, with two lists to go on from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final, Self

import discord

from bot.failures import permission_names
from bot.i18n import Texts, texts
from bot.permissions import NEEDED, lacking
from bot.ui.colours import HOUSE
from bot.ui.guarded import GuardedButton, Interaction, picked
from bot.ui.help_words import about, command_text, list_text
from bot.ui.lookup import is_at_home, usable
from bot.ui.manual import Entry, Section

# Discord's limits of a list to choose from.
_MOST_CHOICES: Final = 25
_LONGEST_CHOICE: Final = 100
# Of a message with components.
_LONGEST_TEXT: Final = 4_000
_HOME: Final = "home"


class HelpSelect(GuardedButton, template=re.compile(r"help:(?P<what>section|command)")):
    """Leads to the page of what is chosen: a section, or a command of the section that is shown."""

    def __init__(self, what: str, options: list[discord.SelectOption], placeholder: str | None) -> None:
        # The guard is the same for every component: a list passes it as a button does.
        select: Any = discord.ui.Select(custom_id=f"help:{what}", options=options, placeholder=placeholder)
        super().__init__(select)
        self.what = what

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read off the `custom_id` what is chosen from it."""
        return cls(match["what"], [], None)

    async def press(self, interaction: Interaction) -> None:
        """Draw the page in the place of the one before; the greeting where there is no such page any more."""
        chosen = picked(interaction)
        view = await (section_page if self.what == "section" else command_page)(interaction, "".join(chosen))
        await interaction.response.edit_message(view=view)


class HelpView(discord.ui.LayoutView):
    """A page of the manual. It never times out, and each edit gets a fresh one."""

    def __init__(
        self, text: str, entries: Sequence[Entry], section: Section | None, say: Texts, *, shown: Entry | None = None
    ) -> None:
        super().__init__(timeout=None)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=HOUSE)
        container.add_item(
            discord.ui.TextDisplay(text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…")
        )
        container.add_item(discord.ui.Separator())
        container.add_item(_row(HelpSelect("section", _sections(entries, section, say), say("help.choose.section"))))
        # What the person may not use is told when asked for, and offered to nobody.
        if options := _commands([entry for entry in entries if entry.section == section], shown, say):
            container.add_item(_row(HelpSelect("command", options, say("help.choose.command"))))
        self.add_item(container)


async def home_page(interaction: Interaction) -> HelpView:
    """Greet a newcomer in three lines, and say what there is."""
    say, entries = texts(interaction.locale.value), await usable(interaction)
    manual = interaction.client.manual
    cat = next((manual.link(entry) for entry in entries if entry.name == "cat"), "`/cat`")
    lines = [say("help.title"), say("help.hello", cat=cat), "", say("help.topics")]
    lines += [
        say(
            "help.section.line",
            emoji=section.emoji,
            title=say(f"help.section.{section.name}"),
            about=_about(section, say),
        )
        for section in _present(entries)
    ]
    lines += ["", say("help.mention", name=_own_name(interaction))]
    if missing := _missing(interaction):
        lines.append(say("help.missing", permissions=permission_names(missing, say)))
    return HelpView("\n".join(lines), entries, None, say)


async def section_page(interaction: Interaction, name: str) -> HelpView:
    """Return the commands of a section that the person may use, a line each; the greeting when there are none."""
    say, entries = texts(interaction.locale.value), await usable(interaction)
    section = next((section for section in _present(entries) if section.name == name), None)
    if section is None:
        return await home_page(interaction)
    here = [entry for entry in entries if entry.section == section]
    title = say("help.section.title", emoji=section.emoji, title=say(f"help.section.{section.name}"))
    return HelpView(list_text(title, here, interaction.client.manual, say), entries, section, say)


async def command_page(interaction: Interaction, name: str) -> HelpView:
    """Return what there is to know of a command, or a line on each of a group; the greeting when there is none."""
    every = await interaction.client.manual.entries(interaction.locale.value)
    found = [entry for entry in every if entry.name == name] or [entry for entry in every if entry.root == name]
    return await told_page(interaction, found) if found else await home_page(interaction)


async def told_page(interaction: Interaction, found: Sequence[Entry]) -> HelpView:
    """Return the page of one command, or of those of a group."""
    say, entries = texts(interaction.locale.value), await usable(interaction)
    manual, first = interaction.client.manual, found[0]
    if len(found) > 1:
        text = list_text(say("help.group.title", name=first.root), found, manual, say)
        return HelpView(text, entries, first.section, say)
    text = command_text(first, manual.link(first), _own_name(interaction), say)
    return HelpView(text, entries, first.section, say, shown=first)


def _present(entries: Sequence[Entry]) -> list[Section]:
    """Return the sections that hold something, in order."""
    return [section for section, _ in groupby(entries, key=lambda entry: entry.section)]


def _sections(entries: Sequence[Entry], shown: Section | None, say: Texts) -> list[discord.SelectOption]:
    # From the greeting itself nothing leads back to it, and its list asks what one would like to know.
    home = [] if shown is None else [discord.SelectOption(label=say("help.home"), value=_HOME, emoji="🏠")]
    return home + [
        discord.SelectOption(
            label=say(f"help.section.{section.name}"),
            value=section.name,
            emoji=section.emoji,
            description=_about(section, say),
            default=section == shown,
        )
        for section in _present(entries)
    ]


def _commands(entries: Sequence[Entry], shown: Entry | None, say: Texts) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=entry.typed[:_LONGEST_CHOICE],
            value=entry.name,
            description=about(entry, say)[:_LONGEST_CHOICE],
            default=entry == shown,
        )
        for entry in entries[:_MOST_CHOICES]
    ]


def _row(select: HelpSelect) -> discord.ui.ActionRow[Any]:
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
    row.add_item(select)
    return row


def _about(section: Section, say: Texts) -> str:
    return say(f"help.section.{section.name}.about")


def _missing(interaction: Interaction) -> tuple[str, ...]:
    """Return what the bot lacks in this channel of a server; nothing elsewhere, where it needs no permission."""
    return lacking(interaction.app_permissions, NEEDED) if is_at_home(interaction) else ()


def _own_name(interaction: Interaction) -> str:
    assert interaction.client.user is not None
    return interaction.client.user.display_name
