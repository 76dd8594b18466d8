"""The hosts' pictures: shipped ones from their files, the others drawn when first asked for and kept as files."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from bot.models import Species

from .catalogue import Catalogue, Image
from .painting import Painter

log = logging.getLogger(__name__)

TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp"}

SIZE_SUFFIX = re.compile(r"_\d+(x\d+)?$")
"""Of the addresses of smaller sizes (`…_390x256.jpg`); here they lead to the same bytes."""


class Pictures:
    """Serves `/cat/images/…` and `/dog/images/…`. Equal pictures wanted at once are drawn once."""

    def __init__(self, folder: Path, painter: Painter, catalogues: Mapping[Species, Catalogue]) -> None:
        self._folder = folder
        self._painter = painter
        self._catalogues = catalogues
        self._drawing: dict[str, asyncio.Task[bytes]] = {}

    async def close(self) -> None:
        """Give up what is being drawn."""
        tasks = list(self._drawing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._painter.close()

    def find(self, species: Species, name: str) -> Image | None:
        """Return the picture with that last part of an address; the ending must be its own."""
        stem, _, extension = name.rpartition(".")
        images = self._catalogues[species].images
        image = images.get(stem) or images.get(SIZE_SUFFIX.sub("", stem))
        return image if image is not None and image.extension == extension else None

    async def load(self, image: Image) -> bytes:
        """Return the picture's bytes, drawn now if need be; raises OSError or what drawing raises."""
        path = image.file or self._folder / f"{image.species}-{image.breed_id}-{image.variant}.jpg"
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            if image.file is not None:
                raise
        task = self._drawing.get(path.name)
        if task is None:
            task = self._drawing[path.name] = asyncio.create_task(self._draw(image, path))
            task.add_done_callback(lambda done: self._drawn(path.name, done))
        return await asyncio.shield(task)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer for a picture."""
        if request.headers.get("User-Agent", "").startswith("Python-urllib"):
            return web.Response(text="<html><body>Forbidden</body></html>", status=403, content_type="text/html")
        image = self.find(Species(request.match_info["species"]), request.match_info["name"])
        if image is None:
            return web.Response(text="Not Found", status=404)
        try:
            body = await self.load(image)
        except FileNotFoundError:
            return web.Response(text="Not Found", status=404)
        except Exception:
            log.warning("the picture %s of %s cannot be made", image.id, image.breed_id, exc_info=True)
            return web.Response(text="Internal Server Error", status=500)
        headers = {"Content-Type": TYPES[image.extension], "Cache-Control": "public, max-age=31536000"}
        return web.Response(body=body, headers=headers)

    async def _draw(self, image: Image, path: Path) -> bytes:
        body = await self._painter.paint(image.species, image.breed_id or "", image.variant)
        await asyncio.to_thread(_write, path, body)
        return body

    def _drawn(self, name: str, task: asyncio.Task[bytes]) -> None:
        del self._drawing[name]
        if not task.cancelled():
            task.exception()  # seen here, since everyone who waited may have gone


def _write(path: Path, body: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(body)
    os.replace(part, path)  # noqa: PTH105 - Path.replace is the same call
