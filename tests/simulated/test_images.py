"""`/cat` and `/dog` as a member sees them."""

from __future__ import annotations

import re

import pytest

from bot.models import Breed, Source, Species
from sandbox.backend.faults import Fault, Kind
from tests.simulated.stage import Stage, privately, texts_of

_SPITZ = (("900", "Japan"), ("901", "Finland"))
FIVE = ["👍", "👎", "❤️", "🔁", "ℹ️"]


async def test_cat_shows_a_picture_with_alt_text_and_five_buttons(stage: Stage) -> None:
    card = await stage.card("cat", breed="siam")
    assert "Siamese" in card.text
    assert [picture["description"] for picture in card.pictures] == ["A cat of the breed Siamese."]
    assert [button["emoji"]["name"] for button in card.buttons] == FIVE
    assert "TheCatAPI" in card.text


async def test_dog_shows_a_dog(stage: Stage) -> None:
    card = await stage.card("dog", breed="Golden Retriver")
    assert "### Golden Retriever" in card.text
    assert card.pictures[0]["description"] == "A dog of the breed Golden Retriever."
    assert "TheDogAPI" in card.text


async def test_the_picture_goes_up_with_its_alt_text(stage: Stage) -> None:
    card = await stage.card("cat", breed="abys")
    (upload,) = card.raw["attachments"]
    assert upload["description"] == "A cat of the breed Abyssinian."
    assert upload["filename"] == "cat-1.jpg"
    assert card.pictures[0]["media"]["url"]


@pytest.mark.parametrize("command", ["cat", "dog"])
async def test_four_at_once_have_a_row_of_buttons_each_and_keep_to_the_limits(stage: Stage, command: str) -> None:
    card = await stage.card(command, count=4)
    assert len(set(card.keys)) == 4
    assert [button["emoji"]["name"] for button in card.buttons] == FIVE * 4
    assert len({button["custom_id"] for button in card.buttons}) == 20
    assert all(picture["description"] for picture in card.pictures)
    assert len(card.components) <= 40
    assert len(card.text) <= 4000


@pytest.mark.parametrize("count", [0, 5])
async def test_discord_takes_only_one_to_four(stage: Stage, count: int) -> None:
    with pytest.raises(Exception, match=r"must be [≥≤]"):
        await stage.mia.slash(stage.pets, "cat", count=count)


async def test_animated_pictures_move_and_say_so(stage: Stage) -> None:
    card = await stage.card("cat", motion="animated")
    assert card.raw["attachments"][0]["filename"] == "cat-1.gif"
    assert "animated" in card.pictures[0]["description"]


async def test_still_pictures_do_not_move(stage: Stage) -> None:
    card = await stage.card("cat", motion="still", count=4)
    assert not any("animated" in picture["description"] for picture in card.pictures)
    assert not any(upload["filename"].endswith(".gif") for upload in card.raw["attachments"])


async def test_a_category_is_shown_and_told_in_the_alt_text(stage: Stage) -> None:
    offered = await stage.mia.autocomplete(stage.pets, "cat", "category", "")
    assert offered
    card = await stage.card("cat", category=offered[0]["value"])
    assert card.pictures[0]["description"].endswith(f"With: {offered[0]['name']}.")


async def test_autocomplete_offers_25_breeds_those_that_begin_so_first(stage: Stage) -> None:
    assert len(await stage.mia.autocomplete(stage.pets, "dog", "breed", "")) == 25
    offered = await stage.mia.autocomplete(stage.pets, "dog", "breed", "bul")
    assert len(offered) <= 25
    begins = [choice["name"].startswith("Bul") for choice in offered]
    assert begins[0]
    assert begins == sorted(begins, reverse=True)


@pytest.mark.parametrize("typed", ["siamees", "SIAMESE", " siam", "Siamése", "iamese"])
async def test_autocomplete_forgives_slips(stage: Stage, typed: str) -> None:
    offered = await stage.mia.autocomplete(stage.pets, "cat", "breed", typed)
    assert offered[0] == {"name": "Siamese", "value": "siam", **_rest(offered[0])}


async def test_two_breeds_of_one_name_are_told_apart(stage: Stage) -> None:
    spitz = [Breed(species=Species.DOG, id=number, name="Spitz", origin=origin) for number, origin in _SPITZ]
    stage.app.breeds.replace(Species.DOG, [*stage.app.breeds.all(Species.DOG), *spitz])
    offered = await stage.mia.autocomplete(stage.pets, "dog", "breed", "spitz")
    assert [(choice["name"], choice["value"]) for choice in offered[:2]] == [
        ("Spitz · Japan", "900"),
        ("Spitz · Finland", "901"),
    ]


async def test_every_breed_can_be_had_by_what_autocomplete_offers(stage: Stage) -> None:
    for species in Species:
        for breed in stage.app.breeds.all(species)[::40]:
            offered = await stage.mia.autocomplete(stage.pets, species, "breed", breed.name)
            assert offered[0]["value"] == breed.id
            card = await stage.card(species, breed=offered[0]["value"])
            assert f"### {breed.name}" in card.text


async def test_an_unknown_breed_is_answered_privately_with_what_comes_near(stage: Stage) -> None:
    result = await stage.mia.slash(stage.pets, "cat", breed="Sphinxx cat of Egypt")
    said = privately(result)
    assert "Did you mean" in said
    assert "Reference" not in said
    assert stage.app.counts.of("failure") == 1


