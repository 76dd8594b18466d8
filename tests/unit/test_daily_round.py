"""The round of the pictures a day: one post a date through a year of outages and kills, in zones that change clocks."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from msgspec import Struct

from bot.clock import ManualClock
from bot.errors import NoPictures
from bot.refused import Excluded
from bot.services.daily import Dailies, Plan, Reason
from bot.services.daily_round import LATEST, NotNow, Round, Stopped
from bot.services.daily_times import Slot, moment_on
from bot.store.daily import Claim, Daily
from bot.store.store import Store
from bot.telemetry import Counts

CHANNEL, ADA = 5, 1
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")


class Killed(BaseException):
    """The process ends here."""


class Post(Struct, frozen=True):
    space: int
    day: date
    at: datetime
    card: str


class Parcel(Struct, frozen=True):
    card: str
    note: str


class Discord:
    """A courier whose channel is a list. Before and after each step `mishap` may raise, as a kill does."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.posts: list[Post] = []
        self.told: list[tuple[int, Reason]] = []
        self.served = True
        self.mishap: Callable[[str], None] = lambda step: None

    def serves(self, space: int) -> bool:
        return self.served

    async def pack(self, daily: Daily, slot: Slot) -> Parcel:
        self.mishap("pack")
        return Parcel(f"{daily.space}/{slot.day}", "note")

    async def send(self, daily: Daily, parcel: Parcel, nonce: str) -> int:
        self.mishap("send")
        day = date.fromisoformat(parcel.card.partition("/")[2])
        self.posts.append(Post(daily.space, day, self.clock.now(), parcel.card))
        self.mishap("sent")
        return len(self.posts)

    async def seek(self, daily: Daily, claim: Claim) -> int | None:
        self.mishap("seek")
        return next((n for n, post in enumerate(self.posts, 1) if post.card == claim.card), None)

    async def tell(self, daily: Daily, reason: Reason) -> None:
        self.told.append((daily.space, reason))


class Ledger:
    """The table as a dictionary: a year of transactions on a disk would take its time. It is its own store."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, int], Daily] = {}

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        yield

    reading = writing

    async def of_space(self, _: None, space: int) -> list[Daily]:
        return [daily for daily in self.rows.values() if daily.space == space]

    async def one(self, _: None, space: int, number: int) -> Daily | None:
        return self.rows.get((space, number))

    async def due(self, _: None, now: datetime) -> list[Daily]:
        return [daily for daily in self.rows.values() if not daily.paused and daily.try_at <= now]

    async def earliest_after(self, _: None, now: datetime) -> datetime | None:
        return min((daily.try_at for daily in self.rows.values() if daily.try_at > now), default=None)

    async def keep(self, _: None, daily: Daily) -> None:
        self.rows[daily.key] = daily


class Played:
    """Dailies on a store, and a round that can be begun anew as after a kill."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        self.store, self.clock = store, clock
        self.counts = Counts()
        self.failures: list[BaseException] = []
        self.discord = Discord(clock)
        self.restart()

    def restart(self) -> None:
        self.dailies = Dailies(self.store, self.clock)
        self.round = Round(self.dailies, self.discord, self.clock, self.counts, self.failures.append)

    async def until(self, end: datetime) -> None:
        """Go round until a time, begun anew after each kill."""
        while self.clock.now() < end:
            try:
                left = await self.round.go()
            except Killed:
                others = asyncio.all_tasks() - {asyncio.current_task()}
                for task in others:
                    task.cancel()
                await asyncio.gather(*others, return_exceptions=True)
                self.restart()
                continue
            until = (end - self.clock.now()).total_seconds()
            self.clock.advance(min(until, max(1.0, until if left is None else left)))

    def outcomes(self) -> dict[str, int]:
        return {key[1]: number for key, number in self.counts._counts.items() if key[0] == "daily"}


@pytest.fixture
def played(store: Store, clock: ManualClock) -> Played:
    return Played(store, clock)


def plan(at: time = time(8, 30), zone: str = "UTC") -> Plan:
    return Plan(channel_id=CHANNEL, at=at, zone=ZoneInfo(zone))


