"""The pages on which anybody says how an encounter went. Nothing typed is lost, and one draft makes one case."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from casework.accounts.door import public
from casework.cases import service as cases
from casework.cases.models import Draft
from casework.drafting import answers
from casework.drafting import service as drafts
from casework.drafting.journey import Page, typed
from casework.exchanges import files
from casework.extensions import db, limiter
from casework.forms import Form, with_files
from casework.moments import now
from casework.parties import secrets
from casework.rides import service as rides
from casework.roles import Actor, Role
from casework.saying import draft as said
from casework.saying import service
from casework.saying.draft import JOURNEY
from casework.saying.questions import EqualityForm, EvidenceForm, SaveForm, is_anonymous
from casework.settings import service as settings
from casework.tracking import entry as tracking

bp = Blueprint("saying", __name__)

PUBLIC = Actor(Role.PUBLIC)
# How long a form that was sent twice still leads whoever sent it to their confirmation.
TWICE = timedelta(minutes=10)


@bp.app_context_processor
def words() -> dict[str, Any]:
    """What any page can say on which abuse may be spoken of: `exit_url()`."""
    return {"exit_url": exit_url}


def exit_url() -> str:
    """Where "Exit this page" leads."""
    url = str(settings.value("exit.url"))
    return url if url.startswith("https://") else str(settings.BY_KEY["exit.url"].default)


@bp.get("/feedback")
@public
def start() -> str:
    """Before anything is asked: who reads it, what becomes of it, how to stay anonymous."""
    return _start("feedback")


@bp.get("/complaints")
@public
def complain() -> str:
    """The other door to the same form: for those who know that they want to complain."""
    return _start("complaint")


@bp.get("/feedback/say")
@public
def go_on() -> Response:
    """On to where somebody left off."""
    draft = JOURNEY.unsent()
    kept = typed(draft)
    following = next((page for page in JOURNEY.path(kept) if page.slug not in kept), None)
    return redirect(url_for("saying.page", slug=following.slug) if following else url_for("saying.check"))


@bp.get("/feedback/say/<slug>")
@public
def page(slug: str) -> str | Response:
    """One page of the form, with what was typed before."""
    asked = _page(slug)
    kept = typed(JOURNEY.unsent())
    if asked not in JOURNEY.path(kept):
        return redirect(url_for("saying.go_on"))
    if slug == "want" and request.args.get("door") == "complaint":
        return _show(asked, asked.form(formdata=None, data={"want": "complaint"}))
    form = asked.form.again(kept[slug]) if slug in kept else asked.form(formdata=None)
    if request.args.get("from") == "missing":
        form = asked.form.again(kept.get(slug))
        form.validate()
    return _show(asked, form)


@bp.post("/feedback/say/<slug>")
@public
@limiter.limit("300/hour")
def answer(slug: str) -> str | Response | tuple[str, int]:
    """Keep a page's answers and go on; a wrong answer stays on the page with what to do about it."""
    asked = _page(slug)
    form = asked.form()
    if request.form.get("then") == "later":
        JOURNEY.keep(asked, form)
        db.session.commit()
        return redirect(url_for("saying.save"))
    if not form.validate_on_submit():
        return _show(asked, form), 400
    draft = JOURNEY.keep(asked, form)
    db.session.commit()
    return _onwards(asked, draft)


@bp.post("/feedback/say/evidence")
@with_files
@public
@limiter.limit("60/hour")
def add_evidence() -> str | Response | tuple[str, int]:
    """The page with files. Good files are kept at once, whatever else is wrong; one can be taken back."""
    asked = _page("evidence")
    form = EvidenceForm()
    good, then = form.validate_on_submit(), request.form.get("then", "")
    draft = JOURNEY.keep(asked, form) if good or form.files.data or then else JOURNEY.unsent()
    if draft is not None:
        # Where somebody turns out to be anonymous, pictures are cleaned as the files go with the case.
        files.keep_all(form.files, PUBLIC, draft_id=draft.id, anonymous=is_anonymous(typed(draft)))
        if then.startswith("remove-") and then[7:].isdecimal() and len(then) < 25:
            files.remove_from_draft(draft.id, int(then[7:]))
    db.session.commit()
    if then == "later" and not form.files.errors:
        return redirect(url_for("saying.save"))
    if draft is None or not good or form.files.errors:
        return _show(asked, form), 400
    if then == "add" or then.startswith("remove-"):
        again: dict[str, Any] = {"from": "check"} if request.args.get("from") else {}
        return redirect(url_for("saying.page", slug="evidence", **again))
    return _onwards(asked, draft)


