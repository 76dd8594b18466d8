"""After a lost session: what is asked of Discord, in which order, how often, and what comes of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from bot.app import App
from bot.card import Card
from bot.clock import ManualClock
from bot.identity import Person
from bot.models import PictureKey, Source, Species, Wanted
from bot.reactions import Reaction
from bot.reconcile import PAGE, Barred, Reactors, Reconciler, Told
from bot.services.favourites import Favourites
from bot.services.guilds import Guilds
from bot.services.posts import Posts
from bot.services.reactions import Reactions
from bot.services.votes import Door, Vote, Votes
from bot.store.store import Store
from bot.telemetry import Counts

UP, DOWN, HEART = Reaction("👍"), Reaction("👎"), Reaction("❤️")
GUILD, PETS, DAILY = 5 << 22, 200, 201
MIA, NOAH = 7, 8
DAY = 86400.0


def key(message: int) -> PictureKey:
    return PictureKey(Source.CATAPI, f"p{message}")


@dataclass
class Discord:
    """Channels with messages, and who reacted to them; `asked` is every call in order."""

    messages: dict[int, dict[int, dict[Reaction, set[int]]]] = field(default_factory=dict)
    barred: dict[int, Barred] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)
    asked: list[tuple[int, ...]] = field(default_factory=list)

    def readable(self, space: int, channel_id: int) -> bool:
        return channel_id not in self.unreadable

    def shard_of(self, space: int) -> int | None:
        return {0: 0, GUILD: 0, GUILD + 1: 1}.get(space)

    async def history(self, channel_id: int, before: int) -> Sequence[Told] | Barred:
        self.asked.append((channel_id, before))
        if channel_id in self.barred:
            return self.barred[channel_id]
        there = self.messages[channel_id]
        found = sorted((message for message in there if message < before), reverse=True)[:PAGE]
        return [Told(m, {reaction: len(users) for reaction, users in there[m].items() if users}) for m in found]

    async def reactors(self, channel_id: int, message_id: int, reaction: Reaction, after: int) -> Reactors | Barred:
        self.asked.append((channel_id, message_id, after))
        if (-channel_id) in self.barred:
            return self.barred[-channel_id]
        users = sorted(user for user in self.messages[channel_id][message_id][reaction] if user > after)[:PAGE]
        return Reactors(frozenset(users), users[-1] if len(users) == PAGE else None)


@dataclass
class House:
    """What the reconciler takes of an app, on a store, with a Discord beside it."""

    posts: Posts
    votes: Votes
    favourites: Favourites
    clock: ManualClock
    discord: Discord
    reactions: Reactions = field(init=False)
    guilds: Guilds = field(init=False)
    counts: Counts = field(default_factory=Counts)
    slept: list[float] = field(default_factory=list)
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reactions = Reactions(self.posts._store, self.posts, self.votes, self.favourites, self.spawn)
        self.guilds = Guilds(self.posts._store, {})

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        self.tasks.append(asyncio.create_task(work, name=name))
        return self.tasks[-1]

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)

    def reconciler(self, most_calls: int = 100) -> Reconciler:
        return Reconciler(cast("App", self), self.discord, sleep=self.sleep, most_calls=most_calls)

    async def reconcile(self, shard: int = 0, most_calls: int = 100) -> list[tuple[int, ...]]:
        """Lose a session and look again; return what was asked."""
        self.discord.asked.clear()
        watches = len(self.reactions.watches)
        reconciler = self.reconciler(most_calls)
        reconciler.session_began(shard)
        reconciler.session_ready(shard)
        await asyncio.gather(*self.tasks)
        assert len(self.reactions.watches) == watches
        return list(self.discord.asked)

    async def show(self, message: int, *, channel: int = PETS, space: int = GUILD, cards: int = 1) -> None:
        shown = [Card(key(message + n), Wanted(species=Species.CAT), NOAH) for n in range(cards)]
        await self.posts.record(message, channel, space, shown, [])
        self.discord.messages.setdefault(channel, {})[message] = {}

    def react(self, message: int, reaction: Reaction, *users: int, channel: int = PETS) -> None:
        """React while the bot is away."""
        self.discord.messages[channel][message].setdefault(reaction, set()).update(users)

    async def vote(self, message: int, user: int = MIA, space: int = GUILD) -> Vote | None:
        return (await self.votes.standing(space, key(message), user)).mine


@pytest.fixture
async def house(store: Store, clock: ManualClock) -> House:
    posts, favourites = Posts(store), Favourites(store, clock)
    house = House(posts, Votes(store, clock), favourites, clock, Discord())
    house.votes._on_change = lambda person, picture: house.reactions.watches.voted(person, picture)
    return house


async def test_what_was_missed_is_found_and_counted(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for message in (1, 2, 3):
        await house.show(message)
    await house.reactions.add(1, Person(GUILD, MIA), UP)
    await house.reactions.add(2, Person(GUILD, MIA), UP)
    await house.votes.press(Person(GUILD, MIA), key(2), Vote.DOWN, Door.BUTTON)
    house.react(2, DOWN, NOAH)
    house.react(3, HEART, MIA, NOAH)
    asked = await house.reconcile()
    assert asked == [(PETS, 4), (PETS, 3, 0), (PETS, 2, 0)]
    # The first lost its reaction. The second lost one as well, yet a button had changed that vote.
    assert [await house.vote(message) for message in (1, 2, 3)] == [None, Vote.DOWN, None]
    assert await house.vote(2, NOAH) is Vote.DOWN
    assert await house.favourites.contains(Person(GUILD, NOAH), key(3))
    assert [house.counts.of("reconciled", found) for found in ("added", "removed", "gone")] == [3, 2, 0]
    assert house.counts.of("reconcile_call", "ok") == 3
    assert "3 cards, 3 reactions more, 2 fewer, 0 messages gone; 3 calls" in caplog.text


async def test_equal_numbers_cost_one_call_for_all_cards_of_a_channel(house: House) -> None:
    for message in range(1, 21):
        await house.show(message)
        await house.reactions.add(message, Person(GUILD, MIA), UP)
        house.react(message, UP, MIA)
    assert await house.reconcile() == [(PETS, 21)]
    assert house.slept == [0.2]


async def test_a_button_pressed_during_the_absence_stays_when_its_reaction_was_seen(house: House) -> None:
    await house.show(1)
    await house.reactions.add(1, Person(GUILD, MIA), UP)
    house.react(1, UP, MIA, NOAH)
    await house.votes.press(Person(GUILD, MIA), key(1), Vote.DOWN, Door.BUTTON)
    await house.reconcile()
    assert (await house.vote(1), await house.vote(1, NOAH)) == (Vote.DOWN, Vote.UP)


async def test_a_button_pressed_in_the_new_session_is_newer_than_what_was_missed(house: House) -> None:
    await house.show(1)
    house.react(1, UP, MIA)
    reconciler = house.reconciler()
    reconciler.session_began(0)
    await house.votes.press(Person(GUILD, MIA), key(1), Vote.DOWN, Door.BUTTON)
    reconciler.session_ready(0)
    await asyncio.gather(*house.tasks)
    assert await house.vote(1) is Vote.DOWN
    assert await house.reconcile() == [(PETS, 2)]
    assert await house.vote(1) is Vote.DOWN


async def test_newest_cards_come_first_whatever_their_channel(house: House) -> None:
    for message in range(1, 251):
        await house.show(message)
    for message in (300, 120):
        await house.show(message, channel=DAILY)
    # Between its two cards, #daily is full of what people said.
    house.discord.messages[DAILY] |= {message: {} for message in range(130, 300)}
    assert await house.reconcile() == [(DAILY, 301), (PETS, 251), (PETS, 151), (DAILY, 121), (PETS, 51)]


async def test_calls_are_bounded_and_the_rest_is_left_for_the_next_time(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    for message in range(1, 11):
        await house.show(message)
        house.react(message, UP, MIA)
    assert len(await house.reconcile(most_calls=4)) == 4
    assert [message for message in range(1, 11) if await house.vote(message)] == [8, 9, 10]
    assert "used up its 4 calls" in caplog.text
    await house.reconcile()
    assert [message for message in range(1, 11) if await house.vote(message)] == list(range(1, 11))


async def test_more_than_a_hundred_people_are_read_page_by_page(house: House) -> None:
    await house.show(1)
    house.react(1, UP, *range(1000, 1250))
    assert await house.reconcile() == [(PETS, 2), (PETS, 1, 0), (PETS, 1, 1099), (PETS, 1, 1199)]
    assert (await house.votes.standing(GUILD, key(1))).up == 250
    house.discord.messages[PETS][1][UP] -= set(range(1000, 1200))
    await house.reconcile()
    assert (await house.votes.standing(GUILD, key(1))).up == 50


async def test_a_super_and_a_normal_thumb_are_one_until_both_are_gone(house: House) -> None:
    both = Reaction("👍", burst=True)
    await house.show(1)
    await house.reactions.add(1, Person(GUILD, MIA), UP)
    house.react(1, both, MIA)
    await house.reconcile()
    assert await house.vote(1) is Vote.UP
    house.discord.messages[PETS][1].clear()
    await house.reconcile()
    assert await house.vote(1) is None


async def test_a_channel_that_is_gone_is_forgotten_and_its_votes_stay(house: House) -> None:
    await house.show(1)
    await house.reactions.add(1, Person(GUILD, MIA), UP)
    await house.show(2, channel=DAILY)
    house.react(2, UP, MIA, channel=DAILY)
    house.discord.barred[PETS] = Barred.GONE
    await house.reconcile()
    assert await house.posts.of_message(1) is None
    assert (await house.vote(1), await house.vote(2)) == (Vote.UP, Vote.UP)
    assert await house.reconcile() == [(DAILY, 3)]


@pytest.mark.parametrize("why", [Barred.REFUSED, Barred.FAILED])
async def test_a_channel_that_does_not_tell_keeps_what_was_seen(house: House, why: Barred) -> None:
    await house.show(1)
    await house.reactions.add(1, Person(GUILD, MIA), UP)
    house.discord.barred[PETS] = why
    assert len(await house.reconcile()) == 1
    assert await house.vote(1) is Vote.UP
    assert await house.posts.of_message(1) is not None
    assert house.counts.of("reconcile_call", why) == 1


async def test_a_refusal_in_the_middle_stops_the_channel(house: House) -> None:
    for message in (1, 2):
        await house.show(message)
        house.react(message, UP, MIA)
    house.discord.barred[-PETS] = Barred.REFUSED
    assert await house.reconcile() == [(PETS, 3), (PETS, 2, 0)]
    assert [await house.vote(message) for message in (1, 2)] == [None, None]


async def test_a_channel_without_the_permission_costs_no_call(house: House) -> None:
    await house.show(1)
    house.discord.unreadable.add(PETS)
    assert await house.reconcile() == []


async def test_messages_deleted_meanwhile_are_forgotten_and_their_votes_stay(house: House) -> None:
    for message in (1, 2):
        await house.show(message)
        await house.reactions.add(message, Person(GUILD, MIA), UP)
    del house.discord.messages[PETS][1]
    house.react(2, UP, MIA)
    await house.reconcile()
    assert await house.posts.of_message(1) is None
    assert await house.posts.of_message(2) is not None
    assert await house.vote(1) is Vote.UP
    assert house.counts.of("reconciled", "gone") == 1


async def test_an_empty_answer_says_nothing_of_what_was_deleted(house: House) -> None:
    # So Discord answers where the history may not be read.
    await house.show(1)
    await house.reactions.add(1, Person(GUILD, MIA), UP)
    house.discord.messages[PETS].clear()
    await house.reconcile()
    assert await house.posts.of_message(1) is not None
    assert await house.vote(1) is Vote.UP


async def test_cards_of_a_week_are_looked_at_and_older_ones_not(house: House) -> None:
    await house.show(1)
    house.react(1, UP, MIA)
    house.clock.advance(7 * DAY - 60)
    await house.show(2)
    house.react(2, UP, MIA)
    await house.reconcile()
    assert await house.vote(1) is Vote.UP
    house.react(1, DOWN, NOAH)
    house.clock.advance(120)
    await house.reconcile()
    assert await house.vote(1, NOAH) is None
    house.clock.advance(7 * DAY)
    assert await house.reconcile() == []


async def test_posts_of_several_pictures_have_no_reactions_that_count(house: House) -> None:
    await house.show(1, cards=3)
    house.react(1, UP, MIA)
    assert await house.reconcile() == [(PETS, 2)]
    assert await house.vote(1) is None


async def test_each_shard_looks_at_its_own_servers_and_the_first_at_direct_messages(house: House) -> None:
    await house.show(1)
    await house.show(2, channel=300, space=GUILD + 1)
    await house.show(3, channel=301, space=0)
    await house.show(4, channel=302, space=GUILD + 2)  # of another process
    house.react(3, UP, MIA, channel=301)
    assert await house.reconcile(shard=1) == [(300, 3)]
    assert await house.reconcile(shard=0) == [(301, 4), (301, 3, 0), (PETS, 2)]
    assert await house.vote(3, space=0) is Vote.UP


async def test_user_installed_cards_that_cannot_be_read_cost_ten_refusals_at_most(house: House) -> None:
    for message in range(1, 31):
        await house.show(message, channel=1000 + message, space=0)
        house.discord.barred[1000 + message] = Barred.REFUSED
    assert len(await house.reconcile()) == 10


async def test_it_may_be_cancelled_at_any_call_and_loses_nothing(house: House) -> None:
    for message in range(1, 6):
        await house.show(message)
        house.react(message, UP, MIA)
    for calls in range(1, 4):
        reached = asyncio.Event()

        async def sleep(_seconds: float, calls: int = calls, reached: asyncio.Event = reached) -> None:
            if len(house.discord.asked) >= calls:
                reached.set()
                await asyncio.Event().wait()

        house.discord.asked.clear()
        reconciler = Reconciler(cast("App", house), house.discord, sleep=sleep)
        reconciler.session_ready(0)
        await asyncio.wait_for(reached.wait(), 5)
        # A session that is lost again ends the walk; the app's end does the same.
        reconciler.session_began(0)
        await asyncio.wait(house.tasks)
    house.tasks.clear()
    await house.reconcile()
    assert [await house.vote(message) for message in range(1, 6)] == [Vote.UP] * 5
    assert house.counts.of("reconciled", "added") == 5


async def test_shards_take_turns(house: House) -> None:
    await house.show(1)
    await house.show(2, channel=300, space=GUILD + 1)
    under_way = most = 0

    async def sleep(_seconds: float) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    reconciler = Reconciler(cast("App", house), house.discord, sleep=sleep)
    for shard in (0, 1):
        reconciler.session_ready(shard)
    await asyncio.gather(*house.tasks)
    assert (most, len(house.discord.asked)) == (1, 2)
