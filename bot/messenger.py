"""Edits, reactions and reading outside an interaction: a refusal is remembered, a message that is gone is told."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import discord

from bot.reactions import Emojis, Reaction
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
        nobody = discord.AllowedMentions.none()
        try:
            # Said here: an edit of a view alone does not take over what the client allows.
            await channel.get_partial_message(message_id).edit(view=view, allowed_mentions=nobody)
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

    async def post(self, space: int, channel_id: int, view: discord.ui.LayoutView) -> bool:
        """Post in a channel, if Discord lets us; return whether it did."""
        if self._is_refused("posts", channel_id) or not self._may(
            space, channel_id, view_channel=True, send_messages=True
        ):
            return False
        try:
            await self._client.get_partial_messageable(channel_id).send(view=view)
        except discord.NotFound:
            self._counts.add("rest", "gone")
        except discord.Forbidden as error:
            self._refuse("posts", channel_id, error)
        except (discord.HTTPException, OSError) as error:
            self._counts.add("rest", "failed")
            _log.warning("Nothing could be posted in channel %s: %s", channel_id, error)
        else:
            self._tell_change()
            return True
        return False

    async def write_to(self, user: int, view: discord.ui.LayoutView) -> bool:
        """Write to somebody directly, if they and Discord let us; return whether it did."""
        try:
            channel = await self._client.create_dm(discord.Object(user))
            await channel.send(view=view)
        except (discord.HTTPException, OSError) as error:
            # Who takes no direct messages has chosen so. Nothing here names them.
            self._counts.add("rest", "refused" if isinstance(error, discord.Forbidden) else "failed")
            return False
        self._tell_change()
        return True

    async def deliver(
        self, channel_id: int, view: discord.ui.LayoutView, files: Sequence[discord.File], nonce: str
    ) -> int | Barred:
        """Post in a channel and return the message's id; of two with the same nonce Discord makes one message."""
        channel = self._client.get_partial_messageable(channel_id)
        try:
            message = await channel.send(view=view, files=files, nonce=nonce)
        except discord.NotFound:
            self._counts.add("rest", "gone")
            return Barred.GONE
        except discord.Forbidden as error:
            self._refuse("posts", channel_id, error)
            return Barred.REFUSED
        except (discord.HTTPException, OSError) as error:
            self._counts.add("rest", "failed")
            _log.warning("Nothing could be posted in channel %s: %s", channel_id, error)
            return Barred.FAILED
        self._tell_change()
        return message.id

    async def after(self, channel_id: int, message_id: int) -> Sequence[Mapping[str, Any]] | Barred:
        """Return up to a hundred messages that come next after a message, as Discord has them."""
        try:
            return await self._client.http.logs_from(channel_id, PAGE, after=message_id)
        except (discord.HTTPException, OSError) as error:
            return self._barred(channel_id, error)

    def seed(self, posted: Posted) -> None:
        """Put the three reactions below a post of one picture, in the background, where the server wants them."""
        app = self._client.app
        if len(posted.cards) == 1 and app.guilds.of(posted.space).seeds(app.settings.seed_reactions):
            self._client.app.spawn(self._seed(posted), name="seed reactions")

    async def _seed(self, posted: Posted) -> None:
        channel_id = posted.channel_id
        message = self._client.get_partial_messageable(channel_id).get_partial_message(posted.message_id)
        for emoji in self._client.app.guilds.of(posted.space).emojis.all:
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

    async def message(self, space: int, channel_id: int, message_id: int) -> discord.Message | None:
        """Return a message as it is now, None where Discord does not let us read it."""
        if not self.readable(space, channel_id):
            return None
        try:
            return await self._client.get_partial_messageable(channel_id).fetch_message(message_id)
        except (discord.HTTPException, OSError) as error:
            self._barred(channel_id, error)
            return None

    async def history(self, channel_id: int, before: int) -> Sequence[Told] | Barred:
        """Return up to a hundred messages that are older than a message, with their reactions that mean something."""
        try:
            found: Sequence[Mapping[str, Any]] = await self._client.http.logs_from(channel_id, PAGE, before=before)
        except (discord.HTTPException, OSError) as error:
            return self._barred(channel_id, error)
        emojis = self._emojis(channel_id)
        return [Told(int(message["id"]), dict(_reactions(message, emojis))) for message in found]

    async def reactors(self, channel_id: int, message_id: int, reaction: Reaction, after: int) -> Reactors | Barred:
        """Return up to a hundred of those who left a reaction, by their number, from a user on; bots left out."""
        kind = discord.ReactionType.burst if reaction.burst else discord.ReactionType.normal
        emoji = self._emojis(channel_id).sent(reaction.emoji)
        try:
            found: Sequence[Mapping[str, Any]] = await self._client.http.get_reaction_users(
                channel_id, message_id, emoji, PAGE, after or None, type=kind.value
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

    def _emojis(self, channel_id: int) -> Emojis:
        """Return what is voted with in a channel."""
        guild = getattr(self._client.get_channel(channel_id), "guild", None)
        return self._client.app.guilds.of(guild.id if guild is not None else 0).emojis

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


def _reactions(message: Mapping[str, Any], emojis: Emojis) -> Iterator[tuple[Reaction, int]]:
    """Yield the reactions of a message that mean something, and how many people other than the bot left each."""
    for left in message.get("reactions", ()):
        own_id = left["emoji"].get("id")
        emoji = emojis.remembered(left["emoji"]["name"] or "", int(own_id) if own_id else None)
        if emoji is None:
            continue
        details = left["count_details"]
        normal, burst = details["normal"] - bool(left["me"]), details["burst"] - bool(left["me_burst"])
        for reaction, number in ((Reaction(emoji), normal), (Reaction(emoji, burst=True), burst)):
            if number > 0:
                yield reaction, number
