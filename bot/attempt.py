"""One try at one delivery: what a back end holds is brought to what a person wishes, whatever it held before."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from bot.errors import AlreadyThere, BackendError, BackendNotFound, BackendRefused, Unsupported
from bot.models import RemoteFavourite, RemoteVote, Source
from bot.store.deliveries import LOOK_AGAIN, Delivery, Kind

log = logging.getLogger(__name__)

# TheCatAPI (generation A2) keeps no more of an image's id than this.
_IMAGE_ID_KEPT = 11


class Remote(Protocol):
    """A back end that keeps votes and favourites. Its calls raise BackendError and below."""

    @property
    def source(self) -> Source:
        """Whose pictures it knows."""
        ...

    @property
    def keyed(self) -> bool:
        """Whether it has a key; without one nothing can be delivered."""
        ...

    async def cast_vote(self, image_id: str, sub_id: str, value: int) -> RemoteVote:
        """Add a vote; a service may keep several of one sub_id."""
        ...

    async def withdraw_vote(self, vote_id: str) -> None:
        """Delete a vote. BackendNotFound: it is gone. Unsupported: votes cannot be deleted there."""
        ...

    async def votes(self, sub_id: str) -> list[RemoteVote]:
        """Return the votes of a sub_id, oldest first."""
        ...

    async def add_favourite(self, image_id: str, sub_id: str) -> RemoteFavourite:
        """Add a favourite. AlreadyThere: it was there."""
        ...

    async def remove_favourite(self, favourite_id: str) -> None:
        """Delete a favourite. BackendNotFound: it is gone."""
        ...

    async def favourites(self, sub_id: str) -> list[RemoteFavourite]:
        """Return the favourites of a sub_id, oldest first."""
        ...


class Attempt:
    """One try at one row. What it learns of the back end stays true when it fails half-way."""

    def __init__(self, remote: Remote, row: Delivery, ask: Callable[[Delivery], Awaitable[datetime]]) -> None:
        self.row = row
        self.asked_at: datetime | None = None
        self._ask = ask
        self._calls: _Calls = (_VoteCalls if row.kind is Kind.VOTE else _FavouriteCalls)(remote, row.picture.id)
        self._there: dict[str | None, int] = {row.remote_id: row.delivered} if row.delivered else {}
        self._known = row.delivered is not None
        # Something may be there that the row knows nothing of, or only by its value.
        self._in_doubt = row.asked_at is not None or (bool(row.delivered) and row.remote_id is None)

    @property
    def held(self) -> tuple[int | None, str | None]:
        """What the back end holds, value and id: (0, None) nothing, (None, None) not known."""
        if not self._there:
            return (0 if self._known else None), None
        remote_id, value = next(reversed(self._there.items()))
        return value, remote_id

    @property
    def doubtful(self) -> bool:
        """Whether more may be there than `held` can say."""
        return self._in_doubt or len(self._there) > 1

    async def run(self, sub_id: str) -> None:
        """Bring the back end to what is desired. Raises BackendError and below."""
        desired, lost = self.row.desired, False
        if self.row.asked_at is not None or (self._in_doubt and self.held[0] != desired):
            read = await self._look(sub_id)
            # A call is out that nobody heard of again, and nothing tells what it left there.
            lost = self.row.asked_at not in (None, LOOK_AGAIN) and not read
        keep = next((id_ for id_, value in reversed(self._there.items()) if desired and value == desired), None)
        found = desired != 0 and desired in self._there.values()
        for id_ in [id_ for id_ in self._there if not (found and id_ == keep)]:
            await self._drop(id_)
        # What could not be dropped may be newer than what is right, and the newest counts.
        if desired and (lost or self.held[0] != desired):
            await self._put(sub_id, desired)
        self._known = True

    async def _look(self, sub_id: str) -> bool:
        try:
            self._there = dict(await self._calls.look(sub_id))
        except (BackendRefused, Unsupported, BackendNotFound) as error:
            # TheDogAPI's votes cannot be read with a key alone: then a second one is better than none.
            # The doubt stays, for a next try: the key may only be revoked.
            log.debug("%s cannot be read back: %s", self.row.picture.source, error)
            return False
        self._known = True
        self._in_doubt = False
        return True

    async def _drop(self, remote_id: str | None) -> None:
        if remote_id is None:
            return
        await self._about_to_change()
        try:
            await self._calls.drop(remote_id)
        except Unsupported as error:
            log.debug("%s keeps a %s for ever: %s", self.row.picture.source, self.row.kind, error)
            return
        except BackendNotFound:
            log.debug("A %s at %s was gone before", self.row.kind, self.row.picture.source)
        del self._there[remote_id]

    async def _put(self, sub_id: str, value: int) -> None:
        await self._about_to_change()
        try:
            remote_id: str | None = await self._calls.put(sub_id, value)
        except AlreadyThere:
            remote_id = await self._id_of(sub_id)
        self._there = {**self._there, remote_id: value}

    async def _id_of(self, sub_id: str) -> str | None:
        try:
            found = await self._calls.look(sub_id)
        except BackendError as error:
            # Without its id the thing is there all the same; removing it will read back.
            log.debug("%s: %s", self.row.picture.source, error)
            return None
        return next(reversed(found), (None, 0))[0] if found else None

    async def _about_to_change(self) -> None:
        if self.asked_at is None:
            self.asked_at = await self._ask(self.row)


class _Calls(Protocol):
    """The three calls that votes and favourites have in common."""

    async def look(self, sub_id: str) -> list[tuple[str, int]]:
        """Return the id and value of what is there for the picture, oldest first."""
        ...

    async def put(self, sub_id: str, value: int) -> str:
        """Add it and return its id."""
        ...

    async def drop(self, remote_id: str) -> None:
        """Remove it."""
        ...


class _VoteCalls:
    def __init__(self, remote: Remote, image_id: str) -> None:
        self._remote = remote
        self._image_id = image_id

    async def look(self, sub_id: str) -> list[tuple[str, int]]:
        votes = await self._remote.votes(sub_id)
        return [(vote.id, vote.value) for vote in votes if _same_image(vote.image_id, self._image_id)]

    async def put(self, sub_id: str, value: int) -> str:
        return (await self._remote.cast_vote(self._image_id, sub_id, value)).id

    async def drop(self, remote_id: str) -> None:
        await self._remote.withdraw_vote(remote_id)


class _FavouriteCalls:
    def __init__(self, remote: Remote, image_id: str) -> None:
        self._remote = remote
        self._image_id = image_id

    async def look(self, sub_id: str) -> list[tuple[str, int]]:
        found = await self._remote.favourites(sub_id)
        return [(favourite.id, 1) for favourite in found if _same_image(favourite.image_id, self._image_id)]

    async def put(self, sub_id: str, value: int) -> str:
        return (await self._remote.add_favourite(self._image_id, sub_id)).id

    async def drop(self, remote_id: str) -> None:
        await self._remote.remove_favourite(remote_id)


def _same_image(kept: str, asked: str) -> bool:
    return kept == asked or (len(kept) == _IMAGE_ID_KEPT and asked.startswith(kept))
