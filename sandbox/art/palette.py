"""Coat, eye and nose colours by the names breeders and viewers use, and the arithmetic of mixing them."""

from __future__ import annotations

from typing import Final

RGB = tuple[int, int, int]

BLACK: Final[RGB] = (0, 0, 0)
WHITE: Final[RGB] = (255, 255, 255)
INK: Final[RGB] = (30, 21, 19)

# name used in the tables -> (colour, word said in alternative texts)
COATS: Final[dict[str, tuple[str, str]]] = {
    "black": ("#2c2a2b", "black"),
    "white": ("#f5f1ea", "white"),
    "ivory": ("#f2e8d6", "ivory"),
    "cream": ("#eddcc0", "cream"),
    "seal": ("#493228", "dark brown"),
    "sepia": ("#5f4032", "rich brown"),
    "chocolate": ("#6d4530", "chocolate brown"),
    "liver": ("#603a29", "liver brown"),
    "brown": ("#8a5d3b", "brown"),
    "chestnut": ("#8f4a26", "chestnut"),
    "mahogany": ("#7e3a1f", "mahogany red"),
    "rust": ("#b5622f", "rust red"),
    "red": ("#c4733a", "red"),
    "ginger": ("#dc9148", "ginger"),
    "orange": ("#dd9350", "orange"),
    "ruddy": ("#b8733f", "ruddy brown"),
    "cinnamon": ("#b5784f", "cinnamon"),
    "tan": ("#bd824a", "tan"),
    "fawn": ("#d6b083", "fawn"),
    "sand": ("#d9c39c", "sandy"),
    "wheat": ("#e4c283", "wheaten"),
    "gold": ("#d8a457", "golden"),
    "lemon": ("#e6c98e", "lemon"),
    "apricot": ("#e2b27f", "apricot"),
    "buff": ("#dcbb8c", "buff"),
    "bronze": ("#a9804f", "bronze"),
    "blue": ("#7c8894", "blue-grey"),
    "slate": ("#56606b", "slate blue"),
    "lilac": ("#bdaaa5", "lilac"),
    "silver": ("#c5c8cb", "silver"),
    "grey": ("#93928f", "grey"),
    "steel": ("#5d6267", "steel grey"),
    "pepper": ("#6d6b69", "pepper-and-salt grey"),
    "smoke": ("#b9b4ab", "smoky grey"),
    "taupe": ("#a1938a", "silver-taupe"),
    "brindle": ("#7a5636", "brown"),
    "pink": ("#e8bfae", "pink"),
    "rosy": ("#d9a795", "rosy"),
    "graphite": ("#575051", "dark grey"),
}

EYES: Final[dict[str, tuple[str, str]]] = {
    "blue": ("#4f93d6", "blue"),
    "aqua": ("#53b3ac", "aqua"),
    "green": ("#79a83c", "green"),
    "gooseberry": ("#a9ba4e", "gooseberry green"),
    "yellow": ("#d8b836", "yellow"),
    "gold": ("#dba632", "golden"),
    "copper": ("#cf7d2a", "copper"),
    "amber": ("#bd8230", "amber"),
    "hazel": ("#8c7038", "hazel"),
    "brown": ("#5c3519", "brown"),
    "dark": ("#3a2114", "dark"),
    "ice": ("#8fc3e6", "ice-blue"),
}

NOSES: Final[dict[str, str]] = {
    "pink": "#d98f88",
    "brick": "#b4685a",
    "brown": "#6a4034",
    "liver": "#74493a",
    "slate": "#5b5c66",
    "black": "#221d1d",
}


def rgb(code: str) -> RGB:
    """The colour of a code such as ``#d8a457``."""
    digits = code.removeprefix("#")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def coat(name: str) -> RGB:
    """The colour of a coat name; raises `KeyError` for a name that the palette does not hold."""
    return rgb(COATS[name][0])


def mix(first: RGB, second: RGB, share: float) -> RGB:
    """`first` with `share` (0 to 1) of `second` in it."""
    keep = 1.0 - share
    return (
        int(first[0] * keep + second[0] * share),
        int(first[1] * keep + second[1] * share),
        int(first[2] * keep + second[2] * share),
    )


def darker(colour: RGB, share: float) -> RGB:
    """`colour` with `share` of a warm black in it."""
    return mix(colour, (26, 16, 14), share)


def lighter(colour: RGB, share: float) -> RGB:
    """`colour` with `share` of a warm white in it."""
    return mix(colour, (255, 251, 243), share)


def brightness(colour: RGB) -> float:
    """How bright a colour looks, 0 to 1."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255
