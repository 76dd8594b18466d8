"""Drawing pictures away from the event loop: in a process of its own, started when first needed and gone at once."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import Process
from pathlib import Path
from typing import Protocol

import msgspec

from .portraits import Draw
from .worker import FAILED, HEAD

TRIES = 2
"""A process that is found dead is replaced once."""

ROOT = Path(__file__).resolve().parents[2]


class PaintingFailed(Exception):
    """A picture could not be drawn."""


class Painter(Protocol):
    """Somebody who draws."""

    async def paint(self, species: str, breed_id: str, variant: int) -> bytes:
        """Return a JPEG; raises whatever drawing raises."""
        ...

    async def close(self) -> None:
        """Stop drawing."""
        ...


class ThreadPainter:
    """Draws in a thread; for tests that hand in a quick function of their own."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    async def paint(self, species: str, breed_id: str, variant: int) -> bytes:
        """Return what the function draws."""
        return await asyncio.to_thread(self._draw, species, breed_id, variant)

    async def close(self) -> None:
        """Nothing is held."""


class ProcessPainter:
    """Draws one picture at a time in `worker.py`, so that the bot keeps answering meanwhile.

    The process is a plain one and not one of multiprocessing's: it need not import the parent's main module, a Ctrl-C
    does not reach it, and it ends with its parent however that ends.
    """

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The process that draws, None while there is none."""
        return self._process.pid if self._process else None

    async def paint(self, species: str, breed_id: str, variant: int) -> bytes:
        """Return the portrait; raises PaintingFailed."""
        order = msgspec.json.encode((species, breed_id, variant)) + b"\n"
        async with self._turn:
            for _ in range(TRIES):
                try:
                    outcome, body = await self._order(order)
                except (asyncio.IncompleteReadError, ConnectionError):
                    await self.close()
                except BaseException:
                    await self.close()  # a reply that nobody waits for must not answer the next order
                    raise
                else:
                    if outcome == FAILED:
                        raise PaintingFailed(body.decode())
                    return body
        raise PaintingFailed("the painter's process ended before it was done")

    async def close(self) -> None:
        """End the process at once."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    async def _order(self, order: bytes) -> tuple[bytes, bytes]:
        if self._process is None:
            self._process = await _started()
        orders, replies = self._process.stdin, self._process.stdout
        if orders is None or replies is None:
            raise PaintingFailed("the painter's process has no pipes")
        orders.write(order)
        await orders.drain()
        outcome, length = HEAD.unpack(await replies.readexactly(HEAD.size))
        return outcome, await replies.readexactly(length)


async def _started() -> Process:
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"{__package__}.worker",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
