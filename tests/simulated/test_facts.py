"""`/fact` as a member sees it: a fact, its source, another one."""

from __future__ import annotations

from pathlib import Path

from bot.models import Species
from bot.services.fact_pack import shipped_facts
from bot.services.facts import WantedFact
from bot.ui.facts import AnotherFact
from sandbox.backend.faults import Fault, Kind
from tests.simulated.stage import Card, Stage, privately, staged

FACTS = {fact.text: fact for fact in shipped_facts()}
BY_ID = {fact.id: fact for fact in shipped_facts()}


def told(card: Card) -> str:
    """Return the text of the fact on a card, which must be one that is shipped."""
    text: str = card.components[1]["content"].partition("\n")[2]
    assert text in FACTS
    return text


def named(card: Card) -> str:
    """Return the id that stands at a card's end."""
    return card.text.rpartition(" ")[2]


async def test_a_fact_comes_with_its_source_and_its_id(stage: Stage) -> None:
    card = await stage.card("fact", id="cat-001")
    assert card.text.splitlines() == [
        "### Did you know? 🐱",
        "A cat can find its way with about a sixth of the light that a person needs.",
        "-# Source: [Cat senses · Wikipedia](<https://en.wikipedia.org/wiki/Cat_senses>) · cat-001",
    ]
    assert [(button["label"], button["emoji"]["name"]) for button in card.buttons] == [("Another", "💡")]
    assert (await stage.card("fact", id="CAT-001 ")).text == card.text
    bracketed = next(fact for fact in FACTS.values() if "(" in fact.sources[0].url)
    card = await stage.card("fact", id=bracketed.id)
    assert bracketed.sources[0].url.replace("(", "%28").replace(")", "%29") in card.text
    card = await stage.card("fact", language="de", id="dog-001")
    assert "-# There is no fact in the language “de” yet, so here is one in English." in card.text
    await card.press(stage.mia, "💡")
    assert "“de”" in card.text
    assert "the language" not in (await stage.card("fact", language="en")).text


async def test_it_is_about_what_was_asked_for_by_command_and_by_mention(stage: Stage) -> None:
    assert FACTS[told(await stage.card("fact", species="dog"))].species is Species.DOG
    assert "mcoo" in FACTS[told(await stage.card("fact", breed="Maine Con"))].breed_ids
    assert FACTS[told(await stage.card("fact", breed="cats"))].species is Species.CAT
    await stage.noah.send(stage.pets, f"{stage.mention} fact")
    assert told(stage.newest())
    await stage.noah.send(stage.pets, f"{stage.mention} fact dogs")
    assert FACTS[told(stage.newest())].species is Species.DOG
    await stage.noah.send(stage.pets, f"{stage.mention} fact Turkish Van")
    assert "tvan" in FACTS[told(stage.newest())].breed_ids
    card = await stage.direct_card(stage.mia, "fact", breed="siam")
    assert "siam" in FACTS[told(card)].breed_ids
    await card.press(stage.mia.user, "💡")
    assert "siam" in FACTS[told(card)].breed_ids


async def test_the_button_tells_all_there_are_before_any_comes_again(stage: Stage) -> None:
    card = await stage.card("fact", breed="Chartreux")
    seen = [told(card)]
    every = [fact.text for fact in FACTS.values() if "char" in fact.breed_ids]
    await stage.env.restart_bot()
    for _ in every[1:]:
        await card.press(stage.mia, "💡")
        seen.append(told(card))
    assert sorted(seen) == sorted(every)
    await card.press(stage.mia, "💡")
    assert told(card) != seen[-1]
    assert len(stage.pets.history()) == 1


async def test_another_one_is_a_message_of_its_own_for_anybody_else(stage: Stage) -> None:
    card = await stage.card("fact", breed="abys")
    before = card.text
    await card.press(stage.noah, "💡")
    assert card.text == before
    other = stage.newest()
    assert other.message_id != card.message_id
    assert "abys" in FACTS[told(other)].breed_ids
    await other.press(stage.noah, "💡")
    assert len(stage.pets.history()) == 2


async def test_what_there_is_not_is_said_privately(stage: Stage) -> None:
    for options, answer in (
        ({"id": "cat-9999"}, "I know no fact “cat-9999”. The id stands below each fact, such as cat-001;"),
        ({"breed": "xyzzyx"}, "I know no breed “xyzzyx”."),
        ({"breed": "Siamese", "species": "dog"}, "I know no breed “Siamese”."),
        ({"breed": "amau"}, "I know no fact about that breed yet. Try another breed, or leave it out."),
        ({"language": "Klingon!"}, "“Klingon!” is no language that I can look for."),
    ):
        said = privately(await stage.mia.slash(stage.pets, "fact", **options))
        assert said.startswith(answer)
        assert "Reference" not in said
    known = {f"{fact.species}:{breed}" for fact in FACTS.values() for breed in fact.breed_ids}
    every = await stage.mia.autocomplete(stage.pets, "fact", "breed", "")
    assert len(every) == 25
    assert {choice["value"] for choice in every} <= known
    assert (await stage.mia.autocomplete(stage.pets, "fact", "breed", "mai"))[0]["value"] == "cat:mcoo"
    assert "cat:amau" not in [
        choice["value"] for choice in await stage.mia.autocomplete(stage.pets, "fact", "breed", "arabian mau")
    ]
    assert await stage.mia.autocomplete(stage.pets, "fact", "language", "eng") == [{"name": "English", "value": "en"}]
    assert await stage.mia.autocomplete(stage.pets, "fact", "language", "de") == []


async def test_a_service_that_refuses_or_is_down_costs_nothing(stage: Stage) -> None:
    asked = [seen for seen in stage.backend.recent if "/facts" in seen.path]
    assert {seen.status for seen in asked} == {403}
    stage.backend.faults.add(Fault(kind=Kind.UNAVAILABLE))
    assert told(await stage.card("fact"))


async def test_a_plan_with_facts_is_told_from_and_named(tmp_path: Path) -> None:
    async with staged(tmp_path, facts=True) as stage:
        for species in Species:
            await stage.app.facts.learn(species)
        assert "-# From TheCatAPI · cat-" in (await stage.card("fact", species="cat")).text
        card = await stage.card("fact", species="dog", breed="Akita")
        assert "-# From TheDogAPI, which names [" in card.text
        for _ in range(2):
            assert "6" in BY_ID[named(card)].breed_ids
            await card.press(stage.mia, "💡")
        await card.press(stage.noah, "💡")
        assert "TheDogAPI" in stage.newest().text
        assert "“fr”" in (await stage.card("fact", actor=stage.noah, language="fr")).text
        stage.backend.faults.add(Fault(kind=Kind.KEY_REVOKED, path="/v1/facts"))
        card = await stage.card("fact", actor=stage.noah, species="dog", breed="Chow Chow")
        assert "81" in FACTS[told(card)].breed_ids
        assert "-# Source: [" in card.text


def test_a_breed_whose_id_no_button_can_hold_is_left_out() -> None:
    for breed in ("odd:id", "x" * 41):
        button = AnotherFact(WantedFact(Species.CAT, breed), 7)
        assert button.custom_id == "fact:cat:::7"
        assert button.wanted == WantedFact(Species.CAT)
    longest = AnotherFact(WantedFact(Species.DOG, "x" * 40, "abc-defg"), 2**64 - 1)
    assert len(longest.custom_id) <= 100
