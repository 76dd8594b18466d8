"""Discord is not asked for more messages than the budget allows, whatever people react to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from bot.client import Body
from bot.clock import ManualClock
from bot.telemetry import Counts
from bot.ui.unrecorded import Unrecorded


async def test_thirty_messages_a_minute_are_asked_for(clock: ManualClock) -> None:
    asked: list[int] = []

    async def message(_space: int, _channel: int, message_id: int) -> None:
        asked.append(message_id)

    async def of_message(_message_id: int) -> None:
        return None

    counts = Counts()
    app = SimpleNamespace(clock=clock, counts=counts, posts=SimpleNamespace(of_message=of_message))
    bot: Any = SimpleNamespace(app=app, messenger=SimpleNamespace(message=message), user=None)
    unrecorded = Unrecorded(cast("Body", bot))
    for message_id in range(100):
        clock.advance(0.1)
        await unrecorded.look(5, 200, message_id)
    assert asked == list(range(30))
    assert (counts.of("unrecorded", "unread"), counts.of("unrecorded", "left")) == (30, 70)
    clock.advance(60)
    await unrecorded.look(5, 200, 99)
    assert asked == [*range(30), 99]
