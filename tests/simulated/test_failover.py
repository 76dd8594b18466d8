"""A service that gives no picture, as members see it: another one stands in, and the card says so."""

from __future__ import annotations

import pytest

from bot.backends.service import Priority
from bot.errors import BackendRefused
from bot.models import Source, Species
from sandbox.backend.faults import Fault, Kind
from tests.simulated.stage import Stage, texts_of

KEPT = "so I chose from the pictures that I keep for such times"
DRAWN = "From Pawprint’s own drawings"


REFUSED = "refused"


async def break_it(stage: Stage, kind: str, monkeypatch: pytest.MonkeyPatch, path: str = "/v1/images") -> None:
    """Have the cat's service fail from now on, with nothing at hand."""
    if kind == REFUSED:

        async def refuse(**_: object) -> None:
            # A host's wall, or a plan that ended: the services themselves let anybody search.
            raise BackendRefused("catapi", "Forbidden", status=403)

        monkeypatch.setattr(stage.app.apis[Species.CAT], "search", refuse)
    else:
        monkeypatch.setattr(Priority, "deadline", property(lambda _: 0.3))
        stage.backend.faults.add(Fault(kind=Kind(kind), species=Species.CAT, path=path, seconds=60))
    stage.app.pictures._pools.clear()


def mended(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it work again, with its rests over."""
    monkeypatch.undo()
    stage.backend.faults.clear()
    stage.app.transport._lines.clear()


SAID = {
    Kind.UNAVAILABLE: f"TheCatAPI did not answer, {KEPT}.",
    Kind.DELAY: f"TheCatAPI did not answer, {KEPT}.",
    Kind.LIMITED: f"TheCatAPI asked for a short rest, {KEPT}.",
    REFUSED: f"TheCatAPI did not let me in, {KEPT}.",
    Kind.EMPTY: "TheCatAPI had no such picture, so I chose from those that I keep myself.",
}


@pytest.mark.parametrize("kind", SAID, ids=str)
async def test_a_drawing_stands_in_and_the_card_says_so_until_all_is_well(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    await break_it(stage, kind, monkeypatch)
    card = await stage.card("cat", breed="pers")
    assert "### Persian" in card.text
    assert f"-# {SAID[kind]}" in card.text
    assert DRAWN in card.text
    assert "A drawn Persian cat" in card.pictures[0]["description"]
    assert "nearest" not in card.text
    assert stage.app.counts.of("picture", "cat", "shipped") == 1
    assert stage.app.counts.of("failure") == 0
    mended(stage, monkeypatch)
    assert "chose" not in (again := await stage.card("cat", breed="pers")).text
    assert "From TheCatAPI" in again.text
    await stage.card("cat")
    await stage.env.settle()
    assert stage.app.pictures.pooled()[Species.CAT] > 0


async def test_a_key_that_is_revoked_costs_no_picture(stage: Stage) -> None:
    stage.backend.faults.add(Fault(kind=Kind.KEY_REVOKED))
    for breed in ("siam", "pers"):
        card = await stage.card("cat", breed=breed)
        assert card.text.startswith("### ")
        assert "From TheCatAPI" in card.text
        assert "chose" not in card.text
    assert "### Persian" in card.text


async def test_what_was_shown_before_comes_before_the_drawings_and_costs_no_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await stage.card("cat", breed="siam")
    await break_it(stage, Kind.UNAVAILABLE, monkeypatch)
    other = await stage.card("cat", breed="siam", channel=stage.world.channels["daily"])
    assert other.keys == first.keys
    assert KEPT in other.text
    assert "From TheCatAPI" in other.text
    assert stage.app.counts.of("picture", "cat", "kept") == 1
    for _ in range(5):
        await stage.card("cat", breed="pers")
    asked = len(stage.backend.recent)
    several = await stage.card("cat", count=4)
    assert len(set(several.keys)) == 4
    assert several.text.count(KEPT) == 1
    assert len(several.components) <= 40
    one = await stage.card("cat")
    shown = one.keys
    await one.press(stage.mia, "🔁")
    assert one.keys != shown
    assert KEPT in one.text
    assert len(stage.backend.recent) == asked, "it is left alone"
    dogs = await stage.card("random", count=4)
    assert "chose" not in dogs.text
    assert {key.source for key in dogs.keys} == {Source.DOGAPI}, "the other service works"


async def test_a_drawing_is_a_picture_like_others_but_that_no_service_hears_of_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await break_it(stage, Kind.UNAVAILABLE, monkeypatch)
    card = await stage.card("cat", breed="siam")
    (key,) = card.keys
    assert key.source is Source.SHIPPED
    await card.press(stage.noah, "👍")
    await card.press(stage.mia, "❤️")
    assert (card.count("👍"), card.count("❤️")) == (1, 1)
    assert KEPT in card.text
    assert await stage.app.sync.waiting() == await stage.app.sync.parked() == 0
    for command in ("favourites list", "favourites random", "votes mine"):
        actor = stage.noah if command == "votes mine" else stage.mia
        assert "Siamese" in texts_of(await actor.slash(stage.pets, command)), command
    await stage.app.resolve.recall(key)
    await stage.mia.slash(stage.pets, "image", id=f"shipped:{key.id}")
    assert stage.newest().keys == [key]
    assert stage.newest().pictures[0]["description"] == card.pictures[0]["description"]


async def test_what_cannot_be_had_says_so_with_the_nearest(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    # This service knows no wish for pictures that move.
    dog = await stage.card("dog", motion="animated")
    assert dog.raw["attachments"][0]["filename"] == "dog-1.gif"
    assert "nearest" not in dog.text
    assert "chose" not in (await stage.card("dog", motion="still")).text
    await break_it(stage, Kind.EMPTY, monkeypatch)
    card = await stage.card("cat", breed="siam", motion="animated")
    assert "### Siamese" in card.text
    assert "I keep none that is just what you asked for; this comes nearest." in card.text


async def test_pictures_that_are_all_gone_give_way_to_others(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await break_it(stage, Kind.IMAGE_MISSING, monkeypatch, path="")
    assert SAID[Kind.EMPTY] in (await stage.card("cat", breed="pers")).text
