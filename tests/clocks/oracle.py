"""Slow and plain: walks from day to day where the code calculates. Also what random calendars are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import holidays
from hypothesis import strategies as st

from casework.clocks import Calendar, Days, Duty, Happening, Months, Pause, Rule, Weeks, WorkingDays

DAY = timedelta(days=1)
FIRST, LAST = date(2015, 1, 1), date(2030, 12, 31)

ENGLAND_AND_WALES = Calendar.of(
    "england-and-wales",
    1,
    holidays.country_holidays("GB", subdiv="ENG", years=range(2012, 2029)).items(),
    known_until=date(2028, 12, 31),
)

days = st.dates(FIRST, LAST)
near_days = st.dates(date(2024, 2, 1), date(2024, 4, 30))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any set of holidays, in clusters as at Christmas, on weekdays and weekends."""
    starts = draw(st.lists(days | near_days, max_size=25))
    lengths = draw(st.lists(st.integers(1, 9), min_size=len(starts), max_size=len(starts)))
    pairs = {start + i * DAY: "a holiday" for start, length in zip(starts, lengths, strict=True) for i in range(length)}
    return Calendar.of("random", 1, pairs.items(), known_until=LAST)


def rules(most: int) -> st.SearchStrategy[Rule]:
    """Any rule that ends within so many days, roughly."""
    return st.one_of(
        st.integers(0, most * 5 // 7).map(WorkingDays),
        st.integers(0, most).map(Days),
        st.integers(0, most // 7).map(Weeks),
        st.integers(0, most // 30).map(Months),
    )


def is_working(day: date, calendar: Calendar) -> bool:
    return day.strftime("%w") not in "06" and day not in dict(calendar.entries)


def walk(start: date, rule: Rule, calendar: Calendar) -> date:
    """The due date, one day after the other."""
    if isinstance(rule, Months):
        return walk_months(start, rule.n)
    left = rule.n * 7 if isinstance(rule, Weeks) else rule.n
    day = start
    while left:
        day += DAY
        if not isinstance(rule, WorkingDays) or is_working(day, calendar):
            left -= 1
    return day


def walk_months(start: date, n: int) -> date:
    """Walk to the n-th first of a month, then on while the month lasts and the day of the month is not passed."""
    day = start
    for _ in range(n):
        day += DAY
        while day.day != 1:
            day += DAY
    if n == 0:
        return start
    while day.day < start.day and (day + DAY).month == day.month:
        day += DAY
    return day


def walk_with_pauses(start: date, rule: Rule, calendar: Calendar, paused: Sequence[Pause]) -> date | None:
    """The due date with paused days left out, one day after the other."""
    left = _length(start, rule, calendar)
    day = start
    while left:
        day += DAY
        if any(each.since < day and each.until is None for each in paused):
            return None
        if any(each.until is not None and each.since < day <= each.until for each in paused):
            continue
        if not isinstance(rule, WorkingDays) or is_working(day, calendar):
            left -= 1
    return day


@dataclass
class Slow:
    """What a clerk with a paper calendar would note about one duty."""

    number: int
    started_on: date
    left: int
    due: date | None = None
    met_on: date | None = None
    ended_on: date | None = None
    stopped_for_good: bool = False
    days_late: int = 0
    working_days_late: int = 0


def simulate(duty: Duty, happenings: Sequence[Happening], calendar: Calendar, today: date) -> list[Slow]:
    """Live through a history day by day, with a clock that runs or stands still, and count on after the end."""
    found: list[Slow] = []
    now: Slow | None = None
    stopped = False
    day = FIRST
    while day <= today:
        stopped_this_morning = stopped
        started_again = False
        for slow in found:
            _tick(slow, day, stopped if slow is now else slow.stopped_for_good, duty.rule, calendar)
        closed_today = []
        for each in (each for each in happenings if each.on == day):
            if each.name in duty.paused_by:
                stopped = True
            if each.name in duty.resumed_by + duty.ends:
                stopped, started_again = False, True
            if now and each.name in duty.satisfied_by and (now.number == 1 or now.started_on < day):
                now.met_on = day
                closed_today.append(now)
                again = duty.re_arms and each.name not in duty.ends
                now = _begin(now.number + 1, day, duty, calendar, found) if again else None
            elif now and each.name in duty.ends:
                now.ended_on = day
                closed_today.append(now)
                now = None
            if now is None and each.name in duty.starts:
                now = _begin(1, day, duty, calendar, found)
        for slow in closed_today:
            # A clock stopped on the very day of the end, or started again later, is of no interest to this one.
            slow.stopped_for_good = stopped_this_morning and not started_again
        day += DAY
    if now is not None:
        now.stopped_for_good = stopped
    while any(slow.due is None and not slow.stopped_for_good for slow in found):
        for slow in found:
            _tick(slow, day, slow.stopped_for_good, duty.rule, calendar)
        day += DAY
    for slow in found:
        _count_lateness(slow, slow.met_on or slow.ended_on or today, calendar)
    return found


def _begin(number: int, day: date, duty: Duty, calendar: Calendar, found: list[Slow]) -> Slow:
    slow = Slow(number, day, _length(day, duty.rule, calendar))
    if slow.left == 0:
        slow.due = day
    found.append(slow)
    return slow


def _tick(slow: Slow, day: date, stopped: bool, rule: Rule, calendar: Calendar) -> None:
    if slow.due is not None or stopped or (isinstance(rule, WorkingDays) and not is_working(day, calendar)):
        return
    slow.left -= 1
    if slow.left == 0:
        slow.due = day


def _count_lateness(slow: Slow, until: date, calendar: Calendar) -> None:
    day = slow.due or until
    while day < until:
        day += DAY
        slow.days_late += 1
        slow.working_days_late += is_working(day, calendar)


def _length(start: date, rule: Rule, calendar: Calendar) -> int:
    return rule.n if isinstance(rule, WorkingDays) else (walk(start, rule, calendar) - start).days
