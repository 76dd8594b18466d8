"""What stands highest: pictures and breeds by votes, for a day or for ever; and one's own votes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

from bot.clock import Clock
from bot.identity import Person
from bot.models import Picture, PictureKey
from bot.store import pictures, rankings
from bot.store.rankings import Among, OwnVote, Place, Ranked, RankedBreed
from bot.store.store import Store

T = TypeVar("T")


class Period(StrEnum):
    """Whose votes count by when they were last changed: since midnight UTC, 7 days, 30 days, ever."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"

    def since(self, now: datetime) -> datetime | None:
        """Return when the period begins, None for all time; `now` is aware and in UTC."""
        match self:
            case Period.TODAY:
                return now.replace(hour=0, minute=0, second=0, microsecond=0)
            case Period.WEEK:
                return now - timedelta(days=7)
            case Period.MONTH:
                return now - timedelta(days=30)
            case Period.ALL:
                return None


class Sheet(Struct, Generic[T], frozen=True):
    """One page of a list: the entries, the place of the first of them in the whole list (from 1), which page it is
    (from 1), how many pages and how many entries there are, and how many pictures are left out since they are hidden.
    """

    entries: tuple[T, ...]
    first: int
    number: int
    pages: int
    total: int
    hidden: int = 0


class BreedEntry(Struct, frozen=True):
    """A breed's standing, and the best of its pictures."""

    standing: RankedBreed
    picture: Picture


class Rankings:
    """Reads rankings page by page. A page before the first is the first, one behind the end is the last."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def pictures(
        self, person: Person, period: Period, number: int, *, channel: int | None = None, size: int = 5
    ) -> Sheet[Ranked]:
        """Return the best pictures of a person's space, with `channel` only those that this channel showed.

        In a personal space only the person's own votes count. A picture that nobody voted up is in no ranking.
        """
        among = self._among(person, period, channel)
        async with self._store.reading() as connection:
            total, hidden = await rankings.count_pictures(connection, among)
            number, pages = _clamped(number, total, size)
            found = await rankings.top_pictures(connection, among, limit=size, offset=(number - 1) * size)
        return Sheet(tuple(found), (number - 1) * size + 1, number, pages, total, hidden)

    async def breeds(
        self, person: Person, period: Period, number: int, *, channel: int | None = None, size: int = 5
    ) -> Sheet[BreedEntry]:
        """Return the best breeds, by the sums of the votes on their pictures, each with its best picture."""
        among = self._among(person, period, channel)
        async with self._store.reading() as connection:
            ranked, hidden = await rankings.top_breeds(connection, among)
            number, pages = _clamped(number, len(ranked), size)
            chosen = ranked[(number - 1) * size : number * size]
            known = await pictures.pictures(connection, [entry.best for entry in chosen])
        entries = tuple(BreedEntry(entry, known[entry.best]) for entry in chosen if entry.best in known)
        return Sheet(entries, (number - 1) * size + 1, number, pages, len(ranked), hidden)

    async def votes(self, person: Person, number: int, *, size: int = 5) -> Sheet[OwnVote]:
        """Return a person's own votes, newest first."""
        async with self._store.reading() as connection:
            total, hidden = await rankings.count_votes(connection, person)
            number, pages = _clamped(number, total, size)
            found = await rankings.newest_votes(connection, person, limit=size, offset=(number - 1) * size)
        return Sheet(tuple(found), (number - 1) * size + 1, number, pages, total, hidden)

    async def places(self, person: Person, keys: Collection[PictureKey]) -> dict[PictureKey, list[Place]]:
        """Return where pictures are to be seen, newest first, one message a channel; who may look there is not asked.

        In a personal space only what the person asked for.
        """
        requester = None if person.space else person.user
        async with self._store.reading() as connection:
            return await rankings.places(connection, keys, person.space, requester=requester)

    def _among(self, person: Person, period: Period, channel: int | None) -> Among:
        return Among(
            space=person.space,
            person=None if person.space else person.user,
            since=period.since(self._clock.now()),
            channel=channel,
        )


def _clamped(number: int, total: int, size: int) -> tuple[int, int]:
    """Return the page that is shown, and how many there are: an empty list has one page."""
    pages = max(1, -(-total // size))
    return min(max(number, 1), pages), pages
