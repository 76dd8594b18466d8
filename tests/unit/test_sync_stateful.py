"""Whatever people do and whatever breaks: the store is what a plain model of the rules says, and so is the back end."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Collection, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec import Struct
from sqlalchemy import URL, Table, delete, select

from bot.card import Card
from bot.clock import ManualClock
from bot.errors import BackendConfused, BackendLimited, BackendRefused, BackendUnavailable
from bot.identity import Person, SubIds
from bot.models import PictureKey, Source, Species, Wanted
from bot.reactions import Reaction
from bot.services.favourites import Favourites
from bot.services.posts import Posts
from bot.services.reactions import Reactions, Settled
from bot.services.votes import Door, Standing, Vote, Votes
from bot.services.watches import Watch
from bot.store import schema
from bot.store.store import Store
from bot.sync import Sync
from tests.unit.test_sync_remote import FakeRemote, When

T = TypeVar("T")

EXAMPLES = int(os.environ.get("PAWPRINT_EXAMPLES", "20"))
"""How many households live through a life of their own; `make chaos` asks for more."""

SUB_IDS = SubIds(b"a secret of some length")
SERVER, PERSONAL = 9, 0
CAT, DASHED, NEKO = (
    PictureKey(Source.CATAPI, "abc"),
    PictureKey(Source.CATAPI, "-d"),
    PictureKey(Source.NEKOS, "abc"),
)
FIRST, SECOND, OTHER, LETTER, SEVERAL, FOREIGN = range(1, 7)
# The messages of ours, with their space and what they show at first. Nothing is ever recorded of the foreign one.
MESSAGES = {
    FIRST: (SERVER, [CAT]),
    SECOND: (SERVER, [CAT]),
    OTHER: (SERVER, [NEKO]),
    LETTER: (PERSONAL, [CAT]),
    SEVERAL: (SERVER, [CAT, DASHED]),
}
VALUES = {"👍": Vote.UP, "👎": Vote.DOWN, "❤": None}

people = st.sampled_from([Person(PERSONAL, 1), Person(SERVER, 1), Person(SERVER, 2)])
users = st.sampled_from([1, 2])
keys = st.sampled_from([CAT, DASHED, NEKO])
votes = st.sampled_from(list(Vote))
messages = st.sampled_from([FIRST, FIRST, SECOND, OTHER, LETTER, SEVERAL, FOREIGN])
emojis = st.sampled_from(["👍", "👍", "👍🏽", "👎", "👎🏿", "❤️", "❤", "🎉"])
reactions = st.builds(Reaction, emojis, st.sampled_from([False, False, True]))
troubles = st.sampled_from(
    [
        None,
        BackendUnavailable("fake", "broken"),
        BackendConfused("fake", "cut"),
        BackendLimited("fake", 3.0),
        BackendRefused("fake", "no"),
        RuntimeError("a bug"),
    ]
)


class Seen(Struct, frozen=True):
    """A reaction that was seen: on which message, whose, and which one."""

    message: int
    user: int
    reaction: Reaction


class Model:
    """The rules of issue 4 in plain dictionaries: who voted and saved what, and which reactions stand where."""

    def __init__(self) -> None:
        self.votes: dict[tuple[Person, PictureKey], tuple[Vote, Door]] = {}
        self.saved: set[tuple[Person, PictureKey]] = set()
        self.seen: dict[Seen, PictureKey] = {}
        self.shown: dict[int, list[PictureKey]] = {}
        self.early: list[Seen] = []

    def standing(self, person: Person, key: PictureKey) -> Standing:
        there = [value for (who, what), (value, _) in self.votes.items() if (who.space, what) == (person.space, key)]
        mine = self.votes.get((person, key))
        return Standing(there.count(Vote.UP), there.count(Vote.DOWN), mine[0] if mine else None)

    def press(self, person: Person, key: PictureKey, value: Vote, door: Door) -> None:
        if self.votes.get((person, key), (None,))[0] is value:
            del self.votes[person, key]
        else:
            self.votes[person, key] = value, door

    def react(self, seen: Seen) -> bool:
        """Return whether it counts: exactly one picture, and an emoji that means something."""
        if kind(seen.reaction) not in VALUES:
            return False
        if seen.message not in self.shown:
            self.early.append(seen)
            return False
        if len(self.shown[seen.message]) != 1:
            return False
        person, key, value = whose(seen), self.shown[seen.message][0], VALUES[kind(seen.reaction)]
        self.seen[seen] = key
        if value is None:
            self.saved.add((person, key))
        elif self.votes.get((person, key), (None,))[0] is not value:
            self.votes[person, key] = value, Door.REACTION
        return True

    def take(self, gone: Seen) -> None:
        """Take a reaction away: with the last of its meaning to its picture goes the vote that a reaction gave."""
        key = self.seen.pop(gone, None)
        value = VALUES.get(kind(gone.reaction))
        if key is None or value is None:
            return
        person = whose(gone)
        held = any(
            (whose(other), at) == (person, key) and VALUES[kind(other.reaction)] is value
            for other, at in self.seen.items()
        )
        if not held and self.votes.get((person, key)) == (value, Door.REACTION):
            del self.votes[person, key]

    def show(self, message: int, shown: list[PictureKey]) -> None:
        new = message not in self.shown
        self.shown[message] = shown
        if new:
            waiting = [seen for seen in self.early if seen.message == message]
            self.early = [seen for seen in self.early if seen.message != message]
            for seen in waiting:
                self.react(seen)

    def delete(self, message: int) -> None:
        """What was given there stays."""
        self.shown.pop(message, None)
        self.seen = {seen: key for seen, key in self.seen.items() if seen.message != message}

    def forget(self, person: Person) -> None:
        self.votes = {who: vote for who, vote in self.votes.items() if who[0] != person}
        self.saved = {who for who in self.saved if who[0] != person}
        self.seen = {seen: key for seen, key in self.seen.items() if whose(seen) != person}


def whose(seen: Seen) -> Person:
    """Return who reacted, in the space of the message."""
    return Person(MESSAGES[seen.message][0] if seen.message in MESSAGES else SERVER, seen.user)


def kind(reaction: Reaction) -> str:
    """Return an emoji as people mean it: thumbs of every skin are one."""
    return reaction.emoji[:1]


def emojis_like(seen: Seen) -> st.SearchStrategy[str]:
    """Draw an emoji with the same meaning, or now and then the other thumb."""
    return st.sampled_from(
        {"👍": ["👍", "👍🏽", "👎"], "👎": ["👎", "👎🏿", "👍"], "❤": ["❤", "❤️"]}[kind(seen.reaction)]
    )


class Household(RuleBasedStateMachine):
    """The services and the delivery beside the model; on a store that is emptied for each life."""

    runner: asyncio.Runner
    store: Store
    clock: ManualClock

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.tasks: list[asyncio.Task[Any]] = []
        self.deleted: set[int] = set()
        self.remote = self.run(self._empty())
        self.begin()

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.runner.run(work)

    async def _empty(self) -> FakeRemote:
        async with self.store.writing() as connection:
            for table in (
                schema.votes,
                schema.favourites,
                schema.seen_reactions,
                schema.posts,
                schema.deliveries,
                schema.identities,
            ):
                await connection.execute(delete(table))
        return FakeRemote()

    @rule()
    def begin(self) -> None:
        """Start anew: nothing but the store is left."""
        self.model.early.clear()
        self.votes = Votes(self.store, self.clock)
        self.favourites = Favourites(self.store, self.clock)
        self.posts = Posts(self.store)
        self.reactions = Reactions(self.store, self.posts, self.votes, self.favourites, self._spawn)
        self.sync = Sync(self.store, SUB_IDS, [self.remote], self.clock, jitter=random.Random(1).random)

    def _spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        self.tasks.append(asyncio.create_task(work, name=name))
        return self.tasks[-1]

    @initialize(unrecorded=st.sets(st.sampled_from(list(MESSAGES)), max_size=2))
    def post_some(self, unrecorded: set[int]) -> None:
        for message, (_, shown) in MESSAGES.items():
            if message not in unrecorded:
                self._show(message, shown)

    def _show(self, message: int, shown: list[PictureKey]) -> None:
        async def record() -> None:
            cards = [Card(key, Wanted(species=Species.CAT), 1) for key in shown]
            await self.posts.record(message, 200, MESSAGES[message][0], cards, [])
            await asyncio.gather(*self.tasks)
            self.tasks.clear()

        self.model.show(message, shown)
        self.run(record())

    # What people do

    @rule(person=people, key=keys, value=votes, door=st.sampled_from([Door.BUTTON, Door.MENU]))
    def press(self, person: Person, key: PictureKey, value: Vote, door: Door) -> None:
        self.model.press(person, key, value, door)
        assert self.run(self.votes.press(person, key, value, door)) == self.model.standing(person, key)

    @rule(message=messages, user=users, reaction=reactions)
    def react(self, message: int, user: int, reaction: Reaction) -> None:
        if message in self.deleted:
            return
        seen = Seen(message, user, reaction)
        counted = self.run(self.reactions.add(message, whose(seen), reaction))
        assert counted is self.model.react(seen)

    @rule(message=messages, user=users, reaction=reactions)
    def take_away(self, message: int, user: int, reaction: Reaction) -> None:
        gone = Seen(message, user, reaction)
        self.model.early = [seen for seen in self.model.early if seen != gone]
        self.model.take(gone)
        self.run(self.reactions.remove(message, user, reaction))

    @precondition(lambda self: self.model.seen)
    @rule(data=st.data(), message=st.sampled_from([FIRST, SECOND]), reaction=reactions)
    def react_once_more(self, data: st.DataObject, message: int, reaction: Reaction) -> None:
        """Somebody who has reacted does so in another way, or on the other message of the same picture."""
        before = data.draw(st.sampled_from(sorted(self.model.seen, key=repr)))
        self.react(message, before.user, Reaction(data.draw(emojis_like(before)), reaction.burst))

    @precondition(lambda self: self.model.seen)
    @rule(data=st.data())
    def take_one_away_that_stands(self, data: st.DataObject) -> None:
        gone = data.draw(st.sampled_from(sorted(self.model.seen, key=repr)))
        self.model.take(gone)
        self.run(self.reactions.remove(gone.message, gone.user, gone.reaction))

    @rule(message=messages, emoji=st.one_of(st.none(), emojis))
    def clear(self, message: int, emoji: str | None) -> None:
        def meant(seen: Seen) -> bool:
            return seen.message == message and emoji in (None, seen.reaction.emoji)

        self.model.early = [seen for seen in self.model.early if not meant(seen)]
        for seen in list(filter(meant, self.model.seen)):
            self.model.take(seen)
        self.run(self.reactions.clear(message, emoji))

    @rule(message=messages, reaction=reactions, there=st.sets(users))
    def find_out_after_a_lost_session(self, message: int, reaction: Reaction, there: Collection[int]) -> None:
        if len(self.model.shown.get(message, ())) != 1 or kind(reaction) not in VALUES:
            return
        known = {seen.user for seen in self.model.seen if (seen.message, seen.reaction) == (message, reaction)}
        for user in known - set(there):
            self.model.take(Seen(message, user, reaction))
        for user in sorted(set(there) - known):
            self.model.react(Seen(message, user, reaction))
        settling = self.reactions.settle(message, MESSAGES[message][0], {reaction: there}, Watch())
        assert self.run(settling) == Settled(len(set(there) - known), len(known - set(there)))

    @rule(message=st.sampled_from(list(MESSAGES)))
    def delete_message(self, message: int) -> None:
        self.deleted.add(message)
        self.model.delete(message)
        self.model.early = [seen for seen in self.model.early if seen.message != message]
        self.run(self.posts.forget_messages([message]))

    @rule(message=st.sampled_from(list(MESSAGES)), key=keys)
    def show_another_picture_in_place(self, message: int, key: PictureKey) -> None:
        if message not in self.deleted:
            self._show(message, [key])

    @rule(person=people, key=keys, how=st.sampled_from(["add", "remove", "toggle"]))
    def save(self, person: Person, key: PictureKey, how: str) -> None:
        before = (person, key) in self.model.saved
        keep = {"add": True, "remove": False, "toggle": not before}[how]
        (self.model.saved.add if keep else self.model.saved.discard)((person, key))
        act = {"add": self.favourites.add, "remove": self.favourites.remove, "toggle": self.favourites.toggle}[how]
        assert self.run(act(person, key)) is (keep if how == "toggle" else keep is not before)

    @rule(person=people)
    def list_favourites(self, person: Person) -> None:
        page = self.run(self.favourites.page(person))
        assert {item.key for item in page.items} == {key for who, key in self.model.saved if who == person}
        assert page.total == len(page.items)

    @rule(person=people)
    def be_forgotten(self, person: Person) -> None:
        self.model.forget(person)
        self.run(self.votes.forget(person))
        self.run(self.favourites.forget(person))

    # What breaks

    @rule(
        trouble=troubles,
        when=st.sampled_from(list(When)),
        after=st.integers(0, 3),
        seconds=st.sampled_from([0, 2, 60, 9000]),
    )
    def deliver(self, trouble: Exception | None, when: When, after: int, seconds: int) -> None:
        self.clock.advance(seconds)
        if trouble is not None:
            # What the service refused had no effect there.
            had_effect = not isinstance(trouble, BackendLimited | BackendRefused)
            self.remote.faults.extend([None] * after + [(when if had_effect else When.BEFORE, trouble)])
        self.run(self.sync.deliver_due())
        self.remote.faults.clear()

    @rule(keyed=st.booleans())
    def have_a_key_or_none(self, keyed: bool) -> None:
        self.remote.keyed = keyed

    @rule(when=st.sampled_from(list(When)))
    def be_killed_in_a_call(self, when: When) -> None:
        async def deliver_until_it_hangs() -> None:
            self.remote.hang = when
            self.remote.hung = asyncio.Event()
            pass_ = asyncio.create_task(self.sync.deliver_due())
            hung = asyncio.create_task(self.remote.hung.wait())
            await asyncio.wait([pass_, hung], return_when=asyncio.FIRST_COMPLETED)
            for task in (pass_, hung):
                task.cancel()
            await asyncio.gather(pass_, hung, return_exceptions=True)
            self.remote.hang = None

        self.run(deliver_until_it_hangs())
        self.begin()

    @precondition(lambda self: self.remote.held_votes or self.remote.held_favourites)
    @rule()
    def wipe_the_back_end(self) -> None:
        self.remote.held_votes.clear()
        self.remote.held_favourites.clear()
        self.run(self.sync.deliver_anew(Source.CATAPI))

    # What must be so

    @invariant()
    def the_store_is_the_model(self) -> None:
        votes, saved, seen, wishes = self.run(self._rows())
        assert votes == self.model.votes
        assert saved == self.model.saved
        assert seen == self.model.seen
        # What was withdrawn may wait as a tombstone, nothing else.
        assert {wish: value for wish, value in wishes.items() if value} == self._wanted()

    def _wanted(self) -> dict[tuple[Person, str, str], int]:
        voted = {(who, key.id, "vote"): value.value for (who, key), (value, _) in self.model.votes.items() if kept(key)}
        return voted | {(who, key.id, "favourite"): 1 for who, key in self.model.saved if kept(key)}

    async def _rows(self) -> tuple[Any, Any, Any, Any]:
        async with self.store.reading() as connection:

            async def rows(table: Table) -> list[Any]:
                return list(await connection.execute(select(table)))

            votes = {whose_what(row): (Vote(row.value), Door(row.door)) for row in await rows(schema.votes)}
            saved = {whose_what(row) for row in await rows(schema.favourites)}
            seen = {
                Seen(row.message_id, row.person, Reaction(row.emoji, row.burst)): whose_what(row)[1]
                for row in await rows(schema.seen_reactions)
            }
            wishes = {
                (Person(row.space, row.person), row.picture_id, row.kind): row.desired
                for row in await rows(schema.deliveries)
            }
        return votes, saved, seen, wishes

    def teardown(self) -> None:
        self.remote.keyed = True
        for _ in range(3):
            self.clock.advance(9000)
            self.run(self.sync.deliver_due())
        assert self.run(self.sync.waiting()) == 0
        held = [(vote.sub_id, vote.image_id, "vote", vote.value) for vote in self.remote.held_votes.values()]
        held += [(one.sub_id, one.image_id, "favourite", 1) for one in self.remote.held_favourites.values()]
        wanted = [(SUB_IDS.sub_id(who), id_, what, value) for (who, id_, what), value in self._wanted().items()]
        assert sorted(held) == sorted(wanted)
        assert set(self.run(self._rows())[3].values()) <= {1, -1}


def kept(key: PictureKey) -> bool:
    """Tell whether there is a back end that keeps votes on a picture."""
    return key.source is Source.CATAPI


def whose_what(row: Any) -> tuple[Person, PictureKey]:
    """Return the person and the picture of a row."""
    return Person(row.space, row.person), PictureKey(Source(row.source), row.picture_id)


@pytest.fixture
def household(ready_url: URL) -> Iterator[type[Household]]:
    """Give the machine a database of either kind."""
    with asyncio.Runner() as runner:
        clock = ManualClock()
        store = runner.run(Store.open(ready_url, clock=clock))
        yield type("Household", (Household,), {"runner": runner, "store": store, "clock": clock})
        runner.run(store.close())


# Only a failure takes so long: what it needs is looked for then.
@pytest.mark.timeout(600)
def test_everything_agrees_in_the_end(household: type[Household], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL")
    run_state_machine_as_test(
        household,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
