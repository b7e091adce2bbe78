"""Reads and changes settings, and gives the calendar. Never commits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import holidays
from sqlalchemy import Row, insert, select, text

from casework.clocks import Calendar, Delay, Rule, parse, parse_rule
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Stream
from casework.moments import now
from casework.roles import Actor
from casework.settings.declared import BY_KEY
from casework.settings.models import CalendarVersion, Holiday, Setting

CALENDAR = "england-and-wales"
_calendars: dict[tuple[str, int, datetime], Calendar] = {}
# All settings in force and which calendar is loaded, in one question: nearly every request asks for both.
_IN_FORCE = text("""
    select settings, calendars.version, calendars.known_until, calendars.loaded_at
    from (
        select coalesce(jsonb_object_agg(key, value), '{}') as settings
        from (
            select distinct on (key) key, value from settings where from_at <= :now order by key, from_at desc, id desc
        ) as newest
    ) as known
    left join calendars on calendars.name = :calendar
""")


class BadSetting(ValueError):
    """The value does not fit the setting. The message says why, for the person who set it."""


def value(key: str) -> Any:
    """The value in force now: the newest row whose day has come, else the declared default."""
    return _in_force().settings.get(key, BY_KEY[key].default)


def rule(key: str) -> Rule:
    """The period in force now, as a rule of the calendar. ValueError if it is set in hours."""
    return parse_rule(str(value(key)))


def first_within(key: str, today: date) -> date:
    """The first day from which a period is not over on a day yet: what is older has had its time."""
    period, known, found = rule(key), calendar(), today
    # Months are not reversible by subtraction: walk back to the last day whose period ended before today.
    while period.due(found, known) >= today:
        found -= timedelta(days=1)
    return found + timedelta(days=1)


def delay(key: str) -> Delay:
    """The period in force now, of which hours are allowed too: for what is due after a moment."""
    return parse(str(value(key)))


def change(key: str, new: Any, actor: Actor, why: str, from_at: datetime | None = None) -> Setting:
    """Set a value from a moment on, as an event of the settings' own history."""
    declared = BY_KEY.get(key)
    if declared is None:
        raise BadSetting("There is no such setting.")
    if declared.kind == "period":
        try:
            new = str(parse(str(new)))
        except ValueError as wrong:
            raise BadSetting(str(wrong)) from None
    if declared.kind == "number" and (not isinstance(new, int) or not 0 <= new <= 1_000_000):
        raise BadSetting("Enter a whole number, such as 8.")
    row = Setting(key=key, value=new, from_at=from_at or now(), set_by=actor.account_id, why=why)
    db.session.add(row)
    db.session.flush()
    history.append(
        _stream().id, "change_setting", actor, subject=("setting", row.id), note=why, facts={"key": key, "value": new}
    )
    forget()
    return row


def note(action: str, actor: Actor, subject: tuple[str, int | None], why: str, facts: dict[str, Any]) -> None:
    """Add something that an administrator decided to the settings' own history."""
    history.append(_stream().id, action, actor, subject=subject, note=why, facts=facts)


def calendar() -> Calendar:
    """The calendar of England and Wales as the database holds it."""
    kept: Calendar | None = db.session.info.get("calendar")
    if kept is None:
        kept = db.session.info["calendar"] = _calendar_of(_in_force())
    return kept


def _calendar_of(loaded: Row[Any]) -> Calendar:
    """The holidays of a version: they change only with it, so that a process reads them once."""
    key = None if loaded.version is None else (str(db.engine.url), loaded.version, loaded.loaded_at)
    if key is not None and key in _calendars:
        return _calendars[key]
    rows = db.session.execute(select(Holiday.day, Holiday.name).where(Holiday.calendar == CALENDAR)).all()
    made = Calendar.of(
        CALENDAR,
        loaded.version or 0,
        [(day, name) for day, name in rows],
        known_until=loaded.known_until or date(1, 1, 1),
    )
    if key is not None:
        _calendars.clear()
        _calendars[key] = made
    return made


def load_calendar(until_year: int) -> int:
    """Load the bank holidays of England and Wales from the `holidays` package, 2010 to the year. Returns how many."""
    days = holidays.country_holidays("GB", subdiv="ENG", years=range(2010, until_year + 1))
    have = set(db.session.scalars(select(Holiday.day).where(Holiday.calendar == CALENDAR)))
    new = [{"calendar": CALENDAR, "day": day, "name": name} for day, name in days.items() if day not in have]
    if new:
        db.session.execute(insert(Holiday).values(new))
    version = db.session.get(CalendarVersion, CALENDAR)
    if version is None:
        version = CalendarVersion(name=CALENDAR, version=0, known_until=date(until_year, 12, 31), loaded_at=now())
        db.session.add(version)
    version.version += 1
    version.known_until = date(until_year, 12, 31)
    version.loaded_at = now()
    db.session.flush()
    forget()
    return len(days)


def forget() -> None:
    """Drop what this session remembers of settings and calendar."""
    db.session.info.pop("settings", None)
    db.session.info.pop("calendar", None)


def _in_force() -> Row[Any]:
    """All settings by key and the version of the calendar, read once for the length of the session."""
    kept: Row[Any] | None = db.session.info.get("settings")
    if kept is None:
        kept = db.session.execute(_IN_FORCE, {"now": now(), "calendar": CALENDAR}).one()
        db.session.info["settings"] = kept
    return kept


def _stream() -> Stream:
    found = db.session.scalars(select(Stream).where(Stream.kind == "settings").order_by(Stream.id).limit(1)).first()
    return found or history.open_stream("settings")
