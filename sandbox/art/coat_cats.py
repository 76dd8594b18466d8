"""The coats of cats: tabbies, points, spots, calico and the rest."""

from __future__ import annotations

from .canvas import both, either
from .geometry import Outline, mirrored, spline
from .markings import bib, speckles, spots, streaks, stripes, wedge_of_white
from .palette import RGB, darker, lighter, mix
from .sitter import Sitter

STRIPED = frozenset({"tabby", "classic", "tiger", "spotted", "rosettes"})
INK_BLACK: RGB = (45, 41, 40)


def cat_body(sitter: Sitter) -> None:
    """The body of a cat."""
    look, canvas, body = sitter.look, sitter.canvas, sitter.body
    pattern = look.pattern
    box = (16.0, 66.0, 84.0, 102.0)
    if pattern not in ("point", "van", "calico") and look.fur != "hairless":
        bib(sitter, wide=8, colour=mix(sitter.base, sitter.light, 0.55), strength=0.25 if pattern == "solid" else 0.7)
    if pattern in ("tabby", "tiger"):
        paths = [[(86, 72 + 6 * i), (75, 74 + 6.5 * i), (63 - i, 80 + 6 * i)] for i in range(5)]
        stripes(sitter, body, paths, 2.6 if pattern == "tabby" else 3.6, sitter.mark)
        stripes(sitter, body, [[(66, 66), (60, 72), (52, 74)]], 2.0, sitter.mark, strength=0.8)
    elif pattern == "classic":
        paths = [
            [(84, 76), (72, 75), (62, 82), (66, 92), (76, 92), (76, 84)],
            [(86, 96), (74, 98), (62, 102)],
            [(67, 67), (60, 73), (51, 76)],
        ]
        stripes(sitter, body, paths, 4.0, sitter.mark)
    elif pattern == "spotted":
        spots(sitter, body, box, "body spots", count=44, sizes=(1.0, 2.2), colour=sitter.mark)
        stripes(sitter, body, [[(67, 66), (60, 71), (51, 73)]], 1.8, sitter.mark)
    elif pattern == "rosettes":
        heart = mix(sitter.base, sitter.mark, 0.35)
        spots(sitter, body, box, "body spots", count=40, sizes=(1.6, 3.0), colour=sitter.mark, heart=heart, gap=0.8)
        stripes(sitter, body, [[(67, 66), (60, 71), (51, 73)]], 1.8, sitter.mark)
    elif pattern == "calico":
        canvas.paint(
            sitter.mark, both(canvas.shape(spline([(22, 76), (36, 72), (40, 90), (26, 104), (12, 100)]), 0.6), body)
        )
        canvas.paint(
            INK_BLACK, both(canvas.shape(spline([(70, 72), (84, 78), (90, 104), (70, 104), (66, 88)]), 0.6), body)
        )
    elif pattern == "tortie":
        streaks(sitter, body, box, "body streaks", sitter.mark, count=190, strength=0.8)
        streaks(sitter, body, box, "body lights", lighter(sitter.base, 0.35), count=60, strength=0.7)
    elif pattern == "ticked":
        dots = speckles(sitter.rng("ticks"), box, 700, (0.15, 0.35))
        canvas.paint(sitter.mark, both(canvas.shapes(dots, 0.1), body), 0.55)
    elif pattern == "van":
        canvas.paint(sitter.mark, both(canvas.shape(spline([(76, 84), (88, 80), (92, 104), (78, 104)]), 0.8), body))
    elif pattern == "sepia":
        canvas.paint(sitter.mark, both(canvas.pair(30, 96, 12, 26, 5), body), 0.4)
    elif pattern == "point":
        canvas.paint(mix(sitter.base, sitter.mark, 0.3), both(canvas.pair(32, 98, 11, 26, 5), body), 0.7)
    elif pattern == "shaded":
        canvas.paint(sitter.mark, both(canvas.pair(30, 92, 14, 26, 6), body), 0.45)
    if look.white in ("half", "blaze"):
        bib(sitter, wide=10 if look.pattern != "van" else 20)
    elif look.white == "chin":
        bib(sitter, wide=6.5)


