"""Written delegations of the chief officer's powers: who holds which, from when to when, by whose hand."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.complaints import delegating
from casework.complaints.blueprint import bp
from casework.complaints.models import Delegation
from casework.complaints.workflow import POWERS
from casework.extensions import db
from casework.forms import DateParts, Form, Select, Text
from casework.moments import today
from casework.roles import Role
from casework.settings import service as settings


class DelegationForm(Form):
    """A power, to whom, from when to when, by whom, and where the paper is."""

    power = Select("Which power?", choices=list(POWERS.items()), missing="Choose the power")
    account = Select("To whom?", missing="Choose to whom")
    from_on = DateParts("From which day?", missing="Enter the first day", what="The first day")
    to_on = DateParts("Until which day? (optional)", what="The last day", earliest=today)
    given_by = Text(
        "Who delegated it?", missing="Enter who delegated it", max=120, what="Who delegated it",
        hint="As the paper says, such as the Deputy Commissioner.",
    )  # fmt: skip
    paper = Text("Where is the paper?", missing="Enter where the paper is", max=200, what="Where the paper is")


@bp.route("/settings/delegations", methods=["GET", "POST"])
@door.staff(Role.ADMIN)
def delegations() -> ResponseReturnValue:
    """Every delegation, and a form for a new one."""
    form = DelegationForm()
    people = delegating.candidates(current.area_ids)
    form.account.choices = list(people.items())
    if not form.validate_on_submit() or not _in_order(form):
        return render_template(
            "complaints/delegations.html",
            form=form,
            rows=[(each, people[each.account_id]) for each in delegating.of(people)],
            powers=POWERS,
            demanded=settings.value("complaint.delegation.written"),
        ), 400 if request.method == "POST" else 200
    delegating.delegate(
        form.power.data,
        form.account.data,
        current.actor,
        from_on=form.from_on.data,
        to_on=form.to_on.data,
        given_by=form.given_by.data,
        paper=form.paper.data,
    )
    db.session.commit()
    flash("The delegation is noted.", "success")
    return redirect(url_for("complaints.delegations"), 303)


@bp.post("/settings/delegations/<int:delegation_id>/end")
@door.staff(Role.ADMIN)
def end_delegation(delegation_id: int) -> ResponseReturnValue:
    """End a delegation. Decisions that were taken under it stand."""
    if delegation_id >= 2**62:
        abort(404)
    found = db.session.get(Delegation, delegation_id, with_for_update=True)
    if found is None or found.account_id not in delegating.candidates(current.area_ids):
        abort(404)
    delegating.end(found, current.actor)
    db.session.commit()
    flash("The delegation has ended.", "success")
    return redirect(url_for("complaints.delegations"), 303)


def _in_order(form: DelegationForm) -> bool:
    if form.to_on.data and form.from_on.data and form.to_on.data < form.from_on.data:
        form.to_on.fail("The last day must not be before the first day")
        return False
    return True
