"""Reactions on real sockets: sessions that are lost or resumed, seeded reactions, and a crowd that votes at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.app import App
from bot.client import Pawprint
from bot.endpoints import use_endpoints
from bot.services.votes import Standing, Vote
from bot.settings import Secret, Settings
from sandbox.backend.application import EmbeddedBackend
from tests.wire.discord_double import TOKEN, WITHIN, DiscordDouble
from tests.wire.discord_shapes import APPLICATION, CHANNEL, GUILD, PEOPLE, Json
from tests.wire.test_on_discord import buttons_on, card_on, press

HISTORY = f"/channels/{CHANNEL}/messages"
ROBOT = 77
GATHERED = 0.5
Run = Callable[..., AbstractAsyncContextManager[App]]


@pytest.fixture
def run(discord: DiscordDouble, backend: EmbeddedBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Start the bot on the double with a pace that does not wait, and stop it at the end of the block."""
    # use_endpoints() sets them for the process: put them back afterwards.
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)

    @asynccontextmanager
    async def running(*, seed: bool = False) -> AsyncIterator[App]:
        settings = Settings(
            discord_token=Secret(TOKEN),
            discord_api_url=discord.api_url,
            discord_gateway_url=discord.gateway_url,
            data_dir=tmp_path / "data",
            cat_api_url=backend.cat_url,
            cat_api_key=Secret(backend.cat_key),
            dog_api_url=backend.dog_url,
            dog_api_key=Secret(backend.dog_key),
            seed_reactions=seed,
        )
        use_endpoints(settings)
        app = await App.open(settings)
        try:
            bot = Pawprint(app, guild_ready_timeout=0.05)
            bot.reconciler.sleep = at_once
            bot.refresher._sleep = gathered
            # It would wait five seconds between two sessions.
            bot.before_identify_hook = at_once  # type: ignore[method-assign]
            started = asyncio.create_task(bot.start(TOKEN))
            try:
                await discord.connected()
                yield app
            finally:
                await bot.close()
                started.cancel()
                await asyncio.wait((started,))
        finally:
            await app.close()

    return running


async def at_once(*_: object, **__: object) -> None:
    await asyncio.sleep(0)


async def gathered(_seconds: float) -> None:
    """Gather changes for a shorter while than for people."""
    await asyncio.sleep(GATHERED)


async def so(holds: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(WITHIN):
        while not holds():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)


async def until(app: App, message: Json, wanted: Standing, user: str = "Mia") -> None:
    """Wait until a card's picture stands so, with the vote of somebody."""
    async with asyncio.timeout(WITHIN):
        while await app.votes.standing(GUILD, card_on(message).picture, PEOPLE[user]) != wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def reconciled(app: App, discord: DiscordDouble, times: int) -> None:
    """Wait until as many runs have asked and ended."""
    await so(lambda: len(discord.asked_for("GET", HISTORY)) >= times)
    await so(lambda: not any(task.get_name().startswith("reconcile") for task in app._tasks))


async def test_reactions_that_changed_while_the_session_was_lost_are_found(discord: DiscordDouble, run: Run) -> None:
    async with run() as app:
        first, second, third = [await discord.slash("cat", breed="siam") for _ in range(3)]
        await discord.react(first, "👍")
        await discord.react(first, "👍", user="Noah")
        await discord.react(second, "👍")
        await until(app, first, Standing(2, 0, Vote.UP))
        await until(app, second, Standing(1, 0, Vote.UP))
        await press(discord, second, "👎")
        async with discord.session_lost():
            await discord.react(first, "👍", taken_away=True, away=True)
            await discord.react(first, "👎", burst=True, away=True)
            await discord.react(first, "👎", user=ROBOT, away=True)
            await discord.react(third, "❤️", user="Noah", away=True)
            await discord.clear_reactions(second)
        await until(app, first, Standing(up=1, down=2, mine=Vote.DOWN))
        await reconciled(app, discord, 1)
        # The button's vote outlives the reaction that was cleared.
        await until(app, second, Standing(down=1, mine=Vote.DOWN))
        assert await app.favourites.keepers(GUILD, card_on(third).picture) == 1
        assert app.counts.of("reconciled", "added") == 3
        assert app.counts.of("reconciled", "removed") == 2
        # One call for all cards, and one for each reaction whose number differs.
        assert len(discord.asked_for("GET", HISTORY)) == 1
        assert app.counts.of("reconcile_call") == 5
        await discord.until(lambda: buttons_on(discord.messages[third["id"]].raw)["❤️"].get("label") == "1")
        await discord.until(lambda: buttons_on(discord.messages[first["id"]].raw)["👎"].get("label") == "2")
    assert (discord.identified, discord.resumed) == (2, 0)


