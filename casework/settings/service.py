"""Reads and changes settings, and gives the calendar. Never commits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast

import holidays
from sqlalchemy import Table, insert, select

from casework import seldom
from casework.clocks import Calendar, Delay, Rule, parse, parse_rule
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Stream
from casework.moments import now
from casework.roles import Actor
from casework.settings.declared import BY_KEY
from casework.settings.models import CalendarVersion, Holiday, Setting

CALENDAR = "england-and-wales"


class BadSetting(ValueError):
    """The value does not fit the setting. The message says why, for the person who set it."""


def value(key: str) -> Any:
    """The value in force now: the newest row whose day has come, else the declared default."""
    return _in_force().get(key, BY_KEY[key].default)


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
        kept = db.session.info["calendar"] = _calendar()
    return kept


@seldom.kept("calendars", "holidays")
def _calendar() -> Calendar:
    columns = select(CalendarVersion.version, CalendarVersion.known_until).where(CalendarVersion.name == CALENDAR)
    version, known_until = db.session.execute(columns).one_or_none() or (0, date(1, 1, 1))
    rows = db.session.execute(select(Holiday.day, Holiday.name).where(Holiday.calendar == CALENDAR))
    return Calendar.of(CALENDAR, version, [(day, name) for day, name in rows], known_until=known_until)


def load_calendar(until_year: int) -> int:
    """Load the bank holidays of England and Wales from the `holidays` package, 2010 to the year. Returns how many."""
    days = holidays.country_holidays("GB", subdiv="ENG", years=range(2010, until_year + 1))
    have = set(db.session.scalars(select(Holiday.day).where(Holiday.calendar == CALENDAR)))
    new = [{"calendar": CALENDAR, "day": day, "name": name} for day, name in days.items() if day not in have]
    if new:
        db.session.execute(insert(cast(Table, Holiday.__table__)), new)
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
    seldom.forget()


def _in_force() -> dict[str, Any]:
    """Every setting that was changed, by key, as it is for the length of the session."""
    kept: dict[str, Any] | None = db.session.info.get("settings")
    if kept is None:
        moment = now()
        kept = {key: new for key, new, from_at in _changes() if from_at <= moment}
        db.session.info["settings"] = kept
    return kept


@seldom.kept("settings")
def _changes() -> list[tuple[str, Any, datetime]]:
    """Every change of a setting, those to come too: of one key, what is in force later comes later."""
    rows = db.session.execute(select(Setting.key, Setting.value, Setting.from_at).order_by(Setting.from_at, Setting.id))
    return [(key, new, from_at) for key, new, from_at in rows]


def _stream() -> Stream:
    found = db.session.scalars(select(Stream).where(Stream.kind == "settings").order_by(Stream.id).limit(1)).first()
    return found or history.open_stream("settings")
