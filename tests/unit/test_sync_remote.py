"""A back end in memory for the tests of delivery; it fails, hangs and forgets on demand."""

from __future__ import annotations

import asyncio
from collections import deque
from enum import Enum

from bot.errors import AlreadyThere, BackendError, BackendNotFound, BackendRefused, Unsupported
from bot.models import RemoteFavourite, RemoteVote, Source


class When(Enum):
    """Whether a fault strikes before the call has its effect, or after."""

    BEFORE = "before"
    AFTER = "after"


class FakeRemote:
    """Keeps several votes of a sub_id and one favourite, as TheCatAPI does.

    `faults` are used up one a call; None lets a call pass. `down` strikes every call. `hang` stops a changing call at
    the given point and sets `hung`. `gate` keeps every call waiting. `arrived` is set once something has changed.
    """

    def __init__(self, source: Source = Source.CATAPI) -> None:
        self.source = source
        self.keyed = True
        self.readable_votes = True
        self.deletable_votes = True
        self.held_votes: dict[str, RemoteVote] = {}
        self.held_favourites: dict[str, RemoteFavourite] = {}
        self.calls: list[str] = []
        self.faults: deque[tuple[When, Exception] | None] = deque()
        self.down: BackendError | None = None
        self.hang: When | None = None
        self.hung = asyncio.Event()
        self.arrived = asyncio.Event()
        self.gate: asyncio.Event | None = None
        self.at_once = 0
        self.most_at_once = 0
        self._last_id = 0

    def votes_on(self, image_id: str) -> list[int]:
        """Return what is held for a picture, whoever voted."""
        return [vote.value for vote in self.held_votes.values() if vote.image_id == image_id]

    @property
    def saved(self) -> list[str]:
        """The pictures that are favourites, sorted."""
        return sorted(favourite.image_id for favourite in self.held_favourites.values())

    async def cast_vote(self, image_id: str, sub_id: str, value: int) -> RemoteVote:
        fault = await self._enter("cast_vote")
        vote = RemoteVote(id=self._new_id(), image_id=image_id, sub_id=sub_id, value=value)
        self.held_votes[vote.id] = vote
        await self._leave(fault)
        return vote

    async def withdraw_vote(self, vote_id: str) -> None:
        fault = await self._enter("withdraw_vote")
        if not self.deletable_votes:
            raise Unsupported("fake", "no vote can be deleted")
        if self.held_votes.pop(vote_id, None) is None:
            raise BackendNotFound("fake", "NOT_FOUND", status=404)
        await self._leave(fault)

    async def votes(self, sub_id: str) -> list[RemoteVote]:
        fault = await self._enter("votes", changes=False)
        if not self.readable_votes:
            raise BackendRefused("fake", "a bearer token is needed", status=403)
        await self._leave(fault, changes=False)
        return [vote for vote in self.held_votes.values() if vote.sub_id == sub_id]

    async def add_favourite(self, image_id: str, sub_id: str) -> RemoteFavourite:
        fault = await self._enter("add_favourite")
        if any((held.image_id, held.sub_id) == (image_id, sub_id) for held in self.held_favourites.values()):
            raise AlreadyThere("fake", "DUPLICATE_FAVOURITE", status=400)
        favourite = RemoteFavourite(id=self._new_id(), image_id=image_id, sub_id=sub_id)
        self.held_favourites[favourite.id] = favourite
        await self._leave(fault)
        return favourite

    async def remove_favourite(self, favourite_id: str) -> None:
        fault = await self._enter("remove_favourite")
        if self.held_favourites.pop(favourite_id, None) is None:
            raise BackendNotFound("fake", "INVALID_ACCOUNT", status=400)
        await self._leave(fault)

    async def favourites(self, sub_id: str) -> list[RemoteFavourite]:
        fault = await self._enter("favourites", changes=False)
        await self._leave(fault, changes=False)
        return [held for held in self.held_favourites.values() if held.sub_id == sub_id]

    async def _enter(self, name: str, *, changes: bool = True) -> Exception | None:
        self.calls.append(name)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            if self.gate is not None:
                await self.gate.wait()
            if changes and self.hang is When.BEFORE:
                await self._hang()
        finally:
            self.at_once -= 1
        if self.down is not None:
            raise self.down
        fault = self.faults.popleft() if self.faults else None
        if fault is None:
            return None
        if fault[0] is When.BEFORE:
            raise fault[1]
        return fault[1]

    async def _leave(self, fault: Exception | None, *, changes: bool = True) -> None:
        if changes:
            self.arrived.set()
        if changes and self.hang is When.AFTER:
            await self._hang()
        await asyncio.sleep(0)
        if fault is not None:
            raise fault

    async def _hang(self) -> None:
        self.hung.set()
        await asyncio.Event().wait()

    def _new_id(self) -> str:
        self._last_id += 1
        return str(self._last_id)
