"""The calendar: which day a rule ends on, why, and what is owed by then. Pure, standard library only, reads no clock.

Verbs are read from their modules: `london`, `rules`, `pauses`, `sums`, `duties`, `words`.
"""

from casework.clocks.calendar import Calendar
from casework.clocks.duties import Duty, Happening, Owed
from casework.clocks.pauses import Pause
from casework.clocks.rules import Days, Delay, Hours, Months, Rule, Weeks, WorkingDays, parse, parse_rule
from casework.clocks.sums import DayLine, Sum, explain

__all__ = [
    "Calendar",
    "DayLine",
    "Days",
    "Delay",
    "Duty",
    "Happening",
    "Hours",
    "Months",
    "Owed",
    "Pause",
    "Rule",
    "Sum",
    "Weeks",
    "WorkingDays",
    "explain",
    "parse",
    "parse_rule",
]
