"""The embedded back end as a whole: both hosts on one port of this machine, started and stopped with the sandbox."""

from __future__ import annotations

import asyncio
import random
import socket
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Literal

from aiohttp import web
from msgspec import Struct

import bot
from bot.clock import Clock
from bot.models import Species

from . import a2, b
from .a2 import GenerationA2
from .b import GenerationB
from .catalogue import Catalogue, load_catalogue
from .facts import load_facts
from .faults import Faults
from .generation import Generation, Handler, Host
from .limits import RateLimit
from .misbehaviour import Misbehaviour, Sleep, host_and_path
from .painting import ProcessPainter, ThreadPainter
from .pictures import Pictures
from .portraits import Draw, portrait_size, square_size
from .state import Favourite, State, Vote

GenerationName = Literal["A2", "B"]

SANDBOX_KEYS: Mapping[Species, Sequence[str]] = {
    Species.CAT: ("live_sandbox_cat_key",),
    Species.DOG: ("live_sandbox_dog_key",),
}
"""The keys that the hosts take unless told otherwise; they open nothing but this."""

SANDBOX_RATE_LIMIT = 600
"""Calls a minute for a key: generous, since nobody pays for them here."""

SHIPPED_DATA = Path(bot.__file__).parent / "data"
REMEMBERED_REQUESTS = 50


class Seen(Struct, frozen=True):
    """A request as the index page lists it: its path with the query, and the status of the answer."""

    at: datetime
    method: str
    path: str
    status: int


class Held(Struct, frozen=True):
    """How much a host keeps."""

    votes: int
    favourites: int


