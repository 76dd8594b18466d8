"""What is behind the animal: soft light, meadows, rooms and skies."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from PIL import Image

from .canvas import Canvas
from .geometry import Outline, ellipse, spline
from .palette import RGB, WHITE, brightness, darker, lighter, mix, rgb

# top and bottom of the light behind the animal
LIGHTS: Final[tuple[tuple[str, str], ...]] = (
    ("#dcecf4", "#8db6cc"),
    ("#e9e2f4", "#aa9dc9"),
    ("#e2efd9", "#98bd8c"),
    ("#f7e8d3", "#d3a97c"),
    ("#f8e1de", "#cf9a9c"),
    ("#d9efeb", "#83b8b1"),
    ("#fbf0cf", "#d9b968"),
    ("#dfe4ee", "#8c9cba"),
)


def _wash(canvas: Canvas, top: RGB, bottom: RGB) -> None:
    strip = Image.new("RGB", (1, 64))
    for row in range(64):
        strip.putpixel((0, row), mix(top, bottom, row / 63))
    canvas.image.paste(strip.resize(canvas.size, Image.Resampling.BICUBIC))


def _glow(canvas: Canvas, colour: RGB, strength: float) -> None:
    canvas.paint(colour, canvas.disc(50, 44, 36, 36, 11), strength)


def studio(canvas: Canvas, rng: random.Random, top: RGB, bottom: RGB) -> None:
    """A plain wash with round lights out of focus."""
    _wash(canvas, top, bottom)
    _glow(canvas, lighter(top, 0.6), 0.7)
    for _ in range(9):
        radius = rng.uniform(3, 9)
        disc = canvas.disc(rng.uniform(-6, 106), rng.uniform(-2, 100), radius, radius, 0.6)
        canvas.paint(WHITE, disc, rng.uniform(0.1, 0.26))


# sky above and below, three hills from far to near, what is strewn over the near one
LANDS: Final[tuple[tuple[str, str, tuple[str, str, str], tuple[str, ...]], ...]] = (
    ("#bfe0f2", "#eef6ee", ("#b9d4a4", "#9dc284", "#7fae68"), ("#fff6e0", "#f4c9d4", "#f7de7d")),
    ("#f6d9b4", "#fbeedb", ("#dcb98c", "#cf9d66", "#b9834f"), ("#e8b45c", "#c9653c", "#f3d9a4")),
    ("#cfd6ee", "#f2ecf4", ("#c3b6dc", "#a894cd", "#8fa379"), ("#b79be0", "#8c6fc4", "#e6d6f6")),
    ("#c3d8e8", "#f3f6f9", ("#dde7ef", "#e8eff4", "#f4f7f9"), ("#ffffff", "#e4edf4")),
    ("#bfe3ec", "#eef7f2", ("#8fcad2", "#7dbfcb", "#ead9b3"), ("#fff8e6", "#e3c999", "#f6e9cb")),
    ("#c9e4e4", "#f3f7e6", ("#c6d9a0", "#aecb7e", "#93b35f"), ("#d9544f", "#e8756b", "#fbe7b2")),
)


def meadow(canvas: Canvas, rng: random.Random, top: RGB, _bottom: RGB) -> None:
    """Hills, sand or snow under a mild sky."""
    above, below, hills, strewn = rng.choice(LANDS)
    _wash(canvas, mix(rgb(above), top, 0.25), rgb(below))
    for _ in range(3):
        x, y = rng.uniform(0, 100), rng.uniform(8, 26)
        puffs = [ellipse(x, y, 9, 3.4), ellipse(x + 6, y - 2, 6, 3.6), ellipse(x - 5, y - 1, 5, 2.8)]
        canvas.paint(WHITE, canvas.shapes(puffs, 1.6), 0.75)
    for level, code in zip((56, 66, 78), hills, strict=True):
        bump = rng.uniform(-5, 5)
        hill: Outline = [
            (-10, level + bump),
            (20, level - 4 - bump),
            (52, level + 2),
            (82, level - 4 + bump),
            (112, level - bump),
        ]
        curve = spline(hill, closed=False)
        canvas.paint(rgb(code), canvas.shape([*curve, (112, 108), (-10, 108)], 1.1))
    for _ in range(26):
        x, y = rng.uniform(-4, 104), rng.uniform(80, 100)
        colour = rgb(rng.choice(strewn))
        canvas.paint(colour, canvas.disc(x, y, 0.9, 0.9, 0.25), 0.9)


def room(canvas: Canvas, rng: random.Random, top: RGB, bottom: RGB) -> None:
    """A wall with a window full of light."""
    wall = mix(top, bottom, 0.25)
    _wash(canvas, wall, mix(top, bottom, 0.65))
    left = rng.choice((4.0, 60.0))
    pane = [(left, 6), (left + 36, 6), (left + 36, 60), (left, 60)]
    frame = [(left - 2.4, 3.6), (left + 38.4, 3.6), (left + 38.4, 62.4), (left - 2.4, 62.4)]
    canvas.paint(lighter(wall, 0.35), canvas.shape(frame, 0.7))
    canvas.paint(rgb("#d7ecf6"), canvas.shape(pane, 0.8))
    trees = [(left, 50), (left + 12, 43), (left + 24, 49), (left + 36, 44), (left + 36, 60), (left, 60)]
    canvas.paint(rgb("#a9c99a"), canvas.shape(trees, 1.4))
    bar = lighter(wall, 0.35)
    canvas.paint(bar, canvas.shape([(left + 17.2, 6), (left + 18.8, 6), (left + 18.8, 60), (left + 17.2, 60)], 0.4))
    canvas.paint(bar, canvas.shape([(left, 32), (left + 36, 32), (left + 36, 33.6), (left, 33.6)], 0.4))
    _glow(canvas, lighter(wall, 0.5), 0.35)


def paper(canvas: Canvas, rng: random.Random, top: RGB, bottom: RGB) -> None:
    """A wall papered with paw prints."""
    tone = mix(top, bottom, 0.35)
    _wash(canvas, lighter(tone, 0.25), tone)
    print_colour = lighter(tone, 0.4)
    prints: list[Outline] = []
    for row in range(6):
        for column in range(7):
            x, y = column * 18 - 6 + (row % 2) * 9, row * 18 + 4 + rng.uniform(-0.6, 0.6)
            prints.append(ellipse(x, y + 1.4, 2.3, 1.9, steps=20))
            for dx, dy in ((-2.7, -0.8), (-1, -2.6), (1, -2.6), (2.7, -0.8)):
                prints.append(ellipse(x + dx, y + dy, 0.85, 1.1, steps=14))
    canvas.paint(print_colour, canvas.shapes(prints), 0.8)
    _glow(canvas, lighter(tone, 0.6), 0.4)


def leaves(canvas: Canvas, rng: random.Random, top: RGB, bottom: RGB) -> None:
    """Light through leaves, far out of focus."""
    _wash(canvas, lighter(mix(top, rgb("#d8e8c4"), 0.5), 0.2), mix(bottom, rgb("#7fa070"), 0.5))
    for _ in range(16):
        x, y = rng.uniform(-6, 106), rng.uniform(-6, 90)
        green = mix(rgb("#a9cb8d"), rgb("#6f9d6a"), rng.random())
        canvas.paint(
            green, canvas.disc(x, y, rng.uniform(5, 12), rng.uniform(2.5, 5), 1.2, turn=rng.uniform(-1, 1)), 0.4
        )
    for _ in range(10):
        radius = rng.uniform(2, 6)
        canvas.paint(rgb("#fffbe6"), canvas.disc(rng.uniform(0, 100), rng.uniform(0, 70), radius, radius, 0.8), 0.3)
    _glow(canvas, rgb("#fbfbe9"), 0.5)


Scene = Callable[[Canvas, random.Random, RGB, RGB], None]
INDOORS: Final[tuple[Scene, ...]] = (studio, room, paper, leaves)
OUTDOORS: Final[tuple[Scene, ...]] = (studio, meadow, leaves, room, paper, meadow)


def paint_scene(canvas: Canvas, rng: random.Random, scenes: tuple[Scene, ...], coat: RGB) -> None:
    """One of the scenes, in a light that the coat stands out from."""
    top, bottom = (rgb(code) for code in rng.choice(LIGHTS))
    if brightness(coat) > 0.72:
        top, bottom = darker(top, 0.12), darker(bottom, 0.16)
    rng.choice(scenes)(canvas, rng, top, bottom)
