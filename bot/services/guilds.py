"""The settings of every server: read from memory, kept in the store, and told of when they change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Self
from weakref import WeakValueDictionary

import msgspec
from msgspec import Struct

from bot.reactions import Emojis
from bot.refused import BadSetting
from bot.services.guild_settings import DEFAULTS, FIELDS, GuildSettings, differing, read
from bot.store import guild_settings, reactions
from bot.store.store import Store

_log = logging.getLogger(__name__)

Edit = Callable[[GuildSettings], GuildSettings]


class Change(Struct, frozen=True):
    """A change of a server's settings. `by` is the person's number, None when the bot mended them itself."""

    space: int
    by: int | None
    before: GuildSettings
    after: GuildSettings

    @property
    def names(self) -> list[str]:
        """The settings that are others now."""
        return differing(self.before, self.after)


Watcher = Callable[[Change], None]


class Guilds:
    """Reads and changes the settings of servers. `watchers` are told after each change; they must be quick.

    Only servers that set something are in memory: some hundred bytes each, at most as many as the bot was ever in.
    """

    def __init__(self, store: Store, known: dict[int, GuildSettings], watchers: Sequence[Watcher] = ()) -> None:
        self._store = store
        self._known = known
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._watchers = watchers

    @classmethod
    async def open(cls, store: Store, watchers: Sequence[Watcher] = ()) -> Self:
        """Read what every server set; what another version wrote and this one cannot read is as it comes."""
        async with store.reading() as connection:
            rows = await guild_settings.every(connection)
        known = {}
        for space, raw in rows.items():
            known[space], faults = read(raw)
            if faults:
                _log.warning("Settings of server %s that cannot be read: %s", space, ", ".join(faults))
        return cls(store, known, watchers)

    def of(self, space: int) -> GuildSettings:
        """Return the settings of a server; in direct messages all is as it comes."""
        return self._known.get(space, DEFAULTS)

    async def put(self, space: int, by: int, name: str, value: Callable[[GuildSettings], Any]) -> Change:
        """Set one setting, by its name, to what `value` makes of those before. Raises `BadSetting`."""

        def edit(settings: GuildSettings) -> GuildSettings:
            try:
                new = msgspec.convert(value(settings), FIELDS[name].type)
            except msgspec.ValidationError as error:
                raise BadSetting(name) from error
            return msgspec.structs.replace(settings, **{name: new})

        return await self.change(space, by, edit)

    async def change(self, space: int, by: int | None, edit: Edit) -> Change:
        """Change the settings as they are when it is this change's turn, and tell the watchers if they differ."""
        turn = self._turns.setdefault(space, asyncio.Lock())
        async with turn:
            before = self.of(space)
            change = Change(space, by, before, edit(before))
            if not change.names:
                return change
            await self._write(change)
            if change.after == DEFAULTS:
                self._known.pop(space, None)
            else:
                self._known[space] = change.after
        for watcher in self._watchers:
            watcher(change)
        return change

    async def reset(self, space: int, by: int) -> Change:
        """Make all as it comes."""
        return await self.change(space, by, lambda _: GuildSettings())

    async def mend(
        self, space: int, *, lost_channels: Iterable[int] = (), lost_roles: Iterable[int] = ()
    ) -> Change | None:
        """Take channels and roles that are no more out of the settings; None when there were none of them.

        What only such roles could use is left to those who manage the server: nothing opens by itself.
        """
        channels, roles = frozenset(lost_channels), frozenset(lost_roles)
        if not references(self.of(space)) & (channels | roles):
            return None
        change = await self.change(space, None, lambda settings: _without(settings, channels, roles))
        return change if change.names else None

    async def mend_emojis(self, space: int) -> bool:
        """Vote with the usual emojis again, when Discord refuses those of the server's own; tell whether it had any."""
        if not self.of(space).emojis.own_ids:
            return False
        await self.change(space, None, lambda settings: msgspec.structs.replace(settings, emojis=Emojis()))
        return True

    def let_go(self, space: int) -> None:
        """Let go of the settings of a server whose rows were deleted."""
        self._known.pop(space, None)

    async def _write(self, change: Change) -> None:
        async with self._store.writing() as connection:
            data: dict[str, Any] = msgspec.to_builtins(change.after)
            if data:
                now = self._store.clock.now()
                await guild_settings.keep(connection, change.space, data, changed_at=now)
            else:
                await guild_settings.forget(connection, change.space)
            if change.before.emojis != change.after.emojis:
                # Votes stay; but nobody looks for the old emojis any more, and none of them shall seem taken away.
                await reactions.forget_space(connection, change.space)


def references(settings: GuildSettings) -> frozenset[int]:
    """Return every channel and role that settings name."""
    by_role = [role for roles in settings.roles.values() for role in roles]
    log = () if settings.log_channel is None else (settings.log_channel,)
    return frozenset((*settings.channels, *log, *settings.exempt_roles, *by_role))


def _without(settings: GuildSettings, channels: Collection[int], roles: Collection[int]) -> GuildSettings:
    return msgspec.structs.replace(
        settings,
        channels=tuple(one for one in settings.channels if one not in channels),
        log_channel=None if settings.log_channel in channels else settings.log_channel,
        exempt_roles=tuple(one for one in settings.exempt_roles if one not in roles),
        roles={act: tuple(one for one in able if one not in roles) for act, able in settings.roles.items()},
    )
