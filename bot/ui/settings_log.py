"""Tells a server's log channel of each change of its settings; that it cannot be told never undoes a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.services.guilds import Change
from bot.ui.confirm import SentenceView
from bot.ui.setting_words import changes
from bot.ui.speech import post_texts

if TYPE_CHECKING:
    from bot.client import Body

# Discord takes 4,000 characters.
_LONGEST: Final = 3_800


class SettingsLog:
    """Posts who changed what, from what to what, without calling anybody."""

    def __init__(self, bot: Body) -> None:
        self._bot = bot

    def changed(self, change: Change) -> None:
        """Tell of a change, in the background: the channel of now, or the one that was told until now."""
        channel = change.after.log_channel or change.before.log_channel
        if channel is not None:
            self._bot.app.spawn(self._tell(change, channel), name="tell of settings")

    async def _tell(self, change: Change, channel: int) -> None:
        say = post_texts(self._bot.get_guild(change.space), client=self._bot)
        who = None if change.by is None else f"<@{change.by}>"
        first = say("settings.log.mended") if who is None else say("settings.log.changed", who=who)
        text = "\n".join([first, *changes(self._bot.app, change, say)])
        await self._bot.messenger.post(change.space, channel, SentenceView(text[:_LONGEST]))
