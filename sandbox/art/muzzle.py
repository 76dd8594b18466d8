"""Noses, mouths, tongues and whiskers, and a dog's muzzle modelled with shade."""

from __future__ import annotations

from PIL import Image, ImageDraw

from .canvas import both, outside
from .fur import comb, towards, wrinkle
from .geometry import Outline, scaled, spline, symmetric
from .palette import INK, NOSES, RGB, WHITE, brightness, darker, lighter, mix, rgb
from .sitter import Sitter


def paint_cat_mouth(sitter: Sitter) -> None:
    """A cat's muzzle: pads, nose, smile and whiskers."""
    canvas, look, anatomy = sitter.canvas, sitter.look, sitter.anatomy
    canvas.pose = sitter.muzzle_pose
    nose_y = anatomy.nose_y
    flat = look.head == "flat"
    pad_y = nose_y + 5.0
    pads = canvas.pair(4.6, pad_y, 5.6 if not flat else 6.6, 4.3, 1.2)
    canvas.paint(WHITE, both(pads, sitter.head), 0.17)
    under = canvas.pair(5.2, pad_y + 4.4, 5.5, 1.6, 1.0)
    canvas.paint(INK, both(under, sitter.head), 0.16)
    canvas.paint(WHITE, both(canvas.disc(50, nose_y - 8, 2.6, 7, 2.0), sitter.head), 0.12)
    if flat:
        for side in (-1, 1):
            fold: Outline = [(50 + side * 4, nose_y - 4), (50 + side * 8, nose_y + 0.5), (50 + side * 12, nose_y + 6)]
            wrinkle(canvas, fold, sitter.head, canvas.colour_at((50 + side * 8, nose_y)), width=0.8)
    tone = darker(mix(canvas.colour_at((50, pad_y + 1)), INK, 0.5), 0.35)
    if brightness(canvas.colour_at((54, pad_y))) < 0.28:
        tone = (12, 9, 9)
    if sitter.mood.tongue > 0.05:
        _tongue(sitter, 50, nose_y + 6.6, 2.6, 5.2 * sitter.mood.tongue)
    canvas.line([(50, nose_y + 2), (50, nose_y + 4.6)], tone, 0.5)
    lift = 1.1 if look.has("smile") else 0.0
    for side in (-1, 1):
        curve: Outline = [
            (50, nose_y + 4.6),
            (50 + side * 2.2, nose_y + 6.8),
            (50 + side * 5.2, nose_y + 6.6 - lift),
            (50 + side * 7.2, nose_y + 4.6 - lift * 1.6),
        ]
        canvas.line(spline(curve, closed=False), tone, 0.5)
    _cat_nose(sitter, nose_y)
    if look.fur != "hairless":
        _whiskers(sitter, nose_y)


def _cat_nose(sitter: Sitter, nose_y: float) -> None:
    canvas = sitter.canvas
    colour = rgb(NOSES[sitter.look.nose])
    half: Outline = [
        (50, nose_y - 1.9),
        (52.2, nose_y - 2.0),
        (53.5, nose_y - 1.0),
        (52.2, nose_y + 1.1),
        (50.6, nose_y + 2.4),
        (50, nose_y + 2.6),
    ]
    outline = spline(symmetric(half), steps=6)
    canvas.paint(darker(colour, 0.45), canvas.shape(scaled(outline, (50, nose_y), 1.14, 1.16), 0.2))
    canvas.paint(colour, canvas.shape(outline, 0.15))
    for side in (-1, 1):
        canvas.paint(
            darker(colour, 0.6), canvas.disc(50 + side * 1.9, nose_y + 0.5, 0.75, 0.42, 0.15, turn=side * -0.5), 0.8
        )
    canvas.paint(WHITE, canvas.disc(49.4, nose_y - 1.2, 1.3, 0.42, 0.25), 0.55)


def _whiskers(sitter: Sitter, nose_y: float) -> None:
    canvas, rng = sitter.canvas, sitter.rng("whiskers")
    layer = Image.new("L", canvas.size, 0)
    pen = ImageDraw.Draw(layer)
    thick = max(1, round(0.22 * canvas.unit))
    dots = Image.new("L", canvas.size, 0)
    dot_pen = ImageDraw.Draw(dots)
    curly = 3.0 if sitter.look.fur in ("wavy", "curly", "wiry") else 0.0
    for side in (-1, 1):
        for start, end in ((3.2, -1.6), (4.3, 2.6), (5.4, 7.4), (6.2, 11.2)):
            root = (50 + side * rng.uniform(6.0, 7.2), nose_y + start)
            reach = rng.uniform(24, 31) - curly * 3
            path = [
                root,
                (50 + side * reach * 0.55, nose_y + (start + end) / 2 - 1.8),
                (50 + side * reach, nose_y + end + curly + rng.uniform(-1, 1)),
            ]
            pen.line(canvas.place(spline(path, closed=False)), fill=225, width=thick)
        for row in range(3):
            for step in range(3):
                x, y = 50 + side * (4.2 + step * 1.5), nose_y + 3.7 + row * 1.25 + step * 0.2
                px, py = canvas.place([(x, y)])[0]
                r = 0.2 * canvas.unit
                dot_pen.ellipse((px - r, py - r, px + r, py + r), fill=150)
    canvas.paint((66, 44, 40), both(dots, sitter.head))
    canvas.paint((252, 250, 246), layer, 0.85)


