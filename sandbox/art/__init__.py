"""Drawn pictures of every cat and dog breed: the look of each, and the painting, moving and telling of it."""

from __future__ import annotations

from .look import Look, Species
from .looks import LOOKS, look_of
from .motion import MOTIONS, animate
from .portrait import draw
from .props import PROPS
from .words import alt_text

__all__ = ["LOOKS", "MOTIONS", "PROPS", "Look", "Species", "alt_text", "animate", "draw", "look_of"]
