"""The transport: every call to a service goes through here, with its deadline, its turn, its retries and its key."""

from __future__ import annotations

import asyncio
import logging
import random as _random
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, cast

import msgspec
from yarl import URL

from bot.backends.breaker import Breaker, Circuit
from bot.backends.faults import Fault, Reply, fault_of
from bot.backends.flight import FlightEnded, SingleFlight
from bot.backends.limits import limit_told
from bot.backends.pacing import Pace
from bot.backends.picture_facts import PictureFacts, picture_address, picture_facts, picture_type
from bot.backends.service import Priority, Service
from bot.backends.wire import Broken, Request, Wire
from bot.clock import Clock, SystemClock
from bot.errors import BackendConfused, BackendError, BackendLimited, BackendUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")
Query = tuple[tuple[str, str], ...]

FIRST_BACKOFF = 0.3
LONGEST_BACKOFF = 8.0
ATTEMPTS = 4
LEAST_LEFT = 0.2
"""Seconds below which another attempt has no chance and would only be held against the service."""

GRACE = 0.5
"""Seconds that a waiter gives a shared request beyond its deadline, so that the exact error comes through."""


class Kept(Protocol):
    """An answer that was kept; `fresh` tells whether it may be used without asking."""

    @property
    def body(self) -> bytes:
        """The body as the service sent it."""
        ...

    @property
    def fresh(self) -> bool:
        """Whether it is younger than its kind's age."""
        ...


class Shelf(Protocol):
    """Where answers are kept: `bot.store.cache.ResponseCache`."""

    async def get(self, kind: str, key: str) -> Kept | None:
        """Return what is kept, None when there is nothing to use."""
        ...

    async def put(self, kind: str, key: str, body: bytes) -> None:
        """Keep an answer."""
        ...


class Observer(Protocol):
    """Is told of every attempt: its status or the name of its error, and how many seconds it took.

    An answer that came from the shelf has the outcome "fresh" or "stale"; an attempt that was not made has "paused"
    (no turn before the deadline) or "circuit".
    """

    def __call__(self, service: str, method: str, outcome: int | str, seconds: float, from_cache: bool) -> None:
        """Count it."""
        ...


@dataclass(frozen=True, slots=True)
class Health:
    """How a service does: its circuit, and the seconds of the pause that it asked for."""

    circuit: Circuit
    paused_for: float


@dataclass(slots=True)
class _Line:
    """The way to a service, or to one of its picture hosts."""

    pace: Pace
    breaker: Breaker
    writes: int = field(default=0)


