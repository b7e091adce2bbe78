"""Corrects the facts of an encounter. An edit changes what it changed and nothing else, whoever edits beside it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.areas import queries as areas
from casework.cases import service as cases
from casework.clocks.london import london_time
from casework.clocks.words import long_date
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.feedback.models import Encounter, Feedback
from casework.forms.text import line, lines
from casework.triage import merging, queries, service
from casework.triage.blueprint import DESK, back, bp, case_of, in_scope, lock
from casework.triage.forms import FactsForm
from casework.triage.merging import Merge
from casework.workflow import Refused

# The facts of the page; those answered by yes, no or nothing; and what only feedback has.
_PLAIN = (
    "happened_on", "happened_at", "place", "borough_id", "receipt", "officers", "vehicle", "witnesses", "evidence",
    "relation", "community", "panel",
)  # fmt: skip
_THREE = {"searched": "unknown", "arrested": "unknown", "meets": "unsaid"}
_LONG = frozenset({"officers", "witnesses", "evidence"})
_WORDS = {True: "yes", False: "no"}


@bp.route("/cases/<reference>/facts", methods=["GET", "POST"])
@door.staff(*DESK)
def edit(reference: str) -> ResponseReturnValue:
    """Correct the facts. What a colleague changed meanwhile stays; where both changed the same, the page asks."""
    case = case_of(reference)
    stored = _stored(case)
    form = FactsForm(data={**_shown(stored), "marks": merging.write(merging.marks(stored))})
    form.offer_boroughs()
    if isinstance(case, Complaint):
        del form.meets
    if not form.validate_on_submit() or not _why(form, stored):
        return _page(case, form)
    lock(case)
    cases.lock(Encounter, case.encounter_id)
    stored = _stored(case)
    merge = merging.merge(merging.read(form.marks.data or ""), _typed(form), stored)
    if merge.clashes:
        return _ask(case, form, merge, stored)
    try:
        changed = service.edit_facts(case, merge.changes, current.actor, form.note.data or "")
    except Refused as no:
        db.session.rollback()
        form.form_errors.append(no.sentence)
        return _page(case_of(reference), form, 409)
    db.session.commit()
    flash("The facts are corrected." if changed else "Nothing was changed.")
    if in_scope(case.reference) is None:
        flash(f"{case.reference} now lies in another area, and goes on there.")
        return redirect(url_for("cases.queue"), 303)
    return back(case, "facts")()


def _stored(case: Feedback | Complaint) -> dict[str, Any]:
    """The facts as they are now; texts as a form would send them back, so that what was not touched is not a change."""
    found = {name: getattr(case.encounter, name) for name in (*_PLAIN, "searched", "arrested")}
    for name, value in found.items():
        if isinstance(value, str):
            found[name] = lines(value) if name in _LONG else line(value)
    return found | {"meets": case.meets} if isinstance(case, Feedback) else found


def _shown(stored: dict[str, Any]) -> dict[str, Any]:
    """The facts as the form shows them."""
    three = {name: _WORDS.get(stored[name], none) for name, none in _THREE.items() if name in stored}
    return {**stored, **three}


def _typed(form: FactsForm) -> dict[str, Any]:
    """What was typed, as it would be stored. A question that the page did not have is not among it."""
    found: dict[str, Any] = {}
    for name in (*_PLAIN, *_THREE):
        if name not in form:
            continue
        data = form[name].data
        if name in _THREE:
            found[name] = {"yes": True, "no": False}.get(data)
        elif name in {"happened_on", "borough_id"}:
            found[name] = data
        elif name == "community":
            found[name] = bool(data)
        else:
            found[name] = data or ""
    return found


def _why(form: FactsForm, stored: dict[str, Any]) -> bool:
    """Whether there is a reason where there must be one: nobody's dissatisfaction is set aside without."""
    if "meets" in form and form.meets.data == "no" and stored["meets"] is not False and not form.note.data:
        form.note.fail("Say why this does not meet the definition of a complaint")
        return False
    return True


def _ask(case: Feedback | Complaint, form: FactsForm, merge: Merge, stored: dict[str, Any]) -> ResponseReturnValue:
    """The page again, where both sides changed the same. Sending it once more puts the typed in place of theirs."""
    shown = merging.read(form.marks.data or "")
    for name in merge.clashes:
        event = queries.last_edit(case, name)
        who = accounts.names_of([event.account_id or 0]).get(event.account_id or 0, "") if event else ""
        at = f" at {london_time(event.at):%H:%M}" if event else ""
        form[name].fail(
            f"{who or 'Somebody'} changed this{at} to: {_in_words(name, stored[name])}. "
            "Yours stands here and is not saved. Send again to put yours in place of theirs"
        )
        shown[name] = merging.mark(stored[name])
    form.marks.raw_data = [merging.write(shown)]
    page = _page(case, form, 409)
    db.session.rollback()
    return page


def _in_words(name: str, value: Any) -> str:
    if value in (None, ""):
        return "nothing"
    if name == "borough_id":
        area = areas.by_id(value)
        return area.name if area else "nothing"
    if name == "happened_on":
        return long_date(value)
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _page(case: Feedback | Complaint, form: FactsForm, status: int = 0) -> ResponseReturnValue:
    page = render_template("triage/facts.html", case=case, form=form)
    return page, status or (400 if form.is_submitted() else 200)
