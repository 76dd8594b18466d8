"""Which emoji mean something, however a client sends them, and what reactions give and take."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.card import Action, Card
from bot.clock import ManualClock
from bot.identity import Person
from bot.models import PictureKey, Source, Species, Wanted
from bot.reactions import Reaction, meaning
from bot.services.favourites import Favourites
from bot.services.posts import Posts
from bot.services.reactions import Reactions, Settled
from bot.services.votes import Door, Standing, Vote, Votes
from bot.services.watches import Watch
from bot.store.store import Store

TONES = ["", *(chr(code) for code in range(0x1F3FB, 0x1F400))]
UP, DOWN, HEART = Reaction("👍"), Reaction("👎"), Reaction("❤️")
SUPER = Reaction("👍", burst=True)
CAT, OTHER = PictureKey(Source.CATAPI, "abc"), PictureKey(Source.CATAPI, "xyz")
GUILD, PETS, DAILY = 2**62, 200, 201
MIA, NOAH = Person(GUILD, 7), Person(GUILD, 8)
FIRST, SECOND = 1001, 1002
NOTHING = Standing()


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("selector", ["", "\ufe0f"])
@pytest.mark.parametrize(("emoji", "action"), [("👍", Action.UP), ("👎", Action.DOWN)])
def test_thumbs_of_every_skin_with_or_without_selector(emoji: str, action: Action, tone: str, selector: str) -> None:
    assert meaning(emoji + tone + selector) is action


@pytest.mark.parametrize("heart", ["❤", "❤️"])
def test_a_red_heart_saves(heart: str) -> None:
    assert meaning(heart) is Action.SAVE


@pytest.mark.parametrize("emoji", ["❤️‍🔥", "💛", "👍👍", "", "\ufe0f", "🏽", "🎉", "+1", ":thumbsup:"])
def test_other_emoji_mean_nothing(emoji: str) -> None:
    assert meaning(emoji) is None


@given(st.text(max_size=8))
def test_no_text_breaks_it(text: str) -> None:
    assert meaning(text) in (None, Action.UP, Action.DOWN, Action.SAVE)


@dataclass
class Room:
    """The rules on a store, and what was told to change."""

    posts: Posts
    votes: Votes
    favourites: Favourites
    reactions: Reactions
    told: list[tuple[Person, PictureKey]]

    async def show(self, message: int, *pictures: PictureKey, channel: int = PETS) -> None:
        cards = [Card(picture, Wanted(species=Species.CAT), NOAH.user) for picture in pictures]
        await self.posts.record(message, channel, GUILD, cards, [])

    async def vote(self, who: Person = MIA, picture: PictureKey = CAT) -> Vote | None:
        return (await self.votes.standing(GUILD, picture, who.user)).mine

    async def seen(self, message: int = FIRST) -> dict[Reaction, set[int]]:
        return (await self.reactions.seen([message]))[message]


def spawn(work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
    return asyncio.create_task(work, name=name)


async def caught_up() -> None:
    """Wait for what was spawned."""
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "early reactions"))


@pytest.fixture
async def room(store: Store, clock: ManualClock) -> Room:
    """Two messages of one picture, in two channels."""
    told: list[tuple[Person, PictureKey]] = []

    def tell(person: Person, key: PictureKey) -> None:
        told.append((person, key))

    posts, favourites = Posts(store), Favourites(store, clock, on_change=tell)
    votes = Votes(store, clock)
    room = Room(posts, votes, favourites, Reactions(store, posts, votes, favourites, spawn, on_change=tell), told)
    await room.show(FIRST, CAT)
    await room.show(SECOND, CAT, channel=DAILY)
    return room


async def test_a_thumb_votes_and_goes_and_a_heart_stays(room: Room) -> None:
    assert await room.reactions.add(FIRST, MIA, UP)
    assert await room.reactions.add(FIRST, MIA, HEART)
    assert (await room.vote(), await room.favourites.contains(MIA, CAT)) == (Vote.UP, True)
    await room.reactions.remove(FIRST, MIA.user, UP)
    await room.reactions.remove(FIRST, MIA.user, HEART)
    assert (await room.vote(), await room.favourites.contains(MIA, CAT)) == (None, True)
    assert room.told == [(MIA, CAT)] * 3
    assert await room.seen() == {}


@pytest.mark.parametrize(
    ("message", "other"),
    [(FIRST, SUPER), (FIRST, Reaction("👍🏿")), (SECOND, UP), (SECOND, Reaction("👍🏿", burst=True))],
)
async def test_a_vote_goes_with_the_last_thumb_that_holds_it(room: Room, message: int, other: Reaction) -> None:
    for taken_first in (True, False):
        await room.reactions.add(FIRST, MIA, UP)
        await room.reactions.add(message, MIA, other)
        both = [(FIRST, UP), (message, other)]
        first, last = both if taken_first else reversed(both)
        await room.reactions.remove(first[0], MIA.user, first[1])
        assert await room.vote() is Vote.UP
        await room.reactions.remove(last[0], MIA.user, last[1])
        assert await room.vote() is None


async def test_the_last_thumb_wins_on_two_messages_and_takes_only_its_own(room: Room) -> None:
    await room.reactions.add(FIRST, MIA, UP)
    await room.reactions.add(SECOND, MIA, DOWN)
    assert await room.vote() is Vote.DOWN
    await room.reactions.remove(FIRST, MIA.user, UP)
    assert await room.vote() is Vote.DOWN
    await room.reactions.remove(SECOND, MIA.user, DOWN)
    assert await room.vote() is None


@pytest.mark.parametrize("door", [Door.BUTTON, Door.MENU])
@pytest.mark.parametrize("value", [Vote.UP, Vote.DOWN])
async def test_what_another_door_gave_stays_when_a_reaction_goes(room: Room, door: Door, value: Vote) -> None:
    await room.reactions.add(FIRST, MIA, UP)
    if value is Vote.UP:
        await room.votes.press(MIA, CAT, value, door)
    await room.votes.press(MIA, CAT, value, door)
    await room.reactions.remove(FIRST, MIA.user, UP)
    assert await room.vote() is value


async def test_what_was_never_seen_takes_nothing(room: Room) -> None:
    await room.votes.cast(MIA, CAT, Vote.UP, Door.REACTION)
    await room.reactions.remove(FIRST, MIA.user, UP)
    await room.reactions.remove(9999, MIA.user, UP)
    assert await room.vote() is Vote.UP


async def test_another_picture_in_place_is_not_the_one_that_was_voted_on(room: Room) -> None:
    await room.reactions.add(FIRST, MIA, UP)
    await room.show(FIRST, OTHER)
    assert (await room.vote(), await room.vote(picture=OTHER)) == (Vote.UP, None)
    await room.votes.cast(MIA, OTHER, Vote.UP, Door.REACTION)
    await room.reactions.remove(FIRST, MIA.user, UP)
    assert (await room.vote(), await room.vote(picture=OTHER)) == (None, Vote.UP)


async def test_several_pictures_or_none_that_is_known_do_not_count(room: Room) -> None:
    await room.show(FIRST, CAT, OTHER)
    assert not await room.reactions.add(FIRST, MIA, UP)
    assert not await room.reactions.add(9999, MIA, UP)
    assert not await room.reactions.add(SECOND, MIA, Reaction("🎉"))
    assert (await room.vote(), await room.seen(), room.told) == (None, {}, [])


async def test_a_reaction_that_is_quicker_than_the_record_of_its_message_counts(room: Room) -> None:
    assert not await room.reactions.add(3, MIA, UP)
    assert not await room.reactions.add(3, MIA, HEART)
    assert not await room.reactions.add(3, NOAH, UP)
    assert not await room.reactions.add(4, MIA, DOWN)
    await room.reactions.remove(3, NOAH.user, UP)
    await room.reactions.clear(4)
    await room.show(3, OTHER)
    await room.show(4, OTHER)
    await caught_up()
    assert await room.votes.standing(GUILD, OTHER, MIA.user) == Standing(1, 0, Vote.UP)
    assert await room.favourites.contains(MIA, OTHER)
    assert await room.seen(3) == {UP: {MIA.user}, HEART: {MIA.user}}


async def test_reactions_that_wait_for_a_record_are_few(room: Room) -> None:
    for message in range(3, 203):
        await room.reactions.add(message, MIA, UP)
    await room.show(3, CAT)
    await room.show(202, OTHER)
    await caught_up()
    assert (await room.vote(), await room.vote(picture=OTHER)) == (None, Vote.UP)


async def test_cleared_reactions_take_their_votes_and_no_favourite(room: Room) -> None:
    await room.reactions.add(FIRST, MIA, UP)
    await room.reactions.add(FIRST, MIA, Reaction("👍🏽"))
    await room.reactions.add(FIRST, MIA, HEART)
    await room.reactions.add(FIRST, NOAH, DOWN)
    await room.votes.press(NOAH, CAT, Vote.UP, Door.BUTTON)
    await room.reactions.clear(FIRST)
    assert await room.votes.standing(GUILD, CAT, MIA.user) == Standing(up=1)
    assert await room.vote(NOAH) is Vote.UP
    assert await room.favourites.contains(MIA, CAT)
    assert await room.seen() == {}


async def test_one_emoji_that_is_cleared_takes_its_own_votes_super_ones_too(room: Room) -> None:
    await room.reactions.add(FIRST, MIA, SUPER)
    await room.reactions.add(FIRST, NOAH, Reaction("👍🏽"))
    await room.reactions.clear(FIRST, "👍")
    assert (await room.vote(MIA), await room.vote(NOAH)) == (None, Vote.UP)
    assert await room.seen() == {Reaction("👍🏽"): {NOAH.user}}


@pytest.mark.parametrize("how", ["message", "channel"])
async def test_what_is_deleted_is_forgotten_and_its_votes_stay(room: Room, how: str) -> None:
    await room.reactions.add(FIRST, MIA, UP)
    if how == "message":
        await room.posts.forget_messages([FIRST, 9999])
    else:
        await room.posts.forget_channels([PETS])
    assert (await room.seen(), await room.vote()) == ({}, Vote.UP)
    assert await room.posts.of_message(FIRST) is None
    assert await room.posts.of_message(SECOND) is not None
    await room.reactions.remove(FIRST, MIA.user, UP)
    await room.reactions.clear(FIRST)
    assert await room.vote() is Vote.UP


async def test_who_wants_to_be_forgotten_leaves_no_reaction_behind(room: Room) -> None:
    for who in (MIA, NOAH):
        await room.reactions.add(FIRST, who, UP)
        await room.reactions.add(SECOND, who, SUPER)
        await room.reactions.add(SECOND, who, HEART)
    await room.show(3, OTHER)
    await room.reactions.add(3, MIA, HEART)
    assert await room.votes.forget(MIA) == 1
    assert await room.votes.standing(GUILD, CAT, MIA.user) == Standing(up=1)
    for message in (FIRST, SECOND, 3):
        assert all(users == {NOAH.user} for users in (await room.seen(message)).values())
    # The thumb that goes later has nothing to take any more, not even what a button gives meanwhile.
    await room.votes.cast(MIA, CAT, Vote.UP, Door.REACTION)
    await room.reactions.remove(FIRST, MIA.user, UP)
    assert await room.vote() is Vote.UP


async def test_what_comes_in_a_row_is_taken_in_its_order(room: Room) -> None:
    turns = ((room.reactions.add(FIRST, MIA, UP), room.reactions.remove(FIRST, MIA.user, UP)) for _ in range(10))
    await asyncio.gather(*(each for pair in turns for each in pair))
    assert (await room.vote(), await room.seen()) == (None, {})
    await asyncio.gather(
        room.reactions.add(FIRST, MIA, UP), room.reactions.clear(FIRST), room.reactions.add(FIRST, MIA, DOWN)
    )
    assert (await room.vote(), await room.seen()) == (Vote.DOWN, {DOWN: {MIA.user}})


async def test_a_reaction_is_seen_in_the_transaction_of_its_vote_or_not_at_all(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("bot.store.deliveries.wish", breaks)
    with pytest.raises(RuntimeError, match="power cut"):
        await room.reactions.add(FIRST, MIA, UP)
    assert (await room.vote(), await room.seen()) == (None, {})
    monkeypatch.undo()
    await room.reactions.add(FIRST, MIA, UP)
    monkeypatch.setattr("bot.store.deliveries.wish", breaks)
    with pytest.raises(RuntimeError, match="power cut"):
        await room.reactions.remove(FIRST, MIA.user, UP)
    assert (await room.vote(), await room.seen()) == (Vote.UP, {UP: {MIA.user}})


async def test_settling_changes_what_differs_and_nothing_else(room: Room) -> None:
    await room.reactions.add(FIRST, MIA, UP)
    await room.reactions.add(FIRST, NOAH, UP)
    await room.votes.press(NOAH, CAT, Vote.DOWN, Door.BUTTON)
    there = {UP: {NOAH.user}, DOWN: {MIA.user}, HEART: {MIA.user, NOAH.user}}
    assert await room.reactions.settle(FIRST, GUILD, there, Watch()) == Settled(added=3, removed=1)
    assert (await room.vote(MIA), await room.vote(NOAH)) == (Vote.DOWN, Vote.DOWN)
    assert await room.favourites.contains(NOAH, CAT)
    assert await room.reactions.settle(FIRST, GUILD, there, Watch()) == Settled()
    assert await room.seen() == there


async def test_what_people_do_meanwhile_is_newer_than_what_was_missed(room: Room) -> None:
    with room.reactions.watches.during() as watch:
        await room.reactions.add(FIRST, MIA, UP)
        await room.reactions.remove(FIRST, MIA.user, UP)
        await room.reactions.add(FIRST, NOAH, DOWN)
        # Read before all that: Mia's was there, and Noah's was not.
        there = {UP: {MIA.user, NOAH.user}, DOWN: set[int]()}
        assert watch.saw(FIRST)
        assert not watch.saw(SECOND)
        await room.reactions.settle(FIRST, GUILD, there, watch)
    assert (await room.vote(MIA), await room.vote(NOAH)) == (None, Vote.DOWN)
    # That Noah's thumb was there is remembered all the same: it is not found anew the next time.
    assert await room.seen() == {UP: {NOAH.user}, DOWN: {NOAH.user}}
