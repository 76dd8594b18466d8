"""Which emoji is which vote, however a client sends it, and a reaction as it stands on a message."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from bot.card import Action

_VARIATION_SELECTOR = "\ufe0f"
_SKIN_TONES = {chr(code) for code in range(0x1F3FB, 0x1F400)}
_MEANING = {"👍": Action.UP, "👎": Action.DOWN, "❤": Action.SAVE}

SEEDS: Final = ("👍", "👎", "❤️")
"""What the bot puts below a picture where an operator wants it."""


class Reaction(Struct, frozen=True, order=True):
    """An emoji as Discord spells it; a super reaction (`burst`) stands beside a normal one of the same person."""

    emoji: str
    burst: bool = False

    @property
    def meaning(self) -> Action | None:
        """What it asks for, None when it is just an emoji."""
        return meaning(self.emoji)


def meaning(emoji: str) -> Action | None:
    """Return what an emoji asks for, None when it is just an emoji; skin tones and variations do not matter."""
    bare = "".join(c for c in emoji if c not in _SKIN_TONES and c != _VARIATION_SELECTOR)
    return _MEANING.get(bare)
