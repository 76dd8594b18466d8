"""The real bot on real sockets: what members see when Discord is the double and the services are the embedded ones."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from PIL import Image

from bot.app import App
from bot.card import Card
from bot.client import Pawprint
from bot.endpoints import use_endpoints
from bot.settings import Secret, Settings
from bot.ui import in_time
from sandbox.backend.application import EmbeddedBackend
from sandbox.backend.faults import Fault, Kind
from tests.wire.discord_double import TOKEN, DiscordDouble
from tests.wire.discord_shapes import EPHEMERAL, GUILD, PEOPLE, Json, walk

CARD, GALLERY, BUTTON, TEXT = 17, 12, 2, 10
V2 = 1 << 15
Run = Callable[[], AbstractAsyncContextManager[App]]


@pytest.fixture
def run(discord: DiscordDouble, backend: EmbeddedBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Start the bot as `run` does, on the double; it stops at the end of the block."""
    # use_endpoints() sets them for the process: put them back afterwards.
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    settings = Settings(
        discord_token=Secret(TOKEN),
        discord_api_url=discord.api_url,
        discord_gateway_url=discord.gateway_url,
        data_dir=tmp_path / "data",
        cat_api_url=backend.cat_url,
        cat_api_key=Secret(backend.cat_key),
        dog_api_url=backend.dog_url,
        dog_api_key=Secret(backend.dog_key),
    )

    @asynccontextmanager
    async def running() -> AsyncIterator[App]:
        use_endpoints(settings)
        app = await App.open(settings)
        try:
            bot = Pawprint(app)
            started = asyncio.create_task(bot.start(TOKEN))
            try:
                connected = asyncio.create_task(discord.connected())
                await asyncio.wait((connected, started), return_when=asyncio.FIRST_COMPLETED)
                if started.done():
                    connected.cancel()
                    await started
                await connected
                yield app
            finally:
                await bot.close()
                started.cancel()
                await asyncio.wait((started,))
        finally:
            await app.close()

    return running


def texts_on(message: Json) -> str:
    """Return all that can be read on a message."""
    return "\n".join([message["content"], *(c["content"] for c in walk(message["components"]) if c["type"] == TEXT)])


def pictures_on(message: Json) -> list[Json]:
    """Return the gallery items of a message: `media` and `description`."""
    return [item for c in walk(message["components"]) if c["type"] == GALLERY for item in c["items"]]


def buttons_on(message: Json) -> dict[str, Json]:
    """Return the buttons of a message by their emoji."""
    return {c["emoji"]["name"]: c for c in walk(message["components"]) if c["type"] == BUTTON}


def card_on(message: Json) -> Card:
    """Return the card that a message shows."""
    parsed = Card.parse(buttons_on(message)["👍"]["custom_id"])
    assert parsed is not None
    return parsed[1]


async def press(discord: DiscordDouble, message: Json, emoji: str, user: str = "Mia") -> Json:
    """Press a button by its emoji."""
    return await discord.click(message, buttons_on(message)[emoji]["custom_id"], user=user)


async def test_commands_are_told_once_and_not_again_when_nothing_changed(discord: DiscordDouble, run: Run) -> None:
    async with run():
        pass
    assert {command["name"] for command in discord.commands} >= {"cat", "dog", "Picture…"}
    assert len(discord.asked_for("PUT", "/commands")) == 1

    async with run():
        pass
    assert len(discord.asked_for("GET", "/commands")) == 2
    assert len(discord.asked_for("PUT", "/commands")) == 1

    del discord.commands[0]["description"]
    async with run():
        pass
    assert len(discord.asked_for("PUT", "/commands")) == 2


async def test_a_breed_answers_with_a_card(discord: DiscordDouble, run: Run) -> None:
    async with run():
        seen = await discord.slash("cat", breed="siam")
    assert seen["flags"] == V2
    assert [c["type"] for c in seen["components"]] == [CARD]
    assert "Siamese" in texts_on(seen)
    assert "TheCatAPI" in texts_on(seen)
    [picture] = pictures_on(seen)
    assert picture["description"] == "A cat of the breed Siamese."
    [upload] = discord.messages[seen["id"]].uploads.values()
    assert picture["media"]["attachment_id"] == upload["id"]
    assert upload["description"] == picture["description"]
    [(_, content)] = next(asked.files for asked in discord.asked if asked.files)
    assert Image.open(io.BytesIO(content)).format in ("JPEG", "PNG", "GIF")
    assert list(buttons_on(seen)) == ["👍", "👎", "❤️", "🔁", "ℹ️"]


async def test_a_press_shows_its_vote_by_the_answer_itself(discord: DiscordDouble, run: Run) -> None:
    async with run() as app:
        seen = await discord.slash("cat", breed="siam")
        voted = await press(discord, seen, "👍")
        assert voted["id"] == seen["id"]
        assert buttons_on(voted)["👍"]["label"] == "1"
        again = await press(discord, voted, "👍", user="Noah")
        assert buttons_on(again)["👍"]["label"] == "2"
        assert not discord.asked_for("PATCH", f"/messages/{seen['id']}")

        standing = await app.votes.standing(GUILD, card_on(seen).picture, PEOPLE["Noah"])
        assert (standing.up, standing.down, standing.mine) == (2, 0, 1)


