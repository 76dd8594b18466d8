"""Health and metrics over real sockets, as whoever watches the bot sees them: before, with and after Discord."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import NamedTuple

import aiohttp
import msgspec
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from prometheus_client.parser import text_string_to_metric_families

from bot import __version__
from bot.app import App
from bot.client import Pawprint
from bot.clock import ManualClock
from bot.endpoints import use_endpoints
from bot.errors import PortTaken
from bot.settings import Secret, Settings
from bot.telemetry.metrics import METRICS
from sandbox.backend.application import EmbeddedBackend
from sandbox.backend.faults import Fault, Kind
from sandbox.session import Session
from tests.wire.discord_double import TOKEN, DiscordDouble
from tests.wire.discord_shapes import GUILD, PEOPLE, Json, walk
from tests.wire.test_process import copy_of

WELL = {"gateway": "ok", "loop": "ok", "started": "ok", "store": "ok"}
Samples = dict[str, dict[tuple[str, ...], float]]


class Answer(NamedTuple):
    """What came back from an address."""

    status: int
    type: str
    text: str

    @property
    def checks(self) -> dict[str, str]:
        body: dict[str, dict[str, str]] = json.loads(self.text)
        return body["checks"]


@pytest.fixture
def settings(discord: DiscordDouble, backend: EmbeddedBackend, tmp_path: Path) -> Settings:
    """Settings with health and metrics on a free port."""
    return Settings(
        discord_token=Secret(TOKEN),
        discord_api_url=discord.api_url,
        discord_gateway_url=discord.gateway_url,
        data_dir=tmp_path / "data",
        cat_api_url=backend.cat_url,
        cat_api_key=Secret(backend.cat_key),
        dog_api_url=backend.dog_url,
        dog_api_key=Secret(backend.dog_key),
        http_port=0,
    )


@asynccontextmanager
async def opened(settings: Settings, clock: ManualClock | None = None) -> AsyncIterator[App]:
    """Open an app without a bot, as it is for a moment at each start."""
    app = await App.open(settings, clock)
    try:
        yield app
    finally:
        await app.close()


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    async with opened(settings) as made:
        yield made


@asynccontextmanager
async def connected(app: App, discord: DiscordDouble, patch: pytest.MonkeyPatch) -> AsyncIterator[Pawprint]:
    """Connect a bot to the double, and take it away at the end."""
    patch.setattr(Route, "BASE", Route.BASE)
    patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    use_endpoints(app.settings)
    bot = Pawprint(app, guild_ready_timeout=0.05)
    running = asyncio.create_task(bot.start(TOKEN))
    try:
        await discord.connected()
        await asyncio.wait_for(bot.wait_until_ready(), 10)
        yield bot
    finally:
        await bot.close()
        running.cancel()
        await asyncio.wait((running,))


async def get(app: App, path: str) -> Answer:
    """Ask as a browser or Prometheus does."""
    async with aiohttp.ClientSession(app.monitor.url) as session, session.get(path) as response:
        return Answer(response.status, response.headers["Content-Type"], await response.text())


async def scraped(app: App) -> Samples:
    """Return the samples by metric and by the values of their labels, in the order of the table."""
    answer = await get(app, "/metrics")
    assert (answer.status, answer.type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    labels = {metric.exposed: metric.labels for metric in METRICS}
    found: Samples = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            order = labels.get(sample.name, tuple(sorted(sample.labels)))
            found.setdefault(sample.name, {})[tuple(sample.labels[name] for name in order)] = sample.value
    return found


def button(message: Json, emoji: str) -> str:
    """Return the `custom_id` of a button."""
    found = (c for c in walk(message["components"]) if c["type"] == 2 and c["emoji"]["name"] == emoji)
    return str(next(found)["custom_id"])


async def test_alive_from_the_start_and_ready_only_with_discord(
    app: App, discord: DiscordDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive = await get(app, "/livez")
    assert (alive.status, alive.type, alive.text) == (200, "application/json", '{"status":"alive"}')

    before = await get(app, "/healthz")
    assert before.status == 503
    assert json.loads(before.text)["status"] == "not ready"
    assert before.checks == WELL | {"gateway": "not there yet"}

    async with connected(app, discord, monkeypatch):
        ready = await get(app, "/healthz")
        assert (ready.status, json.loads(ready.text)) == (200, {"status": "ready", "checks": WELL})
        read = await scraped(app)
        assert read["pawprint_shard_connected"] == {("0",): 1.0}
        assert read["pawprint_guilds"] == {(): 1.0}
        assert set(read["pawprint_check_ok"].values()) == {1.0}

    after = await get(app, "/healthz")
    assert (after.status, after.checks) == (503, WELL | {"gateway": "not connected to Discord"})
    assert (await scraped(app))["pawprint_check_ok"]["gateway",] == 0.0


async def test_a_shard_that_is_away_is_named(app: App, discord: DiscordDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(app, discord, monkeypatch) as bot:
        bot.shard_ids, bot.shard_count = [0, 3], 4
        told = await get(app, "/healthz")
        assert (told.status, told.checks["gateway"]) == (503, "shards that are not connected: 3")
        assert (await scraped(app))["pawprint_shard_connected"] == {("0",): 1.0, ("3",): 0.0}


async def alter(settings: Settings, statement: str) -> None:
    """Change the store behind the app's back; in a thread, since the app may be in the middle of a write."""

    def execute() -> None:
        with closing(sqlite3.connect(settings.data_dir / "pawprint.sqlite3")) as database:
            database.execute(statement)

    await asyncio.to_thread(execute)


