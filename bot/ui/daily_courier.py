"""The courier of the pictures a day: composes a post, sends it, looks for it after a crash, says what stopped it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import discord
from msgspec import Struct

from bot.card import Action, Card
from bot.errors import NoFacts
from bot.i18n import Texts
from bot.models import Picture
from bot.reconcile import PAGE, Barred
from bot.refused import BotLacks, ChannelGone, NotPosted
from bot.services.daily import Reason, wish
from bot.services.daily_round import NotNow, Round, Stopped
from bot.services.daily_times import Slot
from bot.services.facts import WantedFact
from bot.store.daily import Claim, Daily
from bot.ui.cards import cards_on, uploads_on
from bot.ui.confirm import SentenceView
from bot.ui.daily import stop_text
from bot.ui.facts import source_line
from bot.ui.grants import lacking_in
from bot.ui.speech import post_texts

if TYPE_CHECKING:
    from bot.client import Body

# A machine's clock may be wrong: a post is looked for from so long before it was claimed, until so long after.
_SLACK: Final = timedelta(minutes=10)
_ON_ITS_WAY: Final = timedelta(minutes=15)


class Parcel(Struct, frozen=True):
    """A post that is ready: its card as a `custom_id`, the text below, and the message."""

    card: str
    note: str
    view: Any
    files: Sequence[Any]


class DailyCourier:
    """Brings posts to Discord. `start` begins the round; `post` is for whoever wants one at once."""

    def __init__(self, bot: Body) -> None:
        self._bot = bot
        self._app = bot.app
        self._work: asyncio.Task[None] | None = None

    @cached_property
    def round(self) -> Round[Parcel]:
        """The round, made once it is needed: the bot may be made before the app is open."""
        app, guard = self._app, self._bot.guard
        return Round(app.dailies, self, app.clock, app.counts, lambda error: guard.quietly("daily picture", error))

    def start(self) -> None:
        """Begin to post what is due, once the servers are known."""
        if self._work is None or self._work.done():
            self._work = self._app.spawn(self.round.run(), name="daily pictures")

    def stop(self) -> None:
        """End it; what is on its way is looked for at the next start."""
        if self._work is not None:
            self._work.cancel()

    async def channels_gone(self, channel_ids: Sequence[int]) -> None:
        """Stop what was posted in channels that are gone."""
        for daily in await self._app.dailies.in_channels(channel_ids):
            async with self._app.dailies.turn(daily.space):
                await self.round.stop(daily, Reason.GONE)

    async def post(self, daily: Daily) -> int:
        """Post a picture at once, beside the schedule, and return the message's id; call it in the background.

        Raises `BotLacks`, `ChannelGone`, `NotPosted`, and what `pack` raises.
        """
        parcel = await self._pack(daily, self._app.clock.now(), None)
        try:
            return await self.send(daily, parcel, secrets.token_hex(12))
        except Stopped as stopped:
            if stopped.reason is Reason.GONE:
                raise ChannelGone from stopped
            raise BotLacks(daily.channel_id, ("view_channel", "send_messages")) from stopped
        except NotNow as failed:
            raise NotPosted from failed

    def serves(self, space: int) -> bool:
        """Tell whether the server is on a shard of this process."""
        return self._bot.messenger.shard_of(space) is not None

    async def pack(self, daily: Daily, slot: Slot) -> Parcel:
        """Compose a post in the server's language, as its settings want it."""
        try:
            return await self._pack(daily, slot.moment, daily.claim)
        except BotLacks as lacks:
            raise Stopped(Reason.FORBIDDEN) from lacks

    async def send(self, daily: Daily, parcel: Parcel, nonce: str) -> int:
        """Send it and remember what it shows."""
        sent = await self._bot.messenger.deliver(daily.channel_id, parcel.view, parcel.files, nonce)
        if isinstance(sent, Barred):
            raise _hurdle(sent)
        names = [file.filename for file in parcel.files]
        await self._app.posts.record(sent, daily.channel_id, daily.space, parcel.view.cards, names, parcel.note)
        return sent

    async def seek(self, daily: Daily, claim: Claim) -> int | None:
        """Read on from when it was claimed, and remember what the message shows."""
        after = discord.utils.time_snowflake(claim.at - _SLACK)
        last = discord.utils.time_snowflake(claim.at + _ON_ITS_WAY)
        while after < last:
            found = await self._bot.messenger.after(daily.channel_id, after)
            if isinstance(found, Barred):
                raise _hurdle(found)
            for message in found:
                if claim.card in set(_custom_ids(message.get("components", ()))):
                    return await self._remembered(daily, claim, int(message["id"]))
            if len(found) < PAGE:
                return None
            after = max(int(message["id"]) for message in found)
        return None

    async def tell(self, daily: Daily, reason: Reason) -> None:
        """Tell the log channel of the server's settings, where it has one."""
        channel = self._app.guilds.of(daily.space).log_channel
        if channel is not None and channel != daily.channel_id:
            say = post_texts(self._bot.get_guild(daily.space), client=self._bot)
            await self._bot.messenger.post(daily.space, channel, SentenceView(stop_text(daily, reason, say)))

    async def _pack(self, daily: Daily, due: datetime, before: Claim | None) -> Parcel:
        guild = self._bot.get_guild(daily.space)
        if missing := lacking_in(guild, daily.channel_id):
            raise BotLacks(daily.channel_id, missing)
        say = post_texts(guild, client=self._bot)
        same = Card.parse(before.card) if before is not None else None

        async def note(picture: Picture) -> str:
            if before is not None and same is not None and same[1].picture == picture.key:
                return before.note
            return await self._note(daily, due, picture, say)

        view, files = await self._bot.presenter.unasked(
            *(wish(daily), daily.channel_id, daily.space, say, note), same=same[1] if same else None
        )
        return Parcel(view.cards[0].custom_id(Action.INFO), view.note or "", view, files)

    async def _note(self, daily: Daily, due: datetime, picture: Picture, say: Texts) -> str:
        """Return what stands below a picture: a fact about its breed or kind where one is wanted, and the day."""
        day = say("daily.note", day=f"<t:{int(due.timestamp())}:D>")
        if not daily.with_fact:
            return day
        facts, language = self._app.facts, say.language.partition("-")[0]
        wanted = [WantedFact(species=picture.species, language=language)]
        if picture.breed is not None:
            wanted.insert(0, WantedFact(picture.species, picture.breed.id, language))
        for about in wanted:
            try:
                fact = await facts.tell(facts.at_hand(about), daily.channel_id)
            except NoFacts:
                continue
            return f"💡 {fact.text}\n-# {source_line(fact, say)}\n{day}"
        return day

    async def _remembered(self, daily: Daily, claim: Claim, message_id: int) -> int:
        message = await self._bot.messenger.message(daily.space, daily.channel_id, message_id)
        if message is not None:
            cards, names = cards_on(message), uploads_on(message)
            await self._app.posts.record(message_id, daily.channel_id, daily.space, cards, names, claim.note)
        return message_id


def _hurdle(barred: Barred) -> Stopped | NotNow:
    match barred:
        case Barred.GONE:
            return Stopped(Reason.GONE)
        case Barred.REFUSED:
            return Stopped(Reason.FORBIDDEN)
    return NotNow()


def _custom_ids(components: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the `custom_id` of every component of a message as Discord tells it."""
    for component in components:
        if "custom_id" in component:
            yield component["custom_id"]
        yield from _custom_ids(component.get("components", ()))
