"""`/breed` as members see it: cards, searches, lists, two side by side, galleries, and what is asked wrongly."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.client import Pawprint
from bot.errors import BackendUnavailable
from bot.models import Source, Species
from sandbox.backend.faults import Fault, Kind
from tests.simulated.stage import Stage, privately, texts_of, walk

FIVE = ["👍", "👎", "❤️", "🔁", "ℹ️"]


async def breed(stage: Stage, what: str, **options: Any) -> InteractionResult:
    result: InteractionResult = await stage.mia.slash(stage.pets, f"breed {what}", **options)
    return result


def parts(result: InteractionResult, kind: int) -> list[dict[str, Any]]:
    answers = [answer for answer in (result.response, *result.followups) if answer is not None]
    return [part for answer in answers for part in walk(answer.components) if part["type"] == kind]


async def chosen(
    actor: MemberActor, result: InteractionResult, value: str, custom_id: str = "breed-card"
) -> InteractionResult:
    """Choose a breed, or what to list breeds by, from the list under a page."""
    answer = next(answer for answer in (*result.followups, result.response) if answer is not None and answer.components)
    picked: InteractionResult = await actor.select(answer.message, [value], custom_id=custom_id)
    return picked


async def test_info_shows_a_picture_that_can_be_voted_on_with_all_that_is_known(stage: Stage) -> None:
    card = await stage.card("breed info", breed="cat:abys")
    assert card.text.startswith("### 🇪🇬 Abyssinian\nA lithe cat")
    for line in ("**Weighs:** 7–10 lb", "▮▮▮▯▯ Good with children", "-# Breed facts: TheCatAPI", "-# From TheCatAPI"):
        assert line in card.text.splitlines()
    assert [picture["description"] for picture in card.pictures] == ["A cat of the breed Abyssinian."]
    assert [button["emoji"]["name"] for button in card.buttons] == FIVE
    assert len(card.components) <= 40
    before = card.text
    await card.press(stage.noah, "👍")
    assert (card.count("👍"), card.text) == (1, before)
    # Another vote on the same picture elsewhere draws the card anew; the restart forgets nothing.
    await stage.env.restart_bot(Pawprint(stage.app))
    await card.press(stage.noah, "❤️")
    assert (card.count("❤️"), card.text) == (1, before)
    await card.press(stage.mia, "🔁")
    newest = stage.newest()
    assert newest.message_id != card.message_id
    assert newest.text == before


async def test_a_mention_tells_of_a_breed_in_both_units(stage: Stage) -> None:
    for said, weighs in (("breed info maine con", "5–8 kg (12–18 lb)"), ("breed Pug", "6–8 kg (14–18 lb)")):
        await stage.mia.send(stage.pets, f"{stage.mention} {said}")
        card = stage.newest()
        assert f"**Weighs:** {weighs}" in card.text
        assert len(card.buttons) == 5
    await stage.mia.send(stage.pets, f"{stage.mention} breed")
    assert "**Weighs:**" in stage.newest().text
    await stage.mia.send(stage.pets, f"{stage.mention} breed info Sphinxx of Egypt")
    assert "Did you mean: " in stage.newest().raw["content"]


async def test_a_breed_without_a_picture_is_told_with_its_card(stage: Stage) -> None:
    result = await breed(stage, "info", breed="Malayan")
    said = texts_of(result)
    assert said.startswith("### 🇬🇧 Malayan\n-# There is no picture of the breed Malayan anywhere")
    assert "**Also called:** Asian" in said
    assert not result.ephemeral
    assert parts(result, 2) == parts(result, 12) == []
    pictures = privately(await breed(stage, "gallery", breed="mala"))
    assert "There is no picture of this breed" in pictures
    compared = await breed(stage, "compare", first="mala", second="siam")
    assert "There is no picture of the breed Malayan" in texts_of(compared)
    (gallery,) = parts(compared, 12)
    assert [item["description"] for item in gallery["items"]] == ["A cat of the breed Siamese."]


WRONGLY_ASKED: list[tuple[str, dict[str, str], str]] = [
    ("info", {"breed": "Sphinxx of Egypt"}, r"Did you mean: [^,]+, [^,]+ or [^,]+\?"),
    ("info", {"breed": "zzzz"}, r"Did you mean: [^,]+, [^,]+ or [^,]+\?"),
    ("info", {"breed": "🐾"}, "Begin to type a name"),
    ("info", {"breed": "dog:siam"}, "An id looks like cat:siam or dog:149"),
    ("gallery", {"breed": "cat:x"}, "An id looks like"),
    ("compare", {"first": "siam", "second": "Siamese"}, "Choose two different breeds"),
    ("compare", {"first": "siam", "second": "dog:1"}, "Choose two cats or two dogs"),
    ("compare", {"first": "siam", "second": "zzzz"}, "Did you mean"),
    ("list", {"value": "nonsense"}, "no group, country or trait “nonsense”"),
    ("list", {"by": "origin", "value": "Herding"}, "no group, country or trait “Herding”"),
]


async def test_what_cannot_be_answered_is_said_privately_with_what_would_do(stage: Stage) -> None:
    for what, options, said in WRONGLY_ASKED:
        answer = privately(await breed(stage, what, **options))
        assert re.search(said, answer), (what, options, answer)
        assert "Reference" not in answer


async def test_autocomplete_offers_both_species_by_id_and_forgives_slips(stage: Stage) -> None:
    for what, option in (("info", "breed"), ("gallery", "breed"), ("compare", "first"), ("compare", "second")):
        offered = await stage.mia.autocomplete(stage.pets, f"breed {what}", option, "siames")
        assert (offered[0]["name"], offered[0]["value"]) == ("🐱 Siamese", "cat:siam")
    assert len(await stage.mia.autocomplete(stage.pets, "breed info", "breed", "")) == 25
    offered = await stage.mia.autocomplete(stage.pets, "breed list", "value", "her", by="group")
    assert [(choice["name"], choice["value"]) for choice in offered] == [("Herding · 27", "group:herding")]
    offered = await stage.mia.autocomplete(stage.pets, "breed list", "value", "", species="cat")
    assert {choice["value"].partition(":")[0] for choice in offered} == {"origin", "trait"}


async def test_two_breeds_stand_side_by_side(stage: Stage) -> None:
    result = await breed(stage, "compare", first="cat:siam", second="Bengal")
    assert not result.ephemeral
    said = texts_of(result).splitlines()
    assert said[0] == "### 🇹🇭 Siamese and 🇺🇸 Bengal"
    assert "▮▯▯▯▯ ▮▮▮▯▯ Health issues" in said
    (gallery,) = parts(result, 12)
    assert [item["description"] for item in gallery["items"]] == [
        "A cat of the breed Siamese.",
        "A cat of the breed Bengal.",
    ]


async def test_a_random_breed_is_one_of_what_was_asked(stage: Stage) -> None:
    for species in Species:
        result = await breed(stage, "random", species=species.value)
        assert "**Lives:**" in texts_of(result)
        assert f"-# Breed facts: The{species.capitalize()}API" in texts_of(result)
    assert "**Lives:**" in texts_of(await breed(stage, "random"))


async def test_a_search_ranks_what_fits_and_leads_to_cards(stage: Stage) -> None:
    result = await breed(stage, "search", text="Hypoallergenic, playful!")
    said = privately(result).splitlines()
    assert said[0] == "### Breeds for “hypoallergenic playful”"
    assert said[1:3] == ["🐱 **Balinese**", "-# 🇺🇸 United States · Affectionate, Intelligent, Playful"]
    assert said[-1] == "-# 12 breeds"
    card = privately(await chosen(stage.mia, result, "cat:bali"))
    assert card.startswith("### 🇺🇸 Balinese\n")
    dogs = privately(await breed(stage, "search", text="hairless Scotland", species="dog"))
    assert "No breed fits all of your words" in dogs
    assert "🐱" not in dogs
    assert "Nothing fits." in privately(await breed(stage, "search", text="🐾"))
    shown = await breed(stage, "search", text="Scotland", show=True)
    assert not shown.ephemeral
    value = parts(shown, 3)[0]["options"][0]["value"]
    assert privately(await chosen(stage.noah, shown, value)).startswith("### ")


async def test_lists_come_by_name_group_country_and_trait_in_pages_after_a_restart_too(stage: Stage) -> None:
    everything = await breed(stage, "list")
    assert privately(everything).startswith("### All breeds by name\n🐱 **Abyssinian**\n-# 🇪🇬 Egypt")
    assert "-# 237 breeds" in privately(everything)
    groups = privately(await breed(stage, "list", by="group", species="dog"))
    assert "**Herding** · 27 breeds" in groups
    countries = await breed(stage, "list", by="origin", species="cat")
    russian = privately(await chosen(stage.mia, countries, "origin:russia", "breed-value:cat"))
    assert russian.startswith("### Breeds from Russia\n🐱 **")
    assert "🐶" not in russian
    herding = await breed(stage, "list", value="group:herding")
    assert privately(herding).startswith("### Breeds of the group Herding\n🐶 **Australian Cattle Dog**")
    await stage.env.restart_bot(Pawprint(stage.app))
    (forward,) = [part for part in parts(herding, 2) if (part.get("emoji") or {}).get("name") == "▶️"]
    assert herding.response is not None
    turned = await stage.mia.click(herding.response.message, custom_id=forward["custom_id"])
    assert "**Bouvier" not in texts_of(turned)
    assert texts_of(turned).count("🐶") == 10
    scotland = privately(await breed(stage, "list", by="origin", value="Scotland"))
    assert scotland.startswith("### Breeds from Scotland\n")
    lively = privately(await breed(stage, "list", by="trait", value="trait:energy_level"))
    assert lively.splitlines()[:3] == [
        "### Breeds by trait: Energetic",
        "▮▮▮▮▮ 🐱 **Abyssinian**",
        "-# 🇪🇬 Egypt · Active, Energetic, Independent",
    ]
    assert "There are no such breeds." in privately(await breed(stage, "list", by="group", species="cat"))


async def test_a_breeds_pictures_come_in_pages_with_links_to_where_they_were_shown(stage: Stage) -> None:
    card = await stage.card("cat", breed="siam")
    first = await breed(stage, "gallery", breed="cat:siam")
    said = privately(first)
    assert said.startswith("### 🇹🇭 Siamese in pictures\n")
    assert len(parts(first, 9)) == 5
    last = await breed(stage, "gallery", breed="cat:siam", page=99)
    assert f"{stage.pets.id}/{card.message_id}" in said + privately(last)
    ids = re.findall(r"`([^`]+)`", said + privately(last))
    assert len(set(ids)) == len(ids) > 5
    assert card.keys[0].id in ids


async def test_with_the_service_down_the_shipped_breeds_and_drawings_answer_and_say_so(stage: Stage) -> None:
    stage.app.breeds._learned.clear()
    for path in ("/v1/images/search", "/images/"):
        stage.backend.faults.add(Fault(kind=Kind.UNAVAILABLE, path=path))
    card = await stage.card("breed info", breed="cat:beng")
    assert "-# Breed facts: those that come with me, since TheCatAPI has told me none." in card.text.splitlines()
    assert card.keys[0].source is Source.SHIPPED
    gallery = await breed(stage, "gallery", breed="cat:manx")
    assert len(parts(gallery, 9)) == 1
    compared = texts_of(await breed(stage, "compare", first="cat:manx", second="cat:pers"))
    assert "TheCatAPI" in compared.splitlines()[1]


async def test_what_the_service_told_long_ago_is_told_with_its_date(stage: Stage) -> None:
    stage.clock.shift += timedelta(days=3)
    card = await stage.card("breed info", breed="cat:siam")
    assert re.search(r"-# Breed facts: TheCatAPI, as it told them on <t:\d+:D>", card.text)


async def test_pictures_that_fail_on_their_way_are_told_of_and_a_slow_answer_is_deferred(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.ui.in_time.PATIENCE", 0.0)
    found = await breed(stage, "search", text="Bengal")
    with patch.object(stage.app.delivery, "prepare", side_effect=BackendUnavailable("catapi", "down")):
        result = await breed(stage, "compare", first="cat:siam", second="cat:beng")
        private = await chosen(stage.mia, found, "cat:beng")
    assert not result.ephemeral
    for name in ("Siamese", "Bengal"):
        assert f"No picture of the breed {name} can be had right now" in texts_of(result)
    assert parts(result, 12) == []
    assert "No picture of the breed Bengal" in privately(private)
