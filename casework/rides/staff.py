"""Staff pages of an application that need more than a note: what is asked of the applicant, and what they say by phone.

Further pages of this blueprint: refusing and holding (`deciding`), places (`placing`), the person (`people`), the
scheme of a BCU (`schemes`), and the host's day (`hosting`, under the schedule's address).
"""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from casework import references
from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes, desk, sight
from casework.cases import queries as case_queries
from casework.cases import service as cases
from casework.extensions import db
from casework.rides import deciding, hosting, people, placing, queries, schemes, service
from casework.rides.blueprint import back, bp, found, lock
from casework.rides.models import Ride
from casework.rides.staff_forms import (
    AnswerForForm,
    FeedbackForForm,
    KeyInForm,
    NextPartForForm,
    QuestionForm,
    ReadyForForm,
)
from casework.rides.workflow import State
from casework.roles import Role
from casework.vetting import service as vetting
from casework.workflow import Refused

__all__ = ["bp", "deciding", "hosting", "people", "placing", "schemes"]
# In which states what may be keyed in.
_WANTED = {
    "answer": {State.WAITING},
    "next_part": {State.SUBMITTED, State.WAITING},
    "get_ready": {State.APPROVED, State.OFFERED, State.BOOKED},
    "feed_back": {State.DONE},
}

for _action in ("ask", "answer", "refuse"):
    desk.page("ride", _action, f"rides_staff.{_action}")
# What only follows: the step of the booking or of the checks stands in the history already.
FOLLOWS = ("offer", "book", "go_without", "lose_place", "finish", "conclude")
desk.leave_out(*(f"ride.{action}" for action in FOLLOWS))


@bp.route("/rides/key-in", methods=["GET", "POST"])
@door.staff(Role.CLERK)
def key_in() -> ResponseReturnValue:
    """What came by telephone or post, for a clerk, who sees no cases: a reference leads to the page that is wanted."""
    form = KeyInForm()
    page = clashes.Sheet("rides/staff_key_in.html", form)
    if not form.validate_on_submit():
        return page.shown()
    try:
        reference = references.read(form.reference.data)
    except references.BadReference as wrong:
        form.reference.fail(str(wrong))
        return page.shown()
    case = case_queries.by_reference(reference, sight.scope(every_kind=True))
    if not isinstance(case, Ride) or case.state not in _WANTED[form.what.data]:
        form.reference.fail(
            "Nothing of this kind is wanted for this reference in your areas. Check both, or ask the coordinator"
        )
        return page.shown()
    return redirect(url_for(f"rides_staff.{form.what.data}", reference=case.reference), 303)


@bp.route("/rides/<reference>/ask", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR)
def ask(reference: str) -> ResponseReturnValue:
    """Ask the applicant a question. The answer comes back on the case."""
    ride = found(reference)
    form = QuestionForm(version=ride.version)
    page = clashes.Sheet("rides/staff_ask.html", form, ride=ride)
    if not form.validate_on_submit():
        return page.shown()
    try:
        clashes.check(lock(ride), form.version.data, "ask", current.actor)
        service.ask(ride, form.words.data, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, ride, "ask", back(ride))
    db.session.commit()
    flash("The question is on its way.")
    return back(ride)()


@bp.route("/rides/<reference>/answer", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR, Role.CLERK)
def answer(reference: str) -> ResponseReturnValue:
    """Record the answer that came by telephone or post."""
    ride = found(reference)
    form = AnswerForForm(version=ride.version)
    page = clashes.Sheet("rides/staff_answer.html", form, ride=ride, question=queries.open_question(ride.id))
    if not form.validate_on_submit():
        return page.shown()
    try:
        clashes.check(lock(ride), form.version.data, "answer", current.actor)
        service.answer(ride, form.words.data, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, ride, "answer", back(ride))
    db.session.commit()
    flash("The answer is recorded.")
    return back(ride)()


@bp.route("/rides/<reference>/next-part", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR, Role.CLERK)
def next_part(reference: str) -> ResponseReturnValue:
    """Key in the part before checks. It goes to the vetting unit and is not shown here again."""
    ride = found(reference)
    _only_when_wanted(ride, "next_part")
    form = NextPartForForm(version=ride.version)
    page = clashes.Sheet("rides/staff_next_part.html", form, ride=ride)
    if not form.validate_on_submit():
        return page.shown()
    try:
        clashes.check(lock(ride), form.version.data, "provide", current.actor)
        _still_wanted(ride, "next_part")
        if ride.wants == "part":
            service.give_next_part(ride, current.actor, **form.declared())
        else:
            vetting.declare(ride.id, **form.declared())
            cases.record(ride, "declare", current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, ride, "provide", back(ride))
    db.session.commit()
    flash("The next part is recorded.")
    return back(ride)()


@bp.route("/rides/<reference>/readiness", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR, Role.CLERK)
def get_ready(reference: str) -> ResponseReturnValue:
    """Key in the part before a booking. Giving it again replaces it."""
    ride = found(reference)
    _only_when_wanted(ride, "get_ready")
    form = ReadyForForm(version=ride.version, near=(ride.area_id or 0, *ride.wishes))
    page = clashes.Sheet("rides/staff_get_ready.html", form, ride=ride)
    if not form.validate_on_submit():
        return page.shown()
    part = service.Ready(
        contact_name=form.contact_name.data,
        contact_relation=form.contact_relation.data,
        contact_phone=form.contact_phone.data,
        health=form.health.data or "",
        adjustments=form.adjustments.data or "",
        avoid=tuple(int(each) for each in form.avoid.data or ()),
        id_kind=form.id_kind.data,
        armour=form.armour.data or "",
    )
    try:
        clashes.check(lock(ride), form.version.data, "get_ready", current.actor)
        _still_wanted(ride, "get_ready")
        service.get_ready(ride, part, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, ride, "get_ready", back(ride))
    db.session.commit()
    flash("The part before a booking is recorded.")
    return back(ride)()


@bp.route("/rides/<reference>/feedback", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR, Role.CLERK)
def feed_back(reference: str) -> ResponseReturnValue:
    """Key in the rider's feedback. The application is closed with it."""
    ride = found(reference)
    _only_when_wanted(ride, "feed_back")
    form = FeedbackForForm(version=ride.version)
    page = clashes.Sheet("rides/staff_feed_back.html", form, ride=ride)
    if not form.validate_on_submit():
        return page.shown()
    try:
        clashes.check(lock(ride), form.version.data, "feed_back", current.actor)
        _still_wanted(ride, "feed_back")
        service.give_feedback(ride, form.answers(), form.words(), current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, ride, "feed_back", back(ride))
    db.session.commit()
    flash("The feedback is recorded.")
    return back(ride)()


def _only_when_wanted(ride: Ride, what: str) -> None:
    """No page where nothing of this kind is wanted. A POST goes on to the clash: what was typed is not lost."""
    if request.method == "GET" and ride.state not in _WANTED[what]:
        abort(404)


def _still_wanted(ride: Ride, what: str) -> None:
    if ride.state not in _WANTED[what]:
        raise Refused("This is not wanted for this application now.")
