"""Takes back what people gave from the services that keep it: favourites, and votes where they can be read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from msgspec import Struct
from yarl import URL

from bot.backends.service import Service
from bot.clock import Clock
from bot.errors import BackendError, BackendLimited, BackendNotFound, BackendRefused, BackendUnavailable, Unsupported
from bot.identity import Person, SubIds
from bot.models import Picture, PictureKey, RemoteFavourite, RemoteVote, Source
from bot.services.votes import Door
from bot.store import deliveries, favourites, identities, pictures, votes
from bot.store.deliveries import Kind
from bot.store.store import Store

T = TypeVar("T")

_log = logging.getLogger(__name__)

# TheCatAPI (generation A2) keeps no more of a picture's id than this.
_ID_KEPT = 11
_BATCH = 100
_TRIES = 5
_PATIENCE = 60.0


class Keeper(Protocol):
    """A service that keeps favourites and votes. Its calls raise BackendError and below."""

    @property
    def source(self) -> Source:
        """Whose pictures it knows."""
        ...

    @property
    def service(self) -> Service:
        """Its description, which knows where its pictures may be."""
        ...

    async def favourites(self, sub_id: str | None) -> list[RemoteFavourite]:
        """Return all favourites of the account."""
        ...

    async def votes(self, sub_id: str | None) -> list[RemoteVote]:
        """Return all votes of the account."""
        ...

    async def picture(self, image_id: str) -> Picture:
        """Return one picture."""
        ...


class Taken(Struct, frozen=True):
    """What came of one kind: added here, known here before, made by somebody else, without a picture any more."""

    added: int = 0
    known: int = 0
    foreign: int = 0
    lost: int = 0


class Reclaimed(Struct, frozen=True):
    """What came from one service; `votes` is None where they cannot be read with a key."""

    favourites: Taken
    votes: Taken | None


class _Ours(Struct, frozen=True):
    """A thing of ours at a service: whose, under which secret, and the newest of its kind; `more`: there are others."""

    person: Person
    number: int
    picture: PictureKey
    remote: RemoteFavourite | RemoteVote
    more: bool


class Reclaim:
    """Adds what is missing and changes nothing that is here, so that it may run again at any time.

    The bot must not run. What it adds counts as delivered. `sleep` waits real seconds while a service is limited.
    """

    def __init__(
        self,
        store: Store,
        sub_ids: SubIds,
        clock: Clock,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._sub_ids = sub_ids
        self._clock = clock
        self._sleep = sleep

    async def take_back(self, keeper: Keeper) -> Reclaimed:
        """Read everything that a service keeps for us. Raises BackendError when it does not answer."""
        kept = await self._patiently(lambda: keeper.favourites(None))
        taken = await self._take(keeper, Kind.FAVOURITE, kept)
        try:
            cast = await self._patiently(lambda: keeper.votes(None))
        except (BackendRefused, Unsupported, BackendNotFound) as error:
            _log.debug("%s: votes cannot be read: %s", keeper.source, error)
            return Reclaimed(taken, None)
        return Reclaimed(taken, await self._take(keeper, Kind.VOTE, cast))

    async def _take(self, keeper: Keeper, kind: Kind, remotes: Iterable[RemoteFavourite | RemoteVote]) -> Taken:
        ours, foreign = self._ours(keeper.source, remotes)
        added = known = lost = 0
        for start in range(0, len(ours), _BATCH):
            batch = ours[start : start + _BATCH]
            found = await self._pictures(keeper, batch)
            async with self._store.writing() as connection:
                now = self._clock.now()
                await pictures.save_pictures(connection, [one for one in found.values() if one], seen_at=now)
                for place, one in enumerate(batch):
                    if one.picture not in found and len(one.picture.id) == _ID_KEPT:
                        lost += 1  # the service cut its id short: no picture has that name
                        continue
                    there = await deliveries.note_found(
                        connection,
                        one.person,
                        one.picture,
                        kind,
                        _value(one.remote),
                        remote_id=one.remote.id,
                        now=now,
                        sure=not one.more,
                    )
                    if not there:
                        known += 1
                        continue
                    added += 1
                    lost += one.picture not in found
                    await identities.settle_key_number(connection, one.person, one.number)
                    # In the order of the service's list, where it tells no times or the same one.
                    at = (one.remote.created_at or now) + timedelta(microseconds=start + place)
                    if kind is Kind.FAVOURITE:
                        await favourites.add(connection, one.person, one.picture, added_at=at)
                    else:
                        await votes.set_vote(
                            connection, one.person, one.picture, _value(one.remote), Door.BUTTON, cast_at=at
                        )
        return Taken(added, known, foreign, lost)

    def _ours(self, source: Source, remotes: Iterable[RemoteFavourite | RemoteVote]) -> tuple[list[_Ours], int]:
        """Return what this bot made, the newest of each person and picture, oldest first; and how many it did not."""
        found: dict[tuple[Person, PictureKey], _Ours] = {}
        foreign = 0
        for remote in sorted(remotes, key=_age):
            whose = None if remote.sub_id is None else self._sub_ids.recognise(remote.sub_id)
            if whose is None:
                foreign += 1
                continue
            number, person = whose
            key = PictureKey(source, remote.image_id)
            more = found.pop((person, key), None) is not None
            found[person, key] = _Ours(person, number, key, remote, more)
        return list(found.values()), foreign

    async def _pictures(self, keeper: Keeper, batch: Iterable[_Ours]) -> dict[PictureKey, Picture | None]:
        """Return the pictures that are to be had, None for those that are known here."""
        wanted = {one.picture: one.remote for one in batch}
        async with self._store.reading() as connection:
            found: dict[PictureKey, Picture | None] = dict.fromkeys(await pictures.pictures(connection, wanted))
        for key, remote in wanted.items():
            if key not in found and (picture := await self._picture(keeper, key, remote)) is not None:
                found[key] = picture
        return found

    async def _picture(self, keeper: Keeper, key: PictureKey, remote: RemoteFavourite | RemoteVote) -> Picture | None:
        url, species = remote.image_url, key.source.species
        if url is not None and species is not None and _admitted(keeper, url):
            return Picture(source=key.source, id=key.id, url=url, species=species)
        try:
            return await self._patiently(lambda: keeper.picture(key.id))
        except BackendError as error:
            _log.info("%s: picture %s is not to be had: %s", key.source, key.id, error)
            return None

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Ask again while the service is limited or down, a few times."""
        for _ in range(_TRIES - 1):
            try:
                return await call()
            except BackendLimited as error:
                await self._sleep(min(error.retry_after or _PATIENCE, _PATIENCE))
            except BackendUnavailable:
                await self._sleep(_PATIENCE / 4)
        return await call()


def _age(remote: RemoteFavourite | RemoteVote) -> tuple[float, int]:
    made_at: datetime | None = remote.created_at
    return (made_at.timestamp() if made_at else 0.0, int(remote.id) if remote.id.isdecimal() else 0)


def _value(remote: RemoteFavourite | RemoteVote) -> int:
    return remote.value if isinstance(remote, RemoteVote) else 1


def _admitted(keeper: Keeper, url: str) -> bool:
    try:
        return keeper.service.admits(URL(url))
    except ValueError:
        return False
