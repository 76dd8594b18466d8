"""What a picture's address and its first bytes tell: whether it is one, of what type and size, and where it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

from yarl import URL

from bot.backends.faults import Reply
from bot.backends.service import Service
from bot.errors import BackendConfused

_RANGE = re.compile(r"\s*bytes\s+0-\d+/(\d+)\s*")


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What an address gives: the media type that the bytes tell, the size in bytes where the host says it.

    `url` is the address that was asked in the end, percent-encoded; `moved` when a redirect led there, `inside` when
    its name leads into a private network, where nobody else can follow.
    """

    type: str
    size: int | None
    url: str
    moved: bool = False
    inside: bool = False


def picture_address(service: Service, url: str) -> URL:
    """Return a picture's address, percent-encoded and without a fragment.

    :raises BackendConfused: it is none, or at a host that is not the service's.
    """
    try:
        address = URL(url).with_fragment(None)
    except ValueError as error:
        raise BackendConfused(service.name, "the picture has no address that can be read") from error
    if not service.admits(address):
        raise BackendConfused(service.name, "the picture is at a host that is not the service's")
    return address


def picture_facts(service: Service, reply: Reply, asked: URL, *, inside: bool = False) -> PictureFacts:
    """Return what the beginning of a picture tells.

    :raises BackendConfused: another status than 200 or 206, or bytes that are no picture's.
    """
    if reply.status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        raise BackendConfused(service.name, "no picture came", status=reply.status)
    kind = picture_type(service, reply.body)
    return PictureFacts(kind, _size(reply), reply.url, moved=reply.url != str(asked), inside=inside)


def picture_type(service: Service, data: bytes) -> str:
    """Return the media type that a picture's first bytes tell.

    :raises BackendConfused: they are no picture's.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if re.match(rb"GIF8[79]a", data):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    raise BackendConfused(service.name, "what came is no picture")


def _size(reply: Reply) -> int | None:
    """Return the size of the whole, None when it is not told; an answer that is encoded tells another."""
    if reply.headers.get("Content-Encoding", "identity") != "identity":
        return None
    if reply.status == HTTPStatus.PARTIAL_CONTENT:
        match = _RANGE.fullmatch(reply.headers.get("Content-Range", ""))
        return int(match[1]) if match else None
    told = reply.headers.get("Content-Length", "")
    return int(told) if told.isascii() and told.isdecimal() else None
