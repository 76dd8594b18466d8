"""Combed hair: which kind each look wears on body, ears and head; ruffs, and bare skin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from . import fur
from .canvas import Mask, both, outside
from .geometry import Outline, bounds, ellipse, tufted
from .palette import RGB, coat, darker, lighter, mix
from .sitter import Sitter


@dataclass(frozen=True)
class Hair:
    """How hair is combed: lengths in units on head and body, how far strokes stray, how much shades differ."""

    head: float
    body: float
    spread: float = 0.2
    contrast: float = 0.07
    density: float = 2.4


KINDS: Final[dict[str, Hair]] = {
    "sleek": Hair(0.6, 0.8, 0.14, 0.03, 2.6),
    "short": Hair(0.9, 1.3, 0.2, 0.05, 3.0),
    "plush": Hair(1.1, 1.8, 0.24, 0.065, 2.8),
    "long": Hair(2.0, 3.4, 0.22, 0.075, 2.0),
    "wire": Hair(1.5, 2.0, 0.6, 0.1, 2.0),
    "wiry": Hair(1.1, 1.5, 0.55, 0.08),
    "shag": Hair(2.2, 3.0, 0.42, 0.09, 1.8),
    "wavy": Hair(0.7, 0.9, 0.3, 0.05),
    "curly": Hair(0.7, 0.9, 0.5, 0.05, 1.0),
    "curly-ears": Hair(0.9, 1.4, 0.25, 0.06),
    "corded": Hair(1.2, 1.6, 0.3, 0.07, 1.2),
}


def comb_body(sitter: Sitter) -> None:
    """Hair on the body."""
    canvas, look = sitter.canvas, sitter.look
    canvas.pose = sitter.body_pose
    box = bounds(sitter.body_outline)
    rng = sitter.rng("body hair")
    if look.fur == "hairless":
        for y in (72, 77, 83):
            fur.wrinkle(canvas, [(40, y), (50, y + 2.5), (60, y)], sitter.body, sitter.base, width=1.0)
        return
    kind = KINDS[look.fur]
    fur.comb(
        canvas,
        sitter.body,
        box,
        rng,
        fur.hanging,
        length=kind.body,
        density=kind.density,
        spread=kind.spread,
        contrast=kind.contrast,
    )
    if look.fur in ("curly", "wavy"):
        fur.curl(
            canvas,
            sitter.body,
            box,
            rng,
            radius=1.5 if look.fur == "curly" else 0.8,
            density=0.6 if look.fur == "curly" else 0.45,
        )
    if look.fur == "corded":
        for row in range(4):
            starts = [(18 + i * 2.1 + row * 0.9, 62 + row * 9 + abs(i - 15) * 0.7) for i in range(31)]
            fur.cords(canvas, starts, rng, sitter.base, length=22)


def comb_ears(sitter: Sitter, mask: Mask) -> None:
    """Hair on the ears, from root to tip."""
    canvas, look = sitter.canvas, sitter.look
    canvas.pose = sitter.head_pose
    if look.fur == "hairless" and look.ears != "plume":
        return
    kind = KINDS.get(look.fur, KINDS["short"])
    root, tip = sitter.anatomy.ear_root, sitter.anatomy.ear_tip
    feathered = look.ears in ("spaniel", "silk", "shaggy", "plume", "butterfly", "feathered")
    for right, outline in ((True, sitter.right_ear), (False, sitter.left_ear)):
        rng = sitter.rng(f"ear {right}")
        side = 1.0 if right else -1.0
        box = bounds(outline)
        flow = fur.towards((tip[0] - root[0]) * side, tip[1] - root[1])
        length = min(kind.head, 1.3) if not feathered else 2.0
        fur.comb(
            canvas,
            mask,
            box,
            rng,
            flow,
            length=length,
            density=kind.density,
            spread=kind.spread * 0.8,
            contrast=kind.contrast,
        )
        if look.fur in ("curly", "curly-ears"):
            fur.curl(canvas, mask, box, rng, radius=1.4)
        if feathered or look.fur == "shag":
            _feathers(sitter, outline, rng_room=f"feathers {right}", side=side)
        if look.has("tufts"):
            _lynx_tip(sitter, outline, side)
        if look.species == "cat" and look.fur in ("long", "plush", "short") and sitter.anatomy.ears_stand:
            _ear_furnishing(sitter, outline, side)


def _feathers(sitter: Sitter, outline: Outline, *, rng_room: str, side: float) -> None:
    rng = sitter.rng(rng_room)
    left, top, right, bottom = bounds(outline)
    roots: Outline = []
    tips: Outline = []
    for x, y in outline[::3]:
        if y < top + (bottom - top) * 0.45:
            continue
        out = (x - (left + right) / 2) / ((right - left) / 2)
        roots.append((x - out * 1.5, y - 4.5))
        tips.append((x + out * 1.6 + side * 0.3, y + rng.uniform(1.6, 4.0)))
    colour = sitter.canvas.colour_at(((left + right) / 2, top + (bottom - top) * 0.6))
    fur.fringe(sitter.canvas, roots, tips, rng, colour, width=2.2)


def _lynx_tip(sitter: Sitter, outline: Outline, side: float) -> None:
    tip = min(outline, key=lambda point: point[1])
    colour = darker(sitter.mark, 0.3)
    for spread in (-0.9, 0.0, 0.9):
        end = (tip[0] + side * 1.4 + spread, tip[1] - 3.6 + abs(spread))
        fur.lock(
            sitter.canvas, [(tip[0] - side * 0.4, tip[1] + 3), (tip[0] + spread * 0.3, tip[1] + 0.3), end], 1.5, colour
        )


def _ear_furnishing(sitter: Sitter, outline: Outline, side: float) -> None:
    left, _, right, bottom = bounds(outline)
    inner = left if side > 0 else right
    rng = sitter.rng(f"furnishing {side}")
    pale = lighter(mix(sitter.base, sitter.light, 0.5), 0.2)
    count = 7 if sitter.look.fur == "long" else 4
    for step in range(count):
        start = (inner + side * (5 + step * 0.9), bottom - 9 + rng.uniform(-1, 1))
        end = (start[0] + side * rng.uniform(1.5, 5.5), start[1] - rng.uniform(7, 13))
        sitter.canvas.paint(pale, sitter.canvas.shape([start, (start[0] + side * 0.9, start[1]), end], 0.12), 0.75)


def comb_head(sitter: Sitter) -> None:
    """Hair on the head, away from the face."""
    canvas, look = sitter.canvas, sitter.look
    canvas.pose = sitter.head_pose
    box = bounds(sitter.head_outline, 1)
    rng = sitter.rng("head hair")
    if look.fur == "hairless":
        _bare_head(sitter)
        return
    kind = KINDS[look.fur]
    face = sitter.anatomy.face
    flow = fur.away_from(face[0], face[1], fall=0.3 if look.fur in ("long", "shag") else 0.12)
    length = kind.head if look.species == "cat" or look.fur != "long" else 1.7
    fur.comb(
        canvas,
        sitter.head,
        box,
        rng,
        flow,
        length=length,
        density=kind.density,
        spread=kind.spread,
        contrast=kind.contrast,
    )
    if look.pattern == "ticked":
        fur.comb(canvas, sitter.head, box, rng, flow, length=0.7, density=0.5, contrast=0.03, colour=sitter.mark)
    if look.fur in ("curly", "wavy"):
        size = 0.75 if look.fur == "wavy" else 1.25
        fur.curl(canvas, both(sitter.head, outside(_bald_muzzle(sitter))), box, rng, radius=size, density=0.5)


def _bald_muzzle(sitter: Sitter) -> Mask:
    canvas = sitter.canvas
    if sitter.look.species == "cat":
        return canvas.disc(50, sitter.anatomy.nose_y, 12, 9)
    return canvas.shape(sitter.anatomy.muzzle.outline())


def _bare_head(sitter: Sitter) -> None:
    canvas, head, colour = sitter.canvas, sitter.head, sitter.base
    if sitter.look.has("wrinkles"):
        for y, wide in ((27.5, 9), (31, 11), (34.8, 9)):
            path: Outline = [
                (50 - wide, y + 1.2),
                (50 - wide * 0.4, y),
                (50, y + 1.0),
                (50 + wide * 0.4, y),
                (50 + wide, y + 1.2),
            ]
            fur.wrinkle(canvas, path, head, colour)
        for side in (-1, 1):
            fur.wrinkle(
                canvas, [(50 + side * 17, 60), (50 + side * 13, 65), (50 + side * 13, 69)], head, colour, width=1.0
            )
            fur.wrinkle(canvas, [(50 + side * 3.5, 37), (50 + side * 3, 41)], head, colour, width=1.0)
    canvas.paint(coat("rosy"), both(canvas.pair(18, 56, 8, 6, 3), head), 0.35)
    canvas.paint((255, 255, 255), both(canvas.disc(44, 27, 9, 4, 2.5), head), 0.2)


def ruff(sitter: Sitter) -> None:
    """The collar of long hair behind the head; painted before the head."""
    look, canvas = sitter.look, sitter.canvas
    if look.has("bib"):
        _chest_hair(sitter)
    if not look.has("ruff"):
        return
    canvas.pose = sitter.head_pose
    rng = sitter.rng("ruff")
    wide = max(x for x, _ in sitter.anatomy.head) - 50
    ball = 6.0 if look.has("ball") else 0.0
    middle = ellipse(50, 61 - ball * 1.6, wide + 5.5 + ball * 0.5, 20 + ball * 2, steps=150)
    outline = tufted(middle, rng, depth=3.0, width=2.0, fall=0.9)
    mask = canvas.shape(outline, 0.25)
    colour = _ruff_colour(sitter)
    canvas.paint(darker(colour, 0.35), canvas.shape([(x, y + 1.6) for x, y in outline], 1.4), 0.5)
    canvas.paint(colour, mask)
    if look.pattern in ("tabby", "classic", "sable", "merle"):
        canvas.paint(sitter.tone(0.7), both(canvas.pair(wide + 4, 58, 7, 15, 3), mask), 0.6)
    canvas.paint(lighter(colour, 0.3), mask, 0.4)
    canvas.paint(darker(colour, 0.5), both(canvas.disc(50, 60, wide, 15, 3), mask), 0.35)
    flow = fur.away_from(50, 48, fall=0.5)
    fur.comb(canvas, mask, bounds(outline), rng, flow, length=3.2, density=2.0, contrast=0.08)


def _chest_hair(sitter: Sitter) -> None:
    canvas = sitter.canvas
    canvas.pose = sitter.body_pose
    rng = sitter.rng("chest hair")
    outline = tufted(ellipse(50, 80, 17, 14, steps=60), rng, depth=3.0, width=2.4, fall=1.2)
    mask = both(canvas.shape(outline, 0.3), sitter.body)
    colour = mix(sitter.base, sitter.light, 0.4)
    canvas.paint(colour, mask, 0.85)
    fur.comb(canvas, mask, bounds(outline), rng, fur.hanging, length=4.0, density=1.6, contrast=0.1)


def _ruff_colour(sitter: Sitter) -> RGB:
    look = sitter.look
    if look.white in ("blaze", "half", "collar") or look.coat == "white" or look.pattern == "patches":
        return coat("white")
    if look.pattern in ("husky", "urajiro"):
        return mix(sitter.base, sitter.light, 0.7)
    if look.pattern == "tan":
        return sitter.base
    return mix(sitter.base, sitter.light, 0.25)
