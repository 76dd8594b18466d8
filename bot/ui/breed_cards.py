"""What a breed's card tells: facts in a person's units, traits as bars, links, and where all that is from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from textwrap import shorten
from typing import Any, Final
from urllib.parse import quote_plus

import discord
from msgspec import Struct

from bot.errors import BackendError, NoPictures
from bot.i18n import Texts
from bot.models import Breed, Source, Species, Units
from bot.ui.cards import flag
from bot.ui.colours import colour_of
from bot.ui.measures import height, weight, years

_SERVICES: Final = {source.species: source for source in Source if source.species is not None}
_MOST: Final = 5
# Longer than all that is shipped; a service may grow.
_LONGEST_TEXT: Final = 700
_LONGEST_ROW: Final = 220
# Characters that a line of a phone holds.
_SIDE_BY_SIDE: Final = 34
_BOLD: Final = "****"
# Breeds are asked for each day; what is older than this was kept while the service was down.
_FRESH: Final = timedelta(days=2)
_LOOK_UP: Final = "https://en.wikipedia.org/w/index.php?search="


class Known(Struct, frozen=True):
    """How fresh what is known of a species' breeds is: when its service told them (None: never), and the time now."""

    learned_at: datetime | None
    now: datetime


def facts(breed: Breed, units: Units, known: Known, say: Texts) -> tuple[str, ...]:
    """Return all that there is to tell of a breed, in the blocks that a card shows one below the other."""
    rows = _rows(breed, units, say)
    lines = [_description(breed), *(say("breed.row", label=label, value=value) for label, value in rows.items())]
    marks = [say(f"breed.flag.{mark}") for mark in sorted(breed.flags)]
    blocks = [
        "\n".join(filter(None, lines)),
        "\n".join(f"{bar(stars)} {say(f'breed.trait.{trait}')}" for trait, stars in breed.traits.items()),
        "\n".join(filter(None, (" · ".join(marks), _link(breed, say), _source(breed.species, known, say)))),
    ]
    return tuple(block for block in blocks if block)


def brief(breed: Breed, units: Units, say: Texts) -> list[str]:
    """Return a few lines on a breed: its name, what it is like, how long it lives, what it weighs, and a link."""
    rows = _rows(breed, units, say)
    shown = [say(f"breed.label.{label}") for label in ("temperament", "life_span", "weight")]
    lines = [f"**{breed.name}**", _description(breed)]
    lines += [say("breed.row", label=label, value=rows[label]) for label in shown if label in rows]
    lines.append(say("breed.link", url=breed.wikipedia_url) if breed.wikipedia_url else "")
    return [line for line in lines if line]


def no_picture(breed: Breed, error: NoPictures | BackendError, say: Texts) -> str:
    """Return the line that says why a breed is shown without a picture."""
    if isinstance(error, NoPictures):
        return f"-# {say('card.no_picture', breed=breed.name)}"
    return f"-# {say('card.no_picture.now', breed=breed.name)}"


def title_of(breed: Breed) -> str:
    """Return a breed's name after the flag of its country."""
    return f"{flag(breed.country_code)} {breed.name}".lstrip()


class BreedView(discord.ui.LayoutView):
    """A breed's card without buttons, with a picture or without. It never times out."""

    def __init__(self, breed: Breed, told: Sequence[str], media: Sequence[tuple[str, str]] = ()) -> None:
        """Draw it: blocks of text one below the other; `media` are the references of pictures with their alt texts."""
        super().__init__(timeout=None)
        _fill(self, breed, [f"### {title_of(breed)}", *told], media)


class CompareView(discord.ui.LayoutView):
    """Two breeds side by side: their pictures as far as they can be had, facts and bars in pairs."""

    def __init__(
        self,
        pair: tuple[Breed, Breed],
        media: Sequence[tuple[str, str]],
        missing: Sequence[str],
        units: Units,
        known: Known,
        say: Texts,
    ) -> None:
        """Draw it; `media` are the pictures' references with their alt texts, `missing` tells which breed has none."""
        super().__init__(timeout=None)
        one, other = pair
        title = say("breed.compare.title", one=title_of(one), other=title_of(other))
        source = _source(one.species, known, say)
        _fill(self, one, [title, *missing, *_compared(one, other, units, say), source], media)


