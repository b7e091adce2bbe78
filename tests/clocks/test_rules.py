"""On which day a period ends."""

from __future__ import annotations

import calendar as months
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.clocks import Calendar, Days, Hours, Months, Rule, Weeks, WorkingDays, parse, parse_rule
from casework.clocks.london import at, london_date, london_time
from tests.clocks.oracle import DAY, ENGLAND_AND_WALES, calendars, days, rules, walk, walk_months

VECTORS = [
    (date(2017, 5, 18), 3, date(2017, 5, 23)),
    (date(2017, 5, 18), 10, date(2017, 6, 2)),
    (date(2017, 5, 18), 20, date(2017, 6, 16)),
    (date(2017, 5, 18), 30, date(2017, 6, 30)),
    (date(2017, 5, 18), 40, date(2017, 7, 14)),
    (date(2021, 5, 1), 3, date(2021, 5, 6)),
    (date(2021, 5, 1), 10, date(2021, 5, 17)),
    (date(2021, 5, 1), 20, date(2021, 6, 1)),
    (date(2023, 11, 20), 10, date(2023, 12, 4)),
]


@pytest.mark.parametrize(("received", "n", "due"), VECTORS)
def test_working_days_equal_the_published_examples(received: date, n: int, due: date):
    assert WorkingDays(n).due(received, ENGLAND_AND_WALES) == due


def test_a_bank_holiday_inside_the_period_is_not_counted():
    assert WorkingDays(5).due(date(2022, 9, 16), ENGLAND_AND_WALES) == date(2022, 9, 26)


def test_four_weeks_from_a_thursday_is_a_thursday_even_if_it_is_a_holiday():
    assert Weeks(4).due(date(2022, 5, 5), ENGLAND_AND_WALES) == date(2022, 6, 2)
    assert not ENGLAND_AND_WALES.is_working(date(2022, 6, 2))


