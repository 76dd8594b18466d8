"""The facts of both generations, for accounts whose plan includes them: the shipped ones, as the hosts tell them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from aiohttp import web
from msgspec import Struct

from bot.models import Species

from .a2_query import page_of
from .b_query import numbers_of
from .b_shapes import SPECIES_IDS
from .generation import Host, Refused, answer, pagination, truth
from .search import Order

PREMIUM = "This feature is not included in your plan"  # inferred


class _Source(Struct, frozen=True):
    title: str
    url: str


class Sample(Struct, frozen=True):
    """A fact as `facts.json` has it."""

    id: str
    species: Species
    text: str
    source: _Source
    breeds: tuple[str, ...] = ()


def load_facts(species: Species, data: Path) -> tuple[Sample, ...]:
    """Read a host's facts; a folder without `facts.json` has none."""
    path = data / "facts.json"
    samples = msgspec.json.decode(path.read_bytes(), type=list[Sample]) if path.exists() else []
    return tuple(sample for sample in samples if sample.species is species)


class FactDesk(ABC):
    """What answers where facts are asked for; a plan without facts is refused."""

    def __init__(self, host: Host) -> None:
        self.host = host

    @abstractmethod
    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return the routes below `/v1`."""

    def included(self) -> Sequence[Sample]:
        """Return the facts. Raises Refused for a plan without them."""
        if not self.host.facts_included:
            raise Refused(403, PREMIUM)
        return self.host.facts

    def about(self, breed_id: str) -> list[Sample]:
        """Return the facts about a breed."""
        return [fact for fact in self.included() if breed_id in fact.breeds]


class FactsA2(FactDesk):
    """Facts in generation A2: in pages, each with the breed that it is about."""

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return the two that the document has."""
        return [web.get("/facts", self.facts), web.get("/breeds/{id}/facts", self.of_breed)]

    async def facts(self, request: web.Request) -> web.StreamResponse:
        """Answer /facts."""
        return self._page(request, self.included())

    async def of_breed(self, request: web.Request) -> web.StreamResponse:
        """Answer /breeds/{id}/facts."""
        return self._page(request, self.about(request.match_info["id"]))

    def _page(self, request: web.Request, facts: Sequence[Sample]) -> web.StreamResponse:
        page = page_of(request)
        ordered = self.host.dice.sample(facts, len(facts)) if page.order is Order.RANDOM else list(facts)
        part = ordered[page.offset : page.offset + (page.limit or 0)]
        return answer([self._told(fact) for fact in part], headers=pagination(page, len(facts)))

    def _told(self, fact: Sample) -> dict[str, object]:
        breed = fact.breeds[0] if fact.breeds else None
        # Dogs' breeds have numbers in this generation.
        told: dict[str, object] = {"id": fact.id, "fact": fact.text, "title": fact.source.title}
        return told if breed is None else told | {"breed_id": int(breed) if breed.isdigit() else breed}


class FactsB(FactDesk):
    """Facts in generation B: by offset, without their breed, with sources where these are asked for.

    `lang` changes nothing: there is no translation, and then the real one answers in English (inferred).
    """

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return those that the document of version 1.7.1 has."""
        return [
            web.get("/facts", self.facts),
            web.get("/facts/random", self.random),
            web.get("/facts/breed/{id}", self.of_breed),
            web.get("/facts/breed/{id}/random", self.random_of_breed),
            web.get("/facts/species/{id}/random", self.random_of_species),
            web.get("/facts/{id}", self.fact),
        ]

    async def facts(self, request: web.Request) -> web.StreamResponse:
        """Answer /facts."""
        breed_id = request.query.get("breed_id")
        return self._part(request, self.about(breed_id) if breed_id else self.included())

    async def of_breed(self, request: web.Request) -> web.StreamResponse:
        """Answer /facts/breed/{id}."""
        return self._part(request, self.about(request.match_info["id"]))

    async def random(self, request: web.Request) -> web.StreamResponse:
        """Answer /facts/random."""
        return self._any(request, self.included())

    async def random_of_breed(self, request: web.Request) -> web.StreamResponse:
        """Answer /facts/breed/{id}/random."""
        return self._any(request, self.about(request.match_info["id"]))

    async def random_of_species(self, request: web.Request) -> web.StreamResponse:
        """Answer /facts/species/{id}/random."""
        right = request.match_info["id"] in (SPECIES_IDS[self.host.species], self.host.species)
        return self._any(request, self.included() if right else [])

    async def fact(self, request: web.Request) -> web.StreamResponse:
        """Answer /facts/{id}."""
        return self._any(request, [fact for fact in self.included() if fact.id == request.match_info["id"]])

    def _part(self, request: web.Request, facts: Sequence[Sample]) -> web.StreamResponse:
        limit, offset = numbers_of(request, {"limit": (10, 1, 100), "offset": (0, 0, None)})
        return answer([self._told(request, fact) for fact in facts[offset : offset + limit]])

    def _any(self, request: web.Request, facts: Sequence[Sample]) -> web.StreamResponse:
        if not facts:
            raise Refused(404, "No facts found")
        return answer(self._told(request, self.host.dice.choice(facts)))

    def _told(self, request: web.Request, fact: Sample) -> dict[str, object]:
        told: dict[str, object] = {"id": fact.id, "title": fact.source.title, "fact": fact.text, "slug": fact.id}
        told["species_id"] = SPECIES_IDS[fact.species]
        if truth(request.query.get("include_sources"), False):
            told["source_urls"] = [fact.source.url]
        return told
