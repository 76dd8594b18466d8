"""The lists and buttons of the settings panel: each says what was chosen, and `settings_desk.py` does it."""

from __future__ import annotations

import re
import zlib
from typing import Any, Final, Self

import discord

from bot.ui.guarded import GuardedButton, Interaction, picked

USUAL: Final = "usual"
"""What a list calls the choice to leave something as it comes."""

_DETAIL: Final = r"(?P<detail>[a-z0-9_-]{0,32})"


class SettingSelect(GuardedButton, template=re.compile(rf"set:(?P<name>[a-z_]{{1,32}}):{_DETAIL}")):
    """A list that sets one setting; `detail` says which part of it."""

    def __init__(self, name: str, detail: str, select: Any) -> None:
        # The guard is the same for every component: a list passes it as a button does.
        super().__init__(_numbered(select, f"set:{name}:{detail}"))
        self.name = name
        self.detail = detail

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read off the `custom_id` what is set."""
        return cls(match["name"], match["detail"], discord.ui.Select())

    async def press(self, interaction: Interaction) -> None:
        """Set it and draw the page anew."""
        await interaction.client.settings_desk.chosen(interaction, self.name, self.detail, chosen_of(interaction))


class PanelItem(GuardedButton, template=re.compile(rf"panel:(?P<what>[a-z]{{1,16}}):{_DETAIL}")):
    """A button or list that leads somewhere: to a page, a form, a file, a question."""

    def __init__(
        self,
        what: str,
        detail: str,
        *,
        label: str | None = None,
        emoji: str | None = None,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        disabled: bool = False,
        select: Any = None,
    ) -> None:
        item = select or discord.ui.Button(label=label, emoji=emoji, style=style, disabled=disabled)
        super().__init__(_numbered(item, f"panel:{what}:{detail}"))
        self.what = what
        self.detail = detail

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read off the `custom_id` where it leads."""
        return cls(match["what"], match["detail"])

    async def press(self, interaction: Interaction) -> None:
        """Go there."""
        chosen = chosen_of(interaction)
        await interaction.client.settings_desk.pressed(interaction, self.what, chosen[0] if chosen else self.detail)


def _numbered(item: Any, custom_id: str) -> Any:
    """Give a component its `custom_id`, and a number that goes with what it shows.

    Numbered by its place, as it is otherwise, a list could go on showing what was chosen before, or on another page.
    """
    item.custom_id = custom_id
    item.id = zlib.crc32(repr(item.to_component_dict()).encode()) >> 1 or 1
    return item


def chosen_of(interaction: Interaction) -> list[str]:
    """Return what was chosen from a list; nothing for a button."""
    values = picked(interaction)
    return values
