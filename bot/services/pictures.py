"""Hands out pictures: from pools, so that a command waits for no network, and none twice too soon in a channel."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec
from msgspec import Struct

from bot.backends.service import Priority
from bot.errors import BackendError, NoPictures
from bot.models import Picture, PictureKey, Source, Species, Trouble, Wanted
from bot.services.breeds import Breeds
from bot.services.pool import Pools, Ring, Shows, anything
from bot.services.rings import Memory, Rings
from bot.services.supply import BATCH, LOW, PictureSource, Spawn, Supply
from bot.services.trial import Proof, Trial
from bot.telemetry import Counts

_ROUNDS = 3


class StandIns(Protocol):
    """Finds pictures without asking any service (`standins.py`)."""

    async def pick(
        self,
        wanted: Wanted,
        count: int,
        ring: Ring,
        *,
        without: Collection[PictureKey] = (),
        shows: Shows = anything,
    ) -> list[Picture]:
        """Return up to `count` pictures that come nearest to a wish; the ring has seen them from now on."""
        ...


class Served(Struct, frozen=True):
    """What somebody gets who asked; `troubles` says of those that stand in why their service gave none."""

    pictures: list[Picture]
    troubles: dict[PictureKey, Trouble]


class Pictures:
    """Hands out pictures. `ready` waits for no network; `serve` may call the back end.

    A wish for either species takes from the pools of both. Without `stand_ins` what a service does not give is raised.
    `shows` says which pictures may be shown where they are asked for: the others are left for elsewhere.
    """

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
        stand_ins: StandIns | None = None,
        ring_size: int = 400,
        channels: int = 4000,
    ) -> None:
        self._supply = Supply(sources, spawn, breeds, proof)
        self._pools = Pools()
        self._rings = Rings(memory, size=ring_size, channels=channels)
        self._proof = proof
        self._counts = counts or Counts()
        self._stand_ins = stand_ins

    def warm(self) -> None:
        """Begin to fill the pools that everybody asks for."""
        for species in Species:
            self._refill(Wanted(species=species))

    def pooled(self) -> dict[Species, int]:
        """Return how many random pictures of each species are at hand."""
        pools = {species: self._pools.get(Wanted(species=species)) for species in Species}
        return {species: len(pool.ready) if pool else 0 for species, pool in pools.items()}

    async def ready(self, wanted: Wanted, channel: int, count: int, *, shows: Shows = anything) -> list[Picture] | None:
        """Return pictures that are at hand, or None when the back end must be asked."""
        ring, fresh = await self._rings.of(channel), Counter[Wanted]()
        for wish in _wishes(wanted):
            pool = self._pools.of(wish)
            pool.sift(self._proof.standing)
            fresh[wish] = pool.fresh(ring, shows)
        if fresh.total() < count:
            return None
        taken: list[Picture] = []
        for _ in range(count):
            wish = random.choice([wish for wish, left in fresh.items() if left])
            fresh[wish] -= 1
            taken += self._pools.of(wish).take(ring, 1, shows)
        for wish in fresh:
            if len(self._pools.of(wish).ready) < LOW:
                self._refill(wish)
        await self._rings.remember(channel, taken)
        self._count(taken, "pool")
        return taken

    async def take(
        self, wanted: Wanted, channel: int, count: int, *, having: Sequence[Picture] = (), shows: Shows = anything
    ) -> list[Picture]:
        """Return the pictures of `serve`, for whoever does not tell which of them stand in."""
        return (await self.serve(wanted, channel, count, having=having, shows=shows)).pictures

    async def serve(
        self, wanted: Wanted, channel: int, count: int, *, having: Sequence[Picture] = (), shows: Shows = anything
    ) -> Served:
        """Return `count` pictures, fewer when there are fewer at all; the longest unseen ones once all were seen.

        They begin with those of `having` that may still be shown; the others are replaced. No picture is tried after
        the time that people wait (`Priority.PEOPLE.deadline`), and one that fails gives way to another. Where a
        service does not answer, or has nothing, others stand in.

        Raises `NoPictures` when nothing matches, and what the back end raises when nothing can stand in.
        """
        ring, trial = await self._rings.of(channel), Trial(self._proof)
        kept = await trial.prove([picture for picture in having if shows(picture)])
        taken = kept + await self._unseen_of_all(wanted, ring, count - len(kept), trial, shows)
        if len(taken) < count:
            have = {picture.key for picture in taken}
            taken += await self._seen(ring, count - len(taken), trial, have, shows)
        self._count(taken[len(kept) :], "fetched")
        others: list[Picture] = []
        if self._stand_ins is not None and len(taken) < count and (not taken or trial.unanswered):
            have = {picture.key for picture in taken}
            others = await self._stand_ins.pick(wanted, count - len(taken), ring, without=have, shows=shows)
            self._count((one for one in others if one.source is not Source.SHIPPED), "kept")
            self._count((one for one in others if one.source is Source.SHIPPED), "shipped")
        if not taken and not others:
            raise trial.failure or NoPictures
        await self._rings.remember(channel, taken + others)
        for wish in _wishes(wanted):
            pool = self._pools.of(wish)
            if pool.untried and len(pool.ready) < LOW:
                self._refill(wish)
        return Served(taken + others, {one.key: trial.trouble(one.species) for one in others})

    async def _unseen_of_all(self, wanted: Wanted, ring: Ring, count: int, trial: Trial, shows: Shows) -> list[Picture]:
        """Take pictures that the ring has not seen; of either species as chance has it, and as each can give."""
        wishes = _wishes(wanted)
        random.shuffle(wishes)
        shares = Counter(random.choices(wishes, k=count))
        taken: list[Picture] = []
        spent: set[Wanted] = set()
        for wish, share in [*shares.items(), *((wish, count) for wish in wishes)]:
            missing = min(share, count - len(taken))
            if missing and wish not in spent:
                found = await self._unseen(wish, ring, missing, trial, shows)
                taken += found
                if len(found) < missing:
                    spent.add(wish)
        return taken

    async def _unseen(self, wish: Wanted, ring: Ring, count: int, trial: Trial, shows: Shows) -> list[Picture]:
        """Take pictures that the ring has not seen, asking the service for more when there are too few."""
        pool, taken, rounds, spare = self._pools.of(wish), list[Picture](), _ROUNDS, 0
        pool.sift(self._proof.standing)
        while True:
            taken += pool.take(ring, count - len(taken), shows)
            missing = count - len(taken)
            if not missing or trial.late:
                return taken
            if drawn := pool.draw(missing + spare, ring, shows):
                proven = await trial.prove(drawn)
                # Each failure makes the next try wider, so that a row of them is soon through.
                spare += len(drawn) - len(proven)
                pool.add(proven)
                continue
            if not rounds:
                return taken
            rounds -= 1
            try:
                found = await self._supply.search(wish, Priority.PEOPLE)
            except BackendError as error:
                trial.note(wish.kinds[0], error)
                return taken
            trial.offered |= {picture.key: picture for picture in found}
            new = [picture for picture in found if picture.key not in trial.failed]
            pool.offer(new, self._proof.standing)
            if len(found) < BATCH and all(picture.key in ring or not shows(picture) for picture in new):
                rounds = 0  # that was the whole supply

    async def _seen(self, ring: Ring, count: int, trial: Trial, have: set[PictureKey], shows: Shows) -> list[Picture]:
        """Take of what the services offered just now what was longest unseen."""
        left = [one for one in trial.offered.values() if one.key not in trial.failed | have and shows(one)]
        ages = ring.ages()
        left.sort(key=lambda picture: ages.get(picture.key, -1))
        taken: list[Picture] = []
        while left and len(taken) < count and not trial.late:
            missing = count - len(taken)
            again, left = left[:missing], left[missing:]
            for picture in again:
                ring.add(picture.key)
            taken += await trial.prove(again)
        return taken

    def _refill(self, wish: Wanted) -> None:
        self._supply.refill(wish, self._pools.of(wish))

    def _count(self, pictures: Iterable[Picture], way: str) -> None:
        for species, number in Counter(picture.species for picture in pictures).items():
            self._counts.add("picture", species, way, times=number)


def _wishes(wanted: Wanted) -> list[Wanted]:
    """Return a wish for each species that will do."""
    return [msgspec.structs.replace(wanted, species=species) for species in wanted.kinds]
