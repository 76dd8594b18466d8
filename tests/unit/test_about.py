"""How the services do, as `/about` tells it."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest

from bot.app import api_of
from bot.backends.breaker import Circuit
from bot.backends.transport import Health, Transport
from bot.clock import ManualClock
from bot.models import Source
from bot.monitor import Monitor
from bot.services.about import ServiceNow, State, services_now
from bot.settings import Settings

NOW = ManualClock().now()
BEFORE = NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("health", "answered", "told"),
    [
        (Health(Circuit.CLOSED, 0.0), BEFORE, ServiceNow(Source.CATAPI, State.WELL, BEFORE)),
        (Health(Circuit.CLOSED, 0.0), None, ServiceNow(Source.CATAPI, State.SILENT, None)),
        (
            Health(Circuit.CLOSED, 30.0),
            BEFORE,
            ServiceNow(Source.CATAPI, State.RESTING, BEFORE, NOW + timedelta(seconds=30)),
        ),
        (Health(Circuit.OPEN, 30.0), BEFORE, ServiceNow(Source.CATAPI, State.AWAY, BEFORE)),
        (Health(Circuit.HALF_OPEN, 0.0), None, ServiceNow(Source.CATAPI, State.AWAY, None)),
    ],
)
def test_a_service_is_well_resting_or_away(health: Health, answered: object, told: ServiceNow) -> None:
    transport = Transport("Pawprint/test")
    api = api_of(Settings(), transport, Source.CATAPI)
    heard = {} if answered is None else {"catapi": BEFORE}
    with patch.object(Transport, "health", return_value=health):
        assert services_now([api], transport, heard, NOW) == [told]


def test_an_answer_is_what_a_service_said_itself() -> None:
    clock = ManualClock()
    monitor = Monitor(clock, lambda work, *, name: pytest.fail(name))
    for outcome in (503, "BackendUnavailable", "paused", "circuit"):
        monitor.observe("catapi", "GET", outcome, 0.1, from_cache=False)
    monitor.observe("catapi", "GET", "fresh", 0.0, from_cache=True)
    assert monitor.answered == {}
    clock.advance(5)
    monitor.observe("catapi", "GET", 404, 0.1, from_cache=False)
    assert monitor.answered == {"catapi": monitor.began + timedelta(seconds=5)}
