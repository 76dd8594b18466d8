"""Rankings and one's own votes: order, periods, channels, pages, people apart; no more queries for more votes."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, insert

from bot.clock import ManualClock
from bot.identity import Person
from bot.models import BreedName, Picture, PictureKey, Source, Species
from bot.services.rankings import BreedEntry, Period, Rankings, Sheet
from bot.store import posts, rankings, schema
from bot.store.pictures import save_pictures
from bot.store.rankings import OwnVote, Ranked
from bot.store.store import Store
from bot.store.votes import set_vote

GUILD = 100
MIA, NOAH, YUKI = 1, 2, 3
HERE = Person(GUILD, MIA)


@pytest.fixture
def ranked(store: Store, clock: ManualClock) -> Rankings:
    return Rankings(store, clock)


def key(name: str, source: Source = Source.CATAPI) -> PictureKey:
    return PictureKey(source, name)


def of_breed(name: str, breed: str | None, species: Species = Species.CAT) -> Picture:
    source = Source.CATAPI if species is Species.CAT else Source.DOGAPI
    breeds = (BreedName(breed, breed.title()),) if breed else ()
    return Picture(source=source, id=name, url=f"https://cdn.example.org/{name}.jpg", species=species, breeds=breeds)


async def know(store: Store, *pictures: Picture) -> None:
    async with store.writing() as connection:
        await save_pictures(connection, pictures, seen_at=store.clock.now())


async def vote(store: Store, name: str, ups: int, downs: int = 0, *, space: int = GUILD, first: int = 1) -> None:
    """Vote with so many people up and so many others down, numbered from `first`."""
    async with store.writing() as connection:
        for number in range(ups + downs):
            who = Person(space, first + number)
            value = 1 if number < ups else -1
            await set_vote(connection, who, key(name), value, "button", cast_at=store.clock.now())


async def post(store: Store, message_id: int, channel_id: int, name: str, *, space: int = GUILD, by: int = MIA) -> None:
    async with store.writing() as connection:
        await posts.record_post(
            connection,
            message_id=message_id,
            channel_id=channel_id,
            space=space,
            entries=[posts.Entry(key(name), "card")],
            requester=by,
            posted_at=store.clock.now(),
        )


async def names(
    ranked: Rankings, period: Period = Period.ALL, person: Person = HERE, channel: int | None = None
) -> str:
    sheet = await ranked.pictures(person, period, 1, channel=channel, size=50)
    assert sheet.total == len(sheet.entries)
    return " ".join(entry.key.id for entry in sheet.entries)


@contextmanager
def counting() -> Iterator[list[str]]:
    """Collect the queries that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_the_score_comes_first_then_the_thumbs_up_then_the_newest_vote_then_the_name(
    store: Store, ranked: Rankings, clock: ManualClock
) -> None:
    await vote(store, "twice", 2)
    await vote(store, "disputed", 3, 2)
    await vote(store, "zz-old", 1)
    await vote(store, "b-old", 1)
    clock.advance(1)
    await vote(store, "newer", 1)
    assert await names(ranked) == "twice disputed newer b-old zz-old"
    (first, second, *_) = (await ranked.pictures(HERE, Period.ALL, 1)).entries
    assert (first.up, first.down, second.up, second.down) == (2, 0, 3, 2)


async def test_what_nobody_likes_is_in_no_ranking(store: Store, ranked: Rankings) -> None:
    await know(store, of_breed("loved", "siamese"), of_breed("unloved", "manx"))
    await vote(store, "loved", 1, 4)
    await vote(store, "unloved", 0, 1)
    assert await names(ranked) == "loved"
    sheet = await ranked.breeds(HERE, Period.ALL, 1)
    assert [entry.standing.breed_id for entry in sheet.entries] == ["siamese"]


async def test_each_period_counts_the_votes_cast_in_it_and_no_others(store: Store, clock: ManualClock) -> None:
    now = datetime(2026, 6, 15, 10, tzinfo=UTC)
    clock.advance((now - clock.now()).total_seconds())
    ages = {
        "today": timedelta(hours=10),
        "yesterday": timedelta(hours=10, microseconds=1),
        "week": timedelta(days=7),
        "last-week": timedelta(days=7, microseconds=1),
        "month": timedelta(days=30),
        "last-month": timedelta(days=30, microseconds=1),
    }
    async with store.writing() as connection:
        for name, age in ages.items():
            await set_vote(connection, HERE, key(name), 1, "button", cast_at=now - age)
        # An old vote down must not weigh on what is liked today.
        await set_vote(connection, Person(GUILD, NOAH), key("today"), -1, "button", cast_at=now - timedelta(days=90))
    ranked = Rankings(store, clock)
    assert await names(ranked, Period.TODAY) == "today"
    assert await names(ranked, Period.WEEK) == "today yesterday week"
    assert await names(ranked, Period.MONTH) == "today yesterday week last-week month"
    assert await names(ranked, Period.ALL) == "yesterday week last-week month last-month today"
    (entry,) = (await ranked.pictures(HERE, Period.TODAY, 1)).entries
    assert (entry.up, entry.down) == (1, 0)


