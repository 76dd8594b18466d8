"""Generation B (since late 2025): a JSON envelope for errors, validated queries, pictures attached when asked for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TypeVar

from aiohttp import web

from .b_query import body_of, page_of, value_of
from .b_shapes import SPECIES_IDS, breed_core, breed_whole
from .catalogue import BreedEntry, Image
from .facts import FactsB
from .generation import (
    COUNTRY,
    IMAGE_ID_LENGTH,
    SUB_ID_LENGTH,
    Generation,
    Host,
    Refused,
    answer,
    folded,
    pagination,
    truth,
    whole,
    words,
)
from .limits import Allowance, seconds_text
from .search import Filters, Order, Page, find
from .state import AlreadyFavourite, Favourite, Mine, Vote

RATE_LIMIT = 10
"""Calls a minute for a key of the free plan (documented)."""

ANONYMOUS_LIMIT = 10
"""Pictures that a search without a key gives at most (inferred from generation A2)."""

T = TypeVar("T")

KEY_NEEDED = "Authentication required: Please provide a valid API key"
BEARER_NEEDED = "Authentication required: Please provide a valid bearer token"


class GenerationB(Generation):
    """A host of generation B, after the document of version 1.7.1.

    `votes_readable` answers GET /votes to a key; the document asks for a bearer token there, which no bot has.
    """

    too_many = "Too many requests, please try again later"  # inferred

    def __init__(self, host: Host, *, votes_readable: bool = False) -> None:
        super().__init__(host)
        self.votes_readable = votes_readable

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return the routes below `/v1`; no vote can be deleted here."""
        return [
            web.get("/images/search", self.search),
            web.get("/images/{id}", self.image),
            web.get("/breeds", self.breeds),
            web.get("/breeds/search", self.search_breeds),
            web.get("/breeds/breed-groups", self.breed_groups),
            web.get("/breeds/{id}", self.breed),
            web.get("/categories", self.categories),
            web.get("/categories/{id}", self.category),
            web.get("/votes", self.votes),
            web.post("/votes", self.cast_vote),
            web.get("/votes/{id}", self.vote),
            web.get("/favourites", self.favourites),
            web.post("/favourites", self.add_favourite),
            web.get("/favourites/{id}", self.favourite),
            web.delete("/favourites/{id}", self.remove_favourite),
            web.get("/sub-ids", self.sub_ids),
            *FactsB(self.host).routes(),
        ]

    def admit(self, request: web.Request, account: str | None) -> None:
        """Ask for a key everywhere but at pictures; an unknown route is told before a missing key."""
        known = request.match_info.http_exception is None
        if known and account is None and not self.host.path(request).startswith("/v1/images/"):
            raise Refused(403, KEY_NEEDED)

    def refusal(self, request: web.Request, refused: Refused) -> web.Response:
        """Say no in the JSON envelope; the message is a list where a query or a body is not valid."""
        told = {"statusCode": refused.status, "timestamp": self.host.now(), "path": self.host.path(request)}
        return answer(
            told | {"message": refused.message, "error": HTTPStatus(refused.status).phrase}, status=refused.status
        )

    def headers(self, _account: str | None, allowance: Allowance | None) -> Mapping[str, str]:
        """Return the limit's headers for a key (inferred from generation A2), and Retry-After on a refusal."""
        told = {"Vary": "Origin", "X-Content-Type-Options": "nosniff"}
        if allowance is None:
            return told
        retry = {"Retry-After": seconds_text(math.ceil(allowance.seconds))} if allowance.exceeded else {}
        return told | allowance.headers | retry

    async def search(self, request: web.Request) -> web.StreamResponse:
        """Answer /images/search. `sub_id` narrows it to that sub_id's own uploads, of which there are none."""
        query = request.query
        page = page_of(request, default=1, largest=100, order=Order.RANDOM)
        if self.host.account(request) is None:
            page = Page(min(page.limit or 1, ANONYMOUS_LIMIT), page.page, page.order)
        filters = Filters(
            breed_ids=words(query.get("breed_ids") or query.get("breed_id")),
            groups=folded(query.get("breed_groups")),
            without_groups=folded(query.get("exclude_breed_groups")) or frozenset(),
            with_breed=truth(query.get("has_breeds"), False),
        )
        images, count = find(self.host.catalogue, filters, page, self.host.dice)
        if query.get("sub_id") or not self._right_species(request):
            images, count = [], 0
        items = [self._image(request, image) for image in images]
        return answer(items, headers=None if page.order is Order.RANDOM else pagination(page, count))

    async def image(self, request: web.Request) -> web.StreamResponse:
        """Answer /images/{id}."""
        image = self.host.catalogue.images.get(request.match_info["id"])
        if image is None:
            raise Refused(404, f'Image with id "{request.match_info["id"]}" not found')
        return answer(self._image(request, image))

    async def breeds(self, request: web.Request) -> web.StreamResponse:
        """Answer /breeds."""
        page = page_of(request, default=1000, largest=1000)
        groups, without = (folded(request.query.get(name)) for name in ("breed_groups", "exclude_breed_groups"))
        found = [
            entry
            for entry in self._every_breed(request, page.order)
            if (groups is None or (entry.group or "").casefold() in groups)
            and (entry.group or "").casefold() not in (without or ())
        ]
        return answer([self._breed(entry) for entry in _part(found, page)], headers=pagination(page, len(found)))

    async def search_breeds(self, request: web.Request) -> web.StreamResponse:
        """Answer /breeds/search: names that contain `q`, which has 1 to 30 characters."""
        page = page_of(request, default=10, largest=100)
        asked = request.query.get("q")
        if asked is not None and not asked:
            raise Refused(400, ["q must be longer than or equal to 1 characters"])
        if asked is not None and len(asked) > 30:
            raise Refused(400, ["q must be shorter than or equal to 30 characters"])
        found = [
            entry
            for entry in self._every_breed(request, page.order)
            if asked is None or asked.casefold() in entry.name.casefold()
        ]
        return answer([self._breed(entry) for entry in _part(found, page)], headers=pagination(page, len(found)))

    async def breed_groups(self, request: web.Request) -> web.StreamResponse:
        """Answer /breeds/breed-groups with their names."""
        every = self._every_breed(request, Order.ASC)
        return answer(sorted({entry.group for entry in every if entry.group}))

    async def breed(self, request: web.Request) -> web.StreamResponse:
        """Answer /breeds/{id}."""
        entry = self.host.catalogue.breeds.get(request.match_info["id"])
        if entry is None:
            raise Refused(404, f'Breed with id "{request.match_info["id"]}" not found')
        return answer(self._breed(entry))

    async def categories(self, request: web.Request) -> web.StreamResponse:
        """Answer /categories."""
        page = page_of(request, default=10, largest=100)
        every = [self._category(number) for number, _ in self.host.catalogue.categories]
        return answer(_part(every, page), headers=pagination(page, len(every)))

    async def category(self, request: web.Request) -> web.StreamResponse:
        """Answer /categories/{id}."""
        number = whole(request.match_info["id"])
        if number is None or number not in dict(self.host.catalogue.categories):
            raise Refused(404, f'Category with id "{request.match_info["id"]}" not found')
        return answer(self._category(number))

    async def votes(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /votes."""
        self._bearer()
        page = page_of(request, default=10, largest=100)
        votes, count = await self.host.state.votes(self._mine(request), page)
        return answer([self._vote(vote) for vote in votes], headers=pagination(page, count))

    async def cast_vote(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /votes; the picture need not exist (not evidenced either way)."""
        body = await body_of(request, with_value=True)
        vote = await self.host.state.add_vote(self._mine(request, body), value_of(body) or 0, self.host.now())
        return answer(self._vote(vote))

    async def vote(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /votes/{id}."""
        self._bearer()
        number = whole(request.match_info["id"])
        vote = None if number is None else await self.host.state.vote(self.host.species, number)
        if vote is None or vote.account != self.host.account(request):
            raise Refused(404, f'Vote with id "{request.match_info["id"]}" not found')
        return answer(self._vote(vote))

    async def favourites(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /favourites; pictures only with `attach_image`."""
        page = page_of(request, default=10, largest=100)
        favourites, count = await self.host.state.favourites(self._mine(request), page)
        attach = truth(request.query.get("attach_image"), False)
        items = [self._favourite(request, one, attach) for one in favourites]
        return answer(items, headers=pagination(page, count))

    async def add_favourite(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /favourites; the same one twice is a conflict."""
        mine = self._mine(request, await body_of(request))
        try:
            favourite = await self.host.state.add_favourite(mine, self.host.now())
        except AlreadyFavourite as error:
            raise Refused(409, f'Favourite for image "{mine.image_id}" already exists') from error
        return answer(self._favourite(request, favourite, False))

    async def favourite(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /favourites/{id}."""
        return answer(self._favourite(request, await self._own_favourite(request), False))

    async def remove_favourite(self, request: web.Request) -> web.StreamResponse:
        """Answer DELETE /favourites/{id}."""
        await self.host.state.remove_favourite((await self._own_favourite(request)).id)
        return answer({"message": "SUCCESS"})

    async def sub_ids(self, request: web.Request) -> web.StreamResponse:
        """Answer /sub-ids with what the account keeps under each."""
        uses = await self.host.state.sub_ids(self._mine(request))
        page = page_of(request, default=len(uses) or 1, largest=1000)
        told = [
            {"sub_id": use.sub_id, "images": 0, "votes": use.votes, "favourites": use.favourites, "pets": 0}
            for use in uses
        ]
        return answer(_part(told, page))

    def _bearer(self) -> None:
        if not self.votes_readable:
            raise Refused(403, BEARER_NEEDED)

    def _right_species(self, request: web.Request) -> bool:
        return request.query.get("species_id", "") in ("", SPECIES_IDS[self.host.species])

    def _every_breed(self, request: web.Request, order: Order) -> list[BreedEntry]:
        every = list(self.host.catalogue.breeds.values()) if self._right_species(request) else []
        if order is Order.RANDOM:
            self.host.dice.shuffle(every)
        return every[::-1] if order is Order.DESC else every

    def _image(self, request: web.Request, image: Image) -> dict[str, object]:
        told: dict[str, object] = {"id": image.id, "url": self.host.image_url(image)}
        told |= {"width": image.width, "height": image.height}
        if truth(request.query.get("include_breeds"), True):
            entry = self.host.catalogue.breeds.get(image.breed_id) if image.breed_id else None
            told["breeds"] = [breed_core(entry, self.host.species, embedded=True)] if entry else []
        if truth(request.query.get("include_categories"), True):
            told["categories"] = [] if image.category_id is None else [self._category(image.category_id)]
        return told

    def _category(self, number: int) -> dict[str, str]:
        name = dict(self.host.catalogue.categories)[number]
        return {"id": str(number), "name": name, "species_id": SPECIES_IDS[self.host.species]}

    def _breed(self, entry: BreedEntry) -> dict[str, object]:
        image = entry.reference
        if image is None:
            return breed_whole(entry, self.host.species, None)
        shown = {"id": image.id, "url": self.host.image_url(image), "width": image.width, "height": image.height}
        return breed_whole(entry, self.host.species, shown)

    def _vote(self, vote: Vote) -> dict[str, object]:
        return _kept(vote) | {"value": vote.value, "country_code": COUNTRY}

    def _favourite(self, request: web.Request, one: Favourite, attach: bool) -> dict[str, object]:
        image = self.host.catalogue.images.get(one.image_id) if attach else None
        return _kept(one) | ({} if image is None else {"image": self._image(request, image)})

    def _mine(self, request: web.Request, body: dict[str, object] | None = None) -> Mine:
        account = self.host.account(request) or ""
        given = request.query if body is None else body
        sub_id, image_id = given.get("sub_id"), given.get("image_id")
        return Mine(
            self.host.species,
            account,
            sub_id[:SUB_ID_LENGTH] if isinstance(sub_id, str) and sub_id else None,
            image_id[:IMAGE_ID_LENGTH] if isinstance(image_id, str) and image_id else None,
        )

    async def _own_favourite(self, request: web.Request) -> Favourite:
        number = whole(request.match_info["id"])
        favourite = None if number is None else await self.host.state.favourite(self.host.species, number)
        if favourite is None:
            raise Refused(404, f'Favourite with id "{request.match_info["id"]}" not found')
        if favourite.account != self.host.account(request):
            raise Refused(403, "Forbidden resource")
        return favourite


def _kept(one: Favourite) -> dict[str, object]:
    sub_id = {} if one.sub_id is None else {"sub_id": one.sub_id}
    return {"id": one.id, "image_id": one.image_id} | sub_id | {"created_at": one.created_at}


def _part(items: list[T], page: Page) -> list[T]:
    return items[page.offset : page.offset + (page.limit or 0)]
