"""Galleries: pictures or lines in pages, with a row that turns them, which works after a restart as it did before."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final, Protocol, Self

import discord
import msgspec
from msgspec import Struct

from bot.card import base36
from bot.errors import BackendError, NotYours
from bot.i18n import Texts, texts
from bot.identity import Person
from bot.messenger import files_of
from bot.models import Breed, Picture
from bot.services.delivery import Media
from bot.ui.cards import alt_text
from bot.ui.colours import HOUSE
from bot.ui.guarded import GuardedButton, Interaction
from bot.ui.links import Place, link_to
from bot.ui.people import EVERYBODY, actor
from bot.ui.speech import post_texts

_log = logging.getLogger(__name__)

# Five tiles of text and picture, title, note, two rows of controls and the row that turns: well below Discord's 40
# components; and together below its 4,000 characters.
PER_PAGE: Final = 5
_LONGEST_CAPTION: Final = 640
_LONGEST_LINE: Final = 360
_LONGEST_BODY: Final = 3000
_JUMP_SECONDS: Final = 600.0
# page:LISTING:OWNER:QUERY:STEP and NUMBER; at most 92 characters of the 100 that a custom_id holds. The step keeps the
# custom_ids of one row apart where two buttons lead to the same page.
_TEMPLATE: Final = re.compile(
    r"page:(?P<listing>[a-z_]{1,16}):(?P<owner>[0-9a-z]{1,13}):(?P<query>[A-Za-z0-9_.~-]{0,48})"
    r":(?P<step>[fpjnl])(?P<number>[0-9]{1,6})"
)


class Tile(Struct, frozen=True):
    """A picture of a page. A listing leaves `media` None; the gallery fills it in.

    `picture` is None when only its name is known, `media` stays None when the picture cannot be had: then the tile is
    its caption alone. `places` are messages that show it: the caption ends with a link to the first of them that
    whoever looks at the page may see.
    """

    picture: Picture | None
    media: str | None
    alt: str
    caption: str
    places: tuple[Place, ...] = ()


class Page(Struct, frozen=True):
    """One page of a list: at most `PER_PAGE` tiles, or a `body` of lines. `number` and `pages` are at least 1.

    `total` is how many things the whole list holds, `note` a line beneath the tiles, `controls` up to two rows of
    dynamic items between the note and the row that turns.
    """

    title: str
    tiles: tuple[Tile, ...]
    number: int
    pages: int
    total: int
    note: str | None = None
    controls: tuple[discord.ui.ActionRow[Any], ...] = ()
    body: str | None = None
    colour: discord.Colour = HOUSE


class Listing(Protocol):
    """A list that a gallery shows; registered as `bot.listings[name]`. The name is 1 to 16 of `a-z_`."""

    name: str

    async def page(self, person: Person, query: str, number: int, say: Texts) -> Page:
        """Return a page as a person sees it now; beyond the end the last one, and page 1 of an empty list.

        `query` says what the list is about, in at most 48 of `A-Za-z0-9_.~-`.
        """
        ...


class _Step(StrEnum):
    """The buttons of the row that turns, in their order."""

    FIRST = "f"
    PREVIOUS = "p"
    JUMP = "j"
    NEXT = "n"
    LAST = "l"


_EMOJI = {_Step.FIRST: "⏮️", _Step.PREVIOUS: "◀️", _Step.NEXT: "▶️", _Step.LAST: "⏭️"}


def clamp(number: int, total: int, per_page: int = PER_PAGE) -> tuple[int, int]:
    """Return the number of the page that there is nearest to `number`, and how many pages there are."""
    pages = max(1, -(-total // per_page))
    return min(max(1, number), pages), pages


def tile(picture: Picture | None, breed: Breed | None, caption: str, say: Texts, places: Sequence[Place] = ()) -> Tile:
    """Return a tile of a picture, with its alt text."""
    return Tile(picture, None, alt_text(picture, breed, say) if picture else "", caption, tuple(places))


def only_owner(interaction: Interaction, owner: int) -> None:
    """Raise `NotYours` unless something is everybody's, or belongs to the person who pressed."""
    if owner not in (EVERYBODY, interaction.user.id):
        raise NotYours


