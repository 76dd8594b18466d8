"""`restore --from-services`: a new machine with the old secret gets back what the services keep."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import api_of
from bot.backends.thatapi import ThatApi, thatapi_service
from bot.backends.transport import Transport
from bot.clock import ManualClock, SystemClock
from bot.errors import BackendLimited, BackendNotFound, BackendRefused
from bot.identity import Person, SubIds, load_secrets
from bot.models import Picture, PictureKey, RemoteFavourite, RemoteVote, Source, Species
from bot.services.reclaiming import Reclaim, Reclaimed, Taken
from bot.services.votes import Door, Vote
from bot.settings import load
from bot.store.engine import sqlite_url
from bot.store.store import Store
from sandbox.backend.application import EmbeddedBackend
from sandbox.backend.faults import Fault, Kind
from tests.wire.operating import app_on, delivered, verb

SECRET = "the one secret that both machines have"
MIA, NOAH = Person(7, 11), Person(7, 12)
MANY = 130


@pytest.fixture
def old(backend: EmbeddedBackend, tmp_path: Path) -> dict[str, str]:
    """The settings of the machine that is lost."""
    return {
        "DISCORD_TOKEN": "not.asked.for",
        "DATA_DIR": str(tmp_path / "old"),
        "SUB_ID_SECRET": SECRET,
        "CAT_API_URL": backend.cat_url,
        "CAT_API_KEY": backend.cat_key,
        "DOG_API_URL": backend.dog_url,
        "DOG_API_KEY": backend.dog_key,
    }


@pytest.fixture
def new(old: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The settings of the machine that takes its place."""
    return old | {"DATA_DIR": str(tmp_path / "new")}


@asynccontextmanager
async def client(environment: dict[str, str], source: Source) -> AsyncIterator[ThatApi]:
    """A client of a service, for what others do there."""
    settings = load(environment, None)
    transport = Transport(settings.user_agent)
    await transport.start()
    try:
        yield api_of(settings, transport, source)
    finally:
        await transport.close()


async def gave(environment: dict[str, str]) -> tuple[PictureKey, PictureKey]:
    """Let people vote and save on the old machine until the services have it; return a cat and a dog."""
    async with app_on(environment, SystemClock()) as app:
        [cat] = await app.apis[Species.CAT].search(limit=1, breed_ids=["siam"])
        [dog] = await app.apis[Species.DOG].search(limit=1)
        await app.posts.keep_pictures([cat, dog])
        await app.votes.press(MIA, cat.key, Vote.UP, Door.BUTTON)
        await app.votes.press(NOAH, cat.key, Vote.DOWN, Door.BUTTON)
        await app.votes.press(MIA, dog.key, Vote.UP, Door.BUTTON)
        await app.favourites.add(MIA, cat.key)
        await app.favourites.add(NOAH, dog.key)
        await app.favourites.add(MIA, dog.key)
        await delivered(app)
    return cat.key, dog.key


async def kept(backend: EmbeddedBackend) -> list[object]:
    """Return all that the services hold."""
    return [*[await backend.votes(each) for each in Species], *[await backend.favourites(each) for each in Species]]


async def test_what_people_gave_is_back_and_not_sent_again(
    old: dict[str, str], new: dict[str, str], backend: EmbeddedBackend
) -> None:
    cat, dog = await gave(old)
    before = await kept(backend)
    told = await verb(new, "restore", "--from-services")
    assert (told.code, told.said) == (0, [])
    assert told.out.splitlines() == [
        "✓ TheCatAPI: favourites: 1 added, 0 were here; votes: 2 added, 0 were here",
        "✓ TheDogAPI: favourites: 2 added, 0 were here; votes cannot be read there with a key",
    ]
    async with app_on(new, SystemClock()) as app:
        page = await app.favourites.page(MIA)
        assert [one.key for one in page.items] == [dog, cat]
        assert all(one.picture is not None for one in page.items)
        standing = await app.votes.standing(7, cat, MIA.user)
        assert (standing.up, standing.down, standing.mine) == (1, 1, Vote.UP)
        assert await app.sync.waiting() == 0
        assert await kept(backend) == before
        # It is known by its id there: giving it up gives it up there.
        await app.favourites.remove(MIA, cat)
        await app.votes.withdraw(MIA, cat)
        await delivered(app)
    assert await backend.favourites(Species.CAT) == []
    assert [vote.value for vote in await backend.votes(Species.CAT)] == [-1]


async def test_a_second_time_changes_nothing_and_what_was_removed_stays_so(
    old: dict[str, str], new: dict[str, str], backend: EmbeddedBackend
) -> None:
    cat, _ = await gave(old)
    await verb(new, "restore", "--from-services")
    backend.faults.add(Fault(kind=Kind.UNAVAILABLE, path="/v1/"))
    async with app_on(new) as app:
        await app.favourites.remove(MIA, cat)  # the service has not heard of it yet
        await app.votes.press(NOAH, cat, Vote.UP, Door.BUTTON)
    backend.faults.clear()
    told = await verb(new, "restore", "--from-services")
    assert told.out.splitlines() == [
        "✓ TheCatAPI: favourites: 0 added, 1 were here; votes: 0 added, 2 were here",
        "✓ TheDogAPI: favourites: 0 added, 2 were here; votes cannot be read there with a key",
    ]
    async with app_on(new, SystemClock()) as app:
        assert not await app.favourites.contains(MIA, cat)
        assert (await app.votes.standing(7, cat, NOAH.user)).mine is Vote.UP
        await delivered(app)
    assert await backend.favourites(Species.CAT) == []
    assert [vote.value for vote in await backend.votes(Species.CAT)] == [1, 1]


