"""The stage of the simulated tests: the real bot on a real app, an embedded back end, and a simulated Discord."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import simcord
from PIL import Image
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from bot.app import App
from bot.client import Pawprint
from bot.clock import SystemClock
from bot.models import Species
from bot.settings import Secret, Settings
from sandbox.backend.application import EmbeddedBackend
from sandbox.world import World, build


def quick_picture(species: str, breed_id: str, variant: int) -> bytes:
    """Stand in for the drawing of a portrait, which takes its time."""
    colour = (variant * 40 % 256, 180, len(breed_id) * 20 % 256) if species == Species.CAT else (90, 90, 200)
    out = io.BytesIO()
    Image.new("RGB", (16, 16), colour).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Stage:
    """What a test plays on. The server has the channels and people of the sandbox's world."""

    env: simcord.Env
    bot: Pawprint
    app: App
    backend: EmbeddedBackend
    world: World

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

    async def card(self, command: str = "cat", actor: MemberActor | None = None, **options: Any) -> Card:
        """Ask for a picture and return the card that everybody sees."""
        result = await (actor or self.mia).slash(self.pets, command, **options)
        assert not result.ephemeral, texts_of(result)
        return self.newest()

    def newest(self) -> Card:
        """Return the newest message of #pets as a card."""
        message = self.pets.last_message
        assert message is not None
        return Card(self, message.id)


@dataclass
class Card:
    """A message of the bot, read as it is now."""

    stage: Stage
    message_id: int

    @property
    def raw(self) -> dict[str, Any]:
        """The message as Discord's client gets it."""
        from simcord.backend import serializers

        backend = self.stage.env.backend
        channel = self.stage.pets.id
        return dict(serializers.message_payload(backend, backend.get_message(channel, self.message_id)))

    @property
    def components(self) -> list[dict[str, Any]]:
        """Every component, outermost first."""
        return list(_walk(self.raw["components"]))

    @property
    def text(self) -> str:
        """All text on it."""
        return "\n".join(c["content"] for c in self.components if c["type"] == 10)

    @property
    def pictures(self) -> list[dict[str, Any]]:
        """The items of its galleries: `media` and `description`."""
        return [item for c in self.components if c["type"] == 12 for item in c["items"]]

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

    async def press(self, actor: MemberActor, emoji: str, number: int = 0) -> InteractionResult:
        """Press a button as somebody."""
        message = next(m for m in self.stage.pets.history() if m.id == self.message_id)
        return await actor.click(message, custom_id=self.button(emoji, number)["custom_id"])


def texts_of(result: InteractionResult) -> str:
    """Return all text that an interaction was answered with, follow-ups included."""
    said: list[str] = []
    for answer in (result.response, *result.followups):
        if answer is not None:
            said.append(answer.content)
            said += [c["content"] for c in _walk(answer.components) if c["type"] == 10]
    return "\n".join(filter(None, said))


def _walk(components: list[Any]) -> Any:
    for component in components:
        yield component
        yield from _walk(component.get("components", []))


@asynccontextmanager
async def staged(folder: Path, **backend_options: Any) -> AsyncIterator[Stage]:
    """Raise the curtain, and lower it."""
    clock = SystemClock()
    backend = EmbeddedBackend(folder / "backend", clock=clock, draw=quick_picture, seed=1, **backend_options)
    await backend.start()
    try:
        app = await App.open(settings_for(backend, folder), clock)
        try:
            bot = Pawprint(app)
            env = simcord.Env(bot, shard_count=1, settle_timeout=20)
            world = build(env)
            env.backend.advance_clock((clock.now() - env.now()).total_seconds())
            await env.start()
            try:
                yield Stage(env, bot, app, backend, world)
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
