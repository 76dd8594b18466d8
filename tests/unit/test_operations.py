"""Operating: a backup while it runs, a full disk, a locked database, and what the operator's documents promise."""

from __future__ import annotations

import ast
import asyncio
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from bot.clock import ManualClock
from bot.errors import OperatorError
from bot.identity import Person
from bot.models import PictureKey, Source
from bot.services.votes import Door, Vote, Votes
from bot.settings import Settings
from bot.store.engine import sqlite_url
from bot.store.schema import metadata
from bot.store.store import Store

ROOT = Path(__file__).parents[2]
LEVELS = ("info", "warning", "error", "exception", "critical", "log")
PICTURE = PictureKey(Source.CATAPI, "abc")

ON_A_FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from bot.clock import ManualClock
from bot.failures import explain
from bot.i18n import texts
from bot.identity import Person
from bot.models import PictureKey, Source
from bot.services.votes import Door, Vote, Votes
from bot.store.engine import sqlite_url
from bot.store.store import Store

async def main(folder):
    store = await Store.open(sqlite_url(folder), clock=ManualClock())
    votes, picture = Votes(store, store.clock), PictureKey(Source.CATAPI, "abc")
    press = lambda user: votes.press(Person(5, user), picture, Vote.UP, Door.BUTTON)
    print((await press(1)).up)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((folder / "pawprint.sqlite3-wal").stat().st_size, hard))
    try:
        await press(2)
    except Exception as error:
        print(explain(error, texts()).text.splitlines()[0])
    print((await votes.standing(5, picture)).up)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    print((await press(3)).up)
    await store.close()

asyncio.run(main(Path(sys.argv[1])))
"""


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="the limit that stands for a full disk is POSIX")
def test_on_a_full_disk_a_press_fails_with_a_sentence_and_nothing_else_is_lost(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == [
        "1",
        "Something went wrong on my side. Try again; if it stays so, tell the bot's operator.",
        "1",
        "2",
    ], done.stderr


async def test_another_program_that_locks_the_database_delays_a_press_and_no_reader(tmp_path: Path) -> None:
    store = await Store.open(sqlite_url(tmp_path), clock=ManualClock())
    votes = Votes(store, store.clock)
    with closing(sqlite3.connect(tmp_path / "pawprint.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        press = asyncio.create_task(votes.press(Person(5, 1), PICTURE, Vote.UP, Door.BUTTON))
        assert (await votes.standing(5, PICTURE)).up == 0
        assert not press.done()
        other.execute("ROLLBACK")
    assert (await press).up == 1
    await store.close()


@pytest.mark.parametrize("way", ["backup", "VACUUM INTO"])
async def test_a_backup_that_is_made_while_it_runs_holds_what_people_were_told(tmp_path: Path, way: str) -> None:
    assert way in read("docs/operating.md")
    store = await Store.open(sqlite_url(tmp_path), clock=ManualClock())
    await Votes(store, store.clock).press(Person(5, 1), PICTURE, Vote.UP, Door.BUTTON)
    (tmp_path / "copy").mkdir()
    copy = tmp_path / "copy" / "pawprint.sqlite3"
    with closing(sqlite3.connect(tmp_path / "pawprint.sqlite3")) as running:
        if way == "backup":
            with closing(sqlite3.connect(copy)) as target:
                running.backup(target)
        else:
            running.execute("VACUUM INTO ?", (str(copy),))
    await store.close()
    restored = await Store.open(sqlite_url(copy.parent), clock=ManualClock())
    assert (await Votes(restored, restored.clock).standing(5, PICTURE, 1)).mine is Vote.UP
    await restored.close()


def log_lines() -> dict[str, str]:
    """Return every line that the bot logs at INFO and above, `…` in place of what changes, and where it stands."""
    found: dict[str, str] = {}
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "_log"), attr=level), args=arguments) if (
                    level in LEVELS
                ):
                    texts = [one.value for one in arguments if isinstance(one, ast.Constant)]
                    assert isinstance(texts[0], str), path
                    found[re.sub(r"%[-.\d]*[a-z]", "…", texts[0])] = path.relative_to(ROOT).as_posix()
    return found


def test_the_operators_page_explains_every_log_line_and_none_that_is_not_there() -> None:
    table = read("docs/operating.md").partition("## What the log says")[2].partition("\n## ")[0]
    ours = table.partition("discord.py")[0]
    explained = re.findall(r"^\| `(.*?)` \|", ours, re.MULTILINE)
    assert len(log_lines()) > 20
    assert {line: path for line, path in log_lines().items() if line not in explained} == {}
    assert set(explained) - set(log_lines()) == set()


def test_the_operators_page_tells_every_exit_code() -> None:
    table = read("docs/operating.md").partition("## Exit codes")[2].partition("\n## ")[0]
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}

    def below(kind: type[OperatorError]) -> Iterator[type[OperatorError]]:
        yield kind
        for leaf in kind.__subclasses__():
            yield from below(leaf)

    assert codes == {0, 130} | {kind.exit_code for kind in below(OperatorError)}


def test_the_privacy_policy_names_every_table_that_is_kept() -> None:
    policy = read("docs/operating.md").partition("## What is kept, and a privacy policy to adapt")[2]
    assert {table for table in metadata.tables if f"`{table}`" not in policy} == set()


def test_every_fault_names_tests_that_are_there() -> None:
    written = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"^ *(?:async )?def (test_\w+)\(", written, re.MULTILINE))
    rows = [line.split(" | ") for line in read("docs/reliability.md").splitlines() if line.startswith("| ")]
    rows = [row for row in rows if row[0] not in ("| fault",)]
    assert len(rows) > 30
    for row in rows:
        assert len(row) == 5, row
        named = re.findall(r"`(test_\w+)`", row[4])
        assert named, row[0]
        assert set(named) <= there, (row[0], set(named) - there)


def test_settings_that_the_documents_use_are_there() -> None:
    known = {field.name.upper() for field in msgspec.structs.fields(Settings)}
    known |= {"COMPOSE_PROFILES", "POSTGRES_PASSWORD", "PYTHONDONTWRITEBYTECODE"}
    for document in ("docs/operating.md", "docs/reliability.md"):
        named = set(re.findall(r"(?<![\w-])([A-Z]+(?:_[A-Z]+)+)(?==|`)", read(document)))
        assert named - known == set(), document
