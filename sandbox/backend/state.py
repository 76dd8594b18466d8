"""What the hosts are given: votes and favourites in SQLite, kept across restarts."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import aiosqlite
from msgspec import Struct

from bot.models import Species

from .search import Order, Page

FIRST_VOTE_ID = 1_120_951
FIRST_FAVOURITE_ID = 232_413_577
"""Ids begin where the documents' examples are, so that nobody takes them for small numbers."""

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS votes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, species TEXT NOT NULL, account TEXT NOT NULL, image_id TEXT NOT NULL,
    sub_id TEXT, value NUMERIC NOT NULL, created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS votes_of ON votes (species, account, sub_id, image_id);
CREATE TABLE IF NOT EXISTS favourites (
    id INTEGER PRIMARY KEY AUTOINCREMENT, species TEXT NOT NULL, account TEXT NOT NULL, image_id TEXT NOT NULL,
    sub_id TEXT, created_at TEXT NOT NULL, UNIQUE (species, account, image_id, sub_id)
);
CREATE INDEX IF NOT EXISTS favourites_of ON favourites (species, account, sub_id);
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'votes', {FIRST_VOTE_ID - 1} WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'votes');
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'favourites', {FIRST_FAVOURITE_ID - 1}
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'favourites');
"""  # noqa: S608 - only our own numbers are put in

VOTE = "SELECT id, account, image_id, sub_id, created_at, value FROM votes"
FAVOURITE = "SELECT id, account, image_id, sub_id, created_at FROM favourites"
ORDERS = {Order.ASC: " ORDER BY id", Order.DESC: " ORDER BY id DESC", Order.RANDOM: " ORDER BY random()"}
MINE = " WHERE species = :species AND account = :account"
MINE += " AND (:sub_id IS NULL OR sub_id = :sub_id) AND (:image_id IS NULL OR image_id = :image_id)"


class Favourite(Struct, frozen=True):
    """A favourite as it is kept; `created_at` is ISO 8601 with milliseconds."""

    id: int
    account: str
    image_id: str
    sub_id: str | None
    created_at: str


class Vote(Favourite, frozen=True):
    """A vote as it is kept: the value is whatever number was sent."""

    value: float


class SubIdUse(Struct, frozen=True):
    """How much an account keeps under one sub_id."""

    sub_id: str
    votes: int
    favourites: int


class Mine(Struct, frozen=True):
    """Whose items are meant: one account's at one host, narrowed to a sub_id and a picture where given."""

    species: Species
    account: str
    sub_id: str | None = None
    image_id: str | None = None

    @property
    def values(self) -> dict[str, str | int | None]:
        """The parameters of a query."""
        return {"species": self.species, "account": self.account, "sub_id": self.sub_id, "image_id": self.image_id}


class AlreadyFavourite(Exception):
    """The account has that picture as a favourite under that sub_id."""


