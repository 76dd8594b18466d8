"""The quiz's tables: questions, one answer a person and question, and how often each person of a space was right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, RowMapping, and_, case, delete, func, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.models import BreedName, PictureKey, Source, Species
from bot.store import schema
from bot.store.preferences import listed
from bot.store.upsert import insert

_QUESTIONS = schema.quiz_questions
_ANSWERS = schema.quiz_answers
_SCORES = schema.quiz_scores


class Question(Struct, frozen=True, kw_only=True):
    """A question as it was asked; `id` is that of the interaction that asked it.

    `message_id` is None until the message is out. `media` is what the message shows: a link, or `attachment://name`.
    `answer` is the place of the right one among the choices, from 0. `language` is one of Discord's locales.
    """

    id: int
    space: int
    channel_id: int
    message_id: int | None
    language: str
    species: Species
    picture: PictureKey
    media: str
    choices: tuple[BreedName, ...]
    answer: int
    due_at: datetime
    open: bool = True
    shown: bool = False

    @property
    def right(self) -> BreedName:
        """The breed that is on the picture."""
        return self.choices[self.answer]


class Answer(Struct, frozen=True):
    """What somebody chose: the place among the choices."""

    person: int
    choice: int


class Score(Struct, frozen=True, kw_only=True):
    """How often a person was right, of how many answers; how often in a row up to now, and at best."""

    person: int
    correct: int
    answered: int
    streak: int
    best_streak: int


async def add_question(connection: AsyncConnection, question: Question) -> bool:
    """Keep a question; False when another is open in the channel."""
    result = await connection.execute(
        insert(connection, _QUESTIONS)
        .values(
            id=question.id,
            space=question.space,
            channel_id=question.channel_id,
            open_in=question.channel_id,
            message_id=question.message_id,
            language=question.language,
            species=question.species.value,
            source=question.picture.source.value,
            picture_id=question.picture.id,
            media=question.media,
            choices=msgspec.to_builtins(question.choices),
            answer=question.answer,
            due_at=question.due_at,
            shown=False,
        )
        .on_conflict_do_nothing()
    )
    return result.rowcount == 1


async def open_question(connection: AsyncConnection, channel_id: int) -> Question | None:
    """Return the open question of a channel, None when there is none."""
    rows = await connection.execute(select(_QUESTIONS).where(_QUESTIONS.c.open_in == channel_id))
    row = rows.mappings().one_or_none()
    return None if row is None else _question(row)


async def question(connection: AsyncConnection, question_id: int) -> Question | None:
    """Return a question, None when it was forgotten.

    In a writing transaction it is held until the end: on PostgreSQL an answer that is given while the question is
    solved would else be in no score.
    """
    rows = await connection.execute(select(_QUESTIONS).where(_QUESTIONS.c.id == question_id).with_for_update())
    row = rows.mappings().one_or_none()
    return None if row is None else _question(row)


async def unfinished(connection: AsyncConnection) -> list[Question]:
    """Return the questions whose solution was not told yet, the one that is due first before the others."""
    rows = await connection.execute(
        select(_QUESTIONS).where(_QUESTIONS.c.shown.is_(False)).order_by(_QUESTIONS.c.due_at, _QUESTIONS.c.id)
    )
    return [_question(row) for row in rows.mappings()]


async def set_message(connection: AsyncConnection, question_id: int, message_id: int) -> None:
    """Note which message asks the question."""
    await connection.execute(update(_QUESTIONS).where(_QUESTIONS.c.id == question_id).values(message_id=message_id))


async def close_question(connection: AsyncConnection, question_id: int) -> None:
    """Take no more answers, and let the channel have another question."""
    await connection.execute(update(_QUESTIONS).where(_QUESTIONS.c.id == question_id).values(open_in=None))


async def set_shown(connection: AsyncConnection, question_id: int) -> None:
    """Note that the solution was told, or cannot be."""
    await connection.execute(update(_QUESTIONS).where(_QUESTIONS.c.id == question_id).values(shown=True))


async def forget_question(connection: AsyncConnection, question_id: int) -> None:
    """Forget a question and its answers."""
    await connection.execute(delete(_ANSWERS).where(_ANSWERS.c.question == question_id))
    await connection.execute(delete(_QUESTIONS).where(_QUESTIONS.c.id == question_id))


async def forget_questions_before(connection: AsyncConnection, before: datetime) -> None:
    """Forget the questions that were due before a time and whose solution was told, with their answers."""
    old = and_(_QUESTIONS.c.due_at < before, _QUESTIONS.c.shown.is_(True))
    await connection.execute(delete(_ANSWERS).where(_ANSWERS.c.question.in_(select(_QUESTIONS.c.id).where(old))))
    await connection.execute(delete(_QUESTIONS).where(old))


async def add_answer(
    connection: AsyncConnection, question_id: int, person: int, choice: int, *, answered_at: datetime
) -> bool:
    """Keep a person's answer; False when there is one, which holds."""
    result = await connection.execute(
        insert(connection, _ANSWERS)
        .values(question=question_id, person=person, choice=choice, answered_at=answered_at)
        .on_conflict_do_nothing()
    )
    return result.rowcount == 1


