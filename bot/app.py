"""The composition root: builds what the bot needs, starts and stops it in order, owns the background work."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, Self, TypeVar

from bot.backends.thatapi import ThatApi, thatapi_service
from bot.backends.thatapi_facts import ThatFacts
from bot.backends.transport import Transport
from bot.clock import Clock, SystemClock
from bot.errors import BackendError, BackendRefused, SettingsError
from bot.identity import Person, SubIds, load_or_make_secrets, secrets_from_text
from bot.models import PictureKey, Source, Species
from bot.monitor import Monitor
from bot.services.albums import Albums
from bot.services.breeds import Breeds
from bot.services.categories import Categories
from bot.services.checks import Checks
from bot.services.daily import Dailies
from bot.services.delivery import Delivery
from bot.services.departures import Departures
from bot.services.export import Exports
from bot.services.facts import Facts
from bot.services.favourites import Favourites
from bot.services.forgetting import Forgetting
from bot.services.gate import Gate
from bot.services.guilds import Change, Guilds
from bot.services.moderation import Deed, Moderation
from bot.services.pictures import Pictures
from bot.services.posts import Posted, Posts
from bot.services.privacy import Privacy
from bot.services.quiz import Quiz
from bot.services.rankings import Rankings
from bot.services.reactions import Reactions
from bot.services.resolve import Resolve
from bot.services.riddles import Riddles
from bot.services.shipped import Shipped
from bot.services.standins import StandIns
from bot.services.supply import Supply
from bot.services.votes import Votes
from bot.settings import Settings
from bot.store.cache import ResponseCache
from bot.store.locks import DataLock
from bot.store.store import Store
from bot.sync import Sync

T = TypeVar("T")

_log = logging.getLogger(__name__)
_STOP_WITHIN = 1.0
_LEARN_AGAIN = 120.0
_LEARN_DAILY = 86400.0


def api_of(settings: Settings, transport: Transport, source: Source) -> ThatApi:
    """Return the client of TheCatAPI or TheDogAPI as the settings have it."""
    url, key = {
        Source.CATAPI: (settings.cat_api_url, settings.cat_api_key),
        Source.DOGAPI: (settings.dog_api_url, settings.dog_api_key),
    }[source]
    return ThatApi(transport, thatapi_service(source, url, key.reveal() if key else None), source)


def given_secrets(settings: Settings) -> dict[int, bytes]:
    """Return the numbered secrets of SUB_ID_SECRET, none when it is not set. Raises `SettingsError`."""
    if settings.sub_id_secret is None:
        return {}
    try:
        return secrets_from_text(settings.sub_id_secret.reveal())
    except ValueError as error:
        raise SettingsError([f"SUB_ID_SECRET: {error}."]) from error


class App:
    """Everything but Discord. Made by `App.open`, ended by `close`; the bot is handed one that runs already."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.monitor = Monitor(clock, self.spawn)
        self.counts = self.monitor.counts
        self.breeds = Breeds()
        self.categories = Categories()
        # Told of each vote and favourite that changed: whoever shows counts.
        self.watchers: list[Callable[[Person, PictureKey], None]] = []
        # Told of each message with pictures that is new.
        self.post_watchers: list[Callable[[Posted], None]] = []
        # Told of each change of a server's settings.
        self.setting_watchers: list[Callable[[Change], None]] = []
        # Told of what moderators did, and of each picture that was hidden or may be seen again, by whose it is.
        self.deed_watchers: list[Callable[[Deed], None]] = []
        self.hiding_watchers: list[Callable[[Person, PictureKey], None]] = []
        # Told the number of each person who is forgotten everywhere they asked to be.
        self.forgotten_watchers: list[Callable[[int], None]] = []
        self._learned = {species: asyncio.Event() for species in Species}
        self._tasks: set[asyncio.Task[Any]] = set()
        # Background work runs in the context that the app was made in: under the simulated Discord, time inside the
        # bot's own work is virtual, and a timer shared by both worlds would hang.
        self._context = contextvars.copy_context()
        self._lock = DataLock(settings.data_dir)
        self._ends = AsyncExitStack()

    @classmethod
    async def open(cls, settings: Settings, clock: Clock | None = None) -> Self:
        """Take the data folder, open the stores, start the transport and the background work.

        Raises an `OperatorError` that says in a sentence what to do.
        """
        app = cls(settings, clock or SystemClock())
        try:
            await app._open()
        except BaseException:
            await app.close()
            raise
        return app

    async def _open(self) -> None:
        settings = self.settings
        self._lock.acquire()
        self._ends.callback(self._lock.release)
        await self.monitor.start(settings)
        self._ends.push_async_callback(self.monitor.close)
        self.store = await Store.open(settings.database, clock=self.clock, cluster=0)
        self._ends.push_async_callback(self.store.close)
        self.cache = await ResponseCache.open(settings.data_dir / "cache.sqlite3", clock=self.clock)
        self._ends.push_async_callback(self.cache.close)
        shelf, observer = self.monitor.shelf(self.cache), self.monitor.observe
        self.transport = Transport(settings.user_agent, shelf=shelf, observer=observer, clock=self.clock)
        self._ends.push_async_callback(self.transport.close)
        await self.transport.start()
        self.apis = {
            Species.CAT: api_of(settings, self.transport, Source.CATAPI),
            Species.DOG: api_of(settings, self.transport, Source.DOGAPI),
        }
        shipped = Shipped(self.breeds)
        self.sub_ids = SubIds(given_secrets(settings) or load_or_make_secrets(settings.data_dir))
        self.guilds = await Guilds.open(self.store, self.setting_watchers)
        self.moderation = await Moderation.open(self.store, self.guilds, self.deed_watchers, self.hiding_watchers)
        self.gate = Gate(self.guilds, self.clock, self.moderation)
        self.posts = Posts(self.store)
        self.posts.watchers = self.post_watchers
        self.votes = Votes(self.store, self.clock, on_change=self._voted)
        self.favourites = Favourites(self.store, self.clock, on_change=self._changed)
        self.reactions = Reactions(
            *(self.store, self.posts, self.votes, self.favourites, self.spawn),
            on_change=self._changed,
            own_votes=lambda space: self.guilds.of(space).own_votes,
            bars=self.moderation.bars,
        )
        self.rankings = Rankings(self.store, self.clock)
        self.quiz = Quiz(self.store, self.clock)
        self.dailies = Dailies(self.store, self.clock)
        self.privacy = self._privacy()
        self.exports = Exports(self.store, self.clock, self.sub_ids)
        self.resolve = Resolve(self.posts, [*self.apis.values(), shipped])
        self.sync = Sync(self.store, self.sub_ids, self.apis.values(), self.clock)
        hosts = {api.source: api for api in self.apis.values()} | {shipped.source: shipped}
        self.delivery = Delivery(hosts, Checks(self.cache, self.clock))
        supply = Supply(self.apis, self.spawn, self.breeds, self.delivery)
        self.albums = Albums(self.store, supply, shipped, self.clock)
        stand_ins = StandIns(self.store, self.delivery, shipped, self.breeds)
        self.pictures = Pictures(
            self.apis, self.spawn, self.breeds, self.cache, self.delivery, self.counts, stand_ins=stand_ins
        )
        self.riddles = Riddles(self.breeds, self.pictures, self.delivery)
        asked = {species: ThatFacts(self.transport, api.service, api.source) for species, api in self.apis.items()}
        self.facts = Facts(asked, self.cache)
        self.spawn(self.sync.run(), name="sync")
        self.spawn(self.moderation.watch(), name="operator's list")
        self.spawn(self.privacy.run(), name="privacy")
        for species in Species:
            self.spawn(self._learn(species), name=f"{species} breeds and categories")
            self.spawn(self._learn_facts(species), name=f"{species} facts")
        self.pictures.warm()
        self.monitor.watch(self.store, self.sync, self.pictures)
        self.monitor.running = True

    async def close(self) -> None:
        """End the background work, then what it stands on; harmless when done twice."""
        self.monitor.running = False
        tasks = [task for task in self._tasks if not task.done()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_STOP_WITHIN)
        await self._ends.aclose()

    def spawn(self, work: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        """Start work in the background; it ends with the app, and a failure of it is logged."""
        loop = asyncio.get_running_loop()
        task: asyncio.Task[T] = self._context.copy().run(lambda: loop.create_task(work, name=name))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def away(self, work: Coroutine[Any, Any, T]) -> T:
        """Run work of a handler in the background and return what it gives; back ends are only called so."""
        task = self.spawn(work, name="away")
        task.remove_done_callback(self._ended)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.counts.add("failure", "background", type(error).__name__)
            _log.error("Background work %r failed", task.get_name(), exc_info=error)

    def _privacy(self) -> Privacy:
        """Make what forgets people and servers: each room forgets what it holds."""
        rooms = (self.votes, self.favourites, self.posts, self.quiz, self.dailies, self.moderation)
        forgetting = Forgetting(self.store, self.clock, [room.forget for room in rooms], self.forgotten_watchers)
        in_memory = (self.guilds.let_go, self.moderation.let_go)
        departures = Departures(self.store, self.clock, self.settings.guild_data_days, in_memory)
        return Privacy(self.store, self.clock, forgetting, departures)

    def _voted(self, person: Person, picture: PictureKey) -> None:
        self.reactions.watches.voted(person, picture)
        self._changed(person, picture)

    def _changed(self, person: Person, picture: PictureKey) -> None:
        self.sync.wake()
        for watcher in self.watchers:
            watcher(person, picture)

    async def learned(self) -> None:
        """Wait until each service was asked for its breeds and categories once, whether or not it answered."""
        for event in self._learned.values():
            await event.wait()

    async def _learn(self, species: Species) -> None:
        """Take over what the service knows of breeds and categories, again each day; soon again when it is down."""
        api = self.apis[species]
        while True:
            try:
                self.categories.replace(species, await api.categories())
                self.breeds.replace(species, await api.breeds(), self.clock.now())
            except BackendError as error:
                _log.info("The shipped %s breeds are used for now: %s", species, error)
                rest = _LEARN_AGAIN
            else:
                rest = _LEARN_DAILY
            self._learned[species].set()
            await asyncio.sleep(rest)

    async def _learn_facts(self, species: Species) -> None:
        """Take over the facts of a service whose plan includes them, again each day; soon again when it is down."""
        while True:
            rest = _LEARN_DAILY
            try:
                await self.facts.learn(species)
            except BackendRefused as error:
                _log.debug("The shipped %s facts are used: %s", species, error)
            except BackendError as error:
                _log.info("The %s facts of before are used for now: %s", species, error)
                rest = _LEARN_AGAIN
            await asyncio.sleep(rest)