async def open_gallery(
    interaction: Interaction, listing: str, query: str = "", number: int = 1, *, show: bool = False
) -> None:
    """Answer a command with a page of a list: for the person alone, or with `show` for everybody to see and turn."""
    owner = EVERYBODY if show else interaction.user.id
    say = _speech(interaction, owner)
    page = await interaction.client.listings[listing].page(actor(interaction), query, number, say)
    page = _with_links(interaction, page, owner, say)
    media = _at_hand(interaction, page)
    if media is None:
        if not interaction.response.is_done():
            await interaction.response.defer(ephemeral=not show, thinking=True)
        media = await interaction.client.app.away(_fetched(interaction, page))
    page, files = _with_media(page, media)
    view = GalleryView(page, listing, query, owner, say)
    if interaction.response.is_done():
        await interaction.followup.send(view=view, files=files, ephemeral=not show)
    else:
        await interaction.response.send_message(view=view, files=files, ephemeral=not show)


async def turn_gallery(
    interaction: Interaction, listing: str, query: str, number: int, owner: int, *, said: str | None = None
) -> None:
    """Draw a page in the place of the one that was pressed; `said` is told instead of the page's note."""
    say = _speech(interaction, owner)
    page = await interaction.client.listings[listing].page(actor(interaction), query, number, say)
    page = _with_links(interaction, page, owner, say)
    if said is not None:
        page = msgspec.structs.replace(page, note=said)
    media = _at_hand(interaction, page)
    if media is None:
        if not interaction.response.is_done():
            await interaction.response.defer()
        media = await interaction.client.app.away(_fetched(interaction, page))
    page, files = _with_media(page, media)
    view = GalleryView(page, listing, query, owner, say)
    if interaction.response.is_done():
        await interaction.edit_original_response(view=view, attachments=files)
    else:
        await interaction.response.edit_message(view=view, attachments=files)


class PageButton(GuardedButton, template=_TEMPLATE):
    """Turns to a page, or asks which one."""

    def __init__(
        self,
        step: _Step,
        listing: str,
        query: str,
        owner: int,
        number: int,
        *,
        label: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(
            discord.ui.Button(
                emoji=_EMOJI.get(step),
                label=label,
                disabled=disabled,
                custom_id=f"page:{listing}:{base36(owner)}:{query}:{step}{number}",
            )
        )
        self.step = step
        self.listing = listing
        self.query = query
        self.owner = owner
        self.number = number

    @classmethod
    def rebuild(cls, match: re.Match[str]) -> Self:
        """Read list, owner and page off the `custom_id`."""
        return cls(
            _Step(match["step"]), match["listing"], match["query"], int(match["owner"], 36), int(match["number"])
        )

    async def press(self, interaction: Interaction) -> None:
        """Turn the page, or open the field for its number."""
        only_owner(interaction, self.owner)
        if self.step is _Step.JUMP:
            await interaction.response.send_modal(JumpModal(self, texts(interaction.locale.value)))
        else:
            await turn_gallery(interaction, self.listing, self.query, self.number, self.owner)


class JumpModal(discord.ui.Modal):
    """Asks for the number of a page. What is typed there is read when it is sent, so the list may have changed."""

    def __init__(self, button: PageButton, say: Texts) -> None:
        super().__init__(title=say("gallery.jump"), timeout=_JUMP_SECONDS)
        self._button = button
        self._field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="number", default=str(button.number), max_length=6
        )
        self.add_item(discord.ui.Label(text=say("gallery.jump.field"), component=self._field))

    async def on_submit(self, interaction: Interaction, /) -> None:  # type: ignore[override]  # the client is ours
        """Turn to the page; what is no number is said privately."""
        typed, button = self._field.value.strip(), self._button
        if not typed.isdecimal():
            say = texts(interaction.locale.value)
            await interaction.response.send_message(say("gallery.jump.wrong"), ephemeral=True)
            return
        await turn_gallery(interaction, button.listing, button.query, int(typed), button.owner)

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, /) -> None:  # type: ignore[override]  # its client is generic
        """End at the guard like every other door."""
        await interaction.client.guard.interaction("modal", interaction, error)


