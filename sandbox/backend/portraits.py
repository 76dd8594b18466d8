"""What the art room draws for the back end: a breed's portrait, and its size before it is drawn."""

from __future__ import annotations

import io
from collections.abc import Callable

Draw = Callable[[str, str, int], bytes]
"""Draws a JPEG from a species ("cat" or "dog"), a breed's id and a number for the variant."""

Measure = Callable[[str, str, int], tuple[int, int] | None]
"""Tells the width and height in pixels of what is drawn of the same, None when nothing can be drawn."""

LONGER_SIDE = 400
"""Of a drawn picture, in pixels: a card that is taller makes the sandbox's page jump."""


def draw_portrait(species: str, breed_id: str, variant: int) -> bytes:
    """Draw a breed's portrait; raises KeyError for a breed that the art room does not know. Takes about 0.2 s."""
    from sandbox import art

    look = art.look_of("cat" if species == "cat" else "dog", breed_id)
    sheet = io.BytesIO()
    art.draw(look, size=LONGER_SIDE, variant=variant).save(sheet, "JPEG", quality=85)
    return sheet.getvalue()


def portrait_size(species: str, breed_id: str, variant: int) -> tuple[int, int] | None:
    """Return the width and height in pixels that `draw_portrait` will give, None for a breed that it cannot draw."""
    from sandbox.art import look_of
    from sandbox.art.portrait import format_of

    try:
        look = look_of("cat" if species == "cat" else "dog", breed_id)
    except KeyError:
        return None
    height, width_share = format_of(look, variant, LONGER_SIDE, None)
    return round(height * width_share / 100), height


def square_size(_species: str, _breed_id: str, _variant: int) -> tuple[int, int] | None:
    """Return the size that is told of pictures drawn by somebody else than the art room."""
    return LONGER_SIDE, LONGER_SIDE
