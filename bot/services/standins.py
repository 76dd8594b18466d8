"""What stands in for a service that gives no picture: what was shown before and still may be, then the drawings."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import timedelta
from itertools import groupby
from typing import Final, Protocol

from bot.card import ANYBODY, Card
from bot.models import Picture, PictureKey, Source, Wanted
from bot.services.breeds import Breeds
from bot.services.groups import members
from bot.services.pool import Ring, Shows, anything
from bot.services.shipped import Shipped
from bot.store.shown import lately_shown
from bot.store.store import Store

_AMONG: Final = 1000
_LATELY: Final = timedelta(days=1)
# So many looks in vain, each of which may be one into the cache's file.
_MOST_LOOKS: Final = 40


class Keeper(Protocol):
    """Tells which pictures need nobody to be asked."""

    async def kept(self, picture: Picture) -> Picture | None:
        """Return the picture as it may be shown, None when somebody would have to be asked."""
        ...


class StandIns:
    """Finds pictures without asking any service. Breed and group are never stretched; what else was wished may be."""

    def __init__(self, store: Store, keeper: Keeper, shipped: Shipped, breeds: Breeds) -> None:
        self._store = store
        self._keeper = keeper
        self._shipped = shipped
        self._breeds = breeds

    async def pick(
        self,
        wanted: Wanted,
        count: int,
        ring: Ring,
        *,
        without: Collection[PictureKey] = (),
        shows: Shows = anything,
    ) -> list[Picture]:
        """Return up to `count` pictures of what is wished, all as near to it as the nearest; none when there are none.

        First come those that the ring has not seen, then the longest unseen; what was shown before comes first.
        """
        found = [one for one in await self._candidates(wanted) if one.key not in without and shows(one)]
        ages = ring.ages()
        random.shuffle(found)
        found.sort(key=lambda one: (wanted.unmet(one), ages.get(one.key, -1), one.source is Source.SHIPPED))
        looks = _MOST_LOOKS
        for _, alike in groupby(found, key=wanted.unmet):
            taken: list[Picture] = []
            for picture in alike:
                good: Picture | None = picture
                if picture.source is not Source.SHIPPED:
                    good = await self._keeper.kept(picture) if looks else None
                    looks -= good is None and looks > 0
                if good is not None:
                    ring.add(good.key)
                    taken.append(good)
                if len(taken) == count:
                    break
            if taken:
                return taken
        return []

    async def _candidates(self, wanted: Wanted) -> list[Picture]:
        since = self._store.clock.now() - _LATELY
        async with self._store.reading() as connection:
            found = await lately_shown(connection, wanted.kinds, since=since, among=_AMONG)
        found += [picture for species in wanted.kinds for picture in self._shipped.of(species)]
        breeds = self._breeds_of(wanted)
        return [
            picture
            for picture in found
            if (breeds is None or any(one.id in breeds for one in picture.breeds))
            and Card(picture.key, wanted, ANYBODY).portable
        ]

    def _breeds_of(self, wanted: Wanted) -> set[str] | None:
        """Return the ids of the breeds that will do, None when any does."""
        if wanted.group is not None:
            return {breed.id for species in wanted.kinds for breed in members(self._breeds, species, wanted.group)}
        return {wanted.breed_id} if wanted.breed_id else None
