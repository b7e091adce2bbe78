"""Slots and bookings, and counts that the rules of booking ask for."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Date, bindparam, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from casework.cases.models import Case
from casework.cases.queries import Scope
from casework.extensions import db
from casework.schedule.models import Booking, EmergencyContact, RideLog, Slot
from casework.schedule.workflow import TAKEN, BookingState, SlotState

_OF_CASE = (
    select(Booking)
    .options(joinedload(Booking.slot))
    .where(Booking.case_id == bindparam("case_id"))
    .order_by(Booking.id.desc())
)


def slot(slot_id: int, area_ids: frozenset[int], host_id: int | None = None) -> Slot | None:
    """One slot in these areas; for a host, one of their own."""
    wanted = select(Slot).where(Slot.id == slot_id, Slot.area_id.in_(area_ids))
    if host_id is not None:
        wanted = wanted.where(Slot.host_id == host_id)
    return db.session.scalars(wanted).one_or_none()


def slots(
    area_ids: frozenset[int],
    *,
    since: date,
    until: date | None = None,
    states: tuple[str, ...] = (),
    team: str = "",
    host_id: int | None = None,
    limit: int = 51,
) -> list[Slot]:
    """Slots from a day on (and before another), by day and time."""
    wanted = (
        select(Slot)
        .where(Slot.area_id.in_(area_ids), Slot.on >= since)
        .order_by(Slot.on, Slot.starts, Slot.id)
        .limit(limit)
    )
    if until is not None:
        wanted = wanted.where(Slot.on < until)
    if states:
        wanted = wanted.where(Slot.state.in_(states))
    if team:
        wanted = wanted.where(Slot.team == team)
    if host_id is not None:
        wanted = wanted.where(Slot.host_id == host_id)
    return list(db.session.scalars(wanted))


def bookings_of(slot_ids: list[int]) -> dict[int, list[Booking]]:
    """The bookings of several slots at once, newest first."""
    found: dict[int, list[Booking]] = {slot_id: [] for slot_id in slot_ids}
    for booking in db.session.scalars(select(Booking).where(Booking.slot_id.in_(slot_ids)).order_by(Booking.id.desc())):
        found[booking.slot_id].append(booking)
    return found


def live_bookings(slot_id: int) -> list[Booking]:
    """The offers and bookings of a place that have not ended, by case: the order in which they are locked."""
    live = [BookingState.OFFERED, BookingState.ACCEPTED, BookingState.STARTED]
    wanted = select(Booking).where(Booking.slot_id == slot_id, Booking.state.in_(live))
    return list(db.session.scalars(wanted.order_by(Booking.case_id, Booking.id)))


def riders(bookings: list[Booking]) -> dict[int, Case]:
    """The cases of bookings, with their people."""
    ids = {booking.case_id for booking in bookings}
    wanted = select(Case).options(selectinload(Case.parties)).where(Case.id.in_(ids))
    return {case.id: case for case in db.session.scalars(wanted)} if ids else {}


def of_case(case_id: int) -> list[Booking]:
    """Every booking of a case with its slot, newest first."""
    return list(db.session.scalars(_OF_CASE, {"case_id": case_id}))


def offers(case_id: int) -> list[Booking]:
    """The offers that wait for an answer."""
    return [b for b in of_case(case_id) if b.state == BookingState.OFFERED]


def current(case_id: int) -> Booking | None:
    """The booking that is accepted or under way."""
    return next((b for b in of_case(case_id) if b.state in {BookingState.ACCEPTED, BookingState.STARTED}), None)


def last(case_id: int) -> Booking | None:
    """The ride that took place, if one did."""
    return next((b for b in of_case(case_id) if b.state in {BookingState.COMPLETED, BookingState.ENDED_EARLY}), None)


def booking(booking_id: int) -> Booking | None:
    """One booking by its number. The caller has scoped the case or the slot."""
    return db.session.scalars(
        select(Booking).options(joinedload(Booking.slot)).where(Booking.id == booking_id)
    ).one_or_none()


def booking_within(booking_id: int, area_ids: frozenset[int], force_wide: bool) -> Booking | None:
    """One booking whose place lies in these areas, or whose rider's case may be seen from them."""
    return db.session.scalars(
        select(Booking)
        .options(joinedload(Booking.slot))
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Case, Case.id == Booking.case_id)
        .where(Booking.id == booking_id, or_(Slot.area_id.in_(area_ids), Scope(area_ids, force_wide).covers()))
    ).one_or_none()


