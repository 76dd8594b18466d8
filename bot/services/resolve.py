"""Finds the picture that somebody means: the newest one here, one by its id, or those of a message by its link."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Protocol

from msgspec import Struct

from bot.card import Card
from bot.errors import BackendError, BackendNotFound, BackendRejected, NoCardHere, UnknownPicture
from bot.identity import Person
from bot.models import Picture, PictureKey, Source, Wanted
from bot.services.posts import Posted, Posts

_LINK: Final = re.compile(
    r"<?https?://(?:(?:ptb|canary)\.)?discord(?:app)?\.com"
    r"/channels/(?P<guild>\d{1,20}|@me)/(?P<channel>\d{1,20})/(?P<message>\d{1,20})/?(?:\?[^>\s]*)?>?"
)
# The id as a service has it, with its source before it where two services have the same.
_ID: Final = re.compile(rf"(?:(?P<source>{'|'.join(Source)}):)?(?P<picture>[A-Za-z0-9_.-]{{1,64}})")
# The ids of SQLite's and PostgreSQL's BIGINT.
_LARGEST: Final = 2**63


class PictureById(Protocol):
    """A service that knows its pictures by id."""

    @property
    def source(self) -> Source:
        """Whose pictures it knows."""
        ...

    async def picture(self, image_id: str) -> Picture:
        """Return one picture. Raises BackendNotFound when there is none that may be shown."""
        ...


class Found(Struct, frozen=True):
    """The cards that somebody means; `channel_id` is where they were shown, None for what was named by its id."""

    cards: tuple[Card, ...]
    channel_id: int | None = None


class Resolve:
    """Reads what people type to name a picture. `at_hand` never waits for a service, `ask` does."""

    def __init__(self, posts: Posts, services: Iterable[PictureById]) -> None:
        self._posts = posts
        self._services = tuple(services)

    async def here(self, channel_id: int) -> Found:
        """Return what the newest card of a channel shows. Raises NoCardHere."""
        posted = await self._posts.newest_in(channel_id)
        if posted is None:
            raise NoCardHere
        return Found(posted.cards, posted.channel_id)

    async def at_hand(self, asked: str, person: Person, channel_id: int) -> Found | None:
        """Return what an id or a link means, None when only a service may know it.

        A link must lead to a message of ours in the person's space; of personal ones, to their own or to this channel.
        Raises UnknownPicture.
        """
        typed = asked.strip()
        if link := _LINK.fullmatch(typed):
            posted = await self._linked(link, person, channel_id)
            if posted is None:
                raise UnknownPicture(typed)
            return Found(posted.cards, posted.channel_id)
        for key in keys_of(typed):
            picture = await self._posts.picture(key)
            if picture is not None:
                return _found(picture, person)
        return None

    async def ask(self, asked: str, person: Person) -> Found:
        """Ask the services for an id, and remember the picture. Raises UnknownPicture, or what a service raises."""
        typed, trouble = asked.strip(), None
        for key in keys_of(typed):
            for service in self._services:
                if service.source is not key.source:
                    continue
                try:
                    picture = await service.picture(key.id)
                except (BackendNotFound, BackendRejected):
                    continue
                except BackendError as error:
                    trouble = error
                    continue
                await self._posts.keep_pictures([picture])
                return _found(picture, person)
        if trouble is not None:
            raise trouble
        raise UnknownPicture(typed)

    async def _linked(self, link: re.Match[str], person: Person, channel_id: int) -> Posted | None:
        message_id = int(link["message"])
        if message_id >= _LARGEST or (person.space and link["guild"] != str(person.space)):
            return None
        posted = await self._posts.of_message(message_id)
        if posted is None or posted.space != person.space or str(posted.channel_id) != link["channel"]:
            return None
        own = any(card.requester == person.user for card in posted.cards)
        return posted if person.space or own or posted.channel_id == channel_id else None


def keys_of(asked: str) -> list[PictureKey]:
    """Return the pictures that an id may name, one a source that it may be of. Raises UnknownPicture for no id."""
    match = _ID.fullmatch(asked)
    if match is None:
        raise UnknownPicture(asked)
    sources = [Source(match["source"])] if match["source"] else list(Source)
    return [PictureKey(source, match["picture"]) for source in sources]


def _found(picture: Picture, person: Person) -> Found:
    return Found((Card(picture.key, Wanted(species=picture.species), person.user),))
