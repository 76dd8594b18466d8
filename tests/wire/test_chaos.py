"""A bad day: Discord's gateway and REST stumble, the services too, people press on; all is well at the end of it."""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from sandbox.backend.faults import Fault, Kind
from tests.wire.household import Household, household
from tests.wire.stormy import StormyDiscord, broken, forbidden, limited

SECONDS = 8.0
_STARTS_WITHIN = 30.0
_FAULTS = (Kind.ERROR, Kind.BAD_GATEWAY, Kind.UNAVAILABLE, Kind.CUT, Kind.WRONG_TYPE, Kind.LIMITED)


@pytest.mark.timeout(240)
async def test_after_a_bad_day_all_that_was_answered_is_so(tmp_path: Path) -> None:
    async with household(tmp_path, seed=21) as house:
        storm = await weather(house, SECONDS)
        await house.reckon()
    assert house.answered > SECONDS
    assert house.discord.resumed >= 3
    assert house.discord.identified >= 2
    assert set(storm.sent) >= {"10062", "50013"}
    assert set(storm.sent) & {"429", "5XX"}
    assert storm.sent["50013"] <= 2, "it goes on asking for what is forbidden"


class Thunder:
    """Refuses REST requests now and then, never so often in a row that Discord itself would be to blame."""

    def __init__(self, dice: random.Random) -> None:
        self.sent: dict[str, int] = {}
        self.forbidding = False
        """Whether edits are refused for want of a permission: the bot lets that channel be for ten minutes then."""
        self._dice = dice
        self._stumbled: set[str] = set()

    def __call__(self, discord: StormyDiscord, method: str, path: str) -> web.Response | None:
        """Answer in the place of Discord, or not."""
        if found := re.fullmatch(r"/interactions/(\d+)/[^/]+/callback", path):
            return self._callback(discord, found[1], path)
        if method == "PATCH" and (found := re.fullmatch(r"/channels/\d+/messages/(\d+)", path)):
            return self._edit(discord, found[1], path)
        return None

    def _callback(self, discord: StormyDiscord, talk_id: str, path: str) -> web.Response | None:
        dice = self._dice.random()
        if dice < 0.04:
            return self._noted("10062", discord.turn_down(talk_id))
        if dice < 0.10 and path not in self._stumbled:
            self._stumbled.add(path)
            return self._noted("429", limited(0.2)) if dice < 0.07 else self._noted("5XX", broken(502))
        return None

    def _edit(self, discord: StormyDiscord, message_id: str, path: str) -> web.Response | None:
        dice = self._dice.random()
        if dice < 0.15 and path not in self._stumbled:
            self._stumbled.add(path)
            return self._noted("429", limited(0.3)) if dice < 0.08 else self._noted("5XX", broken(500))
        self._stumbled.discard(path)
        if self.forbidding:
            return self._noted("50013", forbidden())
        return self._noted("10008", discord.delete(message_id)) if dice < 0.20 else None

    def _noted(self, name: str, response: web.Response) -> web.Response:
        self.sent[name] = self.sent.get(name, 0) + 1
        return response


async def weather(house: Household, seconds: float) -> Thunder:
    """Run the bot through a storm of so many seconds, and let everybody look once more when it is over."""
    storm, gone, still = Thunder(house.dice), asyncio.Event(), asyncio.Event()
    async with house.bot(gone) as copy:
        async with asyncio.timeout(_STARTS_WITHIN):
            await house.discord.connected()
        async with asyncio.TaskGroup() as group:
            living = group.create_task(house.live(still))
            house.discord.storm = storm
            await _gusts(house, seconds * 0.7)
            storm.forbidding = True
            await _gusts(house, seconds * 0.3)
            house.discord.storm = None
            still.set()
            await living
        house.backend.faults.clear()
        async with asyncio.TaskGroup() as group:
            for human in house.people:
                group.create_task(human.settle(house.cards, gone))
        assert house.discord.unanswered() == []
        assert copy.alive
    return storm


async def _gusts(house: Household, seconds: float) -> None:
    discord, dice = house.discord, house.dice
    gusts: list[Callable[[], Awaitable[None]]] = [
        discord.drop,
        discord.reconnect,
        lambda: discord.invalidate(resumable=True),
        lambda: _lost_session(house),
        lambda: _faults(house),
        lambda: _faults(house),
    ]
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        await gusts[number % len(gusts)]()
        number += 1
        await asyncio.sleep(dice.uniform(0.2, 0.8))
        async with asyncio.timeout(_STARTS_WITHIN):
            await discord.connected()


async def _lost_session(house: Household) -> None:
    """Lose the session while nobody waits: what is sent to a lost session is lost, by Discord."""
    async with house.quiet():
        await house.discord.invalidate(resumable=False)
        async with asyncio.timeout(_STARTS_WITHIN):
            await house.discord.connected()


async def _faults(house: Household) -> None:
    dice, faults = house.dice, house.backend.faults
    faults.add(Fault(kind=dice.choice(_FAULTS), path="/v1/", times=dice.randint(1, 4), seconds=1.0))
    faults.add(Fault(kind=Kind.DROPPED, path="/v1/", times=1, carried_out=dice.random() < 0.5))


async def _run(seconds: float, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with household(Path(folder), seed) as house:
            storm = await weather(house, seconds)
            await house.reckon()
        sent = ", ".join(f"{name} {count}" for name, count in sorted(storm.sent.items()))
        print(f"seed {seed}: {house.answered} answered acts, {house.discord.late} late; {sent}")
        print(f"{house.discord.identified} sessions, {house.discord.resumed} resumed")


def main() -> int:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    asyncio.run(_run(arguments.seconds, arguments.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
