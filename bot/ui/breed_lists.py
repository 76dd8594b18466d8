"""Lists of breeds in pages: what a search finds, by group, country or trait, and the pictures of one breed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

import discord
from msgspec import Struct

from bot.i18n import Texts, texts
from bot.identity import Person
from bot.models import Breed, Species
from bot.services.breed_lists import By, Value, find_value, listed, slug, values
from bot.services.breed_search import BreedSearch
from bot.services.breeds import full_id
from bot.ui.breed_cards import bar, title_of
from bot.ui.cards import flag
from bot.ui.colours import colour_of
from bot.ui.entries import noted, tiles_of
from bot.ui.gallery import PER_PAGE, Page, clamp, open_gallery
from bot.ui.guarded import GuardedButton, Interaction, picked

if TYPE_CHECKING:
    from bot.app import App

EMOJI: Final = {Species.CAT: "🐱", Species.DOG: "🐶"}
LINES: Final = 10
"""Breeds, or what to list them by, on a page."""

LONGEST_TEXT: Final = 36
"""Characters of a search, as its buttons have room for them."""

_TEMPER_WORDS: Final = 3
_LONGEST_OPTION: Final = 100


class Listed(Struct, frozen=True):
    """Which breeds `/breed list` shows: of a species or of both, by what, and the slug of a group, country or trait."""

    species: Species | None = None
    by: By | None = None
    value: str = ""

    @property
    def query(self) -> str:
        """The same as a gallery keeps it on its buttons."""
        return f"{self.species or ''}~{self.by or ''}~{self.value}"

    @classmethod
    def read(cls, query: str) -> Self:
        """Read it off a gallery's button."""
        species, by, value = query.split("~")
        return cls(Species(species) if species else None, By(by) if by else None, value)


class BreedList:
    """The gallery of `/breed list`: breeds by name, those of a group, country or trait, or what to list them by."""

    name = "breeds"

    def __init__(self, app: App) -> None:
        self._app = app

    async def page(self, person: Person, query: str, number: int, say: Texts) -> Page:
        """Return a page of breeds, or of groups, countries or traits."""
        asked = Listed.read(query)
        breeds = self._app.breeds.all(asked.species)
        if asked.by is not None and not asked.value:
            return _overview(breeds, asked, asked.by, number, say)
        found = breeds if asked.by is None else listed(breeds, asked.by, asked.value)
        title = say("breed.list.title")
        if asked.by is not None:
            (name,) = [one.name for one in values(breeds, asked.by) if one.slug == asked.value] or [asked.value]
            title = say(f"breed.list.title.{asked.by}", value=value_name(asked.by, name, say))
        return _lines(title, found, number, say, trait=asked.value if asked.by is By.TRAIT else None)


class BreedsFound:
    """The gallery of `/breed search`."""

    name = "breeds_found"

    def __init__(self, app: App) -> None:
        self._app = app
        self._search = BreedSearch(app.breeds)

    async def page(self, person: Person, query: str, number: int, say: Texts) -> Page:
        """Return a page of what fits the words, best first."""
        species, words = query.split("~")
        text = words.replace("_", " ")
        hits = self._search.find(text, Species(species) if species else None)
        note = None
        if not hits.breeds:
            note = say("breed.search.none")
        elif not hits.whole:
            note = say("breed.search.some")
        return _lines(say("breed.search.title", text=text), hits.breeds, number, say, note=note)

    @staticmethod
    def query(text: str, species: Species | None) -> str:
        """Return what a search's buttons keep of it."""
        return f"{species or ''}~{slug(text)}"


class BreedPictures:
    """The gallery of `/breed gallery`."""

    name = "breed_pictures"

    def __init__(self, app: App) -> None:
        self._app = app

    async def page(self, person: Person, query: str, number: int, say: Texts) -> Page:
        """Return a page of a breed's pictures, with links to where they were shown."""
        species, breed_id = query.split("~")
        kind = Species(species)
        read = partial(
            self._app.albums.page,
            kind,
            breed_id,
            space=person.space,
            hides=partial(self._app.moderation.hides, person.space),
        )
        total = (await read(limit=1, offset=0)).total
        number, pages = clamp(number, total)
        first = (number - 1) * PER_PAGE
        sheet = await read(limit=PER_PAGE, offset=first)

        def caption(index: int, name: str) -> str:
            return say("breed.gallery.entry", place=first + index + 1, name=name, picture=sheet.pictures[index].id)

        shown = [(picture.key, picture) for picture in sheet.pictures]
        tiles = await tiles_of(self._app, person, shown, caption, say)
        breed = self._app.breeds.get(kind, breed_id)
        name = title_of(breed) if breed else breed_id
        count = say.plural("breed.gallery.count", total) if total else say("breed.gallery.none")
        note = noted(count, sheet.hidden, say)
        title, colour = say("breed.gallery.title", breed=name), colour_of(kind, breed_id)
        return Page(title, tiles, number, pages, total, note, colour=colour)

    @staticmethod
    def query(breed: Breed) -> str:
        """Return what the buttons of a breed's pictures keep."""
        return f"{breed.species}~{breed.id}"


