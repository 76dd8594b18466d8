"""How often somebody may act: a server's cooldowns, and the pace that keeps one person from slowing all others."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from bot.clock import Clock
from bot.refused import CoolingDown, TooQuick

K = TypeVar("K")
V = TypeVar("V")

_MOST: Final = 20_000
_BURST: Final = 30.0
_A_SECOND: Final = 2.0
_SAID_FOR: Final = timedelta(seconds=20)


class Cooldowns:
    """Until when a person or a channel of a server has to wait. In memory: a restart ends every wait.

    At most `most` waits are kept, those that began last.
    """

    def __init__(self, clock: Clock, *, most: int = _MOST) -> None:
        self._clock = clock
        self._most = most
        self._until: OrderedDict[Hashable, datetime] = OrderedDict()

    def check(self, waits: dict[Hashable, int]) -> None:
        """Raise `CoolingDown` when one of these has not passed yet; `waits` are their seconds, none of them 0."""
        now = self._clock.now()
        # A cooldown that was made shorter meanwhile counts as it is now.
        ends = [
            min(self._until[what], now + timedelta(seconds=seconds))
            for what, seconds in waits.items()
            if what in self._until
        ]
        if ends and max(ends) > now:
            raise CoolingDown(max(ends))

    def begin(self, waits: dict[Hashable, int]) -> None:
        """Begin to wait."""
        now = self._clock.now()
        for what, seconds in waits.items():
            _keep(self._until, what, now + timedelta(seconds=seconds), self._most)


class Pace:
    """Lets each person act `burst` times at once and `a_second` times a second in the long run, wherever they are.

    That is more than people do by hand; a flood of one person ends here, before it costs a query or a call.
    """

    def __init__(self, clock: Clock, *, burst: float = _BURST, a_second: float = _A_SECOND, most: int = _MOST) -> None:
        self._clock = clock
        self._burst = burst
        self._a_second = a_second
        self._most = most
        self._left: OrderedDict[int, tuple[float, datetime]] = OrderedDict()
        self._said: OrderedDict[int, datetime] = OrderedDict()

    def act(self, user: int) -> None:
        """Count one act. Raises `TooQuick` when there were too many; its `said` tells whether they know already."""
        now = self._clock.now()
        left, since = self._left.get(user, (self._burst, now))
        left = min(self._burst, left + max(0.0, (now - since).total_seconds()) * self._a_second)
        if left < 1:
            _keep(self._left, user, (left, now), self._most)
            said = user in self._said and now < self._said[user] + _SAID_FOR
            if not said:
                _keep(self._said, user, now, self._most)
            raise TooQuick(now + timedelta(seconds=max(1.0, (1 - left) / self._a_second)), said=said)
        _keep(self._left, user, (left - 1, now), self._most)


def _keep(where: OrderedDict[K, V], what: K, value: V, most: int) -> None:
    """Put something in as the newest, and let go of the oldest beyond the limit."""
    where[what] = value
    where.move_to_end(what)
    while len(where) > most:
        where.popitem(last=False)
