"""The composition root: builds what the bot needs, starts and stops it in order, owns the background work."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

from bot.backends.thatapi import ThatApi, thatapi_service
from bot.backends.transport import Transport
from bot.clock import Clock, SystemClock
from bot.errors import BackendError, SettingsError
from bot.identity import Person, SubIds, load_or_make_secret, secrets_from_text
from bot.models import Picture, PictureKey, Source, Species
from bot.services.breeds import Breeds
from bot.services.categories import Categories
from bot.services.delivery import Delivery
from bot.services.favourites import Favourites
from bot.services.pictures import Pictures
from bot.services.posts import Posts
from bot.services.votes import Votes
from bot.settings import Settings
from bot.store.cache import ResponseCache
from bot.store.locks import DataLock
from bot.store.store import Store
from bot.sync import Sync
from bot.telemetry import Counts

T = TypeVar("T")

_log = logging.getLogger(__name__)
_STOP_WITHIN = 1.0


def api_of(settings: Settings, transport: Transport, source: Source) -> ThatApi:
    """Return the client of TheCatAPI or TheDogAPI as the settings have it."""
    url, key = {
        Source.CATAPI: (settings.cat_api_url, settings.cat_api_key),
        Source.DOGAPI: (settings.dog_api_url, settings.dog_api_key),
    }[source]
    return ThatApi(transport, thatapi_service(source, url, key.reveal() if key else None), source)


class App:
    """Everything but Discord. Made by `App.open`, ended by `close`; the bot is handed one that runs already."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.counts = Counts()
        self.breeds = Breeds()
        self.categories = Categories()
        # Told of each vote and favourite that changed: whoever shows counts.
        self.watchers: list[Callable[[Person, PictureKey], None]] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        # Background work runs in the context that the app was made in: under the simulated Discord, time inside the
        # bot's own work is virtual, and a timer shared by both worlds would hang.
        self._context = contextvars.copy_context()
        self._lock = DataLock(settings.data_dir)

    @classmethod
    async def open(cls, settings: Settings, clock: Clock | None = None) -> Self:
        """Take the data folder, open the stores, start the transport and the background work.

        Raises an `OperatorError` that says in a sentence what to do.
        """
        app = cls(settings, clock or SystemClock())
        app._lock.acquire()
        try:
            await app._open()
        except BaseException:
            app._lock.release()
            raise
        return app

    async def _open(self) -> None:
        settings = self.settings
        self.store = await Store.open(settings.database, clock=self.clock, cluster=0)
        try:
            self.cache = await ResponseCache.open(settings.data_dir / "cache.sqlite3", clock=self.clock)
            self.transport = Transport(settings.user_agent, shelf=self.cache, observer=self._observe, clock=self.clock)
            await self.transport.start()
        except BaseException:
            await self.store.close()
            raise
        self.apis = {
            Species.CAT: api_of(settings, self.transport, Source.CATAPI),
            Species.DOG: api_of(settings, self.transport, Source.DOGAPI),
        }
        self.sub_ids = SubIds(self._secrets(settings.data_dir))
        self.posts = Posts(self.store)
        self.votes = Votes(self.store, self.clock, on_change=self._changed)
        self.favourites = Favourites(self.store, self.clock, on_change=self._changed)
        self.sync = Sync(self.store, self.sub_ids, self.apis.values(), self.clock)
        self.delivery = Delivery(self._fetch)
        self.pictures = Pictures(self.apis, self.spawn, self.breeds, self.cache)
        self.spawn(self.sync.run(), name="sync")
        self.spawn(self._learn(), name="breeds and categories")
        self.pictures.warm()

    async def close(self) -> None:
        """End the background work, then what it stands on; harmless when done twice."""
        tasks = [task for task in self._tasks if not task.done()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_STOP_WITHIN)
        await self.transport.close()
        await self.cache.close()
        await self.store.close()
        self._lock.release()

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

    def _changed(self, person: Person, picture: PictureKey) -> None:
        self.sync.wake()
        for watcher in self.watchers:
            watcher(person, picture)

    def _observe(self, service: str, method: str, outcome: int | str, seconds: float, from_cache: bool) -> None:
        del seconds, from_cache
        self.counts.add("backend", service, method, str(outcome))

    def _secrets(self, folder: Path) -> dict[int, bytes]:
        given = self.settings.sub_id_secret
        if given is None:
            return {1: load_or_make_secret(folder)}
        try:
            return secrets_from_text(given.reveal())
        except ValueError as error:
            raise SettingsError([f"SUB_ID_SECRET: {error}."]) from error

    async def _fetch(self, picture: Picture) -> tuple[bytes, str]:
        return await self.apis[picture.species].fetch_picture(picture.url)

    async def _learn(self) -> None:
        for species, api in self.apis.items():
            try:
                self.categories.replace(species, await api.categories())
                self.breeds.replace(species, await api.breeds())
            except BackendError as error:
                _log.info("The shipped %s breeds are used: %s", species, error)
