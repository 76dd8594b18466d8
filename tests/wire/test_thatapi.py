"""The client of TheCatAPI and TheDogAPI against doubles of generations A1, A2 and B."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.backends.service import Priority
from bot.backends.thatapi import ThatApi, thatapi_service
from bot.backends.transport import Transport
from bot.clock import ManualClock
from bot.errors import (
    AlreadyThere,
    BackendConfused,
    BackendError,
    BackendNotFound,
    BackendRefused,
    BackendUnavailable,
    Unsupported,
)
from bot.models import Motion, RemoteFavourite, RemoteVote, Source
from bot.store.cache import ResponseCache
from tests.wire.doubles import Answer, Double, FakeTime, double, drops, raw, says

CDN = "https://cdn2.thecatapi.com/images"
B_404 = {"statusCode": 404, "timestamp": "2026-10-06T03:03:08.534Z", "path": "/v1/x", "error": "Not Found"}


@asynccontextmanager
async def api(
    *answers: Answer, key: str | None = "live_key", source: Source = Source.CATAPI, shelf: ResponseCache | None = None
) -> AsyncIterator[tuple[ThatApi, Double]]:
    time = FakeTime()
    async with double(*answers) as server:
        transport = Transport("Pawprint/0", sleep=time.sleep, monotonic=time.monotonic, shelf=shelf)
        await transport.start()
        try:
            yield ThatApi(transport, thatapi_service(source, f"{server.url}/v1", key), source), server
        finally:
            await transport.close()


def image(id_: object, **more: object) -> dict[str, object]:
    return {"id": id_, "url": f"{CDN}/{id_}.jpg", "width": 10, "height": 20} | more


async def test_a_search_without_a_key_takes_ten_and_gives_what_was_asked() -> None:
    async with api(says([image(n) for n in range(10)]), key=None) as (cats, server):
        assert [one.id for one in await cats.search(limit=3)] == ["0", "1", "2"]
        assert len(await cats.search(limit=99)) == 10
        assert [one.query["limit"] for one in server.asked] == ["3", "10"]
        assert all("sub_id" not in one.query and "x-api-key" not in one.headers for one in server.asked)
        assert not cats.keyed
        assert cats.source is Source.CATAPI


async def test_a_search_with_a_key_asks_for_at_most_25() -> None:
    async with api(says([])) as (cats, server):
        assert await cats.search(limit=99) == []
        assert (server.asked[0].path.partition("?")[0], server.asked[0].query["limit"]) == ("/v1/images/search", "25")


async def test_pictures_of_another_breed_category_or_kind_are_dropped() -> None:
    beng, abys = ({"id": "beng", "name": "Bengal"}, {"id": "abys", "name": "Abyssinian"})
    hats = [{"id": 1, "name": "hats"}]
    found = [image("a", breeds=[beng]), image("b", breeds=[abys]), image("c", breeds=[]), image("d")]
    async with api(says(found)) as (cats, server):
        assert [one.id for one in await cats.search(limit=9, breed_ids=["beng", "sibe"])] == ["a"]
        assert server.asked[0].query["breed_ids"] == "beng,sibe"
        server.then(says([image("a", categories=hats), image("b", categories=[]), image("c")]))
        assert [one.id for one in await cats.search(limit=9, category_ids=["1"])] == ["a"]
        server.then(says([image("a"), image("b", url=f"{CDN}/b.GIF?x=1")]))
        assert [one.id for one in await cats.search(limit=9, motion=Motion.ANIMATED)] == ["b"]
        assert [one.id for one in await cats.search(limit=9, motion=Motion.STILL)] == ["a"]
        assert [one.query.get("mime_types") for one in server.asked[2:]] == ["gif", "jpg,png"]


async def test_without_a_key_the_service_says_no_breeds_and_is_trusted() -> None:
    async with api(says([image("a"), image("b", breeds=[{"id": "abys", "name": "A"}])]), key=None) as (cats, _):
        assert [one.id for one in await cats.search(limit=9, breed_ids=["beng"])] == ["a"]


async def test_an_answer_to_a_revoked_key_is_one_without_a_key() -> None:
    async with api(says([image("a"), image("b")])) as (cats, server):
        assert [one.id for one in await cats.search(limit=9, breed_ids=["beng"])] == ["a", "b"]
        assert [one.id for one in await cats.search(limit=9, category_ids=["1"])] == ["a", "b"]
        server.then(says([image("a"), image("b", breeds=[])]))
        assert await cats.search(limit=9, breed_ids=["beng"]) == []


async def test_unsafe_pictures_and_those_at_strange_hosts_are_dropped() -> None:
    found = [
        image("unsafe", unsafe_reasons=["adult content detected (very_likely)"]),
        image("plain", url="http://25.media.tumblr.com/a.jpg"),
        image("private", url="https://192.168.0.1/a.jpg"),
        image("broken", url="https://[/a.jpg"),
        image("none", url=None),
        image("good", unsafe_reasons=[]),
        image("bucket", url="https://storage.googleapis.com/dog-api-uploads-prod/originals/x.jpeg"),
    ]
    async with api(says(found)) as (cats, server):
        assert [one.id for one in await cats.search(limit=9)] == ["good", "bucket"]
        server.then(says([image("own", url=f"{server.url}/cat/images/own.jpg")]))
        assert [one.id for one in await cats.search(limit=9)] == ["own"], "the operator's own host may be private"


def test_the_public_services_hosts_are_known() -> None:
    from yarl import URL

    service = thatapi_service(Source.DOGAPI, "https://api.thedogapi.com/v1")
    assert not service.own
    verdicts = {
        "https://cdn2.thedogapi.com/images/a_1280.jpg": True,
        "https://cdn4.thedogapi.com/optimized/a.webp": True,
        "https://78.media.tumblr.com/x/tumblr_1280.jpg": True,
        "https://s3.us-west-2.amazonaws.com/cdn2.thecatapi.com/images/a.jpg": True,
        "https://s3.us-west-2.amazonaws.com/somebody/a.jpg": False,
        "https://storage.googleapis.com/somebody/a.jpg": False,
        "https://elsewhere.example/a.jpg": False,
    }
    assert {address: service.admits(URL(address)) for address in verdicts} == verdicts


async def test_one_picture_and_ids_with_strange_letters() -> None:
    async with api(says(image("-dncpykkP"))) as (cats, server):
        assert (await cats.picture("-dncpykkP")).id == "-dncpykkP"
        await cats.picture("a?b#c%")
        assert [one.path for one in server.asked] == ["/v1/images/-dncpykkP", "/v1/images/a%3Fb%23c%25"]
        for strange in ("", "..", "a/b", " "):
            with pytest.raises(BackendNotFound):
                await cats.picture(strange)
        assert len(server.asked) == 2


NO_IMAGE = b"Couldn't find an image matching the passed 'id' of nope"


@pytest.mark.parametrize(
    "answer",
    [
        raw(NO_IMAGE, 400),
        says({"message": NO_IMAGE.decode(), "status": 400, "level": "info"}, 400),
        says(B_404 | {"message": "Image not found"}, 404),
        says(image("x", unsafe_reasons=["adult"])),
        says([]),
    ],
)
async def test_a_picture_that_is_not_there_is_not_found_in_every_generation(answer: Answer) -> None:
    async with api(answer) as (cats, _):
        with pytest.raises(BackendNotFound):
            await cats.picture("nope")


async def test_all_breeds_come_from_one_page_or_from_several() -> None:
    async with api(says([{"id": n, "name": f"Breed {n}"} for n in range(172)]), source=Source.DOGAPI) as (dogs, server):
        assert len(await dogs.breeds()) == 172
        assert len(server.asked) == 1
        pages = [[{"id": n, "name": f"Breed {n}"} for n in range(first, first + 100)] for first in (0, 100)]
        server.then(says(pages[0]), says(pages[1]), says([]))
        assert len(await dogs.breeds()) == 200, "a page of 100 may be one that the host cut"
        server.then(says(pages[0]))
        assert len(await dogs.breeds()) == 100, "a host that knows no pages does not go on for ever"


async def test_breeds_are_kept_and_an_empty_list_is_not_believed(tmp_path: Path) -> None:
    clock = ManualClock()
    cache = await ResponseCache.open(tmp_path / "cache.sqlite3", clock=clock)
    try:
        async with api(says([{"id": "abys", "name": "Abyssinian"}]), shelf=cache) as (cats, server):
            for _ in range(3):
                assert [one.name for one in await cats.breeds()] == ["Abyssinian"]
            assert len(server.asked) == 1
            clock.advance(timedelta(days=2).total_seconds())
            server.then(says([]))
            assert [one.name for one in await cats.breeds()] == ["Abyssinian"]
            server.then(says([{"id": 5, "name": "boxes"}]))
            assert [one.name for one in await cats.categories()] == ["boxes"]
            server.then(says([image("a")]))
            asked = len(server.asked)
            await cats.search(limit=1)
            await cats.search(limit=1)
            assert len(server.asked) == asked + 2, "random pictures are never kept"
    finally:
        await cache.close()


async def test_an_empty_list_of_breeds_alone_is_confusing() -> None:
    async with api(says([])) as (cats, _):
        with pytest.raises(BackendConfused):
            await cats.breeds()


async def test_breeds_are_searched_by_a_short_text() -> None:
    async with api(says([{"id": "esho", "name": "Exotic Shorthair"}])) as (cats, server):
        assert [one.id for one in await cats.search_breeds("  air" + "r" * 99)] == ["esho"]
        assert server.asked[0].query["q"] == "air" + "r" * 27
        assert await cats.search_breeds("  ") == []


@pytest.mark.parametrize(
    "answer",
    [raw(b"INVALID_DATA", 400), says(B_404, 404), raw(b""), says([]), says("no"), says(None), says({})],
)
async def test_a_breed_that_is_not_there(answer: Answer) -> None:
    async with api(answer) as (cats, _):
        with pytest.raises(BackendNotFound):
            await cats.breed("nope")


async def test_a_breed_that_is_there_and_a_page_in_its_place() -> None:
    async with api(says({"id": "abys", "name": "Abyssinian"}), raw(b"<html>maintenance</html>")) as (cats, _):
        assert (await cats.breed("abys")).name == "Abyssinian"
        with pytest.raises(BackendConfused):
            await cats.breed("beng")


CREATED_A2 = says({"message": "SUCCESS", "id": 1165604, "image_id": "3pc", "sub_id": "s", "value": 1}, 201)
CREATED_B = says({"id": "1120951", "image_id": "3pc", "sub_id": "s", "created_at": "2023-10-28T17:29:28.000Z"})


@pytest.mark.parametrize(("answer", "id_"), [(CREATED_A2, "1165604"), (CREATED_B, "1120951")])
async def test_a_vote_is_cast(answer: Answer, id_: str) -> None:
    async with api(answer) as (cats, server):
        assert await cats.cast_vote("3pc", "s", 1) == RemoteVote(id=id_, image_id="3pc", sub_id="s", value=1)
        assert (await cats.cast_vote("3pc", "s", 0)).value == -1
        assert [json.loads(one.body) for one in server.asked] == [
            {"image_id": "3pc", "sub_id": "s", "value": 1},
            {"image_id": "3pc", "sub_id": "s", "value": -1},
        ]
        assert server.asked[0].headers["x-api-key"] == "live_key"
        assert server.asked[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"AUTHENTICATION_ERROR - you need to send your API Key", 401),
        says({"statusCode": 403, "message": "No"}, 403),
    ],
)
async def test_without_a_right_key_a_vote_is_refused(answer: Answer) -> None:
    async with api(answer) as (cats, _):
        with pytest.raises(BackendRefused):
            await cats.cast_vote("3pc", "s", 1)
        with pytest.raises(BackendRefused):
            await cats.votes("s")


async def test_an_unclear_vote_is_sent_once_and_said_to_be_unclear() -> None:
    async with api(drops) as (cats, server):
        with pytest.raises(BackendUnavailable) as caught:
            await cats.cast_vote("3pc", "s", 1)
        assert caught.value.sent
        assert len(server.asked) == 1


async def test_votes_are_read_page_by_page_to_the_end() -> None:
    def page(first: int, count: int) -> Answer:
        return says([{"id": n, "image_id": f"i{n}", "sub_id": "s", "value": 1} for n in range(first, first + count)])

    broken = says([{"id": n, "image_id": f"i{n}", "sub_id": "s", "value": 1} for n in range(99)] + [{"id": 99}])
    async with api(broken, page(100, 100), page(200, 10)) as (cats, server):
        assert len(await cats.votes("s")) == 209, "a broken one does not end the reading"
        assert [(one.query["page"], one.query["limit"], one.query["sub_id"]) for one in server.asked] == [
            ("0", "100", "s"), ("1", "100", "s"), ("2", "100", "s"),
        ]  # fmt: skip


async def test_only_the_persons_own_are_read() -> None:
    votes = [
        {"id": 1, "image_id": "a", "sub_id": "s", "value": 1},
        {"id": 2, "image_id": "b", "sub_id": "t", "value": 0},
    ]
    async with api(says(votes)) as (cats, server):
        assert [one.id for one in await cats.votes("s")] == ["1"], "a host that ignores sub_id sends everybody's"
        assert [(one.id, one.value) for one in await cats.votes(None)] == [("1", 1), ("2", -1)]
        assert "sub_id" not in server.asked[1].query
        server.then(says(votes[0]))
        assert (await cats.vote("1")).image_id == "a"


Failing = tuple[Answer, type[BackendError]]
WITHDRAWALS: list[Failing] = [
    (raw(b"NOT_FOUND", 404), BackendNotFound),
    (raw(b"INVALID_ACCOUNT", 404), BackendNotFound),
    (raw(b"INVALID_ACCOUNT", 400), BackendNotFound),
    (says({"message": "NOT_FOUND", "status": 404, "level": "info"}, 404), BackendNotFound),
    (says(B_404 | {"message": "Cannot DELETE /v1/votes/1"}, 404), Unsupported),
    (raw(b"<pre>Cannot DELETE /v1/votes/1</pre>", 404, {"Content-Type": "text/html"}), Unsupported),
    (raw(b"", 405), Unsupported),
    (says(B_404 | {"statusCode": 403}, 403), BackendRefused),
]


@pytest.mark.parametrize(("answer", "kind"), WITHDRAWALS)
async def test_a_vote_that_cannot_be_withdrawn_says_why(answer: Answer, kind: type[BackendError]) -> None:
    async with api(answer) as (cats, _):
        with pytest.raises(kind) as caught:
            await cats.withdraw_vote("1")
        assert type(caught.value) is kind


@pytest.mark.parametrize("answer", [says({"message": "SUCCESS"}), raw(b"", 204), raw(b"", 200)])
async def test_votes_and_favourites_are_taken_back(answer: Answer) -> None:
    async with api(answer) as (cats, server):
        await cats.withdraw_vote("12")
        await cats.remove_favourite("34")
        assert [(one.method, one.path) for one in server.asked] == [
            ("DELETE", "/v1/votes/12"), ("DELETE", "/v1/favourites/34"),
        ]  # fmt: skip


DUPLICATE = "DUPLICATE_FAVOURITE - favourites are unique for account + image_id + sub_id"


@pytest.mark.parametrize(
    "answer",
    [
        raw(DUPLICATE.encode(), 400),
        says({"message": DUPLICATE, "status": 400, "level": "info"}, 400),
        says({"statusCode": 409, "message": "already exists", "error": "Conflict"}, 409),
    ],
)
async def test_a_favourite_that_is_kept_already(answer: Answer) -> None:
    async with api(answer) as (cats, _):
        with pytest.raises(AlreadyThere):
            await cats.add_favourite("a", "s")


async def test_a_favourite_is_added_and_read_back() -> None:
    async with api(says({"message": "SUCCESS", "id": 232447732})) as (cats, server):
        made = RemoteFavourite(id="232447732", image_id="a", sub_id="s")
        assert await cats.add_favourite("a", "s") == made
        listed = {"id": 232447732, "image_id": "a", "sub_id": "s", "image": {"id": "a", "url": f"{CDN}/a.jpg"}}
        server.then(says([listed, {"id": 9, "image_id": "b", "sub_id": "t"}]))
        assert [(one.id, one.image_url) for one in await cats.favourites("s")] == [("232447732", f"{CDN}/a.jpg")]
        assert server.asked[1].query == {"limit": "100", "page": "0", "sub_id": "s", "attach_image": "true"}
        server.then(says(listed))
        assert (await cats.favourite("232447732")).image_id == "a"


@pytest.mark.parametrize(
    "answer", [raw(b"INVALID_ACCOUNT", 400), raw(b"NOT_FOUND", 404), says(B_404 | {"message": "gone"}, 404)]
)
async def test_a_favourite_that_is_gone(answer: Answer) -> None:
    async with api(answer) as (cats, _):
        with pytest.raises(BackendNotFound):
            await cats.remove_favourite("1")
        with pytest.raises(BackendNotFound):
            await cats.favourite("1")


async def test_an_answer_to_a_vote_without_an_id_is_confusing() -> None:
    async with api(says({"message": "SUCCESS"}, 201)) as (cats, _):
        with pytest.raises(BackendConfused):
            await cats.cast_vote("a", "s", 1)


@pytest.mark.parametrize("answer", [raw(b"<html>"), says({"a": 1}), says([1, 2]), raw(b"[1"), raw(b"")])
async def test_a_search_that_cannot_be_read_is_confusing(answer: Answer) -> None:
    async with api(answer) as (cats, _):
        with pytest.raises(BackendConfused):
            await cats.search(limit=1, priority=Priority.PEOPLE)


async def test_the_bytes_of_a_picture() -> None:
    async with api(raw(b"GIF89a...")) as (cats, server):
        assert await cats.fetch_picture(f"{server.url}/images/a.gif") == (b"GIF89a...", "image/gif")


def test_other_sources_are_refused() -> None:
    with pytest.raises(ValueError, match="nekos"):
        ThatApi(Transport("Pawprint/0"), thatapi_service(Source.NEKOS, "https://x/v1"), Source.NEKOS)
