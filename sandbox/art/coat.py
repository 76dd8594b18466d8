"""Coats: the colours of body, head and ears, before hair is combed over them."""

from __future__ import annotations

from .canvas import Mask, both, either, outside, softened
from .coat_cats import cat_body, cat_ear, cat_head
from .coat_dogs import dog_body, dog_ear, dog_head
from .geometry import Outline, bounds, centre_of, mirrored, ribbon, scaled
from .markings import spots
from .palette import RGB, WHITE, darker, lighter, mix
from .sitter import Sitter

SKIN: RGB = (217, 163, 154)
SHADE: RGB = (24, 14, 14)


def paint_body(sitter: Sitter) -> None:
    """The body's coat and its shading."""
    canvas = sitter.canvas
    canvas.pose = sitter.body_pose
    canvas.paint(sitter.base, sitter.body)
    if sitter.look.species == "cat":
        cat_body(sitter)
    else:
        dog_body(sitter)
    rim_shade(sitter, sitter.body, 0, 5.0, 0.5)
    canvas.paint(WHITE, both(canvas.disc(50, 92, 12, 14, 6), sitter.body), 0.08)
    _forelegs(sitter)


def _forelegs(sitter: Sitter) -> None:
    """Where the forelegs begin: soft lines of shade below the shoulders and between the legs."""
    canvas = sitter.canvas
    outer: Outline = [(63, 84), (64.5, 93), (63.5, 108)]
    inner: Outline = [(50, 93), (50.3, 100), (50, 108)]
    lines = [ribbon(outer, 1.7, taper=0), ribbon(mirrored(outer), 1.7, taper=0), ribbon(inner, 2.2, taper=0)]
    canvas.paint(SHADE, both(canvas.shapes(lines, 1.1), sitter.body), 0.3)
    canvas.paint(WHITE, both(canvas.pair(7.2, 98, 2.6, 9, 2.0), sitter.body), 0.1)


def paint_head(sitter: Sitter) -> None:
    """The head's coat and its shading; the poses are left at the head's."""
    canvas = sitter.canvas
    canvas.pose = sitter.head_pose
    cast = softened(canvas.moved(sitter.head, 0, 4.5 * sitter.look.scale), 3 * canvas.unit)
    canvas.paint(SHADE, both(both(cast, sitter.body), outside(sitter.head)), 0.42)
    canvas.paint(sitter.base, sitter.head)
    canvas.pose = sitter.face_pose
    if sitter.look.species == "cat":
        cat_head(sitter)
    else:
        dog_head(sitter)
    canvas.pose = sitter.head_pose
    rim_shade(sitter, sitter.head, -2.2, 5.0, 0.5)
    canvas.paint(WHITE, both(canvas.disc(45, 30, 17, 9, 6), sitter.head), 0.13)


def rim_shade(sitter: Sitter, mask: Mask, dy: float, blur: float, strength: float) -> None:
    """Darkens the edge of a form, so that it looks round."""
    canvas = sitter.canvas
    inner = canvas.moved(softened(mask, blur * canvas.unit), 0, dy)
    canvas.paint(SHADE, both(mask, outside(inner)), strength)


def ear_colour(sitter: Sitter, right: bool) -> RGB:
    """The colour of an ear's outside."""
    return cat_ear(sitter, right) if sitter.look.species == "cat" else dog_ear(sitter, right)


def paint_ears(sitter: Sitter) -> Mask:
    """Both ears: standing ones with their inside, hanging ones with a fold of shade; their mask is returned."""
    canvas, look = sitter.canvas, sitter.look
    canvas.pose = sitter.head_pose
    masks: list[Mask] = []
    for right, outline in ((True, sitter.right_ear), (False, sitter.left_ear)):
        mask = canvas.shape(outline, 0.12)
        colour = ear_colour(sitter, right)
        canvas.paint(colour, mask)
        if look.pattern in ("spotted", "belton") and look.species == "dog":
            room = f"ear spots {right}"
            spots(sitter, mask, bounds(outline), room, count=26, sizes=(0.9, 2.4), colour=sitter.mark, gap=0.4)
        if sitter.anatomy.ears_stand:
            _inside(sitter, outline, colour, mask)
        else:
            left, top, _, bottom = bounds(outline)
            low = canvas.disc(centre_of(outline)[0], bottom, 11, (bottom - top) * 0.35, 3.5)
            canvas.paint(darker(colour, 0.5), both(low, mask), 0.35)
            canvas.paint(lighter(colour, 0.4), both(canvas.disc(left + 9, top + 9, 5, 6, 3), mask), 0.25)
        rim_shade(sitter, mask, 0, 1.6, 0.4)
        masks.append(mask)
    if look.ears == "semi":
        for outline in (sitter.right_ear, sitter.left_ear):
            _folded_tip(sitter, outline)
    return either(masks[0], masks[1])


def _inside(sitter: Sitter, outline: Outline, colour: RGB, mask: Mask) -> None:
    canvas, look = sitter.canvas, sitter.look
    if look.ears in ("semi", "round", "plume"):
        return
    middle = centre_of(outline)
    inner = scaled(outline, (middle[0], middle[1] + 5), 0.62, 0.72)
    bare = 0.2 if look.fur == "hairless" else 0.38
    tone = mix(SKIN, colour, bare)
    canvas.paint(tone, both(canvas.shape(inner, 0.8), mask))
    deep = scaled(outline, (middle[0], middle[1] + 9), 0.36, 0.5)
    canvas.paint(darker(tone, 0.4), both(canvas.shape(deep, 1.6), mask), 0.6)


def _folded_tip(sitter: Sitter, outline: Outline) -> None:
    canvas = sitter.canvas
    left, top, right, _ = bounds(outline)
    towards_right = (left + right) / 2 > 50
    tip_x = right if towards_right else left
    flap = canvas.disc(tip_x - (4 if towards_right else -4), top + 11.5, 6.5, 4.5, 1.2)
    canvas.paint(SHADE, both(flap, canvas.shape(outline)), 0.35)