async def test_a_channel_ranks_what_was_shown_there_with_the_votes_of_the_whole_space(
    store: Store, ranked: Rankings
) -> None:
    await know(store, of_breed("both", "siamese"), of_breed("elsewhere", "manx"))
    await vote(store, "both", 2)
    await vote(store, "elsewhere", 3)
    for message_id, channel_id, name in [(1, 7, "both"), (2, 7, "both"), (3, 8, "both"), (4, 8, "elsewhere")]:
        await post(store, message_id, channel_id, name)
    await post(store, 5, 7, "elsewhere", space=GUILD + 1)
    assert await names(ranked, channel=7) == "both"
    assert await names(ranked, channel=8) == "elsewhere both"
    assert await names(ranked, channel=9) == ""
    (entry,) = (await ranked.pictures(HERE, Period.ALL, 1, channel=7)).entries
    assert entry.up == 2
    sheet = await ranked.breeds(HERE, Period.ALL, 1, channel=7)
    assert [found.standing.breed_id for found in sheet.entries] == ["siamese"]


async def test_servers_do_not_mix_and_a_personal_collection_is_ones_own(store: Store, ranked: Rankings) -> None:
    await know(store, of_breed("mine", "siamese"), of_breed("his", "manx"))
    await vote(store, "here", 1)
    await vote(store, "there", 5, space=GUILD + 1)
    await vote(store, "mine", 1, space=0, first=MIA)
    await vote(store, "his", 1, space=0, first=NOAH)
    assert await names(ranked) == "here"
    assert await names(ranked, person=Person(0, MIA)) == "mine"
    assert await names(ranked, person=Person(0, NOAH)) == "his"
    sheet = await ranked.breeds(Person(0, MIA), Period.ALL, 1)
    assert [entry.standing.breed_id for entry in sheet.entries] == ["siamese"]


async def test_breeds_rank_by_the_sums_of_their_pictures_and_show_the_best(store: Store, ranked: Rankings) -> None:
    await know(
        store,
        of_breed("siam-1", "siamese"),
        of_breed("siam-2", "siamese"),
        of_breed("siam-3", "siamese"),
        of_breed("manx-1", "manx"),
        of_breed("unknown", None),
    )
    await vote(store, "siam-1", 2)
    await vote(store, "siam-2", 3, 1)
    await vote(store, "siam-3", 0, 1)
    await vote(store, "manx-1", 2, 0)
    await vote(store, "unknown", 9)
    await vote(store, "never-seen", 9)
    first, second = (await ranked.breeds(HERE, Period.ALL, 1)).entries
    assert (first.standing.breed_id, first.standing.up, first.standing.down, first.standing.pictures) == (
        "siamese",
        5,
        2,
        3,
    )
    # Both stand at 2; the one with more thumbs up is shown.
    assert first.picture.id == "siam-2"
    assert (second.standing.breed_id, second.picture.id) == ("manx", "manx-1")
    assert all(type(number) is int for number in (first.standing.up, first.standing.down))


async def test_a_breed_of_cats_and_one_of_dogs_may_have_the_same_id(store: Store, ranked: Rankings) -> None:
    await know(store, of_breed("a", "1"), of_breed("a", "1", Species.DOG))
    async with store.writing() as connection:
        for source in (Source.CATAPI, Source.DOGAPI):
            await set_vote(connection, HERE, key("a", source), 1, "button", cast_at=store.clock.now())
    sheet = await ranked.breeds(HERE, Period.ALL, 1)
    assert [(entry.standing.species, entry.standing.up) for entry in sheet.entries] == [
        (Species.CAT, 1),
        (Species.DOG, 1),
    ]


async def test_a_picture_of_which_only_the_name_is_left_keeps_its_place(store: Store, ranked: Rankings) -> None:
    await know(store, of_breed("known", "siamese"))
    await vote(store, "known", 1)
    await vote(store, "forgotten", 2)
    first, second = (await ranked.pictures(HERE, Period.ALL, 1)).entries
    assert (first.key.id, first.picture) == ("forgotten", None)
    assert second.picture == of_breed("known", "siamese")


