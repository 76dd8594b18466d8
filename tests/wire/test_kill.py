"""Kill -9 at random moments: nothing that was answered is lost, nothing is doubled; `make chaos` for the long form."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from sandbox.backend.faults import Fault, Kind
from tests.wire.household import Household, household

# Each kind of moment twice; in continuous integration four times.
KILLS = 20 if os.environ.get("CI") else 10
_STARTS_WITHIN = 30.0
_WRITES = ("/v1/votes", "/v1/favourites")


@pytest.mark.timeout(240)
async def test_a_killed_bot_loses_nothing_that_was_answered_and_doubles_nothing(tmp_path: Path) -> None:
    async with household(tmp_path, seed=20) as house:
        await kill_often(house, KILLS)
        await house.reckon()
    assert house.answered > KILLS


async def kill_often(house: Household, kills: int) -> None:
    """Start the bot and kill it, again and again; at last it runs long enough for everybody to look at everything."""
    for number in range(kills):
        gone = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            async with house.bot(gone):
                group.create_task(house.live(gone))
                await _moment(house, number)
            house.backend.faults.clear()
    gone = asyncio.Event()
    async with house.bot(gone):
        await house.discord.connected()
        async with asyncio.TaskGroup() as group:
            for human in house.people:
                group.create_task(human.settle(house.cards, gone))


async def _moment(house: Household, number: int) -> None:
    """Wait for the moment of the next kill: each kind of moment comes in its turn."""
    dice, discord, faults = house.dice, house.discord, house.backend.faults
    kind = ("start", "any", "call", "answer", "lost answer")[number % 5]
    if kind == "start":
        await asyncio.sleep(dice.uniform(0.0, 1.5))
        return
    async with asyncio.timeout(_STARTS_WITHIN):
        await discord.connected()
    if kind == "call":
        # In the middle of a call that the service carries out after the bot's death.
        await asyncio.sleep(dice.uniform(0.2, 0.6))
        house.call.clear()
        faults.add(Fault(kind=Kind.DELAY, path=dice.choice(_WRITES), seconds=dice.uniform(0.05, 0.5)))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(house.call.wait(), 1.5)
        await asyncio.sleep(dice.uniform(0.0, 0.1))
    elif kind == "lost answer":
        faults.add(Fault(kind=Kind.DROPPED, path=dice.choice(_WRITES), carried_out=True, times=dice.randint(1, 3)))
        await asyncio.sleep(dice.uniform(0.3, 1.2))
    elif kind == "answer":
        # Just when an answer to a person arrives.
        count = len(discord.asked) + dice.randint(5, 60)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(discord.until(lambda: len(discord.asked) > count), 2.0)
    else:
        await asyncio.sleep(dice.uniform(0.05, 1.5))


async def _run(kills: int, seed: int) -> None:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with household(Path(folder), seed) as house:
            await kill_often(house, kills)
            await house.reckon()
        took = time.monotonic() - began
        print(f"seed {seed}: {kills} kills, {house.answered} answered acts, {len(house.cards)} cards, {took:.0f} s")


def main() -> int:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    asyncio.run(_run(arguments.kills, arguments.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
