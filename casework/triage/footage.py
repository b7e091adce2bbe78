"""Footage is overwritten after some thirty days: who holds it is asked in time, and what came of it is noted."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.cases.models import Case
from casework.cases.queries import PAGE
from casework.extensions import db
from casework.feedback import queries as feedback
from casework.feedback import service
from casework.history import service as history
from casework.moments import today
from casework.triage import queries
from casework.triage import service as desk
from casework.triage.blueprint import DESK, back, bp, case_of, lock, scope
from casework.triage.parts import FOOTAGE
from casework.workflow import Refused


@bp.get("/footage")
@door.staff(*DESK)
def footage() -> ResponseReturnValue:
    """Footage that may still be lost in my areas, the soonest first."""
    after = _after(request.args.get("after", ""))
    rows = queries.footage(scope(), after)
    history.record_access(current.actor, "footage")
    db.session.commit()
    last = rows[PAGE - 1][0] if len(rows) > PAGE else None
    return render_template(
        "triage/footage.html",
        rows=rows[:PAGE],
        day=today(),
        results=FOOTAGE,
        after=after,
        next_after=f"{last.last_on.isoformat()}.{last.id}" if last else "",
    )


@bp.post("/cases/<reference>/footage/asked")
@door.staff(*DESK)
def footage_asked(reference: str) -> ResponseReturnValue:
    """Note that those who hold the footage were asked to keep it."""
    case = case_of(reference)
    try:
        desk.apart(lock(case), current.actor)
    except Refused as no:
        return _refused(case, no)
    service.ask_for_saving(case, current.actor)
    db.session.commit()
    flash(f"{case.reference}: noted that they were asked.")
    return _on(case)


@bp.post("/cases/<reference>/footage/result")
@door.staff(*DESK)
def footage_result(reference: str) -> ResponseReturnValue:
    """Note what came of it."""
    case = case_of(reference)
    try:
        desk.apart(lock(case), current.actor)
    except Refused as no:
        return _refused(case, no)
    result = request.form.get("result", "")
    kept = feedback.preservation(case.id)
    if kept is not None and not kept.result and result in FOOTAGE:
        service.note_saving(case, result, current.actor)
        db.session.commit()
        flash(f"{case.reference}: {FOOTAGE[result].lower()}.")
    elif kept is not None and kept.result and kept.result != result:
        flash(f"A colleague was faster and noted: {FOOTAGE[kept.result].lower()}. Nothing was changed.")
    else:
        flash("Choose what came of it." if result not in FOOTAGE else "This is noted already.")
    return _on(case)


def _refused(case: Case, no: Refused) -> ResponseReturnValue:
    on = _on(case)
    db.session.rollback()
    flash(no.sentence)
    return on


def _on(case: Case) -> ResponseReturnValue:
    """Back to where the button was."""
    if request.form.get("back") == "footage":
        return redirect(url_for("triage.footage"), 303)
    return back(case, "footage")()


def _after(text: str) -> tuple[date, int] | None:
    day, _, number = text.partition(".")
    try:
        found = int(number[:18])
        return date.fromisoformat(day), found
    except ValueError:
        return None
