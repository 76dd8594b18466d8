"""The card: a picture with its breed and five buttons, one card or several on a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import discord
from msgspec import Struct

from bot.card import Action, Card
from bot.i18n import Texts
from bot.models import Breed, Picture, Species
from bot.ui.buttons import CardButton

_COLOURS = {Species.CAT: discord.Colour(0xE8A15B), Species.DOG: discord.Colour(0x6FA8DC)}
_REGIONAL_A = 0x1F1E6


class Counted(Struct, frozen=True):
    """The numbers beside the buttons of a card."""

    up: int = 0
    down: int = 0
    saved: int = 0


class Shown(Struct, frozen=True):
    """A card with all that is drawn on it. `media` is a link, or `attachment://name` for what was uploaded."""

    card: Card
    picture: Picture
    breed: Breed | None
    counts: Counted
    media: str
    alt: str


class PictureView(discord.ui.LayoutView):
    """A message of one to four cards. It never times out, and each edit gets a fresh one."""

    def __init__(self, cards: Sequence[Shown], say: Texts) -> None:
        super().__init__(timeout=None)
        first = cards[0]
        container: discord.ui.Container[Any] = discord.ui.Container(
            accent_colour=_COLOURS[first.picture.species],
        )
        for shown in cards:
            container.add_item(discord.ui.TextDisplay(headline(shown.picture, shown.breed, say)))
            gallery: discord.ui.MediaGallery[Any] = discord.ui.MediaGallery()
            gallery.add_item(media=shown.media, description=shown.alt)
            container.add_item(gallery)
            row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
            for button in _buttons(shown):
                row.add_item(button)
            container.add_item(row)
        self.cards = tuple(shown.card for shown in cards)
        sources = ", ".join(dict.fromkeys(say(f"service.{shown.picture.source}") for shown in cards))
        container.add_item(discord.ui.TextDisplay(f"-# {say('card.source', service=sources)}"))
        self.add_item(container)


def _buttons(shown: Shown) -> Iterator[CardButton]:
    counts = {
        Action.UP: shown.counts.up,
        Action.DOWN: shown.counts.down,
        Action.SAVE: shown.counts.saved,
    }
    for action in Action:
        yield CardButton(action, shown.card, count=counts.get(action, 0))


def headline(picture: Picture, breed: Breed | None, say: Texts) -> str:
    """Return the line above a picture: its breed with flag and origin, else just what animal it is."""
    name = _breed_name(picture, breed)
    if name is None:
        return f"### {say(f'card.title.{picture.species}')}"
    details = [" ".join(filter(None, (flag(breed.country_code), breed.origin)))] if breed and breed.origin else []
    if breed and breed.temperament:
        details.append(", ".join(breed.temperament[:3]))
    return f"### {name}" + (f"\n-# {' · '.join(details)}" if details else "")


def short_title(picture: Picture, breed: Breed | None, say: Texts) -> str:
    """Return what a picture shows in a few words: its breed with the flag, else just what animal it is."""
    name = _breed_name(picture, breed)
    if name is None:
        return say(f"card.title.{picture.species}")
    return f"{flag(breed.country_code) if breed else ''} {name}".lstrip()


def flag(country_code: str | None) -> str:
    """Return the flag of a two-letter country code as an emoji; empty when there is none."""
    if country_code is None or len(country_code) != 2 or not country_code.isascii() or not country_code.isalpha():
        return ""
    return "".join(chr(_REGIONAL_A + ord(letter) - ord("A")) for letter in country_code.upper())


def alt_text(picture: Picture, breed: Breed | None, say: Texts) -> str:
    """Describe a picture to those who cannot see it."""
    name = _breed_name(picture, breed)
    kind = f"{picture.species}.animated" if picture.animated else picture.species
    text = say(f"card.alt.{kind}") if name is None else say(f"card.alt.{kind}.breed", breed=name)
    if picture.categories:
        text += " " + say("card.alt.category", category=", ".join(c.name for c in picture.categories))
    return text


def _breed_name(picture: Picture, breed: Breed | None) -> str | None:
    return breed.name if breed else picture.breed.name if picture.breed else None


def cards_on(message: discord.Message) -> list[Card]:
    """Read the cards off a message of ours, in their order; empty when it has none."""
    parsed = [Card.parse(custom_id) for custom_id in card_ids(message)]
    return list(dict.fromkeys(entry[1] for entry in parsed if entry is not None))


def uploads_on(message: discord.Message) -> list[str]:
    """Return the names of the uploads that a message of ours shows; Discord leaves them out of its attachments."""
    media = [item.media for part in _walk(message.components) for item in getattr(part, "items", ())]
    return [PurePosixPath(urlsplit(one.url).path).name for one in media if one.attachment_id is not None]


def card_ids(message: discord.Message) -> Iterator[str]:
    """Yield the `custom_id` of every component on a message, in order."""
    for component in _walk(message.components):
        custom_id = getattr(component, "custom_id", None)
        if custom_id:
            yield custom_id


def _walk(components: Sequence[Any]) -> Iterator[Any]:
    for component in components:
        yield component
        yield from _walk(getattr(component, "children", ()))
