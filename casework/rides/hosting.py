"""The host's day: my rides, the list to tick, start, did not come, the log. Used on a phone with the rider standing by.

A host sees name, adjustments and identity, and on the day whom to call in an emergency: never health or convictions.
These pages have the schedule's address but stand here, because adjustments belong to the ride.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.areas import queries as areas
from casework.cases import clashes
from casework.cases import service as cases
from casework.clocks.london import london_date, london_time
from casework.extensions import db
from casework.history import service as history
from casework.moments import now, today
from casework.parties.models import Party
from casework.rides import queries
from casework.rides.host_forms import LogForm, TicksForm
from casework.rides.models import Ride
from casework.rides.parts import IDENTITY
from casework.roles import Role
from casework.schedule import bookings, service
from casework.schedule import queries as places
from casework.schedule.blueprint import bp
from casework.schedule.forms import ReasonForm
from casework.schedule.models import Booking, EmergencyContact, Slot
from casework.schedule.workflow import BOOKING, TEAMS, BookingState
from casework.workflow import Refused

# A ride that was never closed is still shown for this long.
_UNCLOSED = timedelta(days=60)
_LONGEST = timedelta(hours=16)


@dataclass(frozen=True)
class Rider:
    """What a host may know of who comes. `contact` is there only on the day."""

    reference: str
    person: Party | None
    adjustments: str
    identity: str
    armour: str
    contact: EmergencyContact | None


@bp.get("/today", endpoint="today")
@door.staff(Role.HOST)
def my_rides() -> ResponseReturnValue:
    """My rides: today's first and ready to be worked on, then what is not closed yet, then what comes."""
    day = today()
    rows = places.of_host(current.account.id, current.area_ids, day - _UNCLOSED)
    here = [booking for slot, booking in rows if booking and _is_today(slot)]
    late = [booking for slot, booking in rows if booking and slot.on < day and not _is_today(slot)]
    coming = [(slot, booking) for slot, booking in rows if slot.on > day]
    riders = _riders([*here, *late, *(booking for _, booking in coming if booking)])
    return render_template(
        "schedule/today.html",
        here=[_day(booking, riders[booking.id]) for booking in here],
        late=late,
        coming=coming,
        riders=riders,
        **_words(),
    )


@bp.get("/today/<int:booking_id>")
@door.staff(Role.HOST)
def day(booking_id: int) -> ResponseReturnValue:
    """One of my rides."""
    return _page(_mine(booking_id))


@bp.post("/today/<int:booking_id>/start")
@door.staff(Role.HOST)
def start(booking_id: int) -> ResponseReturnValue:
    """Start the ride. What was ticked is kept, also where something is missing."""
    booking = _mine(booking_id)
    form = TicksForm(prefix=f"day-{booking.id}-")
    form.validate()
    ticked = list(form.ticked.data or [])
    try:
        bookings.lock(booking)
        clashes.check(booking, form.version.data, "start", current.actor)
        service.start(booking.id, current.actor, dict.fromkeys(ticked, True))
    except clashes.STOPS as stop:
        db.session.rollback()
        if isinstance(stop, Refused) and booking.state == BookingState.ACCEPTED:
            service.keep_ticks(booking.id, ticked)
            db.session.commit()
        return clashes.stopped(stop, booking, "start", form, lambda: _page(booking, form), _back(booking))
    db.session.commit()
    flash("The ride has started.")
    return _back(booking)()


@bp.post("/today/<int:booking_id>/miss")
@door.staff(Role.HOST)
def miss(booking_id: int) -> ResponseReturnValue:
    """Say that the rider did not come."""
    booking = _mine(booking_id)
    form = clashes.Decision()
    form.validate()
    try:
        bookings.lock(booking)
        clashes.check(booking, form.version.data, "miss", current.actor)
        service.act(booking.id, "miss", current.actor)
    except clashes.STOPS as stop:
        return clashes.stopped(stop, booking, "miss", form, lambda: _page(booking, form), _back(booking))
    db.session.commit()
    flash("Kept: the rider did not come.")
    return redirect(url_for("schedule.today"), 303)


@bp.route("/today/<int:booking_id>/finish", methods=["GET", "POST"])
@door.staff(Role.HOST)
def finish(booking_id: int) -> ResponseReturnValue:
    """Close the ride and write its log."""
    booking = _mine(booking_id)
    if booking.state != BookingState.STARTED:
        return redirect(url_for("schedule.day", booking_id=booking.id), 303)
    form = LogForm(
        version=booking.version, started=london_time(booking.state_since).time().replace(second=0, microsecond=0)
    )
    page = clashes.Sheet("schedule/finish.html", form, booking=booking, slot=booking.slot, rider=rider(booking))
    if not form.validate_on_submit() or not _times_fit(form, booking):
        return page.shown()
    action = form.outcome.data
    try:
        bookings.lock(booking)
        clashes.check(booking, form.version.data, action, current.actor)
        service.finish(
            booking.id,
            action,
            current.actor,
            _log(form),
            ended_by=form.ended_by.data or "",
            reason=form.reason.data or "",
        )
    except clashes.STOPS as stop:
        return page.stopped(stop, booking, action, _back(booking))
    db.session.commit()
    flash("The ride is closed. Thank you.")
    return redirect(url_for("schedule.today"), 303)


