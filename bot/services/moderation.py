"""Moderation: pictures that are hidden in a server or everywhere, and people whose new votes do not count."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from enum import StrEnum
from typing import Final, Self

from msgspec import Struct

from bot.errors import HiddenPicture, KeptFromVoting, TooManyHidden
from bot.identity import Person
from bot.models import PictureKey
from bot.services.guilds import Guilds
from bot.services.pool import Shows
from bot.store import moderation
from bot.store.moderation import Blocked, Hidden, Kept
from bot.store.store import Store

_log = logging.getLogger(__name__)

MOST_HIDDEN: Final = 2000
"""As many pictures may a server hide, and from as many people may it take no votes: all of them are in memory."""

LOOK_AGAIN: Final = 30.0
"""Seconds between two looks at the operator's list, which is changed from the command line."""


class Act(StrEnum):
    """What a moderator did."""

    HID = "hid"
    SHOWED = "showed"
    RESET = "reset"
    KEPT = "kept"
    LET = "let"


class Deed(Struct, frozen=True, kw_only=True):
    """What a moderator did in a server, to a picture or to a member; `by` is the moderator's number."""

    act: Act
    space: int
    by: int
    key: PictureKey | None = None
    member: int | None = None
    votes: int = 0
    reason: str | None = None


class HiddenPage(Struct, frozen=True):
    """A stretch of what a server hid, newest first, and how much it is in all."""

    items: tuple[Hidden, ...]
    total: int


class KeptPage(Struct, frozen=True):
    """A stretch of those whose votes a server does not take, newest first, and how many they are in all."""

    items: tuple[Kept, ...]
    total: int


