"""How the services do, as anybody may know it: no addresses, no keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.backends.breaker import Circuit
from bot.backends.thatapi import ThatApi
from bot.backends.transport import Health, Transport
from bot.models import Source


class State(StrEnum):
    """What can be said of a service."""

    WELL = "well"
    SILENT = "silent"
    """Nothing was heard of it since the start."""
    RESTING = "resting"
    """It asked for fewer calls, and is given a rest."""
    AWAY = "away"
    """It failed again and again; it is left alone, or tried with a single call."""


class ServiceNow(Struct, frozen=True):
    """A service at this moment. `answered` is when it last did, `rests_until` when its pause is over."""

    source: Source
    state: State
    answered: datetime | None
    rests_until: datetime | None = None


def services_now(
    apis: Iterable[ThatApi], transport: Transport, answered: Mapping[str, datetime], now: datetime
) -> list[ServiceNow]:
    """Return how each service does; nothing is asked of them for it."""
    return [_now(api.source, transport.health(api.service), answered.get(api.service.name), now) for api in apis]


def _now(source: Source, health: Health, answered: datetime | None, now: datetime) -> ServiceNow:
    if health.circuit is not Circuit.CLOSED:
        return ServiceNow(source, State.AWAY, answered)
    if health.paused_for > 0:
        return ServiceNow(source, State.RESTING, answered, now + timedelta(seconds=health.paused_for))
    return ServiceNow(source, State.SILENT if answered is None else State.WELL, answered)
