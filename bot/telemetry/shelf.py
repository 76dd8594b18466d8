"""The cache as the transport sees it, with a count of what was not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.telemetry.metrics import Counts

if TYPE_CHECKING:
    from bot.backends.transport import Kept, Shelf


class CountedShelf:
    """Passes everything on. What was used of it, fresh or stale, the transport's observer is told."""

    def __init__(self, shelf: Shelf, counts: Counts) -> None:
        self._shelf = shelf
        self._counts = counts

    async def get(self, kind: str, key: str) -> Kept | None:
        """Return what is kept; count a miss when the service has to be asked."""
        kept = await self._shelf.get(kind, key)
        if kept is None or not kept.fresh:
            self._counts.add("cache", "miss")
        return kept

    async def put(self, kind: str, key: str, body: bytes) -> None:
        """Keep an answer."""
        await self._shelf.put(kind, key, body)
