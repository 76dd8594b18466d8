"""The pictures of a breed, as far as they are known: those that were shown, and more that the service is asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from bot.backends.service import Priority
from bot.clock import Clock
from bot.errors import BackendError
from bot.models import Breed, Picture, PictureKey, Species, Wanted
from bot.services.shipped import Shipped
from bot.services.supply import Supply
from bot.store import pictures
from bot.store.store import Store

_log = logging.getLogger(__name__)

Hides = Callable[[PictureKey], bool]

# The services have some dozens of pictures of a breed at most, and rarely new ones.
_ASK_AGAIN: Final = timedelta(days=1)


def _nothing(_: PictureKey) -> bool:
    return False


class Sheet(Struct, frozen=True):
    """Some pictures of a breed, how many are known in all, and how many more are hidden."""

    pictures: tuple[Picture, ...]
    total: int
    hidden: int = 0


class Albums:
    """Reads what is known of a breed's pictures, and asks its service for more, once a day for each breed."""

    def __init__(self, store: Store, supply: Supply, shipped: Shipped, clock: Clock) -> None:
        self._store = store
        self._supply = supply
        self._shipped = shipped
        self._clock = clock
        self._asked: dict[tuple[Species, str], datetime] = {}

    def complete(self, breed: Breed) -> bool:
        """Tell whether the service told of its pictures within a day."""
        asked = self._asked.get((breed.species, breed.id))
        return asked is not None and self._clock.now() - asked < _ASK_AGAIN

    async def fill(self, breed: Breed) -> None:
        """Ask the service for more pictures of a breed and remember them; when it does not answer, nothing changes."""
        try:
            found = await self._supply.search(Wanted(species=breed.species, breed_id=breed.id), Priority.PEOPLE)
        except BackendError as error:
            _log.debug("No more pictures of the breed %s for now: %s", breed.name, error)
            return
        async with self._store.writing() as connection:
            await pictures.save_pictures(connection, found, seen_at=self._clock.now())
        self._asked[breed.species, breed.id] = self._clock.now()

    async def page(
        self, species: Species, breed_id: str, *, limit: int, offset: int, space: int = 0, hides: Hides = _nothing
    ) -> Sheet:
        """Return some of a breed's pictures, always in the same order; the drawings only where there is no other.

        What is hidden in a space is left out; of the drawings `hides` tells it.
        """
        async with self._store.reading() as connection:
            found, total, hidden = await pictures.of_breed(
                connection, species, breed_id, space, limit=limit, offset=offset
            )
        if total:
            return Sheet(tuple(found), total, hidden)
        drawn = [one for one in self._shipped.of(species) if one.breed is not None and one.breed.id == breed_id]
        shown = [one for one in drawn if not hides(one.key)]
        return Sheet(tuple(shown[offset : offset + limit]), len(shown), hidden + len(drawn) - len(shown))