def _tongue(sitter: Sitter, x: float, y: float, wide: float, long: float) -> None:
    canvas = sitter.canvas
    half: Outline = [
        (x, y - 1),
        (x + wide, y - 0.8),
        (x + wide * 1.06, y + long * 0.6),
        (x + wide * 0.6, y + long),
        (x, y + long * 1.12),
    ]
    outline = spline(half + [(2 * x - px, py) for px, py in reversed(half) if px > x], steps=8)
    dark, bright = ((44, 44, 66), (92, 96, 126)) if sitter.look.has("blue-tongue") else ((142, 58, 66), (226, 120, 126))
    canvas.paint(dark, canvas.shape(outline, 0.2))
    middle = (x, y + long / 2)
    canvas.paint(bright, canvas.shape(scaled(outline, middle, 0.86, 0.92), 0.35))
    canvas.paint(lighter(bright, 0.35), canvas.disc(x - wide * 0.3, y + long * 0.55, wide * 0.25, long * 0.3, 0.4), 0.6)
    canvas.line([(x, y), (x, y + long * 0.7)], darker(bright, 0.25), 0.4)


def paint_dog_muzzle(sitter: Sitter) -> None:
    """A dog's muzzle, modelled with shade; nose, mouth and tongue."""
    canvas, look, anatomy = sitter.canvas, sitter.look, sitter.anatomy
    canvas.pose = sitter.muzzle_pose
    muzzle = anatomy.muzzle
    outline = muzzle.outline()
    inside = canvas.shape(outline, 0.5)
    around = canvas.shape(scaled(outline, (50, anatomy.nose_y), 1.12, 1.06), 2.2)
    canvas.paint(INK, both(both(around, outside(inside)), sitter.head), 0.3)
    edge = both(inside, outside(canvas.shape(scaled(outline, (50, anatomy.nose_y - 1), 0.74, 0.9), 2.0)))
    canvas.paint(INK, both(edge, sitter.head), 0.2)
    canvas.paint(
        WHITE, both(canvas.disc(50, anatomy.nose_y - muzzle.nose - 4, muzzle.bridge * 0.7, 6.5, 1.8), sitter.head), 0.2
    )
    canvas.paint(
        WHITE,
        both(
            canvas.pair(
                muzzle.width * 0.52, anatomy.nose_y + muzzle.flews * 0.32, muzzle.width * 0.3, muzzle.flews * 0.3, 1.6
            ),
            sitter.head,
        ),
        0.14,
    )
    if look.fur not in ("hairless", "curly", "wavy"):
        left, top = 50 - muzzle.width, anatomy.nose_y - 10
        for side in (-1, 1):
            box = (
                (50.0, top, 50 + muzzle.width, anatomy.nose_y + muzzle.flews)
                if side > 0
                else (left, top, 50.0, anatomy.nose_y + muzzle.flews)
            )
            comb(
                canvas,
                both(inside, sitter.head),
                box,
                sitter.rng(f"muzzle {side}"),
                towards(side * 0.8, 1.0),
                length=0.7,
                contrast=0.05,
            )
    _folds(sitter)
    _dog_mouth(sitter)
    _dog_nose(sitter)


def _folds(sitter: Sitter) -> None:
    look, canvas, anatomy = sitter.look, sitter.canvas, sitter.anatomy
    eye_y, nose_y = anatomy.eye_y, anatomy.nose_y
    shade = canvas.colour_at((50, eye_y - 9))
    if look.has("wrinkles") or look.has("folds") or look.has("folds-face"):
        for side in (-1, 1):
            wrinkle(
                canvas,
                [(50 + side * 2, eye_y - 3), (50 + side * 2.6, eye_y - 7), (50 + side * 5.5, eye_y - 10.5)],
                sitter.head,
                shade,
            )
            wrinkle(
                canvas,
                [(50 + side * 9, eye_y - 12), (50 + side * 3.5, eye_y - 10.8), (50, eye_y - 11.6)],
                sitter.head,
                shade,
            )
    if look.has("folds") or look.has("folds-face"):
        for side in (-1, 1):
            wrinkle(
                canvas,
                [(50 + side * 5, nose_y - 5), (50 + side * 12, nose_y - 1), (50 + side * 17.5, nose_y + 6)],
                sitter.head,
                shade,
                width=1.4,
            )
            wrinkle(
                canvas,
                [(50 + side * 19, eye_y + 6), (50 + side * 21, eye_y + 12), (50 + side * 19, eye_y + 17)],
                sitter.head,
                shade,
            )
    if look.has("folds"):
        for y in (22, 26.5, 31):
            wrinkle(canvas, [(38, y + 2), (44, y), (50, y + 1.5), (56, y), (62, y + 2)], sitter.head, shade, width=1.5)
    if look.muzzle == "flat":
        wrinkle(
            canvas,
            [(44.5, nose_y - 3.5), (50, nose_y - 6), (55.5, nose_y - 3.5)],
            sitter.head,
            canvas.colour_at((50, nose_y - 6)),
            width=1.0,
        )


