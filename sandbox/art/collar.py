"""Collars with a tag, for some animals of short coat."""

from __future__ import annotations

import random
from typing import Final

from .canvas import both
from .geometry import Outline, ellipse, ribbon
from .look import Look
from .palette import INK, WHITE, darker, lighter, rgb
from .sitter import Sitter

COLOURS: Final[dict[str, str]] = {
    "red": "#c8403f",
    "blue": "#3f6fb0",
    "green": "#3f8a63",
    "yellow": "#e0ae3c",
    "violet": "#7d5aa6",
    "teal": "#2f8f97",
}
SHARE: Final[dict[str, float]] = {"dog": 0.5, "cat": 0.25}


def collar_of(look: Look, seed: int) -> str | None:
    """The colour of the collar that an animal wears, if it wears one."""
    rng = random.Random(f"{seed}:collar")
    if look.fur in ("long", "corded", "shag") or look.has("ruff") or rng.random() > SHARE[look.species]:
        return None
    return rng.choice(sorted(COLOURS))


def paint_collar(sitter: Sitter) -> None:
    """The collar round the neck, the tag below the chin."""
    name = collar_of(sitter.look, sitter.seed)
    if name is None:
        return
    canvas, colour = sitter.canvas, rgb(COLOURS[name])
    canvas.pose = sitter.body_pose
    low = sitter.anatomy.chin_y + 3.6
    path: Outline = [(18, low - 12), (34, low - 3), (50, low), (66, low - 3), (82, low - 12)]
    band = both(canvas.shape(ribbon(path, 4.4, taper=0), 0.15), sitter.body)
    canvas.paint(INK, both(canvas.shape(ribbon([(x, y + 1.5) for x, y in path], 4.6, taper=0), 0.9), sitter.body), 0.45)
    canvas.paint(colour, band)
    canvas.paint(
        lighter(colour, 0.35), both(canvas.shape(ribbon([(x, y - 1) for x, y in path], 1.0, taper=0), 0.4), band), 0.6
    )
    gold = rgb("#e2b64c")
    canvas.paint(darker(gold, 0.5), canvas.disc(50, low + 4.7, 3.3, 3.3, 0.25))
    canvas.paint(gold, canvas.disc(50, low + 4.4, 3.0, 3.0, 0.15))
    paw = [ellipse(50, low + 5.2, 1.2, 1.0, steps=16)]
    paw += [ellipse(50 + dx, low + 3.7 + abs(dx) * 0.25, 0.45, 0.55, steps=12) for dx in (-1.3, 0.0, 1.3)]
    canvas.paint(darker(gold, 0.45), canvas.shapes(paw))
    canvas.paint(WHITE, canvas.disc(49, low + 3.0, 0.9, 0.5, 0.3), 0.7)
