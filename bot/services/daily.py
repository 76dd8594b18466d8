"""The pictures a day of servers: made, changed, paused and removed, claimed before they are sent and recorded after."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from bot.clock import Clock
from bot.identity import Person
from bot.models import Species, Wanted
from bot.refused import NoDaily, TooManyDailies
from bot.services.daily_times import Slot, last_slot, moment_on, next_slot
from bot.store import daily as rows
from bot.store.daily import Claim, Daily
from bot.store.store import Store

MOST: Final = 10
"""Pictures a day in one server."""

_HOUR: Final = 60


class Reason(StrEnum):
    """What stopped a picture a day: its channel is gone or closed to the bot, or its breed is left out here."""

    GONE = "gone"
    FORBIDDEN = "forbidden"
    EXCLUDED = "excluded"
    ZONE = "zone"


class Plan(Struct, frozen=True, kw_only=True):
    """What somebody wants each day: where, at which local time of which zone, and of what."""

    channel_id: int
    at: time
    zone: ZoneInfo
    species: Species | None = None
    breed_id: str | None = None
    with_fact: bool = False


class Dailies:
    """Keeps what is to be posted each day. `wake` tells whoever posts that something changed.

    Changes of one server take turns with its posts, so that nothing is changed while it is on its way.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._changed = asyncio.Event()

    def turn(self, space: int) -> asyncio.Lock:
        """Return what whoever changes or posts something of a server holds meanwhile."""
        return self._turns.setdefault(space, asyncio.Lock())

    def wake(self) -> None:
        """Have it looked at now what is due."""
        self._changed.set()

    async def rest(self, seconds: float) -> None:
        """Wait so many seconds, or until something changes."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return
        self._changed.clear()

    async def of(self, space: int) -> list[Daily]:
        """Return a server's, by number."""
        async with self._store.reading() as connection:
            return await rows.of_space(connection, space)

    async def find(self, space: int, number: int) -> Daily:
        """Return one by its number. Raises `NoDaily`."""
        known = await self.of(space)
        found = next((daily for daily in known if daily.number == number), None)
        if found is None:
            raise NoDaily(number, [daily.number for daily in known])
        return found

    async def put(self, space: int, by: int, plan: Plan, number: int | None = None) -> Daily:
        """Make one, or change the one with that number; it is due at its next time. Raises `NoDaily`, `TooManyDailies`.

        A date that had its post gets no other, whatever the time is changed to.
        """
        async with self.turn(space), self._store.writing() as connection:
            known = {daily.number: daily for daily in await rows.of_space(connection, space)}
            if number is None:
                number = next((free for free in range(1, MOST + 1) if free not in known), None)
                if number is None:
                    raise TooManyDailies(MOST)
            elif number not in known:
                raise NoDaily(number, list(known))
            before = known.get(number)
            posted = _spent(before) if before else None
            slot = next_slot(self._clock.now(), plan.at, plan.zone, posted=posted)
            daily = Daily(
                space=space,
                number=number,
                channel_id=plan.channel_id,
                at=plan.at.hour * _HOUR + plan.at.minute,
                zone=plan.zone.key,
                species=plan.species,
                breed_id=plan.breed_id,
                with_fact=plan.with_fact,
                created_by=before.created_by if before else by,
                next_at=slot.moment,
                try_at=slot.moment,
                posted_for=posted,
                message_id=before.message_id if before else None,
            )
            await rows.keep(connection, daily)
        self.wake()
        return daily

    async def pause(self, space: int, number: int) -> Daily:
        """Let one rest until it is resumed. Raises `NoDaily`."""
        return await self._change(space, number, lambda one: replaced(one, paused=True, reason=None))

    async def resume(self, space: int, number: int) -> Daily:
        """Let one go on at its next time. Raises `NoDaily`."""

        def resumed(one: Daily) -> Daily:
            spent = replaced(one, paused=False, reason=None, posted_for=_spent(one), claim=None)
            return _scheduled(spent, self._clock.now())

        return await self._change(space, number, resumed)

    async def remove(self, space: int, number: int) -> Daily:
        """Remove one and return what it was. Raises `NoDaily`."""
        async with self.turn(space):
            daily = await self.find(space, number)
            async with self._store.writing() as connection:
                await rows.remove(connection, space, number)
        return daily

    async def forget(self, person: Person) -> None:
        """Forget that a person made some in a server; they go on, since they are the server's."""
        async with self._store.writing() as connection:
            await rows.forget_person(connection, person)

    async def in_channels(self, channel_ids: Sequence[int]) -> list[Daily]:
        """Return those that post in any of the channels and do not rest."""
        async with self._store.reading() as connection:
            found = await rows.in_channels(connection, channel_ids)
        return [daily for daily in found if not daily.paused]

    # For whoever posts them

    async def due(self) -> list[Daily]:
        """Return those to look at now, the longest due first."""
        async with self._store.reading() as connection:
            return await rows.due(connection, self._clock.now())

    async def seconds_left(self) -> float | None:
        """Return in how many seconds the next one is to be looked at; None when there is none."""
        now = self._clock.now()
        async with self._store.reading() as connection:
            earliest = await rows.earliest_after(connection, now)
        return None if earliest is None else (earliest - now).total_seconds()

    async def fresh(self, daily: Daily) -> Daily | None:
        """Return one as it is now, None when it is no longer to be looked at."""
        async with self._store.reading() as connection:
            now = await rows.one(connection, *daily.key)
        return None if now is None or now.paused or now.try_at > self._clock.now() else now

    async def claim(self, daily: Daily, slot: Slot, card: str, note: str) -> Claim:
        """Claim a date before its post is sent; a post that is sent once more keeps the claim that it had."""
        claim = daily.claim
        if claim is None or (claim.day, claim.card) != (slot.day, card):
            claim = Claim(day=slot.day, at=self._clock.now(), nonce=secrets.token_hex(12), card=card, note=note)
        await self._keep(daily, lambda one: replaced(one, claim=claim))
        return claim

    async def posted(self, daily: Daily, day: date, message_id: int) -> None:
        """Record that a date had its post. What was due since is due still."""

        def recorded(one: Daily) -> Daily:
            now = self._clock.now()
            moment = moment_on(day, time_at(one), zone_at(one)) or now
            done = replaced(one, posted_for=day, message_id=message_id, claim=None)
            return _scheduled(done, min(moment, now))

        await self._keep(daily, recorded)

    async def skip(self, daily: Daily) -> None:
        """Leave out what is due, and go on with the next time."""
        now = self._clock.now()
        await self._keep(daily, lambda one: _scheduled(replaced(one, claim=None), now))

    async def later(self, daily: Daily, at: datetime) -> None:
        """Try again at a time."""
        await self._keep(daily, lambda one: replaced(one, try_at=at))

    async def stop(self, daily: Daily, reason: Reason) -> None:
        """Let one rest, since it cannot be posted."""
        await self._keep(daily, lambda one: replaced(one, paused=True, reason=reason.value, claim=None))

    async def _change(self, space: int, number: int, edit: Callable[[Daily], Daily]) -> Daily:
        async with self.turn(space):
            daily = edit(await self.find(space, number))
            async with self._store.writing() as connection:
                await rows.keep(connection, daily)
        self.wake()
        return daily

    async def _keep(self, daily: Daily, edit: Callable[[Daily], Daily]) -> None:
        """Change one as it is now, unless it was removed meanwhile."""
        async with self._store.writing() as connection:
            now = await rows.one(connection, *daily.key)
            if now is not None:
                await rows.keep(connection, edit(now))


def time_at(daily: Daily) -> time:
    """Return the local time at which it is due."""
    return time(*divmod(daily.at, _HOUR))


def zone_at(daily: Daily) -> ZoneInfo:
    """Return its time zone. Raises `zoneinfo.ZoneInfoNotFoundError` when this machine no longer knows it."""
    return ZoneInfo(daily.zone)


def overdue(daily: Daily, now: datetime) -> Slot:
    """Return the newest time at which it was due."""
    return last_slot(now, time_at(daily), zone_at(daily))


def wish(daily: Daily) -> Wanted:
    """Return what its pictures are to show."""
    return Wanted(species=daily.species, breed_id=daily.breed_id)


def replaced(daily: Daily, **changes: object) -> Daily:
    """Return it with some things changed."""
    return msgspec.structs.replace(daily, **changes)


def _spent(daily: Daily) -> date | None:
    """Return the last date that gets no other post; what was claimed may be there."""
    return daily.claim.day if daily.claim else daily.posted_for


def _scheduled(daily: Daily, after: datetime) -> Daily:
    """Return it due at its first time after a moment."""
    moment = next_slot(after, time_at(daily), zone_at(daily), posted=daily.posted_for).moment
    return replaced(daily, next_at=moment, try_at=moment)
