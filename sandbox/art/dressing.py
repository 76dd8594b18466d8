"""What hangs over a finished face: beards, moustaches, brows, fringes, cords, topknots and bows."""

from __future__ import annotations

import math

from . import fur
from .canvas import both
from .geometry import Outline, ellipse, mirrored, spline, symmetric, tufted
from .palette import RGB, brightness, coat, darker, lighter, mix
from .sitter import Sitter

SOOT: RGB = (40, 35, 34)


def dress_head(sitter: Sitter) -> None:
    """Beard, moustache, brows, topknot and fringe: all that hangs over the finished face."""
    look = sitter.look
    canvas = sitter.canvas
    canvas.pose = sitter.muzzle_pose
    if look.has("beard") or look.has("beard-short"):
        _beard(sitter, short=look.has("beard-short"))
    if look.has("moustache") or look.has("beard"):
        _moustache(sitter)
        _smile(sitter)
    canvas.pose = sitter.face_pose
    if look.has("brows"):
        _brows(sitter)
    canvas.pose = sitter.head_pose
    if look.fur == "corded":
        _corded_head(sitter)
    elif look.has("fringe"):
        _forelock(sitter, reach=sitter.anatomy.eye_y - 1.0)
    elif look.has("fringe-short") or look.has("fringe-curl"):
        _forelock(sitter, reach=sitter.anatomy.eye_y - 5.0)
    if look.has("curtain") or look.has("topsilk"):
        _curtain(sitter)
    if look.has("crest") or look.has("pompom") or look.has("powder") or look.has("dome"):
        _puff(sitter)
    if look.has("topknot"):
        _topknot(sitter)
    if look.has("crest-silk") or look.has("mohawk") or look.has("topknot-soft"):
        _crest(sitter)
    if look.has("bow"):
        _bow(sitter)


def _beard(sitter: Sitter, *, short: bool) -> None:
    canvas, anatomy, rng = sitter.canvas, sitter.anatomy, sitter.rng("beard")
    width = anatomy.muzzle.width + (0.3 if short else 1.2)
    top = anatomy.mouth_y + 1.0
    low = 78.0 if short else 84.0
    if sitter.look.muzzle == "flat":
        low = 76.0
    colour = _hair_colour(sitter)
    half: Outline = [
        (50, top + 5),
        (50 + width * 0.6, top + 3),
        (50 + width, top + 1),
        (50 + width * 0.95, low - 6),
        (50, low - 3),
    ]
    base = tufted(spline(symmetric(half)), rng, depth=1.6, width=1.8, fall=1.0)
    canvas.paint(darker(colour, 0.5), canvas.shape([(x, y + 1.2) for x, y in base], 1.2), 0.35)
    canvas.paint(darker(colour, 0.08), canvas.shape(base, 0.3))
    roots: Outline = []
    tips: Outline = []
    for row in range(3):
        for step in range(17):
            along = step / 8 - 1
            x, y = 50 + along * width * (1.0 - 0.12 * row), top + 4.5 - row * 2.0 + (1 - along * along) * (5.0 - row)
            roots.append((x, y))
            hang = (low - y) * (1 - 0.3 * abs(along)) * (1.0 - 0.18 * row)
            tips.append((50 + along * width * 1.02 + rng.uniform(-1.4, 1.4), y + hang))
    fur.fringe(canvas, roots, tips, rng, colour, width=2.1)


def _hair_colour(sitter: Sitter) -> RGB:
    look = sitter.look
    if look.has("pale"):
        return coat("silver")
    if look.white in ("chin", "collar", "blaze") or look.coat == "white":
        return coat("white")
    if look.has("liver-head"):
        return mix(sitter.mark, sitter.light, 0.25)
    if look.has("mask-light"):
        return mix(sitter.base, SOOT, 0.4)
    return lighter(sitter.base, 0.06)


def _moustache(sitter: Sitter) -> None:
    anatomy, rng = sitter.anatomy, sitter.rng("moustache")
    colour = lighter(_hair_colour(sitter), 0.05)
    nose, width = anatomy.nose_y, anatomy.muzzle.width
    roots: Outline = []
    tips: Outline = []
    for step in range(13):
        along = step / 12
        for side in (-1, 1):
            roots.append((50 + side * (2.6 + along * 3.6), nose + 3.4 - along * 7.5))
            tips.append((50 + side * (width * (0.5 + 0.75 * along)) + rng.uniform(-1, 1), nose + 13.5 - along * 8.0))
    fur.fringe(sitter.canvas, roots, tips, rng, colour, width=1.9)


