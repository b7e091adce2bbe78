"""Allegations: added, corrected, whom they are about, their results."""

from __future__ import annotations

from flask import abort, flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.accounts.models import Account
from casework.cases import clashes
from casework.cases import service as cases
from casework.complaints import forms, queries, service, terms
from casework.complaints.blueprint import back, bp, found, hold, once, sheet
from casework.complaints.models import Allegation, Complaint
from casework.complaints.workflow import BEFORE_OUTCOME, WORKED, State
from casework.extensions import db
from casework.forms import Option
from casework.roles import Role
from casework.workflow import Refused

# Until the outcome is written, things may be added to what it answers.
CHANGEABLE = frozenset(BEFORE_OUTCOME) - {State.DRAFTED, State.APPROVED}
HANDLED_BY_THEM = "This person handles the complaint. Give it to somebody else first, then name them here."
_LATE = "The outcome is written already. Send it back to the handler first."


@bp.route("/complaints/<reference>/allegations/add", methods=["GET", "POST"])
@door.staff(Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR)
def allege(reference: str) -> ResponseReturnValue:
    """Add an allegation. The referral checklist comes next."""
    complaint = found(reference)
    form = forms.AllegationForm(seen=queries.head(complaint))
    _offer(form)
    page = sheet("allegation", form, complaint, allegation=None)
    if not form.validate_on_submit():
        return page.shown()
    try:
        once(hold(complaint), form.seen.data, "allege")
        _still(complaint)
        added = service.allege(complaint, form.words.data, current.actor, form.category.data)
        added.factors = form.factors.data or []
        db.session.flush()
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "allege", back(complaint, "complaints.check"))
    db.session.commit()
    flash(f"Allegation {added.number} is added. Answer the checklist for it.")
    return back(complaint, "complaints.check")()


@bp.route("/complaints/<reference>/allegations/<int:number>/edit", methods=["GET", "POST"])
@door.staff(Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR)
def edit_allegation(reference: str, number: int) -> ResponseReturnValue:
    """Correct an allegation. What stood there before stays in the history."""
    complaint, allegation = _allegation(reference, number)
    start = {"words": allegation.words, "category": allegation.category or None, "factors": allegation.factors}
    form = forms.EditAllegationForm(data=start, version=allegation.version)
    _offer(form, allegation.category)
    page = sheet("allegation", form, complaint, allegation=allegation)
    if not form.validate_on_submit():
        return page.shown()
    try:
        hold(complaint)
        clashes.check(_lock(allegation), form.version.data, "edit", current.actor)
        _still(complaint)
        service.correct_allegation(
            allegation,
            current.actor,
            words=form.words.data,
            category=form.category.data,
            factors=form.factors.data or [],
        )
    except clashes.STOPS as stop:
        return page.stopped(stop, allegation, "edit", back(complaint))
    db.session.commit()
    flash(f"Allegation {number} is corrected.")
    return back(complaint)()


@bp.route("/complaints/<reference>/allegations/<int:number>/subject", methods=["GET", "POST"])
@door.staff(Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR)
def name_subject(reference: str, number: int) -> ResponseReturnValue:
    """Say whom an allegation is about: somebody of the staff list, a name or number, or a description."""
    complaint, allegation = _allegation(reference, number)
    words = " ".join(request.values.get("q", "").replace("\x00", "").split())[:80]
    matches = accounts.people(None, words)[:15] if words else []
    form = forms.SubjectForm(seen=queries.head(complaint))
    form.account.choices = [_person(each) for each in matches] + [Option("", "None of these", alone=True)]
    page = sheet("subject", form, complaint, allegation=allegation, words=words, matches=matches)
    if not form.validate_on_submit() or not _somebody(form):
        return page.shown()
    chosen = next((each for each in matches if str(each.id) == form.account.data), None)
    try:
        once(hold(complaint), form.seen.data, "name_subject")
        if chosen is not None and chosen.id == complaint.assigned_to:
            raise Refused(HANDLED_BY_THEM)
        service.name_subject(
            allegation,
            current.actor,
            account_id=chosen.id if chosen else None,
            name=form.name.data or (chosen.name if chosen else ""),
            number=form.number.data or "",
            rank=form.rank.data or "",
            team=form.team.data or (chosen.team if chosen else ""),
            description=form.description.data or "",
        )
        db.session.commit()
    except IntegrityError:
        # The database has the last word, also where the complaint was given away a moment ago.
        return page.stopped(Refused(HANDLED_BY_THEM), complaint, "name_subject", back(complaint))
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "name_subject", back(complaint))
    flash(f"Added to allegation {number}.")
    return back(complaint)()


