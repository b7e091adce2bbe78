"""How old somebody is for whom another acts, where that is not known; and who has to be asked and cannot be reached."""

from __future__ import annotations

from typing import Any

from flask import abort, flash
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes, desk, registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.feedback import growing_up
from casework.forms import DateParts, Form
from casework.parties.models import Party
from casework.triage import service
from casework.triage.blueprint import DESK, back, bp, case_of, lock
from casework.workflow import Refused


class BornForm(Form):
    """When the person concerned was born."""

    born_on = DateParts(
        "When were they born?",
        missing="Enter their date of birth",
        what="Their date of birth",
        birthday=True,
        hint="As their parent or guardian says.",
    )


@desk.part("triage/_ages.html", "feedback", "complaint", top=True)
def gap(case: Case) -> dict[str, Any]:
    """What is not known and has to be: the age of a child, or how to reach whoever has to say yes."""
    if not case.is_open:
        return {}
    people: list[Party] = case.parties
    concerned = next((each for each in people if each.part == "complainant" and each.erased_at is None), None)
    if concerned is None:
        return {}
    ageless = not concerned.acts and not concerned.born_on_text
    waiting = [each for each in people if each.part == "representative" and not each.acts and each.erased_at is None]
    unreached = concerned.acts and concerned.channel == "page" and bool(waiting)
    if not (ageless or unreached):
        return {}
    return {"person": concerned, "ageless": ageless, "works": current.role in registry.of(case).workers}


@bp.route("/cases/<reference>/born", methods=["GET", "POST"])
@door.staff(*DESK)
def born(reference: str) -> ResponseReturnValue:
    """Write down when a child was born for whom a parent acts."""
    case = case_of(reference)
    if _child(case) is None:
        abort(404)
    form = BornForm()
    page = clashes.Sheet("triage/born.html", form, case=case, person=_child(case))
    if not form.validate_on_submit():
        return page.shown()
    try:
        service.apart(lock(case), current.actor)
    except Refused as no:
        db.session.rollback()
        form.form_errors.append(no.sentence)
        return page.render(), 409
    child = _child(case)
    if child is not None:
        growing_up.note_birth(case, child, form.born_on.data, current.actor)
    db.session.commit()
    flash("The date of birth is written down.")
    return back(case, "people")()


def _child(case: Case) -> Party | None:
    """The child for whom a parent acts, whose age is not known."""
    found = cases.parties_of(case.id, "complainant")
    return next((each for each in found if not each.acts and not each.born_on_text), None)