def _smile(sitter: Sitter) -> None:
    """The mouth again, where a moustache has covered it."""
    canvas, anatomy = sitter.canvas, sitter.anatomy
    top = anatomy.nose_y + anatomy.muzzle.nose * 0.7
    ink: RGB = (44, 28, 25) if brightness(_hair_colour(sitter)) > 0.25 else (8, 7, 7)
    canvas.line([(50, top), (50, top + 2.2)], ink, 0.6)
    for side in (-1, 1):
        curve: Outline = [
            (50, top + 2.2),
            (50 + side * 2.4, top + 4.0),
            (50 + side * 5.2, top + 3.6),
            (50 + side * 7, top + 1.6),
        ]
        canvas.line(spline(curve, closed=False), ink, 0.6)


def _brows(sitter: Sitter) -> None:
    anatomy, rng = sitter.anatomy, sitter.rng("brows")
    colour = _hair_colour(sitter) if sitter.look.has("pale") else lighter(sitter.base, 0.14)
    for side in (-1, 1):
        roots: Outline = []
        tips: Outline = []
        for step in range(10):
            along = step / 9
            roots.append(
                (50 + side * (anatomy.eye_x - 4 + along * 7), anatomy.eye_y - anatomy.eye_ry - 3.4 + along * 0.8)
            )
            tips.append(
                (50 + side * (anatomy.eye_x - 4.5 + along * 12.0), anatomy.eye_y - anatomy.eye_ry - 0.5 + along * 1.2)
            )
        fur.fringe(sitter.canvas, roots, tips, rng, colour, width=1.5)


def _forelock(sitter: Sitter, *, reach: float) -> None:
    rng = sitter.rng("forelock")
    crown = sitter.anatomy.head[0][1]
    wide = max(x for x, _ in sitter.anatomy.head) - 50
    colour = coat("white") if sitter.look.white == "collar" else mix(sitter.base, sitter.light, 0.2)
    roots: Outline = []
    tips: Outline = []
    for row in range(3):
        for step in range(25):
            along = step / 12 - 1
            lift = abs(along) ** 2 * 10
            roots.append((50 + along * wide * 0.72, crown + 0.5 + lift + row * 2.2))
            drop = reach + rng.uniform(-2.5, 2.0) + max(0.0, abs(along) - 0.72) * 34 - (3 - row) * 1.5
            tips.append((50 + along * wide * 0.98, drop))
    fur.fringe(sitter.canvas, roots, tips, rng, colour, width=2.3)


def _corded_head(sitter: Sitter) -> None:
    rng = sitter.rng("head cords")
    for row in range(3):
        long: Outline = []
        short: Outline = []
        for step in range(19):
            along = step / 9 - 1
            start = (50 + along * 22.0 * (1 - row * 0.16), 22 + abs(along) ** 2 * 12 - row * 1.6)
            chosen = long if abs(start[0] - 50) > (13 if row < 2 else 10) else short
            chosen.append(start)
        fur.cords(sitter.canvas, long, rng, sitter.base, length=44 - row * 6)
        fur.cords(sitter.canvas, short, rng, sitter.base, length=19.5 - row * 2)


def _curtain(sitter: Sitter) -> None:
    """Silky hair parted on the crown, falling past the cheeks."""
    rng = sitter.rng("curtain")
    crown = sitter.anatomy.head[0][1]
    long = sitter.look.has("curtain")
    colour = coat("white") if sitter.look.coat == "white" else lighter(sitter.base, 0.08)
    for side in (-1, 1):
        roots: Outline = []
        tips: Outline = []
        for step in range(16):
            along = step / 15
            roots.append((50 + side * (1.0 + along * 16), crown - 0.5 + along * along * 9))
            tips.append(
                (
                    50 + side * (19 + along * 12 + rng.uniform(-1, 1)),
                    (80 if long else 50) - along * 6 + rng.uniform(-3, 3),
                )
            )
        for index, (root, tip) in enumerate(zip(roots, tips, strict=True)):
            bend = (50 + side * (17 + index * 0.75), root[1] + 11)
            low = (tip[0] * 0.9 + 50 * 0.1 + side * 3, (root[1] + tip[1]) / 2 + 8)
            jitter = rng.gauss(0, 0.08)
            tint = lighter(colour, min(0.25, jitter)) if jitter > 0 else darker(colour, min(0.25, -jitter))
            fur.lock(sitter.canvas, [root, bend, low, tip], 2.6, tint)


