"""The person behind an application: whether it is the same as elsewhere, how to reach them, health, their feedback."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.cases import clashes
from casework.extensions import db
from casework.history import service as history
from casework.moments import now
from casework.parties.models import Party
from casework.rides import corrections, queries, service
from casework.rides.blueprint import back, bp, found, lock
from casework.rides.models import Ride
from casework.rides.staff_forms import CorrectDetailsForm, LookedAtForm, MatchForm
from casework.roles import Role
from casework.tracking import service as contacts

# Asking the same address again within this time is the same press of a button.
_TWICE = timedelta(minutes=2)


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
    start = {
        "voicemail": person.voicemail,
        "safe_times": person.safe_times,
        "channel": person.channel,
        "version": ride.version,
    }
    form = CorrectDetailsForm(data=start)
    page = clashes.Sheet("rides/staff_details.html", form, ride=ride, person=person)
    if not form.validate_on_submit() or not _reachable(form, person):
        return page.shown()
    try:
        clashes.check(lock(ride), form.version.data, "contact", current.actor)
        changed = corrections.correct_details(
            ride,
            person,
            current.actor,
            checked=form.checked.data,
            phone=form.phone.data,
            address=form.address.data,
            postcode=form.postcode.data,
            channel=form.channel.data,
            voicemail=form.voicemail.data,
            safe_times=form.safe_times.data or "",
        )
        asked = bool(form.email.data) and form.email.data != person.email
        if asked and not queries.email_asked(person.id, form.email.data, now() - _TWICE):
            contacts.change_email(ride, person, form.email.data, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, ride, "contact", back(ride))
    db.session.commit()
    flash(_done(changed, asked))
    return back(ride)()


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


def _reachable(form: CorrectDetailsForm, person: Party) -> bool:
    """Whether there is what the chosen way needs."""
    if form.channel.data == "phone" and not (form.phone.data or person.phone):
        form.phone.fail("Enter the phone number that we should call")
    if form.channel.data == "letter" and not (form.address.data or person.address):
        form.address.fail("Enter the address that we should write to")
    if form.channel.data == "email" and not (form.email.data or person.email):
        form.email.fail("Enter an email address, like name@example.com")
    return not any(field.errors for field in form.questions())


def _done(changed: list[str], asked: bool) -> str:
    if asked:
        return "The new email address gets a message to confirm it. Until then we write to the old one."
    return "The details are corrected." if changed else "Nothing was different."
