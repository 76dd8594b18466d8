"""The forms that the settings panel opens: the emojis of votes, and breeds to exclude by name."""

from __future__ import annotations

import re
from typing import Any, Final

import discord

from bot.errors import UnknownBreed
from bot.i18n import Texts
from bot.models import Breed, Species
from bot.reactions import Emojis
from bot.refused import BadSetting
from bot.services.breeds import Breeds
from bot.ui.guarded import Interaction

_OPEN_FOR: Final = 600.0
_BETWEEN: Final = re.compile(r"[,;，；、\n]+")
_LONGEST: Final = 64


class _Form(discord.ui.Modal):
    """A form whose failures end at the guard like those of every other door."""

    def __init__(self, title: str) -> None:
        super().__init__(title=title, timeout=_OPEN_FOR)

    def field(self, custom_id: str, label: str, **options: Any) -> discord.ui.TextInput[Any]:
        """Add a field for text and return it."""
        made: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id=custom_id, **options)
        self.add_item(discord.ui.Label(text=label, component=made))
        return made

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, /) -> None:  # type: ignore[override]  # its client is generic
        """Answer what failed."""
        await interaction.client.guard.interaction("modal", interaction, error)


class EmojisForm(_Form):
    """Asks for the three emojis; a field that is left empty is as it comes."""

    def __init__(self, now: Emojis, say: Texts) -> None:
        super().__init__(say("settings.form.emojis"))
        self._fields = {
            name: self.field(name, label, default=emoji, max_length=_LONGEST, required=False)
            for name, label, emoji in (
                ("up", say("settings.form.up"), now.up),
                ("down", say("settings.form.down"), now.down),
                ("save", say("settings.form.save"), now.save),
            )
        }

    async def on_submit(self, interaction: Interaction, /) -> None:  # type: ignore[override]  # the client is ours
        """Set them and draw the page anew."""
        typed = {name: field.value.strip() for name, field in self._fields.items() if field.value.strip()}
        await interaction.client.settings_desk.set_emojis(interaction, typed, redraw=True)


class BreedsForm(_Form):
    """Asks for names of breeds, with a comma between."""

    def __init__(self, say: Texts) -> None:
        super().__init__(say("settings.form.breeds"))
        self._field = self.field("breeds", say("settings.form.names"), max_length=400)

    async def on_submit(self, interaction: Interaction, /) -> None:  # type: ignore[override]  # the client is ours
        """Exclude them and draw the page anew."""
        breeds = interaction.client.app.breeds
        found = [find_breed(breeds, name) for name in _BETWEEN.split(self._field.value) if name.strip()]
        await interaction.client.settings_desk.exclude(interaction, found)


def find_breed(breeds: Breeds, asked: str) -> Breed:
    """Return the breed that is meant, of either species, by name or as `species:id`. Raises `UnknownBreed`."""
    species, _, breed_id = asked.strip().partition(":")
    if species in list(Species) and (by_id := breeds.get(Species(species), breed_id)) is not None:
        return by_id
    near: list[str] = []
    found: list[Breed] = []
    for kind in Species:
        try:
            found.append(breeds.find(kind, asked))
        except UnknownBreed as error:
            near += error.nearest[:2]
    if not found:
        raise UnknownBreed(asked.strip(), near)
    return next((one for one in found if one.name.casefold() == asked.strip().casefold()), found[0])


def read_emojis(now: Emojis, typed: dict[str, str]) -> Emojis:
    """Return the emojis with those that were typed, by name, in their place. Raises `BadSetting`."""
    try:
        return Emojis(**{name: typed.get(name, getattr(now, name)) for name in ("up", "down", "save")})
    except ValueError as error:
        raise BadSetting("emojis") from error
