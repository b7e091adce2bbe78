"""The codes of complaint recording as the force has them: renamed, switched off, added; each change in a history."""

from __future__ import annotations

import re

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.complaints import forms, terms
from casework.complaints.blueprint import bp
from casework.extensions import db
from casework.roles import Role

KINDS = {
    "category": "Categories",
    "factor": "Factors",
    "result": "Results",
    "action": "Actions",
    "recommendation": "Recommendations of reviews",
}
# Results follow from how a complaint is handled, which is the law's: they are renamed, not added.
GROWS = frozenset({"category", "factor", "action", "recommendation"})
_SHAPES = {
    "category": (re.compile(r"[A-HJ-Z][1-9]?[0-9]?"), "A letter and a number, such as B10. The letter I is not used"),
    "other": (re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*"), "Small letters, figures and hyphens, such as strip-search"),
}


@bp.get("/settings/complaint-terms")
@door.staff(Role.ADMIN)
def all_terms() -> ResponseReturnValue:
    """Every code of every kind, with what was changed here."""
    tables = [(kind, title, terms.everything(kind)) for kind, title in KINDS.items()]
    return render_template("complaints/terms.html", tables=tables, grows=GROWS)


@bp.route("/settings/complaint-terms/<kind>/<code>", methods=["GET", "POST"])
@door.staff(Role.ADMIN)
def term(kind: str, code: str) -> ResponseReturnValue:
    """Rename a code, or say that it can no longer be chosen. What was recorded with it stays."""
    row = next((each for each in terms.everything(kind) if each.code == code), None) if kind in KINDS else None
    if row is None:
        abort(404)
    form = forms.TermForm(data={"name": row.name, "active": row.active, "was": row.mark})
    if not form.validate_on_submit():
        return render_template("complaints/term.html", form=form, kind=KINDS[kind], row=row), _status()
    terms.lock()
    now_ = next(each for each in terms.everything(kind) if each.code == code)
    if form.was.data != now_.mark:
        db.session.rollback()
        form.form_errors.append(
            "Somebody changed this just now. Nothing of yours was saved. Compare, and send it again."
        )
        form.was.raw_data = [now_.mark]
        return render_template("complaints/term.html", form=form, kind=KINDS[kind], row=now_), 409
    terms.change(kind, code, form.name.data, form.active.data and not row.legacy, current.actor, form.why.data)
    db.session.commit()
    flash(f"{code} is changed.", "success")
    return redirect(url_for("complaints.all_terms", _anchor=kind), 303)


@bp.route("/settings/complaint-terms/<kind>/add", methods=["GET", "POST"])
@door.staff(Role.ADMIN)
def add_term(kind: str) -> ResponseReturnValue:
    """Add a code."""
    if kind not in GROWS:
        abort(404)
    shape, example = _SHAPES.get(kind, _SHAPES["other"])
    form = forms.NewTermForm()
    form.code.hint = example + "."
    good = form.validate_on_submit()
    if good and not shape.fullmatch(form.code.data):
        form.code.fail(f"{example}")
        good = False
    if good:
        terms.lock()
        if form.code.data in terms.names(kind):
            form.code.fail("There is such a code already. Change it instead")
            good = False
    if not good:
        db.session.rollback()
        return render_template("complaints/term_new.html", form=form, kind=KINDS[kind]), _status()
    terms.change(kind, form.code.data, form.name.data, True, current.actor, form.why.data)
    db.session.commit()
    flash(f"{form.code.data} is added.", "success")
    return redirect(url_for("complaints.all_terms", _anchor=kind), 303)


def _status() -> int:
    return 400 if request.method == "POST" else 200
