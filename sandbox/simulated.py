"""The simulated Discord: SimCord behind a thin helper, so that nothing else depends on how it works.

What SimCord's page needs from outside: its clock is driven, its page is refreshed for what workers caused, and the
bot's own error handlers are put back.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import discord
import simcord
from simcord.actors import MemberActor
from simcord.backend.access import can_access_channel
from simcord.builders import ChannelHandle, UserHandle
from simcord.preview import Preview

from bot.client import Pawprint
from bot.ui.cards import cards_on
from sandbox.world import World, build

T = TypeVar("T")

_log = logging.getLogger(__name__)

_TICK = 1.0
_SETTLE = 0.2
_SLOWEST_ANSWER = 30.0
# Not taller than a small window with the message line below: a card that is too tall makes SimCord's lists jump.
_WIDTH, _HEIGHT = 960, 720


class Simulated:
    """A running simulated Discord with the bot in it, shown on one page, one channel at a time."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot
        self._env = simcord.Env(bot, shard_count=1, settle_timeout=_SLOWEST_ANSWER)
        self._capability = secrets.token_urlsafe(32)
        self._preview: Preview | None = None
        self._port = 0
        # One thing at a time: SimCord refuses what overlaps, be it a click, our clock or our refreshing.
        self._turn = asyncio.Lock()
        self._poked = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._skipped = 0.0

    async def start(self) -> None:
        """Build the world, log the bot in and begin to drive the clock."""
        # People and server first: their ids must be the same at every start; messages get ids of today.
        self.world: World = build(self._env)
        self._env.backend.advance_clock((datetime.now(UTC) - self._env.now()).total_seconds())
        self._clock_set_at = time.monotonic()
        self._env.backend.bot_user.name = "Pawprint"
        own_tree_handler = self.bot.tree.on_error
        await self._env.start()
        # SimCord records what handlers were told, and calls an action that was answered politely uncertain.
        self.bot.tree.on_error = own_tree_handler  # type: ignore[method-assign]
        self.bot.extra_events.pop("on_command_error", None)
        self.bot.messenger.on_change = self._poked.set
        await self.show("pets")
        self._tasks = [
            asyncio.create_task(self._drive_clock(), name="sandbox clock"),
            asyncio.create_task(self._refresh_page(), name="sandbox page"),
        ]

    async def close(self) -> None:
        """Stop everything, the bot included: SimCord never closes it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            if self._preview is not None:
                await self._preview.close()
            await self._env.shutdown()
        finally:
            await self.bot.close()

    @property
    def url(self) -> str:
        """The address of SimCord's page; whoever has it can act as any member."""
        assert self._preview is not None
        return self._preview.url

    @property
    def shown(self) -> str:
        """The name of the channel on the page: a channel's, or `@` and a member's for direct messages."""
        return self._shown

    async def show(self, name: str) -> None:
        """Put another channel on the page; its address stays, a reload shows it."""
        async with self._turn:
            if self._preview is not None:
                await self._preview.close()
            viewers: list[MemberActor | UserHandle]
            if name.startswith("@"):
                user = self.world.members[name[1:]].user
                channel, viewers = user.dm_channel, [user]
            else:
                channel, viewers = self.world.channels[name], [*self.world.members.values()]
            preview = self._env.preview(
                channel,
                viewers=[viewer for viewer in viewers if self._may_see(viewer, channel)],
                layout="channel",
                width=_WIDTH,
                height=_HEIGHT,
                port=self._port,
            )
            preview.capability = self._capability
            self._take_turns(preview)
            await preview.__aenter__()
            self._port = int(preview._origin.rpartition(":")[2])
            self._preview, self._shown = preview, name

    async def react(self, member: str, emoji: str, *, reacted: bool) -> None:
        """React to the newest card of the channel shown, or take the reaction back."""
        message = self._newest_card(self.world.channels[self._shown])
        await self.act(lambda: self.world.members[member].set_reaction(message, emoji, reacted=reacted))

    async def picture_menu(self, member: str, name: str) -> None:
        """Use a message menu on the newest card of the channel shown."""
        channel = self.world.channels[self._shown]
        message = self._newest_card(channel)
        await self.act(lambda: self.world.members[member].context_menu(channel, name, message))

    async def skip(self, seconds: float) -> None:
        """Let time pass for the simulated Discord."""
        await self.act(lambda: self._env.advance_time(seconds))

    async def act(self, action: Callable[[], Awaitable[T]]) -> T:
        """Do something in the simulated Discord when its turn comes, then refresh the page."""
        async with self._turn:
            result = await action()
        self._poked.set()
        return result

    def _take_turns(self, preview: Preview) -> None:
        """Let what people do on the page wait for its turn, too.

        A page that was refreshed a moment ago may still name the state before: what it aims at is looked up anew.
        """
        do = preview._action

        async def in_turn(context_id: Any, body: Any) -> dict[str, Any]:
            async with self._turn:
                # Else "in 20 seconds" is told from when the page was last refreshed.
                preview._advance_presentation_time()
                page = preview._pages.get(context_id)
                if page is not None and isinstance(body, dict) and "published_revision" in body:
                    body["published_revision"] = page.revision
                return await do(context_id, body)

        preview._action = in_turn  # type: ignore[method-assign]

    @staticmethod
    def _newest_card(channel: ChannelHandle) -> discord.Message:
        for message in reversed(channel.history()):
            if not message.flags.ephemeral and cards_on(message):
                return message
        raise LookupError("no card in the channel")

    def _may_see(self, viewer: Any, channel: Any) -> bool:
        return bool(can_access_channel(self._env, channel.id, viewer, history=True))

    async def _drive_clock(self) -> None:
        # The start took its time, too: without it "in 20 seconds" would stand there for longer.
        last = self._clock_set_at
        while True:
            await asyncio.sleep(_TICK)
            async with self._turn:
                now = time.monotonic()
                requests = len(self._env.http_requests)
                with _told_when_slow():
                    await self._env.advance_time(now - last)
                last = now
            if len(self._env.http_requests) != requests:
                self._poked.set()

    async def _refresh_page(self) -> None:
        while True:
            await self._poked.wait()
            self._poked.clear()
            await asyncio.sleep(_SETTLE)
            async with self._turn:
                assert self._preview is not None
                with _told_when_slow():
                    await self._preview.refresh()


@contextmanager
def _told_when_slow() -> Iterator[None]:
    """Log that the bot did not come to rest in time, and go on."""
    try:
        yield
    except TimeoutError as error:
        _log.warning("The simulated Discord is slow: %s", error)
