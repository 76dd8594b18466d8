"""What is kept of a person is exported and forgotten, whole and wherever it stands; lists leave out who wants that."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import logging
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from sqlalchemy import BigInteger, Date, DateTime, Integer, SmallInteger, insert, select

from bot.card import Action, Card, base36
from bot.clock import ManualClock
from bot.errors import BackendUnavailable
from bot.identity import Person, SubIds
from bot.models import PictureKey, Source, Species, Wanted
from bot.services.daily import Dailies
from bot.services.departures import Departures
from bot.services.export import Exports
from bot.services.favourites import Favourites
from bot.services.forgetting import TOLD_WITHIN, Forgetting
from bot.services.guilds import Guilds
from bot.services.moderation import Moderation
from bot.services.posts import Posts
from bot.services.privacy import Privacy
from bot.services.quiz import Quiz
from bot.services.votes import Door, Vote, Votes
from bot.store import schema
from bot.store.privacy import TRACES
from bot.store.store import Store
from bot.sync import Sync
from tests.unit.test_sync_remote import FakeRemote

# No other number looks like it, in decimals or as cards write it.
ANN = Person(9, 987654321987654321)
ELSEWHERE = Person(8, ANN.user)
BEN = Person(9, 2)
CAT = PictureKey(Source.CATAPI, "abc")
DOG = PictureKey(Source.DOGAPI, "abc")
SECRET = b"a secret of some length"

# Whole numbers of sixty-four bits that name no person.
NO_PERSON = {
    "posts.message_id",
    "posts.channel_id",
    "seen_reactions.message_id",
    "quiz_questions.id",
    "quiz_questions.channel_id",
    "quiz_questions.open_in",
    "quiz_questions.message_id",
    "quiz_answers.question",
    "dailies.channel_id",
    "dailies.message_id",
    "deliveries.version",
}


class House:
    """Every room that holds something of a person, two services that hold it too, and what forgets."""

    def __init__(self, store: Store, clock: ManualClock, guilds: Guilds, moderation: Moderation) -> None:
        self.store, self.clock, self.guilds, self.moderation = store, clock, guilds, moderation
        self.cats, self.dogs = FakeRemote(), FakeRemote(Source.DOGAPI)
        self.dogs.deletable_votes = self.dogs.readable_votes = False
        self.votes = Votes(store, clock)
        self.favourites = Favourites(store, clock)
        self.posts, self.quiz, self.dailies = Posts(store), Quiz(store, clock), Dailies(store, clock)
        self.sub_ids = SubIds(SECRET)
        self.sync = Sync(store, self.sub_ids, [self.cats, self.dogs], clock, jitter=lambda: 1.0)
        rooms = (self.votes, self.favourites, self.posts, self.quiz, self.dailies, moderation)
        self.told: list[int] = []
        self.forgetting = Forgetting(store, clock, [room.forget for room in rooms], [self.told.append])
        self.departures = Departures(store, clock, 30, [guilds.let_go, moderation.let_go])
        self.privacy = Privacy(store, clock, self.forgetting, self.departures)

    async def gave(self, person: Person = ANN) -> None:
        """Vote on a cat and a dog and save both, and let the services have it."""
        for key in (CAT, DOG):
            await self.votes.press(person, key, Vote.UP, Door.BUTTON)
            await self.favourites.add(person, key)
        await self.deliver()

    async def deliver(self) -> None:
        self.clock.advance(4000)
        await self.sync.deliver_due()

    async def rows(self) -> list[tuple[str, dict[str, Any]]]:
        """Return every row of every table."""
        async with self.store.reading() as connection:
            return [
                (name, dict(row))
                for name, table in schema.metadata.tables.items()
                for row in (await connection.execute(select(table))).mappings()
            ]

    async def naming(self, user: int) -> set[str]:
        """Return the tables with a row that holds a person's number, as a number, as text, or inside a card."""
        spelled = (str(user), f":{base36(user)}")
        return {
            name
            for name, row in await self.rows()
            if any(word in str(value) for word in spelled for value in row.values())
        }


@pytest.fixture
async def house(store: Store, clock: ManualClock) -> House:
    guilds = await Guilds.open(store)
    return House(store, clock, guilds, await Moderation.open(store, guilds))


