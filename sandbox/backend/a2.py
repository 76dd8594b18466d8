"""Generation A2 (2023 to 2025): bare-text errors, keys left out when empty, votes that can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiohttp import web

from .a2_query import body_of, number_in, order_in, page_of, value_of
from .catalogue import BreedEntry, Image
from .facts import FactsA2
from .generation import (
    COUNTRY,
    IMAGE_ID_LENGTH,
    SUB_ID_LENGTH,
    Generation,
    Refused,
    answer,
    pagination,
    truth,
    whole,
    words,
)
from .limits import Allowance
from .search import Filters, Order, Page, find
from .state import AlreadyFavourite, Favourite, Mine, Vote

RATE_LIMIT = 120
"""Calls a minute for a key (recorded)."""

ANONYMOUS_LIMIT = 10
"""Whoever asks for more than one picture without a key gets this many (recorded)."""

KEYED_LIMIT = 25

AUTHENTICATION = "AUTHENTICATION_ERROR"
AUTHENTICATION_HOW = "AUTHENTICATION_ERROR - you need to send your API Key as the 'x-api-key' header"
DUPLICATE = "DUPLICATE_FAVOURITE - favourites are unique for account + image_id + sub_id"
NOT_MINE = "INVALID_ACCOUNT"
NOT_FOUND = "NOT_FOUND"

HEADERS = {
    "Cache-Control": "post-check=0, pre-check=0",
    "Expires": "Tue, 03 Jul 2001 06:00:00 GMT",
    "Vary": "Origin",
    "X-DNS-Prefetch-Control": "off",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Download-Options": "noopen",
    "X-Content-Type-Options": "nosniff",
    "X-XSS-Protection": "1; mode=block",
}
"""As recorded from the live service in 2023 and 2024."""

SMALL_SIZES = {"thumb": 150, "small": 390}
"""Longest side in pixels of the sizes that have an address of their own; our pictures are smaller than the others."""


class GenerationA2(Generation):
    """A host of generation A2. What its documents leave open is marked inferred."""

    too_many = "Too Many Requests"  # inferred

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return the routes below `/v1`."""
        return [
            web.get("/images/search", self.search),
            web.get("/images/{id}", self.image),
            web.get("/breeds", self.breeds),
            web.get("/breeds/search", self.search_breeds),
            web.get("/breeds/{id}", self.breed),
            web.get("/categories", self.categories),
            web.get("/votes", self.votes),
            web.post("/votes", self.cast_vote),
            web.get("/votes/{id}", self.vote),
            web.delete("/votes/{id}", self.withdraw_vote),
            web.delete("/vote/{id}", self.withdraw_vote),
            web.get("/favourites", self.favourites),
            web.post("/favourites", self.add_favourite),
            web.get("/favourites/{id}", self.favourite),
            web.delete("/favourites/{id}", self.remove_favourite),
            *FactsA2(self.host).routes(),
        ]

    def admit(self, request: web.Request, account: str | None) -> None:
        """Ask for a key where something of an account's own is read or written."""
        path = self.host.path(request).split("/")
        if account is None and (path[2:3] in (["votes"], ["vote"], ["favourites"], ["facts"]) or path[-1] == "facts"):
            raise Refused(401, AUTHENTICATION if request.method == "POST" else AUTHENTICATION_HOW)

    def refusal(self, _request: web.Request, refused: Refused) -> web.Response:
        """Say no in bare text."""
        message = refused.message if isinstance(refused.message, str) else ", ".join(refused.message)
        return web.Response(text=message, status=refused.status, content_type="text/plain", charset="utf-8")

    def headers(self, account: str | None, allowance: Allowance | None) -> Mapping[str, str]:
        """Return the recorded headers, with the limit's for a key."""
        told = {"authenticated": "true" if account else "false", "x-response-time": "3ms"}
        return HEADERS | told | (allowance.headers if allowance else {})

    async def search(self, request: web.Request) -> web.StreamResponse:
        """Answer /images/search: always a list; without a key one picture or ten, and no breeds."""
        query, account = request.query, self.host.account(request)
        asked = number_in(query.get("limit"), 1, least=1)
        if account is None:
            page = Page(limit=1 if asked == 1 else ANONYMOUS_LIMIT, order=Order.RANDOM)
        else:
            order = order_in(query.get("order"), Order.RANDOM)
            page = Page(limit=min(asked, KEYED_LIMIT), page=number_in(query.get("page"), 0, least=0), order=order)
        types = words(query.get("mime_types"))
        filters = Filters(
            breed_ids=words(query.get("breed_ids") or query.get("breed_id")),
            category_ids=words(query.get("category_ids")),
            extensions=frozenset("jpg" if one == "jpeg" else one for one in types) if types else None,
            with_breed=truth(query.get("has_breeds"), False),
        )
        images, count = find(self.host.catalogue, filters, page, self.host.dice)
        size = query.get("size", "full")
        if query.get("format") == "src" and images:
            return web.Response(status=302, headers={"Location": self._sized_url(images[0], size)})
        items = [await self._found(request, image, account, size) for image in images]
        return answer(items, headers=None if page.order is Order.RANDOM else pagination(page, count))

    async def image(self, request: web.Request) -> web.StreamResponse:
        """Answer /images/{id}; its breeds come without a key too (inferred)."""
        image_id, account = request.match_info["id"], self.host.account(request)
        image = self.host.catalogue.images.get(image_id)
        if image is None:
            raise Refused(400, f"Couldn't find an image matching the passed 'id' of {image_id}")
        item = {"id": image.id, "width": image.width, "height": image.height, "url": self.host.image_url(image)}
        breeds = self._breeds_of(image)
        extra = {"breeds": breeds} if breeds else {}
        return answer(item | extra | await self._mine_of(request, image, account))

    async def breeds(self, request: web.Request) -> web.StreamResponse:
        """Answer /breeds: all of them unless a limit is given; their pictures only with a key (recorded)."""
        limit = number_in(request.query.get("limit"), 0, least=1)
        page = Page(limit=limit or None, page=number_in(request.query.get("page"), 0, least=0))
        every = list(self.host.catalogue.breeds.values())
        part = every[page.offset :] if page.limit is None else every[page.offset : page.offset + page.limit]
        with_image = self.host.account(request) is not None
        return answer([self._breed(one, with_image) for one in part], headers=pagination(page, len(every)))

    async def search_breeds(self, request: web.Request) -> web.StreamResponse:
        """Answer /breeds/search: names that contain `q`, without regard to case."""
        asked = request.query.get("q", "").casefold()
        with_image = truth(request.query.get("attach_image"), False)
        found = [one for one in self.host.catalogue.breeds.values() if asked and asked in one.name.casefold()]
        return answer([self._breed(one, with_image) for one in found])

    async def breed(self, request: web.Request) -> web.StreamResponse:
        """Answer /breeds/{id}, without its picture; how an unknown one is refused is inferred."""
        entry = self.host.catalogue.breeds.get(request.match_info["id"])
        if entry is None:
            raise Refused(400, f"Couldn't find a breed matching the passed 'id' of {request.match_info['id']}")
        return answer(entry.record)

    async def categories(self, _request: web.Request) -> web.StreamResponse:
        """Answer /categories."""
        return answer([{"id": number, "name": name} for number, name in self.host.catalogue.categories])

    async def votes(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /votes with the account's votes."""
        page = page_of(request)
        votes, count = await self.host.state.votes(self._mine(request), page)
        return answer([self._vote(vote) for vote in votes], headers=pagination(page, count))

    async def cast_vote(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /votes: any number is kept as it is, and the picture need not exist."""
        body = await body_of(request)
        vote = await self.host.state.add_vote(self._mine(request, body), value_of(body), self.host.now())
        sub_id = {} if vote.sub_id is None else {"sub_id": vote.sub_id}
        told = {"message": "SUCCESS", "id": vote.id, "image_id": vote.image_id}
        return answer(told | sub_id | {"value": vote.value, "country_code": COUNTRY}, status=201)

    async def vote(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /votes/{id}."""
        vote = await self._own_vote(request)
        return answer({"user_id": vote.account} | self._vote(vote))

    async def withdraw_vote(self, request: web.Request) -> web.StreamResponse:
        """Answer DELETE /votes/{id}."""
        vote = await self._own_vote(request)
        await self.host.state.remove_vote(vote.id)
        return answer({"message": "SUCCESS"})

    async def favourites(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /favourites with the account's favourites."""
        page = page_of(request)
        favourites, count = await self.host.state.favourites(self._mine(request), page)
        return answer([self._favourite(one) for one in favourites], headers=pagination(page, count))

    async def add_favourite(self, request: web.Request) -> web.StreamResponse:
        """Answer POST /favourites; the same one twice is refused."""
        body = await body_of(request)
        try:
            favourite = await self.host.state.add_favourite(self._mine(request, body), self.host.now())
        except AlreadyFavourite as error:
            raise Refused(400, DUPLICATE) from error
        return answer({"message": "SUCCESS", "id": favourite.id})

    async def favourite(self, request: web.Request) -> web.StreamResponse:
        """Answer GET /favourites/{id}."""
        favourite = await self._any_favourite(request)
        if favourite is None or favourite.account != self.host.account(request):
            raise Refused(404, NOT_FOUND)
        return answer(self._favourite(favourite))

    async def remove_favourite(self, request: web.Request) -> web.StreamResponse:
        """Answer DELETE /favourites/{id}; foreign and unknown ones are refused alike."""
        favourite = await self._any_favourite(request)
        if favourite is None or favourite.account != self.host.account(request):
            raise Refused(400, NOT_MINE)
        await self.host.state.remove_favourite(favourite.id)
        return answer({"message": "SUCCESS"})

    async def _found(self, request: web.Request, image: Image, account: str | None, size: str) -> dict[str, object]:
        item: dict[str, object] = {"id": image.id, "url": self._sized_url(image, size)}
        item |= {"width": image.width, "height": image.height}
        if account is None:
            return item
        if truth(request.query.get("include_breeds"), True):
            item["breeds"] = self._breeds_of(image)
        if image.category_id is not None and truth(request.query.get("include_categories"), True):
            names = dict(self.host.catalogue.categories)
            item["categories"] = [{"id": image.category_id, "name": names[image.category_id]}]
        return item | await self._mine_of(request, image, account)

    async def _mine_of(self, request: web.Request, image: Image, account: str | None) -> dict[str, object]:
        """Return the vote and the favourite that the account gave the picture under the query's sub_id."""
        sub_id = request.query.get("sub_id")
        if account is None or not sub_id:
            return {}
        told: dict[str, object] = {}
        mine = Mine(self.host.species, account, sub_id[:SUB_ID_LENGTH], image.id)
        last = Page(limit=1, order=Order.DESC)
        votes, _ = await self.host.state.votes(mine, last)
        if votes:
            told["vote"] = {"id": votes[0].id, "value": votes[0].value}
        favourites, _ = await self.host.state.favourites(mine, last)
        if favourites:
            told["favourite"] = {"id": favourites[0].id}
        return told

    def _breeds_of(self, image: Image) -> list[dict[str, object]]:
        entry = self.host.catalogue.breeds.get(image.breed_id) if image.breed_id else None
        return [entry.record] if entry else []

    def _breed(self, entry: BreedEntry, with_image: bool) -> dict[str, object]:
        image = entry.reference
        if image is None or not with_image:
            return entry.record
        shown = {"id": image.id, "width": image.width, "height": image.height, "url": self.host.image_url(image)}
        return entry.record | {"image": shown}

    def _vote(self, vote: Vote) -> dict[str, object]:
        kept = {"id": vote.id, "image_id": vote.image_id, "sub_id": vote.sub_id, "created_at": vote.created_at}
        return kept | {"value": vote.value, "country_code": COUNTRY, "image": self._linked(vote.image_id)}

    def _favourite(self, one: Favourite) -> dict[str, object]:
        kept = {"id": one.id, "user_id": one.account, "image_id": one.image_id, "sub_id": one.sub_id}
        return kept | {"created_at": one.created_at, "image": self._linked(one.image_id)}

    def _linked(self, image_id: str) -> dict[str, str]:
        image = self.host.catalogue.images.get(image_id)
        return {} if image is None else {"id": image.id, "url": self.host.image_url(image)}

    def _sized_url(self, image: Image, size: str) -> str:
        longest = SMALL_SIZES.get(size)
        if longest is None or image.extension == "gif" or longest >= max(image.width, image.height):
            return self.host.image_url(image)
        share = longest / max(image.width, image.height)
        suffix = f"_{round(image.width * share)}x{round(image.height * share)}"
        return f"{self.host.url}/images/{image.id}{suffix}.{image.extension}"

    def _mine(self, request: web.Request, body: dict[str, object] | None = None) -> Mine:
        account = self.host.account(request) or ""
        sub_id = request.query.get("sub_id") if body is None else body.get("sub_id")
        image_id = None if body is None else str(body["image_id"])[:IMAGE_ID_LENGTH]
        return Mine(self.host.species, account, sub_id[:SUB_ID_LENGTH] if isinstance(sub_id, str) else None, image_id)

    async def _own_vote(self, request: web.Request) -> Vote:
        number = whole(request.match_info["id"])
        vote = None if number is None else await self.host.state.vote(self.host.species, number)
        if vote is None:
            raise Refused(404, NOT_FOUND)
        if vote.account != self.host.account(request):
            raise Refused(404, NOT_MINE)
        return vote

    async def _any_favourite(self, request: web.Request) -> Favourite | None:
        number = whole(request.match_info["id"])
        return None if number is None else await self.host.state.favourite(self.host.species, number)