async def test_a_store_that_takes_no_write_is_not_ready_until_it_does(settings: Settings) -> None:
    clock = ManualClock()
    async with opened(settings, clock) as app:
        assert (await get(app, "/healthz")).checks["store"] == "ok"
        await alter(settings, "ALTER TABLE meta RENAME TO elsewhere")
        clock.advance(6)
        broken = await get(app, "/healthz")
        assert (broken.status, broken.checks["store"]) == (503, "OperationalError")
        assert "meta" not in broken.text
        assert (await scraped(app))["pawprint_check_ok"]["store",] == 0.0
        assert (await get(app, "/livez")).status == 200
        await alter(settings, "ALTER TABLE elsewhere RENAME TO meta")
        clock.advance(6)
        assert (await get(app, "/healthz")).checks["store"] == "ok"


async def test_looking_at_the_store_costs_one_write_in_some_seconds(settings: Settings) -> None:
    clock = ManualClock()
    async with opened(settings, clock) as app:
        for _ in range(5):
            await get(app, "/healthz")
        assert (await scraped(app))["pawprint_store_write_seconds_count"] == {(): 1.0}
        clock.advance(6)
        assert (await scraped(app))["pawprint_store_write_seconds_count"] == {(): 2.0}


async def test_an_app_that_stops_is_not_ready_and_then_gone(settings: Settings) -> None:
    app = await App.open(settings)
    url = app.monitor.url
    app.monitor.running = False
    assert (await get(app, "/healthz")).checks["started"] == "starting or stopping"
    await app.close()
    await app.close()
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"{url}/livez")


async def test_a_late_loop_is_not_ready(app: App) -> None:
    app.monitor._lag._due = -1e9  # as if the timer under way had not come back
    told = await get(app, "/healthz")
    assert told.status == 503
    assert told.checks["loop"].startswith("the event loop is ")


async def test_what_members_do_is_counted_by_what_it_is(
    app: App, discord: DiscordDouble, backend: EmbeddedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(app, discord, monkeypatch):
        seen = await discord.slash("cat", breed="siam")
        voted = await discord.click(seen, button(seen, "👍"), user="Mia")
        menu = await discord.menu("Picture…", voted)
        await discord.click(menu, button(menu, "👎"), user="Mia")
        await discord.autocomplete("cat", "breed", "sia")
        await discord.slash("cat", breed="burmatic")
        await app.sync.deliver_due()
        read = await scraped(app)
        assert read["pawprint_commands_total"] == {
            ("cat", "ok"): 1.0,
            ("cat", "refused"): 1.0,
            ("Picture…", "ok"): 1.0,
        }
        assert read["pawprint_presses_total"] == {("button",): 1.0, ("menu",): 1.0, ("autocomplete",): 1.0}
        assert read["pawprint_failures_total"] == {("command", "UnknownBreed"): 1.0}
        assert read["pawprint_pictures_total"]["cat", "fetched"] == 1.0
        assert read["pawprint_backend_calls_total"]["catapi", "GET", "200"] >= 1.0
        assert read["pawprint_backend_call_seconds_count"]["GET", "catapi"] >= 1.0
        assert read["pawprint_cache_reads_total"]["miss",] >= 1.0
        assert read["pawprint_deliveries_total"]["catapi", "taken"] >= 1.0
        assert set(read["pawprint_deliveries_backlog"]) == {("waiting",), ("parked",)}
        assert set(read["pawprint_pool_pictures"]) == {("cat",), ("dog",)}

        backend.faults.add(Fault(kind=Kind.DROPPED))
        await discord.slash("image", id="nobodyknows")
        assert (await scraped(app))["pawprint_commands_total"]["image", "failed"] == 1.0


async def test_a_reaction_of_a_member_to_a_card_is_a_press(
    app: App, discord: DiscordDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(app, discord, monkeypatch) as bot:
        seen = await discord.slash("cat", breed="siam")
        assert bot.user is not None
        for emoji, author in (("👍🏽", bot.user.id), ("🎉", bot.user.id), ("👍", PEOPLE["Noah"])):
            data = {
                "user_id": str(PEOPLE["Mia"]),
                "channel_id": seen["channel_id"],
                "message_id": seen["id"],
                "guild_id": str(GUILD),
                "emoji": {"id": None, "name": emoji},
                "message_author_id": str(author),
                "burst": False,
                "type": 0,
            }
            bot._connection.parse_message_reaction_add(data)  # type: ignore[arg-type]
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith("discord.py: ")))
        assert (await scraped(app))["pawprint_presses_total"]["reaction",] == 1.0


