"""The outcome: written, read as the person will read it, approved by somebody else; and the body that may review it."""

from __future__ import annotations

from flask import flash, request
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes, desk, preview
from casework.cases import service as cases
from casework.complaints import forms, queries, review, service
from casework.complaints.blueprint import back, bp, found, hold, refusal, sheet
from casework.complaints.models import Complaint
from casework.complaints.workflow import BEFORE_OUTCOME, WORKED, State
from casework.extensions import db
from casework.history.models import Event
from casework.outbox.preview import Seen
from casework.roles import Role
from casework.settings import service as settings
from casework.workflow import Refused

desk.page("complaint", "draft", "complaints.draft")
desk.page("complaint", "approve", "complaints.approve")

_NOT_WORKED = "The outcome is written while the complaint is being handled."


@bp.route("/complaints/<reference>/outcome", methods=["GET", "POST"])
@door.staff(Role.HANDLER)
def draft(reference: str) -> ResponseReturnValue:
    """Write the outcome: keep it for later, read it as the person will, or send it for approval."""
    complaint = found(reference)
    form = forms.OutcomeForm(data={"outcome": complaint.outcome}, version=complaint.version)
    then = request.form.get("then", "") if request.method == "POST" else ""
    refused = "" if request.method == "POST" else (refusal(complaint, "draft") or "")
    if request.method == "GET" and complaint.state not in WORKED:
        refused = _NOT_WORKED
    missing = [each.number for each in queries.allegations(complaint.id) if each.state == "open"]
    page = sheet("draft", form, complaint, refused=refused, missing=missing, seen=None)
    if not form.validate_on_submit():
        return page.shown()
    if then == "preview":
        seen = as_read(complaint, form.outcome.data)
        return sheet("draft", form, complaint, missing=missing, seen=seen).render()
    try:
        clashes.check(hold(complaint), form.version.data, "draft", current.actor)
        if complaint.state not in WORKED:
            raise Refused(_NOT_WORKED)
        if then == "later":
            complaint.outcome = form.outcome.data
            db.session.flush()
            cases.record(complaint, "write_outcome", current.actor)
        else:
            service.draft_outcome(complaint, form.outcome.data, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "draft", back(complaint))
    db.session.commit()
    flash("The outcome is kept. It is not sent for approval yet." if then == "later" else "It is sent for approval.")
    return back(complaint)()


@bp.route("/complaints/<reference>/approve", methods=["GET", "POST"])
@door.staff(Role.SUPERVISOR)
def approve(reference: str) -> ResponseReturnValue:
    """Read what the person will read, with the review body and its reason, and approve it."""
    complaint = found(reference)
    form = forms.ApproveForm(version=complaint.version)
    refused = "" if request.method == "POST" else (refusal(complaint, "approve") or "")
    if request.method == "GET" and complaint.state != State.DRAFTED:
        refused = "No outcome waits for approval."
    seen = as_read(complaint) if complaint.state == State.DRAFTED else []
    page = sheet("approve", form, complaint, refused=refused, seen=seen, review_of=review_of(complaint))
    if not form.validate_on_submit():
        return page.shown()
    try:
        clashes.check(hold(complaint), form.version.data, "approve", current.actor)
        cases.perform(complaint, "approve", current.actor, form.note.data or "")
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "approve", back(complaint))
    db.session.commit()
    flash("The outcome is approved. It can be sent.")
    return back(complaint)()


@bp.route("/complaints/<reference>/review-body", methods=["GET", "POST"])
@door.staff(Role.HANDLER, Role.SUPERVISOR)
def review_body(reference: str) -> ResponseReturnValue:
    """Answer the questions from which the review body follows, and see which it is and why."""
    complaint = found(reference)
    answers = dict(complaint.review_answers)
    if complaint.referred_at is not None or complaint.criteria_met_at is not None:
        answers["referred"] = True
    form = forms.ReviewBodyForm(data=answers, version=complaint.version)
    page = sheet("review_body", form, complaint, review_of=review_of(complaint))
    if not form.validate_on_submit():
        return page.shown()
    given = {key: bool(form[key].data) for key in review.QUESTIONS}
    try:
        clashes.check(hold(complaint), form.version.data, "answer_review_questions", current.actor)
        if complaint.state not in BEFORE_OUTCOME or complaint.state == State.APPROVED:
            raise Refused("The outcome is approved already: its review body stands.")
        if complaint.referred_at is not None and not given["referred"]:
            raise Refused("It was referred to the IOPC, so the answer to that question is yes.")
        service.answer_review_questions(complaint, given, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "answer_review_questions", back(complaint))
    db.session.commit()
    body = review_of(complaint)
    flash(f"The review body is {body['name']}, because {body['why']}.")
    return back(complaint)()


@bp.route("/complaints/<reference>/misdirected", methods=["GET", "POST"])
@door.staff(Role.HANDLER, Role.SUPERVISOR)
def misdirected(reference: str) -> ResponseReturnValue:
    """Leave out of the review window the days during which an application lay with the wrong body."""
    complaint = found(reference)
    form = forms.MisdirectedForm(data={"days": complaint.misdirected_days or None}, version=complaint.version)
    page = sheet("misdirected", form, complaint)
    if not form.validate_on_submit():
        return page.shown()
    try:
        clashes.check(hold(complaint), form.version.data, "exclude_days", current.actor)
        if complaint.told_on is None or complaint.recorded_on is None:
            raise Refused("There is no review window yet: it begins when the outcome was told.")
        service.exclude_misdirected(complaint, form.days.data, current.actor, form.note.data)
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "exclude_days", back(complaint))
    db.session.commit()
    flash("Those days are left out. The review window stays open until the new last day.")
    return back(complaint)()


def review_of(complaint: Complaint) -> dict[str, str]:
    """The review body as it follows from the answers, with its reason; empty while they are not given."""
    recorded = complaint.recorded_on is not None
    if recorded and not review.is_complete(complaint.review_answers):
        return {}
    body = review.body(recorded, complaint.review_answers, complaint.referred_at is not None)
    names = {review.IOPC: "the IOPC", review.LOCAL: str(settings.value("complaint.review.local")), review.NONE: "none"}
    return {"slug": body.slug, "name": names[body.slug], "why": body.why}


def as_read(complaint: Complaint, outcome: str = "") -> list[Seen]:
    """The outcome as everybody will read it who is told: the real message, of which nothing stays."""

    def take() -> Event:
        complaint.outcome = outcome or complaint.outcome
        complaint.review_body = review_of(complaint).get("slug", "")
        event = cases.record(complaint, "preview", current.actor)
        cases.tell(event, complaint, "complaint-outcome", "people")
        return event

    return preview.of(take)
