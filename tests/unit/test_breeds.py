"""Breeds are found by id and by name, whatever slips of the pen are in it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DifferentSpecies, SameBreed, UnknownBreed, UnknownBreedId
from bot.models import Breed, Span, Species
from bot.services.breeds import Breeds, full_id

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BREEDS = Breeds()
ALL = [breed for species in Species for breed in BREEDS.all(species)]
EVERY = pytest.mark.parametrize("breed", ALL, ids=lambda breed: f"{breed.species}-{breed.id}")


def test_all_237_are_there() -> None:
    assert [len(BREEDS.all(species)) for species in Species] == [67, 170]


@EVERY
def test_every_breed_is_found_by_id_and_name_in_any_case(breed: Breed) -> None:
    for asked in (breed.id, breed.name, breed.name.upper(), f"  {breed.name.lower()} "):
        assert BREEDS.find(breed.species, asked) == breed
    assert BREEDS.suggest(breed.species, breed.name)[0] == breed


@EVERY
def test_one_slip_of_the_pen_still_offers_the_breed(breed: Breed) -> None:
    name = breed.name
    places = {1, len(name) // 2, len(name) - 1}
    slips = {
        slip
        for place in places
        for slip in (
            name[:place] + name[place + 1 :],
            name[:place] + "q" + name[place + 1 :],
            name[:place] + "q" + name[place:],
            name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :],
        )
    }
    for slip in slips:
        assert breed in BREEDS.suggest(breed.species, slip)[:3], slip


def test_a_slip_in_a_longer_name_is_found_outright() -> None:
    for breed in ALL:
        if len(breed.name) > 12:
            slip = breed.name[:5] + breed.name[6:]
            assert BREEDS.find(breed.species, slip) == breed


@pytest.mark.parametrize(
    ("species", "asked", "name"),
    [
        (Species.CAT, "maincoon", "Maine Coon"),
        (Species.CAT, "Siamése", "Siamese"),
        (Species.CAT, "pixie bob", "Pixie-bob"),
        (Species.DOG, "toy poodle", "Poodle (Toy)"),
        (Species.DOG, "golden retriver", "Golden Retriever"),
        (Species.DOG, "PUGG", "Pug"),
    ],
)
def test_what_people_type_is_understood(species: Species, asked: str, name: str) -> None:
    assert BREEDS.find(species, asked).name == name


@pytest.mark.parametrize("asked", ["", "   ", "🐱", "!?", "zzzz", "x" * 6000, "ъыь", "\u0301"])
def test_what_is_no_breed_is_said_to_be_none(asked: str) -> None:
    for species in Species:
        with pytest.raises(UnknownBreed) as caught:
            BREEDS.find(species, asked)
        assert caught.value.asked == asked
        assert len(caught.value.nearest) <= 3


@given(st.text(max_size=200))
def test_no_text_breaks_the_suggestions(text: str) -> None:
    for species in Species:
        found = BREEDS.suggest(species, text)
        assert len(found) <= 25
        assert len({breed.id for breed in found}) == len(found)


@given(st.sampled_from(ALL), st.integers(1, 8))
def test_names_that_begin_so_come_first(breed: Breed, letters: int) -> None:
    typed = breed.name[:letters].strip()
    found = BREEDS.suggest(breed.species, typed, limit=200)
    assert breed in found
    beginning = [typed.lower() in (name[: len(typed)].lower() for name in (b.name, *b.alt_names)) for b in found]
    assert beginning[0]
    # Exact names first, then those that begin so; none after one that does not.
    assert beginning == sorted(beginning, reverse=True)


def test_nothing_typed_lists_the_first_25_by_name() -> None:
    names = [breed.name for breed in BREEDS.suggest(Species.DOG, "")]
    assert len(names) == 25
    assert names == sorted(names, key=str.casefold)


def test_two_breeds_of_one_name_are_both_offered_and_told_by_id() -> None:
    breeds = Breeds()
    twins = [Breed(species=Species.DOG, id=number, name="Spitz", origin=origin) for number, origin in
             (("900", "Japan"), ("901", "Finland"))]  # fmt: skip
    breeds.replace(Species.DOG, [*breeds.all(Species.DOG), *twins])
    assert {breed.id for breed in breeds.suggest(Species.DOG, "Spitz")[:2]} == {"900", "901"}
    assert breeds.find(Species.DOG, "901").origin == "Finland"
    assert breeds.find(Species.DOG, "spitz").id == "900"
    with pytest.raises(UnknownBreed) as caught:
        breeds.find(Species.DOG, "spxqtz")
    assert caught.value.nearest.count("Spitz") <= 1


def test_a_service_that_leaves_something_blank_does_not_blank_it_here() -> None:
    breeds = Breeds()
    siamese = breeds.find(Species.CAT, "siam")
    said = Breed(species=Species.CAT, id="siam", name="Siamese", weight=Span(1, 2))
    breeds.replace(Species.CAT, [said])
    found = breeds.find(Species.CAT, "siam")
    assert found.weight == Span(1, 2)
    assert found == msgspec.structs.replace(siamese, weight=Span(1, 2))
    assert [breed.id for breed in breeds.all(Species.CAT)] == ["siam"]


def test_an_empty_answer_leaves_the_shipped_breeds() -> None:
    breeds = Breeds()
    breeds.replace(Species.CAT, [])
    assert len(breeds.all(Species.CAT)) == 67


def test_suggestions_are_quick_enough_for_every_key_that_is_pressed() -> None:
    begun = time.perf_counter()
    for _ in range(20):
        BREEDS.suggest(Species.DOG, "labrodor retreiver")
    assert (time.perf_counter() - begun) / 20 < 0.05


def test_every_breed_is_found_among_both_species_by_the_id_that_autocomplete_hands_over() -> None:
    for breed in ALL:
        assert BREEDS.find(None, full_id(breed)) == breed
        assert BREEDS.find(None, f" {breed.species.upper()} : {breed.id} ") == breed


def test_without_a_species_a_name_is_looked_for_among_both() -> None:
    assert BREEDS.find(None, "maine con").species is Species.CAT
    assert BREEDS.find(None, "golden retriver").species is Species.DOG
    # Of names that begin alike, the one that is the same comes first.
    assert BREEDS.find(None, "siberian").name == "Siberian"
    assert {breed.species for breed in BREEDS.suggest(None, "siberian")[:2]} == set(Species)
    assert len(BREEDS.all()) == 237


@pytest.mark.parametrize("asked", ["cat:1", "dog:siam", "bird:1", "cat:", ":", "cat:siam:1", "cat:Siamese"])
def test_what_looks_like_an_id_and_is_none_is_told_so(asked: str) -> None:
    with pytest.raises(UnknownBreedId) as caught:
        BREEDS.find(None, asked)
    assert caught.value.asked == asked


def test_an_id_of_the_other_species_is_none() -> None:
    with pytest.raises(UnknownBreedId):
        BREEDS.find(Species.DOG, "cat:siam")


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("zzzz", ""),
        ("Sphinxx cat of Egypt", "Sphynx"),
        ("a very large coon", "Maine Coon"),
        ("bulldogge x", "Bulldog"),
    ],
)
def test_an_unknown_breed_is_told_with_the_three_nearest_names(asked: str, near: str) -> None:
    with pytest.raises(UnknownBreed) as caught:
        BREEDS.find(None, asked)
    assert len(set(caught.value.nearest)) == 3
    assert any(near in name for name in caught.value.nearest)


def test_two_breeds_of_one_species_can_be_compared_and_no_others() -> None:
    one, other = BREEDS.pair("cat:siam", "bengal")
    assert (one.id, other.id) == ("siam", "beng")
    with pytest.raises(SameBreed) as caught:
        BREEDS.pair("siamese", "cat:siam")
    assert caught.value.name == "Siamese"
    with pytest.raises(DifferentSpecies):
        BREEDS.pair("siamese", "pug")
    with pytest.raises(UnknownBreed):
        BREEDS.pair("siamese", "zzzz")


def test_it_is_known_whether_a_service_told_its_breeds_and_when() -> None:
    breeds = Breeds()
    edition = breeds.edition
    assert [breeds.learned_at(species) for species in Species] == [None, None]
    breeds.replace(Species.CAT, [], NOW)
    assert breeds.learned_at(Species.CAT) is None
    breeds.replace(Species.CAT, breeds.all(Species.CAT), NOW)
    assert (breeds.learned_at(Species.CAT), breeds.learned_at(Species.DOG)) == (NOW, None)
    assert breeds.edition == edition + 1