async def test_a_year_has_one_post_a_day_through_outages_kills_and_changes_of_the_clock(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger: Any = Ledger()
    monkeypatch.setattr("bot.services.daily.rows", ledger)
    played = Played(ledger, clock)
    dice = random.Random(7)
    times = [time(2, 30), time(1, 45), time(2, 15), time(23, 59), time(0, 0)]
    began = clock.now()
    ends = began + timedelta(days=366)
    plans = {space: plan(at, zone) for space, (at, zone) in enumerate(zip(times, ZONES, strict=True), start=1)}
    for space, wanted in plans.items():
        await played.dailies.put(space, ADA, wanted)
    bad = {"send": 0.02, "sent": 0.02, "pack": 0.01, "seek": 0.01}

    def mishap(step: str) -> None:
        if dice.random() < bad[step]:
            raise Killed

    played.discord.mishap = mishap
    away: list[tuple[datetime, datetime]] = []
    while clock.now() < ends:
        await played.until(min(ends, clock.now() + timedelta(hours=dice.uniform(24, 900))))
        gone = clock.now()
        clock.advance(dice.choice([600, 3600 * 5, 3600 * 30, 3600 * 90]))
        away.append((gone, clock.now()))
        played.restart()
    ends = clock.now()
    await played.until(ends + timedelta(seconds=2))

    each = Counter((post.space, post.day) for post in played.discord.posts)
    assert set(each.values()) == {1}
    for space, wanted in plans.items():
        days = [began.date() + timedelta(days=n) for n in range(-1, (ends - began).days + 2)]
        moments = {day: moment_on(day, wanted.at, wanted.zone) for day in days}
        due = {day: moment for day, moment in moments.items() if moment is not None and began < moment <= ends}
        for day, moment in due.items():
            outage = next((span for span in away if span[0] <= moment < span[1]), None)
            newest = outage is None or not any(moment < other <= outage[1] for other in due.values())
            in_time = outage is None or outage[1] - moment <= LATEST
            assert each[space, day] == (newest and in_time), (space, day)
    assert len(played.discord.posts) > 5 * 300
    assert played.outcomes()["found"] > 5
    assert played.failures == []


async def test_a_post_that_was_sent_before_a_kill_is_found_and_one_that_was_not_is_sent(
    played: Played, clock: ManualClock
) -> None:
    await played.dailies.put(1, ADA, plan())
    clock.advance(3600 * 9)
    for step, posts in (("send", 0), ("sent", 1)):

        def mishap(now: str, step: str = step) -> None:
            if now == step:
                raise Killed

        played.discord.mishap = mishap
        with pytest.raises(Killed):
            await played.round.go()
        assert len(played.discord.posts) == posts
        before = await played.dailies.find(1, 1)
        assert before.claim is not None
        played.restart()
        played.discord.mishap = lambda step: None
        if step == "sent":
            await played.round.go()
    after = await played.dailies.find(1, 1)
    assert (len(played.discord.posts), after.claim, after.posted_for) == (1, None, date(2026, 1, 1))
    assert after.next_at == datetime(2026, 1, 2, 8, 30, tzinfo=UTC)
    assert played.outcomes() == {"found": 1}


async def test_what_was_claimed_yesterday_does_not_cost_todays_post(played: Played, clock: ManualClock) -> None:
    await played.dailies.put(1, ADA, plan())
    clock.advance(3600 * 9)

    def mishap(step: str) -> None:
        if step == "sent":
            raise Killed

    played.discord.mishap = mishap
    with pytest.raises(Killed):
        await played.round.go()
    played.restart()
    played.discord.mishap = lambda step: None
    clock.advance(3600 * 25)
    await played.round.go()
    assert [post.day for post in played.discord.posts] == [date(2026, 1, 1), date(2026, 1, 2)]
    assert played.outcomes() == {"found": 1, "late": 1}


async def test_after_an_outage_only_the_newest_day_is_made_up_for(played: Played, clock: ManualClock) -> None:
    await played.dailies.put(1, ADA, plan())
    clock.advance(3600 * (24 * 5 + 9))
    await played.round.go()
    assert [post.day for post in played.discord.posts] == [date(2026, 1, 6)]
    clock.advance(3600 * (24 * 2 - 3))  # 06:00, more than 20 hours late, and the next is soon due
    assert await played.round.go() == 2.5 * 3600
    assert len(played.discord.posts) == 1
    assert played.outcomes() == {"late": 1, "skipped": 1}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Stopped(Reason.GONE), "gone"),
        (Stopped(Reason.FORBIDDEN), "forbidden"),
        (Excluded("Maine Coon"), "excluded"),
        (ZoneInfoNotFoundError(), "zone"),
    ],
)
async def test_what_cannot_be_posted_is_stopped_once_with_a_note(
    played: Played, clock: ManualClock, caplog: pytest.LogCaptureFixture, error: Exception, reason: str
) -> None:
    await played.dailies.put(1, ADA, plan())
    clock.advance(3600 * 9)

    def mishap(step: str) -> None:
        raise error

    played.discord.mishap = mishap
    for _ in range(2):
        assert await played.round.go() is None
    stopped = await played.dailies.find(1, 1)
    assert (stopped.paused, stopped.reason) == (True, reason)
    assert played.discord.told == [(1, reason)]
    assert [r.getMessage() for r in caplog.records] == [f"Picture of the day 1 of server 1 is stopped: {reason}"]
    resumed = await played.dailies.resume(1, 1)
    assert (resumed.paused, resumed.reason, resumed.next_at) == (False, None, datetime(2026, 1, 2, 8, 30, tzinfo=UTC))


