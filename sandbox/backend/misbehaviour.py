"""How each fault looks on the wire, and the address that sets them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.utils import format_datetime

import msgspec
from aiohttp import web

from bot.clock import Clock
from bot.models import Species

from .faults import Fault, Faults, Kind, LimitStyle
from .generation import REVOKED, Handler, answer
from .limits import iso, seconds_text

Sleep = Callable[[float], Awaitable[None]]

PAGE = "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
LIBRARIES = ("python-urllib", "python-requests", "python/", "aiohttp", "node", "undici", "go-http-client")
HUGE = 11 * 2**20
CHUNK = 2**16


class Misbehaviour:
    """The middleware that applies the faults that are set."""

    def __init__(self, faults: Faults, clock: Clock, sleep: Sleep) -> None:
        self._faults = faults
        self._clock = clock
        self._sleep = sleep

    @web.middleware
    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let the request suffer what is set for it, or pass it on."""
        species, path = host_and_path(request)
        for fault in self._faults.take(species, path) if species else []:
            if fault.kind is Kind.DELAY:
                await request.read()  # a slow service has what was sent, whether or not its caller lives on
                await self._sleep(fault.seconds)
            elif fault.kind is Kind.KEY_REVOKED:
                request[REVOKED] = True
            else:
                return await self._wrong(fault, request, handler)
        return await handler(request)

    async def _wrong(self, fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
        match fault.kind:
            case Kind.LIMITED:
                return self._limited(fault)
            case Kind.ERROR:
                return web.Response(text="Internal Server Error", status=500)
            case Kind.BAD_GATEWAY:
                return _page("502 Bad Gateway", 502)
            case Kind.UNAVAILABLE:
                return _page("503 Service Temporarily Unavailable", 503)
            case Kind.WRONG_TYPE:
                return _page("Welcome", 200)
            case Kind.EMPTY:
                return answer([])
            case Kind.IMAGE_MISSING:
                return web.Response(text="Not Found", status=404)
            case Kind.IMAGE_HUGE:
                return web.Response(body=b"GIF89a".ljust(HUGE, b"\0"), content_type="image/gif")
            case Kind.IMAGE_REDIRECT:
                if not fault.location and "redirected" in request.query:
                    return await handler(request)
                location = fault.location or f"{request.path}?redirected=1"
                return web.Response(status=302, headers={"Location": location})
            case Kind.AGENT_REFUSED:
                agent = request.headers.get("User-Agent", "").lower()
                named = agent and not agent.startswith(LIBRARIES)
                return await handler(request) if named else _page("403 Forbidden", 403)
            case Kind.DROPPED:
                if fault.carried_out:
                    await handler(request)
                _hang_up(request)
                return web.Response()
            case Kind.CUT:
                return await _cut(request, await handler(request))
            case _:
                return await _endless(request)

    def _limited(self, fault: Fault) -> web.Response:
        until = self._clock.now() + timedelta(seconds=fault.seconds)
        headers = {
            LimitStyle.SECONDS: {"Retry-After": str(round(fault.seconds))},
            LimitStyle.DATE: {"Retry-After": format_datetime(until, usegmt=True)},
            LimitStyle.OWN: {"retry-after-seconds": seconds_text(fault.seconds)},
            LimitStyle.RESET_ISO: {"ratelimit-reset": iso(until)},
            LimitStyle.RESET_EPOCH: {"ratelimit-reset": str(round(until.timestamp()))},
            LimitStyle.NONE: {},
        }[fault.style]
        return web.Response(text="Too Many Requests", status=429, headers=headers)

    def routes(self) -> list[web.RouteDef]:
        """Return the address `/_faults`: GET lists, POST sets one, DELETE takes back (`?kind=`, else all)."""
        return [
            web.get("/_faults", self._list),
            web.post("/_faults", self._add),
            web.delete("/_faults", self._clear),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        del request
        return answer(self._faults.active)

    async def _add(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":  # a page of somebody else's cannot send that unasked
            return web.Response(text="send application/json", status=415)
        try:
            self._faults.add(msgspec.json.decode(await request.read(), type=Fault))
        except msgspec.MsgspecError as error:
            return web.Response(text=str(error), status=400)
        return answer(self._faults.active, status=201)

    async def _clear(self, request: web.Request) -> web.Response:
        try:
            self._faults.clear(*(Kind(kind) for kind in request.query.getall("kind", [])))
        except ValueError as error:
            return web.Response(text=str(error), status=400)
        return answer(self._faults.active)


def host_and_path(request: web.Request) -> tuple[Species | None, str]:
    """Split `/cat/v1/votes` into the host and the path that the host would see."""
    _, _, rest = request.path.partition("/")
    name, _, path = rest.partition("/")
    return next((species for species in Species if species == name), None), f"/{path}"


def _page(title: str, status: int) -> web.Response:
    return web.Response(text=PAGE.format(title=title), status=status, content_type="text/html")


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _cut(request: web.Request, whole: web.StreamResponse) -> web.StreamResponse:
    """Announce the whole body, send half of it and hang up."""
    body = whole.body if isinstance(whole, web.Response) and isinstance(whole.body, bytes) else b""
    half = web.StreamResponse(status=whole.status, headers={"Content-Type": whole.content_type})
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return half


async def _endless(request: web.Request) -> web.StreamResponse:
    """Send a list that never ends, until the other side has had enough."""
    response = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
    await response.prepare(request)
    await response.write(b"[")
    try:
        while True:
            await response.write(b" " * CHUNK)
            await asyncio.sleep(0)
    except ConnectionError:
        return response
