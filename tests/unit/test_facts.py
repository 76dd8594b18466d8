"""Facts: whose are told, in which language, and that none comes twice before all did."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backends.service import Priority
from bot.clock import ManualClock
from bot.errors import (
    BackendError,
    BackendRefused,
    BackendUnavailable,
    NoFacts,
    UnknownBreed,
    UnknownFact,
    UnknownLanguage,
)
from bot.models import Fact, Source, Species
from bot.services.breeds import Breeds
from bot.services.facts import Facts, WantedFact, language_code, subject
from bot.store.cache import ResponseCache

CAT, DOG = Species.CAT, Species.DOG
HERE, THERE = 1, 2


def fact(id_: str, *breeds: str, text: str = "", origin: Source = Source.SHIPPED, language: str = "en") -> Fact:
    return Fact(
        id=id_,
        species=Species(id_.partition("-")[0]),
        text=text or f"{id_} in {language}.",
        origin=origin,
        language=language,
        breed_ids=breeds,
    )


SHIPPED = (
    fact("cat-001"),
    fact("cat-002", "siam"),
    fact("cat-003", "siam", "abys"),
    fact("dog-001"),
    fact("dog-002", "1"),
)


class Memory:
    """The cache's memory, without a file."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, bytes]] = {}

    async def remember(self, space: str, key: str, value: bytes = b"", *, limit: int) -> None:
        await asyncio.sleep(0)
        kept = self.kept.setdefault(space, {})
        kept.pop(key, None)
        kept[key] = value
        while len(kept) > limit:
            del kept[next(iter(kept))]

    async def recall(self, space: str) -> list[tuple[str, bytes]]:
        await asyncio.sleep(0)
        return list(reversed(self.kept.get(space, {}).items()))


class Service:
    """A service with facts, or with trouble."""

    def __init__(self, *facts: Fact, keyed: bool = True, trouble: BackendError | None = None) -> None:
        self.told = list(facts)
        self.keyed = keyed
        self.trouble = trouble
        self.asked: list[tuple[str, str | None, Priority]] = []

    async def facts(
        self,
        *,
        language: str = "en",
        breed_id: str | None = None,
        priority: Priority = Priority.POOL,
        deadline: float | None = None,
    ) -> list[Fact]:
        self.asked.append((language, breed_id, priority))
        if self.trouble is not None:
            raise self.trouble
        if breed_id is not None:
            return [msgspec.structs.replace(one, breed_ids=(breed_id,), language=language) for one in self.told[:1]]
        return [msgspec.structs.replace(one, language=language) for one in self.told]


def facts_of(cats: Service | None = None, dogs: Service | None = None, memory: Memory | None = None) -> Facts:
    services = {CAT: cats or Service(keyed=False), DOG: dogs or Service(keyed=False)}
    return Facts(services, memory or Memory(), shipped=SHIPPED, dice=random.Random(1))


def ids(facts: list[Fact]) -> list[str]:
    return [one.id for one in facts]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (WantedFact(), ["cat-001", "cat-002", "cat-003", "dog-001", "dog-002"]),
        (WantedFact(species=DOG), ["dog-001", "dog-002"]),
        (WantedFact(species=CAT, breed_id="siam"), ["cat-002", "cat-003"]),
        (WantedFact(species=DOG, breed_id="1"), ["dog-002"]),
    ],
)
def test_a_fact_is_about_what_was_asked_for(wanted: WantedFact, expected: list[str]) -> None:
    facts = facts_of()
    assert ids(facts.at_hand(wanted)) == expected
    assert not facts.must_ask(wanted)


def test_of_a_breed_without_facts_there_is_none() -> None:
    with pytest.raises(NoFacts):
        facts_of().at_hand(WantedFact(species=CAT, breed_id="beng"))


async def test_a_service_that_gives_facts_comes_first_for_its_species() -> None:
    facts = facts_of(Service(fact("cat-x", "beng", origin=Source.CATAPI), fact("cat-y", origin=Source.CATAPI)))
    await facts.learn(CAT)
    assert ids(facts.at_hand(WantedFact(species=CAT))) == ["cat-x", "cat-y"]
    assert ids(facts.at_hand(WantedFact(species=DOG))) == ["dog-001", "dog-002"]
    assert ids(facts.at_hand(WantedFact(species=CAT, breed_id="siam"))) == ["cat-002", "cat-003"]
    assert facts.breeds == {"cat:siam", "cat:abys", "cat:beng", "dog:1"}
    assert not facts.must_ask(WantedFact(species=CAT, breed_id="siam"))


