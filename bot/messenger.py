"""Posts and edits outside an interaction: a refusal is remembered, a message that is gone is told."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import discord

from bot.telemetry import Counts

if TYPE_CHECKING:
    from bot.client import Body
    from bot.services.delivery import Media

_log = logging.getLogger(__name__)

# Ten thousand refused calls in ten minutes end in a ban: one for a channel in that time is enough.
_REFUSED_FOR = timedelta(minutes=10)


class Messenger:
    """Speaks in channels on behalf of background work; never raises for what Discord refuses."""

    def __init__(self, client: Body, counts: Counts) -> None:
        self._client = client
        self._counts = counts
        self._refused: dict[int, datetime] = {}
        # Told after each change in a channel; the sandbox's page is drawn anew then.
        self.on_change: Callable[[], object] | None = None

    async def edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> bool:
        """Put a fresh view on a message of ours, if Discord lets us. Returns False when the message is gone."""
        now = self._client.app.clock.now()
        if now < self._refused.get(channel_id, now):
            return True
        self._refused.pop(channel_id, None)
        channel = self._client.get_partial_messageable(channel_id)
        try:
            await channel.get_partial_message(message_id).edit(view=view)
        except discord.NotFound:
            self._counts.add("rest", "gone")
            return False
        except discord.Forbidden as error:
            self._refused[channel_id] = now + _REFUSED_FOR
            self._counts.add("rest", "refused")
            _log.warning("No edits in channel %s for a while: %s", channel_id, error)
        except (discord.HTTPException, OSError) as error:
            self._counts.add("rest", "failed")
            _log.warning("A message in channel %s could not be edited: %s", channel_id, error)
        else:
            if self.on_change is not None:
                self.on_change()
        return True


def files_of(media: Sequence[Media], alts: Sequence[str]) -> list[discord.File]:
    """Return the uploads among the media as files with their alt text."""
    return [
        discord.File(io.BytesIO(item.content), filename=item.name, description=alt)
        for item, alt in zip(media, alts, strict=True)
        if item.content is not None
    ]