def _onwards(asked: Page, draft: Draft) -> Response:
    """From a page that was answered to the next, or back to the check where somebody came from there."""
    kept = typed(draft)
    path = JOURNEY.path(kept)
    following = path[path.index(asked) + 1 :] if asked in path else []
    if request.form.get("then") == "check":
        following = []
    elif request.args.get("from"):
        # Only what a changed answer newly asks for stands between here and the check.
        following = [each for each in following if asked.slug == "you" and each.when and each.slug not in kept]
    if not following:
        return redirect(url_for("saying.check"))
    back: dict[str, Any] = {"from": "check"} if request.args.get("from") else {}
    return redirect(url_for("saying.page", slug=following[0].slug, **back))


@bp.get("/feedback/check")
@public
def check() -> str | Response:
    """Check your answers."""
    draft = JOURNEY.current()
    if draft is None or draft.case_id is not None:
        return redirect(url_for("saying.done") if draft is not None else url_for("saying.start"))
    forms = JOURNEY.filled(draft)
    missing = JOURNEY.next_page(draft, forms)
    if missing is not None:
        return _missing(missing)
    told = said.facts(draft, forms)
    return render_template(
        "saying/check.html",
        pages=JOURNEY.path(typed(draft)),
        forms=forms,
        rows=answers.summary,
        files=files.of_draft(draft.id),
        told=told,
        slip=_slip(draft),
        record_until=service.record_until(told.searched, told.receipt, told.happened_on, told.arrested),
    )


@bp.post("/feedback/check")
@public
@limiter.limit("60/hour")
def send() -> Response:
    """Send it. However often this is pressed, one case is made, and whoever pressed sees the confirmation."""
    return _send(everything=True)


@bp.post("/feedback/now")
@public
@limiter.limit("60/hour")
def send_now() -> Response:
    """Send what there is, so that footage can be kept; the rest follows on the tracking page."""
    return _send(everything=False)


@bp.get("/feedback/done")
@public
def done() -> str | Response:
    """The confirmation: reference, code, what happens next and by when. Only while the case is open on this device."""
    draft, found = JOURNEY.current(), tracking.visitor()
    if draft is None:
        return redirect(url_for("track.find"))
    if draft.case_id is None:
        return redirect(url_for("saying.go_on"))
    if found is None or found[0].id != draft.case_id:
        return redirect(url_for("track.find") if found is None else url_for("track.case"))
    case: Any = found[0]
    party, place = found[1], case.encounter
    return render_template(
        "saying/done.html",
        case=case,
        party=party,
        concerned=service.concerned(case),
        code=secrets.code(party.id, party.code_generation),
        asked_equality=bool(session.get("said_equality")),
        record_until=service.record_until(place.searched, place.receipt, place.happened_on, place.arrested),
        **_by_when(case),
    )


@bp.route("/feedback/equality", methods=["GET", "POST"])
@public
@limiter.limit("60/hour", methods=["POST"])
def equality() -> str | Response:
    """The optional equality questions. Nothing connects the answers with what was said."""
    draft = JOURNEY.current()
    if draft is None or draft.case_id is None or session.get("said_equality"):
        return redirect(url_for("saying.done"))
    form = EqualityForm()
    if request.method == "GET":
        return render_template("saying/equality.html", form=form)
    session["said_equality"] = True
    given = {f.short_name: f.data for f in form.questions() if form.validate() and f.data}
    if request.form.get("then") != "later" and given:
        rides.put_equality_answers(given)
        db.session.commit()
        flash("Thank you. Your answers are kept apart from everything else.", "success")
    return redirect(url_for("saying.done"))


@bp.route("/feedback/save", methods=["GET", "POST"])
@public
@limiter.limit("20/hour", methods=["POST"])
def save() -> str | Response | tuple[str, int]:
    """Send a link with which to come back, and say until when there is likely to be footage."""
    draft = JOURNEY.unsent()
    if draft is None:
        return redirect(url_for("saying.start"))
    kept, forms = typed(draft), JOURNEY.filled(draft)
    form = SaveForm(data={"email": kept.get("contact", {}).get("email", [""])[0]})
    details = {
        "expires_on": draft.expires_on,
        "footage_on": said.footage_last_on(forms) if said.may_have_footage(forms) else None,
        "told": said.facts(draft, forms),
        "slip": _slip(draft),
    }
    if request.method == "GET":
        return render_template("saying/save.html", form=form, **details)
    if not form.validate_on_submit():
        return render_template("saying/save.html", form=form, **details), 400
    JOURNEY.send_link(draft, form.email.data)
    db.session.commit()
    return render_template("saying/saved.html", email=form.email.data, **details)


