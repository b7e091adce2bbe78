"""What coordinators and supervisors do with the bookings of a place: accept or decline by phone, cancel, take back."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.areas import queries as areas
from casework.cases import clashes, page
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

    def show() -> str:
        return render_template(
            "schedule/give_reason.html", form=form, booking=booking, slot=booking.slot, action=action, riders=queries.riders([booking]),
            areas=areas.by_id,
        )  # fmt: skip

    if not form.validate_on_submit():
        return show(), 200 if request.method == "GET" else 400
    try:
        lock(booking)
        clashes.check(booking, form.version.data, action, current.actor)
        service.act(booking.id, action, current.actor, reason=form.reason.data)
    except clashes.STOPS as stop:
        return clashes.stopped(stop, booking, action, form, show, back(booking))
    db.session.commit()
    flash(f"{BOOKING.words[action].capitalize()}.")
    return back(booking)()


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
        bookings=[(each, riders.get(each.case_id), cases.open_to(each, current.actor)) for each in rows],
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
    """The way to the page of the place, or of the case where the place lies elsewhere."""
    slot_id, inside = booking.slot_id, booking.slot.area_id in current.area_ids
    case = db.session.get_one(Case, booking.case_id)
    reference = case.reference

    def go() -> ResponseReturnValue:
        if inside:
            return redirect(url_for("schedule.show", slot_id=slot_id), 303)
        return redirect(url_for("cases.show", reference=reference), 303)

    return go


def _where_it_stands(booking: Booking, form: clashes.Decision) -> str:
    """The page to go on from: of the place, or of the case where the place lies elsewhere."""
    if booking.slot.area_id in current.area_ids:
        return slot_page(booking.slot, form)
    return page.render(db.session.get_one(Case, booking.case_id), problem=form.form_errors[0])
