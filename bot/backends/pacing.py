"""Pace: whose turn it is to call a service, within its limit and its pauses, for the whole process."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import count

from bot.backends.service import Priority, Rate
from bot.errors import BackendLimited

LEARNED_WINDOW = 61.0
"""Seconds in which a learned limit counts: TheCatAPI's minute, and a second for what the network shifts."""

UNTOLD_WAITS = (5.0, 10.0, 20.0, 40.0, 60.0)
"""Seconds to pause after the first, second, … 429 in a row that does not say how long."""

_REMEMBERED = 2000

_SHARES: dict[Priority, tuple[tuple[frozenset[Priority], float], ...]] = {
    Priority.PEOPLE: (),
    Priority.POOL: ((frozenset({Priority.POOL, Priority.SYNC}), 0.85), (frozenset({Priority.POOL}), 0.7)),
    Priority.SYNC: ((frozenset({Priority.POOL, Priority.SYNC}), 0.85), (frozenset({Priority.SYNC}), 0.5)),
}
"""How much of the limit a kind of call may take, alone or with another, so that some is always left for people
and neither the pools nor the sync can starve the other."""


@dataclass(eq=False, slots=True)
class _Waiter:
    priority: Priority
    number: int
    granted: bool = False


class Pace:
    """Hands out turns: never more than the limit in any window, none in a pause, the more important first."""

    def __init__(
        self,
        service: str,
        rate: Rate | None,
        *,
        share: int = 1,
        sleep: Callable[[float], Awaitable[object]],
        monotonic: Callable[[], float],
    ) -> None:
        """`share` is the number of processes that share the service's limit."""
        self._service = service
        self._fixed = rate is not None
        self._share = max(1, share)
        self._rate = Rate(max(1, rate.calls // self._share), rate.seconds) if rate else None
        self._sleep = sleep
        self._monotonic = monotonic
        self._sent: deque[tuple[float, Priority]] = deque(maxlen=_REMEMBERED)
        self._waiting: list[_Waiter] = []
        self._numbers = count()
        self._paused_until = float("-inf")
        self._strikes = 0

    @property
    def paused_for(self) -> float:
        """The seconds until calls may go on, 0 when there is no pause."""
        return max(0.0, self._paused_until - self._monotonic())

    @property
    def rate(self) -> Rate | None:
        """This process's part of the limit, None while none is known."""
        return self._rate

    def learn(self, calls_a_minute: int) -> None:
        """Take over the limit that the service tells, unless one was set."""
        if not self._fixed:
            self._rate = Rate(max(1, calls_a_minute // self._share), LEARNED_WINDOW)

    def pause(self, seconds: float | None) -> None:
        """Hold every call after a 429, for longer each time when the service does not say how long."""
        if seconds is None:
            seconds = UNTOLD_WAITS[min(self._strikes, len(UNTOLD_WAITS) - 1)]
        self._strikes += 1
        self._paused_until = max(self._paused_until, self._monotonic() + seconds)

    def accepted(self) -> None:
        """Note that the service took a call."""
        self._strikes = 0

    async def turn(self, priority: Priority, ends: float) -> None:
        """Wait for a turn.

        :raises BackendLimited: at once, when the turn would come after `ends` (in monotonic seconds).
        """
        waiter = _Waiter(priority, next(self._numbers))
        self._waiting.append(waiter)
        try:
            while True:
                self._grant()
                if waiter.granted:
                    return
                wait = self._earliest(waiter) - (now := self._monotonic())
                if now + wait > ends:
                    raise BackendLimited(self._service, retry_after=wait)
                await self._sleep(max(wait, 0.001))
        finally:
            self._waiting.remove(waiter)

    def _grant(self) -> None:
        """Give a turn to everyone who may go now, in order."""
        now = self._monotonic()
        for waiter in sorted(self._waiting, key=lambda one: (one.priority, one.number)):
            if not waiter.granted and self._free_at(waiter.priority, now) <= now:
                waiter.granted = True
                self._sent.append((now, waiter.priority))

    def _earliest(self, waiter: _Waiter) -> float:
        """Return the earliest moment for a waiter, counting those who go before it."""
        ahead = sum(
            not other.granted and (other.priority, other.number) < (waiter.priority, waiter.number)
            for other in self._waiting
        )
        return self._free_at(waiter.priority, self._monotonic(), ahead)

    def _free_at(self, priority: Priority, now: float, ahead: int = 0) -> float:
        """Return the moment from `now` on at which a call of this priority may go, with so many calls before it."""
        if self._rate is None:
            return max(now, self._paused_until)
        while self._sent and self._sent[0][0] + self._rate.seconds <= now:
            self._sent.popleft()
        return max(now, self._paused_until, *self._slots(self._rate, priority, ahead))

    def _slots(self, rate: Rate, priority: Priority, ahead: int) -> Iterator[float]:
        yield self._slot([at for at, _ in self._sent], rate.calls, rate.seconds, ahead)
        for kinds, share in _SHARES[priority]:
            times = [at for at, kind in self._sent if kind in kinds]
            yield self._slot(times, max(1, int(rate.calls * share)), rate.seconds, 0)

    def _slot(self, times: list[float], calls: int, seconds: float, ahead: int) -> float:
        """Return when the window has room: once the call that stands in the way has left it."""
        in_the_way = len(times) - calls + ahead
        if in_the_way < 0:
            return float("-inf")
        return (times[min(in_the_way, len(times) - 1)] if times else self._monotonic()) + seconds
