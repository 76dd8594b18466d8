"""The bot as a process: what an operator sees who starts it, stops it, or has a setting wrong."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot import __version__
from bot.permissions import NEEDED
from sandbox.backend.application import EmbeddedBackend
from tests.measured import measured
from tests.wire.discord_double import TOKEN, DiscordDouble
from tests.wire.discord_shapes import APPLICATION, Json, walk

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 30.0
WRONG_TOKEN = "MTAwMQ.wrong.and-must-not-be-seen-either"
CAT_KEY = "live_key-that-must-never-be-seen"

Environment = Mapping[str, str]


@dataclass(frozen=True)
class Ended:
    """What a process leaves behind."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        """The lines on standard error that are not log lines."""
        return [line for line in self.err.splitlines() if not re.match(r"\d{4}-\d\d-\d\d ", line)]


class Copy:
    """A copy of the bot that runs. What it prints is read all the time: a full pipe would stop it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._printed = asyncio.Condition()
        self._texts = {"out": b"", "err": b""}
        self._readers = [
            asyncio.create_task(self._read(name, stream))
            for name, stream in (("out", process.stdout), ("err", process.stderr))
            if stream is not None
        ]

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.returncode is None

    async def printed(self, pattern: str) -> str:
        """Wait for a text on standard output, and return what matched."""
        async with asyncio.timeout(STARTS_WITHIN), self._printed:
            while not (found := re.search(pattern, self._texts["out"].decode(errors="replace"))):
                assert not all(reader.done() for reader in self._readers), self._texts
                await self._printed.wait()
        return found[0]

    async def stop(self, number: signal.Signals) -> Ended:
        """Send a signal, and return what is left."""
        self._process.send_signal(number)
        return await self.ended()

    async def ended(self) -> Ended:
        """Wait until it ends by itself."""
        async with asyncio.timeout(STARTS_WITHIN):
            code = await self._process.wait()
            await asyncio.wait(self._readers)
        return Ended(code, self._texts["out"].decode(), self._texts["err"].decode())

    async def kill(self) -> None:
        """End it whatever it does."""
        if self._process.returncode is None:
            self._process.kill()
        await self.ended()

    async def _read(self, name: str, stream: asyncio.StreamReader) -> None:
        while text := await stream.read(1 << 16):
            async with self._printed:
                self._texts[name] += text
                self._printed.notify_all()
        async with self._printed:
            self._printed.notify_all()


@asynccontextmanager
async def copy_of(environment: Environment, *arguments: str) -> AsyncIterator[Copy]:
    """Start the bot with these variables and none of the machine's; it is killed if it still runs at the end."""
    with tempfile.NamedTemporaryFile(suffix=".env") as nothing:
        async with started(environment, "--env-file", nothing.name, *arguments) as copy:
            yield copy


