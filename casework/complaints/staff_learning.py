"""What was learned from complaints: recorded in a case, done by a unit by a day, published without persons."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes, sight
from casework.cases import service as cases
from casework.cases.models import Case
from casework.complaints import forms, queries, service
from casework.complaints.blueprint import back, bp, found, hold, once, sheet
from casework.extensions import db
from casework.history import service as history
from casework.roles import Role


@bp.route("/complaints/<reference>/learning", methods=["GET", "POST"])
@door.staff(Role.HANDLER, Role.SUPERVISOR)
def learn(reference: str) -> ResponseReturnValue:
    """Record what was learned from a complaint, and which unit does what by when."""
    complaint = found(reference)
    form = forms.LearnForm(seen=queries.head(complaint))
    page = sheet("learn", form, complaint, kept=queries.learnings(complaint.id))
    if not form.validate_on_submit():
        return page.shown()
    try:
        once(hold(complaint), form.seen.data, "learn")
        service.learn(
            complaint,
            current.actor,
            what=form.what.data,
            change=form.change.data,
            who=form.who.data,
            by_on=form.by_on.data,
        )
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "learn", back(complaint))
    db.session.commit()
    flash("Kept. A supervisor decides whether it is published.")
    return back(complaint)()


@bp.get("/learning")
@door.staff(Role.HANDLER, Role.SUPERVISOR)
def learnings() -> ResponseReturnValue:
    """Everything that was learned in my areas: what is late first."""
    rows = queries.learnings_within(sight.scope())
    history.record_access(current.actor, "learning")
    db.session.commit()
    return render_template("complaints/learnings.html", rows=rows)


@bp.route("/learning/<int:learning_id>", methods=["GET", "POST"])
@door.staff(Role.SUPERVISOR)
def learning(learning_id: int) -> ResponseReturnValue:
    """Word it so that nobody can be recognised, publish it, say when it was done and how one can see that."""
    kept = queries.learning_within(learning_id, sight.scope())
    if kept is None:
        abort(404)
    case = db.session.get(Case, kept.case_id) if kept.case_id else None
    start = {
        "what": kept.what, "change": kept.change, "who": kept.who, "done_on": kept.done_on, "evidence": kept.evidence,
        "published": kept.published, "was": service.mark_of(kept),
    }  # fmt: skip
    form = forms.LearningForm(data=start)
    if not form.validate_on_submit() or not _fits(form):
        status = 400 if request.method == "POST" else 200
        return render_template("complaints/learning.html", form=form, kept=kept, case=case), status
    if case is not None:
        cases.lock(Case, case.id)
    db.session.refresh(kept, with_for_update=True)
    if form.was.data != service.mark_of(kept):
        db.session.rollback()
        form.form_errors.append(
            "Somebody changed this just now. Nothing of yours was saved. Compare, and send it again."
        )
        form.was.raw_data = [service.mark_of(kept)]
        return render_template("complaints/learning.html", form=form, kept=kept, case=case), 409
    service.revise_learning(
        kept, case, current.actor,
        what=form.what.data, change=form.change.data, who=form.who.data, done_on=form.done_on.data,
        evidence=form.evidence.data or "", published=form.published.data,
    )  # fmt: skip
    db.session.commit()
    flash("Kept, and shown under “What changed”." if form.published.data else "Kept. It is not published.")
    return redirect(url_for("complaints.learnings"), 303)


def _fits(form: forms.LearningForm) -> bool:
    if form.published.data and not form.nameless.data:
        form.nameless.fail("Read it once more and confirm that it names nobody")
    if form.done_on.data and not form.evidence.data:
        form.evidence.fail("Write how people can see that it was done")
    return not form.errors
