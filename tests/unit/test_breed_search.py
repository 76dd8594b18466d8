"""Breeds are found by any words about them, and listed by group, country and trait."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnknownBreedValue
from bot.models import Breed, Species
from bot.services.breed_lists import By, find_value, listed, slug, values
from bot.services.breed_search import BreedSearch
from bot.services.breeds import Breeds

BREEDS = Breeds()
SEARCH = BreedSearch(BREEDS)


@pytest.mark.parametrize(
    ("text", "species", "first"),
    [
        ("Scotland", None, "Bearded Collie"),
        ("scotish", None, "Scottish Deerhound"),
        ("hairless", None, "Sphynx"),
        ("siames", None, "Siamese"),
        ("Thai Cat", None, "Siamese"),
        ("rodent hunting", None, "Affenpinscher"),
        ("playful hypoallergenic", None, "Balinese"),
        ("short_legs", Species.CAT, "Bambino"),
        ("the water dog", Species.DOG, "American Water Spaniel"),
    ],
)
def test_words_of_all_kinds_find_breeds(text: str, species: Species | None, first: str) -> None:
    hits = SEARCH.find(text, species)
    assert hits.whole
    assert hits.breeds[0].name == first
    assert species is None or {breed.species for breed in hits.breeds} == {species}


def test_a_name_comes_before_a_country_and_a_country_before_a_description() -> None:
    names = [breed.name for breed in SEARCH.find("japan").breeds]
    assert names.index("Japanese Chin") < names.index("Akita")
    every = SEARCH.find("persian").breeds
    assert every[0].name == "Persian"


def test_every_word_must_fit_and_where_none_has_them_all_it_is_said() -> None:
    assert all("Calm" in breed.temperament for breed in SEARCH.find("calm Germany").breeds)
    some = SEARCH.find("hairless Scotland")
    assert not some.whole
    assert {"Sphynx", "Bearded Collie"} <= {breed.name for breed in some.breeds}
    assert SEARCH.find("qwertz").breeds == ()


def test_every_breed_is_the_first_that_its_name_finds() -> None:
    for breed in BREEDS.all():
        assert SEARCH.find(breed.name).breeds[0].name == breed.name


def test_what_a_service_tells_anew_is_searched_as_well() -> None:
    breeds = Breeds()
    search = BreedSearch(breeds)
    assert search.find("wombat").breeds == ()
    breeds.replace(Species.DOG, [Breed(species=Species.DOG, id="900", name="Wömbat Hound")])
    assert [breed.id for breed in search.find("wombat").breeds] == ["900"]


@given(st.text(max_size=60))
def test_no_text_breaks_the_search(text: str) -> None:
    for found in (SEARCH.find(text), SEARCH.find(slug(text).replace("_", " "))):
        assert len({(breed.species, breed.id) for breed in found.breeds}) == len(found.breeds)


@pytest.mark.parametrize(
    ("by", "some", "number"), [(By.GROUP, "Herding", 11), (By.ORIGIN, "Scotland", 45), (By.TRAIT, "energy_level", 24)]
)
def test_there_are_values_to_list_by_the_most_frequent_first(by: By, some: str, number: int) -> None:
    found = values(BREEDS.all(), by)
    assert len(found) == number
    assert some in {value.name for value in found}
    assert [value.breeds for value in found] == sorted((value.breeds for value in found), reverse=True)
    assert len({value.slug for value in found}) == number
    for value in found:
        assert re.fullmatch(r"[a-z0-9_]{1,36}", value.slug)
        assert len(listed(BREEDS.all(), by, value.slug)) == value.breeds


def test_a_breed_of_two_countries_is_listed_under_both_and_what_is_in_brackets_is_left_out() -> None:
    names = {value.name for value in values(BREEDS.all(), By.ORIGIN)}
    assert not any("," in name or "(" in name for name in names)
    for country in ("germany", "france"):
        assert "Affenpinscher" in {breed.name for breed in listed(BREEDS.all(), By.ORIGIN, country)}
    assert "Persian" in {breed.name for breed in listed(BREEDS.all(), By.ORIGIN, "iran")}


def test_the_breeds_of_a_trait_come_with_the_highest_rating_first() -> None:
    stars = [breed.traits["grooming"] for breed in listed(BREEDS.all(), By.TRAIT, "grooming")]
    assert stars == sorted(stars, reverse=True)
    assert {breed.name for breed in listed(BREEDS.all(), By.TRAIT, "hairless")} == {"Bambino", "Donskoy", "Sphynx"}


@pytest.mark.parametrize(
    ("asked", "by", "expected"),
    [
        ("group:herding", None, (By.GROUP, "herding")),
        ("Herding", None, (By.GROUP, "herding")),
        ("non sporting", By.GROUP, (By.GROUP, "non_sporting")),
        ("SCOTLAND", None, (By.ORIGIN, "scotland")),
        ("trait:energy_level", By.TRAIT, (By.TRAIT, "energy_level")),
        ("short legs", None, (By.TRAIT, "short_legs")),
    ],
)
def test_a_value_is_known_by_its_name(asked: str, by: By | None, expected: tuple[By, str]) -> None:
    assert find_value(BREEDS.all(), asked, by) == expected


@pytest.mark.parametrize(("asked", "by"), [("nonsense", None), ("Herding", By.ORIGIN), ("group:x", None), ("🐱", None)])
def test_a_value_that_there_is_not_is_told_so(asked: str, by: By | None) -> None:
    with pytest.raises(UnknownBreedValue) as caught:
        find_value(BREEDS.all(), asked, by)
    assert caught.value.asked == asked
