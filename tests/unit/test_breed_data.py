"""The shipped breed data: complete, in our own words, and true to the recorded answers where those are at hand.

The recorded answers of the services are not part of the project; the last tests run only where the environment
variable PAWPRINT_RECORDED names a folder with `cat_breeds.json` and `dog_breeds.json`.
"""

from __future__ import annotations

import json
import os
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz import fuzz

DATA = Path(__file__).resolve().parents[2] / "bot" / "data"
RECORDED = os.environ.get("PAWPRINT_RECORDED")
COUNTS = {"cat": 67, "dog": 170}
SHARED_WORDS = 8
SAME = ("id", "name", "weight", "height", "life_span", "temperament", "breed_group", "bred_for", "alt_names")
CHANGED = {"description", "history", "image", "reference_image_id"}
COUNTRY = {"origin", "country_code", "country_codes"}

Breed = dict[str, Any]


def load(path: Path) -> list[Breed]:
    breeds: list[Breed] = json.loads(path.read_text(encoding="utf-8"))
    return breeds


SHIPPED: dict[str, list[Breed]] = {species: load(DATA / f"{species}s.json") for species in COUNTS}
both = pytest.mark.parametrize("species", sorted(COUNTS))
recorded = pytest.mark.skipif(not RECORDED, reason="PAWPRINT_RECORDED names no folder of recorded answers")


def runs_of_words(text: str) -> set[tuple[str, ...]]:
    """Every run of SHARED_WORDS consecutive words, without case and punctuation."""
    words = re.findall(r"[^\W_]+", re.sub("['’]", "", text.casefold()))
    return {tuple(words[start : start + SHARED_WORDS]) for start in range(len(words) - SHARED_WORDS + 1)}


def recorded_pairs(species: str) -> list[tuple[Breed, Breed]]:
    """Shipped and recorded breed, side by side."""
    answers = {breed["id"]: breed for breed in load(Path(RECORDED or "") / f"{species}_breeds.json")}
    assert set(answers) == {breed["id"] for breed in SHIPPED[species]}
    return [(breed, answers[breed["id"]]) for breed in SHIPPED[species]]


@both
def test_every_breed_is_there_once(species: str) -> None:
    breeds = SHIPPED[species]
    assert len(breeds) == COUNTS[species]
    assert len({breed["id"] for breed in breeds}) == len(breeds)
    assert len({breed["name"] for breed in breeds}) == len(breeds)
    assert {type(breed["id"]) for breed in breeds} == ({str} if species == "cat" else {int})


@both
def test_the_file_has_one_breed_per_line(species: str) -> None:
    lines = (DATA / f"{species}s.json").read_text(encoding="utf-8").split("\n")
    assert (lines[0], lines[-2], lines[-1]) == ("[", "]", "")
    assert [json.loads(line.removesuffix(",")) for line in lines[1:-2]] == SHIPPED[species]


@both
def test_pictures_and_histories_are_left_out(species: str) -> None:
    for breed in SHIPPED[species]:
        assert not {"image", "history"} & set(breed), breed["name"]
        reference = breed.get("reference_image_id", "none")
        assert reference, breed["name"]
        assert reference == reference.strip(), breed["name"]


@both
def test_descriptions_are_short_whole_sentences(species: str) -> None:
    for breed in SHIPPED[species]:
        text = breed["description"]
        assert 60 <= len(text) <= 300, breed["name"]
        assert text.endswith("."), breed["name"]
        assert text[0].isupper(), breed["name"]
        assert text == " ".join(text.split()), breed["name"]


def test_no_two_descriptions_are_alike() -> None:
    texts = [(breed["name"], breed["description"]) for breeds in SHIPPED.values() for breed in breeds]
    alike = [
        (one, other)
        for (one, text), (other, second) in combinations(texts, 2)
        if fuzz.ratio(text, second, score_cutoff=85) >= 85
    ]
    assert alike == []


@both
def test_country_codes_are_two_capitals(species: str) -> None:
    for breed in SHIPPED[species]:
        if "country_code" in breed:
            assert re.fullmatch("[A-Z]{2}", breed["country_code"]), breed["name"]
            assert breed["origin"], breed["name"]
        for code in breed.get("country_codes", "GB").split(","):
            assert re.fullmatch("[A-Z]{2}", code.strip()), breed["name"]
        assert ("country_code" in breed) == ("country_codes" in breed), breed["name"]


@recorded
@both
def test_facts_are_the_recorded_ones(species: str) -> None:
    free = CHANGED | (COUNTRY if species == "dog" else set())
    for ours, theirs in recorded_pairs(species):
        assert {key: ours.get(key) for key in SAME} == {key: theirs.get(key) for key in SAME}
        assert {key: value for key, value in ours.items() if key not in free} == {
            key: value for key, value in theirs.items() if key not in free
        }
        assert ours.get("reference_image_id") == (theirs.get("reference_image_id") or "").strip() or (
            "reference_image_id" not in ours and "reference_image_id" not in theirs
        )


@recorded
@both
def test_descriptions_are_our_own_words(species: str) -> None:
    for ours, theirs in recorded_pairs(species):
        shared = runs_of_words(ours["description"]) & runs_of_words(theirs.get("description") or "")
        assert not shared, ours["name"]
        assert "history" not in ours, ours["name"]
