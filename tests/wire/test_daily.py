"""Pictures of the day on real sockets: killed between claim, send and record, refused, and answered too late."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.utils import snowflake_time, time_snowflake
from msgspec import structs

from bot.app import App
from bot.client import Pawprint
from bot.clock import SystemClock
from bot.endpoints import use_endpoints
from bot.models import Species
from bot.refused import BotLacks, ChannelGone, NotPosted
from bot.services.daily import Plan
from bot.settings import Secret, Settings
from bot.store.daily import Daily
from bot.ui.daily_courier import DailyCourier
from sandbox.backend.application import EmbeddedBackend
from tests.wire.discord_double import TOKEN
from tests.wire.discord_shapes import CHANNEL, GUILD, Json, answer
from tests.wire.stormy import StormyDiscord, forbidden

PLAN = Plan(channel_id=CHANNEL, at=time(8, 30), zone=ZoneInfo("Europe/Berlin"), species=Species.CAT, with_fact=True)
POSTS = f"/channels/{CHANNEL}/messages"


class Deaf(StormyDiscord):
    """A Discord whose answers to posts may get lost after it carried them out; it has the time of the bot's clock."""

    def __init__(self, clock: SystemClock) -> None:
        super().__init__()
        self.lost = 0
        self.clock = clock

    def _id(self) -> str:
        self._last_id = max(self._last_id + 1, time_snowflake(self.clock.now()))
        return str(self._last_id)

    async def _post(self, request: web.Request) -> web.Response:
        made = await super()._post(request)
        if not self.lost:
            return made
        self.lost -= 1
        return answer({"code": 50035, "message": "Invalid Form Body"}, 400)


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


@pytest.fixture
async def deaf(clock: SystemClock) -> AsyncIterator[Deaf]:
    async with Deaf(clock) as double:
        yield double


class Bot:
    """The bot with its clock. `tomorrow` lets a day pass and what is due happen."""

    def __init__(self, client: Pawprint, clock: SystemClock) -> None:
        self.client, self.app, self.clock = client, client.app, clock

    async def tomorrow(self, **time_more: float) -> Daily:
        self.clock.shift += timedelta(**time_more or {"days": 1})
        return await self.goes_round()

    async def goes_round(self) -> Daily:
        await asyncio.wait_for(self.app.spawn(self.client.daily_courier.round.go(), name="round"), 15)
        return await self.app.dailies.find(GUILD, 1)


Run = Callable[[], AbstractAsyncContextManager[Bot]]


