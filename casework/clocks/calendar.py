"""Which days are working days. Holds a named, versioned set of holidays; never knows what day it is today.

A working day is not a Saturday, a Sunday or a holiday of the calendar (uksi/2004/643 reg 1, for England and Wales).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType


@dataclass(frozen=True)
class Calendar:
    """A set of holidays with a name and a version, known up to and including a day.

    Build it with `Calendar.of`. After `known_until` only weekends are left out, so a date there may still move.
    """

    name: str
    version: int
    entries: tuple[tuple[date, str], ...]
    known_until: date

    @classmethod
    def of(cls, name: str, version: int, pairs: Iterable[tuple[date, str]], known_until: date) -> Calendar:
        """Build a calendar from pairs of day and name, in any order. A day with two different names is a ValueError."""
        named: dict[date, str] = {}
        for day, words in pairs:
            if named.setdefault(day, words) != words:
                raise ValueError(f"The holiday on {day} has two names: {named[day]} and {words}.")
        return cls(name, version, tuple(sorted(named.items())), known_until)

    @cached_property
    def names(self) -> Mapping[date, str]:
        """The name of each holiday, by day."""
        return MappingProxyType(dict(self.entries))

    @cached_property
    def holidays(self) -> frozenset[date]:
        """The days of all holidays, those on weekends among them."""
        return frozenset(self.names)

    def is_working(self, day: date) -> bool:
        """Whether the day is a working day."""
        return day.weekday() < 5 and day not in self.names

    def next_working(self, day: date) -> date:
        """The first working day after the day; never the day itself."""
        return self.add(day, 1)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after the day, which is not counted itself; with n = 0, the day itself.

        Takes the same short time for every n. ValueError for a negative n and for a date past the year 9999.
        """
        if n < 0:
            raise ValueError("Working days are counted forwards only.")
        if n == 0:
            return day
        number = self._working_days_up_to(day) + n
        holidays_before = bisect_right(self._number_at_each_holiday, number)
        weeks, rest = divmod(number + holidays_before - 1, 5)
        return _date(weeks * 7 + rest + 1)

    def working_days(self, after: date, until: date) -> int:
        """How many working days lie after the first day, up to and including the second; 0 if it is not later."""
        return max(0, self._working_days_up_to(until) - self._working_days_up_to(after))

    def weekday_holidays(self, after: date, until: date) -> list[date]:
        """The holidays from Monday to Friday after the first day, up to and including the second, in order."""
        ordinals = self._weekday_holidays
        found = ordinals[bisect_right(ordinals, after.toordinal()) : bisect_right(ordinals, until.toordinal())]
        return [date.fromordinal(each) for each in found]

    def knows(self, day: date) -> bool:
        """Whether the holidays up to this day are known."""
        return day <= self.known_until

    def runs_out_within(self, today: date, days: int) -> bool:
        """Whether the day that lies this many calendar days after today is not known any more: time to load more."""
        return self.known_until.toordinal() < today.toordinal() + days

    def _working_days_up_to(self, day: date) -> int:
        """Working days from 1 January of year 1 up to and including the day."""
        ordinal = day.toordinal()
        return _weekdays_up_to(ordinal) - bisect_right(self._weekday_holidays, ordinal)

    @cached_property
    def _weekday_holidays(self) -> list[int]:
        return [day.toordinal() for day, _ in self.entries if day.weekday() < 5]

    @cached_property
    def _number_at_each_holiday(self) -> list[int]:
        # For each holiday the number that its day would have as a working day: the working day with number k comes
        # after the holiday exactly if this is k or less. It never falls from one holiday to the next, so a bisection
        # counts the holidays to step over.
        return [_weekdays_up_to(ordinal) - i for i, ordinal in enumerate(self._weekday_holidays)]


def days_after(day: date, n: int) -> date:
    """The day n calendar days after the day. ValueError past the year 9999."""
    return _date(day.toordinal() + n)


def _weekdays_up_to(ordinal: int) -> int:
    # Ordinal 1, 1 January of year 1, is a Monday.
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


def _date(ordinal: int) -> date:
    if ordinal > date.max.toordinal():
        raise ValueError("That date is after the year 9999.")
    return date.fromordinal(ordinal)
