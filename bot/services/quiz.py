"""The quiz: one open question a channel, one answer a person, and scores that count what was solved."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from msgspec import Struct

from bot.clock import Clock
from bot.identity import Person
from bot.store import preferences, quiz
from bot.store.quiz import Answer, Question, Score
from bot.store.store import Store

# Until then a button whose message could not be drawn anew still tells the solution.
_KEPT_FOR: Final = timedelta(days=1)


class Verdict(Enum):
    """What became of an answer: taken, not taken since there is one, or too late."""

    TAKEN = auto()
    BEFORE = auto()
    OVER = auto()


class Said(Struct, frozen=True):
    """The answer that holds now, by the breed's name, and when the solution comes; of one that was late neither."""

    verdict: Verdict
    breed: str = ""
    due_at: datetime | None = None


class Solution(Struct, frozen=True):
    """A question that is solved, and who was right, the quickest first. `answers` counts all of them."""

    question: Question
    right: tuple[int, ...]
    answers: int


class Standing(Struct, frozen=True):
    """A person's score, and their place among so many of the space; None for who wants to be in no list."""

    score: Score
    place: int | None
    people: int


class Quiz:
    """The rules of the quiz. An answer is one transaction, and so is a solution with all scores that it changes."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def running(self, channel_id: int) -> Question | None:
        """Return the open question of a channel, None when there is none."""
        async with self._store.reading() as connection:
            return await quiz.open_question(connection, channel_id)

    async def ask(self, question: Question) -> Question | None:
        """Open a question; return the one that is open in the channel already, None when all is well."""
        async with self._store.writing() as connection:
            if await quiz.add_question(connection, question):
                return None
            return await quiz.open_question(connection, question.channel_id)

    async def posted(self, question_id: int, message_id: int) -> None:
        """Note which message asks a question."""
        async with self._store.writing() as connection:
            await quiz.set_message(connection, question_id, message_id)

    async def withdraw(self, question_id: int) -> None:
        """Forget a question that could not be posted."""
        async with self._store.writing() as connection:
            await quiz.forget_question(connection, question_id)

    async def answer(self, question_id: int, message_id: int, user: int, choice: int) -> Said:
        """Take a person's answer, a place among the choices; the first one holds.

        The message is noted where it was not: the bot may have been killed right after it had posted it.
        """
        now = self._clock.now()
        async with self._store.writing() as connection:
            question = await quiz.question(connection, question_id)
            if question is None or not question.open or now >= question.due_at:
                return Said(Verdict.OVER)
            if question.message_id is None:
                await quiz.set_message(connection, question_id, message_id)
            new = await quiz.add_answer(connection, question_id, user, choice, answered_at=now)
            held = choice if new else await quiz.choice_of(connection, question_id, user)
        return Said(Verdict.TAKEN if new else Verdict.BEFORE, question.choices[held].name, question.due_at)

    async def answers(self, question_id: int) -> int:
        """Return how many people answered a question."""
        async with self._store.reading() as connection:
            return await quiz.count_answers(connection, question_id)

    async def solve(self, question_id: int) -> Solution | None:
        """Close a question whose time is up and count its answers, once; what was counted is not counted again.

        Returns None for one that was forgotten, or whose time is not up.
        """
        now = self._clock.now()
        async with self._store.writing() as connection:
            question = await quiz.question(connection, question_id)
            if question is None or now < question.due_at:
                return None
            given = await quiz.answers(connection, question_id)
            if question.open:
                await quiz.close_question(connection, question_id)
                outcomes = {answer.person: answer.choice == question.answer for answer in given}
                await quiz.add_to_scores(connection, question.space, outcomes)
                await quiz.forget_questions_before(connection, now - _KEPT_FOR)
        return _solution(question, given)

    async def told(self, question_id: int) -> None:
        """Note that the solution of a question was told, or cannot be."""
        async with self._store.writing() as connection:
            await quiz.set_shown(connection, question_id)

    async def unfinished(self) -> list[Question]:
        """Return the questions whose solution was not told yet, open ones included."""
        async with self._store.reading() as connection:
            return await quiz.unfinished(connection)

    async def best(self, space: int, *, limit: int, offset: int) -> list[Score]:
        """Return a stretch of a server's scores, who was right most often first."""
        async with self._store.reading() as connection:
            return await quiz.best(connection, space, limit=limit, offset=offset)

    async def people(self, space: int) -> int:
        """Return how many people of a server have a score."""
        async with self._store.reading() as connection:
            return await quiz.count_scores(connection, space)

    async def standing(self, person: Person) -> Standing | None:
        """Return a person's score and place, None when they answered nothing yet that is solved."""
        async with self._store.reading() as connection:
            score = await quiz.score(connection, person)
            if score is None:
                return None
            unlisted = await preferences.is_unlisted(connection, person)
            place = None if unlisted else await quiz.place_of(connection, person.space, score)
            return Standing(score, place, await quiz.count_scores(connection, person.space))

    async def forget(self, person: Person) -> None:
        """Forget a person's score in a space and their answers there, those to open questions included."""
        async with self._store.writing() as connection:
            await quiz.forget_person(connection, person)


def _solution(question: Question, given: list[Answer]) -> Solution:
    right = tuple(answer.person for answer in given if answer.choice == question.answer)
    return Solution(question, right, len(given))