def _fill(
    view: discord.ui.LayoutView, breed: Breed, blocks: Sequence[str], media: Sequence[tuple[str, str]] = ()
) -> None:
    """Put blocks of text into a view, with pictures below the first and lines between the others."""
    container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=colour_of(breed.species, breed.id))
    for number, block in enumerate(blocks):
        if number > 1:
            container.add_item(discord.ui.Separator())
        container.add_item(discord.ui.TextDisplay(block))
        if number == 0 and media:
            gallery: discord.ui.MediaGallery[Any] = discord.ui.MediaGallery()
            for reference, alt in media:
                gallery.add_item(media=reference, description=alt)
            container.add_item(gallery)
    view.add_item(container)


def _compared(one: Breed, other: Breed, units: Units, say: Texts) -> list[str]:
    left, right = _rows(one, units, say), _rows(other, units, say)
    missing, rows = say("breed.unknown"), list[str]()
    for label in (label for label in left | right if label != say("breed.label.alt_names")):
        here, there = left.get(label, missing), right.get(label, missing)
        beside = say("breed.compare.row", label=label, one=here, other=there)
        # What takes more than a line of a phone is told one below the other.
        if len(beside) - len(_BOLD) <= _SIDE_BY_SIDE:
            rows.append(beside)
            continue
        rows.append(say("breed.compare.long", label=label, first=one.name, one=here, second=other.name, other=there))
    rated = [trait for trait in one.traits if trait in other.traits]
    bars = [f"{bar(one.traits[trait])} {bar(other.traits[trait])} {say(f'breed.trait.{trait}')}" for trait in rated]
    if bars:
        bars.insert(0, say("breed.compare.sides", one=one.name, other=other.name))
    return [block for block in ("\n".join(rows), "\n".join(bars)) if block]


def _rows(breed: Breed, units: Units, say: Texts) -> dict[str, str]:
    """Return what is known of a breed by its label, in the order in which it is told."""
    origin = f"{flag(breed.country_code)} {breed.origin or ''}".strip()
    told = {
        say("breed.label.origin"): origin if breed.origin else "",
        say("breed.label.group"): breed.group,
        say("breed.label.life_span"): years(breed, say),
        say("breed.label.weight"): weight(breed, units, say),
        say("breed.label.height"): height(breed, units, say),
        say("breed.label.temperament"): ", ".join(breed.temperament),
        say("breed.label.bred_for"): breed.bred_for,
        say("breed.label.alt_names"): ", ".join(breed.alt_names),
    }
    return {label: shorten(value, _LONGEST_ROW, placeholder="…") for label, value in told.items() if value}


def _description(breed: Breed) -> str:
    return shorten(breed.description or "", _LONGEST_TEXT, placeholder="…")


def bar(stars: int) -> str:
    """Return a rating from 1 to 5 as a bar of five blocks; full and empty ones are of one width, so that bars align."""
    return "▮" * stars + "▯" * (_MOST - stars)


def _link(breed: Breed, say: Texts) -> str:
    if breed.wikipedia_url:
        return say("breed.link", url=breed.wikipedia_url)
    return say("breed.link.search", url=f"{_LOOK_UP}{quote_plus(f'{breed.name} {breed.species}')}")


def _source(species: Species, known: Known, say: Texts) -> str:
    """Say where the facts are from: the service, the service a while ago, or what is shipped."""
    service = say(f"service.{_SERVICES[species]}")
    if known.learned_at is None:
        return say("breed.source.shipped", service=service)
    if known.now - known.learned_at > _FRESH:
        return say("breed.source.old", service=service, when=discord.utils.format_dt(known.learned_at, "D"))
    return say("breed.source", service=service)
