"""The embedded back end misbehaves on demand, in each of its ways."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.models import Species
from sandbox.backend.faults import Fault, Kind, LimitStyle

from .embedded import MAGIC, House, house

KEY = "cat-key"
PICTURE = "images/0XYvRd7oD.jpg"


@pytest.fixture
async def pets(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as running:
        yield running


def picture(pets: House) -> str:
    return pets.url("cat").removesuffix("v1/") + PICTURE


@pytest.mark.parametrize(
    ("kind", "status", "kind_of_body", "start"),
    [
        (Kind.ERROR, 500, "text/plain; charset=utf-8", "Internal Server Error"),
        (Kind.BAD_GATEWAY, 502, "text/html; charset=utf-8", "<!DOCTYPE html>"),
        (Kind.UNAVAILABLE, 503, "text/html; charset=utf-8", "<!DOCTYPE html>"),
        (Kind.WRONG_TYPE, 200, "text/html; charset=utf-8", "<!DOCTYPE html>"),
        (Kind.EMPTY, 200, "application/json; charset=utf-8", "[]"),
    ],
)
async def test_wrong_answers(pets: House, kind: Kind, status: int, kind_of_body: str, start: str) -> None:
    pets.backend.faults.add(Fault(kind=kind))
    answer = await pets.get("cat/images/search")
    assert (answer.status, answer.type) == (status, kind_of_body)
    assert answer.text.startswith(start)
    assert (await pets.get(picture(pets))).status == 200
    pets.backend.faults.clear()
    assert (await pets.get("cat/images/search")).json


@pytest.mark.parametrize(
    ("style", "headers"),
    [
        (LimitStyle.SECONDS, {"Retry-After": "90"}),
        (LimitStyle.DATE, {"Retry-After": "Thu, 01 Jan 2026 00:01:30 GMT"}),
        (LimitStyle.OWN, {"retry-after-seconds": "90"}),
        (LimitStyle.RESET_ISO, {"ratelimit-reset": "2026-01-01T00:01:30.000Z"}),
        (LimitStyle.RESET_EPOCH, {"ratelimit-reset": "1767225690"}),
        (LimitStyle.NONE, {}),
    ],
)
async def test_a_limit_in_each_style(pets: House, style: LimitStyle, headers: dict[str, str]) -> None:
    pets.backend.faults.add(Fault(kind=Kind.LIMITED, seconds=90, style=style))
    answer = await pets.get("cat/breeds", KEY)
    assert answer.status == 429
    told = ("Retry-After", "retry-after-seconds", "ratelimit-reset")
    assert {name: answer.headers[name] for name in told if name in answer.headers} == headers


async def test_a_fault_ends_after_so_many_requests(pets: House) -> None:
    pets.backend.faults.add(Fault(kind=Kind.ERROR, times=2))
    assert [(await pets.get("cat/breeds")).status for _ in range(3)] == [500, 500, 200]
    assert pets.backend.faults.active == ()


async def test_a_fault_keeps_to_its_host_and_path(pets: House) -> None:
    pets.backend.faults.add(Fault(kind=Kind.ERROR, species=Species.CAT, path="/v1/images"))
    assert (await pets.get("cat/images/search")).status == 500
    assert (await pets.get("cat/breeds")).status == 200
    assert (await pets.get("dog/images/search")).status == 200


async def test_faults_come_one_after_the_other(pets: House) -> None:
    pets.backend.faults.add(Fault(kind=Kind.ERROR, times=1))
    pets.backend.faults.add(Fault(kind=Kind.UNAVAILABLE, times=1))
    assert [(await pets.get("cat/breeds")).status for _ in range(3)] == [500, 503, 200]


async def test_a_delay_comes_before_whatever_else(tmp_path: Path) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with house(tmp_path, sleep=sleep) as pets:
        pets.backend.faults.add(Fault(kind=Kind.ERROR, times=1))
        pets.backend.faults.add(Fault(kind=Kind.DELAY, seconds=4.5))
        assert (await pets.get("cat/breeds")).status == 500
        assert (await pets.get("cat/breeds")).status == 200
    assert slept == [4.5, 4.5]


@pytest.mark.parametrize("carried_out", [False, True])
async def test_a_dropped_connection(pets: House, carried_out: bool) -> None:
    pets.backend.faults.add(Fault(kind=Kind.DROPPED, carried_out=carried_out, times=1))
    with pytest.raises(aiohttp.ClientConnectionError):
        await pets.post("cat/votes", KEY, json={"image_id": "x", "value": 1})
    assert len(await pets.backend.votes(Species.CAT)) == int(carried_out)
    assert (await pets.get("cat/votes", KEY)).status == 200


@pytest.mark.parametrize("path", ["", "/images"])
async def test_a_body_that_is_cut(pets: House, path: str) -> None:
    pets.backend.faults.add(Fault(kind=Kind.CUT, path=path))
    with pytest.raises(aiohttp.ClientPayloadError):
        await pets.get(picture(pets) if path else "cat/breeds")


async def test_a_body_without_end(pets: House) -> None:
    pets.backend.faults.add(Fault(kind=Kind.ENDLESS))
    async with pets.session.get(pets.url("cat/breeds")) as answer:
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert len(await answer.content.readexactly(2**20)) == 2**20
    pets.backend.faults.clear()
    assert (await pets.get("cat/breeds")).status == 200


async def test_stopping_does_not_wait_for_a_body_without_end(tmp_path: Path) -> None:
    async with house(tmp_path) as pets:
        pets.backend.faults.add(Fault(kind=Kind.ENDLESS))
        async with pets.session.get(pets.url("cat/breeds")) as answer:
            await answer.content.readexactly(10)
            await pets.backend.close()


async def test_a_key_revoked(pets: House) -> None:
    pets.backend.faults.add(Fault(kind=Kind.KEY_REVOKED, species=Species.DOG))
    assert (await pets.get("dog/breeds", "dog-key")).status == 403
    assert (await pets.get("dog/images/search", "dog-key")).status == 200
    assert (await pets.get("cat/votes", KEY)).status == 200
    pets.backend.faults.add(Fault(kind=Kind.KEY_REVOKED))
    assert (await pets.get("cat/votes", KEY)).status == 401


async def test_pictures_that_are_missing_or_elsewhere_or_huge(pets: House) -> None:
    faults = pets.backend.faults
    faults.add(Fault(kind=Kind.IMAGE_MISSING, times=1))
    assert (await pets.get(picture(pets))).status == 404
    faults.add(Fault(kind=Kind.IMAGE_REDIRECT, times=1))
    moved = await pets.get(picture(pets))
    assert (moved.status, moved.headers["Location"]) == (302, f"/cat/{PICTURE}?redirected=1")
    faults.add(Fault(kind=Kind.IMAGE_REDIRECT))
    async with pets.session.get(picture(pets)) as followed:
        assert (await followed.read()).startswith(MAGIC["jpg"])
    faults.clear()
    faults.add(Fault(kind=Kind.IMAGE_REDIRECT, location="http://elsewhere.example/x.jpg", times=1))
    assert (await pets.get(picture(pets))).headers["Location"] == "http://elsewhere.example/x.jpg"
    faults.add(Fault(kind=Kind.IMAGE_HUGE, times=1))
    huge = await pets.get(picture(pets))
    assert (huge.type, len(huge.body) > 10 * 2**20) == ("image/gif", True)


async def test_an_agent_that_names_only_its_library(pets: House) -> None:
    pets.backend.faults.add(Fault(kind=Kind.AGENT_REFUSED))
    assert (await pets.get(picture(pets))).status == 403
    named = await pets.get(picture(pets), headers={"User-Agent": "Pawprint/1 (+https://example.org)"})
    assert named.status == 200
    pets.backend.faults.clear()
    assert (await pets.get(picture(pets), headers={"User-Agent": "Python-urllib/3.11"})).status == 403


async def test_faults_can_be_set_over_http(pets: House) -> None:
    address = pets.url("cat").removesuffix("cat/v1/") + "_faults"
    wanted: dict[str, Any] = {"kind": "limited", "species": "cat", "path": "/v1/breeds", "times": 1, "seconds": 2}
    answer = await pets.post(address, json=wanted | {"style": "retry-after-seconds"})
    assert answer.status == 201
    assert answer.json[0] | wanted == answer.json[0]
    assert (await pets.get(address)).json == answer.json
    limited = await pets.get("cat/breeds")
    assert (limited.status, limited.headers["retry-after-seconds"]) == (429, "2")
    await pets.post(address, json={"kind": "error"})
    await pets.post(address, json={"kind": "empty"})
    assert [fault["kind"] for fault in (await pets.delete(f"{address}?kind=error")).json] == ["empty"]
    assert (await pets.delete(address)).json == []


@pytest.mark.parametrize(
    "body", ['{"kind": "sulk"}', '{"kind": "error", "often": 3}', '{"kind": "error", "times": 0}', "["]
)
async def test_a_fault_that_is_not_one(pets: House, body: str) -> None:
    address = pets.url("cat").removesuffix("cat/v1/") + "_faults"
    refused = await pets.post(address, data=body, headers={"Content-Type": "application/json"})
    assert refused.status == 400
    assert (await pets.post(address, data=body)).status == 415
    assert (await pets.delete(f"{address}?kind=sulk")).status == 400
    assert pets.backend.faults.active == ()
