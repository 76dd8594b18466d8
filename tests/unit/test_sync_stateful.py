"""Whatever people press and whatever breaks: the store is what was pressed, and the back end becomes the same."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.clock import ManualClock
from bot.errors import BackendConfused, BackendLimited, BackendRefused, BackendUnavailable
from bot.identity import Person, SubIds
from bot.models import PictureKey, Source
from bot.services.favourites import Favourites
from bot.services.votes import Door, Standing, Vote, Votes
from bot.store.engine import sqlite_url
from bot.store.store import Store
from bot.sync import Sync
from tests.unit.test_sync_remote import FakeRemote, When

T = TypeVar("T")

SUB_IDS = SubIds(b"a secret of some length")
people = st.sampled_from([Person(0, 1), Person(9, 1), Person(9, 2)])
keys = st.sampled_from(
    [PictureKey(Source.CATAPI, "abc"), PictureKey(Source.CATAPI, "-d"), PictureKey(Source.NEKOS, "abc")]
)
vote_values = st.sampled_from(list(Vote))
doors = st.sampled_from(list(Door))
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


class Household(RuleBasedStateMachine):
    """The services and the delivery beside two dictionaries that are what people expect."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        url = sqlite_url(Path(self.folder.name))
        shutil.copy(self.template, url.database or "")
        self.clock = ManualClock()
        self.store = self.run(Store.open(url, clock=self.clock))
        self.votes = Votes(self.store, self.clock)
        self.favourites = Favourites(self.store, self.clock)
        self.remote = self.run(self._remote())
        self.voted: dict[tuple[Person, PictureKey], tuple[Vote, Door]] = {}
        self.saved: dict[tuple[Person, PictureKey], None] = {}
        self.begin()

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.runner.run(work)

    async def _remote(self) -> FakeRemote:
        return FakeRemote()

    def begin(self) -> None:
        self.sync = Sync(self.store, SUB_IDS, [self.remote], self.clock, jitter=random.Random(1).random)

    def _standing(self, person: Person, key: PictureKey) -> Standing:
        there = [value for (who, what), (value, _) in self.voted.items() if (who.space, what) == (person.space, key)]
        mine = self.voted.get((person, key))
        return Standing(there.count(Vote.UP), there.count(Vote.DOWN), mine[0] if mine else None)

    @rule(person=people, key=keys, value=vote_values, door=doors)
    def press(self, person: Person, key: PictureKey, value: Vote, door: Door) -> None:
        if self.voted.get((person, key), (None,))[0] is value:
            del self.voted[person, key]
        else:
            self.voted[person, key] = value, door
        assert self.run(self.votes.press(person, key, value, door)) == self._standing(person, key)

    @rule(person=people, key=keys, value=vote_values)
    def react(self, person: Person, key: PictureKey, value: Vote) -> None:
        if self.voted.get((person, key), (None,))[0] is not value:
            self.voted[person, key] = value, Door.REACTION
        assert self.run(self.votes.cast(person, key, value, Door.REACTION)) == self._standing(person, key)

    @rule(person=people, key=keys, value=vote_values)
    def take_the_reaction_away(self, person: Person, key: PictureKey, value: Vote) -> None:
        if self.voted.get((person, key)) == (value, Door.REACTION):
            del self.voted[person, key]
        withdrawn = self.votes.withdraw(person, key, only_value=value, only_door=Door.REACTION)
        assert self.run(withdrawn) == self._standing(person, key)

    @rule(person=people, key=keys)
    def press_the_heart(self, person: Person, key: PictureKey) -> None:
        if (person, key) in self.saved:
            del self.saved[person, key]
        else:
            self.saved[person, key] = None
        assert self.run(self.favourites.toggle(person, key)) is ((person, key) in self.saved)

    @rule(person=people)
    def be_forgotten(self, person: Person) -> None:
        self.run(self.votes.forget(person))
        self.run(self.favourites.forget(person))
        self.voted = {who: vote for who, vote in self.voted.items() if who[0] != person}
        self.saved = {who: None for who in self.saved if who[0] != person}

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
    def the_back_end_is_wiped(self) -> None:
        self.remote.held_votes.clear()
        self.remote.held_favourites.clear()
        self.run(self.sync.deliver_anew(Source.CATAPI))

    @invariant()
    def the_lists_are_what_was_pressed(self) -> None:
        for person in {person for person, _ in self.saved}:
            page = self.run(self.favourites.page(person))
            assert {item.key for item in page.items} == {key for who, key in self.saved if who == person}
            assert page.total == len(page.items)

    def teardown(self) -> None:
        try:
            for _ in range(3):
                self.clock.advance(9000)
                self.run(self.sync.deliver_due())
            assert self.run(self.sync.waiting()) == 0
            assert sorted(
                (vote.sub_id, vote.image_id, vote.value) for vote in self.remote.held_votes.values()
            ) == sorted(
                (SUB_IDS.sub_id(person), key.id, value.value)
                for (person, key), (value, _) in self.voted.items()
                if key.source is Source.CATAPI
            )
            assert sorted((held.sub_id, held.image_id) for held in self.remote.held_favourites.values()) == sorted(
                (SUB_IDS.sub_id(person), key.id) for person, key in self.saved if key.source is Source.CATAPI
            )
        finally:
            self.run(self.store.close())
            self.runner.close()
            self.folder.cleanup()


def test_everything_agrees_in_the_end(migrated_sqlite: Path, caplog: pytest.LogCaptureFixture) -> None:
    Household.template = migrated_sqlite
    caplog.set_level("CRITICAL")
    run_state_machine_as_test(
        Household,
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
