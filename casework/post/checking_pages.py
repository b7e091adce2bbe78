"""What of its letter stays open on a case, and the page on which what one person keyed is checked beside the paper."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts.door import current, staff
from casework.cases import desk as case_desk
from casework.cases import reading, registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.staff import case_or_404
from casework.extensions import db
from casework.post import checking, measures, pictures
from casework.post.desk import bp, shown
from casework.post.workflow import OPENS
from casework.roles import Role
from casework.workflow import Refused

CHECKERS = (Role.TRIAGE, Role.HANDLER, Role.COORDINATOR, Role.SUPERVISOR)
reading.recorded(bp)


@case_desk.part("post/_keyed.html", *OPENS)
def keyed(case: Case) -> dict[str, Any]:
    """What of the letter of a case stays open, and whether somebody has to look at it again."""
    letters = checking.of(case) if case.channel == "post" else []
    if not letters:
        return {}
    labels = measures.labels()
    named = [(labels.get(name, name), why) for each in letters for name, why in each.open.items()]
    return {
        "open": named,
        "check": any(each.alone and not each.checked for each in letters),
        "works": current.role in registry.of(case).workers and current.role in CHECKERS,
    }


@bp.get("/check/<reference>")
@staff(*CHECKERS)
def check(reference: str) -> ResponseReturnValue:
    """What one person keyed of what matters, beside the paper."""
    case = _case(reference)
    found = checking.to_check(case)
    if found is None:
        return redirect(url_for("cases.show", reference=case.reference), 303)
    item, fields = found
    return render_template("post/check.html", case=case, item=item, fields=fields, pages=pictures.of(item))


@bp.post("/check/<reference>")
@staff(*CHECKERS)
def save_check(reference: str) -> ResponseReturnValue:
    """Note what is right. What is not is corrected on the case, by the pages that correct it."""
    case = _case(reference)
    cases.lock(type(case), case.id)
    try:
        wrong = checking.check(case, request.form.getlist("wrong"), current.actor)
    except Refused as refused:
        flash(refused.sentence, "warning")
        return redirect(url_for("cases.show", reference=case.reference), 303)
    where = url_for("cases.show", reference=case.reference)
    db.session.commit()
    if wrong:
        labels = measures.labels()
        flash("Now correct on the case: " + ", ".join(labels.get(name, name) for name in wrong) + ".", "warning")
    else:
        flash("It is checked.", "success")
    return redirect(where, 303)


@bp.get("/check/<reference>/pages/<int:page_id>")
@staff(*CHECKERS)
def checked_picture(reference: str, page_id: int) -> Response:
    """The picture of a page of the letter that is being checked."""
    case = _case(reference)
    found = checking.to_check(case)
    if found is None:
        abort(404)
    return shown(found[0], page_id)


def _case(reference: str) -> Case:
    case = case_or_404(reference)
    if current.role not in registry.of(case).workers:
        abort(404)
    reading.shows(case)
    return case
