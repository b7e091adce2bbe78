"""What every page on which somebody does something with their own case has in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from casework.accounts.door import public
from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.forms import Form
from casework.tracking import entry
from casework.workflow import Refused

View = Callable[..., Any]


def in_case(*kinds: type[Case]) -> Callable[[View], View]:
    """Give a view the case and the party of this session, if the case is of one of these kinds (none named: of any).

    Without a case, ask to open it again; what the table refuses, or what somebody else did, is said on the case's page.
    """

    def wrap(view: View) -> View:
        @public
        @wraps(view)
        def opened(**kwargs: Any) -> Any:
            found = entry.visitor()
            if found is None:
                return gone()
            case, party = found
            if kinds and not isinstance(case, kinds):
                return nothing_to_do()
            try:
                return view(case, party, **kwargs)
            except Refused as no:
                db.session.rollback()
                flash(no.sentence)
            except cases.Clash:
                db.session.rollback()
                flash("Something happened here just now. Look at it as it is, then try again.")
            return redirect(url_for("track.case"))

        return opened

    return wrap


def gone() -> Response:
    """What a visitor without an open case is shown."""
    flash("For your safety it was closed on this device. Open it again here.")
    return redirect(url_for("track.find"))


def ask(template: str, form: Form, case: Case, **details: Any) -> Any:
    """The page of a form: as asked for, or as 400 where it was sent and something is wrong with it."""
    details = {"case": case, "ride": case} | details
    return render_template(template, form=form, **details), 400 if request.method == "POST" else 200


def thanks(words: str) -> Response:
    """Back to the case, with a word on what was done."""
    flash(words, "success")
    return redirect(url_for("track.case"))


def nothing_to_do() -> Response:
    """Back to the case, where this page has nothing to offer now."""
    flash("There is nothing to do here now. This is where it stands.")
    return redirect(url_for("track.case"))