def row_for(table_name: str, clock: ManualClock, space: int, **given: Any) -> dict[str, Any]:
    """Fill a row with values that fit, those that are given included."""
    values: dict[str, Any] = {}
    for number, column in enumerate(schema.metadata.tables[table_name].columns, start=1):
        if column.name in given or column.nullable:
            continue
        match column.type:
            case SmallInteger() | Integer() | BigInteger():
                values[column.name] = number
            case DateTime() | schema.UtcDateTime():
                values[column.name] = clock.now()
            case Date():
                values[column.name] = clock.now().date()
            case _ if column.type.python_type is bool:
                values[column.name] = False
            case _ if column.type.python_type is dict:
                values[column.name] = {}
            case _:
                values[column.name] = {"source": "catapi", "species": "cat", "kind": "vote", "zone": "UTC"}.get(
                    column.name, "x"
                )
    fitting = {"space": space, "key_number": 1, "value": 1, "desired": 0, "delivered": 0, "asked": {}, "kept": {}}
    columns = schema.metadata.tables[table_name].columns
    return values | {name: value for name, value in fitting.items() if name in columns and name not in given} | given


async def fill(house: House) -> None:
    """Put a row of Ann's into every table that may have one, in her server and in another."""
    card = Card(CAT, Wanted(species=Species.CAT), ANN.user).custom_id(Action.INFO)
    async with house.store.writing() as connection:
        for space in (ANN.space, ELSEWHERE.space):
            asked = row_for("quiz_questions", house.clock, space, id=space, choices=[], open_in=None)
            await connection.execute(insert(schema.quiz_questions).values(asked))
            for number, trace in enumerate(TRACES, start=1):
                if trace.table is schema.forgets:
                    continue
                given: dict[str, Any] = {trace.column.name: ANN.user}
                extra = {"question": space, "message_id": space * 100 + number, "card": card}
                given |= {name: value for name, value in extra.items() if name in trace.table.c}
                if trace.section == "kept_others_from_voting":
                    given["person"] = 4
                values = row_for(trace.table.name, house.clock, space, **given)
                await connection.execute(insert(trace.table).values(values))


def test_every_column_that_could_name_a_person_is_declared() -> None:
    """A new table comes by here: say in `TRACES` what names a person, or in `NO_PERSON` that it names none."""
    numbers = {
        f"{table.name}.{column.name}"
        for table in schema.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, BigInteger) and column.name != "space"
    }
    named = {f"{trace.table.name}.{trace.column.name}" for trace in TRACES}
    assert numbers - named - NO_PERSON == set()
    assert (named | NO_PERSON) - numbers == set()
    assert {"person", "requester"} & {column.split(".")[1] for column in NO_PERSON} == set()
    assert len({trace.section for trace in TRACES}) == len(TRACES)


async def test_who_is_forgotten_everywhere_stands_in_no_table_but_where_moderators_decided(house: House) -> None:
    await fill(house)
    tables = {trace.table.name for trace in TRACES} - {"forgets"}
    assert await house.naming(ANN.user) == tables
    progress = await house.forgetting.ask(ANN, "en-GB", everywhere=True)
    while not progress.done:
        await house.deliver()
        await house.privacy.sweep()
        found = await house.forgetting.progress(ANN.user)
        assert found is not None
        progress = found
    await house.forgetting.told(ANN.user)
    left = [(name, row) for name, row in await house.rows() if str(ANN.user) in str(row)]
    assert [(name, row["person"], row["kept_by"]) for name, row in left] == [("kept_from_voting", ANN.user, None)] * 2
    assert await house.naming(ANN.user) == {"kept_from_voting"}


async def test_who_is_forgotten_in_one_server_is_known_in_the_others(house: House) -> None:
    await fill(house)
    await house.gave(BEN)
    before = await house.privacy.held(ELSEWHERE)
    assert set(before) == {trace.section for trace in TRACES} - {"forgetting"}
    await house.forgetting.ask(ANN, "en-GB", everywhere=False)
    await house.deliver()
    await house.privacy.sweep()
    await house.forgetting.told(ANN.user)
    assert await house.privacy.held(ANN) == {"kept_from_voting": 1}
    assert await house.privacy.held(ELSEWHERE) == before
    assert await house.favourites.count(BEN) == 2


