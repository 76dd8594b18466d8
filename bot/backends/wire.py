"""One exchange over the network: one request, its redirects, its answer within a limit.

Retries are the transport's. aiohttp alone repeats a GET or DELETE once when the connection drops before an answer, as
it cannot tell a connection that had gone stale in its pool.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from types import SimpleNamespace
from typing import cast

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from bot.backends.faults import Fault, Reply
from bot.backends.service import KIB, Service
from bot.errors import BackendConfused, BackendUnavailable

CONNECT_TIMEOUT = 5.0
MAX_REDIRECTS = 5
ERROR_LIMIT = 64 * KIB
CHUNK = 64 * KIB
START = 64
"""Bytes that tell what kind of picture it is."""
CONNECTIONS = 64
CONNECTIONS_A_HOST = 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Addresses of IPv4 as a network without it sees them (RFC 6052).
_TRANSLATED = IPv6Network("64:ff9b::/96")


class Broken(Exception):
    """An exchange that gave no answer, with the fault that names it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault.error))
        self.fault = fault


@dataclass(slots=True)
class _Progress:
    """How far a request came: without a connection, nothing was sent."""

    connected: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What goes out; `limit` is the most bytes of an answer that are read, `start_only` leaves all but the start."""

    service: Service
    method: str
    url: URL
    limit: int
    accept: str
    body: bytes | None = None
    with_key: bool = True
    start_only: bool = False


class PrivateAddress(OSError):
    """A name that nobody vouched for leads into a private network."""


class GuardedResolver(AbstractResolver):
    """Resolves names; one that nobody vouched for may not lead into a private network."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()
        self._vouched: set[str] = set()
        self.inside: set[str] = set()
        """The hosts that were found in a private network, where they may be."""

    def vouch(self, host: str) -> None:
        """Let a host be anywhere."""
        self._vouched.add(host)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host that may be called."""
        found = await self._inner.resolve(host, port, family)
        public = [one for one in found if _public(one["host"])]
        if host in self._vouched:
            (self.inside.discard if public else self.inside.add)(host)
            return found
        if not public:
            raise PrivateAddress(None, "the name leads into a private network")
        return public

    async def close(self) -> None:
        """Close the resolver within."""
        await self._inner.close()


class Wire:
    """Owns the one aiohttp session."""

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._session: aiohttp.ClientSession | None = None
        self._resolver: GuardedResolver | None = None

    async def start(self) -> None:
        """Make the session, in the loop that will use it."""
        if self._session is not None:
            return
        self._resolver = GuardedResolver()
        connector = aiohttp.TCPConnector(
            limit=CONNECTIONS, limit_per_host=CONNECTIONS_A_HOST, resolver=self._resolver, ttl_dns_cache=60
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": self._user_agent},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT),
            trace_configs=[_tracing()],
        )

    async def close(self) -> None:
        """Close the session and its connections."""
        session, self._session = self._session, None
        resolver, self._resolver = self._resolver, None
        if session is not None:
            await session.close()
        if resolver is not None:
            await resolver.close()

    def inside(self, url: str) -> bool:
        """Tell whether an address that was asked is in a private network, as its name was resolved."""
        return self._resolver is not None and URL(url).host in self._resolver.inside

    async def exchange(self, request: Request, seconds: float) -> Reply:
        """Send a request and return its answer, whatever its status.

        Redirects are followed for GET alone and only to addresses that the service admits; the key goes to none but
        the service's own.

        :raises Broken: no answer in `seconds`, a connection that broke, a body cut off or over the limit.
        """
        progress = _Progress()
        name = request.service.name
        if self._session is None:
            raise Broken(Fault(BackendUnavailable(name, "the transport is closed", sent=False)))
        with _named(name, progress):
            async with asyncio.timeout(max(seconds, 0.0)):
                url = request.url
                for _ in range(MAX_REDIRECTS + 1):
                    reply = await self._hop(self._session, request, url, progress)
                    if reply.status not in _REDIRECTS:
                        return reply
                    url = self._onward(request, url, reply.headers.get("Location", ""))
        raise Broken(Fault(BackendConfused(name, "redirects in a circle")))

    async def _hop(self, session: aiohttp.ClientSession, request: Request, url: URL, progress: _Progress) -> Reply:
        service = request.service
        # The operator named the base host; a host that the code lists has no business in a private network.
        if self._resolver is not None and url.host and url.host == service.base.host:
            self._resolver.vouch(url.host)
        headers = {"Accept": request.accept} | (service.credentials(url) if request.with_key else {})
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if request.start_only:
            headers |= {"Range": f"bytes=0-{START - 1}", "Accept-Encoding": "identity"}
        async with session.request(
            request.method,
            url,
            data=request.body,
            headers=headers,
            allow_redirects=False,
            trace_request_ctx=progress,
        ) as response:
            if response.status in _REDIRECTS:
                body = b""
            elif response.status >= 300:
                body = await _beginning(response, ERROR_LIMIT)
            elif request.start_only:
                body = await _start(response)
            else:
                body = await _whole(service.name, response, request.limit)
            return Reply(response.status, cast(Mapping[str, str], response.headers), body, str(response.url))

    def _onward(self, request: Request, url: URL, location: str) -> URL:
        """Return where a redirect leads, if we go there."""
        name = request.service.name
        try:
            target = url.join(URL(location))
        except ValueError as error:
            raise Broken(Fault(BackendConfused(name, "redirects to no address"))) from error
        downgraded = url.scheme == "https" and target.scheme != "https"
        if not location or request.method != "GET" or downgraded or not request.service.admits(target):
            raise Broken(Fault(BackendConfused(name, "redirects to where this service has no business")))
        return target


@contextmanager
def _named(name: str, progress: _Progress) -> Iterator[None]:
    """Give what a network does wrong the project's own names."""
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        if isinstance(getattr(error, "os_error", None), PrivateAddress):
            raise Broken(Fault(BackendConfused(name, "the address leads into a private network"))) from error
        fault = Fault(BackendUnavailable(name, "no connection", sent=False), passing=True, undone=True)
        raise Broken(fault) from error
    except TimeoutError as error:
        unsent = not progress.connected
        fault = Fault(BackendUnavailable(name, "no answer in time", sent=not unsent), passing=True, undone=unsent)
        raise Broken(fault) from error
    except aiohttp.ClientPayloadError as error:
        raise Broken(Fault(BackendConfused(name, "the answer was cut off"), passing=True)) from error
    except (aiohttp.ClientError, OSError) as error:
        raise Broken(Fault(BackendUnavailable(name, "the connection broke"), passing=True)) from error


