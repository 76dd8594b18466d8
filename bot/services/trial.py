"""One try to answer somebody: which pictures may be shown, what failed, and the time that is left for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from bot.backends.service import Priority
from bot.errors import BackendError, BackendLimited, BackendNotFound, BackendRefused
from bot.models import Picture, PictureKey, Species, Trouble


class Proof(Protocol):
    """Tells which pictures may be shown: those whose address was looked at within a day (`delivery.py`)."""

    def standing(self, picture: Picture) -> Picture | None:
        """Return the picture as it may be shown, None when that is not known; never waits."""
        ...

    async def prove(self, picture: Picture, priority: Priority) -> Picture:
        """Return the picture as it may be shown. Raises a `BackendError` when it may not."""
        ...


class Trial:
    """What came of the pictures that were tried for one answer."""

    def __init__(self, proof: Proof) -> None:
        self._proof = proof
        self._clock = asyncio.get_running_loop().time
        self._ends = self._clock() + Priority.PEOPLE.deadline
        self.offered: dict[PictureKey, Picture] = {}
        self.failed: set[PictureKey] = set()
        self.unanswered: dict[Species, BackendError] = {}
        """The services that could not be asked, and why."""
        self.failure: BackendError | None = None
        """The last failure of a service or a picture."""

    @property
    def late(self) -> bool:
        """Whether nothing more is to be tried."""
        return self._clock() >= self._ends

    def note(self, species: Species, error: BackendError) -> None:
        """Note that a service could not be asked."""
        self.unanswered[species] = self.failure = error

    def trouble(self, species: Species) -> Trouble:
        """Return why a service gave no picture."""
        match self.unanswered.get(species, self.failure):
            case None | BackendNotFound():
                return Trouble.EMPTY
            case BackendLimited():
                return Trouble.LIMITED
            case BackendRefused():
                return Trouble.REFUSED
            case _:
                return Trouble.DOWN

    async def prove(self, pictures: Sequence[Picture]) -> list[Picture]:
        """Return those of the pictures that may be shown, tried at the same time."""
        proven = await asyncio.gather(*(self._prove(picture) for picture in pictures))
        return [picture for picture in proven if picture is not None]

    async def _prove(self, picture: Picture) -> Picture | None:
        try:
            return await self._proof.prove(picture, Priority.PEOPLE)
        except BackendError as error:
            self.failed.add(picture.key)
            self.failure = error
            return None
