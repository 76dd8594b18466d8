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
from bot.models import Breed, Picture, Source, Species, Trouble
from bot.services.guild_settings import DEFAULTS, Again, GuildSettings
from bot.services.shipped import alt_of
from bot.ui.buttons import CardButton
from bot.ui.colours import colour_of

_REGIONAL_A = 0x1F1E6


class Counted(Struct, frozen=True):
    """The numbers beside the buttons of a card."""

    up: int = 0
    down: int = 0
    saved: int = 0


class Shown(Struct, frozen=True):
    """A card with all that is drawn on it. `media` is a link, or `attachment://name` for what was uploaded.

    `facts` are blocks of text below it, where the breed is told in full. `hidden` is said in the place of the picture
    and its buttons where they are not to be seen.
    """

    card: Card
    picture: Picture
    breed: Breed | None
    counts: Counted
    media: str
    alt: str
    facts: tuple[str, ...] = ()
    hidden: str | None = None


class PictureView(discord.ui.LayoutView):
    """A message of one to four cards, with the buttons and emojis that its server wants.

    `note` is text below them. It never times out, and each edit gets a fresh one.
    """

    def __init__(
        self, cards: Sequence[Shown], say: Texts, settings: GuildSettings = DEFAULTS, *, note: str | None = None
    ) -> None:
        super().__init__(timeout=None)
        first = cards[0]
        container: discord.ui.Container[Any] = discord.ui.Container(
            accent_colour=colour_of(first.picture.species, first.breed.id if first.breed else None),
        )
        for shown in cards:
            title = f"### {short_title(shown.picture, shown.breed, say)}"
            headed = title if shown.facts else headline(shown.picture, shown.breed, say)
            if shown.hidden is not None:
                container.add_item(discord.ui.TextDisplay(shown.hidden))
            else:
                container.add_item(discord.ui.TextDisplay(headed))
                gallery: discord.ui.MediaGallery[Any] = discord.ui.MediaGallery()
                gallery.add_item(media=shown.media, description=shown.alt)
                container.add_item(gallery)
                row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
                for button in _buttons(shown, settings):
                    row.add_item(button)
                container.add_item(row)
            for block in shown.facts:
                container.add_item(discord.ui.Separator())
                container.add_item(discord.ui.TextDisplay(block))
        self.cards = tuple(shown.card for shown in cards)
        self.note = note
        if note:
            container.add_item(discord.ui.TextDisplay(note))
        if foot := _foot([shown for shown in cards if shown.hidden is None], say):
            container.add_item(discord.ui.TextDisplay("\n".join(f"-# {line}" for line in foot)))
        self.add_item(container)


def _foot(cards: Sequence[Shown], say: Texts) -> list[str]:
    """Return where the pictures are from, and why some of them stand in for others; nothing of no pictures."""
    if not cards:
        return []
    sources = say.listing(dict.fromkeys(say(f"service.{shown.picture.source}") for shown in cards))
    lines = [say("card.source", service=sources)]
    others = [shown for shown in cards if shown.card.trouble is not None]
    troubles = dict.fromkeys((shown.picture.species, shown.card.trouble) for shown in others)
    lines += [instead(species, trouble, say) for species, trouble in troubles if trouble is not None]
    if any(shown.card.wanted.unmet(shown.picture) for shown in others):
        lines.append(say("card.nearest"))
    return lines


def instead(species: Species, trouble: Trouble, say: Texts) -> str:
    """Return the line that says why a picture stands in for one of the service's."""
    service = next(source for source in Source if source.species is species)
    return say(f"card.instead.{trouble}", service=say(f"service.{service}"))


def _buttons(shown: Shown, settings: GuildSettings) -> Iterator[CardButton]:
    counts = {
        Action.UP: shown.counts.up,
        Action.DOWN: shown.counts.down,
        Action.SAVE: shown.counts.saved,
    }
    for action in Action:
        if action in (Action.UP, Action.DOWN) and not settings.vote_buttons:
            continue
        if action is Action.AGAIN and settings.again is Again.OFF:
            continue
        emoji = settings.emojis.of(action) if action in counts else None
        yield CardButton(action, shown.card, count=counts.get(action, 0), emoji=emoji)


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
    if (drawn := alt_of(picture)) is not None:
        return drawn
    name = _breed_name(picture, breed)
    kind = f"{picture.species}.animated" if picture.animated else picture.species
    text = say(f"card.alt.{kind}") if name is None else say(f"card.alt.{kind}.breed", breed=name)
    if picture.categories:
        text += " " + say("card.alt.category", category=say.listing([c.name for c in picture.categories]))
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
