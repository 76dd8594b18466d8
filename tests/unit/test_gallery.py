"""A gallery keeps to Discord's limits, whatever it is given, and its buttons find their way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.card import base36
from bot.i18n import texts
from bot.models import BreedName, Picture, Source, Species
from bot.store.favourites import Only
from bot.ui.confirm import ConfirmButton, ConfirmView
from bot.ui.gallery import PER_PAGE, GalleryView, Page, PageButton, Tile, clamp, tile
from bot.ui.guarded import GuardedButton
from bot.ui.kept import Asked, RemoveSelect

SAY = texts()
LARGEST_ID = 2**63 - 1
LONGEST_QUERY = "Az09_.~-" * 6
CAT = Picture(
    source=Source.CATAPI,
    id="abc",
    url="https://cdn2.thecatapi.com/abc.jpg",
    species=Species.CAT,
    breeds=(BreedName("siam", "Siamese"),),
)


def walk(components: list[Any]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from walk(component.get("components", []))


def drawn(view: Any) -> list[dict[str, Any]]:
    return list(walk(view.to_components()))


def of_type(view: Any, kind: int) -> list[dict[str, Any]]:
    return [component for component in drawn(view) if component["type"] == kind]


def shown(number: int = 1, media: str | None = "https://cdn2.thecatapi.com/abc.jpg") -> Tile:
    return Tile(CAT, media, "A cat.", f"**{number}.** Siamese")


def page(number: int, pages: int, tiles: int = PER_PAGE, **more: Any) -> Page:
    return Page("Your favourites", tuple(shown(n) for n in range(tiles)), number, pages, pages * PER_PAGE, **more)


def again(button: GuardedButton) -> GuardedButton:
    match = button.template.fullmatch(button.custom_id)
    assert match is not None
    return type(button).rebuild(match)


@pytest.mark.parametrize(
    ("number", "total", "expected"),
    [
        (1, 0, (1, 1)),
        (7, 0, (1, 1)),
        (0, 3, (1, 1)),
        (-4, 11, (1, 3)),
        (3, 11, (3, 3)),
        (4, 11, (3, 3)),
        (2, 10, (2, 2)),
    ],
)
def test_a_number_leads_to_the_nearest_page_there_is(number: int, total: int, expected: tuple[int, int]) -> None:
    assert clamp(number, total) == expected


@pytest.mark.parametrize("number", [0, 35, 36, 10**18, LARGEST_ID])
def test_base36_is_read_back(number: int) -> None:
    assert int(base36(number), 36) == number
    assert len(base36(number)) <= 13


@pytest.mark.parametrize("number", [1, 2, 3, 199_999])
def test_the_row_has_five_buttons_that_never_share_a_custom_id(number: int) -> None:
    view = GalleryView(page(number, 200_000), "a_listing_of_six", LONGEST_QUERY, LARGEST_ID, SAY)
    found = [component["custom_id"] for component in of_type(view, 2)]
    assert len(set(found)) == 5
    assert max(map(len, found)) <= 100
    for item in view.walk_children():
        if isinstance(item, PageButton):
            back = again(item)
            assert isinstance(back, PageButton)
            assert (back.listing, back.query, back.owner) == ("a_listing_of_six", LONGEST_QUERY, LARGEST_ID)
            assert (back.step, back.number) == (item.step, item.number)


def test_the_row_cannot_be_turned_past_the_ends() -> None:
    for number, ends in ((1, [True, True, False, False, False]), (3, [False, False, False, True, True])):
        buttons = of_type(GalleryView(page(number, 3), "x", "", 0, SAY), 2)
        assert [button["disabled"] for button in buttons] == ends
        assert [button.get("label") for button in buttons] == [None, None, f"{number} / 3", None, None]


def test_one_page_needs_no_row() -> None:
    assert of_type(GalleryView(page(1, 1), "x", "", 0, SAY), 2) == []


def test_the_longest_page_keeps_to_discords_limits() -> None:
    tiles = tuple(Tile(CAT, "https://cdn2.thecatapi.com/abc.jpg", "A cat.", "long " * 400) for _ in range(PER_PAGE))
    view = GalleryView(Page("t" * 900, tiles, 1, 9, 45, "n" * 900), "x", "", 0, SAY)
    assert view.total_children_count <= 40
    assert sum(len(component["content"]) for component in of_type(view, 10)) <= 4000
    assert all(component["accessory"]["description"] == "A cat." for component in of_type(view, 9))


def test_a_tile_without_a_picture_is_its_words() -> None:
    tiles = (shown(1), shown(2, media=None), tile(None, None, "gone", SAY))
    view = GalleryView(Page("t", tiles, 1, 1, 3), "x", "", 0, SAY)
    assert len(of_type(view, 9)) == 1
    said = [component["content"] for component in of_type(view, 10)]
    assert "**2.** Siamese" in said
    assert "gone" in said


def test_a_page_may_be_of_lines() -> None:
    view = GalleryView(Page("t", (), 1, 3, 30, "note", body="one\ntwo"), "x", "", 0, SAY)
    assert [component["content"] for component in of_type(view, 10)] == ["### t", "one\ntwo", "note"]
    long = GalleryView(Page("t" * 900, (), 1, 3, 30, "n" * 900, body="line\n" * 2000), "x", "", 0, SAY)
    assert sum(len(component["content"]) for component in of_type(long, 10)) <= 4000


def test_a_tile_describes_its_picture() -> None:
    made = tile(CAT, None, "caption", SAY)
    assert (made.alt, made.media) == ("A cat of the breed Siamese.", None)


def test_galleries_and_questions_never_time_out_and_hold_dynamic_items_only() -> None:
    for view in (GalleryView(page(1, 3), "x", "", 0, SAY), ConfirmView("sure?", "yes", "x", "7", 5, SAY)):
        assert view.timeout is None
        pressable = [item for item in view.walk_children() if hasattr(item, "custom_id")]
        assert pressable
        assert all(isinstance(item, GuardedButton) for item in pressable)


@pytest.mark.parametrize("yes", [True, False])
def test_an_answer_finds_its_way_back(yes: bool) -> None:
    button = ConfirmButton("a_question_of_it", "Az09_.~-" * 6 + "zz", LARGEST_ID, yes=yes, label="go")
    assert len(button.custom_id) <= 100
    back = again(button)
    assert isinstance(back, ConfirmButton)
    assert (back.question, back.argument, back.owner, back.yes) == (
        button.question,
        button.argument,
        button.owner,
        yes,
    )


def test_the_list_to_remove_from_finds_its_way_back() -> None:
    back = again(RemoveSelect(LARGEST_ID, 199_999, [], None))
    assert isinstance(back, RemoveSelect)
    assert (back.owner, back.number) == (LARGEST_ID, 199_999)


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked(removing=True),
        Asked(member=LARGEST_ID, only=Only(species=Species.DOG, breed_id="264")),
        Asked(only=Only(species=Species.CAT)),
    ],
)
def test_which_list_it_is_fits_on_a_button_and_is_read_back(asked: Asked) -> None:
    assert len(asked.query) <= 48
    assert Asked.read(asked.query) == asked
    GalleryView(page(1, 2), "favourites", asked.query, LARGEST_ID, SAY)
