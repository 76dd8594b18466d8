"""Where the pools get their pictures: each species' service, asked for somebody who waits or in the background."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from bot.backends.service import Priority
from bot.card import ANYBODY, Card
from bot.errors import BackendError
from bot.models import BreedName, Motion, Picture, Species, Wanted
from bot.services.breeds import Breeds
from bot.services.groups import members
from bot.services.pool import Pool
from bot.services.trial import Proof

_log = logging.getLogger(__name__)

BATCH: Final = 25
"""The most pictures that a service is asked for at once."""

LOW: Final = 10
"""A pool with fewer pictures is to be filled."""

_ENOUGH = 12
_AT_ONCE = 3


class PictureSource(Protocol):
    """Where pictures come from."""

    async def search(
        self,
        *,
        limit: int,
        breed_ids: Sequence[str] = (),
        category_ids: Sequence[str] = (),
        motion: Motion | None = None,
        priority: Priority = Priority.POOL,
    ) -> list[Picture]:
        """Return at most `limit` random pictures; an empty list when nothing matches."""
        ...


class Spawn(Protocol):
    """Starts background work."""

    def __call__(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Start it and return its task."""
        ...


class Supply:
    """Asks the services for pictures, and fills pools in the background. A wish here is for one species."""

    def __init__(self, sources: Mapping[Species, PictureSource], spawn: Spawn, breeds: Breeds, proof: Proof) -> None:
        self._sources = sources
        self._spawn = spawn
        self._breeds = breeds
        self._proof = proof
        self._background = asyncio.Semaphore(_AT_ONCE)

    async def search(self, wanted: Wanted, priority: Priority) -> list[Picture]:
        """Return random pictures that fulfil a wish, and that buttons can carry. Raises what the service raises."""
        (species,) = wanted.kinds
        breed_ids = self._breed_ids(wanted, species)
        if wanted.group is not None and not breed_ids:
            return []
        found = await self._sources[species].search(
            limit=BATCH,
            breed_ids=breed_ids,
            category_ids=(wanted.category_id,) if wanted.category_id else (),
            motion=wanted.motion,
            priority=priority,
        )
        found = [picture for picture in found if Card(picture.key, wanted, ANYBODY).portable]
        breed = self._breeds.get(species, breed_ids[0]) if len(breed_ids) == 1 else None
        if breed is None:
            return found
        # Without a key the services name no breeds on pictures; what was asked for is what came.
        name = (BreedName(breed.id, breed.name),)
        return [picture if picture.breeds else msgspec.structs.replace(picture, breeds=name) for picture in found]

    def refill(self, wanted: Wanted, pool: Pool) -> None:
        """Begin to fill a pool, unless that is under way."""
        if pool.refill is None or pool.refill.done():
            pool.refill = self._spawn(self._fill(wanted, pool), name=f"pool {wanted.species}")

    def _breed_ids(self, wanted: Wanted, species: Species) -> tuple[str, ...]:
        if wanted.group is not None:
            return tuple(breed.id for breed in members(self._breeds, species, wanted.group))
        return (wanted.breed_id,) if wanted.breed_id else ()

    async def _fill(self, wanted: Wanted, pool: Pool) -> None:
        """Prove what was found before, and ask for more when that does not do."""
        try:
            if not pool.untried:
                pool.offer(await self.search(wanted, Priority.POOL), self._proof.standing)
        except BackendError as error:
            _log.warning("The pool of %ss could not be filled: %s", wanted.species, error)
        while len(pool.ready) < _ENOUGH and (drawn := pool.draw(_AT_ONCE)):
            await asyncio.gather(*(self._add_proven(picture, pool) for picture in drawn))

    async def _add_proven(self, picture: Picture, pool: Pool) -> None:
        async with self._background:
            try:
                pool.add([await self._proof.prove(picture, Priority.POOL)])
            except BackendError as error:
                _log.debug("The picture %s is not pooled: %s", picture.id, error)
