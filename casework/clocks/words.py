"""Dates and lists in plain English, the same on every machine. Never depends on the server's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def weekday(day: date) -> str:
    """The day of the week: "Thursday"."""
    return WEEKDAYS[day.weekday()]


def long_date(day: date, beside: date | None = None) -> str:
    """The day in full, "Thursday 18 May 2017"; without the year if it is the year of the date `beside` it."""
    short = f"{weekday(day)} {day.day} {MONTHS[day.month - 1]}"
    return short if beside is not None and beside.year == day.year else f"{short} {day.year}"


def listed(things: Sequence[str]) -> str:
    """Things in a row: "a", "a and b", "a, b and c"."""
    if len(things) < 2:
        return "".join(things)
    return f"{', '.join(things[:-1])} and {things[-1]}"


def number_of(n: int, thing: str) -> str:
    """A number of things: "1 day", "2 days"."""
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def time_of_day(wall: time) -> str:
    """A time on a clock: "3:05pm", "9am", "midday", "midnight"."""
    if wall.minute == 0 and wall.hour in (0, 12):
        return "midday" if wall.hour else "midnight"
    minutes = f":{wall.minute:02}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minutes}{'am' if wall.hour < 12 else 'pm'}"
