"""Curves, outlines and poses, in design units: a picture is a hundred units high."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Outline = list[Point]


@dataclass(frozen=True)
class Pose:
    """A turn, a scale and a shift about a pivot; it maps a drawing's own units onto the picture's."""

    angle: float = 0.0
    scale: float = 1.0
    pivot: Point = (50.0, 100.0)
    shift: Point = (0.0, 0.0)

    def matrix(self) -> tuple[float, float, float, float, float, float]:
        """(a, b, c, d, e, f) with x' = ax + by + c and y' = dx + ey + f."""
        turn = math.radians(self.angle)
        cosine, sine = math.cos(turn) * self.scale, math.sin(turn) * self.scale
        px, py = self.pivot
        return (
            cosine,
            -sine,
            px - cosine * px + sine * py + self.shift[0],
            sine,
            cosine,
            py - sine * px - cosine * py + self.shift[1],
        )

    def at(self, point: Point) -> Point:
        """Where a point of the drawing lands."""
        a, b, c, d, e, f = self.matrix()
        return a * point[0] + b * point[1] + c, d * point[0] + e * point[1] + f


def spline(points: Sequence[Point], *, closed: bool = True, steps: int = 10) -> Outline:
    """A smooth curve (Catmull-Rom) through the points."""
    count = len(points)
    curve: Outline = []
    for index in range(count if closed else count - 1):
        p1, p2 = points[index], points[(index + 1) % count]
        p0 = points[index - 1] if closed or index > 0 else p1
        p3 = points[(index + 2) % count] if closed or index + 2 < count else p2
        for step in range(steps):
            t = step / steps
            curve.append((_hermite(p0[0], p1[0], p2[0], p3[0], t), _hermite(p0[1], p1[1], p2[1], p3[1], t)))
    if not closed:
        curve.append(points[-1])
    return curve


def _hermite(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def mirrored(points: Sequence[Point]) -> Outline:
    """The same shape on the other side of the middle line."""
    return [(100.0 - x, y) for x, y in points]


def symmetric(half: Sequence[Point]) -> Outline:
    """A whole outline from its right half, listed from the top of the middle line to its bottom."""
    other = [(100.0 - x, y) for x, y in reversed(half) if abs(x - 50.0) > 0.01]
    return list(half) + other


def ellipse(cx: float, cy: float, rx: float, ry: float, *, turn: float = 0.0, steps: int = 40) -> Outline:
    """An ellipse, turned by an angle in radians."""
    cosine, sine = math.cos(turn), math.sin(turn)
    points: Outline = []
    for step in range(steps):
        angle = math.tau * step / steps
        x, y = rx * math.cos(angle), ry * math.sin(angle)
        points.append((cx + x * cosine - y * sine, cy + x * sine + y * cosine))
    return points


def turned(points: Sequence[Point], pivot: Point, degrees: float) -> Outline:
    """The points turned about a pivot."""
    pose = Pose(angle=degrees, pivot=pivot)
    return [pose.at(point) for point in points]


def scaled(points: Sequence[Point], centre: Point, sx: float, sy: float) -> Outline:
    """The points stretched away from a centre."""
    return [(centre[0] + (x - centre[0]) * sx, centre[1] + (y - centre[1]) * sy) for x, y in points]


def centre_of(points: Sequence[Point]) -> Point:
    """The mean of the points."""
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def ribbon(points: Sequence[Point], width: float, *, taper: float = 1.0, steps: int = 8) -> Outline:
    """The outline of a stroke along a curve; `taper` 1 ends in a point, 0 keeps the width."""
    curve = spline(points, closed=False, steps=steps)
    left: Outline = []
    right: Outline = []
    last = len(curve) - 1
    for index, (x, y) in enumerate(curve):
        ahead, behind = curve[min(index + 1, last)], curve[max(index - 1, 0)]
        dx, dy = ahead[0] - behind[0], ahead[1] - behind[1]
        norm = math.hypot(dx, dy) or 1.0
        along = index / last
        half = width / 2 * (1.0 - taper * along) * min(1.0, 0.3 + along * 3)
        left.append((x - dy / norm * half, y + dx / norm * half))
        right.append((x + dy / norm * half, y - dx / norm * half))
    return left + right[::-1]


def blob(rng: random.Random, cx: float, cy: float, radius: float, *, wobble: float = 0.25) -> Outline:
    """An irregular round patch."""
    corners: Outline = []
    for step in range(8):
        angle = math.tau * step / 8
        reach = radius * rng.uniform(1.0 - wobble, 1.0 + wobble)
        corners.append((cx + reach * math.cos(angle), cy + reach * math.sin(angle)))
    return spline(corners, steps=5)


def tufted(points: Sequence[Point], rng: random.Random, *, depth: float, width: float, fall: float = 0.6) -> Outline:
    """A closed outline broken into locks of hair; `fall` pulls their tips down."""
    middle = centre_of(points)
    edge: Outline = []
    since = 0.0
    previous = points[0]
    lock_width = width
    for point in points:
        since += math.hypot(point[0] - previous[0], point[1] - previous[1])
        previous = point
        if since < lock_width:
            continue
        since, lock_width = 0.0, width * rng.uniform(0.6, 1.4)
        dx, dy = point[0] - middle[0], point[1] - middle[1]
        norm = math.hypot(dx, dy) or 1.0
        reach = depth * rng.uniform(0.55, 1.2)
        tip = (point[0] + dx / norm * reach, point[1] + dy / norm * reach + fall * reach)
        edge.append(((point[0] + tip[0]) / 2 - dy / norm * 0.3, (point[1] + tip[1]) / 2 + dx / norm * 0.3))
        edge.append(tip)
        edge.append(point)
    return edge


def with_cheek_locks(points: Sequence[Point], rng: random.Random, depth: float) -> Outline:
    """The outline of a head with locks of hair on its cheeks, none on the crown."""
    outline: Outline = []
    for index, (x, y) in enumerate(points):
        outline.append((x, y))
        cheek = min(1.0, (y - 40.0) / 14.0)
        if index % 4 != 2 or cheek <= 0.05:
            continue
        reach = depth * cheek * rng.uniform(0.6, 1.3)
        side = max(-1.0, min(1.0, (x - 50.0) / 14.0))
        outline.append((x + reach * side, y + reach * 0.9))
    return outline


def bounds(points: Sequence[Point], margin: float = 0.0) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin
