"""How long something may take: a number and a unit, and the day on which it ends. Never says where a number comes from.

In every rule the start day is not counted, and the thing may be done until the end of the due day, in London.
"""

from __future__ import annotations

import calendar as months
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from casework.clocks import london
from casework.clocks.calendar import Calendar, days_after

LONGEST = 999_999_999


@dataclass(frozen=True)
class _Number:
    """A whole number of one unit, 0 or more. ValueError for any other."""

    n: int
    unit: ClassVar[str]

    def __post_init__(self) -> None:
        if isinstance(self.n, bool) or not isinstance(self.n, int) or not 0 <= self.n <= LONGEST:
            raise ValueError(f"A number of {self.unit}s is a whole number from 0 to {LONGEST}.")

    def __str__(self) -> str:
        return f"{self.n} {self.unit}" if self.n == 1 else f"{self.n} {self.unit}s"


class Rule(_Number, ABC):
    """A period counted in days of the calendar: `WorkingDays`, `Days`, `Weeks` or `Months`."""

    counts_working_days: ClassVar[bool] = False

    @abstractmethod
    def due(self, start: date, calendar: Calendar) -> date:
        """The last day of the period; with n = 0, the start day. ValueError past the year 9999."""

    def after(self, moment: datetime, calendar: Calendar) -> datetime:
        """The moment, in UTC, at which the same time of day comes round in London on the due day.

        If that time is left out or comes twice on the due day, `london.at` says which is meant.
        """
        local = london.london_time(moment)
        return london.at(self.due(local.date(), calendar), local.time())

    def length(self, start: date, calendar: Calendar) -> int:
        """How many days the rule counts from this start on: working days for `WorkingDays`, else calendar days."""
        return (self.due(start, calendar) - start).days


@dataclass(frozen=True)
class WorkingDays(Rule):
    """Counts the working days after the start day: 1 working day from a Friday is the Monday, if that is no holiday.

    The start day need not be a working day. (uksi/2004/643 reg 1: not Saturday, Sunday or a bank or public holiday.)
    """

    unit: ClassVar[str] = "working day"
    counts_working_days: ClassVar[bool] = True

    def due(self, start: date, calendar: Calendar) -> date:
        """The n-th working day after the start."""
        return calendar.add(start, self.n)

    def length(self, start: date, calendar: Calendar) -> int:
        """The working days themselves."""
        return self.n


@dataclass(frozen=True)
class Days(Rule):
    """Counts every day after the start day: 28 days from 1 April is 29 April."""

    unit: ClassVar[str] = "day"

    def due(self, start: date, calendar: Calendar) -> date:
        """The n-th day after the start, working day or not."""
        return days_after(start, self.n)


@dataclass(frozen=True)
class Weeks(Rule):
    """Counts seven days to the week after the start day: 4 weeks from a Thursday is a Thursday."""

    unit: ClassVar[str] = "week"

    def due(self, start: date, calendar: Calendar) -> date:
        """The same day of the week, n weeks later, working day or not."""
        return days_after(start, 7 * self.n)


@dataclass(frozen=True)
class Months(Rule):
    """Ends on the same day of the month, n months later, or on that month's last day where it has no such day.

    31 January and 1 month is 28 or 29 February; 29 February and 12 months is 28 February. This is the corresponding
    date rule of the law of England and Wales (Dodds v Walker [1981] 1 WLR 1027).
    """

    unit: ClassVar[str] = "month"

    def due(self, start: date, calendar: Calendar) -> date:
        """The corresponding date, working day or not."""
        years, month = divmod(start.month - 1 + self.n, 12)
        year = start.year + years
        if year > date.max.year:
            raise ValueError("That date is after the year 9999.")
        return date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Hours(_Number):
    """Counts hours that pass, for delays of reminders. Not a `Rule`: no date is due by the hour.

    48 hours over a change of the clocks end at another time of day.
    """

    unit: ClassVar[str] = "hour"

    def after(self, moment: datetime, calendar: Calendar | None = None) -> datetime:
        """The moment n hours later, in UTC. ValueError if the moment has no time zone, or past the year 9999."""
        utc = london.london_time(moment).astimezone(UTC)
        try:
            return utc + timedelta(hours=self.n)
        except OverflowError:
            raise ValueError("That date is after the year 9999.") from None


Delay = Rule | Hours

_UNITS: dict[str, type[WorkingDays] | type[Days] | type[Weeks] | type[Months] | type[Hours]] = {
    each.unit: each for each in (WorkingDays, Days, Weeks, Months, Hours)
}
_FORM = re.compile(r"\s*([0-9]{1,9})\s*((?:working\s+)?[a-z]+?)s?\s*", re.IGNORECASE)


def parse(text: str) -> Delay:
    """Read "10 working days", "28 days", "4 weeks", "6 months" or "48 hours"; `str` writes it so again.

    ValueError, with a sentence for the person who typed it, for anything else.
    """
    found = _FORM.fullmatch(text)
    unit = _UNITS.get(" ".join(found[2].lower().split())) if found else None
    if found is None or unit is None:
        raise ValueError(
            f"“{text}” is not a period. Write a number and a unit, such as “10 working days”, “28 days”, “4 weeks”, "
            "“6 months” or “48 hours”."
        )
    return unit(int(found[1]))


def parse_rule(text: str) -> Rule:
    """Read a period that ends on a date, as `parse` does; hours are a ValueError."""
    rule = parse(text)
    if isinstance(rule, Hours):
        raise ValueError(f"“{text}” does not end on a date. Write it in days, working days, weeks or months.")
    return rule
