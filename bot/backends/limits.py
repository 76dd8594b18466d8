"""What a service says of its limits in the headers of an answer."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 3600.0
"""Seconds; a header that asks for more is not believed (NekosAPI's longest is an hour)."""

SHORTEST_WAIT = 1.0
_MILLISECONDS_FROM = 1e11
_EPOCH_FROM = 1e8


def wait_asked(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that a refused caller is to wait, None when the service does not say.

    Known forms: `Retry-After` (seconds or a date), `retry-after-seconds` ("32.112") and `ratelimit-reset` (an ISO
    time, an epoch in seconds or milliseconds, or seconds from now) of TheCatAPI's generation A2 and of NekosAPI.
    They also come with answers that were not refused: ask only after a 429 or 503.
    """
    for name in ("Retry-After", "retry-after-seconds", "ratelimit-reset", "x-ratelimit-reset"):
        text = headers.get(name, "").strip()
        if text and (seconds := _seconds(text, now)) is not None:
            return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT)
    return None


def limit_told(headers: Mapping[str, str]) -> int | None:
    """Return the calls a minute that `ratelimit-limit` allows (A2: "120"), None when the header is not there."""
    told = re.match(r"\s*(\d{1,6})\b", headers.get("ratelimit-limit", ""))
    return int(told[1]) or None if told else None


def _seconds(text: str, now: datetime) -> float | None:
    """Read a wait in any of the forms, None when it is none of them."""
    if re.fullmatch(r"-?\d{1,16}(\.\d+)?", text):
        number = float(text)
        if number >= _MILLISECONDS_FROM:
            number /= 1000
        return number - now.timestamp() if number >= _EPOCH_FROM else number
    moment: datetime | None = None
    with contextlib.suppress(ValueError):
        moment = datetime.fromisoformat(text)
    if moment is None:
        with contextlib.suppress(ValueError):
            moment = parsedate_to_datetime(text)
    if moment is None:
        return None
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
