"""Cards that were sent and never recorded, as when the bot was killed in between: a reaction to one finds it again."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.ui.cards import cards_on, uploads_on

if TYPE_CHECKING:
    from bot.client import Body

# A reaction tells no more than the message's number, so Discord is asked what is on it: seldom, and of each once.
_MOST: Final = 30
_WITHIN: Final = timedelta(minutes=1)
_REMEMBERED: Final = 1000


class Unrecorded:
    """Looks at messages of ours that are not remembered; the reactions to them wait in `services/early.py`."""

    def __init__(self, bot: Body) -> None:
        self._bot = bot
        self._asked: deque[datetime] = deque(maxlen=_MOST)
        self._looking: set[int] = set()
        # Messages that show no picture, those that were reacted to last.
        self._bare: OrderedDict[int, None] = OrderedDict()

    async def look(self, space: int, channel_id: int, message_id: int) -> None:
        """Record a message of ours if it shows pictures and is not remembered."""
        if message_id in self._looking or message_id in self._bare:
            return
        self._looking.add(message_id)
        try:
            if await self._bot.app.posts.of_message(message_id) is None:
                self._bot.app.counts.add("unrecorded", await self._look(space, channel_id, message_id))
        finally:
            self._looking.discard(message_id)

    async def _look(self, space: int, channel_id: int, message_id: int) -> str:
        """Return what came of it, as the metric calls it."""
        if not self._may_ask():
            return "left"
        message = await self._bot.messenger.message(space, channel_id, message_id)
        if message is None:
            return "unread"
        cards = cards_on(message) if self._bot.user is not None and message.author.id == self._bot.user.id else []
        if not cards:
            self._bare[message_id] = None
            while len(self._bare) > _REMEMBERED:
                self._bare.popitem(last=False)
            return "bare"
        await self._bot.app.posts.record(message_id, channel_id, space, cards, uploads_on(message))
        return "found"

    def _may_ask(self) -> bool:
        now = self._bot.app.clock.now()
        if len(self._asked) == _MOST and now - self._asked[0] < _WITHIN:
            return False
        self._asked.append(now)
        return True
