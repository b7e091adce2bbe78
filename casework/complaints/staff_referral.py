"""The mandatory referral checklist, on one screen: at logging, at recording, and whenever something more is alleged.

The test is what is alleged. Nothing here asks whether it is believed.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, request
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.cases import clashes, desk
from casework.cases import service as cases
from casework.complaints import forms, queries, referral, service
from casework.complaints.blueprint import back, bp, found, hold, once, sheet
from casework.complaints.models import Complaint, ReferralCheck
from casework.complaints.workflow import BEFORE_OUTCOME, State
from casework.extensions import db
from casework.forms import Option
from casework.roles import Role
from casework.workflow import Refused

NONE = "none"
STAGE_WORDS = {"log": "at logging", "record": "at recording", "allegation": "for a new allegation"}

desk.page("complaint", "log", "complaints.check")


@dataclass(frozen=True)
class Standing:
    """How the checklist of a complaint stands: what was answered last, at which stage it is due, whether it is due."""

    last: ReferralCheck | None
    who: str
    stage: str
    due: bool
    alleged: tuple[str, ...]


@bp.route("/complaints/<reference>/checklist", methods=["GET", "POST"])
@door.staff(Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR)
def check(reference: str) -> ResponseReturnValue:
    """Answer the checklist. At logging, a complaint without a yes is logged with the same press."""
    complaint = found(reference)
    stands = standing(complaint)
    form = forms.ChecklistForm(seen=queries.head(complaint), data={"alleged": _ticked(stands.last)})
    form.alleged.choices = [Option(q.key, q.words, hint=q.hint) for q in referral.QUESTIONS]
    none = request.method == "POST" and request.form.get("then") == NONE
    if none:
        form.alleged.process_data([])
        form.alleged.raw_data, form.alleged.missing = [], ""
    page = sheet("checklist", form, complaint, stands=stands, stage_words=STAGE_WORDS, before=set(_ticked(stands.last)))
    if not form.validate_on_submit():
        return page.shown()
    answers = {key: key in (form.alleged.data or []) for key in referral.BY_KEY}
    try:
        once(hold(complaint), form.seen.data, "check_referral")
        _may_answer(complaint, answers, form.note.data or "")
        service.check_referral(complaint, answers, current.actor, stage=stands.stage, note=form.note.data or "")
        logged = complaint.state == State.RECEIVED
        if logged:
            cases.perform(complaint, "log", current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "check_referral", back(complaint))
    db.session.commit()
    flash(_done(answers, logged))
    return back(complaint)()


def standing(complaint: Complaint, checks: list[ReferralCheck] | None = None) -> Standing:
    """How the checklist stands now, for the page of the checklist and of the case."""
    checks = queries.checks(complaint.id) if checks is None else checks
    newest = queries.last_number(complaint.id)
    last = checks[0] if checks else None
    covered = last is not None and last.covers >= newest
    if complaint.state == State.RECEIVED:
        stage, due = "log", not covered
    elif complaint.recorded_on is not None:
        answered = any(each.stage != "log" and each.covers >= newest for each in checks)
        stage, due = ("allegation" if any(e.stage == "record" for e in checks) else "record"), not answered
    else:
        stage, due = "allegation", not covered
    who = accounts.names_of([last.account_id]).get(last.account_id, "") if last and last.account_id else ""
    alleged = tuple(referral.BY_KEY[key].words for key in _ticked(last) if key in referral.BY_KEY)
    return Standing(last, who, stage, due and complaint.state in BEFORE_OUTCOME, alleged)


def _may_answer(complaint: Complaint, answers: dict[str, bool], note: str) -> None:
    """What may not be answered silently, or not any more, judged by the checklist as it stands now."""
    if complaint.state not in BEFORE_OUTCOME:
        raise Refused("The complaint was answered or closed already, so the checklist is not asked any more.")
    if not queries.last_number(complaint.id):
        raise Refused("Add at least one allegation first: the checklist asks about what is alleged.")
    checks = queries.checks(complaint.id)
    before = set(_ticked(checks[0])) if checks else set()
    gone = [key for key in referral.BY_KEY if key in before and not answers[key]]
    if gone and not note.strip():
        raise Refused(f"Say why it is not alleged any more: {'; '.join(referral.BY_KEY[key].words for key in gone)}.")
    if any(referral.BY_KEY[key].refers for key in gone) and current.role != Role.SUPERVISOR:
        raise Refused("A yes that has to be referred is taken back by a supervisor only.")


def _ticked(last: ReferralCheck | None) -> list[str]:
    return [key for key, yes in last.answers.items() if yes] if last else []


def _done(answers: dict[str, bool], logged: bool) -> str:
    if referral.must_refer(answers):
        return "Kept. It is recorded and must be referred to the IOPC by the end of tomorrow."
    if referral.must_record(answers):
        return "Kept. What is alleged must be recorded under Schedule 3."
    return "None of these is alleged. The complaint is logged." if logged else "Kept."
