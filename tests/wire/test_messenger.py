"""What Discord refuses outside an interaction, on real sockets: it is told to the operator, and not asked for again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import discord
import pytest
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.app import App
from bot.card import Card
from bot.client import Pawprint
from bot.clock import SystemClock
from bot.endpoints import use_endpoints
from bot.models import PictureKey, Source, Species, Wanted
from bot.reactions import Reaction
from bot.reconcile import Barred
from bot.services.posts import Posted
from bot.settings import Secret, Settings
from sandbox.backend.application import EmbeddedBackend
from tests.wire.discord_double import TOKEN
from tests.wire.discord_shapes import CHANNEL, GUILD, answer
from tests.wire.stormy import StormyDiscord, forbidden

MESSAGE = 4242
UP = Reaction("👍")


def gone() -> web.Response:
    """Answer that there is no such message (10008)."""
    return answer({"code": 10008, "message": "Unknown Message"}, 404)


def odd() -> web.Response:
    """Answer that the request cannot be read (50035), which asking again does not mend."""
    return answer({"code": 50035, "message": "Invalid Form Body"}, 400)


class Refusing:
    """Answers each request of a method in the channel in one way, and counts them."""

    def __init__(self, method: str, instead: Callable[[], web.Response]) -> None:
        self._method = method
        self._instead = instead
        self.asked = 0

    def __call__(self, _discord: StormyDiscord, method: str, path: str) -> web.Response | None:
        if method != self._method or not path.startswith(f"/channels/{CHANNEL}/"):
            return None
        self.asked += 1
        return self._instead()


@pytest.fixture
async def stormy() -> AsyncIterator[StormyDiscord]:
    """A Discord that refuses on demand."""
    async with StormyDiscord() as double:
        yield double


@pytest.fixture
async def bot(
    stormy: StormyDiscord, backend: EmbeddedBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Pawprint]:
    """The bot, logged in; it puts the three reactions below each post."""
    # use_endpoints() sets them for the process: put them back afterwards.
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    settings = Settings(
        discord_token=Secret(TOKEN),
        discord_api_url=stormy.api_url,
        discord_gateway_url=stormy.gateway_url,
        data_dir=tmp_path / "data",
        cat_api_url=backend.cat_url,
        dog_api_url=backend.dog_url,
        seed_reactions=True,
    )
    use_endpoints(settings)
    app = await App.open(settings)
    started = Pawprint(app, guild_ready_timeout=0.05)
    running = asyncio.create_task(started.start(TOKEN))
    try:
        await stormy.connected()
        await started.wait_until_ready()
        yield started
    finally:
        await started.close()
        running.cancel()
        await asyncio.wait((running,))
        await app.close()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the warnings that an operator reads."""
    return [record.getMessage() for record in caplog.records if record.name == "bot.messenger"]


def later(bot: Pawprint, minutes: float) -> None:
    """Let time pass."""
    assert isinstance(bot.app.clock, SystemClock)
    bot.app.clock.shift += timedelta(minutes=minutes)


async def seed(bot: Pawprint, cards: int = 1) -> None:
    """Put the reactions below a post, and wait until that is done."""
    card = Card(PictureKey(Source.CATAPI, "abc"), Wanted(species=Species.CAT), requester=1)
    bot.messenger.seed(Posted(MESSAGE, CHANNEL, GUILD, (card,) * cards, ()))
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "seed reactions"))


async def edit(bot: Pawprint) -> bool:
    """Put something else on a message."""
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.TextDisplay("cat"))
    return await bot.messenger.edit(CHANNEL, MESSAGE, view)


async def test_reactions_that_are_forbidden_are_left_out_for_ten_minutes(
    bot: Pawprint, stormy: StormyDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    stormy.storm = refusing = Refusing("PUT", forbidden)
    await seed(bot)
    assert refusing.asked == 1
    await seed(bot)
    later(bot, 9)
    await seed(bot)
    assert refusing.asked == 1
    later(bot, 2)
    await seed(bot)
    assert refusing.asked == 2
    assert bot.app.counts.of("rest", "refused") == 2
    assert [text.partition(":")[0] for text in told(caplog)] == [f"No reactions in channel {CHANNEL} for a while"] * 2


async def test_several_pictures_on_one_message_get_no_reactions(bot: Pawprint, stormy: StormyDiscord) -> None:
    stormy.storm = refusing = Refusing("PUT", odd)
    await seed(bot, cards=4)
    assert refusing.asked == 0


@pytest.mark.parametrize(("instead", "counted", "warnings"), [(gone, "gone", 0), (odd, "failed", 1)])
async def test_a_reaction_that_fails_is_the_last_one_below_its_post(
    bot: Pawprint,
    stormy: StormyDiscord,
    caplog: pytest.LogCaptureFixture,
    instead: Callable[[], web.Response],
    counted: str,
    warnings: int,
) -> None:
    stormy.storm = refusing = Refusing("PUT", instead)
    for times in (1, 2):
        await seed(bot)
        assert refusing.asked == times
    assert bot.app.counts.of("rest", counted) == 2
    assert len(told(caplog)) == 2 * warnings


async def test_a_message_that_is_gone_is_said_and_other_refusals_are_borne(
    bot: Pawprint, stormy: StormyDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    changed: list[None] = []
    bot.messenger.on_change = lambda: changed.append(None)
    stormy.storm = Refusing("PATCH", gone)
    assert not await edit(bot)
    assert told(caplog) == []
    stormy.storm = Refusing("PATCH", odd)
    assert await edit(bot)
    stormy.storm = refusing = Refusing("PATCH", forbidden)
    assert await edit(bot)
    assert await edit(bot)
    assert refusing.asked == 1
    assert [bot.app.counts.of("rest", outcome) for outcome in ("gone", "failed", "refused")] == [1, 1, 1]
    assert [text.partition(":")[0] for text in told(caplog)] == [
        f"A message in channel {CHANNEL} could not be edited",
        f"No edits in channel {CHANNEL} for a while",
    ]
    assert changed == []


@pytest.mark.parametrize(
    ("instead", "barred", "readable"),
    [(gone, Barred.GONE, True), (forbidden, Barred.REFUSED, False), (odd, Barred.FAILED, True)],
)
async def test_a_channel_that_cannot_be_read_is_told_apart(
    bot: Pawprint, stormy: StormyDiscord, instead: Callable[[], web.Response], barred: Barred, readable: bool
) -> None:
    stormy.storm = Refusing("GET", instead)
    assert bot.messenger.readable(GUILD, CHANNEL)
    assert await bot.messenger.history(CHANNEL, MESSAGE) is barred
    assert await bot.messenger.reactors(CHANNEL, MESSAGE, UP, 0) is barred
    assert bot.messenger.readable(GUILD, CHANNEL) is readable
    later(bot, 11)
    assert bot.messenger.readable(GUILD, CHANNEL)


async def test_each_space_has_its_shard_and_what_is_not_known_is_tried(bot: Pawprint) -> None:
    assert bot.messenger.shard_of(GUILD) == 0
    assert bot.messenger.shard_of(0) == 0
    assert bot.messenger.shard_of(GUILD + 1) is None
    assert bot.messenger.readable(GUILD + 1, CHANNEL)
    assert bot.messenger.readable(GUILD, CHANNEL + 1)
