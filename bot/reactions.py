"""Which emoji is which vote, however a client sends it, and a reaction as it stands on a message."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from msgspec import Struct

from bot.card import Action

_VARIATION_SELECTOR = "\ufe0f"
_SKIN_TONES = {chr(code) for code in range(0x1F3FB, 0x1F400)}
_USUAL: Final = {Action.UP: "👍", Action.DOWN: "👎", Action.SAVE: "❤"}
_MEANING: Final = {emoji: action for action, emoji in _USUAL.items()}

_OWN = re.compile(r"<a?:(?P<name>\w{2,32}):(?P<id>[0-9]{15,20})>")
# Between what a server's own choice stands for and the choice itself, in what is remembered of a reaction.
_STANDS_FOR = "="
_LONGEST_EMOJI = 24


class Emojis(Struct, frozen=True):
    """The emojis that a server votes with: characters, or emojis of the server's own as `<:name:id>`.

    Those that are not the usual ones are remembered together with what they stand for (`👍=🐾`): a reaction keeps its
    meaning when the server chooses others.
    """

    up: str = "👍"
    down: str = "👎"
    save: str = "❤️"

    def __post_init__(self) -> None:
        """Raise ValueError for what is no emoji, and for two that are the same."""
        if not all(map(is_emoji, self.all)):
            raise ValueError("no emoji")
        if len(set(map(_identity, self.all))) < len(self.all):
            raise ValueError("the same emoji twice")

    @property
    def all(self) -> tuple[str, ...]:
        """Up, down, save."""
        return (self.up, self.down, self.save)

    @property
    def own_ids(self) -> tuple[int, ...]:
        """The ids of those that are a server's own."""
        return tuple(int(found["id"]) for found in map(_OWN.fullmatch, self.all) if found)

    def of(self, action: Action) -> str:
        """Return the emoji of an action; of one that is no vote, as all servers have it."""
        return {Action.UP: self.up, Action.DOWN: self.down, Action.SAVE: self.save}[action]

    def remembered(self, name: str, own_id: int | None = None) -> str | None:
        """Return how a reaction with an emoji is remembered, None when it is just an emoji here."""
        identity = name if own_id is None else str(own_id)
        for action, chosen in ((Action.UP, self.up), (Action.DOWN, self.down), (Action.SAVE, self.save)):
            if _bare(identity) == _identity(chosen):
                usual = _USUAL[action]
                return identity if meaning(identity) is action else f"{usual}{_STANDS_FOR}{identity}"
        return None

    def sent(self, remembered: str) -> str:
        """Return an emoji that is remembered as Discord's REST API takes it: its characters, or `name:id`."""
        chosen = remembered.partition(_STANDS_FOR)[2] or remembered
        for own in filter(None, map(_OWN.fullmatch, self.all)):
            if own["id"] == chosen:
                return f"{own['name']}:{own['id']}"
        return chosen


def is_emoji(text: str) -> bool:
    """Tell whether a text can be an emoji: one of a server's own, or a few characters none of which is a letter."""
    if _OWN.fullmatch(text):
        return True
    symbol = any(unicodedata.category(c) in ("So", "Sk", "Me") or c in "‼⁉↔↕▪▫▶◀◻◼◽◾" for c in text)
    return symbol and len(text) <= _LONGEST_EMOJI and not any(c.isalpha() or c.isspace() or c in "<>:=" for c in text)


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
    return _MEANING.get(_bare(emoji.partition(_STANDS_FOR)[0]))


def _bare(emoji: str) -> str:
    return "".join(c for c in emoji if c not in _SKIN_TONES and c != _VARIATION_SELECTOR)


def _identity(chosen: str) -> str:
    """Return what tells an emoji from others: the id of a server's own, else its characters without variations."""
    own = _OWN.fullmatch(chosen)
    return own["id"] if own else _bare(chosen)