async def test_pages_cover_the_list_once_and_numbers_beyond_it_are_drawn_in(store: Store, ranked: Rankings) -> None:
    wanted = [f"p{number:02}" for number in range(11)]
    for name in wanted:
        await vote(store, name, 1)
    await know(store, *(of_breed(name, name) for name in wanted))
    seen = [entry.key.id for number in (1, 2, 3) for entry in (await ranked.pictures(HERE, Period.ALL, number)).entries]
    assert seen == wanted
    sheets = [await ranked.breeds(HERE, Period.ALL, number) for number in (1, 2, 3)]
    assert [entry.picture.id for sheet in sheets for entry in sheet.entries] == wanted
    for asked, shown in [(99, 3), (3, 3), (0, 1), (-5, 1)]:
        for sheet in (
            await ranked.pictures(HERE, Period.ALL, asked),
            await ranked.breeds(HERE, Period.ALL, asked),
            await ranked.votes(HERE, asked),
        ):
            assert (sheet.number, sheet.pages, sheet.total) == (shown, 3, 11)


async def test_an_empty_list_has_one_empty_page(ranked: Rankings) -> None:
    for sheet in (
        await ranked.pictures(HERE, Period.ALL, 2),
        await ranked.breeds(HERE, Period.TODAY, 2),
        await ranked.votes(HERE, 2),
    ):
        assert (sheet.entries, sheet.number, sheet.pages, sheet.total) == ((), 1, 1, 0)


async def test_ones_own_votes_come_newest_first_and_a_change_moves_to_the_front(
    store: Store, ranked: Rankings, clock: ManualClock
) -> None:
    await know(store, of_breed("first", "siamese"))
    for name in ("first", "second"):
        await vote(store, name, 1, first=MIA)
        await vote(store, "others", 1, first=NOAH)
        clock.advance(1)
    async with store.writing() as connection:
        await set_vote(connection, HERE, key("first"), -1, "reaction", cast_at=clock.now())
    sheet = await ranked.votes(HERE, 1)
    assert [(own.key.id, own.value) for own in sheet.entries] == [("first", -1), ("second", 1)]
    assert sheet.entries[0].cast_at == clock.now()
    assert sheet.entries[0].picture == of_breed("first", "siamese")
    assert sheet.entries[1].picture is None


async def test_a_picture_is_found_in_each_channel_once_newest_first(store: Store, ranked: Rankings) -> None:
    for message_id, channel_id, name in [(1, 7, "a"), (2, 7, "a"), (3, 8, "a"), (4, 8, "b")]:
        await post(store, message_id, channel_id, name)
    await post(store, 9, 7, "a", space=GUILD + 1)
    found = await ranked.places(HERE, [key("a"), key("b"), key("nowhere")])
    assert found == {
        key("a"): [rankings.Place(8, 3), rankings.Place(7, 2)],
        key("b"): [rankings.Place(8, 4)],
    }
    assert await ranked.places(HERE, []) == {}


async def test_nobody_is_led_into_the_direct_messages_of_others(store: Store, ranked: Rankings) -> None:
    await post(store, 1, 50, "a", space=0, by=MIA)
    await post(store, 2, 51, "a", space=0, by=NOAH)
    assert await ranked.places(Person(0, MIA), [key("a")]) == {key("a"): [rankings.Place(50, 1)]}


async def test_a_hundred_thousand_votes_cost_no_more_queries_than_five(store: Store, ranked: Rankings) -> None:
    people, each = 500, 200
    now = store.clock.now()
    async with store.writing() as connection:
        await save_pictures(
            connection, (of_breed(f"p{number:05}", f"b{number % 67:02}") for number in range(1000)), seen_at=now
        )
        rows = [
            {
                "space": GUILD,
                "person": who,
                "source": "catapi",
                # Picture 0 is voted on by most people, the last ones by few.
                "picture_id": f"p{number * (1 + who % 5):05}",
                "value": 1,
                "door": "button",
                "cast_at": now - timedelta(minutes=number),
            }
            for who in range(people)
            for number in range(each)
        ]
        for start in range(0, len(rows), 20_000):
            await connection.execute(insert(schema.votes), rows[start : start + 20_000])
    reads: list[Callable[[], Coroutine[object, object, Sheet[Ranked] | Sheet[BreedEntry] | Sheet[OwnVote]]]] = [
        lambda: ranked.pictures(HERE, Period.ALL, 100),
        lambda: ranked.pictures(HERE, Period.WEEK, 1),
        lambda: ranked.breeds(HERE, Period.MONTH, 2),
        lambda: ranked.votes(HERE, 20),
    ]
    for read in reads:
        with counting() as sent:
            sheet = await read()
        assert len(sent) == 2
        assert len(sheet.entries) == 5
        assert sheet.total > 60
    with counting() as sent:
        await ranked.pictures(HERE, Period.ALL, 1)
        await ranked.votes(HERE, 1)
    # A page comes out of the database, not the whole list.
    assert ["LIMIT" in statement for statement in sent] == [False, True, False, True]
    assert (await ranked.pictures(HERE, Period.ALL, 1)).entries[0].key == key("p00000")
