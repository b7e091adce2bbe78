"""Spans in which a clock stands still, and the due date with them left out. Never decides when a clock stops.

The day on which a clock stops still counts; the day on which it starts again does not, just as no start day is counted.
So a clock that stops on the 3rd and starts again on the 7th leaves out the 4th, 5th, 6th and 7th: its due date moves by
4 days, or by as many working days as are among them. Stopped and started on one day, it leaves out nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from casework.clocks.calendar import Calendar, days_after
from casework.clocks.rules import Rule


@dataclass(frozen=True, order=True)
class Pause:
    """A clock stopped on one day and started again on another, which is None while it stands still."""

    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        """Whether the day is left out."""
        return self.since < day and (self.until is None or day <= self.until)


def due(start: date, rule: Rule, calendar: Calendar, pauses: Iterable[Pause] = ()) -> date | None:
    """The day on which the rule ends when the paused days are left out, whichever unit it counts in.

    Weeks and months are first turned into the days they have from this start on. None while a pause without an end
    comes before the rule's last day. ValueError past the year 9999.
    """
    left = rule.length(start, calendar)
    here = start
    for pause in joined(pauses):
        room = _counted(here, pause.since, rule, calendar)
        if left <= room:
            break
        if pause.until is None:
            return None
        left -= room
        here = max(here, pause.until)
    return calendar.add(here, left) if rule.counts_working_days else days_after(here, left)


def joined(pauses: Iterable[Pause]) -> list[Pause]:
    """The same days left out, in order, as pauses that do not overlap and none of them empty."""
    result: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: each.since):
        if pause.until is not None and pause.until <= pause.since:
            continue
        last = result[-1] if result else None
        if last is None or (last.until is not None and last.until < pause.since):
            result.append(pause)
        elif last.until is not None:
            until = None if pause.until is None else max(last.until, pause.until)
            result[-1] = Pause(last.since, until)
    return result


def _counted(after: date, until: date, rule: Rule, calendar: Calendar) -> int:
    if rule.counts_working_days:
        return calendar.working_days(after, until)
    return max(0, (until - after).days)
