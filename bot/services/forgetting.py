"""Forgetting people: here at once, at the services as soon as they answer, and word of it when it is done.

A wish is a row before anything is deleted, so that a kill in the middle loses none: what was not finished is taken up
at the next start. Whatever somebody gives after that is new, and stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct

from bot.clock import Clock
from bot.identity import Person
from bot.models import Source
from bot.store import deliveries, forgets, identities, privacy
from bot.store.forgets import Forget
from bot.store.store import Store

TOLD_WITHIN: Final = timedelta(days=30)
"""Who does not come back for so long hears no more of it: that they asked is forgotten too."""

Forgetter = Callable[[Person], Awaitable[object]]


class Progress(Struct, frozen=True):
    """How far the forgetting of a person is, in all spaces: `left` of `asked` deletions at each service.

    Once it is done, `kept` is how many things a service has and does not delete. They are told in `language`.
    """

    asked: dict[Source, int]
    left: dict[Source, int]
    kept: dict[Source, int]
    done: bool
    language: str


class Forgetting:
    """Carries out people's wishes. `forgetters` each delete what their room holds of a person in a space.

    `watchers` are told the number of a person whose wishes are all done, once; they must be quick and must not raise.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        forgetters: Sequence[Forgetter],
        watchers: Sequence[Callable[[int], None]] = (),
    ) -> None:
        self._store = store
        self._clock = clock
        self._forgetters = forgetters
        self._turn = asyncio.Lock()
        self._watchers = watchers
        # Who is to be told, so that no command has to look for it in the database.
        self.to_tell: set[int] = set()

    async def ask(self, person: Person, language: str, *, everywhere: bool) -> Progress:
        """Forget a person in their space, or in every space; return how far it came at once.

        What is done at once is told by the answer: nobody is told of it again.
        """
        async with self._turn:
            async with self._store.writing() as connection:
                spaces = await privacy.spaces_of(connection, person.user) if everywhere else [person.space]
                asked = [Person(space, person.user) for space in spaces]
                for each in asked:
                    await forgets.ask(connection, each, language, now=self._clock.now())
            self.to_tell.discard(person.user)
            for each in asked:
                await self._empty(each)
                await self._finish(each)
        progress = await self.progress(person.user)
        if progress is None:
            return Progress({}, {}, {}, True, language)
        if progress.done:
            await self.told(person.user)
        return progress

    async def progress(self, user: int) -> Progress | None:
        """Return how far it is, None for who asked for nothing that they were not told of."""
        async with self._store.reading() as connection:
            wishes = await forgets.of_user(connection, user)
            left = [await deliveries.tombstones(connection, one.person.space, user) for one in _open(wishes)]
        if not wishes:
            return None
        return Progress(
            asked=_added([one.asked for one in _open(wishes)]),
            left=_added(left),
            kept=_added([one.kept for one in wishes]),
            done=not _open(wishes),
            language=max(wishes, key=lambda one: one.asked_at).language,
        )

    async def told(self, user: int) -> None:
        """Note that a person knows: with that, nothing tells any more that they asked."""
        self.to_tell.discard(user)
        async with self._store.writing() as connection:
            await forgets.drop_done(connection, user)

    async def sweep(self) -> bool:
        """Go on with every wish that is not done; return whether any is left."""
        async with self._turn:
            async with self._store.reading() as connection:
                wishes = await forgets.unfinished(connection)
            for wish in wishes:
                if wish.emptied_at is None:
                    await self._empty(wish.person)
            finished = [wish.person.user for wish in wishes if await self._finish(wish.person)]
            now = self._clock.now()
            async with self._store.writing() as connection:
                await forgets.drop_done_before(connection, now - TOLD_WITHIN)
                self.to_tell = await forgets.done_users(connection)
        for user in dict.fromkeys(finished):
            if user in self.to_tell:
                for watcher in self._watchers:
                    watcher(user)
        return len(finished) < len(wishes)

    async def _empty(self, person: Person) -> None:
        for forget in self._forgetters:
            await forget(person)
        async with self._store.writing() as connection:
            asked = await deliveries.tombstones(connection, person.space, person.user)
            await forgets.note_emptied(connection, person, asked, now=self._clock.now())

    async def _finish(self, person: Person) -> bool:
        async with self._store.writing() as connection:
            if await deliveries.tombstones(connection, person.space, person.user):
                return False
            kept = await deliveries.drop_kept(connection, person.space, person.user)
            await identities.forget(connection, person)
            await forgets.note_done(connection, person, kept, now=self._clock.now())
        return True


def _open(wishes: Sequence[Forget]) -> list[Forget]:
    return [one for one in wishes if one.done_at is None]


def _added(numbers: Sequence[dict[Source, int]]) -> dict[Source, int]:
    sources = sorted({source for each in numbers for source in each})
    return {source: sum(each.get(source, 0) for each in numbers) for source in sources}