async def test_the_uploaded_picture_stays_after_a_press(discord: DiscordDouble, run: Run) -> None:
    async with run():
        seen = await discord.slash("cat", breed="siam")
        voted = await press(discord, seen, "👍")
    assert pictures_on(voted) == pictures_on(seen)


async def test_info_is_for_the_asker_only(discord: DiscordDouble, run: Run) -> None:
    async with run():
        seen = await discord.slash("cat", breed="siam")
        told = await press(discord, seen, "ℹ️", user="Noah")
    assert told["flags"] & EPHEMERAL
    assert "**Siamese**" in told["content"]
    assert "You have not voted on this picture." in told["content"]


async def test_the_message_menu_votes_for_the_asker_only(discord: DiscordDouble, run: Run) -> None:
    async with run() as app:
        seen = await discord.slash("cat", breed="siam")
        menu = await discord.menu("Picture…", seen)
        assert menu["flags"] & EPHEMERAL
        voted = await press(discord, menu, "👎")
        assert "You voted 👎." in texts_on(voted)
        assert (await app.votes.standing(GUILD, card_on(seen).picture)).down == 1


async def test_an_unknown_breed_answers_with_near_names(discord: DiscordDouble, run: Run) -> None:
    async with run():
        told = await discord.slash("cat", breed="burmatic")
    assert told["flags"] & EPHEMERAL
    asked, _, near = told["content"].partition("Did you mean: ")
    assert asked == "I know no breed “burmatic”. "
    assert "Burmilla" in near


async def test_suggestions_fit_into_discords_limit(discord: DiscordDouble, run: Run) -> None:
    async with run():
        assert len(await discord.autocomplete("dog", "breed", "")) == 25
        choices = await discord.autocomplete("cat", "breed", "sia")
    assert choices[0] == {"name": "Siamese", "value": "siam"}
    assert len(choices) <= 25


async def test_a_dead_service_answers_with_a_sentence_and_a_reference(
    discord: DiscordDouble, backend: EmbeddedBackend, run: Run
) -> None:
    backend.faults.add(Fault(kind=Kind.DROPPED))
    async with run():
        # Of this breed no picture can stand in.
        await discord.slash("cat", breed="mala")
        # Whatever stood in the place of "thinking…" goes: it was for everybody.
        await discord.until(lambda: [m.raw["flags"] & EPHEMERAL for m in discord.messages.values()] == [EPHEMERAL])
    [told] = discord.messages.values()
    assert "TheCatAPI does not answer right now." in told.raw["content"]
    assert "Reference for the bot's operator:" in told.raw["content"]


async def test_a_resumed_session_goes_on_working(discord: DiscordDouble, run: Run) -> None:
    async with run():
        seen = await discord.slash("cat", breed="siam")
        await discord.drop()
        voted = await press(discord, seen, "👍")  # while the bot is away: it comes with the resumed session
        assert buttons_on(voted)["👍"]["label"] == "1"
        assert buttons_on(await press(discord, voted, "👎"))["👎"]["label"] == "1"
    assert (discord.identified, discord.resumed) == (1, 1)


async def test_the_gateway_of_the_settings_is_used_whatever_discord_names(discord: DiscordDouble, run: Run) -> None:
    discord.told_gateway = "ws://127.0.0.1:9/elsewhere"
    async with run():
        assert buttons_on(await discord.slash("dog"))


async def test_a_press_on_a_locked_database_is_acknowledged_in_time_and_answered_when_it_is_free(
    discord: DiscordDouble, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_time, "PATIENCE", 0.05)

    def waiting() -> tuple[int, int]:
        """Return how many answers "thinking…" stands for, and how many messages wait to be drawn anew."""
        kinds = [asked.body["type"] for asked in discord.asked_for("POST", "/callback")]
        return kinds.count(5), kinds.count(6)

    async with run() as app:
        card = await discord.slash("cat", breed="siam")
        while await app.posts.of_message(int(card["id"])) is None:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
        menu = await discord.menu("Picture…", card)
        database = tmp_path / "data" / "pawprint.sqlite3"
        with closing(sqlite3.connect(database, isolation_level=None, check_same_thread=False)) as other:
            await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
            thinking, drawing = waiting()
            by_button = asyncio.create_task(press(discord, card, "👍"))
            by_menu = asyncio.create_task(press(discord, menu, "👍", user="Noah"))
            by_command = asyncio.create_task(discord.slash("favourites add"))
            await discord.until(lambda: waiting() == (thinking + 1, drawing + 2))
            assert not by_button.done()
            assert not by_menu.done()
            assert "You have not voted" in texts_on(await press(discord, card, "ℹ️"))  # who only reads waits for nobody
            other.execute("ROLLBACK")
        assert buttons_on(await by_button)["👍"]["label"]
        assert "You voted 👍." in texts_on(await by_menu)
        assert "❤️" in texts_on(await by_command)
        assert (await app.votes.standing(GUILD, card_on(card).picture)).up == 2


async def test_a_card_that_was_forgotten_is_known_again_once_it_is_pressed(discord: DiscordDouble, run: Run) -> None:
    async with run() as app:
        seen = await discord.slash("cat", breed="siam")
        await app.posts.forget_messages([int(seen["id"])])  # a kill just after the answer, or an older backup
        voted = await press(discord, seen, "👍")
        assert pictures_on(voted) == pictures_on(seen)
        await discord.react(voted, "👍", user="Noah")
        await discord.until(lambda: buttons_on(discord.messages[seen["id"]].raw)["👍"]["label"] == "2")
