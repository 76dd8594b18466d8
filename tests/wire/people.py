"""Simulated people: they vote, save and react, remember what they were shown, and notice what went missing."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.card import Action, Card
from bot.models import PictureKey
from tests.wire.discord_shapes import EPHEMERAL, PEOPLE, Json, walk
from tests.wire.stormy import StormyDiscord, TurnedDown

T = TypeVar("T")

BUTTON, REACTION = "button", "reaction"
_EMOJI = {Action.UP: "👍", Action.DOWN: "👎", Action.SAVE: "❤️"}
_VALUE = {Action.UP: 1, Action.DOWN: -1}
_TOLD = {1: "You voted 👍.", -1: "You voted 👎.", 0: "You have not voted on this picture."}
_SAVED = "It is among your favourites."
# A reaction is carried out without a word: so often, and so long apart, a person looks whether it was.
_LOOKS, _APART = 50, 0.1
_PATIENCE = 14.0


class Lost(AssertionError):
    """What somebody was shown is no longer so."""


class Silence(Exception):
    """No answer came: the bot was killed, or Discord did not take its answer."""


@dataclass(frozen=True)
class Held:
    """What one person has on one picture: the vote (0: none), the door it was given at, and whether it is saved."""

    value: int = 0
    door: str | None = None
    saved: bool = False

    def pressed(self, action: Action) -> Held:
        """Return what a button makes of it: the same again takes it back."""
        if action is Action.SAVE:
            return replace(self, saved=not self.saved)
        value = _VALUE[action]
        return replace(self, value=0, door=None) if self.value == value else replace(self, value=value, door=BUTTON)

    def reacted(self, action: Action) -> Held:
        """Return what a reaction makes of it."""
        if action is Action.SAVE:
            return replace(self, saved=True)
        value = _VALUE[action]
        return self if self.value == value else replace(self, value=value, door=REACTION)

    def taken_away(self, action: Action) -> Held:
        """Return what is left when a reaction goes: only what it gave goes with it."""
        if action is Action.SAVE or (self.value, self.door) != (_VALUE[action], REACTION):
            return self
        return replace(self, value=0, door=None)

    @property
    def shown(self) -> tuple[int, bool]:
        """What a person can see of it."""
        return self.value, self.saved


@dataclass
class Memory:
    """What may be so after all that was answered and all that was not; `rests` when nobody can tell any more."""

    may_be: frozenset[Held] = frozenset({Held()})
    reacted: set[tuple[str, Action]] = field(default_factory=set)
    rests: bool = False

    @property
    def clear(self) -> bool:
        """Whether the person knows how it stands."""
        return len({held.shown for held in self.may_be}) == 1


@dataclass
class Shown:
    """A message of the bot with one card."""

    message: Json
    card: Card


class Human:
    """One of the server's members. Acts one after another; `dice` decides."""

    def __init__(self, name: str, discord: StormyDiscord, dice: random.Random) -> None:
        self.name = name
        self.user = PEOPLE[name]
        self.answered = 0
        self.memories: dict[PictureKey, Memory] = {}
        self._discord = discord
        self._dice = dice

    async def act(self, cards: list[Shown], gone: asyncio.Event) -> None:
        """Do one thing on one card. `gone` is set when the bot is killed."""
        shown = self._dice.choice(cards)
        memory = self.memories.setdefault(shown.card.picture, Memory())
        if memory.rests:
            return
        try:
            if not memory.clear:
                await self._look(shown, memory, gone)
            elif self._dice.random() < 0.3:
                await self._react(shown, memory, gone)
            else:
                await self._press(shown, memory, self._dice.choice(list(_EMOJI)), gone)
        except KeyError:
            # Somebody deleted the message.
            if shown in cards:
                cards.remove(shown)

    async def ask(self, command: str, gone: asyncio.Event) -> Shown | None:
        """Ask for a picture; None when no card came."""
        try:
            seen = await self._answer(lambda: self._discord.slash(command, user=self.name), gone)
        except Silence:
            return None
        ids = [part["custom_id"] for part in walk(seen["components"]) if "custom_id" in part]
        parsed = next((found for custom_id in ids if (found := Card.parse(custom_id))), None)
        return None if parsed is None else Shown(seen, parsed[1])

    async def settle(self, cards: Iterable[Shown], gone: asyncio.Event) -> None:
        """Look at each card once more."""
        for shown in cards:
            memory = self.memories.get(shown.card.picture)
            if memory is not None and not memory.rests and shown.message["id"] in self._discord.messages:
                await self._look(shown, memory, gone)

    async def _press(self, shown: Shown, memory: Memory, action: Action, gone: asyncio.Event) -> None:
        after = frozenset(held.pressed(action) for held in memory.may_be)
        try:
            seen = await self._click(shown, action, gone)
        except Silence:
            memory.may_be |= after
            return
        if seen["flags"] & EPHEMERAL:
            # An apology: it tells nothing of whether the vote counts.
            memory.may_be |= after
            if "no longer know" in seen["content"]:
                raise Lost(f"{self.name} on {shown.card.picture.id}: {seen['content']}")
            return
        memory.may_be = after
        self.answered += 1

    async def _react(self, shown: Shown, memory: Memory, gone: asyncio.Event) -> None:
        """Give or take away a reaction of which one can see that it counted; else there is nothing to be sure of."""
        message_id = shown.message["id"]
        for action in self._dice.sample(list(_EMOJI), len(_EMOJI)):
            away = (message_id, action) in memory.reacted
            if not away and action in _VALUE and any((message_id, other) in memory.reacted for other in _VALUE):
                continue  # one reaction that votes is enough
            after = {held.taken_away(action) if away else held.reacted(action) for held in memory.may_be}
            before = {held.shown for held in memory.may_be}
            if len({held.shown for held in after}) == 1 and not before & {held.shown for held in after}:
                break
        else:
            return
        if message_id not in self._discord.messages:
            raise KeyError(message_id)
        memory.may_be |= after
        memory.reacted.symmetric_difference_update({(message_id, action)})
        try:
            await self._until(self._discord.react(shown.message, _EMOJI[action], user=self.name, taken_away=away), gone)
            for _ in range(_LOOKS):
                if await self._told(shown, gone) in {held.shown for held in after}:
                    memory.may_be = frozenset(after)
                    self.answered += 1
                    return
                await self._until(asyncio.sleep(_APART), gone)
        except Silence:
            memory.rests = True
            return
        raise Lost(f"{self.name} reacted with {_EMOJI[action]} to {shown.card.picture.id}, and nothing came of it")

    async def _look(self, shown: Shown, memory: Memory, gone: asyncio.Event) -> None:
        try:
            told = await self._told(shown, gone)
        except Silence:
            return
        fitting = frozenset(held for held in memory.may_be if held.shown == told)
        if not fitting:
            raise Lost(f"{self.name} on {shown.card.picture.id}: expected one of {memory.may_be}, was told {told}")
        memory.may_be = fitting

    async def _told(self, shown: Shown, gone: asyncio.Event) -> tuple[int, bool]:
        """Return vote and favourite as the bot tells them to this person alone."""
        seen = await self._click(shown, Action.INFO, gone)
        values = [value for value, text in _TOLD.items() if text in seen["content"]]
        if len(values) != 1:
            raise Silence(seen["content"])
        return values[0], _SAVED in seen["content"]

    async def _click(self, shown: Shown, action: Action, gone: asyncio.Event) -> Json:
        custom_id = shown.card.custom_id(action)
        return await self._answer(lambda: self._discord.click(shown.message, custom_id, user=self.name), gone)

    async def _answer(self, ask: Callable[[], Awaitable[Json]], gone: asyncio.Event) -> Json:
        await self._until(self._discord.connected(), gone)
        return await self._until(ask(), gone)

    async def _until(self, asked: Awaitable[T], gone: asyncio.Event) -> T:
        """Wait for an answer, but not beyond the death of the bot; a living one must answer."""
        waiting = asyncio.ensure_future(asked)
        end = asyncio.ensure_future(gone.wait())
        try:
            await asyncio.wait({waiting, end}, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                return waiting.result()
        except TurnedDown as error:
            raise Silence from error
        finally:
            end.cancel()
            waiting.cancel()
            await asyncio.gather(end, waiting, return_exceptions=True)
        if gone.is_set():
            raise Silence
        raise Lost(f"{self.name} waits for an answer in vain")
