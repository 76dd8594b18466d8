"""Who is forgotten is forgotten at both services over real sockets, also when these are down for a while."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.identity import Person
from bot.models import PictureKey, Source, Species
from bot.services.votes import Door, Vote
from sandbox.backend.application import EmbeddedBackend
from sandbox.backend.faults import Fault, Kind
from tests.wire.operating import app_on, delivered

MIA, NOAH = Person(7, 11), Person(7, 12)
AT_HOME = Person(0, 11)


@pytest.fixture
def environment(backend: EmbeddedBackend, tmp_path: Path) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": "not.asked.for",
        "DATA_DIR": str(tmp_path / "data"),
        "CAT_API_URL": backend.cat_url,
        "CAT_API_KEY": backend.cat_key,
        "DOG_API_URL": backend.dog_url,
        "DOG_API_KEY": backend.dog_key,
    }


async def held(backend: EmbeddedBackend) -> dict[str, set[str]]:
    """Return under which pseudonyms the services hold votes and favourites."""
    votes = {f"{each} votes": {str(one.sub_id) for one in await backend.votes(each)} for each in Species}
    return votes | {f"{each} saved": {str(one.sub_id) for one in await backend.favourites(each)} for each in Species}


async def test_both_services_forget_as_far_as_they_can_though_they_were_down_and_the_bot_was_restarted(
    environment: dict[str, str], backend: EmbeddedBackend
) -> None:
    clock = SystemClock()
    async with app_on(environment, clock) as app:
        keys: list[PictureKey] = []
        for species in Species:
            [picture] = await app.apis[species].search(limit=1)
            keys.append(picture.key)
        for person in (MIA, NOAH, AT_HOME):
            for key in keys:
                await app.votes.press(person, key, Vote.UP, Door.BUTTON)
                await app.favourites.add(person, key)
        await delivered(app)
        names = {person: app.sub_ids.sub_id(person) for person in (MIA, NOAH, AT_HOME)}
        assert all(found == set(names.values()) for found in (await held(backend)).values())
        assert await app.privacy.undeletable(MIA, everywhere=True) == 2
        backend.faults.add(Fault(kind=Kind.UNAVAILABLE))
        progress = await app.privacy.forgetting.ask(MIA, "en-GB", everywhere=True)
        assert (progress.done, progress.left) == (False, {Source.CATAPI: 4, Source.DOGAPI: 4})
        await app.sync.deliver_due()
        await app.privacy.sweep()
        assert await app.favourites.count(AT_HOME) == 0
    backend.faults.clear()
    async with app_on(environment, clock) as app:
        told: list[int] = []
        app.forgotten_watchers.append(told.append)
        await delivered(app)
        await app.privacy.sweep()
        assert told == [MIA.user]
        done = await app.privacy.forgetting.progress(MIA.user)
        assert done is not None
        assert (done.done, done.kept) == (True, {Source.DOGAPI: 2})
        await app.privacy.forgetting.told(MIA.user)
        assert await app.privacy.held(MIA) == {}
    everybody, others = set(names.values()), {names[NOAH]}
    assert await held(backend) == {
        "cat votes": others,
        "dog votes": everybody,
        "cat saved": others,
        "dog saved": others,
    }


async def test_a_server_that_was_left_is_gone_from_the_services_after_its_days(
    environment: dict[str, str], backend: EmbeddedBackend
) -> None:
    async with app_on(environment | {"GUILD_DATA_DAYS": "0"}, SystemClock()) as app:
        [cat] = await app.apis[Species.CAT].search(limit=1)
        for person in (MIA, AT_HOME):
            await app.favourites.add(person, cat.key)
            await app.votes.press(person, cat.key, Vote.UP, Door.BUTTON)
        await delivered(app)
        await app.privacy.departures.left(MIA.space)
        await app.privacy.sweep()
        await delivered(app)
        await app.privacy.sweep()
        home = {app.sub_ids.sub_id(AT_HOME)}
        found = await held(backend)
        assert (found["cat saved"], found["cat votes"]) == (home, home)
        assert (await app.privacy.held(MIA), await app.favourites.count(AT_HOME)) == ({}, 1)
