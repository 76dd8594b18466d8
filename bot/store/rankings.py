"""Which pictures and breeds stand highest, one's own votes, and where a picture was shown: reads only.

Each of them reads a stretch, so that a list of any length costs a page of memory; counting goes through an index that
holds all it needs.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, RowMapping, Select, Subquery, and_, cast, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.identity import Person
from bot.models import Picture, PictureKey, Source, Species
from bot.store import schema
from bot.store.moderation import visible, withheld
from bot.store.pictures import from_row

_VOTES = schema.votes
_PICTURES = schema.pictures
_POSTS = schema.posts


class Among(Struct, frozen=True, kw_only=True):
    """Which votes count: those of a space, of one person only, cast since a time, on what a channel showed."""

    space: int
    person: int | None = None
    since: datetime | None = None
    channel: int | None = None


class Ranked(Struct, frozen=True, kw_only=True):
    """A picture with its votes; `picture` is None when nothing is remembered of it but its name."""

    key: PictureKey
    picture: Picture | None
    up: int
    down: int


class RankedBreed(Struct, frozen=True, kw_only=True):
    """A breed with the votes on all its pictures, how many pictures those are, and the best one of them."""

    species: Species
    breed_id: str
    pictures: int
    up: int
    down: int
    best: PictureKey


class OwnVote(Struct, frozen=True, kw_only=True):
    """A vote as its person sees it: 1 or -1, and when; `picture` is None when only its name is remembered."""

    key: PictureKey
    picture: Picture | None
    value: int
    cast_at: datetime


class Place(Struct, frozen=True):
    """A message that shows a picture."""

    channel_id: int
    message_id: int


async def count_pictures(connection: AsyncConnection, among: Among) -> tuple[int, int]:
    """Return how many pictures somebody voted up that are not hidden in the space, and how many that are."""
    each = _votes_on_each(among).subquery()
    hidden = withheld(among.space, each.c.source, each.c.picture_id)
    counted = select(func.count(), func.count().filter(hidden)).select_from(each).where(each.c.up > 0)
    total, left_out = (await connection.execute(counted)).one()
    return total - left_out, left_out


async def top_pictures(connection: AsyncConnection, among: Among, *, limit: int, offset: int) -> list[Ranked]:
    """Return a stretch of the pictures that somebody voted up and that are not hidden in the space.

    Ordered by votes up less votes down, then by votes up, then by the newest vote, then by key.
    """
    each = _votes_on_each(among).subquery()
    rows = await connection.execute(
        select(each.c.source.label("voted_source"), each.c.picture_id, each.c.up, each.c.down, _PICTURES)
        .outerjoin(_PICTURES, and_(_PICTURES.c.source == each.c.source, _PICTURES.c.id == each.c.picture_id))
        .where(each.c.up > 0, visible(among.space, each.c.source, each.c.picture_id))
        .order_by(*_best_first(each), each.c.source, each.c.picture_id)
        .limit(limit)
        .offset(offset)
    )
    return [Ranked(key=_voted(row), picture=_known(row), up=row["up"], down=row["down"]) for row in rows.mappings()]


async def top_breeds(connection: AsyncConnection, among: Among) -> tuple[list[RankedBreed], int]:
    """Return every breed that somebody voted up, and how many pictures are left out since they are hidden.

    There are some hundred breeds, however many pictures.

    A picture counts for the breed that its card names, unless it is hidden in the space. Ordered as pictures are, by
    the sums over a breed's pictures.
    """
    each, voted = _pictures_by_breed(among).subquery(), _votes_on_each(among).subquery()
    hidden = select(func.count()).where(voted.c.up > 0, withheld(among.space, voted.c.source, voted.c.picture_id))
    found = await connection.execute(
        select(each, hidden.scalar_subquery().label("hidden"))
        .where(each.c.place == 1, each.c.breed_up > 0)
        .order_by(
            each.c.breed_score.desc(),
            each.c.breed_up.desc(),
            each.c.breed_newest.desc(),
            each.c.species,
            each.c.breed_id,
        )
    )
    rows = found.mappings().all()
    # Without a row nothing tells how many there are.
    left_out = rows[0]["hidden"] if rows else (await count_pictures(connection, among))[1]
    ranked = [
        RankedBreed(
            species=Species(row["species"]),
            breed_id=row["breed_id"],
            pictures=row["breed_pictures"],
            up=row["breed_up"],
            down=row["breed_down"],
            best=_voted(row),
        )
        for row in rows
    ]
    return ranked, left_out


async def count_votes(connection: AsyncConnection, person: Person) -> tuple[int, int]:
    """Return on how many pictures a person has a vote that are not hidden in the space, and on how many that are."""
    hidden = withheld(person.space, _VOTES.c.source, _VOTES.c.picture_id)
    counted = select(func.count(), func.count().filter(hidden)).select_from(_VOTES).where(_of(person))
    total, left_out = (await connection.execute(counted)).one()
    return total - left_out, left_out


async def newest_votes(connection: AsyncConnection, person: Person, *, limit: int, offset: int) -> list[OwnVote]:
    """Return a stretch of a person's votes on pictures that are not hidden in the space, newest first."""
    rows = await connection.execute(
        select(_VOTES.c.source.label("voted_source"), _VOTES.c.picture_id, _VOTES.c.value, _VOTES.c.cast_at, _PICTURES)
        .outerjoin(_PICTURES, and_(_PICTURES.c.source == _VOTES.c.source, _PICTURES.c.id == _VOTES.c.picture_id))
        .where(_of(person), visible(person.space, _VOTES.c.source, _VOTES.c.picture_id))
        .order_by(_VOTES.c.cast_at.desc(), _VOTES.c.source, _VOTES.c.picture_id)
        .limit(limit)
        .offset(offset)
    )
    return [
        OwnVote(key=_voted(row), picture=_known(row), value=row["value"], cast_at=row["cast_at"])
        for row in rows.mappings()
    ]


