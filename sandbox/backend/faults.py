"""Faults on demand: what a host shall do wrong, where, and how often."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from bot.models import Species


class Kind(StrEnum):
    """Ways to misbehave."""

    DELAY = "delay"
    """The answer comes `seconds` late; other faults may follow."""
    LIMITED = "limited"
    """429, in one of the header styles."""
    ERROR = "error"
    """500, plain text."""
    BAD_GATEWAY = "bad_gateway"
    """502, an HTML page."""
    UNAVAILABLE = "unavailable"
    """503, an HTML page."""
    DROPPED = "dropped"
    """The connection ends before any answer, after the request was carried out or not: see `carried_out`."""
    CUT = "cut"
    """The answer ends in the middle of its body."""
    ENDLESS = "endless"
    """The body does not end."""
    WRONG_TYPE = "wrong_type"
    """200, but an HTML page."""
    EMPTY = "empty"
    """200, an empty list."""
    KEY_REVOKED = "key_revoked"
    """The key counts as unknown."""
    IMAGE_MISSING = "image_missing"
    """A picture: 404."""
    IMAGE_REDIRECT = "image_redirect"
    """A picture: 302 to `location`, or to its own address with a query."""
    IMAGE_HUGE = "image_huge"
    """A picture: a GIF of more than 10 MiB."""
    AGENT_REFUSED = "agent_refused"
    """A picture: 403 for a User-Agent that names a library instead of a program."""


PICTURE_KINDS = frozenset({Kind.IMAGE_MISSING, Kind.IMAGE_REDIRECT, Kind.IMAGE_HUGE, Kind.AGENT_REFUSED})
MILD_KINDS = frozenset({Kind.DELAY, Kind.KEY_REVOKED})
"""Faults after which the request goes on."""


class LimitStyle(StrEnum):
    """How a 429 says when to come back."""

    SECONDS = "retry-after"
    DATE = "retry-after-date"
    OWN = "retry-after-seconds"
    RESET_ISO = "ratelimit-reset"
    RESET_EPOCH = "ratelimit-reset-epoch"
    NONE = "none"


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault. It holds for one host or both, for paths below `/v1` (pictures: `/images`) that begin with `path`.

    `times` is the number of requests it still meets, None until it is cleared.
    """

    kind: Kind
    species: Species | None = None
    path: str = ""
    times: Annotated[int, Meta(ge=1)] | None = None
    seconds: Annotated[float, Meta(ge=0)] = 1.0
    style: LimitStyle = LimitStyle.SECONDS
    location: str = ""
    carried_out: bool = False

    def meets(self, species: Species, path: str) -> bool:
        """Whether the fault is meant for a path such as `/v1/votes` or `/images/abc.jpg` of a host."""
        usual = "/images/" if self.kind in PICTURE_KINDS else "/v1/"
        return self.species in (None, species) and path.startswith(self.path or usual)


class Faults:
    """The faults that are set. Change it at any time; it counts down as requests are met."""

    def __init__(self) -> None:
        self._set: list[Fault] = []

    @property
    def active(self) -> tuple[Fault, ...]:
        """The faults that are set now, oldest first."""
        return tuple(self._set)

    def add(self, fault: Fault) -> None:
        """Set one more fault."""
        self._set.append(fault)

    def clear(self, *kinds: Kind) -> None:
        """Take back the faults of some kinds, without any named: all."""
        self._set = [fault for fault in self._set if kinds and fault.kind not in kinds]

    def take(self, species: Species, path: str) -> list[Fault]:
        """Return what a request shall suffer, counted down: delays and a revoked key, then one other fault at most."""
        taken: list[Fault] = []
        kept: list[Fault] = []
        settled = False
        for fault in self._set:
            mild = fault.kind in MILD_KINDS
            if (settled and not mild) or not fault.meets(species, path):
                kept.append(fault)
                continue
            settled = settled or not mild
            taken.append(fault)
            if fault.times is None:
                kept.append(fault)
            elif fault.times > 1:
                kept.append(msgspec.structs.replace(fault, times=fault.times - 1))
        self._set = kept
        return sorted(taken, key=lambda fault: fault.kind not in MILD_KINDS)
