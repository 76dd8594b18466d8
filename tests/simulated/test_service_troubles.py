"""A service that is down for an hour or takes ten calls a minute: people notice nothing, and everything arrives.

Members act on the real bot in a simulated Discord. Delivery is the real one too, over real sockets, but its time is
virtual: whoever waits moves the stage's clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import discord
import pytest
from msgspec import Struct
from simcord.actors import MemberActor

from bot.app import api_of
from bot.backends.transport import Transport
from bot.models import Source, Species
from bot.sync import Sync
from sandbox.backend.application import EmbeddedBackend
from sandbox.backend.faults import Fault, Kind
from tests.simulated.stage import Card, Stage, privately, quick_picture, settings_for, texts_of, walk

MINUTE = timedelta(minutes=1)
LIMIT = 10


class Call(Struct, frozen=True):
    """An attempt to call a service, and its status or the error's name."""

    at: datetime
    service: str
    method: str
    outcome: int | str


@dataclass
class Post:
    """The way to the services in virtual time, and every call that was made on it."""

    stage: Stage
    services: EmbeddedBackend
    sync: Sync
    calls: list[Call] = field(default_factory=list)

    async def minutes(self, number: int) -> None:
        """Let so many minutes pass, in which is delivered what can be."""
        until = self.stage.clock.now() + number * MINUTE
        while (left := until - self.stage.clock.now()) > timedelta():
            await self.sync.deliver_due()
            self.stage.clock.shift += min(MINUTE / 2, left)

    async def held(self) -> tuple[list[tuple[str, str, float]], list[tuple[str, str]]]:
        """Return the votes and favourites that the services hold."""
        voted = [(str(v.sub_id), v.image_id, v.value) for kind in Species for v in await self.services.votes(kind)]
        saved = [(str(f.sub_id), f.image_id) for kind in Species for f in await self.services.favourites(kind)]
        return sorted(voted), sorted(saved)

    def busiest_minute(self) -> int:
        """Return the most calls to one service within any minute."""
        return max(
            sum(one.service == first.service and first.at <= one.at < first.at + MINUTE for one in self.calls)
            for first in self.calls
        )


@asynccontextmanager
async def delivering(stage: Stage, folder: Path) -> AsyncIterator[Post]:
    """Deliver to services of their own, which take ten calls a minute, in the place of the app's delivery."""
    for task in stage.app._tasks:
        if task.get_name() == "sync":
            task.cancel()
    services = EmbeddedBackend(folder / "services", clock=stage.clock, draw=quick_picture, seed=1, rate_limit=LIMIT)
    await services.start()

    async def sleep(seconds: float) -> None:
        stage.clock.shift += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    def observe(service: str, method: str, outcome: int | str, seconds: float, from_cache: bool) -> None:
        if outcome not in ("paused", "circuit"):
            post.calls.append(Call(stage.clock.now(), service, method, outcome))

    transport = Transport(
        stage.app.settings.user_agent,
        clock=stage.clock,
        observer=observe,
        sleep=sleep,
        monotonic=lambda: stage.clock.now().timestamp(),
        random=lambda: 1.0,
    )
    await transport.start()
    settings = settings_for(services, folder)
    remotes = [api_of(settings, transport, source) for source in (Source.CATAPI, Source.DOGAPI)]
    post = Post(stage, services, Sync(stage.app.store, stage.app.sub_ids, remotes, stage.clock, jitter=lambda: 1.0))
    try:
        yield post
    finally:
        await transport.close()
        await services.close()


async def live(stage: Stage, cards: list[Card], who: MemberActor) -> None:
    """Vote, change one's mind, save, and look at what one has: every answer is there at once, and right."""
    app, person = stage.app, stage.person(who)
    for card in cards:
        stage.clock.shift += MINUTE / 4  # nobody acts quicker by hand for long
        up, saved = card.count("👍"), card.count("❤️")
        await card.press(who, "👎")
        await card.press(who, "👍")
        await card.press(who, "❤️")
        assert (card.count("👍"), card.count("❤️")) == (up + 1, saved + 1)
        await who.react(card.message, "👎")
        await who.unreact(card.message, "👎")
        menu = await card.menu(who)
        assert menu.response is not None
        thumb = next(
            c["custom_id"] for c in walk(menu.response.components) if (c.get("emoji") or {}).get("name") == "👍"
        )
        assert "You voted 👍." in texts_of(await who.click(menu.response.message, custom_id=thumb))
    # The first picture is given up again: nobody need hear of it.
    for emoji in ("👍", "❤️"):
        await cards[0].press(who, emoji)
    kept = {card.keys[0].id for card in cards[1:]}
    votes = privately(await who.slash(stage.pets, "votes mine"))
    assert votes.count("You voted 👍") == len(kept)
    listed = privately(await who.slash(stage.pets, "favourites list"))
    assert all(f"`{picture}`" in listed for picture in kept)
    assert {item.key.id for item in (await app.favourites.page(person)).items} == kept


def expected(stage: Stage, cards: list[Card]) -> tuple[list[tuple[str, str, float]], list[tuple[str, str]]]:
    """Return what the services must hold in the end."""
    sub_ids = [stage.app.sub_ids.sub_id(stage.person(who)) for who in (stage.mia, stage.noah)]
    kept = [(sub_id, card.keys[0].id) for sub_id in sub_ids for card in cards[1:]]
    return sorted((*one, 1) for one in kept), sorted(kept)


@pytest.mark.parametrize("trouble", ["down", "limited"])
async def test_members_notice_nothing_and_everything_arrives_once(stage: Stage, tmp_path: Path, trouble: str) -> None:
    cards = [await stage.card(kind) for kind in ("cat", "cat", "dog")]
    deferred: list[object] = []
    async with delivering(stage, tmp_path) as post:
        if trouble == "down":
            for backend in (stage.backend, post.services):
                backend.faults.add(Fault(kind=Kind.UNAVAILABLE))
        with patch.object(discord.InteractionResponse, "defer", lambda *_, **__: deferred.append(1)):
            await live(stage, cards, stage.mia)
            await post.minutes(30)
            await live(stage, cards, stage.noah)
            await post.minutes(30)
        assert deferred == []
        assert stage.app.counts.of("failure") == stage.app.counts.of("unanswered") == 0
        if trouble == "down":
            assert await post.held() == ([], [])
            # It is left alone, not hammered: each service is knocked at a few times in five minutes.
            assert len(post.calls) < 60
            assert await post.sync.waiting() >= 8
            post.services.faults.clear()
            # The row that was tried most waits for an hour at most.
            await post.minutes(61)
        assert await post.held() == expected(stage, cards)
        assert (await post.sync.waiting(), await post.sync.parked()) == (0, 0)
        assert post.busiest_minute() <= LIMIT
        # Every vote and favourite was sent once, whatever people did before: coalesced, and nothing doubled.
        assert sum(call.method == "POST" and call.outcome in (200, 201) for call in post.calls) == 8
        assert 429 not in {call.outcome for call in post.calls}
