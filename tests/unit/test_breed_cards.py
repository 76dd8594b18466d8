"""A breed's card tells what is known, in a person's units, within Discord's limits; nothing odd comes through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord.ext import commands

from bot.backends.thatapi_wire import breeds_from_json
from bot.errors import BackendUnavailable, NoPictures
from bot.i18n import texts
from bot.models import Breed, Span, Species, Units
from bot.services.breeds import Breeds, full_id
from bot.ui.breed_cards import BreedView, CompareView, Known, bar, brief, facts, no_picture
from bot.ui.breed_choices import breed_choices, value_choices
from bot.ui.colours import colour_of
from bot.ui.measures import height, units_for, units_in, weight, years

SAY = texts()
BREEDS = Breeds()
NOW = datetime(2026, 1, 10, tzinfo=UTC)
# What a card's ground is on the dark page.
_DISCORDS_CARD = discord.Colour(0x393A41)
FRESH = Known(NOW, NOW)
ABYS, AFFEN = BREEDS.find(Species.CAT, "abys"), BREEDS.find(Species.DOG, "1")
ODD = re.compile(r"\b(NaN|nan|None|null|undefined)\b|[{}]|  |\( *\)|[^*]: *$|:\*\* *$(?!\n\w)", re.MULTILINE)


def walk(components: list[Any]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from walk(component.get("components", []))


def of_type(view: Any, kind: int) -> list[dict[str, Any]]:
    return [part for part in walk(view.to_components()) if part["type"] == kind]


def words(view: discord.ui.LayoutView) -> str:
    return "\n".join(part["content"] for part in of_type(view, 10))


def test_a_cats_card_tells_all_there_is() -> None:
    told = "\n".join(facts(ABYS, Units.METRIC, FRESH, SAY))
    assert told.startswith("A lithe cat")
    for line in (
        "**From:** 🇪🇬 Egypt",
        "**Lives:** 14–15 years",
        "**Weighs:** 3–5 kg",
        "**Temperament:** Active, Energetic, Independent, Intelligent, Gentle",
        "▮▮▮▯▯ Good with children",
        "Lap cat · Natural breed",
        "[More on Wikipedia](<https://en.wikipedia.org/wiki/Abyssinian_(cat)>)",
        "-# Breed facts: TheCatAPI",
    ):
        assert line in told.splitlines()


def test_a_dogs_card_tells_what_it_was_bred_for_and_leaves_out_what_is_not_known() -> None:
    told = "\n".join(facts(AFFEN, Units.IMPERIAL, FRESH, SAY))
    for line in (
        "**Group:** Toy",
        "**Weighs:** 6–13 lb",
        "**Stands:** 9–11.5 in",
        "**Bred for:** Small rodent hunting, lapdog",
        "[Look it up on Wikipedia](<https://en.wikipedia.org/w/index.php?search=Affenpinscher+dog>)",
    ):
        assert line in told.splitlines()
    assert "▮" not in told
    assert "Also called" not in told


def test_no_breed_shows_anything_odd_or_outgrows_a_message() -> None:
    for breed in BREEDS.all():
        for units in Units:
            blocks = facts(breed, units, FRESH, SAY)
            view = BreedView(breed, blocks)
            assert all(blocks)
            assert not ODD.search(words(view)), breed.name
            assert len(words(view)) < 3500
            assert view.total_children_count <= 30
        assert brief(breed, Units.BOTH, SAY)[0] == f"**{breed.name}**"
        assert not ODD.search("\n".join(brief(breed, Units.BOTH, SAY)))


def test_a_breed_of_which_nothing_is_known_is_its_name_and_a_link() -> None:
    bare = Breed(species=Species.DOG, id="900", name="Nobody's Hound")
    told = facts(bare, Units.BOTH, FRESH, SAY)
    assert told == (
        "[Look it up on Wikipedia](<https://en.wikipedia.org/w/index.php?search=Nobody%27s+Hound+dog>)\n"
        "-# Breed facts: TheDogAPI",
    )
    assert brief(bare, Units.BOTH, SAY) == ["**Nobody's Hound**"]


def test_the_longest_words_of_a_service_are_cut() -> None:
    long = Breed(
        species=Species.DOG,
        id="900",
        name="n" * 100,
        description="word " * 2000,
        temperament=("temper",) * 500,
        alt_names=("other name",) * 500,
        bred_for="work " * 900,
        origin="land, " * 300,
        group="g" * 2000,
        traits=dict.fromkeys(ABYS.traits, 5),
    )
    assert len(words(BreedView(long, facts(long, Units.BOTH, FRESH, SAY)))) < 4000
    assert len(words(CompareView((long, long), (), (), Units.BOTH, FRESH, SAY))) < 4000


@pytest.mark.parametrize(
    ("learned_at", "told"),
    [
        (None, "-# Breed facts: those that come with me, since TheCatAPI has told me none."),
        (NOW, "-# Breed facts: TheCatAPI"),
        (NOW - timedelta(days=1), "-# Breed facts: TheCatAPI"),
        (
            NOW - timedelta(days=3),
            "-# Breed facts: TheCatAPI, as it told them on <t:1767744000:D>; it does not answer right now.",
        ),
    ],
)
def test_it_is_said_where_the_facts_are_from(learned_at: datetime | None, told: str) -> None:
    assert facts(ABYS, Units.METRIC, Known(learned_at, NOW), SAY)[-1].splitlines()[-1] == told


@pytest.mark.parametrize("stars", range(1, 6))
def test_a_bar_has_five_blocks(stars: int) -> None:
    assert (len(bar(stars)), bar(stars).count("▮")) == (5, stars)


@pytest.mark.parametrize(
    ("units", "weighs", "stands"),
    [
        (Units.METRIC, "3–6 kg", "23–29 cm"),
        (Units.IMPERIAL, "6–13 lb", "9–11.5 in"),
        (Units.BOTH, "3–6 kg (6–13 lb)", "23–29 cm (9–11.5 in)"),
    ],
)
def test_weight_and_height_are_told_in_a_persons_units(units: Units, weighs: str, stands: str) -> None:
    assert (weight(AFFEN, units, SAY), height(AFFEN, units, SAY)) == (weighs, stands)
    assert height(ABYS, units, SAY) is None
    metric = Breed(species=Species.CAT, id="x", name="X", weight=Span(3.5, 3.5))
    assert weight(metric, units, SAY) == "3.5 kg"


@pytest.mark.parametrize(
    ("life", "told"),
    [(Span(15, 15), "15 years"), (Span(1, 1), "1 year"), (Span(8.5, 12), "8.5–12 years"), (None, None)],
)
def test_years_agree_in_number(life: Span | None, told: str | None) -> None:
    assert years(Breed(species=Species.CAT, id="x", name="X", life_span=life), SAY) == told


def test_units_go_by_the_persons_language_and_in_a_mention_by_the_servers() -> None:
    american, german = discord.Locale.american_english, discord.Locale.german

    def interaction(locale: discord.Locale) -> Any:
        return SimpleNamespace(locale=locale)

    def context(locale: discord.Locale | None, asked: Any = None) -> commands.Context[Any]:
        guild = SimpleNamespace(preferred_locale=locale) if locale else None
        return cast("commands.Context[Any]", SimpleNamespace(interaction=asked, guild=guild))

    assert [units_for(interaction(locale)) for locale in (american, german)] == [Units.IMPERIAL, Units.METRIC]
    assert units_for(interaction(discord.Locale.british_english)) is Units.METRIC
    assert units_in(context(german, interaction(american))) is Units.IMPERIAL
    # American English is also what a server has that chose no language.
    assert [units_in(context(locale)) for locale in (american, german, None)] == [
        Units.BOTH,
        Units.METRIC,
        Units.BOTH,
    ]


def test_two_breeds_are_told_side_by_side_and_what_is_long_one_below_the_other() -> None:
    pair = BREEDS.pair("siamese", "bengal")
    media = [("attachment://cat-1.jpg", "A Siamese."), ("attachment://cat-2.jpg", "A Bengal.")]
    view = CompareView(pair, media, (), Units.METRIC, FRESH, SAY)
    told = words(view).splitlines()
    assert told[0] == "### 🇹🇭 Siamese and 🇺🇸 Bengal"
    assert "**Lives:** 12–15 years | 12–15 years" in told
    assert "**Weighs:** 4–7 kg | 3–7 kg" in told
    assert "Bengal: Alert, Agile, Energetic, Demanding, Intelligent" in told
    assert "▮▯▯▯▯ ▮▮▮▯▯ Health issues" in told
    (gallery,) = of_type(view, 12)
    assert [item["description"] for item in gallery["items"]] == ["A Siamese.", "A Bengal."]


def test_what_only_one_of_two_has_is_not_known_of_the_other() -> None:
    pair = BREEDS.pair("Poodle (Toy)", "Pug")
    told = words(CompareView(pair, (), ["-# no picture"], Units.METRIC, FRESH, SAY)).splitlines()
    assert told[1] == "-# no picture"
    assert "**From:** not known | 🇨🇳 China" in told
    assert not any("▮" in line for line in told)


def test_all_pairs_keep_to_the_limits() -> None:
    for species in Species:
        breeds = BREEDS.all(species)
        for one, other in pairwise(breeds):
            view = CompareView((one, other), (), (), Units.BOTH, FRESH, SAY)
            assert not ODD.search(words(view)), (one.name, other.name)
            assert len(words(view)) < 3500


def test_why_there_is_no_picture_is_told() -> None:
    assert "anywhere" in no_picture(ABYS, NoPictures(), SAY)
    assert "right now" in no_picture(ABYS, BackendUnavailable("catapi", "down"), SAY)


def _contrast(one: discord.Colour, other: discord.Colour) -> float:
    """Compare two colours by WCAG's measure, from 1 (alike) to 21."""

    def brightness(colour: discord.Colour) -> float:
        shares = (part / 255 for part in colour.to_rgb())
        linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shares)
        return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True)) + 0.05

    low, high = sorted((brightness(one), brightness(other)))
    return high / low