class GalleryView(discord.ui.LayoutView):
    """A page of a list. It never times out, and each edit gets a fresh one."""

    def __init__(self, page: Page, listing: str, query: str, owner: int, say: Texts) -> None:
        super().__init__(timeout=None)
        container: discord.ui.Container[Any] = discord.ui.Container(accent_colour=page.colour)
        container.add_item(discord.ui.TextDisplay(f"### {_short(page.title, _LONGEST_LINE)}"))
        if page.body is not None:
            container.add_item(discord.ui.TextDisplay(_short(page.body, _LONGEST_BODY)))
        for shown in page.tiles:
            caption: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay(_short(shown.caption, _LONGEST_CAPTION))
            if shown.media is None:
                container.add_item(caption)
            else:
                thumbnail: discord.ui.Thumbnail[Any] = discord.ui.Thumbnail(shown.media, description=shown.alt)
                container.add_item(discord.ui.Section(caption, accessory=thumbnail))
        if page.note is not None:
            container.add_item(discord.ui.TextDisplay(_short(page.note, _LONGEST_LINE)))
        for controls in page.controls:
            container.add_item(controls)
        if page.pages > 1:
            container.add_item(_turning(page, listing, query, owner, say))
        self.add_item(container)


def _turning(page: Page, listing: str, query: str, owner: int, say: Texts) -> discord.ui.ActionRow[Any]:
    leads_to = {
        _Step.FIRST: 1,
        _Step.PREVIOUS: page.number - 1,
        _Step.JUMP: page.number,
        _Step.NEXT: page.number + 1,
        _Step.LAST: page.pages,
    }
    at_start, at_end = page.number == 1, page.number == page.pages
    useless = {_Step.FIRST: at_start, _Step.PREVIOUS: at_start, _Step.NEXT: at_end, _Step.LAST: at_end}
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
    for step, number in leads_to.items():
        label = say("gallery.page", number=page.number, pages=page.pages) if step is _Step.JUMP else None
        row.add_item(
            PageButton(step, listing, query, owner, number, label=label, disabled=useless.get(step, False)),
        )
    return row


def _speech(interaction: Interaction, owner: int) -> Texts:
    """Speak the server's language to everybody, and a person's to the person."""
    return post_texts(interaction.guild, interaction) if owner == EVERYBODY else texts(interaction.locale.value)


def _at_hand(interaction: Interaction, page: Page) -> list[Media | None] | None:
    """Return the media of each tile when no network is needed for them, else None."""
    pictures = [shown.picture for shown in page.tiles if shown.picture is not None]
    ready = interaction.client.app.delivery.at_hand(pictures, upload=_uploads(interaction))
    if ready is None:
        return None
    following = iter(ready)
    return [None if shown.picture is None else next(following) for shown in page.tiles]


async def _fetched(interaction: Interaction, page: Page) -> list[Media | None]:
    """Return the media of each tile; one that its service does not give is None, and the others are shown."""
    delivery, upload = interaction.client.app.delivery, _uploads(interaction)

    async def fetch(place: int, picture: Picture | None) -> Media | None:
        if picture is None:
            return None
        try:
            (media,) = await delivery.prepare([picture], upload=upload)
        except BackendError as error:
            _log.info("A picture of a gallery could not be had: %s", error)
            return None
        if media.content is None:
            return media
        # Each was prepared by itself, as the first of one: their names must differ.
        name = f"{place}-{media.name}"
        return Media(f"attachment://{name}", name, media.content)

    return await asyncio.gather(*(fetch(place, shown.picture) for place, shown in enumerate(page.tiles, start=1)))


def _uploads(interaction: Interaction) -> bool:
    return interaction.client.app.guilds.of(actor(interaction).space).uploads


def _with_media(page: Page, media: Sequence[Media | None]) -> tuple[Page, list[discord.File]]:
    """Put the media into the tiles; return the page and what is uploaded with it."""
    tiles = tuple(
        msgspec.structs.replace(shown, media=item.reference if item else None)
        for shown, item in zip(page.tiles, media, strict=True)
    )
    uploads = [(item, shown.alt) for shown, item in zip(tiles, media, strict=True) if item is not None]
    files = files_of([item for item, _ in uploads], [alt for _, alt in uploads])
    return msgspec.structs.replace(page, tiles=tiles), files


def _with_links(interaction: Interaction, page: Page, owner: int, say: Texts) -> Page:
    """Put a link under each caption, where there is a message that may be looked at by everybody who sees the page."""

    def linked(shown: Tile) -> Tile:
        link = link_to(interaction, shown.places, for_everybody=owner == EVERYBODY)
        if link is None:
            return shown
        return msgspec.structs.replace(shown, caption=f"{shown.caption}\n{say('gallery.link', link=link)}")

    return msgspec.structs.replace(page, tiles=tuple(linked(shown) for shown in page.tiles))


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