class BreedSelect(GuardedButton, template=re.compile(r"breed-card")):
    """Shows the card of a breed that is chosen from a page, for the eyes of whoever chose it."""

    def __init__(self, options: list[discord.SelectOption], placeholder: str | None) -> None:
        # The guard is the same for every component: a list passes it as a button does.
        select: Any = discord.ui.Select(custom_id="breed-card", options=options, placeholder=placeholder)
        super().__init__(select)

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """There is nothing to read: what was chosen comes along."""
        return cls([], None)

    async def press(self, interaction: Interaction) -> None:
        """Show the card."""
        chosen = picked(interaction)
        breed = interaction.client.app.breeds.find(None, chosen[0])
        await interaction.client.breed_presenter.show_privately(interaction, breed, texts(interaction.locale.value))


class ValueSelect(GuardedButton, template=re.compile(r"breed-value:(?P<species>[a-z]*)")):
    """Lists the breeds of a group, country or trait that is chosen, for the eyes of whoever chose it."""

    def __init__(
        self, species: Species | None, options: list[discord.SelectOption], placeholder: str | None = None
    ) -> None:
        select: Any = discord.ui.Select(
            custom_id=f"breed-value:{species or ''}", options=options, placeholder=placeholder
        )
        super().__init__(select)
        self.species = species

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read off the `custom_id` of which species the breeds are; what was chosen comes along."""
        return cls(Species(match["species"]) if match["species"] else None, [])

    async def press(self, interaction: Interaction) -> None:
        """Show the list."""
        chosen = picked(interaction)
        by, value = find_value(interaction.client.app.breeds.all(self.species), chosen[0])
        await open_gallery(interaction, BreedList.name, Listed(self.species, by, value).query)


def value_name(by: By, name: str, say: Texts) -> str:
    """Return what a group, a country or a trait is called; only traits have names of our own."""
    if by is not By.TRAIT:
        return name
    key = f"breed.trait.{name}" if say.known(f"breed.trait.{name}") else f"breed.flag.{name}"
    return say(key) if say.known(key) else name


def _overview(breeds: Sequence[Breed], asked: Listed, by: By, number: int, say: Texts) -> Page:
    found = values(breeds, by)
    number, pages = clamp(number, len(found), LINES)
    shown = found[(number - 1) * LINES : number * LINES]
    lines = [say.plural("breed.list.value", one.breeds, value=value_name(by, one.name, say)) for one in shown]
    title, note = say(f"breed.list.by.{by}"), None if found else say("breed.list.none")
    controls = (_row(ValueSelect(asked.species, _value_options(shown, by, say), say("breed.list.choose"))),)
    return Page(title, (), number, pages, len(found), note, controls if shown else (), "\n".join(lines) or None)


def _value_options(shown: Sequence[Value], by: By, say: Texts) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label=value_name(by, one.name, say)[:_LONGEST_OPTION], value=f"{by}:{one.slug}")
        for one in shown
    ]


def _lines(
    title: str, breeds: Sequence[Breed], number: int, say: Texts, *, trait: str | None = None, note: str | None = None
) -> Page:
    number, pages = clamp(number, len(breeds), LINES)
    shown = breeds[(number - 1) * LINES : number * LINES]
    body = "\n".join(_line(breed, trait) for breed in shown) or None
    if note is None:
        note = say.plural("breed.list.count", len(breeds)) if breeds else say("breed.list.none")
    return Page(title, (), number, pages, len(breeds), note, (_choice(shown, say),) if shown else (), body)


def _line(breed: Breed, trait: str | None) -> str:
    temper = ", ".join(breed.temperament[:_TEMPER_WORDS])
    stars = breed.traits.get(trait) if trait else None
    origin = f"{flag(breed.country_code)} {breed.origin}".strip() if breed.origin else ""
    details = " · ".join(filter(None, (origin, temper)))
    start = f"{bar(stars)} " if stars else ""
    return f"{start}{EMOJI[breed.species]} **{breed.name}**" + (f"\n-# {details}" if details else "")


def _choice(breeds: Sequence[Breed], say: Texts) -> discord.ui.ActionRow[Any]:
    options = [
        discord.SelectOption(
            label=breed.name[:_LONGEST_OPTION],
            value=full_id(breed)[:_LONGEST_OPTION],
            emoji=EMOJI[breed.species],
            description=(breed.origin or "")[:_LONGEST_OPTION] or None,
        )
        for breed in breeds
    ]
    return _row(BreedSelect(options, say("breed.list.card")))


def _row(select: GuardedButton) -> discord.ui.ActionRow[Any]:
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
    row.add_item(select)
    return row
