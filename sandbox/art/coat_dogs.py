"""The coats of dogs: tan points, saddles, masks, merle, brindle and the rest."""

from __future__ import annotations

from .canvas import Mask, both, either
from .geometry import mirrored, spline, symmetric
from .markings import Box, bib, patches, speckles, spots, streaks, wedge_of_white
from .palette import RGB, coat, darker, lighter, mix
from .sitter import Sitter

BODY: Box = (14.0, 64.0, 86.0, 103.0)
HEAD: Box = (22.0, 16.0, 78.0, 78.0)
RUST: RGB = coat("rust")
SOOT: RGB = (40, 35, 34)


def dog_body(sitter: Sitter) -> None:
    """The body of a dog."""
    look, canvas, body = sitter.look, sitter.canvas, sitter.body
    base, mark, light = sitter.base, sitter.mark, sitter.light
    pattern = look.pattern
    flanks = canvas.pair(33, 94, 15, 30, 4)
    if pattern == "solid" and look.fur != "hairless":
        bib(sitter, wide=9, colour=lighter(base, 0.2), strength=0.45)
    elif pattern == "tan":
        chest = spline([(53, 84), (61, 80.5), (67, 85), (65, 91), (58, 91)])
        canvas.paint(mark, both(canvas.shapes([chest, mirrored(chest)], 1.3), body), 0.95)
    elif pattern == "saddle":
        canvas.paint(mark, both(flanks, body), 0.95)
        canvas.paint(lighter(base, 0.25), both(canvas.disc(50, 90, 13, 18, 5), body), 0.7)
    elif pattern == "hound":
        canvas.paint(SOOT, both(flanks, body))
    elif pattern == "husky":
        canvas.paint(light, both(canvas.disc(50, 86, 19, 26, 4), body))
    elif pattern == "urajiro":
        canvas.paint(light, both(canvas.disc(50, 84, 14, 24, 4), body), 0.95)
    elif pattern == "sable":
        canvas.paint(mark, both(flanks, body), 0.55)
        canvas.paint(lighter(base, 0.3), both(canvas.disc(50, 86, 14, 22, 5), body), 0.6)
    _spread(sitter, body, BODY, "body")
    if look.has("tan-points") and pattern != "patches":
        canvas.paint(RUST, both(canvas.pair(12, 87, 5.5, 4, 1.6), body), 0.8)
    if look.has("liver-head"):
        canvas.paint(mark, both(flanks, body), 0.35)
    if look.white in ("blaze", "collar"):
        bib(sitter, wide=15 if look.white == "blaze" else 18)
    elif look.white:
        bib(sitter, wide=8)


def _spread(sitter: Sitter, region: Mask, box: Box, room: str) -> None:
    """The patterns that cover body and head alike."""
    canvas, look, mark = sitter.canvas, sitter.look, sitter.mark
    head = room == "head"
    if look.pattern == "spotted":
        spots(
            sitter,
            region,
            box,
            f"{room} spots",
            count=46 if head else 50,
            sizes=(0.8, 2.0),
            colour=mark,
            clear_eyes=head,
            gap=1.3,
        )
    elif look.pattern == "belton":
        spots(
            sitter,
            region,
            box,
            f"{room} spots",
            count=90,
            sizes=(0.35, 1.0),
            colour=mark,
            clear_eyes=head,
            gap=0.5,
            strength=0.75,
        )
    elif look.pattern == "brindle":
        streaks(sitter, region, box, f"{room} streaks", mark, count=150, strength=0.62)
    elif look.pattern == "merle":
        pale = mix(sitter.base, coat("silver"), 0.55) if look.coat == "slate" else lighter(sitter.base, 0.42)
        canvas.paint(pale, region)
        patches(sitter, region, box, f"{room} merle", count=16, sizes=(1.5, 5), colour=mark)
        patches(sitter, region, box, f"{room} merle 2", count=12, sizes=(1, 3), colour=mix(pale, mark, 0.45))
    elif look.pattern == "roan":
        canvas.paint(sitter.light, region, 0.45)
        dots = speckles(sitter.rng(f"{room} roan"), box, 650, (0.25, 0.7))
        canvas.paint(mark, both(canvas.shapes(dots, 0.1), region), 0.8)
    elif look.pattern == "patches" and not head:
        patches(sitter, region, (16, 76, 32, 102), "body patch", count=3, sizes=(6, 10), colour=mark)
        patches(sitter, region, (72, 70, 86, 96), "body patch 2", count=2, sizes=(5, 9), colour=mark)
    if look.has("roaned"):
        dots = speckles(sitter.rng(f"{room} roaned"), box, 160, (0.25, 0.6))
        canvas.paint(mark, both(canvas.shapes(dots, 0.1), region), 0.7)


