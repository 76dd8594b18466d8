"""Reactions on our pictures: what each gives, what goes with it, and what is found changed after a time away.

What was seen is remembered in the transaction of the vote that it gave. A thumb holds its vote as long as any of a
person's reactions with the same meaning to the same picture stands: another skin tone, a super reaction, another
message. Hearts only ever save.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol, TypeVar
from weakref import WeakValueDictionary

from msgspec import Struct

from bot.card import Action
from bot.identity import Person
from bot.models import PictureKey
from bot.reactions import Reaction
from bot.services.early import Early
from bot.services.favourites import Favourites
from bot.services.posts import Posted, Posts
from bot.services.supply import Spawn
from bot.services.votes import Door, Vote, Votes
from bot.services.watches import Watch, Watches
from bot.store import posts, reactions
from bot.store.locks import hold_picture
from bot.store.reactions import Seen
from bot.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")
OnChange = Callable[[Person, PictureKey], None]

_AT_ONCE: Final = 25

_VOTES: Final = {Action.UP: Vote.UP, Action.DOWN: Vote.DOWN}


class Bars(Protocol):
    """Tells whether what a person's reaction asks for does not count: a vote, or else to save the picture."""

    def __call__(self, person: Person, key: PictureKey, *, voting: bool) -> bool:
        """Tell it without waiting."""
        ...


class Settled(Struct, frozen=True):
    """How many reactions turned out to be new or gone."""

    added: int = 0
    removed: int = 0


class _Done(Struct, frozen=True):
    """A reaction that was taken in or out, and whether that changed a vote or favourite."""

    person: Person
    picture: PictureKey
    changed: bool


