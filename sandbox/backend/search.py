"""Finding pictures: the filters, the order and the page that both generations share."""

from __future__ import annotations

import random
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from .catalogue import Catalogue, Image


class Order(StrEnum):
    """How a list is ordered."""

    RANDOM = "RANDOM"
    ASC = "ASC"
    DESC = "DESC"


class Page(Struct, frozen=True):
    """A part of a list: `limit` items (None for all) from page number `page`, which begins at 0."""

    limit: int | None = None
    page: int = 0
    order: Order = Order.ASC

    @property
    def offset(self) -> int:
        """How many items lie before the page."""
        return self.page * (self.limit or 0)


class Filters(Struct, frozen=True, kw_only=True):
    """What a picture must have; None means that it does not matter."""

    breed_ids: frozenset[str] | None = None
    category_ids: frozenset[str] | None = None
    extensions: frozenset[str] | None = None
    groups: frozenset[str] | None = None
    without_groups: frozenset[str] = frozenset()
    with_breed: bool = False


def find(catalogue: Catalogue, filters: Filters, page: Page, dice: random.Random) -> tuple[Sequence[Image], int]:
    """Return the page of pictures that match, and how many match in all. A random page knows no page number."""
    matching = [image for image in catalogue.images.values() if _matches(catalogue, filters, image)]
    limit = len(matching) if page.limit is None else page.limit
    if page.order is Order.RANDOM:
        return dice.sample(matching, min(limit, len(matching))), len(matching)
    if page.order is Order.DESC:
        matching.reverse()
    return matching[page.offset : page.offset + limit], len(matching)


def _matches(catalogue: Catalogue, filters: Filters, image: Image) -> bool:
    breed = catalogue.breeds.get(image.breed_id) if image.breed_id else None
    if filters.with_breed and breed is None:
        return False
    if filters.breed_ids is not None and image.breed_id not in filters.breed_ids:
        return False
    if filters.category_ids is not None and str(image.category_id) not in filters.category_ids:
        return False
    if filters.extensions is not None and image.extension not in filters.extensions:
        return False
    group = (breed.group or "").casefold() if breed else ""
    if filters.groups is not None and group not in filters.groups:
        return False
    return group not in filters.without_groups
