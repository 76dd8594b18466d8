"""Puts pictures before people: a new post, the same post drawn anew, another picture, a breed in brief."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import discord
import msgspec
from discord.ext import commands
from msgspec import Struct

from bot.card import Card
from bot.errors import BackendError, CardGone, NoPictures
from bot.i18n import Texts
from bot.identity import Person
from bot.messenger import files_of
from bot.models import Breed, Picture, PictureKey, Trouble, Units, Wanted
from bot.refused import Excluded
from bot.services.delivery import Media
from bot.services.guild_settings import GuildSettings
from bot.services.posts import NOBODY
from bot.services.votes import Vote
from bot.ui.breed_cards import BreedView, Known, brief, facts, no_picture
from bot.ui.cards import Counted, PictureView, Shown, alt_text, cards_on, short_title, uploads_on
from bot.ui.grants import see_grants
from bot.ui.in_time import in_time
from bot.ui.measures import units_in
from bot.ui.menu import vote_key
from bot.ui.people import PERSONAL
from bot.ui.setting_words import breed_name, category_name
from bot.ui.speech import post_texts

if TYPE_CHECKING:
    from bot.app import App
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
    Context = commands.Context[Pawprint]


class Ready(Struct, frozen=True):
    """Pictures and their media; what is not at hand yet is None. `troubles` says why some of them stand in."""

    pictures: list[Picture] | None
    media: list[Media] | None
    troubles: Mapping[PictureKey, Trouble] = msgspec.field(default_factory=dict)


class Presenter:
    """Knows what a card needs and where each part of it is."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def post(
        self, ctx: Context, wanted: Wanted, count: int, person: Person, *, units: Units | None = None
    ) -> None:
        """Answer a command with `count` pictures; at once when they are at hand, deferred when not.

        With `units` the breed that is wanted is told in full, even where no picture of it can be had. Raises `Excluded`
        for what the server does not want to see.
        """
        settings = self._app.guilds.of(person.space)
        self._see_wish(wanted, settings)
        see_grants(ctx, uploads=False)
        ready = await self._at_hand(wanted, ctx.channel.id, count, person.space)
        if ready.media is None:
            await ctx.defer()
            try:
                ready = await self._app.away(self._gather(wanted, ctx.channel.id, count, ready.pictures, person.space))
            except (NoPictures, BackendError) as error:
                await ctx.send(view=self._without_picture(ctx, wanted, units, error))
                return
        composing = self._compose(ready, wanted, person, post_texts(ctx.guild, ctx.interaction, client=ctx.bot), units)
        view, files = await (in_time(ctx.interaction, composing) if ctx.interaction else composing)
        see_grants(ctx, uploads=bool(files))
        message = await ctx.send(view=view, files=files)
        await self._app.posts.record(message.id, ctx.channel.id, person.space, view.cards, _names(files))

    async def again(self, interaction: Interaction, card: Card, person: Person, *, in_place: bool) -> None:
        """Show another picture: `in_place` for the requester while nobody voted, else as a post of its own."""
        message, channel = interaction.message, interaction.channel_id
        assert message is not None
        assert channel is not None
        settings = self._app.guilds.of(person.space)
        self._see_wish(card.wanted, settings)
        ready = await self._at_hand(card.wanted, channel, 1, person.space)
        if ready.media is None:
            await interaction.response.defer()
            ready = await self._app.away(self._gather(card.wanted, channel, 1, ready.pictures, person.space))
        say = post_texts(interaction.guild, interaction)
        view, files = await in_time(interaction, self._compose(ready, card.wanted, person, say, card.units))
        see_grants(interaction, uploads=bool(files))
        # Asked last: somebody may have voted while the new picture was on its way.
        in_place = in_place and await self._replaceable(cards_on(message), person)
        if in_place and interaction.response.is_done():
            await interaction.edit_original_response(view=view, attachments=files)
            shown_on: int | None = message.id
        elif in_place:
            await interaction.response.edit_message(view=view, attachments=files)
            shown_on = message.id
        else:
            shown_on = await _sent(interaction, view, files)
        assert shown_on is not None
        await self._app.posts.record(shown_on, channel, person.space, view.cards, _names(files))

    async def show(
        self,
        interaction: Interaction,
        picture: Picture | None,
        find: Callable[[], Awaitable[Picture]],
        person: Person,
    ) -> None:
        """Answer a command with one picture; one that is not known is asked for with `find`, after deferring.

        Its 🔁 brings any of its species. Raises `CardGone` when no button could carry its id.
        """
        settings = self._app.guilds.of(person.space)
        upload = settings.uploads
        media = self._app.delivery.at_hand([picture], upload=upload) if picture is not None else None
        if picture is None or media is None:
            await interaction.response.defer()
            shown, media = await self._app.away(self._found(picture, find, upload=upload))
        else:
            shown = picture
        self._app.moderation.see(person.space, [shown.key])
        if not settings.shows(shown):
            raise Excluded(short_title(shown, self._breed(shown), post_texts(interaction.guild, interaction)))
        wanted = Wanted(species=shown.species)
        if not Card(shown.key, wanted, person.user).portable:
            raise CardGone
        say = post_texts(interaction.guild, interaction)
        view, files = await in_time(interaction, self._compose(Ready([shown], media), wanted, person, say))
        see_grants(interaction, uploads=bool(files))
        shown_on, channel = await _sent(interaction, view, files), interaction.channel_id
        assert shown_on is not None
        assert channel is not None
        await self._app.posts.record(shown_on, channel, person.space, view.cards, _names(files))

    async def redraw_message(self, message: discord.Message, person: Person, say: Texts) -> PictureView:
        """Return a fresh view of the cards on a message, with the counts of now as a person sees them.

        A message that is not remembered (the bot was killed before it could, or a backup is older) is from now on.
        Raises `CardGone` when a picture is no longer known.
        """
        posted, cards = await self._app.posts.of_message(message.id), cards_on(message)
        if posted is not None:
            # A card that is hidden has no button to be read off, and may be shown again.
            whole = posted.cards if set(cards) <= set(posted.cards) else cards
            return await self.redraw(whole, person, posted.attachments, say, posted.note)
        names = uploads_on(message)
        view = await self.redraw(cards, person, names, say)
        if cards and not message.flags.ephemeral:
            await self._app.posts.record(message.id, message.channel.id, person.space, cards, names)
        return view

    async def redraw(
        self, cards: Sequence[Card], person: Person, attachments: Sequence[str], say: Texts, note: str | None = None
    ) -> PictureView:
        """Return a fresh view of cards; `attachments` are the names of what was uploaded, `note` is text below them."""
        shown: list[Shown] = []
        for place, card in enumerate(cards, start=1):
            picture = await self.picture(card)
            media = self._app.delivery.address(picture, place, attachments)
            shown.append(await self._shown(card, picture, person, media, say))
        return PictureView(shown, say, self._app.guilds.of(person.space), note=note)

    async def unasked(
        self,
        wanted: Wanted,
        channel: int,
        space: int,
        say: Texts,
        note: Callable[[Picture], Awaitable[str]],
        *,
        same: Card | None = None,
    ) -> tuple[PictureView, list[discord.File]]:
        """Make a post that nobody asked for, with a note below; call it in the background only.

        The picture of the card `same` is shown again while it is known. Raises `Excluded`, `NoPictures`, or what the
        service raises.
        """
        settings, nobody = self._app.guilds.of(space), Person(space, NOBODY)
        self._see_wish(wanted, settings)
        known = await self._app.posts.picture(same.picture) if same else None
        if known is not None and not self._app.moderation.shown_in(space)(known):
            known = None
        ready = await self._at_hand(wanted, channel, 1, space) if known is None else Ready([known], None)
        if ready.media is None:
            ready = await self._gather(wanted, channel, 1, ready.pictures, space)
        assert ready.pictures is not None
        said = await note(ready.pictures[0])
        return await self._compose(ready, wanted, nobody, say, note=said)

    async def picture(self, card: Card) -> Picture:
        """Return the picture of a card. Raises `CardGone` when it is no longer known."""
        picture = await self._app.posts.picture(card.picture)
        if picture is None:
            raise CardGone
        return picture

    async def recall_on(self, message: discord.Message) -> None:
        """See that all pictures of a message are remembered, as `recall` does."""
        await self.recall(cards_on(message))

    async def recall(self, cards: Iterable[Card]) -> None:
        """See that the pictures of cards are remembered; those that are not are asked for at their service.

        Raises `CardGone` when one does not exist any more, or what the service raises.
        """
        for key in dict.fromkeys(card.picture for card in cards):
            if await self._app.posts.picture(key) is None:
                await self._app.away(self._app.resolve.recall(key))

    async def describe(self, card: Card, person: Person, say: Texts, units: Units) -> str:
        """Return the breed in brief, and the person's own vote and favourite, for their eyes only."""
        picture = await self.picture(card)
        lines = breed_in_brief(self._breed(picture), picture, say, units)
        standing = await self._app.votes.standing(person.space, card.picture, person.user)
        saved = await self._app.favourites.contains(person, card.picture)
        lines.append("")
        lines.append(say(vote_key(standing.mine)))
        lines.append(say("info.saved" if saved else "info.not_saved"))
        return "\n".join(lines)

    def _without_picture(
        self, ctx: Context, wanted: Wanted, units: Units | None, error: NoPictures | BackendError
    ) -> BreedView:
        """Return what is known of the breed that was asked for. Raises the error when there is no such answer to it."""
        breed = self._asked(wanted)
        if breed is None or (units is None and isinstance(error, BackendError)):
            raise error
        say = post_texts(ctx.guild, ctx.interaction, client=ctx.bot)
        about: Sequence[str] = ["\n".join(brief(breed, units_in(ctx), say)[1:])]
        if units is not None:
            about = self._facts(breed, units, say)
        return BreedView(breed, [no_picture(breed, error, say), *about])

    def _facts(self, breed: Breed, units: Units, say: Texts) -> tuple[str, ...]:
        return facts(breed, units, Known(self._app.breeds.learned_at(breed.species), self._app.clock.now()), say)

    async def _at_hand(self, wanted: Wanted, channel: int, count: int, space: int) -> Ready:
        shows, upload = self._app.moderation.shown_in(space), self._app.guilds.of(space).uploads
        pictures = await self._app.pictures.ready(wanted, channel, count, shows=shows)
        return Ready(pictures, self._app.delivery.at_hand(pictures, upload=upload) if pictures else None)

    async def _gather(
        self, wanted: Wanted, channel: int, count: int, pictures: list[Picture] | None, space: int
    ) -> Ready:
        shows, upload = self._app.moderation.shown_in(space), self._app.guilds.of(space).uploads
        served = await self._app.pictures.serve(wanted, channel, count, having=pictures or (), shows=shows)
        media = await self._app.delivery.prepare(served.pictures, upload=upload)
        return Ready(served.pictures, media, served.troubles)

    def _see_wish(self, wanted: Wanted, settings: GuildSettings) -> None:
        """Raise `Excluded`, with its name, for a breed or category that a server does not want to see."""
        for species in wanted.kinds:
            if f"{species}:{wanted.breed_id}" in settings.excluded_breeds:
                raise Excluded(breed_name(self._app, f"{species}:{wanted.breed_id}"))
            if f"{species}:{wanted.category_id}" in settings.excluded_categories:
                raise Excluded(category_name(self._app, f"{species}:{wanted.category_id}"))

    async def _found(
        self, picture: Picture | None, find: Callable[[], Awaitable[Picture]], *, upload: bool
    ) -> tuple[Picture, list[Media]]:
        picture = picture or await find()
        return picture, await self._app.delivery.prepare([picture], upload=upload)

    async def _compose(
        self,
        ready: Ready,
        wanted: Wanted,
        person: Person,
        say: Texts,
        units: Units | None = None,
        *,
        note: str | None = None,
    ) -> tuple[PictureView, list[discord.File]]:
        pictures, media = ready.pictures or [], ready.media or []
        await self._app.posts.keep_pictures(pictures)
        shown = [
            await self._shown(
                Card(picture.key, wanted, person.user, ready.troubles.get(picture.key), units),
                picture,
                person,
                item.reference,
                say,
            )
            for picture, item in zip(pictures, media, strict=True)
        ]
        view = PictureView(shown, say, self._app.guilds.of(person.space), note=note)
        return view, files_of(media, [item.alt for item in shown])

    async def _shown(self, card: Card, picture: Picture, person: Person, media: str, say: Texts) -> Shown:
        in_full = self._asked(card.wanted) if card.units is not None else None
        breed = in_full or self._breed(picture)
        return Shown(
            card=card,
            picture=picture,
            breed=breed,
            counts=await self._counts(card, person),
            media=media,
            alt=alt_text(picture, breed, say),
            facts=self._facts(in_full, card.units, say) if in_full and card.units else (),
            hidden=self._hidden(card, person.space, say),
        )

    def _hidden(self, card: Card, space: int, say: Texts) -> str | None:
        """Return what is said in the place of a picture that is hidden in a space."""
        moderation = self._app.moderation
        if not moderation.hides(space, card.picture):
            return None
        return say("card.hidden.everywhere" if moderation.blocks(card.picture) else "card.hidden")

    async def _counts(self, card: Card, person: Person) -> Counted:
        """Count a server's votes and favourites; in a personal space only the person's own."""
        votes, favourites = self._app.votes, self._app.favourites
        if person.space != PERSONAL:
            standing = await votes.standing(person.space, card.picture)
            return Counted(standing.up, standing.down, await favourites.keepers(person.space, card.picture))
        mine = (await votes.standing(PERSONAL, card.picture, person.user)).mine
        return Counted(
            int(mine is Vote.UP), int(mine is Vote.DOWN), int(await favourites.contains(person, card.picture))
        )

    async def _replaceable(self, cards: Sequence[Card], person: Person) -> bool:
        """Tell whether a message shows one picture, asked for by the person, which nobody voted on or saved."""
        if len(cards) != 1 or cards[0].requester != person.user:
            return False
        return await self._counts(cards[0], person) == Counted()

    def _asked(self, wanted: Wanted) -> Breed | None:
        """Return the breed that was asked for."""
        found = [self._app.breeds.get(species, wanted.breed_id) for species in wanted.kinds if wanted.breed_id]
        return found[0] if found else None

    def _breed(self, picture: Picture) -> Breed | None:
        return self._app.breeds.get(picture.species, picture.breed.id) if picture.breed else None


def breed_in_brief(breed: Breed | None, picture: Picture, say: Texts, units: Units = Units.BOTH) -> list[str]:
    """Return a few lines on a picture's breed, or that it is not known."""
    return brief(breed, units, say) if breed else [say(f"info.no_breed.{picture.species}")]


async def _sent(interaction: Interaction, view: PictureView, files: list[discord.File]) -> int | None:
    """Answer with a new post and return its id."""
    if interaction.response.is_done():
        return (await interaction.followup.send(view=view, files=files, wait=True)).id
    return (await interaction.response.send_message(view=view, files=files)).message_id


def _names(files: Sequence[discord.File]) -> list[str]:
    return [file.filename for file in files]