def dog_head(sitter: Sitter) -> None:
    """The head of a dog."""
    look, canvas, head = sitter.look, sitter.canvas, sitter.head
    pattern, base, mark, light = look.pattern, sitter.base, sitter.mark, sitter.light
    muzzle = canvas.shape(sitter.anatomy.muzzle.outline(), 1.2)
    _spread(sitter, head, HEAD, "head")
    if pattern == "tan" or (look.has("tan-points") and pattern != "patches"):
        _tan_points(sitter, mark if pattern == "tan" else RUST)
    if pattern == "saddle":
        canvas.paint(mark, both(canvas.disc(50, 18, 15, 10, 4), head), 0.6 if look.has("mask") else 0.15)
    elif pattern == "husky":
        _husky(sitter, light)
    elif pattern == "urajiro":
        cheeks = either(canvas.pair(13, 60, 11, 8.5, 2.2), canvas.disc(50, 70, 12, 8, 2), muzzle)
        canvas.paint(light, both(cheeks, head), 0.92)
        canvas.paint(light, both(canvas.pair(8.5, 35.5, 2.6, 1.8, 0.8), head), 0.7)
        canvas.paint(base, both(canvas.disc(50, 48, 3.2, 9, 1.5), head), 0.6)
    elif pattern == "sable":
        canvas.paint(mark, both(canvas.disc(50, 22, 20, 9, 5), head), 0.4)
        canvas.paint(lighter(base, 0.35), both(muzzle, head), 0.5)
    elif pattern == "hound":
        canvas.paint(darker(base, 0.15), both(canvas.disc(50, 20, 18, 9, 4), head), 0.5)
    elif pattern == "patches":
        _face_patches(sitter)
    elif pattern == "solid" and look.fur != "hairless":
        canvas.paint(mix(base, light, 0.6), both(muzzle, head), 0.55)
    if look.has("liver-head"):
        canvas.paint(mark, head, 0.9)
    if look.has("pale"):
        canvas.paint(coat("silver"), both(muzzle, head), 0.85)
    if look.has("mask"):
        _mask(sitter, SOOT, 0.92)
    elif look.has("mask-light"):
        _mask(sitter, SOOT, 0.5)
    if look.has("spectacles"):
        canvas.paint(
            SOOT, both(canvas.pair(sitter.anatomy.eye_x + 3, sitter.anatomy.eye_y + 0.5, 7, 3, 1, turn=0.35), head), 0.6
        )
    _white(sitter, muzzle)


def _tan_points(sitter: Sitter, colour: RGB) -> None:
    canvas, head, anatomy = sitter.canvas, sitter.head, sitter.anatomy
    spot_y = anatomy.eye_y - anatomy.eye_ry - 3.4
    canvas.paint(colour, both(canvas.pair(anatomy.eye_x - 2.2, spot_y, 2.6, 1.9, 0.5), head))
    width = anatomy.muzzle.width
    sides = canvas.pair(width * 0.75, anatomy.nose_y + 4.5, width * 0.62, 8.5, 1.4)
    canvas.paint(colour, both(either(sides, canvas.disc(50, anatomy.chin_y, width, 5, 1.5)), head))
    canvas.paint(
        sitter.base if sitter.look.pattern == "tan" else sitter.mark,
        both(canvas.disc(50, anatomy.nose_y - 6, width * 0.42, 9, 1.2), head),
        0.9,
    )


def _husky(sitter: Sitter, light: RGB) -> None:
    canvas, head, anatomy = sitter.canvas, sitter.head, sitter.anatomy
    eye_y = anatomy.eye_y
    face = spline(
        symmetric(
            [
                (50, eye_y - 3),
                (54, eye_y - 6),
                (61, eye_y - 9),
                (66, eye_y - 4),
                (67.5, eye_y + 5),
                (75, eye_y + 12),
                (66, 72),
                (50, 80),
            ]
        )
    )
    canvas.paint(light, both(canvas.shape(face, 1.0), head))
    ridge = spline(symmetric([(50, 20), (53, 30), (52.5, eye_y - 2), (53, eye_y + 6), (50, eye_y + 12)]))
    canvas.paint(mix(sitter.base, sitter.mark, 0.2), both(canvas.shape(ridge, 0.9), head), 0.85)
    canvas.paint(light, both(canvas.shape(spline(symmetric([(50, 25), (50.8, 31), (50, 38)])), 0.4), head), 0.8)


