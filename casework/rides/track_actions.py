"""What one can do on the tracking page: answer, give a part, correct details, accept, decline, cancel, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from casework.accounts.door import public
from casework.cases import service as cases
from casework.cases.models import Question
from casework.extensions import db
from casework.forms import Form
from casework.parties import secrets
from casework.parties import service as parties
from casework.parties.models import ContactChange, Party
from casework.rides import entry, progress, queries, service
from casework.rides.models import Ride
from casework.rides.parts import AnswerForm, DetailsForm, FeedbackForm, NextPartForm, ReadyForm
from casework.rides.track import bp, gone
from casework.schedule import queries as places
from casework.schedule import service as schedule
from casework.vetting import service as vetting
from casework.workflow import Refused

View = Callable[..., Any]


def in_case(view: View) -> View:
    """Give a view the case and the party of this session; without one, ask to open it again."""

    @public
    @wraps(view)
    def opened(**kwargs: Any) -> Any:
        found = entry.visitor()
        if found is None:
            return gone()
        ride, party = found
        try:
            return view(ride, party, **kwargs)
        except Refused as no:
            db.session.rollback()
            flash(no.sentence)
        except cases.Clash:
            db.session.rollback()
            flash("Something happened in your application just now. Look at it as it is, then try again.")
        return redirect(url_for("track.case"))

    return opened


@bp.route("/track/case/answer", methods=["GET", "POST"])
@in_case
def answer(ride: Ride, party: Party) -> Any:
    """Answer the coordinator's question."""
    question = queries.open_question(ride.id)
    form = AnswerForm()
    if question is None:
        return _nothing_to_do()
    if not form.validate_on_submit():
        return _ask("rides/answer.html", form, ride, question=question)
    cases.lock(Ride, ride.id)
    service.answer(ride, form.answer.data, entry.actor(party))
    db.session.commit()
    return _thanks("Thank you. We have your answer.")


@bp.route("/track/case/check-answer", methods=["GET", "POST"])
@in_case
def check_answer(ride: Ride, party: Party) -> Any:
    """Answer the vetting unit's question. Only the unit reads it."""
    question: Question | None = vetting.open_question(ride.id)
    form = AnswerForm()
    if question is None:
        return _nothing_to_do()
    if not form.validate_on_submit():
        return _ask("rides/answer.html", form, ride, question=question)
    cases.lock(Ride, ride.id)
    vetting.answer_open(ride.id, form.answer.data, entry.actor(party))
    db.session.commit()
    return _thanks("Thank you. We have your answer.")


@bp.route("/track/case/next-part", methods=["GET", "POST"])
@in_case
def next_part(ride: Ride, party: Party) -> Any:
    """Give the part before checks."""
    if ride.wants != "part":
        return _nothing_to_do()
    form = NextPartForm()
    if not form.validate_on_submit():
        return _ask("rides/next_part.html", form, ride)
    cases.lock(Ride, ride.id)
    service.give_next_part(ride, entry.actor(party), **form.declared())
    db.session.commit()
    return _thanks("Thank you. Our checks begin now.")


@bp.route("/track/case/ready", methods=["GET", "POST"])
@in_case
def ready(ride: Ride, party: Party) -> Any:
    """Give the part before a booking, or correct it."""
    if ride.state not in {"approved", "offered", "booked"}:
        return _nothing_to_do()
    form = ReadyForm(near=(ride.area_id or 0, *ride.wishes))
    if not form.validate_on_submit():
        return _ask("rides/ready.html", form, ride)
    cases.lock(Ride, ride.id)
    part = service.Ready(
        form.contact_name.data, form.contact_relation.data, form.contact_phone.data, form.health.data or "",
        form.adjustments.data or "", tuple(int(a) for a in form.avoid.data or ()), form.id_kind.data,
        form.armour.data or "",
    )  # fmt: skip
    service.get_ready(ride, part, entry.actor(party))
    db.session.commit()
    return _thanks("Thank you. We have what we need before a ride.")


@bp.route("/track/case/details", methods=["GET", "POST"])
@in_case
def details(ride: Ride, party: Party) -> Any:
    """Correct how to be reached. The new e-mail address confirms, the old one is told."""
    form = (
        DetailsForm()
        if request.method == "POST"
        else DetailsForm(data={"voicemail": party.voicemail, "safe_times": party.safe_times})
    )
    if not form.validate_on_submit():
        return _ask("rides/details.html", form, ride, party=party)
    cases.lock(Ride, ride.id)
    changed = parties.change_details(
        party, phone=form.phone.data, address=form.address.data, postcode=form.postcode.data
    )
    party.voicemail, party.safe_times = form.voicemail.data, form.safe_times.data or ""
    if changed:
        event = cases.record(ride, "contact", entry.actor(party), fields=changed)
        cases.tell(event, ride, "contact-changed")
    new_email = form.email.data
    if new_email and new_email != party.email:
        service.change_email(ride, party, new_email, entry.actor(party))
    db.session.commit()
    if new_email and new_email != party.email:
        return _thanks("We have sent an email to your new address. The address changes when you confirm it.")
    return _thanks("We have changed your details.")


