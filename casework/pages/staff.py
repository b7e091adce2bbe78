"""For staff: what went wrong on a page, by the number that a visitor was shown, and what people say of this website."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from casework import references
from casework.accounts.door import current, staff
from casework.extensions import db
from casework.history import service as history
from casework.pages import queries
from casework.pages.blueprint import bp
from casework.roles import Role


@bp.get("/staff/incidents")
@staff()
def incidents() -> ResponseReturnValue:
    """The newest incidents, or the one of a number."""
    asked = request.args.get("number", "").strip()[: references.LONGEST_INPUT]
    problem, found = "", None
    if asked:
        try:
            found = queries.incident(references.read(asked, {"IN"}))
            problem = "" if found else "No incident has that number. It may be over 90 days old, or only in the log."
        except references.BadReference as wrong:
            problem = str(wrong)
    before = request.args.get("before", type=int)
    rows, more = queries.incidents(before)
    return render_template("pages/incidents.html", rows=rows, more=more, asked=asked, found=found, problem=problem)


@bp.get("/staff/service-feedback")
@staff(Role.ADMIN, Role.SUPERVISOR)
def service_feedback_list() -> ResponseReturnValue:
    """What people say of this website, newest first."""
    rows, more = queries.service_feedback(request.args.get("before", type=int))
    history.record_access(current.actor, "service feedback")
    db.session.commit()
    return render_template("pages/service_feedback_list.html", rows=rows, more=more, counts=queries.satisfaction())
