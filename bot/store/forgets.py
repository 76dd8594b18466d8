"""Who asked to be forgotten, and how far that is."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.models import Source
from bot.store import schema
from bot.store.upsert import upsert

_TABLE = schema.forgets


class Forget(Struct, frozen=True, kw_only=True):
    """Somebody's wish to be forgotten in a space, and the language that they are told in.

    `emptied_at`: since when nothing is here any more; `asked`: how many deletions each service was asked for then.
    `done_at`: since when every service did; `kept`: how many things are there that it does not delete.
    """

    person: Person
    language: str
    asked_at: datetime
    emptied_at: datetime | None
    done_at: datetime | None
    asked: dict[Source, int]
    kept: dict[Source, int]


def _is(person: Person) -> ColumnElement[bool]:
    return (_TABLE.c.space == person.space) & (_TABLE.c.person == person.user)


async def ask(connection: AsyncConnection, person: Person, language: str, *, now: datetime) -> None:
    """Write down that a person wants to be forgotten in a space; asked again, it begins anew."""
    await connection.execute(
        upsert(connection, _TABLE).values(
            space=person.space,
            person=person.user,
            language=language,
            asked_at=now,
            emptied_at=None,
            done_at=None,
            asked={},
            kept={},
        )
    )


async def unfinished(connection: AsyncConnection) -> list[Forget]:
    """Return the wishes that are not done, the oldest first."""
    rows = await connection.execute(select(_TABLE).where(_TABLE.c.done_at.is_(None)).order_by(_TABLE.c.asked_at))
    return [_forget(row) for row in rows]


async def of_user(connection: AsyncConnection, user: int) -> list[Forget]:
    """Return what is remembered of a person's wishes, done ones included, by space."""
    rows = await connection.execute(select(_TABLE).where(_TABLE.c.person == user).order_by(_TABLE.c.space))
    return [_forget(row) for row in rows]


async def note_emptied(connection: AsyncConnection, person: Person, asked: dict[Source, int], *, now: datetime) -> None:
    """Write down that nothing is here any more, and how many deletions the services were asked for."""
    values = {"emptied_at": now, "asked": _by_name(asked)}
    await connection.execute(update(_TABLE).where(_is(person)).values(**values))


async def note_done(connection: AsyncConnection, person: Person, kept: dict[Source, int], *, now: datetime) -> None:
    """Write down that the services did what they were asked for, and how much they keep all the same."""
    await connection.execute(update(_TABLE).where(_is(person)).values(done_at=now, kept=_by_name(kept)))


async def done_users(connection: AsyncConnection) -> set[int]:
    """Return the people who have nothing left that is not done, and were not told so yet."""
    open_ones = select(_TABLE.c.person).where(_TABLE.c.done_at.is_(None))
    rows = await connection.execute(select(_TABLE.c.person).where(_TABLE.c.person.not_in(open_ones)))
    return set(rows.scalars())


async def drop_done(connection: AsyncConnection, user: int) -> None:
    """Forget that a person wanted to be forgotten: they were told that it is done."""
    await connection.execute(delete(_TABLE).where(_TABLE.c.person == user, _TABLE.c.done_at.is_not(None)))


async def drop_done_before(connection: AsyncConnection, before: datetime) -> None:
    """Forget the wishes of people who did not come back to hear of it."""
    await connection.execute(delete(_TABLE).where(_TABLE.c.done_at < before))


def _by_name(numbers: dict[Source, int]) -> dict[str, int]:
    return {source.value: number for source, number in numbers.items()}


def _by_source(numbers: dict[str, int]) -> dict[Source, int]:
    return {Source(name): number for name, number in numbers.items()}


def _forget(row: Row[*tuple[object, ...]]) -> Forget:
    return Forget(
        person=Person(row.space, row.person),
        language=row.language,
        asked_at=row.asked_at,
        emptied_at=row.emptied_at,
        done_at=row.done_at,
        asked=_by_source(row.asked),
        kept=_by_source(row.kept),
    )