async def test_all_pages_are_read_and_foreign_things_left_where_they_are(
    old: dict[str, str], new: dict[str, str], backend: EmbeddedBackend
) -> None:
    ours = SubIds({1: SECRET.encode()}).sub_id(MIA)
    async with client(old, Source.CATAPI) as cats:
        for number in range(MANY):
            await cats.add_favourite(f"gone{number}", ours)
        await cats.add_favourite("gone0", "somebody-else")
        await cats.add_favourite("gone1", SubIds(b"the secret of another bot").sub_id(MIA))
        await cats.add_favourite("cutafter11ch", ours)  # which the service keeps without its last letter
    told = await verb(new, "restore", "--from-services")
    assert told.out.splitlines()[0] == (
        f"✓ TheCatAPI: favourites: {MANY} added, 0 were here, 2 of somebody else, {MANY + 1} without a picture; "
        "votes: 0 added, 0 were here"
    )
    async with app_on(new) as app:
        page = await app.favourites.page(MIA, limit=2)
        assert page.total == MANY
        assert [one.key.id for one in page.items] == [f"gone{MANY - 1}", f"gone{MANY - 2}"], "newest first, as saved"
        assert await app.favourites.count(NOAH) == 0


async def test_the_newest_of_two_votes_counts_and_the_service_is_tidied(
    old: dict[str, str], new: dict[str, str], backend: EmbeddedBackend
) -> None:
    ours = SubIds({1: SECRET.encode()}).sub_id(MIA)
    async with client(old, Source.CATAPI) as cats:
        await cats.cast_vote("abc", ours, 1)
        await cats.cast_vote("abc", ours, -1)
    await verb(new, "restore", "--from-services")
    async with app_on(new, SystemClock()) as app:
        assert (await app.votes.standing(7, PictureKey(Source.CATAPI, "abc"), MIA.user)).mine is Vote.DOWN
        await delivered(app)
    assert [vote.value for vote in await backend.votes(Species.CAT)] == [-1]


async def test_people_keep_the_number_of_their_secret(old: dict[str, str], new: dict[str, str]) -> None:
    cat, _ = await gave(old)
    rotated = new | {"SUB_ID_SECRET": f"1:{SECRET},2:another secret that is quite long enough"}
    await verb(rotated, "restore", "--from-services")
    async with app_on(rotated, SystemClock()) as app:
        await app.favourites.add(NOAH, cat)
        await delivered(app)
        numbers = {app.sub_ids.recognise(one.sub_id or "") for one in await app.apis[Species.CAT].favourites(None)}
    assert numbers == {(1, MIA), (1, NOAH)}


async def test_without_the_secret_or_while_the_bot_runs_it_refuses(old: dict[str, str], new: dict[str, str]) -> None:
    del new["SUB_ID_SECRET"]
    told = await verb(new, "restore", "--from-services")
    assert told.code == 2
    assert told.said[0].startswith("Without the secret nobody can tell")
    assert load_secrets(Path(new["DATA_DIR"])) == {}
    assert (await verb(new, "restore")).code == 2
    async with app_on(old):
        assert (await verb(old, "restore", "--from-services")).said[0].startswith("Another copy of Pawprint")


async def test_a_service_that_is_down_is_said_and_the_other_one_read(
    old: dict[str, str], new: dict[str, str], backend: EmbeddedBackend
) -> None:
    await gave(old)
    backend.faults.add(Fault(kind=Kind.KEY_REVOKED, species=Species.CAT))
    told = await verb(new | {"DOG_API_KEY": ""}, "restore", "--from-services")
    assert told.code == 1
    first, second = told.out.splitlines()
    assert first.startswith("✗ TheCatAPI: ")
    assert second == "✗ TheDogAPI: there is no key, so it keeps nothing for this bot"


class Busy:
    """A service that is limited at first, and has one favourite without a picture."""

    source = Source.CATAPI
    service = thatapi_service(Source.CATAPI, "http://127.0.0.1:9/v1")

    def __init__(self, sub_id: str) -> None:
        self._kept = [RemoteFavourite(id="1", image_id="abc", sub_id=sub_id)]
        self._refusals = 2

    async def favourites(self, sub_id: str | None) -> list[RemoteFavourite]:
        if self._refusals:
            self._refusals -= 1
            raise BackendLimited("catapi", 7.0)
        return self._kept

    async def votes(self, sub_id: str | None) -> list[RemoteVote]:
        raise BackendRefused("catapi", "a bearer token is needed", status=403)

    async def picture(self, image_id: str) -> Picture:
        raise BackendNotFound("catapi", "no such picture")


async def test_limits_are_waited_for(tmp_path: Path) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    clock, sub_ids = ManualClock(), SubIds(SECRET.encode())
    store = await Store.open(sqlite_url(tmp_path), clock=clock)
    try:
        found = await Reclaim(store, sub_ids, clock, sleep=sleep).take_back(Busy(sub_ids.sub_id(MIA)))
    finally:
        await store.close()
    assert found == Reclaimed(Taken(added=1, lost=1), None)
    assert waited == [7.0, 7.0]
