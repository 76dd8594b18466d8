"""The embedded TheDogAPI answers as generation B does, over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.models import Species

from .embedded import House, house

KEY, OTHER = "dog-key", "other-dog-key"
PAGE_HEADERS = ("Pagination-Count", "Pagination-Page", "Pagination-Limit")
EMBEDDED_BREED = [
    "id",
    "name",
    "species_id",
    "life_span",
    "temperament",
    "origin",
    "country_code",
    "description",
    "bred_for",
    "perfect_for",
    "breed_group",
    "history",
    "alt_names",
    "wikipedia_url",
    "reference_image_id",
]
ERRORS = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict", 429: "Too Many Requests"}


@pytest.fixture
async def dogs(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as running:
        yield running


def envelope(path: str, status: int, message: str | list[str]) -> dict[str, Any]:
    told = {"statusCode": status, "timestamp": "2026-01-01T00:00:00.000Z", "path": path}
    return told | {"message": message, "error": ERRORS[status]}


async def test_pictures_need_no_key(dogs: House) -> None:
    answer = await dogs.get("dog/images/search?limit=50")
    assert len(answer.json) == 10
    assert list(answer.json[0]) == ["id", "url", "width", "height", "breeds", "categories"]
    assert (await dogs.get("dog/images/BJa4kxc4X")).json["id"] == "BJa4kxc4X"
    assert "ratelimit-limit" not in answer.headers


@pytest.mark.parametrize("key", [None, "not-a-key"])
@pytest.mark.parametrize(
    "path", ["breeds", "breeds/1", "breeds/search?q=a", "categories", "votes", "favourites", "sub-ids"]
)
async def test_everything_else_does(dogs: House, path: str, key: str | None) -> None:
    answer = await dogs.get(f"dog/{path}", key)
    message = "Authentication required: Please provide a valid API key"
    assert (answer.status, answer.json) == (403, envelope(f"/v1/{path.partition('?')[0]}", 403, message))
    assert (await dogs.post("dog/favourites", key, json={"image_id": "x"})).status == 403


async def test_a_breed_inside_a_picture_has_texts_and_nulls(dogs: House) -> None:
    (item,) = (await dogs.get("dog/images/search?breed_ids=115", KEY)).json
    (breed,) = item["breeds"]
    assert list(breed) == EMBEDDED_BREED
    assert (breed["id"], breed["species_id"], breed["life_span"]) == ("115", "2", "8-15")
    assert breed["temperament"] is None


async def test_breeds_as_generation_b_writes_them(dogs: House) -> None:
    answer = await dogs.get("dog/breeds", KEY)
    small, shepherd, hound, poodle = answer.json
    assert [answer.headers[name] for name in PAGE_HEADERS] == ["4", "0", "1000"]
    assert (small["id"], small["life_span"], small["origin"]) == ("1", "10-12", None)
    assert small["weight"] == {"imperial": "6-13", "metric": "3-6"}
    assert small["image"]["id"] == "BJa4kxc4X"
    assert shepherd["weight"] == {"imperial": "65-85", "metric": "unknown"}
    assert (shepherd["reference_image_id"], shepherd["image"]) == (None, None)
    assert (shepherd["country_codes"], shepherd["country_code"]) == ("DE", "DE")
    assert (hound["life_span"], hound["weight"], hound["height"]) == ("15", {"metric": "28"}, None)
    assert (poodle["life_span"], poodle["breed_group"]) == (None, None)
    assert (await dogs.get("dog/breeds/115", KEY)).json == shepherd
    missing = await dogs.get("dog/breeds/nope", KEY)
    assert (missing.status, missing.json["error"]) == (404, "Not Found")


async def test_cats_in_generation_b(tmp_path: Path) -> None:
    async with house(tmp_path, cat_generation="B") as cats:
        first = (await cats.get("cat/breeds?limit=1", "cat-key")).json[0]
        assert (first["species_id"], first["alt_names"], first["lap"], first["rare"]) == ("1", None, True, False)
        assert (first["adaptability"], first["bidability"]) == (5, None)
        answer = await cats.get("cat/categories?limit=2", "cat-key")
        assert answer.json[0] == {"id": "5", "name": "boxes", "species_id": "1"}
        assert answer.headers["Pagination-Count"] == "7"
        assert (await cats.get("cat/categories/1", "cat-key")).json["name"] == "hats"
        assert (await cats.get("cat/categories/99", "cat-key")).status == 404
        item = (await cats.get("cat/images/boxed-cat")).json
        assert item["categories"] == [{"id": "5", "name": "boxes", "species_id": "1"}]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("breed_groups=toy", ["1"]),
        ("exclude_breed_groups=Toy,Hound", ["115", "3"]),
        ("order=DESC&limit=2", ["3", "2"]),
        ("limit=3&page=1", ["3"]),
        ("species_id=2&limit=1", ["1"]),
        ("species_id=1", []),
    ],
)
async def test_breeds_can_be_narrowed(dogs: House, query: str, ids: list[str]) -> None:
    assert [breed["id"] for breed in (await dogs.get(f"dog/breeds?{query}", KEY)).json] == ids


async def test_groups_and_names(dogs: House) -> None:
    assert (await dogs.get("dog/breeds/breed-groups", KEY)).json == ["Herding", "Hound", "Toy"]
    assert [one["id"] for one in (await dogs.get("dog/breeds/search?q=SHEP", KEY)).json] == ["115"]
    assert (await dogs.get("dog/breeds/search?q=zzz", KEY)).json == []
    long = await dogs.get(f"dog/breeds/search?q={'x' * 31}", KEY)
    assert long.json["message"] == ["q must be shorter than or equal to 30 characters"]
    assert (await dogs.get("dog/breeds/search?q=", KEY)).status == 400


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        ("limit=0", ["limit must not be less than 1"]),
        ("limit=101", ["limit must not be greater than 100"]),
        ("page=-1", ["page must not be less than 0"]),
        ("order=RAND", ["order must be one of the following values: ASC, DESC, RANDOM"]),
        (
            "limit=many",
            [
                "limit must not be greater than 100",
                "limit must not be less than 1",
                "limit must be a number conforming to the specified constraints",
            ],
        ),
    ],
)
@pytest.mark.parametrize("path", ["images/search", "favourites"])
async def test_what_is_out_of_range_is_listed(dogs: House, path: str, query: str, messages: list[str]) -> None:
    answer = await dogs.get(f"dog/{path}?{query}", KEY)
    assert (answer.status, answer.json) == (400, envelope(f"/v1/{path}", 400, messages))


async def test_a_search_knows_neither_types_nor_categories_nor_sizes(dogs: House) -> None:
    query = "limit=100&order=ASC&mime_types=gif&category_ids=5&format=src&size=small"
    answer = await dogs.get(f"dog/images/search?{query}", KEY)
    assert len(answer.json) == 21
    assert answer.headers["Pagination-Count"] == "21"


async def test_a_sub_id_narrows_a_search_to_its_own_uploads(dogs: House) -> None:
    assert (await dogs.get("dog/images/search?limit=5&sub_id=me", KEY)).json == []


async def test_an_unknown_picture(dogs: House) -> None:
    answer = await dogs.get("dog/images/-nope")
    assert (answer.status, answer.json["statusCode"], answer.json["path"]) == (404, 404, "/v1/images/-nope")


async def test_the_life_of_a_favourite(dogs: House) -> None:
    added = await dogs.post("dog/favourites", KEY, json={"image_id": "BJa4kxc4X", "sub_id": "me"})
    assert added.status == 200
    kept = {"image_id": "BJa4kxc4X", "sub_id": "me", "created_at": "2026-01-01T00:00:00.000Z"}
    number = added.json["id"]
    assert added.json == {"id": number} | kept
    twice = await dogs.post("dog/favourites", KEY, json={"image_id": "BJa4kxc4X", "sub_id": "me"})
    assert (twice.status, twice.json["error"]) == (409, "Conflict")
    listed = await dogs.get("dog/favourites", KEY)
    assert listed.json == [{"id": number} | kept]
    assert [listed.headers[name] for name in PAGE_HEADERS] == ["1", "0", "10"]
    (attached,) = (await dogs.get("dog/favourites?attach_image=true", KEY)).json
    assert attached["image"]["url"].endswith("/dog/images/BJa4kxc4X.jpg")
    assert (await dogs.get("dog/favourites?image_id=other", KEY)).json == []
    assert (await dogs.get(f"dog/favourites/{number}", KEY)).json == {"id": number} | kept
    assert (await dogs.delete(f"dog/favourites/{number}", OTHER)).status == 403
    assert (await dogs.delete(f"dog/favourites/{number}", KEY)).json == {"message": "SUCCESS"}
    assert (await dogs.delete(f"dog/favourites/{number}", KEY)).status == 404


async def test_a_vote_is_taken_but_neither_shown_to_a_key_nor_taken_back(dogs: House) -> None:
    cast = await dogs.post("dog/votes", KEY, json={"image_id": "BJa4kxc4X", "sub_id": "me", "value": -1})
    assert (cast.status, cast.json["value"], cast.json["country_code"]) == (200, -1, "GB")
    number = cast.json["id"]
    for path in ("dog/votes", f"dog/votes/{number}"):
        answer = await dogs.get(path, KEY)
        assert (answer.status, answer.json["error"]) == (403, "Forbidden")
    gone = await dogs.delete(f"dog/votes/{number}", KEY)
    assert (gone.status, gone.json["message"]) == (404, f"Cannot DELETE /v1/votes/{number}")
    (kept,) = await dogs.backend.votes(Species.DOG)
    assert (kept.image_id, kept.sub_id, kept.value) == ("BJa4kxc4X", "me", -1)


async def test_votes_can_be_made_readable(tmp_path: Path) -> None:
    async with house(tmp_path, votes_readable=True) as dogs:
        number = (await dogs.post("dog/votes", KEY, json={"image_id": "x", "sub_id": "me", "value": 1})).json["id"]
        assert [vote["id"] for vote in (await dogs.get("dog/votes?sub_id=me", KEY)).json] == [number]
        assert (await dogs.get(f"dog/votes/{number}", KEY)).json["image_id"] == "x"
        assert (await dogs.get(f"dog/votes/{number}", OTHER)).status == 404


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        (
            {},
            [
                "image_id should not be empty",
                "image_id must be a string",
                "value must be a number conforming to the specified constraints",
            ],
        ),
        ({"image_id": "x", "value": "up"}, ["value must be a number conforming to the specified constraints"]),
        ({"image_id": "x", "value": 1, "sub_id": 7}, ["sub_id must be a string"]),
    ],
)
async def test_a_vote_that_is_not_valid(dogs: House, body: Any, messages: list[str]) -> None:
    answer = await dogs.post("dog/votes", KEY, json=body)
    assert (answer.status, answer.json) == (400, envelope("/v1/votes", 400, messages))


async def test_a_body_that_is_not_json(dogs: House) -> None:
    answer = await dogs.post("dog/votes", KEY, data="{abc", headers={"Content-Type": "application/json"})
    assert (answer.status, answer.json["message"]) == (400, "Unexpected token a in JSON position 1")


async def test_sub_ids_are_counted(dogs: House) -> None:
    for value in (1, -1):
        await dogs.post("dog/votes", KEY, json={"image_id": "x", "sub_id": "me", "value": value})
    await dogs.post("dog/favourites", KEY, json={"image_id": "x", "sub_id": "you"})
    await dogs.post("dog/favourites", OTHER, json={"image_id": "x", "sub_id": "them"})
    assert (await dogs.get("dog/sub-ids", KEY)).json == [
        {"sub_id": "me", "images": 0, "votes": 2, "favourites": 0, "pets": 0},
        {"sub_id": "you", "images": 0, "votes": 0, "favourites": 1, "pets": 0},
    ]
    assert [one["sub_id"] for one in (await dogs.get("dog/sub-ids?limit=1&page=1", KEY)).json] == ["you"]


@pytest.mark.parametrize(("method", "path"), [("GET", "health-tips"), ("POST", "pets"), ("POST", "webhooks")])
async def test_what_is_not_there(dogs: House, method: str, path: str) -> None:
    for key in (KEY, None):
        answer = await dogs.ask(method, f"dog/{path}", key)
        assert (answer.status, answer.json) == (404, envelope(f"/v1/{path}", 404, f"Cannot {method} /v1/{path}"))


async def test_the_free_plan_allows_ten_calls_a_minute(tmp_path: Path) -> None:
    async with house(tmp_path, rate_limit=None) as dogs:
        for _ in range(10):
            assert (await dogs.get("dog/breeds", KEY)).status == 200
        dogs.clock.advance(20.5)
        over = await dogs.get("dog/images/search", KEY)
        assert (over.status, over.json["error"]) == (429, "Too Many Requests")
        assert (over.headers["Retry-After"], over.headers["retry-after-seconds"]) == ("40", "39.5")
        dogs.clock.advance(40)
        assert (await dogs.get("dog/images/search", KEY)).status == 200