async def test_what_changed_while_the_bot_was_stopped_is_found_at_the_next_start(
    discord: DiscordDouble, run: Run
) -> None:
    async with run() as app:
        kept, deleted = await discord.slash("cat", breed="siam"), await discord.slash("dog")
        await discord.react(kept, "👍")
        await discord.react(deleted, "👍")
        await until(app, kept, Standing(1, 0, Vote.UP))
        await until(app, deleted, Standing(1, 0, Vote.UP))
    await discord.react(kept, "👍", taken_away=True, away=True)
    await discord.react(kept, "👎", user="Noah", away=True)
    del discord.messages[deleted["id"]]
    async with run() as app:
        await until(app, kept, Standing(down=1, mine=Vote.DOWN), user="Noah")
        await reconciled(app, discord, 1)
        assert await app.posts.of_message(int(deleted["id"])) is None
        await until(app, deleted, Standing(1, 0, Vote.UP))
        # From now on it hears of them itself.
        await discord.react(kept, "👎", user="Noah", taken_away=True)
        await until(app, kept, Standing())
    asked = len(discord.asked)
    async with run() as app:
        await reconciled(app, discord, 2)
        assert not [each for each in discord.asked[asked:] if "/reactions/" in each.path]


async def test_a_resumed_session_replays_and_asks_for_nothing(discord: DiscordDouble, run: Run) -> None:
    async with run() as app:
        seen = await discord.slash("cat", breed="siam")
        await discord.drop()
        await discord.react(seen, "👍", away=True)
        await until(app, seen, Standing(1, 0, Vote.UP))
        assert (discord.identified, discord.resumed) == (1, 1)
        assert not discord.asked_for("GET", HISTORY)


async def test_seeded_reactions_are_put_below_single_pictures_and_never_count(discord: DiscordDouble, run: Run) -> None:
    async with run(seed=True) as app:
        several = await discord.slash("cat", count=2)
        seen = await discord.slash("cat", breed="siam")
        left = discord.messages[seen["id"]].reactions
        await discord.until(lambda: len(left) == 3)
        assert left == {(emoji, False): [APPLICATION] for emoji in ("👍", "👎", "❤️")}
        await discord.react(seen, "👍")
        await until(app, seen, Standing(1, 0, Vote.UP))
        assert discord.messages[several["id"]].reactions == {}
        assert await app.favourites.keepers(GUILD, card_on(seen).picture) == 0
        async with discord.session_lost():
            await discord.react(seen, "👎", user="Noah", away=True)
        await until(app, seen, Standing(1, 1, Vote.UP))
        await reconciled(app, discord, 1)
        # The bot's own do not make the numbers differ: only those who thumbed down were asked for.
        assert app.counts.of("reconcile_call") == 2


async def test_a_hundred_votes_at_once_are_a_few_edits(discord: DiscordDouble, run: Run) -> None:
    async with run() as app:
        seen = await discord.slash("cat", breed="siam")
        began = time.monotonic()
        for user in range(5000, 5100):
            await discord.react(seen, "👍", user=user)
        await discord.until(lambda: buttons_on(discord.messages[seen["id"]].raw)["👍"].get("label") == "100")
        # However long the hundred transactions take on this machine: one edit for each stretch in which they come.
        stretches = (time.monotonic() - began) / GATHERED
        assert len(discord.asked_for("PATCH", f"/messages/{seen['id']}")) <= stretches + 1
        assert (await app.votes.standing(GUILD, card_on(seen).picture)).up == 100
