"""The answers that several of these pages give: a form again, wait, busy."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from casework.accounts.passwords import Busy
from casework.extensions import db
from casework.forms import Form


def page(template: str, form: Form, **values: Any) -> ResponseReturnValue:
    """The page with its form: as 400 where it was sent and something is wrong with it."""
    return render_template(template, form=form, **values), 200 if request.method == "GET" else 400


def wait(seconds: int) -> ResponseReturnValue:
    """Too many tries: come back in so many seconds. The same whether or not there is such an account."""
    text = render_template("accounts/wait.html", minutes=-(-seconds // 60))
    return text, 429, {"Retry-After": str(seconds)}


def busy(error: Busy) -> ResponseReturnValue:
    """Too many passwords are being checked at once: nothing was done, come back in a few seconds."""
    db.session.rollback()
    current_app.logger.warning("too many passwords are being checked at once")
    return render_template("accounts/busy.html"), 503, {"Retry-After": str(error.retry_after)}
