"""Which numbered secret a person's sub_id was made with; they keep it when a newer secret is added."""

from __future__ import annotations

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.store import schema
from bot.store.upsert import insert

_TABLE = schema.identities
_DELIVERIES = schema.deliveries


async def key_number(connection: AsyncConnection, person: Person) -> int | None:
    """Return the number of the person's secret, None when they have no sub_id yet."""
    found = await connection.execute(
        select(_TABLE.c.key_number).where(_TABLE.c.space == person.space, _TABLE.c.person == person.user)
    )
    number: int | None = found.scalar_one_or_none()
    return number


async def settle_key_number(connection: AsyncConnection, person: Person, number: int) -> int:
    """Give the person this number unless they have one; return the one that holds."""
    await connection.execute(
        insert(connection, _TABLE)
        .values(space=person.space, person=person.user, key_number=number)
        .on_conflict_do_nothing()
    )
    settled = await key_number(connection, person)
    return number if settled is None else settled


async def forget(connection: AsyncConnection, person: Person) -> bool:
    """Forget the number; False while something of the person's is, or may be, at a service under their sub_id."""
    theirs = (_DELIVERIES.c.space == person.space) & (_DELIVERIES.c.person == person.user)
    result = await connection.execute(
        delete(_TABLE)
        .where(_TABLE.c.space == person.space, _TABLE.c.person == person.user)
        .where(~exists().where(theirs))
    )
    return result.rowcount == 1


async def forget_space(connection: AsyncConnection, space: int) -> None:
    """Forget the numbers of a server's people of whom nothing is, or may be, at a service."""
    same = (_DELIVERIES.c.space == _TABLE.c.space) & (_DELIVERIES.c.person == _TABLE.c.person)
    await connection.execute(delete(_TABLE).where(_TABLE.c.space == space).where(~exists().where(same)))
