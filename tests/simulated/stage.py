"""The stage of the simulated tests: the real bot on a real app, an embedded back end, and a simulated Discord."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import discord
import msgspec
import simcord
from PIL import Image
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, UserHandle
from simcord.results import InteractionResult

from bot.app import App
from bot.card import Card as KeptCard
from bot.client import Pawprint
from bot.clock import SystemClock
from bot.identity import Person
from bot.models import Picture, PictureKey, Species
from bot.settings import Secret, Settings
from sandbox.backend.application import EmbeddedBackend
from sandbox.world import World, build
from tests.ready import ready_database


def quick_picture(species: str, breed_id: str, variant: int) -> bytes:
    """Stand in for the drawing of a portrait, which takes its time."""
    colour = (variant * 40 % 256, 180, len(breed_id) * 20 % 256) if species == Species.CAT else (90, 90, 200)
    out = io.BytesIO()
    Image.new("RGB", (16, 16), colour).save(out, "JPEG")
    return out.getvalue()


class Pause:
    """A sleep that lasts until a test ends it."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self._over.wait()
        self._over.clear()

    def end(self) -> None:
        """Let whoever sleeps go on."""
        self._over.set()


@dataclass
class Stage:
    """What a test plays on. The server has the channels and people of the sandbox's world."""

    env: simcord.Env
    bot: Pawprint
    app: App
    backend: EmbeddedBackend
    world: World
    pause: Pause
    clock: SystemClock

    @property
    def pets(self) -> ChannelHandle:
        """The channel that most tests use."""
        return self.world.channels["pets"]

    @property
    def mia(self) -> MemberActor:
        """A member."""
        return self.world.members["Mia"]

    @property
    def noah(self) -> MemberActor:
        """Another member."""
        return self.world.members["Noah"]

    @property
    def mention(self) -> str:
        """What one types to speak to the bot."""
        assert self.bot.user is not None
        return self.bot.user.mention

    def person(self, actor: MemberActor | UserHandle, channel: ChannelHandle | None = None) -> Person:
        """Return who an actor is to the store, in the server or in direct messages."""
        guild = (channel or self.pets).guild
        return Person(guild.id if guild else 0, actor.id)

    async def card(
        self,
        command: str = "cat",
        actor: MemberActor | None = None,
        channel: ChannelHandle | None = None,
        **options: Any,
    ) -> Card:
        """Ask for a picture and return the card that everybody sees."""
        where = channel or self.pets
        result = await (actor or self.mia).slash(where, command, **options)
        assert result.response is not None, texts_of(result)
        assert not result.ephemeral, texts_of(result)
        return Card(self, where, result.response.id)

    async def direct_card(self, actor: MemberActor, command: str = "cat", **options: Any) -> Card:
        """Ask for a picture in direct messages."""
        result = await actor.user.slash(command, **options)
        assert result.response is not None
        return Card(self, actor.user.dm_channel, result.response.id)

    def newest(self, channel: ChannelHandle | None = None) -> Card:
        """Return the newest message of #pets, or of another channel, as a card."""
        where = channel or self.pets
        message = where.last_message
        assert message is not None
        return Card(self, where, message.id)

    async def same_picture(self, card: Card, channel: ChannelHandle | None = None) -> Card:
        """Post the picture of a card once more, as chance may have it in another channel."""
        async with self._only(card) as species:
            return await self.card(species, channel=channel)

    async def same_picture_to(self, actor: MemberActor, card: Card) -> Card:
        """Show the picture of a card to somebody in direct messages."""
        async with self._only(card) as species:
            return await self.direct_card(actor, species)

    @asynccontextmanager
    async def _only(self, card: Card) -> AsyncIterator[Species]:
        """Have one picture only at hand."""
        picture = await self.app.posts.picture(card.keys[0])
        assert picture is not None

        async def again(*_: object, **__: object) -> list[Picture]:
            return [picture]

        with patch.object(self.app.pictures, "ready", again):
            yield picture.species

    async def counts_drawn(self) -> None:
        """Let the two seconds pass after which other messages show the new counts."""
        work = self.bot.refresher._work
        assert work is not None
        assert not work.done()
        self.pause.end()
        await asyncio.wait_for(work, 10)
        await self.env.settle()

    def edits(self, card: Card) -> int:
        """Return how often the bot edited a message through the REST API."""
        path = f"/channels/{card.channel.id}/messages/{card.message_id}"
        return sum(request.method == "PATCH" and request.path == path for request in self.env.http_requests)


