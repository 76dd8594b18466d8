"""Local times over every change of the clock, and what people type for times and time zones."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.refused import BadTime, UnknownZone
from bot.services.daily_times import Slot, last_slot, moment_on, next_slot, suggest_zones, time_of, zone_names, zone_of

BERLIN, LORD_HOWE, APIA = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")
ZONES = [
    BERLIN,
    LORD_HOWE,
    APIA,
    *map(ZoneInfo, ("UTC", "Asia/Kathmandu", "America/New_York", "Africa/Casablanca", "Pacific/Kwajalein")),
    *map(ZoneInfo, ("America/Sao_Paulo", "Asia/Beirut", "Pacific/Chatham", "Asia/Pyongyang", "Antarctica/Troll")),
]
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone itself


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("zone", "day", "at", "moment"),
    [
        (BERLIN, date(2026, 11, 22), time(8, 30), utc(2026, 11, 22, 7, 30)),
        # 02:00 to 03:00 does not exist: the first moment after it is 03:00 of summer.
        (BERLIN, date(2026, 3, 29), time(2, 30), utc(2026, 3, 29, 1, 0)),
        # 02:30 comes twice: the first is summer's.
        (BERLIN, date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),
        (LORD_HOWE, date(2026, 10, 4), time(2, 15), utc(2026, 10, 3, 15, 30)),
        (LORD_HOWE, date(2026, 4, 5), time(1, 45), utc(2026, 4, 4, 14, 45)),
        (ZoneInfo("Asia/Kathmandu"), date(2026, 1, 1), time(0, 0), utc(2025, 12, 31, 18, 15)),
        # Midnight itself is skipped.
        (ZoneInfo("Asia/Beirut"), date(2026, 3, 29), time(0, 10), utc(2026, 3, 28, 22, 0)),
        (APIA, date(2011, 12, 30), time(8, 30), None),
        (APIA, date(2011, 12, 31), time(8, 30), utc(2011, 12, 30, 18, 30)),
    ],
)
def test_a_local_time_is_a_moment_over_each_change_of_the_clock(
    zone: ZoneInfo, day: date, at: time, moment: datetime | None
) -> None:
    assert moment_on(day, at, zone) == moment


def test_a_date_that_had_its_post_gets_no_other() -> None:
    now, posted = utc(2026, 11, 22, 6, 0), date(2026, 11, 22)
    assert next_slot(now, time(8, 30), BERLIN) == Slot(utc(2026, 11, 22, 7, 30), date(2026, 11, 22))
    assert next_slot(now, time(8, 30), BERLIN, posted=posted) == Slot(utc(2026, 11, 23, 7, 30), date(2026, 11, 23))


@given(zone=st.sampled_from(ZONES), at=TIMES, now=MOMENTS)
def test_the_next_slot_is_the_first_after_now_and_on_its_own_date(zone: ZoneInfo, at: time, now: datetime) -> None:
    slot = next_slot(now, at, zone)
    assert slot.moment > now
    assert slot.moment - now <= timedelta(hours=50)  # a date that a zone left out, and a change of its clock
    wall = slot.moment.astimezone(zone).replace(tzinfo=None)
    if wall.time() != at:
        # The time did not exist: the second before it was earlier than it, and this is the first one later.
        before = (slot.moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert before < datetime.combine(slot.day, at) < wall
    else:
        assert wall.date() == slot.day
    last = last_slot(slot.moment, at, zone)
    assert last == slot
    assert last_slot(slot.moment - timedelta(seconds=1), at, zone).day < slot.day


@given(zone=st.sampled_from(ZONES), at=TIMES, now=MOMENTS)
def test_every_date_that_exists_has_one_slot(zone: ZoneInfo, at: time, now: datetime) -> None:
    slots = [next_slot(now, at, zone)]
    for _ in range(5):
        slots.append(next_slot(slots[-1].moment, at, zone, posted=slots[-1].day))
    for one, other in itertools.pairwise(slots):
        assert one.moment < other.moment
        left_out = [one.day + timedelta(days=n) for n in range(1, (other.day - one.day).days)]
        assert all(moment_on(day, at, zone) is None for day in left_out)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(("08:30", time(8, 30)), (" 8:30 ", time(8, 30)), ("8.30", time(8, 30)), ("20h15", time(20, 15))),
        *(("8:30 pm", time(20, 30)), ("8 AM", time(8)), ("12 am", time(0)), ("12:05pm", time(12, 5))),
        *(("00:00", time(0)), ("9 p.m.", time(21)), ("２０：３０", time(20, 30))),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, meant: time) -> None:
    assert time_of(typed) == meant


@pytest.mark.parametrize("typed", ["", "8", "25:00", "8:60", "13 pm", "0 am", "half past eight", "08:30:00", "-1:00"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(BadTime):
        time_of(typed)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("berlin", "Europe/Berlin")),
        *(("new york", "America/New_York"), ("UTC", "UTC"), ("Lord Howe", "Australia/Lord_Howe")),
    ],
)
def test_a_zone_is_known_by_its_name_or_its_city(typed: str, name: str) -> None:
    assert zone_of(typed).key == name


@pytest.mark.parametrize(
    ("typed", "near"), [("Europe/Berln", "Europe/Berlin"), ("Kathmandoo", "Asia/Kathmandu"), ("Londn", "Europe/London")]
)
def test_an_unknown_zone_names_the_nearest(typed: str, near: str) -> None:
    with pytest.raises(UnknownZone) as refused:
        zone_of(typed)
    assert near in refused.value.nearest
    with pytest.raises(UnknownZone):
        zone_of("../../etc/passwd")


def test_zones_are_offered_while_one_types() -> None:
    assert "Europe/Berlin" in suggest_zones("ber")[:3]
    assert suggest_zones("Europe/Lo")[0] == "Europe/London"
    assert "Europe/Berlin" in suggest_zones("berln")
    assert len(suggest_zones("", 25)) == 25
    assert len(zone_names()) > 400