@asynccontextmanager
async def started(environment: Environment, *arguments: str) -> AsyncIterator[Copy]:
    """Start the bot with a command line."""
    strict = {"PYTHONWARNINGS": "error,ignore::DeprecationWarning:discord.player"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *arguments),
        cwd=ROOT,
        env={**strict, **measured(), **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    copy = Copy(process)
    try:
        yield copy
    finally:
        await copy.kill()


async def outcome(environment: Environment, *arguments: str) -> Ended:
    """Run a verb to its end."""
    async with copy_of(environment, *arguments) as copy:
        return await copy.ended()


@pytest.fixture
def settings(discord: DiscordDouble, backend: EmbeddedBackend, tmp_path: Path) -> dict[str, str]:
    """Variables of a bot that has everything it needs."""
    return {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "DATA_DIR": str(tmp_path / "data"),
        "CAT_API_URL": backend.cat_url,
        "CAT_API_KEY": backend.cat_key,
        "DOG_API_URL": backend.dog_url,
        "DOG_API_KEY": backend.dog_key,
    }


@pytest.fixture
def sandbox(tmp_path: Path) -> dict[str, str]:
    """Variables of a bot without a token."""
    return {"DATA_DIR": str(tmp_path / "data"), "SANDBOX_PORT": "0"}


def has_a_picture(message: Json) -> bool:
    """Whether a message shows one."""
    return any(component["type"] == 12 for component in walk(message["components"]))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_on_discord_it_answers_and_a_signal_ends_it(
    discord: DiscordDouble, settings: dict[str, str], number: signal.Signals
) -> None:
    async with copy_of(settings) as copy:
        assert has_a_picture(await discord.slash("cat", breed="siam"))
        ended = await copy.stop(number)
    assert (ended.code, ended.out, ended.said) == (0, "", [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_in_the_sandbox_it_prints_its_address_and_a_signal_ends_it(
    sandbox: dict[str, str], number: signal.Signals
) -> None:
    async with copy_of(sandbox) as copy:
        address = await copy.printed(r"http://127\.0\.0\.1:\d+/\S*")
        async with aiohttp.ClientSession() as browser, browser.get(address) as page:
            assert page.status == 200
        ended = await copy.stop(number)
    assert (ended.code, ended.said) == (0, [])


async def test_without_the_sandbox_a_sentence_says_how_to_get_it(sandbox: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "simcord.py").write_text("raise ModuleNotFoundError('not installed', name=__name__)")
    ended = await outcome(sandbox | {"PYTHONPATH": str(tmp_path)})
    assert (ended.code, ended.out) == (2, "")
    [sentence] = ended.said
    assert sentence.startswith("There is no DISCORD_TOKEN, and the sandbox is not installed")


async def test_a_wrong_token_ends_in_one_sentence(settings: dict[str, str]) -> None:
    ended = await outcome(settings | {"DISCORD_TOKEN": WRONG_TOKEN})
    assert ended.code == 2
    assert ended.said == [
        "Discord does not take the token: copy it anew from the developer portal (Bot, Reset Token) to DISCORD_TOKEN."
    ]
    assert WRONG_TOKEN not in ended.out + ended.err


async def test_a_discord_that_does_not_answer_ends_in_one_sentence(settings: dict[str, str]) -> None:
    ended = await outcome(settings | {"DISCORD_API_URL": "http://127.0.0.1:9/api/v10"})
    assert ended.code == 1
    [sentence] = ended.said
    assert sentence.startswith("Discord does not answer")


async def test_a_data_folder_that_cannot_be_written_ends_in_one_sentence(
    settings: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    ended = await outcome(settings | {"DATA_DIR": str(tmp_path / "taken")})
    assert ended.code == 2
    [sentence] = ended.said
    assert sentence.startswith(f"The data folder {tmp_path / 'taken'} cannot be written")


async def test_a_second_copy_ends_in_one_sentence_and_the_first_goes_on(
    discord: DiscordDouble, settings: dict[str, str]
) -> None:
    async with copy_of(settings):
        await discord.connected()
        ended = await outcome(settings)
        assert ended.code == 2
        [sentence] = ended.said
        assert sentence.startswith("Another copy of Pawprint is using the data folder")
        assert has_a_picture(await discord.slash("dog"))


async def test_every_fault_in_the_settings_is_named_at_once(settings: dict[str, str]) -> None:
    wrong = {"SANDBOX_PORT": "99999", "CAT_API_URL": "cats", "LOG_LEVEL": "loud", "SUB_ID_SECRET": "short-secret"}
    ended = await outcome(settings | wrong)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    named = [line.split(":")[0].strip(" -") for line in ended.said[1:]]
    assert sorted(named) == sorted(wrong)
    assert TOKEN not in ended.err
    assert "short-secret" not in ended.err


async def test_no_secret_is_ever_logged(discord: DiscordDouble, settings: dict[str, str]) -> None:
    async with copy_of(settings | {"LOG_LEVEL": "DEBUG", "CAT_API_KEY": CAT_KEY}) as copy:
        assert has_a_picture(await discord.slash("dog"))
        ended = await copy.stop(signal.SIGTERM)
    assert ended.code == 0
    assert "DEBUG" in ended.err
    for secret in (TOKEN, CAT_KEY, settings["DOG_API_KEY"]):
        assert secret not in ended.out + ended.err


async def test_help_and_version() -> None:
    told, version = await outcome({}, "--help"), await outcome({}, "--version")
    assert (told.code, told.err) == (version.code, version.err) == (0, "")
    for verb in ("run", "sandbox", "invite", "check", "sync"):
        assert re.search(rf"^ +{verb} ", told.out, re.MULTILINE)
    assert version.out == f"Pawprint {__version__}\n"


async def test_invite_asks_for_what_the_features_need_and_no_more(settings: dict[str, str]) -> None:
    ended = await outcome(settings, "invite")
    assert (ended.code, ended.said) == (0, [])
    asked = parse_qs(urlsplit(ended.out.strip()).query)
    assert asked["client_id"] == [str(APPLICATION)]
    assert asked["permissions"] == [str(NEEDED.value)]
    assert set(asked["scope"][0].split()) == {"bot", "applications.commands"}


async def test_check_looks_at_everything_and_says_what_is_wrong(
    settings: dict[str, str], backend: EmbeddedBackend
) -> None:
    well = await outcome(settings, "check")
    assert (well.code, well.said) == (0, [])
    assert [line[0] for line in well.out.splitlines()] == ["✓"] * 5

    ill = await outcome(settings | {"DISCORD_TOKEN": WRONG_TOKEN, "CAT_API_KEY": CAT_KEY}, "check")
    assert (ill.code, ill.said) == (1, [])
    marked = {line[2:].split(":")[0]: line[0] for line in ill.out.splitlines()}
    assert marked == {"data folder": "✓", "database": "✓", "TheCatAPI": "✗", "TheDogAPI": "✓", "Discord": "✗"}
    assert WRONG_TOKEN not in ill.out + ill.err
    assert CAT_KEY not in ill.out + ill.err


async def test_sync_tells_the_commands_each_time(discord: DiscordDouble, settings: dict[str, str]) -> None:
    for times in (1, 2):
        ended = await outcome(settings, "sync")
        assert (ended.code, ended.said) == (0, [])
        assert ended.out == f"Discord has {len(discord.commands)} commands now.\n"
        assert len(discord.asked_for("PUT", "/commands")) == times


async def test_a_verb_for_discord_needs_a_token(settings: dict[str, str]) -> None:
    del settings["DISCORD_TOKEN"]
    ended = await outcome(settings, "invite")
    assert (ended.code, ended.out) == (2, "")
    [sentence] = ended.said
    assert sentence.startswith("There is no DISCORD_TOKEN")