async def test_every_metric_is_there_with_its_type_and_nothing_says_who(
    app: App, discord: DiscordDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(app, discord, monkeypatch):
        seen = await discord.slash("cat", breed="siam")
        await discord.click(seen, button(seen, "👍"), user="Mia")
        text = (await get(app, "/metrics")).text
        read = await scraped(app)
    typed = {line.split(" ")[2]: line.split(" ")[3] for line in text.splitlines() if line.startswith("# TYPE ")}
    assert {name: kind for name, kind in typed.items() if not name.startswith("process_")} == {
        metric.exposed: metric.kind for metric in METRICS
    }
    assert read["pawprint_info"] == {(__version__,): 1.0}
    values = {value for series in read.values() for labels in series for value in labels}
    people = {*PEOPLE, *map(str, PEOPLE.values()), str(GUILD), seen["channel_id"], seen["id"]}
    assert values & people == set()
    for hidden in (str(app.settings.data_dir), *app.settings.secrets):
        assert hidden not in text


async def test_nothing_listens_without_a_port(settings: Settings) -> None:
    async with opened(msgspec.structs.replace(settings, http_port=None)) as app:
        assert "loop lag" not in {task.get_name() for task in app._tasks}
        with pytest.raises(AssertionError):
            _ = app.monitor.url


@pytest.mark.parametrize(
    ("host", "reason"),
    [("127.0.0.1", os.strerror(errno.EADDRINUSE)), ("203.0.113.7", os.strerror(errno.EADDRNOTAVAIL))],
)
async def test_a_port_that_cannot_be_had_is_one_sentence_and_leaves_nothing_behind(
    settings: Settings, host: str, reason: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken) as raised:
            await App.open(msgspec.structs.replace(settings, http_port=port, http_host=host))
        assert raised.value.exit_code == 2
        told = str(raised.value)
        assert (
            told
            == f"Health and metrics cannot listen at port {port} of {host} ({reason}): see HTTP_PORT and HTTP_HOST."
        )
    async with opened(settings):  # the data folder was let go
        pass


async def test_the_sandbox_has_it_too(tmp_path: Path) -> None:
    async with Session.open(Settings(data_dir=tmp_path, sandbox_port=0, http_port=0)) as session:
        ready = await get(session.app, "/healthz")
        assert (ready.status, ready.checks) == (200, WELL)
        read = await scraped(session.app)
        assert read["pawprint_shard_connected"] == {("0",): 1.0}
        assert set(read["pawprint_gateway_latency_seconds"]) == {("0",)}


async def test_a_process_logs_json_without_a_secret_or_a_person(
    discord: DiscordDouble, settings: Settings, backend: EmbeddedBackend
) -> None:
    environment = {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": settings.discord_api_url,
        "DISCORD_GATEWAY_URL": settings.discord_gateway_url or "",
        "DATA_DIR": str(settings.data_dir),
        "CAT_API_URL": settings.cat_api_url,
        "CAT_API_KEY": backend.cat_key,
        "DOG_API_URL": settings.dog_api_url,
        "HTTP_PORT": "0",
        "LOG_FORMAT": "json",
    }
    backend.faults.add(Fault(kind=Kind.DROPPED))
    async with copy_of(environment) as copy:
        await discord.slash("image", id="nobodyknows")
        ended = await copy.stop(signal.SIGTERM)
    assert ended.code == 0
    lines = [json.loads(line) for line in ended.err.splitlines()]
    (address,) = [line["message"] for line in lines if line["logger"] == "bot.telemetry.server"]
    assert address.startswith("Health and metrics are at http://127.0.0.1:")
    (failure,) = [line for line in lines if "reference" in line]
    assert failure["message"].startswith(f"[{failure['reference']}] command: ")
    for hidden in (TOKEN, backend.cat_key, *PEOPLE):
        assert hidden not in ended.err
