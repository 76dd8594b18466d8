"""The facts of TheCatAPI and TheDogAPI, which only paid plans include: one client for both, in either generation."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from msgspec import Raw, Struct

from bot.backends.measures import text
from bot.backends.service import Priority, Service
from bot.backends.thatapi_wire import Listed, clean_id, items, shaped
from bot.backends.transport import Query, Transport
from bot.i18n import SOURCE_LANGUAGE
from bot.models import Fact, Reference, Source

log = logging.getLogger(__name__)

PAGE = 100
"""The most that generation B gives at once; generation A2 has the same customary page."""

MOST_PAGES = 30
LONGEST_TEXT = 1500
MOST_SOURCES = 3


class _Wire(Struct, frozen=True):
    """A fact. `breed_id` is left out by generation B, `source_urls` by generation A2."""

    id: int | str
    fact: object
    breed_id: object = None
    source_urls: object = None


class ThatFacts:
    """Asks one of the two services for facts. Every method raises `BackendError` and below, nothing else."""

    def __init__(self, transport: Transport, service: Service, source: Source) -> None:
        if source.species is None:
            raise ValueError(f"{source} is not one of TheCatAPI and TheDogAPI")
        self._transport = transport
        self._service = service
        self._source = source
        self._species = source.species

    @property
    def keyed(self) -> bool:
        """Whether there is a key; without one no fact is to be had."""
        return self._service.keyed

    async def facts(
        self,
        *,
        language: str = SOURCE_LANGUAGE,
        breed_id: str | None = None,
        priority: Priority = Priority.POOL,
        deadline: float | None = None,
    ) -> list[Fact]:
        """Return the facts that there are, or those about a breed (GET /facts); `deadline` is in seconds, for a page.

        Kept for a day, and used older when the service is down. What is not translated comes in English, which the
        answer does not tell. Generation A2 pages by `page` and B by `offset`; each ignores the other's word for it.

        :raises BackendRefused: the plan does not include facts.
        """
        asked: Query = (("include_sources", "true"),)
        if language != SOURCE_LANGUAGE:
            asked += (("lang", language),)
        if breed_id is not None:
            asked += (("breed_id", breed_id),)
        found: dict[str, Fact] = {}
        for page in range(MOST_PAGES):
            query = (("limit", str(PAGE)), ("page", str(page)), ("offset", str(page * PAGE)), *asked)
            listed = await self._transport.read(
                self._service,
                "facts",
                lambda raw: self._facts(raw, language, breed_id),
                query=query,
                keep="facts",
                priority=priority,
                deadline=deadline,
            )
            known = len(found)
            for fact in listed.things:
                found.setdefault(fact.id, fact)
            if len(found) == known or listed.size < PAGE:
                break
        else:
            log.warning("%s: /%s has more than %d pages; the rest is left out", self._source, "facts", MOST_PAGES)
        return [fact for fact in found.values() if breed_id is None or breed_id in fact.breed_ids]

    def _facts(self, raw: bytes, language: str, breed_id: str | None) -> Listed[Fact]:
        return items(raw, lambda item: self._fact(item, language, breed_id), self._service.name)

    def _fact(self, raw: Raw, language: str, breed_id: str | None) -> Fact | None:
        """Make a fact of an item; where it does not tell its breed, it is about the one that was asked for."""
        wire = shaped(raw, _Wire)
        id_, words = clean_id(wire.id), text(wire.fact)
        if id_ is None or words is None or len(words) > LONGEST_TEXT:
            return None
        breed = clean_id(wire.breed_id) or breed_id
        return Fact(
            id=id_,
            species=self._species,
            text=words,
            origin=self._source,
            language=language,
            breed_ids=(breed,) if breed else (),
            sources=_references(wire.source_urls),
        )


def _references(urls: object) -> tuple[Reference, ...]:
    """Return the sources that can be linked to, called by the names of their hosts."""
    if not isinstance(urls, Sequence) or isinstance(urls, str):
        return ()
    usable = [url for url in urls if isinstance(url, str) and len(url) <= 500 and url.isprintable() and " " not in url]
    hosts = ((url, url.partition("://")[2].partition("/")[0].removeprefix("www.")) for url in usable)
    linked = [Reference(title=host, url=url) for url, host in hosts if url.startswith("https://") and host]
    return tuple(dict.fromkeys(linked))[:MOST_SOURCES]
