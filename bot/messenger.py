"""Edits, reactions and reading outside an interaction: a refusal is remembered, a message that is gone is told."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import discord

from bot.reactions import SEEDS, Reaction, meaning
from bot.reconcile import PAGE, Barred, Reactors, Told
from bot.telemetry import Counts

if TYPE_CHECKING:
    from bot.client import Body
    from bot.services.delivery import Media
    from bot.services.posts import Posted

_log = logging.getLogger(__name__)

# Ten thousand refused calls in ten minutes end in a ban: one for a channel in that time is enough.
_REFUSED_FOR = timedelta(minutes=10)
_UNKNOWN_CHANNEL, _UNKNOWN_MESSAGE = 10003, 10008


class Messenger:
    """Speaks in channels on behalf of background work; never raises for what Discord refuses."""

    def __init__(self, client: Body, counts: Counts) -> None:
        self._client = client
        self._counts = counts
        # What was refused in which channel, and until when it is not tried again.
        self._refused: dict[tuple[str, int], datetime] = {}
        # Told after each change in a channel; the sandbox's page is drawn anew then.
        self.on_change: Callable[[], object] | None = None

    async def edit(self, channel_id: int, message_id: int, view: discord.ui.LayoutView) -> bool:
        """Put a fresh view on a message of ours, if Discord lets us. Returns False when the message is gone."""
        if self._is_refused("edits", channel_id):
            return True
        channel = self._client.get_partial_messageable(channel_id)
        try:
            await channel.get_partial_message(message_id).edit(view=view)
        except discord.NotFound:
            self._counts.add("rest", "gone")
            return False
        except discord.Forbidden as error:
            self._refuse("edits", channel_id, error)
        except (discord.HTTPException, OSError) as error:
            self._counts.add("rest", "failed")
            _log.warning("A message in channel %s could not be edited: %s", channel_id, error)
        else:
            self._tell_change()
        return True

    def seed(self, posted: Posted) -> None:
        """Put the three reactions below a post of one picture, in the background."""
        if len(posted.cards) == 1:
            self._client.app.spawn(self._seed(posted), name="seed reactions")

    async def _seed(self, posted: Posted) -> None:
        channel_id = posted.channel_id
        message = self._client.get_partial_messageable(channel_id).get_partial_message(posted.message_id)
        for emoji in SEEDS:
            may = self._may(posted.space, channel_id, add_reactions=True, read_message_history=True)
            if not may or self._is_refused("reactions", channel_id):
                return
            try:
                await message.add_reaction(emoji)
            except discord.NotFound:
                self._counts.add("rest", "gone")
                return
            except discord.Forbidden as error:
                self._refuse("reactions", channel_id, error)
                return
            except (discord.HTTPException, OSError) as error:
                self._counts.add("rest", "failed")
                _log.warning("A message in channel %s could not be reacted to: %s", channel_id, error)
                return
        self._tell_change()

    def shard_of(self, space: int) -> int | None:
        """Return the shard that serves a space, None when this process does not; direct messages are shard 0's."""
        guild = self._client.get_guild(space)
        if guild is None:
            return None if space else 0
        return guild.shard_id

    def readable(self, space: int, channel_id: int) -> bool:
        """Tell whether the history of a channel may be read, as far as is known without a call."""
        may = self._may(space, channel_id, view_channel=True, read_message_history=True)
        return may and not self._is_refused("reading", channel_id)

    async def history(self, channel_id: int, before: int) -> Sequence[Told] | Barred:
        """Return up to a hundred messages that are older than a message, with their reactions that mean something."""
        try:
            found: Sequence[Mapping[str, Any]] = await self._client.http.logs_from(channel_id, PAGE, before=before)
        except (discord.HTTPException, OSError) as error:
            return self._barred(channel_id, error)
        return [Told(int(message["id"]), dict(_reactions(message))) for message in found]

    async def reactors(self, channel_id: int, message_id: int, reaction: Reaction, after: int) -> Reactors | Barred:
        """Return up to a hundred of those who left a reaction, by their number, from a user on; bots left out."""
        kind = discord.ReactionType.burst if reaction.burst else discord.ReactionType.normal
        try:
            found: Sequence[Mapping[str, Any]] = await self._client.http.get_reaction_users(
                channel_id, message_id, reaction.emoji, PAGE, after or None, type=kind.value
            )
        except (discord.HTTPException, OSError) as error:
            return self._barred(channel_id, error)
        people = frozenset(int(user["id"]) for user in found if not user.get("bot"))
        return Reactors(people, max(int(user["id"]) for user in found) if len(found) >= PAGE else None)

    def _barred(self, channel_id: int, error: discord.HTTPException | OSError) -> Barred:
        match error:
            case discord.NotFound(code=code) if code in (_UNKNOWN_CHANNEL, _UNKNOWN_MESSAGE):
                return Barred.GONE
            case discord.Forbidden():
                self._refuse("reading", channel_id, error)
                return Barred.REFUSED
            case _:
                _log.warning("Channel %s could not be read: %s", channel_id, error)
                return Barred.FAILED

    def _may(self, space: int, channel_id: int, **needed: bool) -> bool:
        """Tell whether the bot has permissions in a channel, True where it cannot be told without a call."""
        guild = self._client.get_guild(space)
        channel = guild.get_channel_or_thread(channel_id) if guild is not None else None
        if guild is None or channel is None or (isinstance(channel, discord.Thread) and channel.parent is None):
            return True
        me: discord.Member | None = guild.me
        if me is None:
            return True
        return channel.permissions_for(me).is_superset(discord.Permissions(**needed))

    def _is_refused(self, what: str, channel_id: int) -> bool:
        until = self._refused.get((what, channel_id))
        if until is not None and self._client.app.clock.now() >= until:
            del self._refused[what, channel_id]
            return False
        return until is not None

    def _refuse(self, what: str, channel_id: int, error: discord.Forbidden) -> None:
        self._refused[what, channel_id] = self._client.app.clock.now() + _REFUSED_FOR
        self._counts.add("rest", "refused")
        _log.warning("No %s in channel %s for a while: %s", what, channel_id, error)

    def _tell_change(self) -> None:
        if self.on_change is not None:
            self.on_change()


def files_of(media: Sequence[Media], alts: Sequence[str]) -> list[discord.File]:
    """Return the uploads among the media as files with their alt text."""
    return [
        discord.File(io.BytesIO(item.content), filename=item.name, description=alt)
        for item, alt in zip(media, alts, strict=True)
        if item.content is not None
    ]


def _reactions(message: Mapping[str, Any]) -> Iterator[tuple[Reaction, int]]:
    """Yield the reactions of a message that mean something, and how many people other than the bot left each."""
    for left in message.get("reactions", ()):
        emoji = left["emoji"]
        if emoji.get("id") is not None or meaning(emoji["name"]) is None:
            continue
        details = left["count_details"]
        normal, burst = details["normal"] - bool(left["me"]), details["burst"] - bool(left["me_burst"])
        for reaction, number in ((Reaction(emoji["name"]), normal), (Reaction(emoji["name"], burst=True), burst)):
            if number > 0:
                yield reaction, number
