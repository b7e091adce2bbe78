"""Plans places, offers and books them, and holds the ride. Locks in the order case, booking, slot. Never commits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from psycopg.errors import ExclusionViolation
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from casework.accounts import queries as accounts
from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.registry import Step
from casework.clocks import london
from casework.clocks.words import long_date
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now
from casework.outbox import service as outbox
from casework.roles import SYSTEM, Actor, Role
from casework.schedule import known, queries
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


def plan_weekly(actor: Actor, times: int, publish_now: bool, **details: Any) -> list[Slot]:
    """Plan the same shift in several weeks in a row. One that is refused refuses them all, and says which."""
    planned = []
    for week in range(times):
        on = details["on"] + timedelta(weeks=week)
        slot = plan(actor, **details | {"on": on})
        planned.append(slot)
        if not publish_now:
            continue
        try:
            publish(slot, actor)
        except Refused as no:
            raise Refused(f"{long_date(on)}: {no.sentence}", no.check) from None
    return planned


def change_slot(slot: Slot, actor: Actor, **details: Any) -> list[str]:
    """Correct a place. A host or vehicle that is elsewhere at that time is refused. Returns which details changed."""
    changed = sorted(key for key, value in details.items() if getattr(slot, key) != value)
    if not changed:
        return changed
    try:
        with db.session.begin_nested():
            for key in changed:
                setattr(slot, key, details[key])
            slot.during = shift(slot.on, slot.starts, slot.ends)
            db.session.flush()
    except StaleDataError:
        raise cases.Clash from None
    except IntegrityError as error:
        raise _clashing(error) from None
    history.append(slot.stream_id, "correct", actor, subject=("slot", slot.id), facts={"fields": changed})
    return changed


def change_details(slot_id: int, actor: Actor, **details: Any) -> list[str]:
    """Change a place that is held or booked. Whoever is booked is told of what concerns them."""
    slot = lock_place(slot_id)
    changed = change_slot(slot, actor, **details)
    if {"place", "conditions"} & set(changed):
        for booking in queries.live_bookings(slot_id):
            if booking.state == BookingState.ACCEPTED:
                cases.perform(booking, "change", actor, fields=changed)
    return changed


def lock_place(slot_id: int) -> Slot:
    """Hold a place with everybody who was offered it: cases, bookings, then the place, as everywhere."""
    held = select(Booking.case_id).where(Booking.slot_id == slot_id).order_by(Booking.case_id).distinct()
    for case_id in list(db.session.scalars(held)):
        cases.lock(Case, case_id)
    for booking in queries.live_bookings(slot_id):
        cases.lock(Booking, booking.id)
    slot: Slot = cases.lock(Slot, slot_id)
    return slot


def shift(on: date, starts: time, ends: time) -> Range[datetime]:
    """The moments of a shift: a London day with two times, the second on the next day if it is not later."""
    return Range(*moments_of(on, starts, ends), bounds="[)")


def moments_of(on: date, starts: time, ends: time) -> tuple[datetime, datetime]:
    """When a shift begins and ends."""
    return london.at(on, starts), london.at(on if ends > starts else on + timedelta(days=1), ends)


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


def stands_against(slots: list[Slot], case: Case, actor: Actor) -> dict[int, str]:
    """By place, the sentence of the first rule that stands against offering it now; empty where none does."""
    shared = known.about(slots)
    held = {each.slot_id for each in queries.offers(case.id)}
    return {slot.id: _against(slot, case, actor, shared, slot.id in held) for slot in slots}


def _against(slot: Slot, case: Case, actor: Actor, shared: dict[str, Any], held: bool) -> str:
    booking = Booking(slot_id=slot.id, slot=slot, case_id=case.id, stream_id=case.stream_id)
    kind = registry.of(booking)
    step = Step(booking, "offer", actor, now(), "", {}, shared)
    try:
        kind.workflow.plan(None, "offer", actor, holds=lambda check: kind.checks[check.name](step))
    except Refused as no:
        return no.sentence
    return "This place is already on offer to this person." if held else ""


def accept(booking_id: int, actor: Actor, at: datetime | None = None) -> Event:
    """Accept an offer. However many accept one place at once, one gets it; the others are told by `Refused`."""
    booking = _locked(booking_id)
    for slot_id in sorted({each.slot_id for each in queries.offers(booking.case_id)}):
        cases.lock(Slot, slot_id)
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
    booking.day_list = dict.fromkeys(ticked, True)
    return event


def keep_ticks(booking_id: int, ticked: Iterable[str]) -> Booking:
    """Keep what the host has ticked so far, before the ride can start."""
    booking = _locked(booking_id)
    booking.day_list = dict.fromkeys(sorted(ticked), True)
    db.session.flush()
    return booking


def finish(
    booking_id: int,
    action: str,
    actor: Actor,
    log: Log,
    *,
    ended_by: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> Event:
    """Close the ride (`complete` or `end_early`) and keep its log. An incident alarms the supervisors of the area."""
    booking = _locked(booking_id)
    begun, ended = log_times(booking.slot, log.started, log.ended)
    kept = RideLog(booking_id=booking.id, started_at=begun, ended_at=ended, crew=log.crew, searches=log.searches)
    kept.search_times, kept.incident, kept.incident_words = log.search_times, log.incident, log.incident_words
    kept.ended_by, kept.reason, kept.remarks = ended_by, reason, log.remarks
    event = cases.perform(
        booking,
        action,
        actor,
        at=at,
        times=True,
        reason=reason and "given",
        ended_by=ended_by,
        searches=log.searches,
        incident=log.incident,
    )
    db.session.add(kept)
    if log.incident:
        _alarm(booking, actor, at)
    return event


def log_times(slot: Slot, started: time, ended: time) -> tuple[datetime, datetime]:
    """When a ride began and ended: on the day of the shift, or on the morning after a shift that runs over midnight."""
    begun = london.at(slot.on, started)
    if slot.ends <= slot.starts and begun < slot.begins_at - timedelta(hours=6):
        begun = london.at(slot.on + timedelta(days=1), started)
    day = london.london_date(begun)
    return begun, london.at(day if ended > started else day + timedelta(days=1), ended)


def keep_contact(case_id: int, name: str, relation: str, phone: str) -> None:
    """Keep whom to call in an emergency. Giving it again replaces it."""
    row = queries.emergency_contact(case_id) or EmergencyContact(case_id=case_id)
    row.name, row.relation, row.phone = name, relation, phone
    db.session.add(row)
    db.session.flush()


def let_everything_go(case_id: int, at: datetime | None = None) -> None:
    """End every offer and booking of a case that is withdrawn."""
    for booking in sorted(queries.of_case(case_id), key=lambda each: each.slot_id):
        if booking.state in {BookingState.OFFERED, BookingState.ACCEPTED}:
            cases.perform(booking, "let_go", SYSTEM, at=at)


def cancel_slot(slot_id: int, actor: Actor, reason: str, at: datetime | None = None) -> None:
    """Cancel a place, and every offer and booking of it."""
    cases.perform(lock_place(slot_id), "cancel", actor, at=at, reason=reason)


def _alarm(booking: Booking, actor: Actor, at: datetime | None) -> None:
    """Tell the supervisors of the area at once; the words are in the log, not in the message."""
    case = db.session.get_one(Case, booking.case_id)
    event = history.append(
        case.stream_id,
        "log_incident",
        actor,
        subject=(case.kind, case.id),
        at=at,
        facts={"booking": booking.id, "reference": case.reference, "words": "an incident was logged on a ride"},
    )
    for _, account in accounts.holders([Role.SUPERVISOR], booking.slot.area_id):
        outbox.owe(event, "staff-alarm", f"account:{account.id}")


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
