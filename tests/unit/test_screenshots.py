"""The pictures in the documents: few, small, shown with a description, and each of them taken by `make screenshots`."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).parents[2] / "docs"
PICTURES = sorted(DOCS.glob("*.png"))
MOST = 12
LARGEST = 150_000
SHOWN = re.compile(r"!\[([^\]]{20,})\]\((?:docs/)?([\w-]+\.png)\)")


def test_each_picture_is_shown_with_a_description() -> None:
    documents = [DOCS.parent / "README.md", *DOCS.glob("*.md")]
    shown = {name for document in documents for _, name in SHOWN.findall(document.read_text("utf-8"))}
    assert shown == {picture.name for picture in PICTURES}


def test_each_picture_is_taken_by_one_command() -> None:
    code = (DOCS.parent / "tests" / "browser" / "screenshots.py").read_text("utf-8")
    assert {picture.stem for picture in PICTURES} == set(re.findall(r'_(?:keep|card)\(\S+, "([\w-]+)"', code))


def test_there_are_few_and_they_are_small_and_carry_no_notes() -> None:
    assert len(PICTURES) <= MOST
    for path in PICTURES:
        assert path.stat().st_size <= LARGEST, path.name
        with Image.open(path) as picture:
            picture.load()
            assert not picture.info.keys() & {"Software", "Comment", "Author", "exif"}, path.name