class EmbeddedBackend:
    """TheCatAPI and TheDogAPI on loopback, over SQLite in `folder`; what they are given survives restarts.

    `keys` are those each host takes, the first being `cat_key` and `dog_key`. `rate_limit` is in calls a minute and
    key; None is the real one (A2: 120, B: 10). `draw` replaces the art room by a quick function of one's own (species,
    breed id, variant → JPEG) that runs in a thread. `data` is a folder like `bot/data`. `votes_readable` lets a host of
    generation B list votes to a key, which its document reserves to a bearer token. `facts` puts them into the plan of
    the keys; free plans are refused. Port 0 takes any free one.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        cat_generation: GenerationName = "A2",
        dog_generation: GenerationName = "B",
        keys: Mapping[Species, Sequence[str]] = SANDBOX_KEYS,
        host: str = "127.0.0.1",
        port: int = 0,
        draw: Draw | None = None,
        data: Path = SHIPPED_DATA,
        rate_limit: int | None = SANDBOX_RATE_LIMIT,
        votes_readable: bool = False,
        facts: bool = False,
        seed: int | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.faults = Faults()
        self._folder = folder
        self._clock = clock
        self._generations: dict[Species, GenerationName] = {Species.CAT: cat_generation, Species.DOG: dog_generation}
        self._keys = keys
        self._address = (host, port)
        self._draw = draw
        self._data = data
        self._rate_limit = rate_limit
        self._votes_readable = votes_readable
        self._facts = facts
        self._dice = random.Random(seed)
        self._sleep = sleep
        self._recent: deque[Seen] = deque(maxlen=REMEMBERED_REQUESTS)
        self._running: AsyncExitStack | None = None
        self._state: State | None = None
        self._url = ""

    async def start(self) -> None:
        """Open the store and listen; raises OSError when the folder or the port cannot be had."""
        if self._running is not None:
            raise RuntimeError("the embedded back end runs already")
        async with AsyncExitStack() as stack:
            self._folder.mkdir(parents=True, exist_ok=True)
            measure = square_size if self._draw else portrait_size
            catalogues = {species: load_catalogue(species, self._data, measure) for species in Species}
            state = await State.open(self._folder / "backend.sqlite3")
            stack.push_async_callback(state.close)
            painter = ThreadPainter(self._draw) if self._draw else ProcessPainter()
            pictures = Pictures(self._folder / "pictures", painter, catalogues)
            stack.push_async_callback(pictures.close)
            listening = socket.create_server(self._address)
            stack.callback(listening.close)
            self._address = (self._address[0], listening.getsockname()[1])
            self._url = f"http://{self._address[0]}:{self._address[1]}"
            application = self._application(catalogues, state, pictures)
            runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.SockSite(runner, listening).start()
            self._state, self._running = state, stack.pop_all()

    async def close(self) -> None:
        """Stop listening, end the drawing, close the store. A later start takes the same port."""
        running, self._running, self._state = self._running, None, None
        if running is not None:
            await running.aclose()

    @property
    def cat_url(self) -> str:
        """The base address of TheCatAPI's stand-in, with its version; known once started."""
        return f"{self._url}/{Species.CAT}/v1"

    @property
    def dog_url(self) -> str:
        """The base address of TheDogAPI's stand-in, with its version; known once started."""
        return f"{self._url}/{Species.DOG}/v1"

    @property
    def cat_key(self) -> str:
        """A key that TheCatAPI's stand-in takes."""
        return self._keys[Species.CAT][0]

    @property
    def dog_key(self) -> str:
        """A key that TheDogAPI's stand-in takes."""
        return self._keys[Species.DOG][0]

    @property
    def recent(self) -> tuple[Seen, ...]:
        """The last requests, newest first."""
        return tuple(reversed(self._recent))

    async def held(self, species: Species) -> Held:
        """Return how much a host keeps, of all accounts."""
        state = self._opened()
        return Held(await state.count("votes", species), await state.count("favourites", species))

    async def votes(self, species: Species) -> list[Vote]:
        """Return every vote that a host keeps, in the order they came."""
        return await self._opened().every_vote(species)

    async def favourites(self, species: Species) -> list[Favourite]:
        """Return every favourite that a host keeps, in the order they came."""
        return await self._opened().every_favourite(species)

    async def wipe(self) -> None:
        """Forget all votes and favourites, as a service does that lost its disk."""
        await self._opened().wipe()

    def _opened(self) -> State:
        if self._state is None:
            raise RuntimeError("the embedded back end does not run")
        return self._state

    def _application(
        self, catalogues: Mapping[Species, Catalogue], state: State, pictures: Pictures
    ) -> web.Application:
        misbehaviour = Misbehaviour(self.faults, self._clock, self._sleep)
        application = web.Application(middlewares=[self._journal, misbehaviour.apply])
        application.add_routes(misbehaviour.routes())
        for species in Species:
            spoken = self._speaking(species, catalogues[species], state)
            application.add_subapp(f"/{species}/v1", spoken.application())
        application.on_shutdown.append(lambda _: pictures.close())
        application.router.add_get("/{species:cat|dog}/images/{name}", pictures.serve)
        return application

    def _speaking(self, species: Species, catalogue: Catalogue, state: State) -> Generation:
        generation = self._generations[species]
        usual = a2.RATE_LIMIT if generation == "A2" else b.RATE_LIMIT
        host = Host(
            species=species,
            url=f"{self._url}/{species}",
            keys=tuple(self._keys[species]),
            catalogue=catalogue,
            state=state,
            limits=RateLimit(self._rate_limit or usual, self._clock),
            clock=self._clock,
            dice=self._dice,
            facts=load_facts(species, self._data),
            facts_included=self._facts,
        )
        return GenerationA2(host) if generation == "A2" else GenerationB(host, votes_readable=self._votes_readable)

    @web.middleware
    async def _journal(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Remember the request for the index page; a key in the query is not kept."""
        response = await handler(request)
        species, _ = host_and_path(request)
        if species is not None:
            shown = request.rel_url.without_query_params("api_key")
            self._recent.append(Seen(self._clock.now(), request.method, str(shown), response.status))
        return response
