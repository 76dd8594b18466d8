"""/about as people see it."""

from __future__ import annotations

import re
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from bot import __version__
from bot.backends.breaker import Circuit
from bot.backends.transport import Health, Transport
from bot.permissions import NEEDED
from tests.simulated.stage import Stage, privately, walk


async def test_the_bot_tells_of_itself_and_names_no_address(stage: Stage) -> None:
    told = await stage.mia.slash(stage.pets, "about")
    text = privately(told)
    assert f"### 🐾 Pawprint {__version__}" in text
    assert re.search(r"Started <t:\d+:R>", text)
    assert "Discord answers in 0 ms" in text
    assert "Shard 0, of 1 in all" in text
    assert "In 1 server\n" in text
    assert re.search(r"✅ TheCatAPI · last answer <t:\d+:R>\n✅ TheDogAPI · last answer <t:\d+:R>", text)
    assert "a pseudonym, never who you are" in text
    assert "MIT licence" in text
    for url in (stage.backend.cat_url, stage.backend.dog_url):
        assert (urlsplit(url).hostname or "?") not in text
    assert "http" not in text
    assert told.response is not None
    (button,) = [c for c in walk(told.response.components) if c["type"] == 2]
    asked = parse_qs(urlsplit(button["url"]).query)
    assert asked["client_id"] == [str(stage.bot.application_id)]
    assert asked["permissions"] == [str(NEEDED.value)]


class Forgetful(dict[str, object]):
    """Takes no note of the answers that go on coming in the background."""

    def __setitem__(self, key: str, value: object) -> None:
        return


async def test_a_service_in_trouble_is_told_in_direct_messages_too(stage: Stage) -> None:
    said = []
    for health in (Health(Circuit.CLOSED, 60.0), Health(Circuit.OPEN, 0.0)):
        with patch.object(Transport, "health", return_value=health):
            said.append(privately(await stage.mia.user.slash("about")))
    assert re.search(r"⏸️ TheCatAPI · asked for a rest, which ends <t:\d+:R>", said[0])
    assert re.search(r"⚠️ TheDogAPI · does not answer, and last did <t:\d+:R>; I try again by myself", said[1])
    with patch.object(stage.app.monitor, "answered", Forgetful()):
        assert "💤 TheCatAPI · has not answered since I started" in privately(
            await stage.mia.slash(stage.pets, "about")
        )
        with patch.object(Transport, "health", return_value=Health(Circuit.HALF_OPEN, 0.0)):
            assert "⚠️ TheDogAPI · does not answer; I try" in privately(await stage.mia.slash(stage.pets, "about"))


async def test_a_latency_that_is_not_known_yet_is_left_out(stage: Stage) -> None:
    with patch.object(type(stage.bot), "latencies", [(0, float("nan"))]):
        text = privately(await stage.mia.slash(stage.pets, "about"))
    assert "Discord answers" not in text
    assert "Shard 0" in text