def _mask(sitter: Sitter, colour: RGB, strength: float) -> None:
    canvas, head, anatomy = sitter.canvas, sitter.head, sitter.anatomy
    width = anatomy.muzzle.width
    flat = sitter.look.muzzle == "flat"
    snout = either(
        canvas.disc(50, anatomy.nose_y + 5, width + 1.5, 12, 1.8), canvas.disc(50, anatomy.nose_y - 7, 6.5, 7, 2.2)
    )
    canvas.paint(colour, both(snout, head), strength)
    around = canvas.pair(anatomy.eye_x, anatomy.eye_y + 1, 7.4 if flat else 5.6, 6.6 if flat else 4.6, 2.0)
    canvas.paint(colour, both(around, head), strength * (0.75 if flat else 0.45))


def _face_patches(sitter: Sitter) -> None:
    canvas, head, look = sitter.canvas, sitter.head, sitter.look
    anatomy = sitter.anatomy
    inner = 50 + max(3.4, anatomy.eye_x - 6.6)
    low = anatomy.eye_y + 9
    right = spline(
        [
            (inner + 1, 14),
            (72, 12),
            (90, 26),
            (88, low + 6),
            (74, low + 5),
            (inner + 5, low),
            (inner, anatomy.eye_y - 4),
        ]
    )
    outlines = [right]
    if look.has("full-patch"):
        outlines = [right, mirrored(right)]
    elif look.has("ear-colour"):
        outlines = []
    if outlines:
        canvas.paint(sitter.mark, both(canvas.shapes(outlines, 0.7), head))
    if look.has("ear-colour"):
        canvas.paint(sitter.mark, both(canvas.pair(20, 30, 10, 14, 3), head), 0.7)
    if look.has("tan-points"):
        canvas.paint(RUST, both(canvas.pair(anatomy.eye_x + 3, anatomy.eye_y + 9, 5, 4, 1.6), head), 0.85)


def _white(sitter: Sitter, muzzle: Mask) -> None:
    look, canvas, head, anatomy = sitter.look, sitter.canvas, sitter.head, sitter.anatomy
    nose = anatomy.nose_y
    width = anatomy.muzzle.width
    if look.white == "blaze":
        half = [
            (50, 15),
            (53.0, 25),
            (52.0, anatomy.eye_y - 3),
            (54.5, nose - 8),
            (50 + width, nose + 1),
            (50 + width * 0.95, nose + 11),
            (57, nose + 18),
            (50, nose + 22),
        ]
        wedge_of_white(sitter, head, half)
    elif look.white == "collar":
        canvas.paint(coat("white"), head)
        canvas.paint(sitter.base, both(canvas.disc(50, 16, 11, 6, 3), head), 0.3)
    elif look.white == "chin":
        canvas.paint(coat("white"), both(either(muzzle, canvas.disc(50, nose + 12, 9, 8, 1.5)), head), 0.9)
    elif look.white == "chest":
        canvas.paint(coat("white"), both(canvas.disc(50, nose + 15, 6, 6, 2), head), 0.5)


def dog_ear(sitter: Sitter, right: bool) -> RGB:
    """The outside of a dog's ear."""
    look, base, mark = sitter.look, sitter.base, sitter.mark
    pattern = look.pattern
    if look.ears == "button-black" or (look.has("mask") and look.ears in ("tri", "tall", "bat", "spaniel")):
        return mix(base, SOOT, 0.85 if look.ears != "tall" else 0.55)
    if look.has("ear-tips"):
        return mix(mark, SOOT, 0.5)
    if pattern == "patches":
        whole = look.has("full-patch") or look.has("ear-colour") or right
        return mark if whole else base
    if pattern in ("merle", "roan"):
        return mix(base, mark, 0.85)
    if pattern in ("spotted", "belton"):
        return mix(base, mark, 0.12)
    if pattern == "husky":
        return mix(base, mark, 0.4)
    if pattern == "sable":
        return mix(base, mark, 0.45)
    if look.white == "collar":
        return mix(base, coat("white"), 0.75)
    if look.fur == "hairless":
        return mix(base, coat("pink"), 0.12)
    if look.ears == "tassel":
        return lighter(base, 0.2)
    return base if base[0] > 215 and base[2] > 190 else darker(base, 0.16)