async def test_a_failure_is_tried_again_in_five_minutes_and_keeps_nobody_else(
    played: Played, clock: ManualClock
) -> None:
    for space in (1, 2):
        await played.dailies.put(space, ADA, plan())
    clock.advance(3600 * 9)
    errors = iter([NotNow(), NoPictures(), RuntimeError("a bug")])

    def mishap(step: str) -> None:
        if step == "pack" and (error := next(errors, None)) is not None:
            raise error

    played.discord.mishap = mishap
    for posts in (0, 1, 2):
        assert await played.round.go() is not None
        assert len(played.discord.posts) == posts
        clock.advance(301)
    assert [type(error) for error in played.failures] == [RuntimeError]
    assert played.outcomes() == {"failed": 3, "late": 2}


async def test_a_server_of_another_process_is_left_to_it_until_it_is_too_late(
    played: Played, clock: ManualClock
) -> None:
    await played.dailies.put(1, ADA, plan())
    played.discord.served = False
    clock.advance(3600 * 9)
    await played.round.go()
    assert (await played.dailies.find(1, 1)).next_at < clock.now()
    clock.advance(3600 * 20)
    await played.round.go()
    assert (await played.dailies.find(1, 1)).next_at == datetime(2026, 1, 2, 8, 30, tzinfo=UTC)
    assert (played.discord.posts, played.outcomes()) == ([], {})


async def test_what_is_removed_or_paused_in_the_meantime_is_not_posted(played: Played, clock: ManualClock) -> None:
    await played.dailies.put(1, ADA, plan())
    await played.dailies.put(2, ADA, plan())
    clock.advance(3600 * 9)
    due = await played.dailies.due()
    await played.dailies.remove(1, 1)
    await played.dailies.pause(2, 1)
    for daily in due:
        await played.round._look(daily)
    await played.dailies.skip(due[0])
    assert played.discord.posts == []
    assert await played.dailies.of(1) == []


async def test_it_goes_round_for_ever_and_rests_until_something_is_due(played: Played, clock: ManualClock) -> None:
    rested: list[float] = []

    async def rest(seconds: float) -> None:
        rested.append(seconds)
        clock.advance(seconds)
        if len(rested) == 2:
            await played.dailies.put(1, ADA, plan(time(0, 3)))
        if len(rested) == 5:
            raise Killed

    fails = iter([RuntimeError("the store")])
    looked = played.dailies.due

    async def due() -> list[Daily]:
        if (error := next(fails, None)) is not None:
            raise error
        return await looked()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(played.dailies, "due", due)
        goes = Round(played.dailies, played.discord, clock, played.counts, played.failures.append, rest=rest)
        with pytest.raises(Killed):
            await goes.run()
    assert rested == [60.0, 60.0, 60.0, 60.0, 60.0]
    assert [post.at for post in played.discord.posts] == [datetime(2026, 1, 1, 0, 3, tzinfo=UTC)]
    assert [str(error) for error in played.failures] == ["the store"]


async def test_a_change_ends_the_rest(played: Played) -> None:
    resting = asyncio.create_task(played.dailies.rest(3600))
    await asyncio.sleep(0)
    await played.dailies.put(1, ADA, plan())
    await asyncio.wait_for(resting, 5)
    await played.dailies.rest(0.001)
