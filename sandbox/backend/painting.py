"""Drawing a picture in another process: one worker, started when first needed, deaf to Ctrl-C, gone quickly."""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Protocol

Draw = Callable[[str, str, int], bytes]
"""Draws a JPEG from a species ("cat" or "dog"), a breed's id and a number for the variant."""

Measure = Callable[[str, str, int], tuple[int, int] | None]
"""Tells the width and height in pixels of what is drawn of the same, None when nothing can be drawn."""

LONGER_SIDE = 400
"""Of a drawn picture, in pixels: a card that is taller makes the sandbox's page jump."""


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
    """Draws one picture at a time in a process of its own, so that the bot keeps answering meanwhile."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Lock()

    async def paint(self, species: str, breed_id: str, variant: int) -> bytes:
        """Return what the function, which must be importable by name, draws in the worker."""
        async with self._turn:
            try:
                return await asyncio.wrap_future(self._submit(species, breed_id, variant))
            except BrokenProcessPool:
                await self.close()
                raise

    async def close(self) -> None:
        """End the worker; at most the picture in hand is waited for."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)

    def _submit(self, species: str, breed_id: str, variant: int) -> Future[bytes]:
        with _interrupts_held():
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    max_workers=1, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
                )
            return self._pool.submit(self._draw, species, breed_id, variant)


def draw_portrait(species: str, breed_id: str, variant: int) -> bytes:
    """Draw a breed's portrait with the art room; runs in the worker."""
    from sandbox import art

    look = art.look_of("cat" if species == "cat" else "dog", breed_id)
    sheet = io.BytesIO()
    art.draw(look, size=LONGER_SIDE, variant=variant).save(sheet, "JPEG", quality=85)
    return sheet.getvalue()


def portrait_size(species: str, breed_id: str, variant: int) -> tuple[int, int] | None:
    """Return the width and height in pixels that `draw_portrait` will give, None for a breed that it cannot draw."""
    from sandbox.art import look_of
    from sandbox.art.portrait import format_of

    try:
        look = look_of("cat" if species == "cat" else "dog", breed_id)
    except KeyError:
        return None
    height, width_share = format_of(look, variant, LONGER_SIDE, None)
    return round(height * width_share / 100), height


def square_size(_species: str, _breed_id: str, _variant: int) -> tuple[int, int] | None:
    """Return the size that is told of pictures drawn by somebody else than the art room."""
    return LONGER_SIDE, LONGER_SIDE


def _begin() -> None:
    """Leave Ctrl-C to the parent, which ends the worker in its own time; but do not outlive a parent that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let a process started meanwhile begin with interrupts held back, until it ignores them by itself."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
