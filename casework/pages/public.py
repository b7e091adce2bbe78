"""Pages that anyone may open: home, contact, privacy, accessibility, and feedback on this website."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts.door import public
from casework.extensions import db, limiter
from casework.moments import now
from casework.pages import kept, staff
from casework.pages.blueprint import bp
from casework.pages.forms import ServiceFeedbackForm
from casework.pages.models import ServiceFeedback
from casework.web.guards import safe_back
from casework.web.places import rule_of

__all__ = ["bp", "staff"]


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """Why this exists, and every way to take part."""
    return render_template("pages/home.html")


@bp.get("/contact")
@public
def contact() -> ResponseReturnValue:
    """How to reach people."""
    return render_template("pages/contact.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept about whom, why, and for how long."""
    return render_template("pages/privacy.html", rows=kept.rows())


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """How usable this is, what is not, and whom to tell."""
    return render_template("pages/accessibility.html")


@bp.route("/service-feedback", methods=["GET", "POST"])
@public
@limiter.limit("10 per hour", methods=["POST"])
def service_feedback() -> ResponseReturnValue:
    """Ask what somebody thinks of this website. Keeps nothing about who they are."""
    back = safe_back(request.values.get("back"))
    form = ServiceFeedbackForm(data={"back": back})
    if not form.validate_on_submit():
        return render_template("pages/service_feedback.html", form=form, back=back), 400 if form.errors else 200
    row = ServiceFeedback(at=now(), page=rule_of(back), satisfied=form.satisfied.data, words=form.words.data or "")
    db.session.add(row)
    db.session.commit()
    return redirect(url_for("pages.service_feedback_sent", back=back), 303)


@bp.get("/service-feedback/sent")
@public
def service_feedback_sent() -> ResponseReturnValue:
    """Say thank you, and lead back to where they were."""
    return render_template("pages/service_feedback_sent.html", back=safe_back(request.args.get("back")))


@bp.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """What search engines may list: nothing that belongs to a person, and nothing of a demonstration."""
    closed = ["/"] if current_app.config["CASEWORK_DEMO"] else ["/staff/", "/cases/", "/track", "/health/"]
    return _text("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed))


@bp.get("/.well-known/security.txt")
@public
def security() -> ResponseReturnValue:
    """Where to report a weakness (RFC 9116)."""
    home_url = current_app.config["PUBLIC_URL"]
    expires = (now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = (
        f"Contact: {home_url}/contact",
        f"Expires: {expires}",
        "Preferred-Languages: en",
        f"Canonical: {home_url}/.well-known/security.txt",
    )
    return _text("\n".join(lines) + "\n")


@bp.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """Browsers that ask for an icon by its old name are shown to ours."""
    return redirect(current_app.extensions["casework_asset"]("favicon.svg"), 308)


def _text(content: str) -> Response:
    response = Response(content, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
