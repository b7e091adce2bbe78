"""What messages about offers, bookings and rides say: the day, the shift, and, once accepted, where to come."""

from __future__ import annotations

from casework.clocks.london import london_date
from casework.emails import words
from casework.emails.readers import NotWanted, Reader
from casework.emails.telling import Facts, about, area_name, case_of, due, ride_of
from casework.extensions import db
from casework.history.models import Event
from casework.moments import now, today
from casework.rides.workflow import TEAMS
from casework.schedule.models import Booking, Slot
from casework.schedule.workflow import CANCEL_REASONS
from casework.settings import service as settings

STILL_IN = frozenset({"approved", "offered", "booked"})


@about("ride-offered", "ride-offer-lapsing")
def _offered(event: Event, reader: Reader) -> Facts:
    booking = _booking(event)
    if booking.state != "offered":
        raise NotWanted("the offer was answered")
    last = booking.clock_on or due("ride.offer", london_date(booking.offered_at))
    return {
        "ride": _place(booking.slot),
        "by": words.day(last),
        "ready": ride_of(reader).ready_at is not None,
    }


@about("ride-offer-lapsed")
def _offer_lapsed(event: Event, reader: Reader) -> Facts:
    return {
        "ride": _place(_booking(event).slot),
        "still_in": case_of(reader).state in STILL_IN,
        "limit": settings.value("ride.offers.lapsed"),
    }


@about("ride-booked", "ride-changed", "ride-reminder-week", "ride-reminder-two-days", "ride-reminder-morning")
def _booked(event: Event, reader: Reader) -> Facts:
    """What somebody needs who is to come: never said about a ride that is off or has begun."""
    booking = _booking(event)
    if booking.state != "accepted":
        raise NotWanted("the ride is off, or has begun")
    if booking.slot.during.lower is not None and booking.slot.during.lower <= now():
        raise NotWanted("the ride has begun")
    days = (booking.slot.on - today()).days
    return {
        "ride": _place(booking.slot) | {"place": booking.slot.place},
        "when": {0: "today", 1: "tomorrow"}.get(days, f"on {words.day(booking.slot.on)}"),
    }


@about("ride-cancelled-by-police")
def _cancelled_by_police(event: Event, reader: Reader) -> Facts:
    slot = _booking(event).slot
    nearest = settings.delay("ride.cancel.urgent").after(event.at, settings.calendar())
    was_offer = event.from_state == "offered"
    soon = slot.during.lower is not None and slot.during.lower <= nearest
    return {
        "ride": _place(slot),
        "was_offer": was_offer,
        "reason": CANCEL_REASONS.get(event.facts.get("reason") or "", ""),
        "urgent": soon and not was_offer,
        "still_in": case_of(reader).state in STILL_IN,
    }


@about("ride-cancelled-by-rider")
def _cancelled_by_rider(event: Event, reader: Reader) -> Facts:
    return {"ride": _place(_booking(event).slot), "still_in": case_of(reader).state in STILL_IN}


@about("ride-missed")
def _missed(event: Event, reader: Reader) -> Facts:
    return {
        "ride": _place(_booking(event).slot),
        "still_in": case_of(reader).state in STILL_IN,
        "limit": settings.value("ride.no_show.limit"),
        "pause": str(settings.rule("ride.no_show.pause")),
    }


@about("ride-thanks", "ride-feedback-again")
def _thanks(event: Event, reader: Reader) -> Facts:
    if case_of(reader).state != "done":
        raise NotWanted("the feedback was given, or its time is over")
    return {
        "ride": _place(_booking(event).slot),
        "by": words.day(due("ride.close", london_date(event.at))),
    }


def _booking(event: Event) -> Booking:
    """The booking that an event is about."""
    number = event.subject_id if event.subject_kind == "booking" else event.facts.get("booking")
    booking = db.session.get(Booking, number) if number else None
    if booking is None:
        raise NotWanted("the booking is gone")
    return booking


def _place(slot: Slot) -> dict[str, str]:
    """A place as an offer shows it: everything but where to come."""
    return {
        "day": words.day(slot.on),
        "starts": words.clock(slot.starts),
        "shift": words.shift(slot.starts, slot.ends),
        "area": area_name(slot.area_id),
        "team": TEAMS.get(slot.team, slot.team),
        "conditions": slot.conditions,
    }