async def choice_of(connection: AsyncConnection, question_id: int, person: int) -> int:
    """Return what a person answered who did."""
    found = await connection.execute(
        select(_ANSWERS.c.choice).where(_ANSWERS.c.question == question_id, _ANSWERS.c.person == person)
    )
    choice: int = found.scalar_one()
    return choice


async def answers(connection: AsyncConnection, question_id: int) -> list[Answer]:
    """Return the answers to a question, the first given first."""
    rows = await connection.execute(
        select(_ANSWERS.c.person, _ANSWERS.c.choice)
        .where(_ANSWERS.c.question == question_id)
        .order_by(_ANSWERS.c.answered_at, _ANSWERS.c.person)
    )
    return [Answer(person, choice) for person, choice in rows]


async def count_answers(connection: AsyncConnection, question_id: int) -> int:
    """Return how many people answered a question."""
    counted = select(func.count()).select_from(_ANSWERS).where(_ANSWERS.c.question == question_id)
    return (await connection.execute(counted)).scalar_one()


async def add_to_scores(connection: AsyncConnection, space: int, outcomes: Mapping[int, bool]) -> None:
    """Count an answer for each person of a space: right or wrong."""
    if not outcomes:
        return
    statement = insert(connection, _SCORES)
    new = statement.excluded
    longer = _SCORES.c.streak + 1
    statement = statement.on_conflict_do_update(
        index_elements=[_SCORES.c.space, _SCORES.c.person],
        set_={
            "correct": _SCORES.c.correct + new.correct,
            "answered": _SCORES.c.answered + 1,
            "streak": case((new.correct == 1, longer), else_=0),
            "best_streak": case(
                (and_(new.correct == 1, longer > _SCORES.c.best_streak), longer), else_=_SCORES.c.best_streak
            ),
        },
    )
    # Sorted, so that two questions that are solved at once on PostgreSQL never wait for each other crosswise.
    rows = [
        {
            "space": space,
            "person": person,
            "correct": int(right),
            "answered": 1,
            "streak": int(right),
            "best_streak": int(right),
        }
        for person, right in sorted(outcomes.items())
    ]
    await connection.execute(statement, rows)


async def score(connection: AsyncConnection, person: Person) -> Score | None:
    """Return a person's score in a space, None when they answered nothing yet that is solved."""
    rows = await connection.execute(
        select(_SCORES).where(_SCORES.c.space == person.space, _SCORES.c.person == person.user)
    )
    row = rows.mappings().one_or_none()
    return None if row is None else _score(row)


async def best(connection: AsyncConnection, space: int, *, limit: int, offset: int) -> list[Score]:
    """Return a stretch of a space's scores: who was right most often first, then who needed fewer answers for it.

    Who wants to be in no list is not in this one, and takes nobody's place.
    """
    rows = await connection.execute(
        select(_SCORES)
        .where(_SCORES.c.space == space, listed(space, _SCORES.c.person))
        .order_by(_SCORES.c.correct.desc(), _SCORES.c.answered, _SCORES.c.best_streak.desc(), _SCORES.c.person)
        .limit(limit)
        .offset(offset)
    )
    return [_score(row) for row in rows.mappings()]


async def count_scores(connection: AsyncConnection, space: int) -> int:
    """Return how many people are in the list of `best`."""
    theirs = (_SCORES.c.space == space, listed(space, _SCORES.c.person))
    counted = select(func.count()).select_from(_SCORES).where(*theirs)
    return (await connection.execute(counted)).scalar_one()


async def place_of(connection: AsyncConnection, space: int, own: Score) -> int:
    """Return the place of a score among those of a space, from 1, in the order of `best`."""
    table = _SCORES.c
    theirs = tuple_(-table.correct, table.answered, -table.best_streak, table.person)
    ahead = theirs < tuple_(
        literal(-own.correct), literal(own.answered), literal(-own.best_streak), literal(own.person, BigInteger)
    )
    counted = select(func.count()).select_from(_SCORES).where(table.space == space, listed(space, table.person), ahead)
    return 1 + (await connection.execute(counted)).scalar_one()


async def forget_person(connection: AsyncConnection, person: Person) -> None:
    """Forget a person's score in a space, and their answers there."""
    here = select(_QUESTIONS.c.id).where(_QUESTIONS.c.space == person.space)
    await connection.execute(delete(_ANSWERS).where(_ANSWERS.c.person == person.user, _ANSWERS.c.question.in_(here)))
    await connection.execute(delete(_SCORES).where(_SCORES.c.space == person.space, _SCORES.c.person == person.user))


def _question(row: RowMapping) -> Question:
    return Question(
        id=row["id"],
        space=row["space"],
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        language=row["language"],
        species=Species(row["species"]),
        picture=PictureKey(Source(row["source"]), row["picture_id"]),
        media=row["media"],
        choices=msgspec.convert(row["choices"], tuple[BreedName, ...]),
        answer=row["answer"],
        due_at=row["due_at"],
        open=row["open_in"] is not None,
        shown=row["shown"],
    )


def _score(row: RowMapping) -> Score:
    return Score(
        person=row["person"],
        correct=row["correct"],
        answered=row["answered"],
        streak=row["streak"],
        best_streak=row["best_streak"],
    )