def hosted(booking_id: int, host_id: int, area_ids: frozenset[int]) -> Booking | None:
    """One booking of a place that this host holds."""
    return db.session.scalars(
        select(Booking)
        .options(joinedload(Booking.slot))
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Booking.id == booking_id, Slot.host_id == host_id, Slot.area_id.in_(area_ids))
    ).one_or_none()


def of_host(host_id: int, area_ids: frozenset[int], since: date, limit: int = 60) -> list[tuple[Slot, Booking | None]]:
    """A host's places from a day on that are not over or cancelled, each with its booking where one is accepted."""
    live = (SlotState.PUBLISHED, SlotState.HELD, SlotState.BOOKED, SlotState.RUNNING)
    found = slots(area_ids, since=since, states=live, host_id=host_id, limit=limit)
    bookings = bookings_of([slot.id for slot in found])
    here = {BookingState.ACCEPTED, BookingState.STARTED}
    return [(slot, next((each for each in bookings[slot.id] if each.state in here), None)) for slot in found]


def count(case_id: int, state: str) -> int:
    """How many bookings of a case ended in a state."""
    return int(
        db.session.scalar(
            select(func.count()).select_from(Booking).where(Booking.case_id == case_id, Booking.state == state)
        )
        or 0
    )


def offers_of(slot_ids: list[int]) -> dict[int, int]:
    """How many offers of each place wait for an answer."""
    wanted = (
        select(Booking.slot_id, func.count())
        .where(Booking.slot_id.in_(slot_ids), Booking.state == BookingState.OFFERED)
        .group_by(Booking.slot_id)
    )
    return dict.fromkeys(slot_ids, 0) | {row[0]: row[1] for row in db.session.execute(wanted)}


def rides_in_months(months: set[tuple[int, date]]) -> dict[tuple[int, date], int]:
    """How many places of a BCU are taken in a month, for each BCU with the first day of a month."""
    found = dict.fromkeys(months, 0)
    if not months:
        return found
    first = func.date_trunc("month", Slot.on).cast(Date)
    last = max(day for _, day in months) + timedelta(days=31)
    wanted = (
        select(Slot.area_id, first, func.count())
        .join(Booking, Booking.slot_id == Slot.id)
        .where(
            Slot.area_id.in_({area_id for area_id, _ in months}),
            Slot.on >= min(day for _, day in months),
            Slot.on <= last,
            Booking.state.in_(TAKEN),
        )
        .group_by(Slot.area_id, first)
    )
    return found | {(area_id, day): number for area_id, day, number in db.session.execute(wanted)}


def last_ride_on(case_ids: list[int]) -> date | None:
    """The day of the last ride that took place in any of these cases. Police cancellations do not count."""
    wanted = (
        select(func.max(Slot.on))
        .join(Booking, Booking.slot_id == Slot.id)
        .where(
            Booking.case_id.in_(case_ids),
            Booking.state.in_([BookingState.STARTED, BookingState.COMPLETED, BookingState.ENDED_EARLY]),
        )
    )
    return db.session.scalar(wanted)


def free_slots(area_ids: frozenset[int], since: date, limit: int = 50) -> list[Slot]:
    """Published places from a day on."""
    return slots(area_ids, since=since, states=(SlotState.PUBLISHED,), limit=limit)


def emergency_contact(case_id: int) -> EmergencyContact | None:
    """Whom to call for a rider."""
    return db.session.scalars(select(EmergencyContact).where(EmergencyContact.case_id == case_id)).one_or_none()


def log_of(booking_id: int) -> RideLog | None:
    """The log of a ride."""
    return db.session.scalars(select(RideLog).where(RideLog.booking_id == booking_id)).one_or_none()
