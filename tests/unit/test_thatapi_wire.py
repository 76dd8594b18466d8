"""What both services send, in every generation, becomes the same clean nouns; what is broken gets one kind of error."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from bot.backends.measures import centimetres, flag, inches, kilograms, pounds, rating, text, texts, years
from bot.backends.thatapi_wire import (
    Found,
    breed_made,
    breeds_from_json,
    category_made,
    clean_id,
    created_id,
    favourite_made,
    found_picture,
    items,
    vote_made,
)
from bot.errors import BackendConfused
from bot.models import Breed, BreedName, Category, Source, Span, Species

DATA = Path(__file__).resolve().parents[2] / "bot" / "data"
RECORDED = os.environ.get("PAWPRINT_RECORDED")
recorded = pytest.mark.skipif(not RECORDED, reason="PAWPRINT_RECORDED names no folder of recorded answers")


def pictures(raw: bytes, source: Source = Source.CATAPI) -> list[Found]:
    return items(raw, lambda item: found_picture(item, source, Species.CAT), "catapi").things


def breed(species: Species = Species.DOG, **fields: object) -> Breed:
    body = json.dumps([{"id": "x", "name": "X"} | fields]).encode()
    return breeds_from_json(body, species)[0]


@pytest.mark.parametrize(
    ("metric", "imperial", "span"),
    [
        ("3 - 5", "7  -  10", Span(3, 5)),
        ("3.2-4.5", "7-10", Span(3.2, 4.5)),
        ("28", "62", Span(28, 28)),
        ("NaN", "65 – 85", Span(29.5, 38.6)),
        ("NaN - 8", "up - 18", Span(8, 8)),
        ("up - 18", "", Span(18, 18)),
        ("Male: 55-65; Female: 45-55", "x", Span(45, 65)),
        ("unknown", "unknown", None),
        (None, None, None),
        ("", " ", None),
        ("99999", "10 - 20", Span(4.5, 9.1)),
    ],
)
def test_weights_are_kilograms_from_metric_or_else_from_pounds(
    metric: object, imperial: object, span: Span | None
) -> None:
    assert kilograms({"metric": metric, "imperial": imperial}) == span


def test_pounds_and_inches_are_the_services_own_or_else_reckoned() -> None:
    assert pounds({"metric": "3 - 5", "imperial": "7  -  10"}) == Span(7, 10)
    assert pounds({"metric": "3 - 5", "imperial": "unknown"}) == Span(6.6, 11)
    assert inches({"metric": "23 - 29", "imperial": "9 - 11.5"}) == Span(9, 11.5)
    assert inches({"metric": "25.4", "imperial": None}) == Span(10, 10)
    assert pounds("50 to 60 pounds") == Span(50, 60)
    assert inches("41 cm") == Span(16.1, 16.1)
    assert pounds({"imperial": "331"}) is None
    assert pounds("55") is None


def test_the_oldest_generation_names_its_units_in_the_text() -> None:
    assert kilograms(" 50 to 60 pounds") == Span(22.7, 27.2)
    assert centimetres("16 to 20 inches at the shoulder") == Span(40.6, 50.8)
    assert centimetres("41 cm") == Span(41, 41)
    assert kilograms("55") is None
    assert kilograms(["3 - 5"]) is None


@pytest.mark.parametrize(
    ("told", "span"),
    [
        ("14 - 15", Span(14, 15)),
        ("10 - 12 years", Span(10, 12)),
        ("8 – 15 years", Span(8, 15)),
        ("12 - 16 Years years", Span(12, 16)),
        ("15 years", Span(15, 15)),
        ("12-15", Span(12, 15)),
        (None, None),
        ("", None),
        ("unknown", None),
        (12, Span(12, 12)),
    ],
)
def test_life_spans_are_years(told: object, span: Span | None) -> None:
    assert years(told) == span


@pytest.mark.parametrize("blank", [None, "", " ", "\u00a0", "NaN", "null", 5, [], {}])
def test_blanks_are_none(blank: object) -> None:
    assert text(blank) is None
    assert texts(blank) == ()


def test_texts_are_tidied() -> None:
    assert text(" two\n\u00a0 words\x00 ") == "two words"
    assert texts("Confident, alert,  playful, alert, ") == ("Confident", "alert", "playful")


def test_ratings_and_flags_of_both_generations() -> None:
    assert [rating(one) for one in (1, 5, 3.0, "4", 0, 6, 2.5, True, None, "high")] == [1, 5, 3, 4, *[None] * 6]
    assert [flag(one) for one in (1, True, "1", 0, False, None, "no", 2)] == [True] * 3 + [False] * 5


@pytest.mark.parametrize(
    ("told", "id_"),
    [(1, "1"), ("abys", "abys"), ("-Zfz5z2jK\n", "-Zfz5z2jK"), ("", None), (" ", None), (True, None), (1.5, None)],
)
def test_ids_are_text_everywhere(told: object, id_: str | None) -> None:
    assert clean_id(told) == id_
    unusable: tuple[object, ...] = ("a b", "a/b", "..\\x", "x" * 101, None, [])
    assert [clean_id(one) for one in unusable] == [None] * 6


def test_a_cat_of_generation_a2() -> None:
    cat = breed(
        Species.CAT, id="pers", alt_names="\u00a0", indoor=0, lap=1, rare="1", grooming=5, energy_level=0,
        country_code="SP", reference_image_id="-Zfz5z2jK\n", image={}, wikipedia_url="javascript:alert(1)",
    )  # fmt: skip
    assert (cat.alt_names, sorted(cat.flags), cat.traits) == ((), ["lap", "rare"], {"grooming": 5})
    assert (cat.reference_image_id, cat.country_code, cat.wikipedia_url) == ("-Zfz5z2jK", "SP", None)


def test_a_dog_of_generation_b() -> None:
    dog = breed(
        id="1", species_id="2", life_span="12-15", bred_for=None, breed_group="", country_codes="DE",
        country_code="DE", weight={"imperial": "7-10", "metric": "3.2-4.5"}, reference_image_id=None,
        image={"id": "uaRTIWL69C", "url": "https://x"}, temperament="Alert, loyal", venom_code=["?"],
    )  # fmt: skip
    assert (dog.bred_for, dog.group, dog.country_code, dog.life_span) == (None, None, "DE", Span(12, 15))
    assert (dog.weight, dog.temperament, dog.reference_image_id) == (Span(3.2, 4.5), ("Alert", "Loyal"), "uaRTIWL69C")


def test_one_broken_item_is_left_out_and_said(caplog: pytest.LogCaptureFixture) -> None:
    body = (
        b'[{"id":1,"name":"A"},{"id":2},7,null,{"id":3,"name":"\xff"},{"id":"4","name":" "},'
        b'{"id":5,"name":"B"},{"id":5,"name":"C"}]'
    )
    assert [(one.id, one.name) for one in breeds_from_json(body, Species.DOG)] == [("1", "A"), ("5", "B")]
    assert caplog.text.count("left out") == 5


def test_a_picture_with_and_without_what_a_key_adds() -> None:
    plain, full = pictures(
        b'[{"id":"4id","url":"https://cdn2.thecatapi.com/images/4id.gif","width":241,"height":300},'
        b'{"id":7,"url":"https://x/y.jpg","width":null,"height":"?","breeds":[{"id":1,"name":"Lab"},{"id":2}],'
        b'"categories":[{"id":14,"name":"sinks"}],"unsafe_reasons":["adult"]}]'
    )
    assert (plain.picture.id, plain.picture.width, plain.breeds_told, plain.unsafe) == ("4id", 241, False, False)
    assert plain.picture.animated
    assert (full.picture.id, full.picture.width, full.picture.height) == ("7", None, None)
    assert full.picture.breeds == (BreedName("1", "Lab"),)
    assert full.picture.categories == (Category("14", "sinks"),)
    assert full.unsafe


def test_votes_and_favourites_of_every_generation() -> None:
    votes = items(
        b'[{"id":603649,"image_id":"3rK","sub_id":"u","value":1,"image":{}},{"id":"9","image_id":"3rK","value":0},'
        b'{"id":10,"image_id":"3rK","value":-1,"sub_id":null},{"id":11,"image_id":"3rK","value":2.5}]',
        vote_made,
        "catapi",
    ).things
    assert [(one.id, one.sub_id, one.value) for one in votes] == [
        ("603649", "u", 1), ("9", None, -1), ("10", None, -1), ("11", None, 1),
    ]  # fmt: skip
    kept = items(
        b'[{"id":1,"image_id":"a","image":{}},{"id":2,"image_id":"b"},{"id":3,"image_id":"c","image":{"url":"https://u"}}]',
        favourite_made,
        "catapi",
    ).things
    assert [(one.id, one.image_url) for one in kept] == [("1", None), ("2", None), ("3", "https://u")]
    assert created_id(b'{"message":"SUCCESS","id":232447732}', "catapi") == "232447732"


@pytest.mark.parametrize("species", list(Species))
def test_the_shipped_breeds_are_read_whole(species: Species) -> None:
    raw = (DATA / f"{species}s.json").read_bytes()
    breeds = breeds_from_json(raw, species)
    assert len(breeds) == len(json.loads(raw))
    assert all(one.weight for one in breeds)
    assert all(one.life_span for one in breeds)


@recorded
@pytest.mark.parametrize(("name", "count"), [("cat", 67), ("dog", 170)])
def test_the_recorded_breeds_are_read_whole(name: str, count: int) -> None:
    breeds = breeds_from_json((Path(RECORDED or "") / f"{name}_breeds.json").read_bytes(), Species(name))
    assert len(breeds) == count
    assert all(one.weight and one.weight.low <= one.weight.high for one in breeds)
    assert all(one.life_span and 5 < one.life_span.low < 21 for one in breeds)
    if name == "dog":
        assert {one.name: one.weight for one in breeds}["Olde English Bulldogge"] == Span(29.5, 38.6)
        assert all(one.height for one in breeds)


@recorded
def test_every_recorded_sample_is_read() -> None:
    samples = sorted((Path(RECORDED or "") / "samples").glob("*.json"))
    read = 0
    for path in samples:
        raw = path.read_bytes()
        if "_images_search_" in path.name:
            assert len(pictures(raw)) == len(json.loads(raw))
        elif "_favourites_" in path.name:
            found = items(raw, favourite_made, "catapi").things
            assert len(found) == len(json.loads(raw))
            assert all(one.image_url for one in found)
        else:
            examples = [(name, body) for name, body in json.loads(raw).items() if " 200 " in name or " 201 " in name]
            assert examples
            for name, body in examples:
                _read_example(name, json.dumps(body).encode())
        read += 1
    assert read >= 8


def _read_example(name: str, body: bytes) -> None:
    """Read an example of the services' own documents as the client would."""
    if name.startswith(("GET /images/search", "GET /images/{image_id} ")):
        assert pictures(body)
    elif name.startswith("GET /breeds") and "/facts" not in name:
        assert breeds_from_json(body, Species.DOG) or body == b"[]"
    elif name.startswith("GET /votes"):
        assert items(body, vote_made, "catapi").things
    elif name.startswith("GET /favourites"):
        assert items(body, favourite_made, "catapi").things
    elif name.startswith(("POST /votes", "POST /favourites")):
        assert created_id(body, "catapi")
    elif name.startswith("GET /categories"):
        assert items(body, category_made, "catapi").things


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from(
    ["id", "name", "url", "image_id", "value", "weight", "life_span", "breeds", "image", "sub_id", "unsafe_reasons",
     "categories", "width", "alt_names", "temperament", "lap", "grooming", "country_code", "wikipedia_url"]
)  # fmt: skip
things = st.dictionaries(fields, json_values | st.sampled_from(["a", 1, "https://x/y"]), max_size=8)
bodies = (
    st.binary(max_size=60)
    | st.lists(things | json_values, max_size=4).map(lambda value: json.dumps(value).encode())
    | things.map(lambda value: json.dumps(value).encode())
    | json_values.map(lambda value: json.dumps(value).encode(errors="surrogatepass"))
    | st.sampled_from([b"[" * 5000, b'{"id":' * 5000, b"[" + b"9" * 6000 + b"]", b"\xef\xbb\xbf[]", b"", b"<html>"])
)


