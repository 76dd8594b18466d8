"""What an animal looks like: the one description that drawing, moving and telling share."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

Species = Literal["cat", "dog"]


@dataclass(frozen=True)
class Look:
    """A breed's typical looks; colour names are those of the palette.

    `kg` is the middle of the weight range in the services' breed data. `also` names other coat colours of the breed:
    later variants wear them. `extra` holds details that are there or not: "mask", "beard", "wrinkles" and so on.
    """

    species: Species
    kg: float
    coat: str
    mark: str = ""
    light: str = ""
    pattern: str = "solid"
    white: str = ""
    ears: str = "prick"
    eyes: tuple[str, str] = ("green", "green")
    nose: str = "pink"
    fur: str = "short"
    head: str = "round"
    muzzle: str = "medium"
    extra: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()

    def has(self, detail: str) -> bool:
        """Whether the look has a detail."""
        return detail in self.extra

    @property
    def scale(self) -> float:
        """How large the animal stands in the frame, from its weight on a logarithmic scale."""
        if self.species == "cat":
            share = (math.log(self.kg) - math.log(3.0)) / (math.log(7.5) - math.log(3.0))
            return 0.9 + 0.1 * min(1.0, max(0.0, share))
        share = (math.log(self.kg) - math.log(2.0)) / (math.log(70.0) - math.log(2.0))
        return 0.76 + 0.26 * min(1.0, max(0.0, share))

    def dressed(self, variant: int) -> Look:
        """The look in the coat colour that a variant wears; brown dogs have brown noses."""
        colours = (self.coat, *self.also)
        coat = colours[variant % len(colours)]
        if coat == self.coat:
            return self
        brown = self.species == "dog" and coat in ("liver", "chocolate")
        return replace(self, coat=coat, light="", nose="liver" if brown else self.nose)


def cat(
    kg: float,
    coat: str,
    pattern: str = "solid",
    *,
    mark: str = "",
    light: str = "",
    white: str = "",
    ears: str = "prick",
    eyes: str = "green",
    nose: str = "pink",
    fur: str = "short",
    head: str = "round",
    extra: str = "",
    also: str = "",
) -> Look:
    """A cat's look; `eyes` of two colours are written "blue/amber", `extra` and `also` as words."""
    muzzle = "flat" if head == "flat" else "medium"
    details, others = frozenset(extra.split()), tuple(also.split())
    return Look(
        "cat", kg, coat, mark, light, pattern, white, ears, _eyes(eyes), nose, fur, head, muzzle, details, others
    )


def dog(
    kg: float,
    coat: str,
    pattern: str = "solid",
    *,
    mark: str = "",
    light: str = "",
    white: str = "",
    ears: str = "drop",
    eyes: str = "brown",
    nose: str = "black",
    fur: str = "short",
    head: str = "hound",
    muzzle: str = "medium",
    extra: str = "",
    also: str = "",
) -> Look:
    """A dog's look, written like a cat's."""
    details, others = frozenset(extra.split()), tuple(also.split())
    return Look(
        "dog", kg, coat, mark, light, pattern, white, ears, _eyes(eyes), nose, fur, head, muzzle, details, others
    )


def _eyes(words: str) -> tuple[str, str]:
    left, _, right = words.partition("/")
    return left, right or left