async def places(
    connection: AsyncConnection, keys: Collection[PictureKey], space: int, *, requester: int | None = None
) -> dict[PictureKey, list[Place]]:
    """Return for each picture the newest message of each channel that shows it, newest first; none: not in the answer.

    With `requester` only what that person asked for: in the space of personal collections lie everybody's messages.
    """
    if not keys:
        return {}
    newest = func.max(_POSTS.c.message_id).label("message_id")
    chosen = (
        select(_POSTS.c.source, _POSTS.c.picture_id, _POSTS.c.channel_id, newest)
        .where(_POSTS.c.space == space)
        .where(tuple_(_POSTS.c.source, _POSTS.c.picture_id).in_([(key.source.value, key.id) for key in keys]))
        .group_by(_POSTS.c.source, _POSTS.c.picture_id, _POSTS.c.channel_id)
        .order_by(newest.desc())
    )
    if requester is not None:
        chosen = chosen.where(_POSTS.c.requester == requester)
    found: dict[PictureKey, list[Place]] = {}
    for source, picture_id, channel_id, message_id in await connection.execute(chosen):
        found.setdefault(PictureKey(Source(source), picture_id), []).append(Place(channel_id, message_id))
    return found


def _of(person: Person) -> ColumnElement[bool]:
    return (_VOTES.c.space == person.space) & (_VOTES.c.person == person.user)


def _votes_on_each(among: Among) -> Select[Any]:
    """Add up the votes: a row a picture."""
    chosen = (
        select(
            _VOTES.c.source,
            _VOTES.c.picture_id,
            func.sum(_VOTES.c.value).label("score"),
            func.count().filter(_VOTES.c.value == 1).label("up"),
            func.count().filter(_VOTES.c.value == -1).label("down"),
            func.max(_VOTES.c.cast_at).label("newest"),
        )
        .where(_VOTES.c.space == among.space)
        .group_by(_VOTES.c.source, _VOTES.c.picture_id)
    )
    if among.person is not None:
        chosen = chosen.where(_VOTES.c.person == among.person)
    if among.since is not None:
        chosen = chosen.where(_VOTES.c.cast_at >= among.since)
    if among.channel is not None:
        shown = select(_POSTS.c.source, _POSTS.c.picture_id).where(
            _POSTS.c.channel_id == among.channel, _POSTS.c.space == among.space
        )
        chosen = chosen.where(tuple_(_VOTES.c.source, _VOTES.c.picture_id).in_(shown))
    return chosen


def _pictures_by_breed(among: Among) -> Select[Any]:
    """Put beside each picture its place within its breed, and the sums of the breed."""
    each = _votes_on_each(among).subquery()
    breed_id = _PICTURES.c.breeds[(0, "id")].as_string()
    group = (_PICTURES.c.species, breed_id)
    # A sum of sums is numeric on PostgreSQL, which Python would get as a Decimal.
    up, down, score = (
        cast(func.sum(column).over(partition_by=group), BigInteger) for column in (each.c.up, each.c.down, each.c.score)
    )
    return (
        select(
            each.c.source.label("voted_source"),
            each.c.picture_id,
            _PICTURES.c.species,
            breed_id.label("breed_id"),
            up.label("breed_up"),
            down.label("breed_down"),
            score.label("breed_score"),
            func.max(each.c.newest).over(partition_by=group).label("breed_newest"),
            func.count().over(partition_by=group).label("breed_pictures"),
            func.row_number()
            .over(partition_by=group, order_by=(*_best_first(each), each.c.source, each.c.picture_id))
            .label("place"),
        )
        .join(_PICTURES, and_(_PICTURES.c.source == each.c.source, _PICTURES.c.id == each.c.picture_id))
        .where(breed_id.is_not(None), visible(among.space, each.c.source, each.c.picture_id))
    )


def _best_first(each: Subquery) -> tuple[ColumnElement[Any], ...]:
    return each.c.score.desc(), each.c.up.desc(), each.c.newest.desc()


def _voted(row: RowMapping) -> PictureKey:
    return PictureKey(Source(row["voted_source"]), row["picture_id"])


def _known(row: RowMapping) -> Picture | None:
    return None if row["url"] is None else from_row(row)