@given(bodies, st.integers(min_value=0, max_value=100))
def test_broken_bodies_give_one_kind_of_error(body: bytes, kept: int) -> None:
    def read(make: Callable[[Raw], object]) -> None:
        confused: BackendConfused | None = None
        try:
            items(cut, make, "catapi")
        except BackendConfused as error:
            confused = error
        assert confused is None or len(confused.reason) <= 200

    cut = body[: len(body) * kept // 100] if kept % 2 else body
    read(lambda item: found_picture(item, Source.CATAPI, Species.CAT))
    read(lambda item: breed_made(item, Species.DOG))
    read(vote_made)
    read(favourite_made)
    read(category_made)
    try:
        created_id(cut, "catapi")
    except BackendConfused:
        return


@given(things)
def test_a_breed_that_is_read_is_clean(thing: dict[str, object]) -> None:
    raw = Raw(json.dumps(thing | {"id": "x", "name": "X"}).encode())
    try:
        made = breed_made(raw, Species.CAT)
    except msgspec.DecodeError:
        return
    assert made is not None
    words = [*made.alt_names, *made.temperament, made.origin, made.description, made.country_code]
    assert all(word is None or (word == word.strip() and word) for word in words)
    assert made.weight is None or 0 < made.weight.low <= made.weight.high
    assert all(1 <= stars <= 5 for stars in made.traits.values())
    assert msgspec.json.decode(msgspec.json.encode(made), type=Breed) == made
