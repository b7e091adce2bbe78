"""The sum that shows how a date came about, with the days on which a clock stood still."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.clocks import Calendar, Days, Months, Pause, Rule, Weeks, WorkingDays, explain
from casework.clocks import pauses as standing
from tests.clocks.oracle import (
    ENGLAND_AND_WALES,
    calendars,
    is_working,
    near_days,
    rules,
    walk,
    walk_with_pauses,
)

pauses = st.lists(st.builds(Pause, near_days, near_days | st.none()), max_size=5)


def test_the_public_reads_which_days_were_not_counted():
    assert explain(date(2017, 5, 18), WorkingDays(10), ENGLAND_AND_WALES).words == (
        "We count 10 working days, not counting Thursday 18 May 2017, the day it started, so the date is "
        "Friday 2 June 2017. Weekends and the bank holiday on Monday 29 May are not counted."
    )


def test_staff_see_every_day_with_its_number_or_its_reason():
    lines = explain(date(2021, 4, 30), WorkingDays(3), ENGLAND_AND_WALES).days
    assert [(line.on.day, line.counted, line.number, line.reason) for line in lines] == [
        (30, False, None, "the day it started"),
        (1, False, None, "Saturday"),
        (2, False, None, "Sunday"),
        (3, False, None, "May Day"),
        (4, True, 1, "day 1"),
        (5, True, 2, "day 2"),
        (6, True, 3, "day 3"),
    ]


def test_a_holiday_on_a_saturday_is_a_saturday():
    lines = {line.on: line.reason for line in explain(date(2020, 12, 24), WorkingDays(2), ENGLAND_AND_WALES).days}
    assert lines[date(2020, 12, 25)] == "Christmas Day"
    assert lines[date(2020, 12, 26)] == "Saturday"


def test_the_words_fit_what_was_left_out():
    def words(start: date, n: int) -> str:
        return explain(start, WorkingDays(n), ENGLAND_AND_WALES).words.split(". ", 1)[-1]

    assert words(date(2024, 6, 4), 3).startswith("We count 3 working days, not counting Tuesday 4 June 2024")
    assert words(date(2024, 6, 4), 5) == "Weekends are not counted."
    assert words(date(2024, 12, 23), 2) == (
        "The bank holidays on Wednesday 25 December and Thursday 26 December are not counted."
    )
    assert words(date(2024, 12, 24), 6) == (
        "Weekends and the bank holidays on Wednesday 25 December 2024, Thursday 26 December 2024 and "
        "Wednesday 1 January are not counted."
    )
    assert words(date(2024, 1, 2), 255) == "Weekends and 8 bank holidays are not counted."
    assert words(date(2018, 5, 4), 1) == "Weekends and the bank holiday on Monday 7 May are not counted."
    assert words(date(2014, 12, 31), 1) == "The bank holiday on Thursday 1 January is not counted."


def test_calendar_periods_say_that_weekends_are_counted():
    assert explain(date(2024, 4, 1), Weeks(4), ENGLAND_AND_WALES).words == (
        "We count 4 weeks, not counting Monday 1 April 2024, the day it started, so the date is Monday 29 April 2024. "
        "Weekends and bank holidays are counted."
    )


def test_a_month_without_that_day_is_explained():
    assert explain(date(2023, 1, 31), Months(1), ENGLAND_AND_WALES).words == (
        "We count 1 month, not counting Tuesday 31 January 2023, the day it started, so the date is "
        "Tuesday 28 February 2023. February 2023 has no day 31, so we take its last day. "
        "Weekends and bank holidays are counted."
    )


def test_a_period_of_none_is_the_day_itself():
    found = explain(date(2024, 12, 25), WorkingDays(0), ENGLAND_AND_WALES)
    assert found.words == "The date is the day it started, Wednesday 25 December 2024."
    assert len(found.days) == 1


def test_a_date_beyond_the_known_holidays_says_that_it_may_move():
    late = explain(date(2028, 12, 28), WorkingDays(10), ENGLAND_AND_WALES)
    assert not late.certain
    assert late.words.endswith(
        "Bank holidays are known until Sunday 31 December 2028; if others are announced, the date will be later."
    )
    assert explain(date(2028, 12, 28), Days(10), ENGLAND_AND_WALES).certain
    assert explain(date(2028, 12, 1), WorkingDays(10), ENGLAND_AND_WALES).certain


def test_paused_days_are_left_out_and_named():
    # Stopped on Monday 3, started again on Friday 7: Tuesday to Friday do not count.
    found = explain(date(2024, 5, 31), WorkingDays(5), ENGLAND_AND_WALES, [Pause(date(2024, 6, 3), date(2024, 6, 7))])
    assert found.due == date(2024, 6, 13)
    assert [line.on.day for line in found.days if line.reason == "the clock was stopped"] == [4, 5, 6, 7]
    assert [line.on.day for line in found.days if line.counted] == [3, 10, 11, 12, 13]
    assert found.words.endswith("The clock was stopped once, for 4 days; those days are not counted.")


def test_a_months_rule_with_a_pause_says_how_many_days_it_has():
    found = explain(date(2024, 1, 31), Months(1), ENGLAND_AND_WALES, [Pause(date(2024, 2, 5), date(2024, 2, 6))])
    assert found.due == date(2024, 3, 1)
    assert found.words.endswith(
        "From that day, 1 month is 29 days. The clock was stopped once, for 1 day; that day is not counted."
    )


def test_a_stopped_clock_has_no_date_and_says_how_far_it_got():
    found = explain(date(2024, 6, 3), WorkingDays(10), ENGLAND_AND_WALES, [Pause(date(2024, 6, 6), None)])
    assert found.due is None
    assert not found.certain
    assert found.days[-1].on == date(2024, 6, 6)
    assert found.words == (
        "We count 10 working days, not counting Monday 3 June 2024, the day it started. "
        "The clock has been stopped since Thursday 6 June 2024. Until then 3 of 10 working days had been counted. "
        "There is a date again once the clock runs."
    )


def test_a_clock_stopped_and_started_on_one_day_loses_nothing():
    found = explain(date(2024, 6, 3), Days(5), ENGLAND_AND_WALES, [Pause(date(2024, 6, 4), date(2024, 6, 4))])
    assert found == explain(date(2024, 6, 3), Days(5), ENGLAND_AND_WALES)


def test_a_pause_after_the_due_day_or_before_the_start_changes_nothing():
    others = [Pause(date(2024, 5, 1), date(2024, 6, 3)), Pause(date(2024, 6, 8), None)]
    assert explain(date(2024, 6, 3), Days(5), ENGLAND_AND_WALES, others) == explain(
        date(2024, 6, 3), Days(5), ENGLAND_AND_WALES
    )


@settings(deadline=None, max_examples=200)
@given(near_days, rules(90), calendars())
def test_the_sum_agrees_with_the_rule(start: date, rule: Rule, calendar: Calendar):
    found = explain(start, rule, calendar)
    assert found.due == rule.due(start, calendar) == walk(start, rule, calendar) == found.days[-1].on
    _is_complete(found.days, start, rule, calendar)


@settings(deadline=None, max_examples=300)
@given(near_days, rules(60), calendars(), pauses)
def test_a_sum_with_pauses_equals_walking_from_day_to_day(
    start: date, rule: Rule, calendar: Calendar, paused: list[Pause]
):
    found = explain(start, rule, calendar, paused)
    assert found.due == standing.due(start, rule, calendar, paused) == walk_with_pauses(start, rule, calendar, paused)
    if found.due is not None:
        _is_complete(found.days, start, rule, calendar)
        assert found.days[-1].on == found.due
    for line in found.days[1:]:
        left_out = any(each.covers(line.on) for each in paused)
        assert (line.reason == "the clock was stopped") == left_out
    assert len(found.words) < 900


@settings(deadline=None, max_examples=200)
@given(pauses)
def test_joined_pauses_leave_out_the_same_days(paused: list[Pause]):
    found = standing.joined(paused)
    for ordinal in range(date(2024, 1, 15).toordinal(), date(2024, 5, 15).toordinal()):
        day = date.fromordinal(ordinal)
        assert any(each.covers(day) for each in found) == any(each.covers(day) for each in paused)
    for one, other in zip(found, found[1:], strict=False):
        assert one.until is not None
        assert one.until < other.since


def _is_complete(lines, start: date, rule: Rule, calendar: Calendar) -> None:
    ordinals = [line.on.toordinal() for line in lines]
    assert ordinals == list(range(start.toordinal(), start.toordinal() + len(lines)))
    counted = [line for line in lines if line.counted]
    assert [line.number for line in counted] == list(range(1, rule.length(start, calendar) + 1))
    assert all(is_working(line.on, calendar) for line in counted) or not rule.counts_working_days
    assert all(line.number is None and line.reason for line in lines if not line.counted)
