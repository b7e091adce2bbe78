"""The person behind an application: whether it is the same as elsewhere, how to reach them, health, their feedback."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.extensions import db
from casework.history import service as history
from casework.rides import queries, service
from casework.rides.blueprint import back, bp, found, lock
from casework.rides.models import Ride
from casework.rides.staff_forms import LookedAtForm, MatchForm
from casework.roles import Role
from casework.tracking import correcting


@bp.route("/rides/<reference>/matches", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def matches(reference: str) -> ResponseReturnValue:
    """Other applications that may be of the same person. Of those outside my areas only the reference is shown."""
    ride = found(reference)
    form = MatchForm()
    rows = queries.matches_within(ride.id, current.area_ids, current.force_wide)
    if request.method == "GET":
        history.record_access(current.actor, "matches", ride.id)
        db.session.commit()
        return _matches_page(ride, rows, form)
    row = next((each for each in rows if str(each.match.id) == form.match.data), None)
    if row is None:
        abort(404)
    if not form.validate():
        return _matches_page(ride, rows, form), 400
    lock(ride)
    db.session.refresh(row.match)
    if form.was.data != row.answer:
        who = accounts.names_of([row.match.decided_by or 0]).get(row.match.decided_by or 0, "Somebody")
        if row.match.decided_by == current.account.id and row.answer == form.same.data:
            return back(ride, "rides_staff.matches")()
        form.form_errors.append(f"{who} was faster and answered {row.answer}. Nothing of yours was saved.")
        return _matches_page(ride, rows, form), 409
    service.decide_match(row.match, form.same.data == "yes", current.actor, ride)
    db.session.commit()
    flash("Kept. The rules count both as one person." if form.same.data == "yes" else "Kept. They count as two people.")
    return back(ride, "rides_staff.matches")()


@bp.route("/rides/<reference>/details", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def details(reference: str) -> ResponseReturnValue:
    """Correct how to reach somebody, after making sure who they are. A new e-mail address has to be confirmed."""
    ride = found(reference)
    person = ride.applicant
    if person is None or person.erased_at is not None:
        abort(404)
    return correcting.page(ride, person, back(ride), "rides/staff_details.html", ride=ride)


@bp.get("/rides/<reference>/health")
@door.staff(Role.COORDINATOR)
def health(reference: str) -> ResponseReturnValue:
    """Health and adjustments: for the coordinator alone. Every opening is recorded."""
    ride = found(reference)
    history.record_access(current.actor, "health", ride.id)
    db.session.commit()
    return render_template("rides/staff_health.html", ride=ride, health=queries.health(ride.id))


@bp.route("/rides/feedback", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def feedback() -> ResponseReturnValue:
    """Feedback that sounds dissatisfied and that nobody has looked at yet."""
    form = LookedAtForm()
    if request.method == "GET":
        history.record_access(current.actor, "feedback")
        db.session.commit()
        return _feedback_page(form)
    kept = queries.feedback_within(request.form.get("feedback", ""), current.area_ids, current.force_wide)
    if kept is None:
        abort(404)
    if not form.validate():
        return _feedback_page(form), 400
    ride = lock(db.session.get_one(Ride, kept.case_id))
    db.session.refresh(kept)
    if kept.looked_at is None:
        service.look_at_feedback(kept, current.actor, ride, form.note.data or "")
        db.session.commit()
    elif kept.looked_by != current.account.id:
        who = accounts.names_of([kept.looked_by or 0]).get(kept.looked_by or 0, "Somebody")
        form.form_errors.append(f"{who} was faster and has looked at it. Your note was not saved.")
        return _feedback_page(form), 409
    flash(f"{ride.reference}: looked at.")
    return redirect(url_for("rides_staff.feedback"), 303)


def _matches_page(ride: Ride, rows: list[queries.Likeness], form: MatchForm) -> str:
    names = accounts.names_of(each.match.decided_by for each in rows if each.match.decided_by)
    return render_template("rides/staff_matches.html", ride=ride, rows=rows, form=form, names=names)


def _feedback_page(form: LookedAtForm) -> str:
    rows = queries.dissatisfied(current.area_ids, current.force_wide)
    return render_template("rides/staff_feedback.html", rows=rows, form=form)
