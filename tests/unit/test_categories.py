"""Categories are found by name or number."""

from __future__ import annotations

import pytest

from bot.errors import UnknownCategory
from bot.models import Category, Species
from bot.services.categories import Categories


@pytest.fixture
def categories() -> Categories:
    made = Categories()
    made.replace(Species.CAT, [Category("5", "boxes"), Category("1", "Hats")])
    return made


@pytest.mark.parametrize("asked", ["hats", " HATS ", "1"])
def test_a_category_is_found_by_name_and_number(categories: Categories, asked: str) -> None:
    assert categories.find(Species.CAT, asked) == Category("1", "Hats")


def test_an_unknown_one_names_those_there_are(categories: Categories) -> None:
    with pytest.raises(UnknownCategory) as caught:
        categories.find(Species.CAT, "volcanoes")
    assert caught.value.asked == "volcanoes"
    assert caught.value.known == ("Hats", "boxes")


def test_until_the_service_answers_its_own_numbers_are_known() -> None:
    assert Categories().find(Species.CAT, "hats") == Category("1", "hats")
    assert Categories().known(Species.DOG) == ()


def test_each_species_has_its_own(categories: Categories) -> None:
    assert categories.known(Species.DOG) == ()
    with pytest.raises(UnknownCategory):
        categories.find(Species.DOG, "hats")


def test_what_a_service_says_replaces_what_it_said(categories: Categories) -> None:
    categories.replace(Species.CAT, [Category("7", "ties")])
    assert [category.name for category in categories.known(Species.CAT)] == ["ties"]
