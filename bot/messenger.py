"""Posts and edits outside an interaction: a refusal is remembered, a message that is gone is told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import discord

from bot.telemetry import Counts

if TYPE_CHECKING:
    from bot.services.delivery import Media

_log = logging.getLogger(__name__)


class Messenger:
    """Speaks in channels on behalf of background work; never raises for what Discord refuses."""

    def __init__(self, client: discord.Client, counts: Counts) -> None:
        self._client = client
        self._counts = counts
        self._refused: set[int] = set()
        # Told after each change in a channel; the sandbox's page is drawn anew then.
        self.on_change: Callable[[], object] | None = None

    async def edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> bool:
        """Put a fresh view on a message of ours. Returns False when the message is gone or may not be edited."""
        if channel_id in self._refused:
            return False
        channel = self._client.get_partial_messageable(channel_id)
        try:
            await channel.get_partial_message(message_id).edit(view=view)
        except discord.NotFound:
            self._counts.add("rest", "gone")
            return False
        except discord.Forbidden as error:
            # Ten thousand refused calls in ten minutes end in a ban: one is enough to stop for this channel.
            self._refused.add(channel_id)
            self._counts.add("rest", "refused")
            _log.warning("No more edits in channel %s: %s", channel_id, error)
            return False
        except discord.HTTPException as error:
            self._counts.add("rest", "failed")
            _log.warning("A message in channel %s could not be edited: %s", channel_id, error)
            return True
        if self.on_change is not None:
            self.on_change()
        return True

    def permissions_changed(self, channel_id: int) -> None:
        """Try again in a channel whose permissions changed."""
        self._refused.discard(channel_id)


def files_of(media: Sequence[Media], alts: Sequence[str]) -> list[discord.File]:
    """Return the uploads among the media as files with their alt text."""
    return [_file(item, alt) for item, alt in zip(media, alts, strict=True) if item.content is not None]


def _file(item: Media, alt: str) -> discord.File:
    import io

    content: Any = io.BytesIO(item.content or b"")
    return discord.File(content, filename=item.name, description=alt)
