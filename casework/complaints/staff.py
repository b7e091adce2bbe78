"""Staff pages of complaints that need more than a note: which they are, and the plain decisions among them.

Each decision is one row of the table with one form. Further pages of this blueprint stand in the modules named below;
rows that need no more than a note are served by the one generic route of the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes, desk
from casework.cases import service as cases
from casework.complaints import (
    facts,
    forms,
    staff_allegations,
    staff_contact,
    staff_delegations,
    staff_joining,
    staff_learning,
    staff_outcome,
    staff_referral,
    staff_review,
    staff_sums,
    staff_terms,
    staff_triggers,
)
from casework.complaints.blueprint import back, bp, found, hold, refusal, sheet
from casework.complaints.models import Complaint
from casework.complaints.workflow import COMPLAINT
from casework.extensions import db
from casework.roles import Role

__all__ = [
    "bp", "facts", "staff_allegations", "staff_contact", "staff_delegations", "staff_joining", "staff_learning", "staff_outcome",
    "staff_referral", "staff_review", "staff_sums", "staff_terms", "staff_triggers",
]  # fmt: skip

Given = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Choice:
    """A row of the table as a page: what is asked, what becomes of the answer, where one goes on."""

    action: str
    title: str
    form: type[clashes.Decision]
    button: str
    done: str
    given: Callable[[Any], Given]
    intro: str = ""
    on_to: str = ""
    warning: bool = False


def _note(form: Any) -> Given:
    return form.note.data or "", {}


CHOICES = (
    Choice(
        "transfer", "Transfer to another body", forms.TransferForm, "Transfer it", "It is transferred. The person is told where it went.",
        lambda form: (form.note.data or "", {"body": form.body.data}),
        "Only what is not about this force goes to another body. The person is told to which.",
    ),
    Choice(
        "record", "Record it under Schedule 3", forms.RecordForm, "Record it", "It is recorded. The person gets a copy of the record.",
        lambda form: (form.note.data or "", {"reason": form.reason.data}),
        "The person gets a copy of the record. The referral checklist for recording comes next.",
        "complaints.check",
    ),
    Choice(
        "refer", "Refer to the IOPC", forms.ReferForm, "I have referred it", "The referral is recorded.",
        lambda form: (form.note.data or "", {"prejudicial": form.prejudicial.data}),
        "Refer it first, then record it here. It has to reach the IOPC by the end of the day after the criteria were met.",
    ),
    Choice(
        "suspend", "Suspend", forms.WhyForm, "Suspend it", "It is suspended. The person is told, and it is looked at again.", _note,
        "Only while other proceedings would be prejudiced. The dates owed to the person go on running.",
    ),
    Choice(
        "allow_late_review", "Allow a late review", forms.WhyForm, "Allow it", "The review is noted.", _note,
        "The last day has passed. Say which special circumstances there are.",
    ),
    Choice(
        "act_on_review", "Recommendations acted on", forms.WhyForm, "Finish", "It is finalised. The person is told.", _note,
        "Say what was done about each recommendation of the review.",
    ),
    Choice(
        "apply_for_review", "A review was applied for", forms.ReviewAskedForm, "Record the application", "The review is noted.",
        lambda form: (form.note.data or "", {"on": form.on.data}),
        "For an application on paper, or one of which the review body told us. The day of receipt decides, not today.",
    ),
    Choice(
        "ask_to_withdraw", "Record a signed withdrawal", forms.SignedForm, "Record it", "The wish to withdraw is recorded. A supervisor decides what it means.",
        lambda form: (form.note.data or "", {"signed": form.signed.data, "on": form.on.data}),
        "It ends nothing by itself: a supervisor decides whether the public interest needs the matter to go on.",
    ),
    Choice(
        "withdraw", "Accept the withdrawal", forms.InterestForm, "Accept the withdrawal", "It is withdrawn. The person is told.",
        lambda form: (form.note.data, {"interest": form.interest.data}),
        "Tell the IOPC if it lies with them, and the review body if it is under review.", warning=True,
    ),
    Choice(
        "go_on_as_conduct", "Go on as a conduct matter", forms.WhyForm, "Go on", "It goes on. The person is told.", _note,
        "The complaint is withdrawn, and the public interest needs the conduct to be looked into.",
    ),
    Choice(
        "reopen", "Reopen", forms.WhyForm, "Reopen it", "It is open again. The person is told.", _note,
        "The results of the allegations are taken back and have to be given anew.",
    ),
)  # fmt: skip


def _serve(choice: Choice) -> None:
    """Make the page of a decision: for the roles that the table names, in the shape of every page."""
    roles = {role for row in COMPLAINT.rows if row.action == choice.action for role in row.by}

    def view(reference: str) -> ResponseReturnValue:
        complaint = found(reference)
        form = choice.form(version=complaint.version)
        refused = refusal(complaint, choice.action)
        page = sheet("decide", form, complaint, choice=choice, refused=_why_not(complaint, refused))
        if not form.validate_on_submit() or not _fits(choice, form):
            return page.shown()
        note, given = choice.given(form)
        try:
            clashes.check(hold(complaint), form.version.data, choice.action, current.actor)
            cases.perform(complaint, choice.action, current.actor, note, **given)
        except clashes.STOPS as stop:
            return page.stopped(stop, complaint, choice.action, back(complaint, choice.on_to))
        db.session.commit()
        flash(choice.done)
        return back(complaint, choice.on_to)()

    view.__doc__ = choice.title + "."
    wanted = [role for role in Role if role in roles and role in {Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR}]
    path = f"/complaints/<reference>/{choice.action.replace('_', '-')}"
    bp.add_url_rule(path, choice.action, door.staff(*wanted)(view), methods=["GET", "POST"])
    desk.page("complaint", choice.action, f"complaints.{choice.action}")


def _why_not(complaint: Complaint, refused: str | None) -> str:
    """What stands above a form that cannot be sent now. A POST says it itself, with what was typed."""
    if request.method == "POST":
        return ""
    if refused is not None:
        return refused
    return f"This is not possible now. It stands at “{COMPLAINT.states[complaint.state].staff}”."


def _fits(choice: Choice, form: Any) -> bool:
    if choice.action == "withdraw" and form.interest.data == "yes":
        form.interest.fail("Then go back and choose “Go on as a conduct matter”: it is a decision of its own")
        return False
    return True


for _choice in CHOICES:
    _serve(_choice)
desk.seldom("complaint", "transfer", "suspend", "merge", "ask_to_withdraw", "reopen", "allow_late_review")
