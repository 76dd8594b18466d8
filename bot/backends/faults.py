"""What went wrong with an answer: the error that names it, and whether asking again can help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import msgspec

from bot.backends.limits import wait_asked
from bot.backends.service import Service
from bot.errors import (
    AlreadyThere,
    BackendError,
    BackendLimited,
    BackendNotFound,
    BackendRefused,
    BackendRejected,
    BackendUnavailable,
    Unsupported,
)

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came: any status, the body within its limit."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A call that failed: `passing` when it may go well another time, `undone` when surely nothing was carried out.

    `wait` is what the service asked for, in seconds.
    """

    error: BackendError
    passing: bool = False
    undone: bool = False
    wait: float | None = None


def fault_of(service: Service, reply: Reply, now: datetime) -> Fault:
    """Name what an answer with status 300 or above says."""
    status = reply.status
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = wait_asked(reply.headers, now)
        return Fault(BackendLimited(service.name, wait), passing=True, undone=wait is not None, wait=wait)
    reason = reason_of(service, reply)
    if status >= 500 and status != HTTPStatus.NOT_IMPLEMENTED:
        wait = wait_asked(reply.headers, now) if status == HTTPStatus.SERVICE_UNAVAILABLE else None
        error = BackendUnavailable(service.name, reason, status=status, sent=wait is None)
        return Fault(error, passing=True, undone=wait is not None, wait=wait)
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return Fault(BackendUnavailable(service.name, reason, status=status), passing=True)
    kind: type[BackendError] = BackendRejected
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN):
        kind = BackendRefused
    elif status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        kind = BackendNotFound
    elif status in (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED):
        kind = Unsupported
    elif status == HTTPStatus.CONFLICT:
        kind = AlreadyThere
    return Fault(kind(service.name, reason, status=status))


def reason_of(service: Service, reply: Reply) -> str:
    """Return what the service says went wrong, in one line of at most 200 characters, without the key.

    TheCatAPI's generation A2 says it as bare text, A1 and B in JSON (`message` is text or a list of texts), and a
    proxy on the way in HTML, which tells nothing.
    """
    text = reply.body.decode("utf-8", errors="replace").lstrip("\ufeff").strip()
    if text.startswith("<") or "html" in reply.headers.get("Content-Type", ""):
        text = ""
    elif text.startswith(("{", "[", '"')):
        text = _told(reply.body) or text
    if service.key:
        text = text.replace(service.key, "…")
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if not text:
        text = HTTPStatus(reply.status).phrase if reply.status in _KNOWN else "no reason given"
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"


_KNOWN = frozenset(HTTPStatus)


def _told(body: bytes) -> str | None:
    """Find the sentence in a JSON body, None when it is no JSON or has none."""
    try:
        said: object = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return None
    for _ in range(3):
        if isinstance(said, dict):
            said = said.get("message") or said.get("error")
        if isinstance(said, list):
            return "; ".join(one for one in said if isinstance(one, str)) or None
        if isinstance(said, str):
            return said
    return None
