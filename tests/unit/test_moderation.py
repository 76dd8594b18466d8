"""What is hidden is seen nowhere where it is hidden, whose votes do not count casts none, and both last."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.clock import ManualClock
from bot.commands.line import main
from bot.errors import HiddenPicture, KeptFromVoting, NoPictures, TooManyHidden
from bot.identity import Person
from bot.models import BreedName, Picture, PictureKey, Source, Species, Wanted
from bot.services import moderation as rooms
from bot.services.albums import Albums
from bot.services.breeds import Breeds
from bot.services.favourites import Favourites
from bot.services.gate import Gate, Visit
from bot.services.guilds import Guilds
from bot.services.moderation import Act, Deed, Moderation, block, blocked_everywhere, unblock
from bot.services.posts import Posts
from bot.services.rankings import Period, Rankings
from bot.services.shipped import Shipped
from bot.services.supply import Supply
from bot.services.votes import Door, Vote, Votes
from bot.store import posts, schema
from bot.store.engine import sqlite_url
from bot.store.store import Store
from bot.store.votes import set_vote
from tests.unit.test_pictures import CATS, Others, Service, open_pictures

HERE, THERE, PERSONAL = 100, 200, 0
MAX, MIA, NOAH = 1, 2, 3
BREEDS = Breeds()


def picture(name: str, source: Source = Source.CATAPI, breed: str = "siam") -> Picture:
    url = f"https://cdn.example.org/{name}.jpg"
    return Picture(source=source, id=name, url=url, species=Species.CAT, breeds=(BreedName(breed, breed.title()),))


A, B, C = (picture(name) for name in "abc")


class Told:
    """What the service tells of."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self.drawn: list[tuple[Person, PictureKey]] = []

    def draw(self, whose: Person, key: PictureKey) -> None:
        self.drawn.append((whose, key))


@pytest.fixture
async def guilds(store: Store) -> Guilds:
    return await Guilds.open(store)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def moderation(store: Store, guilds: Guilds, told: Told) -> Moderation:
    return await Moderation.open(store, guilds, [told.deeds.append], [told.draw])


async def show(store: Store, message_id: int, shown: Picture, *, space: int = HERE, by: int = MIA) -> None:
    """Have a message show a picture."""
    await Posts(store).keep_pictures([shown])
    async with store.writing() as connection:
        await posts.record_post(
            connection,
            message_id=message_id,
            channel_id=7,
            space=space,
            entries=[posts.Entry(shown.key, "card")],
            requester=by,
            posted_at=store.clock.now(),
        )


async def test_what_a_server_hides_is_hidden_there_alone_and_lasts(
    store: Store, moderation: Moderation, guilds: Guilds, told: Told
) -> None:
    assert await moderation.hide(HERE, MAX, A.key, "not a cat")
    assert not await moderation.hide(HERE, NOAH, A.key), "the first who hid it stays the one"
    for one in (moderation, await Moderation.open(store, guilds)):
        assert [one.hides(space, A.key) for space in (HERE, THERE, PERSONAL)] == [True, False, False]
        assert [one.shown_in(HERE)(each) for each in (A, B)] == [False, True]
        assert one.hidden_in(HERE) == {A.key}
        with pytest.raises(HiddenPicture) as raised:
            one.see(HERE, [B.key, A.key])
        assert not raised.value.everywhere
        one.see(THERE, [A.key])
    (entry,) = (await moderation.hidden(HERE, limit=5)).items
    assert (entry.key, entry.by, entry.at, entry.reason) == (A.key, MAX, store.clock.now(), "not a cat")
    assert told.deeds == [Deed(act=Act.HID, space=HERE, by=MAX, key=A.key, reason="not a cat")]
    assert told.drawn == [(Person(HERE, 0), A.key)]
    assert await moderation.unhide(HERE, NOAH, [A.key, B.key]) == 1
    assert not moderation.hides(HERE, A.key)
    assert told.deeds[1:] == [Deed(act=Act.SHOWED, space=HERE, by=NOAH, key=A.key)]
    assert told.drawn[1:] == [(Person(HERE, 0), A.key)]
    assert not (await Moderation.open(store, guilds)).hides(HERE, A.key)


async def test_the_list_is_newest_first_in_pages(moderation: Moderation, clock: ManualClock) -> None:
    for each in (A, B, C):
        clock.advance(1)
        await moderation.hide(HERE, MAX, each.key)
    await moderation.hide(THERE, MAX, A.key)
    first, second = [await moderation.hidden(HERE, limit=2, offset=offset) for offset in (0, 2)]
    assert [one.key.id for one in (*first.items, *second.items)] == ["c", "b", "a"]
    assert first.total == second.total == 3


