"""What back ends should hold, and what they are known to hold: one row a person, picture, space and kind.

A person's act only ever calls `wish`, in the transaction of the act itself. Everything else belongs to `bot.sync`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.models import PictureKey, Source
from bot.store import schema
from bot.store.upsert import insert

# The services that keep votes and favourites at all.
REMOTE_SOURCES = frozenset({Source.CATAPI, Source.DOGAPI})

LOOK_AGAIN = datetime(1970, 1, 1, tzinfo=UTC)
"""As `asked_at` it says that no call is out, and that the back end is to be looked at all the same."""

_TABLE = schema.deliveries
_ERROR_LENGTH = 200
# Discord: shard = (guild id >> 22) % count.
_SHARD_UNIT = 1 << 22


class Kind(StrEnum):
    """What is delivered."""

    VOTE = "vote"
    FAVOURITE = "favourite"


class Delivery(Struct, frozen=True, kw_only=True):
    """A row: `desired` and `delivered` are 1 or -1 (vote), 1 (favourite) or 0 (nothing); None is never delivered.

    `asked_at` is set when a call went out whose outcome is not known: read back before the next one. `LOOK_AGAIN`
    there says to read back without such a call.
    """

    person: Person
    picture: PictureKey
    kind: Kind
    desired: int
    version: int
    changed_at: datetime
    delivered: int | None
    remote_id: str | None
    asked_at: datetime | None
    attempts: int
    next_try_at: datetime


class Shards(Struct, frozen=True):
    """The spaces that this process delivers: those of its shards, by Discord's formula; space 0 is shard 0's."""

    count: int
    ids: frozenset[int]

    def where(self) -> ColumnElement[bool]:
        """Return the condition on a row's space."""
        return (_TABLE.c.space // _SHARD_UNIT % self.count).in_(sorted(self.ids))


async def wish(
    connection: AsyncConnection, person: Person, key: PictureKey, kind: Kind, desired: int, *, now: datetime
) -> None:
    """Write what a back end should hold from now on; nothing for a source that has none."""
    if key.source not in REMOTE_SOURCES:
        return
    wanted = {
        "desired": desired,
        "changed_at": now,
        "dirty": True,
        "attempts": 0,
        "next_try_at": now,
        "last_error": None,
    }
    await connection.execute(
        insert(connection, _TABLE)
        .values(
            space=person.space,
            person=person.user,
            source=key.source.value,
            picture_id=key.id,
            kind=kind.value,
            version=1,
            **wanted,
        )
        .on_conflict_do_update(
            index_elements=list(_TABLE.primary_key.columns), set_={**wanted, "version": _TABLE.c.version + 1}
        )
    )


async def due(
    connection: AsyncConnection, source: Source, *, now: datetime, limit: int, shards: Shards | None = None
) -> list[Delivery]:
    """Return rows that may be tried now, longest due first."""
    rows = await connection.execute(
        select(_TABLE)
        .where(_waiting(source, shards), _TABLE.c.next_try_at <= now)
        .order_by(_TABLE.c.next_try_at, _TABLE.c.changed_at)
        .limit(limit)
    )
    return [_delivery(row) for row in rows]


async def reread(connection: AsyncConnection, row: Delivery) -> Delivery | None:
    """Return a row as it is now, None when nothing waits there any more: the wish may have changed since."""
    found = (await connection.execute(select(_TABLE).where(_is(row), _TABLE.c.dirty))).one_or_none()
    return None if found is None else _delivery(found)


async def next_due(connection: AsyncConnection, source: Source, *, shards: Shards | None = None) -> datetime | None:
    """Return when the next row may be tried, None when nothing waits."""
    return (
        await connection.execute(
            select(_TABLE.c.next_try_at).where(_waiting(source, shards)).order_by(_TABLE.c.next_try_at).limit(1)
        )
    ).scalar_one_or_none()


async def waiting(connection: AsyncConnection, *, shards: Shards | None = None) -> dict[Source, int]:
    """Return how many rows wait, by source."""
    rows = await connection.execute(
        select(_TABLE.c.source, func.count())
        .where(_TABLE.c.dirty, *([shards.where()] if shards else []))
        .group_by(_TABLE.c.source)
    )
    return {Source(source): number for source, number in rows}


async def parked(connection: AsyncConnection) -> int:
    """Return how many rows a back end would not take; they wait for the person to change their mind."""
    found = await connection.execute(
        select(func.count()).select_from(_TABLE).where(~_TABLE.c.dirty, _TABLE.c.last_error.is_not(None))
    )
    return found.scalar_one()


async def note_asked(connection: AsyncConnection, row: Delivery, *, now: datetime) -> None:
    """Write down, before the call, that something is about to change at the back end."""
    await connection.execute(update(_TABLE).where(_is(row)).values(asked_at=now))


async def note_done(connection: AsyncConnection, row: Delivery, *, delivered: int, remote_id: str | None) -> None:
    """Write down what the back end holds now; the row is done unless the wish has changed meanwhile."""
    same = and_(_is(row), _TABLE.c.version == row.version)
    if row.desired == 0 and delivered == 0 and (await connection.execute(delete(_TABLE).where(same))).rowcount:
        return
    await connection.execute(
        update(_TABLE).where(_is(row)).values(delivered=delivered, remote_id=remote_id, asked_at=None)
    )
    await connection.execute(update(_TABLE).where(same).values(dirty=False, attempts=0, last_error=None))


async def note_failed(
    connection: AsyncConnection,
    row: Delivery,
    *,
    delivered: int | None,
    remote_id: str | None,
    asked_at: datetime | None,
    error: str,
    next_try_at: datetime | None,
) -> None:
    """Write down a failure and what is known all the same.

    `next_try_at` None parks the row: the back end will not take it. A newer wish keeps its own time and is not parked.
    """
    same = and_(_is(row), _TABLE.c.version == row.version)
    await connection.execute(
        update(_TABLE).where(_is(row)).values(delivered=delivered, remote_id=remote_id, asked_at=asked_at)
    )
    again = {"dirty": False} if next_try_at is None else {"attempts": _TABLE.c.attempts + 1, "next_try_at": next_try_at}
    await connection.execute(update(_TABLE).where(same).values(last_error=error[:_ERROR_LENGTH], **again))


async def postpone(connection: AsyncConnection, row: Delivery, *, until: datetime) -> None:
    """Try a row later, without counting it as a failure."""
    await connection.execute(update(_TABLE).where(_is(row)).values(next_try_at=until))


async def drop_unsent(connection: AsyncConnection, source: Source, *, shards: Shards | None = None) -> int:
    """Drop what was withdrawn before anything of it was sent; return how many rows that was.

    Only while nobody delivers to this source, since a call may be about to go out.
    """
    unsent = and_(_TABLE.c.desired == 0, func.coalesce(_TABLE.c.delivered, 0) == 0, _TABLE.c.asked_at.is_(None))
    return (await connection.execute(delete(_TABLE).where(_waiting(source, shards), unsent))).rowcount


async def doubt(connection: AsyncConnection, source: Source, *, now: datetime) -> int:
    """Deliver everything of a source anew, after its back end was wiped; return how many rows that is.

    What the back end still holds is found by reading back first, where it lets itself be read.
    """
    result = await connection.execute(
        update(_TABLE)
        .where(_TABLE.c.source == source.value)
        .values(
            dirty=True,
            version=_TABLE.c.version + 1,
            delivered=None,
            remote_id=None,
            asked_at=now,
            attempts=0,
            next_try_at=now,
            last_error=None,
        )
    )
    return result.rowcount


async def look_again(connection: AsyncConnection, source: Source, *, now: datetime) -> int:
    """Compare everything of a source with its back end, after this database went back in time; return how many rows.

    Other than with `doubt`, what was delivered counts until the back end says otherwise: where it cannot be read,
    nothing is sent a second time.
    """
    result = await connection.execute(
        update(_TABLE)
        .where(_TABLE.c.source == source.value)
        .values(
            dirty=True,
            version=_TABLE.c.version + 1,
            asked_at=func.coalesce(_TABLE.c.asked_at, literal(LOOK_AGAIN, _TABLE.c.asked_at.type)),
            attempts=0,
            next_try_at=now,
            last_error=None,
        )
    )
    return result.rowcount


async def note_found(
    connection: AsyncConnection,
    person: Person,
    key: PictureKey,
    kind: Kind,
    value: int,
    *,
    remote_id: str,
    now: datetime,
    sure: bool = True,
) -> bool:
    """Write down what a back end was found to hold; False where a row already speaks of it, which then stands.

    With `sure` False the back end is looked at again: more may be there than this.
    """
    result = await connection.execute(
        insert(connection, _TABLE)
        .values(
            space=person.space,
            person=person.user,
            source=key.source.value,
            picture_id=key.id,
            kind=kind.value,
            desired=value,
            version=1,
            changed_at=now,
            dirty=not sure,
            delivered=value,
            remote_id=remote_id,
            asked_at=None if sure else LOOK_AGAIN,
            attempts=0,
            next_try_at=now,
        )
        .on_conflict_do_nothing()
    )
    return result.rowcount == 1


async def withdraw_space(connection: AsyncConnection, space: int, *, now: datetime) -> None:
    """Wish that back ends hold nothing of a server any more."""
    theirs = (_TABLE.c.space == space, _TABLE.c.desired != 0)
    nothing = {"desired": 0, "version": _TABLE.c.version + 1, "changed_at": now, "dirty": True}
    again = {"attempts": 0, "next_try_at": now, "last_error": None}
    await connection.execute(update(_TABLE).where(*theirs).values(**nothing, **again))


async def tombstones(connection: AsyncConnection, space: int, user: int | None = None) -> dict[Source, int]:
    """Return how many things back ends are still to delete of a space, or of one person there."""
    rows = await connection.execute(
        select(_TABLE.c.source, func.count())
        .where(_gone(space, user), _TABLE.c.dirty)
        .group_by(_TABLE.c.source)
        .order_by(_TABLE.c.source)
    )
    return {Source(source): number for source, number in rows}


async def drop_kept(connection: AsyncConnection, space: int, user: int | None = None) -> dict[Source, int]:
    """Drop what back ends were to delete and keep, since they cannot or would not; return how many things that is."""
    theirs = and_(_gone(space, user), ~_TABLE.c.dirty)
    rows = await connection.execute(
        select(_TABLE.c.source, func.count())
        .where(theirs, _TABLE.c.delivered != 0)
        .group_by(_TABLE.c.source)
        .order_by(_TABLE.c.source)
    )
    kept = {Source(source): number for source, number in rows}
    await connection.execute(delete(_TABLE).where(theirs))
    return kept


async def votes_held(connection: AsyncConnection, sources: Iterable[Source], user: int, space: int | None) -> int:
    """Return how many votes some back ends are known to hold of a person, in a space or in all."""
    theirs = [_TABLE.c.person == user, _TABLE.c.kind == Kind.VOTE.value, _TABLE.c.delivered != 0]
    theirs += [_TABLE.c.source.in_([source.value for source in sources])]
    theirs += [] if space is None else [_TABLE.c.space == space]
    return (await connection.execute(select(func.count()).select_from(_TABLE).where(*theirs))).scalar_one()


def _gone(space: int, user: int | None) -> ColumnElement[bool]:
    """Return the condition on what is nobody's wish any more, of a space or of one person there."""
    gone = and_(_TABLE.c.space == space, _TABLE.c.desired == 0)
    return gone if user is None else and_(gone, _TABLE.c.person == user)


def _waiting(source: Source, shards: Shards | None) -> ColumnElement[bool]:
    condition = and_(_TABLE.c.dirty, _TABLE.c.source == source.value)
    return and_(condition, shards.where()) if shards else condition


def _is(row: Delivery) -> ColumnElement[bool]:
    return and_(
        _TABLE.c.space == row.person.space,
        _TABLE.c.person == row.person.user,
        _TABLE.c.source == row.picture.source.value,
        _TABLE.c.picture_id == row.picture.id,
        _TABLE.c.kind == row.kind.value,
    )


def _delivery(row: Row[*tuple[object, ...]]) -> Delivery:
    return Delivery(
        person=Person(row.space, row.person),
        picture=PictureKey(Source(row.source), row.picture_id),
        kind=Kind(row.kind),
        desired=row.desired,
        version=row.version,
        changed_at=row.changed_at,
        delivered=row.delivered,
        remote_id=row.remote_id,
        asked_at=row.asked_at,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
    )
