"""The pool: pictures kept ready, so that a command waits for no network, and no picture twice too soon in a channel."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from bot.backends.service import Priority
from bot.card import Card
from bot.errors import BackendError, NoPictures
from bot.models import BreedName, Motion, Picture, PictureKey, Source, Species, Wanted
from bot.services.breeds import Breeds
from bot.services.pool import Pool, Ring
from bot.telemetry import Counts

_log = logging.getLogger(__name__)

_ENOUGH = 12
_LOW = 10
_AT_ONCE = 3
_POOLS = 256
_ROUNDS = 3
_BATCH = 25
# As long as a Discord user's id can get.
_ANYBODY = 2**64 - 1


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


class Proof(Protocol):
    """Tells which pictures may be shown: those whose address was looked at within a day (`delivery.py`)."""

    def standing(self, picture: Picture) -> Picture | None:
        """Return the picture as it may be shown, None when that is not known; never waits."""
        ...

    async def prove(self, picture: Picture, priority: Priority) -> Picture:
        """Return the picture as it may be shown. Raises a `BackendError` when it may not."""
        ...


class Memory(Protocol):
    """Where what a channel has seen is kept over a restart: the cache."""

    async def remember(self, space: str, key: str, value: bytes = b"", *, limit: int) -> None:
        """Note a key in a space as the newest of at most `limit`."""
        ...

    async def recall(self, space: str) -> list[tuple[str, bytes]]:
        """Return the keys of a space, newest first."""
        ...


class Pictures:
    """Hands out pictures. `ready` waits for no network; `take` may call the back end."""

    def __init__(
        self,
        sources: Mapping[Species, PictureSource],
        spawn: Spawn,
        breeds: Breeds,
        memory: Memory,
        proof: Proof,
        counts: Counts | None = None,
        /,
        *,
        ring_size: int = 400,
        channels: int = 4000,
    ) -> None:
        self._sources = sources
        self._spawn = spawn
        self._breeds = breeds
        self._memory = memory
        self._counts = counts or Counts()
        self._proof = proof
        self._background = asyncio.Semaphore(_AT_ONCE)
        self._ring_size = ring_size
        self._channels = channels
        self._pools: OrderedDict[Wanted, Pool] = OrderedDict()
        self._rings: OrderedDict[int, Ring] = OrderedDict()

    def warm(self) -> None:
        """Begin to fill the pools that everybody asks for."""
        for species in Species:
            self._refill(Wanted(species=species))

    def pooled(self) -> dict[Species, int]:
        """Return how many random pictures of each species are at hand."""
        pools = {species: self._pools.get(Wanted(species=species)) for species in Species}
        return {species: len(pool.ready) if pool else 0 for species, pool in pools.items()}

    async def ready(self, wanted: Wanted, channel: int, count: int) -> list[Picture] | None:
        """Return pictures that are at hand, or None when the back end must be asked."""
        pool, ring = self._pool(wanted), await self._ring(channel)
        pool.sift(self._proof.standing)
        if pool.fresh(ring) < count:
            return None
        taken = pool.take(ring, count)
        if len(pool.ready) < _LOW:
            self._refill(wanted)
        await self._remember(channel, taken)
        self._counts.add("picture", wanted.species, "pool", times=len(taken))
        return taken

    async def take(self, wanted: Wanted, channel: int, count: int, *, having: Sequence[Picture] = ()) -> list[Picture]:
        """Return `count` pictures, fewer when there are fewer at all; the longest unseen ones once all were seen.

        They begin with those of `having` that may still be shown; the others are replaced. No picture is tried after
        the time that people wait (`Priority.PEOPLE.deadline`), and one that fails gives way to another.

        Raises `NoPictures` when nothing matches, and what the back end raises.
        """
        ring = await self._ring(channel)
        trial = _Trial(self._proof)
        kept = await trial.prove(having)
        taken = kept + await self._unseen(wanted, ring, count - len(kept), trial)
        if len(taken) < count:
            have = {picture.key for picture in taken}
            taken += await self._seen(ring, count - len(taken), trial, have)
        if not taken:
            raise trial.failure or NoPictures
        await self._remember(channel, taken)
        self._counts.add("picture", wanted.species, "fetched", times=len(taken) - len(kept))
        pool = self._pool(wanted)
        if pool.untried and len(pool.ready) < _LOW:
            self._refill(wanted)
        return taken

    async def _unseen(self, wanted: Wanted, ring: Ring, count: int, trial: _Trial) -> list[Picture]:
        """Take pictures that the ring has not seen, asking the service for more when there are too few."""
        pool, taken, rounds, spare = self._pool(wanted), list[Picture](), _ROUNDS, 0
        pool.sift(self._proof.standing)
        while True:
            taken += pool.take(ring, count - len(taken))
            missing = count - len(taken)
            if not missing or trial.late:
                return taken
            if drawn := pool.draw(missing + spare, ring):
                proven = await trial.prove(drawn)
                # Each failure makes the next try wider, so that a row of them is soon through.
                spare += len(drawn) - len(proven)
                pool.add(proven)
                continue
            if not rounds:
                return taken
            rounds -= 1
            try:
                found = await self._search(wanted, Priority.PEOPLE)
            except BackendError as error:
                trial.failure = error
                return taken
            trial.offered |= {picture.key: picture for picture in found}
            new = [picture for picture in found if picture.key not in trial.failed]
            pool.offer(new, self._proof.standing)
            if len(found) < _BATCH and all(picture.key in ring for picture in new):
                rounds = 0  # that was the whole supply

    async def _seen(self, ring: Ring, count: int, trial: _Trial, have: set[PictureKey]) -> list[Picture]:
        """Take of what the service offered just now what was longest unseen."""
        left = [picture for picture in trial.offered.values() if picture.key not in trial.failed | have]
        left.sort(key=lambda picture: ring.age(picture.key))
        taken: list[Picture] = []
        while left and len(taken) < count and not trial.late:
            missing = count - len(taken)
            again, left = left[:missing], left[missing:]
            for picture in again:
                ring.add(picture.key)
            taken += await trial.prove(again)
        return taken

    async def _search(self, wanted: Wanted, priority: Priority) -> list[Picture]:
        found = await self._sources[wanted.species].search(
            limit=_BATCH,
            breed_ids=(wanted.breed_id,) if wanted.breed_id else (),
            category_ids=(wanted.category_id,) if wanted.category_id else (),
            motion=wanted.motion,
            priority=priority,
        )
        found = [picture for picture in found if Card(picture.key, wanted, _ANYBODY).portable]
        breed = self._breeds.get(wanted.species, wanted.breed_id) if wanted.breed_id else None
        if breed is None:
            return found
        # Without a key the services name no breeds on pictures; what was asked for is what came.
        name = (BreedName(breed.id, breed.name),)
        return [picture if picture.breeds else msgspec.structs.replace(picture, breeds=name) for picture in found]

    def _pool(self, wanted: Wanted) -> Pool:
        pool = self._pools.setdefault(wanted, Pool())
        self._pools.move_to_end(wanted)
        while len(self._pools) > _POOLS:
            self._pools.popitem(last=False)
        return pool

    async def _ring(self, channel: int) -> Ring:
        if channel not in self._rings:
            seen = [_key(text) for text, _ in reversed(await self._memory.recall(_space(channel)))]
            self._rings.setdefault(channel, Ring(self._ring_size, seen))
        ring = self._rings[channel]
        self._rings.move_to_end(channel)
        while len(self._rings) > self._channels:
            self._rings.popitem(last=False)
        return ring

    async def _remember(self, channel: int, shown: Sequence[Picture]) -> None:
        for picture in shown:
            await self._memory.remember(_space(channel), f"{picture.source} {picture.id}", limit=self._ring_size)

    def _refill(self, wanted: Wanted) -> None:
        pool = self._pool(wanted)
        if pool.refill is None or pool.refill.done():
            pool.refill = self._spawn(self._fill(wanted, pool), name=f"pool {wanted.species}")

    async def _fill(self, wanted: Wanted, pool: Pool) -> None:
        """Prove what was found before, and ask for more when that does not do."""
        try:
            if not pool.untried:
                pool.offer(await self._search(wanted, Priority.POOL), self._proof.standing)
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


class _Trial:
    """What came of the pictures that were tried for one answer, and the time that is left for it."""

    def __init__(self, proof: Proof) -> None:
        self._proof = proof
        self._clock = asyncio.get_running_loop().time
        self._ends = self._clock() + Priority.PEOPLE.deadline
        self.offered: dict[PictureKey, Picture] = {}
        self.failed: set[PictureKey] = set()
        self.failure: BackendError | None = None

    @property
    def late(self) -> bool:
        """Whether nothing more is to be tried."""
        return self._clock() >= self._ends

    async def prove(self, pictures: Sequence[Picture]) -> list[Picture]:
        """Return those of the pictures that may be shown, tried at the same time."""
        proven = await asyncio.gather(*(self._prove(picture) for picture in pictures))
        return [picture for picture in proven if picture is not None]

    async def _prove(self, picture: Picture) -> Picture | None:
        try:
            return await self._proof.prove(picture, Priority.PEOPLE)
        except BackendError as error:
            self.failed.add(picture.key)
            self.failure = error
            return None


def _space(channel: int) -> str:
    return f"shown {channel}"


def _key(text: str) -> PictureKey:
    source, _, picture_id = text.partition(" ")
    return PictureKey(Source(source), picture_id)
