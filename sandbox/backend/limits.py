"""How often a key may ask: a window of a minute for each key, told in headers as generation A2 tells it (recorded)."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from bot.clock import Clock

WINDOW = timedelta(seconds=60)


def iso(moment: datetime) -> str:
    """Write a time as the services do: UTC, milliseconds, a Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def seconds_text(seconds: float) -> str:
    """Write seconds as the services do: `60`, but `32.112`."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


class Allowance(Struct, frozen=True):
    """Where a key stands after a request: calls allowed a minute, calls made, the end of the minute, seconds left."""

    limit: int
    consumed: int
    reset: datetime
    seconds: float

    @property
    def exceeded(self) -> bool:
        """Whether this request was one too many."""
        return self.consumed > self.limit

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go with every answer to a key, not only with refusals."""
        return {
            "ratelimit-limit": str(self.limit),
            "ratelimit-remaining": str(max(0, self.limit - self.consumed)),
            "ratelimit-consumed": str(self.consumed),
            "ratelimit-reset": iso(self.reset),
            "retry-after-seconds": seconds_text(self.seconds),
        }


class RateLimit:
    """Counts the calls of each account in fixed windows; time is the handed-in clock's."""

    def __init__(self, limit: int, clock: Clock) -> None:
        self.limit = limit
        self._clock = clock
        self._windows: dict[str, tuple[datetime, int]] = {}

    def spend(self, account: str) -> Allowance:
        """Count a call of the account and return where it stands."""
        now = self._clock.now()
        begun, consumed = self._windows.get(account, (now, 0))
        if not begun <= now < begun + WINDOW:
            begun, consumed = now, 0
        self._windows[account] = (begun, consumed + 1)
        reset = begun + WINDOW
        return Allowance(self.limit, consumed + 1, reset, (reset - now).total_seconds())
