"""The galleries of favourites, the list to remove some, and the question before all of them go."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, TypeVar

import discord
from discord import app_commands
from msgspec import Struct

from bot.card import base36
from bot.errors import KeptPrivate
from bot.i18n import Texts, texts
from bot.identity import Person
from bot.models import Picture, PictureKey, Source, Species
from bot.store.favourites import Favourite, Only
from bot.ui.cards import short_title
from bot.ui.confirm import ConfirmView, SentenceView
from bot.ui.entries import noted, tiles_of
from bot.ui.gallery import PER_PAGE, Page, clamp, only_owner, turn_gallery
from bot.ui.guarded import GuardedButton, Interaction, picked
from bot.ui.in_time import in_time
from bot.ui.people import PERSONAL, actor

if TYPE_CHECKING:
    from bot.app import App

LONGEST_VALUE: Final = 100


class _Stretch(Protocol):
    """What a service returns of a list."""

    @property
    def items(self) -> tuple[Any, ...]:
        """The things of the page that was asked for; none beyond the end."""
        ...

    @property
    def total(self) -> int:
        """How many there are in all."""
        ...


S = TypeVar("S", bound=_Stretch)


async def _page_at(read: Callable[[int], Awaitable[S]], number: int) -> tuple[S, int, int]:
    """Read a page by its offset, the last one when the list ends before it; return it, its number, and how many."""
    while True:
        number = max(1, number)
        found = await read((number - 1) * PER_PAGE)
        nearest, pages = clamp(number, found.total)
        if nearest == number:
            return found, number, pages
        number = nearest


class Asked(Struct, frozen=True, kw_only=True):
    """Which list: whose (None: one's own), which part of it, and whether the page offers to remove some."""

    member: int | None = None
    only: Only = Only()
    removing: bool = False

    @property
    def query(self) -> str:
        """The same as a gallery keeps it on its buttons."""
        whose = "" if self.member is None else base36(self.member)
        return f"{whose}~{self.only.species or ''}~{self.only.breed_id or ''}~{'x' if self.removing else ''}"

    @classmethod
    def read(cls, query: str) -> Self:
        """Read it off a gallery's button."""
        whose, species, breed_id, removing = query.split("~")
        only = Only(species=Species(species) if species else None, breed_id=breed_id or None)
        return cls(member=int(whose, 36) if whose else None, only=only, removing=bool(removing))


class Saved:
    """The gallery of `/favourites list` and `/favourites remove`."""

    name = "favourites"

    def __init__(self, app: App) -> None:
        self._app = app

    async def page(self, person: Person, query: str, number: int, say: Texts) -> Page:
        """Return a page of somebody's favourites, newest first. Raises `KeptPrivate`."""
        asked = Asked.read(query)
        whose = Person(person.space, asked.member or person.user)
        if whose != person:
            await self._may_look(whose)
        favourites = self._app.favourites
        found, number, pages = await _page_at(
            lambda offset: favourites.page(whose, limit=PER_PAGE, offset=offset, only=asked.only), number
        )
        first = (number - 1) * PER_PAGE + 1

        def caption(index: int, name: str) -> str:
            item = found.items[index]
            when = discord.utils.format_dt(item.added_at, "D")
            return say("favourites.entry", place=first + index, name=name, when=when, picture=item.key.id)

        shown = [(item.key, item.picture) for item in found.items]
        tiles = await tiles_of(self._app, person, shown, caption, say)
        controls = (_removal(self._app, person, found.items, first, number, say),) if asked.removing and tiles else ()
        if tiles:
            note = say.plural("favourites.count", found.total)
        elif found.hidden:
            note = None
        elif asked.only != Only():
            note = say("favourites.none.such")
        else:
            note = say("favourites.none" if whose == person else "favourites.none.theirs")
        note = noted(note, found.hidden, say)
        return Page(self._title(whose, person, asked.only, say), tiles, number, pages, found.total, note, controls)

    async def _may_look(self, whose: Person) -> None:
        if whose.space == PERSONAL:
            raise app_commands.NoPrivateMessage
        if await self._app.favourites.is_private(whose) or await self._app.privacy.is_unlisted(whose):
            raise KeptPrivate

    def _title(self, whose: Person, person: Person, only: Only, say: Texts) -> str:
        own = whose == person
        title = say("favourites.title") if own else say("favourites.title.theirs", member=f"<@{whose.user}>")
        if only.species is None:
            return title
        breed = self._app.breeds.get(only.species, only.breed_id) if only.breed_id else None
        return f"{title} · {breed.name if breed else say(f'option.species.{only.species}')}"


class LovedHere:
    """The gallery of `/favourites server`."""

    name = "loved"

    def __init__(self, app: App) -> None:
        self._app = app

    async def page(self, person: Person, query: str, number: int, say: Texts) -> Page:
        """Return a page of what the people of a server saved, what most of them keep first."""
        if person.space == PERSONAL:
            raise app_commands.NoPrivateMessage
        favourites = self._app.favourites
        found, number, pages = await _page_at(
            lambda offset: favourites.loved(person.space, limit=PER_PAGE, offset=offset), number
        )
        first = (number - 1) * PER_PAGE + 1

        def caption(index: int, name: str) -> str:
            return say("favourites.loved", place=first + index, name=name, keepers=found.items[index].keepers)

        tiles = await tiles_of(self._app, person, [(item.key, item.picture) for item in found.items], caption, say)
        count = say.plural("favourites.count", found.total) if tiles else say("favourites.none.here")
        note = noted(count, found.hidden, say)
        return Page(say("favourites.title.server"), tiles, number, pages, found.total, note)


class Clear:
    """What is done once somebody is sure about `/favourites remove all`; the argument is how many they were told."""

    name = "clear_favourites"

    def __init__(self, app: App) -> None:
        self._app = app

    async def carry_out(self, person: Person, argument: str, say: Texts) -> discord.ui.LayoutView:
        """Remove them all; when it is not as many as were told, ask again."""
        question = await self.ask(person, say)
        if not isinstance(question, ConfirmView) or argument != str(await self._app.favourites.count(person)):
            return question
        removed = await self._app.favourites.remove_all(person)
        return SentenceView(removed_text(removed, say))

    async def ask(self, person: Person, say: Texts) -> discord.ui.LayoutView:
        """Return the question with the number of now; a sentence when there is nothing to remove."""
        count = await self._app.favourites.count(person)
        if not count:
            return SentenceView(say("favourites.none"))
        text = say.plural("favourites.clear", count)
        return ConfirmView(text, say("favourites.clear.yes"), self.name, str(count), person.user, say)


class RemoveSelect(GuardedButton, template=re.compile(r"unkeep:(?P<owner>[0-9a-z]{1,13}):(?P<number>[0-9]{1,6})")):
    """Removes what is chosen of a page, several at once."""

    def __init__(self, owner: int, number: int, options: list[discord.SelectOption], placeholder: str | None) -> None:
        # The guard is the same for every component: a list passes it as a button does.
        select: Any = discord.ui.Select(
            custom_id=f"unkeep:{base36(owner)}:{number}",
            options=options,
            max_values=max(1, len(options)),
            placeholder=placeholder,
        )
        super().__init__(select)
        self.owner = owner
        self.number = number

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read owner and page off the `custom_id`."""
        return cls(int(match["owner"], 36), int(match["number"]), [], None)

    async def press(self, interaction: Interaction) -> None:
        """Remove what was chosen and show the page as it is now."""
        only_owner(interaction, self.owner)
        chosen = picked(interaction)
        keys = [key_of(value) for value in chosen]
        removing = interaction.client.app.favourites.remove_several(actor(interaction), keys)
        removed = await in_time(interaction, removing)
        said = removed_text(removed, texts(interaction.locale.value))
        query = Asked(removing=True).query
        await turn_gallery(interaction, Saved.name, query, self.number, self.owner, said=said)


def _removal(
    app: App, person: Person, items: tuple[Favourite, ...], first: int, number: int, say: Texts
) -> discord.ui.ActionRow[Any]:
    options = [
        discord.SelectOption(
            label=f"{place}. {name_of(app, item.picture, say)}"[:LONGEST_VALUE], value=value_of(item.key)
        )
        for place, item in enumerate(items, start=first)
        if len(value_of(item.key)) <= LONGEST_VALUE
    ]
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
    row.add_item(RemoveSelect(person.user, number, options, say("favourites.remove.choose")))
    return row


def name_of(app: App, picture: Picture | None, say: Texts) -> str:
    """Return what a favourite is called in a list of choices."""
    if picture is None:
        return say("gallery.forgotten")
    breed = app.breeds.get(picture.species, picture.breed.id) if picture.breed else None
    return short_title(picture, breed, say)


def value_of(key: PictureKey) -> str:
    """Return a picture's name as choices carry it, which `keys_of` reads too."""
    return f"{key.source}:{key.id}"


def key_of(value: str) -> PictureKey:
    """Read it back."""
    source, _, picture_id = value.partition(":")
    return PictureKey(Source(source), picture_id)


def removed_text(removed: int, say: Texts) -> str:
    """Say how many pictures were removed."""
    return say.plural("favourites.removed", removed) if removed else say("favourites.removed.none")
