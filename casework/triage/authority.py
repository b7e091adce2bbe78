"""The yes or no of the person concerned to somebody acting for them, where it came on paper or by word of mouth."""

from __future__ import annotations

from flask import abort, flash
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes
from casework.cases import service as cases
from casework.extensions import db
from casework.feedback import service as feedback
from casework.triage import service
from casework.triage.blueprint import DESK, back, bp, case_of
from casework.triage.forms import AuthorityForm
from casework.workflow import Refused


@bp.route("/cases/<reference>/authority", methods=["GET", "POST"])
@door.staff(*DESK)
def authority(reference: str) -> ResponseReturnValue:
    """Record whether somebody may act for the person concerned, as that person told us."""
    case = case_of(reference)
    others = list(cases.parties_of(case.id, "representative"))
    person = next(iter(cases.parties_of(case.id, "complainant")), None)
    if not others or person is None:
        abort(404)
    form = AuthorityForm()
    page = clashes.Sheet("triage/authority.html", form, case=case, person=person, others=others)
    if not form.validate_on_submit():
        return page.shown()
    try:
        feedback.hold_family(case)
        service.apart(case, current.actor)
        for other in others:
            db.session.refresh(other)
        if any(other.acts != form.answer.data for other in others):
            feedback.agree_to_representative(case, person, form.answer.data, current.actor, how=form.how.data)
    except Refused as no:
        db.session.rollback()
        form.form_errors.append(no.sentence)
        return page.render(), 409
    db.session.commit()
    flash("They may act. They are told." if form.answer.data else "They may not act. They are told no more than that.")
    return back(case, "people")()
