"""What was pointed out to those who look at patterns, and that somebody looked at it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.areas import queries as areas
from casework.cases import sight
from casework.cases.models import Case
from casework.complaints import forms, queries, triggers
from casework.complaints.blueprint import bp
from casework.complaints.models import Trigger
from casework.extensions import db
from casework.history import service as history
from casework.roles import Role


@bp.route("/triggers", methods=["GET", "POST"])
@door.staff(Role.SUPERVISOR)
def pointed_out() -> ResponseReturnValue:
    """What nobody has looked at yet in my areas, and what was looked at last."""
    form = forms.LookedAtForm()
    if request.method == "GET":
        history.record_access(current.actor, "triggers")
        db.session.commit()
        return _page(form, 0)
    row = queries.trigger_within(request.form.get("trigger", ""), sight.scope())
    if row is None:
        abort(404)
    trigger, case = row
    number = trigger.id
    if not form.validate():
        return _page(form, number), 400
    db.session.refresh(trigger, with_for_update=True)
    if trigger.looked_at is None:
        triggers.look_at(trigger, case, form.note.data, current.actor)
        db.session.commit()
    elif trigger.looked_by != current.account.id:
        who = accounts.names_of([trigger.looked_by or 0]).get(trigger.looked_by or 0, "Somebody")
        db.session.rollback()
        form.form_errors.append(f"{who} was faster and has looked at it. Your note was not saved.")
        return _page(form, number), 409
    flash(f"{case.reference}: looked at.")
    return redirect(url_for("complaints.pointed_out"), 303)


def _page(form: forms.LookedAtForm, at: int) -> str:
    """The page; `at` is the row to which the form that was sent belongs."""
    new = queries.triggers_within(sight.scope())
    seen = queries.triggers_within(sight.scope(), looked_at=True)[:25]
    names = accounts.names_of(row.looked_by for row, _ in seen if row.looked_by)
    return render_template(
        "complaints/triggers.html",
        form=form, at=at, new=_of_now(new, at), seen=seen, names=names, why=triggers.WHY,
        area_names={area.id: area.name for area in areas.everything()},
    )  # fmt: skip


def _of_now(rows: list[tuple[Trigger, Case]], at: int) -> list[tuple[Trigger, Case]]:
    """The rows, with the one that was written about first: its words stand there again."""
    return sorted(rows, key=lambda row: row[0].id != at)
