"""Reading what a host of generation A2 is asked, and refusing it in the validator's words (recorded)."""

from __future__ import annotations

import math

from aiohttp import web

from .generation import BrokenBody, Refused, read_body, whole
from .search import Order, Page

LIST_LIMIT = 100
LARGEST_VALUE = 2**31 - 1
INVALID = "INVALID_DATA"


async def body_of(request: web.Request) -> dict[str, object]:
    """Read a body and check what votes and favourites share, in the words of the validator (recorded)."""
    try:
        body = await read_body(request)
    except BrokenBody as error:
        raise Refused(400, str(error)) from error
    if "image_id" not in body:
        raise Refused(400, '"image_id" is required')
    for name in ("image_id", "sub_id"):
        if name in body and not isinstance(body[name], str):
            raise Refused(400, f'"{name}" must be a string')
    if not body["image_id"]:
        raise Refused(400, '"image_id" is not allowed to be empty')
    return body


def page_of(request: web.Request) -> Page:
    """Read a list's page; a limit below 1 is refused, a large one honoured (recorded)."""
    numbers = []
    for name, default, least in (("limit", LIST_LIMIT, 1), ("page", 0, 0)):
        text = request.query.get(name)
        number = default if text is None else whole(text)
        if number is None or number < least:
            raise Refused(400, INVALID)
        numbers.append(min(number, LARGEST_VALUE))
    return Page(numbers[0], numbers[1], order_in(request.query.get("order"), Order.ASC))


def value_of(body: dict[str, object]) -> float:
    """Read a vote's value: any number that is not too large."""
    if "value" not in body:
        raise Refused(400, '"value" is required')
    value = body["value"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(400, INVALID)
    if not math.isfinite(value) or abs(value) > LARGEST_VALUE:
        raise Refused(400, INVALID)
    return value


def number_in(text: str | None, default: int, *, least: int) -> int:
    """Read a number from a query leniently: whatever is not good is the default."""
    number = whole(text or "")
    return default if number is None or number < least else number


def order_in(text: str | None, default: Order) -> Order:
    """Read an order, in the short form of the vendor's own client too."""
    asked = (text or "").upper()
    return {"ASC": Order.ASC, "DESC": Order.DESC, "RAND": Order.RANDOM, "RANDOM": Order.RANDOM}.get(asked, default)
