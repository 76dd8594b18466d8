"""What people wish reaches the back end in the end, once, whatever the back end does meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest

from bot.clock import ManualClock
from bot.errors import (
    BackendConfused,
    BackendLimited,
    BackendNotFound,
    BackendRefused,
    BackendRejected,
    BackendUnavailable,
)
from bot.identity import Person, SubIds
from bot.models import PictureKey, RemoteFavourite, RemoteVote, Source
from bot.services.favourites import Favourites
from bot.services.votes import Door, Vote, Votes
from bot.store import deliveries, identities
from bot.store.deliveries import Shards
from bot.store.store import Store
from bot.sync import Sync
from tests.unit.test_sync_remote import FakeRemote, When

SECRET = b"a secret of some length"
ANN = Person(9, 1)
BEN = Person(9, 2)
CAT = PictureKey(Source.CATAPI, "abc")
DOG = PictureKey(Source.DOGAPI, "abc")


def unclear() -> BackendUnavailable:
    return BackendUnavailable("fake", "the connection broke")


def unsent() -> BackendUnavailable:
    return BackendUnavailable("fake", "no connection", sent=False)


class House:
    """A store, its services and the delivery to one back end, with a clock that stands still."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        self.store = store
        self.clock = clock
        self.remote = FakeRemote()
        self.votes = Votes(store, clock, on_change=lambda *_: self.sync.wake())
        self.favourites = Favourites(store, clock, on_change=lambda *_: self.sync.wake())
        self.sync = self.restart()

    def restart(self) -> Sync:
        """Begin anew, as after a kill: nothing but the store is left."""
        self.sync = Sync(self.store, SubIds(SECRET), [self.remote], self.clock, jitter=lambda: 1.0)
        return self.sync

    async def up(self, person: Person = ANN, key: PictureKey = CAT) -> None:
        await self.votes.press(person, key, Vote.UP, Door.BUTTON)

    async def down(self, person: Person = ANN, key: PictureKey = CAT) -> None:
        await self.votes.press(person, key, Vote.DOWN, Door.BUTTON)

    async def later(self, seconds: float = 4000) -> int:
        """Deliver after a while."""
        self.clock.advance(seconds)
        return await self.sync.deliver_due()

    async def rows(self) -> int:
        """Return how many rows there are, done ones and tombstones included."""
        async with self.store.writing() as connection:
            number = await deliveries.doubt(connection, Source.CATAPI, now=self.clock.now())
            await connection.rollback()
        return number


@pytest.fixture
def house(store: Store, clock: ManualClock) -> House:
    return House(store, clock)


@contextlib.asynccontextmanager
async def running(sync: Sync) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(sync.run())
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_vote_and_a_favourite_arrive_under_the_persons_pseudonym(house: House) -> None:
    await house.up()
    await house.favourites.add(ANN, CAT)
    assert await house.sync.waiting() == 2
    assert await house.sync.deliver_due() == 2
    sub_id = SubIds(SECRET).sub_id(ANN)
    [vote] = house.remote.held_votes.values()
    [favourite] = house.remote.held_favourites.values()
    assert (vote.image_id, vote.value, vote.sub_id) == ("abc", 1, sub_id)
    assert (favourite.image_id, favourite.sub_id) == ("abc", sub_id)
    assert await house.sync.waiting() == 0
    assert await house.sync.deliver_due() == 0
    assert house.remote.calls.count("cast_vote") == 1


async def test_what_cancels_out_is_never_sent(house: House) -> None:
    await house.up()
    await house.up()
    await house.favourites.add(ANN, CAT)
    await house.favourites.remove(ANN, CAT)
    assert await house.sync.deliver_due() == 2
    assert house.remote.calls == []
    assert await house.rows() == 0


async def test_a_changed_vote_replaces_the_one_at_the_back_end(house: House) -> None:
    await house.up()
    await house.sync.deliver_due()
    await house.down()
    await house.sync.deliver_due()
    assert house.remote.votes_on("abc") == [-1]
    assert house.remote.calls == ["cast_vote", "withdraw_vote", "cast_vote"]


