"""Moments and London days, above all on the days when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.clocks import london
from casework.clocks.london import at, london_date, start_of_day
from tests.clocks.oracle import DAY, days


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_late_in_the_evening_in_summer_it_is_already_the_next_day_in_london():
    assert london_date(utc(2024, 7, 1, 22, 59)) == date(2024, 7, 1)
    assert london_date(utc(2024, 7, 1, 23, 0)) == date(2024, 7, 2)
    assert london_date(utc(2024, 1, 1, 23, 59)) == date(2024, 1, 1)


def test_a_moment_from_another_time_zone_falls_on_its_london_day():
    assert london_date(datetime(2024, 1, 2, 3, 0, tzinfo=timezone(timedelta(hours=5)))) == date(2024, 1, 1)


def test_a_summer_day_starts_an_hour_earlier_in_utc():
    assert start_of_day(date(2024, 7, 1)) == utc(2024, 6, 30, 23)
    assert start_of_day(date(2024, 1, 1)) == utc(2024, 1, 1)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2024, 3, 31), 23), (date(2024, 10, 27), 25), (date(2024, 6, 1), 24), (date(2026, 3, 29), 23)],
)
def test_a_day_on_which_the_clocks_change_has_23_or_25_hours(day: date, hours: int):
    assert start_of_day(day + DAY) - start_of_day(day) == timedelta(hours=hours)


def test_a_time_that_is_left_out_in_spring_is_an_hour_later():
    assert at(date(2024, 3, 31), time(0, 59)) == utc(2024, 3, 31, 0, 59)
    assert at(date(2024, 3, 31), time(1, 30)) == utc(2024, 3, 31, 1, 30)
    assert at(date(2024, 3, 31), time(1, 30, fold=1)) == utc(2024, 3, 31, 1, 30)
    assert london.london_time(at(date(2024, 3, 31), time(1, 30))).time() == time(2, 30)
    assert at(date(2024, 3, 31), time(2, 0)) == utc(2024, 3, 31, 1)


def test_of_a_time_that_comes_twice_in_autumn_the_first_is_meant_unless_the_second_is_asked_for():
    assert at(date(2024, 10, 27), time(1, 30)) == utc(2024, 10, 27, 0, 30)
    assert at(date(2024, 10, 27), time(1, 30, fold=1)) == utc(2024, 10, 27, 1, 30)


def test_a_moment_without_a_time_zone_is_refused():
    naive = utc(2024, 1, 1).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        london_date(naive)
    with pytest.raises(ValueError, match="time zone"):
        at(date(2024, 1, 1), time(12, tzinfo=UTC))


@settings(deadline=None, max_examples=200)
@given(st.datetimes(datetime(1972, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_every_moment_comes_back_from_its_day_and_its_time_on_the_wall(moment: datetime):
    local = london.london_time(moment)
    assert at(local.date(), local.time()) == moment.replace(fold=0)
    assert start_of_day(local.date()) <= moment < start_of_day(local.date() + DAY)


@settings(deadline=None, max_examples=200)
@given(days, st.times())
def test_a_time_on_a_day_is_a_moment_of_that_day(day: date, wall: time):
    assert london_date(at(day, wall)) == day
    assert at(day, wall).tzinfo is UTC


def test_summer_time_begins_and_ends_on_the_last_sundays_of_march_and_october():
    for year in range(2000, 2031):
        spring, autumn = (
            max(d for d in (date(year, m, n) for n in range(25, 32)) if d.weekday() == 6) for m in (3, 10)
        )
        changes = [
            day
            for day in (date(year, 1, 1) + i * DAY for i in range(365))
            if start_of_day(day + DAY) - start_of_day(day) != timedelta(hours=24)
        ]
        assert changes == [spring, autumn]
