"""What happened while the bot was away: reactions on the cards of the last days, against those that were last seen.

Only after a lost session; one that is resumed replays what was missed. Newest cards first, a hundred messages a call,
and who reacted is only asked where the numbers differ.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from bot.reactions import Reaction
from bot.services.watches import Watch

if TYPE_CHECKING:
    from bot.app import App

PAGE: Final = 100
"""How many messages, or people, Discord tells at a time."""

_SINCE = timedelta(days=7)
# Five calls a second of the fifty that Discord allows; people's answers do not wait for these.
_PAUSE = 0.2
_MOST_CALLS = 3000
# Cards of a user-installed app stand in channels that the bot may not read, and nothing but the refusal tells.
_MOST_REFUSALS = 10

_log = logging.getLogger(__name__)


class Barred(StrEnum):
    """Why a channel does not tell: it is gone, the bot may not read it, or the call failed."""

    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"


class Told(Struct, frozen=True):
    """A message as Discord has it: how many people other than the bot left each reaction that means something."""

    message_id: int
    reactions: Mapping[Reaction, int]


class Reactors(Struct, frozen=True):
    """A page of who reacted, without bots; `last` is the user to go on after, None at the end."""

    people: frozenset[int]
    last: int | None


class Channels(Protocol):
    """What reconciliation asks of Discord."""

    def readable(self, space: int, channel_id: int) -> bool:
        """Tell whether a call is worth it, as far as is known without one."""
        ...

    def shard_of(self, space: int) -> int | None:
        """Return the shard that serves a space, None when this process does not."""
        ...

    async def history(self, channel_id: int, before: int) -> Sequence[Told] | Barred:
        """Return up to `PAGE` messages of anybody's that are older than a message."""
        ...

    async def reactors(self, channel_id: int, message_id: int, reaction: Reaction, after: int) -> Reactors | Barred:
        """Return up to `PAGE` of those who left a reaction, by their number, from a user on."""
        ...


class _Spent(Exception):
    """The calls of a run are used up."""


class Reconciler:
    """Compares, in the background and one shard after the other. `sleep` waits real seconds before each call.

    It may be cancelled at any time: every few differences are a transaction of their own.
    """

    def __init__(
        self,
        app: App,
        channels: Channels,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        most_calls: int = _MOST_CALLS,
    ) -> None:
        self._app = app
        self._channels = channels
        self.sleep = sleep
        self._most_calls = most_calls
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._watches: dict[int, Watch] = {}
        self._turn = asyncio.Lock()

    def session_began(self, shard: int) -> None:
        """Note what people do on a shard from now on: it is newer than whatever was missed before."""
        task = self._tasks.pop(shard, None)
        if task is not None:
            task.cancel()
        if shard in self._watches:
            self._app.reactions.watches.end(self._watches[shard])
        self._watches[shard] = self._app.reactions.watches.begin()

    def session_ready(self, shard: int) -> None:
        """Look at a shard's cards again: what happened before its new session was not told."""
        if shard not in self._watches:
            self.session_began(shard)
        self._tasks[shard] = self._app.spawn(self._run(shard), name=f"reconcile shard {shard}")

    async def _run(self, shard: int) -> None:
        """Go through the cards of a shard until all are looked at or the calls are used up."""
        watch = self._watches.pop(shard)
        try:
            async with self._turn:
                await _Run(self._app, self._channels, self.sleep, self._most_calls, watch).through(shard)
        finally:
            self._app.reactions.watches.end(watch)