@dataclass
class Card:
    """A message of the bot, read as it is now."""

    stage: Stage
    channel: ChannelHandle
    message_id: int

    @property
    def raw(self) -> dict[str, Any]:
        """The message as Discord's client gets it."""
        from simcord.backend import serializers

        backend = self.stage.env.backend
        return dict(serializers.message_payload(backend, backend.get_message(self.channel.id, self.message_id)))

    @property
    def message(self) -> discord.Message:
        """The message as an actor takes it."""
        return next(m for m in self.channel.history() if m.id == self.message_id)

    @property
    def components(self) -> list[dict[str, Any]]:
        """Every component, outermost first."""
        return list(walk(self.raw["components"]))

    @property
    def text(self) -> str:
        """All text on it."""
        return "\n".join(c["content"] for c in self.components if c["type"] == 10)

    @property
    def pictures(self) -> list[dict[str, Any]]:
        """The items of its galleries: `media` and `description`."""
        return [item for c in self.components if c["type"] == 12 for item in c["items"]]

    @property
    def keys(self) -> list[PictureKey]:
        """The pictures that its buttons are about."""
        parsed = [KeptCard.parse(button["custom_id"]) for button in self.buttons]
        return list(dict.fromkeys(entry[1].picture for entry in parsed if entry is not None))

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """Its buttons."""
        return [c for c in self.components if c["type"] == 2]

    def button(self, emoji: str, number: int = 0) -> dict[str, Any]:
        """Return a button by its emoji, of the picture with that number."""
        return [b for b in self.buttons if b["emoji"]["name"] == emoji][number]

    def count(self, emoji: str, number: int = 0) -> int:
        """Return the count that stands beside an emoji."""
        return int(self.button(emoji, number).get("label") or 0)

    async def press(self, actor: MemberActor | UserHandle, emoji: str, number: int = 0) -> InteractionResult:
        """Press a button as somebody."""
        result: InteractionResult = await actor.click(self.message, custom_id=self.button(emoji, number)["custom_id"])
        return result

    async def menu(self, actor: MemberActor) -> InteractionResult:
        """Open the message menu on it as somebody."""
        return await actor.context_menu(self.channel, "Picture…", self.message)


def texts_of(result: InteractionResult) -> str:
    """Return all text that an interaction was answered with, follow-ups included."""
    said: list[str] = []
    for answer in (result.response, *result.followups):
        if answer is not None:
            said.append(answer.content)
            said += [c["content"] for c in walk(answer.components) if c["type"] == 10]
    return "\n".join(filter(None, said))


def privately(result: InteractionResult) -> str:
    """Return what only the person sees, and see that nothing else is left of the answer."""
    answers = [answer for answer in (result.response, *result.followups) if answer is not None]
    assert answers
    assert all(answer.ephemeral for answer in answers), texts_of(result)
    return texts_of(result)


def walk(components: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield components with those inside them."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))


@asynccontextmanager
async def staged(folder: Path, **backend_options: Any) -> AsyncIterator[Stage]:
    """Raise the curtain, and lower it."""
    clock = SystemClock()
    backend = EmbeddedBackend(folder / "backend", clock=clock, draw=quick_picture, seed=1, **backend_options)
    await backend.start()
    try:
        settings = settings_for(backend, folder)
        ready_database(settings.data_dir)
        app = await App.open(settings, clock)
        try:
            await app.learned()
            bot = Pawprint(app)
            pause = Pause()
            bot.refresher._sleep = pause
            env = simcord.Env(bot, shard_count=1, settle_timeout=20)
            world = build(env)
            env.backend.advance_clock((clock.now() - env.now()).total_seconds())
            await env.start()
            try:
                yield Stage(env, bot, app, backend, world, pause, clock)
            finally:
                await env.shutdown()
                await bot.close()
        finally:
            await app.close()
    finally:
        await backend.close()


def settings_for(backend: EmbeddedBackend, folder: Path, **changes: Any) -> Settings:
    """Return settings that point at an embedded back end, with its keys."""
    settings = Settings(
        data_dir=folder / "data",
        cat_api_url=backend.cat_url,
        cat_api_key=Secret(backend.cat_key),
        dog_api_url=backend.dog_url,
        dog_api_key=Secret(backend.dog_key),
    )
    return msgspec.structs.replace(settings, **changes)