class Reactions:
    """The rules of reactions. What happens to one message is taken in the order in which it is told.

    A reaction may be told before the message that it is on is recorded: it waits for that. `spawn` starts work in the
    background. `on_change` is called after a transaction that changed a vote or favourite; it must be quick and must
    not raise. `own_votes` tells whether people of a space may vote on what they asked for, and `bars` whether a
    person's vote for a picture does not count for another reason, nor their wish to save it.
    """

    def __init__(
        self,
        store: Store,
        posted: Posts,
        votes: Votes,
        favourites: Favourites,
        spawn: Spawn,
        *,
        on_change: OnChange | None = None,
        own_votes: Callable[[int], bool] = lambda _: True,
        bars: Bars = lambda *_, **__: False,
    ) -> None:
        self._own_votes = own_votes
        self._bars = bars
        self._store = store
        self._posts = posted
        self._votes = votes
        self._favourites = favourites
        self._spawn = spawn
        self._on_change = on_change
        self._early = Early()
        posted.watchers.append(self._recorded)
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self.watches = Watches()

    async def add(self, message_id: int, person: Person, reaction: Reaction) -> bool:
        """Vote or save as a reaction asks; False when the message does not show exactly one picture."""
        self.watches.touched(message_id, reaction.emoji, person.user)
        async with self._turn(message_id):
            return await self._add(message_id, person, reaction)

    async def _add(self, message_id: int, person: Person, reaction: Reaction) -> bool:
        if reaction.meaning is None:
            return False
        found = await self._posts.of_message(message_id)
        if found is None:
            self._early.add(message_id, person, reaction)
            # It may have been recorded since it was looked up, and nobody would tell.
            found = await self._posts.of_message(message_id)
            if found is None:
                return False
            self._early.drop(message_id, lambda *waiting: waiting == (person.user, reaction))
        if len(found.cards) != 1:
            return False
        async with self._store.writing() as connection:
            done = await self._give(connection, message_id, person, reaction)
        self._tell([done])
        self.watches.voted(person, found.cards[0].picture)
        return True

    async def remove(self, message_id: int, user: int, reaction: Reaction) -> None:
        """Withdraw what a reaction gave, if nothing else of theirs holds it."""
        self.watches.touched(message_id, reaction.emoji, user)
        async with self._turn(message_id):
            self._early.drop(message_id, lambda *waiting: waiting == (user, reaction))
            async with self._store.reading() as connection:
                seen = await reactions.find(connection, message_id, user, reaction)
            if seen is not None:
                await self._take_all([seen])
                self.watches.voted(seen.person, seen.picture)

    async def clear(self, message_id: int, emoji: str | None = None) -> None:
        """Withdraw what the reactions of a message gave, or those with one emoji; saved pictures stay saved."""
        self.watches.touched(message_id, emoji, None)
        async with self._turn(message_id):
            self._early.drop(message_id, lambda _, waiting: emoji in (None, waiting.emoji))
            async with self._store.reading() as connection:
                there = await reactions.on_messages(connection, [message_id])
            await self._take_all([seen for seen in there if emoji in (None, seen.reaction.emoji)])

    async def seen(self, message_ids: Collection[int]) -> dict[int, dict[Reaction, set[int]]]:
        """Return who was seen to have reacted, by message and reaction; every message is in the answer."""
        found: dict[int, dict[Reaction, set[int]]] = {message_id: {} for message_id in message_ids}
        async with self._store.reading() as connection:
            for seen in await reactions.on_messages(connection, message_ids):
                found[seen.message_id].setdefault(seen.reaction, set()).add(seen.person.user)
        return found

    async def settle(
        self, message_id: int, space: int, there: Mapping[Reaction, Collection[int]], watch: Watch
    ) -> Settled:
        """Bring what was seen on a message to who is there; only differences act, and the reactions named only.

        What is gone goes first, so that a thumb that was changed counts as it is now. What people did during the watch
        is newer than what was missed, and stays. It may be cancelled at any time.
        """
        async with self._turn(message_id):
            async with self._store.reading() as connection:
                before = await reactions.on_messages(connection, [message_id])
            gone = [
                seen
                for seen in before
                if seen.reaction in there
                and seen.person.user not in there[seen.reaction]
                and not watch.knows(message_id, seen.reaction.emoji, seen.person.user)
            ]
            removed = await self._take_all(gone)
        known = {(seen.reaction, seen.person.user) for seen in before}
        new = sorted({(reaction, user) for reaction, users in there.items() for user in users} - known)
        added = 0
        for few in _few(new):
            async with self._turn(message_id):
                done = []
                async with self._store.writing() as connection:
                    for reaction, user in few:
                        if not watch.knows(message_id, reaction.emoji, user):
                            who = Person(space, user)
                            done.append(await self._give(connection, message_id, who, reaction, missed=watch))
                added += self._tell(done)
        return Settled(added, removed)

    async def _give(
        self,
        connection: AsyncConnection,
        message_id: int,
        person: Person,
        reaction: Reaction,
        *,
        missed: Watch | None = None,
    ) -> _Done | None:
        """Remember a reaction and do what it asks; None when there is nothing to do.

        One that was `missed` before a watch does nothing when it is known by now, and does not change a newer vote.
        """
        # Read again in here: the message may have been deleted, or show another picture, since it was looked up.
        shown = await posts.posts_of(connection, message_id)
        known = missed is not None and await reactions.find(connection, message_id, person.user, reaction) is not None
        if len(shown) != 1 or known:
            return None
        key, value = shown[0].picture, _value(reaction)
        if value is not None and shown[0].requester == person.user and not self._own_votes(person.space):
            return None
        if self._bars(person, key, voting=value is not None):
            return None
        await hold_picture(connection, person.space, key.source.value, key.id)
        await reactions.note(connection, Seen(message_id, person, reaction, key))
        if value is None:
            changed = await self._favourites.add_within(connection, person, key)
        elif missed is not None and (person, key) in missed.voted:
            changed = False
        else:
            changed = await self._votes.cast_within(connection, person, key, value, Door.REACTION)
        return _Done(person, key, changed)

    async def _take_all(self, gone: Sequence[Seen]) -> int:
        """Forget reactions and withdraw what they gave; return how many of them were still remembered."""
        taken = 0
        # In order of the pictures, so that two of these never wait for each other.
        for few in _few(sorted(gone, key=lambda seen: seen.picture)):
            async with self._store.writing() as connection:
                done = [await self._take(connection, seen) for seen in few]
            taken += self._tell(done)
        return taken

    async def _take(self, connection: AsyncConnection, seen: Seen) -> _Done | None:
        person, key = seen.person, seen.picture
        await hold_picture(connection, person.space, key.source.value, key.id)
        if not await reactions.forget(connection, seen):
            return None
        value = _value(seen.reaction)
        others = await reactions.standing(connection, person, key)
        changed = (
            value is not None
            and value not in map(_value, others)
            and await self._votes.withdraw_within(connection, person, key, only_value=value, only_door=Door.REACTION)
        )
        return _Done(person, key, changed)

    def _recorded(self, posted: Posted) -> None:
        if posted.message_id in self._early:
            self._spawn(self._catch_up(posted.message_id), name="early reactions")

    async def _catch_up(self, message_id: int) -> None:
        async with self._turn(message_id):
            for person, reaction in self._early.take(message_id):
                await self._add(message_id, person, reaction)

    def _turn(self, message_id: int) -> asyncio.Lock:
        """Return the lock of a message; it lasts as long as somebody holds or awaits it, and its queue is in order."""
        lock = self._turns.get(message_id)
        if lock is None:
            lock = self._turns[message_id] = asyncio.Lock()
        return lock

    def _tell(self, done: Sequence[_Done | None]) -> int:
        """Tell of what changed, after its transaction; return how many reactions it was."""
        acts = [act for act in done if act is not None]
        for act in acts:
            if act.changed and self._on_change is not None:
                self._on_change(act.person, act.picture)
        return len(acts)


def _value(reaction: Reaction) -> Vote | None:
    """Return the vote that a reaction gives, None for one that saves."""
    return _VOTES.get(reaction.meaning) if reaction.meaning is not None else None


def _few(many: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield as many at a time as one transaction takes, so that others who write need not wait long."""
    for start in range(0, len(many), _AT_ONCE):
        yield many[start : start + _AT_ONCE]
