"""The gate: whether somebody may do something here and now, as the settings of a server have it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from msgspec import Struct

from bot.clock import Clock
from bot.identity import Person
from bot.refused import AgainOff, NotHere, OwnPicture, RoleNeeded, VotingOff
from bot.services.guild_settings import VOTE, Again, GuildSettings
from bot.services.guilds import Guilds
from bot.services.moderation import Moderation
from bot.services.pace import Cooldowns, Pace
from bot.services.votes import Door

ALWAYS: Final = frozenset({"settings", "moderate", "help", "about", "privacy"})
"""Commands that no setting keeps anybody from: they answer privately, and tell or mend what keeps one from others."""


class Visit(Struct, frozen=True, kw_only=True):
    """Somebody who comes to the gate.

    `channels` are where they are: the channel, the one that a thread belongs to, their category. `roles` are theirs,
    `manages` whether they manage the server.
    """

    person: Person
    channels: tuple[int, ...]
    roles: frozenset[int] = frozenset()
    manages: bool = False


class Gate:
    """Lets people through or raises the `PersonError` that says why not. In direct messages only the pace counts."""

    def __init__(self, guilds: Guilds, clock: Clock, moderation: Moderation | None = None) -> None:
        self._guilds = guilds
        self._moderation = moderation
        self._cooldowns = Cooldowns(clock)
        self.pace = Pace(clock)

    def command(self, visit: Visit, name: str) -> None:
        """Let a command through, by the first word of its name, and begin the cooldowns that follow it.

        Raises `NotHere`, `RoleNeeded`, `CoolingDown`.
        """
        settings = self._guilds.of(visit.person.space)
        if name in ALWAYS:
            return
        _ask(settings, visit, name)
        waits = _waits(settings, visit)
        if waits:
            if not visit.roles & set(settings.exempt_roles):
                self._cooldowns.check(waits)
            self._cooldowns.begin(waits)

    def may_use(self, visit: Visit, name: str) -> bool:
        """Tell whether a command would get through but for a cooldown; nothing begins."""
        try:
            if name not in ALWAYS:
                _ask(self._guilds.of(visit.person.space), visit, name)
        except (NotHere, RoleNeeded):
            return False
        return True

    def again(self, visit: Visit, name: str) -> Again:
        """Let a press of 🔁 through, as the command that it repeats; return what it does. Raises `AgainOff` too."""
        how = self._guilds.of(visit.person.space).again
        if how is Again.OFF:
            raise AgainOff
        self.command(visit, name)
        return how

    def vote(self, visit: Visit, requester: int | None, door: Door) -> None:
        """Let a vote through. Raises `VotingOff`, `OwnPicture`, `RoleNeeded`, `KeptFromVoting`."""
        settings = self._guilds.of(visit.person.space)
        open_doors = {
            Door.BUTTON: settings.vote_buttons,
            Door.REACTION: settings.vote_reactions,
            Door.MENU: settings.vote_buttons or settings.vote_reactions,
        }
        if not open_doors[door]:
            raise VotingOff
        if not settings.own_votes and requester == visit.person.user:
            raise OwnPicture
        _ask_roles(settings, visit, VOTE)
        if self._moderation is not None:
            self._moderation.see_voter(visit.person)


def _ask(settings: GuildSettings, visit: Visit, name: str) -> None:
    """Raise `NotHere` or `RoleNeeded` unless a command may be used here by somebody."""
    if settings.channels and not set(settings.channels) & set(visit.channels):
        raise NotHere(settings.channels)
    _ask_roles(settings, visit, name)


def _ask_roles(settings: GuildSettings, visit: Visit, act: str) -> None:
    """Raise `RoleNeeded` unless somebody may do it; who manages the server may do all."""
    if act in settings.roles and not visit.manages and not visit.roles & set(settings.roles[act]):
        raise RoleNeeded(settings.roles[act])


def _waits(settings: GuildSettings, visit: Visit) -> dict[Hashable, int]:
    """Return what a command lets wait, and for how many seconds."""
    space, user = visit.person.space, visit.person.user
    waits: dict[Hashable, int] = {
        ("person", space, user): settings.person_cooldown,
        ("channel", space, visit.channels[0]): settings.channel_cooldown,
    }
    return {what: seconds for what, seconds in waits.items() if seconds}