async def test_the_services_forget_too_as_far_as_they_can_and_the_person_is_told(house: House) -> None:
    await house.gave()
    await house.gave(BEN)
    assert await house.privacy.undeletable(ANN, everywhere=False) == 1
    assert await house.privacy.undeletable(ANN, everywhere=True) == 1
    assert await house.privacy.undeletable(ELSEWHERE, everywhere=False) == 0
    house.cats.down = BackendUnavailable("fake", "no connection", sent=False)
    progress = await house.forgetting.ask(ANN, "en-GB", everywhere=False)
    assert (progress.left, progress.asked, progress.done) == ({Source.CATAPI: 2, Source.DOGAPI: 2},) * 2 + (False,)
    assert (await house.votes.standing(9, CAT)).up == 1
    assert await house.favourites.count(ANN) == 0
    await house.deliver()
    assert await house.privacy.sweep() == 30
    waiting = await house.forgetting.progress(ANN.user)
    assert waiting is not None
    assert (waiting.left, waiting.asked) == ({Source.CATAPI: 2}, {Source.CATAPI: 2, Source.DOGAPI: 2})
    assert house.told == []
    house.cats.down = None
    await house.deliver()
    await house.privacy.sweep()
    done = await house.forgetting.progress(ANN.user)
    assert done is not None
    assert (done.done, done.left, done.kept, done.language) == (True, {}, {Source.DOGAPI: 1}, "en-GB")
    assert house.told == [ANN.user]
    assert house.forgetting.to_tell == {ANN.user}
    theirs, others = house.sub_ids.sub_id(ANN), house.sub_ids.sub_id(BEN)
    assert [vote.sub_id for vote in house.cats.held_votes.values()] == [others]
    assert {vote.sub_id for vote in house.dogs.held_votes.values()} == {theirs, others}
    for remote in (house.cats, house.dogs):
        assert [one.sub_id for one in remote.held_favourites.values()] == [others]
    await house.forgetting.told(ANN.user)
    assert await house.naming(ANN.user) == set()
    assert await house.privacy.sweep() == 3600
    assert (house.told, house.forgetting.to_tell) == ([ANN.user], set())


async def test_a_kill_in_the_middle_is_made_up_for_at_the_next_start(house: House, clock: ManualClock) -> None:
    await house.gave()

    async def killed(_: Person) -> None:
        raise RuntimeError("killed")

    broken = Forgetting(house.store, clock, [house.votes.forget, killed])
    with pytest.raises(RuntimeError):
        await broken.ask(ANN, "en-GB", everywhere=True)
    assert await house.favourites.count(ANN) == 2
    # A start: what is left is done, though nobody asks again.
    await house.privacy.sweep()
    assert await house.favourites.count(ANN) == 0
    await house.deliver()
    await house.privacy.sweep()
    assert house.told == [ANN.user]


async def test_what_is_given_after_that_is_new_and_stays(house: House) -> None:
    await house.gave()
    await house.forgetting.ask(ANN, "en-GB", everywhere=False)
    await house.favourites.add(ANN, CAT)
    await house.deliver()
    await house.privacy.sweep()
    progress = await house.forgetting.progress(ANN.user)
    assert progress is not None
    assert progress.done
    assert [one.image_id for one in house.cats.held_favourites.values()] == ["abc"]
    assert await house.favourites.count(ANN) == 1
    assert (await house.privacy.held(ANN))["pseudonyms"] == 1


async def test_where_nothing_is_kept_it_is_done_at_once_and_nobody_hears_of_it_later(house: House) -> None:
    for everywhere in (True, False):
        assert (await house.forgetting.ask(ANN, "en-GB", everywhere=everywhere)).done
        assert await house.forgetting.progress(ANN.user) is None
    await house.privacy.sweep()
    assert (house.told, await house.naming(ANN.user)) == ([], set())


async def test_who_does_not_come_back_to_hear_of_it_is_forgotten_too(house: House, clock: ManualClock) -> None:
    await house.gave()
    await house.forgetting.ask(ANN, "en-GB", everywhere=False)
    await house.deliver()
    await house.privacy.sweep()
    assert house.forgetting.to_tell == {ANN.user}
    clock.advance((TOLD_WITHIN + timedelta(seconds=1)).total_seconds())
    await house.privacy.sweep()
    assert (house.forgetting.to_tell, await house.naming(ANN.user)) == (set(), set())


