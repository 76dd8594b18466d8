"""The drawn pictures: every breed has a look, drawing is repeatable, and the shipped set is whole."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageSequence

from sandbox.art import LOOKS, MOTIONS, PROPS, Look, Species, alt_text, animate, draw, look_of
from sandbox.art.__main__ import CELL, main
from sandbox.art.anatomy import anatomy_of
from sandbox.art.palette import COATS, EYES, NOSES, RGB, coat
from sandbox.art.portrait import mood_of
from sandbox.art.shipped import CATEGORY_CATS, MOVING, PNG_BREEDS, made_id, orders, read_breeds, write_coats

DATA = Path(__file__).parents[2] / "bot" / "data"
PICTURES = DATA / "pictures"
SPECIES: tuple[Species, ...] = ("cat", "dog")
BREEDS = [(species, breed) for species in SPECIES for breed in LOOKS[species]]
# Large enough for a coat to be seen, and drawn in a moment.
SMALL = 24


@pytest.fixture(scope="module")
def catalogue() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / "pictures.json").read_text("utf-8"))
    return rows


@pytest.mark.parametrize("species", SPECIES)
def test_every_breed_has_a_look_and_every_look_a_breed(species: Species) -> None:
    breeds = {breed.id for breed in read_breeds(DATA) if breed.species == species}
    assert set(LOOKS[species]) == breeds


def every_look() -> list[tuple[str, Look]]:
    return [(f"{species} {breed}", look) for species in SPECIES for breed, look in LOOKS[species].items()]


def test_looks_use_names_that_the_palette_and_the_anatomy_know() -> None:
    for breed, look in every_look():
        names = {look.coat, look.mark, look.light, *look.also} - {""}
        assert names <= COATS.keys(), breed
        assert set(look.eyes) <= EYES.keys(), breed
        assert look.nose in NOSES, breed
        assert anatomy_of(look).chin_y > anatomy_of(look).nose_y, breed


def test_a_small_dog_is_drawn_smaller_than_a_great_dane() -> None:
    assert look_of("dog", "193").scale < look_of("dog", "31").scale < look_of("dog", "124").scale


def colours(picture: Image.Image) -> Counter[RGB]:
    """Return how many pixels have each colour."""
    data = picture.tobytes()
    return Counter(zip(data[::3], data[1::3], data[2::3], strict=True))


def like(colour: RGB, wanted: RGB) -> bool:
    """Whether a colour is a lighter or darker shade of another at most."""
    return all(abs(part - other) < 48 for part, other in zip(colour, wanted, strict=True))


@pytest.mark.parametrize(("species", "breed"), BREEDS)
def test_each_breed_is_drawn_in_each_of_its_coats(species: Species, breed: str) -> None:
    look = look_of(species, breed)
    pictures = [draw(look, size=SMALL, variant=variant) for variant in range(1 + len(look.also))]
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)
    for variant, picture in enumerate(pictures):
        found = colours(picture)
        assert max(picture.size) == SMALL
        assert len(found) > 200
        wanted = coat(look.dressed(variant).coat)
        # Some coats are hardly seen below what is marked on them.
        assert sum(number for colour, number in found.items() if like(colour, wanted)) >= 0.02 * found.total()


@pytest.mark.parametrize(("species", "breed"), [("cat", "siam"), ("dog", "92")])
def test_the_same_look_and_variant_give_the_same_picture(species: Species, breed: str) -> None:
    look = look_of(species, breed)
    first, again, other = draw(look, size=SMALL), draw(look, size=SMALL), draw(look, size=SMALL, variant=1)
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


@pytest.mark.parametrize(("species", "breed"), [("cat", "siam"), ("dog", "92")])
def test_variants_have_every_expression(species: Species, breed: str) -> None:
    look = look_of(species, breed)
    moods = {variant: mood_of(look, variant) for variant in range(24)}
    faces = {(mood.left_lid, mood.right_lid, mood.tongue): variant for variant, mood in moods.items()}
    assert len(faces) == 5
    pictures = {draw(look, size=SMALL, variant=variant).tobytes() for variant in faces.values()}
    assert len(pictures) == len(faces)


@pytest.mark.parametrize(("species", "breed"), [("cat", "rblu"), ("dog", "92")])
@pytest.mark.parametrize("prop", sorted(PROPS))
def test_each_prop_changes_the_picture_and_is_told(prop: str, species: Species, breed: str) -> None:
    look = look_of(species, breed)
    assert draw(look, size=SMALL, prop=prop).tobytes() != draw(look, size=SMALL).tobytes()
    assert PROPS[prop].words in alt_text(look, "Some", prop=prop)


def test_an_unknown_prop_is_refused() -> None:
    with pytest.raises(KeyError):
        draw(look_of("cat", "rblu"), size=50, prop="anchors")


@pytest.mark.parametrize("motion", sorted(MOTIONS))
def test_a_moving_picture_moves(motion: Any) -> None:
    data = animate(look_of("dog", "149"), motion, size=SMALL)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "GIF"
        assert max(picture.size) == SMALL
        shown = {frame.convert("RGB").tobytes() for frame in ImageSequence.Iterator(picture)}
        assert getattr(picture, "n_frames", 1) >= 6
    assert len(shown) >= 4


def test_alt_text_says_what_is_seen() -> None:
    words = alt_text(look_of("cat", "siam"), "Siamese")
    assert words.startswith("A drawn Siamese cat")
    assert "cream coat with dark brown points" in words
    assert "blue eyes" in words
    assert "one blue and one golden eye" in alt_text(look_of("cat", "khao"), "Khao Manee")
    assert "German Shepherd Dog dog" not in alt_text(look_of("dog", "115"), "German Shepherd Dog")


def test_every_look_can_be_told_in_every_variant() -> None:
    for breed, look in every_look():
        for variant in range(4):
            words = alt_text(look, "Some", variant=variant)
            assert re.fullmatch(r"A drawn Some (cat|dog)[^.]*\.", words), breed
            assert "  " not in words, breed


def test_made_ids_are_nine_characters_and_stay_the_same() -> None:
    assert made_id("cat", "ebur") == made_id("cat", "ebur") != made_id("cat", "siam")
    assert re.fullmatch(r"[A-Za-z0-9_-]{9}", made_id("cat", "ebur"))


def test_the_catalogue_has_every_order_and_no_more(catalogue: list[dict[str, Any]]) -> None:
    wanted = {
        (order.breed.species, order.breed.id, order.id, f"{order.id}.{order.suffix}")
        for order in orders(read_breeds(DATA))
    }
    assert {(row["species"], row["breed"], row["id"], row["file"]) for row in catalogue} == wanted
    assert len(catalogue) == len(wanted)


def test_each_breed_but_the_malayan_has_one_portrait(catalogue: list[dict[str, Any]]) -> None:
    plain = Counter((row["species"], row["breed"]) for row in catalogue if not row["category"] and not row["animated"])
    breeds = {(breed.species, breed.id) for breed in read_breeds(DATA)} - {("cat", "mala")}
    assert plain == Counter(breeds)


def test_portraits_have_the_ids_of_the_services(catalogue: list[dict[str, Any]]) -> None:
    ids = {row["id"] for row in catalogue}
    references = {breed.reference for breed in read_breeds(DATA) if breed.reference}
    assert references <= ids
    assert len(ids) == len(catalogue)


def test_categories_and_moving_pictures_are_there(catalogue: list[dict[str, Any]]) -> None:
    assert {row["category"]: row["breed"] for row in catalogue if row["category"]} == CATEGORY_CATS
    moving = {(row["species"], row["breed"]) for row in catalogue if row["animated"]}
    assert moving == {(species, breed) for species, breed, _ in MOVING}
    assert Counter(species for species, _ in moving) == {"cat": 4, "dog": 4}


def test_the_files_are_what_the_catalogue_says(catalogue: list[dict[str, Any]]) -> None:
    for row in catalogue:
        with Image.open(PICTURES / row["file"]) as picture:
            assert picture.size == (row["width"], row["height"]), row
            assert getattr(picture, "is_animated", False) == row["animated"], row
            kind = {"JPEG": "jpg", "PNG": "png", "GIF": "gif"}[picture.format or ""]
        assert row["file"] == f"{row['id']}.{kind}"
        if not row["animated"] and not row["category"]:
            assert (kind == "png") == ((row["species"], row["breed"]) in PNG_BREEDS)


def test_nothing_is_too_heavy_and_nothing_is_left_over(catalogue: list[dict[str, Any]]) -> None:
    sizes = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert sizes.keys() == {row["file"] for row in catalogue}
    assert sum(sizes.values()) <= 5_000_000
    limits = {".gif": 250_000, ".png": 90_000, ".jpg": 60_000}
    assert [name for name, size in sizes.items() if size > limits[Path(name).suffix]] == []


def test_alternative_texts_are_sentences_of_their_own(catalogue: list[dict[str, Any]]) -> None:
    texts = [row["alt"] for row in catalogue]
    assert len(set(texts)) == len(texts)
    assert all(text.endswith(".") and 20 < len(text) < 250 for text in texts)


def test_one_breed_can_be_drawn_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--breeds-dir", str(DATA), "--out", str(tmp_path / "pictures")]
    assert main([*arguments, "--only", "siam"]) == 0
    rows = json.loads((tmp_path / "pictures.json").read_text("utf-8"))
    assert [(row["breed"], row["category"]) for row in rows] == [("siam", None), ("siam", "space")]
    assert main([*arguments, "--only", "unicorn"]) == 2
    assert "unicorn" in capsys.readouterr().err
    assert main(["--breeds-dir", str(tmp_path), "--out", str(tmp_path / "pictures")]) == 1


def test_a_sheet_shows_the_breeds_that_are_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "sheet.png"
    assert main(["--only", "siam", "--only", "92", "--sheet", str(sheet)]) == 0
    assert "2 pictures" in capsys.readouterr().out
    with Image.open(sheet) as picture:
        assert picture.size == (2 * CELL, CELL)
    sheet.unlink()
    assert main(["--only", "siam", "--species", "dog", "--sheet", str(sheet)]) == 2
    assert "siam" in capsys.readouterr().err
    assert not sheet.exists()


def test_the_colours_of_cards_are_those_of_the_drawings(tmp_path: Path) -> None:
    write_coats(tmp_path / "coats.json")
    assert (DATA / "coats.json").read_text("utf-8") == (tmp_path / "coats.json").read_text("utf-8"), "make pictures"
    coats = json.loads((DATA / "coats.json").read_text("utf-8"))
    assert {species: len(breeds) for species, breeds in coats.items()} == {"cat": 67, "dog": 170}
    assert coats["cat"]["abys"] == COATS[look_of("cat", "abys").coat][0]
