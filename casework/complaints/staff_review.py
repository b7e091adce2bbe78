"""What a review recommended, written down with our answer to it."""

from __future__ import annotations

from flask import flash
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.cases import clashes
from casework.complaints import forms, recommending, terms
from casework.complaints.blueprint import Entry, back, bp, found, hold, once, queries, sheet
from casework.extensions import db
from casework.forms import Option, Radios, Select, Words
from casework.roles import Role
from casework.workflow import Refused


class RecommendationForm(Entry):
    """A recommendation, whether we accept it, and what follows."""

    kind = Select("What did the review recommend?", missing="Choose what it recommended")
    words = Words("In which words?", missing="Enter what it recommended", max=2000, rows=3, what="What it recommended",
                  hint="Name nobody: it may be published.")  # fmt: skip
    accepted = Radios("Do we accept it?", missing="Choose whether we accept it", choices=[
        Option("yes", "Yes", reveals=("change", "who", "by_on")), Option("no", "No"),
    ])  # fmt: skip
    why = Words("Why?", missing="Say why", max=2000, rows=3, count=False, what="The reason")
    change = forms.LearnForm.change
    who = forms.LearnForm.who
    by_on = forms.LearnForm.by_on


@bp.route("/complaints/<reference>/recommendation", methods=["GET", "POST"])
@door.staff(Role.SUPERVISOR)
def recommendation(reference: str) -> ResponseReturnValue:
    """Write down what a review recommended, and what we say to it."""
    complaint = found(reference)
    form = RecommendationForm(seen=queries.head(complaint))
    form.kind.choices = list(terms.offered("recommendation").items())
    reviewed = recommending.were_reviewed(complaint)
    refused = "" if reviewed else "No review of this complaint has come to a result yet."
    page = sheet("recommendation", form, complaint, kept=recommending.of(complaint.id), refused=refused)
    if not form.validate_on_submit():
        return page.shown()
    try:
        once(hold(complaint), form.seen.data, "recommend")
        if not reviewed:
            raise Refused(refused)
        recommending.recommend(
            complaint,
            current.actor,
            kind=form.kind.data,
            words=form.words.data,
            accepted=form.accepted.data == "yes",
            why=form.why.data,
            change=form.change.data or "",
            who=form.who.data or "",
            by_on=form.by_on.data,
        )
    except clashes.STOPS as stop:
        return page.stopped(stop, complaint, "recommend", back(complaint))
    db.session.commit()
    flash("The recommendation is written down.")
    return back(complaint)()
