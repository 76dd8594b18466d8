"""A portrait from a look: the order in which scene, body, ears, head and face are painted."""

from __future__ import annotations

import random
import zlib
from typing import Final

from PIL import Image

from .canvas import Canvas
from .coat import paint_body, paint_ears, paint_head
from .collar import paint_collar
from .dressing import dress_head
from .eyes import paint_eyes
from .geometry import Pose
from .hair import comb_body, comb_ears, comb_head, ruff
from .look import Look
from .muzzle import paint_cat_mouth, paint_dog_muzzle
from .props import PROPS, Prop
from .scene import INDOORS, OUTDOORS, paint_scene
from .sitter import Mood, Sitter

# width and height of a picture, as shares of its longer side
FORMATS: Final = ((1.0, 1.0), (1.0, 0.9), (1.0, 1.0), (0.9, 1.0))


def seed_of(look: Look, variant: int) -> int:
    """A number for a look and a variant that is the same on every machine."""
    words = repr(
        (
            look.species,
            look.kg,
            look.coat,
            look.mark,
            look.pattern,
            look.ears,
            look.head,
            look.fur,
            look.muzzle,
            sorted(look.extra),
            variant,
        )
    )
    return zlib.crc32(words.encode())


def mood_of(look: Look, variant: int) -> Mood:
    """How a variant holds its head, looks and feels."""
    rng = random.Random(seed_of(look, variant) ^ 0x5EED)
    expression = rng.choice(("open", "open", "open", "tongue" if look.species == "dog" else "open"))
    if variant:
        expression = rng.choice(("open", "soft", "tongue", "wink", "closed"))
    lids = {"soft": (0.2, 0.2), "wink": (1.0, 0.0), "closed": (1.0, 1.0)}.get(expression, (0.0, 0.0))
    gaze_x = rng.choice((-0.9, 0.0, 0.0, 0.9))
    return Mood(
        tilt=rng.uniform(-6.5, 6.5),
        turn=rng.uniform(-2.0, 2.0),
        gaze=(gaze_x, rng.uniform(-0.3, 0.3)),
        left_lid=lids[0],
        right_lid=lids[1],
        tongue=1.0 if expression == "tongue" and not look.has("beard") else 0.0,
    )


def format_of(look: Look, variant: int, size: int, prop: str | None) -> tuple[int, float]:
    """Height in pixels and width in units of a variant's picture, `size` pixels on its longer side."""
    if prop is not None:
        return size, 100.0
    wide, high = FORMATS[seed_of(look, variant) % len(FORMATS)]
    return round(size * high), 100.0 * wide / high


def draw(look: Look, *, size: int = 400, variant: int = 0, prop: str | None = None) -> Image.Image:
    """A picture of the animal, at most `size` pixels wide and high: the same for the same look, variant and prop.

    Raises `KeyError` for a prop that is not in `PROPS`.
    """
    chosen = PROPS[prop] if prop is not None else None
    height, width = format_of(look, variant, size, prop)
    return paint(
        look.dressed(variant), mood_of(look, variant), seed_of(look, variant), height=height, width=width, prop=chosen
    )


def paint(
    look: Look, mood: Mood, seed: int, *, height: int, width: float = 100.0, prop: Prop | None = None
) -> Image.Image:
    """Paints a look in a mood; the seed chooses the scene and every hair."""
    canvas = Canvas(height, width)
    sitter = Sitter(canvas, look, mood, seed, prop.scale if prop is not None else 1.0)
    canvas.pose = Pose()
    if prop is None or prop.scene is None:
        scenes = INDOORS if look.species == "cat" else OUTDOORS
        paint_scene(canvas, sitter.rng("scene"), scenes, sitter.base)
    if prop is not None and prop.scene is not None:
        prop.scene(sitter)
    paint_body(sitter)
    comb_body(sitter)
    if prop is None:
        paint_collar(sitter)
    elif prop.worn is not None:
        prop.worn(sitter)
    ruff(sitter)
    stand = sitter.anatomy.ears_stand
    if look.ears != "none" and stand:
        comb_ears(sitter, paint_ears(sitter))
    paint_head(sitter)
    comb_head(sitter)
    if look.ears != "none" and not stand:
        comb_ears(sitter, paint_ears(sitter))
    if look.species == "cat":
        paint_eyes(sitter)
        paint_cat_mouth(sitter)
    else:
        paint_dog_muzzle(sitter)
        paint_eyes(sitter)
    dress_head(sitter)
    if prop is not None and prop.front is not None:
        prop.front(sitter)
    return canvas.finish()
