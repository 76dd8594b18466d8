"""`/cat` and `/dog` as a member sees them."""

from __future__ import annotations

from tests.simulated.stage import Stage, texts_of


async def test_cat_shows_a_picture_with_alt_text_and_five_buttons(stage: Stage) -> None:
    card = await stage.card("cat", breed="siam")
    assert "Siamese" in card.text
    assert [picture["description"] for picture in card.pictures] == ["A cat of the breed Siamese."]
    assert [button["emoji"]["name"] for button in card.buttons] == ["👍", "👎", "❤️", "🔁", "ℹ️"]


async def test_a_press_counts_and_a_second_press_takes_it_back(stage: Stage) -> None:
    card = await stage.card("cat")
    await card.press(stage.mia, "👍")
    assert card.count("👍") == 1
    await card.press(stage.noah, "👍")
    assert card.count("👍") == 2
    await card.press(stage.mia, "👍")
    assert card.count("👍") == 1


async def test_an_unknown_breed_is_answered_privately_with_what_comes_near(stage: Stage) -> None:
    result = await stage.mia.slash(stage.pets, "cat", breed="Sphinxx cat of Egypt")
    assert result.ephemeral
    assert "Did you mean" in texts_of(result)
