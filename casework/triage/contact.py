"""Calls, visits and letters by which somebody tried to reach the person of a case: written down when they were made."""

from __future__ import annotations

from flask import flash
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes
from casework.clocks import london
from casework.extensions import db
from casework.moments import now, today
from casework.triage import facts, queries, service
from casework.triage.blueprint import DESK, back, bp, case_of, lock
from casework.triage.forms import TryForm
from casework.workflow import Refused


@bp.route("/cases/<reference>/contact", methods=["GET", "POST"])
@door.staff(*DESK)
def contact(reference: str) -> ResponseReturnValue:
    """Write down a try at reaching the person."""
    case = case_of(reference)
    made = queries.tries(case.id)
    # The number of tries is what this page shows: a second press of its button finds one more.
    form = TryForm(version=len(made), on=today())
    values = {"made": made, "counted": queries.counted([each for each, _ in made]), "people": facts.people_of(case)}
    page = clashes.Sheet("triage/contact.html", form, case=case, **values)
    if not form.validate_on_submit():
        return page.shown()
    at = london.at(form.on.data, form.time.data)
    if at > now():
        form.time.fail("The time must not be in the future")
        return page.shown()
    lock(case)
    now_made = queries.tries(case.id)
    if form.version.data != str(len(now_made)):
        if now_made and now_made[0][0].account_id == current.account.id and now_made[0][0].at == at:
            return back(case, "tries")()
        form.version.raw_data = [str(len(now_made))]
        form.form_errors.append("Somebody has just written down a try too. Look at it below, then send yours again.")
        values |= {"made": now_made, "counted": queries.counted([each for each, _ in now_made])}
        return clashes.Sheet("triage/contact.html", form, case=case, **values).render(), 409
    given = {"how": form.how.data, "result": form.result.data, "words": form.words.data or "", "made_at": at}
    try:
        service.log_try(case, current.actor, **given)
    except Refused as no:
        db.session.rollback()
        form.form_errors.append(no.sentence)
        return page.render(), 409
    service.claim_if_free(case, current.actor)
    db.session.commit()
    flash("The try is written down.")
    return back(case, "tries")()
