"""How generation B writes breeds, made from generation A2's records: texts for ids, null for what is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.models import Species

from .catalogue import BreedEntry, Record

SPECIES_IDS = {Species.CAT: "1", Species.DOG: "2"}
"""As the live dog host numbers them (recorded 2026-04); the documents disagree among themselves."""

TEXTS = (
    "life_span",
    "temperament",
    "origin",
    "country_codes",
    "country_code",
    "description",
    "bred_for",
    "perfect_for",
    "breed_group",
    "history",
    "alt_names",
    "wikipedia_url",
    "reference_image_id",
)
TRAITS = (
    "adaptability",
    "affection_level",
    "child_friendly",
    "cat_friendly",
    "dog_friendly",
    "energy_level",
    "grooming",
    "health_issues",
    "intelligence",
    "shedding_level",
    "social_needs",
    "stranger_friendly",
    "vocalisation",
    "bidability",
)
FLAGS = (
    "indoor",
    "lap",
    "experimental",
    "hairless",
    "natural",
    "rare",
    "rex",
    "suppressed_tail",
    "short_legs",
    "hypoallergenic",
)
LINKS = ("cfa_url", "vetstreet_url", "vcahospitals_url")
NOT_EMBEDDED = frozenset({"country_codes"})

NUMBERS = re.compile(r"\d+(\.\d+)?(-\d+(\.\d+)?)?")


def breed_core(entry: BreedEntry, species: Species, *, embedded: bool = False) -> dict[str, object]:
    """Return the fields that every breed has; a breed inside a picture has no others."""
    told: dict[str, object] = {"id": entry.id, "name": entry.name, "species_id": SPECIES_IDS[species]}
    for name in TEXTS:
        if embedded and name in NOT_EMBEDDED:
            continue
        told[name] = _years(entry.record) if name == "life_span" else _text(entry.record.get(name))
    return told


def breed_whole(entry: BreedEntry, species: Species, image: Mapping[str, object] | None) -> dict[str, object]:
    """Return a breed as /breeds lists it; `image` is its reference picture."""
    told = breed_core(entry, species)
    if species is Species.CAT:
        told |= {name: entry.record.get(name) for name in TRAITS}
        told |= {name: bool(entry.record.get(name, 0)) for name in FLAGS}
        told |= {name: _text(entry.record.get(name)) for name in LINKS}
    told["weight"] = _measures(entry.record.get("weight"))
    if species is Species.DOG:
        told["height"] = _measures(entry.record.get("height"))
    told["image"] = image
    return told


def _text(value: object) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _years(record: Record) -> str | None:
    span = _span(record.get("life_span"))
    return span if NUMBERS.fullmatch(span) else None


def _measures(value: object) -> dict[str, str] | None:
    if not isinstance(value, dict):
        return None
    spans = {str(unit): _span(text) for unit, text in value.items()}
    return {unit: span if NUMBERS.fullmatch(span) else "unknown" for unit, span in spans.items()}


def _span(value: object) -> str:
    """`10 – 12 Years years` becomes `10-12`."""
    bare = re.sub(r"(?i)years?|\s", "", value) if isinstance(value, str) else ""
    return bare.replace("–", "-")
