"""Refusing an application, and holding its data back from deletion."""

from __future__ import annotations

from flask import abort, flash, request
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes
from casework.cases import service as cases
from casework.clocks.words import long_date
from casework.extensions import db
from casework.forms import Option
from casework.moments import now, today
from casework.rides import corrections, effects, service
from casework.rides.blueprint import back, bp, found, lock
from casework.rides.models import Ride
from casework.rides.staff_forms import HoldForm, RefuseForm
from casework.rides.workflow import ELIGIBILITY_GROUNDS, GROUNDS, State
from casework.roles import Role


@bp.route("/rides/<reference>/refuse", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def refuse(reference: str) -> ResponseReturnValue:
    """Refuse on a ground that says nothing of the checks. What the applicant is told stands beside each ground."""
    ride = found(reference)
    offer = next((each for each in cases.open_to(ride, current.actor) if each.row.action == "refuse"), None)
    if offer is None and request.method == "GET":
        abort(404)
    form = RefuseForm(version=ride.version)
    form.ground.choices = [
        _ground(ride, key) for key in GROUNDS if ride.state != State.SUBMITTED or key in ELIGIBILITY_GROUNDS
    ]
    page = clashes.Sheet("rides/staff_refuse.html", form, ride=ride, refused=offer.refused if offer else "")
    if not form.validate_on_submit():
        return page.shown()
    try:
        clashes.check(lock(ride), form.version.data, "refuse", current.actor)
        service.refuse(ride, form.ground.data, current.actor, note=form.note.data or "")
    except clashes.STOPS as stop:
        return page.stopped(stop, ride, "refuse", back(ride))
    db.session.commit()
    flash(f"{ride.reference} is refused. The applicant is told.")
    return back(ride)()


@bp.route("/rides/<reference>/hold", methods=["GET", "POST"])
@door.staff(Role.SUPERVISOR, Role.DATA_PROTECTION)
def hold(reference: str) -> ResponseReturnValue:
    """Keep everything of a case from being deleted, or let deletion go on. Both need a reason."""
    ride = found(reference)
    held = bool(ride.hold)
    form = HoldForm(version=ride.version)
    page = clashes.Sheet("rides/staff_hold.html", form, ride=ride, held=held)
    if not form.validate_on_submit():
        return page.shown()
    action = "lift_hold" if held else "hold"
    try:
        clashes.check(lock(ride), form.version.data, action, current.actor)
        corrections.hold(ride, "" if held else form.reason.data, form.reason.data, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, ride, action, back(ride))
    db.session.commit()
    flash("Deletion goes on as planned." if held else "Nothing of this case is deleted until the hold is lifted.")
    return back(ride)()


def _ground(ride: Ride, key: str) -> Option:
    """A ground with what the applicant will read, and from when they may apply again."""
    words, told, _ = GROUNDS[key]
    again = effects.reapply_on(ride, key, now())
    when = f"from {long_date(again)}" if again and again > today() else "at any time"
    return Option(key, words, hint=f"They are told: “because {told}”. They can apply again {when}.")