@bp.get("/feedback/back/<secret>")
@public
def back(secret: str) -> Response | tuple[str, int]:
    """Come back to what was typed by its link. Once it is sent the link opens nothing: others may have the email."""
    draft = JOURNEY.by_secret(secret)
    if draft is None:
        return render_template("tracking/link_ended.html"), 404
    if draft.case_id is not None:
        flash("This was sent. See where it stands with the reference and code that you were shown.")
        return redirect(url_for("track.find"))
    JOURNEY.open(draft)
    return redirect(url_for("saying.go_on"))


@bp.post("/feedback/forget")
@public
def forget() -> Response:
    """Delete what was typed and not sent, here and behind its link."""
    draft = JOURNEY.unsent()
    if draft is not None:
        drafts.forget(cases.lock(Draft, draft.id))
        for file in files.of_draft(draft.id):
            files.remove_from_draft(draft.id, file.id)
        db.session.commit()
    session.pop(JOURNEY.key, None)
    flash("We have deleted what you typed.", "success")
    return redirect(url_for("saying.start"))


def _start(door: str) -> str:
    keys: tuple[str, ...] = ("feedback.triage", "feedback.reply", "complaint.log", "complaint.first_contact")
    keys += ("complaint.progress", "footage.keep", "search.record", "search.record.arrested")
    return render_template(
        "saying/start.html",
        door=door,
        draft=JOURNEY.unsent(),
        periods={
            key: settings.value(key) for key in (*keys, "footage.keep", "search.record", "search.record.arrested")
        },
    )


def _send(everything: bool) -> Response:
    found = JOURNEY.current() or _by_slip(request.form.get("slip", ""))
    if found is None:
        return redirect(url_for("saying.start"))
    draft: Draft = cases.lock(Draft, found.id)
    if draft.case_id is None:
        forms = JOURNEY.filled(draft)
        missing = JOURNEY.next_page(draft, forms) if everything else None
        if missing is not None:
            return _missing(missing)
        case = service.say(said.facts(draft, forms), PUBLIC)
        service.bring_files(draft, case)
        tracking.mark_sent(draft, case)
    JOURNEY.open(draft)
    tracking.let_in_by_draft(draft)
    db.session.commit()
    return redirect(url_for("saying.done"))


def _missing(wanted: Page) -> Response:
    shown: dict[str, Any] = {"slug": wanted.slug, "from": "missing"}
    return redirect(url_for("saying.page", **shown))


def _slip(draft: Draft) -> str:
    """What the form carries, so that sending it a second time, when the first try has changed the session, is known."""
    return f"{draft.id}.{secrets.purpose_secret('slip', draft.id)}"


def _by_slip(slip: str) -> Draft | None:
    number, _, secret = slip.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    if not hmac.compare_digest(secret.encode(), secrets.purpose_secret("slip", int(number)).encode()):
        return None
    draft = db.session.get(Draft, int(number))
    return draft if draft is not None and draft.sent_at is not None and now() - draft.sent_at < TWICE else None


def _page(slug: str) -> Page:
    return JOURNEY.page(slug) or abort(404)


def _show(asked: Page, form: Form) -> str:
    draft = JOURNEY.unsent()
    kept = typed(draft)
    path = JOURNEY.path(kept)
    # Another tab may have made this page one that is not asked any more: it is shown all the same.
    place = path.index(asked) if asked in path else 0
    before = url_for("saying.start") if place == 0 else url_for("saying.page", slug=path[place - 1].slug)
    if request.args.get("from"):
        before = url_for("saying.check" if request.args["from"] == "check" else "saying.go_on")
    return render_template(
        "saying/page.html",
        page=asked,
        form=form,
        number=place + 1,
        count=len(path),
        back=before,
        again={"from": "check"} if request.args.get("from") else {},
        added=files.of_draft(draft.id) if draft is not None and asked.slug == "evidence" else [],
        files_hint=files.hint() if asked.slug == "evidence" else "",
        may_skip="what" in kept and place + 1 < len(path) and not request.args.get("from"),
    )


def _by_when(case: Any) -> dict[str, Any]:
    """By which days what happens next, from the day of receipt."""
    cal = settings.calendar()
    keys = ["complaint.log", "complaint.first_contact"] if case.kind == "complaint" else ["feedback.triage"]
    days = {key: settings.rule(key).due(case.received_on, cal) for key in keys}
    periods = {"reply": "feedback.reply", "progress": "complaint.progress", "preserve": "complaint.preserve"}
    return {"days": days} | {name: settings.value(key) for name, key in periods.items()}
