"""What one can do on the tracking page: answer, give a part, correct details, accept, decline, cancel, withdraw."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from casework.cases import service as cases
from casework.cases.models import Question
from casework.extensions import db
from casework.parties.models import Party
from casework.rides import progress, queries, service
from casework.rides.models import Ride
from casework.rides.parts import AnswerForm, FeedbackForm, NextPartForm, ReadyForm
from casework.schedule import queries as places
from casework.schedule import service as schedule
from casework.tracking import entry
from casework.tracking.public import bp
from casework.tracking.visits import ask, in_case, nothing_to_do, thanks
from casework.vetting import service as vetting


@bp.route("/track/case/answer", methods=["GET", "POST"])
@in_case(Ride)
def answer(ride: Ride, party: Party) -> Any:
    """Answer the coordinator's question."""
    question = queries.open_question(ride.id)
    form = AnswerForm()
    if question is None:
        return nothing_to_do()
    if not form.validate_on_submit():
        return ask("rides/answer.html", form, ride, question=question)
    cases.lock(Ride, ride.id)
    service.answer(ride, form.answer.data, entry.actor(party))
    db.session.commit()
    return thanks("Thank you. We have your answer.")


@bp.route("/track/case/check-answer", methods=["GET", "POST"])
@in_case(Ride)
def check_answer(ride: Ride, party: Party) -> Any:
    """Answer the vetting unit's question. Only the unit reads it."""
    question: Question | None = vetting.open_question(ride.id)
    form = AnswerForm()
    if question is None:
        return nothing_to_do()
    if not form.validate_on_submit():
        return ask("rides/answer.html", form, ride, question=question)
    cases.lock(Ride, ride.id)
    vetting.answer_open(ride.id, form.answer.data, entry.actor(party))
    db.session.commit()
    return thanks("Thank you. We have your answer.")


@bp.route("/track/case/next-part", methods=["GET", "POST"])
@in_case(Ride)
def next_part(ride: Ride, party: Party) -> Any:
    """Give the part before checks."""
    if ride.wants != "part":
        return nothing_to_do()
    form = NextPartForm()
    if not form.validate_on_submit():
        return ask("rides/next_part.html", form, ride)
    cases.lock(Ride, ride.id)
    service.give_next_part(ride, entry.actor(party), **form.declared())
    db.session.commit()
    return thanks("Thank you. Our checks begin now.")


@bp.route("/track/case/ready", methods=["GET", "POST"])
@in_case(Ride)
def ready(ride: Ride, party: Party) -> Any:
    """Give the part before a booking, or correct it."""
    if ride.state not in {"approved", "offered", "booked"}:
        return nothing_to_do()
    form = ReadyForm(near=(ride.area_id or 0, *ride.wishes))
    if not form.validate_on_submit():
        return ask("rides/ready.html", form, ride)
    cases.lock(Ride, ride.id)
    part = service.Ready(
        form.contact_name.data, form.contact_relation.data, form.contact_phone.data, form.health.data or "",
        form.adjustments.data or "", tuple(int(a) for a in form.avoid.data or ()), form.id_kind.data,
        form.armour.data or "",
    )  # fmt: skip
    service.get_ready(ride, part, entry.actor(party))
    db.session.commit()
    return thanks("Thank you. We have what we need before a ride.")


@bp.route("/track/case/withdraw", methods=["GET", "POST"])
@in_case(Ride)
def withdraw(ride: Ride, party: Party) -> Any:
    """Withdraw without a reason."""
    if "withdraw" not in progress.may(ride, party):
        return nothing_to_do()
    if request.method == "GET":
        return render_template("rides/withdraw.html", ride=ride)
    cases.lock(Ride, ride.id)
    service.withdraw(ride, entry.actor(party))
    db.session.commit()
    return thanks("You have withdrawn your application.")


@bp.route("/track/case/reconsider", methods=["GET", "POST"])
@in_case(Ride)
def reconsider(ride: Ride, party: Party) -> Any:
    """Ask once for the decision to be looked at again by somebody else."""
    form = AnswerForm()
    if request.method == "GET":
        if "reconsider" not in progress.may(ride, party):
            return nothing_to_do()
        return render_template("rides/reconsider.html", ride=ride, form=form)
    note = (request.form.get("answer") or "").replace("\x00", "").strip()[:4000]
    cases.lock(Ride, ride.id)
    cases.perform(ride, "reconsider", entry.actor(party), note)
    db.session.commit()
    return thanks("Somebody who was not involved before will look at our decision again.")


@bp.route("/track/case/offers/<int:booking_id>", methods=["GET", "POST"])
@in_case(Ride)
def offer(ride: Ride, party: Party, booking_id: int) -> Any:
    """Accept or decline one offer."""
    booking = _own(ride, booking_id)
    if request.method == "GET":
        if booking.state != "offered":
            return nothing_to_do()
        return render_template("rides/offer.html", ride=ride, booking=booking, ready=ride.ready_at is not None)
    if request.form.get("answer") == "decline":
        schedule.act(booking.id, "decline", entry.actor(party))
        db.session.commit()
        return thanks("You have said no to this place. We will look for another one.")
    if ride.ready_at is None:
        return redirect(url_for("track.ready"))
    schedule.accept(booking.id, entry.actor(party))
    db.session.commit()
    return thanks("Your ride is booked. We have sent you everything that you need to know.")


@bp.route("/track/case/bookings/<int:booking_id>/cancel", methods=["GET", "POST"])
@in_case(Ride)
def cancel(ride: Ride, party: Party, booking_id: int) -> Any:
    """Cancel one's own booking. One stays approved."""
    booking = _own(ride, booking_id)
    if booking.state != "accepted":
        return nothing_to_do()
    if request.method == "GET":
        return render_template("rides/cancel.html", ride=ride, booking=booking)
    schedule.act(booking.id, "cancel_own", entry.actor(party))
    db.session.commit()
    return thanks("You have cancelled your ride. You stay approved, and we can offer you another place.")


@bp.route("/track/case/feedback", methods=["GET", "POST"])
@in_case(Ride)
def feedback(ride: Ride, party: Party) -> Any:
    """Say how the ride was."""
    if ride.state != "done" or queries.feedback(ride.id) is not None:
        return nothing_to_do()
    form = FeedbackForm()
    if not form.validate_on_submit():
        return ask("rides/feedback.html", form, ride)
    cases.lock(Ride, ride.id)
    service.give_feedback(ride, form.answers(), form.words(), entry.actor(party))
    db.session.commit()
    return render_template("rides/feedback_thanks.html", ride=ride, concern=form.concern.data)


def _own(ride: Ride, booking_id: int) -> Any:
    booking = places.booking(booking_id)
    if booking is None or booking.case_id != ride.id:
        abort(404)
    return booking
