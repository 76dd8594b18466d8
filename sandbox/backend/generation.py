"""What the two generations of the services share: one host's belongings, who asks, bodies, and the way of an answer."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from bot.clock import Clock
from bot.models import Species

from .catalogue import Catalogue, Image
from .limits import Allowance, RateLimit, iso
from .search import Page
from .state import State

if TYPE_CHECKING:
    from .facts import Sample

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REVOKED = web.RequestKey("revoked", bool)
"""Set on a request whose key must count as unknown, by the fault of that name."""

IMAGE_ID_LENGTH = 11
SUB_ID_LENGTH = 255
"""Longer ids are cut, silently, where they are stored."""

COUNTRY = "GB"
"""The real services look the country up by address; every vote here comes from this one."""


class Refused(Exception):
    """The request is answered with an error; each generation has its own way to say it."""

    def __init__(self, status: int, message: str | list[str]) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class BrokenBody(Exception):
    """A body that is not JSON; the text is what a JavaScript engine says about it."""


@dataclass(frozen=True)
class Host:
    """One host of the two: `url` is its address without a version, `keys` are those it takes.

    `facts_included` tells whether the plan of the keys has facts in it.
    """

    species: Species
    url: str
    keys: Sequence[str] = field(repr=False)
    catalogue: Catalogue
    state: State
    limits: RateLimit
    clock: Clock
    dice: random.Random
    facts: Sequence[Sample] = ()
    facts_included: bool = False

    def account(self, request: web.Request) -> str | None:
        """Return the account of the request's key, None for no key and for one that is not known."""
        given = request.headers.get("x-api-key") or request.query.get("api_key") or ""
        if request.get(REVOKED, False):
            return None
        for key in self.keys:
            if hmac.compare_digest(key.encode(), given.encode("utf-8", "surrogateescape")):
                return account_of(key)
        return None

    def image_url(self, image: Image) -> str:
        """Return the picture's address."""
        return f"{self.url}/images/{image.name}"

    def now(self) -> str:
        """Return the time as the services write it."""
        return iso(self.clock.now())

    def path(self, request: web.Request) -> str:
        """Return the path that the real service would see."""
        return request.path.removeprefix(f"/{self.species}")


class Generation(ABC):
    """A host that speaks one generation's language: its routes, its refusals and its headers."""

    too_many: str
    """What a key reads that asked too often."""

    def __init__(self, host: Host) -> None:
        self.host = host

    def application(self) -> web.Application:
        """Build the part of the application that lies below `/v1`."""
        application = web.Application(middlewares=[self._speak])
        application.add_routes(self.routes())
        return application

    @abstractmethod
    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return the routes below `/v1`."""

    @abstractmethod
    def refusal(self, request: web.Request, refused: Refused) -> web.Response:
        """Say no in this generation's form."""

    @abstractmethod
    def admit(self, request: web.Request, account: str | None) -> None:
        """Raise Refused where the route asks for a key and `account` is None."""

    @abstractmethod
    def headers(self, account: str | None, allowance: Allowance | None) -> Mapping[str, str]:
        """Return the headers that every answer carries."""

    @web.middleware
    async def _speak(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        account = self.host.account(request)
        allowance = self.host.limits.spend(account) if account else None
        response: web.StreamResponse
        try:
            self.admit(request, account)
            if allowance is not None and allowance.exceeded:
                raise Refused(429, self.too_many)
            response = await handler(request)
        except Refused as refused:
            response = self.refusal(request, refused)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            response = self.refusal(request, Refused(404, f"Cannot {request.method} {self.host.path(request)}"))
        except web.HTTPRequestEntityTooLarge:
            response = self.refusal(request, Refused(413, "request entity too large"))
        for name, value in self.headers(account, allowance).items():
            response.headers.setdefault(name, value)
        return response


def account_of(key: str) -> str:
    """Return the six characters that stand for a key's owner."""
    return hashlib.sha256(key.encode()).hexdigest()[:6]


def answer(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer with JSON."""
    response = web.Response(body=msgspec.json.encode(value), status=status, headers=headers)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    return response


def pagination(page: Page, count: int) -> dict[str, str]:
    """Return the headers that tell where in a list a page lies; pages count from 0."""
    return {
        "Pagination-Count": str(count),
        "Pagination-Page": str(page.page),
        "Pagination-Limit": str(count if page.limit is None else page.limit),
        "Access-Control-Expose-Headers": "Pagination-Count, Pagination-Page, Pagination-Limit",
    }


async def read_body(request: web.Request) -> dict[str, object]:
    """Read a JSON object; anything that is not sent as JSON counts as empty. Raises BrokenBody."""
    raw = await request.read()
    if request.content_type != "application/json" or not raw.strip():
        return {}
    text = raw.decode("utf-8", "replace")
    if text.lstrip()[0] not in "{[":
        raise BrokenBody(f"Unexpected token {text.lstrip()[0]} in JSON position {len(text) - len(text.lstrip())}")
    try:
        body = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        if error.pos >= len(text) or error.msg.startswith("Unterminated string"):
            raise BrokenBody("Unexpected end of JSON input") from error
        raise BrokenBody(f"Unexpected token {text[error.pos]} in JSON position {error.pos}") from error
    except RecursionError as error:
        raise BrokenBody("Maximum call stack size exceeded") from error
    return body if isinstance(body, dict) else {}


def _no_constant(name: str) -> object:
    raise BrokenBody(f"Unexpected token {name.removeprefix('-')[0]} in JSON position 0")


def truth(text: str | None, default: bool) -> bool:
    """Read a switch from a query: 1 and true are on, 0 and false are off, anything else is the default."""
    return {"1": True, "true": True, "0": False, "false": False}.get((text or "").lower(), default)


def words(text: str | None) -> frozenset[str] | None:
    """Read a list that is separated by commas; None for nothing."""
    return frozenset(part.strip() for part in (text or "").split(",") if part.strip()) or None


def folded(text: str | None) -> frozenset[str] | None:
    """Read a list without regard to case; None for nothing."""
    parts = words(text)
    return None if parts is None else frozenset(part.casefold() for part in parts)


def whole(text: str) -> int | None:
    """Read an id from a path, None when it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
