"""Reading what a host of generation B is asked; every fault is named in one list, in the validator's words."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from .generation import BrokenBody, Refused, read_body
from .search import Order, Page

Bounds = Mapping[str, tuple[int, int, int | None]]
"""Numbers in a query by name: what each is by default, at least and at most."""


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


def numbers_of(request: web.Request, bounds: Bounds) -> list[int]:
    """Read numbers by name, each with its default, least and largest; whatever is out of range is named in a list."""
    numbers, faults = _numbers(request, bounds)
    if faults:
        raise Refused(400, faults)
    return numbers


def page_of(request: web.Request, *, default: int, largest: int, order: Order = Order.ASC) -> Page:
    """Read a page; whatever is out of range is named in a list."""
    numbers, faults = _numbers(request, {"limit": (default, 1, largest), "page": (0, 0, None)})
    asked = request.query.get("order", order)
    if asked not in set(Order):
        faults.append("order must be one of the following values: ASC, DESC, RANDOM")
    if faults:
        raise Refused(400, faults)
    limit, index = numbers
    return Page(limit, index, Order(asked))


def _numbers(request: web.Request, bounds: Bounds) -> tuple[list[int], list[str]]:
    """Return the numbers that can be read, and what is wrong with any."""
    numbers: list[int] = []
    faults: list[str] = []
    for name, (default, least, largest) in bounds.items():
        text = request.query.get(name)
        number = default if text is None else _number(text)
        if largest is not None and (number is None or number > largest):
            faults.append(f"{name} must not be greater than {largest}")
        if number is None or number < least:
            faults.append(f"{name} must not be less than {least}")
        if number is None:
            faults.append(f"{name} must be a number conforming to the specified constraints")
        else:
            numbers.append(number)
    return numbers, faults


def _number(text: str) -> int | None:
    try:
        number = int(text)
    except ValueError:
        return None
    return number if abs(number) < 2**31 else None
