"""The pages of the scheme and the application form. Anyone may open them; what was typed survives everything."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from casework.accounts.door import public
from casework.areas import queries as areas
from casework.cases.models import Draft
from casework.drafting.journey import Page, typed
from casework.extensions import db, limiter
from casework.forms import Form
from casework.moments import today
from casework.parties import secrets
from casework.rides import draft as drafts
from casework.rides import entry, numbers, queries, service
from casework.rides.draft import JOURNEY
from casework.rides.questions import BY_SLUG, PAGES, EqualityForm, SaveForm, TellMeForm
from casework.roles import Actor, Role
from casework.settings import service as settings
from casework.tracking import entry as tracking

bp = Blueprint("rides", __name__)

ELIGIBILITY = ("age", "connection", "before")


@bp.get("/ride-along")
@public
def about() -> str:
    """What the scheme is, who may apply, how long each step takes, where it is open."""
    statuses = [(area, *drafts.scheme_status(area.id)) for area in areas.bcus()]
    return render_template(
        "rides/about.html",
        statuses=statuses,
        any_open=any(status == "open" for _, status, _ in statuses),
        age=settings.value("ride.age"),
        periods={key: settings.value(key) for key in ("ride.triage", "ride.checks", "ride.offer", "ride.frequency")},
        waits=numbers.typical_waits(),
        draft=JOURNEY.current(),
        tell_me=TellMeForm(),
    )


@bp.post("/ride-along/tell-me/<slug>")
@public
@limiter.limit("20/hour")
def tell_me(slug: str) -> str | tuple[str, int]:
    """Take an address for "tell me when it opens"."""
    area = areas.by_slug(slug)
    if area is None or area.kind != "bcu":
        abort(404)
    form = TellMeForm()
    if not form.validate_on_submit():
        return render_template("rides/tell_me.html", form=form, area=area, done=False), 400
    service.ask_to_be_told(area.id, form.email.data)
    db.session.commit()
    return render_template("rides/tell_me.html", form=form, area=area, done=True)


@bp.get("/ride-along/tell-me/<slug>")
@public
def tell_me_form(slug: str) -> str:
    """The page that asks for the address."""
    area = areas.by_slug(slug)
    if area is None or area.kind != "bcu":
        abort(404)
    return render_template("rides/tell_me.html", form=TellMeForm(), area=area, done=False)


@bp.get("/ride-along/apply")
@public
def apply() -> str | Response:
    """The start: what will be asked, how long it takes; on to where one left off."""
    current = JOURNEY.current()
    if current is not None and current.case_id is None and typed(current):
        page = JOURNEY.next_page(current)
        return redirect(url_for("rides.page", slug=page.slug) if page else url_for("rides.check"))
    return redirect(url_for("rides.page", slug=PAGES[0].slug))


@bp.get("/ride-along/apply/<slug>")
@public
def page(slug: str) -> str | Response:
    """One page of the form, with what was typed before."""
    asked = _page(slug)
    kept = typed(JOURNEY.unsent()).get(slug)
    return _show(asked, asked.form.again(kept) if kept else asked.form(formdata=None))


@bp.post("/ride-along/apply/<slug>")
@public
@limiter.limit("300/hour")
def answer(slug: str) -> str | Response | tuple[str, int]:
    """Keep a page's answers and go on; a wrong answer stays on the page with what to do about it."""
    asked = _page(slug)
    form = asked.form()
    if request.form.get("then") == "later":
        JOURNEY.keep(asked, form)
        db.session.commit()
        return redirect(url_for("rides.save"))
    if not form.validate_on_submit():
        return _show(asked, form), 400
    draft = JOURNEY.keep(asked, form)
    db.session.commit()
    if slug in ELIGIBILITY and drafts.not_yet(JOURNEY.filled(draft)):
        return redirect(url_for("rides.not_yet"))
    if slug == "areas" and (closed := _closed(draft)):
        return redirect(url_for("rides.paused", slug=closed))
    if request.args.get("from") == "check":
        return redirect(url_for("rides.check"))
    following = PAGES.index(asked) + 1
    if following < len(PAGES):
        return redirect(url_for("rides.page", slug=PAGES[following].slug))
    return redirect(url_for("rides.check"))


@bp.get("/ride-along/apply/not-yet")
@public
def not_yet() -> str | Response:
    """Why one cannot apply yet, from when, and what else one can do. Not an error: a page."""
    found = drafts.not_yet(JOURNEY.filled(JOURNEY.unsent()))
    if found is None:
        return redirect(url_for("rides.apply"))
    return render_template("rides/not_yet.html", age=settings.value("ride.age"), **found)


@bp.get("/ride-along/apply/paused/<slug>")
@public
def paused(slug: str) -> str | Response:
    """The scheme takes no applications there now; another area may."""
    area = areas.by_slug(slug)
    if area is None or area.kind != "bcu":
        abort(404)
    status, message = drafts.scheme_status(area.id, JOURNEY.unsent())
    if status == "open":
        return redirect(url_for("rides.apply"))
    open_areas = [a for a in areas.bcus() if drafts.scheme_status(a.id)[0] == "open"]
    return render_template("rides/paused.html", area=area, status=status, message=message, open_areas=open_areas)


