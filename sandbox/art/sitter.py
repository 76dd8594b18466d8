"""One animal while it is painted: its look, its mood, its place on the canvas and its masks."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .anatomy import Anatomy, anatomy_of
from .canvas import Canvas, Mask, either
from .geometry import Outline, Pose, ellipse, tufted, turned, with_cheek_locks
from .look import Look
from .palette import RGB, coat, darker, lighter, mix


@dataclass(frozen=True)
class Mood:
    """What the animal does this moment. Lids: 0 open, 1 closed; tongue 0 to 1; angles in degrees, gaze in units."""

    tilt: float = 0.0
    turn: float = 0.0
    gaze: tuple[float, float] = (0.0, 0.0)
    left_lid: float = 0.0
    right_lid: float = 0.0
    tongue: float = 0.0
    left_ear: float = 0.0
    right_ear: float = 0.0


class Sitter:
    """Everything the painters of coat, fur and face share. Poses put body, head and face where the mood wants them."""

    def __init__(self, canvas: Canvas, look: Look, mood: Mood, seed: int, scale: float = 1.0) -> None:
        self.canvas = canvas
        self.look = look
        self.mood = mood
        self.seed = seed
        self.anatomy: Anatomy = anatomy_of(look)
        scale *= look.scale
        self.body_pose = Pose(scale=scale)
        head_pivot = self.body_pose.at((50.0, 66.0))
        lean = mood.tilt * 0.12
        self.head_pose = Pose(
            angle=mood.tilt, scale=scale, pivot=(50.0, 66.0), shift=(head_pivot[0] - 50 + lean, head_pivot[1] - 66)
        )
        self.face_pose = self._turned_by(0.55)
        self.muzzle_pose = self._turned_by(1.0)
        self.base, self.mark, self.light = self._colours()
        canvas.pose = self.body_pose
        self.body_outline = self._body_outline()
        self.body = self._soft_mask(self.body_outline, "body")
        canvas.pose = self.head_pose
        self.head_outline = self._head_outline()
        self.head = self._soft_mask(self.head_outline, "head")
        anatomy = self.anatomy
        root = anatomy.ear_root
        self.right_ear: Outline = turned(anatomy.right_ear, root, mood.right_ear)
        self.left_ear: Outline = turned(anatomy.left_ear, (100 - root[0], root[1]), -mood.left_ear)

    def rng(self, room: str) -> random.Random:
        """A source of chance for one part of the picture: the same for the same animal, whatever its mood."""
        return random.Random(f"{self.seed}:{room}")

    def _turned_by(self, depth: float) -> Pose:
        pose = self.head_pose
        shift = (pose.shift[0] + self.mood.turn * depth, pose.shift[1] + abs(self.mood.turn) * 0.05)
        return Pose(pose.angle, pose.scale, pose.pivot, shift)

    def _colours(self) -> tuple[RGB, RGB, RGB]:
        look = self.look
        shade = self.rng("shade").uniform(-0.05, 0.05)
        base = coat(look.coat)
        base = lighter(base, shade) if shade > 0 else darker(base, -shade)
        mark = coat(look.mark) if look.mark else darker(base, 0.3)
        light = coat(look.light) if look.light else lighter(base, 0.35)
        if look.white:
            light = coat("white")
        return base, mark, light

    def _body_outline(self) -> Outline:
        look = self.look
        if look.fur in ("long", "shag"):
            return tufted(self.anatomy.body, self.rng("body edge"), depth=2.6, width=3.0)
        return self.anatomy.body

    def _head_outline(self) -> Outline:
        look = self.look
        if look.fur not in ("long", "shag", "wire"):
            return self.anatomy.head
        if look.fur == "long" and look.species == "dog" and not look.has("ruff") and look.head != "bear":
            return self.anatomy.head
        depth = 2.2 if look.fur != "wire" else 1.1
        return with_cheek_locks(self.anatomy.head, self.rng("head edge"), depth)

    def _soft_mask(self, outline: Outline, room: str) -> Mask:
        canvas = self.canvas
        mask = canvas.shape(outline, 0.15)
        if self.look.fur == "curly" and not (room == "head" and self.look.has("pompom")):
            rng = self.rng(f"{room} curls")
            puffs = [ellipse(x, y, rng.uniform(1.4, 2.4), rng.uniform(1.4, 2.4), steps=14) for x, y in outline[::3]]
            mask = either(mask, canvas.shapes(puffs, 0.1))
        return mask

    def tone(self, share: float) -> RGB:
        """The coat with a share of its markings in it."""
        return mix(self.base, self.mark, share)