async def test_an_unknown_category_is_answered_with_those_there_are(stage: Stage) -> None:
    result = await stage.mia.slash(stage.pets, "cat", category="volcanoes")
    assert "hats" in privately(result)


async def test_a_breed_without_a_picture_is_told_of(stage: Stage) -> None:
    card = await stage.card("cat", breed="mala")
    assert "Malayan" in card.text
    assert "There is no picture of the breed Malayan" in card.text
    assert not card.pictures
    await stage.mia.send(stage.pets, f"{stage.mention} cat Malayan")
    assert "There is no picture of the breed Malayan" in stage.newest().text


async def test_a_group_is_a_wish_that_again_repeats(stage: Stage) -> None:
    offered = await stage.mia.autocomplete(stage.pets, "dog", "group", "spo")
    assert {(choice["name"], choice["value"]) for choice in offered} == {
        ("Sporting", "sporting"),
        ("Non-Sporting", "non-sporting"),
    }
    names = {breed.name for breed in stage.app.breeds.all(Species.DOG) if breed.group == "Non-Sporting"}
    card = await stage.card("dog", group="non-sporting")
    for _ in range(3):
        assert card.text.partition("\n")[0].removeprefix("### ") in names
        await card.press(stage.mia, "🔁")
    assert "Herding" in privately(await stage.mia.slash(stage.pets, "dog", group="purring"))
    both = await stage.card("dog", group="toy", breed="Golden Retriever")
    assert "### Golden Retriever" in both.text


async def test_random_shows_either_and_again_keeps_to_it(stage: Stage) -> None:
    card, seen = await stage.card("random"), set[Source]()
    for _ in range(40):
        seen |= {key.source for key in card.keys}
        if len(seen) == 2:
            break
        await card.press(stage.mia, "🔁")
    assert seen == {Source.CATAPI, Source.DOGAPI}
    moving = await stage.card("random", motion="animated")
    assert moving.raw["attachments"][0]["filename"].endswith(".gif")
    await stage.mia.send(stage.pets, f"{stage.mention} random 3")
    assert len(stage.newest().pictures) == 3
    await stage.mia.send(stage.pets, f"{stage.mention} random 3 dancing")
    assert "I could not read that" in stage.newest().raw["content"]


async def test_a_picture_is_shown_by_its_id_known_or_not(stage: Stage) -> None:
    (key,) = (await stage.card("cat", breed="siam")).keys
    await stage.noah.slash(stage.pets, "image", id=key.id)
    assert stage.newest().keys == [key]
    assert "### Siamese" in stage.newest().text
    reference = next(b.reference_image_id for b in stage.app.breeds.all(Species.DOG) if b.reference_image_id)
    await stage.noah.slash(stage.pets, "image", id=reference, species="dog")
    assert "From TheDogAPI" in stage.newest().text
    assert stage.newest().keys[0].id == reference
    await stage.newest().press(stage.noah, "🔁")
    assert stage.newest().keys[0].source is Source.DOGAPI
    assert stage.newest().keys[0].id != reference
    for typed, said in {
        "what is this?": "cannot be a picture’s id. An id is letters, digits, - and _",
        "https://example.org/cat.jpg": "cannot be a picture’s id",
        "no-such-id": "No service has a picture with the id “no-such-id”",
        "x" * 50: "No service has a picture with the id",
    }.items():
        assert said in privately(await stage.mia.slash(stage.pets, "image", id=typed))
    stage.app.delivery._bytes.clear()
    stage.backend.faults.add(Fault(kind=Kind.IMAGE_MISSING))
    gone = privately(await stage.mia.slash(stage.pets, "image", id=key.id))
    assert "That does not exist any more. Ask for a new picture with /cat or /dog." in gone


async def test_information_is_private_and_tells_ones_own_vote_and_favourite(stage: Stage) -> None:
    card = await stage.card("cat", breed="siam")
    before = await card.press(stage.mia, "ℹ️")
    assert before.ephemeral
    assert "**Siamese**" in texts_of(before)
    assert "Temperament" in texts_of(before)
    assert re.search(r"\*\*Lives:\*\* \d+–\d+ years", texts_of(before))
    assert "You have not voted" in texts_of(before)
    assert "press ❤️ to save it" in texts_of(before)
    await card.press(stage.mia, "👍")
    await card.press(stage.mia, "❤️")
    after = texts_of(await card.press(stage.mia, "ℹ️"))
    assert "You voted 👍." in after
    assert "❤️ It is among your favourites." in after
    somebody_else = texts_of(await card.press(stage.noah, "ℹ️"))
    assert "You have not voted" in somebody_else


async def test_a_quick_answer_is_given_at_once_and_a_slow_one_is_deferred(stage: Stage) -> None:
    stage.backend.faults.add(Fault(kind=Kind.DELAY, seconds=0.05))
    stage.backend.faults.add(Fault(kind=Kind.DELAY, seconds=0.05, path="/images/"))
    result = await stage.mia.slash(stage.pets, "dog", breed="Pug")
    sent = [request for request in stage.env.http_requests if request.path.endswith("/callback")]
    assert sent[-1].json is not None
    assert sent[-1].json["type"] == 5
    assert "### Pug" in stage.newest().text
    assert not result.ephemeral


def _rest(choice: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in choice.items() if key not in ("name", "value")}
