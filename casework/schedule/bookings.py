"""What coordinators and supervisors do with the bookings of a place: accept or decline by phone, cancel, take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.areas import queries as areas
from casework.cases import clashes
from casework.cases import queries as case_queries
from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.roles import Role
from casework.schedule import queries, service
from casework.schedule.blueprint import bp
from casework.schedule.forms import ReasonForm
from casework.schedule.models import Booking, Slot
from casework.schedule.workflow import BOOKING, SLOT, TEAMS
from casework.workflow import Offer

# What one button does, and what needs a reason.
PLAIN = ("accept", "decline", "cancel_own")
REASONED = ("take_back", "cancel")
# Done for the police: only by those of the area of the place. The rest is done for the rider.
_FOR_THE_POLICE = frozenset(REASONED)


@bp.post("/bookings/<int:booking_id>/<any(accept, decline, cancel_own):action>")
@door.staff(Role.COORDINATOR)
def answer(booking_id: int, action: str) -> ResponseReturnValue:
    """Accept, decline or cancel for the rider, who said so by telephone or post."""
    booking = found(booking_id, action)
    form = clashes.Decision()
    form.validate()
    try:
        lock(booking)
        clashes.check(booking, form.version.data, action, current.actor)
        if action == "accept":
            service.accept(booking.id, current.actor)
        else:
            service.act(booking.id, action, current.actor)
    except clashes.STOPS as stop:
        return clashes.stopped(stop, booking, action, form, lambda: _where_it_stands(booking, form), back(booking))
    db.session.commit()
    flash(f"{BOOKING.words[action].capitalize()}.")
    return back(booking)()


@bp.route("/bookings/<int:booking_id>/<any(take_back, cancel):action>", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def give_reason(booking_id: int, action: str) -> ResponseReturnValue:
    """Take an offer back, or cancel a booking, with the reason that the rider is told."""
    booking = found(booking_id, action)
    form = ReasonForm(version=booking.version)

    page = clashes.Sheet("schedule/give_reason.html", form, action=action, **_facts(booking))
    if not form.validate_on_submit():
        return page.shown()
    try:
        lock(booking)
        clashes.check(booking, form.version.data, action, current.actor)
        service.act(booking.id, action, current.actor, reason=form.reason.data)
    except clashes.STOPS as stop:
        return page.stopped(stop, booking, action, back(booking))
    db.session.commit()
    flash(f"{BOOKING.words[action].capitalize()}.")
    return back(booking)()


@bp.get("/bookings/<int:booking_id>", endpoint="booking")
@door.staff(Role.COORDINATOR, Role.SUPERVISOR, Role.DATA_PROTECTION)
def show(booking_id: int) -> ResponseReturnValue:
    """One offer or booking, also where its place lies in another BCU."""
    return booking_page(found(booking_id, ""))


def booking_page(booking: Booking, form: clashes.Decision | None = None) -> str:
    """The page of a booking, with what stopped a button where one was stopped."""
    inside = booking.slot.area_id in current.area_ids and current.role != Role.DATA_PROTECTION
    return render_template(
        "schedule/booking.html",
        form=form,
        inside=inside,
        offers=_open_to(booking),
        log=queries.log_of(booking.id),
        **_facts(booking),
    )


def slot_page(slot: Slot, form: clashes.Decision | None = None) -> str:
    """The page of a place, with what stopped a button where one was stopped."""
    rows = queries.bookings_of([slot.id])[slot.id]
    riders = queries.riders(rows)
    return render_template(
        "schedule/slot.html",
        form=form,
        slot=slot,
        area=areas.by_id(slot.area_id),
        host=accounts.names_of([slot.host_id]).get(slot.host_id, "") if slot.host_id else "",
        offers={each.row.action: each for each in cases.open_to(slot, current.actor)},
        bookings=[(each, riders.get(each.case_id), _open_to(each)) for each in rows],
        events=case_queries.timeline(slot.stream_id),
        history_words={f"slot.{action}": words for action, words in SLOT.words.items()},
        teams=TEAMS,
        plain=PLAIN,
        reasoned=REASONED,
        slot_table=SLOT,
        booking_table=BOOKING,
    )


def found(booking_id: int, action: str) -> Booking:
    """The booking of a number, if it may be acted on from my areas; else 404."""
    booking = queries.booking_within(booking_id, current.area_ids, current.force_wide)
    if booking is None or (action in _FOR_THE_POLICE and booking.slot.area_id not in current.area_ids):
        abort(404)
    return booking


def lock(booking: Booking) -> None:
    """Hold case and booking, in that order."""
    cases.lock(Case, booking.case_id)
    cases.lock(Booking, booking.id)


def back(booking: Booking) -> Callable[[], ResponseReturnValue]:
    """The way to the page of the place, or of the booking where the place lies elsewhere."""
    if booking.slot.area_id in current.area_ids:
        where = url_for("schedule.show", slot_id=booking.slot_id)
    else:
        where = url_for("schedule.booking", booking_id=booking.id)
    return lambda: redirect(where, 303)


def _open_to(booking: Booking) -> list[Offer]:
    """What may be done with a booking from here: for the police only where the place is."""
    inside = booking.slot.area_id in current.area_ids
    offers = cases.open_to(booking, current.actor)
    return [each for each in offers if inside or each.row.action not in _FOR_THE_POLICE | {"change"}]


def _facts(booking: Booking) -> dict[str, Any]:
    """What the pages about one booking show."""
    return {
        "booking": booking,
        "slot": booking.slot,
        "case": queries.riders([booking]).get(booking.case_id),
        "areas": areas.by_id,
        "teams": TEAMS,
        "plain": PLAIN,
        "reasoned": REASONED,
        "booking_table": BOOKING,
    }


def _where_it_stands(booking: Booking, form: clashes.Decision) -> str:
    """The page to go on from."""
    if booking.slot.area_id in current.area_ids:
        return slot_page(booking.slot, form)
    return booking_page(booking, form)
