"""Reads what services write for numbers and texts: ranges in five spellings, blanks that are not empty, flags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.models import Span

KILOGRAMS_A_POUND = 0.45359237
CENTIMETRES_AN_INCH = 2.54
HEAVIEST = 150.0
TALLEST = 150.0
OLDEST = 40.0

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_BLANK = frozenset({"", "nan", "null", "none", "undefined", "n/a", "-"})


def text(value: object) -> str | None:
    """Return a text in one line without padding (no-break spaces included), None when nothing is said."""
    if not isinstance(value, str):
        return None
    cleaned = " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
    return None if cleaned.lower() in _BLANK else cleaned


def texts(value: object) -> tuple[str, ...]:
    """Return the parts of a text with commas or semicolons between them, each once."""
    cleaned = text(value) or ""
    parts = (text(part.rstrip(".")) for part in re.split(r"[,;]", cleaned))
    return tuple(dict.fromkeys(part for part in parts if part))


def moment(value: object) -> datetime | None:
    """Return a time in ISO 8601 ("2023-10-28T17:29:28.000Z"), None for anything else; without a zone it is UTC."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return read if read is None or read.tzinfo is not None else read.replace(tzinfo=UTC)


def rating(value: object) -> int | None:
    """Return a rating from 1 to 5, None for anything else (0 stands for "not rated")."""
    if isinstance(value, str) and re.fullmatch(r"[1-5]", value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value not in (1, 2, 3, 4, 5):
        return None
    return int(value)


def flag(value: object) -> bool:
    """Tell whether a flag is set: 1 in generation A2, true in B."""
    return value is True or value == 1 or value in ("1", "true")


def years(value: object) -> Span | None:
    """Read a life span: "14 - 15", "10 – 15 years", "12-15", "15 years"."""
    return _span(value, 1.0, OLDEST)


def kilograms(value: object) -> Span | None:
    """Read a weight: metric where it can be read, else from pounds; "Male: 55-65; Female: 45-55" is one range."""
    return _measured(value, "pound", "lb", KILOGRAMS_A_POUND, "kg", HEAVIEST)


def centimetres(value: object) -> Span | None:
    """Read a height: metric where it can be read, else from inches."""
    return _measured(value, "inch", '"', CENTIMETRES_AN_INCH, "cm", TALLEST)


def _measured(value: object, unit: str, short_unit: str, factor: float, metric_unit: str, most: float) -> Span | None:
    """Read a pair of metric and imperial, or (generation A1) a text that names its unit."""
    if isinstance(value, Mapping):
        return _span(value.get("metric"), 1.0, most) or _span(value.get("imperial"), factor, most)
    if isinstance(value, str):
        lower = value.lower()
        if unit in lower or short_unit in lower:
            return _span(value, factor, most)
        if metric_unit in lower:
            return _span(value, 1.0, most)
    return None


def _span(value: object, factor: float, most: float) -> Span | None:
    """Return the smallest and the largest number of a text, None when there is none that can be."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    numbers = [float(found) * factor for found in _NUMBER.findall(value[:100])]
    usable = [number if factor == 1.0 else round(number, 1) for number in numbers if 0 < number <= most]
    return Span(min(usable), max(usable)) if usable else None