def test_every_shipped_breed_has_a_colour_of_its_coat_and_others_that_of_their_species() -> None:
    for species in Species:
        own = colour_of(species)
        assert colour_of(species, "unheard of") == own
        coats = {colour_of(species, breed.id) for breed in BREEDS.all(species)}
        assert len(coats) > 15
        assert own not in coats
        assert all(_contrast(colour, _DISCORDS_CARD) > 2 for colour in coats)
    assert colour_of(Species.CAT) != colour_of(Species.DOG)
    # A black cat is no black dog.
    assert colour_of(Species.CAT, "bomb") != colour_of(Species.DOG, "1")


def test_suggestions_are_ids_and_tell_species_and_twins_apart() -> None:
    breeds = Breeds()
    twins = [Breed(species=Species.DOG, id=id_, name="Spitz", origin=origin) for id_, origin in
             (("900", "Japan"), ("901", None))]  # fmt: skip
    breeds.replace(Species.DOG, [*breeds.all(Species.DOG), *twins])
    assert [(choice.name, choice.value) for choice in breed_choices(breeds, "spitz")[:2]] == [
        ("🐶 Spitz · Japan", "dog:900"),
        ("🐶 Spitz · 901", "dog:901"),
    ]
    assert breed_choices(breeds, "siames")[0].name == "🐱 Siamese"
    for typed in ("", "a", "bulldog"):
        offered = breed_choices(breeds, typed)
        assert 0 < len(offered) <= 25
        assert all(breeds.find(None, choice.value) for choice in offered)
    longest = Breed(species=Species.DOG, id="x" * 99, name="Endless")
    breeds.replace(Species.DOG, [longest])
    assert full_id(longest) not in {choice.value for choice in breed_choices(breeds, "endless")}


