"""A question and its solution keep to Discord's limits, and say who was right in whole sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from bot.i18n import texts
from bot.models import BreedName, PictureKey, Source, Species
from bot.services.breeds import Breeds
from bot.services.quiz import Solution
from bot.store.quiz import Question
from bot.ui.quiz import MOST_NAMED, QuestionView, QuizButton, SolutionView

SAY = texts()
BREEDS = Breeds()
LARGEST_ID = 2**63 - 1
QUESTION = Question(
    id=LARGEST_ID,
    space=9,
    channel_id=90,
    message_id=900,
    language="en-GB",
    species=Species.CAT,
    picture=PictureKey(Source.CATAPI, "abc"),
    media="https://cdn2.thecatapi.com/images/abc.jpg",
    choices=tuple(BreedName(id_, id_.title()) for id_ in ("siam", "manx", "kora", "pers")),
    answer=1,
    due_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def parts(view: Any) -> list[dict[str, Any]]:
    (container,) = view.to_components()
    return list(container["components"])


def text(view: Any) -> str:
    return "\n".join(part["content"] for part in parts(view) if part["type"] == 10)


def buttons(view: Any) -> list[dict[str, Any]]:
    (row,) = (part for part in parts(view) if part["type"] == 1)
    return list(row["components"])


def solved(right: int, answers: int, **changes: Any) -> SolutionView:
    question = msgspec.structs.replace(QUESTION, **changes)
    people = tuple(LARGEST_ID - number for number in range(right))
    breed = BREEDS.get(question.species, question.right.id)
    return SolutionView(Solution(question, people, answers), breed, SAY)


def test_a_buttons_custom_id_is_read_back_and_short() -> None:
    for place, button in enumerate(buttons(QuestionView(QUESTION, 0, SAY))):
        assert len(button["custom_id"]) <= 100
        found = QuizButton(0, 0).template.fullmatch(button["custom_id"])
        assert found is not None
        again = QuizButton.rebuild(found)
        assert (again.question, again.choice) == (LARGEST_ID, place)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (0, "Press a breed: one answer each."),
        (1, "1 person has answered."),
        (2, "2 people have answered."),
    ],
)
def test_a_question_says_how_many_answered(answers: int, said: str) -> None:
    assert f"The solution comes <t:1767225600:R>. {said}" in text(QuestionView(QUESTION, answers, SAY))


@pytest.mark.parametrize(
    ("right", "answers", "said"),
    [
        (0, 0, "Nobody answered."),
        (0, 1, "1 person answered, and was wrong."),
        (0, 3, "3 people answered, and all were wrong."),
        (1, 3, f"1 of 3 was right: <@{LARGEST_ID}>"),
        (2, 2, f"2 of 2 were right: <@{LARGEST_ID}> and <@{LARGEST_ID - 1}>"),
        (MOST_NAMED + 1, 20, " and 1 more"),
        (MOST_NAMED + 5, 20, " and 5 more"),
    ],
)
def test_a_solution_says_who_was_right(right: int, answers: int, said: str) -> None:
    view = solved(right, answers)
    assert said in text(view)
    assert text(view).count("<@") == min(right, MOST_NAMED)


@pytest.mark.parametrize(
    ("right", "answers", "said"), [(1, 1, "You were right."), (0, 1, "You were wrong"), (0, 0, "Nobody answered.")]
)
def test_in_direct_messages_one_is_told_oneself(right: int, answers: int, said: str) -> None:
    view = solved(right, answers, space=0)
    assert said in text(view)
    assert "<@" not in text(view)


def test_the_longest_of_both_keeps_to_discords_limits() -> None:
    names = tuple(BreedName("siam", "long " * 40) for _ in range(4))
    for view in (
        QuestionView(msgspec.structs.replace(QUESTION, choices=names), 10**6, SAY),
        solved(10**6, 10**6, choices=names),
        *(
            solved(99, 99, species=species, choices=(BreedName(breed.id, breed.name),) * 4)
            for species in Species
            for breed in BREEDS.all(species)
        ),
    ):
        assert len(text(view)) <= 4000
        assert all(len(button["label"]) <= 80 for button in buttons(view))
        assert view.total_children_count <= 40


def test_a_breed_that_is_no_longer_known_keeps_its_name() -> None:
    view = solved(1, 1, choices=tuple(BreedName(name.lower(), name) for name in ("Aa", "Bb", "Cc", "Dd")))
    assert "### The solution: Bb" in text(view)
    assert [button["label"] for button in buttons(view)] == ["Aa", "✓ Bb", "Cc", "Dd"]
    assert all(button["disabled"] for button in buttons(view))
