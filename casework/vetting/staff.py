"""The vetting unit's pages: its queue, a person's checks, the result. Nobody else opens them; opening is recorded.

They show neither the reason for applying nor feedback nor equality answers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework import references
from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.areas import queries as areas
from casework.cases import clashes, desk
from casework.cases import queries as case_queries
from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.forms import Form, Option
from casework.history import service as history
from casework.moments import today
from casework.parties import service as parties
from casework.roles import Role
from casework.vetting import findings, queries, service
from casework.vetting.forms import AnswerForm, CheckForm, QuestionForm, ResultForm
from casework.vetting.models import Clearance, VettingCheck
from casework.vetting.workflow import CHECK, CONDITIONS, KINDS, VETTING, State

bp = Blueprint("vetting", __name__, url_prefix="/staff/vetting")

# How the checks went on the way to the result is for the unit alone; that the applicant was asked, the desk may know.
desk.leave_out(*(f"check.{action}" for action in CHECK.words if action not in {"ask", "answer"}))
desk.leave_out("vetting.refer", "vetting.reopen")

# A clearance that runs out this soon is pointed out.
ALERT = timedelta(days=30)
# What each result means, beside its button.
_MEANS = {
    "refer": "Somebody who has not worked on this person decides. Do this for anything that is not plainly clear.",
    "clear": "Nothing stands against a ride.",
    "bar": "The applicant is not told why.",
    "give_up": "The applicant is told only that we could not complete our checks.",
    "report_change": "Something new came up. Offers and bookings are taken back and the checks are made again.",
}


@bp.get("")
@door.staff(Role.VETTING_OFFICER)
def queue() -> ResponseReturnValue:
    """Open vettings in my areas by due date, in groups."""
    state = request.args.get("state", "")
    after = _after(request.args.get("after", ""))
    rows = queries.queue(current.area_ids, current.force_wide, after, state)
    shown, more = rows[: queries.PAGE], rows[queries.PAGE :]
    last = shown[-1][0] if more else None
    day = today()
    alert = queries.running_out(current.area_ids, current.force_wide, day, day + ALERT)
    return render_template(
        "vetting/queue.html",
        rows=[(case_queries.group_of(each.due_on or day, day), each, case) for each, case in shown],
        state=state if state in queries.OPEN else "",
        after=after,
        next_after=f"{(last.due_on or day).isoformat()}.{last.id}" if last else "",
        running_out=len(alert),
        areas=areas.by_id,
        vetting=VETTING,
        check=CHECK,
        kinds=KINDS,
        open_states=queries.OPEN,
    )


@bp.get("/running-out")
@door.staff(Role.VETTING_OFFICER)
def running_out() -> ResponseReturnValue:
    """Clearances that run out within 30 days."""
    day = today()
    rows = queries.running_out(current.area_ids, current.force_wide, day, day + ALERT)
    return render_template(
        "vetting/running_out.html", rows=rows, areas=areas.by_id, conditions=CONDITIONS, until=day + ALERT
    )


@bp.get("/<reference>")
@door.staff(Role.VETTING_OFFICER)
def person(reference: str) -> ResponseReturnValue:
    """One person: what they declared, their checks, the result. Opening it is recorded."""
    clearance, case = _found(reference)
    history.record_access(current.actor, "vetting", case.id)
    db.session.commit()
    return _page(clearance, case)


@bp.post("/<reference>/checks/<int:check_id>/<any(begin, clear, find, give_up):action>")
@door.staff(Role.VETTING_OFFICER)
def act(reference: str, check_id: int, action: str) -> ResponseReturnValue:
    """Begin one check, or give its result."""
    clearance, case, check = _found_check(reference, check_id)
    form = CheckForm(prefix=f"check-{check.id}-")
    if not form.validate() or (action == "find" and not form.detail.data):
        if action == "find" and not form.detail.errors:
            form.detail.fail("Enter what was found")
        return _page(clearance, case, checks={check.id: form}), 400
    try:
        _lock(case, check)
        clashes.check(check, form.version.data, action, current.actor)
        service.finish_check(check, action, current.actor, detail=form.detail.data)
    except clashes.STOPS as stop:
        return clashes.stopped(
            stop, check, action, form, lambda: _page(clearance, case, checks={check.id: form}), _back(case)
        )
    db.session.commit()
    flash(f"{KINDS.get(check.kind, check.kind)}: {CHECK.words[action]}.")
    return _back(case)()


@bp.route("/<reference>/checks/<int:check_id>/ask", methods=["GET", "POST"])
@door.staff(Role.VETTING_OFFICER)
def ask(reference: str, check_id: int) -> ResponseReturnValue:
    """Ask the applicant something. Question and answer stay in this room."""
    _, case, check = _found_check(reference, check_id)
    form = QuestionForm(version=check.version)
    return _words_page("vetting/ask.html", form, case, check, "ask", service.ask, "The question is on its way.")


@bp.route("/<reference>/checks/<int:check_id>/answer", methods=["GET", "POST"])
@door.staff(Role.VETTING_OFFICER)
def answer(reference: str, check_id: int) -> ResponseReturnValue:
    """Record an answer that came by telephone or post."""
    _, case, check = _found_check(reference, check_id)
    form = AnswerForm(version=check.version)
    return _words_page("vetting/answer.html", form, case, check, "answer", service.answer, "The answer is recorded.")


@bp.post("/<reference>/result")
@door.staff(Role.VETTING_OFFICER)
def conclude(reference: str) -> ResponseReturnValue:
    """Give the result of a person's vetting, or pass it to a second person."""
    clearance, case = _found(reference)
    form = _result_form(clearance)
    if not form.validate() or not _reasons_given(clearance, form):
        return _page(clearance, case, result=form), 400
    action = form.action.data
    try:
        _lock(case, clearance)
        clashes.check(clearance, form.version.data, action, current.actor)
        conditions = tuple(form.conditions.data or ())
        service.conclude(clearance, action, current.actor, detail=form.detail.data, conditions=conditions)
    except clashes.STOPS as stop:
        return clashes.stopped(stop, clearance, action, form, lambda: _page(clearance, case, result=form), _back(case))
    db.session.commit()
    flash(f"{case.reference}: {VETTING.words[action]}.")
    return redirect(url_for("vetting.queue"), 303)


