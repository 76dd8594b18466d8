"""Reactions on our pictures: what each gives, what goes with it, and what is found changed after a time away.

What was seen is remembered in the transaction of the vote that it gave. A thumb holds its vote as long as any of a
person's reactions with the same meaning to the same picture stands: another skin tone, a super reaction, another
message. Hearts only ever save.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from weakref import WeakValueDictionary

from msgspec import Struct

from bot.card import Action
from bot.identity import Person
from bot.models import PictureKey
from bot.reactions import Reaction
from bot.services.favourites import Favourites
from bot.services.posts import Posts
from bot.services.votes import Door, Vote, Votes
from bot.store import posts, reactions
from bot.store.locks import hold_picture
from bot.store.reactions import Seen
from bot.store.store import Store

OnChange = Callable[[Person, PictureKey], None]

_VOTES: Final = {Action.UP: Vote.UP, Action.DOWN: Vote.DOWN}


class Settled(Struct, frozen=True):
    """How many reactions turned out to be new or gone."""

    added: int = 0
    removed: int = 0


class Watch:
    """Which reactions people touched while it lasted: what was read meanwhile says nothing of them."""

    def __init__(self) -> None:
        self._touched: set[tuple[int, str | None, int | None]] = set()
        self._messages: set[int] = set()

    def note(self, message_id: int, emoji: str | None, user: int | None) -> None:
        """Note one reaction, all with one emoji (no user) or all on a message (no emoji either)."""
        self._touched.add((message_id, emoji, user))
        self._messages.add(message_id)

    def saw(self, message_id: int) -> bool:
        """Tell whether anything happened on a message."""
        return message_id in self._messages

    def knows(self, message_id: int, emoji: str, user: int) -> bool:
        """Tell whether this very reaction was touched."""
        candidates = ((message_id, emoji, user), (message_id, emoji, None), (message_id, None, None))
        return not self._touched.isdisjoint(candidates)


class Reactions:
    """The rules of reactions. What happens to one message is taken in the order in which it is told.

    `on_change` is called after a transaction that changed a vote or favourite; it must be quick and must not raise.
    """

    def __init__(
        self, store: Store, posted: Posts, votes: Votes, favourites: Favourites, *, on_change: OnChange | None = None
    ) -> None:
        self._store = store
        self._posts = posted
        self._votes = votes
        self._favourites = favourites
        self._on_change = on_change
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._watches: list[Watch] = []

    async def add(self, message_id: int, person: Person, reaction: Reaction) -> bool:
        """Vote or save as a reaction asks; False when the message does not show exactly one picture."""
        self._touch(message_id, reaction.emoji, person.user)
        async with self._turn(message_id):
            found = await self._posts.of_message(message_id)
            if reaction.meaning is None or found is None or len(found.cards) != 1:
                return False
            await self._give(message_id, person, reaction)
            return True

    async def remove(self, message_id: int, user: int, reaction: Reaction) -> None:
        """Withdraw what a reaction gave, if nothing else of theirs holds it."""
        self._touch(message_id, reaction.emoji, user)
        async with self._turn(message_id):
            async with self._store.reading() as connection:
                seen = await reactions.find(connection, message_id, user, reaction)
            if seen is not None:
                await self._take(seen)

    async def clear(self, message_id: int, emoji: str | None = None) -> None:
        """Withdraw what the reactions of a message gave, or those with one emoji; saved pictures stay saved."""
        self._touch(message_id, emoji, None)
        async with self._turn(message_id):
            async with self._store.reading() as connection:
                there = await reactions.on_messages(connection, [message_id])
            for seen in there:
                if emoji in (None, seen.reaction.emoji):
                    await self._take(seen)

    async def seen(self, message_ids: Collection[int]) -> dict[int, dict[Reaction, set[int]]]:
        """Return who was seen to have reacted, by message and reaction; every message is in the answer."""
        found: dict[int, dict[Reaction, set[int]]] = {message_id: {} for message_id in message_ids}
        async with self._store.reading() as connection:
            for seen in await reactions.on_messages(connection, message_ids):
                found[seen.message_id].setdefault(seen.reaction, set()).add(seen.person.user)
        return found

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        """Note what people do from now on, for `settle` to leave alone."""
        watch = Watch()
        self._watches.append(watch)
        try:
            yield watch
        finally:
            self._watches.remove(watch)

    async def settle(
        self, message_id: int, space: int, there: Mapping[Reaction, Collection[int]], watch: Watch
    ) -> Settled:
        """Bring what was seen on a message to who is there; only differences act, and the reactions named only.

        What is gone goes first, so that a thumb that was changed counts as it is now. Each is a transaction of its own.
        """
        added = removed = 0
        before = (await self.seen([message_id]))[message_id]
        for reaction, users in there.items():
            for user in sorted(before.get(reaction, set()).difference(users)):
                removed += await self._settle_gone(message_id, user, reaction, watch)
        for reaction, users in there.items():
            for user in sorted(set(users).difference(before.get(reaction, set()))):
                added += await self._settle_new(message_id, Person(space, user), reaction, watch)
        return Settled(added, removed)

    async def _settle_gone(self, message_id: int, user: int, reaction: Reaction, watch: Watch) -> bool:
        async with self._turn(message_id):
            if watch.knows(message_id, reaction.emoji, user):
                return False
            async with self._store.reading() as connection:
                seen = await reactions.find(connection, message_id, user, reaction)
            return seen is not None and await self._take(seen)

    async def _settle_new(self, message_id: int, person: Person, reaction: Reaction, watch: Watch) -> bool:
        async with self._turn(message_id):
            if watch.knows(message_id, reaction.emoji, person.user):
                return False
            return await self._give(message_id, person, reaction, only_new=True)

    async def _give(self, message_id: int, person: Person, reaction: Reaction, *, only_new: bool = False) -> bool:
        """Remember a reaction and do what it asks; with `only_new` not again. Returns whether something was done."""
        async with self._store.writing() as connection:
            # Read again in here: the message may have been deleted, or show another picture, since it was looked up.
            shown = await posts.posts_of(connection, message_id)
            known = only_new and await reactions.find(connection, message_id, person.user, reaction) is not None
            if len(shown) != 1 or known:
                return False
            key = shown[0].picture
            await hold_picture(connection, person.space, key.source.value, key.id)
            await reactions.note(connection, Seen(message_id, person, reaction, key))
            value = _value(reaction)
            if value is None:
                changed = await self._favourites.add_within(connection, person, key)
            else:
                changed = await self._votes.cast_within(connection, person, key, value, Door.REACTION)
        self._changed(person, key, changed)
        return True

    async def _take(self, seen: Seen) -> bool:
        """Forget a reaction and withdraw what it gave. Returns whether it was still remembered."""
        person, key = seen.person, seen.picture
        changed = False
        async with self._store.writing() as connection:
            await hold_picture(connection, person.space, key.source.value, key.id)
            if not await reactions.forget(connection, seen):
                return False
            value = _value(seen.reaction)
            others = await reactions.standing(connection, person, key)
            if value is not None and value not in map(_value, others):
                changed = await self._votes.withdraw_within(
                    connection, person, key, only_value=value, only_door=Door.REACTION
                )
        self._changed(person, key, changed)
        return True

    def _turn(self, message_id: int) -> asyncio.Lock:
        """Return the lock of a message; it lasts as long as somebody holds or awaits it, and its queue is in order."""
        lock = self._turns.get(message_id)
        if lock is None:
            lock = self._turns[message_id] = asyncio.Lock()
        return lock

    def _touch(self, message_id: int, emoji: str | None, user: int | None) -> None:
        for watch in self._watches:
            watch.note(message_id, emoji, user)

    def _changed(self, person: Person, key: PictureKey, changed: bool) -> None:
        if changed and self._on_change is not None:
            self._on_change(person, key)


def _value(reaction: Reaction) -> Vote | None:
    """Return the vote that a reaction gives, None for one that saves."""
    return _VOTES.get(reaction.meaning) if reaction.meaning is not None else None
