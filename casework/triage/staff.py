"""The pages of the triage desk: what something is, what was said of it, where it belongs."""

from __future__ import annotations

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes, desk
from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.feedback import service as feedback
from casework.feedback.models import Feedback
from casework.feedback.workflow import SORTS
from casework.forms import Asked
from casework.triage import ages, authority, contact, details, editing, footage, replies, service, taking, texts
from casework.triage.blueprint import DESK, back, bp, case_of, feedback_of, hold, home, in_scope, lock
from casework.triage.forms import LinkForm, OtherForm, RedirectForm, SortForm, SplitForm
from casework.triage.queries import people_differ

__all__ = ["ages", "authority", "bp", "contact", "details", "editing", "footage", "replies", "taking", "texts"]

for _action, _page in {"take_up": "take_up", "retype": "retype", "redirect": "redirect_case", "merge": "merge"}.items():
    desk.page("feedback", _action, f"triage.{_page}")
desk.seldom("feedback", "retype", "redirect", "discard", "merge", "withdraw")


@bp.route("/feedback/<reference>/take-up", methods=["GET", "POST"])
@door.staff(*DESK)
def take_up(reference: str) -> ResponseReturnValue:
    """Say what it is and take it on."""
    return _sort(feedback_of(reference), "take_up", "Sort it and take it on")


@bp.route("/feedback/<reference>/sort", methods=["GET", "POST"])
@door.staff(*DESK)
def retype(reference: str) -> ResponseReturnValue:
    """Say that it is something else. The day of receipt stays."""
    return _sort(feedback_of(reference), "retype", "Sort it differently")


@bp.route("/feedback/<reference>/redirect", methods=["GET", "POST"])
@door.staff(*DESK)
def redirect_case(reference: str) -> ResponseReturnValue:
    """Pass it to another body, and tell the person to which."""
    case = feedback_of(reference)
    form = RedirectForm(version=case.version)
    page = clashes.Sheet("triage/redirect.html", form, case=case)
    if not form.validate_on_submit():
        return page.shown()
    try:
        clashes.check(lock(case), form.version.data, "redirect", current.actor)
        case.redirected_to = form.body.data
        cases.perform(case, "redirect", current.actor, form.note.data or "", body=form.body.data)
    except clashes.STOPS as stop:
        return page.stopped(stop, case, "redirect", back(case))
    db.session.commit()
    flash(f"{case.reference}: passed to another body.")
    return back(case)()


@bp.route("/feedback/<reference>/merge", methods=["GET", "POST"])
@door.staff(*DESK)
def merge(reference: str) -> ResponseReturnValue:
    """Answer it together with another case. What the person writes later is shown in both; it can be undone."""
    case = feedback_of(reference)
    form = OtherForm(version=case.version)
    page = clashes.Sheet("triage/merge.html", form, case=case)
    other = _other(form.into.data, case, form.into) if form.validate_on_submit() else None
    if other is not None and other.kind not in {"feedback", "complaint"}:
        form.into.fail("Feedback can be merged into feedback or a complaint. Link the two instead")
    if other is not None and not form.sure.data and people_differ(case, other):
        form.sure.fail("Nothing shows that both are of the same person. Look at both, then tick this or link them")
    if other is None or form.problems():
        return page.shown()
    try:
        hold(case, other)
        clashes.check(case, form.version.data, "merge", current.actor)
        service.merge(case, other, current.actor, form.note.data or "")
    except clashes.STOPS as stop:
        return page.stopped(stop, case, "merge", back(case))
    db.session.commit()
    flash(f"{case.reference}: merged into {other.reference}.")
    return back(other)()


@bp.route("/cases/<reference>/link", methods=["GET", "POST"])
@door.staff(*DESK)
def link(reference: str) -> ResponseReturnValue:
    """Note that another case belongs with this one. Both stay as they are."""
    case = case_of(reference)
    form = LinkForm()
    page = clashes.Sheet("triage/link.html", form, case=case)
    other = _other(form.other.data, case, form.other) if form.validate_on_submit() else None
    if other is None:
        return page.shown()
    hold(case, other)
    feedback.link(case, other, "linked", current.actor)
    db.session.commit()
    flash(f"Linked with {other.reference}.")
    return back(case, "links")()


@bp.route("/cases/<reference>/split", methods=["GET", "POST"])
@door.staff(*DESK)
def split(reference: str) -> ResponseReturnValue:
    """Open a second case for what else the person says, with the same encounter, people and day of receipt."""
    case = case_of(reference)
    form = SplitForm(version=case.version)
    page = clashes.Sheet("triage/split.html", form, case=case)
    if not form.validate_on_submit():
        return page.shown()
    try:
        clashes.check(lock(case), form.version.data, "link", current.actor)
        other = service.split(case, form.sort.data, current.actor, form.note.data)
        service.claim_if_free(other, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, case, "link", back(case, "links"))
    db.session.commit()
    flash(f"{other.reference} is open. It has the same day of receipt.")
    return redirect(home(other), 303)


def _sort(case: Feedback, action: str, title: str) -> ResponseReturnValue:
    form = SortForm(version=case.version, sort=case.sort or None)
    page = clashes.Sheet("triage/sort.html", form, case=case, title=title)
    if not form.validate_on_submit():
        return page.shown()
    try:
        clashes.check(lock(case), form.version.data, action, current.actor)
        cases.perform(case, action, current.actor, form.note.data or "", sort=form.sort.data)
        service.claim_if_free(case, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, case, action, back(case))
    db.session.commit()
    flash(f"{case.reference}: {SORTS[case.sort].lower()}.")
    return back(case)()


def _other(typed: str, case: Case, field: Asked) -> Case | None:
    """Another case in scope, by its reference; an error at the question where there is none."""
    other = in_scope(typed)
    if other is None:
        field.fail("There is no case with this reference in your areas. Check it")
    elif other.id == case.id:
        field.fail("This is the reference of the case itself")
        return None
    return other
