"""Hair: strokes combed over what is painted, curls, cords, locks and wrinkles."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from PIL import ImageDraw

from .canvas import Canvas, Mask, both
from .geometry import Point, ribbon, spline
from .palette import RGB, darker, lighter, mix

Flow = Callable[[float, float], float]
Box = tuple[float, float, float, float]


def away_from(cx: float, cy: float, fall: float = 0.25) -> Flow:
    """Hair that grows away from a point; `fall` is how much it hangs."""

    def flow(x: float, y: float) -> float:
        dx, dy = x - cx, y - cy
        norm = math.hypot(dx, dy) or 1.0
        return math.atan2(dy / norm + fall, dx / norm)

    return flow


def hanging(x: float, _y: float) -> float:
    """Hair that hangs, a little outwards."""
    return math.pi / 2 - (x - 50.0) * 0.009


def towards(dx: float, dy: float) -> Flow:
    """Hair that all lies one way."""
    angle = math.atan2(dy, dx)

    def flow(_x: float, _y: float) -> float:
        return angle

    return flow


def comb(
    canvas: Canvas,
    mask: Mask,
    box: Box,
    rng: random.Random,
    flow: Flow,
    *,
    length: float,
    density: float = 2.4,
    contrast: float = 0.07,
    spread: float = 0.2,
    width: float = 0.17,
    colour: RGB | None = None,
) -> None:
    """Strokes of the colour found below each, or of one colour, a little lighter or darker.

    `length` and `width` in units, `density` in strokes for each square unit of the box. A small picture gets no more
    than one stroke for every two pixels: more cannot be seen, and combing is what drawing takes longest over.
    """
    wide, high = canvas.size
    pixels = canvas.image.tobytes()
    inside = mask.tobytes()
    pen = ImageDraw.Draw(canvas.image)
    a, b, c, d, e, f = canvas.pose.matrix()
    unit, shift = canvas.unit, canvas.left
    turn = math.radians(canvas.pose.angle)
    scale = canvas.pose.scale * unit
    thick = max(1, round(width * unit))
    left, top, right, bottom = box
    bottom = min(bottom, 104.0)
    for _ in range(int((right - left) * (bottom - top) * min(density, unit * unit / 2))):
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        bend, reach, jitter = rng.gauss(0, spread), rng.uniform(0.6, 1.3), rng.gauss(0, contrast)
        px, py = (a * x + b * y + c + shift) * unit, (d * x + e * y + f) * unit
        column, row = int(px), int(py)
        if not (0 <= column < wide and 0 <= row < high):
            continue
        at = row * wide + column
        if inside[at] < 128:
            continue
        tint = colour or (pixels[at * 3], pixels[at * 3 + 1], pixels[at * 3 + 2])
        tint = lighter(tint, min(0.32, jitter)) if jitter > 0 else darker(tint, min(0.32, -jitter))
        angle = flow(x, y) + bend + turn
        extent = length * reach * scale
        pen.line([px, py, px + extent * math.cos(angle), py + extent * math.sin(angle)], fill=tint, width=thick)


def curl(canvas: Canvas, mask: Mask, box: Box, rng: random.Random, *, radius: float, density: float = 0.55) -> None:
    """Small rings of hair all over a mask."""
    wide, high = canvas.size
    pixels = canvas.image.tobytes()
    inside = mask.tobytes()
    pen = ImageDraw.Draw(canvas.image)
    unit = canvas.unit * canvas.pose.scale
    left, top, right, bottom = box
    for _ in range(int((right - left) * (bottom - top) * density)):
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        size, start, jitter = rng.uniform(0.6, 1.3) * radius * unit, rng.uniform(0, 360), rng.gauss(0, 0.09)
        px, py = canvas.place([(x, y)])[0]
        column, row = int(px), int(py)
        if not (0 <= column < wide and 0 <= row < high) or inside[row * wide + column] < 128:
            continue
        at = (row * wide + column) * 3
        tint = (pixels[at], pixels[at + 1], pixels[at + 2])
        tint = lighter(tint, min(0.3, jitter)) if jitter > 0 else darker(tint, min(0.35, -jitter * 1.2))
        box_px = (px - size, py - size, px + size, py + size)
        pen.arc(box_px, start, start + rng.uniform(110, 230), fill=tint, width=max(1, int(0.26 * canvas.unit)))


def lock(canvas: Canvas, points: Sequence[Point], width: float, colour: RGB) -> None:
    """One strand of hair along a curve, with a shaded side and a shine."""
    strand = canvas.shape(ribbon(points, width), 0.08)
    canvas.paint(darker(colour, 0.14), strand)
    inner = [(x - width * 0.1, y) for x, y in points]
    core = canvas.shape(ribbon(inner, width * 0.62), 0.15)
    canvas.paint(lighter(colour, 0.08), core)


def cords(canvas: Canvas, starts: Sequence[Point], rng: random.Random, colour: RGB, *, length: float) -> None:
    """The felted cords of a Komondor or a Puli, hanging from the given points."""
    pen = ImageDraw.Draw(canvas.image)
    unit = canvas.unit * canvas.pose.scale
    for x, y in starts:
        sway, reach = (x - 50.0) * 0.1 + rng.uniform(-1.4, 1.4), length * rng.uniform(0.75, 1.1)
        wave = rng.uniform(-0.7, 0.7)
        curve = [
            (x, y),
            (x + sway * 0.3 + wave, y + reach * 0.3),
            (x + sway * 0.6 - wave, y + reach * 0.65),
            (x + sway, y + reach),
        ]
        path = canvas.place(spline(curve, closed=False, steps=5))
        tint = mix(colour, (255, 250, 240) if rng.random() < 0.5 else (20, 14, 12), rng.uniform(0.0, 0.12))
        for width, shade, nudge in (
            (2.7, darker(tint, 0.28), 0.0),
            (2.0, tint, -0.15),
            (0.8, lighter(tint, 0.1), -0.35),
        ):
            thick = max(1, int(width * unit))
            moved = [(px + nudge * unit, py) for px, py in path]
            pen.line(moved, fill=shade, width=thick, joint="curve")
            (end_x, end_y), half = moved[-1], thick / 2
            pen.ellipse((end_x - half, end_y - half, end_x + half, end_y + half), fill=shade)


def wrinkle(canvas: Canvas, points: Sequence[Point], clip: Mask, colour: RGB, *, width: float = 1.2) -> None:
    """A fold of skin: a soft dark line with a lit edge below it."""
    below = [(x, y + width * 0.9) for x, y in points]
    canvas.paint(lighter(colour, 0.35), both(canvas.shape(ribbon(below, width, taper=0.7), 0.4), clip), 0.5)
    canvas.paint(darker(colour, 0.5), both(canvas.shape(ribbon(points, width, taper=0.7), 0.35), clip), 0.6)


def fringe(
    canvas: Canvas,
    roots: Sequence[Point],
    tips: Sequence[Point],
    rng: random.Random,
    colour: RGB,
    *,
    width: float = 2.4,
) -> None:
    """Locks from each root to its tip, bowed a little, shades varied; later ones lie over earlier ones."""
    for root, tip in zip(roots, tips, strict=True):
        bow = rng.uniform(-0.8, 0.8) + (tip[0] - root[0]) * 0.12
        middle = ((root[0] + tip[0]) / 2 + bow, (root[1] + tip[1]) / 2)
        jitter = rng.gauss(0, 0.09)
        tint = lighter(colour, min(0.3, jitter)) if jitter > 0 else darker(colour, min(0.3, -jitter))
        lock(canvas, [root, middle, tip], width * rng.uniform(0.8, 1.2), tint)
