"""The pictures a day of each server: when and where they are due, what is on its way, and what stopped them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.models import Species
from bot.store import schema

_TABLE = schema.dailies


class Claim(Struct, frozen=True, kw_only=True):
    """A post that is on its way: for which local date, since when, and what it shows.

    `nonce` is what Discord knows one message by for some minutes, `card` the `custom_id` of the card on it and `note`
    the text below: by these it is found again in the channel.
    """

    day: date
    at: datetime
    nonce: str
    card: str
    note: str


class Daily(Struct, frozen=True, kw_only=True):
    """A picture a day. `at` is the local time in `zone`, in minutes after midnight; without a species it is either.

    `next_at` is when it is due and `try_at` when to look next, later after a failure; both UTC. `paused` says that it
    rests, and `reason` what stopped it, None when a person did. `posted_for` is the local date of the last post.
    """

    space: int
    number: int
    channel_id: int
    at: int
    zone: str
    species: Species | None = None
    breed_id: str | None = None
    with_fact: bool = False
    created_by: int | None
    paused: bool = False
    reason: str | None = None
    next_at: datetime
    try_at: datetime
    posted_for: date | None = None
    message_id: int | None = None
    claim: Claim | None = None

    @property
    def key(self) -> tuple[int, int]:
        """The server, and the number that people there say."""
        return self.space, self.number


async def of_space(connection: AsyncConnection, space: int) -> list[Daily]:
    """Return a server's, by number."""
    rows = await connection.execute(select(_TABLE).where(_TABLE.c.space == space).order_by(_TABLE.c.number))
    return [_daily(row) for row in rows.mappings()]


async def one(connection: AsyncConnection, space: int, number: int) -> Daily | None:
    """Return one by its number, None when there is none; in a writing transaction it is held until the end."""
    rows = await connection.execute(
        select(_TABLE).where(_TABLE.c.space == space, _TABLE.c.number == number).with_for_update()
    )
    row = rows.mappings().one_or_none()
    return None if row is None else _daily(row)


async def due(connection: AsyncConnection, now: datetime) -> list[Daily]:
    """Return those that are to be looked at, the longest due first."""
    rows = await connection.execute(
        select(_TABLE)
        .where(_TABLE.c.paused.is_(False), _TABLE.c.try_at <= now)
        .order_by(_TABLE.c.try_at, _TABLE.c.space, _TABLE.c.number)
    )
    return [_daily(row) for row in rows.mappings()]


async def earliest_after(connection: AsyncConnection, now: datetime) -> datetime | None:
    """Return when the next one is to be looked at that is not yet; None when there is none."""
    found = await connection.execute(
        select(func.min(_TABLE.c.try_at)).where(_TABLE.c.paused.is_(False), _TABLE.c.try_at > now)
    )
    earliest: datetime | None = found.scalar_one()
    return earliest


async def keep(connection: AsyncConnection, daily: Daily) -> None:
    """Keep one as it is now, in the place of the one with its number."""
    values = _values(daily)
    changed = await connection.execute(
        update(_TABLE).where(_TABLE.c.space == daily.space, _TABLE.c.number == daily.number).values(**values)
    )
    if not changed.rowcount:
        await connection.execute(insert(_TABLE).values(**values))


async def remove(connection: AsyncConnection, space: int, number: int) -> None:
    """Remove one."""
    await connection.execute(delete(_TABLE).where(_TABLE.c.space == space, _TABLE.c.number == number))


async def forget_person(connection: AsyncConnection, person: Person) -> None:
    """Forget that a person made some; they go on, since they are the server's."""
    theirs = (_TABLE.c.space == person.space, _TABLE.c.created_by == person.user)
    await connection.execute(update(_TABLE).where(*theirs).values(created_by=None))


async def in_channels(connection: AsyncConnection, channel_ids: Sequence[int]) -> list[Daily]:
    """Return those that post in any of the channels."""
    rows = await connection.execute(select(_TABLE).where(_TABLE.c.channel_id.in_(channel_ids)))
    return [_daily(row) for row in rows.mappings()]


def _values(daily: Daily) -> dict[str, Any]:
    values = {name: getattr(daily, name) for name in Daily.__struct_fields__ if name != "claim"}
    values["species"] = None if daily.species is None else daily.species.value
    claim = daily.claim
    claimed = {f"claimed_{name}": claim and getattr(claim, name) for name in Claim.__struct_fields__}
    return values | claimed


def _daily(row: RowMapping) -> Daily:
    claim = None
    if row["claimed_day"] is not None:
        claim = Claim(**{name: row[f"claimed_{name}"] for name in Claim.__struct_fields__})
    values = {name: row[name] for name in Daily.__struct_fields__ if name != "claim"}
    values["species"] = None if row["species"] is None else Species(row["species"])
    return Daily(**values, claim=claim)
