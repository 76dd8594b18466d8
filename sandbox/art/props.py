"""Props for the categories of TheCatAPI: something to sit in, to wear, or to fly in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PIL import Image

from .canvas import both, outside
from .geometry import Outline, Pose, ellipse, mirrored, ribbon, scaled, spline, symmetric
from .palette import INK, WHITE, darker, lighter, mix, rgb
from .sitter import Sitter

Painter = Callable[[Sitter], None]


@dataclass(frozen=True)
class Prop:
    """What a prop adds: the words for it, a scene of its own, something worn on the body, something in
    front of all, and how much smaller the animal stands to fit."""

    words: str
    scene: Painter | None = None
    worn: Painter | None = None
    front: Painter | None = None
    scale: float = 1.0


def _level(sitter: Sitter) -> None:
    sitter.canvas.pose = Pose()


def _box(sitter: Sitter) -> None:
    """A cardboard box that the animal looks out of."""
    _level(sitter)
    canvas = sitter.canvas
    card = rgb("#c99b66")
    canvas.paint(INK, canvas.disc(50, 78, 42, 6, 2.5), 0.35)
    for flap in ([(10, 77), (1, 86), (-4, 78), (8, 70)], [(90, 77), (99, 86), (104, 78), (92, 70)]):
        canvas.paint(darker(card, 0.14), canvas.shape(flap, 0.25))
    canvas.paint(card, canvas.shape([(9, 76), (91, 76), (88, 104), (12, 104)], 0.25))
    canvas.paint(darker(card, 0.35), canvas.shape([(9, 76), (91, 76), (90.8, 78), (9.2, 78)], 0.3))
    canvas.paint(lighter(card, 0.2), canvas.shape([(10, 78), (90.8, 78), (90.4, 84), (10.6, 84)], 1.4), 0.6)
    canvas.paint(rgb("#e3d3a8"), canvas.shape([(43, 78), (57, 78), (56.4, 104), (43.6, 104)], 0.3), 0.75)
    rng = sitter.rng("box")
    for _ in range(40):
        y = rng.uniform(79, 100)
        x = rng.uniform(10, 80)
        canvas.paint(darker(card, 0.3), canvas.shape([(x, y), (x + rng.uniform(4, 14), y), (x + 4, y + 0.18)]), 0.25)
    for x in (22.0, 78.0):
        canvas.paint(darker(card, 0.55), canvas.disc(x, 89, 5, 1.9, 0.3))
    for side in (-1, 1):
        paw = canvas.disc(50 + side * 17, 77.5, 6.4, 4.4, 0.25)
        canvas.paint(darker(sitter.base, 0.45), canvas.disc(50 + side * 17, 78.6, 6.8, 4.6, 0.7), 0.6)
        paw_colour = sitter.light if sitter.look.white or sitter.look.pattern in ("van", "calico") else sitter.base
        canvas.paint(paw_colour, paw)
        canvas.paint(WHITE, canvas.disc(50 + side * 16, 75.8, 4, 1.4, 0.8), 0.25)
        for step in (-1, 1):
            x = 50 + side * 17 + step * 2.0
            canvas.line([(x, 78.6), (x, 81.2)], darker(paw_colour, 0.45), 0.4)


def _jumper(sitter: Sitter) -> None:
    """A knitted jumper with stripes and a rolled collar."""
    canvas = sitter.canvas
    canvas.pose = sitter.body_pose
    wool, pale = rgb("#c44e52"), rgb("#f6e7d2")
    body = canvas.shape(scaled(sitter.anatomy.body, (50, 90), 1.05, 1.0), 0.2)
    canvas.paint(wool, body)
    for y in (82.0, 93.0):
        canvas.paint(pale, both(canvas.shape(ribbon([(8, y + 4), (50, y), (92, y + 4)], 4.6, taper=0), 0.15), body))
    knit = []
    for row in range(26):
        for column in range(44):
            x, y = 10 + column * 1.9, 66 + row * 1.6
            knit.append([(x, y), (x + 0.95, y + 0.9), (x + 0.95, y + 1.4), (x, y + 0.5)])
            knit.append([(x + 1.9, y), (x + 0.95, y + 0.9), (x + 0.95, y + 1.4), (x + 1.9, y + 0.5)])
    canvas.paint(INK, both(canvas.shapes(knit), body), 0.16)
    canvas.paint(INK, both(body, outside(canvas.shape(scaled(sitter.anatomy.body, (50, 96), 0.82, 0.95), 4))), 0.3)
    collar = canvas.disc(50, 70, 19, 6.5, 0.3)
    canvas.paint(darker(wool, 0.4), canvas.disc(50, 71.4, 19.4, 7, 1.0), 0.6)
    canvas.paint(lighter(wool, 0.08), collar)
    for step in range(25):
        angle = math.pi * step / 24
        x, y = 50 - 18 * math.cos(angle), 70 + 5.6 * math.sin(angle)
        canvas.paint(
            darker(wool, 0.4), both(canvas.shape(ribbon([(x, y - 4), (x, y + 2)], 0.5, taper=0)), collar), 0.45
        )


def _hat(sitter: Sitter) -> None:
    """A red hat with a band, set a little to one side."""
    canvas = sitter.canvas
    crown = sitter.anatomy.head[0][1]
    canvas.pose = Pose(
        sitter.head_pose.angle + 7,
        sitter.head_pose.scale,
        (50, crown),
        (sitter.head_pose.at((50, crown))[0] - 50, sitter.head_pose.at((50, crown))[1] - crown),
    )
    red, band = rgb("#c9403f"), rgb("#3c2b34")
    brim_y = crown + 4.5
    canvas.paint(INK, both(canvas.disc(50, brim_y + 3, 25, 5.5, 2), sitter.head), 0.4)
    half: Outline = [(50, brim_y - 20), (57, brim_y - 19.5), (63, brim_y - 16), (65.5, brim_y - 1), (50, brim_y + 2.5)]
    top = canvas.shape(spline(symmetric(half)), 0.2)
    brim = canvas.disc(50, brim_y, 26, 5.2, 0.2)
    canvas.paint(darker(red, 0.2), brim)
    canvas.paint(lighter(red, 0.06), canvas.disc(50, brim_y - 0.9, 25.4, 4.2, 0.5))
    canvas.paint(red, top)
    canvas.paint(INK, both(top, outside(canvas.disc(47, brim_y - 9, 13, 14, 4))), 0.35)
    canvas.paint(WHITE, both(canvas.disc(44, brim_y - 13, 4, 6, 2), top), 0.28)
    canvas.paint(
        band,
        both(canvas.shape(ribbon([(33, brim_y - 4.5), (50, brim_y - 0.8), (67, brim_y - 4.5)], 5, taper=0), 0.15), top),
    )
    canvas.paint(rgb("#f2c24f"), canvas.disc(59, brim_y - 3.4, 2.4, 2.4, 0.2))
    canvas.paint(rgb("#fff0c2"), canvas.disc(58.4, brim_y - 4, 0.9, 0.9, 0.3))


def _sink(sitter: Sitter) -> None:
    """A white basin with a tap beside the animal that sits in it."""
    _level(sitter)
    canvas = sitter.canvas
    china = rgb("#f2f4f4")
    canvas.paint(INK, canvas.disc(50, 80, 44, 7, 2.5), 0.3)
    rim = canvas.disc(50, 83, 48, 8.5, 0.25)
    canvas.paint(darker(china, 0.12), canvas.shape(spline([(3, 84), (97, 84), (88, 106), (50, 110), (12, 106)]), 0.4))
    canvas.paint(china, both(rim, outside(canvas.shape([(0, 60), (100, 60), (100, 80), (0, 80)], 1.5))))
    canvas.paint(WHITE, canvas.shape(ribbon([(8, 87), (50, 91.5), (92, 87)], 1.6, taper=0), 0.4), 0.9)
    canvas.paint(darker(china, 0.3), canvas.shape(ribbon([(8, 92), (50, 97), (92, 92)], 2.4, taper=0), 1.5), 0.5)
    steel = rgb("#aab4bb")
    tap = [(92, 84), (92, 60), (88, 50), (78, 49), (73, 55)]
    canvas.paint(darker(steel, 0.4), canvas.shape(ribbon(tap, 5.4, taper=0.1), 0.2))
    canvas.paint(steel, canvas.shape(ribbon(tap, 4.2, taper=0.1), 0.4))
    canvas.paint(WHITE, canvas.shape(ribbon([(x - 0.9, y - 0.6) for x, y in tap], 1.0, taper=0.2), 0.3), 0.85)
    canvas.paint(rgb("#bfe2f2"), canvas.shape(spline([(72.6, 59), (74.2, 62.6), (72.6, 64.4), (71, 62.6)]), 0.15))
    canvas.paint(WHITE, canvas.disc(72.2, 62, 0.5, 0.8, 0.15))


def _bathroom(sitter: Sitter) -> None:
    _level(sitter)
    canvas = sitter.canvas
    tile = rgb("#b9dbdc")
    canvas.image.paste(darker(tile, 0.12), (0, 0, *canvas.size))
    rng = sitter.rng("tiles")
    for row in range(8):
        for column in range(8):
            x, y = column * 13.0 - 2, row * 13.0 - 3
            shade = mix(tile, WHITE, rng.uniform(0.05, 0.3))
            canvas.paint(shade, canvas.shape([(x, y), (x + 12.3, y), (x + 12.3, y + 12.3), (x, y + 12.3)], 0.15))
    canvas.paint(WHITE, canvas.disc(40, 30, 34, 34, 11), 0.4)


def _night_sky(sitter: Sitter) -> None:
    _level(sitter)
    canvas = sitter.canvas
    strip = Image.new("RGB", (1, 32))
    for row in range(32):
        strip.putpixel((0, row), mix(rgb("#151634"), rgb("#4b3a78"), row / 31))
    canvas.image.paste(strip.resize(canvas.size, Image.Resampling.BICUBIC))
    rng = sitter.rng("stars")
    for _ in range(5):
        x, y = rng.uniform(0, 100), rng.uniform(0, 90)
        canvas.paint(
            rgb(rng.choice(("#8a5fb0", "#3f6fae", "#b0608d"))),
            canvas.disc(x, y, 22, 12, 8, turn=rng.uniform(-1, 1)),
            0.3,
        )
    dots = [
        ellipse(rng.uniform(0, 100), rng.uniform(0, 100), size, size, steps=8)
        for size in (0.18, 0.26, 0.4)
        for _ in range(55)
    ]
    canvas.paint(WHITE, canvas.shapes(dots, 0.05), 0.9)
    planet = canvas.disc(15, 19, 9, 9, 0.2)
    canvas.paint(rgb("#e0a86a"), planet)
    canvas.paint(rgb("#f3cf9a"), both(planet, canvas.disc(12, 16, 8, 3, 1.5, turn=-0.4)), 0.7)
    canvas.paint(rgb("#1a1738"), both(planet, outside(canvas.disc(12, 16, 9, 9, 2))), 0.6)
    canvas.paint(
        rgb("#f7e3c4"),
        both(canvas.disc(15, 19, 16, 3.4, 0.2, turn=-0.4), outside(canvas.disc(15, 19, 13, 2.2, 0.2, turn=-0.4))),
        0.75,
    )


def _space_suit(sitter: Sitter) -> None:
    canvas = sitter.canvas
    canvas.pose = Pose(scale=sitter.look.scale)
    suit = rgb("#e8ebef")
    body = canvas.shape(scaled(sitter.anatomy.body, (50, 90), 1.1, 1.0), 0.2)
    canvas.paint(suit, body)
    canvas.paint(INK, both(body, outside(canvas.shape(scaled(sitter.anatomy.body, (50, 96), 0.86, 0.95), 4))), 0.35)
    for x, code in ((41.0, "#d9534f"), (50.0, "#f0b84a"), (59.0, "#4f8fd0")):
        canvas.paint(darker(rgb(code), 0.4), canvas.disc(x, 92.4, 2.7, 2.7, 0.2))
        canvas.paint(rgb(code), canvas.disc(x, 92, 2.4, 2.4, 0.2))
        canvas.paint(WHITE, canvas.disc(x - 0.7, 91.2, 0.7, 0.6, 0.2), 0.8)
    ring = canvas.disc(50, 77, 29, 7, 0.25)
    canvas.paint(darker(suit, 0.45), canvas.disc(50, 78.6, 30, 7.6, 0.6))
    canvas.paint(rgb("#b9c2cc"), ring)
    canvas.paint(darker(suit, 0.55), canvas.disc(50, 75.6, 25, 5, 0.5))


def _helmet(sitter: Sitter) -> None:
    canvas = sitter.canvas
    canvas.pose = Pose(scale=sitter.look.scale)
    glass = canvas.disc(50, 41, 43, 42, 0.3)
    hollow = canvas.disc(50, 41, 41.4, 40.4, 0.8)
    canvas.paint(rgb("#cfe6f7"), both(glass, outside(hollow)), 0.8)
    canvas.paint(rgb("#bfe0ff"), both(glass, outside(canvas.disc(50, 42, 36, 35, 5))), 0.3)
    canvas.paint(WHITE, canvas.shape(spline([(17, 30), (25, 14), (38, 5.5), (30, 14), (22.5, 29), (19, 38)]), 0.6), 0.6)
    canvas.paint(WHITE, canvas.disc(78, 64, 2, 5, 0.8, turn=0.6), 0.45)


def _sunglasses(sitter: Sitter) -> None:
    canvas, anatomy = sitter.canvas, sitter.anatomy
    canvas.pose = sitter.face_pose
    frame = rgb("#25232b")
    dx, y = anatomy.eye_x + 0.6, anatomy.eye_y + 0.4
    rx, ry = anatomy.eye_rx * 1.42, anatomy.eye_ry * 1.36
    for side in (-1, 1):
        arm = ribbon([(50 + side * (dx + rx - 1), y - 2), (50 + side * 30, y - 4.5)], 1.9, taper=0.2)
        canvas.paint(frame, both(canvas.shape(arm, 0.15), sitter.head))
    canvas.paint(
        frame,
        canvas.shape(
            ribbon([(50 - dx + rx * 0.7, y - 1.6), (50, y - 3), (50 + dx - rx * 0.7, y - 1.6)], 1.8, taper=0), 0.15
        ),
    )
    for side in (-1, 1):
        half: Outline = [
            (-rx, -ry * 0.8),
            (0, -ry),
            (rx, -ry * 0.85),
            (rx * 0.9, ry * 0.45),
            (0, ry),
            (-rx * 0.85, ry * 0.5),
        ]
        lens = spline([(50 + side * dx + side * px, y + py) for px, py in half])
        canvas.paint(INK, both(canvas.shape([(px, py + 1.2) for px, py in lens], 1.0), sitter.head), 0.4)
        canvas.paint(frame, canvas.shape(scaled(lens, (50 + side * dx, y), 1.12, 1.14), 0.2))
        glass = canvas.shape(lens, 0.2)
        canvas.paint(rgb("#2b3a55"), glass)
        canvas.paint(rgb("#e58a5a"), both(glass, canvas.disc(50 + side * dx, y + ry, rx, ry * 0.9, 2)), 0.65)
        shine: Outline = [
            (50 + side * dx - rx * 0.6, y + ry * 0.1),
            (50 + side * dx - rx * 0.1, y - ry),
            (50 + side * dx + rx * 0.25, y - ry),
            (50 + side * dx - rx * 0.3, y + ry * 0.5),
        ]
        canvas.paint(WHITE, both(glass, canvas.shape(shine, 0.5)), 0.4)


def _tie(sitter: Sitter) -> None:
    canvas = sitter.canvas
    canvas.pose = sitter.body_pose
    silk, dot = rgb("#2f5f9e"), rgb("#f4d27a")
    collar: Outline = [(50, 75), (57, 69), (67, 71), (62, 80), (54, 80)]
    for outline in (collar, mirrored(collar)):
        canvas.paint(INK, canvas.shape([(x, y + 1.2) for x, y in outline], 1.0), 0.35)
        canvas.paint(rgb("#fbfaf6"), canvas.shape(outline, 0.2))
        canvas.paint(INK, both(canvas.shape(outline), canvas.disc(50, 71, 20, 4, 2)), 0.25)
    blade: Outline = [(47.4, 80), (52.6, 80), (57, 101), (50, 108), (43, 101)]
    canvas.paint(INK, canvas.shape([(x + 0.8, y + 1) for x, y in blade], 1.2), 0.4)
    mask = canvas.shape(blade, 0.15)
    canvas.paint(silk, mask)
    dots = [
        ellipse(44 + column * 3.2 + (row % 2) * 1.6, 83 + row * 3.0, 0.75, 0.75, steps=12)
        for row in range(7)
        for column in range(6)
    ]
    canvas.paint(dot, both(canvas.shapes(dots, 0.08), mask))
    canvas.paint(WHITE, both(canvas.disc(47.5, 90, 1.6, 10, 1), mask), 0.22)
    knot: Outline = [(46.2, 74.5), (53.8, 74.5), (52.4, 80.6), (47.6, 80.6)]
    canvas.paint(darker(silk, 0.45), canvas.shape([(x, y + 0.6) for x, y in knot], 0.5))
    canvas.paint(lighter(silk, 0.1), canvas.shape(knot, 0.25))


PROPS: Final[dict[str, Prop]] = {
    "boxes": Prop("looks out of a cardboard box", front=_box),
    "clothes": Prop("wears a red striped jumper", worn=_jumper),
    "hats": Prop("wears a red hat", front=_hat),
    "sinks": Prop("sits in a bathroom sink", scene=_bathroom, front=_sink),
    "space": Prop(
        "floats among the stars in a space suit", scene=_night_sky, worn=_space_suit, front=_helmet, scale=0.88
    ),
    "sunglasses": Prop("wears dark sunglasses", front=_sunglasses),
    "ties": Prop("wears a blue tie with dots", worn=_tie),
}