async def test_a_withdrawal_leaves_nothing_there_and_no_row_here(house: House) -> None:
    await house.up()
    await house.favourites.add(ANN, CAT)
    await house.sync.deliver_due()
    await house.votes.forget(ANN)
    await house.favourites.forget(ANN)
    assert await house.sync.deliver_due() == 2
    assert (house.remote.held_votes, house.remote.held_favourites) == ({}, {})
    assert await house.rows() == 0


async def test_what_is_gone_already_counts_as_removed(house: House) -> None:
    await house.up()
    await house.favourites.add(ANN, CAT)
    await house.sync.deliver_due()
    house.remote.held_votes.clear()
    house.remote.held_favourites.clear()
    await house.up()
    await house.favourites.remove(ANN, CAT)
    assert await house.sync.deliver_due() == 2
    assert await house.rows() == 0


async def test_a_wish_that_changes_during_the_call_is_delivered_after_it(house: House) -> None:
    await house.up()
    await house.favourites.add(ANN, CAT)
    house.remote.hang = When.AFTER
    pass_ = asyncio.create_task(house.sync.deliver_due())
    await house.remote.hung.wait()
    await house.down()
    await house.favourites.remove(ANN, CAT)
    pass_.cancel()
    await asyncio.gather(pass_, return_exceptions=True)
    house.remote.hang = None
    await house.later(10)
    assert house.remote.votes_on("abc") == [-1]
    assert house.remote.saved == []
    assert await house.sync.waiting() == 0


@pytest.mark.parametrize("fault", [None, (When.AFTER, unclear()), (When.BEFORE, BackendRejected("fake", "no"))])
async def test_a_press_while_the_call_is_out_is_delivered_after_it(
    house: House, fault: tuple[When, Exception] | None
) -> None:
    await house.up()
    house.remote.gate = asyncio.Event()
    house.remote.faults.append(fault)
    pass_ = asyncio.create_task(house.sync.deliver_due())
    async with asyncio.timeout(5):
        while not house.remote.at_once:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    await house.down()
    house.remote.gate.set()
    await pass_
    await house.later()
    assert house.remote.votes_on("abc") == [-1]
    assert (await house.sync.waiting(), await house.sync.parked()) == (0, 0)


@pytest.mark.parametrize(
    ("fault", "when"),
    [
        (fault, when)
        for fault in (unclear, unsent, lambda: BackendConfused("fake", "cut"), lambda: RuntimeError("bug"))
        for when in When
        # What was not sent has no effect.
        if (fault, when) != (unsent, When.AFTER)
    ],
)
async def test_a_call_that_fails_is_made_good_without_a_double(
    house: House, when: When, fault: object, caplog: pytest.LogCaptureFixture
) -> None:
    assert callable(fault)
    await house.up()
    await house.favourites.add(ANN, CAT)
    house.remote.faults.extend([(when, fault()), (when, fault())])
    assert await house.sync.deliver_due() == 0
    assert await house.later() == 2
    assert house.remote.votes_on("abc") == [1]
    assert house.remote.saved == ["abc"]
    assert ("votes" in house.remote.calls) is (fault is not unsent)
    assert bool([record for record in caplog.records if record.exc_info]) is (isinstance(fault(), RuntimeError))


@pytest.mark.parametrize("when", list(When))
async def test_a_withdrawal_that_fails_is_made_good(house: House, when: When) -> None:
    await house.up()
    await house.favourites.add(ANN, CAT)
    await house.sync.deliver_due()
    await house.down()
    await house.favourites.remove(ANN, CAT)
    house.remote.faults.extend([(when, unclear()), (when, unclear())])
    await house.sync.deliver_due()
    # The person is of two minds meanwhile: back to what had been delivered.
    await house.up()
    await house.favourites.add(ANN, CAT)
    assert await house.later() == 2
    assert house.remote.votes_on("abc") == [1]
    assert house.remote.saved == ["abc"]


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("changes", [1, 2])
async def test_a_kill_in_the_middle_of_a_call_loses_and_doubles_nothing(house: House, when: When, changes: int) -> None:
    await house.favourites.add(BEN, CAT)
    if changes == 2:
        await house.down()
        await house.sync.deliver_due()
    await house.up()
    await house.favourites.toggle(BEN, CAT)
    await house.favourites.add(ANN, CAT)
    house.remote.hang = when
    task = asyncio.create_task(house.sync.run())
    await house.remote.hung.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    house.remote.hang = None
    house.restart()
    await house.sync.deliver_due()
    await house.later(10)
    assert house.remote.votes_on("abc") == [1]
    assert house.remote.saved == ["abc"]
    assert await house.sync.waiting() == 0


