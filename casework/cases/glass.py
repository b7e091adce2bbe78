"""Breaking the glass: an administrator, who reads no cases, reads one for a reason; data protection is told at once."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from casework import references
from casework.accounts import queries as people
from casework.accounts.door import current, staff
from casework.cases import page, service
from casework.cases.models import Case
from casework.extensions import db
from casework.forms import Code, Form, Words
from casework.history import service as history
from casework.outbox import service as outbox
from casework.roles import Role

bp = Blueprint("glass", __name__)


class GlassForm(Form):
    """Which case, and why."""

    reference = Code("Reference", missing="Enter the reference of the case", what="Reference")
    reason = Words("Why do you have to read it?", rows=3, max=1000, missing="Enter the reason", what="Reason")


@bp.route("/staff/break-glass", methods=["GET", "POST"])
@staff(Role.ADMIN)
def break_glass() -> ResponseReturnValue:
    """Show one case, once, without any action. The reading is an event of the case, with its reason."""
    form = GlassForm()
    if not form.validate_on_submit():
        return render_template("cases/break_glass.html", form=form), 400 if form.is_submitted() else 200
    case = _case(form.reference.data)
    if case is None:
        form.reference.fail("There is no case with this reference")
        return render_template("cases/break_glass.html", form=form), 400
    words = "an administrator read a case in an emergency"
    event = service.record(case, "break_glass", current.actor, form.reason.data, reference=case.reference, words=words)
    history.record_access(current.actor, "break-glass", case.id)
    told = {account.id for _, account in people.holders([Role.DATA_PROTECTION], None)}
    for account_id in sorted(told):
        outbox.owe(event, "staff-alarm", f"account:{account_id}")
    db.session.commit()
    return page.render(case)


def _case(typed: str) -> Case | None:
    try:
        reference = references.read(typed)
    except references.BadReference:
        return None
    wanted = select(Case).where(Case.reference == reference)
    if not current.force_wide:
        wanted = wanted.where(Case.area_id.in_(current.area_ids))
    return db.session.scalars(wanted).one_or_none()