def _puff(sitter: Sitter) -> None:
    """A ball of curls or of brushed-out hair on the crown."""
    canvas, rng, look = sitter.canvas, sitter.rng("puff"), sitter.look
    wide, high, middle = 13.0, 9.0, 22.5
    if look.has("pompom"):
        wide, high, middle = 17.0, 14.0, 22.0
    elif look.has("crest"):
        wide, high, middle = 10.5, 13.0, 21.0
    elif look.has("dome"):
        wide, high, middle = 14.5, 6.5, 24.0
    elif look.has("powder"):
        wide, high, middle = 25.0, 17.0, 31.0
    mask = canvas.shapes(_halo(wide, high, middle) if look.has("powder") else _ball(wide, high, middle), 0.3)
    colour = lighter(sitter.base, 0.05)
    if not look.has("powder"):
        canvas.paint(darker(colour, 0.4), canvas.moved(mask, 0, 1.4), 0.35)
    canvas.paint(colour, mask)
    canvas.paint((255, 255, 255), both(canvas.disc(45, middle - high * 0.4, wide * 0.6, high * 0.45, 3), mask), 0.14)
    canvas.paint(darker(colour, 0.6), both(canvas.disc(50, middle + high, wide, high * 0.5, 3), mask), 0.16)
    box = (50 - wide - 5, middle - high - 5, 50 + wide + 5, middle + high + 5)
    if look.fur == "curly":
        fur.curl(canvas, mask, box, rng, radius=1.4, density=0.7)
    else:
        fur.comb(canvas, mask, box, rng, fur.away_from(50, 46), length=2.4, contrast=0.07)


def _ball(wide: float, high: float, middle: float) -> list[Outline]:
    shapes = [ellipse(50, middle, wide, high)]
    for step in range(26):
        angle = math.tau * step / 26
        shapes.append(ellipse(50 + wide * math.cos(angle), middle + high * math.sin(angle), 2.4, 2.4, steps=16))
    return shapes


def _halo(wide: float, high: float, middle: float) -> list[Outline]:
    shapes: list[Outline] = []
    for step in range(60):
        angle = math.pi * (0.88 + 1.24 * step / 59)
        x, y = 50 + (wide + 1.5) * math.cos(angle), middle + 9 + (high + 4) * math.sin(angle)
        shapes.append(ellipse(x, y, 3.2, 3.2, steps=16))
    return shapes


def _topknot(sitter: Sitter) -> None:
    rng = sitter.rng("topknot")
    colour = lighter(sitter.base, 0.06) if sitter.look.pattern != "patches" else mix(sitter.mark, sitter.base, 0.25)
    tie_y = sitter.anatomy.head[0][1] - 1.0
    roots: Outline = []
    tips: Outline = []
    for step in range(15):
        along = (step / 14) * 2 - 1
        roots.append((50 + along * 12, tie_y + 11 + abs(along) * 2))
        tips.append((50 + along * 1.2, tie_y))
    fur.fringe(sitter.canvas, roots, tips, rng, colour, width=2.8)
    roots = [(50 + rng.uniform(-0.8, 0.8), tie_y + 0.5) for _ in range(15)]
    tips = [(50 + (step / 14 * 2 - 1) * 11, tie_y - 8 + abs(step / 14 * 2 - 1) ** 2 * 9) for step in range(15)]
    fur.fringe(sitter.canvas, roots, tips, rng, colour, width=2.4)


def _crest(sitter: Sitter) -> None:
    """A tuft on the crown: silky and falling, soft, or a short dark mohawk."""
    rng, look = sitter.rng("crest"), sitter.look
    crown = sitter.anatomy.head[0][1]
    colour, wide, high, fall = SOOT, 4.0, 5.5, 5.0
    if look.has("crest-silk"):
        colour, wide, high, fall = coat("white"), 11.0, 7.0, 26.0
    elif look.has("topknot-soft"):
        colour, wide, high = lighter(sitter.base, 0.12), 9.0, 3.5
    roots: Outline = []
    tips: Outline = []
    for step in range(23):
        along = step / 11 - 1
        roots.append((50 + along * wide * 0.6, crown + 6))
        tips.append((50 + along * wide * 2.0, crown - high + fall * abs(along) ** 2 + rng.uniform(-1, 1)))
    fur.fringe(sitter.canvas, roots, tips, rng, colour, width=1.9)


def _bow(sitter: Sitter) -> None:
    canvas = sitter.canvas
    y = sitter.anatomy.head[0][1] - (0.5 if sitter.look.has("topknot") else -2.5)
    red: RGB = (206, 70, 92)
    wing: Outline = [(50, y), (54.5, y - 3.4), (57.5, y - 2.2), (57.5, y + 2.6), (54.5, y + 3.4)]
    for outline in (wing, mirrored(wing)):
        mask = canvas.shape(outline, 0.25)
        canvas.paint(darker(red, 0.25), mask)
        canvas.paint(red, canvas.shape([(x, yy - 0.5) for x, yy in outline], 0.4), 0.9)
    canvas.paint(lighter(red, 0.25), canvas.disc(50, y, 1.7, 1.9, 0.2))
