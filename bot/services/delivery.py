"""How a picture reaches Discord: as a link where one lasts, else as bytes that are uploaded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from bot.models import Picture, PictureKey

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
# Names that lead nowhere on the public internet.
_PRIVATE = frozenset({"localhost", "local", "internal", "lan", "arpa"})


class Fetch(Protocol):
    """Fetches the bytes of a picture."""

    async def __call__(self, picture: Picture) -> tuple[bytes, str]:
        """Return the bytes and their type (`image/jpeg`, …) as the bytes themselves tell it."""
        ...


class Media(Struct, frozen=True):
    """One picture ready to send: `reference` is its link, or `attachment://name` with the bytes to upload."""

    reference: str
    name: str = ""
    content: bytes | None = None


class Delivery:
    """Prepares pictures for a message. `at_hand` never waits; `prepare` may fetch bytes, and keeps at most `keeps`."""

    def __init__(self, fetch: Fetch, *, keeps: int = 48 * 1024 * 1024) -> None:
        self._fetch = fetch
        self._keeps = keeps
        self._bytes: OrderedDict[PictureKey, tuple[bytes, str]] = OrderedDict()

    @staticmethod
    def links(picture: Picture) -> bool:
        """Whether Discord can show the picture from its own address: https at a public name, nothing odd about it."""
        try:
            parts = urlsplit(picture.url)
            plain = parts.scheme == "https" and parts.port in (None, 443) and parts.username is None
        except ValueError:
            return False
        host = (parts.hostname or "").rstrip(".")
        _, dot, ending = host.rpartition(".")
        # The last label of a public name has letters first; that of an IPv4 address, however written, begins with a
        # digit, and an IPv6 address has colons.
        return plain and bool(dot) and ending[:1].isalpha() and ":" not in host and ending not in _PRIVATE

    def at_hand(self, pictures: Sequence[Picture]) -> list[Media] | None:
        """Return the media of pictures that need no network, or None when one of them does."""
        if not all(self.links(picture) or picture.key in self._bytes for picture in pictures):
            return None
        return [
            Media(picture.url) if self.links(picture) else _upload(picture, place, *self._bytes[picture.key])
            for place, picture in enumerate(pictures, start=1)
        ]

    async def prepare(self, pictures: Sequence[Picture]) -> list[Media]:
        """Return the media of pictures, in their order, fetching what must be uploaded.

        Raises what the back end raises.
        """
        media: list[Media] = []
        for place, picture in enumerate(pictures, start=1):
            if self.links(picture):
                media.append(Media(picture.url))
            else:
                media.append(_upload(picture, place, *await self._content(picture)))
        return media

    async def _content(self, picture: Picture) -> tuple[bytes, str]:
        found = self._bytes.pop(picture.key, None) or await self._fetch(picture)
        # Put last; whoever fetched the same meanwhile has put in the same.
        self._bytes.pop(picture.key, None)
        self._bytes[picture.key] = found
        while sum(len(content) for content, _ in self._bytes.values()) > self._keeps and len(self._bytes) > 1:
            self._bytes.popitem(last=False)
        return found


def _upload(picture: Picture, place: int, content: bytes, kind: str) -> Media:
    name = f"{picture.species}-{place}.{_ENDINGS.get(kind, 'jpg')}"
    return Media(f"attachment://{name}", name, content)
