"""Groups of breeds are found by name, beginning or as a card has them."""

from __future__ import annotations

import re

import pytest

from bot.errors import UnknownGroup
from bot.models import Breed, Species
from bot.services.breeds import Breeds
from bot.services.groups import LONGEST, find_group, groups, members, written

BREEDS = Breeds()


def test_the_shipped_dogs_have_their_groups_and_cats_have_none() -> None:
    known = groups(BREEDS, Species.DOG)
    assert known["herding"] == "Herding"
    assert known["non-sporting"] == "Non-Sporting"
    assert list(known.values()) == sorted(known.values())
    assert groups(BREEDS, Species.CAT) == {}


def test_every_group_has_a_name_of_its_own_that_a_button_can_carry() -> None:
    names = {breed.group for breed in BREEDS.all(Species.DOG) if breed.group}
    assert len({written(name) for name in names}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]+", written(name)) and len(written(name)) <= LONGEST for name in names)


@pytest.mark.parametrize("asked", ["Herding", "herding", " HERDING ", "herd"])
def test_a_group_is_found(asked: str) -> None:
    assert find_group(BREEDS, Species.DOG, asked) == "herding"


def test_a_group_is_all_its_breeds_and_no_other() -> None:
    found = members(BREEDS, Species.DOG, "herding")
    assert found == [breed for breed in BREEDS.all(Species.DOG) if breed.group == "Herding"]
    assert len(found) > 20
    assert members(BREEDS, Species.DOG, "no-such") == []


@pytest.mark.parametrize("asked", ["purring", "", "!", "t"])
def test_what_is_no_group_or_could_be_two_names_those_there_are(asked: str) -> None:
    with pytest.raises(UnknownGroup) as caught:
        find_group(BREEDS, Species.DOG, asked)
    assert {"Herding", "Toy", "Terrier"} <= set(caught.value.known)


def test_a_breed_without_a_group_is_in_none() -> None:
    breeds = Breeds()
    breeds.replace(Species.DOG, [Breed(species=Species.DOG, id="x", name="Mutt")])
    assert groups(breeds, Species.DOG) == {}
