"""What is known of pictures' addresses: good for a day, bad for an hour, in memory and over a restart."""

from __future__ import annotations

from collections import OrderedDict
from enum import StrEnum
from typing import Protocol

import msgspec
from msgspec import Struct

from bot.clock import Clock

HOUR = 3600.0
DAY = 24 * HOUR
IN_MEMORY = 10_000
ON_SHELF = 5_000
_SPACE = "checked pictures"


class Way(StrEnum):
    """How a picture reaches people."""

    LINK = "link"
    UPLOAD = "upload"
    NONE = "none"

    @property
    def age(self) -> float:
        """The seconds for which a check counts; what failed is looked at sooner."""
        return HOUR if self is Way.NONE else DAY


class Verdict(Struct, frozen=True):
    """What a check found, at a time in seconds of Unix time; `url` is the address to post where that is a link."""

    way: Way
    at: float
    url: str = ""
    reason: str = ""


class Memory(Protocol):
    """Where verdicts are kept over a restart: the cache."""

    async def remember(self, space: str, key: str, value: bytes = b"", *, limit: int) -> None:
        """Note a value in a space as the newest of at most `limit`."""
        ...

    async def recall_one(self, space: str, key: str) -> bytes | None:
        """Return one value of a space, None when it is not there."""
        ...


class Checks:
    """Remembers what checks found, by address."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self._memory = memory
        self._clock = clock
        self._verdicts: OrderedDict[str, Verdict] = OrderedDict()

    def known(self, url: str) -> Verdict | None:
        """Return what is known of an address without waiting, None when it is nothing or too old."""
        verdict = self._verdicts.get(url)
        return verdict if verdict is not None and self._counts(verdict) else None

    async def recall(self, url: str) -> Verdict | None:
        """Return what is known of an address, None when it was not checked or too long ago."""
        known = self.known(url)
        if known is not None:
            return known
        kept = await self._memory.recall_one(_SPACE, url)
        verdict = _read(kept) if kept else None
        if verdict is None or not self._counts(verdict):
            return None
        self._put(url, verdict)
        return verdict

    async def note(self, url: str, way: Way, *, link: str = "", reason: str = "") -> Verdict:
        """Remember what was found now; a link that was found behind a redirect counts by itself as well."""
        verdict = Verdict(way, self._clock.now().timestamp(), link, reason)
        for address in {url, link or url}:
            self._put(address, verdict)
            await self._memory.remember(_SPACE, address, msgspec.json.encode(verdict), limit=ON_SHELF)
        return verdict

    def _counts(self, verdict: Verdict) -> bool:
        # A clock that was set back makes a check from the future.
        return 0 <= self._clock.now().timestamp() - verdict.at < verdict.way.age

    def _put(self, url: str, verdict: Verdict) -> None:
        self._verdicts[url] = verdict
        self._verdicts.move_to_end(url)
        while len(self._verdicts) > IN_MEMORY:
            self._verdicts.popitem(last=False)


def _read(kept: bytes) -> Verdict | None:
    """Read what was kept; another version may have written it."""
    try:
        return msgspec.json.decode(kept, type=Verdict)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
