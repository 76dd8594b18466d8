"""How a picture reaches Discord: as a link where one lasts and was checked, else as bytes that are uploaded."""

from __future__ import annotations

import asyncio
import io
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from PIL import Image, ImageOps

from bot.backends.picture_facts import PictureFacts
from bot.backends.service import Priority
from bot.errors import BackendConfused, BackendError, BackendLimited, BackendNotFound, BackendUnavailable
from bot.models import Picture, PictureKey, Source
from bot.services.checks import Checks, Way

_log = logging.getLogger(__name__)

LARGEST = 10 * 1024 * 1024
"""The most bytes of an upload that Discord takes everywhere, and of a picture that is posted as a link."""

LONGER_SIDE = 2048
"""Of a picture that was made smaller, in pixels."""

_CHECK_WITHIN = 5.0
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
# Names that lead nowhere on the public internet.
_PRIVATE = frozenset({"localhost", "local", "internal", "lan", "arpa"})


class Host(Protocol):
    """A service's client, as far as its pictures go. Deadlines are in seconds."""

    async def fetch_picture(self, url: str, *, priority: Priority, deadline: float | None = None) -> tuple[bytes, str]:
        """Return the bytes and their type (`image/jpeg`, …) as the bytes themselves tell it."""
        ...

    async def check_picture(self, url: str, *, priority: Priority, deadline: float | None = None) -> PictureFacts:
        """Return what the address gives, without fetching all of it."""
        ...


class Media(Struct, frozen=True):
    """One picture ready to send: `reference` is its link, or `attachment://name` with the bytes to upload."""

    reference: str
    name: str = ""
    content: bytes | None = None


class Delivery:
    """Proves pictures and prepares them for a message. `at_hand` never waits; the rest may ask the pictures' hosts.

    At most `keeps` bytes are kept of pictures that are uploaded, those that were used last.
    """

    def __init__(self, hosts: Mapping[Source, Host], checks: Checks, *, keeps: int = 48 * 1024 * 1024) -> None:
        self._hosts = hosts
        self._checks = checks
        self._keeps = keeps
        self._bytes: OrderedDict[PictureKey, tuple[bytes, str]] = OrderedDict()

    def standing(self, picture: Picture) -> Picture | None:
        """Return the picture as it may be shown, when a check within a day found so; None else. Never waits."""
        verdict = self._checks.known(picture.url)
        if verdict is None or verdict.way is Way.NONE:
            return None
        return _at(picture, verdict.url) if verdict.way is Way.LINK else picture

    async def prove(self, picture: Picture, priority: Priority = Priority.PEOPLE) -> Picture:
        """Return the picture as it may be shown: with a link that was checked, or with its bytes at hand.

        :raises BackendError: it may not be shown. What the host said stands for an hour, unless it said nothing.
        """
        proof = await self._proof(picture, priority)
        return _at(picture, proof) if isinstance(proof, str) else picture

    async def kept(self, picture: Picture) -> Picture | None:
        """Return the picture as it may be shown without asking its host, as `prepare` will then show it.

        None unless a link to it was checked within a day, or its bytes are at hand.
        """
        known = await self._checks.recall(picture.url)
        if known is None or known.way is Way.NONE:
            return None
        if known.way is Way.LINK:
            return _at(picture, known.url)
        return picture if picture.key in self._bytes else None

    def at_hand(self, pictures: Sequence[Picture], *, upload: bool = False) -> list[Media] | None:
        """Return the media of pictures that need no network, or None when one of them does.

        With `upload` they are bytes, even where a link would do.
        """
        found: list[Media] = []
        for place, picture in enumerate(pictures, start=1):
            verdict = self._checks.known(picture.url)
            if verdict is not None and verdict.way is Way.LINK and not upload:
                found.append(Media(verdict.url))
            elif picture.key in self._bytes:
                found.append(_upload(picture, place, *self._bytes[picture.key]))
            else:
                return None
        return found

    async def prepare(self, pictures: Sequence[Picture], *, upload: bool = False) -> list[Media]:
        """Return the media of pictures, in their order, asking the hosts for what is not at hand.

        With `upload` they are bytes, even where a link would do.
        Raises what the back end raises, for one that may not be shown too.
        """
        proofs: Sequence[str | tuple[bytes, str]]
        proofs = await asyncio.gather(*(self._proof(picture, Priority.PEOPLE) for picture in pictures))
        if upload:
            proofs = await asyncio.gather(*(self._content(picture, Priority.PEOPLE) for picture in pictures))
        return [
            Media(proof) if isinstance(proof, str) else _upload(picture, place, *proof)
            for place, (picture, proof) in enumerate(zip(pictures, proofs, strict=True), start=1)
        ]

    def address(self, picture: Picture, place: int, uploads: Sequence[str]) -> str:
        """Return what the picture at a place of a message is referred to as; `uploads` are the files on it by name."""
        stem = _stem(picture, place)
        names = [name for name in uploads if name.rpartition(".")[0] == stem]
        if names:
            return f"attachment://{names[0]}"
        verdict = self._checks.known(picture.url)
        return verdict.url if verdict is not None and verdict.way is Way.LINK else picture.url

    async def _proof(self, picture: Picture, priority: Priority) -> str | tuple[bytes, str]:
        """Return the link to post, or the bytes to upload and their type; remember which it is."""
        url = picture.url
        known = await self._checks.recall(url)
        if known is not None and known.way is Way.NONE:
            raise BackendNotFound(picture.source, known.reason)
        if known is not None and known.way is Way.LINK:
            return known.url
        try:
            link = None if known is not None else await self._link(picture, priority)
            proof = link or await self._content(picture, priority)
        except (BackendUnavailable, BackendLimited):
            raise
        except BackendError as error:
            _log.info("The picture %s of %s is left out: %s", picture.id, picture.source, error)
            await self._checks.note(url, Way.NONE, reason=error.reason)
            raise
        if isinstance(proof, str):
            await self._checks.note(url, Way.LINK, link=proof)
        elif known is None:
            await self._checks.note(url, Way.UPLOAD)
        return proof

    async def _link(self, picture: Picture, priority: Priority) -> str | None:
        """Return the address to post, None when there is none that Discord can show and that lasts."""
        if not linkable(picture.url):
            return None
        facts = await self._host(picture).check_picture(picture.url, priority=priority, deadline=_CHECK_WITHIN)
        if facts.type == "image/gif" and (facts.size or 0) > LARGEST:
            raise BackendConfused(picture.source, f"an animated picture of {facts.size} bytes")
        # A redirect may lead to an address that was signed for a while; such a one has a query.
        lasts = not facts.moved or (linkable(facts.url) and not urlsplit(facts.url).query)
        fits = facts.size is not None and facts.size <= LARGEST
        return facts.url if lasts and fits and not facts.inside else None

    async def _content(self, picture: Picture, priority: Priority) -> tuple[bytes, str]:
        found = self._bytes.pop(picture.key, None)
        if found is None:
            found = await self._host(picture).fetch_picture(picture.url, priority=priority)
            if len(found[0]) > LARGEST:
                found = await asyncio.to_thread(_smaller, picture, found[0])
        # Put last; whoever fetched the same meanwhile has put in the same.
        self._bytes.pop(picture.key, None)
        self._bytes[picture.key] = found
        while sum(len(content) for content, _ in self._bytes.values()) > self._keeps and len(self._bytes) > 1:
            self._bytes.popitem(last=False)
        return found

    def _host(self, picture: Picture) -> Host:
        host = self._hosts.get(picture.source)
        if host is None:
            raise BackendNotFound(picture.source, "no such service is in use any more")
        return host


