"""The shipped facts: in our own words, with sources, about breeds that there are, and each told only once."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path

import msgspec
import pytest
from rapidfuzz import fuzz

from bot.models import Source, Species
from bot.services.breeds import shipped_breeds
from bot.services.fact_pack import shipped_facts

FACTS = shipped_facts()
LONGEST = 280
NEAR = 74.0
"""From here on two facts say the same; the nearest that say different things reach 69."""

SMALL_WORDS = """
a all an and are as at but by for from has have in into is it its many more no not of on one or so some such than that
the their them there they this those to too up was when where which who will with
"""


@cache
def weighty(text: str) -> str:
    """Return the words that carry the meaning, without their endings."""
    words, small = re.findall(r"[^\W_]+", text.casefold().replace("’s", "")), SMALL_WORDS.split()
    return " ".join(re.sub(r"(ies|es|s|ed|ing)$", "", word) for word in words if word not in small)


def likeness(one: str, other: str) -> float:
    """Rate how alike two facts are, from 0 to 100, in whichever order their words stand."""
    a, b = weighty(one), weighty(other)
    return max(fuzz.token_sort_ratio(a, b), fuzz.token_set_ratio(a, b) - 10)


@pytest.mark.parametrize("species", Species)
def test_about_half_are_about_each_kind_of_animal(species: Species) -> None:
    assert sum(fact.species is species for fact in FACTS) >= 100


def test_ids_go_from_one_on_and_never_change_their_meaning() -> None:
    numbers: Counter[str] = Counter()
    for fact in FACTS:
        numbers[fact.species] += 1
        assert fact.id == f"{fact.species}-{numbers[fact.species]:03}"


def test_every_fact_is_short_and_a_sentence_in_plain_words() -> None:
    odd = [
        fact.id
        for fact in FACTS
        if not 10 <= len(fact.text) <= LONGEST
        or fact.text != " ".join(fact.text.split())
        or not fact.text[0].isupper()
        or not re.search(r"[.]”?$", fact.text)
        # No Markdown, straight quotes or links.
        or re.search(r"[*_`<>|\[\]\"']|https?:", fact.text)
    ]
    assert odd == []


def test_every_fact_names_its_published_source() -> None:
    for fact in FACTS:
        assert (fact.origin, len(fact.sources)) == (Source.SHIPPED, 1), fact.id
        (source,) = fact.sources
        assert re.fullmatch(r"https://[a-z0-9.-]+\.[a-z]+/\S*", source.url), fact.id
        assert source.title.strip() == source.title != "", fact.id
        assert source.publisher, fact.id


def test_a_fact_about_a_breed_names_its_id() -> None:
    known = {species: {breed.id for breed in shipped_breeds(species)} for species in Species}
    assert [fact.id for fact in FACTS if not set(fact.breed_ids) <= known[fact.species]] == []
    assert len({(fact.species, breed) for fact in FACTS for breed in fact.breed_ids}) >= 60


def test_no_fact_is_told_twice() -> None:
    rated = ((likeness(one.text, other.text), one.id, other.id) for one, other in combinations(FACTS, 2))
    assert [pair for pair in rated if pair[0] >= NEAR] == []


@pytest.mark.parametrize(
    ("id_", "reworded"),
    [
        ("cat-001", "With a sixth of the light that people need, cats find their way."),
        ("cat-027", "When a cat drinks, it laps four times a second, and a tenth of a millilitre each time."),
        ("dog-039", "Whether big or small, a dog sniffs about five times in a second."),
        ("dog-073", "The Löwchen: its name is German for “little lion”."),
        (
            "dog-015",
            "A dog picks out a target that is 11 degrees warmer, 1.6 metres away: its cold nose senses warmth.",
        ),
    ],
)
def test_the_finder_finds_a_fact_that_is_only_worded_anew(id_: str, reworded: str) -> None:
    nearest = max(FACTS, key=lambda fact: likeness(fact.text, reworded))
    assert nearest.id == id_
    assert likeness(nearest.text, reworded) >= NEAR


def test_a_translation_is_a_file_beside_it(tmp_path: Path) -> None:
    source = {"title": "A book", "url": "https://books.example/"}
    entry = {"id": "cat-001", "species": "cat", "text": "Cats purr.", "source": source, "breeds": ["siam"]}
    (tmp_path / "facts.json").write_text(json.dumps([entry]), "utf-8")
    (tmp_path / "facts.de.json").write_text(json.dumps({"cat-001": "Katzen schnurren."}), "utf-8")
    english, german = shipped_facts(tmp_path)
    assert (english.language, german.language) == ("en", "de")
    assert msgspec.structs.replace(german, text=english.text, language="en") == english
    assert german.text == "Katzen schnurren."


def test_a_misspelt_field_is_no_silent_loss(tmp_path: Path) -> None:
    entry = {"id": "cat-001", "species": "cat", "text": "Cats purr.", "sauce": {}}
    (tmp_path / "facts.json").write_text(json.dumps([entry]), "utf-8")
    with pytest.raises(msgspec.ValidationError):
        shipped_facts(tmp_path)
