"""Which emoji is which vote, however a client sends it."""

from __future__ import annotations

from bot.card import Action

_VARIATION_SELECTOR = "\ufe0f"
_SKIN_TONES = {chr(code) for code in range(0x1F3FB, 0x1F400)}
_MEANING = {"👍": Action.UP, "👎": Action.DOWN, "❤": Action.SAVE}


def meaning(emoji: str) -> Action | None:
    """Return what an emoji asks for, None when it is just an emoji; skin tones and variations do not matter."""
    bare = "".join(c for c in emoji if c not in _SKIN_TONES and c != _VARIATION_SELECTOR)
    return _MEANING.get(bare)
