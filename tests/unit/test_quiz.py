"""The quiz's rules on both databases: one open question a channel, one answer a person, scores that add up."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, func, select

from bot.clock import ManualClock
from bot.identity import Person
from bot.models import BreedName, PictureKey, Source, Species
from bot.services.quiz import Quiz, Said, Standing, Verdict
from bot.store import schema
from bot.store.quiz import Question, Score
from bot.store.store import Store

ANN, BEN, CLEO = 1, 2, 3
SERVER, CHANNEL, MESSAGE = 9, 90, 900
CHOICES = tuple(BreedName(name[:4].lower(), name) for name in ("Siamese", "Manx", "Korat", "Persian"))
RIGHT, WRONG = 2, 0


@pytest.fixture
def quiz(store: Store, clock: ManualClock) -> Quiz:
    return Quiz(store, clock)


def question(clock: ManualClock, number: int = 1, *, channel: int = CHANNEL, space: int = SERVER) -> Question:
    return Question(
        id=number,
        space=space,
        channel_id=channel,
        message_id=None,
        language="en-GB",
        species=Species.CAT,
        picture=PictureKey(Source.CATAPI, "abc"),
        media="https://cdn2.thecatapi.com/images/abc.jpg",
        choices=CHOICES,
        answer=RIGHT,
        due_at=clock.now() + timedelta(seconds=20),
    )


async def play(quiz: Quiz, clock: ManualClock, number: int, chosen: dict[int, int], space: int = SERVER) -> None:
    """Ask a question, let people answer, and solve it."""
    assert await quiz.ask(question(clock, number, channel=number, space=space)) is None
    for user, choice in chosen.items():
        await quiz.answer(number, MESSAGE, user, choice)
    clock.advance(20)
    assert await quiz.solve(number) is not None
    await quiz.told(number)


def score(person: int, correct: int, answered: int, streak: int, best_streak: int) -> Score:
    return Score(person=person, correct=correct, answered=answered, streak=streak, best_streak=best_streak)


async def rows(store: Store) -> tuple[int, ...]:
    """Return how many questions, answers and scores there are."""
    tables = (schema.quiz_questions, schema.quiz_answers, schema.quiz_scores)
    async with store.reading() as connection:
        counted = [await connection.execute(select(func.count()).select_from(table)) for table in tables]
    return tuple(result.scalar_one() for result in counted)


async def test_a_question_is_kept_as_it_was_asked(quiz: Quiz, clock: ManualClock) -> None:
    asked = question(clock)
    assert await quiz.running(CHANNEL) is None
    assert await quiz.ask(asked) is None
    assert await quiz.running(CHANNEL) == asked
    assert await quiz.unfinished() == [asked]
    await quiz.posted(asked.id, MESSAGE)
    assert await quiz.running(CHANNEL) == msgspec.structs.replace(asked, message_id=MESSAGE)


async def test_a_channel_has_one_open_question(quiz: Quiz, clock: ManualClock) -> None:
    first = question(clock, 1)
    found = await asyncio.gather(*(quiz.ask(question(clock, number)) for number in (1, 2, 3)))
    opened = await quiz.running(CHANNEL)
    assert opened is not None
    assert sorted(found, key=lambda one: one is not None) == [None, opened, opened]
    assert await quiz.ask(question(clock, 4, channel=91)) is None
    clock.advance(20)
    await quiz.solve(opened.id)
    assert await quiz.running(CHANNEL) is None
    assert await quiz.ask(msgspec.structs.replace(first, id=5)) is None


async def test_what_could_not_be_posted_makes_room(quiz: Quiz, clock: ManualClock, store: Store) -> None:
    await quiz.ask(question(clock))
    await quiz.withdraw(1)
    assert await quiz.running(CHANNEL) is None
    assert await rows(store) == (0, 0, 0)


async def test_the_first_answer_holds(quiz: Quiz, clock: ManualClock) -> None:
    await quiz.ask(question(clock))
    due_at = clock.now() + timedelta(seconds=20)
    assert await quiz.answer(1, MESSAGE, ANN, WRONG) == Said(Verdict.TAKEN, "Siamese", due_at)
    assert await quiz.answer(1, MESSAGE, ANN, RIGHT) == Said(Verdict.BEFORE, "Siamese", due_at)
    assert await quiz.answers(1) == 1
    clock.advance(20)
    solved = await quiz.solve(1)
    assert solved is not None
    assert (solved.right, solved.answers) == ((), 1)


async def test_of_one_persons_presses_at_once_one_counts(quiz: Quiz, clock: ManualClock) -> None:
    await quiz.ask(question(clock))
    said = await asyncio.gather(*(quiz.answer(1, MESSAGE, ANN, choice) for choice in range(4)))
    assert sorted(one.verdict is Verdict.TAKEN for one in said) == [False, False, False, True]
    assert len({one.breed for one in said}) == 1
    assert await quiz.answers(1) == 1


async def test_a_press_tells_the_message_where_a_kill_kept_it_from_the_store(quiz: Quiz, clock: ManualClock) -> None:
    await quiz.ask(question(clock))
    await quiz.answer(1, MESSAGE, ANN, RIGHT)
    (kept,) = await quiz.unfinished()
    assert kept.message_id == MESSAGE


async def test_no_answer_is_taken_once_the_time_is_up_nor_to_what_is_forgotten(quiz: Quiz, clock: ManualClock) -> None:
    await quiz.ask(question(clock))
    clock.advance(19.9)
    assert (await quiz.answer(1, MESSAGE, ANN, RIGHT)).verdict is Verdict.TAKEN
    clock.advance(0.1)
    assert await quiz.answer(1, MESSAGE, BEN, RIGHT) == Said(Verdict.OVER)
    await quiz.solve(1)
    assert await quiz.answer(1, MESSAGE, BEN, RIGHT) == Said(Verdict.OVER)
    assert await quiz.answer(2, MESSAGE, BEN, RIGHT) == Said(Verdict.OVER)


async def test_a_question_is_solved_when_its_time_is_up_and_counts_once(quiz: Quiz, clock: ManualClock) -> None:
    await quiz.ask(question(clock))
    await quiz.answer(1, MESSAGE, BEN, RIGHT)
    clock.advance(1)
    await quiz.answer(1, MESSAGE, ANN, RIGHT)
    await quiz.answer(1, MESSAGE, CLEO, WRONG)
    assert await quiz.solve(1) is None
    assert await quiz.standing(Person(SERVER, ANN)) is None
    clock.advance(19)
    found = await asyncio.gather(*(quiz.solve(1) for _ in range(3)))
    assert all(one is not None and (one.right, one.answers) == ((BEN, ANN), 3) for one in found)
    assert await quiz.best(SERVER, limit=5, offset=0) == [
        score(ANN, 1, 1, 1, 1),
        score(BEN, 1, 1, 1, 1),
        score(CLEO, 0, 1, 0, 0),
    ]
    (kept,) = await quiz.unfinished()
    assert (kept.open, kept.shown) == (False, False)
    await quiz.told(1)
    assert await quiz.unfinished() == []


async def test_answers_that_come_while_a_question_is_solved_are_in_the_score_or_too_late(
    quiz: Quiz, clock: ManualClock
) -> None:
    await quiz.ask(question(clock))
    answering = [asyncio.create_task(quiz.answer(1, MESSAGE, user, RIGHT)) for user in range(1, 12)]
    await asyncio.sleep(0)
    clock.advance(20)
    solved = await quiz.solve(1)
    said = await asyncio.gather(*answering)
    assert solved is not None
    assert solved.answers == sum(one.verdict is Verdict.TAKEN for one in said) == await quiz.people(SERVER)


async def test_scores_are_a_servers_own_and_ranked(quiz: Quiz, clock: ManualClock) -> None:
    await play(quiz, clock, 1, {ANN: RIGHT, BEN: RIGHT, CLEO: WRONG})
    await play(quiz, clock, 2, {ANN: WRONG, CLEO: RIGHT})
    await play(quiz, clock, 3, {ANN: RIGHT, 4: WRONG})
    await play(quiz, clock, 4, {ANN: RIGHT}, space=8)
    ranked = [score(ANN, 2, 3, 1, 1), score(BEN, 1, 1, 1, 1), score(CLEO, 1, 2, 1, 1), score(4, 0, 1, 0, 0)]
    assert await quiz.best(SERVER, limit=9, offset=0) == ranked
    assert await quiz.best(SERVER, limit=2, offset=1) == ranked[1:3]
    assert await quiz.people(SERVER) == 4
    for place, own in enumerate(ranked, start=1):
        assert await quiz.standing(Person(SERVER, own.person)) == Standing(own, place, 4)
    assert await quiz.standing(Person(8, ANN)) == Standing(score(ANN, 1, 1, 1, 1), 1, 1)
    assert await quiz.standing(Person(8, BEN)) is None


async def test_of_two_who_did_as_well_the_longer_streak_comes_first(quiz: Quiz, clock: ManualClock) -> None:
    for number, (ann, ben) in enumerate([(RIGHT, RIGHT), (WRONG, RIGHT), (RIGHT, WRONG)], start=1):
        await play(quiz, clock, number, {ANN: ann, BEN: ben})
    assert await quiz.best(SERVER, limit=9, offset=0) == [score(BEN, 2, 3, 0, 2), score(ANN, 2, 3, 1, 1)]
    assert await quiz.standing(Person(SERVER, ANN)) == Standing(score(ANN, 2, 3, 1, 1), 2, 2)


async def test_questions_and_answers_are_kept_for_a_day(quiz: Quiz, clock: ManualClock, store: Store) -> None:
    await play(quiz, clock, 1, {ANN: RIGHT})
    clock.advance(3600)
    await play(quiz, clock, 2, {ANN: RIGHT})
    assert await rows(store) == (2, 2, 1)
    clock.advance(23 * 3600)
    await play(quiz, clock, 3, {ANN: RIGHT})
    assert await rows(store) == (2, 2, 1)
    assert await quiz.solve(1) is None
    assert await quiz.solve(2) is not None


async def test_a_person_is_forgotten_in_one_space_and_nobody_else(quiz: Quiz, clock: ManualClock, store: Store) -> None:
    await play(quiz, clock, 1, {ANN: RIGHT, BEN: RIGHT})
    await play(quiz, clock, 2, {ANN: RIGHT}, space=8)
    await quiz.ask(question(clock, 3))
    await quiz.answer(3, MESSAGE, ANN, RIGHT)
    assert await rows(store) == (3, 4, 3)
    await quiz.forget(Person(SERVER, ANN))
    assert await rows(store) == (3, 2, 2)
    clock.advance(20)
    await quiz.solve(3)
    assert await quiz.standing(Person(SERVER, ANN)) is None
    assert await quiz.standing(Person(8, ANN)) is not None
    assert await quiz.standing(Person(SERVER, BEN)) is not None


@pytest.fixture
def table(ready_url: URL) -> Iterator[tuple[asyncio.Runner, Quiz, ManualClock]]:
    """A quiz with a runner of its own: hypothesis calls a test many times."""
    with asyncio.Runner() as runner:
        clock = ManualClock()
        store = runner.run(Store.open(ready_url, clock=clock))
        yield runner, Quiz(store, clock), clock
        runner.run(store.close())


def test_streaks_are_what_a_plain_model_says(table: tuple[asyncio.Runner, Quiz, ManualClock]) -> None:
    runner, quiz, clock = table
    numbers = itertools.count(10**6)

    @settings(max_examples=20, database=None)
    @given(st.lists(st.dictionaries(st.sampled_from((ANN, BEN, CLEO)), st.sampled_from((RIGHT, WRONG))), max_size=9))
    def check(rounds: list[dict[int, int]]) -> None:
        space = next(numbers)
        model: dict[int, list[bool]] = {}
        for chosen in rounds:
            runner.run(play(quiz, clock, next(numbers), chosen, space))
            for user, choice in chosen.items():
                model.setdefault(user, []).append(choice == RIGHT)
        for user, outcomes in model.items():
            runs = [len(list(run)) for right, run in itertools.groupby(outcomes) if right]
            streak = runs[-1] if outcomes[-1] else 0
            expected = score(user, sum(outcomes), len(outcomes), streak, max(runs, default=0))
            standing = runner.run(quiz.standing(Person(space, user)))
            assert standing is not None
            assert standing.score == expected
        assert runner.run(quiz.people(space)) == len(model)

    check()
