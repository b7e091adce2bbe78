"""Which days count as working days."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.clocks import Calendar
from tests.clocks.oracle import DAY, ENGLAND_AND_WALES, calendars, days, is_working

PUBLISHED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "calendar" / "bank-holidays.json"


def test_a_saturday_a_sunday_and_a_bank_holiday_are_not_working_days():
    assert ENGLAND_AND_WALES.is_working(date(2017, 5, 26))
    assert not ENGLAND_AND_WALES.is_working(date(2017, 5, 27))
    assert not ENGLAND_AND_WALES.is_working(date(2017, 5, 28))
    assert not ENGLAND_AND_WALES.is_working(date(2017, 5, 29))


def test_the_next_working_day_is_never_the_day_itself():
    assert ENGLAND_AND_WALES.next_working(date(2017, 5, 25)) == date(2017, 5, 26)
    assert ENGLAND_AND_WALES.next_working(date(2017, 5, 26)) == date(2017, 5, 30)
    assert ENGLAND_AND_WALES.next_working(date(2017, 5, 27)) == date(2017, 5, 30)


def test_a_calendar_says_a_year_ahead_that_it_runs_out():
    assert ENGLAND_AND_WALES.runs_out_within(date(2028, 1, 2), 365)
    assert not ENGLAND_AND_WALES.runs_out_within(date(2028, 1, 1), 365)
    assert ENGLAND_AND_WALES.runs_out_within(date(2029, 1, 1), 0)
    assert ENGLAND_AND_WALES.knows(date(2028, 12, 31))
    assert not ENGLAND_AND_WALES.knows(date(2029, 1, 1))


def test_the_order_of_the_holidays_makes_no_difference():
    pairs = [(date(2024, 12, 25), "Christmas Day"), (date(2024, 12, 26), "Boxing Day")]
    one, other = (Calendar.of("ew", 1, each, date(2024, 12, 31)) for each in (pairs, [*reversed(pairs), pairs[0]]))
    assert one == other
    assert hash(one) == hash(other)
    assert one.holidays == {date(2024, 12, 25), date(2024, 12, 26)}
    assert one.names[date(2024, 12, 26)] == "Boxing Day"


def test_a_day_with_two_names_is_refused():
    with pytest.raises(ValueError, match="two names: Christmas Day and Boxing Day"):
        Calendar.of("ew", 1, [(date(2024, 12, 25), "Christmas Day"), (date(2024, 12, 25), "Boxing Day")], date.max)


def test_working_days_are_not_counted_backwards_nor_past_the_end_of_time():
    with pytest.raises(ValueError, match="forwards"):
        ENGLAND_AND_WALES.add(date(2024, 1, 1), -1)
    assert ENGLAND_AND_WALES.add(date(9999, 12, 30), 1) == date(9999, 12, 31)
    for n in (2, 10**9, 10**30):
        with pytest.raises(ValueError, match="after the year 9999"):
            ENGLAND_AND_WALES.add(date(9999, 12, 30), n)


@settings(deadline=None, max_examples=300)
@given(calendars(), days, st.integers(0, 400))
def test_adding_equals_walking_from_day_to_day(calendar: Calendar, start: date, n: int):
    day, left = start, n
    while left:
        day += DAY
        left -= is_working(day, calendar)
    assert calendar.add(start, n) == day
    assert calendar.working_days(start, day) == n


@settings(deadline=None, max_examples=150)
@given(calendars(), days, days)
def test_counting_between_two_days_equals_walking(calendar: Calendar, one: date, other: date):
    between = [date.fromordinal(each) for each in range(one.toordinal() + 1, other.toordinal() + 1)]
    assert calendar.working_days(one, other) == sum(is_working(day, calendar) for day in between)
    assert calendar.weekday_holidays(one, other) == [
        day for day in between if day.weekday() < 5 and day in calendar.holidays
    ]


@settings(deadline=None, max_examples=200)
@given(calendars(), days, st.integers(1, 2_000_000))
def test_a_huge_number_of_working_days_ends_on_the_working_day_with_that_number(
    calendar: Calendar, start: date, n: int
):
    end = calendar.add(start, n)
    assert calendar.is_working(end)
    assert calendar.working_days(start, end) == n


def test_the_holidays_we_load_are_those_the_government_publishes():
    if not PUBLISHED.exists():
        pytest.skip("the published list of bank holidays is not here")
    events = json.loads(PUBLISHED.read_text())["england-and-wales"]["events"]
    published = {date.fromisoformat(each["date"]) for each in events}
    ours = set(holidays.country_holidays("GB", subdiv="ENG", years=range(2012, 2029)))
    assert {min(published).year, max(published).year} == {2012, 2028}
    # The package also has the holidays that fall on a weekend; only their substitutes are published.
    assert {day for day in ours if day.weekday() < 5} == {day for day in published if day.weekday() < 5}
    assert published <= ours
