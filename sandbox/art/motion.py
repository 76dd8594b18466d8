"""Moving portraits: a blink, a twitching ear, a tilted head, a tongue, as animated GIFs."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Final, Literal

from PIL import Image

from .look import Look
from .portrait import mood_of, paint, seed_of
from .sitter import Mood

Motion = Literal["blink", "ear", "tilt", "tongue"]
MOTIONS: Final[dict[Motion, str]] = {
    "blink": "blinks",
    "ear": "twitches an ear",
    "tilt": "tilts its head",
    "tongue": "sticks its tongue out",
}
COLOURS: Final = 144


def moods(motion: Motion, rest: Mood) -> list[tuple[Mood, int]]:
    """The moods that a motion goes through, each with its time in milliseconds."""
    if motion == "blink":
        lids = ((0.0, 1100), (0.3, 60), (0.6, 50), (1.0, 110), (0.6, 50), (0.3, 60), (0.0, 900), (1.0, 120))
        return [(replace(rest, left_lid=lid, right_lid=lid), time) for lid, time in lids]
    if motion == "ear":
        turns = ((0.0, 900), (-7.0, 70), (6.0, 70), (-5.0, 70), (4.0, 70), (0.0, 700), (-8.0, 80), (3.0, 80))
        return [(replace(rest, right_ear=turn), time) for turn, time in turns]
    if motion == "tilt":
        angles = ((0.0, 800), (4.0, 90), (8.5, 90), (11.0, 900), (7.0, 90), (3.0, 90))
        return [(replace(rest, tilt=rest.tilt * 0.3 + angle), time) for angle, time in angles]
    lengths = ((0.0, 700), (0.35, 80), (0.7, 80), (1.0, 650), (0.8, 120), (1.0, 300), (0.6, 80), (0.25, 80))
    return [(replace(rest, tongue=length), time) for length, time in lengths]


def frames(look: Look, motion: Motion, *, size: int = 300, variant: int = 0) -> list[tuple[Image.Image, int]]:
    """The pictures of a motion and how long each is shown, in milliseconds."""
    seed = seed_of(look, variant)
    rest = replace(mood_of(look, variant), left_lid=0.0, right_lid=0.0, tongue=0.0, gaze=(0.0, 0.0))
    worn = look.dressed(variant)
    return [(paint(worn, mood, seed, height=size), time) for mood, time in moods(motion, rest)]


def animate(look: Look, motion: Motion = "blink", *, size: int = 300, variant: int = 0) -> bytes:
    """A looping GIF of a motion, at most `size` pixels wide and high; one palette serves all its frames."""
    pictures = frames(look, motion, size=size, variant=variant)
    palette = _palette([picture for picture, _ in pictures])
    flat = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture, _ in pictures]
    out = io.BytesIO()
    flat[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=flat[1:],
        duration=[time for _, time in pictures],
        loop=0,
        optimize=False,
        disposal=1,
    )
    return out.getvalue()


def _palette(pictures: list[Image.Image]) -> Image.Image:
    """A palette for all frames. Faces are in it several times: eyes and tongues are small, yet they must keep
    their colour."""
    first, middle = pictures[0], pictures[len(pictures) // 2]
    wide, high = first.size
    face = (int(wide * 0.3), int(high * 0.34), int(wide * 0.7), int(high * 0.84))
    strip = Image.new("RGB", (wide, high * 2 + (face[3] - face[1]) * 2))
    strip.paste(first, (0, 0))
    strip.paste(middle, (0, high))
    for row, picture in enumerate((first, middle)):
        part = picture.crop(face)
        for column in range(3):
            strip.paste(part, (column * part.width, high * 2 + row * part.height))
    return strip.quantize(colors=COLOURS, method=Image.Quantize.FASTOCTREE)
