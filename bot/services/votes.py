"""Votes: one a person, picture and space, whichever door it came through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.clock import Clock
from bot.identity import Person
from bot.models import PictureKey
from bot.store import deliveries, reactions, votes
from bot.store.deliveries import Kind
from bot.store.locks import hold_picture
from bot.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class Vote(IntEnum):
    """What a vote says; the numbers are those that the services take."""

    UP = 1
    DOWN = -1


class Door(StrEnum):
    """How a vote was given: taking a reaction away must not take away what a button gave."""

    BUTTON = "button"
    REACTION = "reaction"
    MENU = "menu"


class Standing(Struct, frozen=True):
    """How a picture stands in a space: votes up and down, and the one of the person who looks (None: none)."""

    up: int = 0
    down: int = 0
    mine: Vote | None = None


OnChange = Callable[[Person, PictureKey], None]

# As many are forgotten in one transaction: others want to write as well.
_AT_ONCE = 100


class Votes:
    """The rules of voting. Every act is one transaction, which also says what the back end should hold.

    `on_change` is called after a transaction that changed a vote: it wakes the delivery and redraws counts. It must
    be quick and must not raise.
    """

    def __init__(self, store: Store, clock: Clock, *, on_change: OnChange | None = None) -> None:
        self._store = store
        self._clock = clock
        self._on_change = on_change

    async def press(self, person: Person, key: PictureKey, value: Vote, door: Door) -> Standing:
        """Vote as a button does: the same value again withdraws, the other one changes the vote."""
        async with self._store.writing() as connection:
            await hold_picture(connection, person.space, key.source.value, key.id)
            row = await votes.vote_of(connection, person, key)
            wanted = None if row is not None and row.value == value else value
            await self._write(connection, person, key, wanted, door)
            standing = await _standing(connection, person.space, key, wanted)
        self._changed(person, key)
        return standing

    async def cast(self, person: Person, key: PictureKey, value: Vote, door: Door) -> Standing:
        """Set the vote, as a reaction does; the same value again changes nothing, not even whose door it is."""
        async with self._store.writing() as connection:
            changes = await self.cast_within(connection, person, key, value, door)
            standing = await _standing(connection, person.space, key, value)
        if changes:
            self._changed(person, key)
        return standing

    async def cast_within(
        self, connection: AsyncConnection, person: Person, key: PictureKey, value: Vote, door: Door
    ) -> bool:
        """Set the vote in a transaction of the caller's, who tells of it; return whether that changed it."""
        await hold_picture(connection, person.space, key.source.value, key.id)
        row = await votes.vote_of(connection, person, key)
        changes = row is None or row.value != value
        if changes:
            await self._write(connection, person, key, value, door)
        return changes

    async def withdraw(
        self,
        person: Person,
        key: PictureKey,
        *,
        only_value: Vote | None = None,
        only_door: Door | None = None,
    ) -> Standing:
        """Take the vote away; with `only_value` or `only_door` only if it says that, or was given there."""
        async with self._store.writing() as connection:
            changes = await self.withdraw_within(connection, person, key, only_value=only_value, only_door=only_door)
            row = await votes.vote_of(connection, person, key)
            standing = await _standing(connection, person.space, key, None if row is None else Vote(row.value))
        if changes:
            self._changed(person, key)
        return standing

    async def withdraw_within(
        self,
        connection: AsyncConnection,
        person: Person,
        key: PictureKey,
        *,
        only_value: Vote | None = None,
        only_door: Door | None = None,
    ) -> bool:
        """Take the vote away in a transaction of the caller's, who tells of it; return whether that changed it."""
        await hold_picture(connection, person.space, key.source.value, key.id)
        row = await votes.vote_of(connection, person, key)
        changes = row is not None and only_value in (None, row.value) and only_door in (None, row.door)
        if changes:
            await self._write(connection, person, key, None, None)
        return changes

    async def standing(self, space: int, key: PictureKey, user: int | None = None) -> Standing:
        """Return how a picture stands; `mine` is the vote of that user, None when no user is given."""
        return (await self.standings(space, [key], user))[key]

    async def standings(
        self, space: int, keys: Iterable[PictureKey], user: int | None = None
    ) -> dict[PictureKey, Standing]:
        """Return how the pictures of one post or page stand; every key is in the answer."""
        asked = list(keys)
        async with self._store.reading() as connection:
            counts = await votes.counts(connection, space, asked)
            mine = {} if user is None else await votes.votes_of(connection, Person(space, user), asked)
        return {
            key: Standing(count.up, count.down, Vote(mine[key]) if key in mine else None)
            for key, count in counts.items()
        }

    async def reset(self, space: int, key: PictureKey) -> int:
        """Take every vote on a picture away in a space, here and at the back ends; return how many.

        The reactions that gave some of them stay remembered: nobody finds them again and counts them anew.
        """
        async with self._store.reading() as connection:
            users = await votes.voters(connection, space, key)
        stretches = [users[at : at + _AT_ONCE] for at in range(0, len(users), _AT_ONCE)]
        return sum([await self._reset_stretch(space, key, stretch) for stretch in stretches])

    async def _reset_stretch(self, space: int, key: PictureKey, users: Sequence[int]) -> int:
        people = [Person(space, user) for user in users]
        async with self._store.writing() as connection:
            await hold_picture(connection, space, key.source.value, key.id)
            gone = [person for person in people if await votes.vote_of(connection, person, key) is not None]
            for person in gone:
                await self._write(connection, person, key, None, None)
        for person in gone:
            self._changed(person, key)
        return len(gone)

    async def forget(self, person: Person) -> int:
        """Take every vote of a person away, here now and at the back ends as soon as they answer; return how many.

        The reactions that were seen of them are forgotten too. One that still stands on a message of the last days is
        found there, and counts again, after the next lost session: it is for the person to take it away.
        """
        async with self._store.reading() as connection:
            voted = await votes.voted_keys(connection, person)
            reacted = await reactions.reacted_keys(connection, person)
        # In order of the pictures, so that two transactions never wait for each other.
        keys = sorted({*voted, *reacted})
        stretches = [keys[at : at + _AT_ONCE] for at in range(0, len(keys), _AT_ONCE)]
        return sum([await self._forget_stretch(person, stretch) for stretch in stretches])

    async def _forget_stretch(self, person: Person, keys: Sequence[PictureKey]) -> int:
        gone: list[PictureKey] = []
        async with self._store.writing() as connection:
            for key in keys:
                await hold_picture(connection, person.space, key.source.value, key.id)
                await reactions.forget_person(connection, person, key)
                if await votes.vote_of(connection, person, key) is not None:
                    await self._write(connection, person, key, None, None)
                    gone.append(key)
        for key in gone:
            self._changed(person, key)
        return len(gone)

    async def _write(
        self, connection: AsyncConnection, person: Person, key: PictureKey, value: Vote | None, door: Door | None
    ) -> None:
        now = self._clock.now()
        if value is None or door is None:
            await votes.delete_vote(connection, person, key)
            await deliveries.wish(connection, person, key, Kind.VOTE, 0, now=now)
        else:
            await votes.set_vote(connection, person, key, value, door, cast_at=now)
            await deliveries.wish(connection, person, key, Kind.VOTE, value, now=now)

    def _changed(self, person: Person, key: PictureKey) -> None:
        if self._on_change is not None:
            self._on_change(person, key)


async def _standing(connection: AsyncConnection, space: int, key: PictureKey, mine: Vote | None) -> Standing:
    count = (await votes.counts(connection, space, [key]))[key]
    return Standing(count.up, count.down, mine)