async def file_of(house: House, largest: int = 1 << 20) -> tuple[list[str], bytes]:
    exports = Exports(house.store, house.clock, house.sub_ids, largest=largest)
    parts = [part async for part in exports.parts(ANN.user)]
    return [part.name for part in parts], b"".join(part.content for part in parts)


async def test_an_export_has_every_row_of_every_space_and_nobody_else(house: House) -> None:
    await fill(house)
    await house.gave(BEN)
    names, content = await file_of(house)
    told = msgspec.json.decode(content)
    assert names == [f"pawprint-{house.clock.now():%Y-%m-%d}.json"]
    assert (told["format"], told["version"], told["person"]) == ("pawprint-export", 1, str(ANN.user))
    for trace in TRACES:
        if trace.section != "forgetting":
            assert len(told[trace.section]) == 2, trace.section
    assert {vote["server"] for vote in told["votes"]} == {"8", "9"}
    assert told["votes"][0]["cast_at"].endswith("Z")
    assert "2" not in {row.get("person") for section in told.values() if isinstance(section, list) for row in section}


async def test_an_export_tells_the_pseudonym(house: House) -> None:
    await house.gave()
    told = msgspec.json.decode((await file_of(house))[1])
    assert [one["sub_id"] for one in told["pseudonyms"]] == [house.sub_ids.sub_id(ANN)]
    assert (len(told["votes"]), len(told["favourites"]), len(told["deliveries"])) == (2, 2, 4)
    # The secret that it was made with is lost, and nobody can tell it any more.
    house.sub_ids = SubIds({2: SECRET})
    told = msgspec.json.decode((await file_of(house))[1])
    assert [one["sub_id"] for one in told["pseudonyms"]] == [None]


async def test_ten_thousand_favourites_are_exported_compressed_and_in_pieces_where_needed(house: House) -> None:
    rows = [
        {"space": 9, "person": ANN.user, "source": "catapi", "picture_id": f"c{n:05}", "added_at": house.clock.now()}
        for n in range(10_000)
    ]
    async with house.store.writing() as connection:
        await connection.execute(insert(schema.favourites), rows)
    names, packed = await file_of(house, 500_000)
    assert [name.rpartition(".")[2] for name in names] == ["gz"]
    plain = gzip.decompress(packed)
    assert len(msgspec.json.decode(plain)["favourites"]) == 10_000
    names, packed = await file_of(house, 10_000)
    assert len(names) > 2
    assert names[1].endswith(".json.gz.002")
    assert gzip.decompress(packed) == plain


async def test_who_opts_out_is_in_no_list_and_takes_nobodys_place(house: House) -> None:
    for person, right in ((ANN, 5), (BEN, 3), (Person(8, ANN.user), 1)):
        score = {"space": person.space, "person": person.user, "correct": right, "answered": 9}
        async with house.store.writing() as connection:
            await connection.execute(insert(schema.quiz_scores).values(**score, streak=0, best_streak=0))
        await house.favourites.add(person, CAT)
    await house.favourites.add(ANN, DOG)
    await house.favourites.set_private(ANN, True)
    await house.privacy.set_unlisted(ANN, True)
    assert await house.privacy.is_unlisted(ANN)
    assert await house.favourites.is_private(ANN)
    assert [score.person for score in await house.quiz.best(9, limit=9, offset=0)] == [BEN.user]
    assert await house.quiz.people(9) == 1
    own, other = await house.quiz.standing(ANN), await house.quiz.standing(BEN)
    assert own is not None
    assert other is not None
    assert (own.place, own.score.correct, other.place, other.people) == (None, 5, 1, 1)
    loved = await house.favourites.loved(9)
    assert ([(item.key, item.keepers) for item in loved.items], loved.total) == ([(CAT, 1)], 1)
    assert not await house.privacy.is_unlisted(ELSEWHERE)
    assert await house.quiz.people(8) == 1
    await house.favourites.set_private(ANN, False)
    assert await house.privacy.is_unlisted(ANN)
    await house.privacy.set_unlisted(ANN, False)
    assert (await house.favourites.loved(9)).total == 2
    assert await house.quiz.people(9) == 2


async def left_and_gone(house: House, clock: ManualClock, days: float) -> None:
    await house.departures.left(9)
    clock.advance(days * 86400)
    await house.privacy.sweep()