async def test_cancelled_at_any_step_and_run_again_it_ends_right(house: House) -> None:
    for steps in range(0, 90, 5):
        key = PictureKey(Source.CATAPI, f"p{steps}")
        await house.up(ANN, key)
        await house.favourites.add(ANN, key)
        task = asyncio.create_task(house.sync.deliver_due())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    house.restart()
    await house.later(10)
    await house.later(10)
    assert await house.sync.waiting() == 0
    assert [vote.value for vote in house.remote.held_votes.values()] == [1] * 18
    assert len(house.remote.saved) == 18


async def test_after_an_unclear_answer_it_waits_until_the_lists_have_settled(house: House) -> None:
    await house.up()
    house.remote.hang = When.AFTER
    task = asyncio.create_task(house.sync.deliver_due())
    await house.remote.hung.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    house.remote.hang = None
    house.restart()
    assert await house.sync.deliver_due() == 0
    assert house.remote.calls == ["cast_vote"]
    assert await house.later(5) == 1
    assert house.remote.calls == ["cast_vote", "votes"]


async def test_a_service_that_is_down_is_not_hammered_row_by_row(house: House) -> None:
    for user in range(30):
        await house.up(Person(9, user))
    house.remote.down = unsent()
    await house.sync.deliver_due()
    # Two workers, one knock each.
    assert len(house.remote.calls) <= 2
    await house.sync.deliver_due()
    assert len(house.remote.calls) <= 2
    house.remote.down = None
    assert await house.later(400) == 30
    assert len(house.remote.votes_on("abc")) == 30


async def test_its_pauses_grow_while_it_stays_down(house: House) -> None:
    for user in range(10):
        await house.up(Person(9, user))
    house.remote.down = unsent()
    knocks = []
    for _ in range(60):
        await house.later(10)
        knocks.append(len(house.remote.calls))
    first, last = knocks[19], knocks[59] - knocks[39]
    assert last < first


async def test_a_limit_is_obeyed_to_the_second(house: House) -> None:
    for user in range(5):
        await house.up(Person(9, user))
    house.remote.down = BackendLimited("fake", 32.0)
    await house.sync.deliver_due()
    house.remote.down = None
    knocks = len(house.remote.calls)
    await house.later(31)
    assert len(house.remote.calls) == knocks
    assert await house.later(1) == 5