def test_a_review_of_a_letter_dated_1_april_must_arrive_by_29_april():
    assert Days(28).due(date(2024, 4, 1), ENGLAND_AND_WALES) == date(2024, 4, 29)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2023, 2, 28), 1, date(2023, 3, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2023, 12, 15), 1, date(2024, 1, 15)),
        (date(2023, 12, 15), 12, date(2024, 12, 15)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(start: date, n: int, due: date):
    assert Months(n).due(start, ENGLAND_AND_WALES) == due


@settings(deadline=None, max_examples=400)
@given(days, rules(400), calendars())
def test_every_rule_equals_walking_from_day_to_day(start: date, rule: Rule, calendar: Calendar):
    assert rule.due(start, calendar) == walk(start, rule, calendar)


@settings(deadline=None, max_examples=200)
@given(days, st.integers(1, 120))
def test_months_end_in_the_right_month_and_as_late_as_they_may(start: date, n: int):
    due = Months(n).due(start, ENGLAND_AND_WALES)
    assert due == walk_months(start, n)
    assert due.year * 12 + due.month == start.year * 12 + start.month + n
    assert due.day == start.day or (due.day < start.day and due.day == months.monthrange(due.year, due.month)[1])


@settings(deadline=None, max_examples=100)
@given(days, days, rules(100), calendars())
def test_what_starts_later_is_never_due_earlier(one: date, other: date, rule: Rule, calendar: Calendar):
    early, late = sorted([one, other])
    assert rule.due(early, calendar) <= rule.due(late, calendar)


def test_a_period_of_none_ends_on_the_day_itself():
    for rule in (WorkingDays(0), Days(0), Weeks(0), Months(0)):
        assert rule.due(date(2024, 12, 25), ENGLAND_AND_WALES) == date(2024, 12, 25)


@pytest.mark.parametrize("rule", [WorkingDays(999_999_999), Days(999_999_999), Weeks(999_999_999), Months(999_999_999)])
def test_a_period_past_the_year_9999_is_refused_in_a_sentence(rule: Rule):
    with pytest.raises(ValueError, match=r"^That date is after the year 9999\.$"):
        rule.due(date(2024, 1, 1), ENGLAND_AND_WALES)
    with pytest.raises(ValueError, match=r"^That date is after the year 9999\.$"):
        Hours(999_999_999).after(datetime(2024, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("n", [-1, 1_000_000_000, True, 1.5])
def test_a_number_that_is_not_a_whole_one_is_refused(n: int):
    with pytest.raises(ValueError, match="A number of days is a whole number"):
        Days(n)


def test_a_day_rule_ends_at_the_same_time_of_day_in_london_over_a_change_of_the_clocks():
    noon = at(date(2024, 3, 28), time(12, 0))
    assert Days(7).after(noon, ENGLAND_AND_WALES) == at(date(2024, 4, 4), time(12, 0))
    assert Days(7).after(noon, ENGLAND_AND_WALES) - noon == timedelta(days=7, hours=-1)
    assert WorkingDays(1).after(noon, ENGLAND_AND_WALES) == at(date(2024, 4, 2), time(12, 0))


def test_hours_pass_as_they_do_over_a_change_of_the_clocks():
    noon = at(date(2024, 3, 30), time(12, 0))
    assert Hours(48).after(noon) - noon == timedelta(hours=48)
    assert london_time(Hours(48).after(noon)).time() == time(13, 0)


def test_the_start_is_the_london_day_of_the_moment():
    moment = datetime(2024, 6, 30, 23, 30, tzinfo=UTC)
    assert Days(1).after(moment, ENGLAND_AND_WALES) == datetime(2024, 7, 1, 23, 30, tzinfo=UTC)
    assert london_date(Days(1).after(moment, ENGLAND_AND_WALES)) == date(2024, 7, 2)


def test_the_second_of_two_equal_hours_stays_the_second():
    second = at(date(2014, 10, 26), time(1, 30, fold=1))
    assert Days(0).after(second, ENGLAND_AND_WALES) == second
    assert Weeks(52).after(second, ENGLAND_AND_WALES) == at(date(2015, 10, 25), time(1, 30, fold=1))


@settings(deadline=None, max_examples=200)
@given(st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), rules(60))
def test_after_falls_on_the_due_day_and_never_before_the_start(moment: datetime, rule: Rule):
    after = rule.after(moment, ENGLAND_AND_WALES)
    assert london_date(after) == rule.due(london_date(moment), ENGLAND_AND_WALES)
    assert after >= moment


@settings(deadline=None, max_examples=200)
@given(st.one_of(rules(5_000), st.integers(0, 999_999_999).map(Hours)))
def test_a_rule_is_read_as_it_is_written(rule: Rule | Hours):
    assert parse(str(rule)) == rule
    assert parse(f"  {str(rule).upper().replace(' ', '  ')} ") == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("10 working days", WorkingDays(10)),
        ("1 working day", WorkingDays(1)),
        ("28 days", Days(28)),
        ("28days", Days(28)),
        ("4 weeks", Weeks(4)),
        ("6 months", Months(6)),
        ("48 hours", Hours(48)),
    ],
)
def test_people_write_periods_so(text: str, rule: Rule | Hours):
    assert parse(text) == rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ten days",
        "10",
        "days",
        "-1 days",
        "1.5 days",
        "10 years",
        "10 working weeks",
        "٣ days",
        "10 dayss",
        "1 2 days",
    ],
)
def test_anything_else_is_refused_with_a_sentence_that_says_how(text: str):
    with pytest.raises(ValueError, match=r"is not a period\. Write a number and a unit, such as “10 working days”"):
        parse(text)


def test_a_rule_of_a_statute_is_never_in_hours():
    assert parse_rule("5 working days") == WorkingDays(5)
    with pytest.raises(ValueError, match="“48 hours” does not end on a date"):
        parse_rule("48 hours")


def test_equal_lengths_in_other_units_are_other_rules():
    assert Days(28) != Weeks(4)
    assert Days(28) == Days(28)
    assert len({Days(28), Weeks(4), Days(28)}) == 2
    assert Weeks(4).due(date(2024, 1, 1), ENGLAND_AND_WALES) == date(2024, 1, 1) + 28 * DAY
