"""What people chose for themselves in a space: whether others may look, and whether lists of the server name them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.store import schema
from bot.store.upsert import insert

_TABLE = schema.preferences


async def choose(connection: AsyncConnection, person: Person, **chosen: bool) -> None:
    """Keep what a person chose, by the columns' names; what they chose of the others stays."""
    unchosen = {"private_favourites": False, "unlisted": False}
    await connection.execute(
        insert(connection, _TABLE)
        .values(space=person.space, person=person.user, **unchosen | chosen)
        .on_conflict_do_update(index_elements=list(_TABLE.primary_key.columns), set_=chosen)
    )


async def is_unlisted(connection: AsyncConnection, person: Person) -> bool:
    """Tell whether a person wants to be in no list of a server."""
    theirs = (_TABLE.c.space == person.space, _TABLE.c.person == person.user)
    return bool((await connection.execute(select(_TABLE.c.unlisted).where(*theirs))).scalar_one_or_none())


def listed(space: int, person: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that somebody may be in the lists of a space."""
    return person.not_in(select(_TABLE.c.person).where(_TABLE.c.space == space, _TABLE.c.unlisted))
