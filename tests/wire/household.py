"""A server full of simulated people, the bot as a process, and the reckoning: what people were told is what is kept."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import SystemClock
from bot.identity import Person, SubIds, load_secrets
from bot.models import PictureKey, Source, Species
from sandbox.backend.application import EmbeddedBackend
from tests.wire.conftest import quick_picture
from tests.wire.discord_double import TOKEN
from tests.wire.discord_shapes import GUILD, PEOPLE
from tests.wire.operating import app_on, delivered
from tests.wire.people import Held, Human, Shown
from tests.wire.stormy import StormyDiscord
from tests.wire.test_process import Copy, copy_of

_CARDS = 6
_PAUSE = 0.03
_SETTLES_IN = 0.15
_SOURCES = {Species.CAT: Source.CATAPI, Species.DOG: Source.DOGAPI}
# Log lines that tell of a mistake of ours, whatever the services or Discord do.
_MISTAKES = ("Traceback", "Background work", "Task exception was never retrieved", "Unclosed")


@dataclass
class Household:
    """Everything of one run; `call` is set while a back end is in the middle of a slow call."""

    discord: StormyDiscord
    backend: EmbeddedBackend
    data: Path
    dice: random.Random
    call: asyncio.Event
    people: list[Human]
    cards: list[Shown] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    _acting: int = 0
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _idle: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def environment(self) -> dict[str, str]:
        """The bot's settings."""
        return {
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_GATEWAY_URL": self.discord.gateway_url,
            "DATA_DIR": str(self.data),
            "CAT_API_URL": self.backend.cat_url,
            "CAT_API_KEY": self.backend.cat_key,
            "DOG_API_URL": self.backend.dog_url,
            "DOG_API_KEY": self.backend.dog_key,
            # Who is killed writes no coverage down: measuring would only slow it.
            "COVERAGE_PROCESS_CONFIG": "",
        }

    @property
    def answered(self) -> int:
        """How many acts were answered."""
        return sum(human.answered for human in self.people)

    @asynccontextmanager
    async def bot(self, gone: asyncio.Event) -> AsyncIterator[Copy]:
        """Run the bot; at the end it is killed, and all that it had sent by then is taken in."""
        async with copy_of(self.environment) as copy:
            try:
                yield copy
            finally:
                alive = copy.alive
                await copy.kill()
                await asyncio.sleep(_SETTLES_IN)
                gone.set()
                ended = await copy.ended()
                assert alive, f"the bot ended by itself, with {ended.code}:\n{ended.err}"
                found = [line for line in ended.err.splitlines() if any(mistake in line for mistake in _MISTAKES)]
                self.mistakes += [ended.err] if found else []

    @asynccontextmanager
    async def quiet(self) -> AsyncIterator[None]:
        """Hold everybody still, and let what they wait for come to its end first."""
        self._open.clear()
        try:
            async with self._idle:
                await self._idle.wait_for(lambda: self._acting == 0)
            yield
        finally:
            self._open.set()

    async def live(self, gone: asyncio.Event) -> None:
        """Let everybody act until the bot is gone."""
        self._open.set()
        async with asyncio.TaskGroup() as group:
            for human in self.people:
                group.create_task(self._live(human, gone))

    async def _live(self, human: Human, gone: asyncio.Event) -> None:
        while not gone.is_set():
            await self._open.wait()
            self._acting += 1
            try:
                await self._act(human, gone)
            finally:
                self._acting -= 1
                async with self._idle:
                    self._idle.notify_all()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(gone.wait(), self.dice.uniform(0, _PAUSE))

    async def _act(self, human: Human, gone: asyncio.Event) -> None:
        if len(self.cards) < _CARDS or self.dice.random() < 0.01:
            shown = await human.ask(self.dice.choice(["cat", "dog"]), gone)
            if shown is not None and shown.card.picture not in {card.card.picture for card in self.cards}:
                self.cards.append(shown)
        elif self.cards:
            await human.act(self.cards, gone)

    async def reckon(self) -> None:
        """Bring everything to the back ends, then compare: people, store, back ends. Raises AssertionError."""
        self.backend.faults.clear()
        clock = SystemClock()
        async with app_on(self.environment, clock) as app:
            await asyncio.sleep(0)
            await delivered(app)
        stored = _stored(self.data / "pawprint.sqlite3")
        for human in self.people:
            for picture, memory in human.memories.items():
                held = stored[human.user, picture]
                assert held in memory.may_be, f"{human.name}, {picture}: {held} is kept, {memory.may_be} was told"
        for species in Species:
            await self._compare(
                species, {key: held for key, held in stored.items() if key[1].source == _SOURCES[species]}
            )
        assert self.mistakes == [], "\n".join(self.mistakes)

    async def _compare(self, species: Species, stored: Mapping[tuple[int, PictureKey], Held]) -> None:
        """Compare one back end with the store: everything once, and as it was wished last."""
        sub_ids, source = SubIds(load_secrets(self.data)), _SOURCES[species]

        def whose(sub_id: str | None, image_id: str) -> tuple[int, PictureKey]:
            person = sub_ids.read(sub_id or "")
            assert person == Person(GUILD, person.user if person else 0)
            return person.user, PictureKey(source, image_id)

        saved = [whose(one.sub_id, one.image_id) for one in await self.backend.favourites(species)]
        assert sorted(saved) == sorted(key for key, held in stored.items() if held.saved)
        votes: dict[tuple[int, PictureKey], list[float]] = defaultdict(list)
        for vote in await self.backend.votes(species):
            votes[whose(vote.sub_id, vote.image_id)].append(vote.value)
        if species is Species.CAT:  # generation A2: votes can be taken back and read
            assert votes == {key: [held.value] for key, held in stored.items() if held.value}
        else:  # generation B: none of both, so that the newest has to be right
            newest = {key: values[-1] for key, values in votes.items()}
            wished = {key: held.value for key, held in stored.items() if held.value}
            assert {key: newest.get(key) for key in wished} == wished


def _stored(database: Path) -> dict[tuple[int, PictureKey], Held]:
    """Return what the store holds of everybody."""
    found: dict[tuple[int, PictureKey], Held] = defaultdict(Held)
    with closing(sqlite3.connect(database)) as connection:
        for person, source, picture, value, door in connection.execute(
            "SELECT person, source, picture_id, value, door FROM votes"
        ):
            found[person, PictureKey(Source(source), picture)] = Held(value, door)
        for person, source, picture in connection.execute("SELECT person, source, picture_id FROM favourites"):
            key = person, PictureKey(Source(source), picture)
            found[key] = Held(found[key].value, found[key].door, saved=True)
    return found


@asynccontextmanager
async def household(folder: Path, seed: int) -> AsyncIterator[Household]:
    """Set up a Discord, the services and the people; the bot is not started yet."""
    call, dice = asyncio.Event(), random.Random(seed)

    async def in_the_middle(seconds: float) -> None:
        call.set()
        await asyncio.sleep(seconds)

    backend = EmbeddedBackend(
        folder / "backend",
        clock=SystemClock(),
        draw=quick_picture,
        seed=seed,
        sleep=in_the_middle,
        rate_limit=100_000,
    )
    await backend.start()
    try:
        async with StormyDiscord() as discord:
            people = [Human(name, discord, random.Random(f"{seed} {name}")) for name in PEOPLE]
            yield Household(discord, backend, folder / "data", dice, call, people)
    finally:
        await backend.close()
