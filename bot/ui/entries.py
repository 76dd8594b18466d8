"""Tiles for the lists that rank or remember pictures: named by breed, with the messages that show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.i18n import Texts
from bot.identity import Person
from bot.models import Picture, PictureKey
from bot.ui.cards import short_title
from bot.ui.gallery import Tile, tile

if TYPE_CHECKING:
    from bot.app import App


def noted(note: str | None, hidden: int, say: Texts) -> str | None:
    """Return the note of a page, and how many pictures the list leaves out since they are hidden."""
    lines = [note, say.plural("gallery.hidden", hidden) if hidden else None]
    return "\n".join(filter(None, lines)) or None


async def tiles_of(
    app: App,
    person: Person,
    shown: Sequence[tuple[PictureKey, Picture | None]],
    caption: Callable[[int, str], str],
    say: Texts,
) -> tuple[Tile, ...]:
    """Return a tile for each picture; `caption` makes its text of its index and its name."""
    places = await app.rankings.places(person, [key for key, _ in shown])
    tiles: list[Tile] = []
    for index, (key, picture) in enumerate(shown):
        breed = app.breeds.get(picture.species, picture.breed.id) if picture and picture.breed else None
        name = short_title(picture, breed, say) if picture else say("gallery.forgotten")
        tiles.append(tile(picture, breed, caption(index, name), say, places.get(key, ())))
    return tuple(tiles)
