"""Texts for replies: supervisors write them, everybody at the desk begins with them. A wrong place cannot be saved."""

from __future__ import annotations

import re
import secrets

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.exchanges import canned
from casework.exchanges.models import CannedText
from casework.extensions import db
from casework.feedback.workflow import SORTS
from casework.history import service as history
from casework.moments import now
from casework.roles import Role
from casework.triage.blueprint import bp
from casework.triage.forms import TextForm


@bp.get("/texts")
@door.staff(Role.SUPERVISOR)
def texts() -> ResponseReturnValue:
    """Every text, with what it is for."""
    rows = list(db.session.scalars(select(CannedText).order_by(CannedText.active.desc(), CannedText.title)))
    names = accounts.names_of({each.changed_by for each in rows if each.changed_by})
    return render_template("triage/texts.html", rows=rows, names=names, sorts=SORTS)


@bp.route("/texts/new", methods=["GET", "POST"])
@door.staff(Role.SUPERVISOR)
def new_text() -> ResponseReturnValue:
    """Add a text."""
    form = TextForm(version=0, active=True)
    if not form.validate_on_submit():
        return _page(form, None)
    again = select(CannedText).where(CannedText.title == form.title.data, CannedText.words == form.words.data)
    if db.session.scalars(again).first() is None:
        _keep(form, CannedText(key=_key(str(form.title.data))), "add_text")
    return redirect(url_for("triage.texts"), 303)


@bp.route("/texts/<int:text_id>", methods=["GET", "POST"])
@door.staff(Role.SUPERVISOR)
def text(text_id: int) -> ResponseReturnValue:
    """Change a text. What was sent stays as it was sent."""
    found = db.session.get(CannedText, text_id, with_for_update=True)
    if found is None:
        abort(404)
    shown = {"title": found.title, "words": found.words, "sorts": found.sorts, "active": found.active}
    form = TextForm(version=found.version, **shown)
    if not form.validate_on_submit():
        return _page(form, found)
    if form.version.data != str(found.version):
        who = accounts.names_of([found.changed_by or 0]).get(found.changed_by or 0, "Somebody")
        same = found.words == form.words.data and found.title == form.title.data
        if same:
            return redirect(url_for("triage.texts"), 303)
        form.form_errors.append(f"{who} was faster and changed this text. Theirs is below; nothing of yours was saved.")
        form.version.raw_data = [str(found.version)]
        return _page(form, found, theirs=found.words, status=409)
    try:
        _keep(form, found, "change_text")
    except StaleDataError:
        db.session.rollback()
        abort(409)
    return redirect(url_for("triage.texts"), 303)


def _keep(form: TextForm, row: CannedText, action: str) -> None:
    row.title, row.words = form.title.data, form.words.data
    row.sorts, row.active = list(form.sorts.data or []), bool(form.active.data)
    row.changed_at, row.changed_by = now(), current.account.id
    db.session.add(row)
    db.session.flush()
    history.record_access(current.actor, action, row.id)
    db.session.commit()
    flash(f"“{row.title}” is saved.")


def _page(form: TextForm, row: CannedText | None, theirs: str = "", status: int = 0) -> ResponseReturnValue:
    page = render_template("triage/text.html", form=form, row=row, places=canned.PLACES, theirs=theirs)
    return page, status or (400 if form.is_submitted() else 200)


def _key(title: str) -> str:
    """A key that no other text has: the words of the title with a random end."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40]
    return f"{plain or 'text'}-{secrets.token_hex(3)}"