def cat_head(sitter: Sitter) -> None:
    """The head of a cat."""
    look, canvas, head = sitter.look, sitter.canvas, sitter.head
    pattern, nose = look.pattern, sitter.anatomy.nose_y
    base, mark, light = sitter.base, sitter.mark, sitter.light
    whiskers = either(canvas.pair(5.5, nose + 5, 7.5, 5.0, 1.6), canvas.disc(50, nose + 13, 9, 6, 2))
    if pattern in STRIPED or pattern == "ticked":
        canvas.paint(light, both(whiskers, head), 0.9)
        canvas.paint(
            lighter(base, 0.3), both(canvas.pair(sitter.anatomy.eye_x, sitter.anatomy.eye_y, 8.6, 7.6, 1.2), head), 0.8
        )
        _tabby_face(sitter, faint=pattern == "ticked")
    elif pattern in ("point", "sepia"):
        _points(sitter, 0.92 if pattern == "point" else 0.45)
    elif pattern == "calico":
        canvas.paint(
            INK_BLACK,
            both(canvas.shape(spline([(16, 18), (44, 18), (47, 33), (40, 50), (27, 57), (14, 50)]), 0.6), head),
        )
        canvas.paint(
            mark, both(canvas.shape(spline([(55, 18), (84, 18), (88, 50), (72, 56), (60, 46), (53, 33)]), 0.6), head)
        )
    elif pattern == "tortie":
        canvas.paint(mark, both(canvas.disc(36, 36, 12, 14, 3), head), 0.75)
        streaks(sitter, head, (22, 20, 78, 60), "head streaks", mark, count=130, strength=0.75)
        canvas.paint(light, both(whiskers, head), 0.7)
        canvas.paint(base, both(canvas.shape(spline([(50, 22), (58, 26), (54, 42), (51, 56), (48, 40)]), 0.5), head))
    elif pattern == "van":
        right = spline([(53.5, 14), (86, 12), (82, 29), (71, 34), (60, 33), (54, 25)])
        canvas.paint(mark, both(canvas.shapes([right, mirrored(right)], 0.7), head))
    elif pattern == "shaded":
        canvas.paint(mark, both(canvas.disc(50, 24, 20, 10, 5), head), 0.4)
        canvas.paint(light, both(whiskers, head), 0.9)
    elif look.fur != "hairless":
        canvas.paint(lighter(base, 0.22), both(whiskers, head), 0.6)
    if look.has("tipped"):
        canvas.paint(lighter(base, 0.5), both(canvas.disc(50, 28, 24, 12, 6), head), 0.35)
    if look.has("lynx"):
        brow: list[Outline] = [[(50, 23), (50, 36)], [(55, 23), (57, 36)], [(61, 24), (64, 36)]]
        cheek: list[Outline] = [[(79, 50), (72, 51), (66, 54)], [(78, 57), (71, 57)]]
        stripes(sitter, head, [*brow, *cheek], 1.9, mark, strength=0.5)
    if look.has("brow-m"):
        stripes(sitter, head, [[(44, 26), (47, 37), (50, 31)]], 1.7, mark)
    _white_face(sitter)


def _points(sitter: Sitter, strength: float) -> None:
    canvas, head, nose = sitter.canvas, sitter.head, sitter.anatomy.nose_y
    middle = either(canvas.disc(50, nose - 1, 15.5, 18, 5), canvas.disc(50, nose + 6, 10.5, 9, 3))
    canvas.paint(mix(sitter.base, sitter.mark, 0.95), both(middle, head), strength)
    canvas.paint(lighter(sitter.base, 0.35), both(canvas.disc(50, 28, 19, 7, 4), head), 0.6)


def _tabby_face(sitter: Sitter, *, faint: bool) -> None:
    look, head, mark = sitter.look, sitter.head, sitter.mark
    eye_y = sitter.anatomy.eye_y
    strength = 0.4 if faint else 1.0
    thick = 1.25 if look.pattern == "tiger" else 0.9 if look.pattern in ("spotted", "rosettes") else 1.0
    forehead: list[Outline] = [
        [(50, 21), (50, 30), (50, 37)],
        [(54.3, 21), (54.6, 28), (56.5, 37)],
        [(59.5, 22), (60, 29), (63.5, 36.5)],
        [(65.5, 24), (67, 31), (70, 36)],
    ]
    stripes(sitter, head, forehead, 2.2 * thick, mark, strength=strength)
    stripes(sitter, head, [[(85, eye_y), (76, eye_y + 0.5), (69, eye_y + 3)]], 2.2 * thick, mark, strength=strength)
    if not faint:
        stripes(sitter, head, [[(85, eye_y + 6), (76, eye_y + 6.5), (68, eye_y + 8.5)]], 2.2 * thick, mark)
        stripes(sitter, head, [[(83, eye_y + 12), (74, eye_y + 12.5), (67, eye_y + 14)]], 1.8 * thick, mark)
    if look.pattern in ("spotted", "rosettes"):
        spots(sitter, head, (22, 24, 78, 40), "head spots", count=16, sizes=(0.6, 1.1), colour=mark, clear_eyes=True)


def _white_face(sitter: Sitter) -> None:
    look, head, nose = sitter.look, sitter.head, sitter.anatomy.nose_y
    if look.white == "half":
        half = [(50, 36), (52.5, 45), (56, nose - 4), (66, nose + 4), (64, nose + 16), (50, nose + 22)]
        wedge_of_white(sitter, head, half)
    elif look.white == "blaze":
        half = [(50, 40), (51.8, 48), (54, nose - 3), (61, nose + 4), (59, nose + 14), (50, nose + 20)]
        wedge_of_white(sitter, head, half, blur=1.0)
    elif look.white == "chin":
        wedge_of_white(sitter, head, [(50, nose + 2), (60, nose + 4), (58, nose + 14), (50, nose + 20)], blur=1.2)


def cat_ear(sitter: Sitter, right: bool) -> RGB:
    """The outside of a cat's ear."""
    pattern = sitter.look.pattern
    if pattern == "point":
        return darker(sitter.mark, 0.1)
    if pattern == "calico":
        return sitter.mark if right else INK_BLACK
    if pattern == "van":
        return sitter.mark
    if pattern == "sepia":
        return sitter.tone(0.6)
    if pattern == "tortie":
        return sitter.mark if right else sitter.base
    if pattern in STRIPED or pattern == "ticked":
        return sitter.tone(0.35)
    if pattern == "shaded":
        return sitter.tone(0.3)
    if sitter.look.coat in ("white", "black"):
        return sitter.base
    return darker(sitter.base, 0.12)
