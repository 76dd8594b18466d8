"""Finds the picture that somebody means: the newest one here, one by its id, or those of a message by its link."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Protocol

from msgspec import Struct

from bot.card import Card
from bot.errors import BackendError, BackendNotFound, BackendRejected, CardGone, NoCardHere, OddId, UnknownPicture
from bot.identity import Person
from bot.models import Picture, PictureKey, Source, Species, Wanted
from bot.services.posts import Posted, Posts

_LINK: Final = re.compile(
    r"<?https?://(?:(?:ptb|canary)\.)?discord(?:app)?\.com"
    r"/channels/(?P<guild>\d{1,20}|@me)/(?P<channel>\d{1,20})/(?P<message>\d{1,20})/?(?:\?[^>\s]*)?>?"
)
# The id as a service has it; before it its source or its species, where two services have the same.
_ID: Final = re.compile(
    rf"(?:(?P<source>{'|'.join(Source)}):|(?P<species>{'|'.join(Species)}):)?\s*(?P<picture>[A-Za-z0-9_.-]{{1,64}})"
)
# Where both services keep their pictures; smaller sizes have their measure before the ending.
_ADDRESS: Final = re.compile(
    r"<?https?://cdn\d?\.the(?P<species>cat|dog)api\.com/images/(?P<picture>[A-Za-z0-9_-]{1,64})\.[a-z]{3,4}(?:\?\S*)?>?"
)
_SIZE: Final = re.compile(r"_\d+(?:x\d+)?$")
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
        known = await self._remembered(keys_of(typed))
        return None if known is None else _found(known, person)

    async def ask(self, asked: str, person: Person) -> Found:
        """Ask the services for an id, and remember the picture. Raises UnknownPicture, or what a service raises."""
        return _found(await self.fetched(asked), person)

    async def known(self, asked: str, species: Species | None = None) -> Picture | None:
        """Return the picture that an id means, None when only a service may know it. Raises OddId."""
        try:
            keys = keys_of(asked.strip(), species)
        except UnknownPicture as error:
            raise OddId(asked.strip()) from error
        return await self._remembered(keys)

    async def fetched(self, asked: str, species: Species | None = None) -> Picture:
        """Ask the services for the picture that an id means, and remember it.

        Raises UnknownPicture, or what a service raises.
        """
        typed, trouble = asked.strip(), None
        for key in keys_of(typed, species):
            for service in self._services:
                # What a service does not tell now may be its picture: none that comes with us takes its place.
                if service.source is not key.source or (trouble is not None and key.source is Source.SHIPPED):
                    continue
                try:
                    picture = await service.picture(key.id)
                except (BackendNotFound, BackendRejected):
                    continue
                except BackendError as error:
                    trouble = error
                    continue
                await self._posts.keep_pictures([picture])
                return picture
        if trouble is not None:
            raise trouble
        raise UnknownPicture(typed)

    async def recall(self, key: PictureKey) -> None:
        """Ask its service for a picture that is not remembered, as after a restored backup, and remember it.

        Raises CardGone when there is no such picture any more, or what the service raises.
        """
        for service in self._services:
            if service.source is not key.source:
                continue
            try:
                picture = await service.picture(key.id)
            except (BackendNotFound, BackendRejected) as error:
                raise CardGone from error
            if picture.key == key:
                await self._posts.keep_pictures([picture])
                return
        raise CardGone

    async def _remembered(self, keys: Iterable[PictureKey]) -> Picture | None:
        for key in keys:
            picture = await self._posts.picture(key)
            if picture is not None:
                return picture
        return None

    async def _linked(self, link: re.Match[str], person: Person, channel_id: int) -> Posted | None:
        message_id = int(link["message"])
        if message_id >= _LARGEST or (person.space and link["guild"] != str(person.space)):
            return None
        posted = await self._posts.of_message(message_id)
        if posted is None or posted.space != person.space or str(posted.channel_id) != link["channel"]:
            return None
        own = any(card.requester == person.user for card in posted.cards)
        return posted if person.space or own or posted.channel_id == channel_id else None


def keys_of(asked: str, species: Species | None = None) -> list[PictureKey]:
    """Return the pictures that an id may name, one a source that it may be of, or that an address tells.

    `cat:` or `dog:` before an id, or a species, leaves the service of that species only. Raises UnknownPicture for
    what can be no id.
    """
    if address := _ADDRESS.fullmatch(asked):
        source, named = _service_of(Species(address["species"])), address["picture"]
        return [PictureKey(source, name) for name in dict.fromkeys((named, _SIZE.sub("", named))) if name]
    match = _ID.fullmatch(asked)
    if match is None:
        raise UnknownPicture(asked)
    if match["source"]:
        sources = [Source(match["source"])]
    elif kind := match["species"] or species:
        sources = [_service_of(Species(kind))]
    else:
        sources = list(Source)
    return [PictureKey(source, match["picture"]) for source in sources]


def _service_of(species: Species) -> Source:
    return next(source for source in Source if source.species is species)


def _found(picture: Picture, person: Person) -> Found:
    return Found((Card(picture.key, Wanted(species=picture.species), person.user),))