def linkable(url: str) -> bool:
    """Tell whether Discord could show a picture from its address: https at a public name, nothing odd about it."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "https" and parts.port in (None, 443) and parts.username is None
    except ValueError:
        return False
    host = (parts.hostname or "").rstrip(".")
    _, dot, ending = host.rpartition(".")
    # The last label of a public name has letters first; that of an IPv4 address, however written, begins with a
    # digit, and an IPv6 address has colons.
    return plain and bool(dot) and ending[:1].isalpha() and ":" not in host and ending not in _PRIVATE


def _at(picture: Picture, url: str) -> Picture:
    return picture if picture.url == url else msgspec.structs.replace(picture, url=url)


def _stem(picture: Picture, place: int) -> str:
    return f"{picture.species}-{place}"


def _upload(picture: Picture, place: int, content: bytes, kind: str) -> Media:
    name = f"{_stem(picture, place)}.{_ENDINGS.get(kind, 'jpg')}"
    return Media(f"attachment://{name}", name, content)


def _smaller(picture: Picture, content: bytes) -> tuple[bytes, str]:
    """Make a picture small enough for Discord; an animated one would lose what it is.

    :raises BackendConfused: it is animated, cannot be read, or has too many pixels.
    """
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content)) as image:
            if getattr(image, "is_animated", False):
                raise BackendConfused(picture.source, f"an animated picture of {len(content)} bytes")
            if image.width * image.height > (Image.MAX_IMAGE_PIXELS or 0):
                raise BackendConfused(picture.source, f"a picture of {image.width} × {image.height} pixels")
            image.draft("RGB", (LONGER_SIDE, LONGER_SIDE))
            image.thumbnail((LONGER_SIDE, LONGER_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGBA")
            paper = Image.new("RGBA", upright.size, "white")
            Image.alpha_composite(paper, upright).convert("RGB").save(out, "JPEG", quality=88)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BackendConfused(picture.source, f"a picture of {len(content)} bytes that cannot be read") from error
    return out.getvalue(), "image/jpeg"
