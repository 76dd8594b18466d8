"""The gate and the pace: who is let through where and when, with a clock that is handed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest

from bot.clock import ManualClock
from bot.errors import PersonError
from bot.identity import Person
from bot.refused import AgainOff, CoolingDown, NotHere, OwnPicture, RoleNeeded, TooQuick, VotingOff
from bot.services.gate import ALWAYS, Gate, Visit
from bot.services.guild_settings import Again, GuildSettings, Voting
from bot.services.guilds import Guilds
from bot.services.pace import Cooldowns, Pace
from bot.services.votes import Door

SPACE, MIA, NOAH, PETS, DAILY, TEAM = 1, 11, 12, 21, 22, 31


def gate(clock: ManualClock | None = None, /, **settings: Any) -> Gate:
    """Return the gate of a server with settings."""
    guilds = Guilds(cast("Any", None), {SPACE: GuildSettings(**settings)})
    return Gate(guilds, clock or ManualClock())


def visit(user: int = MIA, *channels: int, space: int = SPACE, **more: Any) -> Visit:
    """Return a visitor, in #pets where no channel is given."""
    return Visit(person=Person(space, user), channels=channels or (PETS,), **more)


def test_as_it_comes_everybody_may_everything_at_any_time() -> None:
    open_gate = gate()
    for _ in range(3):
        open_gate.command(visit(), "cat")
        assert open_gate.again(visit(), "cat") is Again.IN_PLACE
        for door in Door:
            open_gate.vote(visit(), MIA, door)


def test_elsewhere_one_is_told_where() -> None:
    shut = gate(channels=(PETS, 99))
    shut.command(visit(), "cat")
    shut.command(visit(MIA, 500, PETS), "cat")  # a thread of #pets
    shut.command(visit(MIA, DAILY, 99), "cat")  # a channel of a category
    for press in (shut.command, shut.again):
        with pytest.raises(NotHere) as raised:
            press(visit(MIA, DAILY), "cat")
        assert raised.value.channels == (PETS, 99)
    # Direct messages and servers that set nothing are another matter.
    shut.command(visit(MIA, DAILY, space=0), "cat")


@pytest.mark.parametrize("name", sorted(ALWAYS))
def test_what_tells_or_mends_the_settings_is_never_shut(name: str) -> None:
    shut = gate(channels=(PETS,), roles={name: (TEAM,)}, person_cooldown=60)
    for _ in range(2):
        shut.command(visit(MIA, DAILY), name)
    assert shut.may_use(visit(MIA, DAILY), name)


def test_a_role_may_be_needed_but_who_manages_the_server_may_all() -> None:
    shut = gate(roles={"cat": (TEAM,), "dog": (), "vote": (TEAM,)})
    shut.command(visit(roles=frozenset({TEAM})), "cat")
    shut.command(visit(manages=True), "dog")
    shut.command(visit(), "random")
    for name, roles in (("cat", (TEAM,)), ("dog", ())):
        with pytest.raises(RoleNeeded) as raised:
            shut.command(visit(), name)
        assert raised.value.roles == roles
        assert not shut.may_use(visit(), name)
    with pytest.raises(RoleNeeded):
        shut.vote(visit(), None, Door.BUTTON)
    shut.vote(visit(roles=frozenset({TEAM})), None, Door.BUTTON)


@pytest.mark.parametrize(
    ("voting", "shut"),
    [
        (Voting.BOTH, set()),
        (Voting.BUTTONS, {Door.REACTION}),
        (Voting.REACTIONS, {Door.BUTTON}),
        (Voting.OFF, set(Door)),
    ],
)
def test_votes_come_through_the_doors_that_are_open(voting: Voting, shut: set[Door]) -> None:
    doors = gate(voting=voting)
    for door in Door:
        if door in shut:
            with pytest.raises(VotingOff):
                doors.vote(visit(), None, door)
        else:
            doors.vote(visit(), None, door)