class Moderation:
    """The gate that every door with pictures asks, from memory, and the rules of who hid what.

    `watchers` are told of each deed, `redraws` of each picture that looks different from now on, by those who see it;
    both must be quick and must not raise.
    """

    def __init__(
        self,
        store: Store,
        guilds: Guilds,
        watchers: Sequence[Callable[[Deed], None]] = (),
        redraws: Sequence[Callable[[Person, PictureKey], None]] = (),
    ) -> None:
        self._store = store
        self._guilds = guilds
        self._hidden: dict[int, set[PictureKey]] = {}
        self._kept: dict[int, set[int]] = {}
        self._blocked: frozenset[PictureKey] = frozenset()
        # Deeds take turns, so that memory and store agree in whichever order they come.
        self._turn = asyncio.Lock()
        self._watchers = watchers
        self._redraws = redraws

    @classmethod
    async def open(
        cls,
        store: Store,
        guilds: Guilds,
        watchers: Sequence[Callable[[Deed], None]] = (),
        redraws: Sequence[Callable[[Person, PictureKey], None]] = (),
    ) -> Self:
        """Read everything that is hidden, and who is kept from voting."""
        opened = cls(store, guilds, watchers, redraws)
        async with store.reading() as connection:
            opened._hidden = await moderation.every_hidden(connection)
            opened._kept = await moderation.every_kept(connection)
            opened._blocked = frozenset(one.key for one in await moderation.blocked(connection))
        return opened

    def blocks(self, key: PictureKey) -> bool:
        """Tell whether the operator hid a picture everywhere."""
        return key in self._blocked

    def hides(self, space: int, key: PictureKey) -> bool:
        """Tell whether a picture is hidden in a space, be it everywhere."""
        return key in self._blocked or key in self._hidden.get(space, ())

    def shown_in(self, space: int) -> Shows:
        """Return what tells whether a picture may be shown in a space: not hidden, and of nothing that is excluded."""
        settings = self._guilds.of(space)
        return lambda picture: not self.hides(space, picture.key) and settings.shows(picture)

    def see(self, space: int, keys: Iterable[PictureKey]) -> None:
        """Raise `HiddenPicture` when one of the pictures is hidden in a space."""
        for key in keys:
            if self.hides(space, key):
                raise HiddenPicture(everywhere=self.blocks(key))

    def hidden_in(self, space: int) -> Collection[PictureKey]:
        """Return what a server hid, without what the operator did."""
        return frozenset(self._hidden.get(space, ()))

    def see_voter(self, person: Person) -> None:
        """Raise `KeptFromVoting` when somebody's votes do not count in a space."""
        if person.user in self._kept.get(person.space, ()):
            raise KeptFromVoting

    def bars(self, person: Person, key: PictureKey, *, voting: bool) -> bool:
        """Tell whether what a person's reaction asks for does not count: a vote, or with False to save the picture."""
        return self.hides(person.space, key) or (voting and person.user in self._kept.get(person.space, ()))

    async def hide(self, space: int, by: int, key: PictureKey, reason: str | None = None) -> bool:
        """Hide a picture in a server; False when it was hidden there. Raises `TooManyHidden`."""
        there = self._hidden.get(space, set())
        if key not in there and len(there) >= MOST_HIDDEN:
            raise TooManyHidden(MOST_HIDDEN)
        entry = Hidden(key=key, by=by, at=self._store.clock.now(), reason=reason)
        async with self._turn:
            async with self._store.writing() as connection:
                new = await moderation.hide(connection, space, entry)
            self._hidden.setdefault(space, set()).add(key)
        if new:
            self._drawn_anew(Person(space, 0), key)
            self.tell(Deed(act=Act.HID, space=space, by=by, key=key, reason=reason))
        return new

    async def unhide(self, space: int, by: int, keys: Iterable[PictureKey]) -> int:
        """Show pictures in a server again; return how many of them were hidden there."""
        shown: list[PictureKey] = []
        async with self._turn:
            async with self._store.writing() as connection:
                shown += [key for key in sorted(set(keys)) if await moderation.unhide(connection, space, key)]
            self._hidden.get(space, set()).difference_update(shown)
        for key in shown:
            self._drawn_anew(Person(space, 0), key)
            self.tell(Deed(act=Act.SHOWED, space=space, by=by, key=key))
        return len(shown)

    async def hidden(self, space: int, *, limit: int, offset: int = 0) -> HiddenPage:
        """Return a stretch of what a server hid."""
        async with self._store.reading() as connection:
            items = await moderation.newest_hidden(connection, space, limit=limit, offset=offset)
            return HiddenPage(tuple(items), (await moderation.count(connection, space))[0])

    async def keep_from_voting(self, person: Person, by: int) -> bool:
        """Take no more votes of somebody; what they voted stays. False when that was so. Raises `TooManyHidden`."""
        there = self._kept.get(person.space, set())
        if person.user not in there and len(there) >= MOST_HIDDEN:
            raise TooManyHidden(MOST_HIDDEN)
        async with self._turn:
            async with self._store.writing() as connection:
                new = await moderation.keep(connection, person, by=by, at=self._store.clock.now())
            self._kept.setdefault(person.space, set()).add(person.user)
        if new:
            self.tell(Deed(act=Act.KEPT, space=person.space, by=by, member=person.user))
        return new

    async def let_vote(self, people: Iterable[Person], by: int) -> int:
        """Take the votes of people again; return how many of them were kept from it."""
        free: list[Person] = []
        async with self._turn:
            async with self._store.writing() as connection:
                free += [person for person in people if await moderation.let(connection, person)]
            for person in free:
                self._kept.get(person.space, set()).discard(person.user)
        for person in free:
            self.tell(Deed(act=Act.LET, space=person.space, by=by, member=person.user))
        return len(free)

    async def kept(self, space: int, *, limit: int, offset: int = 0) -> KeptPage:
        """Return a stretch of those whose votes a server does not take."""
        async with self._store.reading() as connection:
            items = await moderation.newest_kept(connection, space, limit=limit, offset=offset)
            return KeptPage(tuple(items), (await moderation.count(connection, space))[1])

    async def look(self) -> None:
        """Read the operator's list, and have what changed drawn anew wherever it was shown."""
        async with self._store.reading() as connection:
            now = frozenset(one.key for one in await moderation.blocked(connection))
            changed, self._blocked = now ^ self._blocked, now
            places = await moderation.spaces_showing(connection, changed) if changed else ()
        for key, whose in places:
            self._drawn_anew(whose, key)

    async def watch(self) -> None:
        """Look at the operator's list for ever."""
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - whatever befalls the store, the next look shall come
                _log.exception("The list of blocked pictures could not be read")

    async def forget(self, person: Person) -> None:
        """Forget that a person moderated; what they hid stays hidden, and that they may not vote stays too."""
        async with self._store.writing() as connection:
            await moderation.forget_moderator(connection, person)

    def let_go(self, space: int) -> None:
        """Let go of what is known of a server whose rows were deleted."""
        self._hidden.pop(space, None)
        self._kept.pop(space, None)

    def tell(self, deed: Deed) -> None:
        """Tell the watchers of a deed."""
        for watcher in self._watchers:
            watcher(deed)

    def _drawn_anew(self, whose: Person, key: PictureKey) -> None:
        for redraw in self._redraws:
            redraw(whose, key)


async def blocked_everywhere(store: Store) -> list[Blocked]:
    """Return what the operator hid everywhere, newest first."""
    async with store.reading() as connection:
        return await moderation.blocked(connection)


async def block(store: Store, keys: Iterable[PictureKey], reason: str | None = None) -> list[PictureKey]:
    """Hide pictures everywhere; return those that were not hidden so."""
    now = store.clock.now()
    async with store.writing() as connection:
        return [key for key in keys if await moderation.block(connection, Blocked(key=key, at=now, reason=reason))]


async def unblock(store: Store, keys: Iterable[PictureKey]) -> list[PictureKey]:
    """Take pictures off the operator's list; return those that were on it."""
    async with store.writing() as connection:
        return [key for key in keys if await moderation.unblock(connection, key)]
