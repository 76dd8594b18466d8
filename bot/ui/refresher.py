"""Keeps the counts on messages true: many votes on a picture become one edit each two seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.errors import CardGone
from bot.identity import Person
from bot.models import PictureKey
from bot.ui.people import EVERYBODY, audience
from bot.ui.speech import post_texts

if TYPE_CHECKING:
    from bot.client import Body

_GATHERED_FOR = 1.5


@dataclass(slots=True)
class _Change:
    """How often a picture's counts changed since it was drawn everywhere, and which messages show the newest."""

    version: int = 0
    drawn: set[int] = field(default_factory=set)


class Refresher:
    """Collects changed pictures and draws the messages that show them anew, once for a burst.

    A button draws its own message with its answer; it takes a `mark` before it reads the counts and tells `drawn`
    after, so that a vote in between is not missed. `sleep` waits real seconds.
    """

    def __init__(self, bot: Body, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._bot = bot
        self._sleep = sleep
        self._changes: dict[tuple[Person, PictureKey], _Change] = {}
        self._work: asyncio.Task[None] | None = None

    def changed(self, person: Person, picture: PictureKey) -> None:
        """Note that the counts of a picture changed."""
        change = self._changes.setdefault((audience(person), picture), _Change())
        change.version += 1
        change.drawn.clear()
        if self._work is None or self._work.done():
            self._work = self._bot.app.spawn(self._refresh(), name="refresh counts")

    def mark(self, person: Person, picture: PictureKey) -> int:
        """Return a mark of the counts as they are now."""
        change = self._changes.get((audience(person), picture))
        return change.version if change else 0

    def drawn(self, person: Person, picture: PictureKey, message_id: int, mark: int) -> None:
        """Note that a message shows the counts as they were at the mark."""
        change = self._changes.get((audience(person), picture))
        if change is None:
            return
        if change.version == mark:
            change.drawn.add(message_id)
        else:
            change.drawn.discard(message_id)

    def stop(self) -> None:
        """Draw nothing more; the counts come with the next vote or press after a start."""
        if self._work is not None:
            self._work.cancel()

    async def _refresh(self) -> None:
        while self._changes:
            await self._sleep(_GATHERED_FOR)
            changes, self._changes = self._changes, {}
            for (whose, picture), change in changes.items():
                try:
                    await self._draw(whose, picture, change.drawn)
                except Exception as error:  # noqa: BLE001 - a door: one picture's trouble must not stop the others
                    self._bot.guard.quietly("refresh counts", error)

    async def _draw(self, whose: Person, picture: PictureKey, drawn: set[int]) -> None:
        bot = self._bot
        guild = bot.get_guild(whose.space)
        say = post_texts(guild, client=bot)
        for post in await bot.app.posts.showing(whose.space, picture):
            foreign = whose.user != EVERYBODY and all(card.requester != whose.user for card in post.cards)
            if foreign or post.message_id in drawn:
                continue
            try:
                view = await bot.presenter.redraw(post.cards, whose, post.attachments, say, post.note)
            except CardGone:
                continue
            if not await bot.messenger.edit(post.channel_id, post.message_id, view):
                await bot.app.posts.forget_messages([post.message_id])
