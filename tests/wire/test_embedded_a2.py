"""The embedded TheCatAPI answers as generation A2 does, over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from .embedded import House, house

KEY, OTHER = "cat-key", "other-cat-key"
PAGE_HEADERS = ("Pagination-Count", "Pagination-Page", "Pagination-Limit")


@pytest.fixture
async def cats(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as running:
        yield running


async def test_without_a_key_one_picture_comes_bare(cats: House) -> None:
    answer = await cats.get("cat/images/search")
    assert answer.status == 200
    (item,) = answer.json
    assert list(item) == ["id", "url", "width", "height"]
    assert "ratelimit-limit" not in answer.headers
    assert answer.headers["authenticated"] == "false"


@pytest.mark.parametrize("limit", [2, 3, 10, 100])
@pytest.mark.parametrize("key", [None, "not-a-key"])
async def test_without_a_known_key_more_than_one_means_ten(cats: House, limit: int, key: str | None) -> None:
    items = (await cats.get(f"cat/images/search?limit={limit}&has_breeds=1", key)).json
    assert len(items) == 10
    assert all("breeds" not in item for item in items)


async def test_a_key_gets_breeds_categories_and_headers(cats: House) -> None:
    answer = await cats.get("cat/images/search?order=ASC&limit=4", KEY)
    items = {item["id"]: item for item in answer.json}
    assert items["0XYvRd7oD"]["breeds"][0]["name"] == "Abyssinian"
    assert "image" not in items["0XYvRd7oD"]["breeds"][0]
    assert "categories" not in items["0XYvRd7oD"]
    assert items["boxed-cat"]["categories"] == [{"id": 5, "name": "boxes"}]
    assert items["nobreed1"]["breeds"] == []
    assert answer.headers["ratelimit-consumed"] == "1"
    assert answer.headers["retry-after-seconds"] == "60"
    assert answer.headers["ratelimit-reset"] == "2026-01-01T00:01:00.000Z"


async def test_a_key_gets_at_most_25_and_random_has_no_pages(cats: House) -> None:
    answer = await cats.get("cat/images/search?limit=100", KEY)
    assert len(answer.json) == 19  # four shipped, five more of each breed that has pictures
    assert not set(PAGE_HEADERS) & set(answer.headers)
    paged = await cats.get("cat/images/search?limit=100&order=ASC", KEY)
    assert [paged.headers[name] for name in PAGE_HEADERS] == ["19", "0", "25"]


async def test_pages_follow_each_other_and_turn_round(cats: House) -> None:
    async def ids(query: str) -> list[str]:
        return [item["id"] for item in (await cats.get(f"cat/images/search?limit=8&{query}", KEY)).json]

    forward = [*await ids("order=ASC&page=0"), *await ids("order=ASC&page=1"), *await ids("order=ASC&page=2")]
    backward = [*await ids("order=DESC&page=0"), *await ids("order=DESC&page=1"), *await ids("order=DESC&page=2")]
    assert len(forward) == 19
    assert backward == forward[::-1]
    assert await ids("order=ASC&page=3") == []


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("breed_ids=abys", {"abys"}),
        ("breed_id=beng", {"beng"}),
        ("breed_ids=abys,beng", {"abys", "beng"}),
        ("breeds=abys", {"abys", "beng", "asho"}),  # no such parameter: passed over in silence
    ],
)
async def test_breeds_filter(cats: House, query: str, wanted: set[str]) -> None:
    items = (await cats.get(f"cat/images/search?limit=25&{query}", KEY)).json
    assert {breed["id"] for item in items for breed in item["breeds"]} == wanted


@pytest.mark.parametrize("query", ["breed_ids=mala", "breed_ids=none", "mime_types=bmp", "category_ids=7"])
async def test_nothing_found_is_an_empty_list(cats: House, query: str) -> None:
    answer = await cats.get(f"cat/images/search?{query}", KEY)
    assert (answer.status, answer.json) == (200, [])


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("mime_types=gif", {"movingcat"}),
        ("mime_types=gif,png", {"movingcat", "nobreed1"}),
        ("category_ids=5", {"boxed-cat"}),
    ],
)
async def test_types_and_categories_filter_without_a_key_too(cats: House, query: str, ids: set[str]) -> None:
    for key in (None, KEY):
        items = (await cats.get(f"cat/images/search?limit=10&{query}", key)).json
        assert {item["id"] for item in items} == ids


async def test_breeds_and_categories_can_be_left_out(cats: House) -> None:
    query = "category_ids=5&include_breeds=0&include_categories=false"
    (item,) = (await cats.get(f"cat/images/search?{query}", KEY)).json
    assert list(item) == ["id", "url", "width", "height"]


async def test_the_picture_itself_is_a_redirect(cats: House) -> None:
    answer = await cats.get("cat/images/search?format=src&category_ids=5")
    assert answer.status == 302
    picture = await cats.get(answer.headers["Location"])
    assert (picture.status, picture.type) == (200, "image/jpeg")


async def test_small_pictures_have_an_address_of_their_own(cats: House) -> None:
    (item,) = (await cats.get("cat/images/search?size=small&category_ids=5")).json
    assert item["url"].endswith("/cat/images/boxed-cat_390x351.jpg")
    assert (await cats.get(item["url"])).status == 200


async def test_one_picture(cats: House) -> None:
    answer = await cats.get("cat/images/boxed-cat")
    assert list(answer.json) == ["id", "width", "height", "url", "breeds"]
    assert "breeds" not in (await cats.get("cat/images/nobreed1")).json
    unknown = await cats.get("cat/images/-nope")
    assert (unknown.status, unknown.type) == (400, "text/plain; charset=utf-8")
    assert unknown.text == "Couldn't find an image matching the passed 'id' of -nope"


async def test_a_search_with_a_sub_id_tells_ones_own_vote_and_favourite(cats: House) -> None:
    voted = (await cats.post("cat/votes", KEY, json={"image_id": "boxed-cat", "sub_id": "me", "value": 1})).json
    await cats.post("cat/votes", KEY, json={"image_id": "boxed-cat", "sub_id": "you", "value": -1})
    kept = (await cats.post("cat/favourites", KEY, json={"image_id": "boxed-cat", "sub_id": "me"})).json
    (mine,) = (await cats.get("cat/images/search?category_ids=5&sub_id=me", KEY)).json
    assert (mine["vote"], mine["favourite"]) == ({"id": voted["id"], "value": 1}, {"id": kept["id"]})
    one = (await cats.get("cat/images/boxed-cat?sub_id=you", KEY)).json
    assert one["vote"]["value"] == -1
    assert "favourite" not in one
    (anonymous,) = (await cats.get("cat/images/search?category_ids=5&sub_id=me")).json
    assert "vote" not in anonymous


async def test_breeds_show_their_picture_only_to_a_key(cats: House) -> None:
    bare = await cats.get("cat/breeds")
    assert [breed["id"] for breed in bare.json] == ["abys", "beng", "asho", "mala"]
    assert all("image" not in breed for breed in bare.json)
    assert bare.json[0]["weight"] == {"imperial": "7  -  10", "metric": "3 - 5"}
    assert [bare.headers[name] for name in PAGE_HEADERS] == ["4", "0", "4"]
    first, second, third, fourth = (await cats.get("cat/breeds", KEY)).json
    assert first["image"]["url"] == cats.url("cat").removesuffix("v1/") + "images/0XYvRd7oD.jpg"
    assert "image" not in second
    assert third["image"]["id"] == third["reference_image_id"]
    assert (await cats.get(third["image"]["url"])).status == 200
    assert "image" not in fourth


async def test_breeds_have_pages(cats: House) -> None:
    answer = await cats.get("cat/breeds?limit=3&page=1")
    assert [breed["id"] for breed in answer.json] == ["mala"]
    assert [answer.headers[name] for name in PAGE_HEADERS] == ["4", "1", "3"]


async def test_a_breed_by_name_and_by_id(cats: House) -> None:
    found = (await cats.get("cat/breeds/search?q=SHORT")).json
    assert [(breed["id"], "image" in breed) for breed in found] == [("asho", False)]
    assert "image" in (await cats.get("cat/breeds/search?q=short&attach_image=1")).json[0]
    assert (await cats.get("cat/breeds/search?q=zzz")).json == []
    one = (await cats.get("cat/breeds/abys", KEY)).json
    assert (one["name"], "image" in one) == ("Abyssinian", False)
    assert (await cats.get("cat/breeds/none", KEY)).status == 400


async def test_categories(cats: House) -> None:
    answer = (await cats.get("cat/categories")).json
    assert answer[0] == {"id": 5, "name": "boxes"}
    assert {category["name"] for category in answer} >= {"hats", "sinks", "space", "sunglasses", "ties", "clothes"}


@pytest.mark.parametrize("path", ["votes", "votes/1", "favourites", "favourites/1"])
@pytest.mark.parametrize("key", [None, "not-a-key"])
async def test_ones_own_things_need_a_key(cats: House, path: str, key: str | None) -> None:
    answer = await cats.get(f"cat/{path}", key)
    assert (answer.status, answer.type) == (401, "text/plain; charset=utf-8")
    assert answer.text == "AUTHENTICATION_ERROR - you need to send your API Key as the 'x-api-key' header"
    written = await cats.post("cat/votes", key, json={"image_id": "x", "value": 1})
    assert (written.status, written.text) == (401, "AUTHENTICATION_ERROR")


async def test_a_key_in_the_query_counts(cats: House) -> None:
    assert (await cats.get(f"cat/votes?api_key={KEY}")).status == 200
    assert KEY not in cats.backend.recent[0].path


async def test_the_life_of_a_vote(cats: House) -> None:
    cast = await cats.post("cat/votes", KEY, json={"image_id": "boxed-cat", "sub_id": "me", "value": 1})
    assert cast.status == 201
    number = cast.json["id"]
    told = {"image_id": "boxed-cat", "sub_id": "me", "value": 1, "country_code": "GB"}
    assert cast.json == {"message": "SUCCESS", "id": number} | told
    kept = told | {"id": number, "created_at": "2026-01-01T00:00:00.000Z"}
    image = {"image": {"id": "boxed-cat", "url": cats.url("cat").removesuffix("v1/") + "images/boxed-cat.jpg"}}
    assert (await cats.get("cat/votes", KEY)).json == [kept | image]
    assert set((await cats.get(f"cat/votes/{number}", KEY)).json) == {"user_id", *kept, "image"}
    foreign = await cats.delete(f"cat/votes/{number}", OTHER)
    assert (foreign.status, foreign.text) == (404, "INVALID_ACCOUNT")
    gone = await cats.delete(f"cat/votes/{number}", KEY)
    assert (gone.status, gone.json) == (200, {"message": "SUCCESS"})
    again = await cats.delete(f"cat/vote/{number}", KEY)
    assert (again.status, again.text) == (404, "NOT_FOUND")
    assert (await cats.get(f"cat/votes/{number}", KEY)).text == "NOT_FOUND"


async def test_votes_may_be_repeated_and_their_ids_increase(cats: House) -> None:
    vote = {"image_id": "boxed-cat", "sub_id": "me", "value": 1}
    numbers = [(await cats.post("cat/votes", KEY, json=vote)).json["id"] for _ in range(3)]
    await cats.delete(f"cat/votes/{numbers[-1]}", KEY)
    numbers.append((await cats.post("cat/votes", KEY, json=vote)).json["id"])
    assert numbers == sorted(set(numbers))
    assert len((await cats.get("cat/votes?sub_id=me", KEY)).json) == 3
    assert (await cats.get("cat/votes?sub_id=you", KEY)).json == []
    assert (await cats.get("cat/votes", OTHER)).json == []


@pytest.mark.parametrize("value", [1, 0, -1, -5, 2, 0.5])
async def test_any_number_is_a_vote(cats: House, value: float) -> None:
    answer = (await cats.post("cat/votes", KEY, json={"image_id": "gone", "value": value})).json
    assert answer["value"] == value
    assert "sub_id" not in answer
    (kept,) = (await cats.get("cat/votes", KEY)).json
    assert (kept["value"], kept["image"], kept["sub_id"]) == (value, {}, None)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, '"image_id" is required'),
        ({"value": 1}, '"image_id" is required'),
        ({"image_id": "x"}, '"value" is required'),
        ({"image_id": "", "value": 1}, '"image_id" is not allowed to be empty'),
        ({"image_id": 7, "value": 1}, '"image_id" must be a string'),
        ({"image_id": "x", "sub_id": 7, "value": 1}, '"sub_id" must be a string'),
        ({"image_id": "x", "value": "up"}, "INVALID_DATA"),
        ({"image_id": "x", "value": True}, "INVALID_DATA"),
        ({"image_id": "x", "value": 10**12}, "INVALID_DATA"),
        ([1, 2], '"image_id" is required'),
    ],
)
async def test_a_vote_that_is_not_valid(cats: House, body: Any, text: str) -> None:
    answer = await cats.post("cat/votes", KEY, json=body)
    assert (answer.status, answer.type, answer.text) == (400, "text/plain; charset=utf-8", text)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ('{"image_id":  abc}', "Unexpected token a in JSON position 14"),
        ('{"image_id": "x"', "Unexpected end of JSON input"),
        ('{"image_id": "x', "Unexpected end of JSON input"),
        ("hello", "Unexpected token h in JSON position 0"),
        ('{"value": NaN}', "Unexpected token N in JSON position 0"),
        ("[" * 100_000, "Maximum call stack size exceeded"),
        ("", '"image_id" is required'),
    ],
)
async def test_a_body_that_is_not_json(cats: House, raw: str, text: str) -> None:
    answer = await cats.post("cat/votes", KEY, data=raw, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.text) == (400, text)


async def test_a_body_that_is_not_sent_as_json_counts_as_empty(cats: House) -> None:
    answer = await cats.post("cat/votes", KEY, data='{"image_id": "x", "value": 1}')
    assert (answer.status, answer.text) == (400, '"image_id" is required')


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=many", "page=-1"])
@pytest.mark.parametrize("kind", ["votes", "favourites"])
async def test_a_list_out_of_range(cats: House, kind: str, query: str) -> None:
    answer = await cats.get(f"cat/{kind}?{query}", KEY)
    assert (answer.status, answer.text) == (400, "INVALID_DATA")


async def test_the_life_of_a_favourite(cats: House) -> None:
    added = await cats.post("cat/favourites", KEY, json={"image_id": "boxed-cat", "sub_id": "me"})
    assert added.status == 200
    number = added.json["id"]
    assert added.json == {"message": "SUCCESS", "id": number}
    twice = await cats.post("cat/favourites", KEY, json={"image_id": "boxed-cat", "sub_id": "me"})
    assert (twice.status, twice.type) == (400, "text/plain; charset=utf-8")
    assert twice.text == "DUPLICATE_FAVOURITE - favourites are unique for account + image_id + sub_id"
    assert (await cats.post("cat/favourites", OTHER, json={"image_id": "boxed-cat", "sub_id": "me"})).status == 200
    (kept,) = (await cats.get("cat/favourites?sub_id=me", KEY)).json
    assert list(kept) == ["id", "user_id", "image_id", "sub_id", "created_at", "image"]
    assert list(kept["image"]) == ["id", "url"]
    assert (await cats.get(f"cat/favourites/{number}", KEY)).json == kept
    assert (await cats.delete(f"cat/favourites/{number}", OTHER)).text == "INVALID_ACCOUNT"
    assert (await cats.delete(f"cat/favourites/{number}", KEY)).json == {"message": "SUCCESS"}
    gone = await cats.delete(f"cat/favourites/{number}", KEY)
    assert (gone.status, gone.text) == (400, "INVALID_ACCOUNT")
    unknown = await cats.get(f"cat/favourites/{number}", KEY)
    assert (unknown.status, unknown.text) == (404, "NOT_FOUND")


async def test_favourites_of_pictures_that_do_not_exist(cats: House) -> None:
    await cats.post("cat/favourites", KEY, json={"image_id": "gone", "sub_id": "me"})
    (kept,) = (await cats.get("cat/favourites", KEY)).json
    assert kept["image"] == {}


async def test_without_a_sub_id_a_favourite_may_come_twice(cats: House) -> None:
    for _ in range(2):
        assert (await cats.post("cat/favourites", KEY, json={"image_id": "boxed-cat"})).status == 200
    assert [kept["sub_id"] for kept in (await cats.get("cat/favourites", KEY)).json] == [None, None]


async def test_lists_have_pages(cats: House) -> None:
    for name in "abcde":
        await cats.post("cat/favourites", KEY, json={"image_id": name, "sub_id": "me"})
    usual = await cats.get("cat/favourites", KEY)
    assert [usual.headers[name] for name in PAGE_HEADERS] == ["5", "0", "100"]
    second = await cats.get("cat/favourites?limit=2&page=1&order=DESC", KEY)
    assert [one["image_id"] for one in second.json] == ["c", "b"]
    assert [second.headers[name] for name in PAGE_HEADERS] == ["5", "1", "2"]
    assert "Pagination-Count" in second.headers["Access-Control-Expose-Headers"]


async def test_long_ids_are_cut(cats: House) -> None:
    body = {"image_id": "0XYvRd7oDtoolong", "sub_id": "s" * 300, "value": 1}
    cast = (await cats.post("cat/votes", KEY, json=body)).json
    assert (cast["image_id"], cast["sub_id"]) == ("0XYvRd7oDto", "s" * 255)
    assert (await cats.post("cat/favourites", KEY, json=body)).status == 200
    assert (await cats.post("cat/favourites", KEY, json=body | {"sub_id": "s" * 255})).status == 400


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "sources"), ("POST", "images/upload"), ("GET", "nothing"), ("PUT", "votes")]
)
async def test_what_is_not_there(cats: House, method: str, path: str) -> None:
    answer = await cats.ask(method, f"cat/{path}", KEY)
    assert (answer.status, answer.type) == (404, "text/plain; charset=utf-8")
    assert answer.text == f"Cannot {method} /v1/{path}"


async def test_a_key_that_asks_too_often_waits_for_the_minute(tmp_path: Path) -> None:
    async with house(tmp_path, rate_limit=2) as cats:
        await cats.get("cat/breeds", KEY)
        cats.clock.advance(27.888)
        last = await cats.get("cat/breeds", KEY)
        assert (last.headers["ratelimit-remaining"], last.headers["retry-after-seconds"]) == ("0", "32.112")
        over = await cats.get("cat/breeds", KEY)
        assert (over.status, over.type) == (429, "text/plain; charset=utf-8")
        assert over.headers["retry-after-seconds"] == "32.112"
        assert "Retry-After" not in over.headers
        assert (await cats.get("cat/breeds", OTHER)).status == 200
        assert (await cats.get("cat/breeds")).status == 200
        cats.clock.advance(33)
        assert (await cats.get("cat/breeds", KEY)).headers["ratelimit-consumed"] == "1"


async def test_the_real_limit_is_120_a_minute(tmp_path: Path) -> None:
    async with house(tmp_path, rate_limit=None) as cats:
        assert (await cats.get("cat/breeds", KEY)).headers["ratelimit-limit"] == "120"


async def test_the_dog_host_speaks_a2_when_told(tmp_path: Path) -> None:
    async with house(tmp_path, dog_generation="A2") as dogs:
        answer = await dogs.get("dog/breeds")
        assert [breed["id"] for breed in answer.json] == [1, 115, 2, 3]
        assert answer.json[1]["weight"] == {"imperial": "65 – 85", "metric": "NaN"}
        assert "temperament" not in answer.json[0]
        items = (await dogs.get("dog/images/search?breed_ids=115&limit=5", "dog-key")).json
        assert {item["breeds"][0]["id"] for item in items} == {115}
        assert (await dogs.get("dog/breeds/115")).json["name"] == "German Shepherd Dog"
