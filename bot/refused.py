"""The leaves of the error tree that settings and plans of a server bring about: all can be mended by a person.

PersonError                 the tree is in errors.py, what each of these says in refusals.py
├── NotHere                 a command outside the channels that a server allows
├── RoleNeeded              a command that a server keeps for some roles
├── CoolingDown             a server lets one wait before the next command
├── TooQuick                more acts than one person does by hand
├── VotingOff               a server does not vote, or not this way
├── OwnPicture              a server lets nobody vote on what they asked for
├── AgainOff                a server does without 🔁
├── Excluded                a breed or category that a server does not want to see
├── BotLacks                permissions that the bot needs in a channel
├── EmojiGone               an emoji that a server votes with and does not have any more
├── BadSetting              a value that a setting cannot have
├── BadSettingsFile         a file of settings that cannot be taken over
├── BadTime                 what was typed is no time of day
├── UnknownZone             no time zone by that name
├── NoDaily                 a server has no picture a day by that number
├── TooManyDailies          a server has as many pictures a day as it may
├── ChannelGone             a channel that there is no more
└── NotPosted               Discord did not take a post
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.errors import PersonError


class NotHere(PersonError):
    """The server allows commands in other channels only; `channels` are their ids, categories among them."""

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__(channels)
        self.channels = tuple(channels)


class RoleNeeded(PersonError):
    """The server keeps this for some roles; `roles` are their ids, none when only who manages the server may."""

    def __init__(self, roles: Sequence[int]) -> None:
        super().__init__(roles)
        self.roles = tuple(roles)


class CoolingDown(PersonError):
    """The server lets one wait; `until` is when one may again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class TooQuick(PersonError):
    """More acts than anybody does by hand; `until` is when the next one counts, `said` whether they know already."""

    def __init__(self, until: datetime, *, said: bool) -> None:
        super().__init__(until)
        self.until = until
        self.said = said


class VotingOff(PersonError):
    """The server does not vote, or not by the way that was tried."""


class OwnPicture(PersonError):
    """The server lets nobody vote on a picture that they asked for."""


class AgainOff(PersonError):
    """The server does without 🔁."""


class Excluded(PersonError):
    """A breed or category that the server does not want to see; `name` is what people call it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class BotLacks(PersonError):
    """Permissions that the bot needs in a channel and does not have, by discord.py's names."""

    def __init__(self, channel: int, permissions: Sequence[str]) -> None:
        super().__init__(f"{', '.join(permissions)} in channel {channel}")
        self.channel = channel
        self.permissions = tuple(permissions)

    @property
    def mute(self) -> bool:
        """Whether the bot cannot speak there at all."""
        return not {"view_channel", "send_messages", "send_messages_in_threads"}.isdisjoint(self.permissions)


class EmojiGone(PersonError):
    """An emoji of the server's own that it voted with is gone; the usual ones are back."""


class BadSetting(PersonError):
    """A value that a setting cannot have; `name` is the setting's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class BadSettingsFile(PersonError):
    """A file that holds no settings. `wrong` are settings with unusable values, `unknown` names that are none."""

    def __init__(self, wrong: Sequence[str] = (), unknown: Sequence[str] = ()) -> None:
        super().__init__(wrong, unknown)
        self.wrong = tuple(wrong)
        self.unknown = tuple(unknown)


class BadTime(PersonError):
    """What somebody typed is no time of day."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked)
        self.asked = asked


class UnknownZone(PersonError):
    """No time zone by that name; `nearest` holds the names that come closest."""

    def __init__(self, asked: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(asked)
        self.asked = asked
        self.nearest = tuple(nearest)


class NoDaily(PersonError):
    """The server has no picture a day by that number; `known` are those it has."""

    def __init__(self, asked: int, known: Sequence[int] = ()) -> None:
        super().__init__(asked)
        self.asked = asked
        self.known = tuple(known)


class TooManyDailies(PersonError):
    """The server has as many pictures a day as it may; `most` is how many."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class ChannelGone(PersonError):
    """Something is to be posted in a channel that there is no more."""


class NotPosted(PersonError):
    """Discord did not take a post that somebody waits for."""
