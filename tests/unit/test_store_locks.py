"""One copy of the bot on one data folder, and nothing acknowledged is lost when it is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import URL

from bot.clock import ManualClock
from bot.errors import AlreadyRunning, DataFolderError
from bot.identity import Person
from bot.models import PictureKey, Source
from bot.services.votes import Vote, Votes
from bot.store.locks import DataLock
from bot.store.store import Store

ROOT = Path(__file__).parents[2]

HOLDER = """
import sys, time
from pathlib import Path
from bot.store.locks import DataLock
lock = DataLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""

VOTER = """
import asyncio, sys
from bot.clock import SystemClock
from bot.identity import Person
from bot.models import PictureKey, Source
from bot.services.votes import Door, Vote, Votes
from bot.store.store import Store

async def main():
    clock = SystemClock()
    votes = Votes(await Store.open(sys.argv[1], clock=clock, cluster=0), clock)
    for user in range(1, 100000):
        await votes.press(Person(5, user), PictureKey(Source.CATAPI, "abc"), Vote.UP, Door.BUTTON)
        print(user, flush=True)

asyncio.run(main())
"""


def start(script: str, argument: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, argument], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_a_second_copy_is_told_so(tmp_path: Path) -> None:
    with DataLock(tmp_path) as held:
        held.acquire()
        with pytest.raises(AlreadyRunning, match="DATA_DIR"), DataLock(tmp_path):
            pass
    with DataLock(tmp_path):
        pass


def test_a_missing_folder_is_made_and_an_impossible_one_is_said(tmp_path: Path) -> None:
    with DataLock(tmp_path / "new" / "data"):
        assert (tmp_path / "new" / "data").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderError, match="DATA_DIR"):
        DataLock(tmp_path / "file").acquire()


def test_a_killed_copy_holds_nothing(tmp_path: Path) -> None:
    with start(HOLDER, str(tmp_path)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning):
            DataLock(tmp_path).acquire()
        process.kill()
        assert process.wait(10) == -signal.SIGKILL
    with DataLock(tmp_path):
        pass


async def test_no_acknowledged_vote_is_lost_when_the_bot_is_killed(store_url: URL, clock: ManualClock) -> None:
    with start(VOTER, store_url.render_as_string(hide_password=False)) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(30)]
        process.kill()
        acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
        process.wait(10)
    reopened = await Store.open(store_url, clock=clock, cluster=0)
    standing = await Votes(reopened, clock).standing(5, PictureKey(Source.CATAPI, "abc"), acknowledged[-1])
    last = await Votes(reopened, clock).standing(5, PictureKey(Source.CATAPI, "abc"), Person(5, 1).user)
    await reopened.close()
    assert acknowledged == list(range(1, len(acknowledged) + 1))
    assert standing.mine is Vote.UP
    assert last.mine is Vote.UP
    # One more may be there: committed, but killed before it could say so.
    assert standing.up - len(acknowledged) in (0, 1)
