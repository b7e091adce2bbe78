"""Who says what a message says: one function per message or family, and what several of them need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import current_app

from casework.areas.models import Area
from casework.cases.models import Case
from casework.emails import words
from casework.emails.readers import NotWanted, Reader
from casework.extensions import db
from casework.history.models import Event
from casework.moments import today
from casework.rides.models import Ride
from casework.settings import service as settings

Facts = dict[str, Any]
Builder = Callable[[Event, Reader], Facts]
BUILDERS: dict[str, Builder] = {}


def about(*names: str) -> Callable[[Builder], Builder]:
    """Register what these messages say."""

    def keep(builder: Builder) -> Builder:
        for name in names:
            BUILDERS[name] = builder
        return builder

    return keep


def due(key: str, start: date) -> date:
    """The day on which a period from the settings ends."""
    return settings.rule(key).due(start, settings.calendar())


def case_of(reader: Reader) -> Case:
    """The case that a reader is written to about. `NotWanted` if it is gone."""
    if reader.case is None:
        raise NotWanted("the case is gone")
    return reader.case


def ride_of(reader: Reader) -> Ride:
    """The application that a reader is written to about."""
    case = case_of(reader)
    assert isinstance(case, Ride)
    return case


def still(key: str, start: date) -> str:
    """The day on which a period ends, in words; empty where that has passed: nothing is promised for a day gone by."""
    day = due(key, start)
    return words.day(day) if day >= today() else ""


def period(key: str) -> str:
    """A period from the settings in words: "4 weeks"."""
    return str(settings.rule(key))


def area_name(area_id: int) -> str:
    """The name of an area; empty for one that is not there."""
    area = db.session.get(Area, area_id)
    return area.name if area else ""


def future(day: date | None) -> str:
    """A day in words if it is still to come; empty otherwise."""
    return words.day(day) if day is not None and day > today() else ""


def link(path: str) -> str:
    """The address of a page, as the public reaches it."""
    return f"{current_app.config['PUBLIC_URL']}{path}"


def apply_link() -> str:
    """Where to apply."""
    return link("/ride-along")
