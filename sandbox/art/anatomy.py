"""Shapes by kind of head, ear and muzzle: where everything on an animal sits, before any colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .geometry import Outline, Point, mirrored, spline, symmetric
from .look import Look

# Right half of each head, from the crown down to the chin.
CAT_HEADS: Final[dict[str, Outline]] = {
    "round": [(50, 23.5), (61, 24.5), (72, 32), (78, 45), (77, 56), (68.5, 67), (59, 72.5), (50, 73.5)],
    "wide": [(50, 23), (62, 24), (73, 32), (79.5, 45), (78, 57), (68, 66), (60.5, 73), (50, 75)],
    "broad": [(50, 22.5), (63, 24), (75, 31.5), (82.5, 45), (82.5, 57), (73.5, 68.5), (61, 74.5), (50, 75)],
    "oval": [(50, 24), (60.5, 25), (70, 32), (75, 44), (73, 55), (65, 66), (57.5, 72.5), (50, 74)],
    "heart": [(50, 25.5), (58, 23.5), (71, 30), (77.5, 42), (74, 54), (64.5, 65), (57, 72), (50, 74)],
    "wedge": [(50, 26), (59, 26.5), (68, 32), (73.5, 42), (71, 53), (63, 64), (56, 71.5), (50, 74)],
    "elf": [(50, 24), (60.5, 24.5), (71, 30), (79, 42.5), (76, 53), (65, 62.5), (58.5, 70), (50, 73)],
    "long": [(50, 21.5), (61, 23), (71.5, 32), (77, 45), (75.5, 56), (67.5, 65), (61.5, 73.5), (50, 76.5)],
    "flat": [(50, 21), (63, 22), (76, 30), (84, 44), (84.5, 57), (75, 69), (62, 74.5), (50, 75)],
}
DOG_HEADS: Final[dict[str, Outline]] = {
    "hound": [(50, 18), (59.5, 19.8), (69, 28), (72, 42), (67, 54), (63, 65), (58, 74), (50, 76.5)],
    "wide": [(50, 17.8), (61, 19.8), (71.5, 28), (75, 43), (69.5, 55), (64, 66), (58, 74.5), (50, 76.5)],
    "wolf": [(50, 19), (60, 21), (69.5, 29.5), (74, 43), (68, 55), (61.5, 66), (56.5, 75), (50, 77.5)],
    "fox": [(50, 20), (60.5, 21.5), (71, 30), (77.5, 44), (74, 55), (64, 65), (57, 72.5), (50, 75)],
    "bear": [(50, 17), (62, 19), (74.5, 28), (81, 44), (78.5, 57), (69, 68), (60, 75.5), (50, 77)],
    "broad": [(50, 18), (63, 19.2), (74.5, 27.5), (79, 42), (76.5, 56), (71, 68), (62, 76), (50, 77.5)],
    "narrow": [(50, 20), (58, 21), (65.5, 29), (67, 41), (62, 52), (58.5, 66), (55.5, 75.5), (50, 78)],
    "round": [(50, 18.5), (62, 20.3), (73.5, 29.5), (78, 44), (75, 57), (66, 68), (58, 74), (50, 75)],
    "square": [(50, 20), (61, 20.5), (69, 26), (71, 40), (69, 54), (68, 67), (62, 76), (50, 78.5)],
    "egg": [(50, 16), (58, 17.5), (65.5, 26), (68, 42), (66, 56), (63.5, 68), (58, 76), (50, 78)],
}
CAT_EARS: Final[dict[str, Outline]] = {
    "prick": [(56, 28), (61.5, 17.5), (71.5, 7), (76.5, 20), (77, 40)],
    "tall": [(55.5, 28), (60, 14), (69.5, 1.5), (76, 17), (76, 40)],
    "large": [(56, 28), (61.5, 15), (75, 3.5), (79, 20), (77, 42)],
    "huge": [(56.5, 29), (62.5, 15), (81, 2.5), (82, 20), (75, 46)],
    "bat": [(57, 30), (64.5, 14), (84, 5), (87, 22), (76, 48)],
    "small": [(58, 27), (63.5, 18), (72.5, 12), (78, 22), (79, 38)],
    "tiny": [(62, 27), (67, 19), (75, 15), (81, 24), (81, 38)],
    "curled": [(57, 28), (58.5, 17), (63, 9), (70.5, 5.5), (78, 7.5), (81, 12.5), (76, 14), (75.5, 23), (77, 38)],
    "folded": [(58, 27), (63, 20), (71, 19), (78, 25), (80, 36), (75, 38), (66, 33)],
}
DOG_EARS: Final[dict[str, Outline]] = {
    "upright": [(57, 27), (62.5, 14), (71.5, 4), (76, 17), (73, 38)],
    "tall": [(56.5, 27), (61.5, 12), (70.5, 0.5), (76, 15), (72.5, 39)],
    "small": [(58.5, 26), (63.5, 16), (71, 8.5), (76, 18), (75, 35)],
    "tiny-up": [(60, 26), (64, 17), (70, 11.5), (75, 19), (74, 33)],
    "round": [(60, 26), (63, 16), (69, 11.5), (75.5, 16), (77, 34)],
    "bat": [(57, 28), (61.5, 13), (69, 3), (76.5, 5), (79, 19), (74, 40)],
    "bat-tall": [(56, 28), (60, 11), (68, 0.5), (76, 4), (78.5, 18), (71, 40)],
    "butterfly": [(57, 29), (62.5, 12), (75, 0.5), (88, 3), (91, 19), (84, 34), (74, 45)],
    "semi": [(57.5, 26), (62, 14), (68, 8.5), (76, 11), (82, 19.5), (79, 23), (74, 21), (73, 35)],
    "button": [(58, 23), (63, 16), (70.5, 15), (77, 20), (79.5, 31), (77, 37), (70, 33), (63.5, 29)],
    "button-black": [(60, 24), (66, 18.5), (73, 19), (79.5, 26), (80, 37), (75, 41), (69, 36), (64, 31)],
    "rose": [(61, 24), (67.5, 18), (75, 18.5), (82, 24.5), (83, 30), (76, 32), (69, 33)],
    "tri": [(60.5, 22.5), (69, 20.5), (77.5, 26), (82.5, 38), (81, 51), (76.5, 53.5), (71.5, 47), (68, 36)],
    "feathered": [(60.5, 23), (69, 21), (78, 27), (83, 40), (82, 54), (77, 58), (71, 50), (68, 37)],
    "drop": [(60.5, 22), (69, 21), (78, 29), (83.5, 45), (82, 59), (76.5, 63.5), (71, 55), (68, 40)],
    "long": [(61.5, 25), (70, 23), (79, 31), (85, 49), (84.5, 66), (78, 73), (71.5, 64), (68, 44)],
    "basset": [(62, 28), (70.5, 26), (79, 35), (86, 55), (87, 74), (80, 83), (72.5, 74), (68, 48)],
    "spaniel": [(62, 28), (70.5, 25), (79.5, 33), (86, 51), (87, 68), (80, 75.5), (72, 68), (68, 46)],
    "silk": [(59, 25), (67, 24), (76, 34), (82, 54), (84, 74), (76, 84), (67.5, 72), (64, 44)],
    "shaggy": [(61, 24), (70, 23), (79, 31), (85, 47), (85.5, 62), (79, 69), (71, 61), (67, 42)],
    "plume": [(57, 26), (64, 14), (73, 8), (83, 18), (86, 38), (82, 50), (75, 44), (72, 34)],
    "puff": [(62, 26), (71, 24), (80, 32), (85, 45), (83, 58), (75, 60), (70, 50), (67, 38)],
    "puff-long": [(61, 27), (70, 25), (79.5, 34), (85.5, 50), (85, 66), (77, 71), (70, 62), (66, 44)],
    "tassel": [(60, 25), (68, 24), (76, 33), (80.5, 48), (79, 61), (74, 64), (70, 54), (66, 40)],
    "tiny-fold": [(64, 25), (69, 21), (75, 22), (79, 28), (77, 33), (71, 31)],
}
_HANGING = {"tri", "feathered", "drop", "long", "basset", "spaniel", "silk", "shaggy", "puff", "puff-long", "tassel"}
_FOLDED = {"folded", "button", "button-black", "rose", "tiny-fold", "none"}
HANGING_OR_FOLDED: Final = frozenset(_HANGING | _FOLDED)
EAR_REACH: Final = {
    "wedge": -3.0,
    "oval": -1.0,
    "elf": 1.0,
    "broad": 3.0,
    "flat": 3.0,
    "wide": 1.0,
    "round": 0.0,
    "narrow": -5.5,
    "egg": -4.5,
    "square": -1.5,
    "bear": 3.5,
    "wolf": -0.5,
    "fox": 1.0,
    "hound": 0.0,
    "long": 0.0,
    "heart": 0.0,
}


@dataclass(frozen=True)
class Muzzle:
    """A dog's muzzle: height of nose and mouth, half widths at bridge and at nose, size of the nose."""

    nose_y: float
    bridge: float
    width: float
    nose: float
    flews: float

    def outline(self) -> Outline:
        """The muzzle seen from the front."""
        top, low = self.nose_y - 12.0, self.nose_y + self.flews
        half: Outline = [
            (50, top),
            (50 + self.bridge, top + 4),
            (50 + self.width * 0.8, self.nose_y - 2),
            (50 + self.width, self.nose_y + self.flews * 0.45),
            (50 + self.width * 0.72, low),
            (50, low - 0.6),
        ]
        return spline(symmetric(half))


