"""Between moments and London dates. Moments are kept in UTC, days are London days; nothing here asks what time it is.

The rules of summer time come from the operating system's time zone database (or the `tzdata` package where it has
none), so a change of law arrives with an update of the machine, not of this code.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def london_date(moment: datetime) -> date:
    """The London day on which the moment falls. ValueError if the moment has no time zone."""
    return london_time(moment).date()


def london_time(moment: datetime) -> datetime:
    """The moment as a clock on a London wall shows it. ValueError if the moment has no time zone."""
    if moment.utcoffset() is None:
        raise ValueError("A moment needs a time zone.")
    return moment.astimezone(LONDON)


def start_of_day(day: date) -> datetime:
    """The first moment of the London day, in UTC: 23:00 of the day before in summer time."""
    return at(day, time())


def at(day: date, wall: time) -> datetime:
    """The moment, in UTC, at which a London clock shows this time on this day.

    In spring, the hour from 01:00 that is left out counts as the hour after it: 01:30 is 02:30. In autumn, the hour
    from 01:00 comes twice and the first is meant, unless `wall.fold` is 1. ValueError if the time has a time zone.
    """
    if wall.tzinfo is not None:
        raise ValueError("A time on a London clock has no time zone of its own.")
    local = datetime.combine(day, wall, tzinfo=LONDON)
    first = local.replace(fold=0).astimezone(UTC)
    second = local.replace(fold=1).astimezone(UTC)
    # For a time that is left out, the reading with fold=1 lies before the one with fold=0.
    return second if wall.fold and second > first else first