async def test_without_a_key_everything_waits_and_arrives_when_one_comes(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.remote.keyed = False
    for user in range(25):
        await house.up(Person(9, user))
        await house.sync.deliver_due()
    assert house.remote.calls == []
    assert await house.sync.waiting() == 25
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    house.remote.keyed = True
    assert await house.later() == 25


async def test_what_is_withdrawn_before_there_is_a_key_is_kept_no_longer(house: House) -> None:
    house.remote.keyed = False
    await house.up()
    await house.up(BEN)
    await house.up()
    await house.sync.deliver_due()
    assert (await house.rows(), await house.sync.waiting()) == (1, 1)
    house.remote.keyed = True
    assert await house.later() == 1
    await house.up(BEN)
    house.remote.keyed = False
    # That one is at the service, so its withdrawal waits.
    await house.later()
    assert (await house.rows(), await house.sync.waiting()) == (1, 1)


async def test_the_number_of_a_secret_is_kept_as_long_as_a_service_has_something(house: House) -> None:
    async def forget(person: Person) -> bool:
        async with house.store.writing() as connection:
            return await identities.forget(connection, person)

    for person in (ANN, BEN):
        await house.up(person)
    await house.later()
    await house.up(ANN)
    assert not await forget(ANN)
    await house.later()
    assert house.remote.votes_on(CAT.id) == [1]
    assert await forget(ANN)
    assert not await forget(BEN)
    async with house.store.reading() as connection:
        numbers = [await identities.key_number(connection, person) for person in (ANN, BEN)]
    assert numbers == [None, SubIds(SECRET).current]


async def test_a_refused_key_is_told_once_and_tried_seldom(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    house.remote.down = BackendRefused("fake", "AUTHENTICATION_ERROR", status=401)
    for user in range(25):
        await house.up(Person(9, user))
    for _ in range(20):
        await house.later(60)
    assert len(house.remote.calls) <= 6
    assert len(caplog.records) == 1
    house.remote.down = None
    assert await house.later() == 25


async def test_a_doubt_outlives_a_revoked_key(house: House) -> None:
    await house.up()
    house.remote.faults.append((When.AFTER, unclear()))
    await house.sync.deliver_due()
    house.remote.down = BackendRefused("fake", "AUTHENTICATION_ERROR", status=401)
    await house.later()
    house.remote.down = None
    assert await house.later() == 1
    assert house.remote.votes_on("abc") == [1]


@pytest.mark.parametrize("error", [BackendRejected("fake", "INVALID_DATA"), BackendNotFound("fake", "no such image")])
async def test_what_the_back_end_does_not_take_is_parked_until_the_person_acts(
    house: House, error: BackendRejected | BackendNotFound, caplog: pytest.LogCaptureFixture
) -> None:
    await house.up()
    await house.up(BEN)
    house.remote.faults.append((When.BEFORE, error))
    assert await house.sync.deliver_due() == 1
    assert (await house.sync.waiting(), await house.sync.parked()) == (0, 1)
    assert error.reason in caplog.text
    assert await house.later() == 0
    await house.down()
    await house.down(BEN)
    assert await house.sync.deliver_due() == 2
    assert await house.sync.parked() == 0
    assert house.remote.votes_on("abc") == [-1, -1]


async def test_one_bad_row_does_not_stop_the_others(house: House) -> None:
    await house.up()
    house.remote.faults.extend([(When.BEFORE, BackendConfused("fake", "not JSON"))] * 3)
    for _ in range(2):
        await house.later()
    await house.up(BEN)
    await house.later()
    await house.later()
    assert sorted(vote.value for vote in house.remote.held_votes.values()) == [1, 1]


async def test_a_favourite_that_is_there_already_is_a_success_and_can_be_removed(house: House) -> None:
    house.remote.held_favourites["77"] = RemoteFavourite(id="77", image_id="abc", sub_id=SubIds(SECRET).sub_id(ANN))
    await house.favourites.add(ANN, CAT)
    assert await house.sync.deliver_due() == 1
    await house.favourites.remove(ANN, CAT)
    assert await house.sync.deliver_due() == 1
    assert house.remote.held_favourites == {}


async def test_one_whose_id_could_not_be_learned_is_found_when_it_must_go(house: House) -> None:
    house.remote.held_favourites["77"] = RemoteFavourite(id="77", image_id="abc", sub_id=SubIds(SECRET).sub_id(ANN))
    await house.favourites.add(ANN, CAT)
    house.remote.faults.extend([None, (When.BEFORE, unclear())])
    assert await house.sync.deliver_due() == 1
    await house.favourites.remove(ANN, CAT)
    assert await house.sync.deliver_due() == 1
    assert house.remote.held_favourites == {}


async def test_votes_that_cannot_be_deleted_or_read_there_are_no_hindrance(house: House) -> None:
    house.remote.deletable_votes = house.remote.readable_votes = False
    await house.up()
    await house.sync.deliver_due()
    await house.up()
    assert await house.sync.deliver_due() == 1
    assert await house.sync.waiting() == 0
    assert house.remote.votes_on("abc") == [1]
    # The same again is there still: nothing to send.
    await house.up()
    assert await house.sync.deliver_due() == 1
    assert house.remote.votes_on("abc") == [1]
    await house.down()
    assert await house.sync.deliver_due() == 1
    assert house.remote.votes_on("abc") == [1, -1]
    house.remote.faults.append((When.BEFORE, unclear()))
    await house.up(BEN)
    await house.sync.deliver_due()
    assert await house.later() == 1
    assert house.remote.votes_on("abc") == [1, -1, 1]


async def test_the_newest_vote_is_right_where_votes_cannot_be_read_and_an_answer_got_lost(house: House) -> None:
    house.remote.deletable_votes = house.remote.readable_votes = False
    await house.down()
    await house.sync.deliver_due()
    house.remote.faults += [None, (When.AFTER, unclear())]  # the old vote cannot be deleted; the new one is lost to us
    await house.up()
    await house.sync.deliver_due()
    assert house.remote.votes_on("abc") == [-1, 1]
    await house.down()
    await house.later()
    assert house.remote.votes_on("abc") == [-1, 1, -1]


async def test_the_newest_vote_is_right_where_votes_can_be_read_and_not_deleted(house: House) -> None:
    house.remote.deletable_votes = False
    sub_id = SubIds(SECRET).sub_id(ANN)
    for id_, value in (("70", 1), ("71", -1)):
        house.remote.held_votes[id_] = RemoteVote(id=id_, image_id="abc", sub_id=sub_id, value=value)
    house.remote.faults.append((When.BEFORE, unclear()))
    await house.up()
    await house.sync.deliver_due()
    await house.later()
    assert house.remote.votes_on("abc") == [1, -1, 1]


async def test_doubles_of_an_unclear_answer_are_cleared_away(house: House) -> None:
    sub_id = SubIds(SECRET).sub_id(ANN)
    for id_, value in (("70", 1), ("71", -1), ("72", 1)):
        house.remote.held_votes[id_] = RemoteVote(id=id_, image_id="abc", sub_id=sub_id, value=value)
    house.remote.held_votes["73"] = RemoteVote(id="73", image_id="other", sub_id=sub_id, value=1)
    await house.up()
    assert await house.sync.deliver_anew(Source.CATAPI) == 1
    assert await house.later() == 1
    assert sorted(house.remote.held_votes) == ["72", "73"]


async def test_an_image_id_that_the_service_cut_short_is_recognised(house: House) -> None:
    long = PictureKey(Source.CATAPI, "abcdefghijklmnop")
    sub_id = SubIds(SECRET).sub_id(ANN)
    house.remote.held_votes["70"] = RemoteVote(id="70", image_id="abcdefghijk", sub_id=sub_id, value=1)
    await house.up(ANN, long)
    await house.sync.deliver_anew(Source.CATAPI)
    assert await house.later() == 1
    assert list(house.remote.held_votes) == ["70"]


async def test_a_wiped_back_end_gets_everything_again(house: House) -> None:
    for user in range(5):
        await house.up(Person(9, user))
        await house.favourites.add(Person(9, user), CAT)
    await house.sync.deliver_due()
    house.remote.held_votes.clear()
    house.remote.held_favourites.clear()
    assert await house.sync.deliver_anew(Source.CATAPI) == 10
    assert await house.later() == 10
    assert house.remote.votes_on("abc") == [1] * 5
    assert house.remote.saved == ["abc"] * 5
    calls = len(house.remote.calls)
    # Nothing was lost: telling it again changes nothing there.
    await house.sync.deliver_anew(Source.CATAPI)
    await house.later()
    assert set(house.remote.calls[calls:]) == {"votes", "favourites"}


async def test_at_most_two_calls_at_a_time(house: House) -> None:
    for user in range(25):
        await house.up(Person(9, user))
    house.remote.gate = asyncio.Event()
    pass_ = asyncio.create_task(house.sync.deliver_due())
    async with asyncio.timeout(5):
        while house.remote.at_once < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.05)
    house.remote.gate.set()
    assert await pass_ == 25
    assert house.remote.most_at_once == 2


async def test_each_source_has_its_own_way(store: Store, clock: ManualClock) -> None:
    cats, dogs = FakeRemote(), FakeRemote(Source.DOGAPI)
    sync = Sync(store, SubIds(SECRET), [cats, dogs], clock)
    votes = Votes(store, clock)
    await votes.press(ANN, CAT, Vote.UP, Door.BUTTON)
    await votes.press(ANN, DOG, Vote.DOWN, Door.BUTTON)
    cats.down = unsent()
    assert await sync.deliver_due() == 1
    assert dogs.votes_on("abc") == [-1]
    assert await sync.waiting() == 1


async def test_a_process_delivers_only_the_spaces_of_its_shards(store: Store, clock: ManualClock) -> None:
    remote = FakeRemote()
    votes = Votes(store, clock)
    spaces = [0, *((number << 22) + 5 for number in range(1, 8))]
    for space in spaces:
        await votes.press(Person(space, 1), CAT, Vote.UP, Door.BUTTON)
    first = Sync(store, SubIds(SECRET), [remote], clock, shards=Shards(4, frozenset({0, 3})))
    second = Sync(store, SubIds(SECRET), [remote], clock, shards=Shards(4, frozenset({1, 2})))
    assert (await first.waiting(), await second.waiting()) == (4, 4)
    assert await first.deliver_due() == 4
    assert await second.deliver_due() == 4


async def test_people_keep_the_pseudonym_they_were_made_with(house: House) -> None:
    await house.up()
    await house.sync.deliver_due()
    both = SubIds({1: SECRET, 2: b"a newer secret, as long"})
    house.sync = Sync(house.store, both, [house.remote], house.clock)
    await house.favourites.add(ANN, CAT)
    await house.favourites.add(BEN, CAT)
    await house.sync.deliver_due()
    seen = {favourite.sub_id for favourite in house.remote.held_favourites.values()}
    assert seen == {both.sub_id(ANN, 1), both.sub_id(BEN, 2)}
    async with house.store.reading() as connection:
        assert await identities.key_number(connection, ANN) == 1


async def test_it_sleeps_until_woken_and_then_delivers(house: House) -> None:
    async with running(house.sync) as task:
        await asyncio.sleep(0.05)
        await house.up()
        async with asyncio.timeout(5):
            await house.remote.arrived.wait()
        assert not task.done()


async def test_it_wakes_by_itself_when_the_next_row_is_due(store: Store, clock: ManualClock) -> None:
    remote = FakeRemote()
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(seconds)

    sync = Sync(store, SubIds(SECRET), [remote], clock, jitter=lambda: 1.0, sleep=sleep)
    await Votes(store, clock).press(ANN, CAT, Vote.UP, Door.BUTTON)
    remote.faults.extend([(When.BEFORE, unsent()), (When.BEFORE, unsent()), (When.BEFORE, BackendLimited("fake", 7.5))])
    async with running(sync), asyncio.timeout(5):
        await remote.arrived.wait()
    # The service's pause, the row's longer one, what the limit says: no polling between.
    assert slept == [5.0, 10.0, 7.5]


async def test_trouble_with_the_store_does_not_end_it(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    due = deliveries.due
    failing = [OSError("the disk is gone"), OSError("the disk is gone")]

    async def fail_first(*args: object, **kwargs: object) -> object:
        if failing:
            raise failing.pop()
        return await due(*args, **kwargs)  # type: ignore[arg-type]

    async def sleep(seconds: float) -> None:
        house.clock.advance(seconds)

    monkeypatch.setattr(deliveries, "due", fail_first)
    await house.up()
    sync = Sync(house.store, SubIds(SECRET), [house.remote], house.clock, sleep=sleep)
    async with running(sync), asyncio.timeout(5):
        await house.remote.arrived.wait()
    assert "the disk is gone" in caplog.text


async def test_a_call_cancelled_by_somebody_else_does_not_end_it(house: House) -> None:
    await house.up()
    house.remote.faults.append((When.AFTER, asyncio.CancelledError()))  # type: ignore[arg-type]
    assert await house.sync.deliver_due() == 0
    assert await house.later() == 1
    assert house.remote.votes_on("abc") == [1]
