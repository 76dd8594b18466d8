"""The client of the services' facts, against doubles of both generations and against the embedded back end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.backends.thatapi import thatapi_service
from bot.backends.thatapi_facts import LONGEST_TEXT, ThatFacts
from bot.backends.transport import Transport
from bot.clock import ManualClock
from bot.errors import BackendConfused, BackendRefused, BackendUnavailable
from bot.models import Fact, Reference, Source, Species
from bot.store.cache import DAY, HOUR, ResponseCache
from tests.wire.doubles import Answer, Double, FakeTime, double, raw, says

A2 = {"id": "MBM2F", "fact": " Purring is  easy. ", "breed_id": "crex", "title": "10. Sounds"}
B = {
    "id": "aB3xY9mK12",
    "title": "The trot",
    "fact": "They trot.",
    "slug": "trot",
    "species_id": 1,
    "source_urls": ["https://www.dogs.example/trot", "http://plain.example/", "not an address", 7],
}


@asynccontextmanager
async def asking(
    *answers: Answer, source: Source = Source.CATAPI, key: str | None = "live_key", shelf: ResponseCache | None = None
) -> AsyncIterator[tuple[ThatFacts, Double]]:
    time = FakeTime()
    async with double(*answers) as server:
        transport = Transport("Pawprint/0", sleep=time.sleep, monotonic=time.monotonic, shelf=shelf)
        await transport.start()
        try:
            yield ThatFacts(transport, thatapi_service(source, f"{server.url}/v1", key), source), server
        finally:
            await transport.close()


async def test_generation_a2_names_the_breed() -> None:
    async with asking(says([A2])) as (facts, server):
        (fact,) = await facts.facts()
        assert fact == Fact(
            id="MBM2F",
            species=Species.CAT,
            text="Purring is easy.",
            origin=Source.CATAPI,
            language="en",
            breed_ids=("crex",),
        )
        assert server.asked[0].path.startswith("/v1/facts?")
        assert server.asked[0].headers["x-api-key"] == "live_key"
        assert "lang" not in server.asked[0].query
        assert facts.keyed


async def test_generation_b_names_its_sources() -> None:
    async with asking(says([B]), source=Source.DOGAPI) as (facts, server):
        (fact,) = await facts.facts(language="de", breed_id="115")
        assert fact.sources == (Reference("dogs.example", "https://www.dogs.example/trot"),)
        assert (fact.species, fact.language, fact.breed_ids) == (Species.DOG, "de", ("115",))
        asked = server.asked[0].query
        assert (asked["lang"], asked["breed_id"], asked["include_sources"]) == ("de", "115", "true")


async def test_a_breed_is_checked_again_where_the_answer_tells_it() -> None:
    async with asking(says([A2, A2 | {"id": 7, "breed_id": 115}])) as (facts, _):
        assert [fact.id for fact in await facts.facts(breed_id="115")] == ["7"]


async def test_every_page_is_read_by_page_and_by_offset() -> None:
    pages = [[A2 | {"id": f"{page}-{n}"} for n in range(100)] for page in range(2)]
    async with asking(says(pages[0]), says(pages[1]), says([A2])) as (facts, server):
        assert len(await facts.facts()) == 201
        assert [(one.query["page"], one.query["offset"]) for one in server.asked] == [
            ("0", "0"),
            ("1", "100"),
            ("2", "200"),
        ]


async def test_a_host_that_knows_no_pages_is_read_once() -> None:
    async with asking(says([A2 | {"id": str(n)} for n in range(100)])) as (facts, server):
        assert len(await facts.facts()) == 100
        assert len(server.asked) == 2


async def test_pages_without_end_are_left_at_some_time(caplog: pytest.LogCaptureFixture) -> None:
    answers = [says([A2 | {"id": f"{page}-{n}"} for n in range(100)]) for page in range(31)]
    async with asking(*answers) as (facts, server):
        assert len(await facts.facts()) == 3000
        assert len(server.asked) == 30
    assert "more than 30 pages" in caplog.text


@pytest.mark.parametrize("odd", [{"fact": " "}, {"fact": None}, {"id": "a b"}, {"fact": "x" * (LONGEST_TEXT + 1)}])
async def test_what_cannot_be_told_is_left_out(odd: dict[str, object]) -> None:
    async with asking(says([A2 | odd, B])) as (facts, _):
        assert [fact.id for fact in await facts.facts()] == ["aB3xY9mK12"]


@pytest.mark.parametrize("urls", [None, "https://a.example/", 3, ["https://"], ["https://a.example/ b"]])
async def test_sources_that_are_none_are_left_out(urls: object) -> None:
    async with asking(says([B | {"source_urls": urls}])) as (facts, _):
        assert [fact.sources for fact in await facts.facts()] == [()]


@pytest.mark.parametrize("status", [401, 403])
async def test_a_plan_without_facts_is_refused(status: int) -> None:
    async with asking(raw(b"Premium feature", status)) as (facts, _):
        with pytest.raises(BackendRefused):
            await facts.facts()


async def test_what_is_no_list_is_not_taken_for_facts() -> None:
    async with asking(raw(b"<html>")) as (facts, _):
        with pytest.raises(BackendConfused):
            await facts.facts()


async def test_without_a_key_there_is_none_to_ask() -> None:
    async with asking(key=None) as (facts, _):
        assert not facts.keyed


def test_other_services_have_no_facts() -> None:
    with pytest.raises(ValueError, match="cattopic is not one of"):
        ThatFacts(Transport("Pawprint/0"), thatapi_service(Source.CATAPI, "https://x.example"), Source.CATTOPIC)


async def test_facts_are_kept_for_a_day_and_used_older_when_the_service_is_down(tmp_path: Path) -> None:
    clock = ManualClock()
    cache = await ResponseCache.open(tmp_path / "cache.sqlite3", clock=clock)
    try:
        async with asking(says([A2]), shelf=cache) as (facts, server):
            first = await facts.facts()
            clock.advance(23 * HOUR)
            assert await facts.facts() == first
            assert len(server.asked) == 1
            server.then(raw(b"down", 503))
            clock.advance(2 * HOUR)
            assert await facts.facts() == first
            assert len(server.asked) > 1
            clock.advance(40 * DAY)
            with pytest.raises(BackendUnavailable):
                await facts.facts()
    finally:
        await cache.close()