def test_groups_countries_and_traits_are_suggested_by_their_words() -> None:
    every = BREEDS.all()
    assert [choice.value for choice in value_choices(every, "spor", None, SAY)] == [
        "group:sporting",
        "group:non_sporting",
    ]
    assert value_choices(every, "good with", None, SAY)[0].name == "Good with children · 67"
    assert value_choices(every, "sc", None, SAY)[0].value == "origin:scotland"
    assert {choice.value.partition(":")[0] for choice in value_choices(every, "", None, SAY)} == {
        "group",
        "origin",
        "trait",
    }


def test_quirks_of_the_services_are_cleaned_or_left_out() -> None:
    raw = (
        b'[{"id": 1, "name": "Quirk", "weight": {"metric": "NaN", "imperial": "65 \xe2\x80\x93 85"},'
        b'"height": {"metric": "Male: 55-65; Female: 45-55", "imperial": "unknown"}, "alt_names": "\xc2\xa0",'
        b'"life_span": "8 \xe2\x80\x93 15 years", "temperament": "calm, , Calm.", "bred_for": " Ratting. ",'
        b'"origin": "", "breed_group": null, "country_code": "X1", "energy_level": 0, "grooming": 9, "rare": "NaN"}]'
    )
    (breed,) = breeds_from_json(raw, Species.DOG)
    told = facts(breed, Units.BOTH, FRESH, SAY)
    assert told[0].splitlines() == [
        "**Lives:** 8–15 years",
        "**Weighs:** 29.5–38.6 kg (65–85 lb)",
        "**Stands:** 45–65 cm (17.7–25.6 in)",
        "**Temperament:** Calm",
        "**Bred for:** Ratting",
    ]
    assert len(told) == 2
