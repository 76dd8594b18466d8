"""The pictures a day of a server, as they are made, changed, paused, removed and forgotten."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.card import Action, Card
from bot.clock import ManualClock
from bot.i18n import texts
from bot.identity import Person
from bot.models import PictureKey, Source, Species, Wanted
from bot.refusals import refusal
from bot.refused import BadTime, ChannelGone, NoDaily, NotPosted, TooManyDailies, UnknownZone
from bot.services.daily import MOST, Dailies, Plan, replaced, wish
from bot.services.daily_times import Slot
from bot.services.posts import NOBODY, Posts
from bot.store.daily import Daily
from bot.store.store import Store
from bot.ui.daily import daily_text

SERVER, ELSEWHERE, DAILY, PETS, ADA, MAX = 9, 8, 50, 51, 1, 2
FIRST = Slot(datetime(2026, 1, 1, 8, 30, tzinfo=UTC), date(2026, 1, 1))


@pytest.fixture
def dailies(store: Store, clock: ManualClock) -> Dailies:
    return Dailies(store, clock)


def plan(**changes: object) -> Plan:
    values: dict[str, object] = {"channel_id": DAILY, "at": time(8, 30), "zone": ZoneInfo("UTC")}
    return Plan(**(values | changes))  # type: ignore[arg-type]


async def test_a_server_has_several_each_with_its_number(dailies: Dailies) -> None:
    await dailies.put(SERVER, ADA, plan())
    await dailies.put(SERVER, MAX, plan(at=time(20), species=Species.DOG, breed_id="9", with_fact=True))
    await dailies.put(ELSEWHERE, MAX, plan())
    first, second = await dailies.of(SERVER)
    assert (first.number, first.at, first.created_by, first.species, first.with_fact) == (1, 510, ADA, None, False)
    assert (second.number, second.at, second.with_fact) == (2, 1200, True)
    assert wish(second) == Wanted(species=Species.DOG, breed_id="9")
    assert (first.next_at, first.try_at) == (FIRST.moment, FIRST.moment)
    await dailies.remove(SERVER, 1)
    assert [daily.number for daily in await dailies.of(SERVER)] == [2]
    assert (await dailies.put(SERVER, ADA, plan())).number == 1
    with pytest.raises(NoDaily) as refused:
        await dailies.find(SERVER, 7)
    assert refused.value.known == (1, 2)


async def test_a_server_has_at_most_ten(dailies: Dailies) -> None:
    for _ in range(MOST):
        await dailies.put(SERVER, ADA, plan())
    with pytest.raises(TooManyDailies):
        await dailies.put(SERVER, ADA, plan())
    assert (await dailies.put(SERVER, ADA, plan(at=time(9)), 10)).at == 540


async def test_a_change_keeps_the_number_and_gives_no_second_post_on_a_date(
    dailies: Dailies, clock: ManualClock
) -> None:
    made = await dailies.put(SERVER, ADA, plan())
    clock.advance(3600 * 9)
    await dailies.claim(made, FIRST, "card", "note")
    # What was claimed may be there already, whether or not it was recorded.
    changed = await dailies.put(SERVER, MAX, plan(at=time(10)), 1)
    assert changed.next_at == datetime(2026, 1, 2, 10, tzinfo=UTC)
    assert (changed.number, changed.created_by, changed.claim) == (1, ADA, None)
    with pytest.raises(NoDaily):
        await dailies.put(SERVER, ADA, plan(), 2)


async def test_a_claim_is_kept_for_the_same_post_and_new_for_another(dailies: Dailies, clock: ManualClock) -> None:
    made = await dailies.put(SERVER, ADA, plan())
    claim = await dailies.claim(made, FIRST, "card", "note")
    kept = await dailies.find(SERVER, 1)
    assert kept.claim == claim
    assert (claim.at, claim.card, claim.note, len(claim.nonce)) == (clock.now(), "card", "note", 24)
    assert await dailies.claim(kept, FIRST, "card", "note") == claim
    assert (await dailies.claim(kept, FIRST, "other", "note")).nonce != claim.nonce
    await dailies.posted(kept, FIRST.day, 77)
    posted = await dailies.find(SERVER, 1)
    assert (posted.posted_for, posted.message_id, posted.claim) == (FIRST.day, 77, None)


async def test_what_rests_is_not_due_and_goes_on_at_its_next_time(dailies: Dailies, clock: ManualClock) -> None:
    await dailies.put(SERVER, ADA, plan())
    assert (await dailies.pause(SERVER, 1)).paused
    clock.advance(3600 * 30)
    assert (await dailies.due(), await dailies.seconds_left()) == ([], None)
    assert await dailies.in_channels([DAILY]) == []
    resumed = await dailies.resume(SERVER, 1)
    assert (resumed.paused, resumed.next_at) == (False, datetime(2026, 1, 2, 8, 30, tzinfo=UTC))
    assert await dailies.seconds_left() == 3600 * 2.5
    assert [daily.number for daily in await dailies.in_channels([PETS, DAILY])] == [1]


async def test_a_person_is_forgotten_and_what_they_made_goes_on(dailies: Dailies) -> None:
    await dailies.put(SERVER, ADA, plan())
    await dailies.put(ELSEWHERE, ADA, plan())
    await dailies.forget(Person(SERVER, ADA))
    assert [daily.created_by for daily in await dailies.of(SERVER)] == [None]
    assert [daily.created_by for daily in await dailies.of(ELSEWHERE)] == [ADA]


async def test_the_text_below_a_post_is_remembered_with_it_and_nobody_asked(store: Store) -> None:
    posts = Posts(store)
    card = Card(PictureKey(Source.CATAPI, "abc"), Wanted(species=Species.CAT), NOBODY)
    await posts.record(1, DAILY, SERVER, [card], [], "-# a fact")
    kept = await posts.of_message(1)
    assert kept is not None
    assert (kept.note, kept.cards[0].custom_id(Action.INFO)) == ("-# a fact", card.custom_id(Action.INFO))
    await posts.record(1, DAILY, SERVER, [card], [])
    kept = await posts.of_message(1)
    assert kept is not None
    assert kept.note is None


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BadTime("noon"), "“noon” is no time of day. Write it like 08:30, or 8:30 pm."),
        (UnknownZone("Berln", ["Europe/Berlin"]), "I don’t know the time zone “Berln”. Did you mean Europe/Berlin?"),
        (UnknownZone("x"), "I don’t know the time zone “x”. Begin to type a large city near you"),
        (NoDaily(3, [1, 2]), "There is no picture a day with the number 3. There are: 1 and 2."),
        (NoDaily(3), "There is no picture a day with the number 3. Begin with /daily set."),
        (TooManyDailies(10), "A server has at most 10 pictures a day."),
        (ChannelGone(), "That channel is gone."),
        (NotPosted(), "Discord did not take the post. Try again in a minute."),
    ],
)
def test_each_refusal_says_what_to_do(error: Exception, said: str) -> None:
    assert (refusal(error, texts()) or "").startswith(said)


@pytest.mark.parametrize(
    ("changes", "how"),
    [
        ({}, "Next: <t:1767256200:F>"),
        ({"paused": True}, "Paused. /daily resume lets it go on."),
        ({"paused": True, "reason": "gone"}, "Stopped: its channel is gone."),
        ({"paused": True, "reason": "forbidden"}, "Stopped: I may not post pictures in <#50>."),
        ({"paused": True, "reason": "excluded"}, "Stopped: this server does not show that breed."),
        ({"paused": True, "reason": "zone"}, "Stopped: the time zone UTC is no longer known."),
    ],
)
def test_a_line_tells_how_it_goes_on(changes: dict[str, object], how: str) -> None:
    daily = replaced(
        Daily(
            space=SERVER,
            number=1,
            channel_id=DAILY,
            at=510,
            zone="UTC",
            species=Species.CAT,
            created_by=ADA,
            next_at=FIRST.moment,
            try_at=FIRST.moment,
        ),
        **changes,
    )
    app: Any = None
    plan, told = daily_text(app, daily, texts()).split("\n")
    assert plan == "**1.** A cat, every day at 08:30 (UTC) in <#50>"
    assert told.startswith(f"-# {how}")
