"""How a picture reaches Discord: as a link where one lasts, else as bytes that are uploaded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from bot.models import Picture, PictureKey

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
_KEPT_BYTES = 48 * 1024 * 1024


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
    """Prepares pictures for a message. `at_hand` never waits; `prepare` may fetch bytes."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._bytes: OrderedDict[PictureKey, tuple[bytes, str]] = OrderedDict()
        self._held = 0

    @staticmethod
    def links(picture: Picture) -> bool:
        """Whether Discord can show the picture from its own address: public https, by name."""
        parts = urlsplit(picture.url)
        host = parts.hostname or ""
        return parts.scheme == "https" and "." in host and not host.replace(".", "").isdigit() and ":" not in host

    def at_hand(self, pictures: Sequence[Picture]) -> list[Media] | None:
        """Return the media of pictures that need no network, or None when one of them does."""
        media: list[Media] = []
        for place, picture in enumerate(pictures, start=1):
            if self.links(picture):
                media.append(Media(picture.url))
            elif picture.key in self._bytes:
                media.append(_upload(picture, place, *self._bytes[picture.key]))
            else:
                return None
        return media

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

    async def prefetch(self, pictures: Sequence[Picture]) -> None:
        """Fetch the bytes of pictures that will be uploaded soon."""
        for picture in pictures:
            if not self.links(picture):
                await self._content(picture)

    async def _content(self, picture: Picture) -> tuple[bytes, str]:
        found = self._bytes.get(picture.key)
        if found is None:
            found = await self._fetch(picture)
            self._bytes[picture.key] = found
            self._held += len(found[0])
            while self._held > _KEPT_BYTES and len(self._bytes) > 1:
                _, (dropped, _) = self._bytes.popitem(last=False)
                self._held -= len(dropped)
        else:
            self._bytes.move_to_end(picture.key)
        return found


def _upload(picture: Picture, place: int, content: bytes, kind: str) -> Media:
    name = f"{picture.species}-{place}.{_ENDINGS.get(kind, 'jpg')}"
    return Media(f"attachment://{name}", name, content)