@bp.route("/today/<int:booking_id>/call-off", methods=["GET", "POST"])
@door.staff(Role.HOST)
def call_off(booking_id: int) -> ResponseReturnValue:
    """Cancel the ride for the police. The rider is told at once, and telephoned where little time is left."""
    booking = _mine(booking_id)
    form = ReasonForm(version=booking.version)
    page = clashes.Sheet(
        "schedule/call_off.html", form, booking=booking, slot=booking.slot, rider=rider(booking), **_words()
    )
    if not form.validate_on_submit():
        return page.shown()
    try:
        bookings.lock(booking)
        clashes.check(booking, form.version.data, "cancel", current.actor)
        service.act(booking.id, "cancel", current.actor, reason=form.reason.data)
    except clashes.STOPS as stop:
        return page.stopped(stop, booking, "cancel", _back(booking))
    db.session.commit()
    flash("The ride is cancelled. The rider is told.")
    return redirect(url_for("schedule.today"), 303)


def rider(booking: Booking) -> Rider:
    """What the host may know of the rider of a booking now."""
    ride = db.session.get_one(Ride, booking.case_id)
    kept = queries.health(ride.id)
    return Rider(
        reference=ride.reference,
        person=ride.applicant,
        adjustments=(kept.adjustments or "") if kept else "",
        identity=dict(IDENTITY).get(ride.id_kind, ""),
        armour=ride.armour,
        contact=places.emergency_contact(ride.id) if _may_see_contact(booking) else None,
    )


def _may_see_contact(booking: Booking) -> bool:
    """From the start of the day of the ride until the day on which the shift ends."""
    return booking.state in {BookingState.ACCEPTED, BookingState.STARTED} and _is_today(booking.slot)


def _is_today(slot: Slot) -> bool:
    return bool(slot.on <= today() <= london_date(slot.ends_at))


def _riders(rows: Iterable[Booking]) -> dict[int, Rider]:
    """The riders of several bookings. Showing whom to call is recorded."""
    found = {booking.id: (booking, rider(booking)) for booking in rows}
    shown = [booking.case_id for booking, each in found.values() if each.contact]
    for case_id in shown:
        history.record_access(current.actor, "emergency contact", case_id)
    if shown:
        db.session.commit()
    return {booking_id: each for booking_id, (_, each) in found.items()}


def _day(booking: Booking, who: Rider, form: TicksForm | None = None) -> dict[str, Any]:
    """What the template of a ride's day needs."""
    ticks = form
    if ticks is None:
        ticks = TicksForm.fresh(booking.version, prefix=f"day-{booking.id}-")
        ticks.ticked.data = [key for key, ticked in booking.day_list.items() if ticked]
    offers = {each.row.action: each for each in cases.open_to(booking, current.actor)}
    return {"booking": booking, "slot": booking.slot, "rider": who, "ticks": ticks, "offers": offers}


def _page(booking: Booking, form: clashes.Decision | None = None) -> str:
    who = _riders([booking])[booking.id]
    ticks = form if isinstance(form, TicksForm) else None
    return render_template("schedule/day.html", form=form, ride=_day(booking, who, ticks), **_words())


def _mine(booking_id: int) -> Booking:
    """The booking of a place that I hold, or 404."""
    booking = places.hosted(booking_id, current.account.id, current.area_ids)
    if booking is None:
        abort(404)
    return booking


def _back(booking: Booking) -> Callable[[], ResponseReturnValue]:
    booking_id = booking.id
    return lambda: redirect(url_for("schedule.day", booking_id=booking_id), 303)


def _words() -> dict[str, Any]:
    return {"teams": TEAMS, "areas": areas.by_id, "booking_table": BOOKING}


def _times_fit(form: LogForm, booking: Booking) -> bool:
    """Whether the ride can have been at these times."""
    begun, ended = service.log_times(booking.slot, form.started.data, form.ended.data)
    if ended - begun > _LONGEST:
        form.ended.fail("Check the times: the end lies before the start")
    elif ended > now() + timedelta(minutes=5):
        form.ended.fail("The end must be in the past")
    return not form.ended.errors


def _log(form: LogForm) -> service.Log:
    return service.Log(
        started=form.started.data,
        ended=form.ended.data,
        crew=form.crew.data or "",
        searches=form.searches.data,
        search_times=form.search_times.data or "",
        incident=bool(form.incident.data),
        incident_words=form.incident_words.data or "",
        remarks=form.remarks.data or "",
    )
