"""TheCatAPI and TheDogAPI: one client for both, in whichever generation the host speaks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar
from urllib.parse import quote

from yarl import URL

from bot.backends.picture_facts import PictureFacts
from bot.backends.service import MIB, Priority, Service
from bot.backends.thatapi_wire import (
    Found,
    Listed,
    breed_made,
    category_made,
    clean_id,
    created_id,
    decoded,
    favourite_made,
    found_picture,
    items,
    vote_made,
)
from bot.backends.transport import Query, Transport
from bot.errors import AlreadyThere, BackendConfused, BackendError, BackendNotFound, BackendRejected, Unsupported
from bot.models import Breed, Category, Motion, Picture, RemoteFavourite, RemoteVote, Source, Species

log = logging.getLogger(__name__)

T = TypeVar("T")

HOSTS = (
    "*.thecatapi.com",
    "*.thedogapi.com",
    "*.media.tumblr.com",
    "storage.googleapis.com/cat-api-uploads-prod/",
    "storage.googleapis.com/dog-api-uploads-prod/",
    "s3.us-west-2.amazonaws.com/cdn2.thecatapi.com/",
    "s3.us-west-2.amazonaws.com/cdn2.thedogapi.com/",
)
"""Where both services keep pictures, seen in recorded answers of all generations."""

OPEN_LIMIT = 10
"""The most pictures an answer without a key has; it has exactly ten whenever more than one is asked for."""

KEYED_LIMIT = 25
PAGE = 100
BREEDS_PAGE = 1000
CUSTOMARY_PAGES = frozenset({10, 25, 50, 100, 250, 500})
MOST_PAGES = 1000
LONGEST_SEARCH = 30
PICTURE_LIMIT = 32 * MIB
"""Originals can be larger than what may be shown; they are made smaller."""


def thatapi_service(source: Source, base_url: str, key: str | None = None) -> Service:
    """Describe one of the two services: `base_url` includes the version, such as `https://api.thecatapi.com/v1`."""
    return Service(name=source.value, base_url=base_url, key=key, hosts=HOSTS, picture_limit=PICTURE_LIMIT)


class ThatApi:
    """The client of one of the two services; `source` says which.

    Every method raises the errors of `bot.errors` (BackendError and below) and nothing else.
    """

    def __init__(self, transport: Transport, service: Service, source: Source) -> None:
        species = source.species
        if species is None:
            raise ValueError(f"{source} is not one of TheCatAPI and TheDogAPI")
        self._transport = transport
        self._service = service
        self._source = source
        self._species: Species = species

    @property
    def source(self) -> Source:
        """Which of the two it is."""
        return self._source

    @property
    def keyed(self) -> bool:
        """Whether there is a key: without one no votes and favourites, and no breeds on pictures."""
        return self._service.keyed

    @property
    def service(self) -> Service:
        """The description it was made with."""
        return self._service

    async def search(
        self,
        *,
        limit: int,
        breed_ids: Sequence[str] = (),
        category_ids: Sequence[str] = (),
        motion: Motion | None = None,
        priority: Priority = Priority.POOL,
    ) -> list[Picture]:
        """Return at most `limit` random pictures of what was asked for, fewer or none when there are no more.

        At most 10 without a key and 25 with one (GET /images/search). The services ignore what they do not know, so
        each picture is checked again; `sub_id` is never sent, as it filters in generation B.
        """
        most = KEYED_LIMIT if self.keyed else OPEN_LIMIT
        query: list[tuple[str, str]] = [("limit", str(max(1, min(limit, most)))), ("order", "RANDOM")]
        if self.keyed:
            query.append(("include_breeds", "true"))
        if breed_ids:
            query.append(("breed_ids", ",".join(breed_ids)))
        if category_ids:
            query += [("category_ids", ",".join(category_ids)), ("include_categories", "true")]
        if motion is not None:
            query.append(("mime_types", "gif" if motion is Motion.ANIMATED else "jpg,png"))
        found = (await self._read("images/search", self._found, query=tuple(query), priority=priority)).things
        # A key that was revoked is no key to this call: then not one picture tells its breeds.
        named = self.keyed and any(one.breeds_told or one.categories_told for one in found)
        wanted = [
            one.picture
            for one in found
            if self._may_be_shown(one) and _was_asked_for(one, breed_ids, category_ids, motion, named=named)
        ]
        if len(wanted) < len(found):
            log.debug("%s: %d of %d pictures left out", self._source, len(found) - len(wanted), len(found))
        return wanted[: max(0, limit)]

    async def picture(self, image_id: str, *, priority: Priority = Priority.PEOPLE) -> Picture:
        """Return one picture (GET /images/{id}).

        :raises BackendNotFound: there is none, or none that may be shown.
        """
        found = (await self._read(self._path("images", image_id), self._found, keep="image", priority=priority)).things
        if len(found) != 1 or not self._may_be_shown(found[0]):
            raise BackendNotFound(self._service.name, "no picture that may be shown")
        return found[0].picture

    async def breeds(self, *, priority: Priority = Priority.PEOPLE) -> list[Breed]:
        """Return all breeds (GET /breeds); kept for a day, and used older when the service is down.

        :raises BackendRefused: generation B without a key.
        """
        # Generation B has 1000 a page; a page of a customary size may be one that another limit cut.
        return await self._pages(
            "breeds",
            self._breeds,
            lambda breed: breed.id,
            first=self._all_breeds,
            limit=BREEDS_PAGE,
            cut=CUSTOMARY_PAGES,
            keep="breeds",
            priority=priority,
        )

    async def search_breeds(self, query: str, *, priority: Priority = Priority.PEOPLE) -> list[Breed]:
        """Return the breeds with a text in their names (GET /breeds/search), at most 25."""
        text = query.strip()[:LONGEST_SEARCH]
        if not text:
            return []
        asked = (("q", text), ("limit", str(KEYED_LIMIT)))
        return (await self._read("breeds/search", self._breeds, query=asked, priority=priority)).things

    async def breed(self, breed_id: str, *, priority: Priority = Priority.PEOPLE) -> Breed:
        """Return one breed (GET /breeds/{id}).

        :raises BackendNotFound: there is none. How generation A2 says so is not known: 400, 404, an empty body and
            anything that is no object are taken for it.
        """
        try:
            return await self._read(self._path("breeds", breed_id), self._one_breed, keep="breeds", priority=priority)
        except BackendRejected as error:
            raise BackendNotFound(error.service, error.reason, status=error.status) from error

    async def categories(self, *, priority: Priority = Priority.PEOPLE) -> list[Category]:
        """Return what pictures may show besides the animal (GET /categories); dogs may have none."""
        return await self._pages(
            "categories", self._categories, lambda one: one.id, keep="categories", priority=priority
        )

    async def cast_vote(self, image_id: str, sub_id: str, value: int) -> RemoteVote:
        """Vote for a picture (POST /votes), up for a value above 0.

        A second vote of the same person on the same picture is a second vote there, not a change of the first.
        """
        vote = 1 if value > 0 else -1
        id_ = await self._create("votes", {"image_id": image_id, "sub_id": sub_id, "value": vote})
        return RemoteVote(id=id_, image_id=image_id, sub_id=sub_id, value=vote)

    async def vote(self, vote_id: str, *, priority: Priority = Priority.SYNC) -> RemoteVote:
        """Return one vote (GET /votes/{id})."""
        return await self._one(self._path("votes", vote_id), self._votes, priority)

    async def votes(self, sub_id: str | None, *, priority: Priority = Priority.SYNC) -> list[RemoteVote]:
        """Return a person's votes, or the whole account's (GET /votes).

        :raises BackendRefused: generation B, where a key alone does not suffice.
        """
        found = await self._pages("votes", self._votes, lambda one: one.id, query=_of(sub_id), priority=priority)
        return [one for one in found if sub_id is None or one.sub_id == sub_id]

    async def withdraw_vote(self, vote_id: str) -> None:
        """Take a vote back (DELETE /votes/{id}).

        :raises BackendNotFound: it is gone already, or another account's.
        :raises Unsupported: generation B, which has no such call.
        """
        try:
            await self._delete(self._path("votes", vote_id))
        except BackendNotFound as error:
            if error.status != 404 or "NOT_FOUND" in error.reason or "INVALID_ACCOUNT" in error.reason:
                raise
            raise Unsupported(error.service, "votes cannot be withdrawn here", status=error.status) from error

    async def add_favourite(self, image_id: str, sub_id: str) -> RemoteFavourite:
        """Keep a picture for a person (POST /favourites).

        :raises AlreadyThere: it is kept already.
        """
        id_ = await self._create("favourites", {"image_id": image_id, "sub_id": sub_id})
        return RemoteFavourite(id=id_, image_id=image_id, sub_id=sub_id)

    async def favourite(self, favourite_id: str, *, priority: Priority = Priority.SYNC) -> RemoteFavourite:
        """Return one favourite (GET /favourites/{id})."""
        return await self._one(self._path("favourites", favourite_id), self._favourites, priority)

    async def favourites(self, sub_id: str | None, *, priority: Priority = Priority.SYNC) -> list[RemoteFavourite]:
        """Return a person's favourites, or the whole account's (GET /favourites); a new one shows seconds late."""
        query = (*_of(sub_id), ("attach_image", "true"))
        found = await self._pages("favourites", self._favourites, lambda one: one.id, query=query, priority=priority)
        return [one for one in found if sub_id is None or one.sub_id == sub_id]

    async def remove_favourite(self, favourite_id: str) -> None:
        """Give a favourite up (DELETE /favourites/{id}).

        :raises BackendNotFound: it is gone already, or another account's.
        """
        await self._delete(self._path("favourites", favourite_id))

    async def fetch_picture(
        self, url: str, *, priority: Priority = Priority.PEOPLE, deadline: float | None = None
    ) -> tuple[bytes, str]:
        """Return a picture's bytes and media type; `deadline` is in seconds."""
        return await self._transport.fetch_picture(self._service, url, priority=priority, deadline=deadline)

    async def check_picture(
        self, url: str, *, priority: Priority = Priority.POOL, deadline: float | None = None
    ) -> PictureFacts:
        """Return what a picture's address gives, without fetching all of it; `deadline` is in seconds."""
        return await self._transport.check_picture(self._service, url, priority=priority, deadline=deadline)

    def _path(self, collection: str, id_: str) -> str:
        """Return the path of one thing; what can be no id is not found without asking."""
        known = clean_id(id_)
        if known is None or not known.strip("."):
            raise BackendNotFound(self._service.name, "no such id")
        return f"{collection}/{quote(known, safe='')}"

    async def _read(
        self,
        path: str,
        decode: Callable[[bytes], T],
        *,
        priority: Priority,
        query: Query = (),
        keep: str | None = None,
    ) -> T:
        try:
            return await self._transport.read(self._service, path, decode, query=query, keep=keep, priority=priority)
        except BackendRejected as error:
            raise _sharper(error) from error

    async def _create(self, path: str, body: dict[str, str | int]) -> str:
        """POST at the sync's priority and return the new id."""
        try:
            answer = await self._transport.write(self._service, "POST", path, body=body)
        except BackendRejected as error:
            raise _sharper(error) from error
        return created_id(answer, self._service.name)

    async def _delete(self, path: str) -> None:
        """DELETE at the sync's priority; any 2XX is success, with a body or without."""
        try:
            await self._transport.write(self._service, "DELETE", path)
        except BackendRejected as error:
            raise _sharper(error) from error

    async def _one(self, path: str, decode: Callable[[bytes], Listed[T]], priority: Priority) -> T:
        found = (await self._read(path, decode, priority=priority)).things
        if len(found) != 1:
            raise BackendNotFound(self._service.name, "an empty answer")
        return found[0]

    async def _pages(
        self,
        path: str,
        decode: Callable[[bytes], Listed[T]],
        name: Callable[[T], str],
        *,
        priority: Priority,
        first: Callable[[bytes], Listed[T]] | None = None,
        query: Query = (),
        limit: int = PAGE,
        cut: Collection[int] = (),
        keep: str | None = None,
    ) -> list[T]:
        """Return a list of several pages, each thing once.

        It ends with a page that is not full, or that brings nothing new (a host that does not know `page`); a page
        of a size in `cut` counts as full. `first` decodes the first page where that is to be stricter.
        """
        found: dict[str, T] = {}
        for page in range(MOST_PAGES):
            asked = (*query, ("limit", str(limit)), ("page", str(page)))
            how = first if first is not None and page == 0 else decode
            listed = await self._read(path, how, query=asked, keep=keep, priority=priority)
            known = len(found)
            for thing in listed.things:
                found.setdefault(name(thing), thing)
            if len(found) == known or (listed.size < limit and listed.size not in cut):
                break
        else:
            log.warning("%s: /%s has more than %d pages; the rest is left out", self._source, path, MOST_PAGES)
        return list(found.values())

    def _found(self, raw: bytes) -> Listed[Found]:
        return items(raw, lambda item: found_picture(item, self._source, self._species), self._service.name)

    def _breeds(self, raw: bytes) -> Listed[Breed]:
        return items(raw, lambda item: breed_made(item, self._species), self._service.name)

    def _all_breeds(self, raw: bytes) -> Listed[Breed]:
        """Decode a page of the whole list; a service without breeds is one that is broken, and not to be kept."""
        listed = self._breeds(raw)
        if not listed.size:
            raise BackendConfused(self._service.name, "an empty list of breeds")
        return listed

    def _one_breed(self, raw: bytes) -> Breed:
        """Decode one breed; raising keeps the answer off the shelf."""
        value = decoded(raw, object, self._service.name) if raw.strip() else None
        if not isinstance(value, dict) or not value:
            raise BackendNotFound(self._service.name, "no such breed")
        return self._breeds(raw).things[0]

    def _categories(self, raw: bytes) -> Listed[Category]:
        return items(raw, category_made, self._service.name)

    def _votes(self, raw: bytes) -> Listed[RemoteVote]:
        return items(raw, vote_made, self._service.name)

    def _favourites(self, raw: bytes) -> Listed[RemoteFavourite]:
        return items(raw, favourite_made, self._service.name)

    def _may_be_shown(self, found: Found) -> bool:
        """Tell whether a picture is safe and at an address that the service is known to use."""
        if found.unsafe:
            return False
        try:
            admitted = self._service.admits(URL(found.picture.url))
        except ValueError:
            admitted = False
        if not admitted:
            log.info("%s: picture %s left out, its address is at no known host", self._source, found.picture.id)
        return admitted


def _of(sub_id: str | None) -> Query:
    return () if sub_id is None else (("sub_id", sub_id),)


def _was_asked_for(
    found: Found,
    breed_ids: Collection[str],
    category_ids: Collection[str],
    motion: Motion | None,
    *,
    named: bool,
) -> bool:
    """Check a picture against the question; what an answer leaves out that is not `named` counts as right."""
    picture = found.picture
    if motion is not None and picture.animated is not (motion is Motion.ANIMATED):
        return False
    if breed_ids and (found.breeds_told or named) and not any(one.id in breed_ids for one in picture.breeds):
        return False
    if not category_ids or not (found.categories_told or named):
        return True
    return any(one.id in category_ids for one in picture.categories)


def _sharper(error: BackendRejected) -> BackendError:
    """Return what a 400 of generations A1 and A2 means, told by its text."""
    if "DUPLICATE_FAVOURITE" in error.reason:
        return AlreadyThere(error.service, error.reason, status=error.status)
    if "Couldn't find an image" in error.reason or "INVALID_ACCOUNT" in error.reason:
        return BackendNotFound(error.service, error.reason, status=error.status)
    return error
