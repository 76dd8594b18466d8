"""When a picture a day is due: local times in time zones, over every change of the clock. Pure; nothing here waits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct
from rapidfuzz import fuzz

from bot.refused import BadTime, UnknownZone

_TIME: Final = re.compile(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))? ?(?P<half>[ap]\.?m\.?)?", re.IGNORECASE)
_NOON: Final = 12
# A local date may begin a day before or after that of UTC, and a zone may leave out a date (Apia, 30 December 2011).
_REACH: Final = 4
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_NEAREST: Final = 3
_LIKELY: Final = 50.0


class Slot(Struct, frozen=True, order=True):
    """The post of one local date, and the moment at which it is due, in UTC."""

    moment: datetime
    day: date


def moment_on(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """Return when it is so late on a local date, in UTC.

    A time that the clock skips is the first moment after the gap; of a time that comes twice it is the first. None for
    a date that the zone left out as a whole.
    """
    wall = datetime.combine(day, at)
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _wall(first, zone) == wall:
        return first
    # In a gap `fold` says by which offset the time is read: the one before it leads behind it, the other before it.
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _wall(middle, zone) > wall:
            after = middle
        else:
            before = middle
    left_out = _wall(before, zone).date() < day < _wall(after, zone).date()
    return None if left_out else after


def next_slot(now: datetime, at: time, zone: ZoneInfo, *, posted: date | None = None) -> Slot:
    """Return the first slot after a moment; never one of a date for which there was a post, nor of one before it."""
    return next(
        slot for slot in _slots(now, at, zone, posted) if slot.moment > now and (posted is None or slot.day > posted)
    )


def last_slot(now: datetime, at: time, zone: ZoneInfo) -> Slot:
    """Return the last slot that is not after a moment."""
    today = _wall(now, zone).date()
    days = (today + _DAY * step for step in range(-_REACH, 2))
    return max(slot for slot in _on(days, at, zone) if slot.moment <= now)


def _slots(now: datetime, at: time, zone: ZoneInfo, posted: date | None) -> Iterator[Slot]:
    """Yield slots from before a moment, or from the date after the posted one where that is later."""
    start = _wall(now, zone).date() - _DAY
    if posted is not None:
        start = max(start, posted)
    return _on((start + _DAY * step for step in range(2 * _REACH)), at, zone)


def _on(days: Iterator[date], at: time, zone: ZoneInfo) -> Iterator[Slot]:
    for day in days:
        moment = moment_on(day, at, zone)
        if moment is not None:
            yield Slot(moment, day)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return what a clock on the wall shows."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def time_of(typed: str) -> time:
    """Return the time that somebody means: "08:30", "20：30", "8.30", "8:30 pm", "8 am". Raises `BadTime`."""
    match = _TIME.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if match is None or (match["minute"] is None and match["half"] is None):
        raise BadTime(typed)
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"] is not None:
        if not 1 <= hour <= _NOON:
            raise BadTime(typed)
        hour = hour % _NOON + (_NOON if match["half"][0] in "pP" else 0)
    try:
        return time(hour, minute)
    except ValueError as error:
        raise BadTime(typed) from error


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Return the names of all time zones, such as `Europe/Berlin`, in order."""
    return tuple(sorted(name for name in available_timezones() if name not in ("Factory", "localtime", "posixrules")))


def zone_of(typed: str) -> ZoneInfo:
    """Return the time zone that somebody means, by its name or its city alone, whatever the case.

    Raises `UnknownZone` with the names that come nearest.
    """
    wanted = _plain(typed)
    names = [name for name in zone_names() if _plain(name) == wanted] or _by_city(wanted)
    if len(names) != 1:
        raise UnknownZone(typed, names[:_NEAREST] or _nearest(wanted))
    return ZoneInfo(names[0])


def suggest_zones(typed: str, limit: int = 25) -> list[str]:
    """Return the names that hold what is typed, those whose city begins so first, else those that are like it."""
    wanted = _plain(typed)
    holding = [name for name in zone_names() if wanted in _plain(name)]
    holding.sort(key=lambda name: not _city(name).startswith(wanted))
    return (holding or _nearest(wanted))[:limit]


def _by_city(wanted: str) -> list[str]:
    return [name for name in zone_names() if "/" in name and _city(name) == wanted]


def _nearest(wanted: str) -> list[str]:
    rated = [(max(fuzz.ratio(wanted, _plain(name)), fuzz.ratio(wanted, _city(name))), name) for name in zone_names()]
    likely = sorted((-score, name) for score, name in rated if score >= _LIKELY)
    return [name for _, name in likely[:_NEAREST]]


def _city(name: str) -> str:
    return _plain(name.rpartition("/")[2])


def _plain(text: str) -> str:
    return text[:64].strip().casefold().replace(" ", "_")
