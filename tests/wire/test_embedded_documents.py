"""The embedded back end's answers have the shape of the services' own documents and recorded answers.

Those are not part of the project; the tests run only where the environment variable PAWPRINT_RECORDED names the folder
of recorded answers, beside which the documents lie.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from .embedded import House, house

RECORDED = Path(os.environ.get("PAWPRINT_RECORDED", "nowhere"))
CAT_KEY, DOG_KEY = "cat-key", "dog-key"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="PAWPRINT_RECORDED names no folder of recorded answers")


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
async def pets(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, votes_readable=True) as running:
        for species, key in (("cat", CAT_KEY), ("dog", DOG_KEY)):
            image = "0XYvRd7oD" if species == "cat" else "BJa4kxc4X"
            body = {"image_id": image, "sub_id": "me", "value": 1}
            await running.post(f"{species}/votes", key, json=body)
            await running.post(f"{species}/favourites", key, json=body)
        yield running


class Document:
    """As much of an OpenAPI document as these tests need."""

    def __init__(self, path: Path) -> None:
        self._whole = load(path)

    def answer(self, method: str, path: str) -> dict[str, Any]:
        """Return the schema of a good answer."""
        content = self._whole["paths"][path][method]["responses"]["200"]["content"]
        schema: dict[str, Any] = content["application/json"]["schema"]
        return schema

    def faults(self, schema: dict[str, Any], value: Any, where: str = "") -> list[str]:
        """Say where a value departs from a schema; null is allowed anywhere, as the live service sends it."""
        if "$ref" in schema:
            schema = self._whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        if value is None:
            return []
        if "allOf" in schema:
            return [fault for part in schema["allOf"] for fault in self.faults(part, value, where)]
        kinds: dict[str, type | tuple[type, ...]] = {
            "object": dict,
            "array": list,
            "string": str,
            "number": (int, float),
            "boolean": bool,
        }
        if not isinstance(value, kinds[schema["type"]]):
            return [f"{where}: {value!r} is no {schema['type']}"]
        if isinstance(value, list):
            return [fault for item in value for fault in self.faults(schema["items"], item, f"{where}[]")]
        if not isinstance(value, dict):
            return []
        missing = [f"{where}.{name} is missing" for name in schema.get("required", []) if name not in value]
        known = schema.get("properties", {})
        return missing + [
            fault
            for name, part in value.items()
            if name in known
            for fault in self.faults(known[name], part, f"{where}.{name}")
        ]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/images/search", "images/search?limit=50&order=ASC"),
        ("/images/{id}", "images/BJa4kxc4X"),
        ("/breeds", "breeds"),
        ("/breeds/search", "breeds/search?q=a"),
        ("/breeds/{id}", "breeds/115"),
        ("/breeds/breed-groups", "breeds/breed-groups"),
        ("/categories", "categories"),
        ("/votes", "votes"),
        ("/favourites", "favourites?attach_image=true"),
        ("/sub-ids", "sub-ids"),
    ],
)
async def test_generation_b_keeps_to_its_document(pets: House, path: str, asked: str) -> None:
    document = Document(RECORDED.parent / "thedogapi-1.7.1.openapi.json")
    answer = await pets.get(f"dog/{asked}", DOG_KEY)
    assert answer.status == 200
    assert answer.json or path == "/categories"
    assert document.faults(document.answer("get", path), answer.json) == []


@pytest.mark.parametrize("kind", ["votes", "favourites"])
async def test_generation_b_keeps_to_its_document_when_written_to(pets: House, kind: str) -> None:
    document = Document(RECORDED.parent / "thedogapi-1.7.1.openapi.json")
    answer = await pets.post(f"dog/{kind}", DOG_KEY, json={"image_id": "x", "sub_id": "me", "value": 1})
    assert answer.status == 200
    assert document.faults(document.answer("post", f"/{kind}"), answer.json) == []


@pytest.mark.parametrize("kind", ["votes", "favourites"])
async def test_generation_a2_lists_what_its_examples_list(pets: House, kind: str) -> None:
    examples = load(RECORDED / "samples" / "official_cat_oas_examples.json")
    (ours,) = (await pets.get(f"cat/{kind}", CAT_KEY)).json
    for example in examples[f"GET /{kind} 200 application/json"]:
        assert {name: type(value) for name, value in ours.items() if name in example} == {
            name: type(value) for name, value in example.items()
        }


@pytest.mark.parametrize(("kind", "status"), [("votes", 201), ("favourites", 200)])
async def test_generation_a2_answers_a_post_as_its_examples_do(pets: House, kind: str, status: int) -> None:
    examples = load(RECORDED / "samples" / "official_cat_oas_examples.json")
    answer = await pets.post(f"cat/{kind}", CAT_KEY, json={"image_id": "x", "sub_id": "me", "value": 1})
    assert answer.status == status
    assert list(answer.json) == list(examples[f"POST /{kind} {status} application/json"])


async def test_generation_a2_serves_recorded_breeds_as_they_were_recorded(tmp_path: Path) -> None:
    for species in ("cat", "dog"):
        (tmp_path / f"{species}s.json").write_bytes((RECORDED / f"{species}_breeds.json").read_bytes())
    async with house(tmp_path, data=tmp_path, dog_generation="A2") as pets:
        for species in ("cat", "dog"):
            recorded = load(RECORDED / f"{species}_breeds.json")
            served = (await pets.get(f"{species}/breeds")).json
            for ours, theirs in zip(served, recorded, strict=True):
                theirs.pop("image", None)
                reference = theirs.pop("reference_image_id", "").strip()
                assert ours.pop("reference_image_id", "") == reference
                assert ours == theirs