class Transport:
    """One session, one pace and one circuit a service, for the whole process.

    `start` and `close` belong to whoever made it. `clusters` is the number of processes that share the services'
    limits. Errors are those of `bot.errors`; none of them holds a key.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        shelf: Shelf | None = None,
        observer: Observer | None = None,
        clock: Clock | None = None,
        clusters: int = 1,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        random: Callable[[], float] = _random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wire = Wire(user_agent)
        self._shelf = shelf
        self._observer = observer
        self._clock = clock or SystemClock()
        self._clusters = clusters
        self._sleep = sleep
        self._random = random
        self._monotonic = monotonic
        self._flights = SingleFlight()
        self._lines: dict[str, _Line] = {}

    async def start(self) -> None:
        """Make the session."""
        await self._wire.start()

    async def close(self) -> None:
        """End what is under way and close the session."""
        await self._flights.close()
        await self._wire.close()

    def health(self, service: Service) -> Health:
        """Tell how a service does now."""
        line = self._line(service, service.name)
        return Health(line.breaker.circuit, line.pace.paused_for)

    async def read(
        self,
        service: Service,
        path: str,
        decode: Callable[[bytes], T],
        *,
        query: Query = (),
        keep: str | None = None,
        priority: Priority = Priority.PEOPLE,
        deadline: float | None = None,
    ) -> T:
        """GET a path and return its answer decoded; equal reads at the same time are one.

        :param path: below the base address, each segment percent-encoded.
        :param decode: raises `BackendConfused` for what it cannot read; such an answer is not kept.
        :param keep: the kind under which the shelf keeps the answer; None for what is private or random.
        :param deadline: seconds for all of it, retries and waits included; the priority's own by default.
        """
        url = service.address(path)
        if query:
            url = url.update_query(list(query))
        kept = await self._kept(service, url, keep)
        if kept is not None and kept.fresh:
            try:
                value = decode(kept.body)
            except BackendConfused as error:
                log.info("%s: what was kept cannot be read any more (%s)", service.name, error.reason)
                kept = None
            else:
                self._count(service, "GET", "fresh", 0.0, from_cache=True)
                return value
        seconds = priority.deadline if deadline is None else deadline

        async def fetch() -> object:
            request = Request(service, "GET", url, service.json_limit, "application/json")
            reply = await self._attempts(request, service.name, priority, seconds)
            value = decode(reply.body)
            if self._shelf is not None and keep is not None:
                await self._shelf.put(keep, _shelf_key(service, url), reply.body)
            return value

        try:
            return cast(T, await self._joined(service, (decode, str(url), priority), fetch, seconds))
        except (BackendUnavailable, BackendLimited, BackendConfused) as error:
            if kept is None:
                raise
            log.info("%s does not answer (%s); using what was kept", service.name, error.reason)
            self._count(service, "GET", "stale", 0.0, from_cache=True)
            return decode(kept.body)

    async def write(
        self,
        service: Service,
        method: str,
        path: str,
        *,
        body: object = None,
        priority: Priority = Priority.SYNC,
        deadline: float | None = None,
    ) -> bytes:
        """POST or DELETE and return the body of the answer, which may be empty.

        A DELETE is repeated like a GET; a POST only when it is certain that the service did not carry it out.
        """
        data = None if body is None else msgspec.json.encode(body)
        request = Request(service, method, service.address(path), service.json_limit, "application/json", data)
        seconds = priority.deadline if deadline is None else deadline
        try:
            reply = await self._attempts(request, service.name, priority, seconds)
        finally:
            # A read that starts from now on must not join one that began before this write.
            self._line(service, service.name).writes += 1
        return reply.body

    async def fetch_picture(
        self,
        service: Service,
        url: str,
        *,
        priority: Priority = Priority.PEOPLE,
        deadline: float | None = None,
    ) -> tuple[bytes, str]:
        """GET a picture without the key and return its bytes and media type, told by its first bytes.

        :raises BackendConfused: it is no JPEG, PNG, GIF or WebP, too large, or not at a host of the service's.
        """
        data = (await self._picture(service, picture_address(service, url), priority, deadline)).body
        return data, picture_type(service, data)

    async def check_picture(
        self,
        service: Service,
        url: str,
        *,
        priority: Priority = Priority.POOL,
        deadline: float | None = None,
    ) -> PictureFacts:
        """GET the first bytes of a picture, as whoever follows a link to it would, and return what they tell.

        Hosts that do not know `Range` send more, which is not read; what HEAD says is not always true.

        :raises BackendNotFound: it is gone.
        :raises BackendConfused: it is no JPEG, PNG, GIF or WebP, or not at a host of the service's.
        """
        address = picture_address(service, url)
        reply = await self._picture(service, address, priority, deadline, start_only=True)
        return picture_facts(service, reply, address, inside=self._wire.inside(reply.url))

    async def _picture(
        self, service: Service, address: URL, priority: Priority, deadline: float | None, *, start_only: bool = False
    ) -> Reply:
        """GET a picture, or its start, without the key; each host has a line of its own."""
        seconds = priority.deadline if deadline is None else deadline
        request = Request(
            service, "GET", address, service.picture_limit, "image/*", with_key=False, start_only=start_only
        )

        async def fetch() -> object:
            return await self._attempts(request, f"{service.name} {address.host}", priority, seconds)

        key = ("start" if start_only else "picture", str(address), priority)
        return cast(Reply, await self._joined(service, key, fetch, seconds))

    async def _joined(
        self,
        service: Service,
        key: tuple[object, ...],
        make: Callable[[], Coroutine[None, None, object]],
        seconds: float,
    ) -> object:
        """Wait for the shared request, each waiter for its own time."""
        writes = self._line(service, service.name).writes
        try:
            async with asyncio.timeout(seconds + GRACE):
                return await self._flights.join((service.name, service.keyed, writes, *key), make)
        except TimeoutError as error:
            raise BackendUnavailable(service.name, "no answer in time") from error
        except FlightEnded as error:
            raise BackendUnavailable(service.name, "the transport is closing") from error

    async def _attempts(self, request: Request, line_name: str, priority: Priority, seconds: float) -> Reply:
        """Try until there is an answer, the error is final, or the deadline is too near for another try."""
        line = self._line(request.service, line_name)
        ends = self._monotonic() + seconds
        for attempt in range(ATTEMPTS):
            outcome = await self._once(request, line, priority, ends)
            if isinstance(outcome, Reply):
                return outcome
            wait = self._wait_before(attempt + 1, request, outcome)
            if wait is None or self._monotonic() + wait + LEAST_LEFT >= ends or line.breaker.blocks:
                raise outcome.error
            if wait > 0:
                await self._sleep(wait)
        raise AssertionError("the last attempt waits for nothing")

    def _wait_before(self, attempt: int, request: Request, fault: Fault) -> float | None:
        """Return the seconds before another attempt, None when there shall be none."""
        if attempt >= ATTEMPTS or not fault.passing or not (request.method in ("GET", "DELETE") or fault.undone):
            return None
        backoff = self._random() * min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0**attempt)
        if isinstance(fault.error, BackendLimited):
            return 0.0  # the pace holds everyone until the pause is over
        return backoff + (fault.wait or 0.0)

    async def _once(self, request: Request, line: _Line, priority: Priority, ends: float) -> Reply | Fault:
        """Make one attempt: the circuit, the turn, the wire; count it and learn from it."""
        service = request.service
        if line.breaker.blocks:
            return self._held_back(service, request.method)
        try:
            await line.pace.turn(priority, ends)
        except BackendLimited:
            self._count(service, request.method, "paused", 0.0, from_cache=False)
            raise
        leave = line.breaker.enter()
        if leave is None:
            return self._held_back(service, request.method)
        started = self._monotonic()
        told = False
        outcome: Reply | Fault
        try:
            try:
                outcome = await self._wire.exchange(request, ends - started)
            except Broken as broken:
                outcome = broken.fault
                outcome.error.__cause__ = broken.__cause__
            else:
                outcome = self._judged(service, line, outcome)
            told = True
        finally:
            if not told:
                line.breaker.abandoned(leave)
        if isinstance(outcome, Fault) and isinstance(outcome.error, BackendUnavailable):
            line.breaker.failed(leave)
        else:
            line.breaker.succeeded()
        self._count(service, request.method, _named(outcome), self._monotonic() - started, from_cache=False)
        return outcome

    def _judged(self, service: Service, line: _Line, reply: Reply) -> Reply | Fault:
        """Tell an answer from a fault and learn the service's limits from it."""
        if (limit := limit_told(reply.headers)) is not None:
            line.pace.learn(limit)
        if reply.status < 300:
            line.pace.accepted()
            return reply
        fault = fault_of(service, reply, self._clock.now())
        if isinstance(fault.error, BackendLimited):
            line.pace.pause(fault.wait)
            log.warning("%s: too many calls; pausing for %.0f s", service.name, line.pace.paused_for)
        return fault

    def _held_back(self, service: Service, method: str) -> Fault:
        self._count(service, method, "circuit", 0.0, from_cache=False)
        return Fault(BackendUnavailable(service.name, "left alone after many failures", sent=False))

    def _line(self, service: Service, name: str) -> _Line:
        line = self._lines.get(name)
        if line is None:
            rate = service.rate if name == service.name else None
            pace = Pace(service.name, rate, share=self._clusters, sleep=self._sleep, monotonic=self._monotonic)
            line = self._lines[name] = _Line(pace, Breaker(monotonic=self._monotonic))
        return line

    async def _kept(self, service: Service, url: URL, kind: str | None) -> Kept | None:
        if self._shelf is None or kind is None:
            return None
        return await self._shelf.get(kind, _shelf_key(service, url))

    def _count(self, service: Service, method: str, outcome: int | str, seconds: float, *, from_cache: bool) -> None:
        if self._observer is not None:
            self._observer(service.name, method, outcome, seconds, from_cache)


def _shelf_key(service: Service, url: URL) -> str:
    """Name an answer; with a key a service says more (breeds, pictures of breeds) than without."""
    return f"{'keyed' if service.keyed else 'open'} {url}"


def _named(outcome: Reply | Fault) -> int | str:
    if isinstance(outcome, Reply):
        return outcome.status
    error: BackendError = outcome.error
    return error.status or type(error).__name__
