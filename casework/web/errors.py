"""Error pages. Each says what to do, keeps what was typed where it can, and carries a number that staff can look up.

Where the database is away the page is made without it, at once.
"""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass
from typing import Any

import psycopg
from flask import Flask, Response, current_app, g, has_request_context, render_template, request
from flask.globals import request_ctx
from flask_wtf.csrf import validate_csrf
from sqlalchemy.exc import DataError, InterfaceError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException, InternalServerError
from wtforms import ValidationError

from casework import references
from casework.extensions import db
from casework.logs import log
from casework.moments import now
from casework.pages.models import Incident
from casework.web import guards
from casework.web.log import rule

RETRY_AFTER = 30
# The most incidents that a process writes down in a minute, so that nobody fills the database by making errors.
MOST_A_MINUTE = 60
# Of pages that are not there, fewer, and counted apart: whoever tries addresses must not crowd out our own faults.
MOST_LOST_A_MINUTE = 20
LOST = (404, 410)
# Addresses that programs ask for, not people.
_NOT_PAGES = ("/assets/", "/static/", "/health/", "/.well-known/")
AWAY = (OperationalError, InterfaceError, TimeoutError, psycopg.OperationalError)


@dataclass(frozen=True)
class Page:
    """What an error page says."""

    title: str
    sentences: tuple[str, ...]


PAGES = {
    400: Page("We could not understand that request", ("Go back, check what you entered, and try again.",)),
    403: Page(
        "You cannot open this page",
        (
            "It is not open to you, or not to the role in which you are working now.",
            "If you think that it should be, contact us.",
        ),
    ),
    404: Page(
        "Page not found",
        (
            "If you typed the web address, check that it is correct.",
            "If you pasted the web address, check that you copied all of it.",
            "If you followed a link in a message, it may have been replaced by a newer one.",
        ),
    ),
    413: Page(
        "That is more than we can take at once",
        ("Go back, make your answers or files smaller, and send them again. Nothing was saved.",),
    ),
    429: Page(
        "Too many tries",
        (
            "You, or somebody on the same network, has tried this many times in a short while.",
            "Wait a few minutes, then try again.",
        ),
    ),
    500: Page(
        "Sorry, there is a problem with the service",
        ("Try again later.", "What you entered on this page was not saved. What you sent before is safe."),
    ),
    503: Page(
        "Sorry, the service is not available",
        (
            "It should be back in a few minutes.",
            "Reload this page then. If you were sending a form, your browser will send it again.",
        ),
    ),
}


def set_up(app: Flask) -> None:
    """Answer every error of an app with a page."""
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(InternalServerError, broken)
    app.register_error_handler(DataError, unfit)
    for away in AWAY:
        app.register_error_handler(away, unavailable)
    app.extensions["casework_incidents"] = [0, 0.0]
    app.extensions["casework_lost"] = [0, 0.0]


def show(error: HTTPException) -> Any:
    """The page for a refusal. Redirects and answers that a view made itself pass through."""
    if error.response is not None or error.code is None or error.code < 400:
        return error
    # Whether an address exists but not for this method tells nothing to a visitor.
    status = 404 if error.code == 405 else error.code
    if status == 400 and _form_is_stale():
        return render_template("errors/send_again.html", typed=_typed(), target=request.full_path.rstrip("?")), 400
    page = PAGES.get(status) or PAGES[400 if status < 500 else 500]
    number = note(status)
    layout = "_staff.html" if g.get("current") else "_layout.html"
    html = render_template("errors/page.html", page=page, number=number, layout=layout)
    response = Response(html, status)
    for name, value in error.get_headers():
        if name in ("Retry-After", "Allow", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def broken(error: InternalServerError) -> Any:
    """The page for a fault of ours, made without database, session or who is signed in."""
    original = error.original_exception
    if isinstance(original, AWAY):
        return unavailable(original)
    _leave_session_alone()
    number = note(500, original)
    return Response(plain(current_app, PAGES[500].title, PAGES[500].sentences, number), 500)


def unfit(error: DataError) -> Any:
    """The page for a value that fits no column: a number without end, a text with a NUL. No fault of ours."""
    db.session.rollback()
    number = note(400, error)
    return render_template("errors/page.html", page=PAGES[400], number=number, layout="_layout.html"), 400


def unavailable(error: BaseException) -> Any:
    """The page for a database that is away."""
    _leave_session_alone()
    number = references.new("IN")
    log.error("incident", number=number, status=503, page=rule(), fault=type(error).__name__, where=_trace(error))
    response = Response(plain(current_app, PAGES[503].title, PAGES[503].sentences, number), 503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def note(status: int, error: BaseException | None = None) -> str:
    """Write down an incident, in the log and where staff can find it, and return its number. Never raises."""
    number = references.new("IN")
    facts = {"status": status, "page": rule(), "method": request.method}
    what, trace = type(error).__name__ if error else "", _trace(error) if error else []
    log.warning("incident", number=number, fault=what, where=trace, **facts)
    if _may_write(status):
        try:
            db.session.rollback()
            account = getattr(g.get("current"), "account", None)
            account_id = account.id if account is not None else None
            db.session.add(Incident(number=number, at=now(), error=what, trace=trace, account_id=account_id, **facts))
            db.session.commit()
        except Exception as second:  # whatever else fails, the visitor gets a page
            db.session.rollback()
            log.error("incident not kept", number=number, fault=type(second).__name__)
    return number


def plain(app: Flask, title: str, sentences: Any, number: str = "") -> str:
    """A page that needs neither a request nor the database."""
    known = app.extensions.get("casework_contact", {})
    template = app.jinja_env.get_template("errors/plain.html")
    return template.render(title=title, sentences=sentences, number=number, known=known)


def _form_is_stale() -> bool:
    """Whether a form of our own was posted with a token that is no longer good."""
    if request.method != "POST" or not request.form or not guards.from_our_own_page():
        return False
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return True
    return False


def _typed() -> list[tuple[str, str]]:
    """What was posted, but no token, no password and no code."""
    hidden = ("csrf_token", "password", "code", "secret", "token")
    return [(k, v) for k, v in request.form.items(multi=True) if not any(word in k.lower() for word in hidden)]


def _leave_session_alone() -> None:
    """Let this answer go out without reading or writing the session's row."""
    if has_request_context():
        request_ctx._session = current_app.session_interface.null_session_class()


def _trace(error: BaseException) -> list[str]:
    """Where it came through our own code, and where it ended: file, line and function, no values."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename][-8:]
    last = [frame for frame in frames[-1:] if frame not in ours]
    return [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in ours + last]


def _may_write(status: int) -> bool:
    lost = status in LOST
    if lost and request.path.startswith(_NOT_PAGES):
        return False
    counted: list[float] = current_app.extensions["casework_lost" if lost else "casework_incidents"]
    minute = time.monotonic() // 60
    if counted[1] != minute:
        counted[:] = [0, minute]
    counted[0] += 1
    return counted[0] <= (MOST_LOST_A_MINUTE if lost else MOST_A_MINUTE)