@bp.route("/complaints/<reference>/allegations/<int:number>/result", methods=["GET", "POST"])
@door.staff(Role.HANDLER, Role.SUPERVISOR)
def resolve(reference: str, number: int) -> ResponseReturnValue:
    """Record the result of an allegation: of those that fit how the complaint is handled."""
    complaint, allegation = _allegation(reference, number)
    start = {"result": allegation.result or None, "words": allegation.result_words, "actions": allegation.actions}
    form = forms.ResultForm(data=start, version=allegation.version)
    form.result.choices = list(terms.results_for(complaint.route, complaint.special_procedures).items())
    form.actions.choices = [Option(c, n, alone=c == "none") for c, n in terms.offered("action").items()]
    early = "" if complaint.state in WORKED else "A result belongs to a complaint that is being handled."
    page = sheet("result", form, complaint, allegation=allegation, refused=early if request.method == "GET" else "")
    if not form.validate_on_submit():
        return page.shown()
    try:
        hold(complaint)
        clashes.check(_lock(allegation), form.version.data, "resolve", current.actor)
        if complaint.state not in WORKED:
            raise Refused(early or "It is not being handled any more. Look at it as it is now.")
        if allegation.state == "answered":
            cases.perform(allegation, "reconsider", current.actor)
        service.resolve(allegation, form.result.data, form.words.data, form.actions.data, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, allegation, "resolve", back(complaint))
    db.session.commit()
    flash(f"The result of allegation {number} is recorded.")
    return back(complaint)()


@bp.route("/complaints/<reference>/allegations/<int:number>/drop", methods=["GET", "POST"])
@door.staff(Role.SUPERVISOR)
def drop(reference: str, number: int) -> ResponseReturnValue:
    """The person took this allegation back, and the public interest does not need it."""
    complaint, allegation = _allegation(reference, number)
    form = forms.WhyForm(version=allegation.version)
    page = sheet("drop", form, complaint, allegation=allegation)
    if not form.validate_on_submit():
        return page.shown()
    try:
        hold(complaint)
        clashes.check(_lock(allegation), form.version.data, "drop", current.actor)
        _still(complaint)
        cases.perform(allegation, "drop", current.actor, form.note.data)
    except clashes.STOPS as stop:
        return page.stopped(stop, allegation, "drop", back(complaint))
    db.session.commit()
    flash(f"Allegation {number} is withdrawn.")
    return back(complaint)()


def _allegation(reference: str, number: int) -> tuple[Complaint, Allegation]:
    complaint = found(reference)
    allegation = queries.allegation(complaint.id, number)
    if allegation is None:
        abort(404)
    return complaint, allegation


def _lock(allegation: Allegation) -> Allegation:
    held: Allegation = cases.lock(Allegation, allegation.id)
    return held


def _still(complaint: Complaint) -> None:
    if complaint.state not in CHANGEABLE:
        raise Refused(_LATE if complaint.state in BEFORE_OUTCOME else "The complaint was answered or closed already.")


def _offer(form: forms.AllegationForm | forms.EditAllegationForm, kept: str = "") -> None:
    """What may be chosen now, and what was chosen when it still could be."""
    offered = terms.offered("category")
    if kept and kept not in offered:
        offered = {kept: terms.names("category").get(kept, kept)} | offered
    form.category.choices = [(code, f"{code}  {name}") for code, name in offered.items()]
    form.factors.choices = list(terms.offered("factor").items())


def _person(account: Account) -> Option:
    return Option(str(account.id), account.name, hint=account.team)


def _somebody(form: forms.SubjectForm) -> bool:
    given = (form.account.data, form.name.data, form.number.data, form.description.data)
    if any(given):
        return True
    form.name.fail("Choose somebody, or give a name, a number or a description")
    return False
