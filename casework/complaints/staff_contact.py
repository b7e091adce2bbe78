"""What passes between us and the person while a complaint lives: tries at contact, progress, delay; and footage."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, request
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes, desk, preview
from casework.clocks import london
from casework.complaints import effects, forms, queries, service
from casework.complaints.blueprint import back, bp, found, hold, once, refusal, sheet
from casework.complaints.models import Complaint
from casework.complaints.workflow import BEFORE_OUTCOME, State
from casework.extensions import db
from casework.feedback import service as feedback
from casework.moments import now
from casework.roles import Role
from casework.workflow import Refused

desk.page("complaint", "contact", "complaints.contact")


@bp.route("/complaints/<reference>/try", methods=["GET", "POST"])
@door.staff(Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR)
def try_contact(reference: str) -> ResponseReturnValue:
    """Write down a try at reaching the person. Where we spoke, that is the first contact."""
    complaint = found(reference)
    moment = london.london_time(now())
    form = forms.TryForm(seen=queries.head(complaint), data={"on": moment.date(), "at": moment.time()})
    page = sheet("try", form, complaint, tries=queries.tries(complaint.id), how=forms.HOW, came=forms.CAME)
    if not form.validate_on_submit() or not _told_what(form):
        return page.shown()
    made_at = london.at(form.on.data, form.at.data)
    if made_at > now() + timedelta(minutes=1):
        form.at.fail("The time must not be in the future")
        return page.shown()
    try:
        once(hold(complaint), form.seen.data, "try_contact")
        if not complaint.is_open:
            raise Refused("The complaint is closed.")
        service.try_contact(
            complaint,
            current.actor,
            how=form.how.data,
            result=form.result.data,
            words=form.words.data or "",
            made_at=made_at,
        )
        # Speaking with the person is the contact: nobody has to say so twice.
        spoke = form.result.data == "spoke" and complaint.contacted_on is None
        first = spoke and refusal(complaint, "contact") == ""
        if first:
            service.contact(complaint, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "try_contact", back(complaint))
    db.session.commit()
    flash("Written down. The first contact is made." if first else "The try is written down.")
    return back(complaint)()


@bp.route("/complaints/<reference>/contact", methods=["GET", "POST"])
@door.staff(Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR)
def contact(reference: str) -> ResponseReturnValue:
    """Record the first contact: we spoke with the person, or three tries at different times and a letter failed."""
    complaint = found(reference)
    form = forms.ContactForm(version=complaint.version)
    tries = queries.tries(complaint.id)
    page = sheet("contact", form, complaint, tries=tries, how=forms.HOW, came=forms.CAME, wanted=effects.TRIES)
    if not form.validate_on_submit():
        return page.shown()
    try:
        clashes.check(hold(complaint), form.version.data, "contact", current.actor)
        service.contact(complaint, current.actor, note=form.note.data or "")
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "contact", back(complaint))
    db.session.commit()
    flash("The first contact is recorded.")
    return back(complaint)()


@bp.route("/complaints/<reference>/update", methods=["GET", "POST"])
@door.staff(Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR)
def update(reference: str) -> ResponseReturnValue:
    """Tell the person how it stands. Only its delivery meets the duty; what they read is shown before it goes."""
    complaint = found(reference)
    form = forms.UpdateForm(seen=queries.head(complaint))
    wants = request.method == "POST" and request.form.get("then") == "preview"
    page = sheet("update", form, complaint, seen=None, people=feedback.from_case_people(complaint.id))
    if not form.validate_on_submit():
        return page.shown()
    if wants:
        seen = preview.of(lambda: service.update(complaint, form.words.data, current.actor))
        return sheet("update", form, complaint, seen=seen, people=feedback.from_case_people(complaint.id)).render()
    try:
        once(hold(complaint), form.seen.data, "update")
        _tellable(complaint)
        service.update(complaint, form.words.data, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "update", back(complaint))
    db.session.commit()
    flash("The update is on its way. The duty is met once it is delivered.")
    return back(complaint)()


@bp.route("/complaints/<reference>/delay", methods=["GET", "POST"])
@door.staff(Role.HANDLER, Role.SUPERVISOR)
def report(reference: str) -> ResponseReturnValue:
    """Note that the local policing body and the IOPC were told of the delay, and tell the person."""
    complaint = found(reference)
    form = forms.DelayForm(seen=queries.head(complaint))
    page = sheet("delay", form, complaint)
    if not form.validate_on_submit():
        return page.shown()
    try:
        once(hold(complaint), form.seen.data, "report")
        _tellable(complaint)
        if complaint.recorded_on is None:
            raise Refused("A delay is reported for what was recorded under Schedule 3.")
        service.report_delay(complaint, form.words.data, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "report", back(complaint))
    db.session.commit()
    flash("The report is recorded, and the person is told.")
    return back(complaint)()


def _told_what(form: forms.TryForm) -> bool:
    if form.result.data == "spoke" and not form.words.data:
        form.words.fail("Write what was said, and how they want it handled")
        return False
    return True


def _tellable(complaint: Complaint) -> None:
    """Whether there is anybody to tell, here: what was merged goes on in the other case."""
    if complaint.state == State.MERGED:
        raise Refused("This was merged into another complaint just now. Write there: your words are kept below.")
    if complaint.state not in BEFORE_OUTCOME and not complaint.is_open:
        raise Refused("The complaint is closed. Reopen it, or answer by a message of its own.")