class State:
    """Votes and favourites of both hosts. Every change is its own transaction; `close` after use."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._db = connection

    @classmethod
    async def open(cls, path: Path) -> State:
        """Open the file, made and upgraded where needed."""
        connection = await aiosqlite.connect(path, isolation_level=None)
        try:
            await connection.execute("PRAGMA journal_mode = WAL")
            await connection.execute("PRAGMA synchronous = NORMAL")
            await connection.executescript(SCHEMA)
        except BaseException:
            await connection.close()
            raise
        return cls(connection)

    async def close(self) -> None:
        """Close the file and end its thread."""
        await self._db.close()

    async def add_vote(self, mine: Mine, value: float, created_at: str) -> Vote:
        """Keep one more vote; several for the same picture and sub_id are allowed."""
        statement = (
            "INSERT INTO votes (species, account, image_id, sub_id, value, created_at)"
            " VALUES (:species, :account, :image_id, :sub_id, :value, :now)"
            " RETURNING id, account, image_id, sub_id, created_at, value"
        )
        rows = await self._db.execute_fetchall(statement, mine.values | {"value": value, "now": created_at})
        return Vote(*next(iter(rows)))

    async def votes(self, mine: Mine, page: Page) -> tuple[list[Vote], int]:
        """Return a page of an account's votes and how many there are in all."""
        rows, count = await self._page("votes", VOTE, mine, page)
        return [Vote(*row) for row in rows], count

    async def vote(self, species: Species, vote_id: int) -> Vote | None:
        """Return a vote, whoever's it is."""
        rows = await self._db.execute_fetchall(f"{VOTE} WHERE species = ? AND id = ?", (species, vote_id))
        return next((Vote(*row) for row in rows), None)

    async def remove_vote(self, vote_id: int) -> None:
        """Forget a vote."""
        await self._db.execute("DELETE FROM votes WHERE id = ?", (vote_id,))

    async def add_favourite(self, mine: Mine, created_at: str) -> Favourite:
        """Keep a favourite; raises AlreadyFavourite. Without a sub_id there may be duplicates (recorded)."""
        statement = (
            "INSERT INTO favourites (species, account, image_id, sub_id, created_at)"
            " VALUES (:species, :account, :image_id, :sub_id, :now)"
            " RETURNING id, account, image_id, sub_id, created_at"
        )
        try:
            rows = await self._db.execute_fetchall(statement, mine.values | {"now": created_at})
        except sqlite3.IntegrityError as error:
            raise AlreadyFavourite(mine.image_id) from error
        return Favourite(*next(iter(rows)))

    async def favourites(self, mine: Mine, page: Page) -> tuple[list[Favourite], int]:
        """Return a page of an account's favourites and how many there are in all."""
        rows, count = await self._page("favourites", FAVOURITE, mine, page)
        return [Favourite(*row) for row in rows], count

    async def favourite(self, species: Species, favourite_id: int) -> Favourite | None:
        """Return a favourite, whoever's it is."""
        rows = await self._db.execute_fetchall(f"{FAVOURITE} WHERE species = ? AND id = ?", (species, favourite_id))
        return next((Favourite(*row) for row in rows), None)

    async def remove_favourite(self, favourite_id: int) -> None:
        """Forget a favourite."""
        await self._db.execute("DELETE FROM favourites WHERE id = ?", (favourite_id,))

    async def sub_ids(self, mine: Mine) -> list[SubIdUse]:
        """Return what an account keeps under each sub_id, by name."""
        statement = (
            "SELECT sub_id, sum(vote), sum(1 - vote) FROM ("
            " SELECT sub_id, 1 AS vote FROM votes WHERE species = :species AND account = :account"
            " UNION ALL SELECT sub_id, 0 FROM favourites WHERE species = :species AND account = :account"
            ") WHERE sub_id IS NOT NULL GROUP BY sub_id ORDER BY sub_id"
        )
        return [SubIdUse(*row) for row in await self._db.execute_fetchall(statement, mine.values)]

    async def every_vote(self, species: Species) -> list[Vote]:
        """Return all votes of a host, whoever's, in the order they came."""
        rows = await self._db.execute_fetchall(f"{VOTE} WHERE species = ? ORDER BY id", (species,))
        return [Vote(*row) for row in rows]

    async def every_favourite(self, species: Species) -> list[Favourite]:
        """Return all favourites of a host, whoever's, in the order they came."""
        rows = await self._db.execute_fetchall(f"{FAVOURITE} WHERE species = ? ORDER BY id", (species,))
        return [Favourite(*row) for row in rows]

    async def count(self, table: str, species: Species) -> int:
        """Return how many `votes` or `favourites` a host keeps for all accounts."""
        rows = await self._db.execute_fetchall(_counting(table) + " WHERE species = ?", (species,))
        return int(next(iter(rows))[0])

    async def wipe(self) -> None:
        """Forget everything, as a back end does that lost its disk. Ids go on increasing."""
        await self._db.executescript("DELETE FROM votes; DELETE FROM favourites;")

    async def _page(self, table: str, select: str, mine: Mine, page: Page) -> tuple[list[sqlite3.Row], int]:
        part = {"limit": -1 if page.limit is None else page.limit, "offset": page.offset}
        rows = await self._db.execute_fetchall(
            f"{select}{MINE}{ORDERS[page.order]} LIMIT :limit OFFSET :offset", mine.values | part
        )
        counted = await self._db.execute_fetchall(_counting(table) + MINE, mine.values)
        return list(rows), int(next(iter(counted))[0])


def _counting(table: str) -> str:
    return {"votes": "SELECT count(*) FROM votes", "favourites": "SELECT count(*) FROM favourites"}[table]
