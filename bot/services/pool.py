"""What a wish has at hand, and what a channel has seen: the pools and rings that `pictures.py` works with. No I/O."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from bot.models import Picture, PictureKey, Wanted

Shows = Callable[[Picture], bool]
"""Whether a picture may be shown where it was asked for."""

_MOST = 60
_POOLS = 256


def anything(_: Picture) -> bool:
    """Show every picture: nobody excluded or hid one."""
    return True


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

    def ages(self) -> dict[PictureKey, int]:
        """Return the place of each picture in the ring, 0 the one that was seen the longest ago."""
        return {key: place for place, key in enumerate(self._seen)}


class Pool:
    """The pictures for one wish: those that are `ready`, and those `untried`, whose address is yet to be proven."""

    def __init__(self) -> None:
        self.ready: deque[Picture] = deque(maxlen=_MOST)
        self.untried: deque[Picture] = deque(maxlen=_MOST)
        self.refill: asyncio.Task[None] | None = None

    def take(self, ring: Ring, count: int, shows: Shows = anything) -> list[Picture]:
        """Take up to so many pictures that the ring has not seen and that may be shown; the others stay for others.

        The ring has seen them from now on: whoever asks meanwhile in the same channel gets others.
        """
        taken: list[Picture] = []
        kept: list[Picture] = []
        while self.ready:
            picture = self.ready.popleft()
            if picture.key in ring or len(taken) == count or not shows(picture):
                kept.append(picture)
            else:
                ring.add(picture.key)
                taken.append(picture)
        self.ready.extend(kept)
        return taken

    def fresh(self, ring: Ring, shows: Shows = anything) -> int:
        """Return how many pictures there are that the ring has not seen and that may be shown."""
        return sum(picture.key not in ring and shows(picture) for picture in self.ready)

    def add(self, pictures: Iterable[Picture]) -> None:
        """Put pictures in that are ready, each once."""
        _put(self.ready, pictures)

    def offer(self, pictures: Iterable[Picture], standing: Callable[[Picture], Picture | None]) -> None:
        """Put pictures in, ready where they stand, each once."""
        found = [(picture, standing(picture)) for picture in pictures]
        self.add(good for _, good in found if good is not None)
        there = {picture.key for picture in self.ready}
        _put(self.untried, (picture for picture, good in found if good is None and picture.key not in there))

    def sift(self, standing: Callable[[Picture], Picture | None]) -> None:
        """Take out what does not stand any more: it is to be proven again."""
        pictures = list(self.ready)
        self.ready.clear()
        self.offer(pictures, standing)

    def draw(self, count: int, ring: Ring | None = None, shows: Shows = anything) -> list[Picture]:
        """Take out up to so many untried pictures, of those only that the ring has not seen and that may be shown."""
        fit = (picture for picture in self.untried if (ring is None or picture.key not in ring) and shows(picture))
        drawn = list(islice(fit, count))
        for picture in drawn:
            self.untried.remove(picture)
        return drawn


class Pools(OrderedDict[Wanted, Pool]):
    """The pools of the wishes that were asked for last."""

    def of(self, wanted: Wanted) -> Pool:
        """Return the pool of a wish for one species, an empty one when there is none yet."""
        pool = self.setdefault(wanted, Pool())
        self.move_to_end(wanted)
        while len(self) > _POOLS:
            self.popitem(last=False)
        return pool


def _put(pictures: deque[Picture], more: Iterable[Picture]) -> None:
    there = {picture.key for picture in pictures}
    for picture in more:
        if picture.key not in there:
            there.add(picture.key)
            pictures.append(picture)
