"""Where a person or a server stands in the tables: the one list that an export, a count and their tests go by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import BigInteger, Column, ColumnElement, Table, and_, delete, func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.store import schema

PSEUDONYMS: Final = "pseudonyms"
"""The section that an export tells more of than its table holds."""

_QUESTIONS = schema.quiz_questions
_ANSWERS = schema.quiz_answers
# Read at once, so that the longest list needs no more memory than a short one.
_AT_ONCE: Final = 500


class Trace(Struct, frozen=True, kw_only=True):
    """A column that names a person. `section` is what its rows are called in an export.

    `inner` are columns that say nothing of the person, or something of another one. What `stays` is a server's own
    measure: it is exported, and no forgetting takes it away.
    """

    section: str
    column: Column[Any]
    inner: tuple[str, ...] = ()
    stays: bool = False

    @property
    def table(self) -> Table:
        """The table it stands in."""
        return self.column.table

    def where(self, user: int) -> ColumnElement[bool]:
        """Return the condition on the rows of a person, wherever."""
        return self.column == user

    def here(self, person: Person) -> ColumnElement[bool]:
        """Return the condition on the rows of a person in a space."""
        return and_(self.where(person.user), _within(self.table, person.space))

    @property
    def shown(self) -> list[Column[Any]]:
        """The columns that an export shows."""
        return [column for column in self.table.columns if column is not self.column and column.name not in self.inner]


TRACES: Final = (
    Trace(section="votes", column=schema.votes.c.person),
    Trace(section="favourites", column=schema.favourites.c.person),
    Trace(section="preferences", column=schema.preferences.c.person),
    Trace(section="reactions", column=schema.seen_reactions.c.person),
    Trace(section="requests", column=schema.posts.c.requester, inner=("card", "attachment")),
    Trace(section="quiz_answers", column=schema.quiz_answers.c.person),
    Trace(section="quiz_scores", column=schema.quiz_scores.c.person),
    Trace(
        section="dailies",
        column=schema.dailies.c.created_by,
        inner=("try_at", "claimed_day", "claimed_at", "claimed_nonce", "claimed_card", "claimed_note"),
    ),
    Trace(section="hidden_pictures", column=schema.hidden_pictures.c.hidden_by),
    Trace(section="kept_others_from_voting", column=schema.kept_from_voting.c.kept_by, inner=("person",)),
    Trace(section="kept_from_voting", column=schema.kept_from_voting.c.person, inner=("kept_by",), stays=True),
    Trace(section="deliveries", column=schema.deliveries.c.person, inner=("version", "dirty", "attempts")),
    Trace(section=PSEUDONYMS, column=schema.identities.c.person),
    Trace(section="forgetting", column=schema.forgets.c.person),
)
"""Every column that holds the number of a person."""

# Of a server they outlast its other rows: what the services are still to be told, and as whom.
_OUTLAST: Final = (schema.deliveries, schema.identities, schema.forgets, schema.departures)


async def rows_of(connection: AsyncConnection, trace: Trace, user: int) -> AsyncIterator[dict[str, Any]]:
    """Yield what a table holds of a person in every space, in order of its key, as an export shows it.

    Discord's numbers are texts there, since many readers of JSON round them, and a space is called `server`.
    """
    names = {column.name: "server" if column.name == "space" else column.name for column in trace.shown}
    numbers = {column.name for column in trace.shown if isinstance(column.type, BigInteger)}
    asked = select(*trace.shown).where(trace.where(user)).order_by(*trace.table.primary_key.columns)
    result = await connection.stream(asked.execution_options(yield_per=_AT_ONCE))
    # By the stretch: a step into the database for each row would take most of the time.
    async for rows in result.mappings().partitions():
        for row in rows:
            shown = {name: str(row[name]) if name in numbers and row[name] is not None else row[name] for name in names}
            yield {names[name]: value for name, value in shown.items()}


async def held(connection: AsyncConnection, person: Person) -> dict[str, int]:
    """Return how many rows there are of a person in a space, by section; only where there is one."""
    counted = {}
    for trace in TRACES:
        asked = select(func.count()).select_from(trace.table).where(trace.here(person))
        counted[trace.section] = (await connection.execute(asked)).scalar_one()
    return {section: number for section, number in counted.items() if number}


async def spaces_of(connection: AsyncConnection, user: int) -> list[int]:
    """Return every space that holds something of a person, in order."""
    spaced = [select(trace.table.c.space).where(trace.where(user)) for trace in TRACES if "space" in trace.table.c]
    answered = select(_ANSWERS.c.question).where(_ANSWERS.c.person == user)
    quizzed = select(_QUESTIONS.c.space).where(_QUESTIONS.c.id.in_(answered))
    return sorted((await connection.execute(union(*spaced, quizzed))).scalars())


async def spaces(connection: AsyncConnection) -> set[int]:
    """Return every server that holds anything; the space of personal collections is none."""
    each = [select(table.c.space).where(table.c.space != 0) for table in _spaced()]
    return set((await connection.execute(union(*each))).scalars())


async def forget_space(connection: AsyncConnection, space: int) -> None:
    """Delete what tables hold of a server, but for what the services are still to be told."""
    tables: Iterable[Table] = (schema.quiz_answers, *(table for table in _spaced() if table not in _OUTLAST))
    for table in tables:
        await connection.execute(delete(table).where(_within(table, space)))


def _spaced() -> list[Table]:
    return [table for table in schema.metadata.sorted_tables if "space" in table.c]


def _within(table: Table, space: int) -> ColumnElement[bool]:
    if "space" in table.c:
        return table.c.space == space
    # An answer of the quiz is where its question is.
    asked = select(_QUESTIONS.c.id).where(_QUESTIONS.c.space == space)
    return table.c.question.in_(asked)