async def test_a_server_that_the_bot_left_is_deleted_after_thirty_days_here_and_at_the_services(
    house: House, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    await fill(house)
    await house.gave()
    await house.gave(Person(8, 2))
    await house.guilds.put(9, 1, "person_cooldown", lambda _: 5)
    await house.moderation.hide(9, ANN.user, DOG)
    await left_and_gone(house, clock, 29.9)
    assert await house.privacy.sweep() <= 0.1 * 86400 + 1
    assert len(await house.privacy.held(ANN)) > 10
    house.cats.down = BackendUnavailable("fake", "no connection", sent=False)
    clock.advance(0.2 * 86400)
    with caplog.at_level(logging.INFO):
        assert await house.privacy.sweep() == 30
    assert "Deleted the data of servers that the bot left 30 days ago: 1" in caplog.text
    assert house.guilds.of(9).person_cooldown == 0
    assert not house.moderation.hides(9, DOG)
    assert {name for name, row in await house.rows() if row.get("space") == 9} == {
        "deliveries",
        "identities",
        "departures",
    }
    house.cats.down = None
    await house.deliver()
    assert await house.privacy.sweep() == 3600
    assert [name for name, row in await house.rows() if row.get("space") == 9] == []
    assert [one.sub_id for one in house.cats.held_favourites.values()] == [house.sub_ids.sub_id(Person(8, 2))]
    assert await house.favourites.count(Person(8, 2)) == 2
    assert len(await house.privacy.held(ELSEWHERE)) > 10


async def test_coming_back_in_time_cancels_it(house: House, clock: ManualClock) -> None:
    await house.gave()
    await left_and_gone(house, clock, 29)
    await house.departures.left(9)
    await house.departures.back(9)
    await house.departures.back(8)
    await left_and_gone(house, clock, 2)
    assert await house.favourites.count(ANN) == 2
    assert await house.privacy.sweep() == 3600


async def test_coming_back_too_late_begins_anew_and_loses_nothing_new(house: House, clock: ManualClock) -> None:
    await house.gave()
    house.cats.down = BackendUnavailable("fake", "no connection", sent=False)
    await left_and_gone(house, clock, 31)
    await house.departures.back(9)
    await house.favourites.add(ANN, CAT)
    house.cats.down = None
    await house.deliver()
    assert await house.privacy.sweep() == 3600
    assert await house.favourites.count(ANN) == 1
    assert (await house.privacy.held(ANN))["pseudonyms"] == 1
    assert house.cats.saved == ["abc"]


async def test_what_was_left_and_joined_while_the_bot_was_off_is_noticed_by_the_process_that_serves_it(
    house: House, clock: ManualClock
) -> None:
    other = Person(7, 1)
    for person in (ANN, ELSEWHERE, other, Person(0, ANN.user)):
        await house.favourites.add(person, CAT)
    await house.departures.compare([8], lambda space: space != 7)
    clock.advance(31 * 86400)
    await house.privacy.sweep()
    assert [await house.favourites.count(each) for each in (ANN, ELSEWHERE, other, Person(0, ANN.user))] == [0, 1, 1, 1]
    await house.departures.left(8)
    await house.departures.compare([8, 7], lambda _: True)
    clock.advance(31 * 86400)
    await house.privacy.sweep()
    assert await house.favourites.count(ELSEWHERE) == 1


async def test_the_round_goes_on_after_a_stumble_and_looks_at_once_when_it_is_woken(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.gave()
    await house.forgetting.ask(ANN, "en-GB", everywhere=False)
    await house.deliver()
    stumbled, looked, sweep = asyncio.Event(), asyncio.Event(), house.privacy.sweep

    async def full() -> float:
        stumbled.set()
        raise OSError("the disk is full")

    async def well() -> float:
        seconds = await sweep()
        looked.set()
        return seconds

    with patch.object(house.privacy, "sweep", full):
        running = asyncio.create_task(house.privacy.run())
        await asyncio.wait_for(stumbled.wait(), 10)
    with patch.object(house.privacy, "sweep", well):
        house.privacy.wake()
        await asyncio.wait_for(looked.wait(), 10)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert "Forgetting stumbled" in caplog.text
    assert house.told == [ANN.user]


async def test_without_days_it_is_deleted_at_once(house: House, clock: ManualClock) -> None:
    await house.gave()
    house.privacy.departures = Departures(house.store, clock, 0, [])
    await left_and_gone(house, clock, 0)
    assert await house.favourites.count(ANN) == 0