@bp.route("/ride-along/apply/save", methods=["GET", "POST"])
@public
@limiter.limit("20/hour", methods=["POST"])
def save() -> str | Response | tuple[str, int]:
    """Send a link with which to come back for 28 days."""
    draft = JOURNEY.unsent()
    if draft is None:
        return redirect(url_for("rides.apply"))
    known = typed(draft).get("contact", {}).get("email", [""])[0]
    form = SaveForm(data={"email": known}) if request.method == "GET" else SaveForm()
    if request.method == "GET":
        return render_template("rides/save.html", form=form, expires_on=draft.expires_on)
    if not form.validate_on_submit():
        return render_template("rides/save.html", form=form, expires_on=draft.expires_on), 400
    JOURNEY.send_link(draft, form.email.data)
    db.session.commit()
    return render_template("rides/saved.html", email=form.email.data, expires_on=draft.expires_on)


@bp.get("/ride-along/apply/back/<secret>")
@public
def back(secret: str) -> Response | tuple[str, int]:
    """Come back to a draft by its link. The link works until the draft is sent or its day has passed."""
    draft = JOURNEY.by_secret(secret)
    if draft is None:
        return render_template("tracking/link_ended.html"), 404
    JOURNEY.open(draft)
    return redirect(url_for("rides.done") if draft.case_id else url_for("rides.apply"))


@bp.get("/ride-along/apply/check")
@public
def check() -> str | Response:
    """Check your answers."""
    draft = JOURNEY.current()
    if draft is None:
        return redirect(url_for("rides.apply"))
    if draft.case_id is not None:
        return redirect(url_for("rides.done"))
    forms = JOURNEY.filled(draft)
    missing = JOURNEY.next_page(draft, forms)
    if missing is not None:
        return redirect(url_for("rides.page", slug=missing.slug))
    return render_template("rides/check.html", pages=PAGES, forms=forms, rows=entry.summary)


@bp.post("/ride-along/apply/check")
@public
@limiter.limit("60/hour")
def send() -> str | Response:
    """Send the application. However often this is pressed, one application is made."""
    draft = JOURNEY.current(lock=True)
    if draft is None:
        return redirect(url_for("rides.apply"))
    if draft.case_id is None:
        forms = JOURNEY.filled(draft)
        missing = JOURNEY.next_page(draft, forms)
        if missing is not None:
            return redirect(url_for("rides.page", slug=missing.slug))
        if drafts.not_yet(forms):
            return redirect(url_for("rides.not_yet"))
        if closed := _closed(draft):
            return redirect(url_for("rides.paused", slug=closed))
        ride = service.apply(drafts.facts(forms), Actor(Role.PUBLIC))
        tracking.mark_sent(draft, ride)
    tracking.let_in_by_draft(draft)
    db.session.commit()
    return redirect(url_for("rides.equality"))


@bp.route("/ride-along/apply/equality", methods=["GET", "POST"])
@public
def equality() -> str | Response:
    """The optional equality questions. Nothing connects the answers with the application."""
    if JOURNEY.current() is None or session.get("equality"):
        return redirect(url_for("rides.done"))
    form = EqualityForm()
    if request.method == "GET":
        return render_template("rides/equality.html", form=form)
    session["equality"] = True
    answers = {f.short_name: f.data for f in form.questions() if form.validate() and f.data}
    if request.form.get("then") != "later" and answers:
        service.put_equality_answers(answers)
        db.session.commit()
    return redirect(url_for("rides.done"))


@bp.get("/ride-along/apply/done")
@public
def done() -> str | Response:
    """The confirmation: reference, code, what happens next and by when."""
    draft = JOURNEY.current()
    ride = queries.by_id(draft.case_id) if draft is not None and draft.case_id else None
    if ride is None or ride.applicant is None:
        return redirect(url_for("track.find") if draft is None else url_for("rides.apply"))
    return render_template(
        "rides/done.html",
        ride=ride,
        party=ride.applicant,
        # the first one; what came later was posted to them, and is not for whoever uses this browser now
        code=secrets.code(ride.applicant.id, 1) if ride.applicant.code_generation == 1 else "",
        checks=settings.value("ride.checks"),
    )


def _page(slug: str) -> Page:
    return BY_SLUG[slug] if slug in BY_SLUG else abort(404)


def _show(asked: Page, form: Form) -> str:
    place = PAGES.index(asked)
    before = url_for("rides.about") if place == 0 else url_for("rides.page", slug=PAGES[place - 1].slug)
    if request.args.get("from") == "check":
        before = url_for("rides.check")
    details: dict[str, Any] = {"number": place + 1, "count": len(PAGES), "back": before}
    return render_template("rides/page.html", page=asked, form=form, today_on=today(), **details)


def _closed(draft: Draft) -> str:
    """The slug of the first choice if applications are not taken there now."""
    first = typed(draft).get("areas", {}).get("first", [""])[0]
    area = areas.by_slug(first)
    if area is None or drafts.scheme_status(area.id, draft)[0] == "open":
        return ""
    return area.slug