@pytest.fixture
def run(
    deaf: Deaf, clock: SystemClock, backend: EmbeddedBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Start the bot on the double, and end it at the end of the block; the clock goes on.

    It goes round when the test says so, and not by itself as well.
    """
    monkeypatch.setattr(DailyCourier, "start", lambda _: None)
    # use_endpoints() sets them for the process: put them back afterwards.
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)

    @asynccontextmanager
    async def running() -> AsyncIterator[Bot]:
        settings = Settings(
            discord_token=Secret(TOKEN),
            discord_api_url=deaf.api_url,
            discord_gateway_url=deaf.gateway_url,
            data_dir=tmp_path / "data",
            cat_api_url=backend.cat_url,
            dog_api_url=backend.dog_url,
        )
        use_endpoints(settings)
        app = await App.open(settings, clock)
        try:
            client = Pawprint(app, guild_ready_timeout=0.05)
            started = asyncio.create_task(client.start(TOKEN))
            try:
                await deaf.connected()
                await client.wait_until_ready()
                yield Bot(client, clock)
            finally:
                await client.close()
                started.cancel()
                await asyncio.wait((started,))
        finally:
            await app.close()

    return running


def posted(deaf: Deaf) -> list[Json]:
    """Return what stands in the channel."""
    return [message.shown() for message in deaf.messages.values()]


async def test_posts_come_once_over_kills_between_claim_send_and_record(deaf: Deaf, run: Run) -> None:
    async def killed(*_: Any, **__: Any) -> Any:
        raise asyncio.CancelledError

    async with run() as bot:
        await bot.app.dailies.put(GUILD, 11, PLAN)
        # The kill comes before it is sent.
        with patch.object(bot.client.messenger, "deliver", killed), pytest.raises(asyncio.CancelledError):
            await bot.tomorrow()
        assert (await bot.app.dailies.find(GUILD, 1)).claim is not None
        assert posted(deaf) == []
    async with run() as bot:
        first = await bot.goes_round()
        assert (first.claim, len(posted(deaf))) == (None, 1)
        assert bot.app.counts.of("daily", "found") == 0
        # The kill comes after it was sent, before anything is remembered.
        with patch.object(bot.app.posts, "record", killed), pytest.raises(asyncio.CancelledError):
            await bot.tomorrow()
        assert len(posted(deaf)) == 2
    async with run() as bot:
        second = await bot.goes_round()
        assert bot.app.counts.of("daily", "found") == 1
        assert (second.claim, len(posted(deaf))) == (None, 2)
        assert second.message_id == int(posted(deaf)[-1]["id"])
        assert second.posted_for is not None
        kept = await bot.app.posts.of_message(second.message_id)
        assert kept is not None
        assert "📅 Picture of the day" in (kept.note or "")
        await bot.goes_round()
        assert len(posted(deaf)) == 2
    sent = [asked.body for asked in deaf.asked_for("POST", POSTS)]
    assert all(body["enforce_nonce"] and len(body["nonce"]) <= 25 for body in sent)
    assert len({body["nonce"] for body in sent}) == len(sent) == 2
    assert len([asked for asked in deaf.asked_for("GET", POSTS) if "after" in asked.query]) == 2


async def test_an_answer_that_got_lost_is_looked_for_before_it_is_sent_again(deaf: Deaf, run: Run) -> None:
    async with run() as bot:
        await bot.app.dailies.put(GUILD, 11, PLAN)
        deaf.lost = 1
        later = await bot.tomorrow()
        assert later.claim is not None
        assert later.try_at > bot.clock.now()
        done = await bot.tomorrow(minutes=6)
        assert (done.claim, len(posted(deaf))) == (None, 1)
        assert {outcome: bot.app.counts.of("daily", outcome) for outcome in ("failed", "found", "posted", "late")} == {
            "failed": 1,
            "found": 1,
            "posted": 0,
            "late": 0,
        }


async def test_a_post_that_others_wrote_after_is_still_found(deaf: Deaf, run: Run) -> None:
    async with run() as bot:
        await bot.app.dailies.put(GUILD, 11, PLAN)
        deaf.lost = 1
        bot.clock.shift += timedelta(days=1)
        people_write(deaf, 120)
        await bot.goes_round()
        people_write(deaf, 120)
        await bot.tomorrow(minutes=6)
        assert bot.app.counts.of("daily", "found") == 1
        assert len([message for message in posted(deaf) if message["components"]]) == 1
        assert len([asked for asked in deaf.asked_for("GET", POSTS) if "after" in asked.query]) == 2


async def test_a_year_over_changes_of_the_clock_and_outages_has_one_post_a_day(
    deaf: Deaf, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody else asks for pictures: no store of them has to be looked at anew each day.
    monkeypatch.setattr("bot.services.pictures.LOW", 0)
    monkeypatch.setattr("bot.services.supply._ENOUGH", 1)
    early = structs.replace(PLAN, at=time(2, 30), with_fact=False)
    dice, zone, ends, days = random.Random(3), early.zone, deaf.clock.now() + timedelta(days=366), Counter[date]()
    moments: dict[date, time] = {}
    missed = set[date]()
    while deaf.clock.now() < ends:
        async with run() as bot:
            if not days:
                await bot.app.dailies.put(GUILD, 11, early)
            stops = min(ends, deaf.clock.now() + timedelta(days=100))
            while deaf.clock.now() < stops:
                deaf.lost = int(dice.random() < 0.03)
                before = len(deaf.messages)
                left = await asyncio.wait_for(bot.app.spawn(bot.client.daily_courier.round.go(), name="round"), 15)
                for message_id in list(deaf.messages)[before:]:
                    at = snowflake_time(int(message_id)).astimezone(zone)
                    days[at.date()] += 1
                    moments[at.date()] = at.time().replace(second=0, microsecond=0)
                assert left is not None
                deaf.clock.shift += timedelta(seconds=left)
        # An outage: what came due meanwhile is made up for once.
        gone = deaf.clock.now().astimezone(zone).date()
        deaf.clock.shift += timedelta(days=2, hours=6)
        missed |= {gone + timedelta(days=day) for day in range(3)}
    whole = {min(days) + timedelta(days=day) for day in range((max(days) - min(days)).days)}
    assert set(days.values()) == {1}
    assert whole - set(days) <= missed
    assert len(days) > 355
    usual = {day: at for day, at in moments.items() if day not in missed}
    late = {day: at for day, at in usual.items() if at != time(2, 30)}
    # In the night that has no half past two, the first moment after the gap.
    springs = {
        day for day in usual if datetime.combine(day, time(2, 30), zone).astimezone(UTC).astimezone(zone).hour == 3
    }
    assert {day: at for day, at in late.items() if day in springs} == dict.fromkeys(springs, time(3))
    assert all(time(2, 30) < at < time(3, 30) for at in late.values())


def people_write(deaf: Deaf, times: int) -> None:
    for _ in range(times):
        deaf._write(None, {"content": "hello"}, ())


async def test_a_channel_that_is_gone_or_closed_is_asked_once(deaf: Deaf, run: Run) -> None:
    asked: list[str] = []
    instead = [
        (forbidden, "forbidden"),
        (lambda: answer({"code": 50001, "message": "Missing Access"}, 403), "forbidden"),
        (lambda: answer({"code": 10003, "message": "Unknown Channel"}, 404), "gone"),
    ]

    def storm(_: StormyDiscord, method: str, path: str) -> web.Response | None:
        if (method, path) != ("POST", POSTS):
            return None
        asked.append(path)
        return instead[0][0]()

    async with run() as bot:
        await bot.app.dailies.put(GUILD, 11, PLAN)
        deaf.storm = storm
        while instead:
            stopped = await bot.tomorrow()
            assert (stopped.paused, stopped.reason) == (True, instead[0][1])
            await bot.tomorrow()
            assert len(asked) == 1
            # Who asks for one at once is told.
            with pytest.raises(ChannelGone if stopped.reason == "gone" else BotLacks):
                await bot.app.away(bot.client.daily_courier.post(stopped))
            await bot.app.dailies.resume(GUILD, 1)
            asked.clear()
            del instead[0]
        deaf.storm = None
        deaf.lost = 1
        with pytest.raises(NotPosted):
            await bot.app.away(bot.client.daily_courier.post(stopped))