MUZZLES: Final[dict[str, Muzzle]] = {
    "flat": Muzzle(52.5, 4.0, 14.0, 4.9, 13.5),
    "short": Muzzle(57.0, 4.0, 10.5, 4.3, 9.5),
    "medium": Muzzle(59.5, 4.8, 10.8, 5.4, 10.5),
    "long": Muzzle(63.5, 4.6, 8.8, 5.2, 8.8),
    "broad": Muzzle(59.0, 6.5, 14.2, 6.4, 13.0),
    "hippo": Muzzle(57.0, 9.0, 16.5, 6.6, 13.5),
}


@dataclass(frozen=True)
class Anatomy:
    """Where the parts of one animal are."""

    head: Outline
    body: Outline
    right_ear: Outline
    left_ear: Outline
    ear_root: Point
    ear_tip: Point
    ears_stand: bool
    eye_x: float
    eye_y: float
    eye_rx: float
    eye_ry: float
    eye_tilt: float
    nose_y: float
    mouth_y: float
    chin_y: float
    muzzle: Muzzle

    @property
    def face(self) -> Point:
        """The middle between eyes and nose, from which the hair of the face is combed."""
        return 50.0, (self.eye_y + self.nose_y) / 2 + 1.5


def anatomy_of(look: Look) -> Anatomy:
    """The parts of a look."""
    return _cat(look) if look.species == "cat" else _dog(look)


