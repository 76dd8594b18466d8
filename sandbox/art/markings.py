"""Markings that coats are built of: stripes, spots, patches, speckles and white."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from .canvas import Mask, both
from .geometry import Outline, Point, blob, mirrored, ribbon, spline, symmetric
from .palette import RGB, coat
from .sitter import Sitter

Box = tuple[float, float, float, float]


def stripes(
    sitter: Sitter, region: Mask, paths: Sequence[Sequence[Point]], width: float, colour: RGB, *, strength: float = 1.0
) -> None:
    """Tapering stripes and their mirror images."""
    outlines: list[Outline] = []
    for path in paths:
        outlines.append(ribbon(path, width))
        if any(abs(x - 50) > 0.01 for x, _ in path):
            outlines.append(ribbon(mirrored(path), width))
    sitter.canvas.paint(colour, both(sitter.canvas.shapes(outlines, 0.3), region), strength)


def spots(
    sitter: Sitter,
    region: Mask,
    box: Box,
    room: str,
    *,
    count: int,
    sizes: tuple[float, float],
    colour: RGB,
    gap: float = 1.2,
    heart: RGB | None = None,
    clear_eyes: bool = False,
    strength: float = 1.0,
) -> None:
    """Irregular spots that do not touch; with `heart` they are rosettes, lighter inside."""
    rng = sitter.rng(room)
    done: list[tuple[float, float, float]] = []
    eye_x, eye_y = sitter.anatomy.eye_x, sitter.anatomy.eye_y
    for _ in range(count * 12):
        if len(done) >= count:
            break
        x, y, radius = rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3]), rng.uniform(*sizes)
        if clear_eyes and (math.hypot(abs(x - 50) - eye_x, y - eye_y) < 7 + radius * 0.5 or _on_nose(sitter, x, y)):
            continue
        if any(math.hypot(x - px, y - py) < radius + other + gap for px, py, other in done):
            continue
        done.append((x, y, radius))
    canvas = sitter.canvas
    canvas.paint(colour, both(canvas.shapes([blob(rng, x, y, r) for x, y, r in done], 0.15), region), strength)
    if heart is not None:
        inner = [blob(rng, x + 0.15 * r, y + 0.2 * r, r * 0.5) for x, y, r in done if r > 1.6]
        if inner:
            canvas.paint(heart, both(canvas.shapes(inner, 0.25), region), strength)


def _on_nose(sitter: Sitter, x: float, y: float) -> bool:
    return abs(x - 50) < 6 and abs(y - sitter.anatomy.nose_y) < 5


def patches(
    sitter: Sitter, region: Mask, box: Box, room: str, *, count: int, sizes: tuple[float, float], colour: RGB
) -> None:
    """Ragged patches that may overlap."""
    rng = sitter.rng(room)
    outlines = [
        blob(rng, rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3]), rng.uniform(*sizes), wobble=0.4)
        for _ in range(count)
    ]
    sitter.canvas.paint(colour, both(sitter.canvas.shapes(outlines, 0.3), region))


def streaks(sitter: Sitter, region: Mask, box: Box, room: str, colour: RGB, *, count: int, strength: float) -> None:
    """The broken, irregular stripes of a brindle."""
    rng = sitter.rng(room)
    outlines: list[Outline] = []
    for _ in range(count):
        x, y = rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3])
        side = 1.0 if x > 50 else -1.0
        slope = rng.uniform(0.2, 0.9)
        length = rng.uniform(3, 8)
        outlines.append(
            ribbon(
                [(x, y), (x + side * length * 0.5, y + slope * length * 0.2), (x + side * length, y + slope * length)],
                rng.uniform(0.45, 1.1),
            )
        )
    sitter.canvas.paint(colour, both(sitter.canvas.shapes(outlines, 0.25), region), strength)


def wedge_of_white(sitter: Sitter, region: Mask, half: Sequence[Point], *, blur: float = 0.7) -> None:
    """A symmetric white marking from its right half."""
    sitter.canvas.paint(coat("white"), both(sitter.canvas.shape(spline(symmetric(half)), blur), region))


def bib(sitter: Sitter, *, wide: float = 10.0, colour: RGB | None = None, strength: float = 1.0) -> None:
    """A pale chest, `wide` units from the middle line at its broadest."""
    half: Outline = [(50, 58), (50 + wide, 66), (50 + wide * 1.25, 80), (50 + wide * 1.1, 98), (50, 110)]
    tone = colour or coat("white")
    sitter.canvas.paint(tone, both(sitter.canvas.shape(spline(symmetric(half)), 1.2), sitter.body), strength)


def speckles(rng: random.Random, box: Box, count: int, sizes: tuple[float, float]) -> list[Outline]:
    """Tiny dots for ticked and roan coats."""
    dots: list[Outline] = []
    for _ in range(count):
        x, y, r = rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3]), rng.uniform(*sizes)
        dots.append([(x - r, y), (x, y - r), (x + r, y), (x, y + r)])
    return dots
