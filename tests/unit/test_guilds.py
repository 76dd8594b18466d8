"""The settings of servers in the store: they last, one change waits for the other, and watchers are told."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert

from bot.identity import Person
from bot.models import PictureKey, Source
from bot.reactions import Emojis, Reaction
from bot.refused import BadSetting
from bot.services.guild_settings import DEFAULTS, Again, GuildSettings, Voting
from bot.services.guilds import Change, Guilds
from bot.store import reactions, schema
from bot.store.reactions import Seen
from bot.store.store import Store

HERE, THERE, ADA = 1, 2, 9
ALL = GuildSettings(
    channels=(11, 12), log_channel=11, exempt_roles=(21, 22), roles={"cat": (21,), "dog": (21, 22)}, again=Again.OFF
)


def always(value: Any) -> Any:
    """Return what `put` takes for a value that is known."""
    return lambda _: value


def _with(channel: int, now: GuildSettings) -> list[int]:
    return [*now.channels, channel]


async def test_what_is_set_lasts_and_is_that_servers_alone(store: Store) -> None:
    guilds = await Guilds.open(store)
    await guilds.put(HERE, ADA, "voting", always("off"))
    await guilds.put(HERE, ADA, "channels", lambda now: [*now.channels, 5])
    expected = GuildSettings(voting=Voting.OFF, channels=(5,))
    for one in (guilds, await Guilds.open(store)):
        assert (one.of(HERE), one.of(THERE)) == (expected, DEFAULTS)


async def test_a_reset_leaves_no_row(store: Store) -> None:
    guilds = await Guilds.open(store)
    await guilds.change(HERE, ADA, lambda _: ALL)
    change = await guilds.reset(HERE, ADA)
    assert change.before == ALL
    assert guilds.of(HERE) == DEFAULTS
    async with store.reading() as connection:
        assert not (await connection.execute(schema.guild_settings.select())).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [("voting", "by post"), ("person_cooldown", -1), ("channels", list(range(1, 27))), ("roles", {"A": []})],
)
async def test_a_value_that_cannot_be_changes_nothing(store: Store, name: str, value: Any) -> None:
    guilds = await Guilds.open(store)
    with pytest.raises(BadSetting) as raised:
        await guilds.put(HERE, ADA, name, always(value))
    assert raised.value.name == name
    assert guilds.of(HERE) == DEFAULTS


async def test_watchers_are_told_of_what_changed_and_of_nothing_else(store: Store) -> None:
    told: list[Change] = []
    guilds = await Guilds.open(store, [told.append])
    await guilds.put(HERE, ADA, "again", always("off"))
    await guilds.put(HERE, ADA, "again", always("off"))
    (change,) = told
    assert (change.space, change.by, change.names) == (HERE, ADA, ["again"])
    assert (change.before.again, change.after.again) == (Again.IN_PLACE, Again.OFF)


async def test_changes_at_the_same_time_both_hold(store: Store) -> None:
    guilds = await Guilds.open(store)
    channels = range(100, 120)
    await asyncio.gather(*(guilds.put(HERE, ADA, "channels", partial(_with, one)) for one in channels))
    assert (await Guilds.open(store)).of(HERE).channels == tuple(channels)


async def test_what_is_gone_is_taken_out_and_opens_nothing(store: Store) -> None:
    told: list[Change] = []
    guilds = await Guilds.open(store, [told.append])
    await guilds.change(HERE, ADA, lambda _: ALL)
    assert await guilds.mend(HERE, lost_channels=[11], lost_roles=[21]) is not None
    assert told[-1].by is None
    assert guilds.of(HERE) == GuildSettings(
        channels=(12,), exempt_roles=(22,), roles={"cat": (), "dog": (22,)}, again=Again.OFF
    )
    assert await guilds.mend(HERE, lost_channels=[11, 99], lost_roles=[21]) is None
    assert await guilds.mend(THERE, lost_channels=[11]) is None
    assert len(told) == 2


async def test_what_another_version_wrote_is_as_it_comes(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    data = {"again": "off", "voting": "by carrier pigeon", "wings": True}
    async with store.writing() as connection:
        await connection.execute(
            insert(schema.guild_settings).values(space=HERE, data=data, changed_at=store.clock.now())
        )
    assert (await Guilds.open(store)).of(HERE) == GuildSettings(again=Again.OFF)
    assert "Settings of server 1 that cannot be read: voting, wings" in caplog.text


async def test_other_emojis_let_go_of_the_reactions_that_were_seen(store: Store) -> None:
    guilds = await Guilds.open(store)
    key, up = PictureKey(Source.CATAPI, "a"), Reaction("👍")
    seen = [Seen(7, Person(HERE, 3), up, key), Seen(8, Person(THERE, 3), up, key)]
    async with store.writing() as connection:
        for one in seen:
            await reactions.note(connection, one)
    await guilds.put(HERE, ADA, "again", always("off"))
    async with store.reading() as connection:
        assert await reactions.on_messages(connection, [7, 8]) == seen
    await guilds.put(HERE, ADA, "emojis", always(Emojis(up="🐾")))
    async with store.reading() as connection:
        assert await reactions.on_messages(connection, [7, 8]) == seen[1:]
