"""The calendar file that goes with joining instructions, changes and cancellations (RFC 5545, RFC 5546)."""

from __future__ import annotations

from datetime import UTC
from email.utils import parseaddr

import flask_mail
import icalendar
from flask import current_app

from casework.history.models import Event
from casework.schedule.models import Booking

PUBLISHED = frozenset({"ride-booked", "ride-changed"})
CANCELLED = frozenset({"ride-cancelled-by-police", "ride-cancelled-by-rider"})


def attachment(name: str, event: Event, booking: Booking) -> flask_mail.Attachment | None:
    """The file for a message, if one goes with it. The same booking always has the same UID, so calendars follow it."""
    if name not in PUBLISHED and not (name in CANCELLED and event.from_state == "accepted"):
        return None
    gone = name in CANCELLED
    method = "CANCEL" if gone else "PUBLISH"
    return flask_mail.Attachment(
        filename="ride-along.ics",
        content_type=f"text/calendar; charset=utf-8; method={method}",
        data=_file(event, booking, method, gone),
        disposition="attachment",
    )


def _file(event: Event, booking: Booking, method: str, gone: bool) -> bytes:
    slot = booking.slot
    force = str(current_app.config["FORCE_NAME"])
    entry = icalendar.Event()
    entry.add("uid", f"ride-{booking.id}@{domain()}")
    entry.add("dtstamp", event.at.astimezone(UTC).replace(microsecond=0))
    entry.add("sequence", event.number)
    assert slot.during.lower is not None and slot.during.upper is not None
    entry.add("dtstart", slot.during.lower.astimezone(UTC))
    entry.add("dtend", slot.during.upper.astimezone(UTC))
    entry.add("summary", f"Ride-along with {force}")
    entry.add("status", "CANCELLED" if gone else "CONFIRMED")
    entry.add("organizer", icalendar.vCalAddress(f"mailto:{parseaddr(current_app.config['MAIL_FROM'])[1]}"))
    if not gone:
        entry.add("location", slot.place)
        entry.add("description", "Bring photo identity. How to cancel is in our message.")
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Casework//Ride-along//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(entry)
    made: bytes = calendar.to_ical()
    return made


def domain() -> str:
    """The domain that we send from."""
    return parseaddr(str(current_app.config["MAIL_FROM"]))[1].rpartition("@")[2] or "localhost"
