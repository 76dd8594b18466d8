"""What people do while messages are read: it is newer than what was read, and than what was missed before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.identity import Person
from bot.models import PictureKey


class Watch:
    """What people did while it lasted."""

    def __init__(self) -> None:
        self.voted: set[tuple[Person, PictureKey]] = set()
        self._touched: set[tuple[int, str | None, int | None]] = set()
        self._messages: set[int] = set()

    def note(self, message_id: int, emoji: str | None, user: int | None) -> None:
        """Note one reaction, all with one emoji (no user) or all on a message (no emoji either)."""
        self._touched.add((message_id, emoji, user))
        self._messages.add(message_id)

    def saw(self, message_id: int) -> bool:
        """Tell whether anything happened on a message."""
        return message_id in self._messages

    def knows(self, message_id: int, emoji: str, user: int) -> bool:
        """Tell whether this very reaction was touched."""
        candidates = ((message_id, emoji, user), (message_id, emoji, None), (message_id, None, None))
        return not self._touched.isdisjoint(candidates)


class Watches:
    """The watches that are kept at the moment; each notes whatever people do."""

    def __init__(self) -> None:
        self._kept: list[Watch] = []

    def __len__(self) -> int:
        return len(self._kept)

    def begin(self) -> Watch:
        """Note what people do from now on, until `end`."""
        watch = Watch()
        self._kept.append(watch)
        return watch

    def end(self, watch: Watch) -> None:
        """Note nothing more; harmless when done twice."""
        if watch in self._kept:
            self._kept.remove(watch)

    @contextmanager
    def during(self) -> Iterator[Watch]:
        """Note what people do inside of the block."""
        watch = self.begin()
        try:
            yield watch
        finally:
            self.end(watch)

    def voted(self, person: Person, key: PictureKey) -> None:
        """Take note of an act on a picture, at whichever door."""
        for watch in self._kept:
            watch.voted.add((person, key))

    def touched(self, message_id: int, emoji: str | None, user: int | None) -> None:
        """Take note of what happens to the reactions of a message, as `Watch.note` has it."""
        for watch in self._kept:
            watch.note(message_id, emoji, user)
