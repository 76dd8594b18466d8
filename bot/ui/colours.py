"""The colour at the edge of a card: a species' own, with that of the breed's typical coat mixed in."""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls
from functools import lru_cache
from importlib.resources import files
from typing import Final

import discord
import msgspec

from bot.models import Species

_SPECIES: Final = {Species.CAT: discord.Colour(0xE8A15B), Species.DOG: discord.Colour(0x6FA8DC)}
HOUSE: Final = discord.Colour(0xE8A15B)
"""The colour of what is about no one animal: help, lists, rankings."""

# As much of the species shows through that a black cat is no black dog.
_SHARE: Final = 0.35
_FULL: Final = 255
# Of 1. Darker edges are lost on Discord's dark page: this is twice as bright as its cards, as WCAG measures contrast.
_DARKEST: Final = 0.47


def colour_of(species: Species, breed_id: str | None = None) -> discord.Colour:
    """Return the colour of a card; of a breed whose coat is not known, that of its species."""
    own = _SPECIES[species]
    coat = _coats()[species].get(breed_id or "")
    if coat is None:
        return own
    mixed = (a * _SHARE + b * (1 - _SHARE) for a, b in zip(own.to_rgb(), bytes.fromhex(coat.strip("#")), strict=True))
    hue, lightness, saturation = rgb_to_hls(*(part / _FULL for part in mixed))
    seen = hls_to_rgb(hue, max(lightness, _DARKEST), saturation)
    return discord.Colour.from_rgb(*(round(part * _FULL) for part in seen))


@lru_cache(maxsize=1)
def _coats() -> dict[Species, dict[str, str]]:
    """Read what the drawings of the breeds wear (`python -m sandbox.art` writes it): species, breed id, #rrggbb."""
    raw = files("bot").joinpath("data", "coats.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[Species, dict[str, str]])
