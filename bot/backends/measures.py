"""Reads what services write for numbers and texts: ranges in five spellings, blanks that are not empty, flags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct

from bot.models import Span

OLDEST = 40.0


class _Measure(Struct, frozen=True):
    """A quantity in both systems: words that name the units, what one imperial unit is in metric ones, the most."""

    metric: str
    imperial: tuple[str, ...]
    factor: float
    most: float


_WEIGHT = _Measure("kg", ("pound", "lb"), 0.45359237, 150.0)
_HEIGHT = _Measure("cm", ("inch", '"'), 2.54, 150.0)

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_BLANK = frozenset({"", "nan", "null", "none", "undefined", "n/a", "-"})


def text(value: object) -> str | None:
    """Return a text in one line without padding (no-break spaces included), None when nothing is said."""
    if not isinstance(value, str):
        return None
    shown = value if value.isprintable() else "".join(letter if letter.isprintable() else " " for letter in value)
    cleaned = " ".join(shown.split())
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
    return _span(value, OLDEST)


def kilograms(value: object) -> Span | None:
    """Read a weight: metric where it can be read, else from pounds; "Male: 55-65; Female: 45-55" is one range."""
    return _written(value, _WEIGHT, "metric") or _reckoned(_written(value, _WEIGHT, "imperial"), _WEIGHT.factor)


def pounds(value: object) -> Span | None:
    """Read a weight: imperial where it can be read, else from kilograms."""
    return _written(value, _WEIGHT, "imperial") or _reckoned(_written(value, _WEIGHT, "metric"), 1 / _WEIGHT.factor)


def centimetres(value: object) -> Span | None:
    """Read a height: metric where it can be read, else from inches."""
    return _written(value, _HEIGHT, "metric") or _reckoned(_written(value, _HEIGHT, "imperial"), _HEIGHT.factor)


def inches(value: object) -> Span | None:
    """Read a height: imperial where it can be read, else from centimetres."""
    return _written(value, _HEIGHT, "imperial") or _reckoned(_written(value, _HEIGHT, "metric"), 1 / _HEIGHT.factor)


def _written(value: object, measure: _Measure, system: str) -> Span | None:
    """Read one of a pair of metric and imperial, or (generation A1) a text that names its unit."""
    most = measure.most if system == "metric" else measure.most / measure.factor
    if isinstance(value, Mapping):
        return _span(value.get(system), most)
    if isinstance(value, str):
        imperial = any(unit in value.lower() for unit in measure.imperial)
        if imperial if system == "imperial" else not imperial and measure.metric in value.lower():
            return _span(value, most)
    return None


def _reckoned(span: Span | None, factor: float) -> Span | None:
    return span and Span(round(span.low * factor, 1), round(span.high * factor, 1))


def _span(value: object, most: float) -> Span | None:
    """Return the smallest and the largest number of a text, None when there is none that can be."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    usable = [number for found in _NUMBER.findall(value[:100]) if 0 < (number := float(found)) <= most]
    return Span(min(usable), max(usable)) if usable else None
