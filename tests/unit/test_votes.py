"""Votes as people see them: one each, whichever door, and counts that are true however many press at once."""

from __future__ import annotations

import asyncio

import pytest

from bot.clock import ManualClock
from bot.identity import Person
from bot.models import PictureKey, Source
from bot.services.votes import Door, Standing, Vote, Votes
from bot.store import deliveries
from bot.store.deliveries import Delivery
from bot.store.store import Store

CAT = PictureKey(Source.CATAPI, "abc")
DOG = PictureKey(Source.DOGAPI, "abc")
NEKO = PictureKey(Source.NEKOS, "abc")
GUILD = 2**62
ANN = Person(GUILD, 2**63 - 1)
BEN = Person(GUILD, 2)


@pytest.fixture
def changes() -> list[tuple[Person, PictureKey]]:
    return []


@pytest.fixture
def votes(store: Store, clock: ManualClock, changes: list[tuple[Person, PictureKey]]) -> Votes:
    return Votes(store, clock, on_change=lambda person, key: changes.append((person, key)))


async def wishes(store: Store, clock: ManualClock, source: Source = Source.CATAPI) -> list[Delivery]:
    async with store.reading() as connection:
        return await deliveries.due(connection, source, now=clock.now(), limit=1000)


async def test_a_press_votes_another_withdraws_and_the_other_button_changes(votes: Votes) -> None:
    assert await votes.press(ANN, CAT, Vote.UP, Door.BUTTON) == Standing(1, 0, Vote.UP)
    assert await votes.press(BEN, CAT, Vote.UP, Door.MENU) == Standing(2, 0, Vote.UP)
    assert await votes.press(ANN, CAT, Vote.DOWN, Door.BUTTON) == Standing(1, 1, Vote.DOWN)
    assert await votes.press(ANN, CAT, Vote.DOWN, Door.BUTTON) == Standing(1, 0, None)
    assert await votes.standing(GUILD, CAT, ANN.user) == Standing(1, 0, None)
    assert await votes.standing(GUILD, CAT, BEN.user) == Standing(1, 0, Vote.UP)
    assert await votes.standing(GUILD, CAT) == Standing(1, 0, None)


async def test_spaces_and_sources_do_not_mix(votes: Votes) -> None:
    await votes.press(ANN, CAT, Vote.UP, Door.BUTTON)
    await votes.press(Person(0, ANN.user), CAT, Vote.DOWN, Door.BUTTON)
    assert await votes.standing(GUILD, DOG, ANN.user) == Standing()
    assert await votes.standing(0, CAT, ANN.user) == Standing(0, 1, Vote.DOWN)
    assert await votes.standings(GUILD, [CAT, DOG, CAT], ANN.user) == {CAT: Standing(1, 0, Vote.UP), DOG: Standing()}
    assert await votes.standings(GUILD, []) == {}


async def test_a_reaction_sets_and_only_takes_back_what_it_gave(votes: Votes) -> None:
    await votes.press(ANN, CAT, Vote.UP, Door.BUTTON)
    assert await votes.cast(ANN, CAT, Vote.UP, Door.REACTION) == Standing(1, 0, Vote.UP)
    kept = await votes.withdraw(ANN, CAT, only_value=Vote.UP, only_door=Door.REACTION)
    assert kept == Standing(1, 0, Vote.UP)

    assert await votes.cast(ANN, CAT, Vote.DOWN, Door.REACTION) == Standing(0, 1, Vote.DOWN)
    assert (await votes.withdraw(ANN, CAT, only_value=Vote.UP, only_door=Door.REACTION)).mine is Vote.DOWN
    assert await votes.withdraw(ANN, CAT, only_value=Vote.DOWN, only_door=Door.REACTION) == Standing()
    assert await votes.withdraw(ANN, CAT) == Standing()


async def test_only_what_changed_is_told(votes: Votes, changes: list[tuple[Person, PictureKey]]) -> None:
    await votes.cast(ANN, CAT, Vote.UP, Door.REACTION)
    await votes.cast(ANN, CAT, Vote.UP, Door.BUTTON)
    await votes.withdraw(BEN, CAT)
    assert changes == [(ANN, CAT)]
    await votes.press(BEN, CAT, Vote.UP, Door.BUTTON)
    await votes.withdraw(ANN, CAT)
    assert changes == [(ANN, CAT), (BEN, CAT), (ANN, CAT)]


