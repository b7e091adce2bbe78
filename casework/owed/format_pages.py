"""The list of what is to be made in another format, and one of them."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.extensions import db
from casework.history import service as history
from casework.outbox.messages import MESSAGES
from casework.owed import formats
from casework.owed.blueprint import DESK, bp, scope
from casework.owed.forms import FormatForm
from casework.parties import needs


@bp.get("/letters/formats", endpoint="formats")
@door.staff(*DESK)
def waiting() -> ResponseReturnValue:
    """Messages to be given in another format, the most pressing first."""
    rows = formats.waiting(scope())
    history.record_access(current.actor, "formats")
    db.session.commit()
    return render_template("owed/formats.html", rows=rows, names=needs.FORMATS, words=MESSAGES)


@bp.route("/letters/formats/<int:task_id>", methods=["GET", "POST"], endpoint="format")
@door.staff(*DESK)
def one(task_id: int) -> ResponseReturnValue:
    """One message in one format: what it says, for whom; and how and when it was given."""
    form = FormatForm()
    found = formats.one(task_id, scope(), lock=request.method == "POST")
    if found is None:
        abort(404)
    task, owed, case = found
    if not form.validate_on_submit() or task.done_on is not None:
        if request.method == "GET":
            history.record_access(current.actor, "format", case.id)
            db.session.commit()
        person = next((each for each in case.parties if f"party:{each.id}" == owed.part), None)
        page = render_template(
            "owed/format.html",
            task=task,
            case=case,
            person=person,
            needs=needs.in_words(person) if person else [],
            said=formats.said(owed.id),
            form=form,
            names=needs.FORMATS,
        )
        return page, 200 if request.method == "GET" else 400 if task.done_on is None else 409
    formats.done(task, owed, case, form.on.data, form.how.data, current.actor)
    db.session.commit()
    flash(f"{case.reference}: noted.")
    return redirect(url_for("owed.formats"), 303)
