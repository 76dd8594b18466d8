"""The drawing room's command: `python -m sandbox.art` writes the shipped pictures and their catalogue."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from .look import Look, Species
from .looks import LOOKS
from .portrait import draw
from .props import PROPS
from .shipped import read_breeds, write_coats, write_set

DATA = Path("bot/data")
CELL = 200


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(prog="python -m sandbox.art", description="Draws a picture of every breed.")
    options.add_argument(
        "--out", type=Path, default=DATA / "pictures", help="folder of the pictures (default: %(default)s)"
    )
    options.add_argument(
        "--breeds-dir", type=Path, default=DATA, help="folder of cats.json and dogs.json (default: %(default)s)"
    )
    options.add_argument("--only", metavar="ID", action="append", help="draw this breed only; may be repeated")
    options.add_argument("--species", choices=("cat", "dog"), help="show this species only on --sheet")
    options.add_argument("--variant", type=int, default=0, help="which variant --sheet shows (default: %(default)s)")
    options.add_argument("--prop", choices=sorted(PROPS), help="which prop --sheet shows")
    options.add_argument(
        "--sheet", type=Path, metavar="FILE", help="write a contact sheet for looking instead of the set"
    )
    options.add_argument("--workers", type=int, default=1, help="processes that draw at a time (default: %(default)s)")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit status."""
    options = parser().parse_args(arguments)
    started = time.monotonic()
    if options.sheet is not None:
        chosen = choose(options.only, options.species)
        if not chosen:
            sys.stderr.write(f"no such breed: {', '.join(options.only or [])}\n")
            return 2
        sheet(chosen, variant=options.variant, prop=options.prop).save(options.sheet)
        sys.stdout.write(f"{len(chosen)} pictures on {options.sheet} in {time.monotonic() - started:.1f} s\n")
        return 0
    try:
        breeds = read_breeds(options.breeds_dir)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}: name the folder with --breeds-dir\n")
        return 1
    unknown = set(options.only or ()) - {breed.id for breed in breeds}
    if unknown:
        sys.stderr.write(f"no such breed: {', '.join(sorted(unknown))}\n")
        return 2
    entries = write_set(breeds, options.out, only=options.only or (), workers=options.workers)
    write_coats(options.out.with_name("coats.json"))
    size = sum((options.out / entry.file).stat().st_size for entry in entries)
    sys.stdout.write(f"{len(entries)} pictures, {size / 1e6:.2f} MB, in {time.monotonic() - started:.1f} s\n")
    return 0


def choose(only: Sequence[str] | None, species: Species | None) -> list[tuple[str, Look]]:
    """The looks with these ids, of this species; all when nothing is asked for."""
    return [
        (breed, look)
        for kind, table in LOOKS.items()
        for breed, look in table.items()
        if (species is None or kind == species) and (not only or breed in only)
    ]


def sheet(looks: Sequence[tuple[str, Look]], *, variant: int = 0, prop: str | None = None) -> Image.Image:
    """A contact sheet, each picture with its breed's id."""
    columns = min(8, len(looks))
    rows = -(-len(looks) // columns)
    page = Image.new("RGB", (columns * CELL, rows * CELL), (250, 248, 244))
    pen = ImageDraw.Draw(page)
    for index, (breed, look) in enumerate(looks):
        picture = draw(look, variant=variant, prop=prop)
        picture.thumbnail((CELL, CELL))
        left, top = index % columns * CELL, index // columns * CELL
        page.paste(picture, (left, top))
        pen.text((left + 4, top + 4), breed, fill=(20, 16, 16))
    return page


if __name__ == "__main__":
    sys.exit(main())