async def test_the_back_ends_wish_is_written_with_the_vote_and_coalesced(
    votes: Votes, store: Store, clock: ManualClock
) -> None:
    await votes.press(ANN, CAT, Vote.UP, Door.BUTTON)
    clock.advance(5)
    await votes.press(ANN, CAT, Vote.DOWN, Door.BUTTON)
    await votes.press(ANN, NEKO, Vote.UP, Door.BUTTON)
    [wish] = await wishes(store, clock)
    assert (wish.person, wish.picture, wish.desired, wish.delivered) == (ANN, CAT, -1, None)
    assert wish.changed_at == clock.now()
    assert await wishes(store, clock, Source.NEKOS) == []
    await votes.withdraw(ANN, CAT)
    assert [wish.desired for wish in await wishes(store, clock)] == [0]


async def test_a_crowd_is_counted_and_the_last_to_be_told_knows_all(
    votes: Votes, store: Store, clock: ManualClock
) -> None:
    told = await asyncio.gather(
        *(votes.press(Person(GUILD, user), CAT, Vote.UP if user % 3 else Vote.DOWN, Door.BUTTON) for user in range(60))
    )
    assert await votes.standing(GUILD, CAT) == Standing(40, 20)
    # Every press saw a count of its own: nobody was told of a state that never was.
    assert sorted(standing.up + standing.down for standing in told) == list(range(1, 61))
    assert len(await wishes(store, clock)) == 60


@pytest.mark.parametrize(("presses", "left"), [(8, None), (9, Vote.UP)])
async def test_one_person_who_presses_like_mad_has_one_vote_or_none(
    votes: Votes, store: Store, clock: ManualClock, presses: int, left: Vote | None
) -> None:
    told = await asyncio.gather(*(votes.press(ANN, CAT, Vote.UP, Door.BUTTON) for _ in range(presses)))
    assert sum(standing.mine is Vote.UP for standing in told) == (presses + 1) // 2
    assert await votes.standing(GUILD, CAT, ANN.user) == Standing(presses % 2, 0, left)
    [wish] = await wishes(store, clock)
    assert wish.desired == presses % 2


async def test_both_buttons_and_a_reaction_at_once_leave_one_vote_that_the_back_end_is_told(
    votes: Votes, store: Store, clock: ManualClock
) -> None:
    await asyncio.gather(
        *(votes.press(ANN, CAT, Vote.UP, Door.BUTTON) for _ in range(5)),
        *(votes.press(ANN, CAT, Vote.DOWN, Door.BUTTON) for _ in range(5)),
        *(votes.cast(ANN, CAT, Vote.UP, Door.REACTION) for _ in range(5)),
        *(votes.withdraw(ANN, CAT, only_door=Door.REACTION) for _ in range(5)),
    )
    standing = await votes.standing(GUILD, CAT, ANN.user)
    [wish] = await wishes(store, clock)
    assert wish.desired == (standing.mine or 0)
    assert standing.up + standing.down == (standing.mine is not None)


async def test_who_wants_to_be_forgotten_is(votes: Votes, store: Store, clock: ManualClock) -> None:
    for key in (CAT, DOG, NEKO):
        await votes.press(ANN, key, Vote.UP, Door.BUTTON)
    await votes.press(BEN, CAT, Vote.UP, Door.BUTTON)
    assert await votes.forget(ANN) == 3
    assert await votes.standing(GUILD, CAT) == Standing(1, 0)
    assert {wish.person: wish.desired for wish in await wishes(store, clock)} == {ANN: 0, BEN: 1}
    assert [wish.desired for wish in await wishes(store, clock, Source.DOGAPI)] == [0]
    assert await votes.forget(ANN) == 0


async def test_a_long_list_is_forgotten_in_stretches(
    votes: Votes, changes: list[tuple[Person, PictureKey]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.votes._AT_ONCE", 2)
    keys = [PictureKey(Source.CATAPI, f"p{number}") for number in range(5)]
    for key in keys:
        await votes.press(ANN, key, Vote.UP, Door.BUTTON)
    changes.clear()
    assert await votes.forget(ANN) == 5
    assert changes == [(ANN, key) for key in keys]
    assert set((await votes.standings(GUILD, keys)).values()) == {Standing()}
