"""What was posted where: the pictures behind the cards, and the messages that show them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from bot.card import Action, Card
from bot.identity import Person
from bot.models import Picture, PictureKey
from bot.store import pictures, posts, reactions
from bot.store.posts import Stretch
from bot.store.store import Store

NOBODY = 0
"""Stands on a card for the person who asked for it, once they are forgotten, or where nobody did."""


class Posted(Struct, frozen=True):
    """A message of ours: its cards in order, and the names of what was uploaded with them (none for links).

    `note` is text below the cards.
    """

    message_id: int
    channel_id: int
    space: int
    cards: tuple[Card, ...]
    attachments: tuple[str, ...]
    note: str | None = None


class Posts:
    """Remembers pictures before they are sent and messages once they are.

    `watchers` are told of each message that is new; they must be quick and must not raise. What was voted and saved on
    a message that is forgotten stays.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.watchers: list[Callable[[Posted], None]] = []

    async def keep_pictures(self, shown: Iterable[Picture]) -> None:
        """Remember pictures, so that a button on their card always finds them."""
        async with self._store.writing() as connection:
            await pictures.save_pictures(connection, shown, seen_at=self._store.clock.now())

    async def picture(self, key: PictureKey) -> Picture | None:
        """Return a picture that was shown, None when it is not known."""
        async with self._store.reading() as connection:
            return await pictures.picture(connection, key)

    async def record(
        self,
        message_id: int,
        channel_id: int,
        space: int,
        cards: Sequence[Card],
        attachments: Sequence[str],
        note: str | None = None,
    ) -> None:
        """Remember what a message shows; again, when it shows something else now."""
        names = [*attachments, *[None] * (len(cards) - len(attachments))]
        entries = [
            posts.Entry(card.picture, card.custom_id(Action.INFO), name)
            for card, name in zip(cards, names, strict=True)
        ]
        async with self._store.writing() as connection:
            new = await posts.record_post(
                connection,
                message_id=message_id,
                channel_id=channel_id,
                space=space,
                entries=entries,
                requester=cards[0].requester or None,
                posted_at=self._store.clock.now(),
                note=note,
            )
        if new:
            posted = Posted(message_id, channel_id, space, tuple(cards), tuple(attachments), note)
            for watcher in self.watchers:
                watcher(posted)

    async def of_message(self, message_id: int) -> Posted | None:
        """Return what a message shows, None when it is not ours or was forgotten."""
        async with self._store.reading() as connection:
            return _posted(await posts.posts_of(connection, message_id))

    async def newest_in(self, channel_id: int) -> Posted | None:
        """Return the newest post of a channel that is remembered."""
        async with self._store.reading() as connection:
            return _posted(await posts.newest_in(connection, channel_id))

    async def showing(self, space: int, key: PictureKey) -> list[Posted]:
        """Return the newest messages that show a picture in a space."""
        async with self._store.reading() as connection:
            rows = await posts.posts_showing(connection, key, space)
            messages = dict.fromkeys(row.message_id for row in rows)
            found = [_posted(await posts.posts_of(connection, message_id)) for message_id in messages]
        return [posted for posted in found if posted is not None]

    async def stretches(self, since: datetime) -> list[Stretch]:
        """Return every channel with posts since a time."""
        async with self._store.reading() as connection:
            return await posts.stretches(connection, since=since)

    async def between(self, channel_id: int, *, oldest: int, newest: int, since: datetime) -> dict[int, int]:
        """Return how many pictures each message of a channel shows, both ends included, newest first."""
        async with self._store.reading() as connection:
            return await posts.cards_between(connection, channel_id, oldest=oldest, newest=newest, since=since)

    async def newest_before(self, channel_id: int, message_id: int, since: datetime) -> int | None:
        """Return the newest post of a channel that is older than another, None when there is none since a time."""
        async with self._store.reading() as connection:
            return await posts.newest_before(connection, channel_id, message_id, since=since)

    async def forget_messages(self, message_ids: Collection[int]) -> None:
        """Forget messages that are gone, with the reactions seen on them."""
        # Discord tells of every message that is deleted anywhere; only ours are worth a transaction.
        async with self._store.reading() as connection:
            known = await posts.any_known(connection, message_ids)
        if known:
            async with self._store.writing() as connection:
                await posts.forget_messages(connection, message_ids)
                await reactions.forget_messages(connection, message_ids)

    async def forget_channels(self, channel_ids: Collection[int]) -> None:
        """Forget the messages of channels and threads that are gone, with the reactions seen on them."""
        async with self._store.reading() as connection:
            known = await posts.any_in(connection, channel_ids)
        if known:
            async with self._store.writing() as connection:
                await reactions.forget_channels(connection, channel_ids)
                await posts.forget_channels(connection, channel_ids)

    async def forget(self, person: Person) -> int:
        """Forget that a person asked for what was posted in a space; return how many pictures that was.

        The messages stay what they are, with the person's number in their buttons, until they are deleted.
        """
        async with self._store.writing() as connection:
            theirs = await posts.asked_for_by(connection, person)
            for post in theirs:
                await posts.set_requester(connection, post, None, _anonymous(post.card))
        return len(theirs)


def _anonymous(card: str) -> str:
    """Return a kept card without the person who asked for it."""
    parsed = Card.parse(card)
    if parsed is None:
        return card
    action, kept = parsed
    return msgspec.structs.replace(kept, requester=NOBODY).custom_id(action)


def _posted(rows: Sequence[posts.Post]) -> Posted | None:
    parsed = [Card.parse(row.card) for row in rows]
    cards = tuple(entry[1] for entry in parsed if entry is not None)
    if not cards:
        return None
    attachments = tuple(row.attachment for row in rows if row.attachment)
    return Posted(rows[0].message_id, rows[0].channel_id, rows[0].space, cards, attachments, rows[0].note)