class _Run:
    """One walk through a shard's channels."""

    def __init__(
        self,
        app: App,
        channels: Channels,
        sleep: Callable[[float], Awaitable[object]],
        most_calls: int,
        session: Watch,
    ) -> None:
        self._app = app
        self._channels = channels
        self._sleep = sleep
        self._session = session
        self._calls_left = self._most_calls = most_calls
        self._since: datetime = app.clock.now() - _SINCE
        self._refusals = 0
        self._cards = self._added = self._removed = self._gone = 0

    async def through(self, shard: int) -> None:
        waiting = [
            (-stretch.newest, stretch.channel_id, stretch.space)
            for stretch in await self._app.posts.stretches(self._since)
            if self._channels.shard_of(stretch.space) == shard and self._app.guilds.of(stretch.space).vote_reactions
        ]
        heapq.heapify(waiting)
        try:
            while waiting:
                newest, channel_id, space = heapq.heappop(waiting)
                following = await self._page(space, channel_id, -newest)
                if following is not None:
                    heapq.heappush(waiting, (-following, channel_id, space))
        except _Spent:
            _log.warning("Reconciliation of shard %d used up its %d calls", shard, self._most_calls)
        finally:
            self._tell(shard)

    def _tell(self, shard: int) -> None:
        calls = self._most_calls - self._calls_left
        if calls:
            _log.info(
                "Reconciled shard %d after a lost session: %d cards, %d reactions more, %d fewer, %d messages gone; "
                "%d calls",
                *(shard, self._cards, self._added, self._removed, self._gone, calls),
            )

    async def _page(self, space: int, channel_id: int, newest: int) -> int | None:
        """Look at up to a hundred messages from a card back; return the next card that is older, None at the end."""
        if self._channels.shard_of(space) is None or not self._channels.readable(space, channel_id):
            return None
        if not space and self._refusals >= _MOST_REFUSALS:
            return None
        with self._app.reactions.watches.during() as meanwhile:
            await self._spend()
            told = await self._channels.history(channel_id, newest + 1)
            self._count(told)
            if isinstance(told, Barred):
                self._refusals += told is Barred.REFUSED
                if told is Barred.GONE:
                    await self._app.posts.forget_channels([channel_id])
                return None
            if not told:
                # So Discord answers as well where the bot may not read the history.
                return None
            oldest = min(message.message_id for message in told) if len(told) >= PAGE else 0
            cards = await self._app.posts.between(channel_id, oldest=oldest, newest=newest, since=self._since)
            found = {message.message_id: message for message in told}
            await self._forget([message_id for message_id in cards if message_id not in found])
            singles = [found[message_id] for message_id, number in cards.items() if number == 1 and message_id in found]
            seen = await self._app.reactions.seen([message.message_id for message in singles])
            for message in singles:
                if not await self._message(space, channel_id, message, seen[message.message_id], meanwhile):
                    return None
        return await self._app.posts.newest_before(channel_id, oldest, self._since) if oldest else None

    async def _message(
        self, space: int, channel_id: int, message: Told, seen: Mapping[Reaction, set[int]], meanwhile: Watch
    ) -> bool:
        """Settle what differs on one message; False when its channel does not tell any more."""
        self._cards += 1
        there: dict[Reaction, frozenset[int]] = {}
        for reaction in sorted({*message.reactions, *seen}):
            number = message.reactions.get(reaction, 0)
            if number == len(seen.get(reaction, ())) and not meanwhile.saw(message.message_id):
                continue
            people = await self._people(channel_id, message.message_id, reaction) if number else frozenset[int]()
            if people is Barred.GONE:
                await self._forget([message.message_id])
                return True
            if isinstance(people, Barred):
                return people is not Barred.REFUSED
            there[reaction] = people
        if there:
            settled = await self._app.reactions.settle(message.message_id, space, there, self._session)
            self._added += settled.added
            self._removed += settled.removed
            self._app.counts.add("reconciled", "added", times=settled.added)
            self._app.counts.add("reconciled", "removed", times=settled.removed)
        return True

    async def _people(self, channel_id: int, message_id: int, reaction: Reaction) -> frozenset[int] | Barred:
        people: frozenset[int] = frozenset()
        last: int | None = 0
        while last is not None:
            await self._spend()
            page = await self._channels.reactors(channel_id, message_id, reaction, last)
            self._count(page)
            if isinstance(page, Barred):
                return page
            people |= page.people
            last = page.last
        return people

    async def _forget(self, message_ids: Sequence[int]) -> None:
        if message_ids:
            await self._app.posts.forget_messages(message_ids)
            self._gone += len(message_ids)
            self._app.counts.add("reconciled", "gone", times=len(message_ids))

    async def _spend(self) -> None:
        """Wait for the turn of one call. Raises `_Spent` when there is none left."""
        if not self._calls_left:
            raise _Spent
        self._calls_left -= 1
        await self._sleep(_PAUSE)

    def _count(self, answer: object) -> None:
        self._app.counts.add("reconcile_call", answer if isinstance(answer, Barred) else "ok")
