"""Small doubles of a service on real sockets: scripted answers, a record of what was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Asked:
    """A request as the double saw it."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Double:
    """A server that gives its answers in turn, the last one for ever."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)

    def then(self, *answers: Answer) -> None:
        """Answer so from now on."""
        self.answers[:] = answers

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Note the request and give the next answer."""
        body = await request.read()
        self.asked.append(Asked(request.method, request.raw_path, dict(request.query), request.headers, body))
        self.was_asked.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)


@asynccontextmanager
async def double(*answers: Answer) -> AsyncIterator[Double]:
    """Run a double on loopback."""
    one = Double(list(answers) or [says([])])
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", one.handle)
    server = TestServer(application)
    await server.start_server()
    one.url = str(server.make_url("")).rstrip("/")
    try:
        yield one
    finally:
        await server.close()


def says(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with JSON."""
    return raw(json.dumps(value).encode(), status, {"Content-Type": "application/json"} | dict(headers or {}))


def raw(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with a body as it is."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, headers={"Content-Type": "text/plain"} | dict(headers or {}))

    return answer


def moves(location: str, status: int = 302) -> Answer:
    """Redirect."""
    return raw(b"", status, {"Location": location})


async def drops(request: web.Request) -> web.StreamResponse:
    """Take the request and break the connection."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def cuts(body: bytes) -> Answer:
    """Promise more than is sent."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(body) + 100)})
        await response.prepare(request)
        await response.write(body)
        assert request.transport is not None
        request.transport.close()
        return response

    return answer


async def never_ends(request: web.Request) -> web.StreamResponse:
    """Send for ever."""
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        while True:
            await response.write(b"[" * 65536)
    except ConnectionError:
        return response


def waits_for(event: asyncio.Event, answer: Answer) -> Answer:
    """Hold an answer back until the event."""

    async def waiting(request: web.Request) -> web.StreamResponse:
        await event.wait()
        return await answer(request)

    return waiting


class FakeTime:
    """A monotonic clock that only sleeping moves, at once."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)