def _dog_mouth(sitter: Sitter) -> None:
    canvas, look, anatomy, mood = sitter.canvas, sitter.look, sitter.anatomy, sitter.mood
    muzzle = anatomy.muzzle
    low = anatomy.nose_y + muzzle.nose * 0.78
    part = anatomy.nose_y + muzzle.flews * 0.78
    here = canvas.colour_at((50 + muzzle.width * 0.5, part))
    tone: RGB = (40, 25, 22) if brightness(here) > 0.22 else (10, 8, 8)
    chin = canvas.disc(50, part + 3.6, muzzle.width * 0.6, 3.6, 1.0)
    canvas.paint(INK, both(canvas.disc(50, part + 1.8, muzzle.width * 0.78, 2.6, 1.2), sitter.head), 0.38)
    if mood.tongue > 0.05:
        open_by = 3.4 * mood.tongue
        gape = spline(
            symmetric(
                [
                    (50, part - 0.8),
                    (50 + muzzle.width * 0.55, part - 0.2),
                    (50 + muzzle.width * 0.4, part + open_by),
                    (50, part + open_by * 1.25),
                ]
            )
        )
        canvas.paint((74, 26, 30), canvas.shape(gape, 0.25))
        _tongue(sitter, 50, part + 0.8, min(4.4, muzzle.width * 0.34), 9.5 * mood.tongue)
    else:
        canvas.paint(WHITE, both(chin, sitter.head), 0.1)
    lift = 1.6 if look.has("smile") or mood.tongue > 0.05 else 0.0
    droop = 1.6 if look.has("jowls") else 0.0
    canvas.line([(50, low), (50, part - 1.6)], tone, 0.55)
    for side in (-1, 1):
        curve: Outline = [
            (50, part - 1.6),
            (50 + side * muzzle.width * 0.26, part + 0.4 + droop * 0.5),
            (50 + side * muzzle.width * 0.62, part + droop - lift * 0.4),
            (50 + side * muzzle.width * 0.95, part - 3.6 + droop - lift),
        ]
        canvas.line(spline(curve, closed=False), tone, 0.55)
    if look.has("underbite"):
        for side in (-1, 1):
            x = 50 + side * muzzle.width * 0.34
            canvas.paint(
                (246, 240, 226), canvas.shape([(x - 0.8, part + 1.2), (x + 0.8, part + 1.2), (x, part - 1.0)], 0.12)
            )
    rng = sitter.rng("dots")
    if look.fur in ("short", "sleek", "plush"):
        for side in (-1, 1):
            for _ in range(6):
                x = 50 + side * muzzle.width * rng.uniform(0.36, 0.72)
                y = anatomy.nose_y + muzzle.flews * rng.uniform(0.25, 0.55)
                canvas.paint(INK, both(canvas.disc(x, y, 0.26, 0.26, 0.08), sitter.head), 0.45)


def _dog_nose(sitter: Sitter) -> None:
    canvas, anatomy = sitter.canvas, sitter.anatomy
    size, y = anatomy.muzzle.nose, anatomy.nose_y
    colour = rgb(NOSES[sitter.look.nose])
    half: Outline = [
        (50, y - size * 0.68),
        (50 + size * 0.55, y - size * 0.64),
        (50 + size * 0.98, y - size * 0.2),
        (50 + size * 0.74, y + size * 0.36),
        (50 + size * 0.26, y + size * 0.66),
        (50, y + size * 0.72),
    ]
    outline = spline(symmetric(half), steps=8)
    canvas.paint(INK, both(canvas.shape([(px, py + 0.9) for px, py in outline], 0.8), sitter.head), 0.4)
    canvas.paint(colour, canvas.shape(outline, 0.2))
    canvas.paint(
        lighter(colour, 0.28),
        both(canvas.disc(50, y - size * 0.4, size * 0.7, size * 0.22, 0.6), canvas.shape(outline)),
        0.7,
    )
    for side in (-1, 1):
        canvas.paint(
            (4, 3, 4),
            canvas.disc(50 + side * size * 0.5, y + size * 0.08, size * 0.22, size * 0.15, 0.2, turn=side * 0.5),
        )
    canvas.line([(50, y + size * 0.1), (50, y + size * 0.66)], darker(colour, 0.5), 0.3)
    canvas.paint(WHITE, canvas.disc(50 - size * 0.3, y - size * 0.42, size * 0.36, size * 0.13, 0.3), 0.62)
