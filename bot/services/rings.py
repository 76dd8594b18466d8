"""What each channel has seen: a ring for those that ask, read from the cache when one was silent for long."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from bot.models import Picture, PictureKey, Source
from bot.services.pool import Ring


class Memory(Protocol):
    """Where what a channel has seen is kept over a restart: the cache."""

    async def remember(self, space: str, key: str, value: bytes = b"", *, limit: int) -> None:
        """Note a key in a space as the newest of at most `limit`."""
        ...

    async def recall(self, space: str) -> list[tuple[str, bytes]]:
        """Return the keys of a space, newest first."""
        ...


class Rings:
    """The rings of at most so many channels, each with the last `size` pictures that it saw."""

    def __init__(self, memory: Memory, *, size: int, channels: int) -> None:
        self._memory = memory
        self._size = size
        self._channels = channels
        self._rings: OrderedDict[int, Ring] = OrderedDict()

    async def of(self, channel: int) -> Ring:
        """Return a channel's ring."""
        if channel not in self._rings:
            seen = [_key(text) for text, _ in reversed(await self._memory.recall(_space(channel)))]
            self._rings.setdefault(channel, Ring(self._size, seen))
        ring = self._rings[channel]
        self._rings.move_to_end(channel)
        while len(self._rings) > self._channels:
            self._rings.popitem(last=False)
        return ring

    async def remember(self, channel: int, shown: Sequence[Picture]) -> None:
        """Keep over a restart that a channel has seen pictures; its ring knows already."""
        for picture in shown:
            await self._memory.remember(_space(channel), f"{picture.source} {picture.id}", limit=self._size)


def _space(channel: int) -> str:
    return f"shown {channel}"


def _key(text: str) -> PictureKey:
    source, _, picture_id = text.partition(" ")
    return PictureKey(Source(source), picture_id)
