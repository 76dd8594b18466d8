"""`/favourites`: what one saved, as a gallery; saving and removing; what a server loves most."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.card import Card
from bot.errors import CardGone
from bot.failures import guarded_suggestions
from bot.i18n import texts
from bot.identity import Person
from bot.messenger import files_of
from bot.models import Picture, PictureKey, Species, Wanted
from bot.services.delivery import Media
from bot.services.resolve import Resolve, keys_of
from bot.store.favourites import Favourite, Only
from bot.ui.breed_choices import breed_choices
from bot.ui.cards import alt_text
from bot.ui.confirm import SentenceView
from bot.ui.gallery import open_gallery
from bot.ui.in_time import in_time, tell
from bot.ui.kept import LONGEST_VALUE, Asked, Clear, LovedHere, Saved, name_of, removed_text, value_of
from bot.ui.labels import label
from bot.ui.meant import meant
from bot.ui.menu import PictureMenu
from bot.ui.people import PERSONAL, actor
from bot.ui.speech import post_texts

if TYPE_CHECKING:
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
else:
    Interaction = discord.Interaction

_SPECIES = [app_commands.Choice(name=label(f"option.species.{species}"), value=species.value) for species in Species]
_CHOICES: Final = 25
# Among so many of the newest a name is looked for while it is typed.
_SUGGESTED_FROM: Final = 250
_BETWEEN: Final = re.compile(r"[\s,;，；、]+")


class Favourites(commands.GroupCog, group_name="favourites", group_description=label("command.favourites")):
    """What people saved."""

    def __init__(self, bot: Pawprint) -> None:
        self.bot = bot
        self.clear = Clear(bot.app)

    @property
    def resolve(self) -> Resolve:
        """Find pictures by what a person names."""
        return self.bot.app.resolve

    async def cog_load(self) -> None:
        """Put galleries and question where their buttons find them."""
        for listing in (Saved(self.bot.app), LovedHere(self.bot.app)):
            self.bot.listings[listing.name] = listing
        self.bot.questions[self.clear.name] = self.clear

    @app_commands.command(name="list", description=label("command.favourites.list"))
    @app_commands.describe(
        member=label("option.favourites.member"),
        species=label("option.species"),
        breed=label("option.breed"),
        page=label("option.page"),
        show=label("option.favourites.show"),
    )
    @app_commands.choices(species=_SPECIES)
    async def listed(
        self,
        interaction: Interaction,
        member: discord.User | None = None,
        species: str | None = None,
        breed: str | None = None,
        page: app_commands.Range[int, 1, 999_999] = 1,
        show: bool = False,
    ) -> None:
        """Show favourites: one's own privately, another member's for everybody if that is wished."""
        kind = Species(species) if species else None
        only = Only(species=kind)
        if breed:
            found = self.bot.app.breeds.find(kind, breed)
            only = Only(species=found.species, breed_id=found.id)
        theirs = member is not None and member.id != interaction.user.id
        asked = Asked(member=member.id if member and theirs else None, only=only)
        await open_gallery(interaction, Saved.name, asked.query, page, show=show and theirs)

    @app_commands.command(name="add", description=label("command.favourites.add"))
    @app_commands.describe(picture=label("option.favourites.add"))
    async def add(self, interaction: Interaction, picture: str | None = None) -> None:
        """Save the newest picture here, or the one that an id or a link names."""
        who, say = actor(interaction), texts(interaction.locale.value)
        named, moderation = await meant(interaction, picture), self.bot.app.moderation
        cards = [card for card in named if not moderation.hides(who.space, card.picture)]
        if not cards:
            moderation.see(who.space, [card.picture for card in named])
        if len(cards) > 1:
            await tell(interaction, PictureMenu(cards, say, say("favourites.which")))
            return
        new = await in_time(interaction, self.bot.app.favourites.add(who, cards[0].picture), private=True)
        await tell(interaction, SentenceView(say("favourites.added" if new else "favourites.added.before")))

    @app_commands.command(name="remove", description=label("command.favourites.remove"))
    @app_commands.describe(picture=label("option.favourites.remove"), everything=label("option.favourites.all"))
    @app_commands.rename(everything="all")
    async def remove(self, interaction: Interaction, picture: str | None = None, everything: bool = False) -> None:
        """Remove what is named, all once the person is sure, or what is chosen of a page."""
        who, say = actor(interaction), texts(interaction.locale.value)
        if everything:
            await tell(interaction, await self.clear.ask(who, say))
        elif picture is None:
            await open_gallery(interaction, Saved.name, Asked(removing=True).query)
        else:
            keys = await self._meant(interaction, picture, who)
            removed = await in_time(interaction, self.bot.app.favourites.remove_several(who, keys), private=True)
            await tell(interaction, SentenceView(removed_text(removed, say)))

    @app_commands.command(name="random", description=label("command.favourites.random"))
    @app_commands.describe(show=label("option.show"))
    async def random(self, interaction: Interaction, show: bool = False) -> None:
        """Show one of the person's favourites as a card."""
        chosen = await self.bot.app.favourites.any_of(actor(interaction))
        if chosen is None:
            await tell(interaction, SentenceView(texts(interaction.locale.value)("favourites.none")))
        else:
            await self._show_card(interaction, chosen, show=show)

    @app_commands.command(name="server", description=label("command.favourites.server"))
    @app_commands.describe(page=label("option.page"), show=label("option.show"))
    async def server(
        self, interaction: Interaction, page: app_commands.Range[int, 1, 999_999] = 1, show: bool = False
    ) -> None:
        """Show what the members of this server saved, most loved first."""
        await open_gallery(interaction, LovedHere.name, "", page, show=show)

    @app_commands.command(name="private", description=label("command.favourites.private"))
    @app_commands.describe(on=label("option.favourites.private"))
    async def private(self, interaction: Interaction, on: bool | None = None) -> None:
        """Keep one's favourites to oneself, let others look, or say how it is."""
        who, say = actor(interaction), texts(interaction.locale.value)
        if who.space == PERSONAL:
            await tell(interaction, SentenceView(say("favourites.private.personal")))
            return
        if on is not None:
            await in_time(interaction, self.bot.app.favourites.set_private(who, on), private=True)
        private = await self.bot.app.favourites.is_private(who)
        await tell(interaction, SentenceView(say("favourites.private.on" if private else "favourites.private.off")))

    @listed.autocomplete("breed")
    @guarded_suggestions
    async def breeds(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest breeds, of the species that was chosen or of both."""
        chosen = getattr(interaction.namespace, "species", None)
        return breed_choices(self.bot.app.breeds, current, Species(chosen) if chosen else None)

    @remove.autocomplete("picture")
    @guarded_suggestions
    async def saved(self, interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
        """Suggest the newest favourites whose name or id holds what is typed."""
        say, typed = texts(interaction.locale.value), current.strip().casefold()
        found = await self.bot.app.favourites.page(actor(interaction), limit=_SUGGESTED_FROM)
        named = [
            (f"{name_of(self.bot.app, item.picture, say)} · {item.key.id}", value_of(item.key)) for item in found.items
        ]
        return [
            app_commands.Choice(name=name[:100], value=value)
            for name, value in named
            if typed in name.casefold() and len(value) <= LONGEST_VALUE
        ][:_CHOICES]

    async def _meant(self, interaction: Interaction, asked: str, who: Person) -> list[PictureKey]:
        """Return the favourites that ids and links name, several with a space between. Raises `UnknownPicture`."""
        assert interaction.channel_id is not None
        keys: list[PictureKey] = []
        for word in filter(None, _BETWEEN.split(asked)):
            if "/" in word:
                found = await self.resolve.at_hand(word, who, interaction.channel_id)
                keys += [card.picture for card in found.cards] if found else []
                continue
            possible = keys_of(word)
            saved = await self.bot.app.favourites.with_ids(who, [possible[0].id])
            keys += [key for key in saved if key in possible]
        return keys

    async def _show_card(self, interaction: Interaction, chosen: Favourite, *, show: bool) -> None:
        app, who = self.bot.app, actor(interaction)
        say = post_texts(interaction.guild, interaction) if show else texts(interaction.locale.value)
        upload = app.guilds.of(who.space).uploads
        ready = self._at_hand(chosen, upload=upload)
        if ready is None:
            await interaction.response.defer(ephemeral=not show, thinking=True)
            ready = await app.away(self._fetched(chosen, who, upload=upload))
        picture, media = ready
        card = Card(picture.key, Wanted(species=picture.species), who.user)
        if not card.portable:
            raise CardGone
        names = [item.name for item in media if item.content is not None]
        view = await self.bot.presenter.redraw([card], who, names, say)
        breed = app.breeds.get(picture.species, picture.breed.id) if picture.breed else None
        files = files_of(media, [alt_text(picture, breed, say)])
        message_id: int | None
        if interaction.response.is_done():
            message_id = (await interaction.followup.send(view=view, files=files, ephemeral=not show, wait=True)).id
        else:
            sent = await interaction.response.send_message(view=view, files=files, ephemeral=not show)
            message_id = sent.message_id
        if show and message_id is not None and interaction.channel_id is not None:
            await app.posts.record(message_id, interaction.channel_id, who.space, [card], names)

    def _at_hand(self, chosen: Favourite, *, upload: bool) -> tuple[Picture, list[Media]] | None:
        media = self.bot.app.delivery.at_hand([chosen.picture], upload=upload) if chosen.picture else None
        return None if chosen.picture is None or media is None else (chosen.picture, media)

    async def _fetched(self, chosen: Favourite, who: Person, *, upload: bool) -> tuple[Picture, list[Media]]:
        picture = chosen.picture
        if picture is None:
            found = await self.resolve.ask(value_of(chosen.key), who)
            picture = await self.bot.app.posts.picture(found.cards[0].picture)
        if picture is None:
            raise CardGone
        return picture, await self.bot.app.delivery.prepare([picture], upload=upload)


async def setup(bot: Any) -> None:
    """Add the cog."""
    await bot.add_cog(Favourites(bot))
