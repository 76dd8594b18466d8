"""All that is kept of a person as one JSON file, written row by row; docs/privacy.md tells its shape."""

from __future__ import annotations

import asyncio
import gzip
import shutil
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

import msgspec
from msgspec import Struct

from bot.clock import Clock
from bot.identity import Person, SubIds
from bot.store import privacy
from bot.store.privacy import TRACES, Trace
from bot.store.store import Store

FORMAT: Final = "pawprint-export"
VERSION: Final = 1

LARGEST: Final = 10 * 1024 * 1024
"""The most bytes of an upload that Discord takes everywhere."""

# Beyond that a file is on the disk; and as many are made at once.
_IN_MEMORY: Final = 1 << 20
_AT_ONCE: Final = 2


class Part(Struct, frozen=True):
    """A file, or a piece of one: those of one file put together in order are it."""

    name: str
    content: bytes


class Exports:
    """Writes exports, a few at a time; no list is too long for it."""

    def __init__(self, store: Store, clock: Clock, sub_ids: SubIds, *, largest: int = LARGEST) -> None:
        self._store = store
        self._clock = clock
        self._sub_ids = sub_ids
        self._largest = largest
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def parts(self, user: int) -> AsyncIterator[Part]:
        """Yield the file with all that is kept of a person; a large one compressed, and in pieces if need be."""
        name = f"pawprint-{self._clock.now():%Y-%m-%d}.json"
        async with self._room:
            with SpooledTemporaryFile(_IN_MEMORY) as plain, SpooledTemporaryFile(_IN_MEMORY) as packed:
                await self._write(user, plain)
                file: IO[bytes] = plain
                if plain.tell() > self._largest:
                    await asyncio.to_thread(_pack, plain, packed)
                    file, name = packed, f"{name}.gz"
                pieces = -(-file.tell() // self._largest)
                file.seek(0)
                for piece in range(1, pieces + 1):
                    yield Part(name if pieces == 1 else f"{name}.{piece:03}", file.read(self._largest))

    async def _write(self, user: int, file: IO[bytes]) -> None:
        head = {"format": FORMAT, "version": VERSION, "made_at": self._clock.now(), "person": str(user)}
        # The braces of the head are taken off: the sections stand beside what it says.
        file.write(b"{" + msgspec.json.encode(head)[1:-1])
        async with self._store.reading() as connection:
            for trace in TRACES:
                file.write(b',\n"' + trace.section.encode() + b'": [')
                between = b"\n"
                async for row in privacy.rows_of(connection, trace, user):
                    file.write(between + msgspec.json.encode(self._shown(trace, user, row)))
                    between = b",\n"
                file.write(b"]")
        file.write(b"}\n")

    def _shown(self, trace: Trace, user: int, row: dict[str, Any]) -> dict[str, Any]:
        if trace.section != privacy.PSEUDONYMS:
            return row
        try:
            sub_id = self._sub_ids.sub_id(Person(int(row["server"]), user), row["key_number"])
        except KeyError:
            sub_id = None  # The secret that it was made with is gone, and nobody can tell it any more.
        return {**row, "sub_id": sub_id}


def _pack(plain: IO[bytes], packed: IO[bytes]) -> None:
    plain.seek(0)
    with gzip.GzipFile(fileobj=packed, mode="wb") as out:
        shutil.copyfileobj(plain, out)
