"""The pool: pictures kept ready, so that a command waits for no network, and no picture twice too soon in a channel."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from bot.backends.service import Priority
from bot.card import Card
from bot.errors import BackendError, NoPictures
from bot.models import BreedName, Motion, Picture, PictureKey, Source, Species, Wanted
from bot.services.breeds import Breeds

_log = logging.getLogger(__name__)

_READY = 30
_LOW = 10
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


class Memory(Protocol):
    """Where what a channel has seen is kept over a restart: the cache."""

    async def remember(self, space: str, key: str, value: bytes = b"", *, limit: int) -> None:
        """Note a key in a space as the newest of at most `limit`."""
        ...

    async def recall(self, space: str) -> list[tuple[str, bytes]]:
        """Return the keys of a space, newest first."""
        ...


class Ring:
    """The pictures a channel has seen, oldest first, at most `size`."""

    def __init__(self, size: int, seen: Iterable[PictureKey] = ()) -> None:
        self._size = size
        self._seen: OrderedDict[PictureKey, None] = OrderedDict.fromkeys(seen)

    def __contains__(self, key: PictureKey) -> bool:
        return key in self._seen

    def __iter__(self) -> Iterator[PictureKey]:
        return iter(self._seen)

    def add(self, key: PictureKey) -> None:
        """Note that a picture is shown now."""
        self._seen[key] = None
        self._seen.move_to_end(key)
        while len(self._seen) > self._size:
            self._seen.popitem(last=False)

    def age(self, key: PictureKey) -> int:
        """Return the place in the ring: 0 is the longest ago; -1 when it was not seen."""
        for place, seen in enumerate(self._seen):
            if seen == key:
                return place
        return -1


class Pool:
    """The pictures ready for one wish."""

    def __init__(self) -> None:
        self.ready: deque[Picture] = deque(maxlen=_READY * 2)
        self.refill: asyncio.Task[None] | None = None

    def take(self, ring: Ring, count: int) -> list[Picture]:
        """Take up to so many pictures that the ring has not seen; the others stay for other channels.

        The ring has seen them from now on: whoever asks meanwhile in the same channel gets others.
        """
        taken: list[Picture] = []
        kept: list[Picture] = []
        while self.ready:
            picture = self.ready.popleft()
            if picture.key in ring or len(taken) == count:
                kept.append(picture)
            else:
                ring.add(picture.key)
                taken.append(picture)
        self.ready.extend(kept)
        return taken

    def fresh(self, ring: Ring) -> int:
        """Return how many pictures there are that the ring has not seen."""
        return sum(picture.key not in ring for picture in self.ready)

    def add(self, pictures: Iterable[Picture]) -> None:
        """Put pictures in, each once."""
        there = {picture.key for picture in self.ready}
        for picture in pictures:
            if picture.key not in there:
                there.add(picture.key)
                self.ready.append(picture)


class Pictures:
    """Hands out pictures. `ready` waits for no network; `take` may call the back end."""

    def __init__(
        self,
        sources: Mapping[Species, PictureSource],
        spawn: Spawn,
        breeds: Breeds,
        memory: Memory,
        *,
        ring_size: int = 400,
        channels: int = 4000,
    ) -> None:
        self._sources = sources
        self._spawn = spawn
        self._breeds = breeds
        self._memory = memory
        self._ring_size = ring_size
        self._channels = channels
        self._pools: OrderedDict[Wanted, Pool] = OrderedDict()
        self._rings: OrderedDict[int, Ring] = OrderedDict()

    def warm(self) -> None:
        """Begin to fill the pools that everybody asks for."""
        for species in Species:
            self._refill(Wanted(species=species))

    async def ready(self, wanted: Wanted, channel: int, count: int) -> list[Picture] | None:
        """Return pictures that are at hand, or None when the back end must be asked."""
        pool, ring = self._pool(wanted), await self._ring(channel)
        if pool.fresh(ring) < count:
            return None
        taken = pool.take(ring, count)
        if len(pool.ready) < _LOW:
            self._refill(wanted)
        await self._remember(channel, taken)
        return taken

    async def take(self, wanted: Wanted, channel: int, count: int) -> list[Picture]:
        """Return `count` pictures, fewer when there are fewer at all; the longest unseen ones once all were seen.

        Raises `NoPictures` when nothing matches, and what the back end raises.
        """
        pool, ring = self._pool(wanted), await self._ring(channel)
        taken = pool.take(ring, count)
        offered: dict[PictureKey, Picture] = {}
        for _ in range(_ROUNDS):
            if len(taken) >= count:
                break
            try:
                found = await self._search(wanted, Priority.PEOPLE)
            except BackendError:
                if taken:
                    break
                raise
            if not found:
                break
            offered |= {picture.key: picture for picture in found}
            pool.add(found)
            fresh = pool.take(ring, count - len(taken))
            taken += fresh
            if not fresh and len(found) < _BATCH:
                break  # that was the whole supply
        if len(taken) < count:
            have = {picture.key for picture in taken}
            again = sorted((p for p in offered.values() if p.key not in have), key=lambda p: ring.age(p.key))
            for picture in again[: count - len(taken)]:
                ring.add(picture.key)
                taken.append(picture)
        if not taken:
            raise NoPictures
        await self._remember(channel, taken)
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
        try:
            pool.add(await self._search(wanted, Priority.POOL))
        except BackendError as error:
            _log.warning("The pool of %ss could not be filled: %s", wanted.species, error)


def _space(channel: int) -> str:
    return f"shown {channel}"


def _key(text: str) -> PictureKey:
    source, _, picture_id = text.partition(" ")
    return PictureKey(Source(source), picture_id)