async def test_a_service_without_a_key_is_not_asked() -> None:
    service = Service(fact("cat-x", origin=Source.CATAPI), keyed=False)
    facts = facts_of(service)
    await facts.learn(CAT)
    assert service.asked == []
    assert ids(facts.at_hand(WantedFact(species=CAT))) == ["cat-001", "cat-002", "cat-003"]


async def test_a_refusal_is_told_and_changes_nothing() -> None:
    facts = facts_of(Service(trouble=BackendRefused("catapi", "not in the plan", status=403)))
    with pytest.raises(BackendRefused):
        await facts.learn(CAT)
    assert len(facts.at_hand(WantedFact())) == len(SHIPPED)


async def test_what_was_learned_stays_when_the_service_goes_down() -> None:
    service = Service(fact("cat-x", origin=Source.CATAPI))
    facts = facts_of(service)
    await facts.learn(CAT)
    service.trouble = BackendUnavailable("catapi", "down")
    with pytest.raises(BackendUnavailable):
        await facts.learn(CAT)
    assert ids(facts.at_hand(WantedFact(species=CAT))) == ["cat-x"]


async def test_a_breed_is_asked_for_where_the_service_does_not_tell_breeds() -> None:
    service = Service(fact("cat-x", origin=Source.CATAPI), fact("cat-y", origin=Source.CATAPI))
    facts = facts_of(service)
    await facts.learn(CAT)
    wanted = WantedFact(species=CAT, breed_id="beng")
    assert facts.must_ask(wanted)
    assert ids(await facts.ask(wanted)) == ["cat-x"]
    assert service.asked[-1] == ("en", "beng", Priority.PEOPLE)


async def test_a_slow_or_broken_service_leaves_the_shipped_facts() -> None:
    service = Service(fact("cat-x", origin=Source.CATAPI))
    facts = facts_of(service)
    await facts.learn(CAT)
    service.trouble = BackendUnavailable("catapi", "too slow")
    assert ids(await facts.ask(WantedFact(species=CAT, breed_id="siam"))) == ["cat-002", "cat-003"]


async def test_another_language_is_asked_of_a_service_and_only_what_it_translated_counts() -> None:
    service = Service(
        fact("cat-x", text="Purr.", origin=Source.CATAPI), fact("cat-y", text="Nap.", origin=Source.CATAPI)
    )
    facts = facts_of(service)
    await facts.learn(CAT)
    wanted = WantedFact(species=CAT, language="de")
    assert facts.must_ask(wanted)
    assert {one.language for one in await facts.ask(wanted)} == {"en"}
    service.told[0] = msgspec.structs.replace(service.told[0], text="Schnurr.")
    assert [(one.id, one.language) for one in await facts.ask(wanted)] == [("cat-x", "de")]


async def test_what_is_translated_goes_before_what_is_not() -> None:
    cats = Service(fact("cat-x", text="Purr.", origin=Source.CATAPI))
    facts = facts_of(cats)
    await facts.learn(CAT)
    cats.told = [fact("cat-x", text="Schnurr.", origin=Source.CATAPI)]
    assert ids(await facts.ask(WantedFact(language="de"))) == ["cat-x"]


def test_a_shipped_translation_is_told_without_asking() -> None:
    german = fact("cat-002", "siam", language="de")
    facts = Facts({}, Memory(), shipped=(*SHIPPED, german))
    assert facts.languages == ("de", "en")
    assert facts.at_hand(WantedFact(language="de")) == [german]
    assert facts.at_hand(WantedFact(species=CAT, breed_id="abys", language="de")) == [SHIPPED[2]]
    assert german not in facts.at_hand(WantedFact())
    assert facts.find("cat-002", "de") == german
    assert facts.find("cat-001", "de") == SHIPPED[0]