def _words_page(
    template: str, form: QuestionForm | AnswerForm, case: Case, check: VettingCheck, action: str, verb: Any, done: str
) -> ResponseReturnValue:
    """The page of a question or an answer."""

    def show() -> str:
        return render_template(
            template, form=form, case=case, check=check, kinds=KINDS, question=service.open_question(case.id)
        )

    if not form.validate_on_submit():
        return show(), 200 if request.method == "GET" else 400
    try:
        _lock(case, check)
        clashes.check(check, form.version.data, action, current.actor)
        verb(check, form.words.data, current.actor)
    except clashes.STOPS as stop:
        return clashes.stopped(stop, check, action, form, show, _back(case))
    db.session.commit()
    flash(done)
    return _back(case)()


def _page(
    clearance: Clearance, case: Case, *, checks: dict[int, CheckForm] | None = None, result: ResultForm | None = None
) -> str:
    """The page of a person, with the form that was sent as it was sent."""
    sent: Form | None = result or next(iter((checks or {}).values()), None)
    made = {each.id: CheckForm.fresh(each.version, prefix=f"check-{each.id}-") for each in clearance.checks}
    offers = cases.open_to(clearance, current.actor)
    applicant = case.applicant
    notes = {each.id: findings.read(each.detail) for each in clearance.checks}
    reasons = findings.read(clearance.detail)
    by = {note.by for each in [*notes.values(), reasons] for note in each if note.by}
    return render_template(
        "vetting/person.html",
        form=sent,
        clearance=clearance,
        case=case,
        area=areas.by_id(case.area_id),
        person=applicant,
        born_on=parties.born_on(applicant) if applicant else None,
        declaration=queries.declaration(case.id),
        checks=[
            (each, (made | (checks or {}))[each.id], cases.open_to(each, current.actor)) for each in clearance.checks
        ],
        notes=notes,
        reasons=reasons,
        names=accounts.names_of(by),
        questions=queries.questions(case.id),
        result=result or _result_form(clearance, fresh=True),
        refused=[each for each in offers if each.refused],
        can_conclude=any(not each.refused for each in offers),
        vetting=VETTING,
        check_table=CHECK,
        kinds=KINDS,
        conditions=CONDITIONS,
    )


def _result_form(clearance: Clearance, fresh: bool = False) -> ResultForm:
    """The form of the result, with what is open to this person now."""
    form = ResultForm.fresh(clearance.version, prefix="result-") if fresh else ResultForm(prefix="result-")
    form.action.choices = [
        Option(
            each.row.action,
            each.row.button,
            hint=_MEANS.get(each.row.action, ""),
            reveals=("conditions",) if each.row.action == "clear_with_conditions" else (),
        )
        for each in cases.open_to(clearance, current.actor)
        if not each.refused or (not fresh and form.action.raw_data == [each.row.action])
    ]
    return form


def _reasons_given(clearance: Clearance, form: ResultForm) -> bool:
    """Only a plainly clear result needs no words."""
    if form.detail.data or (form.action.data == "clear" and clearance.state == State.OPEN):
        return True
    form.detail.fail("Enter your reasons")
    return False


def _found(reference: str) -> tuple[Clearance, Case]:
    try:
        found = queries.person(references.read(reference), current.area_ids, current.force_wide)
    except references.BadReference:
        abort(404)
    if found is None:
        abort(404)
    return found


def _found_check(reference: str, check_id: int) -> tuple[Clearance, Case, VettingCheck]:
    clearance, case = _found(reference)
    check = next((each for each in clearance.checks if each.id == check_id), None)
    if check is None:
        abort(404)
    return clearance, case, check


def _lock(case: Case, row: Clearance | VettingCheck) -> None:
    cases.lock(Case, case.id)
    cases.lock(type(row), row.id)


def _back(case: Case) -> Callable[[], ResponseReturnValue]:
    reference = case.reference
    return lambda: redirect(url_for("vetting.person", reference=reference), 303)


def _after(text: str) -> tuple[date, int] | None:
    day, _, number = text.partition(".")
    try:
        return date.fromisoformat(day), int(number[:18])
    except ValueError:
        return None
