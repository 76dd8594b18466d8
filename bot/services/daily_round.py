"""The round that posts the pictures a day: exactly one a date, over kills and outages, none where it came too late."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfoNotFoundError

from bot.clock import Clock
from bot.errors import BackendError, NoPictures, PawprintError
from bot.refused import Excluded
from bot.services.daily import Dailies, Reason, overdue, replaced
from bot.services.daily_times import Slot
from bot.store.daily import Claim, Daily
from bot.telemetry import Counts

_log = logging.getLogger(__name__)

LATEST: Final = timedelta(hours=20)
"""So late a picture of the day is still posted; after that the next one is soon due."""

_ON_TIME: Final = timedelta(minutes=5)
_AGAIN_AFTER: Final = timedelta(minutes=5)
_AT_ONCE: Final = 8
# A machine that slept, or whose clock was set, is noticed within so many seconds.
_LONGEST_REST: Final = 60.0
_SHORTEST_REST: Final = 0.05

P = TypeVar("P", bound="Parcel")


class Parcel(Protocol):
    """A post that is ready to be sent: the `custom_id` of its card, and the text below."""

    @property
    def card(self) -> str:
        """The card."""
        ...

    @property
    def note(self) -> str:
        """The text."""
        ...


class Stopped(PawprintError):
    """It cannot be posted until somebody changes something; `reason` is what."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class NotNow(PawprintError):
    """Discord does not take it now; whether it is there has to be looked at before it is tried again."""


class Courier(Protocol[P]):
    """Brings posts to Discord. Each of its calls may raise `Stopped` or `NotNow`."""

    def serves(self, space: int) -> bool:
        """Tell whether this process posts in a server: it is there, on a shard of this process."""
        ...

    async def pack(self, daily: Daily, slot: Slot) -> P:
        """Make a post ready; one that was claimed again as it was, where it can be had.

        Raises `Excluded`, `NoPictures`, `BackendError` too.
        """
        ...

    async def send(self, daily: Daily, parcel: P, nonce: str) -> int:
        """Send it and return the message's id; with the same nonce Discord makes no second message."""
        ...

    async def seek(self, daily: Daily, claim: Claim) -> int | None:
        """Look whether a claimed post is in the channel, and return the message's id."""
        ...

    async def tell(self, daily: Daily, reason: Reason) -> None:
        """Tell the server's log channel that a picture a day is stopped, where it has one."""
        ...


class Round(Generic[P]):
    """Posts what is due. `failed` is told of what nobody expected; `rest` waits seconds, or until something changes.

    `LATEST` after its time a post is left out; of several that were missed only the newest is posted.
    """

    def __init__(
        self,
        dailies: Dailies,
        courier: Courier[P],
        clock: Clock,
        counts: Counts,
        failed: Callable[[BaseException], object],
        *,
        rest: Callable[[float], Awaitable[object]] | None = None,
        longest_rest: float = _LONGEST_REST,
    ) -> None:
        self._dailies = dailies
        self._courier = courier
        self._clock = clock
        self._counts = counts
        self._failed = failed
        self._rest = rest or dailies.rest
        self._longest_rest = longest_rest
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def run(self) -> None:
        """Go round for ever; whatever fails ends neither the round nor what else is due."""
        while True:
            seconds: float | None = None
            try:
                seconds = await self.go()
            except Exception as error:  # noqa: BLE001 - a door: the store may fail, and the next round shall come
                self._failed(error)
            await self._rest(max(_SHORTEST_REST, min(self._longest_rest, seconds or self._longest_rest)))

    async def go(self) -> float | None:
        """Post what is due now; return in how many seconds something else is, None when nothing is."""
        await asyncio.gather(*(self._look(daily) for daily in await self._dailies.due()))
        return await self._dailies.seconds_left()

    async def stop(self, daily: Daily, reason: Reason) -> None:
        """Let one rest, since it cannot be posted, and say so."""
        await self._dailies.stop(daily, reason)
        self._counts.add("daily", "stopped")
        _log.warning("Picture of the day %s of server %s is stopped: %s", daily.number, daily.space, reason)
        await self._courier.tell(daily, reason)

    async def _look(self, daily: Daily) -> None:
        async with self._places, self._dailies.turn(daily.space):
            try:
                await self._tried(daily)
            except Exception as error:  # noqa: BLE001 - a door: one server's trouble must not stop the others
                self._failed(error)

    async def _tried(self, due: Daily) -> None:
        daily, now = await self._dailies.fresh(due), self._clock.now()
        if daily is None:
            return
        try:
            await self._posted(daily, now)
        except Stopped as stopped:
            await self.stop(daily, stopped.reason)
        except Excluded:
            await self.stop(daily, Reason.EXCLUDED)
        except ZoneInfoNotFoundError:
            await self.stop(daily, Reason.ZONE)
        except Exception as error:
            self._counts.add("daily", "failed")
            await self._dailies.later(daily, now + _AGAIN_AFTER)
            if not isinstance(error, NotNow | NoPictures | BackendError):
                raise
            _log.info("Picture of the day %s of server %s comes later: %r", daily.number, daily.space, error)

    async def _posted(self, daily: Daily, now: datetime) -> None:
        """Post what is due, once: what was claimed before is looked for first."""
        slot, claim = overdue(daily, now), daily.claim
        too_late = now - slot.moment > LATEST
        if not self._courier.serves(daily.space):
            # Another process may serve it, or none does any more.
            if too_late:
                await self._dailies.skip(daily)
            return
        if claim is not None:
            found = await self._courier.seek(daily, claim)
            if found is not None:
                await self._dailies.posted(daily, claim.day, found)
                self._counts.add("daily", "found")
                daily = replaced(daily, posted_for=claim.day, claim=None)
        if daily.posted_for is not None and slot.day <= daily.posted_for:
            await self._dailies.skip(daily)
            return
        if too_late:
            await self._dailies.skip(daily)
            self._counts.add("daily", "skipped")
            return
        parcel = await self._courier.pack(daily, slot)
        claim = await self._dailies.claim(daily, slot, parcel.card, parcel.note)
        message_id = await self._courier.send(daily, parcel, claim.nonce)
        await self._dailies.posted(daily, slot.day, message_id)
        self._counts.add("daily", "posted" if now - slot.moment <= _ON_TIME else "late")
