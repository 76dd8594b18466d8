"""What moderators hid in their servers and the operator everywhere, and who is kept from voting where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, delete, func, select, tuple_, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.models import PictureKey, Source
from bot.store import schema
from bot.store.upsert import insert

_HIDDEN = schema.hidden_pictures
_BLOCKED = schema.blocked_pictures
_KEPT = schema.kept_from_voting


class Hidden(Struct, frozen=True, kw_only=True):
    """A picture that a server hid; `by` is None once whoever did it is forgotten."""

    key: PictureKey
    by: int | None
    at: datetime
    reason: str | None


class Blocked(Struct, frozen=True, kw_only=True):
    """A picture that the operator hid everywhere."""

    key: PictureKey
    at: datetime
    reason: str | None


class Kept(Struct, frozen=True, kw_only=True):
    """Somebody who may not vote in a server; `by` is None once whoever said so is forgotten."""

    user: int
    by: int | None
    at: datetime


def visible(space: int, source: ColumnElement[Any], picture_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a picture is hidden neither in a space nor everywhere."""
    return tuple_(source, picture_id).not_in(_withheld(space))


def withheld(space: int, source: ColumnElement[Any], picture_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a picture is hidden in a space or everywhere."""
    return tuple_(source, picture_id).in_(_withheld(space))


def _withheld(space: int) -> Select[Any]:
    here = select(_HIDDEN.c.source, _HIDDEN.c.picture_id).where(_HIDDEN.c.space == space)
    each = union_all(here, select(_BLOCKED.c.source, _BLOCKED.c.picture_id)).subquery()
    return select(each.c.source, each.c.picture_id)


def _is(space: int, key: PictureKey) -> ColumnElement[bool]:
    return and_(_HIDDEN.c.space == space, _HIDDEN.c.source == key.source.value, _HIDDEN.c.picture_id == key.id)


async def every_hidden(connection: AsyncConnection) -> dict[int, set[PictureKey]]:
    """Return what each server hid."""
    found: defaultdict[int, set[PictureKey]] = defaultdict(set)
    for row in await connection.execute(select(_HIDDEN.c.space, _HIDDEN.c.source, _HIDDEN.c.picture_id)):
        found[row.space].add(PictureKey(Source(row.source), row.picture_id))
    return dict(found)


async def hide(connection: AsyncConnection, space: int, hidden: Hidden) -> bool:
    """Hide a picture in a server; False when it was hidden, which keeps who did it and when."""
    values = {
        "space": space,
        "source": hidden.key.source.value,
        "picture_id": hidden.key.id,
        "hidden_by": hidden.by,
        "hidden_at": hidden.at,
        "reason": hidden.reason,
    }
    done = await connection.execute(insert(connection, _HIDDEN).values(**values).on_conflict_do_nothing())
    return done.rowcount == 1


async def unhide(connection: AsyncConnection, space: int, key: PictureKey) -> bool:
    """Show a picture again; False when it was not hidden."""
    return (await connection.execute(delete(_HIDDEN).where(_is(space, key)))).rowcount == 1


async def newest_hidden(connection: AsyncConnection, space: int, *, limit: int, offset: int) -> list[Hidden]:
    """Return a stretch of what a server hid, newest first."""
    rows = await connection.execute(
        select(_HIDDEN)
        .where(_HIDDEN.c.space == space)
        .order_by(_HIDDEN.c.hidden_at.desc(), _HIDDEN.c.source, _HIDDEN.c.picture_id)
        .limit(limit)
        .offset(offset)
    )
    return [
        Hidden(
            key=PictureKey(Source(row.source), row.picture_id), by=row.hidden_by, at=row.hidden_at, reason=row.reason
        )
        for row in rows
    ]


async def blocked(connection: AsyncConnection) -> list[Blocked]:
    """Return what the operator hid everywhere, newest first."""
    rows = await connection.execute(
        select(_BLOCKED).order_by(_BLOCKED.c.blocked_at.desc(), _BLOCKED.c.source, _BLOCKED.c.picture_id)
    )
    return [
        Blocked(key=PictureKey(Source(row.source), row.picture_id), at=row.blocked_at, reason=row.reason)
        for row in rows
    ]


async def block(connection: AsyncConnection, entry: Blocked) -> bool:
    """Hide a picture everywhere; False when it was hidden so."""
    values = {
        "source": entry.key.source.value,
        "picture_id": entry.key.id,
        "blocked_at": entry.at,
        "reason": entry.reason,
    }
    done = await connection.execute(insert(connection, _BLOCKED).values(**values).on_conflict_do_nothing())
    return done.rowcount == 1


async def unblock(connection: AsyncConnection, key: PictureKey) -> bool:
    """Take a picture off the operator's list; False when it was not on it."""
    theirs = (_BLOCKED.c.source == key.source.value, _BLOCKED.c.picture_id == key.id)
    return (await connection.execute(delete(_BLOCKED).where(*theirs))).rowcount == 1


async def every_kept(connection: AsyncConnection) -> dict[int, set[int]]:
    """Return who is kept from voting in each server."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row in await connection.execute(select(_KEPT.c.space, _KEPT.c.person)):
        found[row.space].add(row.person)
    return dict(found)


async def keep(connection: AsyncConnection, person: Person, *, by: int, at: datetime) -> bool:
    """Keep somebody from voting; False when they were, which keeps who said so and when."""
    values = {"space": person.space, "person": person.user, "kept_by": by, "kept_at": at}
    done = await connection.execute(insert(connection, _KEPT).values(**values).on_conflict_do_nothing())
    return done.rowcount == 1


async def let(connection: AsyncConnection, person: Person) -> bool:
    """Let somebody vote again; False when they might all the time."""
    theirs = (_KEPT.c.space == person.space, _KEPT.c.person == person.user)
    return (await connection.execute(delete(_KEPT).where(*theirs))).rowcount == 1


async def newest_kept(connection: AsyncConnection, space: int, *, limit: int, offset: int) -> list[Kept]:
    """Return a stretch of those whom a server keeps from voting, newest first."""
    rows = await connection.execute(
        select(_KEPT)
        .where(_KEPT.c.space == space)
        .order_by(_KEPT.c.kept_at.desc(), _KEPT.c.person)
        .limit(limit)
        .offset(offset)
    )
    return [Kept(user=row.person, by=row.kept_by, at=row.kept_at) for row in rows]


async def count(connection: AsyncConnection, space: int) -> tuple[int, int]:
    """Return how many pictures a server hid, and how many people it keeps from voting."""
    hidden = select(func.count()).select_from(_HIDDEN).where(_HIDDEN.c.space == space)
    kept = select(func.count()).select_from(_KEPT).where(_KEPT.c.space == space)
    row = (await connection.execute(select(hidden.scalar_subquery(), kept.scalar_subquery()))).one()
    return row[0], row[1]


async def forget_moderator(connection: AsyncConnection, person: Person) -> None:
    """Forget that a person hid pictures and kept others from voting; both stay as they are."""
    for table, by in ((_HIDDEN, _HIDDEN.c.hidden_by), (_KEPT, _KEPT.c.kept_by)):
        theirs = (table.c.space == person.space, by == person.user)
        await connection.execute(update(table).where(*theirs).values({by.name: None}))


async def spaces_showing(
    connection: AsyncConnection, keys: Iterable[PictureKey]
) -> Sequence[tuple[PictureKey, Person]]:
    """Return in which servers and personal collections messages show pictures: whose counts they tell.

    A server stands as the person with the number 0 in it; in the space of personal collections each requester does.
    """
    table = schema.posts
    whose = tuple_(table.c.source, table.c.picture_id).in_([(key.source.value, key.id) for key in keys])
    rows = await connection.execute(
        select(table.c.source, table.c.picture_id, table.c.space, table.c.requester).where(whose).distinct()
    )
    found = [
        (PictureKey(Source(row.source), row.picture_id), Person(row.space, 0 if row.space else row.requester or 0))
        for row in rows
    ]
    return list(dict.fromkeys(found))