async def _whole(name: str, response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Read a body to its end, never beyond the limit."""
    if (response.content_length or 0) > limit:
        raise Broken(Fault(BackendConfused(name, f"the answer is larger than {limit} bytes")))
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > limit:
            raise Broken(Fault(BackendConfused(name, f"the answer is larger than {limit} bytes")))
    return bytes(body)


async def _start(response: aiohttp.ClientResponse) -> bytes:
    """Read the first bytes of a body; the rest is left, and the connection with it if there is more."""
    body = bytearray()
    while len(body) < START and (chunk := await response.content.read(START - len(body))):
        body += chunk
    return bytes(body)


async def _beginning(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Read as much of an error's body as is there; its status counts, whatever happens to the text."""
    body = bytearray()
    try:
        async for chunk in response.content.iter_chunked(CHUNK):
            body += chunk
            if len(body) >= limit:
                break
    except (aiohttp.ClientError, OSError):
        return bytes(body[:limit])
    return bytes(body[:limit])


def _public(host: str) -> bool:
    """Tell whether an address is one of the public internet; an IPv4 address inside an IPv6 one is what counts."""
    address = ip_address(host.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = IPv4Address(int(address) & 0xFFFFFFFF) if address in _TRANSLATED else None
        address = inner or address.ipv4_mapped or address.sixtofour or address
    return address.is_global and not address.is_multicast


def _tracing() -> aiohttp.TraceConfig:
    """Note the moment at which a request has a connection."""
    tracing = aiohttp.TraceConfig()

    async def connected(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
        progress = context.trace_request_ctx
        if isinstance(progress, _Progress):
            progress.connected = True

    tracing.on_connection_create_end.append(connected)
    tracing.on_connection_reuseconn.append(connected)
    return tracing
