"""Durable delivery of votes and favourites to the back ends: what people wish is kept until it is so.

Each source has a lane of its own with at most two calls at a time. A lane pauses as a whole when its service is down,
limited or without a key; a row that fails by itself backs off by itself. Before a call that changes something the row
is marked as asked; if the outcome never arrives (a kill, a broken connection), the next try reads back first.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from bot.attempt import Attempt, Remote
from bot.clock import Clock
from bot.errors import (
    BackendConfused,
    BackendError,
    BackendLimited,
    BackendNotFound,
    BackendRefused,
    BackendRejected,
    BackendUnavailable,
    Unsupported,
)
from bot.identity import Person, SubIds
from bot.models import Source
from bot.store import deliveries, identities
from bot.store.deliveries import Delivery, Shards
from bot.store.store import Store

__all__ = ["Remote", "Shards", "Sync"]

log = logging.getLogger(__name__)

_BATCH = 20
_WORKERS = 2
# After an unclear answer, before reading back: the services' lists lag behind their POSTs by up to three seconds.
_SETTLE = timedelta(seconds=5)
_ROW_BASE, _ROW_CAP = 4.0, 3600.0
_PAUSE_BASE, _PAUSE_CAP = 5.0, 300.0
_LIMITED_PAUSE = 60.0
_REFUSED_PAUSE = 600.0


class Sync:
    """Delivers what waits. Run it in a task of its own and cancel that to stop: nothing is lost.

    `shards` limits it to the spaces of this process. `jitter` returns a number from 0 to 1. `sleep` waits real
    seconds between tries; whoever moves the clock calls `wake` as well.
    """

    def __init__(
        self,
        store: Store,
        sub_ids: SubIds,
        remotes: Iterable[Remote],
        clock: Clock,
        *,
        shards: Shards | None = None,
        jitter: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._shards = shards
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._lanes = [_Lane(remote, store, sub_ids, clock, jitter, shards) for remote in remotes]

    async def run(self) -> None:
        """Deliver for ever; with a remote at all it ends only by being cancelled."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(self._drive(lane), name=f"sync {lane.remote.source}")

    def wake(self) -> None:
        """Look for work now; called after every vote and favourite, and after the clock was moved."""
        for lane in self._lanes:
            lane.woken.set()

    async def deliver_due(self) -> int:
        """Deliver what is due now and can be, in one go; return how many rows were brought to what was wished."""
        return sum(await asyncio.gather(*(lane.deliver_due() for lane in self._lanes)))

    async def waiting(self) -> int:
        """Return how many rows wait, those without a back end or key included."""
        async with self._store.reading() as connection:
            return sum((await deliveries.waiting(connection, shards=self._shards)).values())

    async def parked(self) -> int:
        """Return how many rows a back end would not take; they wait for another press or for `deliver_anew`."""
        async with self._store.reading() as connection:
            return await deliveries.parked(connection)

    async def deliver_anew(self, source: Source) -> int:
        """Bring everything to a back end that was wiped; return how many rows that is."""
        async with self._store.writing() as connection:
            number = await deliveries.doubt(connection, source, now=self._clock.now())
        self.wake()
        return number

    async def _drive(self, lane: _Lane) -> None:
        failures = 0
        while True:
            lane.woken.clear()
            try:
                await lane.deliver_due()
                seconds = await lane.seconds_to_next()
                failures = 0
            except Exception:
                # The store's troubles arrive here. Delivery is the last to give up: it must outlive them.
                log.exception("Delivery to %s stumbled", lane.remote.source)
                seconds = _backoff(failures, _PAUSE_BASE, _PAUSE_CAP, self._jitter)
                failures += 1
            await self._rest(lane, seconds)

    async def _rest(self, lane: _Lane, seconds: float | None) -> None:
        woken = asyncio.ensure_future(lane.woken.wait())
        rests = [woken] if seconds is None else [woken, asyncio.ensure_future(self._sleep(max(seconds, 0.05)))]
        try:
            await asyncio.wait(rests, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for rest in rests:
                rest.cancel()
            await asyncio.gather(*rests, return_exceptions=True)


class _Lane:
    """One source's way to its back end, with what is known of that back end's health."""

    def __init__(
        self,
        remote: Remote,
        store: Store,
        sub_ids: SubIds,
        clock: Clock,
        jitter: Callable[[], float],
        shards: Shards | None,
    ) -> None:
        self.remote = remote
        self.woken = asyncio.Event()
        self._store = store
        self._sub_ids = sub_ids
        self._clock = clock
        self._jitter = jitter
        self._shards = shards
        self._turn = asyncio.Lock()
        self._paused_until: datetime | None = None
        self._failures = 0
        self._refusal_told = False

    @property
    def paused(self) -> bool:
        return self._paused_until is not None and self._clock.now() < self._paused_until

    async def deliver_due(self) -> int:
        """Deliver batch after batch until nothing is due or the service asks for a rest."""
        async with self._turn:
            delivered = 0
            while not self.paused:
                async with self._store.reading() as connection:
                    batch = await deliveries.due(
                        connection, self.remote.source, now=self._clock.now(), limit=_BATCH, shards=self._shards
                    )
                if not batch:
                    break
                if not self._has_key():
                    await self._drop_unsent()
                    break
                rows = deque(batch)
                async with asyncio.TaskGroup() as group:
                    workers = [group.create_task(self._work(rows)) for _ in range(min(_WORKERS, len(rows)))]
                delivered += sum(worker.result() for worker in workers if not worker.cancelled())
                if any(worker.cancelled() for worker in workers):
                    # Not by us, or we would not be here: a call shared with somebody else was cancelled under it.
                    self._stumble()
            return delivered

    async def seconds_to_next(self) -> float | None:
        """Return how long there is nothing to do, None until somebody wakes the lane."""
        if not self.remote.keyed:
            return None
        async with self._store.reading() as connection:
            due = await deliveries.next_due(connection, self.remote.source, shards=self._shards)
        if due is None:
            return None
        if self._paused_until is not None:
            due = max(due, self._paused_until)
        return (due - self._clock.now()).total_seconds()

    def _has_key(self) -> bool:
        if not self.remote.keyed:
            self._tell_refusal("there is no key")
        return self.remote.keyed

    async def _drop_unsent(self) -> None:
        """Let go of what was withdrawn before there was a key: it is nobody's business to keep it until one comes."""
        async with self._store.writing() as connection:
            await deliveries.drop_unsent(connection, self.remote.source, shards=self._shards)

    async def _work(self, rows: deque[Delivery]) -> int:
        delivered = 0
        while rows and not self.paused:
            delivered += await self._deliver(rows.popleft())
        return delivered

    async def _deliver(self, listed: Delivery) -> bool:
        async with self._store.reading() as connection:
            row = await deliveries.reread(connection, listed)
        if row is None:
            return False
        now = self._clock.now()
        if row.asked_at is not None and row.asked_at <= now < row.asked_at + _SETTLE:
            async with self._store.writing() as connection:
                await deliveries.postpone(connection, row, until=row.asked_at + _SETTLE)
            return False
        delivery = Attempt(self.remote, row, self._note_asked)
        try:
            await delivery.run(await self._sub_id(row.person))
        except BackendError as error:
            await self._failed(delivery, error)
            return False
        except Exception as error:
            log.exception("Delivery of a %s of %s to %s failed", row.kind, row.picture.id, row.picture.source)
            await self._failed(delivery, error)
            return False
        if delivery.asked_at is not None:
            self._failures, self._refusal_told = 0, False
        value, remote_id = delivery.held
        async with self._store.writing() as connection:
            await deliveries.note_done(connection, row, delivered=value or 0, remote_id=remote_id)
        return True

    async def _failed(self, delivery: Attempt, error: Exception) -> None:
        row = delivery.row
        now = self._clock.now()
        unclear = not isinstance(error, BackendError) or isinstance(error, BackendConfused)
        unclear = unclear or (isinstance(error, BackendUnavailable) and error.sent)
        next_try_at: datetime | None = now + timedelta(
            seconds=_backoff(row.attempts, _ROW_BASE, _ROW_CAP, self._jitter)
        )
        match error:
            case BackendLimited():
                self._pause(_LIMITED_PAUSE if error.retry_after is None else error.retry_after)
                next_try_at = row.next_try_at
            case BackendRefused():
                self._tell_refusal(str(error))
                self._pause(_REFUSED_PAUSE)
                next_try_at = row.next_try_at
            case BackendRejected() | BackendNotFound() | Unsupported():
                next_try_at = None
                log.warning("%s does not take a %s of %s: %s", row.picture.source, row.kind, row.picture.id, error)
            case _:
                # Down, or not itself: knocking for every row would only make it worse.
                self._stumble()
                log.info("%s does not answer (%s); delivery waits", row.picture.source, error)
        value, remote_id = delivery.held
        doubtful = delivery.doubtful or (delivery.asked_at is not None and unclear)
        async with self._store.writing() as connection:
            await deliveries.note_failed(
                connection,
                row,
                delivered=value,
                remote_id=remote_id,
                asked_at=(delivery.asked_at or row.asked_at) if doubtful else None,
                error=str(error) or type(error).__name__,
                next_try_at=next_try_at,
            )

    def _stumble(self) -> None:
        self._pause(_backoff(self._failures, _PAUSE_BASE, _PAUSE_CAP, self._jitter))
        self._failures += 1

    def _pause(self, seconds: float) -> None:
        self._paused_until = self._clock.now() + timedelta(seconds=max(seconds, 1.0))

    def _tell_refusal(self, reason: str) -> None:
        if not self._refusal_told:
            self._refusal_told = True
            log.warning("%s takes no votes and favourites for now: %s; they are kept", self.remote.source, reason)

    async def _note_asked(self, row: Delivery) -> datetime:
        now = self._clock.now()
        async with self._store.writing() as connection:
            await deliveries.note_asked(connection, row, now=now)
        return now

    async def _sub_id(self, person: Person) -> str:
        async with self._store.reading() as connection:
            number = await identities.key_number(connection, person)
        if number is None:
            async with self._store.writing() as connection:
                number = await identities.settle_key_number(connection, person, self._sub_ids.current)
        return self._sub_ids.sub_id(person, number)


def _backoff(attempts: int, base: float, cap: float, jitter: Callable[[], float]) -> float:
    """Return full jitter below an exponential bound, in seconds; never less than one."""
    return max(1.0, jitter() * min(cap, base * 2.0 ** min(attempts, 20)))
