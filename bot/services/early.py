"""Reactions that were told before the message that they are on was recorded: they wait for that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.identity import Person
from bot.reactions import Reaction

_MOST_MESSAGES: Final = 100


class Early:
    """Reactions by message, of the newest messages only; most never count, since their message shows no picture."""

    def __init__(self) -> None:
        self._waiting: dict[int, list[tuple[Person, Reaction]]] = {}

    def __contains__(self, message_id: int) -> bool:
        return message_id in self._waiting

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, message_id: int, person: Person, reaction: Reaction) -> None:
        """Keep a reaction."""
        self._waiting.setdefault(message_id, []).append((person, reaction))
        while len(self._waiting) > _MOST_MESSAGES:
            del self._waiting[next(iter(self._waiting))]

    def drop(self, message_id: int, gone: Callable[[int, Reaction], bool]) -> None:
        """Drop those that were taken away, as a user's number and the reaction tell."""
        rest = [(person, reaction) for person, reaction in self.take(message_id) if not gone(person.user, reaction)]
        if rest:
            self._waiting[message_id] = rest

    def take(self, message_id: int) -> list[tuple[Person, Reaction]]:
        """Return the reactions of a message in their order; they wait no more."""
        return self._waiting.pop(message_id, [])
