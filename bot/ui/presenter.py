"""Puts pictures before people: a new post, the same post drawn anew, another picture, a breed in brief."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord.ext import commands
from msgspec import Struct

from bot.card import Card
from bot.errors import CardGone
from bot.i18n import Texts
from bot.identity import Person
from bot.messenger import files_of
from bot.models import Breed, Picture, Span, Wanted
from bot.services.delivery import Media
from bot.services.votes import Vote
from bot.ui.cards import Counted, PictureView, Shown, alt_text, cards_on, uploads_on
from bot.ui.menu import vote_key
from bot.ui.people import PERSONAL
from bot.ui.speech import post_texts

if TYPE_CHECKING:
    from bot.app import App
    from bot.client import Pawprint

    Interaction = discord.Interaction[Pawprint]
    Context = commands.Context[Pawprint]


class Ready(Struct, frozen=True):
    """Pictures and their media; what is not at hand yet is None."""

    pictures: list[Picture] | None
    media: list[Media] | None


class Presenter:
    """Knows what a card needs and where each part of it is."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def post(self, ctx: Context, wanted: Wanted, count: int, person: Person) -> None:
        """Answer a command with `count` pictures; at once when they are at hand, deferred when not."""
        ready = await self._at_hand(wanted, ctx.channel.id, count)
        if ready.media is None:
            await ctx.defer()
            ready = await self._app.away(self._gather(wanted, ctx.channel.id, count, ready.pictures))
        view, files = await self._compose(ready, wanted, person, post_texts(ctx.guild, ctx.interaction))
        message = await ctx.send(view=view, files=files)
        await self._app.posts.record(message.id, ctx.channel.id, person.space, view.cards, _names(files))

    async def again(self, interaction: Interaction, card: Card, person: Person) -> None:
        """Show another picture: in place for the requester while nobody voted, else as a post of its own."""
        message, channel = interaction.message, interaction.channel_id
        assert message is not None
        assert channel is not None
        ready = await self._at_hand(card.wanted, channel, 1)
        if ready.media is None:
            await interaction.response.defer()
            ready = await self._app.away(self._gather(card.wanted, channel, 1, ready.pictures))
        view, files = await self._compose(ready, card.wanted, person, post_texts(interaction.guild, interaction))
        # Asked last: somebody may have voted while the new picture was on its way.
        in_place = await self._replaceable(cards_on(message), person)
        if in_place and interaction.response.is_done():
            await interaction.edit_original_response(view=view, attachments=files)
            shown_on: int | None = message.id
        elif in_place:
            await interaction.response.edit_message(view=view, attachments=files)
            shown_on = message.id
        elif interaction.response.is_done():
            shown_on = (await interaction.followup.send(view=view, files=files, wait=True)).id
        else:
            shown_on = (await interaction.response.send_message(view=view, files=files)).message_id
        assert shown_on is not None
        await self._app.posts.record(shown_on, channel, person.space, view.cards, _names(files))

    async def redraw_message(self, message: discord.Message, person: Person, say: Texts) -> PictureView:
        """Return a fresh view of the cards on a message, with the counts of now as a person sees them.

        A message that is not remembered (the bot was killed before it could, or a backup is older) is from now on.
        Raises `CardGone` when a picture is no longer known.
        """
        posted, cards = await self._app.posts.of_message(message.id), cards_on(message)
        if posted is not None:
            return await self.redraw(cards, person, posted.attachments, say)
        names = uploads_on(message)
        view = await self.redraw(cards, person, names, say)
        if cards and not message.flags.ephemeral:
            await self._app.posts.record(message.id, message.channel.id, person.space, cards, names)
        return view

    async def redraw(
        self, cards: Sequence[Card], person: Person, attachments: Sequence[str], say: Texts
    ) -> PictureView:
        """Return a fresh view of cards; `attachments` are the names of what was uploaded with them."""
        shown: list[Shown] = []
        for place, card in enumerate(cards, start=1):
            picture = await self.picture(card)
            media = self._app.delivery.address(picture, place, attachments)
            shown.append(await self._shown(card, picture, person, media, say))
        return PictureView(shown, say)

    async def picture(self, card: Card) -> Picture:
        """Return the picture of a card. Raises `CardGone` when it is no longer known."""
        picture = await self._app.posts.picture(card.picture)
        if picture is None:
            raise CardGone
        return picture

    async def describe(self, card: Card, person: Person, say: Texts) -> str:
        """Return the breed in brief, and the person's own vote and favourite, for their eyes only."""
        picture = await self.picture(card)
        lines = breed_in_brief(self._breed(picture), picture, say)
        standing = await self._app.votes.standing(person.space, card.picture, person.user)
        saved = await self._app.favourites.contains(person, card.picture)
        lines.append("")
        lines.append(say(vote_key(standing.mine)))
        lines.append(say("info.saved" if saved else "info.not_saved"))
        return "\n".join(lines)

    async def _at_hand(self, wanted: Wanted, channel: int, count: int) -> Ready:
        pictures = await self._app.pictures.ready(wanted, channel, count)
        return Ready(pictures, self._app.delivery.at_hand(pictures) if pictures else None)

    async def _gather(self, wanted: Wanted, channel: int, count: int, pictures: list[Picture] | None) -> Ready:
        pictures = await self._app.pictures.take(wanted, channel, count, having=pictures or ())
        return Ready(pictures, await self._app.delivery.prepare(pictures))

    async def _compose(
        self, ready: Ready, wanted: Wanted, person: Person, say: Texts
    ) -> tuple[PictureView, list[discord.File]]:
        pictures, media = ready.pictures or [], ready.media or []
        await self._app.posts.keep_pictures(pictures)
        shown = [
            await self._shown(Card(picture.key, wanted, person.user), picture, person, item.reference, say)
            for picture, item in zip(pictures, media, strict=True)
        ]
        return PictureView(shown, say), files_of(media, [item.alt for item in shown])

    async def _shown(self, card: Card, picture: Picture, person: Person, media: str, say: Texts) -> Shown:
        breed = self._breed(picture)
        return Shown(
            card=card,
            picture=picture,
            breed=breed,
            counts=await self._counts(card, person),
            media=media,
            alt=alt_text(picture, breed, say),
        )

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

    def _breed(self, picture: Picture) -> Breed | None:
        return self._app.breeds.get(picture.species, picture.breed.id) if picture.breed else None


def breed_in_brief(breed: Breed | None, picture: Picture, say: Texts) -> list[str]:
    """Return a few lines on a breed: name, temperament, life span, weight, description."""
    if breed is None:
        return [say(f"info.no_breed.{picture.species}")]
    lines = [f"**{breed.name}**"]
    if breed.description:
        lines.append(breed.description)
    if breed.temperament:
        lines.append(say("info.temperament", temperament=", ".join(breed.temperament)))
    if breed.life_span:
        lines.append(say("info.life_span", years=_numbers(breed.life_span)))
    if breed.weight:
        lines.append(say("info.weight", kilograms=_numbers(breed.weight)))
    if breed.wikipedia_url:
        lines.append(f"<{breed.wikipedia_url}>")
    return lines


def _names(files: Sequence[discord.File]) -> list[str]:
    return [file.filename for file in files]


def _numbers(span: Span) -> str:
    return f"{span.low:g}" if span.low == span.high else f"{span.low:g}–{span.high:g}"