def _ear(points: Outline, pointed: bool) -> Outline:
    if not pointed:
        return spline(points, steps=8)
    rising, falling = spline(points[:3], closed=False, steps=10), spline(points[2:], closed=False, steps=10)
    return [*rising, *falling[1:]]


def _shifted(points: Outline, dx: float, dy: float = 0.0) -> Outline:
    return [(x + dx, y + dy) for x, y in points]


def _cat(look: Look) -> Anatomy:
    half = CAT_HEADS[look.head]
    corners = _shifted(CAT_EARS[look.ears], EAR_REACH[look.head])
    pointed = look.ears in ("prick", "tall", "large", "huge")
    right = _ear(corners, pointed)
    slim = look.head in ("wedge", "elf", "oval") and look.fur != "long"
    neck, shoulder = (59.0, 72.0) if slim else (62.5, 75.0)
    body: Outline = [(50, 60), (neck, 66), (shoulder, 82), (shoulder + 6, 104), (50, 107)]
    eye_x, eye_y, eye_rx, eye_ry, tilt = 11.8, 48.0, 6.2, 5.5, -0.16
    nose_y = 58.0
    if look.head == "wedge":
        eye_x, eye_ry, tilt, nose_y = 10.6, 4.3, -0.36, 60.5
    elif look.head == "elf":
        eye_x, eye_rx, eye_ry, tilt, nose_y = 12.4, 6.9, 6.1, -0.22, 58.5
    elif look.head == "flat":
        eye_x, eye_y, eye_rx, eye_ry, tilt, nose_y = 13.6, 47.5, 6.9, 6.7, 0.02, 51.5
    elif look.head == "broad":
        eye_x, eye_rx, eye_ry, tilt = 12.8, 6.5, 6.3, -0.05
    elif look.head == "long":
        nose_y = 60.0
    return Anatomy(
        head=spline(symmetric(half), steps=14),
        body=spline(symmetric(body), steps=14),
        right_ear=right,
        left_ear=mirrored(right),
        ear_root=(corners[0][0] + 8, 33.0),
        ear_tip=corners[2],
        ears_stand=look.ears not in HANGING_OR_FOLDED,
        eye_x=eye_x,
        eye_y=eye_y,
        eye_rx=eye_rx,
        eye_ry=eye_ry,
        eye_tilt=tilt,
        nose_y=nose_y,
        mouth_y=nose_y + 5.0,
        chin_y=half[-1][1],
        muzzle=MUZZLES["medium"],
    )


