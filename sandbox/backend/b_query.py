"""Reading what a host of generation B is asked; every fault is named in one list, in the validator's words."""

from __future__ import annotations

from aiohttp import web

from .generation import BrokenBody, Refused, read_body
from .search import Order, Page


async def body_of(request: web.Request, *, with_value: bool = False) -> dict[str, object]:
    """Read a body and check it; every fault is named in one list."""
    try:
        body = await read_body(request)
    except BrokenBody as error:
        raise Refused(400, str(error)) from error
    faults = []
    if not body.get("image_id"):
        faults.append("image_id should not be empty")
    if not isinstance(body.get("image_id"), str):
        faults.append("image_id must be a string")
    if body.get("sub_id") is not None and not isinstance(body["sub_id"], str):
        faults.append("sub_id must be a string")
    if with_value and value_of(body) is None:
        faults.append("value must be a number conforming to the specified constraints")
    if faults:
        raise Refused(400, faults)
    return body


def value_of(body: dict[str, object]) -> float | None:
    """Return a vote's value, None when it is no number or too large."""
    value = body.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < 2**31 else None


def page_of(request: web.Request, *, default: int, largest: int, order: Order = Order.ASC) -> Page:
    """Read a page; whatever is out of range is named in a list."""
    faults: list[str] = []
    limit, page = request.query.get("limit"), request.query.get("page")
    number = default if limit is None else _number(limit)
    if number is None or number > largest:
        faults.append(f"limit must not be greater than {largest}")
    if number is None or number < 1:
        faults.append("limit must not be less than 1")
    if number is None:
        faults.append("limit must be a number conforming to the specified constraints")
    index = 0 if page is None else _number(page)
    if index is None or index < 0:
        faults.append("page must not be less than 0")
    if index is None:
        faults.append("page must be a number conforming to the specified constraints")
    asked = request.query.get("order", order)
    if asked not in set(Order):
        faults.append("order must be one of the following values: ASC, DESC, RANDOM")
    if faults or number is None or index is None:
        raise Refused(400, faults)
    return Page(number, index, Order(asked))


def _number(text: str) -> int | None:
    try:
        number = int(text)
    except ValueError:
        return None
    return number if abs(number) < 2**31 else None
