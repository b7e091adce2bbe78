"""Plans places, offers and books them, and holds the ride. Locks in the order case, booking, slot. Never commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from psycopg.errors import ExclusionViolation
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from casework.cases import service as cases
from casework.cases.models import Case
from casework.clocks import london
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now
from casework.roles import SYSTEM, Actor
from casework.schedule import queries
from casework.schedule.models import Booking, EmergencyContact, RideLog, Slot
from casework.schedule.workflow import BookingState
from casework.workflow import Refused


@dataclass(frozen=True)
class Log:
    """What the host writes after a ride. Times are London wall times on the day (or the morning after)."""

    started: time
    ended: time
    crew: str = ""
    searches: int = 0
    search_times: str = ""
    incident: bool = False
    incident_words: str = ""
    remarks: str = ""


def plan(actor: Actor, *, at: datetime | None = None, **details: Any) -> Slot:
    """Plan a place. `details` are columns of Slot; the shift may end on the next morning."""
    slot = Slot(**details)
    slot.stream_id = history.open_stream("slot").id
    slot.during = shift(slot.on, slot.starts, slot.ends)
    cases.perform(slot, "plan", actor, at=at)
    return slot


def publish(slot: Slot, actor: Actor, at: datetime | None = None) -> None:
    """Publish a place, or raise `Refused` where host or vehicle are elsewhere at that time."""
    try:
        with db.session.begin_nested():
            cases.perform(slot, "publish", actor, at=at)
    except IntegrityError as error:
        raise _clashing(error) from None


def change_slot(slot: Slot, actor: Actor, **details: Any) -> None:
    """Correct a place that nobody has booked yet. A host or vehicle that is elsewhere at that time is refused."""
    for key, value in details.items():
        setattr(slot, key, value)
    slot.during = shift(slot.on, slot.starts, slot.ends)
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as error:
        raise _clashing(error) from None
    history.append(slot.stream_id, "correct", actor, subject=("slot", slot.id), facts={"fields": sorted(details)})


def shift(on: date, starts: time, ends: time) -> Range[datetime]:
    """The moments of a shift: a London day with two times, the second on the next day if it is not later."""
    last = on if ends > starts else on + timedelta(days=1)
    return Range(london.at(on, starts), london.at(last, ends), bounds="[)")


def offer(slot_id: int, case: Case, actor: Actor, at: datetime | None = None) -> Booking:
    """Offer a place to somebody, or raise `Refused` with the rule that stands against it."""
    cases.lock(Case, case.id)
    slot = cases.lock(Slot, slot_id)
    booking = Booking(slot_id=slot.id, slot=slot, case_id=case.id, stream_id=case.stream_id)
    booking.offered_at = at or now()
    try:
        with db.session.begin_nested():
            cases.perform(booking, "offer", actor, at=at, slot=slot.id)
    except IntegrityError:
        raise Refused("This place is already on offer to this person.", "place_free") from None
    return booking


def accept(booking_id: int, actor: Actor, at: datetime | None = None) -> Event:
    """Accept an offer. However many accept one place at once, one gets it; the others are told by `Refused`."""
    booking = _locked(booking_id)
    try:
        with db.session.begin_nested():
            event = cases.perform(booking, "accept", actor, at=at, slot=booking.slot_id)
            for other in queries.offers(booking.case_id):
                cases.perform(cases.lock(Booking, other.id), "let_go", SYSTEM, at=at)
            return event
    except IntegrityError:
        raise Refused("Somebody else has just taken this place.", "place_free") from None


def act(booking_id: int, action: str, actor: Actor, note: str = "", at: datetime | None = None, **facts: Any) -> Event:
    """Decline, cancel, let lapse or miss a booking."""
    return cases.perform(_locked(booking_id), action, actor, note, at, **facts)


def start(booking_id: int, actor: Actor, ticked: dict[str, bool], at: datetime | None = None) -> Event:
    """Start the ride. Every point of the day's list must be ticked, and the clearance must hold today."""
    booking = _locked(booking_id)
    event = cases.perform(booking, "start", actor, at=at, ticked=sorted(k for k, v in ticked.items() if v))
    booking.day_list = {key: True for key in ticked}
    return event


def finish(booking_id: int, action: str, actor: Actor, log: Log, *, ended_by: str = "", reason: str = "", at: datetime | None = None) -> Event:
    """Close the ride (`complete` or `end_early`) and keep its log."""
    booking = _locked(booking_id)
    day = booking.slot.on
    begun = london.at(day, log.started)
    ended = london.at(day if log.ended > log.started else day + timedelta(days=1), log.ended)
    kept = RideLog(booking_id=booking.id, started_at=begun, ended_at=ended, crew=log.crew, searches=log.searches)
    kept.search_times, kept.incident, kept.incident_words = log.search_times, log.incident, log.incident_words
    kept.ended_by, kept.reason, kept.remarks = ended_by, reason, log.remarks
    db.session.add(kept)
    return cases.perform(
        booking, action, actor, at=at, times=True, reason=reason and "given", ended_by=ended_by, searches=log.searches, incident=log.incident
    )


def keep_contact(case_id: int, name: str, relation: str, phone: str) -> None:
    """Keep whom to call in an emergency. Giving it again replaces it."""
    row = queries.emergency_contact(case_id) or EmergencyContact(case_id=case_id)
    row.name, row.relation, row.phone = name, relation, phone
    db.session.add(row)
    db.session.flush()


def let_everything_go(case_id: int, at: datetime | None = None) -> None:
    """End every offer and booking of a case that is withdrawn."""
    for booking in queries.of_case(case_id):
        if booking.state in {BookingState.OFFERED, BookingState.ACCEPTED}:
            cases.perform(booking, "let_go", SYSTEM, at=at)


def cancel_slot(slot_id: int, actor: Actor, reason: str, at: datetime | None = None) -> None:
    """Cancel a place, and every offer and booking of it. The cases are locked first, in one order."""
    held = db.session.scalars(select(Booking.case_id).where(Booking.slot_id == slot_id).order_by(Booking.case_id))
    for case_id in list(held):
        cases.lock(Case, case_id)
    cases.perform(cases.lock(Slot, slot_id), "cancel", actor, at=at, reason=reason)


def _locked(booking_id: int) -> Booking:
    case_id = db.session.scalar(select(Booking.case_id).where(Booking.id == booking_id))
    cases.lock(Case, case_id or 0)
    booking: Booking = cases.lock(Booking, booking_id)
    return booking


def _clashing(error: IntegrityError) -> Exception:
    if isinstance(error.orig, ExclusionViolation):
        what = "vehicle" if "vehicle" in str(error.orig) else "host"
        return Refused(f"The {what} is on another shift at that time.", "overlap")
    return error

