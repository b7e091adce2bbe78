"""The explained sum: a due date with each day that was counted, each that was not, and why. Never only a date.

Made for staff (every day, one per line) and for the public (two or three sentences).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import islice

from casework.clocks import pauses
from casework.clocks.calendar import Calendar
from casework.clocks.pauses import Pause
from casework.clocks.rules import Months, Rule
from casework.clocks.words import MONTHS, listed, long_date, number_of, weekday

NAMED_HOLIDAYS = 3  # more than this many are only counted in the paragraph; the list of days names every one


def explain(start: date, rule: Rule, calendar: Calendar, paused: Iterable[Pause] = ()) -> Sum:
    """The sum that starts on this day, with paused days left out. ValueError past the year 9999."""
    paused = tuple(pauses.joined(paused))
    due = pauses.due(start, rule, calendar, paused)
    relevant = tuple(each for each in paused if _matters(each, start, due))
    return Sum(start, rule, calendar, relevant, due)


@dataclass(frozen=True)
class DayLine:
    """One day of a sum: its number if it was counted, and the reason in words either way."""

    on: date
    counted: bool
    number: int | None
    reason: str


@dataclass(frozen=True)
class Sum:
    """A due date and how it came about. Made by `explain`; the days and the words are worked out when asked for.

    `due` is None only while the clock stands still. `paused` holds the pauses that moved the date, in order.
    """

    start: date
    rule: Rule
    calendar: Calendar
    paused: tuple[Pause, ...]
    due: date | None

    @property
    def certain(self) -> bool:
        """Whether no bank holiday that is announced later can move the date."""
        return self.due is not None and (not self.rule.counts_working_days or self.calendar.knows(self.due))

    @cached_property
    def days(self) -> tuple[DayLine, ...]:
        """Every day from the start to the due date, or to the day on which the clock stopped."""
        lines = [DayLine(self.start, False, None, "the day it started")]
        number = 0
        for day in _each_day(self.start, self._last):
            reason = self._reason_not_to_count(day)
            if reason is None:
                number += 1
                lines.append(DayLine(day, True, number, f"day {number}"))
            else:
                lines.append(DayLine(day, False, None, reason))
        return tuple(lines)

    @cached_property
    def words(self) -> str:
        """The sum in a few sentences for anyone, however long it is."""
        sentences = [self._main_sentence(), self._month_end(), self._left_out(), self._pauses(), self._uncertainty()]
        return " ".join(each for each in sentences if each)

    @property
    def _last(self) -> date:
        return self.due if self.due is not None else max(self.start, self.paused[-1].since)

    @property
    def _length(self) -> int:
        return self.rule.length(self.start, self.calendar)

    def _reason_not_to_count(self, day: date) -> str | None:
        if any(pause.covers(day) for pause in self.paused):
            return "the clock was stopped"
        if not self.rule.counts_working_days or self.calendar.is_working(day):
            return None
        return weekday(day) if day.weekday() >= 5 else self.calendar.names[day]

    def _main_sentence(self) -> str:
        if self.rule.n == 0:
            return f"The date is the day it started, {long_date(self.start)}."
        begin = f"We count {self.rule}, not counting {long_date(self.start)}, the day it started"
        if self.due is None:
            return f"{begin}."
        return f"{begin}, so the date is {long_date(self.due)}."

    def _month_end(self) -> str:
        if not isinstance(self.rule, Months) or self.rule.n == 0:
            return ""
        end = self.rule.due(self.start, self.calendar)
        if end.day == self.start.day:
            return ""
        return f"{MONTHS[end.month - 1]} {end.year} has no day {self.start.day}, so we take its last day."

    def _left_out(self) -> str:
        if self.rule.n == 0:
            return ""
        if not self.rule.counts_working_days:
            return "Weekends and bank holidays are counted."
        skipped = [
            day
            for day in self.calendar.weekday_holidays(self.start, self._last)
            if not any(pause.covers(day) for pause in self.paused)
        ]
        parts = ["weekends"] if _has_weekend(self.start, self._last) else []
        if len(skipped) > NAMED_HOLIDAYS:
            parts.append(f"{len(skipped)} bank holidays")
        elif skipped:
            holidays = "the bank holiday on" if len(skipped) == 1 else "the bank holidays on"
            parts.append(f"{holidays} {listed([long_date(day, beside=self._last) for day in skipped])}")
        if not parts:
            return ""
        verb = "is" if len(skipped) == 1 and len(parts) == 1 else "are"
        sentence = f"{listed(parts)} {verb} not counted."
        return sentence[0].upper() + sentence[1:]

    def _pauses(self) -> str:
        if not self.paused:
            return ""
        sentences = []
        if isinstance(self.rule, Months):
            sentences.append(f"From that day, {self.rule} is {number_of(self._length, 'day')}.")
        over = [(each.until - max(self.start, each.since)).days for each in self.paused if each.until is not None]
        if over:
            times = "once" if len(over) == 1 else f"{len(over)} times"
            which = "that day is" if sum(over) == 1 else "those days are"
            sentences.append(f"The clock was stopped {times}, for {number_of(sum(over), 'day')}; {which} not counted.")
        if self.due is None:
            counted = sum(line.counted for line in self.days)
            unit = "working day" if self.rule.counts_working_days else "day"
            sentences.append(
                f"The clock has been stopped since {long_date(self.paused[-1].since)}. Until then {counted} of "
                f"{number_of(self._length, unit)} had been counted. There is a date again once the clock runs."
            )
        return " ".join(sentences)

    def _uncertainty(self) -> str:
        if self.due is None or self.certain:
            return ""
        known = long_date(self.calendar.known_until)
        return f"Bank holidays are known until {known}; if others are announced, the date will be later."


def _matters(pause: Pause, start: date, due: date | None) -> bool:
    return (pause.until is None or pause.until > start) and (due is None or pause.since < due)


def _each_day(after: date, until: date) -> Iterable[date]:
    return (after + timedelta(days=i) for i in range(1, (until - after).days + 1))


def _has_weekend(after: date, until: date) -> bool:
    return any(day.weekday() >= 5 for day in islice(_each_day(after, until), 7))