async def test_a_fact_is_found_by_its_id() -> None:
    facts = facts_of(Service(fact("cat-X7", origin=Source.CATAPI)))
    await facts.learn(CAT)
    assert facts.find(" CAT-001 ").id == "cat-001"
    assert facts.find("cat-X7").origin is Source.CATAPI
    with pytest.raises(UnknownFact) as caught:
        facts.find("cat-999")
    assert (caught.value.asked, caught.value.example) == ("cat-999", "cat-001")


@given(st.lists(st.tuples(st.sampled_from(["any", "cats", "siam"]), st.sampled_from([HERE, THERE])), max_size=60))
async def test_none_comes_twice_in_a_channel_before_all_that_were_asked_for_did(asked: list[tuple[str, int]]) -> None:
    facts = facts_of()
    wishes = {
        "any": WantedFact(),
        "cats": WantedFact(species=CAT),
        "siam": WantedFact(species=CAT, breed_id="siam"),
    }
    heard: dict[int, Counter[str]] = {HERE: Counter(), THERE: Counter()}
    last: dict[int, str] = {}
    for wish, channel in asked:
        choice = facts.at_hand(wishes[wish])
        told = await facts.tell(choice, channel)
        assert told in choice
        assert heard[channel][told.id] == min(heard[channel][one.id] for one in choice)
        due = [one for one in choice if heard[channel][one.id] == heard[channel][told.id]]
        assert told.id != last.get(channel) or len(due) == 1
        heard[channel][told.id] += 1
        last[channel] = told.id


async def test_the_whole_pack_is_told_before_anything_comes_again() -> None:
    facts = Facts({}, Memory())
    pack = facts.at_hand(WantedFact())
    assert len(pack) >= 200
    assert sorted([(await facts.tell(pack, HERE)).id for _ in pack]) == sorted(ids(pack))


async def test_many_at_once_hear_different_ones() -> None:
    facts = facts_of()
    told = await asyncio.gather(*(facts.tell(facts.at_hand(WantedFact()), HERE) for _ in SHIPPED))
    assert len(set(ids(told))) == len(SHIPPED)


async def test_what_a_channel_heard_outlives_a_restart(tmp_path: Path) -> None:
    told: list[str] = []
    for _ in SHIPPED:
        cache = await ResponseCache.open(tmp_path / "cache.sqlite3", clock=ManualClock())
        try:
            facts = Facts({}, cache, shipped=SHIPPED)
            told.append((await facts.tell(facts.at_hand(WantedFact()), HERE)).id)
        finally:
            await cache.close()
    assert sorted(told) == ids(list(SHIPPED))


@pytest.mark.parametrize(
    ("typed", "species", "expected"),
    [
        (None, None, (None, None)),
        ("  ", DOG, (DOG, None)),
        ("Cats", None, (CAT, None)),
        ("dog", DOG, (DOG, None)),
        ("dog beagle", None, (DOG, "31")),
        ("maine coon", None, (CAT, "mcoo")),
        ("cat:siam", None, (CAT, "siam")),
        ("Siamees", CAT, (CAT, "siam")),
    ],
)
def test_the_rest_of_a_line_is_a_species_or_a_breed(
    typed: str | None, species: Species | None, expected: tuple[Species | None, str | None]
) -> None:
    kind, breed = subject(Breeds(), typed, species)
    assert (kind, breed.id if breed else None) == expected


@pytest.mark.parametrize(("typed", "species"), [("xyzzyx", None), ("Siamese", DOG), ("cats", DOG)])
def test_anything_else_is_no_breed(typed: str, species: Species | None) -> None:
    with pytest.raises(UnknownBreed):
        subject(Breeds(), typed, species)


@pytest.mark.parametrize(("typed", "code"), [("en", "en"), (" DE ", "de"), ("pt_BR", "pt-br"), ("fil", "fil")])
def test_a_language_is_named_by_its_code(typed: str, code: str) -> None:
    assert language_code(typed) == code


@pytest.mark.parametrize("typed", ["", "English please", "e", "12", "en-"])
def test_what_can_be_no_code_is_no_language(typed: str) -> None:
    with pytest.raises(UnknownLanguage):
        language_code(typed)
