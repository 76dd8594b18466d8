"""Eyes that look at you: open, half shut, winking or closed."""

from __future__ import annotations

import math

from .canvas import Mask, both
from .geometry import Outline, ribbon, scaled, spline
from .palette import EYES, INK, RGB, WHITE, brightness, darker, lighter, rgb
from .sitter import Sitter

PUPIL: RGB = (9, 7, 8)


def paint_eyes(sitter: Sitter) -> None:
    """Both eyes, as open as the mood has them."""
    sitter.canvas.pose = sitter.face_pose
    mood, colours = sitter.mood, sitter.look.eyes
    _eye(sitter, -1.0, colours[0], mood.left_lid)
    _eye(sitter, 1.0, colours[1], mood.right_lid)


def _eye(sitter: Sitter, side: float, colour: str, lid: float) -> None:
    canvas, anatomy, look = sitter.canvas, sitter.anatomy, sitter.look
    cat = look.species == "cat"
    cx, cy = 50 + side * anatomy.eye_x, anatomy.eye_y
    rx, ry = anatomy.eye_rx, anatomy.eye_ry
    socket = canvas.disc(cx, cy + 0.2, rx * 1.42, ry * 1.45, 1.4)
    canvas.paint(INK, both(socket, sitter.head), 0.26 if not cat else 0.16)
    if lid > 0.85:
        _closed(sitter, cx, cy, rx, side)
        return
    shape = _almond(cx, cy, rx, ry, side * anatomy.eye_tilt, lid, cat=cat)
    rim_width = 1.2 if look.has("liner") or cat else 1.24
    rim = canvas.shape(scaled(shape, (cx, cy), rim_width, rim_width + 0.03), 0.3)
    canvas.paint(INK, rim)
    ball = canvas.shape(shape, 0.12)
    _iris(sitter, ball, side, rgb(EYES[colour][0]))
    if look.has("droopy"):
        lower = ribbon([(cx - rx, cy + ry * 0.7), (cx, cy + ry * 1.45), (cx + rx, cy + ry * 0.7)], 1.1, taper=0.6)
        canvas.paint((176, 104, 96), canvas.shape(lower, 0.25), 0.8)


def _almond(cx: float, cy: float, rx: float, ry: float, tilt: float, lid: float, *, cat: bool) -> Outline:
    points: Outline = []
    for step in range(44):
        angle = math.tau * step / 44
        x, y = rx * math.cos(angle), ry * math.sin(angle)
        if cat:
            y *= 1 - 0.16 * abs(math.cos(angle)) ** 2
        y = y * (1 - 1.45 * lid) if y < 0 else y * (0.9 - 0.12 * lid)
        points.append((cx + x * math.cos(tilt) - y * math.sin(tilt), cy + x * math.sin(tilt) + y * math.cos(tilt)))
    return points


def _iris(sitter: Sitter, ball: Mask, side: float, colour: RGB) -> None:
    canvas, anatomy, mood = sitter.canvas, sitter.anatomy, sitter.mood
    cat = sitter.look.species == "cat"
    rx, ry = anatomy.eye_rx, anatomy.eye_ry
    cx, cy = 50 + side * anatomy.eye_x, anatomy.eye_y
    gx, gy = cx + mood.gaze[0], cy + mood.gaze[1]
    if not cat:
        canvas.paint((226, 216, 206), ball)
        canvas.paint(INK, both(ball, canvas.disc(cx, cy - ry, rx * 1.1, ry * 0.6, 1.0)), 0.5)
        size = ry * 0.93
        canvas.paint(darker(colour, 0.55), both(ball, canvas.disc(gx, gy, size * 1.06, size * 1.06, 0.2)))
        canvas.paint(colour, both(ball, canvas.disc(gx, gy, size * 0.88, size * 0.88, 0.35)))
        canvas.paint(
            lighter(colour, 0.32), both(ball, canvas.disc(gx, gy + size * 0.42, size * 0.62, size * 0.4, 0.6)), 0.85
        )
        canvas.paint(PUPIL, both(ball, canvas.disc(gx, gy, size * 0.55, size * 0.55, 0.15)))
    else:
        canvas.paint(darker(colour, 0.42), ball)
        canvas.paint(colour, both(ball, canvas.disc(gx, gy + 0.3, rx * 0.84, ry * 0.92, 0.7)))
        canvas.paint(
            lighter(colour, 0.42), both(ball, canvas.disc(gx, gy + ry * 0.45, rx * 0.66, ry * 0.46, 0.9)), 0.85
        )
        wide = 2.5 if sitter.look.head in ("flat", "broad", "elf") else 2.1
        canvas.paint(PUPIL, both(ball, canvas.disc(gx, gy, wide, ry * 0.8, 0.15)))
    canvas.paint((0, 0, 0), both(ball, canvas.disc(cx, cy - ry * 1.02, rx * 1.15, ry * 0.5, 0.7)), 0.5)
    shine = ry * (0.25 if cat else 0.26)
    canvas.paint(WHITE, both(ball, canvas.disc(gx - rx * 0.24, gy - ry * 0.32, shine, shine, 0.1)))
    canvas.paint(WHITE, both(ball, canvas.disc(gx + rx * 0.26, gy + ry * 0.36, shine * 0.5, shine * 0.5, 0.18)), 0.7)


def _closed(sitter: Sitter, cx: float, cy: float, rx: float, side: float) -> None:
    canvas = sitter.canvas
    here = canvas.colour_at((cx, cy - 1))
    ink = INK if brightness(here) > 0.25 else lighter(here, 0.45)
    canvas.paint(lighter(here, 0.08), both(canvas.disc(cx, cy - 0.6, rx * 1.0, 3.4, 0.9), sitter.head), 0.5)
    arc: Outline = [
        (cx - rx, cy + 0.2),
        (cx - rx * 0.5, cy + 2.0),
        (cx, cy + 2.6),
        (cx + rx * 0.5, cy + 2.0),
        (cx + rx, cy + 0.2),
    ]
    canvas.line(spline(arc, closed=False), ink, 0.75)
    outer = cx + side * rx
    canvas.line([(outer - side * 0.6, cy + 0.7), (outer + side * 1.6, cy + 1.3)], ink, 0.5)
