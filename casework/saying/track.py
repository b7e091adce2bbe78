"""What one can do on the tracking page of feedback and complaints: write, answer, choose, withdraw, ask for review."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, redirect, render_template, request, url_for

from casework.accounts import throttle
from casework.cases import service as cases
from casework.cases.models import Case
from casework.complaints.models import Complaint
from casework.exchanges import files
from casework.extensions import db
from casework.feedback import service as feedback
from casework.feedback.models import Feedback
from casework.forms import Form, with_files
from casework.parties.models import Party
from casework.saying import progress, track_service
from casework.saying.track_forms import (
    AnswerForm,
    AuthorityForm,
    OfferForm,
    PanelForm,
    ReviewForm,
    TakeBackForm,
    UnnamedTakeBackForm,
    WriteForm,
)
from casework.tracking import entry
from casework.tracking.public import bp
from casework.tracking.visits import ask, in_case, nothing_to_do, thanks

# So much one person writes at most: enough for anybody who is upset, too little to bury a desk.
MOST_WRITING = throttle.Limits(((10, 600), (40, 86400)))


def by_the_person(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page of somebody's own feedback or complaint, for those who may act in it."""

    @in_case(Feedback, Complaint)
    @wraps(view)
    def opened(case: Any, party: Party, **kwargs: Any) -> Any:
        return view(case, party, **kwargs) if party.acts else nothing_to_do()

    return opened


@bp.route("/track/case/write", methods=["GET", "POST"])
@with_files
@by_the_person
def write(case: Case, party: Party) -> Any:
    """Write to us and add files, at any time."""
    if "answer" in progress.may(case, party):
        return redirect(url_for("track.reply"))
    return _written(case, party, WriteForm(), "saying/write.html", track_service.write, "We have your message.")


@bp.route("/track/case/reply", methods=["GET", "POST"])
@with_files
@by_the_person
def reply(case: Case, party: Party) -> Any:
    """Answer our question."""
    asked = progress.question(case)
    if asked is None or "answer" not in progress.may(case, party):
        return nothing_to_do()
    return _written(
        case, party, AnswerForm(), "saying/reply.html", track_service.answer, "We have your answer.", question=asked
    )


@bp.route("/track/case/complaint", methods=["GET", "POST"])
@by_the_person
def offered(case: Feedback, party: Party) -> Any:
    """Say yes or no to the complaint route that we offered."""
    form = OfferForm()
    if "accept_complaint" not in progress.may(case, party):
        return nothing_to_do()
    if not form.validate_on_submit():
        return ask("saying/offered.html", form, case)
    action = "accept_complaint" if form.answer.data else "decline_complaint"
    _take(case, action, party)
    return thanks("We handle it as a complaint." if form.answer.data else "We go on with our answer to you.")


@bp.route("/track/case/record", methods=["GET", "POST"])
@by_the_person
def record(case: Case, party: Party) -> Any:
    """Ask for a complaint to be recorded: nobody has to give a reason."""
    open_now = progress.may(case, party)
    action = next((each for each in progress.RECORD if each in open_now), "")
    if not action:
        return nothing_to_do()
    if request.method == "GET":
        return render_template("saying/record.html", case=case, action=action)
    _take(case, action, party)
    return thanks("Your complaint is recorded." if action != "ask_complaint" else "We handle it as a complaint.")


@bp.route("/track/case/take-back", methods=["GET", "POST"])
@by_the_person
def take_back(case: Any, party: Party) -> Any:
    """Take feedback back, or withdraw a complaint by a signed notification."""
    open_now = progress.may(case, party)
    if isinstance(case, Complaint):
        if "ask_to_withdraw" not in open_now:
            return nothing_to_do()
        form: Form = UnnamedTakeBackForm() if case.anonymous else TakeBackForm()
        if not form.validate_on_submit():
            return ask("saying/withdraw_complaint.html", form, case)
        signature = form.name.data if isinstance(form, TakeBackForm) else ""
        _take(case, "ask_to_withdraw", party, signature, signed="online")
        return thanks("We have your notice. We write to you about what happens now.")
    if "withdraw" not in open_now:
        return nothing_to_do()
    if request.method == "GET":
        return render_template("saying/take_back.html", case=case)
    _take(case, "withdraw", party)
    return thanks("You have taken it back.")


