"""Cookies: the banner, the page that lists them, and the counts of those who agreed to be counted.

The banner's own form is accepted because the browser says that our page sent it, not by a token: so nobody has a
session before they chose. The choice is one cookie; ".new" at its end means that the visitor has not been told yet.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.dialects.postgresql import insert

from casework.accounts.door import public
from casework.extensions import csrf, db, limiter
from casework.forms import Form, YesNo
from casework.moments import today
from casework.pages.models import PageCount
from casework.web.guards import from_our_own_page, safe_back
from casework.web.places import rule_of

bp = Blueprint("cookies", __name__)

YEAR = 365 * 24 * 3600
CHOICE = "casework_cookies"
COUNTS = "casework_counts"
OPTIONS = {"page_counts": "Do you want to let us count the pages that you look at?"}


@dataclass(frozen=True)
class Choice:
    """What a visitor has chosen: the optional cookies allowed, whether to ask, whether to say that it was saved."""

    allowed: frozenset[str]
    ask: bool
    just_saved: bool


class CookiesForm(Form):
    """Yes or no to each optional cookie."""

    page_counts = YesNo(OPTIONS["page_counts"], missing="Choose yes or no", default=False)


@bp.get("/cookies")
@public
def show() -> ResponseReturnValue:
    """List every cookie and let the visitor choose."""
    made = choice()
    form = CookiesForm(data={name: name in made.allowed for name in OPTIONS})
    return _page(form, made)


@bp.post("/cookies")
@public
@csrf.exempt
def customise() -> ResponseReturnValue:
    """Keep what was chosen on the cookies page."""
    back = safe_back(request.form.get("back"))
    if not from_our_own_page():
        return _sorry(back), 403
    form = CookiesForm()
    if not form.validate():
        return _page(form, choice()), 400
    allowed = [name for name in _optional() if form[name].data]
    return _keep(allowed, "/cookies?" + urlencode({"back": back}))


@bp.post("/cookies/choose")
@public
@csrf.exempt
def choose() -> ResponseReturnValue:
    """Keep what was chosen in the banner, and go back to the page."""
    back = safe_back(request.form.get("back"))
    wanted = request.form.get("choice")
    if wanted not in ("accept", "reject") or not from_our_own_page():
        return _sorry(back), 403
    return _keep(_optional() if wanted == "accept" else [], back)


@bp.get("/cookies/kept")
@public
def kept() -> ResponseReturnValue:
    """Find out whether the browser kept the choice: if not, say so."""
    back = safe_back(request.args.get("back"))
    if _name(CHOICE) not in request.cookies:
        return _sorry(back)
    return redirect(back, 303)


@bp.post("/cookies/count")
@public
@csrf.exempt
@limiter.limit("120 per minute")
def count() -> ResponseReturnValue:
    """Count one page for a browser that agreed. Called by script; a call with anything wrong counts nothing."""
    response = Response(status=204)
    page = rule_of(request.form.get("page", ""))
    if "page_counts" not in choice().allowed or not from_our_own_page() or not page:
        return response
    visitor = request.cookies.get(_name(COUNTS), "")
    if not re.fullmatch(r"[\w-]{22}", visitor, re.ASCII):
        visitor = secrets.token_urlsafe(16)
        _set(response, COUNTS, visitor)
    row = {"day": today(), "page": page, "visitor": hashlib.sha256(visitor.encode()).digest()[:16], "views": 1}
    again = {"views": PageCount.views + 1}
    db.session.execute(insert(PageCount).values(**row).on_conflict_do_update(None, _unique(), set_=again))
    db.session.commit()
    return response


def choice() -> Choice:
    """What this visitor chose. Without a choice, or where there is a new question, they are asked."""
    optional = _optional()
    value = request.cookies.get(_name(CHOICE), "")
    new = value.endswith(".new")
    answers = dict(part.split(":", 1) for part in value.removesuffix(".new").split(".") if ":" in part)
    allowed = frozenset(name for name in optional if answers.get(name) == "1")
    asked = all(answers.get(name) in ("0", "1") for name in optional)
    return Choice(allowed, ask=bool(optional) and not asked, just_saved=new and asked)


@bp.record_once
def _set_up(state: Any) -> None:
    state.app.jinja_env.globals |= {"cookies_choice": _shown, "counted": _counted}


@bp.after_app_request
def _told(response: Response) -> Response:
    """Once the visitor has been told that the choice was kept, it is not said again."""
    if g.get("cookies_told") and response.status_code == 200:
        _set(response, CHOICE, request.cookies[_name(CHOICE)].removesuffix(".new"))
    return response


def _shown() -> Choice:
    made = choice()
    if made.just_saved:
        g.cookies_told = True
    return made


def _counted() -> bool:
    """Whether this page is counted: the visitor agreed, and it is a page, not an error."""
    return "page_counts" in choice().allowed and request.url_rule is not None


def _page(form: CookiesForm, made: Choice) -> str:
    back = safe_back(request.values.get("back"), "")
    if made.just_saved:
        g.cookies_told = True
    names = {name: _name(name) for name in (CHOICE, COUNTS)}
    session_name = current_app.config["SESSION_COOKIE_NAME"]
    return render_template(
        "pages/cookies.html",
        form=form,
        made=made,
        back=back,
        optional=_optional(),
        names=names,
        session_name=session_name,
    )


def _sorry(back: str) -> str:
    return render_template("pages/cookies_sorry.html", back=back)


def _keep(allowed: list[str], back: str) -> Response:
    value = ".".join(f"{name}:{int(name in allowed)}" for name in _optional())
    response = redirect(url_for("cookies.kept", back=back), 303)
    assert isinstance(response, Response)
    _set(response, CHOICE, (value or "none") + ".new")
    if "page_counts" not in allowed and _name(COUNTS) in request.cookies:
        response.delete_cookie(_name(COUNTS), path="/", secure=_secure(), httponly=True, samesite="Lax")
    return response


def _set(response: Response, name: str, value: str) -> None:
    response.set_cookie(_name(name), value, max_age=YEAR, path="/", secure=_secure(), httponly=True, samesite="Lax")


def _name(name: str) -> str:
    return f"__Host-{name}" if _secure() else name


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _optional() -> list[str]:
    return [name for name in OPTIONS if name in current_app.config["OPTIONAL_COOKIES"]]


def _unique() -> list[str]:
    return ["day", "page", "visitor"]
