"""The sandbox's index page on a real socket: what its forms do, and what they say when that cannot be done."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
import webbrowser
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import time, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import pytest_asyncio
from simcord import SetupError

from bot.services.daily import Plan
from bot.settings import Settings
from sandbox.backend.faults import Kind
from sandbox.session import Session

# The sandbox lives on a loop that the tests of this module share.
together = pytest.mark.asyncio(loop_scope="module")

NOTHING = "There is no message yet. Open a channel and type /cat first."
REFUSED = "Discord does not let this member do that here. Choose somebody else."


@dataclass(frozen=True)
class Visitor:
    """Somebody with the index page before them."""

    session: Session
    http: aiohttp.ClientSession

    async def page(self) -> str:
        """Return the page as it is now."""
        async with self.http.get(self.session.index.url) as answer:
            assert answer.status == 200
            return await answer.text()

    async def press(self, action: str, **form: str) -> str:
        """Press a button of a form, and return what the page says then."""
        token = re.search(r'name="token" value="([^"]+)"', await self.page())
        assert token is not None
        async with self.http.post(self.session.index.url + action, data=form | {"token": token[1]}) as answer:
            assert answer.status == 200
            note = re.search(r'role="status">([^<]*)<', await answer.text())
        return unescape(note[1]) if note else str(answer.real_url)

    async def post_a_card(self, channel: str) -> None:
        """Ask for a cat in a channel, which is shown then."""
        assert self.session.discord.url == await self.press("show", channel=channel)
        world = self.session.discord.world
        await self.session.discord.act(lambda: world.members["Mia"].slash(world.channels[channel], "cat"))

    async def pressed(self) -> list[str]:
        """Return which buttons look pressed."""
        return re.findall(r'value="(\w+)" aria-pressed="true"', await self.page())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitor(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visitor]:
    """Visit a sandbox that the tests share."""
    folder = tmp_path_factory.mktemp("sandbox")
    async with Session.open(Settings(data_dir=folder, sandbox_port=0)) as session, aiohttp.ClientSession() as http:
        yield Visitor(session, http)


@together
async def test_a_channel_that_is_opened_is_the_one_that_the_forms_are_about(visitor: Visitor) -> None:
    for channel, shown in (("daily", "#daily"), ("@Yuki", "@Yuki"), ("pets", "#pets")):
        assert await visitor.press("show", channel=channel) == visitor.session.discord.url
        assert f"To the newest message in {shown}, the channel you opened last." in await visitor.page()
    assert await visitor.press("show", channel="nowhere") == NOTHING
    assert visitor.session.discord.shown == "pets"


@together
async def test_who_may_not_see_a_channel_is_not_offered_it(visitor: Visitor) -> None:
    await visitor.press("show", channel="staff")
    async with visitor.http.get(visitor.session.discord.url) as answer:
        assert answer.status == 200
    preview = visitor.session.discord._preview
    assert preview is not None
    world = visitor.session.discord.world
    seen_by = {actor.id for actor in preview.viewers}
    assert seen_by == {world.members[name].id for name in ("Ada", "Max")}


@together
async def test_reactions_come_and_go_on_the_newest_card(visitor: Visitor) -> None:
    assert await visitor.press("show", channel="daily") == visitor.session.discord.url
    assert await visitor.press("react", member="Noah", emoji="👍") == NOTHING
    await visitor.post_a_card("daily")
    assert await visitor.press("react", member="Noah", emoji="👍") == "The reaction is there."
    assert "1 vote or favourite waits" in await visitor.page()
    assert await visitor.press("react", member="Noah", emoji="👍", take="on") == "The reaction is gone."
    assert await visitor.press("react", member="Nobody", emoji="👍") == NOTHING
    assert await visitor.press("react", member="Ghost", emoji="👍") == REFUSED


@together
async def test_the_picture_menu_opens_where_there_is_a_card_and_for_who_may_use_it(visitor: Visitor) -> None:
    await visitor.post_a_card("pets")
    told = "The menu is open in the channel, for that member’s eyes only."
    assert await visitor.press("menu", member="Noah") == told
    assert await visitor.press("menu", member="Ghost") == REFUSED
    await visitor.press("show", channel="@Mia")
    assert await visitor.press("menu", member="Mia") == NOTHING


@together
async def test_time_passes_for_the_bot_too(visitor: Visitor) -> None:
    clock = visitor.session.app.clock
    before = clock.now()
    assert await visitor.press("skip", time="hour") == "Time has passed."
    assert 3600 <= (clock.now() - before).total_seconds() < 3700
    assert await visitor.press("skip", time="century") == NOTHING
    assert (clock.now() - before).total_seconds() < 3700


@together
async def test_the_picture_of_a_skipped_day_is_posted(visitor: Visitor) -> None:
    app, world = visitor.session.app, visitor.session.discord.world
    plan = Plan(channel_id=world.channels["daily"].id, at=time(8, 30), zone=ZoneInfo("Europe/Berlin"))
    daily = await app.dailies.put(world.guild.id, 1, plan)
    await visitor.press("skip", time="day")
    async with asyncio.timeout(10):
        while (await app.dailies.find(*daily.key)).message_id is None:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)
    await app.dailies.remove(*daily.key)


@together
@pytest.mark.parametrize(
    ("fault", "kind"),
    [("slow", Kind.DELAY), ("down", Kind.UNAVAILABLE), ("limited", Kind.LIMITED), ("empty", Kind.EMPTY)],
)
async def test_the_back_end_breaks_in_each_way_and_is_mended(visitor: Visitor, fault: str, kind: Kind) -> None:
    faults = visitor.session.backend.faults
    assert await visitor.press("break", fault=fault) == "The back end misbehaves now."
    assert [active.kind for active in faults.active] == [kind]
    assert await visitor.pressed() == [fault]
    assert await visitor.press("break", fault="none") == "The back end is well again."
    assert list(faults.active) == []
    assert await visitor.pressed() == []


@together
async def test_only_the_page_itself_can_press_its_buttons(visitor: Visitor) -> None:
    url, http = visitor.session.index.url, visitor.http
    for form in ({"time": "day"}, {"time": "day", "token": "guessed"}):
        async with http.post(f"{url}skip", data=form) as answer:
            assert (answer.status, await answer.text()) == (
                403,
                "This page is from an earlier run. Reload it and try again.",
            )
    async with http.post(f"{url}explode", data={"token": "guessed"}) as answer:
        assert answer.status == 404
    for path in ("", "style.css"):
        async with http.get(url + path, headers={"Host": "pawprint.example"}) as answer:
            assert answer.status == 403
    async with http.get(f"{url}style.css") as answer:
        assert (answer.status, answer.content_type) == (200, "text/css")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    async with http.get(f"{url}?done=<script>") as answer:
        assert "<script>" not in await answer.text()


@together
async def test_what_is_pressed_on_a_page_that_was_open_for_long_tells_times_from_now(visitor: Visitor) -> None:
    discord = visitor.session.discord
    preview = discord._preview
    assert preview is not None
    async with discord._turn:
        await discord._env.advance_time(60)
        assert discord._env.now() - preview.capture_time >= timedelta(seconds=60)
    with suppress(SetupError):
        await preview._action("of nobody", {})
    assert discord._env.now() - preview.capture_time < timedelta(seconds=10)


@together
async def test_the_page_is_opened_where_there_is_a_desktop(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    visitor.session.open_browser()
    assert opened == []
    monkeypatch.setenv("DISPLAY", ":0")
    visitor.session.open_browser()
    assert opened == [visitor.session.index.url]


async def test_ports_that_are_taken_or_not_known_are_no_obstacle(tmp_path: Path) -> None:
    kept = tmp_path / "sandbox" / "backend" / "port"
    kept.parent.mkdir(parents=True)
    async with AsyncExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(2)]
        kept.write_text(str(taken[0]))
        settings = Settings(data_dir=tmp_path, sandbox_port=taken[1])
        async with Session.open(settings) as session, aiohttp.ClientSession() as http:
            assert session.index.url in session.welcome()
            assert urlsplit(session.index.url).port != taken[1]
            await Visitor(session, http).page()
            backend = urlsplit(session.backend.cat_url).port
    assert backend not in taken
    assert kept.read_text() == str(backend)