@bp.route("/track/case/review", methods=["GET", "POST"])
@by_the_person
def review(case: Any, party: Party) -> Any:
    """Where a review can be asked for and until when; an application through us is passed on."""
    if "apply_for_review" not in progress.may(case, party):
        return nothing_to_do()
    form = ReviewForm()
    if not form.validate_on_submit():
        return ask("saying/review.html", form, case, reviewer=progress.reviewer(case))
    cases.lock(type(case), case.id)
    track_service.apply_for_review(case, form.words.data, entry.actor(party))
    db.session.commit()
    return thanks("We have your application for a review and pass it on.")


@bp.route("/track/case/panel", methods=["GET", "POST"])
@by_the_person
def panel(case: Any, party: Party) -> Any:
    """Ask for, or object to, a review of the encounter by a panel of citizens."""
    form = PanelForm() if request.method == "POST" else PanelForm(data={"answer": case.encounter.panel or None})
    if not form.validate_on_submit():
        return ask("saying/panel.html", form, case)
    cases.lock(type(case), case.id)
    track_service.say_panel(case, form.answer.data, entry.actor(party))
    db.session.commit()
    return thanks("We have noted it.")


@bp.route("/track/case/authority", methods=["GET", "POST"])
@by_the_person
def authority(case: Any, party: Party) -> Any:
    """The person concerned says whether somebody may act for them, and may say otherwise later."""
    others = list(cases.parties_of(case.id, "representative"))
    if not others or party.part != "complainant":
        return nothing_to_do()
    form = AuthorityForm()
    if not form.validate_on_submit():
        return ask("saying/authority.html", form, case, others=others)
    feedback.hold_family(case)
    feedback.agree_to_representative(case, party, form.answer.data, entry.actor(party))
    db.session.commit()
    return thanks("They may act for you." if form.answer.data else "We tell them nothing about it.")


@bp.get("/track/case/messages/<int:sent_id>")
@by_the_person
def sent_message(case: Case, party: Party, sent_id: int) -> Any:
    """A message as it was sent to this person, also while it was feedback."""
    origin = getattr(case, "came_from_id", None)
    for _, kept in progress.sent(case, party, db.session.get(Case, origin) if origin else None):
        if kept is not None and kept.id == sent_id:
            return render_template("tracking/message.html", case=case, sent=kept)
    abort(404)


def _written(
    case: Any, party: Party, form: WriteForm, template: str, then: Callable[..., Any], done: str, **more: Any
) -> Any:
    """The page of words with files. Good files are kept whatever else is wrong, and go with the words in the end."""
    good = form.validate_on_submit()
    added = progress.own_files(case, party, form.added_ids()) if form.is_submitted() else []
    if form.is_submitted() and form.files.data:
        added += files.keep_all(form.files, entry.actor(party), case_id=case.id, anonymous=case.anonymous)
        db.session.commit()
        good = good and not form.files.errors
    if good and throttle.take("write", str(party.id), MOST_WRITING):
        form.words.fail("You have written to us many times in a short while. Wait some minutes, then send it again.")
        good = False
    if not good:
        return ask(template, form, case, added=added, hint=files.hint(), note=_note(case), **more)
    cases.lock(type(case), case.id)
    then(case, form.words.data, tuple(each.id for each in added), entry.actor(party))
    db.session.commit()
    return thanks(f"Thank you. {done}")


def _note(case: Any) -> str:
    return files.ANONYMOUS_NOTE if case.anonymous else ""


def _take(case: Any, action: str, party: Party, note: str = "", **facts: Any) -> None:
    cases.lock(type(case), case.id)
    cases.perform(case, action, entry.actor(party), note, **facts)
    db.session.commit()
