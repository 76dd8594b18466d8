"""Favourites: what a person saved in a space, newest first, and what a whole space loves."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.clock import Clock
from bot.identity import Person
from bot.models import PictureKey
from bot.store import deliveries, favourites
from bot.store.deliveries import Kind
from bot.store.favourites import ALL, Favourite, Loved, Only
from bot.store.locks import hold_picture
from bot.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class FavouritePage(Struct, frozen=True):
    """A stretch of a person's favourites, newest first, how many there are in all, and how many more are hidden."""

    items: tuple[Favourite, ...]
    total: int
    hidden: int = 0


class LovedPage(Struct, frozen=True):
    """A stretch of what a space loves, most loved first, how many pictures it is in all, and how many are hidden."""

    items: tuple[Loved, ...]
    total: int
    hidden: int = 0


# As many are removed in one transaction: others want to write as well.
_AT_ONCE = 100

OnChange = Callable[[Person, PictureKey], None]


class Favourites:
    """The rules of saving. Every act is one transaction, which also says what the back end should hold.

    `on_change` is called after a transaction that changed something; it must be quick and must not raise.
    """

    def __init__(self, store: Store, clock: Clock, *, on_change: OnChange | None = None) -> None:
        self._store = store
        self._clock = clock
        self._on_change = on_change

    async def add(self, person: Person, key: PictureKey) -> bool:
        """Save a picture; False when it was saved before, which is as good."""
        async with self._store.writing() as connection:
            changed = await self.add_within(connection, person, key)
        self._changed(person, key, changed)
        return changed

    async def add_within(self, connection: AsyncConnection, person: Person, key: PictureKey) -> bool:
        """Save a picture in a transaction of the caller's, who tells of it; False when it was saved before."""
        return await self._write(connection, person, key, keep=True)

    async def remove(self, person: Person, key: PictureKey) -> bool:
        """Remove a picture; False when it was not saved, which is as good."""
        async with self._store.writing() as connection:
            changed = await self._write(connection, person, key, keep=False)
        self._changed(person, key, changed)
        return changed

    async def toggle(self, person: Person, key: PictureKey) -> bool:
        """Save a picture or remove it, as the heart does; return whether it is saved now."""
        async with self._store.writing() as connection:
            await hold_picture(connection, person.space, key.source.value, key.id)
            keep = not await favourites.contains(connection, person, key)
            changed = await self._write(connection, person, key, keep=keep)
        self._changed(person, key, changed)
        return keep

    async def contains(self, person: Person, key: PictureKey) -> bool:
        """Tell whether a picture is saved."""
        async with self._store.reading() as connection:
            return await favourites.contains(connection, person, key)

    async def count(self, person: Person) -> int:
        """Return how many pictures are saved, hidden ones included."""
        async with self._store.reading() as connection:
            return sum(await favourites.count(connection, person))

    async def keepers(self, space: int, key: PictureKey) -> int:
        """Return how many people of a space saved a picture."""
        async with self._store.reading() as connection:
            return (await favourites.keepers(connection, space, [key]))[key]

    async def page(self, person: Person, *, limit: int = 10, offset: int = 0, only: Only = ALL) -> FavouritePage:
        """Return a stretch of what is saved and not hidden, newest first; the numbers count what `only` leaves."""
        async with self._store.reading() as connection:
            items = await favourites.newest(connection, person, limit=limit, offset=offset, only=only)
            return FavouritePage(tuple(items), *await favourites.count(connection, person, only))

    async def any_of(self, person: Person, choose: Callable[[int], int] = random.randrange) -> Favourite | None:
        """Return one that chance chooses (`choose` names one of so many, from 0), None when nothing is saved."""
        async with self._store.reading() as connection:
            total, _ = await favourites.count(connection, person)
            if not total:
                return None
            # Somebody may have removed what chance chose a moment ago: then the newest.
            for offset in (choose(total), 0):
                found = await favourites.newest(connection, person, limit=1, offset=offset)
                if found:
                    return found[0]
        return None

    async def loved(self, space: int, *, limit: int = 10, offset: int = 0) -> LovedPage:
        """Return a stretch of what the people of a server saved, what most of them keep first."""
        async with self._store.reading() as connection:
            items = await favourites.most_loved(connection, space, limit=limit, offset=offset)
            return LovedPage(tuple(items), *await favourites.count_loved(connection, space))

    async def with_ids(self, person: Person, ids: Collection[str]) -> list[PictureKey]:
        """Return which pictures with one of these ids are saved, of whichever source."""
        async with self._store.reading() as connection:
            return await favourites.kept_with_ids(connection, person, ids)

    async def is_private(self, person: Person) -> bool:
        """Tell whether a person keeps their favourites in a space to themselves."""
        async with self._store.reading() as connection:
            return await favourites.is_private(connection, person)

    async def set_private(self, person: Person, private: bool) -> None:
        """Keep a person's favourites in a space from others, or let them look."""
        async with self._store.writing() as connection:
            await favourites.set_private(connection, person, private)

    async def remove_several(self, person: Person, keys: Iterable[PictureKey]) -> int:
        """Remove pictures; return how many were saved until now. Long lists go in stretches, so that nobody waits."""
        asked = list(dict.fromkeys(keys))
        return sum(
            [await self._remove_stretch(person, asked[at : at + _AT_ONCE]) for at in range(0, len(asked), _AT_ONCE)]
        )

    async def remove_all(self, person: Person) -> int:
        """Remove everything that is saved as this begins; return how many."""
        async with self._store.reading() as connection:
            keys = await favourites.kept_keys(connection, person)
        return await self.remove_several(person, keys)

    async def forget(self, person: Person) -> int:
        """Remove everything a person saved, here now and at the back ends as soon as they answer; return how many.

        What they chose about it is forgotten too.
        """
        removed = await self.remove_all(person)
        async with self._store.writing() as connection:
            await favourites.forget_preferences(connection, person)
        return removed

    async def _remove_stretch(self, person: Person, keys: Sequence[PictureKey]) -> int:
        async with self._store.writing() as connection:
            removed = [key for key in keys if await self._write(connection, person, key, keep=False)]
        for key in removed:
            self._changed(person, key, True)
        return len(removed)

    async def _write(self, connection: AsyncConnection, person: Person, key: PictureKey, *, keep: bool) -> bool:
        now = self._clock.now()
        if keep:
            changed = await favourites.add(connection, person, key, added_at=now)
        else:
            changed = await favourites.remove(connection, person, key)
        if changed:
            await deliveries.wish(connection, person, key, Kind.FAVOURITE, int(keep), now=now)
        return changed

    def _changed(self, person: Person, key: PictureKey, changed: bool) -> None:
        if changed and self._on_change is not None:
            self._on_change(person, key)