def test_ones_own_request_may_be_for_others_to_vote_on() -> None:
    strict = gate(own_votes=False)
    with pytest.raises(OwnPicture):
        strict.vote(visit(), MIA, Door.BUTTON)
    strict.vote(visit(NOAH), MIA, Door.BUTTON)
    strict.vote(visit(), None, Door.REACTION)


def test_without_again_nobody_presses_it() -> None:
    with pytest.raises(AgainOff):
        gate(again=Again.OFF).again(visit(), "cat")
    assert gate(again=Again.NEW_POST).again(visit(), "cat") is Again.NEW_POST


def test_a_person_waits_and_nobody_waits_for_them() -> None:
    clock = ManualClock()
    slow = gate(clock, person_cooldown=30)
    slow.command(visit(), "cat")
    clock.advance(10)
    with pytest.raises(CoolingDown) as raised:
        slow.command(visit(MIA, DAILY), "dog")
    assert raised.value.until == clock.now() + timedelta(seconds=20)
    slow.command(visit(NOAH), "cat")
    slow.command(visit(MIA, space=0), "cat")
    clock.advance(20)
    # What was refused did not make the wait longer.
    slow.command(visit(), "cat")


def test_a_channel_waits_for_everybody_and_others_do_not() -> None:
    clock = ManualClock()
    slow = gate(clock, channel_cooldown=30)
    slow.command(visit(), "cat")
    with pytest.raises(CoolingDown):
        slow.command(visit(NOAH), "cat")
    with pytest.raises(CoolingDown):
        slow.again(visit(NOAH), "cat")
    slow.command(visit(NOAH, DAILY), "cat")
    clock.advance(30)
    slow.command(visit(NOAH), "cat")


def test_a_role_may_be_exempt_and_lets_others_wait_all_the_same() -> None:
    slow = gate(channel_cooldown=30, person_cooldown=5, exempt_roles=(TEAM,))
    for _ in range(3):
        slow.command(visit(roles=frozenset({TEAM})), "cat")
    with pytest.raises(CoolingDown):
        slow.command(visit(NOAH), "cat")


def test_a_shorter_cooldown_holds_at_once() -> None:
    clock = ManualClock()
    waits = Cooldowns(clock)
    waits.begin({"mia": 3600})
    with pytest.raises(CoolingDown) as raised:
        waits.check({"mia": 5})
    assert raised.value.until == clock.now() + timedelta(seconds=5)


def test_no_more_waits_are_kept_than_there_is_room_for() -> None:
    waits = Cooldowns(ManualClock(), most=100)
    for number in range(1000):
        waits.begin({number: 60})
    assert len(waits._until) == 100
    with pytest.raises(CoolingDown):
        waits.check({999: 60})
    waits.check({1: 60})


def test_a_flood_is_let_through_no_further_and_others_are_not_slowed() -> None:
    clock = ManualClock()
    pace = Pace(clock, burst=5, a_second=2, most=3)
    for _ in range(5):
        pace.act(MIA)
    said = []
    for _ in range(3):
        with pytest.raises(TooQuick) as raised:
            pace.act(MIA)
        assert raised.value.until > clock.now()
        said.append(raised.value.said)
    assert said == [False, True, True]
    pace.act(NOAH)
    clock.advance(0.5)
    pace.act(MIA)
    with pytest.raises(TooQuick):
        pace.act(MIA)
    clock.advance(3600)
    for _ in range(5):
        pace.act(MIA)
    with pytest.raises(TooQuick) as raised:
        pace.act(MIA)
    assert not raised.value.said
    for user in range(50):
        pace.act(user)
    assert len(pace._left) == 3


def test_every_refusal_is_something_that_a_person_can_mend() -> None:
    for kind in (AgainOff, CoolingDown, NotHere, OwnPicture, RoleNeeded, TooQuick, VotingOff):
        assert issubclass(kind, PersonError)