def _dog(look: Look) -> Anatomy:
    half = DOG_HEADS[look.head]
    corners = _shifted(DOG_EARS["drop" if look.ears == "none" else look.ears], EAR_REACH[look.head])
    pointed = look.ears in ("upright", "tall", "small", "tiny-up")
    right = _ear(corners, pointed)
    stands = look.ears not in HANGING_OR_FOLDED
    heavy = look.head in ("broad", "bear")
    neck, shoulder = (64.0, 78.0) if heavy else (59.0, 71.0) if look.head in ("narrow", "egg") else (62.0, 74.0)
    body: Outline = [(50, 60), (neck, 64), (shoulder, 80), (shoulder + 7, 104), (50, 107)]
    muzzle = MUZZLES[look.muzzle]
    eye_x, eye_y, radius = 10.8, 42.5, 4.1
    if look.muzzle == "flat":
        eye_x, eye_y, radius = 13.2, 45.0, 5.2
    elif look.muzzle == "short":
        eye_x, eye_y, radius = 11.4, 45.0, 4.8
    elif look.head == "narrow":
        eye_x, eye_y, radius = 9.4, 41.5, 3.9
    elif heavy or look.muzzle in ("broad", "hippo"):
        eye_x, radius = 12.6, 4.0
    elif look.head == "egg":
        eye_x, eye_y, radius = 9.6, 39.0, 3.2
    elif look.head == "fox":
        eye_x = 11.2
    if look.has("small-eyes"):
        radius = 3.1
    tilt = -0.18 if look.head in ("fox", "wolf", "egg") else -0.02
    return Anatomy(
        head=spline(symmetric(half), steps=14),
        body=spline(symmetric(body), steps=14),
        right_ear=right,
        left_ear=mirrored(right),
        ear_root=(corners[0][0] + 7, 28.0),
        ear_tip=corners[2] if stands else corners[5 if len(corners) > 6 else 3],
        ears_stand=stands,
        eye_x=eye_x,
        eye_y=eye_y,
        eye_rx=radius * 1.08,
        eye_ry=radius,
        eye_tilt=tilt,
        nose_y=muzzle.nose_y,
        mouth_y=muzzle.nose_y + muzzle.nose + 2.5,
        chin_y=half[-1][1],
        muzzle=muzzle,
    )