@bp.route("/track/case/withdraw", methods=["GET", "POST"])
@in_case
def withdraw(ride: Ride, party: Party) -> Any:
    """Withdraw without a reason."""
    if "withdraw" not in progress.may(ride, party):
        return _nothing_to_do()
    if request.method == "GET":
        return render_template("rides/withdraw.html", ride=ride)
    cases.lock(Ride, ride.id)
    service.withdraw(ride, entry.actor(party))
    db.session.commit()
    return _thanks("You have withdrawn your application.")


@bp.route("/track/case/reconsider", methods=["GET", "POST"])
@in_case
def reconsider(ride: Ride, party: Party) -> Any:
    """Ask once for the decision to be looked at again by somebody else."""
    form = AnswerForm()
    if request.method == "GET":
        if "reconsider" not in progress.may(ride, party):
            return _nothing_to_do()
        return render_template("rides/reconsider.html", ride=ride, form=form)
    note = (request.form.get("answer") or "").replace("\x00", "").strip()[:4000]
    cases.lock(Ride, ride.id)
    cases.perform(ride, "reconsider", entry.actor(party), note)
    db.session.commit()
    return _thanks("Somebody who was not involved before will look at our decision again.")


@bp.route("/track/case/offers/<int:booking_id>", methods=["GET", "POST"])
@in_case
def offer(ride: Ride, party: Party, booking_id: int) -> Any:
    """Accept or decline one offer."""
    booking = _own(ride, booking_id)
    if request.method == "GET":
        if booking.state != "offered":
            return _nothing_to_do()
        return render_template("rides/offer.html", ride=ride, booking=booking, ready=ride.ready_at is not None)
    if request.form.get("answer") == "decline":
        schedule.act(booking.id, "decline", entry.actor(party))
        db.session.commit()
        return _thanks("You have said no to this place. We will look for another one.")
    if ride.ready_at is None:
        return redirect(url_for("track.ready"))
    schedule.accept(booking.id, entry.actor(party))
    db.session.commit()
    return _thanks("Your ride is booked. We have sent you everything that you need to know.")


@bp.route("/track/case/bookings/<int:booking_id>/cancel", methods=["GET", "POST"])
@in_case
def cancel(ride: Ride, party: Party, booking_id: int) -> Any:
    """Cancel one's own booking. One stays approved."""
    booking = _own(ride, booking_id)
    if booking.state != "accepted":
        return _nothing_to_do()
    if request.method == "GET":
        return render_template("rides/cancel.html", ride=ride, booking=booking)
    schedule.act(booking.id, "cancel_own", entry.actor(party))
    db.session.commit()
    return _thanks("You have cancelled your ride. You stay approved, and we can offer you another place.")


@bp.route("/track/case/feedback", methods=["GET", "POST"])
@in_case
def feedback(ride: Ride, party: Party) -> Any:
    """Say how the ride was."""
    if ride.state != "done" or queries.feedback(ride.id) is not None:
        return _nothing_to_do()
    form = FeedbackForm()
    if not form.validate_on_submit():
        return _ask("rides/feedback.html", form, ride)
    cases.lock(Ride, ride.id)
    service.give_feedback(ride, form.answers(), form.words(), entry.actor(party))
    db.session.commit()
    return render_template("rides/feedback_thanks.html", ride=ride, concern=form.concern.data)


@bp.route("/track/confirm/<secret>", methods=["GET", "POST"])
@public
def confirm(secret: str) -> Any:
    """The new address says yes. Opening the link changes nothing; the button does."""
    change = _change("change", secret)
    if change is None or change.confirmed_at is not None or change.objected_at is not None:
        return render_template("rides/link_ended.html"), 404
    if request.method == "GET":
        return render_template("rides/confirm.html", change=change, object=False, done=False)
    service.confirm_email(change)
    db.session.commit()
    return render_template("rides/confirm.html", change=change, object=False, done=True)


@bp.route("/track/object/<secret>", methods=["GET", "POST"])
@public
def object_to_change(secret: str) -> Any:
    """The old address says no: the change is undone, every link is replaced, staff are told."""
    change = _change("objection", secret)
    if change is None or change.objected_at is not None or not service.may_object(change):
        return render_template("rides/link_ended.html"), 404
    if request.method == "GET":
        return render_template("rides/confirm.html", change=change, object=True, done=False)
    service.object_to_email(change)
    db.session.commit()
    return render_template("rides/confirm.html", change=change, object=True, done=True)


def _change(purpose: str, secret: str) -> ContactChange | None:
    column = ContactChange.confirm_digest if purpose == "change" else ContactChange.object_digest
    return db.session.scalars(
        select(ContactChange).where(column == secrets.link_digest(secret)).with_for_update()
    ).one_or_none()


def _own(ride: Ride, booking_id: int) -> Any:
    booking = places.booking(booking_id)
    if booking is None or booking.case_id != ride.id:
        abort(404)
    return booking


def _ask(template: str, form: Form, ride: Ride, **details: Any) -> Any:
    return render_template(template, form=form, ride=ride, **details), 400 if request.method == "POST" else 200


def _thanks(words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("track.case"))


def _nothing_to_do() -> Response:
    flash("There is nothing to do here now. This is where your application stands.")
    return redirect(url_for("track.case"))
