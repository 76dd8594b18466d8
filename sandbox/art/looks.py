"""Every breed's look, by species and breed id."""

from __future__ import annotations

from typing import Final

from .look import Look, Species
from .looks_cats import CATS
from .looks_hounds import HOUNDS
from .looks_terriers import TERRIERS
from .looks_workers import WORKERS

LOOKS: Final[dict[Species, dict[str, Look]]] = {"cat": CATS, "dog": {**WORKERS, **HOUNDS, **TERRIERS}}


def look_of(species: Species, breed: str | int) -> Look:
    """The look of a breed; raises `KeyError` for a breed that is not in the tables."""
    return LOOKS[species][str(breed)]
