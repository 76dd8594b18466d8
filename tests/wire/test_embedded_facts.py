"""The embedded back end tells facts to accounts whose plan includes them, each generation in its own way."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.backend.facts import PREMIUM

from .embedded import House, house, write_data
from .test_embedded_documents import RECORDED, Document

CAT_KEY, DOG_KEY = "cat-key", "dog-key"
FACTS = [
    ("cat-001", "cat", "Cats purr.", ["beng"]),
    ("cat-002", "cat", "Cats nap.", []),
    ("dog-001", "dog", "Dogs sniff.", ["115"]),
    ("dog-002", "dog", "Dogs dig.", []),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = write_data(tmp_path / "data")
    facts = [
        {"id": id_, "species": species, "text": text, "breeds": breeds}
        | {"source": {"title": "A book", "publisher": "A house", "url": f"https://books.example/{id_}"}}
        for id_, species, text, breeds in FACTS
    ]
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    return folder


@pytest.fixture
async def pets(tmp_path: Path, data: Path) -> AsyncIterator[House]:
    async with house(tmp_path, data=data, facts=True) as running:
        yield running


async def told(pets: House, path: str, key: str = DOG_KEY) -> Any:
    answer = await pets.get(path, key)
    assert answer.status == 200, answer.text
    return answer.json


async def test_a_free_plan_and_no_key_at_all_are_refused(tmp_path: Path, data: Path) -> None:
    async with house(tmp_path, data=data) as pets:
        for path in ("facts", "breeds/beng/facts"):
            assert (await pets.get(f"cat/{path}")).status == 401
            refused = await pets.get(f"cat/{path}", CAT_KEY)
            assert (refused.status, refused.text) == (403, PREMIUM)
        assert (await pets.get("dog/facts")).status == 403
        assert (await pets.get("dog/facts", DOG_KEY)).json["message"] == PREMIUM


async def test_generation_a2_names_the_breed_and_pages(pets: House) -> None:
    first = await pets.get("cat/facts?limit=1", CAT_KEY)
    assert first.json == [{"id": "cat-001", "fact": "Cats purr.", "title": "A book", "breed_id": "beng"}]
    assert first.headers["Pagination-Count"] == "2"
    assert [one["id"] for one in await told(pets, "cat/facts?limit=1&page=1", CAT_KEY)] == ["cat-002"]
    assert [one["id"] for one in await told(pets, "cat/breeds/beng/facts", CAT_KEY)] == ["cat-001"]
    assert {one["id"] for one in await told(pets, "cat/facts?order=RAND", CAT_KEY)} == {"cat-001", "cat-002"}


async def test_dogs_breeds_have_numbers_in_generation_a2(tmp_path: Path, data: Path) -> None:
    async with house(tmp_path, data=data, dog_generation="A2", facts=True) as pets:
        assert [one.get("breed_id") for one in await told(pets, "dog/facts")] == [115, None]


async def test_generation_b_has_sources_when_asked_and_goes_by_offset(pets: House) -> None:
    assert [one["id"] for one in await told(pets, "dog/facts?limit=1&offset=1")] == ["dog-002"]
    (one,) = await told(pets, "dog/facts?breed_id=115&include_sources=true")
    assert one["source_urls"] == ["https://books.example/dog-001"]
    assert "source_urls" not in (await told(pets, "dog/facts"))[0]
    assert [one["id"] for one in await told(pets, "dog/facts/breed/115")] == ["dog-001"]
    assert (await told(pets, "dog/facts/breed/115/random"))["id"] == "dog-001"
    assert (await told(pets, "dog/facts/dog-002"))["fact"] == "Dogs dig."
    assert (await told(pets, "dog/facts/random"))["id"] in ("dog-001", "dog-002")
    assert (await told(pets, "dog/facts/species/dog/random"))["species_id"] == "2"


@pytest.mark.parametrize("path", ["facts/nothing", "facts/breed/1/random", "facts/species/1/random"])
async def test_generation_b_finds_nothing(pets: House, path: str) -> None:
    assert (await pets.get(f"dog/{path}", DOG_KEY)).status == 404


async def test_generation_b_names_every_number_out_of_range(pets: House) -> None:
    refused = await pets.get("dog/facts?limit=101&offset=-1", DOG_KEY)
    assert refused.status == 400
    assert refused.json["message"] == ["limit must not be greater than 100", "offset must not be less than 0"]


@pytest.mark.skipif(not RECORDED.is_dir(), reason="PAWPRINT_RECORDED names no folder of recorded answers")
@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/facts", "facts?include_sources=true"),
        ("/facts/random", "facts/random"),
        ("/facts/breed/{breedId}", "facts/breed/115"),
        ("/facts/breed/{breedId}/random", "facts/breed/115/random"),
        ("/facts/species/{speciesId}/random", "facts/species/2/random"),
        ("/facts/{id}", "facts/dog-001"),
    ],
)
async def test_generation_b_keeps_to_its_document(pets: House, path: str, asked: str) -> None:
    document = Document(RECORDED.parent / "thedogapi-1.7.1.openapi.json")
    assert document.faults(document.answer("get", path), await told(pets, f"dog/{asked}")) == []


@pytest.mark.skipif(not RECORDED.is_dir(), reason="PAWPRINT_RECORDED names no folder of recorded answers")
async def test_generation_a2_lists_what_its_examples_list(pets: House) -> None:
    examples = json.loads((RECORDED / "samples" / "official_cat_oas_examples.json").read_text("utf-8"))
    ours = (await told(pets, "cat/facts", CAT_KEY))[0]
    for example in examples["GET /facts 200 application/json"]:
        assert {name: type(value) for name, value in ours.items()} == {
            name: type(value) for name, value in example.items()
        }