async def test_a_server_has_as_many_entries_as_fit(moderation: Moderation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_HIDDEN", 1)
    await moderation.hide(HERE, MAX, A.key)
    with pytest.raises(TooManyHidden):
        await moderation.hide(HERE, MAX, B.key)
    assert not await moderation.hide(HERE, MAX, A.key)
    assert await moderation.hide(THERE, MAX, B.key)
    await moderation.keep_from_voting(Person(HERE, MIA), MAX)
    with pytest.raises(TooManyHidden):
        await moderation.keep_from_voting(Person(HERE, NOAH), MAX)


async def test_what_the_operator_blocks_goes_everywhere_while_the_bot_runs(
    store: Store, moderation: Moderation, told: Told
) -> None:
    await show(store, 1, A)
    await show(store, 2, A, space=PERSONAL, by=NOAH)
    await show(store, 3, B)
    assert await block(store, [A.key, C.key], "law") == [A.key, C.key]
    assert await block(store, [A.key]) == []
    assert not moderation.blocks(A.key)
    await moderation.look()
    assert all(moderation.hides(space, A.key) for space in (HERE, THERE, PERSONAL))
    with pytest.raises(HiddenPicture) as raised:
        moderation.see(PERSONAL, [A.key])
    assert raised.value.everywhere
    assert sorted(told.drawn) == [(Person(PERSONAL, NOAH), A.key), (Person(HERE, 0), A.key)]
    assert {(one.key, one.reason) for one in await blocked_everywhere(store)} == {(A.key, "law"), (C.key, "law")}
    assert await unblock(store, [A.key, B.key]) == [A.key]
    await moderation.look()
    assert not moderation.hides(HERE, A.key)
    assert len(told.drawn) == 4
    await moderation.look()
    assert len(told.drawn) == 4
    assert told.deeds == []


async def test_the_operators_list_is_looked_at_again_and_again_whatever_befalls(
    store: Store, moderation: Moderation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[float] = []
    turned = asyncio.Event()

    async def sleep(seconds: float) -> None:
        asked.append(seconds)
        if len(asked) == 3:
            turned.set()
            await asyncio.get_running_loop().create_future()

    look = moderation.look

    async def stumbling() -> None:
        if len(asked) == 1:
            raise OSError("the disk is away")
        await look()

    monkeypatch.setattr(moderation, "look", stumbling)
    monkeypatch.setattr("bot.services.moderation.asyncio.sleep", sleep)
    await block(store, [A.key])
    watching = asyncio.get_running_loop().create_task(moderation.watch())
    await turned.wait()
    watching.cancel()
    assert asked == [30.0] * 3
    assert moderation.blocks(A.key)
    assert "The list of blocked pictures could not be read" in caplog.text


async def test_who_is_kept_from_voting_is_so_in_that_server_until_let(
    store: Store, moderation: Moderation, guilds: Guilds, clock: ManualClock, told: Told
) -> None:
    mia = Person(HERE, MIA)
    assert await moderation.keep_from_voting(mia, MAX)
    assert not await moderation.keep_from_voting(mia, NOAH)
    clock.advance(1)
    await moderation.keep_from_voting(Person(HERE, NOAH), MAX)
    for one in (moderation, await Moderation.open(store, guilds)):
        with pytest.raises(KeptFromVoting):
            one.see_voter(mia)
        one.see_voter(Person(THERE, MIA))
        assert one.bars(mia, A.key, voting=True)
        assert not one.bars(mia, A.key, voting=False)
    page = await moderation.kept(HERE, limit=5)
    assert [(one.user, one.by) for one in page.items] == [(NOAH, MAX), (MIA, MAX)]
    assert page.total == 2
    gate = Gate(guilds, clock, moderation)
    for door in Door:
        with pytest.raises(KeptFromVoting):
            gate.vote(Visit(person=mia, channels=(7,), manages=True), None, door)
    assert await moderation.let_vote([mia, Person(HERE, MAX)], NOAH) == 1
    gate.vote(Visit(person=mia, channels=(7,)), None, Door.BUTTON)
    assert [(deed.act, deed.member, deed.by) for deed in told.deeds] == [
        (Act.KEPT, MIA, MAX),
        (Act.KEPT, NOAH, MAX),
        (Act.LET, MIA, NOAH),
    ]


async def test_a_moderator_who_is_forgotten_leaves_what_they_did(moderation: Moderation) -> None:
    await moderation.hide(HERE, MAX, A.key)
    await moderation.keep_from_voting(Person(HERE, MIA), MAX)
    await moderation.forget(Person(HERE, MAX))
    assert [(one.key, one.by) for one in (await moderation.hidden(HERE, limit=5)).items] == [(A.key, None)]
    assert [(one.user, one.by) for one in (await moderation.kept(HERE, limit=5)).items] == [(MIA, None)]
    moderation.let_go(HERE)
    moderation.see(HERE, [A.key])
    moderation.see_voter(Person(HERE, MIA))


async def test_lists_leave_out_what_is_hidden_and_tell_how_many(
    store: Store, moderation: Moderation, clock: ManualClock
) -> None:
    mia, votes, favourites = Person(HERE, MIA), Votes(store, clock), Favourites(store, clock)
    rankings = Rankings(store, clock)
    albums = Albums(store, cast("Supply", None), Shipped(BREEDS), clock)
    await Posts(store).keep_pictures([A, B, C])
    for who in (mia, Person(THERE, MIA), Person(PERSONAL, MIA)):
        for each in (A, B, C):
            await votes.cast(who, each.key, Vote.UP, Door.BUTTON)
            await favourites.add(who, each.key)
    await votes.cast(Person(HERE, NOAH), A.key, Vote.UP, Door.BUTTON)
    await moderation.hide(HERE, MAX, A.key)
    await block(store, [B.key])

    async def lists(who: Person) -> dict[str, tuple[list[str], int, int]]:
        """Return of each list which pictures it has, how many it says, and how many it says are hidden."""
        saved, loved = await favourites.page(who), await favourites.loved(who.space)
        top, own = await rankings.pictures(who, Period.ALL, 1), await rankings.votes(who, 1)
        album = await albums.page(Species.CAT, "siam", limit=5, offset=0, space=who.space)
        return {
            "saved": (sorted(one.key.id for one in saved.items), saved.total, saved.hidden),
            "loved": (sorted(one.key.id for one in loved.items), loved.total, loved.hidden),
            "top": (sorted(one.key.id for one in top.entries), top.total, top.hidden),
            "votes": (sorted(one.key.id for one in own.entries), own.total, own.hidden),
            "album": (sorted(one.id for one in album.pictures), album.total, album.hidden),
        }

    assert set(map(repr, (await lists(mia)).values())) == {repr((["c"], 1, 2))}
    for space in (THERE, PERSONAL):
        assert set(map(repr, (await lists(Person(space, MIA))).values())) == {repr((["a", "c"], 2, 1))}
    chosen = [await favourites.any_of(mia) for _ in range(5)]
    assert [one.key for one in chosen if one is not None] == [C.key] * 5
    breeds = await rankings.breeds(mia, Period.ALL, 1)
    assert [(one.standing.pictures, one.standing.up, one.picture.id) for one in breeds.entries] == [(1, 1, "c")]
    assert breeds.hidden == 2
    assert await favourites.count(mia) == 3, "they stay saved"
    await moderation.hide(HERE, MAX, C.key)
    assert await favourites.any_of(mia) is None
    breeds = await rankings.breeds(mia, Period.ALL, 1)
    assert (breeds.entries, breeds.hidden) == ((), 3)
    await moderation.unhide(HERE, MAX, [A.key])
    assert (await lists(mia))["saved"] == (["a"], 1, 2)


async def test_drawings_that_are_hidden_are_left_out_of_the_pictures_of_a_breed(store: Store) -> None:
    albums = Albums(store, cast("Supply", None), Shipped(BREEDS), store.clock)
    every = (await albums.page(Species.CAT, "siam", limit=5, offset=0)).pictures
    hides = every[0].key.__eq__
    sheet = await albums.page(Species.CAT, "siam", limit=5, offset=0, space=HERE, hides=hides)
    assert every[0] not in sheet.pictures
    assert sheet.hidden == 1


async def test_a_reset_takes_back_every_vote_of_one_server_here_and_at_the_service(
    store: Store, clock: ManualClock
) -> None:
    changed: list[Person] = []
    votes = Votes(store, clock, on_change=lambda person, _: changed.append(person))
    people = [Person(HERE, user) for user in range(1, 131)]
    async with store.writing() as connection:
        for person in people:
            await set_vote(connection, person, A.key, random.choice((1, -1)), Door.BUTTON, cast_at=clock.now())
    for person, key in ((Person(THERE, MIA), A.key), (people[0], B.key)):
        await votes.cast(person, key, Vote.UP, Door.BUTTON)
    changed.clear()
    assert await votes.reset(HERE, A.key) == 130
    assert sorted(changed) == sorted(people)
    assert (await votes.standing(HERE, A.key)).up == (await votes.standing(HERE, A.key)).down == 0
    assert (await votes.standing(THERE, A.key)).up == (await votes.standing(HERE, B.key)).up == 1
    wished = schema.deliveries.c
    asked = select(wished.desired, wished.dirty).where(wished.person == people[0].user).order_by(wished.picture_id)
    async with store.reading() as connection:
        rows = (await connection.execute(asked.where(wished.space == HERE))).all()
    assert [tuple(row) for row in rows] == [(0, True), (1, True)]
    assert await votes.reset(HERE, A.key) == 0


@settings(max_examples=40)
@given(
    supply=st.integers(1, 12),
    others=st.integers(0, 3),
    hidden=st.sets(st.integers(0, 11)),
    counts=st.lists(st.integers(1, 4), min_size=1, max_size=8),
)
def test_what_is_hidden_never_comes_and_all_the_rest_does(
    supply: int, others: int, hidden: set[int], counts: list[int]
) -> None:
    """Somebody hides pictures between one request and the next; what may be shown comes as long as there is any."""

    async def play() -> None:
        stand_ins = Others(others)
        gone: set[str] = set()
        service = Service(supply)

        def shows(one: Picture) -> bool:
            return one.id not in gone

        pictures = open_pictures(service, stand_ins=stand_ins)
        waiting = [f"p{number}" for number in sorted(hidden)]
        for count in counts:
            left = {one.id for one in service.supply} - gone

            at_hand = await pictures.ready(CATS, 1, count, shows=shows)
            if at_hand is None and not left and not others:
                with pytest.raises(NoPictures):
                    await pictures.serve(CATS, 1, count, shows=shows)
            else:
                served = at_hand or (await pictures.serve(CATS, 1, count, shows=shows)).pictures
                assert {one.id for one in served}.isdisjoint(gone)
                assert len(served) >= min(count, len(left))
            gone |= set(waiting[:2])
            del waiting[:2]
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    asyncio.run(play())


def test_the_operator_adds_removes_and_lists(
    tmp_path: Any, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(sqlite_url(tmp_path)))
    monkeypatch.setenv("DATA_DIR", str(tmp_path))

    def said(*words: str) -> str:
        assert main(["--env-file", "/dev/null", "block", *words]) == 0
        return capsys.readouterr().out

    assert said("list") == "Nothing is hidden everywhere.\n"
    assert "catapi:abc is hidden everywhere.\n" in said("add", "catapi:abc", "dog:XyZ", "--reason", "unkind")
    assert "dogapi:XyZ was hidden everywhere before." in said("add", "dog:XyZ")
    listed = said("list")
    assert "catapi:abc" in listed
    assert listed.count("UTC  # unkind\n") == 2
    removed = said("remove", "https://cdn2.thecatapi.com/images/abc.jpg", "cat:other")
    assert "catapi:abc may be shown again.\ncatapi:other was not on the list.\n" in removed
    assert "within 30 seconds" in removed
    for unclear in ("abc", "no id at all!"):
        assert main(["--env-file", "/dev/null", "block", "add", unclear]) == 2
        assert f"{unclear} names no picture for certain" in capsys.readouterr().err


async def test_hidden_pictures_wait_in_the_pool_for_other_servers() -> None:
    pictures = open_pictures(Service(3))
    served = await pictures.take(CATS, 1, 1)
    left_out = served[0].key
    found = [one.key for _ in range(6) for one in await pictures.take(CATS, 2, 1, shows=lambda p: p.key != left_out)]
    assert left_out not in found
    assert set(found) == {one.key for one in Service(3).supply} - {left_out}
    assert left_out in [one.key for one in await pictures.take(CATS, 3, 3)]
    assert await pictures.ready(Wanted(species=Species.DOG), 1, 1, shows=lambda _: False) is None


async def test_times_are_told_of_each_entry(moderation: Moderation, clock: ManualClock) -> None:
    before = clock.now()
    clock.advance(60)
    await moderation.hide(HERE, MAX, A.key)
    (entry,) = (await moderation.hidden(HERE, limit=1)).items
    assert entry.at - before == timedelta(minutes=1)
