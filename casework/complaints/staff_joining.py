"""Complaints that belong together: merged into one. What is only linked is linked at the triage desk."""

from __future__ import annotations

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue

from casework import references
from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes, desk, sight
from casework.cases import queries as case_queries
from casework.cases import service as cases
from casework.cases.models import Case
from casework.complaints import forms, queries
from casework.complaints.blueprint import back, bp, found, hold, refusal, sheet
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.forms import Option
from casework.roles import Role
from casework.workflow import Refused

desk.page("complaint", "merge", "complaints.merge")

_OTHER = "other"


@bp.route("/complaints/<reference>/merge", methods=["GET", "POST"])
@door.staff(Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR)
def merge(reference: str) -> ResponseReturnValue:
    """Merge into another complaint: later messages follow, the day of receipt stays, and it can be undone."""
    complaint = found(reference)
    alike = queries.alike(complaint, sight.scope())
    form = forms.MergeForm(version=complaint.version)
    form.into.choices = [_option(each) for each in alike] + [
        Option(_OTHER, "Another complaint", hint="By its reference", reveals="reference")
    ]
    page = sheet("merge", form, complaint, refused=refusal(complaint, "merge") or "")
    if not form.validate_on_submit():
        return page.shown()
    other: Case | None = None
    if form.into.data == _OTHER:
        other = _by_reference(form.reference)
    else:
        other = next((each for each in alike if str(each.id) == form.into.data), None)
    if not isinstance(other, Complaint):
        if not form.reference.errors:
            form.reference.fail("Enter the reference of a complaint in your areas")
        return page.shown()
    try:
        _hold_both(complaint, other)
        clashes.check(complaint, form.version.data, "merge", current.actor)
        if other.id == complaint.id:
            raise Refused("That is this complaint itself. Choose another one.")
        if not other.is_open:
            raise Refused(f"{other.reference} is closed. Reopen it first, or link the two.")
        cases.perform(complaint, "merge", current.actor, form.note.data or "", into=other.id)
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "merge", back(complaint))
    db.session.commit()
    flash(f"Merged into {other.reference}. This can be undone.")
    return back(other)()


def _by_reference(question: Any) -> Case | None:
    """The case that was typed, if the one who acts may see it; else what to do stands at the question."""
    try:
        canonical = references.read(question.data or "")
    except references.BadReference as wrong:
        question.fail(str(wrong))
        return None
    case = case_queries.by_reference(canonical, sight.scope())
    if case is None:
        question.fail("There is no such case in your areas. Check the reference")
    return case


def _hold_both(complaint: Complaint, other: Case) -> None:
    """Hold two cases, always in the same order, so that two people who join them the other way round do not wait for
    each other."""
    for case_id in sorted({complaint.id, other.id}):
        cases.lock(Case, case_id)
    hold(complaint)
    if isinstance(other, Complaint) and other.id != complaint.id:
        hold(other)


def _option(other: Complaint) -> Option:
    place = other.encounter.place or other.encounter.what[:80]
    return Option(str(other.id), other.reference, hint=f"Received {other.received_on:%-d %B %Y}. {place}")
