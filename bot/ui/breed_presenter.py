"""Puts breeds before people where no picture card does: two compared, or one of a list for a person's eyes only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
from msgspec import Struct

from bot.errors import BackendError, NoPictures
from bot.i18n import Texts
from bot.messenger import files_of
from bot.models import Breed, Picture, Trouble, Wanted
from bot.services.delivery import Media
from bot.services.pool import Shows
from bot.ui.breed_cards import BreedView, CompareView, Known, facts, no_picture
from bot.ui.cards import alt_text, instead
from bot.ui.guarded import Interaction
from bot.ui.in_time import in_time
from bot.ui.measures import units_for
from bot.ui.people import actor

if TYPE_CHECKING:
    from bot.app import App


class _Found(Struct, frozen=True):
    """A breed with the picture that it is shown with; `trouble` says why that stands in for one of the service's."""

    breed: Breed
    picture: Picture | None = None
    media: Media | None = None
    trouble: Trouble | None = None
    failure: NoPictures | BackendError | None = None

    def note(self, say: Texts) -> str | None:
        """Return what there is to say of the picture, or of there being none."""
        if self.failure is not None:
            return no_picture(self.breed, self.failure, say)
        return f"-# {instead(self.breed.species, self.trouble, say)}" if self.trouble is not None else None


class BreedPresenter:
    """Knows where the pictures and the facts of a breed are."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def show_privately(self, interaction: Interaction, breed: Breed, say: Texts) -> None:
        """Show a breed's card without buttons."""
        found = await in_time(interaction, self._app.away(self._find([breed], interaction)), private=True)
        media, files = self._drawn(found, say)
        told = facts(breed, units_for(interaction), self._known(breed), say)
        await _answer(interaction, BreedView(breed, [*_notes(found, say), *told], media), files, private=True)

    async def compare(self, interaction: Interaction, pair: tuple[Breed, Breed], say: Texts) -> None:
        """Show two breeds side by side to everybody."""
        found = await in_time(interaction, self._app.away(self._find(pair, interaction)))
        media, files = self._drawn(found, say)
        view = CompareView(pair, media, _notes(found, say), units_for(interaction), self._known(pair[0]), say)
        await _answer(interaction, view, files, private=False)

    def _known(self, breed: Breed) -> Known:
        return Known(self._app.breeds.learned_at(breed.species), self._app.clock.now())

    async def _find(self, breeds: Sequence[Breed], interaction: Interaction) -> list[_Found]:
        """Return each breed with a picture, where one can be had."""
        space = actor(interaction).space
        channel, shows = interaction.channel_id or 0, self._app.moderation.shown_in(space)
        found = await asyncio.gather(*(self._one(breed, channel, shows) for breed in breeds))
        pictures = [one.picture for one in found if one.picture is not None]
        try:
            media = iter(await self._app.delivery.prepare(pictures, upload=self._app.guilds.of(space).uploads))
        except BackendError as error:
            return [_Found(breed, failure=error) for breed in breeds]
        return [
            _Found(one.breed, one.picture, next(media), one.trouble) if one.picture is not None else one
            for one in found
        ]

    async def _one(self, breed: Breed, channel: int, shows: Shows) -> _Found:
        wanted = Wanted(species=breed.species, breed_id=breed.id)
        try:
            served = await self._app.pictures.serve(wanted, channel, 1, shows=shows)
        except (NoPictures, BackendError) as error:
            return _Found(breed, failure=error)
        (picture,) = served.pictures
        return _Found(breed, picture, trouble=served.troubles.get(picture.key))

    def _drawn(self, found: Sequence[_Found], say: Texts) -> tuple[list[tuple[str, str]], list[discord.File]]:
        """Return what a gallery of pictures refers to with the alt texts, and what is uploaded with it."""
        shown = [(one.media, alt_text(one.picture, one.breed, say)) for one in found if one.picture and one.media]
        files = files_of([media for media, _ in shown], [alt for _, alt in shown])
        return [(media.reference, alt) for media, alt in shown], files


def _notes(found: Sequence[_Found], say: Texts) -> list[str]:
    return list(dict.fromkeys(note for one in found if (note := one.note(say)) is not None))


async def _answer(
    interaction: Interaction, view: discord.ui.LayoutView, files: list[discord.File], *, private: bool
) -> None:
    answer: dict[str, Any] = {"view": view, "files": files, "ephemeral": private}
    if interaction.response.is_done():
        await interaction.followup.send(**answer)
    else:
        await interaction.response.send_message(**answer)
