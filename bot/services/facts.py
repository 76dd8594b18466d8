"""Facts: a paid service's where there is one, else the shipped ones; none comes twice in a channel before all did."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from msgspec import Struct

from bot.backends.service import Priority
from bot.errors import BackendError, NoFacts, UnknownFact, UnknownLanguage
from bot.i18n import SOURCE_LANGUAGE
from bot.models import Breed, Fact, Species
from bot.services.breeds import Breeds
from bot.services.fact_pack import shipped_facts

_log = logging.getLogger(__name__)

_PATIENCE: Final = 3.0
"""Seconds that a person waits for a service, where only it can know; then the shipped facts do."""

_REMEMBERED: Final = 3000
"""Facts that a channel remembers: the shipped ones and a service's fit in."""

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")


class Memory(Protocol):
    """Where the facts that a channel saw are kept over a restart: the cache."""

    async def remember(self, space: str, key: str, value: bytes = b"", *, limit: int) -> None:
        """Note a value in a space as the newest of at most `limit`."""
        ...

    async def recall(self, space: str) -> list[tuple[str, bytes]]:
        """Return the keys and values of a space, the newest first."""
        ...


class FactService(Protocol):
    """A service that may have facts."""

    @property
    def keyed(self) -> bool:
        """Whether there is a key."""
        ...

    async def facts(
        self,
        *,
        language: str = SOURCE_LANGUAGE,
        breed_id: str | None = None,
        priority: Priority = Priority.POOL,
        deadline: float | None = None,
    ) -> list[Fact]:
        """Return all facts, or those about a breed."""
        ...


class WantedFact(Struct, frozen=True):
    """What a fact is to be about; None is anything. `language` is a code such as `en`, None where nobody named one."""

    species: Species | None = None
    breed_id: str | None = None
    language: str | None = None


class Facts:
    """Knows facts and who heard which. `at_hand` never waits for a service, `ask` does."""

    def __init__(
        self,
        services: Mapping[Species, FactService],
        memory: Memory,
        *,
        shipped: Iterable[Fact] | None = None,
        dice: random.Random | None = None,
    ) -> None:
        self._services = services
        self._memory = memory
        self._shipped = tuple(shipped_facts() if shipped is None else shipped)
        self._served: dict[Species, tuple[Fact, ...]] = {}
        self._dice = dice or random.Random()
        self._turn = asyncio.Lock()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the shipped facts."""
        return tuple(sorted({fact.language for fact in self._shipped}))

    async def learn(self, species: Species) -> None:
        """Take over what the service of a species gives. Raises `BackendError`, such as for a plan without facts."""
        service = self._services[species]
        if service.keyed:
            self._served[species] = tuple(await service.facts())

    @property
    def breeds(self) -> frozenset[str]:
        """The breeds that the facts at hand are about, by their full ids (`full_id`)."""
        known = (*self._shipped, *(fact for served in self._served.values() for fact in served))
        return frozenset(f"{fact.species}:{breed}" for fact in known for breed in fact.breed_ids)

    def find(self, typed: str, language: str | None = None) -> Fact:
        """Return a fact by its id, in a language if it is there. Raises `UnknownFact`."""
        asked = typed.strip()
        same = [fact for fact in self._shipped if fact.id == asked.casefold()]
        same += [fact for served in self._served.values() for fact in served if fact.id == asked]
        if not same:
            raise UnknownFact(asked, self._shipped[0].id)
        return next((fact for fact in same if fact.language == language), same[0])

    def must_ask(self, wanted: WantedFact) -> bool:
        """Tell whether only a service may know: another language, or a breed where its facts do not tell theirs."""
        return bool(self._worth_asking(wanted))

    def at_hand(self, wanted: WantedFact) -> list[Fact]:
        """Return the facts to choose from. Raises `NoFacts`."""
        return self._chosen(wanted, {})

    async def ask(self, wanted: WantedFact) -> list[Fact]:
        """Return the facts to choose from, a service's included that had to be asked for. Raises `NoFacts`."""
        asked: dict[Species, list[Fact]] = {}
        for species in self._worth_asking(wanted):
            try:
                asked[species] = await self._services[species].facts(
                    language=wanted.language or SOURCE_LANGUAGE,
                    breed_id=wanted.breed_id,
                    priority=Priority.PEOPLE,
                    deadline=_PATIENCE,
                )
            except BackendError as error:
                _log.debug("The %s facts at hand will do: %s", species, error)
        return self._chosen(wanted, asked)

    async def tell(self, facts: Sequence[Fact], channel: int) -> Fact:
        """Choose one that the channel heard least often, and not the one it heard last."""
        space = f"facts:{channel}"
        async with self._turn:
            heard = {key: int(value or b"1") for key, value in await self._memory.recall(space)}
            least = min(heard.get(fact.key, 0) for fact in facts)
            due = [fact for fact in facts if heard.get(fact.key, 0) == least]
            last = next(iter(heard), None)
            fact = self._dice.choice([fact for fact in due if fact.key != last] or due)
            await self._memory.remember(space, fact.key, str(least + 1).encode(), limit=_REMEMBERED)
            return fact

    def _worth_asking(self, wanted: WantedFact) -> list[Species]:
        foreign = wanted.language is not None and wanted.language not in self.languages
        return [
            species
            for species, served in self._served.items()
            if served and wanted.species in (None, species)
            if foreign or (wanted.breed_id is not None and not any(fact.breed_ids for fact in served))
        ]

    def _chosen(self, wanted: WantedFact, asked: Mapping[Species, Sequence[Fact]]) -> list[Fact]:
        kinds = [wanted.species] if wanted.species else list(Species)
        found = [fact for species in kinds for fact in self._of(species, wanted, asked.get(species, ()))]
        if not found:
            raise NoFacts
        return [fact for fact in found if fact.language == wanted.language] or found

    def _of(self, species: Species, wanted: WantedFact, asked: Sequence[Fact]) -> list[Fact]:
        """Return a species' facts from the best place that has any: in the language asked for, then in English."""
        served = self._served.get(species, ())
        english = {fact.id: fact.text for fact in served}
        # A service answers in English what it has not translated, and does not say so.
        translated = [one for one in asked if one.language == SOURCE_LANGUAGE or one.text != english.get(one.id)]
        places = (translated, served, self._shipped)
        for language in dict.fromkeys((wanted.language or SOURCE_LANGUAGE, SOURCE_LANGUAGE)):
            for place in places:
                fitting = [
                    fact
                    for fact in place
                    if fact.species is species and fact.language == language
                    if wanted.breed_id is None or wanted.breed_id in fact.breed_ids
                ]
                if fitting:
                    return fitting
        return []


def language_code(typed: str) -> str:
    """Return the code of a language that somebody typed. Raises `UnknownLanguage` for what can be none."""
    code = typed.strip().casefold().replace("_", "-")
    if _LANGUAGE.fullmatch(code) is None:
        raise UnknownLanguage(typed)
    return code


def subject(breeds: Breeds, typed: str | None, species: Species | None) -> tuple[Species | None, Breed | None]:
    """Read what a fact is to be about: "cats", "dog", "Maine Coon", "dog beagle".

    Raises what `Breeds.find` raises.
    """
    words = (typed or "").split()
    kinds = {name: kind for kind in Species for name in (kind.value, f"{kind}s")}
    named = kinds.get(words[0].casefold()) if words else None
    if named is not None and species in (None, named):
        species = named
        del words[0]
    if not words:
        return species, None
    breed = breeds.find(species, " ".join(words))
    return breed.species, breed
